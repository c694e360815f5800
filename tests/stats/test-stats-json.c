/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "chart/snapshot-fixture.h"
#include "stats/lb-stats-json.h"

/* 2026-11-22T08:00:00Z */
#define NOW_US (G_GINT64_CONSTANT (1795334400) * G_USEC_PER_SEC)

static JsonObject *
parse (const LbSnapshot *snapshot)
{
  g_autoptr (GBytes) bytes = lb_stats_json (snapshot);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  g_assert_true (g_utf8_validate_len (text, length, NULL));
  g_assert_cmpint (text[length - 1], ==, '\n');
  json_parser_load_from_data (parser, text, (gssize) length, &error);
  g_assert_no_error (error);

  return json_object_ref (json_node_get_object (json_parser_get_root (parser)));
}

static JsonObject *
get_server (JsonObject *root,
            guint i)
{
  return json_array_get_object_element (json_object_get_array_member (root, "servers"), i);
}

static void
assert_keys (JsonObject *object,
             const char *expected)
{
  g_autoptr (GList) names = json_object_get_members (object);
  g_autoptr (GString) joined = g_string_new (NULL);

  for (GList *l = names; l != NULL; l = l->next)
    g_string_append_printf (joined, "%s%s", joined->len > 0 ? " " : "", (char *) l->data);

  g_assert_cmpstr (joined->str, ==, expected);
}

static void
assert_number (JsonObject *object,
               const char *name,
               double expected)
{
  g_assert_false (json_object_get_null_member (object, name));
  g_assert_cmpfloat_with_epsilon (json_object_get_double_member (object, name), expected, 1e-9);
}

static LbBackend *
add_backend (LbPool *pool,
             const char *url)
{
  g_autoptr (GError) error = NULL;
  LbBackend *backend = lb_pool_add (pool, url, &error);

  g_assert_no_error (error);
  return backend;
}

static void
record (LbBackend *backend,
        gint64 time_us,
        gint64 response_us,
        guint status,
        const char *error)
{
  g_autoptr (GRefString) text = error != NULL ? g_ref_string_new (error) : NULL;
  LbProbeResult result = { time_us, response_us, status, error == NULL, text };

  lb_backend_record_probe (backend, &result, 0);
}

static LbSnapshot *
take (LbPool *pool)
{
  const char *const listen[] = { "http://127.0.0.1:5000", "http://[::1]:5000", NULL };

  return lb_snapshot_new (pool, "random", listen, NULL, 1000, NOW_US + 999999, 112345678,
                          100000000);
}

static void
test_head (void)
{
  g_autoptr (LbPool) pool = lb_pool_new ();
  g_autoptr (LbSnapshot) snapshot = take (pool);
  g_autoptr (JsonObject) root = parse (snapshot);
  JsonArray *listen = json_object_get_array_member (root, "listen");

  assert_keys (root, "name version time uptime_s listen policy redirects redirects_per_s "
                     "probe_interval_ms redirects_per_s_max connections max_connections "
                     "connections_total rejected paused engine measured proxied servers nodes");
  g_assert_cmpstr (json_object_get_string_member (root, "name"), ==, "Load Balancer");
  g_assert_cmpstr (json_object_get_string_member (root, "version"), ==, LB_VERSION);
  g_assert_cmpstr (json_object_get_string_member (root, "time"), ==, "2026-11-22T08:00:00Z");
  assert_number (root, "uptime_s", 12.346);
  g_assert_cmpuint (json_array_get_length (listen), ==, 2);
  g_assert_cmpstr (json_array_get_string_element (listen, 1), ==, "http://[::1]:5000");
  g_assert_cmpstr (json_object_get_string_member (root, "policy"), ==, "random");
  g_assert_cmpint (json_object_get_int_member (root, "redirects"), ==, 0);
  assert_number (root, "redirects_per_s", 0.0);
  g_assert_cmpint (json_object_get_int_member (root, "probe_interval_ms"), ==, 1000);
  g_assert_true (json_object_get_null_member (root, "engine"));
  g_assert_false (json_object_get_boolean_member (root, "measured"));
  g_assert_true (json_object_get_null_member (root, "proxied"));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (root, "servers")), ==, 0);
}

static void
test_not_probed_yet (void)
{
  g_autoptr (LbPool) pool = lb_pool_new ();
  g_autoptr (LbSnapshot) snapshot = NULL;
  g_autoptr (JsonObject) root = NULL;
  JsonObject *server, *times;
  static const char *const unknown[] = { "min", "mean", "p50", "p95", "p99", "max" };

  add_backend (pool, "http://127.0.0.1:9001");
  snapshot = take (pool);
  root = parse (snapshot);
  server = get_server (root, 0);

  assert_keys (server, "url state health weight response_time_ms response_times_ms redirects share "
                       "last_probe backup effective_weight in_flight reported_load not_used_because "
                       "redirects_per_s redirects_per_s_max health_since times_down down_s probes "
                       "probes_failed recent_share expected_share proxied");
  g_assert_true (json_object_get_null_member (server, "proxied"));
  g_assert_true (json_object_get_null_member (server, "recent_share"));
  g_assert_true (json_object_get_null_member (server, "expected_share"));
  g_assert_false (json_object_get_boolean_member (server, "backup"));
  assert_number (server, "effective_weight", 1.0);
  assert_number (server, "in_flight", 0.0);
  g_assert_true (json_object_get_null_member (server, "reported_load"));
  g_assert_true (json_object_get_null_member (server, "not_used_because"));
  g_assert_cmpstr (json_object_get_string_member (server, "url"), ==, "http://127.0.0.1:9001");
  g_assert_cmpstr (json_object_get_string_member (server, "state"), ==, "ready");
  g_assert_cmpstr (json_object_get_string_member (server, "health"), ==, "unknown");
  g_assert_cmpint (json_object_get_int_member (server, "weight"), ==, 1);
  g_assert_true (json_object_get_null_member (server, "response_time_ms"));
  g_assert_true (json_object_get_null_member (server, "last_probe"));
  assert_number (server, "share", 0.0);

  times = json_object_get_object_member (server, "response_times_ms");
  assert_keys (times, "min mean p50 p95 p99 max samples");
  for (guint i = 0; i < G_N_ELEMENTS (unknown); i++)
    g_assert_true (json_object_get_null_member (times, unknown[i]));
  g_assert_cmpint (json_object_get_int_member (times, "samples"), ==, 0);
}

static void
test_probed (void)
{
  g_autoptr (LbPool) pool = lb_pool_new ();
  g_autoptr (LbSnapshot) snapshot = NULL;
  g_autoptr (JsonObject) root = NULL;
  LbBackend *good, *bad;
  JsonObject *server, *times, *probe;

  good = add_backend (pool, "http://127.0.0.1:9001");
  bad = add_backend (pool, "https://example.org/base");
  lb_backend_set_weight (bad, 256, NULL);
  lb_backend_set_state (bad, LB_STATE_DRAIN);
  lb_backend_set_health (good, LB_HEALTH_UP, 0);
  lb_backend_set_health (bad, LB_HEALTH_DOWN, 0);
  record (good, NOW_US - 2 * G_USEC_PER_SEC, 1000, 200, NULL);
  record (good, NOW_US - G_USEC_PER_SEC, 12346, 204, NULL);
  record (bad, NOW_US - 2 * G_USEC_PER_SEC, 500, 200, NULL);
  record (bad, NOW_US, -1, 0, "Connection “refused”\n");
  for (int i = 0; i < 3; i++)
    lb_pool_count_redirect (pool, i < 2 ? good : bad, 112000000);

  snapshot = take (pool);
  snapshot->backends[0].recent_share = 0.25;
  snapshot->backends[0].expected_share = 0.0;
  root = parse (snapshot);
  g_assert_cmpint (json_object_get_int_member (root, "redirects"), ==, 3);
  assert_number (root, "redirects_per_s", round (snapshot->redirects_per_s * 1000) / 1000);
  g_assert_cmpfloat (snapshot->redirects_per_s, >, 0.0);

  server = get_server (root, 0);
  g_assert_cmpstr (json_object_get_string_member (server, "health"), ==, "up");
  assert_number (server, "response_time_ms", 12.346);
  g_assert_cmpint (json_object_get_int_member (server, "redirects"), ==, 2);
  assert_number (server, "share", 0.667);
  assert_number (server, "recent_share", 0.25);
  assert_number (server, "expected_share", 0.0);
  times = json_object_get_object_member (server, "response_times_ms");
  assert_number (times, "min", 1.0);
  assert_number (times, "mean", 6.673);
  assert_number (times, "p50", 1.0);
  assert_number (times, "p95", 12.346);
  assert_number (times, "p99", 12.346);
  assert_number (times, "max", 12.346);
  g_assert_cmpint (json_object_get_int_member (times, "samples"), ==, 2);
  probe = json_object_get_object_member (server, "last_probe");
  assert_keys (probe, "time ok status error");
  g_assert_cmpstr (json_object_get_string_member (probe, "time"), ==, "2026-11-22T07:59:59Z");
  g_assert_true (json_object_get_boolean_member (probe, "ok"));
  g_assert_cmpint (json_object_get_int_member (probe, "status"), ==, 204);
  g_assert_true (json_object_get_null_member (probe, "error"));

  server = get_server (root, 1);
  g_assert_cmpstr (json_object_get_string_member (server, "state"), ==, "drain");
  g_assert_cmpstr (json_object_get_string_member (server, "health"), ==, "down");
  g_assert_cmpint (json_object_get_int_member (server, "weight"), ==, 256);
  g_assert_true (json_object_get_null_member (server, "response_time_ms"));
  times = json_object_get_object_member (server, "response_times_ms");
  assert_number (times, "max", 0.5);
  probe = json_object_get_object_member (server, "last_probe");
  g_assert_false (json_object_get_boolean_member (probe, "ok"));
  g_assert_true (json_object_get_null_member (probe, "status"));
  g_assert_cmpstr (json_object_get_string_member (probe, "error"), ==, "Connection “refused”\n");
}

static void
test_not_used (void)
{
  g_autoptr (LbPool) pool = lb_pool_new ();
  g_autoptr (LbSnapshot) snapshot = NULL;
  g_autoptr (JsonObject) root = NULL;
  static const char *const reasons[] = { "drain", "maint", "down: timeout", "down", "backup", NULL, "left out" };
  LbProbeResult result = { .time_us = NOW_US, .response_us = -1, .error = (char *) "timeout" };

  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", 9001 + i);

      add_backend (pool, url);
    }
  lb_backend_set_state (lb_pool_get_backend (pool, 0), LB_STATE_DRAIN);
  lb_backend_set_state (lb_pool_get_backend (pool, 1), LB_STATE_MAINT);
  lb_backend_record_probe (lb_pool_get_backend (pool, 2), &result, 0);
  lb_backend_set_health (lb_pool_get_backend (pool, 2), LB_HEALTH_DOWN, 0);
  lb_backend_set_health (lb_pool_get_backend (pool, 3), LB_HEALTH_DOWN, 0);
  lb_backend_set_backup (lb_pool_get_backend (pool, 4), TRUE);
  lb_load_set_reported (lb_backend_get_load (lb_pool_get_backend (pool, 5)), 0.25);
  lb_backend_set_left_out (lb_pool_get_backend (pool, 6), TRUE, 0);

  snapshot = take (pool);
  root = parse (snapshot);
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      JsonObject *server = get_server (root, i);

      if (reasons[i] != NULL)
        g_assert_cmpstr (json_object_get_string_member (server, "not_used_because"), ==, reasons[i]);
      else
        g_assert_true (json_object_get_null_member (server, "not_used_because"));
    }
  g_assert_true (json_object_get_boolean_member (get_server (root, 4), "backup"));
  assert_number (get_server (root, 5), "reported_load", 0.25);
}

static void
test_traffic (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (0);
  g_autoptr (JsonObject) root = NULL;
  JsonObject *rejected;

  snapshot->redirects_per_s_max = 1234.56789;
  snapshot->traffic = (LbTraffic){
    .connections = 7,
    .max_connections = 1000,
    .connections_total = G_MAXUINT32 + G_GUINT64_CONSTANT (1),
    .rejected = { 1, 2, 3, 4, 5, 6 },
    .paused = TRUE,
  };

  root = parse (snapshot);
  assert_number (root, "redirects_per_s_max", 1234.568);
  g_assert_cmpint (json_object_get_int_member (root, "connections"), ==, 7);
  g_assert_cmpint (json_object_get_int_member (root, "max_connections"), ==, 1000);
  g_assert_cmpint (json_object_get_int_member (root, "connections_total"), ==, 4294967296);

  rejected = json_object_get_object_member (root, "rejected");
  assert_keys (rejected, "malformed too_large timeout no_backend busy paused");
  g_assert_cmpint (json_object_get_int_member (rejected, "malformed"), ==, 1);
  g_assert_cmpint (json_object_get_int_member (rejected, "no_backend"), ==, 4);
  g_assert_cmpint (json_object_get_int_member (rejected, "busy"), ==, 5);
  g_assert_cmpint (json_object_get_int_member (rejected, "paused"), ==, 6);
  g_assert_true (json_object_get_boolean_member (root, "paused"));
}

static void
test_proxied (void)
{
  const guint64 counts[LB_N_PROXY_COUNTS] = { 100, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
  g_autoptr (LbPool) pool = lb_pool_new ();
  LbBackend *one = add_backend (pool, "http://127.0.0.1:9001");
  LbBackend *two = add_backend (pool, "http://127.0.0.1:9002");
  LbProxyRecord *record = lb_backend_get_proxied (one);
  g_autoptr (LbSnapshot) snapshot = NULL;
  g_autoptr (JsonObject) root = NULL;
  JsonObject *proxied;

  lb_pool_count_proxied (pool, one, counts, 0);
  lb_pool_count_proxied (pool, two, counts, 0);
  record->known = TRUE;
  record->queued = 17;
  record->total_us = 56000;

  snapshot = take (pool);
  snapshot->traffic.measured = TRUE;
  root = parse (snapshot);
  g_assert_cmpint (json_object_get_int_member (root, "redirects"), ==, 200);
  g_assert_true (json_object_get_null_member (get_server (root, 1), "proxied"));

  proxied = json_object_get_object_member (get_server (root, 0), "proxied");
  assert_keys (proxied, "queued response_time_ms total_time_ms requests responses retries redispatches "
                        "connection_errors response_errors");
  g_assert_cmpint (json_object_get_int_member (proxied, "queued"), ==, 17);
  g_assert_true (json_object_get_null_member (proxied, "response_time_ms"));
  assert_number (proxied, "total_time_ms", 56.0);
  g_assert_cmpint (json_object_get_int_member (proxied, "requests"), ==, 100);
  g_assert_cmpint (json_object_get_int_member (proxied, "retries"), ==, 6);
  g_assert_cmpint (json_object_get_int_member (proxied, "response_errors"), ==, 9);

  proxied = json_object_get_object_member (root, "proxied");
  assert_keys (proxied, "requests responses retries redispatches connection_errors response_errors");
  g_assert_cmpint (json_object_get_int_member (proxied, "redispatches"), ==, 14);
  proxied = json_object_get_object_member (proxied, "responses");
  assert_keys (proxied, "1xx 2xx 3xx 4xx 5xx");
  g_assert_cmpint (json_object_get_int_member (proxied, "1xx"), ==, 2);
  g_assert_cmpint (json_object_get_int_member (proxied, "5xx"), ==, 10);
}

static void
test_nodes (void)
{
  static const char *const foreign[] = { "127.0.0.1:9001 is drain, not ready", NULL };
  g_autoptr (LbPool) pool = lb_pool_new ();
  g_autoptr (GPtrArray) nodes = lb_node_snapshot_new_list ();
  LbNodeSnapshot *node = lb_node_snapshot_new ("10.0.0.2:9999", "10.0.0.2:9999", 2);
  g_autoptr (LbSnapshot) snapshot = NULL;
  g_autoptr (JsonObject) root = NULL;
  JsonArray *array;
  JsonObject *object;

  add_backend (pool, "http://127.0.0.1:9001");
  add_backend (pool, "http://127.0.0.1:9002");
  node->state = LB_NODE_GONE;
  node->error = g_strdup ("refused");
  g_strfreev (node->foreign);
  node->foreign = g_strdupv ((char **) foreign);
  node->backends[1] = (LbNodeFigures){ .known = TRUE, .health = LB_HEALTH_UP, .in_flight = 3, .queued = 4,
                                       .requests = 5, .requests_per_s = 1.5, .response_us = 2500 };
  g_ptr_array_add (nodes, node);

  snapshot = take (pool);
  lb_snapshot_fill_nodes (snapshot, nodes);
  root = parse (snapshot);
  array = json_object_get_array_member (root, "nodes");
  g_assert_cmpuint (json_array_get_length (array), ==, 1);
  object = json_array_get_object_element (array, 0);
  assert_keys (object, "address state since error version foreign servers");
  g_assert_cmpstr (json_object_get_string_member (object, "address"), ==, "10.0.0.2:9999");
  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "gone");
  g_assert_cmpstr (json_object_get_string_member (object, "error"), ==, "refused");
  g_assert_true (json_object_get_null_member (object, "version"));
  g_assert_cmpstr (json_array_get_string_element (json_object_get_array_member (object, "foreign"), 0), ==,
                   foreign[0]);

  /* The other one it does not have. */
  array = json_object_get_array_member (object, "servers");
  g_assert_cmpuint (json_array_get_length (array), ==, 1);
  object = json_array_get_object_element (array, 0);
  assert_keys (object, "url health in_flight queued requests requests_per_s response_time_ms");
  g_assert_cmpstr (json_object_get_string_member (object, "url"), ==, "http://127.0.0.1:9002");
  g_assert_cmpint (json_object_get_int_member (object, "queued"), ==, 4);
  assert_number (object, "requests_per_s", 1.5);
  assert_number (object, "response_time_ms", 2.5);
}

static void
test_history_of_a_backend (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (2);
  g_autoptr (JsonObject) root = NULL;
  LbBackendFigures *figures = &snapshot->backends[1];
  JsonObject *server;

  figures->redirects_per_s = 12.34567;
  figures->redirects_per_s_max = 98.7;
  figures->health_since_us = NOW_US + 999999;
  figures->times_down = 3;
  figures->down_us = 61500000;
  figures->probes[LB_PROBE_OK] = 100;
  figures->probes[LB_PROBE_TIMEOUT] = 2;
  figures->probes[LB_PROBE_FAILED] = 1;

  root = parse (snapshot);
  server = get_server (root, 1);
  assert_number (server, "redirects_per_s", 12.346);
  assert_number (server, "redirects_per_s_max", 98.7);
  g_assert_cmpstr (json_object_get_string_member (server, "health_since"), ==,
                   "2026-11-22T08:00:00Z");
  g_assert_cmpint (json_object_get_int_member (server, "times_down"), ==, 3);
  assert_number (server, "down_s", 61.5);
  g_assert_cmpint (json_object_get_int_member (server, "probes"), ==, 103);
  g_assert_cmpint (json_object_get_int_member (server, "probes_failed"), ==, 3);
}

/* JSON has no word for these; a client that reads them must not fail. */
static void
test_never_nan (void)
{
  g_autoptr (LbPool) pool = lb_pool_new ();
  g_autoptr (LbSnapshot) snapshot = NULL;
  g_autoptr (JsonObject) root = NULL;
  JsonObject *server;

  add_backend (pool, "http://127.0.0.1:9001");
  snapshot = take (pool);
  snapshot->redirects_per_s = (double) INFINITY;
  snapshot->backends[0].share = (double) NAN;
  snapshot->backends[0].redirects = G_MAXUINT64;
  snapshot->backends[0].latency.n_samples = 1;
  snapshot->backends[0].latency.mean_us = (double) NAN;

  root = parse (snapshot);
  server = get_server (root, 0);
  g_assert_true (json_object_get_null_member (root, "redirects_per_s"));
  g_assert_true (json_object_get_null_member (server, "share"));
  g_assert_true (json_object_get_null_member (
      json_object_get_object_member (server, "response_times_ms"), "mean"));
  g_assert_cmpint (json_object_get_int_member (server, "redirects"), ==, G_MAXINT64);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/json/head", test_head);
  g_test_add_func ("/stats/json/not-probed-yet", test_not_probed_yet);
  g_test_add_func ("/stats/json/probed", test_probed);
  g_test_add_func ("/stats/json/not-used-because", test_not_used);
  g_test_add_func ("/stats/json/traffic", test_traffic);
  g_test_add_func ("/stats/json/proxied", test_proxied);
  g_test_add_func ("/stats/json/nodes", test_nodes);
  g_test_add_func ("/stats/json/history-of-a-backend", test_history_of_a_backend);
  g_test_add_func ("/stats/json/never-nan", test_never_nan);

  return g_test_run ();
}
