/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-refusals-dialog.h"

#include <glib/gi18n-lib.h>

#include "lb-url-list.h"

/**
 * LbRefusalsDialog:
 *
 * Says which of several URLs that were pasted or dropped were not added, and why. They can be marked and
 * copied from there, so nothing of what was pasted is lost.
 *
 * [class@EditActions] opens one after it has added the others. The person closes it.
 */
struct _LbRefusalsDialog
{
  GtkWindow parent_instance;

  GtkLabel *heading;
  GtkLabel *added;
  GtkTextView *list;
};

G_DEFINE_FINAL_TYPE (LbRefusalsDialog, lb_refusals_dialog, GTK_TYPE_WINDOW)

static void
lb_refusals_dialog_class_init (LbRefusalsDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-refusals-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, LbRefusalsDialog, heading);
  gtk_widget_class_bind_template_child (widget_class, LbRefusalsDialog, added);
  gtk_widget_class_bind_template_child (widget_class, LbRefusalsDialog, list);

  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
lb_refusals_dialog_init (LbRefusalsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
lb_refusals_dialog_list (LbRefusalsDialog *self,
                         GPtrArray *refusals)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->list);
  GtkTextIter end;

  gtk_text_buffer_create_tag (buffer, "text", "weight", PANGO_WEIGHT_BOLD, NULL);
  gtk_text_buffer_create_tag (buffer, "reason", "pixels-below-lines", 12, NULL);

  for (guint i = 0; i < refusals->len; i++)
    {
      const LbUrlRefusal *refusal = g_ptr_array_index (refusals, i);

      gtk_text_buffer_get_end_iter (buffer, &end);
      gtk_text_buffer_insert_with_tags_by_name (buffer, &end, refusal->text, -1, "text", NULL);
      gtk_text_buffer_insert (buffer, &end, "\n", 1);
      gtk_text_buffer_insert_with_tags_by_name (buffer, &end, refusal->reason, -1, "reason", NULL);
      if (i + 1 < refusals->len)
        gtk_text_buffer_insert (buffer, &end, "\n", 1);
    }

  gtk_text_buffer_get_start_iter (buffer, &end);
  gtk_text_buffer_place_cursor (buffer, &end);
}

/**
 * lb_refusals_dialog_new:
 * @parent: the window it belongs to
 * @refusals: (element-type LbUrlRefusal): what was refused; at least one
 * @n_added: how many were added
 *
 * Returns: (transfer none): a dialog that is not shown yet; GTK owns it
 */
LbRefusalsDialog *
lb_refusals_dialog_new (GtkWindow *parent,
                        GPtrArray *refusals,
                        guint n_added)
{
  LbRefusalsDialog *self;
  g_autofree char *heading = NULL;
  g_autofree char *added = NULL;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (refusals != NULL && refusals->len > 0, NULL);

  self = g_object_new (LB_TYPE_REFUSALS_DIALOG, "transient-for", parent, NULL);

  heading = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%u URL Was Not Added", "%u URLs Were Not Added", refusals->len),
    refusals->len);
  added = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%u backend was added.", "%u backends were added.", n_added),
    n_added);
  gtk_label_set_label (self->heading, heading);
  gtk_label_set_label (self->added, added);
  lb_refusals_dialog_list (self, refusals);

  return self;
}
