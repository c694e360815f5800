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

          lb_chart_scale_init (&scale, LB_CHART_RESPONSE_TIMES, max_us, max_steps);
          g_assert_cmpint (scale.bottom, ==, 0);
          g_assert_cmpint (scale.top, >=, max_us);
          g_assert_cmpint (scale.ticks[scale.n_ticks - 2], <, max_us);
          g_assert_cmpuint (scale.n_ticks, <=, max_steps + 1);
          g_assert_true (is_round (scale.ticks[1]));
          for (guint i = 0; i < scale.n_ticks; i++)
            g_assert_cmpint (scale.ticks[i], ==, scale.ticks[1] * i);
          g_assert_cmpint (scale.top, ==, scale.ticks[scale.n_ticks - 1]);
        }
    }
}

static void
test_takes_the_smallest_step (void)
{
  LbChartScale scale;

  lb_chart_scale_init (&scale, LB_CHART_RESPONSE_TIMES, 47000, 5);
  g_assert_cmpint (scale.ticks[1], ==, 10000);
  lb_chart_scale_init (&scale, LB_CHART_RESPONSE_TIMES, 51000, 5);
  g_assert_cmpint (scale.ticks[1], ==, 20000);
  lb_chart_scale_init (&scale, LB_CHART_RESPONSE_TIMES, 101000, 5);
  g_assert_cmpint (scale.ticks[1], ==, 50000);
}

static void
test_without_a_time (void)
{
  LbChartScale scale;

  lb_chart_scale_init (&scale, LB_CHART_RESPONSE_TIMES, 0, 5);
  g_assert_cmpint (scale.top, ==, 100 * G_TIME_SPAN_MILLISECOND);
  lb_chart_scale_init (&scale, LB_CHART_RESPONSE_TIMES, -1, 5);
  g_assert_cmpint (scale.top, ==, 100 * G_TIME_SPAN_MILLISECOND);
}

static void
test_absurd_times_do_not_overflow (void)
{
  LbChartScale scale;

  lb_chart_scale_init (&scale, LB_CHART_RESPONSE_TIMES, G_MAXINT64, 7);
  g_assert_cmpint (scale.top, >, 0);
  g_assert_cmpuint (scale.n_ticks, <=, 8);
}

static const gint64 ranges[][2] = {
  { 0, 0 },         { 1, 1 },         { 1, 10 },          { 3000, 4000 },    { 20000, 20000 },
  { 47000, 51000 }, { 120, 2000000 }, { 1, G_MAXINT64 },  { 900, 60000000 }, { 999999, 1000001 },
};

static void
test_logarithmic_ticks (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (ranges); i++)
    for (guint max_steps = 1; max_steps <= 7; max_steps++)
      {
        LbChartScale scale;

        lb_chart_scale_init_log (&scale, LB_CHART_RESPONSE_TIMES, ranges[i][0], ranges[i][1],
                                 max_steps);
        g_assert_cmpuint (scale.n_ticks, >=, 2);
        g_assert_cmpuint (scale.n_ticks, <=, LB_CHART_MAX_TICKS);
        g_assert_cmpint (scale.ticks[0], ==, scale.bottom);
        g_assert_cmpint (scale.ticks[scale.n_ticks - 1], ==, scale.top);
        if (ranges[i][1] < G_MAXINT64)
          g_assert_cmpint (scale.top, >=, ranges[i][1]);
        if (ranges[i][0] > 1)
          g_assert_cmpint (scale.bottom, <=, ranges[i][0] / 2);

        for (guint j = 0; j < scale.n_ticks; j++)
          g_assert_true (is_round (scale.ticks[j]));
        for (guint j = 1; j < scale.n_ticks; j++)
          g_assert_cmpfloat (lb_chart_scale_get_part (&scale, scale.ticks[j]) -
                               lb_chart_scale_get_part (&scale, scale.ticks[j - 1]),
                             >=, 0.79 / max_steps);
      }
}

static void
assert_ticks (const LbChartScale *scale,
              const char *expected)
{
  g_autoptr (GString) labels = g_string_new (NULL);

  for (guint i = 0; i < scale->n_ticks; i++)
    {
      g_autofree char *label = lb_chart_scale_format (scale, i);

      g_string_append_printf (labels, "%s%s", i > 0 ? ", " : "", label);
    }
  g_assert_cmpstr (labels->str, ==, expected);
}

static void
test_logarithmic_labels (void)
{
  LbChartScale scale;

  lb_chart_scale_init_log (&scale, LB_CHART_RESPONSE_TIMES, 9000, 47000, 7);
  assert_ticks (&scale, "1 ms, 2 ms, 5 ms, 10 ms, 20 ms, 50 ms");
  lb_chart_scale_init_log (&scale, LB_CHART_RESPONSE_TIMES, 300, 4000000, 6);
  assert_ticks (&scale, "100 µs, 1 ms, 10 ms, 100 ms, 1 s, 5 s");
  lb_chart_scale_init_log (&scale, LB_CHART_RESPONSE_TIMES, 300, 4000000, 2);
  assert_ticks (&scale, "100 µs, 10 ms, 5 s");
  lb_chart_scale_init_log (&scale, LB_CHART_TRAFFIC, 2500, 970000, 5);
  assert_ticks (&scale, "0.1%, 1%, 10%, 100%");
}

static void
test_parts (void)
{
  LbChartScale scale;

  lb_chart_scale_init (&scale, LB_CHART_RESPONSE_TIMES, 40000, 4);
  g_assert_cmpfloat (lb_chart_scale_get_part (&scale, 10000), ==, 0.25);
  g_assert_cmpfloat (lb_chart_scale_get_part (&scale, 0), ==, 0);

  lb_chart_scale_init_log (&scale, LB_CHART_RESPONSE_TIMES, 2000, 100000, 4);
  g_assert_cmpint (scale.bottom, ==, 1000);
  g_assert_cmpfloat_with_epsilon (lb_chart_scale_get_part (&scale, 10000), 0.5, 1e-9);
  g_assert_cmpfloat (lb_chart_scale_get_part (&scale, 500), ==, 0);
  g_assert_cmpfloat (lb_chart_scale_get_part (&scale, 0), ==, 0);
}

static void
test_shares (void)
{
  LbChartScale scale;

  lb_chart_scale_init (&scale, LB_CHART_TRAFFIC, 0, 5);
  assert_ticks (&scale, "0, 20%, 40%, 60%, 80%, 100%");
  lb_chart_scale_init (&scale, LB_CHART_TRAFFIC, 333333, 5);
  assert_ticks (&scale, "0, 10%, 20%, 30%, 40%");
  lb_chart_scale_init (&scale, LB_CHART_TRAFFIC, 16000, 5);
  assert_ticks (&scale, "0, 0.5%, 1.0%, 1.5%, 2.0%");
}

static void
assert_label (gint64 max_us,
              guint tick,
              const char *expected)
{
  LbChartScale scale;
  g_autofree char *label = NULL;

  lb_chart_scale_init (&scale, LB_CHART_RESPONSE_TIMES, max_us, 5);
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

  g_test_add_func ("/chart/scale/logarithmic-ticks", test_logarithmic_ticks);
  g_test_add_func ("/chart/scale/logarithmic-labels", test_logarithmic_labels);
  g_test_add_func ("/chart/scale/parts", test_parts);
  g_test_add_func ("/chart/scale/shares", test_shares);

  return g_test_run ();
}
