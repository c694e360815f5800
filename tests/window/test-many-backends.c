/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <time.h>

#include "lb-url-list.h"
#include "window/lb-pool-page.h"
#include "window/lb-window-fixture.h"

/*
 * What takes how long in a window with very many backends. The bounds are of processor time, and several
 * times what it takes; what they are about would be over them by far.
 */

#define N_BACKENDS 10000
#define N_REFRESHES 20

#ifdef __SANITIZE_ADDRESS__
#define SLOWER 6
#else
#define SLOWER 1
#endif

#define MAX_CHANGE_MS (1000.0 * SLOWER)
#define MAX_REFRESH_MS (40.0 * SLOWER)

static double
get_time_ms (void)
{
  struct timespec now;

  g_assert_cmpint (clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now), ==, 0);

  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static char **
make_urls (void)
{
  char **urls = g_new0 (char *, N_BACKENDS + 1);

  for (guint i = 0; i < N_BACKENDS; i++)
    urls[i] = g_strdup_printf ("http://127.1.%u.%u:9", i / 250, i % 250 + 1);

  return urls;
}

static void
check_time (const char *what,
            double since_ms,
            double max_ms)
{
  const double took_ms = get_time_ms () - since_ms;

  g_test_message ("%s: %.1f ms", what, took_ms);
  g_assert_cmpfloat (took_ms, <, max_ms);
}

static gboolean
is_enabled (gpointer action)
{
  return g_action_get_enabled (action);
}

static void
activate (LbWindowFixture *f,
          const char *action,
          guint n_backends)
{
  double start_ms;

  lb_wait_until (is_enabled, g_action_map_lookup_action (G_ACTION_MAP (f->window), action));

  start_ms = get_time_ms ();
  g_action_group_activate_action (G_ACTION_GROUP (f->window), action, NULL);
  check_time (action, start_ms, MAX_CHANGE_MS);
  g_assert_cmpuint (lb_pool_get_n_backends (f->pool), ==, n_backends);
}

static void
test_changes (LbWindowFixture *f,
              gconstpointer user_data)
{
  g_auto (GStrv) urls = make_urls ();
  g_autoptr (GPtrArray) refusals = NULL;
  double start_ms;

  lb_window_fixture_start (f, 0, NULL);
  lb_window_fixture_open (f);

  start_ms = get_time_ms ();
  refusals = lb_url_list_add ((const char *const *) urls, f->balancer);
  check_time ("add", start_ms, MAX_CHANGE_MS);
  g_assert_cmpuint (refusals->len, ==, 0);

  activate (f, "undo", 0);
  activate (f, "redo", N_BACKENDS);
  activate (f, "undo", 0);
}

static void
test_refresh (LbWindowFixture *f,
              gconstpointer user_data)
{
  g_auto (GStrv) urls = make_urls ();
  g_autoptr (GPtrArray) refusals = NULL;
  double start_ms;

  lb_window_fixture_start (f, 0, NULL);
  lb_window_fixture_open (f);
  refusals = lb_url_list_add ((const char *const *) urls, f->balancer);

  start_ms = get_time_ms ();
  for (guint i = 0; i < N_REFRESHES; i++)
    {
      LbBackend *backend = lb_pool_get_backend (f->pool, i);
      g_autoptr (LbSnapshot) snapshot = NULL;

      lb_backend_set_health (backend, LB_HEALTH_UP, g_get_monotonic_time ());
      snapshot = lb_balancer_get_snapshot (f->balancer);
      lb_pool_page_set_snapshot (lb_template_child (f->window, "page"), snapshot);
    }
  check_time ("refreshes", start_ms, N_REFRESHES * MAX_REFRESH_MS);
}

static void
add_test (const char *path,
          void (*test) (LbWindowFixture *, gconstpointer))
{
  g_test_add (path, LbWindowFixture, NULL, lb_window_fixture_set_up, test,
              lb_window_fixture_tear_down);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_test ("/many-backends/changes", test_changes);
  add_test ("/many-backends/refresh", test_refresh);

  return lb_window_test_run ();
}
