/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lb-address-watch.h"

static void
on_changed (gpointer user_data)
{
  guint *n_calls = user_data;

  (*n_calls)++;
}

/* Lets the time come at which it looks again. */
static void
let_time_pass (LbAddressWatch *watch)
{
  GSource *source = g_main_context_find_source_by_user_data (NULL, watch);

  g_assert_nonnull (source);
  g_assert_cmpint (g_source_get_ready_time (source), >, g_get_monotonic_time ());
  g_source_set_ready_time (source, 0);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

static void
emit_change (void)
{
  g_signal_emit_by_name (g_network_monitor_get_default (), "network-changed", TRUE);
}

static void
test_network (void)
{
  LbAddressWatch watch;
  guint n_calls = 0;

  lb_address_watch_init (&watch, on_changed, &n_calls);
  emit_change ();
  g_assert_cmpuint (n_calls, ==, 0);

  lb_address_watch_start (&watch);
  lb_address_watch_start (&watch);
  emit_change ();
  g_assert_cmpuint (n_calls, ==, 1);

  lb_address_watch_stop (&watch);
  lb_address_watch_stop (&watch);
  emit_change ();
  g_assert_cmpuint (n_calls, ==, 1);
}

/* Nobody tells, and it calls again and again. */
static void
test_missing (void)
{
  LbAddressWatch watch;
  guint n_calls = 0;

  lb_address_watch_init (&watch, on_changed, &n_calls);
  lb_address_watch_set_missing (&watch, TRUE);
  lb_address_watch_set_missing (&watch, TRUE);
  let_time_pass (&watch);
  let_time_pass (&watch);
  g_assert_cmpuint (n_calls, ==, 2);

  lb_address_watch_set_missing (&watch, FALSE);
  g_assert_null (g_main_context_find_source_by_user_data (NULL, &watch));

  lb_address_watch_set_missing (&watch, TRUE);
  g_assert_nonnull (g_main_context_find_source_by_user_data (NULL, &watch));
  lb_address_watch_stop (&watch);
  g_assert_null (g_main_context_find_source_by_user_data (NULL, &watch));
}

static void
stop (gpointer user_data)
{
  LbAddressWatch *watch = user_data;

  lb_address_watch_stop (watch);
}

/* What it calls may end it. */
static void
test_stops_in_call (void)
{
  LbAddressWatch watch;

  lb_address_watch_init (&watch, stop, &watch);
  lb_address_watch_start (&watch);
  lb_address_watch_set_missing (&watch, TRUE);

  let_time_pass (&watch);
  g_assert_null (g_main_context_find_source_by_user_data (NULL, &watch));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/address-watch/network", test_network);
  g_test_add_func ("/address-watch/missing", test_missing);
  g_test_add_func ("/address-watch/stops-in-its-call", test_stops_in_call);

  return g_test_run ();
}
