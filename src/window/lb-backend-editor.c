/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-backend-editor.h"

#include <glib/gi18n-lib.h>

#include "window/lb-field.h"
#include "window/lb-probe-page.h"
#include "window/lb-strict-spin.h"
#include "window/lb-test-panel.h"

/**
 * LbBackendEditor:
 *
 * The dialog for one backend: its URL, weight and state, and in what it is probed otherwise than all
 * the others.
 *
 * The window's action `win.edit-backend` opens one. Nothing changes before Save: half a URL or half
 * a path would take the backend down while it is typed. Save writes what the person has changed, and
 * leaves alone what was changed from elsewhere meanwhile. A backend whose URL changes is replaced at
 * its place by a new one with the same settings; if the pool refuses that, the reason is shown under
 * the URL and nothing has changed. The test probes with what is typed, saved or not. When the
 * backend leaves the pool the dialog stays with what was typed, but cannot save.
 */
struct _LbBackendEditor
{
  GtkWindow parent_instance;

  GtkEntry *url;
  GtkLabel *url_refusal;
  GtkSpinButton *weight;
  GtkLabel *weight_refusal;
  GtkSwitch *backup;
  GtkDropDown *state;
  LbProbePage *page;
  GtkLabel *refusal;
  LbTestPanel *test;

  LbBalancer *balancer;
  LbBackend *backend;

  /* What was shown at first. */
  guint shown_weight;
  gboolean shown_backup;
  LbState shown_state;
  LbProbeExceptions shown_exceptions;
};

G_DEFINE_FINAL_TYPE (LbBackendEditor, lb_backend_editor, GTK_TYPE_WINDOW)

/* @message: (nullable): why the URL is refused, or %NULL if it is not */
static void
lb_backend_editor_refuse_url (LbBackendEditor *self,
                              const char *message)
{
  gtk_widget_set_visible (GTK_WIDGET (self->url_refusal), message != NULL);
  lb_field_set_refused (GTK_WIDGET (self->url), message != NULL);

  if (message != NULL)
    gtk_label_set_label (self->url_refusal, message);
}

/* @message: (nullable): why the settings do not go together, or %NULL if they do */
static void
lb_backend_editor_refuse (LbBackendEditor *self,
                          const char *message)
{
  gtk_widget_set_visible (GTK_WIDGET (self->refusal), message != NULL);
  gtk_label_set_label (self->refusal, message != NULL ? message : "");
}

static gboolean
lb_backend_editor_is_in_pool (LbBackendEditor *self)
{
  return lb_pool_get_position (lb_balancer_get_pool (self->balancer), self->backend, NULL);
}

static void
lb_backend_editor_update (LbBackendEditor *self)
{
  gboolean in_pool = lb_backend_editor_is_in_pool (self);
  gboolean usable = gtk_entry_get_text_length (self->url) > 0 &&
                    lb_strict_spin_get_valid (self->weight) &&
                    lb_probe_page_get_valid (self->page);

  /* What is refused says so itself, but may be scrolled away. */
  lb_backend_editor_refuse (
    self, !in_pool  ? _ ("This backend is no longer in the pool. It cannot be saved.")
          : !usable ? _ ("Something above is missing or refused. Correct it to save or test.")
                    : NULL);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "editor.save", usable && in_pool);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "editor.test", usable);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "editor.show-refused", !usable);
}

/* Without a URL nothing is refused, but something is missing. */
static void
lb_backend_editor_show_refused (GtkWidget *widget,
                                const char *action_name G_GNUC_UNUSED,
                                GVariant *parameter G_GNUC_UNUSED)
{
  LbBackendEditor *self = LB_BACKEND_EDITOR (widget);
  GtkWidget *field = lb_field_find_refused (widget);

  if (field == NULL || gtk_entry_get_text_length (self->url) == 0)
    field = GTK_WIDGET (self->url);
  gtk_widget_grab_focus (field);
}

/* The URL or a setting of the probes: what a test saw before is not about it. */
static void
lb_backend_editor_on_changed (LbBackendEditor *self)
{
  lb_test_panel_clear (self->test);
  lb_backend_editor_update (self);
}

static void
lb_backend_editor_on_url_changed (LbBackendEditor *self)
{
  lb_backend_editor_refuse_url (self, NULL);
  lb_backend_editor_on_changed (self);
}

static void
lb_backend_editor_on_weight_changed (LbBackendEditor *self)
{
  gboolean valid = lb_strict_spin_get_valid (self->weight);
  g_autoptr (GError) error = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->weight_refusal), !valid);
  if (valid)
    {
      gtk_widget_remove_css_class (GTK_WIDGET (self->weight), "error");
    }
  else
    {
      /* No backend has a weight of 0: this only asks why. */
      lb_backend_set_weight (self->backend, 0, &error);
      gtk_label_set_label (self->weight_refusal, error->message);
      gtk_widget_add_css_class (GTK_WIDGET (self->weight), "error");
    }

  lb_backend_editor_update (self);
}

/* Gives @typed what @self's backend has by now, and what the person has changed of it. */
static void
lb_backend_editor_fill (LbBackendEditor *self,
                        LbBackend *typed,
                        const LbProbeExceptions *exceptions)
{
  guint weight = (guint) gtk_spin_button_get_value_as_int (self->weight);
  gboolean backup = gtk_switch_get_active (self->backup);
  LbState state = (LbState) gtk_drop_down_get_selected (self->state);

  lb_backend_set_weight (
    typed, weight != self->shown_weight ? weight : lb_backend_get_weight (self->backend), NULL);
  lb_backend_set_backup (
    typed, backup != self->shown_backup ? backup : lb_backend_get_backup (self->backend));
  lb_backend_set_state (
    typed, state != self->shown_state ? state : lb_backend_get_state (self->backend));
  lb_backend_set_transient (typed, lb_backend_get_transient (self->backend));
  lb_backend_set_exceptions (typed, exceptions);
}

/* Returns: a backend as it is typed, which is in no pool, or %NULL and the reason is shown */
static LbBackend *
lb_backend_editor_make_backend (LbBackendEditor *self,
                                LbProbeSettings *settings)
{
  g_autoptr (LbBackend) backend = NULL;
  g_auto (LbProbeExceptions) exceptions = { 0 };
  g_auto (LbProbeExceptions) typed = { 0 };
  g_autoptr (GError) error = NULL;

  backend = lb_backend_new (gtk_editable_get_text (GTK_EDITABLE (self->url)), &error);
  if (backend == NULL)
    {
      lb_backend_editor_refuse_url (self, error->message);
      gtk_widget_grab_focus (GTK_WIDGET (self->url));
      return NULL;
    }

  lb_probe_page_store (self->page, &typed);
  lb_probe_exceptions_copy (&exceptions, lb_backend_get_exceptions (self->backend));
  lb_probe_exceptions_apply (&exceptions, &self->shown_exceptions, &typed);
  lb_probe_settings_merge (settings, lb_balancer_get_probe_settings (self->balancer), &exceptions);
  if (!lb_probe_settings_check (settings, &error))
    {
      lb_backend_editor_refuse (self, error->message);
      return NULL;
    }

  gtk_spin_button_update (self->weight);
  lb_backend_editor_fill (self, backend, &exceptions);

  return g_steal_pointer (&backend);
}

static void
lb_backend_editor_save (GtkWidget *widget,
                        const char *action_name G_GNUC_UNUSED,
                        GVariant *parameter G_GNUC_UNUSED)
{
  LbBackendEditor *self = LB_BACKEND_EDITOR (widget);
  g_auto (LbProbeSettings) settings = { 0 };
  g_autoptr (LbBackend) typed = lb_backend_editor_make_backend (self, &settings);
  g_autoptr (GError) error = NULL;

  if (typed == NULL)
    return;

  if (g_str_equal (lb_backend_get_url (typed), lb_backend_get_url (self->backend)))
    {
      lb_backend_set_weight (self->backend, lb_backend_get_weight (typed), NULL);
      lb_backend_set_backup (self->backend, lb_backend_get_backup (typed));
      lb_backend_set_state (self->backend, lb_backend_get_state (typed));
      lb_backend_set_exceptions (self->backend, lb_backend_get_exceptions (typed));
      gtk_window_close (GTK_WINDOW (self));
    }
  else if (lb_balancer_replace_backend (self->balancer, self->backend, typed, &error))
    {
      gtk_window_close (GTK_WINDOW (self));
    }
  else
    {
      lb_backend_editor_refuse_url (self, error->message);
      gtk_widget_grab_focus (GTK_WIDGET (self->url));
    }
}

static void
lb_backend_editor_test (GtkWidget *widget,
                        const char *action_name G_GNUC_UNUSED,
                        GVariant *parameter G_GNUC_UNUSED)
{
  LbBackendEditor *self = LB_BACKEND_EDITOR (widget);
  g_auto (LbProbeSettings) settings = { 0 };
  g_autoptr (LbBackend) typed = lb_backend_editor_make_backend (self, &settings);

  if (typed != NULL)
    lb_test_panel_run (self->test, self->balancer, lb_backend_get_url (typed), &settings);
}

static void
lb_backend_editor_show (LbBackendEditor *self)
{
  self->shown_weight = lb_backend_get_weight (self->backend);
  self->shown_backup = lb_backend_get_backup (self->backend);
  self->shown_state = lb_backend_get_state (self->backend);

  gtk_editable_set_text (GTK_EDITABLE (self->url), lb_backend_get_url (self->backend));
  gtk_spin_button_set_value (self->weight, self->shown_weight);
  gtk_switch_set_active (self->backup, self->shown_backup);
  gtk_drop_down_set_selected (self->state, (guint) self->shown_state);
  lb_probe_page_show_exceptions (self->page, lb_balancer_get_probe_settings (self->balancer),
                                 lb_backend_get_exceptions (self->backend));
  lb_probe_page_store (self->page, &self->shown_exceptions);
}

static void
lb_backend_editor_dispose (GObject *object)
{
  LbBackendEditor *self = LB_BACKEND_EDITOR (object);

  if (self->balancer != NULL)
    g_signal_handlers_disconnect_by_data (lb_balancer_get_pool (self->balancer), self);
  g_clear_object (&self->backend);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_backend_editor_parent_class)->dispose (object);
}

static void
lb_backend_editor_finalize (GObject *object)
{
  LbBackendEditor *self = LB_BACKEND_EDITOR (object);

  lb_probe_exceptions_clear (&self->shown_exceptions);

  G_OBJECT_CLASS (lb_backend_editor_parent_class)->finalize (object);
}

static void
lb_backend_editor_class_init (LbBackendEditorClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_backend_editor_dispose;
  object_class->finalize = lb_backend_editor_finalize;

  g_type_ensure (LB_TYPE_PROBE_PAGE);
  g_type_ensure (LB_TYPE_TEST_PANEL);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-backend-editor.ui");
  gtk_widget_class_bind_template_child (widget_class, LbBackendEditor, url);
  gtk_widget_class_bind_template_child (widget_class, LbBackendEditor, url_refusal);
  gtk_widget_class_bind_template_child (widget_class, LbBackendEditor, weight);
  gtk_widget_class_bind_template_child (widget_class, LbBackendEditor, weight_refusal);
  gtk_widget_class_bind_template_child (widget_class, LbBackendEditor, backup);
  gtk_widget_class_bind_template_child (widget_class, LbBackendEditor, state);
  gtk_widget_class_bind_template_child (widget_class, LbBackendEditor, page);
  gtk_widget_class_bind_template_child (widget_class, LbBackendEditor, refusal);
  gtk_widget_class_bind_template_child (widget_class, LbBackendEditor, test);
  gtk_widget_class_bind_template_callback (widget_class, lb_backend_editor_on_changed);
  gtk_widget_class_bind_template_callback (widget_class, lb_backend_editor_on_url_changed);
  gtk_widget_class_bind_template_callback (widget_class, lb_backend_editor_on_weight_changed);

  gtk_widget_class_install_action (widget_class, "editor.save", NULL, lb_backend_editor_save);
  gtk_widget_class_install_action (widget_class, "editor.test", NULL, lb_backend_editor_test);
  gtk_widget_class_install_action (widget_class, "editor.show-refused", NULL,
                                   lb_backend_editor_show_refused);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
lb_backend_editor_init (LbBackendEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  lb_strict_spin_set_up (self->weight);
}

/**
 * lb_backend_editor_new:
 * @parent: the window it belongs to
 * @balancer: the balancer
 * @backend: one of its backends
 *
 * Returns: (transfer none): a dialog that is not shown yet; GTK owns it
 */
LbBackendEditor *
lb_backend_editor_new (GtkWindow *parent,
                       LbBalancer *balancer,
                       LbBackend *backend)
{
  LbBackendEditor *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);
  g_return_val_if_fail (LB_IS_BACKEND (backend), NULL);

  self = g_object_new (LB_TYPE_BACKEND_EDITOR, "transient-for", parent, NULL);
  self->balancer = g_object_ref (balancer);
  self->backend = g_object_ref (backend);
  g_signal_connect_swapped (lb_balancer_get_pool (balancer), "items-changed",
                            G_CALLBACK (lb_backend_editor_update), self);
  lb_backend_editor_show (self);

  return self;
}

/**
 * lb_backend_editor_get_backend:
 * @self: an editor
 *
 * Returns: (transfer none): the backend that it edits
 */
LbBackend *
lb_backend_editor_get_backend (LbBackendEditor *self)
{
  g_return_val_if_fail (LB_IS_BACKEND_EDITOR (self), NULL);

  return self->backend;
}
