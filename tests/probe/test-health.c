/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "probe/lb-health.h"

static void
test_starts_unknown (void)
{
  LbHealthTracker tracker = { 0 };

  g_assert_cmpint (lb_health_tracker_get (&tracker), ==, LB_HEALTH_UNKNOWN);
}

static void
test_one_result_decides (void)
{
  LbHealthTracker tracker = { 0 };

  g_assert_cmpint (lb_health_tracker_feed (&tracker, TRUE), ==, LB_HEALTH_UP);
  g_assert_cmpint (lb_health_tracker_feed (&tracker, FALSE), ==, LB_HEALTH_DOWN);
  g_assert_cmpint (lb_health_tracker_feed (&tracker, FALSE), ==, LB_HEALTH_DOWN);
  g_assert_cmpint (lb_health_tracker_feed (&tracker, TRUE), ==, LB_HEALTH_UP);
  g_assert_cmpint (lb_health_tracker_get (&tracker), ==, LB_HEALTH_UP);
}

static void
test_reset_forgets (void)
{
  LbHealthTracker tracker = { 0 };

  lb_health_tracker_feed (&tracker, FALSE);
  lb_health_tracker_reset (&tracker);
  g_assert_cmpint (lb_health_tracker_get (&tracker), ==, LB_HEALTH_UNKNOWN);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/health/starts-unknown", test_starts_unknown);
  g_test_add_func ("/health/one-result-decides", test_one_result_decides);
  g_test_add_func ("/health/reset-forgets", test_reset_forgets);

  return g_test_run ();
}
