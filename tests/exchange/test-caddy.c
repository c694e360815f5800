/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <json-glib/json-glib.h>

#include "exchange-fixture.h"

static void
test_read_proxies (void)
{
  g_autoptr (LbExchangeImport) import = exchange_read_sample ("caddy.json");
  LbExchangePool *pool = exchange_pool (import, 0);

  g_assert_cmpstr (import->format->id, ==, "caddy");
  g_assert_cmpuint (import->pools->len, ==, 2);
  g_assert_cmpstr (pool->name, ==, "wiki/routes/0/handle/0/routes/0/handle/1");
  g_assert_cmpstr (exchange_pool (import, 1)->name, ==, "files");
  g_assert_cmpstr (pool->policy, ==, "round-robin");

  g_assert_cmpuint (pool->backends->len, ==, 2);
  exchange_assert_url (pool, 0, "http://10.1.0.1:8080/wiki");
  g_assert_cmpuint (lb_backend_get_weight (exchange_backend (pool, 0)), ==, 2);
  exchange_assert_url (pool, 1, "http://10.1.0.2:8080/wiki");

  exchange_assert_note (pool->notes, "“max_requests”");
  exchange_assert_note (pool->notes, "“try_duration”");
  exchange_assert_note (pool->notes, "“passive”");
  exchange_assert_note (pool->notes, "no URL leads to the address “unix//run/wiki.sock”");
}

static void
test_read_checks (void)
{
  g_autoptr (LbExchangeImport) import = exchange_read_sample ("caddy.json");
  g_auto (LbProbeSettings) probe = { 0 };

  exchange_get_probe (exchange_pool (import, 0), 0, &probe);
  g_assert_cmpstr (probe.path, ==, "/up?full=1");
  g_assert_cmpstr (probe.url, ==, "http://10.1.0.1:9090");
  g_assert_cmpuint (probe.interval_ms, ==, 90000);
  g_assert_cmpuint (probe.fast_interval_ms, ==, 90000);
  g_assert_cmpuint (probe.timeout_ms, ==, 1500);
  g_assert_cmpstr (probe.host, ==, "wiki.example");
  g_assert_cmpstr (probe.headers[0], ==, "X-Check: 1");
  g_assert_cmpstr (probe.headers[1], ==, "X-Check: 2");
  g_assert_cmpstr (probe.expected_status, ==, "200-299");
  g_assert_cmpstr (probe.expected_body, ==, "ready.");

  /* Nothing is said of checks here, but TLS is spoken. */
  exchange_assert_url (exchange_pool (import, 1), 0, "https://[2001:db8::1]");
  exchange_get_probe (exchange_pool (import, 1), 0, &probe);
  g_assert_false (probe.verify_certificate);
  exchange_assert_note (exchange_pool (import, 1)->notes, "The server is not checked there.");
}

static LbExchangeImport *
read_proxy (const char *members,
            GError **error)
{
  g_autofree char *text = g_strdup_printf ("{\"handler\":\"reverse_proxy\",%s}", members);

  return exchange_import (NULL, text, error);
}

static void
test_read_policies (void)
{
  static const struct
  {
    const char *name;
    const char *policy;
    gboolean noted;
  } rows[] = {
    { "random", "random" },
    { "round_robin", "round-robin" },
    { "weighted_round_robin", "round-robin" },
    { "least_conn", "least-connections" },
    { "random_choose", "two-choices" },
    { "ip_hash", "source-hash" },
    { "client_ip_hash", "source-hash" },
    { "uri_hash", "path-hash", TRUE },
    { "first", NULL, TRUE },
    { "cookie", NULL, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup_printf (
        "\"upstreams\":[{\"dial\":\"a:1\"}],\"health_checks\":{\"active\":{}},"
        "\"load_balancing\":{\"selection_policy\":{\"policy\":\"%s\"}}",
        rows[i].name);
      g_autoptr (GError) error = NULL;
      g_autoptr (LbExchangeImport) import = read_proxy (text, &error);
      g_autofree char *notes = NULL;

      g_assert_no_error (error);
      notes = exchange_join_notes (exchange_pool (import, 0)->notes);
      g_assert_cmpstr (exchange_pool (import, 0)->policy, ==, rows[i].policy);
      g_assert_cmpint (*notes != '\0', ==, rows[i].noted);
    }
}

static void
test_read_weights (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LbExchangeImport) import = read_proxy (
    "\"upstreams\":[{\"dial\":\"a:1\"},{\"dial\":\"b:1\"},{\"dial\":\"c:1\"}],\"load_balancing\":"
    "{\"selection_policy\":{\"policy\":\"weighted_round_robin\",\"weights\":[5,0]}}",
    &error);
  LbExchangePool *pool;

  g_assert_no_error (error);
  pool = exchange_pool (import, 0);
  g_assert_cmpuint (lb_backend_get_weight (exchange_backend (pool, 0)), ==, 5);
  g_assert_cmpint (lb_backend_get_state (exchange_backend (pool, 1)), ==, LB_STATE_DRAIN);
  g_assert_cmpuint (lb_backend_get_weight (exchange_backend (pool, 2)), ==, 1);
}

/* A server that stands there twice has the sum of what it has, however much that is. */
static void
test_read_weights_twice (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LbExchangeImport) import = read_proxy (
    "\"upstreams\":[{\"dial\":\"a:1\"},{\"dial\":\"a:1\"},{\"dial\":\"b:1\"},{\"dial\":\"b:1\"}],"
    "\"load_balancing\":{\"selection_policy\":{\"policy\":\"weighted_round_robin\","
    "\"weights\":[5,6,1,9223372036854775807]}}",
    &error);
  LbExchangePool *pool;

  g_assert_no_error (error);
  pool = exchange_pool (import, 0);
  g_assert_cmpuint (lb_backend_get_weight (exchange_backend (pool, 0)), ==, 11);
  g_assert_cmpuint (lb_backend_get_weight (exchange_backend (pool, 1)), ==, LB_WEIGHT_MAX);
}

static void
test_read_what_cannot_be (void)
{
  static const struct
  {
    const char *members;
    const char *note; /* NULL if there is no backend left */
  } rows[] = {
    { "\"upstreams\":[{\"dial\":\"{env.HOST}:80\"}]", NULL },
    { "\"upstreams\":[{\"dial\":\"a\"}]", NULL },
    { "\"upstreams\":[{\"dial\":7},8,null]", NULL },
    { "\"upstreams\":{\"dial\":\"a:1\"}", NULL },
    { "\"upstreams\":[{\"dial\":\"a:1\"}],\"transport\":{\"protocol\":\"fastcgi\"}", NULL },
    { "\"upstreams\":[{\"dial\":\":1\"}],\"dynamic_upstreams\":{}", "“dynamic_upstreams”" },
    { "\"upstreams\":[{\"dial\":\"a:1\"}],\"headers\":{\"response\":{}}", "“headers”" },
    { "\"upstreams\":[{\"dial\":\"a:1\"}],\"health_checks\":{\"active\":{\"interval\":\"soon\"}}",
      "“interval”" },
    { "\"upstreams\":[{\"dial\":\"a:1\"}],\"health_checks\":{\"active\":{\"expect_body\":\"^a\"}}",
      "“^a” is a pattern" },
    { "\"upstreams\":[{\"dial\":\"a:1\"}],\"health_checks\":{\"active\":{\"uri\":\"x\"}}",
      "The probes’ path is not taken over" },
    { "\"upstreams\":[{\"dial\":\"a:1\"}],\"health_checks\":{\"active\":{\"expect_status\":42}}",
      "The probes’ expected_status is not taken over" },
    { "\"upstreams\":[{\"dial\":\"a:1\"}],\"health_checks\":{\"active\":{\"fails\":500}}",
      "500 becomes 100" },
    { "\"upstreams\":[{\"dial\":\"a:1\"}],\"transport\":{\"tls\":{\"server_name\":\"b\"}}",
      "“server_name”" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LbExchangeImport) import = read_proxy (rows[i].members, &error);

      if (rows[i].note == NULL)
        g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY);
      else
        {
          g_assert_no_error (error);
          exchange_assert_note (exchange_pool (import, 0)->notes, rows[i].note);
        }
    }
}

/* The handler in what was written. */
static JsonObject *
get_proxy (JsonNode *root,
           guint place)
{
  JsonObject *object = json_node_get_object (root);

  object = json_object_get_object_member (object, "apps");
  object = json_object_get_object_member (object, "http");
  object = json_object_get_object_member (object, "servers");
  object = json_object_get_object_member (object, "test");
  object = json_array_get_object_element (json_object_get_array_member (object, "routes"), 0);

  return json_array_get_object_element (json_object_get_array_member (object, "handle"), place);
}

static void
test_write (void)
{
  g_autoptr (LbExchangePool) pool = exchange_new_pool ("random");
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autofree char *text = NULL;
  g_autoptr (JsonNode) root = NULL;
  JsonObject *proxy, *active;
  JsonArray *upstreams;

  lb_backend_set_weight (exchange_add (pool, "https://a.example/app"), 2, NULL);
  lb_backend_set_weight (exchange_add (pool, "https://b.example:8443/app"), 4, NULL);
  lb_backend_set_backup (exchange_add (pool, "https://c.example/app"), TRUE);
  lb_backend_set_state (exchange_add (pool, "https://d.example/app"), LB_STATE_MAINT);
  pool->probe.expected_body = g_strdup ("a.b");

  text = exchange_write ("caddy", pool, notes);
  root = json_from_string (text, NULL);
  g_assert_cmpstr (json_object_get_string_member (get_proxy (root, 0), "uri"), ==,
                   "/app{http.request.uri}");

  proxy = get_proxy (root, 1);
  upstreams = json_object_get_array_member (proxy, "upstreams");
  g_assert_cmpuint (json_array_get_length (upstreams), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (upstreams, 0),
                                                  "dial"),
                   ==, "a.example:443");
  g_assert_cmpstr (json_object_get_string_member (json_array_get_object_element (upstreams, 2),
                                                  "dial"),
                   ==, "b.example:8443");
  g_assert_true (json_object_has_member (json_object_get_object_member (proxy, "transport"), "tls"));

  active = json_object_get_object_member (json_object_get_object_member (proxy, "health_checks"),
                                          "active");
  g_assert_cmpstr (json_object_get_string_member (active, "uri"), ==, "/app");
  g_assert_cmpstr (json_object_get_string_member (active, "interval"), ==, "1s");
  g_assert_cmpstr (json_object_get_string_member (active, "expect_body"), ==, "a\\.b");
  g_assert_false (json_object_has_member (active, "expect_status"));

  exchange_assert_note (notes, "https://c.example/app is left out, since Caddy has no backups.");
  exchange_assert_note (notes, "no backends in the state “maint”");
  exchange_assert_note (notes, "settings of the probes: fast_interval_ms, jitter, rise, fall.");
}

static void
test_write_weights (void)
{
  g_autoptr (LbExchangePool) pool = exchange_new_pool ("least-connections");
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autoptr (LbExchangeNotes) more_notes = lb_exchange_notes_new ();
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  exchange_add (pool, "http://a.example");
  lb_backend_set_weight (exchange_add (pool, "http://b.example"), 256, NULL);
  one = exchange_write ("caddy", pool, notes);
  exchange_assert_note (notes, "Caddy gets no weights: it has none with this policy.");

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://c%u.example", i);

      lb_backend_set_weight (exchange_add (pool, url), 255, NULL);
    }
  lb_exchange_pool_set_policy (pool, "random");
  two = exchange_write ("caddy", pool, more_notes);
  exchange_assert_note (more_notes, "Caddy gets no weights: there is no short way to write them.");
}

static void
test_write_without_checks (void)
{
  g_autoptr (LbExchangePool) pool = exchange_new_pool ("path-hash");
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autofree char *text = NULL;

  exchange_add (pool, "http://a.example");
  pool->probe.tcp_only = TRUE;
  text = exchange_write ("caddy", pool, notes);
  g_assert_null (strstr (text, "health_checks"));
  exchange_assert_note (notes, "tcp_only");
  exchange_assert_note (notes, "looks at the path with its query");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/caddy/read/proxies", test_read_proxies);
  g_test_add_func ("/exchange/caddy/read/checks", test_read_checks);
  g_test_add_func ("/exchange/caddy/read/policies", test_read_policies);
  g_test_add_func ("/exchange/caddy/read/weights", test_read_weights);
  g_test_add_func ("/exchange/caddy/read/weights-twice", test_read_weights_twice);
  g_test_add_func ("/exchange/caddy/read/what-cannot-be", test_read_what_cannot_be);
  g_test_add_func ("/exchange/caddy/write/all", test_write);
  g_test_add_func ("/exchange/caddy/write/weights", test_write_weights);
  g_test_add_func ("/exchange/caddy/write/without-checks", test_write_without_checks);

  return g_test_run ();
}
