/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <fcntl.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <unistd.h>

/*
 * Sees from inside a GTK program's process what its main loop gets to do, without a line in the
 * program: it is preloaded (LD_PRELOAD) and appends to the file that $LB_BENCH_WITNESS names.
 *
 *   frame TIME     a frame of the window has been painted
 *   refresh TIME   an LbRefresher gave the window new figures
 *   idle TIME WAIT an idle source of the lowest usual priority ran, after waiting so long
 *
 * Times are monotonic, in microseconds.
 */

#define IDLE_INTERVAL_MS 100

static int witness_fd = -1;
static gint64 idle_since_us; /* 0 when none waits */

static void
witness_write (const char *what)
{
  dprintf (witness_fd, "%s %" G_GINT64_FORMAT "\n", what, g_get_monotonic_time ());
}

static void
witness_on_after_paint (void)
{
  witness_write ("frame");
}

static gboolean
witness_on_refresh (GSignalInvocationHint *hint,
                    guint n_values,
                    const GValue *values,
                    gpointer user_data)
{
  witness_write ("refresh");

  return G_SOURCE_CONTINUE;
}

static gboolean
witness_on_idle (gpointer user_data)
{
  const gint64 now_us = g_get_monotonic_time ();

  dprintf (witness_fd, "idle %" G_GINT64_FORMAT " %" G_GINT64_FORMAT "\n", now_us,
           now_us - idle_since_us);
  idle_since_us = 0;

  return G_SOURCE_REMOVE;
}

static gboolean
witness_on_interval (gpointer user_data)
{
  if (idle_since_us == 0)
    {
      idle_since_us = g_get_monotonic_time ();
      g_idle_add_full (G_PRIORITY_LOW, witness_on_idle, NULL, NULL);
    }

  return G_SOURCE_CONTINUE;
}

/* Asked in every turn of the loop, so that nothing is painted before somebody looks. */
static gboolean
witness_prepare (GSource *source,
                 int *timeout_ms)
{
  g_autoptr (GtkWindow) window = NULL;
  GListModel *windows;
  GdkFrameClock *clock;
  const GType refresher = g_type_from_name ("LbRefresher");

  *timeout_ms = -1;
  if (!gtk_is_initialized ())
    return FALSE;

  windows = gtk_window_get_toplevels ();
  window = g_list_model_get_item (windows, 0);
  clock = window != NULL ? gtk_widget_get_frame_clock (GTK_WIDGET (window)) : NULL;
  if (clock == NULL)
    return FALSE;

  g_signal_connect (clock, "after-paint", G_CALLBACK (witness_on_after_paint), NULL);
  if (refresher != G_TYPE_INVALID)
    g_signal_add_emission_hook (g_signal_lookup ("snapshot", refresher), 0, witness_on_refresh,
                                NULL, NULL);
  g_timeout_add (IDLE_INTERVAL_MS, witness_on_interval, NULL);
  g_source_destroy (source);

  return FALSE;
}

static gboolean
witness_dispatch (GSource *source,
                  GSourceFunc callback,
                  gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

static GSourceFuncs witness_funcs = {
  .prepare = witness_prepare,
  .dispatch = witness_dispatch,
};

__attribute__ ((constructor)) static void
witness_begin (void)
{
  const char *file = g_getenv ("LB_BENCH_WITNESS");
  GSource *source;

  if (file == NULL)
    return;

  witness_fd = open (file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (witness_fd < 0)
    return;

  g_unsetenv ("LD_PRELOAD");
  source = g_source_new (&witness_funcs, sizeof (GSource));
  g_source_set_static_name (source, "[bench] witness");
  g_source_attach (source, NULL);
  g_source_unref (source);
}
