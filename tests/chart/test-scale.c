/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/lb-chart-scale.h"

static gboolean
is_round (gint64 step)
{
  while (step % 10 == 0)
    step /= 10;

  return step == 1 || step == 2 || step == 5;
}

static void
test_steps_are_round (void)
{
  for (gint64 max_us = 1; max_us < 100 * G_USEC_PER_SEC; max_us += max_us / 7 + 1)
    {
      for (guint max_steps = 1; max_steps <= 7; max_steps++)
        {
          LbChartScale scale;

          lb_chart_scale_init (&scale, max_us, max_steps);
          g_assert_true (is_round (scale.step_us));
          g_assert_cmpint (scale.top_us, >=, max_us);
          g_assert_cmpint (scale.top_us - scale.step_us, <, max_us);
          g_assert_cmpuint (scale.n_ticks, <=, max_steps + 1);
          g_assert_cmpint (scale.top_us, ==, scale.step_us * (scale.n_ticks - 1));
        }
    }
}

static void
test_takes_the_smallest_step (void)
{
  LbChartScale scale;

  lb_chart_scale_init (&scale, 47000, 5);
  g_assert_cmpint (scale.step_us, ==, 10000);
  lb_chart_scale_init (&scale, 51000, 5);
  g_assert_cmpint (scale.step_us, ==, 20000);
  lb_chart_scale_init (&scale, 101000, 5);
  g_assert_cmpint (scale.step_us, ==, 50000);
}

static void
test_without_a_time (void)
{
  LbChartScale scale;

  lb_chart_scale_init (&scale, 0, 5);
  g_assert_cmpint (scale.top_us, ==, 100 * G_TIME_SPAN_MILLISECOND);
  lb_chart_scale_init (&scale, -1, 5);
  g_assert_cmpint (scale.top_us, ==, 100 * G_TIME_SPAN_MILLISECOND);
}

static void
test_absurd_times_do_not_overflow (void)
{
  LbChartScale scale;

  lb_chart_scale_init (&scale, G_MAXINT64, 7);
  g_assert_cmpint (scale.top_us, >, 0);
  g_assert_cmpuint (scale.n_ticks, <=, 8);
}

static void
assert_label (gint64 max_us,
              guint tick,
              const char *expected)
{
  LbChartScale scale;
  g_autofree char *label = NULL;

  lb_chart_scale_init (&scale, max_us, 5);
  label = lb_chart_scale_format (&scale, tick);
  g_assert_cmpstr (label, ==, expected);
}

static void
test_labels_have_the_unit_that_fits (void)
{
  assert_label (47000, 0, "0");
  assert_label (47000, 4, "40 ms");
  assert_label (4, 3, "3 µs");
  assert_label (700, 1, "200 µs");
  assert_label (1000, 1, "0.2 ms");
  assert_label (1000, 5, "1.0 ms");
  assert_label (990000, 5, "1.0 s");
  assert_label (2000000, 1, "0.5 s");
  assert_label (2000000, 4, "2.0 s");
  assert_label (60000000, 3, "60 s");
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/scale/steps-are-round", test_steps_are_round);
  g_test_add_func ("/chart/scale/takes-the-smallest-step", test_takes_the_smallest_step);
  g_test_add_func ("/chart/scale/without-a-time", test_without_a_time);
  g_test_add_func ("/chart/scale/absurd-times-do-not-overflow", test_absurd_times_do_not_overflow);
  g_test_add_func ("/chart/scale/labels-have-the-unit-that-fits",
                   test_labels_have_the_unit_that_fits);

  return g_test_run ();
}
