/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/lb-rate.h"

static const gint64 start_us = 1234567890;

static void
test_mean_of_three_seconds (void)
{
  LbRate rate = { 0 };

  for (guint i = 0; i < 3000; i++)
    lb_rate_add (&rate, start_us + i * 1000);

  g_assert_cmpfloat_with_epsilon (lb_rate_per_second (&rate, start_us + 2999 * 1000), 1000.0, 40.0);
}

static void
test_fades (void)
{
  LbRate rate = { 0 };

  for (guint i = 0; i < 300; i++)
    lb_rate_add (&rate, start_us);

  g_assert_cmpfloat (lb_rate_per_second (&rate, start_us), ==, 100.0);
  g_assert_cmpfloat (lb_rate_per_second (&rate, start_us + 2800000), ==, 100.0);
  g_assert_cmpfloat (lb_rate_per_second (&rate, start_us + 3000000), ==, 0.0);
  g_assert_cmpfloat (lb_rate_per_second (&rate, start_us + G_TIME_SPAN_DAY), ==, 0.0);
}

static void
test_pause (void)
{
  LbRate rate = { 0 };

  lb_rate_add (&rate, start_us);
  lb_rate_add (&rate, start_us + G_TIME_SPAN_HOUR);

  g_assert_cmpfloat_with_epsilon (lb_rate_per_second (&rate, start_us + G_TIME_SPAN_HOUR), 1.0 / 3.0,
                                  1e-9);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool/rate/mean-of-three-seconds", test_mean_of_three_seconds);
  g_test_add_func ("/pool/rate/fades", test_fades);
  g_test_add_func ("/pool/rate/forgets-over-a-pause", test_pause);

  return g_test_run ();
}
