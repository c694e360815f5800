/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include "stats/lb-stats-metrics.h"

/* 2026-11-22T08:00:00Z */
#define NOW_S G_GINT64_CONSTANT (1795334400)

#define ONE "{backend=\"http://127.0.0.1:9001\"}"
#define ONE_AND(label, value) "{backend=\"http://127.0.0.1:9001\"," label "=\"" value "\"}"

/* Every backend of a test's snapshot, and the snapshot. */
typedef struct
{
  LbBackendFigures figures[3];
  LbSnapshot snapshot;
} Fixture;

static void
fixture_init (Fixture *self,
              guint n_backends)
{
  static const char *const urls[] = { "http://127.0.0.1:9001", "https://[::1]:9002/base",
                                      "http://example.org" };
  static GPtrArray no_nodes;

  *self = (Fixture){ 0 };
  for (guint i = 0; i < n_backends; i++)
    {
      self->figures[i].url = (char *) urls[i];
      self->figures[i].weight = 1;
      self->figures[i].effective_weight = 1.0;
      self->figures[i].reported = -1.0;
    }

  self->snapshot.time_us = NOW_S * G_USEC_PER_SEC;
  self->snapshot.policy = (char *) "random";
  self->snapshot.nodes = &no_nodes;
  self->snapshot.n_backends = n_backends;
  self->snapshot.backends = self->figures;
}

/* Returns: (transfer full): the lines of what was written, without the empty one after the last */
static GStrv
split (GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  g_autofree char *text = g_strndup (data, length);

  g_assert_true (g_utf8_validate_len (data, length, NULL));
  g_assert_cmpuint (length, >, 0);
  g_assert_cmpint (text[length - 1], ==, '\n');
  text[length - 1] = '\0';

  return g_strsplit (text, "\n", -1);
}

static GStrv
write_prometheus (const Fixture *fixture)
{
  g_autoptr (GBytes) bytes = lb_stats_metrics_prometheus (&fixture->snapshot);

  return split (bytes);
}

static GStrv
write_openmetrics (const Fixture *fixture)
{
  g_autoptr (GBytes) bytes = lb_stats_metrics_openmetrics (&fixture->snapshot);

  return split (bytes);
}

static void
assert_line (GStrv lines,
             const char *line)
{
  if (!g_strv_contains ((const char *const *) lines, line))
    g_error ("no line is: %s", line);
}

static void
assert_no_sample (GStrv lines,
                  const char *name)
{
  for (guint i = 0; lines[i] != NULL; i++)
    g_assert_false (g_str_has_prefix (lines[i], name));
}

static guint
count_samples (GStrv lines)
{
  guint n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    if (lines[i][0] != '#')
      n++;

  return n;
}

static void
test_balancer (void)
{
  Fixture fixture;
  g_auto (GStrv) lines = NULL;

  fixture_init (&fixture, 0);
  fixture.snapshot.uptime_us = 12400000;
  fixture.snapshot.probe_interval_ms = 1500;
  fixture.snapshot.redirects = 7;
  fixture.snapshot.traffic = (LbTraffic){
    .connections = 3,
    .max_connections = 1000,
    .connections_total = 12345678901,
    .rejected = { [LB_REJECTION_TIMEOUT] = 2, [LB_REJECTION_BUSY] = G_MAXUINT64 },
    .paused = TRUE,
  };
  lines = write_prometheus (&fixture);

  assert_line (lines, "lb_build_info{version=\"" LB_VERSION "\"} 1");
  assert_line (lines, "lb_policy_info{policy=\"random\"} 1");
  assert_line (lines, "lb_start_time_seconds 1795334388");
  assert_line (lines, "lb_probe_interval_seconds 1.5");
  assert_line (lines, "lb_redirected_requests_total 7");
  assert_line (lines, "lb_rejected_requests_total{reason=\"malformed\"} 0");
  assert_line (lines, "lb_rejected_requests_total{reason=\"too_large\"} 0");
  assert_line (lines, "lb_rejected_requests_total{reason=\"timeout\"} 2");
  assert_line (lines, "lb_rejected_requests_total{reason=\"no_backend\"} 0");
  assert_line (lines, "lb_rejected_requests_total{reason=\"busy\"} 18446744073709551615");
  assert_line (lines, "lb_rejected_requests_total{reason=\"paused\"} 0");
  assert_line (lines, "lb_paused 1");
  assert_line (lines, "lb_connections_total 12345678901");
  assert_line (lines, "lb_open_connections 3");
  assert_line (lines, "lb_open_connections_limit 1000");
  assert_line (lines, "# TYPE lb_redirects_total counter");
  g_assert_cmpuint (count_samples (lines), ==, 15);
}

static void
test_nodes (void)
{
  g_autoptr (GPtrArray) nodes = lb_node_snapshot_new_list ();
  LbNodeSnapshot *here = lb_node_snapshot_new (LB_NODE_LOCAL, "This Computer", 0);
  LbNodeSnapshot *there = lb_node_snapshot_new ("10.0.0.2:9999", "10.0.0.2:9999", 0);
  Fixture fixture;
  g_auto (GStrv) lines = NULL;

  fixture_init (&fixture, 0);
  fixture.snapshot.nodes = nodes;
  here->state = LB_NODE_SERVING;
  there->state = LB_NODE_GONE;
  g_ptr_array_add (nodes, here);
  g_ptr_array_add (nodes, there);
  lines = write_prometheus (&fixture);

  assert_line (lines, "lb_node_up{node=\"local\"} 1");
  assert_line (lines, "lb_node_up{node=\"10.0.0.2:9999\"} 0");
}

/* The moment is made from two clocks, which are not read at once. */
static void
test_start_stands_still (void)
{
  static const gint64 later_us[] = { -3000, 0, 40, 3000 };

  for (guint i = 0; i < G_N_ELEMENTS (later_us); i++)
    {
      Fixture fixture;
      g_auto (GStrv) lines = NULL;

      fixture_init (&fixture, 0);
      fixture.snapshot.uptime_us = 10250000 + 1000000 * i + later_us[i];
      fixture.snapshot.time_us += 1000000 * i;
      lines = write_prometheus (&fixture);
      assert_line (lines, "lb_start_time_seconds 1795334390");
    }
}

static void
test_backend (void)
{
  Fixture fixture;
  LbBackendFigures *figures = &fixture.figures[0];
  g_auto (GStrv) lines = NULL;

  fixture_init (&fixture, 2);
  figures->state = LB_STATE_DRAIN;
  figures->health = LB_HEALTH_UP;
  figures->use = LB_USE_DRAIN;
  figures->weight = 256;
  figures->effective_weight = 12.8;
  figures->in_flight = 0.1;
  figures->reported = 0.0;
  figures->last_probe = (LbProbeResult){ .time_us = 1, .response_us = 12345, .ok = TRUE };
  figures->redirects = 411;
  figures->times_down = 2;
  figures->times_up = 3;
  figures->down_us = 61000001;
  figures->probes[LB_PROBE_OK] = 90;
  figures->probes[LB_PROBE_STATUS] = 4;
  fixture.figures[1].health = LB_HEALTH_DOWN;
  lines = write_prometheus (&fixture);

  assert_line (lines, "lb_redirects_total" ONE " 411");
  assert_line (lines, "lb_backend_up" ONE " 1");
  assert_line (lines, "lb_backend_state" ONE_AND ("state", "ready") " 0");
  assert_line (lines, "lb_backend_state" ONE_AND ("state", "drain") " 1");
  assert_line (lines, "lb_backend_state" ONE_AND ("state", "maint") " 0");
  assert_line (lines, "lb_backend_in_use" ONE " 0");
  assert_line (lines, "lb_backend_weight" ONE_AND ("kind", "configured") " 256");
  assert_line (lines, "lb_backend_weight" ONE_AND ("kind", "effective") " 12.8");
  assert_line (lines, "lb_backend_in_flight" ONE " 0.1");
  assert_line (lines, "lb_backend_reported_load_ratio" ONE " 0");
  assert_line (lines, "lb_backend_response_time_seconds" ONE " 0.012345");
  assert_line (lines, "lb_probes_total" ONE_AND ("result", "ok") " 90");
  assert_line (lines, "lb_probes_total" ONE_AND ("result", "status") " 4");
  assert_line (lines, "lb_backend_transitions_total" ONE_AND ("to", "up") " 3");
  assert_line (lines, "lb_backend_transitions_total" ONE_AND ("to", "down") " 2");
  assert_line (lines, "lb_backend_down_seconds_total" ONE " 61.000001");
  assert_no_sample (lines, "lb_probes_total" ONE_AND ("result", "timeout"));

  assert_line (lines, "lb_backend_up{backend=\"https://[::1]:9002/base\"} 0");
  assert_line (lines, "lb_backend_in_use{backend=\"https://[::1]:9002/base\"} 1");
}

static void
test_proxied (void)
{
  static const char *const names[] = {
    "lb_backend_queued", "lb_backend_responses_total", "lb_backend_retries_total",
    "lb_backend_redispatches_total", "lb_backend_connection_errors_total",
    "lb_backend_response_errors_total", "lb_backend_response_time_average_seconds",
    "lb_backend_total_time_average_seconds",
  };
  Fixture fixture;
  g_auto (GStrv) lines = NULL;
  g_auto (GStrv) redirected = NULL;

  fixture_init (&fixture, 1);
  fixture.figures[0].proxied = (LbProxyRecord){
    .known = TRUE, .queued = 3, .response_us = -1, .total_us = 56000,
    .counts = { 100, 1, G_MAXUINT64, 3, 4, 5, 6, 7, 8, 9 },
  };
  lines = write_prometheus (&fixture);
  assert_line (lines, "lb_backend_queued" ONE " 3");
  assert_line (lines, "lb_backend_responses_total" ONE_AND ("code", "1xx") " 1");
  assert_line (lines, "lb_backend_responses_total" ONE_AND ("code", "2xx") " 18446744073709551615");
  assert_line (lines, "lb_backend_responses_total" ONE_AND ("code", "5xx") " 5");
  assert_line (lines, "lb_backend_retries_total" ONE " 6");
  assert_line (lines, "lb_backend_redispatches_total" ONE " 7");
  assert_line (lines, "lb_backend_connection_errors_total" ONE " 8");
  assert_line (lines, "lb_backend_response_errors_total" ONE " 9");
  assert_no_sample (lines, "lb_backend_response_time_average_seconds{");
  assert_line (lines, "lb_backend_total_time_average_seconds" ONE " 0.056");

  lb_proxy_record_forget (&fixture.figures[0].proxied);
  redirected = write_prometheus (&fixture);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *series = g_strconcat (names[i], "{", NULL);

      assert_no_sample (redirected, series);
    }
}

/* No sample is better than a number that means nothing. */
static void
test_not_known (void)
{
  Fixture fixture;
  g_auto (GStrv) fresh = NULL;
  g_auto (GStrv) failed = NULL;

  fixture_init (&fixture, 1);
  fresh = write_prometheus (&fixture);
  assert_no_sample (fresh, "lb_backend_up{");
  assert_no_sample (fresh, "lb_backend_reported_load_ratio{");
  assert_no_sample (fresh, "lb_backend_response_time_seconds{");
  assert_line (fresh, "lb_probes_total" ONE_AND ("result", "ok") " 0");
  assert_line (fresh, "# TYPE lb_backend_up gauge");

  fixture.figures[0].reported = (double) NAN;
  fixture.figures[0].last_probe = (LbProbeResult){ .time_us = 1, .response_us = -1 };
  failed = write_prometheus (&fixture);
  assert_no_sample (failed, "lb_backend_reported_load_ratio{");
  assert_no_sample (failed, "lb_backend_response_time_seconds{");
}

static void
test_histogram (void)
{
  static const char *const expected[] = {
    "_bucket" ONE_AND ("le", "0.0005") " 1", "_bucket" ONE_AND ("le", "0.001") " 1",
    "_bucket" ONE_AND ("le", "0.0025") " 3", "_bucket" ONE_AND ("le", "0.005") " 3",
    "_bucket" ONE_AND ("le", "0.01") " 3",   "_bucket" ONE_AND ("le", "0.025") " 3",
    "_bucket" ONE_AND ("le", "0.05") " 3",   "_bucket" ONE_AND ("le", "0.1") " 3",
    "_bucket" ONE_AND ("le", "0.25") " 3",   "_bucket" ONE_AND ("le", "0.5") " 3",
    "_bucket" ONE_AND ("le", "1.0") " 4",    "_bucket" ONE_AND ("le", "2.5") " 4",
    "_bucket" ONE_AND ("le", "+Inf") " 5",   "_count" ONE " 5",
    "_sum" ONE " 4.0043",
  };
  static const gint64 times_us[] = { 300, 2000, 2000, 1000000, 3000000 };
  Fixture fixture;
  g_auto (GStrv) lines = NULL;
  guint first = 0;

  fixture_init (&fixture, 1);
  for (guint i = 0; i < G_N_ELEMENTS (times_us); i++)
    lb_histogram_add (&fixture.figures[0].probe_times, times_us[i]);
  lines = write_openmetrics (&fixture);

  assert_line (lines, "# TYPE lb_probe_duration_seconds histogram");
  while (!g_str_has_prefix (lines[first], "lb_probe_duration_seconds"))
    first++;
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_assert_true (g_str_has_prefix (lines[first + i], "lb_probe_duration_seconds"));
      g_assert_cmpstr (lines[first + i] + strlen ("lb_probe_duration_seconds"), ==, expected[i]);
    }
}

/* One table, two syntaxes: what a reader stores must not depend on which it asked for. */
static void
test_same_samples (void)
{
  Fixture fixture;
  g_auto (GStrv) prometheus = NULL;
  g_auto (GStrv) openmetrics = NULL;
  guint p = 0, n_units = 0;

  fixture_init (&fixture, 3);
  fixture.figures[1].health = LB_HEALTH_UP;
  prometheus = write_prometheus (&fixture);
  openmetrics = write_openmetrics (&fixture);

  for (guint o = 0; openmetrics[o] != NULL; o++)
    {
      if (g_str_has_prefix (openmetrics[o], "# UNIT "))
        {
          n_units++;
          continue;
        }
      if (g_str_equal (openmetrics[o], "# EOF"))
        {
          g_assert_null (openmetrics[o + 1]);
          break;
        }
      if (openmetrics[o][0] != '#')
        g_assert_cmpstr (openmetrics[o], ==, prometheus[p]);
      p++;
    }
  g_assert_null (prometheus[p]);

  g_assert_cmpuint (n_units, >, 0);
  assert_line (openmetrics, "# EOF");
  assert_line (openmetrics, "# TYPE lb_redirects counter");
  assert_line (openmetrics, "# TYPE lb_build info");
  assert_line (openmetrics, "# UNIT lb_backend_down_seconds seconds");
  assert_line (openmetrics, "# UNIT lb_probe_duration_seconds seconds");
  assert_line (prometheus, "# TYPE lb_build_info gauge");
  assert_line (prometheus, "# TYPE lb_backend_down_seconds_total counter");
}

/* Returns: (transfer full): what stands between the name's start and its labels or value */
static char *
get_name (const char *line)
{
  return g_strndup (line, strcspn (line, "{ "));
}

/* Both syntaxes want a family in one piece, told before its samples, and no sample twice. */
static void
test_grouped (void)
{
  Fixture fixture;
  g_auto (GStrv) lines = NULL;
  g_autoptr (GHashTable) families = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) series = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *family = NULL;

  fixture_init (&fixture, 3);
  for (guint i = 0; i < 3; i++)
    {
      fixture.figures[i].health = LB_HEALTH_UP;
      fixture.figures[i].reported = 0.5;
      fixture.figures[i].proxied.known = TRUE;
      fixture.figures[i].last_probe = (LbProbeResult){ .time_us = 1, .response_us = 1, .ok = TRUE };
    }
  lines = write_openmetrics (&fixture);

  for (guint i = 0; lines[i + 1] != NULL; i++)
    {
      g_autofree char *name = NULL;

      if (g_str_has_prefix (lines[i], "# TYPE "))
        {
          g_free (family);
          family = get_name (lines[i] + strlen ("# TYPE "));
          g_assert_true (g_hash_table_add (families, g_strdup (family)));
        }
      else if (g_str_has_prefix (lines[i], "# "))
        {
          name = get_name (lines[i] + strlen ("# UNIT "));
          g_assert_cmpstr (name, ==, family);
        }
      else
        {
          name = get_name (lines[i]);
          g_assert_true (g_str_has_prefix (name, family));
          g_assert_true (g_hash_table_add (
              series, g_strndup (lines[i], (gsize) (strrchr (lines[i], ' ') - lines[i]))));
        }
    }

  g_assert_cmpuint (g_hash_table_size (families), ==, 31);
  g_assert_cmpuint (g_hash_table_size (series), ==, 15 + 3 * 42);
}

static void
test_escapes (void)
{
  static const struct
  {
    const char *url;
    const char *line;
  } cases[] = {
    { "a\"b", "lb_redirects_total{backend=\"a\\\"b\"} 0" },
    { "a\\b", "lb_redirects_total{backend=\"a\\\\b\"} 0" },
    { "a\nb\n", "lb_redirects_total{backend=\"a\\nb\\n\"} 0" },
    { "\\n\"", "lb_redirects_total{backend=\"\\\\n\\\"\"} 0" },
    { "\"} 1\nlb_up 1\n#", "lb_redirects_total{backend=\"\\\"} 1\\nlb_up 1\\n#\"} 0" },
    { "a,b={c} d", "lb_redirects_total{backend=\"a,b={c} d\"} 0" },
    { "http://müller.example/文", "lb_redirects_total{backend=\"http://müller.example/文\"} 0" },
    { "http://שלום/\u202eمرحبا", "lb_redirects_total{backend=\"http://שלום/\u202eمرحبا\"} 0" },
    { "", "lb_redirects_total{backend=\"\"} 0" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture;
      g_auto (GStrv) lines = NULL;

      fixture_init (&fixture, 1);
      fixture.figures[0].url = (char *) cases[i].url;
      fixture.snapshot.policy = (char *) cases[i].url;
      lines = write_prometheus (&fixture);
      assert_line (lines, cases[i].line);
      g_assert_cmpuint (count_samples (lines), ==, 15 + 27);
    }
}

static void
test_invalid_utf8 (void)
{
  Fixture fixture;
  g_auto (GStrv) lines = NULL;

  fixture_init (&fixture, 1);
  fixture.figures[0].url = (char *) "http://a\xff\xc3\"";
  lines = write_openmetrics (&fixture);
  assert_line (lines, "lb_redirects_total{backend=\"http://a��\\\"\"} 0");
}

static void
test_numbers (void)
{
  static const struct
  {
    double number;
    const char *text;
  } cases[] = {
    { (double) NAN, "NaN" },  { (double) INFINITY, "+Inf" }, { -(double) INFINITY, "-Inf" },
    { 0.0, "0" },             { 256.0, "256" },              { 1.0 / 3.0, "0.333333333" },
    { 0.000001234, "1.234e-06" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture;
      g_auto (GStrv) lines = NULL;
      g_autofree char *line = g_strconcat ("lb_backend_in_flight" ONE " ", cases[i].text, NULL);

      fixture_init (&fixture, 1);
      fixture.figures[0].in_flight = cases[i].number;
      lines = write_prometheus (&fixture);
      assert_line (lines, line);
    }
}

static void
test_times (void)
{
  static const struct
  {
    gint64 time_us;
    const char *text;
  } cases[] = {
    { 0, "0.0" },
    { 1, "0.000001" },
    { 100000, "0.1" },
    { 1000000, "1.0" },
    { 10000000, "10.0" },
    { 1010100, "1.0101" },
    { G_MAXINT64, "9223372036854.775807" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      Fixture fixture;
      g_auto (GStrv) lines = NULL;
      g_autofree char *line = NULL;

      line = g_strconcat ("lb_backend_down_seconds_total" ONE " ", cases[i].text, NULL);
      fixture_init (&fixture, 1);
      fixture.figures[0].down_us = cases[i].time_us;
      lines = write_prometheus (&fixture);
      assert_line (lines, line);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/metrics/balancer", test_balancer);
  g_test_add_func ("/stats/metrics/nodes", test_nodes);
  g_test_add_func ("/stats/metrics/start-stands-still", test_start_stands_still);
  g_test_add_func ("/stats/metrics/backend", test_backend);
  g_test_add_func ("/stats/metrics/proxied", test_proxied);
  g_test_add_func ("/stats/metrics/not-known", test_not_known);
  g_test_add_func ("/stats/metrics/histogram", test_histogram);
  g_test_add_func ("/stats/metrics/same-samples", test_same_samples);
  g_test_add_func ("/stats/metrics/grouped", test_grouped);
  g_test_add_func ("/stats/metrics/escapes", test_escapes);
  g_test_add_func ("/stats/metrics/invalid-utf8", test_invalid_utf8);
  g_test_add_func ("/stats/metrics/numbers", test_numbers);
  g_test_add_func ("/stats/metrics/times", test_times);

  return g_test_run ();
}
