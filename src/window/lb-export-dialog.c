/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-export-dialog.h"

#include <glib/gi18n-lib.h>

#include "lb-porter.h"
#include "window/lb-large-text.h"
#include "window/lb-report-text.h"

/**
 * LbExportDialog:
 *
 * Asks in which format the pool is to be exported, and says what that format cannot express, before
 * anything is written.
 *
 * [class@PortActions] opens one. `export.save` emits `save`, and the actions then ask for a place. The
 * file will hold just what the dialog speaks of: the pool as it was when the format was chosen.
 *
 * Signals: `save`, the person wants a file of it.
 */
struct _LbExportDialog
{
  GtkWindow parent_instance;

  GtkDropDown *formats;
  GtkLabel *summary;
  GtkTextView *text;

  LbBalancer *balancer;
  GPtrArray *table; /* of LbExchangeFormat, unowned: those in the list */
  GBytes *contents; /* NULL if there is nothing to save */
};

enum
{
  SAVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbExportDialog, lb_export_dialog, GTK_TYPE_WINDOW)

static void
lb_export_dialog_tell (LbExportDialog *self,
                       char **notes)
{
  const guint n_notes = g_strv_length (notes);
  g_autofree char *summary = NULL;

  if (n_notes == 0)
    summary = g_strdup (_("Everything can be expressed in this format."));
  else
    summary = g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "%u thing cannot be expressed in this format as it is here:",
                   "%u things cannot be expressed in this format as they are here:", n_notes),
      n_notes);
  gtk_label_set_label (self->summary, summary);

  for (guint i = 0; i < n_notes; i++)
    lb_report_text_add (self->text, notes[i], NULL);
}

static void
lb_export_dialog_update (LbExportDialog *self)
{
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_auto (GStrv) list = NULL;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&self->contents, g_bytes_unref);
  self->contents = lb_porter_export (self->balancer, lb_export_dialog_get_format (self), notes,
                                     &error);
  list = lb_exchange_notes_list (notes);

  lb_report_text_clear (self->text);
  if (self->contents != NULL)
    lb_export_dialog_tell (self, list);
  else
    {
      gtk_label_set_label (self->summary, error->message);
      for (guint i = 0; list[i] != NULL; i++)
        lb_report_text_add (self->text, list[i], NULL);
    }
  lb_report_text_end (self->text);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "export.save", self->contents != NULL);
}

static void
lb_export_dialog_save (GtkWidget *widget,
                       const char *action_name,
                       GVariant *parameter)
{
  g_signal_emit (widget, signals[SAVE], 0);
}

static void
lb_export_dialog_dispose (GObject *object)
{
  LbExportDialog *self = LB_EXPORT_DIALOG (object);

  if (self->formats != NULL)
    g_signal_handlers_disconnect_by_data (self->formats, self);
  g_clear_pointer (&self->contents, g_bytes_unref);
  g_clear_pointer (&self->table, g_ptr_array_unref);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_export_dialog_parent_class)->dispose (object);
}

static void
lb_export_dialog_class_init (LbExportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lb_export_dialog_dispose;

  /**
   * LbExportDialog::save:
   * @self: the dialog
   *
   * The contents are to be saved.
   */
  signals[SAVE] = g_signal_new ("save", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-export-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, LbExportDialog, formats);
  gtk_widget_class_bind_template_child (widget_class, LbExportDialog, summary);
  gtk_widget_class_bind_template_child (widget_class, LbExportDialog, text);

  gtk_widget_class_install_action (widget_class, "export.save", NULL, lb_export_dialog_save);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
lb_export_dialog_init (LbExportDialog *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  const LbExchangeFormat *format;

  gtk_widget_init_template (GTK_WIDGET (self));

  self->table = g_ptr_array_new ();
  for (guint i = 0; (format = lb_exchange_format_list (i)) != NULL; i++)
    {
      if (!lb_exchange_format_can_export (format))
        continue;

      g_ptr_array_add (self->table, (gpointer) format);
      gtk_string_list_append (titles, format->title);
    }
  gtk_drop_down_set_model (self->formats, G_LIST_MODEL (titles));
}

/**
 * lb_export_dialog_new:
 * @parent: the window it belongs to
 * @balancer: whose pool is exported
 *
 * Returns: (transfer none): a dialog that is not shown yet; GTK owns it
 */
LbExportDialog *
lb_export_dialog_new (GtkWindow *parent,
                      LbBalancer *balancer)
{
  LbExportDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);

  self = g_object_new (LB_TYPE_EXPORT_DIALOG, "transient-for", parent, NULL);
  self->balancer = g_object_ref (balancer);
  g_signal_connect_swapped (self->formats, "notify::selected", G_CALLBACK (lb_export_dialog_update),
                            self);
  lb_export_dialog_update (self);
  lb_large_text_shrink_buttons (GTK_WIDGET (self));

  return self;
}

/**
 * lb_export_dialog_get_format:
 * @self: a dialog
 *
 * Returns: the format that is chosen
 */
const LbExchangeFormat *
lb_export_dialog_get_format (LbExportDialog *self)
{
  g_return_val_if_fail (LB_IS_EXPORT_DIALOG (self), NULL);

  return g_ptr_array_index (self->table, gtk_drop_down_get_selected (self->formats));
}

/**
 * lb_export_dialog_set_format:
 * @self: a dialog
 * @format: a format that can be exported
 *
 * Chooses it.
 */
void
lb_export_dialog_set_format (LbExportDialog *self,
                             const LbExchangeFormat *format)
{
  guint index;

  g_return_if_fail (LB_IS_EXPORT_DIALOG (self));
  g_return_if_fail (g_ptr_array_find (self->table, format, &index));

  gtk_drop_down_set_selected (self->formats, index);
}

/**
 * lb_export_dialog_get_contents:
 * @self: a dialog
 *
 * Returns: (transfer none) (nullable): what the file is to hold, or %NULL if the pool cannot be exported
 *   in the format that is chosen
 */
GBytes *
lb_export_dialog_get_contents (LbExportDialog *self)
{
  g_return_val_if_fail (LB_IS_EXPORT_DIALOG (self), NULL);

  return self->contents;
}
