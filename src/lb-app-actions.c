/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-application"

#include "config.h"

#include "lb-app-actions.h"

#include <glib/gi18n.h>

/**
 * LbAppActions:
 *
 * The application's actions, as other programs activate them over D-Bus, the launcher's menu and
 * notifications too. A backend is named by its URL. What cannot be done is told in the window and on
 * standard error, and changes nothing.
 *
 * The application makes one when it starts up, before there is a balancer, because whoever activates
 * an action of an application that does not run starts it thereby. So each action first asks the
 * application for the balancer, which makes it if need be. From then on the actions' states follow it.
 */
struct _LbAppActions
{
  GObject parent_instance;

  LbApplication *application; /* not owned: it owns this */
  LbBalancer *balancer;       /* NULL until it begins */
};

G_DEFINE_FINAL_TYPE (LbAppActions, lb_app_actions, G_TYPE_OBJECT)

static void
lb_app_actions_report (LbAppActions *self,
                       const char *format,
                       ...) G_GNUC_PRINTF (2, 3);

static void
lb_app_actions_report (LbAppActions *self,
                       const char *format,
                       ...)
{
  g_autofree char *message = NULL;
  va_list arguments;

  va_start (arguments, format);
  message = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  lb_application_report (self->application, message);
}

/* Returns: (transfer none) (nullable): the backend at @url */
static LbBackend *
lb_app_actions_find (LbAppActions *self,
                     const char *url)
{
  LbBalancer *balancer = lb_application_get_balancer (self->application);
  LbBackend *backend = lb_pool_find (lb_balancer_get_pool (balancer), url);

  if (backend == NULL)
    lb_app_actions_report (self, _ ("There is no backend “%s” in the pool."), url);

  return backend;
}

static void
lb_app_actions_activate_window (LbAppActions *self,
                                const char *name,
                                GVariant *parameter)
{
  LbWindow *window = lb_application_get_window (self->application);

  g_action_group_activate_action (G_ACTION_GROUP (window), name, parameter);
}

static void
lb_app_actions_show (GSimpleAction *action,
                     GVariant *parameter,
                     gpointer user_data)
{
  LbAppActions *self = user_data;

  lb_application_show (self->application);
}

static void
lb_app_actions_show_backend (GSimpleAction *action,
                             GVariant *parameter,
                             gpointer user_data)
{
  LbAppActions *self = user_data;

  lb_application_show (self->application);
  if (lb_app_actions_find (self, g_variant_get_string (parameter, NULL)) != NULL)
    lb_app_actions_activate_window (self, "show-details", parameter);
}

static void
lb_app_actions_new_backend (GSimpleAction *action,
                            GVariant *parameter,
                            gpointer user_data)
{
  LbAppActions *self = user_data;

  lb_application_show (self->application);
  lb_app_actions_activate_window (self, "add-backend", NULL);
}

static void
lb_app_actions_add_backend (GSimpleAction *action,
                            GVariant *parameter,
                            gpointer user_data)
{
  LbAppActions *self = user_data;
  LbBalancer *balancer = lb_application_get_balancer (self->application);
  const char *url = g_variant_get_string (parameter, NULL);
  g_autoptr (GError) error = NULL;

  if (lb_balancer_add_backend (balancer, url, FALSE, &error) == NULL)
    lb_app_actions_report (self, _ ("The backend “%s” was not added: %s"), url, error->message);
}

/* By the window's action, which can be undone. */
static void
lb_app_actions_remove_backend (GSimpleAction *action,
                               GVariant *parameter,
                               gpointer user_data)
{
  LbAppActions *self = user_data;

  if (lb_app_actions_find (self, g_variant_get_string (parameter, NULL)) != NULL)
    lb_app_actions_activate_window (self, "remove-backend", parameter);
}

static void
lb_app_actions_set_state (GSimpleAction *action,
                          GVariant *parameter,
                          gpointer user_data)
{
  LbAppActions *self = user_data;
  const char *url;
  const char *name;
  LbBackend *backend;
  LbState state;

  g_variant_get (parameter, "(&s&s)", &url, &name);
  backend = lb_app_actions_find (self, url);
  if (backend == NULL)
    return;

  if (lb_state_from_string (name, &state))
    lb_backend_set_state (backend, state);
  else
    lb_app_actions_report (self, _ ("There is no state “%s”. Use ready, drain or maint."), name);
}

static void
lb_app_actions_set_weight (GSimpleAction *action,
                           GVariant *parameter,
                           gpointer user_data)
{
  LbAppActions *self = user_data;
  g_autoptr (GError) error = NULL;
  const char *url;
  guint weight;
  LbBackend *backend;

  g_variant_get (parameter, "(&su)", &url, &weight);
  backend = lb_app_actions_find (self, url);
  if (backend != NULL && !lb_backend_set_weight (backend, weight, &error))
    lb_app_actions_report (self, "%s", error->message);
}

/* The states of this one and of the next follow the balancer's properties, not what was asked for. */
static void
lb_app_actions_set_policy (GSimpleAction *action,
                           GVariant *state,
                           gpointer user_data)
{
  LbAppActions *self = user_data;
  LbBalancer *balancer = lb_application_get_balancer (self->application);
  g_autoptr (GError) error = NULL;

  if (!lb_balancer_set_policy (balancer, g_variant_get_string (state, NULL), &error))
    lb_app_actions_report (self, "%s", error->message);
}

static void
lb_app_actions_pause (GSimpleAction *action,
                      GVariant *state,
                      gpointer user_data)
{
  LbAppActions *self = user_data;

  lb_balancer_set_paused (lb_application_get_balancer (self->application),
                          g_variant_get_boolean (state));
}

static void
lb_app_actions_probe_now (GSimpleAction *action,
                          GVariant *parameter,
                          gpointer user_data)
{
  LbAppActions *self = user_data;

  lb_balancer_probe_now (lb_application_get_balancer (self->application), NULL);
}

static void
lb_app_actions_adopt_node_changes (GSimpleAction *action,
                                   GVariant *parameter,
                                   gpointer user_data)
{
  LbAppActions *self = user_data;
  LbBalancer *balancer = lb_application_get_balancer (self->application);
  g_autoptr (GError) error = NULL;

  if (!lb_balancer_adopt_node_changes (balancer, g_variant_get_string (parameter, NULL), &error))
    lb_app_actions_report (self, "%s", error->message);
}

static void
lb_app_actions_undo_node_changes (GSimpleAction *action,
                                  GVariant *parameter,
                                  gpointer user_data)
{
  LbAppActions *self = user_data;
  LbBalancer *balancer = lb_application_get_balancer (self->application);
  g_autoptr (GError) error = NULL;

  if (!lb_balancer_undo_node_changes (balancer, g_variant_get_string (parameter, NULL), &error))
    lb_app_actions_report (self, "%s", error->message);
}

static void
lb_app_actions_copy_node_configuration (GSimpleAction *action,
                                        GVariant *parameter,
                                        gpointer user_data)
{
  LbAppActions *self = user_data;
  LbBalancer *balancer = lb_application_get_balancer (self->application);
  GtkWidget *window = GTK_WIDGET (lb_application_get_window (self->application));
  g_auto (GStrv) notes = NULL;
  g_autofree char *text = lb_balancer_make_node_configuration (balancer, &notes);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (window), text);
  for (guint i = 0; notes[i] != NULL; i++)
    lb_app_actions_report (self, "%s", notes[i]);
}

static void
lb_app_actions_freeze_chart (GSimpleAction *action,
                             GVariant *parameter,
                             gpointer user_data)
{
  lb_app_actions_activate_window (user_data, "freeze-chart", NULL);
}

static void
lb_app_actions_about (GSimpleAction *action,
                      GVariant *parameter,
                      gpointer user_data)
{
  LbAppActions *self = user_data;

  lb_application_show (self->application);
  gtk_show_about_dialog (GTK_WINDOW (lb_application_get_window (self->application)),
                         "program-name", _ ("Load Balancer"),
                         "logo-icon-name", LB_APPLICATION_ID,
                         "version", LB_VERSION,
                         "comments", _ ("Spreads requests over backends, and shows how each is doing"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         "translator-credits", _ ("translator-credits"),
                         NULL);
}

static void
lb_app_actions_quit (GSimpleAction *action,
                     GVariant *parameter,
                     gpointer user_data)
{
  LbAppActions *self = user_data;

  lb_application_quit (self->application);
}

static const GActionEntry actions[] = {
  { "show", lb_app_actions_show },
  { "show-backend", lb_app_actions_show_backend, "s" },
  { "new-backend", lb_app_actions_new_backend },
  { "add-backend", lb_app_actions_add_backend, "s" },
  { "remove-backend", lb_app_actions_remove_backend, "s" },
  { "set-state", lb_app_actions_set_state, "(ss)" },
  { "set-weight", lb_app_actions_set_weight, "(su)" },
  { "set-policy", NULL, "s", "'" LB_POLICY_DEFAULT "'", lb_app_actions_set_policy },
  { "pause", NULL, NULL, "false", lb_app_actions_pause },
  { "probe-now", lb_app_actions_probe_now },
  { "adopt-node-changes", lb_app_actions_adopt_node_changes, "s" },
  { "undo-node-changes", lb_app_actions_undo_node_changes, "s" },
  { "copy-node-configuration", lb_app_actions_copy_node_configuration },
  { "freeze-chart", lb_app_actions_freeze_chart },
  { "about", lb_app_actions_about },
  { "quit", lb_app_actions_quit },
};

static GSimpleAction *
lb_app_actions_lookup (LbAppActions *self,
                       const char *name)
{
  return G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->application), name));
}

static void
lb_app_actions_on_policy (LbAppActions *self)
{
  g_simple_action_set_state (lb_app_actions_lookup (self, "set-policy"),
                             g_variant_new_string (lb_balancer_get_policy (self->balancer)));
}

static void
lb_app_actions_on_paused (LbAppActions *self)
{
  const gboolean paused = lb_balancer_get_paused (self->balancer);

  g_simple_action_set_state (lb_app_actions_lookup (self, "pause"), g_variant_new_boolean (paused));
  g_simple_action_set_enabled (lb_app_actions_lookup (self, "probe-now"), !paused);
}

static void
lb_app_actions_dispose (GObject *object)
{
  LbAppActions *self = LB_APP_ACTIONS (object);

  if (self->balancer != NULL)
    g_signal_handlers_disconnect_by_data (self->balancer, self);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_app_actions_parent_class)->dispose (object);
}

static void
lb_app_actions_class_init (LbAppActionsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lb_app_actions_dispose;
}

static void
lb_app_actions_init (LbAppActions *self)
{
}

/**
 * lb_app_actions_new:
 * @application: the application that is to have the actions; it keeps what is returned
 *
 * Returns: (transfer full): the actions
 */
LbAppActions *
lb_app_actions_new (LbApplication *application)
{
  LbAppActions *self;

  g_return_val_if_fail (LB_IS_APPLICATION (application), NULL);

  self = g_object_new (LB_TYPE_APP_ACTIONS, NULL);
  self->application = application;
  g_action_map_add_action_entries (G_ACTION_MAP (application), actions, G_N_ELEMENTS (actions), self);

  return self;
}

/**
 * lb_app_actions_begin:
 * @self: the actions
 * @balancer: what they change from now on
 */
void
lb_app_actions_begin (LbAppActions *self,
                      LbBalancer *balancer)
{
  g_return_if_fail (LB_IS_APP_ACTIONS (self));
  g_return_if_fail (LB_IS_BALANCER (balancer));
  g_return_if_fail (self->balancer == NULL);

  self->balancer = g_object_ref (balancer);
  g_signal_connect_swapped (balancer, "notify::policy", G_CALLBACK (lb_app_actions_on_policy), self);
  g_signal_connect_swapped (balancer, "notify::paused", G_CALLBACK (lb_app_actions_on_paused), self);
  lb_app_actions_on_policy (self);
  lb_app_actions_on_paused (self);
}
