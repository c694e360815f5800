/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-defaults-dialog.h"

#include <glib/gi18n-lib.h>

#include "window/lb-field.h"
#include "window/lb-probe-page.h"
#include "window/lb-strict-spin.h"

/**
 * LbDefaultsDialog:
 *
 * The dialog for how backends are probed that make no exception, and for when their health is not to
 * be believed.
 *
 * The window's action `win.probe-defaults` opens one. Nothing changes before Save, which is possible
 * while nothing on the page is refused, and writes what the person has changed.
 */
struct _LbDefaultsDialog
{
  GtkWindow parent_instance;

  LbProbePage *page;
  GtkSpinButton *panic;
  GtkLabel *panic_title;
  GtkWidget *panic_reset;
  GtkWidget *panic_refusal;
  GtkLabel *refusal;

  LbBalancer *balancer;

  /* What was shown at first. */
  LbProbeExceptions shown;
  double shown_panic;
};

G_DEFINE_FINAL_TYPE (LbDefaultsDialog, lb_defaults_dialog, GTK_TYPE_WINDOW)

/* @message: (nullable): why the settings do not go together, or %NULL if they do */
static void
lb_defaults_dialog_refuse (LbDefaultsDialog *self,
                           const char *message)
{
  gtk_widget_set_visible (GTK_WIDGET (self->refusal), message != NULL);
  gtk_label_set_label (self->refusal, message != NULL ? message : "");
}

static void
lb_defaults_dialog_on_changed (LbDefaultsDialog *self)
{
  gboolean valid = lb_strict_spin_get_valid (self->panic) && lb_probe_page_get_valid (self->page);

  /* What is refused says so itself, but may be scrolled away. */
  lb_defaults_dialog_refuse (self,
                             valid ? NULL : _ ("Something above is refused. Correct it to save."));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "defaults.save", valid);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "defaults.show-refused", !valid);
}

static void
lb_defaults_dialog_on_panic_changed (LbDefaultsDialog *self)
{
  gboolean valid = lb_strict_spin_get_valid (self->panic);

  lb_field_set_refused (GTK_WIDGET (self->panic), !valid);
  gtk_widget_set_visible (self->panic_refusal, !valid);
  gtk_widget_set_visible (self->panic_reset,
                          !valid || gtk_spin_button_get_value_as_int (self->panic) != 0);
  lb_defaults_dialog_on_changed (self);
}

/* The button is about to go. */
static void
lb_defaults_dialog_on_panic_reset (LbDefaultsDialog *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->panic));
  gtk_spin_button_set_value (self->panic, 0.0);
}

static void
lb_defaults_dialog_show_refused (GtkWidget *widget,
                                 const char *action_name G_GNUC_UNUSED,
                                 GVariant *parameter G_GNUC_UNUSED)
{
  GtkWidget *field = lb_field_find_refused (widget);

  if (field != NULL)
    gtk_widget_grab_focus (field);
}

/* What is set by now, with what the person has changed of it. */
static void
lb_defaults_dialog_get_typed (LbDefaultsDialog *self,
                              LbProbeSettings *settings)
{
  const LbProbeSettings *present = lb_balancer_get_probe_settings (self->balancer);
  g_auto (LbProbeExceptions) typed = { 0 };
  g_auto (LbProbeExceptions) changed = { 0 };

  lb_probe_page_store (self->page, &typed);
  lb_probe_exceptions_apply (&changed, &self->shown, &typed);
  lb_probe_settings_merge (settings, present, &changed);
}

/*
 * Defaults that are good by themselves may be none beside what a backend excepts.
 *
 * Returns: whether @settings go together with every backend's exceptions; if not the reason is shown
 */
static gboolean
lb_defaults_dialog_check_backends (LbDefaultsDialog *self,
                                   const LbProbeSettings *settings)
{
  LbPool *pool = lb_balancer_get_pool (self->balancer);
  guint i;

  for (i = 0; i < lb_pool_get_n_backends (pool); i++)
    {
      LbBackend *backend = lb_pool_get_backend (pool, i);
      g_auto (LbProbeSettings) merged = { 0 };
      g_autoptr (GError) error = NULL;
      g_autofree char *message = NULL;

      lb_probe_settings_merge (&merged, settings, lb_backend_get_exceptions (backend));
      if (lb_probe_settings_check (&merged, &error))
        continue;

      /* Translators: the URL of a backend, and a sentence on what is wrong with its settings */
      message = g_strdup_printf (_ ("With the exceptions of %s this does not go together: %s"),
                                 lb_backend_get_url (backend), error->message);
      lb_defaults_dialog_refuse (self, message);

      return FALSE;
    }

  return TRUE;
}

static void
lb_defaults_dialog_save (GtkWidget *widget,
                         const char *action_name G_GNUC_UNUSED,
                         GVariant *parameter G_GNUC_UNUSED)
{
  LbDefaultsDialog *self = LB_DEFAULTS_DIALOG (widget);
  g_auto (LbProbeSettings) settings = { 0 };
  g_autoptr (GError) error = NULL;
  double panic;

  lb_defaults_dialog_get_typed (self, &settings);
  if (!lb_probe_settings_check (&settings, &error))
    {
      lb_defaults_dialog_refuse (self, error->message);
      return;
    }
  if (!lb_defaults_dialog_check_backends (self, &settings))
    return;

  gtk_spin_button_update (self->panic);
  lb_balancer_set_probe_settings (self->balancer, &settings);
  panic = gtk_spin_button_get_value (self->panic);
  if (panic < self->shown_panic || panic > self->shown_panic)
    lb_balancer_set_panic_share (self->balancer, panic / 100.0);
  gtk_window_close (GTK_WINDOW (self));
}

static void
lb_defaults_dialog_dispose (GObject *object)
{
  LbDefaultsDialog *self = LB_DEFAULTS_DIALOG (object);

  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_defaults_dialog_parent_class)->dispose (object);
}

static void
lb_defaults_dialog_finalize (GObject *object)
{
  LbDefaultsDialog *self = LB_DEFAULTS_DIALOG (object);

  lb_probe_exceptions_clear (&self->shown);

  G_OBJECT_CLASS (lb_defaults_dialog_parent_class)->finalize (object);
}

static void
lb_defaults_dialog_class_init (LbDefaultsDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_defaults_dialog_dispose;
  object_class->finalize = lb_defaults_dialog_finalize;

  g_type_ensure (LB_TYPE_PROBE_PAGE);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-defaults-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, LbDefaultsDialog, page);
  gtk_widget_class_bind_template_child (widget_class, LbDefaultsDialog, panic);
  gtk_widget_class_bind_template_child (widget_class, LbDefaultsDialog, panic_title);
  gtk_widget_class_bind_template_child (widget_class, LbDefaultsDialog, panic_refusal);
  gtk_widget_class_bind_template_child (widget_class, LbDefaultsDialog, refusal);
  gtk_widget_class_bind_template_callback (widget_class, lb_defaults_dialog_on_changed);
  gtk_widget_class_bind_template_callback (widget_class, lb_defaults_dialog_on_panic_changed);

  gtk_widget_class_install_action (widget_class, "defaults.save", NULL, lb_defaults_dialog_save);
  gtk_widget_class_install_action (widget_class, "defaults.show-refused", NULL,
                                   lb_defaults_dialog_show_refused);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
lb_defaults_dialog_init (LbDefaultsDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  lb_strict_spin_set_up (self->panic);

  self->panic_reset = lb_field_new_reset ();
  lb_field_name_reset (self->panic_reset, gtk_label_get_text (self->panic_title));
  g_signal_connect_swapped (self->panic_reset, "clicked",
                            G_CALLBACK (lb_defaults_dialog_on_panic_reset), self);
  gtk_widget_insert_after (self->panic_reset, gtk_widget_get_parent (GTK_WIDGET (self->panic)),
                           GTK_WIDGET (self->panic_title));
}

/**
 * lb_defaults_dialog_new:
 * @parent: the window it belongs to
 * @balancer: a balancer that has loaded
 *
 * Returns: (transfer none): a dialog that is not shown yet; GTK owns it
 */
LbDefaultsDialog *
lb_defaults_dialog_new (GtkWindow *parent,
                        LbBalancer *balancer)
{
  LbDefaultsDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);

  self = g_object_new (LB_TYPE_DEFAULTS_DIALOG, "transient-for", parent, NULL);
  self->balancer = g_object_ref (balancer);
  lb_probe_page_show_defaults (self->page, lb_balancer_get_probe_settings (balancer));
  lb_probe_page_store (self->page, &self->shown);
  gtk_spin_button_set_value (self->panic, lb_balancer_get_panic_share (balancer) * 100.0);
  gtk_spin_button_update (self->panic);
  self->shown_panic = gtk_spin_button_get_value (self->panic);

  return self;
}
