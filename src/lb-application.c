/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-application"

#include "config.h"

#include "lb-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdlib.h>

#include "lb-app-actions.h"
#include "lb-exchange-command.h"
#include "lb-headless.h"
#include "lb-notifier.h"
#include "lb-options.h"
#include "window/lb-settings.h"
#include "window/lb-spoken-names.h"
#include "window/lb-theme.h"

/* Notifications that are there once at the most. */
#define NOTIFICATION_BACKGROUND "background"
#define NOTIFICATION_PROBLEM "problem"

/**
 * LbApplication:
 *
 * The program as the desktop knows it: one process for each session, with one window and one
 * balancer. A second start raises the window and hands its backends over.
 *
 * The balancer is made by the first activation, command line or action. It loads when its window is
 * there, so that the window hears of whatever is wrong with the configuration. Closing the
 * window ends the application, unless the person wants it to run in the background: then the window
 * is only hidden, keeps all that it knows, and comes back when the application is activated. With
 * `--headless` nothing of this happens: the balancer runs by itself before the application has even
 * looked for a display.
 */
struct _LbApplication
{
  GtkApplication parent_instance;

  GSettings *settings; /* NULL where the schema is not installed */
  LbTheme *theme;
  LbAppActions *actions;
  LbBalancer *balancer;
  LbWindow *window; /* weak: GTK owns it */
  LbNotifier *notifier;
  GSource *term;
  GSource *interrupt;
};

G_DEFINE_FINAL_TYPE (LbApplication, lb_application, GTK_TYPE_APPLICATION)

static gboolean
lb_application_on_signal (gpointer user_data)
{
  g_action_group_activate_action (G_ACTION_GROUP (user_data), "quit", NULL);

  return G_SOURCE_CONTINUE;
}

static GSource *
lb_application_watch_signal (LbApplication *self,
                             int number,
                             const char *name)
{
  GSource *source = g_unix_signal_source_new (number);

  g_source_set_static_name (source, name);
  g_source_set_callback (source, lb_application_on_signal, self, NULL);
  g_source_attach (source, NULL);

  return source;
}

static void
lb_application_notify (LbApplication *self,
                       const char *id,
                       GNotification *notification)
{
  g_notification_set_default_action (notification, "app.show");
  g_application_send_notification (G_APPLICATION (self), id, notification);
}

static void
lb_application_notify_problem (LbApplication *self,
                               const char *message)
{
  g_autoptr (GNotification) notification = g_notification_new (_ ("Load Balancer"));

  g_notification_set_body (notification, message);
  lb_application_notify (self, NOTIFICATION_PROBLEM, notification);
}

/* A window that is open shows it itself. */
static void
lb_application_on_problem (LbApplication *self,
                           const char *message)
{
  if (self->window != NULL && !gtk_widget_get_visible (GTK_WIDGET (self->window)))
    lb_application_notify_problem (self, message);
}

/* Once for good: a person who has been told knows it. */
static void
lb_application_tell_of_background (LbApplication *self)
{
  g_autoptr (GNotification) notification = NULL;

  if (g_settings_get_boolean (self->settings, "told-of-background"))
    return;

  notification = g_notification_new (_ ("Load Balancer keeps running"));
  g_notification_set_body (notification,
                           _ ("It goes on redirecting requests while its window is closed."));
  g_notification_add_button (notification, _ ("Show"), "app.show");
  g_notification_add_button (notification, _ ("Quit"), "app.quit");
  lb_application_notify (self, NOTIFICATION_BACKGROUND, notification);

  g_settings_set_boolean (self->settings, "told-of-background", TRUE);
}

/* A dialog makes no sense without its window. */
static void
lb_application_close_dialogs (LbApplication *self)
{
  g_autoptr (GList) toplevels = gtk_window_list_toplevels ();

  for (GList *l = toplevels; l != NULL; l = l->next)
    if (gtk_window_get_transient_for (l->data) == GTK_WINDOW (self->window))
      gtk_window_close (l->data);
}

static gboolean
lb_application_on_close_request (LbApplication *self)
{
  if (gtk_window_get_hide_on_close (GTK_WINDOW (self->window)))
    {
      lb_application_close_dialogs (self);
      lb_application_tell_of_background (self);
    }

  return GDK_EVENT_PROPAGATE;
}

/* Nobody could find a hidden window that closing would have ended. */
static void
lb_application_on_background (LbApplication *self)
{
  if (self->window != NULL && !gtk_widget_get_visible (GTK_WIDGET (self->window)) &&
      !g_settings_get_boolean (self->settings, "run-in-background"))
    lb_application_show (self);
}

static void
lb_application_make_window (LbApplication *self)
{
  g_set_weak_pointer (&self->window, lb_window_new (GTK_APPLICATION (self), self->balancer));
  g_signal_connect_object (self->window, "close-request",
                           G_CALLBACK (lb_application_on_close_request), self, G_CONNECT_SWAPPED);

  if (self->settings != NULL)
    g_settings_bind (self->settings, "run-in-background", self->window, "hide-on-close",
                     G_SETTINGS_BIND_GET);
}

/* The first time: balancer, window, and what the command line says. Whatever fails then is told in
 * the window, which is there to mend it. */
static gboolean
lb_application_begin (LbApplication *self,
                      const LbOptions *options,
                      GError **error)
{
  gboolean applied;

  self->balancer = lb_balancer_new (options != NULL ? options->config : NULL);
  lb_application_make_window (self);
  lb_balancer_load (self->balancer, options != NULL ? &options->overrides : NULL);
  applied = options == NULL || lb_options_apply (options, self->balancer, error);
  lb_balancer_start (self->balancer, NULL);

  lb_app_actions_begin (self->actions, self->balancer);
  self->notifier = lb_notifier_new (G_APPLICATION (self), lb_balancer_get_pool (self->balancer),
                                    self->settings);
  lb_application_show (self);

  /* What went wrong until now is in the window that has just been opened. */
  g_signal_connect_object (self->balancer, "problem", G_CALLBACK (lb_application_on_problem), self,
                           G_CONNECT_SWAPPED);

  return applied;
}

static void
lb_application_activate (GApplication *application)
{
  lb_application_show (LB_APPLICATION (application));
}

static gboolean
lb_application_apply (LbApplication *self,
                      const LbOptions *options,
                      GError **error)
{
  const char *name;

  if (self->balancer == NULL)
    return lb_application_begin (self, options, error);

  name = lb_options_first_start (options);
  if (name != NULL)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _("Load Balancer is running already, so %s has no effect. Quit it first, or "
                     "change it in the window."),
                   name);
      return FALSE;
    }

  lb_application_show (self);

  return lb_options_apply (options, self->balancer, error);
}

static int
lb_application_command_line (GApplication *application,
                             GApplicationCommandLine *command_line)
{
  LbApplication *self = LB_APPLICATION (application);
  g_autoptr (LbOptions) options = NULL;
  g_autoptr (GError) error = NULL;
  const char *directory = g_application_command_line_get_cwd (command_line);

  options = lb_options_new (g_application_command_line_get_options_dict (command_line),
                            directory != NULL ? directory : "/", &error);

  if (options == NULL || !lb_application_apply (self, options, &error))
    {
      g_application_command_line_printerr (command_line, "load-balancer: %s\n", error->message);
      return EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}

static gboolean
lb_application_has_display (void)
{
  return g_getenv ("DISPLAY") != NULL || g_getenv ("WAYLAND_DISPLAY") != NULL;
}

static int
lb_application_handle_local_options (GApplication *application,
                                     GVariantDict *dict)
{
  g_autoptr (LbOptions) options = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *directory = g_get_current_dir ();

  if (g_variant_dict_contains (dict, "version"))
    {
      g_print ("load-balancer %s\n", LB_VERSION);
      return EXIT_SUCCESS;
    }

  options = lb_options_new (dict, directory, &error);
  if (options == NULL)
    {
      g_printerr ("load-balancer: %s\n", error->message);
      return EXIT_FAILURE;
    }

  if (options->imports != NULL || options->export_format != NULL || options->node_configuration)
    return lb_exchange_command_run (options);

  if (options->headless)
    return lb_headless_run (options);

  if (!lb_application_has_display ())
    {
      g_printerr ("load-balancer: %s\n",
                  _("There is no display to open a window on. Use --headless to run without one."));
      return EXIT_FAILURE;
    }

  return -1;
}

static void
lb_application_startup (GApplication *application)
{
  LbApplication *self = LB_APPLICATION (application);
  static const struct
  {
    const char *action;
    const char *const accels[3];
  } shortcuts[] = {
    { "app.quit", { "<Control>q" } },
    { "win.show-help-overlay", { "<Control>question", "<Control>F1" } },
    { "window.close", { "<Control>w" } },
  };

  G_APPLICATION_CLASS (lb_application_parent_class)->startup (application);

  gtk_window_set_default_icon_name (LB_APPLICATION_ID);
  lb_spoken_names_watch ();
  self->settings = lb_settings_new ();
  if (self->settings != NULL)
    g_signal_connect_object (self->settings, "changed::run-in-background",
                             G_CALLBACK (lb_application_on_background), self, G_CONNECT_SWAPPED);
  self->theme = lb_theme_new (gdk_display_get_default (), self->settings);
  self->actions = lb_app_actions_new (self);
  for (guint i = 0; i < G_N_ELEMENTS (shortcuts); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), shortcuts[i].action,
                                           shortcuts[i].accels);

  self->term = lb_application_watch_signal (self, SIGTERM, "[lb] SIGTERM");
  self->interrupt = lb_application_watch_signal (self, SIGINT, "[lb] SIGINT");
}

static void
lb_application_clear_source (GSource **source)
{
  if (*source != NULL)
    g_source_destroy (*source);

  g_clear_pointer (source, g_source_unref);
}

static void
lb_application_shutdown (GApplication *application)
{
  LbApplication *self = LB_APPLICATION (application);
  g_autoptr (GError) error = NULL;

  lb_application_clear_source (&self->term);
  lb_application_clear_source (&self->interrupt);

  g_application_withdraw_notification (application, NOTIFICATION_BACKGROUND);
  g_application_withdraw_notification (application, NOTIFICATION_PROBLEM);
  if (self->notifier != NULL)
    lb_notifier_stop (self->notifier);
  if (self->balancer != NULL && !lb_balancer_stop (self->balancer, &error))
    g_printerr ("load-balancer: %s\n", error->message);

  G_APPLICATION_CLASS (lb_application_parent_class)->shutdown (application);

  g_clear_weak_pointer (&self->window);
  g_clear_object (&self->notifier);
  g_clear_object (&self->actions);
  g_clear_object (&self->balancer);
  g_clear_object (&self->theme);
  g_clear_object (&self->settings);
}

static void
lb_application_class_init (LbApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  application_class->activate = lb_application_activate;
  application_class->command_line = lb_application_command_line;
  application_class->handle_local_options = lb_application_handle_local_options;
  application_class->startup = lb_application_startup;
  application_class->shutdown = lb_application_shutdown;
}

static void
lb_application_init (LbApplication *self)
{
  GApplication *application = G_APPLICATION (self);

  g_application_add_main_option_entries (application, lb_options_get_entries ());
  g_application_set_option_context_summary (
    application, _("Answers every request with a redirect to one of a pool of backends."));
}

/**
 * lb_application_new:
 *
 * Returns: (transfer full): the application
 */
LbApplication *
lb_application_new (void)
{
  return g_object_new (LB_TYPE_APPLICATION,
                       "application-id", LB_APPLICATION_ID,
                       "flags", G_APPLICATION_HANDLES_COMMAND_LINE,
                       "resource-base-path", "/org/example/LoadBalancer",
                       NULL);
}

/**
 * lb_application_get_balancer:
 * @self: an application that has started up
 *
 * Returns: (transfer none): the balancer, which begins with this if it has not yet
 */
LbBalancer *
lb_application_get_balancer (LbApplication *self)
{
  g_return_val_if_fail (LB_IS_APPLICATION (self), NULL);

  if (self->balancer == NULL)
    lb_application_begin (self, NULL, NULL);

  return self->balancer;
}

/**
 * lb_application_get_window:
 * @self: an application that has started up
 *
 * Returns: (transfer none): the window, which may be hidden
 */
LbWindow *
lb_application_get_window (LbApplication *self)
{
  g_return_val_if_fail (LB_IS_APPLICATION (self), NULL);

  lb_application_get_balancer (self);
  if (self->window == NULL)
    lb_application_make_window (self);

  return self->window;
}

/**
 * lb_application_show:
 * @self: an application that has started up
 *
 * Shows the window and brings it to the front.
 */
void
lb_application_show (LbApplication *self)
{
  g_return_if_fail (LB_IS_APPLICATION (self));

  g_application_withdraw_notification (G_APPLICATION (self), NOTIFICATION_BACKGROUND);
  g_application_withdraw_notification (G_APPLICATION (self), NOTIFICATION_PROBLEM);
  gtk_window_present (GTK_WINDOW (lb_application_get_window (self)));
}

/**
 * lb_application_report:
 * @self: an application that has started up
 * @message: a translated sentence
 *
 * Says that something could not be done that another program asked for: in the window, on standard
 * error, and by a notification if the person is not looking at the window.
 */
void
lb_application_report (LbApplication *self,
                       const char *message)
{
  LbWindow *window;

  g_return_if_fail (LB_IS_APPLICATION (self));
  g_return_if_fail (message != NULL);

  window = lb_application_get_window (self);
  g_printerr ("load-balancer: %s\n", message);
  lb_window_tell_problem (window, message);
  /* One that is hidden may still think that it is active. */
  if (!gtk_widget_get_visible (GTK_WIDGET (window)) || !gtk_window_is_active (GTK_WINDOW (window)))
    lb_application_notify_problem (self, message);
}

/**
 * lb_application_quit:
 * @self: an application that has started up
 *
 * Ends the application, also if it is to run in the background.
 */
void
lb_application_quit (LbApplication *self)
{
  g_return_if_fail (LB_IS_APPLICATION (self));

  if (self->window != NULL)
    {
      g_settings_unbind (self->window, "hide-on-close");
      gtk_window_set_hide_on_close (GTK_WINDOW (self->window), FALSE);
      /* Closing saves what belongs to the window. */
      gtk_window_close (GTK_WINDOW (self->window));
    }

  g_application_quit (G_APPLICATION (self));
}
