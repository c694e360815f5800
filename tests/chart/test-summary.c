/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/lb-chart-summary.h"
#include "chart/snapshot-fixture.h"

static void
test_counts_each_kind (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (7);
  g_autofree char *text = NULL;

  snapshot_fixture_break (snapshot, 0);
  snapshot->backends[1].state = LB_STATE_DRAIN;
  snapshot->backends[2].state = LB_STATE_MAINT;
  snapshot_fixture_forget (snapshot, 3);
  snapshot_fixture_forget (snapshot, 4);

  text = lb_chart_summary_of_all (snapshot);
  g_assert_cmpstr (text, ==, "2 up, 1 down, 1 drain, 1 maint, 2 unknown");
}

static void
test_leaves_out_what_there_is_none_of (void)
{
  g_autoptr (LbSnapshot) all_up = snapshot_fixture_new (3);
  g_autoptr (LbSnapshot) empty = snapshot_fixture_new (0);
  g_autofree char *text = lb_chart_summary_of_all (all_up);
  g_autofree char *nothing = lb_chart_summary_of_all (empty);

  g_assert_cmpstr (text, ==, "3 up");
  g_assert_cmpstr (nothing, ==, "");
}

static void
test_counts_the_rest (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (100);
  g_autofree char *healthy = NULL;
  g_autofree char *text = NULL;
  g_autofree char *last = NULL;

  snapshot_fixture_break (snapshot, 39);
  healthy = lb_chart_summary_of_rest (snapshot, 40);
  g_assert_cmpstr (healthy, ==, "… and 60 more");

  snapshot_fixture_break (snapshot, 40);
  snapshot_fixture_break (snapshot, 99);
  text = lb_chart_summary_of_rest (snapshot, 40);
  g_assert_cmpstr (text, ==, "… and 60 more\n2 of them down");

  last = lb_chart_summary_of_rest (snapshot, 99);
  g_assert_cmpstr (last, ==, "… and 1 more\n1 of them down");
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/summary/counts-each-kind", test_counts_each_kind);
  g_test_add_func ("/chart/summary/leaves-out-what-there-is-none-of",
                   test_leaves_out_what_there_is_none_of);
  g_test_add_func ("/chart/summary/counts-the-rest", test_counts_the_rest);

  return g_test_run ();
}
