/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/lb-chart-measure.h"
#include "chart/snapshot-fixture.h"

#define TIMES LB_CHART_RESPONSE_TIMES
#define TRAFFIC LB_CHART_TRAFFIC

static void
test_response_times (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
  LbBackendFigures *figures = &snapshot->backends[0];

  figures->last_probe.response_us = 5000;
  figures->latency.p95_us = 7000;
  g_assert_cmpint (lb_chart_measure_get_value (TIMES, figures), ==, 5000);
  g_assert_cmpint (lb_chart_measure_get_mark (TIMES, figures), ==, 7000);
  g_assert_null (lb_chart_measure_get_word (TIMES, figures));

  /* Old times are not shown. */
  figures->state = LB_STATE_MAINT;
  g_assert_cmpint (lb_chart_measure_get_value (TIMES, figures), ==, -1);
  g_assert_cmpint (lb_chart_measure_get_mark (TIMES, figures), ==, -1);

  figures->state = LB_STATE_READY;
  figures->last_probe.response_us = -1;
  g_assert_cmpint (lb_chart_measure_get_value (TIMES, figures), ==, -1);
  g_assert_cmpint (lb_chart_measure_get_mark (TIMES, figures), ==, -1);
  g_assert_cmpstr (lb_chart_measure_get_word (TIMES, figures), ==, "no answer");
}

static void
test_traffic (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
  LbBackendFigures *figures = &snapshot->backends[0];

  figures->recent_share = 1.0 / 3;
  figures->expected_share = 0.25;
  figures->last_probe.response_us = -1;
  g_assert_cmpint (lb_chart_measure_get_value (TRAFFIC, figures), ==, 333333);
  g_assert_cmpint (lb_chart_measure_get_mark (TRAFFIC, figures), ==, 250000);
  g_assert_null (lb_chart_measure_get_word (TRAFFIC, figures));

  /* That nothing comes says something of one that is up, and nothing of one that is not. */
  figures->recent_share = 0;
  g_assert_cmpint (lb_chart_measure_get_value (TRAFFIC, figures), ==, 0);
  g_assert_cmpint (lb_chart_measure_get_mark (TRAFFIC, figures), ==, 250000);
  figures->health = LB_HEALTH_DOWN;
  g_assert_cmpint (lb_chart_measure_get_value (TRAFFIC, figures), ==, -1);
  g_assert_cmpint (lb_chart_measure_get_mark (TRAFFIC, figures), ==, -1);
  g_assert_cmpstr (lb_chart_measure_get_word (TRAFFIC, figures), ==, "down");

  figures->recent_share = 0.1;
  figures->expected_share = -1;
  g_assert_cmpint (lb_chart_measure_get_value (TRAFFIC, figures), ==, 100000);
  g_assert_cmpint (lb_chart_measure_get_mark (TRAFFIC, figures), ==, -1);

  figures->recent_share = -1;
  g_assert_cmpint (lb_chart_measure_get_value (TRAFFIC, figures), ==, -1);
}

static void
assert_format (LbChartMeasure measure,
               gint64 value,
               const char *expected)
{
  g_autofree char *text = lb_chart_measure_format (measure, value);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_units_that_fit (void)
{
  assert_format (TIMES, -1, "–");
  assert_format (TIMES, 420, "420 µs");
  assert_format (TIMES, 12345, "12.3 ms");
  assert_format (TIMES, 1234567, "1.23 s");
  assert_format (TRAFFIC, -1, "–");
  assert_format (TRAFFIC, 0, "0%");
  assert_format (TRAFFIC, 333333, "33.3%");
  assert_format (TRAFFIC, 1562, "0.16%");
  assert_format (TRAFFIC, LB_CHART_WHOLE, "100%");
}

static void
test_what_is_slow (void)
{
  LbChartOptions options = { TIMES, FALSE, 10000 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
  LbBackendFigures *figures = &snapshot->backends[0];

  figures->last_probe.response_us = 10000;
  g_assert_false (lb_chart_options_is_slow (&options, figures));
  figures->last_probe.response_us = 10001;
  g_assert_true (lb_chart_options_is_slow (&options, figures));
  figures->state = LB_STATE_DRAIN;
  g_assert_true (lb_chart_options_is_slow (&options, figures));
  figures->health = LB_HEALTH_DOWN;
  g_assert_false (lb_chart_options_is_slow (&options, figures));

  figures->health = LB_HEALTH_UP;
  options.threshold_us = 0;
  g_assert_false (lb_chart_options_is_slow (&options, figures));

  /* A time is no limit for a share. */
  options = (LbChartOptions){ TRAFFIC, FALSE, 1 };
  g_assert_false (lb_chart_options_is_slow (&options, figures));
  g_assert_cmpint (lb_chart_options_get_threshold (&options), ==, 0);
}

static void
test_names (void)
{
  g_autoptr (GEnumClass) enum_class = g_type_class_ref (LB_TYPE_CHART_MEASURE);

  g_assert_cmpint (g_enum_get_value_by_nick (enum_class, "response-times")->value, ==, TIMES);
  g_assert_cmpint (g_enum_get_value_by_nick (enum_class, "traffic")->value, ==, TRAFFIC);
  for (guint i = 0; i < enum_class->n_values; i++)
    g_assert_cmpstr (lb_chart_measure_get_name ((LbChartMeasure) i), !=, "");
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/measure/response-times", test_response_times);
  g_test_add_func ("/chart/measure/traffic", test_traffic);
  g_test_add_func ("/chart/measure/units-that-fit", test_units_that_fit);
  g_test_add_func ("/chart/measure/what-is-slow", test_what_is_slow);
  g_test_add_func ("/chart/measure/names", test_names);

  return g_test_run ();
}
