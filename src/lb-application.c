/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-application"

#include "config.h"

#include "lb-application.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>
#include <stdlib.h>

#include "lb-balancer.h"
#include "lb-exchange-command.h"
#include "lb-headless.h"
#include "lb-options.h"
#include "window/lb-window.h"

/**
 * LbApplication:
 *
 * The program as the desktop knows it: one process for each session, with one window and one
 * balancer. A second start raises the window and hands its backends over.
 *
 * The balancer is made by the first activation or command line, after its window, so that the window
 * hears of whatever is wrong with the configuration. With `--headless` nothing of this happens: the
 * balancer runs by itself before the application has even looked for a display.
 */
struct _LbApplication
{
  GtkApplication parent_instance;

  LbBalancer *balancer;
  GSource *term;
  GSource *interrupt;
};

G_DEFINE_FINAL_TYPE (LbApplication, lb_application, GTK_TYPE_APPLICATION)

static void
lb_application_on_quit (GSimpleAction *action,
                        GVariant *parameter,
                        gpointer user_data)
{
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (user_data));

  /* Closing saves what belongs to the window. */
  if (window != NULL)
    gtk_window_close (window);

  g_application_quit (G_APPLICATION (user_data));
}

static void
lb_application_on_about (GSimpleAction *action,
                         GVariant *parameter,
                         gpointer user_data)
{
  gtk_show_about_dialog (
    gtk_application_get_active_window (GTK_APPLICATION (user_data)),
    "program-name", _("Load Balancer"),
    "logo-icon-name", LB_APPLICATION_ID,
    "version", LB_VERSION,
    "comments", _("Spreads requests over backends, and shows how each is doing"),
    "license-type", GTK_LICENSE_GPL_3_0,
    "translator-credits", _("translator-credits"),
    NULL);
}

static const GActionEntry actions[] = {
  { .name = "about", .activate = lb_application_on_about },
  { .name = "quit", .activate = lb_application_on_quit },
};

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

/* The first time: window, balancer, and what the command line says. Whatever fails then is told in
 * the window, which is there to mend it. */
static gboolean
lb_application_begin (LbApplication *self,
                      const LbOptions *options,
                      GError **error)
{
  LbWindow *window;
  gboolean applied;

  self->balancer = lb_balancer_new (options != NULL ? options->config : NULL);
  window = lb_window_new (GTK_APPLICATION (self), self->balancer);

  lb_balancer_load (self->balancer, options != NULL ? &options->overrides : NULL);
  applied = options == NULL || lb_options_apply (options, self->balancer, error);
  lb_balancer_start (self->balancer, NULL);

  gtk_window_present (GTK_WINDOW (window));

  return applied;
}

static void
lb_application_activate (GApplication *application)
{
  LbApplication *self = LB_APPLICATION (application);

  if (self->balancer == NULL)
    lb_application_begin (self, NULL, NULL);
  else
    gtk_window_present (gtk_application_get_active_window (GTK_APPLICATION (self)));
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

  gtk_window_present (gtk_application_get_active_window (GTK_APPLICATION (self)));

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

  if (options->imports != NULL || options->export_format != NULL)
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
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
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

  if (self->balancer != NULL && !lb_balancer_stop (self->balancer, &error))
    g_printerr ("load-balancer: %s\n", error->message);

  G_APPLICATION_CLASS (lb_application_parent_class)->shutdown (application);

  g_clear_object (&self->balancer);
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
