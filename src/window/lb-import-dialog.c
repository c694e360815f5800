/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-import-dialog.h"

#include <glib/gi18n-lib.h>

#include "lb-import-plan.h"
#include "lb-porter.h"
#include "window/lb-large-text.h"
#include "window/lb-report-text.h"

/**
 * LbImportDialog:
 *
 * Shows what is in a file before anything of it is added: which backends are new, which are there
 * already, which cannot be added, and what else is not taken over as it is. Where the file has several
 * pools the person chooses one.
 *
 * [class@PortActions] opens one for a file that was read. `import.add` adds the pool, which is one step
 * for the [class@Undo], and closes the dialog. Until then it follows what happens to the balancer.
 *
 * Signals: `problem` (message), some of it could not be added after all.
 */
struct _LbImportDialog
{
  GtkWindow parent_instance;

  GtkLabel *file;
  GtkWidget *choice;
  GtkDropDown *pools;
  GtkLabel *summary;
  GtkTextView *text;

  LbBalancer *balancer;
  LbExchangeImport *import;
  LbImportPlan *plan; /* for the pool that is chosen */
};

enum
{
  PROBLEM,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbImportDialog, lb_import_dialog, GTK_TYPE_WINDOW)

static LbExchangePool *
lb_import_dialog_get_pool (LbImportDialog *self)
{
  return g_ptr_array_index (self->import->pools, gtk_drop_down_get_selected (self->pools));
}

/*
 * What is special about a backend, after its URL. Where one reads from right to left, that is on its
 * left: the text begins with a mark that says so, since a URL would have it begin on the left.
 */
static char *
describe_backend (LbBackend *backend,
                  gboolean rtl)
{
  const guint weight = lb_backend_get_weight (backend);
  GString *text = g_string_new (NULL);

  g_string_append_printf (text, rtl ? "\u200f\u2066%s\u2069" : "%s", lb_backend_get_url (backend));

  if (weight != 1)
    {
      g_string_append (text, " · ");
      g_string_append_printf (text, _("weight %u"), weight);
    }
  if (lb_backend_get_backup (backend))
    g_string_append_printf (text, " · %s", _("backup"));

  return g_string_free (text, FALSE);
}

static void
lb_import_dialog_list (LbImportDialog *self,
                       LbImportFate fate,
                       const char *heading)
{
  const gboolean rtl = gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
  gboolean any = FALSE;

  for (guint i = 0; i < self->plan->n_items; i++)
    {
      const LbImportItem *item = &self->plan->items[i];
      g_autofree char *words = NULL;

      if (item->fate != fate)
        continue;

      if (!any)
        lb_report_text_add_heading (self->text, heading);
      any = TRUE;
      words = describe_backend (item->backend, rtl);
      lb_report_text_add (self->text, words, item->reason);
    }
}

/* Anew whenever something else would happen. */
static void
lb_import_dialog_update (LbImportDialog *self)
{
  LbExchangePool *pool = lb_import_dialog_get_pool (self);
  g_autofree char *summary = NULL;
  g_auto (GStrv) notes = NULL;

  g_clear_pointer (&self->plan, lb_import_plan_free);
  self->plan = lb_import_plan_new (self->balancer, pool);

  summary = lb_import_plan_summarize (self->plan);
  gtk_label_set_label (self->summary, summary);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "import.add", self->plan->n_new > 0);

  lb_report_text_clear (self->text);
  lb_import_dialog_list (self, LB_IMPORT_REFUSED, _("Cannot Be Added"));
  notes = lb_import_plan_get_notes (self->plan, self->import, pool);
  if (notes[0] != NULL)
    lb_report_text_add_heading (self->text, _("Not as in the File"));
  for (guint i = 0; notes[i] != NULL; i++)
    lb_report_text_add (self->text, notes[i], NULL);
  lb_import_dialog_list (self, LB_IMPORT_NEW, _("Will Be Added"));
  lb_import_dialog_list (self, LB_IMPORT_EXISTS, _("There Already, and Left as They Are"));
  lb_report_text_end (self->text);
}

static void
lb_import_dialog_add (GtkWidget *widget,
                      const char *action_name,
                      GVariant *parameter)
{
  LbImportDialog *self = LB_IMPORT_DIALOG (widget);
  const guint n_wanted = self->plan->n_new;
  g_autoptr (GPtrArray) added = NULL;

  /* What is added would make the preview show itself anew. */
  g_signal_handlers_disconnect_by_func (lb_balancer_get_pool (self->balancer),
                                        lb_import_dialog_update, self);
  g_signal_handlers_disconnect_by_func (self->balancer, lb_import_dialog_update, self);
  added = lb_porter_add (self->balancer, lb_import_dialog_get_pool (self));

  if (added->len < n_wanted)
    {
      g_autofree char *message = NULL;

      message = g_strdup_printf (
        g_dngettext (GETTEXT_PACKAGE, "%u backend of the file could not be added after all.",
                     "%u backends of the file could not be added after all.", n_wanted - added->len),
        n_wanted - added->len);
      g_signal_emit (self, signals[PROBLEM], 0, message);
    }

  gtk_window_close (GTK_WINDOW (self));
}

static void
lb_import_dialog_dispose (GObject *object)
{
  LbImportDialog *self = LB_IMPORT_DIALOG (object);

  if (self->pools != NULL)
    g_signal_handlers_disconnect_by_data (self->pools, self);
  g_clear_pointer (&self->plan, lb_import_plan_free);
  g_clear_pointer (&self->import, lb_exchange_import_free);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_import_dialog_parent_class)->dispose (object);
}

static void
lb_import_dialog_class_init (LbImportDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lb_import_dialog_dispose;

  /**
   * LbImportDialog::problem:
   * @self: the dialog
   * @message: a translated sentence
   *
   * Not everything was added that was promised.
   */
  signals[PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-import-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, LbImportDialog, file);
  gtk_widget_class_bind_template_child (widget_class, LbImportDialog, choice);
  gtk_widget_class_bind_template_child (widget_class, LbImportDialog, pools);
  gtk_widget_class_bind_template_child (widget_class, LbImportDialog, summary);
  gtk_widget_class_bind_template_child (widget_class, LbImportDialog, text);

  gtk_widget_class_install_action (widget_class, "import.add", NULL, lb_import_dialog_add);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
lb_import_dialog_init (LbImportDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
lb_import_dialog_list_pools (LbImportDialog *self)
{
  g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);

  for (guint i = 0; i < self->import->pools->len; i++)
    {
      const LbExchangePool *pool = g_ptr_array_index (self->import->pools, i);
      const guint n_backends = pool->backends->len;

      /* Translators: a pool in a file, and how many backends it has */
      gtk_string_list_take (
        names, g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%s – %u backend", "%s – %u backends",
                                             n_backends),
                                pool->name, n_backends));
    }

  gtk_drop_down_set_model (self->pools, G_LIST_MODEL (names));
  gtk_widget_set_visible (self->choice, self->import->pools->len > 1);
}

/**
 * lb_import_dialog_new:
 * @parent: the window it belongs to
 * @balancer: what the backends are added to
 * @import: (transfer full): what is in a file
 * @name: the file's name, for people
 *
 * Returns: (transfer none): a dialog that is not shown yet; GTK owns it
 */
LbImportDialog *
lb_import_dialog_new (GtkWindow *parent,
                      LbBalancer *balancer,
                      LbExchangeImport *import,
                      const char *name)
{
  LbImportDialog *self;
  g_autofree char *file = NULL;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);
  g_return_val_if_fail (import != NULL && import->pools->len > 0, NULL);
  g_return_val_if_fail (name != NULL, NULL);

  self = g_object_new (LB_TYPE_IMPORT_DIALOG, "transient-for", parent, NULL);
  self->balancer = g_object_ref (balancer);
  self->import = import;

  file = g_strdup_printf ("%s · %s", name, import->format->title);
  gtk_label_set_label (self->file, file);
  lb_import_dialog_list_pools (self);

  g_signal_connect_swapped (self->pools, "notify::selected", G_CALLBACK (lb_import_dialog_update),
                            self);
  g_signal_connect_object (lb_balancer_get_pool (balancer), "items-changed",
                           G_CALLBACK (lb_import_dialog_update), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (balancer, "notify::policy", G_CALLBACK (lb_import_dialog_update), self,
                           G_CONNECT_SWAPPED);
  lb_import_dialog_update (self);
  lb_large_text_shrink_buttons (GTK_WIDGET (self));

  return self;
}
