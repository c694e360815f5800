/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-pool-actions.h"

#include <glib/gi18n-lib.h>

#include "window/lb-backend-editor.h"
#include "window/lb-defaults-dialog.h"
#include "window/lb-nodes-dialog.h"
#include "window/lb-preferences-dialog.h"
#include "window/lb-proxy-dialog.h"

/**
 * LbPoolActions:
 *
 * The window's actions on the pool that need no part of the window: the policy, a backend's state,
 * samples, and the dialogs.
 *
 * [class@Window] makes one, and keeps it as long as it lives. A backend is named by its URL, so that
 * another program can activate the actions over D-Bus as well; what is wrong with what it asks is
 * told by the `problem` signal.
 */
struct _LbPoolActions
{
  GObject parent_instance;

  GtkApplicationWindow *window; /* whose actions they are, not owned */
  LbBalancer *balancer;
};

enum
{
  PROBLEM,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbPoolActions, lb_pool_actions, G_TYPE_OBJECT)

static void
lb_pool_actions_report (LbPoolActions *self,
                        const char *message)
{
  g_signal_emit (self, signals[PROBLEM], 0, message);
}

/* Returns: (transfer none) (nullable): the backend at @url */
static LbBackend *
lb_pool_actions_find (LbPoolActions *self,
                      const char *url)
{
  LbBackend *backend = lb_pool_find (lb_balancer_get_pool (self->balancer), url);
  g_autofree char *message = NULL;

  if (backend == NULL)
    {
      message = g_strdup_printf (_ ("There is no backend “%s” in the pool."), url);
      lb_pool_actions_report (self, message);
    }

  return backend;
}

static void
lb_pool_actions_add_samples (GSimpleAction *action G_GNUC_UNUSED,
                             GVariant *parameter G_GNUC_UNUSED,
                             gpointer user_data)
{
  LbPoolActions *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!lb_balancer_add_samples (self->balancer, &error))
    lb_pool_actions_report (self, error->message);
}

/* The state of the action follows the balancer's property, not what was asked for. */
static void
lb_pool_actions_set_policy (GSimpleAction *action G_GNUC_UNUSED,
                            GVariant *state,
                            gpointer user_data)
{
  LbPoolActions *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!lb_balancer_set_policy (self->balancer, g_variant_get_string (state, NULL), &error))
    lb_pool_actions_report (self, error->message);
}

static void
lb_pool_actions_set_state (GSimpleAction *action G_GNUC_UNUSED,
                           GVariant *parameter,
                           gpointer user_data)
{
  LbPoolActions *self = user_data;
  const char *url;
  const char *name;
  LbBackend *backend;
  LbState state;

  g_variant_get (parameter, "(&s&s)", &url, &name);
  backend = lb_pool_actions_find (self, url);
  if (backend == NULL)
    return;

  if (lb_state_from_string (name, &state))
    {
      lb_backend_set_state (backend, state);
    }
  else
    {
      g_autofree char *message = NULL;

      message = g_strdup_printf (_ ("There is no state “%s”. Use ready, drain or maint."), name);
      lb_pool_actions_report (self, message);
    }
}

/*
 * Returns: (transfer none) (nullable): the dialog of this window that is open for @backend, or of
 *   @type if that is for no backend
 */
static GtkWindow *
lb_pool_actions_find_open (LbPoolActions *self,
                           GType type,
                           LbBackend *backend)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  guint i;

  for (i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      /* GTK keeps it as long as it is open. */
      g_autoptr (GtkWindow) dialog = g_list_model_get_item (toplevels, i);

      if (G_TYPE_CHECK_INSTANCE_TYPE (dialog, type) &&
          gtk_window_get_transient_for (dialog) == GTK_WINDOW (self->window) &&
          (backend == NULL ||
           lb_backend_editor_get_backend (LB_BACKEND_EDITOR (dialog)) == backend))
        return dialog;
    }

  return NULL;
}

/* Returns: (transfer none) (nullable): the editor for the backend at @url */
static LbBackendEditor *
lb_pool_actions_open_editor (LbPoolActions *self,
                             const char *url)
{
  LbBackend *backend = lb_pool_actions_find (self, url);
  GtkWindow *editor;

  if (backend == NULL)
    return NULL;

  editor = lb_pool_actions_find_open (self, LB_TYPE_BACKEND_EDITOR, backend);
  if (editor == NULL)
    editor = GTK_WINDOW (
      lb_backend_editor_new (GTK_WINDOW (self->window), self->balancer, backend));
  gtk_window_present (editor);

  return LB_BACKEND_EDITOR (editor);
}

static void
lb_pool_actions_edit_backend (GSimpleAction *action G_GNUC_UNUSED,
                              GVariant *parameter,
                              gpointer user_data)
{
  lb_pool_actions_open_editor (user_data, g_variant_get_string (parameter, NULL));
}

static void
lb_pool_actions_test_backend (GSimpleAction *action G_GNUC_UNUSED,
                              GVariant *parameter,
                              gpointer user_data)
{
  LbBackendEditor *editor;

  editor = lb_pool_actions_open_editor (user_data, g_variant_get_string (parameter, NULL));
  if (editor != NULL)
    gtk_widget_activate_action (GTK_WIDGET (editor), "editor.test", NULL);
}

static void
lb_pool_actions_probe_defaults (GSimpleAction *action G_GNUC_UNUSED,
                                GVariant *parameter G_GNUC_UNUSED,
                                gpointer user_data)
{
  LbPoolActions *self = user_data;
  GtkWindow *dialog = lb_pool_actions_find_open (self, LB_TYPE_DEFAULTS_DIALOG, NULL);

  if (dialog == NULL)
    dialog = GTK_WINDOW (lb_defaults_dialog_new (GTK_WINDOW (self->window), self->balancer));
  gtk_window_present (dialog);
}

static void
lb_pool_actions_proxying (GSimpleAction *action G_GNUC_UNUSED,
                          GVariant *parameter G_GNUC_UNUSED,
                          gpointer user_data)
{
  LbPoolActions *self = user_data;
  GtkWindow *dialog = lb_pool_actions_find_open (self, LB_TYPE_PROXY_DIALOG, NULL);

  if (dialog == NULL)
    dialog = GTK_WINDOW (lb_proxy_dialog_new (GTK_WINDOW (self->window), self->balancer));
  gtk_window_present (dialog);
}

static void
lb_pool_actions_nodes (GSimpleAction *action G_GNUC_UNUSED,
                       GVariant *parameter G_GNUC_UNUSED,
                       gpointer user_data)
{
  LbPoolActions *self = user_data;
  GtkWindow *dialog = lb_pool_actions_find_open (self, LB_TYPE_NODES_DIALOG, NULL);

  if (dialog == NULL)
    dialog = GTK_WINDOW (lb_nodes_dialog_new (GTK_WINDOW (self->window), self->balancer));
  gtk_window_present (dialog);
}

static void
lb_pool_actions_preferences (GSimpleAction *action G_GNUC_UNUSED,
                             GVariant *parameter G_GNUC_UNUSED,
                             gpointer user_data)
{
  LbPoolActions *self = user_data;
  GtkWindow *dialog = lb_pool_actions_find_open (self, LB_TYPE_PREFERENCES_DIALOG, NULL);

  if (dialog == NULL)
    dialog = GTK_WINDOW (lb_preferences_dialog_new (GTK_WINDOW (self->window), self->balancer));
  gtk_window_present (dialog);
}

static void
lb_pool_actions_probe_now (GSimpleAction *action G_GNUC_UNUSED,
                           GVariant *parameter G_GNUC_UNUSED,
                           gpointer user_data)
{
  LbPoolActions *self = user_data;

  lb_balancer_probe_now (self->balancer, NULL);
}

static void
lb_pool_actions_probe_backend (GSimpleAction *action G_GNUC_UNUSED,
                               GVariant *parameter,
                               gpointer user_data)
{
  LbPoolActions *self = user_data;
  LbBackend *backend = lb_pool_actions_find (self, g_variant_get_string (parameter, NULL));

  if (backend != NULL)
    lb_balancer_probe_now (self->balancer, backend);
}

static void
lb_pool_actions_copy_url (GSimpleAction *action G_GNUC_UNUSED,
                          GVariant *parameter,
                          gpointer user_data)
{
  LbPoolActions *self = user_data;
  LbBackend *backend = lb_pool_actions_find (self, g_variant_get_string (parameter, NULL));

  if (backend != NULL)
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self->window)),
                            lb_backend_get_url (backend));
}

static void
lb_pool_actions_on_shown (GObject *source,
                          GAsyncResult *result,
                          gpointer user_data)
{
  g_autoptr (LbPoolActions) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *message = NULL;

  if (gtk_show_uri_full_finish (GTK_WINDOW (source), result, &error) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  /* Translators: %s is a sentence on what went wrong */
  message = g_strdup_printf (_ ("The browser could not be opened: %s"), error->message);
  lb_pool_actions_report (self, message);
}

/* Only what is the pool's or our own: over D-Bus anything might be asked for. */
static void
lb_pool_actions_open_url (GSimpleAction *action G_GNUC_UNUSED,
                          GVariant *parameter,
                          gpointer user_data)
{
  LbPoolActions *self = user_data;
  LbBackend *backend = lb_pool_actions_find (self, g_variant_get_string (parameter, NULL));

  if (backend != NULL)
    gtk_show_uri_full (GTK_WINDOW (self->window), lb_backend_get_url (backend), GDK_CURRENT_TIME,
                       NULL, lb_pool_actions_on_shown, g_object_ref (self));
}

static void
lb_pool_actions_open_address (GSimpleAction *action G_GNUC_UNUSED,
                              GVariant *parameter G_GNUC_UNUSED,
                              gpointer user_data)
{
  LbPoolActions *self = user_data;
  const char *uri = lb_endpoint_get_uris (lb_balancer_get_endpoint (self->balancer))[0];

  if (uri != NULL)
    gtk_show_uri_full (GTK_WINDOW (self->window), uri, GDK_CURRENT_TIME, NULL,
                       lb_pool_actions_on_shown, g_object_ref (self));
}

static const GActionEntry actions[] = {
  { "add-samples", lb_pool_actions_add_samples },
  { "set-policy", NULL, "s", "''", lb_pool_actions_set_policy },
  { "set-state", lb_pool_actions_set_state, "(ss)" },
  { "edit-backend", lb_pool_actions_edit_backend, "s" },
  { "test-backend", lb_pool_actions_test_backend, "s" },
  { "probe-defaults", lb_pool_actions_probe_defaults },
  { "proxying", lb_pool_actions_proxying },
  { "nodes", lb_pool_actions_nodes },
  { "preferences", lb_pool_actions_preferences },
  { "probe-now", lb_pool_actions_probe_now },
  { "probe-backend", lb_pool_actions_probe_backend, "s" },
  { "copy-url", lb_pool_actions_copy_url, "s" },
  { "open-url", lb_pool_actions_open_url, "s" },
  { "open-address", lb_pool_actions_open_address },
};

static void
lb_pool_actions_on_policy (LbPoolActions *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->window), "set-policy");

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_string (lb_balancer_get_policy (self->balancer)));
}

/* Nobody is probed meanwhile. */
static void
lb_pool_actions_on_paused (LbPoolActions *self)
{
  static const char *const names[] = { "probe-now", "probe-backend" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->window), names[i]);

      g_simple_action_set_enabled (G_SIMPLE_ACTION (action), !lb_balancer_get_paused (self->balancer));
    }
}

static void
lb_pool_actions_dispose (GObject *object)
{
  LbPoolActions *self = LB_POOL_ACTIONS (object);

  if (self->balancer != NULL)
    g_signal_handlers_disconnect_by_data (self->balancer, self);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_pool_actions_parent_class)->dispose (object);
}

static void
lb_pool_actions_class_init (LbPoolActionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lb_pool_actions_dispose;

  /**
   * LbPoolActions::problem:
   * @self: the actions
   * @message: a translated sentence
   *
   * An action could not be done.
   */
  signals[PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lb_pool_actions_init (LbPoolActions *self)
{
}

/**
 * lb_pool_actions_new:
 * @window: the window that is to have the actions; it keeps what is returned, and drops it last
 * @balancer: what they change
 *
 * Returns: (transfer full): the actions
 */
LbPoolActions *
lb_pool_actions_new (GtkApplicationWindow *window,
                     LbBalancer *balancer)
{
  LbPoolActions *self;

  g_return_val_if_fail (GTK_IS_APPLICATION_WINDOW (window), NULL);
  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);

  self = g_object_new (LB_TYPE_POOL_ACTIONS, NULL);
  self->window = window;
  self->balancer = g_object_ref (balancer);

  g_action_map_add_action_entries (G_ACTION_MAP (window), actions, G_N_ELEMENTS (actions), self);
  g_signal_connect_swapped (balancer, "notify::policy", G_CALLBACK (lb_pool_actions_on_policy),
                            self);
  g_signal_connect_swapped (balancer, "notify::paused", G_CALLBACK (lb_pool_actions_on_paused),
                            self);
  lb_pool_actions_on_policy (self);
  lb_pool_actions_on_paused (self);

  return self;
}
