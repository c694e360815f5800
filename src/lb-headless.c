/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-headless"

#include "config.h"

#include "lb-headless.h"

#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>

/*
 * The balancer without a window: neither a display nor a session bus is needed. What a window would
 * show in a bar goes to standard error.
 */

static void
lb_headless_print_error (const char *message)
{
  g_printerr ("load-balancer: %s\n", message);
}

static void
lb_headless_on_problem (LbBalancer *balancer,
                        const char *message)
{
  lb_headless_print_error (message);
}

static void
lb_headless_on_listen_error (LbEndpoint *endpoint)
{
  if (lb_endpoint_get_error (endpoint) != NULL)
    lb_headless_print_error (lb_endpoint_get_error (endpoint));
}

static void
lb_headless_print_uris (LbEndpoint *endpoint)
{
  const char *const *uris = lb_endpoint_get_uris (endpoint);

  for (guint i = 0; uris[i] != NULL; i++)
    g_print ("Listening on %s\n", uris[i]);
}

static void
lb_headless_print_stats_uris (LbEndpoint *endpoint)
{
  const char *const *uris = lb_endpoint_get_stats_uris (endpoint);

  for (guint i = 0; uris[i] != NULL; i++)
    g_print ("Figures at %s/stats\n", uris[i]);
}

static gboolean
lb_headless_on_signal (gpointer user_data)
{
  g_main_loop_quit (user_data);

  return G_SOURCE_CONTINUE;
}

static GSource *
lb_headless_watch_signal (int number,
                          const char *name,
                          GMainLoop *loop)
{
  GSource *source = g_unix_signal_source_new (number);

  g_source_set_static_name (source, name);
  g_source_set_callback (source, lb_headless_on_signal, loop, NULL);
  g_source_attach (source, NULL);

  return source;
}

static void
lb_headless_loop (void)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GSource) term = lb_headless_watch_signal (SIGTERM, "[lb] SIGTERM", loop);
  g_autoptr (GSource) interrupt = lb_headless_watch_signal (SIGINT, "[lb] SIGINT", loop);

  g_main_loop_run (loop);

  g_source_destroy (term);
  g_source_destroy (interrupt);
}

/**
 * lb_headless_run:
 * @options: what the command line says
 *
 * Runs the balancer until SIGTERM or SIGINT. Prints where it listens once it does.
 *
 * Returns: the exit status: 0, or 1 if it could not start or not save
 */
int
lb_headless_run (const LbOptions *options)
{
  g_autoptr (LbBalancer) balancer = lb_balancer_new (options->config);
  LbEndpoint *endpoint = lb_balancer_get_endpoint (balancer);
  g_autoptr (GError) error = NULL;

  g_signal_connect (balancer, "problem", G_CALLBACK (lb_headless_on_problem), NULL);
  lb_balancer_load (balancer, &options->overrides);

  if (!lb_options_apply (options, balancer, &error) || !lb_balancer_start (balancer, &error))
    {
      lb_headless_print_error (error->message);
      return EXIT_FAILURE;
    }

  lb_headless_print_uris (endpoint);
  lb_headless_print_stats_uris (endpoint);
  g_signal_connect (endpoint, "notify::uris", G_CALLBACK (lb_headless_print_uris), NULL);
  g_signal_connect (endpoint, "notify::stats-uris", G_CALLBACK (lb_headless_print_stats_uris), NULL);
  g_signal_connect (endpoint, "notify::error", G_CALLBACK (lb_headless_on_listen_error), NULL);
  lb_headless_loop ();

  if (!lb_balancer_stop (balancer, &error))
    {
      lb_headless_print_error (error->message);
      return EXIT_FAILURE;
    }

  return EXIT_SUCCESS;
}
