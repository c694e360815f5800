/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/lb-chart-text.h"
#include "chart/snapshot-fixture.h"

static void
assert_time (gint64 time_us,
             const char *expected)
{
  g_autofree char *text = lb_chart_text_time (time_us);

  g_assert_cmpstr (text, ==, expected);
}

static void
test_times_have_three_digits (void)
{
  assert_time (0, "0 µs");
  assert_time (999, "999 µs");
  assert_time (1000, "1.00 ms");
  assert_time (9994, "9.99 ms");
  assert_time (9996, "10.0 ms");
  assert_time (12345, "12.3 ms");
  assert_time (99960, "100 ms");
  assert_time (999499, "999 ms");
  assert_time (999500, "1.00 s");
  assert_time (1234567, "1.23 s");
  assert_time (61000000, "61.0 s");
  assert_time (-1, "–");
}

static void
test_numbers_in_a_given_unit (void)
{
  g_autofree char *small = lb_chart_text_number (120, G_TIME_SPAN_MILLISECOND);
  g_autofree char *middle = lb_chart_text_number (46700, G_TIME_SPAN_MILLISECOND);
  g_autofree char *whole = lb_chart_text_number (7, 1);

  g_assert_cmpstr (small, ==, "0.12");
  g_assert_cmpstr (middle, ==, "46.7");
  g_assert_cmpstr (whole, ==, "7");
}

static void
test_address_drops_only_http (void)
{
  g_assert_cmpstr (lb_chart_text_address ("http://127.0.0.1:9001"), ==, "127.0.0.1:9001");
  g_assert_cmpstr (lb_chart_text_address ("https://example.com"), ==, "https://example.com");
}

static void
test_describes_all_figures (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (3);
  g_autofree char *description = NULL;

  snapshot->backends[0].last_probe.response_us = 12300;
  snapshot->backends[0].latency.p95_us = 20000;
  description = lb_chart_text_describe (&snapshot->backends[0], PLAIN, "\n");
  g_assert_cmpstr (description, ==,
                   "http://127.0.0.1:9001\n"
                   "ready, up\n"
                   "Response time: 12.3 ms\n"
                   "95th percentile: 20.0 ms\n"
                   "Redirects: 1000\n"
                   "Share: 33.3%");
}

static void
test_describes_what_is_not_known (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (2);
  g_autofree char *broken = NULL;
  g_autofree char *unknown = NULL;

  snapshot_fixture_break (snapshot, 0);
  snapshot->backends[0].state = LB_STATE_DRAIN;
  broken = lb_chart_text_describe (&snapshot->backends[0], PLAIN, ", ");
  g_assert_nonnull (strstr (broken, "9001, drain, down (timeout), Response time: –, "));

  snapshot_fixture_forget (snapshot, 1);
  unknown = lb_chart_text_describe (&snapshot->backends[1], PLAIN, ", ");
  g_assert_nonnull (strstr (unknown, "9002, ready, unknown, Response time: –, 95th percentile: –, "));
}

static void
test_describes_what_is_slow (void)
{
  const LbChartOptions options = { LB_CHART_RESPONSE_TIMES, FALSE, 50000 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (2);
  g_autofree char *slow = NULL;
  g_autofree char *quick = NULL;

  snapshot->backends[0].last_probe.response_us = 50001;
  slow = lb_chart_text_describe (&snapshot->backends[0], &options, ", ");
  g_assert_nonnull (strstr (slow, "Response time: 50.0 ms, Slower than 50 ms, 95th "));

  snapshot->backends[1].last_probe.response_us = 50000;
  quick = lb_chart_text_describe (&snapshot->backends[1], &options, ", ");
  g_assert_null (strstr (quick, "Slower"));
}

static void
test_describes_the_traffic (void)
{
  const LbChartOptions options = { LB_CHART_TRAFFIC, FALSE, 1 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (2);
  g_autofree char *known = NULL;
  g_autofree char *unknown = NULL;

  snapshot->backends[0].last_probe.response_us = 12300;
  snapshot->backends[0].recent_share = 0.123;
  snapshot->backends[0].expected_share = 0.3;
  known = lb_chart_text_describe (&snapshot->backends[0], &options, "\n");
  g_assert_cmpstr (known, ==,
                   "http://127.0.0.1:9001\n"
                   "ready, up\n"
                   "Share of the last minute: 12.3%\n"
                   "Expected by the policy: 30.0%\n"
                   "Redirects: 1000\n"
                   "Response time: 12.3 ms");

  snapshot->backends[1].recent_share = -1;
  snapshot->backends[1].expected_share = -1;
  unknown = lb_chart_text_describe (&snapshot->backends[1], &options, ", ");
  g_assert_nonnull (strstr (unknown, "Share of the last minute: –, Expected by the policy: –, "));
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/text/times-have-three-digits", test_times_have_three_digits);
  g_test_add_func ("/chart/text/numbers-in-a-given-unit", test_numbers_in_a_given_unit);
  g_test_add_func ("/chart/text/address-drops-only-http", test_address_drops_only_http);
  g_test_add_func ("/chart/text/describes-all-figures", test_describes_all_figures);
  g_test_add_func ("/chart/text/describes-what-is-not-known", test_describes_what_is_not_known);

  g_test_add_func ("/chart/text/describes-what-is-slow", test_describes_what_is_slow);
  g_test_add_func ("/chart/text/describes-the-traffic", test_describes_the_traffic);

  return g_test_run ();
}
