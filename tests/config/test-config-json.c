/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <string.h>

#include "config/lb-config-json.h"

/* The group of the probes' settings as it is written. */
#define PROBE(interval, timeout, jitter) PROBE_AND ("", interval, timeout, jitter)
#define PROBE_AND(more, interval, timeout, jitter) \
  "  \"probe\": {\n" \
  more \
  "    \"interval_ms\": " interval ",\n" \
  "    \"fast_interval_ms\": 250,\n" \
  "    \"down_interval_ms\": 0,\n" \
  "    \"timeout_ms\": " timeout ",\n" \
  "    \"jitter\": " jitter ",\n" \
  "    \"rise\": 2,\n" \
  "    \"fall\": 3,\n" \
  "    \"slow_start_ms\": 0,\n" \
  "    \"tcp_only\": false,\n" \
  "    \"verify_certificate\": true,\n" \
  "    \"method\": \"GET\",\n" \
  "    \"path\": null,\n" \
  "    \"host\": null,\n" \
  "    \"headers\": [],\n" \
  "    \"expected_status\": \"200-399\",\n" \
  "    \"expected_body\": null\n" \
  "  }"

/* The group of the proxy's settings as it is written. */
#define PROXY \
  "  \"proxy\": {\n" \
  "    \"certificate\": null,\n" \
  "    \"http2\": true,\n" \
  "    \"x_forwarded_for\": true,\n" \
  "    \"forwarded\": true,\n" \
  "    \"trust_forwarded\": false,\n" \
  "    \"cookie\": null,\n" \
  "    \"connect_timeout_ms\": 5000,\n" \
  "    \"client_timeout_ms\": 30000,\n" \
  "    \"server_timeout_ms\": 30000,\n" \
  "    \"queue_timeout_ms\": 10000,\n" \
  "    \"tunnel_timeout_ms\": 3600000,\n" \
  "    \"retries\": 3,\n" \
  "    \"redispatch\": true,\n" \
  "    \"max_connections_per_backend\": 0,\n" \
  "    \"compression\": false\n" \
  "  }"

static const char *const full =
  "{\n"
  "  \"version\": 1,\n"
  "  \"listen\": [\"127.0.0.1\", \"::1\"],\n"
  "  \"port\": 8080,\n"
  "  \"stats_port\": 8081,\n"
  "  \"agent_port\": 8082,\n"
  "  \"max_connections\": 200,\n"
  "  \"max_connections_per_client\": 20,\n"
  "  \"redirect_status\": 308,\n"
  "  \"cors_origin\": \"http://127.0.0.1:5500\",\n"
  "  \"engine\": \"haproxy\",\n"
  "  \"policy\": \"smooth\",\n"
  "  \"panic_share\": 0.0,\n"
  PROBE ("500", "1500", "0.2") ",\n"
  PROXY ",\n"
  "  \"backends\": [\n"
  "    {\"url\": \"http://127.0.0.1:9001\", \"weight\": 1, \"state\": \"ready\"},\n"
  "    {\"url\": \"https://example.org/base\", \"weight\": 256, \"state\": \"drain\"},\n"
  "    {\"url\": \"http://[::1]:9003\", \"weight\": 7, \"state\": \"maint\"}\n"
  "  ]\n"
  "}\n";

/* Reads a text of which nothing must be wrong, or n_problems things. */
static LbConfig *
read_config_over (const char *text,
                  const LbConfig *base,
                  GPtrArray **problems,
                  guint n_problems)
{
  g_autoptr (GPtrArray) found = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;
  LbConfig *config = lb_config_from_json (text, strlen (text), base, found, &error);

  g_assert_no_error (error);
  g_assert_nonnull (config);
  for (guint i = 0; i < found->len; i++)
    g_test_message ("%s", (char *) found->pdata[i]);
  g_assert_cmpuint (found->len, ==, n_problems);
  if (problems != NULL)
    *problems = g_steal_pointer (&found);

  return config;
}

static LbConfig *
read_config (const char *text,
             GPtrArray **problems,
             guint n_problems)
{
  return read_config_over (text, NULL, problems, n_problems);
}

static void
assert_text (const LbConfig *config,
             const char *expected)
{
  gsize length;
  g_autofree char *text = lb_config_to_json (config, &length);

  g_assert_cmpstr (text, ==, expected);
  g_assert_cmpuint (length, ==, strlen (expected));
}

static void
assert_contains (const char *text,
                 const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("“%s” is not in “%s”", part, text);
}

static void
assert_writes (const LbConfig *config,
               const char *part)
{
  g_autofree char *text = lb_config_to_json (config, NULL);

  assert_contains (text, part);
}

static void
test_writes_defaults (void)
{
  g_autoptr (LbConfig) config = lb_config_new ();

  assert_text (config,
               "{\n"
               "  \"version\": 1,\n"
               "  \"listen\": [\"localhost\"],\n"
               "  \"port\": 5000,\n"
               "  \"stats_port\": 0,\n"
               "  \"agent_port\": 0,\n"
               "  \"max_connections\": 0,\n"
               "  \"max_connections_per_client\": 0,\n"
               "  \"redirect_status\": 307,\n"
               "  \"cors_origin\": \"*\",\n"
               "  \"engine\": \"redirect\",\n"
               "  \"policy\": \"random\",\n"
               "  \"panic_share\": 0.0,\n"
               PROBE ("1000", "2000", "0.1") ",\n"
               PROXY ",\n"
               "  \"backends\": []\n"
               "}\n");
}

static void
test_reads_everything (void)
{
  g_autoptr (LbConfig) config = read_config (full, NULL, 0);
  const char *const listen[] = { "127.0.0.1", "::1", NULL };
  LbBackend *backend;

  g_assert_cmpstrv (config->listen, listen);
  g_assert_cmpuint (config->port, ==, 8080);
  g_assert_cmpuint (config->stats_port, ==, 8081);
  g_assert_cmpuint (config->agent_port, ==, 8082);
  g_assert_cmpuint (config->redirect_status, ==, 308);
  g_assert_cmpstr (config->cors_origin, ==, "http://127.0.0.1:5500");
  g_assert_cmpstr (config->policy, ==, "smooth");
  g_assert_cmpstr (config->engine, ==, "haproxy");
  g_assert_cmpuint (config->probe.interval_ms, ==, 500);
  g_assert_cmpuint (config->probe.timeout_ms, ==, 1500);
  g_assert_cmpfloat (config->probe.jitter, ==, 0.2);
  g_assert_cmpuint (config->backends->len, ==, 3);

  backend = config->backends->pdata[1];
  g_assert_cmpstr (lb_backend_get_url (backend), ==, "https://example.org/base");
  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 256);
  g_assert_cmpint (lb_backend_get_state (backend), ==, LB_STATE_DRAIN);
  backend = config->backends->pdata[2];
  g_assert_cmpint (lb_backend_get_state (backend), ==, LB_STATE_MAINT);

  assert_text (config, full);
}

static void
test_absent_settings_have_defaults (void)
{
  g_autoptr (LbConfig) config = read_config ("{\"backends\": [{\"url\": \"http://a\"}]}", NULL, 0);
  LbBackend *backend = config->backends->pdata[0];

  g_assert_cmpuint (config->port, ==, 5000);
  g_assert_cmpuint (lb_backend_get_weight (backend), ==, 1);
  g_assert_cmpint (lb_backend_get_state (backend), ==, LB_STATE_READY);
}

static void
test_writes_changes (void)
{
  g_autoptr (LbConfig) config = read_config (full, NULL, 0);
  const char *const listen[] = { "0.0.0.0", NULL };

  config->port = 80;
  config->redirect_status = 302;
  g_free (config->cors_origin);
  config->cors_origin = g_strdup ("http://[::1]:1");
  config->probe.jitter = 0.25;
  g_strfreev (config->listen);
  config->listen = g_strdupv ((char **) listen);
  g_ptr_array_remove_index (config->backends, 0);
  lb_backend_set_weight (config->backends->pdata[0], 3, NULL);
  lb_backend_set_state (config->backends->pdata[0], LB_STATE_MAINT);
  g_ptr_array_add (config->backends, lb_backend_new ("http://new", NULL));

  assert_text (config,
               "{\n"
               "  \"version\": 1,\n"
               "  \"listen\": [\"0.0.0.0\"],\n"
               "  \"port\": 80,\n"
               "  \"stats_port\": 8081,\n"
               "  \"agent_port\": 8082,\n"
               "  \"max_connections\": 200,\n"
               "  \"max_connections_per_client\": 20,\n"
               "  \"redirect_status\": 302,\n"
               "  \"cors_origin\": \"http://[::1]:1\",\n"
               "  \"engine\": \"haproxy\",\n"
               "  \"policy\": \"smooth\",\n"
               "  \"panic_share\": 0.0,\n"
               PROBE ("500", "1500", "0.25") ",\n"
               PROXY ",\n"
               "  \"backends\": [\n"
               "    {\"url\": \"https://example.org/base\", \"weight\": 3, \"state\": \"maint\"},\n"
               "    {\"url\": \"http://[::1]:9003\", \"weight\": 7, \"state\": \"maint\"},\n"
               "    {\"url\": \"http://new\", \"weight\": 1, \"state\": \"ready\"}\n"
               "  ]\n"
               "}\n");
}

/* Keys that are not ours stay where they are, at every level, and so does the order. */
static void
test_keeps_unknown_keys (void)
{
  const char *text =
    "{\n"
    "  \"comment\": \"do not touch\",\n"
    "  \"backends\": [\n"
    "    {\"name\": \"one\", \"url\": \"http://a\", \"tags\": null, \"weight\": 1, \"state\": "
    "\"ready\"},\n"
    "    {\"url\": \"HTTP://B:80/\", \"weight\": 2, \"state\": \"ready\", \"since\": 1.5}\n"
    "  ],\n"
    PROBE_AND ("    \"note\": \"ours\",\n", "1000", "2000", "0") ",\n"
    PROXY ",\n"
    "  \"engine\": \"redirect\",\n"
    "  \"policy\": \"random\",\n"
    "  \"version\": 1,\n"
    "  \"port\": 5000,\n"
    "  \"stats_port\": 0,\n"
    "  \"agent_port\": 0,\n"
    "  \"max_connections\": 0,\n"
    "  \"max_connections_per_client\": 0,\n"
    "  \"listen\": [\"LOCALHOST\"],\n"
    "  \"future\": {\n"
    "    \"a\": [\n"
    "      {\"b\": true}\n"
    "    ]\n"
    "  },\n"
    "  \"redirect_status\": 307,\n"
    "  \"cors_origin\": \"*\",\n"
    "  \"panic_share\": 0\n"
    "}\n";
  g_autoptr (LbConfig) config = read_config (text, NULL, 0);

  g_assert_cmpstr (lb_backend_get_url (config->backends->pdata[1]), ==, "http://b");
  assert_text (config, text);

  /* Also from a copy, and for backends that are others with the same URL, in another order. */
  {
    g_autoptr (LbConfig) copy = lb_config_copy (config);

    g_ptr_array_set_size (copy->backends, 0);
    g_ptr_array_add (copy->backends, lb_backend_new ("http://b", NULL));
    g_ptr_array_add (copy->backends, lb_backend_new ("http://a", NULL));
    assert_writes (copy,
                   "    {\"url\": \"HTTP://B:80/\", \"weight\": 1, \"state\": \"ready\", \"since\": 1.5},\n"
                   "    {\"name\": \"one\", \"url\": \"http://a\", \"tags\": null, \"weight\": 1");
  }
}

static void
test_bad_settings_are_named_and_kept (void)
{
  static const struct
  {
    const char *setting;
    const char *in_problem;
  } cases[] = {
    { "\"version\": \"1\"", "“version”: \"1\" is not the number 1." },
    { "\"version\": 0", "“version”" },
    { "\"listen\": \"localhost\"", "“listen”: \"localhost\" is not a list" },
    { "\"listen\": []", "at least one address" },
    { "\"listen\": [5]", "5 is not an address" },
    { "\"nodes\": \"h:1\"", "“nodes”: \"h:1\" is not a list" },
    { "\"nodes\": [\"h\"]", "“h” is no address of a HAProxy" },
    { "\"nodes\": [\"/a\\nb\"]", "no control characters" },
    { "\"listen\": [\"*\"]", "“*” is not an address to listen on" },
    { "\"port\": 99999", "“port”: 99999 is not a whole number from 0 to 65535." },
    { "\"port\": -1", "“port”" },
    { "\"port\": 80.0", "“port”: 80.0 is not a whole number" },
    { "\"port\": \"80\"", "“port”: \"80\" is not a whole number" },
    { "\"port\": null", "“port”: null" },
    { "\"port\": true", "“port”: true" },
    { "\"port\": {}", "“port”: {}" },
    { "\"port\": 9223372036854775807", "“port”" },
    { "\"redirect_status\": 200", "200 is not a redirect status" },
    { "\"redirect_status\": 307.5", "307.5 is not a redirect status" },
    { "\"redirect_status\": \"307\"", "\"307\" is not a redirect status" },
    { "\"cors_origin\": 5", "“cors_origin”: 5 is not an origin in quotes." },
    { "\"cors_origin\": [\"*\"]", "“cors_origin”: [\"*\"] is not" },
    { "\"cors_origin\": \"http://a/b\"", "“http://a/b” is not an origin." },
    { "\"policy\": 1", "“policy”: 1 is not the name of a policy" },
    { "\"engine\": 1", "“engine”: 1 is not the name of an engine" },
    { "\"policy\": \"\"", "“policy”" },
    { "\"proxy\": 5", "“proxy”: 5 is not a group" },
    { "\"proxy\": {\"cookie\": \"a b\"}", "“proxy.cookie”: “a b” is no name for a cookie." },
    { "\"proxy\": {\"cookie\": 5}", "“proxy.cookie”: 5 is not a text in quotes." },
    { "\"proxy\": {\"certificate\": \"a.pem\"}", "“proxy.certificate”: “a.pem” is not the whole path" },
    { "\"proxy\": {\"http2\": 1}", "“proxy.http2”: 1 is neither true nor false." },
    { "\"proxy\": {\"retries\": -1}", "“proxy.retries”: -1 is not a whole number from 0 to 100." },
    { "\"proxy\": {\"connect_timeout_ms\": 0}", "“proxy.connect_timeout_ms”: 0 is not" },
    { "\"proxy\": {\"max_connections_per_backend\": \"9\"}", "“proxy.max_connections_per_backend”" },
    { "\"probe\": 5", "“probe”: 5 is not a group" },
    { "\"probe\": []", "“probe”" },
    { "\"probe\": {\"interval_ms\": 0}", "“probe.interval_ms”: 0 is not" },
    { "\"probe\": {\"timeout_ms\": 1e9}", "“probe.timeout_ms”" },
    { "\"probe\": {\"jitter\": 0.6}", "“probe.jitter”: 0.6 is not a number from 0 to 0.5." },
    { "\"probe\": {\"jitter\": \"0.1\"}", "“probe.jitter”" },
    { "\"probe\": {\"fast_interval_ms\": 99}", "“probe.fast_interval_ms”: 99 is not" },
    { "\"probe\": {\"rise\": 0}", "“probe.rise”: 0 is not a whole number from 1 to 100." },
    { "\"probe\": {\"fall\": 2.5}", "“probe.fall”: 2.5" },
    { "\"probe\": {\"tcp_only\": 1}", "“probe.tcp_only”: 1 is neither true nor false." },
    { "\"probe\": {\"verify_certificate\": null}", "“probe.verify_certificate”: null" },
    { "\"probe\": {\"method\": \"POST\"}", "“POST” is no method to probe with." },
    { "\"probe\": {\"method\": null}", "“probe.method”: null is not a text in quotes." },
    { "\"probe\": {\"path\": \"health\"}", "“probe.path”: “health” is no path." },
    { "\"probe\": {\"path\": 5}", "“probe.path”: 5 is not a text in quotes." },
    { "\"probe\": {\"host\": \"a b\"}", "“a b” is no host." },
    { "\"probe\": {\"headers\": \"X: y\"}", "“probe.headers”: \"X: y\" is not a list" },
    { "\"probe\": {\"headers\": [1]}", "“probe.headers”" },
    { "\"probe\": {\"headers\": [\"X: y\", \"Y\"]}", "“Y” is no header line." },
    { "\"probe\": {\"expected_status\": \"2xx\"}", "“2xx” names no statuses." },
    { "\"probe\": {\"expected_status\": 200}", "“probe.expected_status”: 200 is not a text" },
    { "\"probe\": {\"expected_body\": \"\"}", "“probe.expected_body”" },
    { "\"probe\": {\"url\": \"http://a\"}", "“probe.url”: It belongs into the “probe” of one" },
    { "\"agent_port\": -1", "“agent_port”: -1 is not a whole number from 0 to 65535." },
    { "\"stats_port\": 65536", "“stats_port”: 65536 is not a whole number from 0 to 65535." },
    { "\"max_connections\": -1", "“max_connections”: -1 is not a whole number from 0 to 1000000." },
    { "\"max_connections\": null", "“max_connections”" },
    { "\"panic_share\": 1.5", "“panic_share”: 1.5 is not a number from 0 to 1." },
    { "\"panic_share\": \"0\"", "“panic_share”" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf ("{%s}", cases[i].setting);
      g_autoptr (GPtrArray) problems = NULL;
      g_autoptr (LbConfig) config = read_config (text, &problems, 1);
      g_autoptr (LbConfig) defaults = lb_config_new ();
      g_autofree char *values = NULL;
      g_autofree char *default_values = NULL;

      assert_contains (problems->pdata[0], cases[i].in_problem);

      /* The text stays: in a group the other settings follow it, each on its line. */
      g_strdelimit (text, "}", '\0');
      if (strstr (cases[i].setting, "1e9") == NULL)
        assert_writes (config, strrchr (text, '{') + 1);

      /* Without the text everything is as by default. */
      g_clear_pointer (&config->rest, json_object_unref);
      values = lb_config_to_json (config, NULL);
      default_values = lb_config_to_json (defaults, NULL);
      g_assert_cmpstr (values, ==, default_values);
    }
}

/* What an edit makes unusable stays as it is at present; what it leaves out does not. */
static void
test_bad_settings_are_as_at_present (void)
{
  const char *const text =
    "{\n"
    "  \"version\": \"1\",\n"
    "  \"listen\": [\"*\"],\n"
    "  \"port\": \"38617\",\n"
    "  \"stats_port\": 65536,\n"
    "  \"agent_port\": 65536,\n"
    "  \"max_connections\": -1,\n"
    "  \"max_connections_per_client\": -1,\n"
    "  \"redirect_status\": 200,\n"
    "  \"cors_origin\": \"null\",\n"
    "  \"engine\": 5,\n"
    "  \"policy\": 5,\n"
    "  \"panic_share\": 0.0,\n"
    PROBE ("\"1 s\"", "300", "0.9") ",\n"
    PROXY ",\n"
    "  \"backends\": []\n"
    "}\n";
  const char *const listen[] = { "127.0.0.1", "::1", NULL };
  const char *const some[] = { "::1", NULL };
  g_autoptr (LbConfig) base = read_config (full, NULL, 0);
  g_autoptr (LbConfig) config = read_config_over (text, base, NULL, 13);

  g_assert_cmpstrv (config->listen, listen);
  g_assert_cmpuint (config->port, ==, 8080);
  g_assert_cmpuint (config->stats_port, ==, 8081);
  g_assert_cmpuint (config->max_connections, ==, 200);
  g_assert_cmpuint (config->max_connections_per_client, ==, 20);
  g_assert_cmpuint (config->redirect_status, ==, 308);
  g_assert_cmpstr (config->cors_origin, ==, "http://127.0.0.1:5500");
  g_assert_cmpstr (config->policy, ==, "smooth");
  g_assert_cmpuint (config->probe.interval_ms, ==, 500);
  g_assert_cmpuint (config->probe.timeout_ms, ==, 300);
  g_assert_cmpfloat (config->probe.jitter, ==, 0.2);
  g_assert_cmpuint (config->backends->len, ==, 0);

  /* The text stays, also from a copy, until there is another value. */
  assert_text (config, text);
  {
    g_autoptr (LbConfig) copy = lb_config_copy (config);

    assert_text (copy, text);
    copy->port = LB_CONFIG_DEFAULT_PORT;
    copy->probe.jitter = 0.25;
    assert_writes (copy, "\"port\": 5000,");
    assert_writes (copy, PROBE ("\"1 s\"", "300", "0.25"));
  }
  g_clear_pointer (&config, lb_config_free);

  config = read_config_over ("{\"probe\": 5, \"listen\": [\"::1\", \"*\"]}", base, NULL, 2);
  g_assert_cmpuint (config->port, ==, LB_CONFIG_DEFAULT_PORT);
  g_assert_cmpuint (config->probe.interval_ms, ==, 500);
  g_assert_cmpstrv (config->listen, some);
  assert_writes (config, "\"probe\": 5,");
  config->probe.interval_ms = 700;
  assert_writes (config, PROBE ("700", "1500", "0.2"));
}

static void
test_bad_setting_ends_with_a_change (void)
{
  g_autoptr (LbConfig) config = read_config ("{\"port\": 99999, \"probe\": 5}", NULL, 2);

  config->port = 80;
  config->probe.interval_ms = 3000;
  assert_writes (config, "\"port\": 80,");
  assert_writes (config, "\"probe\": {\n    \"interval_ms\": 3000");
}

static const char *const all_probe_settings =
  "{\n"
  "  \"version\": 1,\n"
  "  \"listen\": [\"localhost\"],\n"
  "  \"port\": 5000,\n"
  "  \"stats_port\": 0,\n"
  "  \"agent_port\": 0,\n"
  "  \"max_connections\": 0,\n"
  "  \"max_connections_per_client\": 0,\n"
  "  \"redirect_status\": 307,\n"
  "  \"cors_origin\": \"*\",\n"
  "  \"engine\": \"redirect\",\n"
  "  \"policy\": \"random\",\n"
  "  \"panic_share\": 0.5,\n"
  "  \"probe\": {\n"
  "    \"interval_ms\": 2000,\n"
  "    \"fast_interval_ms\": 100,\n"
  "    \"down_interval_ms\": 5000,\n"
  "    \"timeout_ms\": 300,\n"
  "    \"jitter\": 0.0,\n"
  "    \"rise\": 4,\n"
  "    \"fall\": 5,\n"
  "    \"slow_start_ms\": 30000,\n"
  "    \"tcp_only\": true,\n"
  "    \"verify_certificate\": false,\n"
  "    \"method\": \"HEAD\",\n"
  "    \"path\": \"/health?a=b\",\n"
  "    \"host\": \"example.org:81\",\n"
  "    \"headers\": [\"X-Probe: yes\", \"X-Other: \\\"\\\"\"],\n"
  "    \"expected_status\": \"200,204-299\",\n"
  "    \"expected_body\": \"all “OK”\"\n"
  "  },\n"
  PROXY ",\n"
  "  \"backends\": []\n"
  "}\n";

/* With a key that is not ours. */
static const char *const all_proxy_settings =
  "\"proxy\": {\n"
  "    \"certificate\": \"/etc/ssl/private/ours.pem\",\n"
  "    \"http2\": false,\n"
  "    \"x_forwarded_for\": false,\n"
  "    \"forwarded\": false,\n"
  "    \"trust_forwarded\": true,\n"
  "    \"note\": [1, 2],\n"
  "    \"cookie\": \"SERVER-ID_1\",\n"
  "    \"connect_timeout_ms\": 10,\n"
  "    \"client_timeout_ms\": 20,\n"
  "    \"server_timeout_ms\": 30,\n"
  "    \"queue_timeout_ms\": 40,\n"
  "    \"tunnel_timeout_ms\": 86400000,\n"
  "    \"retries\": 0,\n"
  "    \"redispatch\": false,\n"
  "    \"max_connections_per_backend\": 8,\n"
  "    \"compression\": true\n"
  "  }";

static void
test_reads_all_proxy_settings (void)
{
  g_autofree char *text = g_strdup_printf ("{%s}", all_proxy_settings);
  g_autoptr (LbConfig) config = read_config (text, NULL, 0);
  g_autoptr (LbConfig) copy = lb_config_copy (config);
  g_auto (LbProxySettings) defaults = { 0 };
  guint n;
  const LbSetting *settings = lb_proxy_settings_list (&n);

  lb_proxy_settings_init (&defaults);
  for (guint i = 0; i < n; i++)
    if (lb_setting_equal (&settings[i], &config->proxy, &defaults))
      g_error ("%s is not read", settings[i].name);

  g_assert_true (lb_proxy_settings_equal (&config->proxy, &copy->proxy));
  assert_writes (config, all_proxy_settings);
  assert_writes (copy, all_proxy_settings);
}

/* One that is wrong stays as it was, and stays in the file. */
static void
test_a_bad_proxy_setting_changes_nothing (void)
{
  g_autoptr (LbConfig) base = read_config ("{\"proxy\": {\"cookie\": \"A\", \"retries\": 7}}", NULL, 0);
  g_autoptr (LbConfig) config = NULL;

  config = read_config_over ("{\"proxy\": {\"cookie\": \"\", \"retries\": 5}}", base, NULL, 1);
  g_assert_cmpstr (config->proxy.cookie, ==, "A");
  g_assert_cmpuint (config->proxy.retries, ==, 5);
  assert_writes (config, "\"cookie\": \"\",");
  g_clear_pointer (&config, lb_config_free);

  config = read_config_over ("{\"proxy\": []}", base, NULL, 1);
  g_assert_true (lb_proxy_settings_equal (&config->proxy, &base->proxy));
  assert_writes (config, "\"proxy\": []");
}

static void
test_reads_all_probe_settings (void)
{
  g_autoptr (LbConfig) config = read_config (all_probe_settings, NULL, 0);
  g_autoptr (LbConfig) copy = NULL;
  const char *const headers[] = { "X-Probe: yes", "X-Other: \"\"", NULL };

  g_assert_cmpfloat (config->panic_share, ==, 0.5);
  g_assert_cmpuint (config->probe.interval_ms, ==, 2000);
  g_assert_cmpuint (config->probe.fast_interval_ms, ==, 100);
  g_assert_cmpuint (config->probe.down_interval_ms, ==, 5000);
  g_assert_cmpuint (config->probe.timeout_ms, ==, 300);
  g_assert_cmpfloat (config->probe.jitter, ==, 0);
  g_assert_cmpuint (config->probe.rise, ==, 4);
  g_assert_cmpuint (config->probe.fall, ==, 5);
  g_assert_cmpuint (config->probe.slow_start_ms, ==, 30000);
  g_assert_true (config->probe.tcp_only);
  g_assert_false (config->probe.verify_certificate);
  g_assert_cmpstr (config->probe.method, ==, "HEAD");
  g_assert_cmpstr (config->probe.path, ==, "/health?a=b");
  g_assert_cmpstr (config->probe.host, ==, "example.org:81");
  g_assert_cmpstrv (config->probe.headers, headers);
  g_assert_cmpstr (config->probe.expected_status, ==, "200,204-299");
  g_assert_cmpstr (config->probe.expected_body, ==, "all “OK”");

  assert_text (config, all_probe_settings);
  g_clear_pointer (&config->rest, json_object_unref);
  assert_text (config, all_probe_settings);
  copy = lb_config_copy (config);
  assert_text (copy, all_probe_settings);
}

/* Only what is different for one backend stands in its entry. */
static void
test_exceptions (void)
{
  g_autoptr (LbConfig) config = read_config (
    "{\"backends\": [{\"url\": \"http://a\", \"weight\": 1, \"state\": \"ready\"},\n"
    "{\"url\": \"http://b\", \"backup\": true, \"probe\": {\"url\": \"http://c/health\","
    " \"note\": 1, \"path\": null, \"fall\": 1}}]}",
    NULL, 0);
  LbBackend *plain = config->backends->pdata[0];
  LbBackend *backend = config->backends->pdata[1];
  const LbProbeExceptions *exceptions = lb_backend_get_exceptions (backend);
  g_auto (LbProbeExceptions) changed = { 0 };
  guint32 url, path, fall, headers;

  lb_probe_field_find ("url", &url);
  lb_probe_field_find ("path", &path);
  lb_probe_field_find ("fall", &fall);
  lb_probe_field_find ("headers", &headers);

  g_assert_false (lb_backend_get_backup (plain));
  g_assert_cmpuint (lb_backend_get_exceptions (plain)->set, ==, 0);
  g_assert_true (lb_backend_get_backup (backend));
  g_assert_cmpuint (exceptions->set, ==, url | path | fall);
  g_assert_cmpstr (exceptions->values.url, ==, "http://c/health");
  g_assert_null (exceptions->values.path);
  g_assert_cmpuint (exceptions->values.fall, ==, 1);
  assert_writes (config, "    {\"url\": \"http://a\", \"weight\": 1, \"state\": \"ready\"},\n");
  assert_writes (config, "      \"probe\": {\"url\": \"http://c/health\", \"note\": 1, "
                         "\"path\": null, \"fall\": 1}");
  assert_writes (config, "      \"backup\": true,\n");

  /* Others come and go; what is not ours stays. */
  lb_probe_exceptions_copy (&changed, exceptions);
  changed.set = fall | headers;
  changed.values.headers = g_strsplit ("A: b", "|", -1);
  lb_backend_set_exceptions (backend, &changed);
  lb_backend_set_exceptions (plain, &changed);
  lb_backend_set_backup (backend, FALSE);
  lb_backend_set_backup (plain, TRUE);
  assert_writes (config, "      \"probe\": {\n"
                         "        \"note\": 1,\n"
                         "        \"fall\": 1,\n"
                         "        \"headers\": [\"A: b\"]\n"
                         "      }");
  assert_writes (config, "      \"backup\": true,\n"
                         "      \"probe\": {\n"
                         "        \"fall\": 1,\n");

  lb_backend_set_exceptions (backend, NULL);
  lb_backend_set_exceptions (plain, NULL);
  lb_backend_set_backup (plain, FALSE);
  assert_writes (config, "    {\"url\": \"http://a\", \"weight\": 1, \"state\": \"ready\"},\n");
  assert_writes (config, "\"probe\": {\"note\": 1}");
}

static void
test_bad_exceptions_are_named_and_kept (void)
{
  static const struct
  {
    const char *setting;
    const char *in_problem;
  } cases[] = {
    { "\"backup\": 1", "“backup”: 1 is neither true nor false." },
    { "\"probe\": 5", "“probe”: 5 is not a group of settings in braces." },
    { "\"probe\": null", "“probe”: null is not a group" },
    { "\"probe\": {\"rise\": 0}", "“probe.rise”: 0 is not a whole number from 1 to 100." },
    { "\"probe\": {\"rise\": null}", "“probe.rise”: null" },
    { "\"probe\": {\"url\": \"ftp://a\"}", "“probe.url”: A backend cannot be reached by “ftp”." },
    { "\"probe\": {\"headers\": null}", "“probe.headers”: null is not a list" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *entry =
        g_strdup_printf ("{\"url\": \"http://a\", %s}", cases[i].setting);
      g_autofree char *text = g_strdup_printf ("{\"backends\": [%s, {\"url\": \"http://b\"}]}", entry);
      g_autoptr (GPtrArray) problems = NULL;
      g_autoptr (LbConfig) config = read_config (text, &problems, 1);

      g_assert_cmpuint (config->backends->len, ==, 1);
      assert_contains (problems->pdata[0], cases[i].in_problem);
      assert_writes (config, cases[i].setting);
    }
}

static void
test_nodes (void)
{
  const char *const expected[] = { "/run/haproxy.sock", "192.0.2.2:9999", NULL };
  g_autoptr (LbConfig) config =
    read_config ("{\"nodes\": [\"/run/haproxy.sock\", \"192.0.2.2:9999\"]}", NULL, 0);

  g_assert_cmpstrv (config->nodes, expected);
  assert_writes (config, "\"nodes\": [\"/run/haproxy.sock\", \"192.0.2.2:9999\"]");
}

static void
test_good_nodes_are_used (void)
{
  const char *const expected[] = { "h:1", "h:2", NULL };
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (LbConfig) config = read_config ("{\"nodes\": [\"h:1\", \"h\", \"h:1\", \"h:2\"]}", &problems, 1);

  g_assert_cmpstrv (config->nodes, expected);
  assert_contains (problems->pdata[0], "“h” is no address");
  assert_contains (problems->pdata[0], "The node h:1 is there already");
}

static void
test_good_addresses_are_used (void)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (LbConfig) config = NULL;
  const char *const listen[] = { "::1", "127.0.0.1", NULL };

  config = read_config ("{\"listen\": [\"[::1]\", \"example.org\", \"::1\", 7, \"127.0.0.1\"]}",
                        &problems, 1);
  g_assert_cmpstrv (config->listen, listen);
  assert_contains (problems->pdata[0], "“example.org”");
  assert_contains (problems->pdata[0], "7 is not an address");
  assert_writes (config, "[\"[::1]\", \"example.org\", \"::1\", 7, \"127.0.0.1\"]");
}

static const char *const some_bad =
  "{\n"
  "  \"backends\": [\n"
  "    \"http://text\",\n"
  "    {\"url\": \"http://a\", \"weight\": 1, \"state\": \"ready\"},\n"
  "    {\"url\": \"ftp://b\", \"note\": \"kept\"},\n"
  "    {\"url\": \"HTTP://A/\"},\n"
  "    {\"url\": \"http://c\", \"weight\": \"5\"},\n"
  "    {\"url\": \"http://d\", \"weight\": 257},\n"
  "    {\"url\": \"http://e\", \"weight\": 4294967297},\n"
  "    {\"url\": \"http://f\", \"weight\": 1.5},\n"
  "    {\"url\": \"http://g\", \"state\": \"on\"},\n"
  "    {\"url\": 5},\n"
  "    {},\n"
  "    null,\n"
  "    {\"url\": \"http://z\", \"weight\": 2, \"state\": \"ready\"}\n"
  "  ],\n"
  "  \"version\": 1,\n"
  "  \"listen\": [\"localhost\"],\n"
  "  \"port\": 5000,\n"
  "  \"stats_port\": 0,\n"
  "  \"agent_port\": 0,\n"
  "  \"max_connections\": 0,\n"
  "  \"max_connections_per_client\": 0,\n"
  "  \"redirect_status\": 307,\n"
  "  \"cors_origin\": \"*\",\n"
  "  \"engine\": \"redirect\",\n"
  "  \"policy\": \"random\",\n"
  "  \"panic_share\": 0.0,\n"
  PROBE ("1000", "2000", "0.1") ",\n"
  PROXY "\n"
  "}\n";

static void
test_bad_backends_are_named_and_kept (void)
{
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (LbConfig) config = read_config (some_bad, &problems, 11);

  g_assert_cmpuint (config->backends->len, ==, 2);
  g_assert_cmpstr (lb_backend_get_url (config->backends->pdata[0]), ==, "http://a");
  g_assert_cmpstr (lb_backend_get_url (config->backends->pdata[1]), ==, "http://z");
  assert_contains (problems->pdata[0], "Backend 1, \"http://text\": An entry must look like");
  assert_contains (problems->pdata[1], "Backend 3, {\"url\": \"ftp://b\"");
  assert_contains (problems->pdata[2], "Backend 4, {\"url\": \"HTTP://A/\"}: An earlier entry");
  assert_contains (problems->pdata[3], "The weight \"5\" is not a whole number from 1 to 256.");
  assert_contains (problems->pdata[7], "The state \"on\" is not");
  assert_text (config, some_bad);

  /* A bad entry keeps its number while others come and go. */
  g_ptr_array_remove_index (config->backends, 1);
  g_ptr_array_insert (config->backends, 0, lb_backend_new ("http://new", NULL));
  assert_writes (config,
                 "    \"http://text\",\n"
                 "    {\"url\": \"http://new\", \"weight\": 1, \"state\": \"ready\"},\n"
                 "    {\"url\": \"ftp://b\", \"note\": \"kept\"},\n");
  assert_writes (config,
                 "    null,\n"
                 "    {\"url\": \"http://a\", \"weight\": 1, \"state\": \"ready\"}\n"
                 "  ],");

  g_ptr_array_set_size (config->backends, 0);
  assert_writes (config,
                 "    \"http://text\",\n"
                 "    {\"url\": \"ftp://b\", \"note\": \"kept\"},\n");
}

/* To the pool they are one, and so they are here. */
static void
test_same_prefix_is_the_same_backend (void)
{
  const char *entries =
    "    {\"url\": \"http://a/base/\", \"weight\": 2, \"state\": \"ready\", \"name\": \"one\"},\n"
    "    {\"url\": \"http://a/base\", \"weight\": 200, \"state\": \"ready\"},\n"
    "    {\"url\": \"http://a/other\", \"weight\": 3, \"state\": \"ready\"}\n";
  g_autofree char *text = g_strdup_printf ("{\"backends\": [\n%s]}", entries);
  g_autoptr (GPtrArray) problems = NULL;
  g_autoptr (LbConfig) config = read_config (text, &problems, 1);

  g_assert_cmpuint (config->backends->len, ==, 2);
  g_assert_cmpuint (lb_backend_get_weight (config->backends->pdata[0]), ==, 2);
  assert_contains (problems->pdata[0], "Backend 2, {\"url\": \"http://a/base\"");
  assert_contains (problems->pdata[0], "An earlier entry has the same URL");
  assert_writes (config, entries);

  /* One that was there before under the other spelling has that entry. */
  g_ptr_array_remove_index (config->backends, 0);
  g_ptr_array_insert (config->backends, 0, lb_backend_new ("http://a/base", NULL));
  lb_backend_set_weight (config->backends->pdata[0], 2, NULL);
  assert_writes (config, entries);

  lb_config_set_aside (config, "http://a/base");
  g_assert_cmpuint (config->backends->len, ==, 1);
  assert_writes (config, entries);
}

static void
test_backends_that_are_no_list_are_kept (void)
{
  g_autoptr (LbConfig) config = NULL;

  config = read_config ("{\"backends\": {\"url\": \"http://a\"}}", NULL, 0);
  g_assert_cmpuint (config->backends->len, ==, 1);
  g_clear_pointer (&config, lb_config_free);

  config = read_config ("{\"backends\": \"http://a\"}", NULL, 1);
  g_ptr_array_add (config->backends, lb_backend_new ("http://b", NULL));
  assert_writes (config,
                 "    \"http://a\",\n"
                 "    {\"url\": \"http://b\", \"weight\": 1, \"state\": \"ready\"}\n");
  g_clear_pointer (&config, lb_config_free);

  config = read_config ("{\"backends\": null}", NULL, 0);
  assert_writes (config, "\"backends\": []");
}

static void
test_set_aside_stays_in_the_file (void)
{
  g_autoptr (LbConfig) config = read_config (full, NULL, 0);

  lb_config_set_aside (config, "https://example.org/base");
  g_assert_cmpuint (config->backends->len, ==, 2);
  assert_text (config, full);
  lb_config_set_aside (config, "http://not-there");
  g_assert_cmpuint (config->backends->len, ==, 2);
}

static void
test_transient_is_not_written (void)
{
  g_autoptr (LbConfig) config = read_config (full, NULL, 0);
  LbBackend *backend = lb_backend_new ("http://demo", NULL);

  lb_backend_set_transient (backend, TRUE);
  g_ptr_array_insert (config->backends, 1, backend);
  assert_text (config, full);
}

static void
test_refuses_newer_versions (void)
{
  static const char *const texts[] = {
    "{\"version\": 2}", "{\"version\": 1.5}", "{\"version\": 9223372036854775807, \"port\": []}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;

      g_assert_null (lb_config_from_json (texts[i], strlen (texts[i]), NULL, problems, &error));
      g_assert_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VERSION);
      g_assert_cmpuint (problems->len, ==, 0);
    }
}

static void
test_refuses_what_is_no_json (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (lb_config_from_json ("", 0, NULL, NULL, &error));
  g_assert_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_SYNTAX);
}

/* Whatever single byte is wrong, the answer is an error or a configuration that can be written and
 * read again. */
static void
test_survives_any_byte (void)
{
  gsize length = strlen (some_bad);
  static const char bytes[] = { '\0', '"', '\\', '{', ']', ',', '0', '-', 'e', '\n', '\xff', '\x7f' };

  for (gsize at = 0; at < length; at++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (bytes); i++)
        {
          g_autofree char *text = g_strdup (some_bad);
          g_autofree char *written = NULL;
          g_autofree char *again = NULL;
          g_autoptr (LbConfig) config = NULL;
          g_autoptr (LbConfig) reread = NULL;

          text[at] = bytes[i];
          config = lb_config_from_json (text, length, NULL, NULL, NULL);
          if (config == NULL)
            continue;

          written = lb_config_to_json (config, NULL);
          reread = lb_config_from_json (written, strlen (written), NULL, NULL, NULL);
          g_assert_nonnull (reread);
          again = lb_config_to_json (reread, NULL);
          g_assert_cmpstr (written, ==, again);
        }
    }
}

static void
test_large_pool (void)
{
  g_autoptr (LbConfig) config = lb_config_new ();
  g_autoptr (LbConfig) reread = NULL;
  g_autofree char *text = NULL;
  g_autofree char *again = NULL;
  gint64 start;

  for (int i = 0; i < 10000; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://10.0.%d.%d:8080", i / 250, i % 250);

      g_ptr_array_add (config->backends, lb_backend_new (url, NULL));
    }

  text = lb_config_to_json (config, NULL);
  reread = read_config (text, NULL, 0);
  start = g_get_monotonic_time ();
  again = lb_config_to_json (reread, NULL);
  g_test_message ("10,000 backends: %" G_GINT64_FORMAT " us", g_get_monotonic_time () - start);
  g_assert_cmpstr (text, ==, again);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/config/json/writes-defaults", test_writes_defaults);
  g_test_add_func ("/config/json/reads-everything", test_reads_everything);
  g_test_add_func ("/config/json/absent-settings-have-defaults", test_absent_settings_have_defaults);
  g_test_add_func ("/config/json/writes-changes", test_writes_changes);
  g_test_add_func ("/config/json/keeps-unknown-keys", test_keeps_unknown_keys);
  g_test_add_func ("/config/json/bad-settings-are-named-and-kept",
                   test_bad_settings_are_named_and_kept);
  g_test_add_func ("/config/json/bad-settings-are-as-at-present",
                   test_bad_settings_are_as_at_present);
  g_test_add_func ("/config/json/bad-setting-ends-with-a-change",
                   test_bad_setting_ends_with_a_change);
  g_test_add_func ("/config/json/reads-all-probe-settings", test_reads_all_probe_settings);
  g_test_add_func ("/config/json/reads-all-proxy-settings", test_reads_all_proxy_settings);
  g_test_add_func ("/config/json/a-bad-proxy-setting-changes-nothing",
                   test_a_bad_proxy_setting_changes_nothing);
  g_test_add_func ("/config/json/exceptions", test_exceptions);
  g_test_add_func ("/config/json/bad-exceptions-are-named-and-kept",
                   test_bad_exceptions_are_named_and_kept);
  g_test_add_func ("/config/json/good-addresses-are-used", test_good_addresses_are_used);
  g_test_add_func ("/config/json/nodes", test_nodes);
  g_test_add_func ("/config/json/good-nodes-are-used", test_good_nodes_are_used);
  g_test_add_func ("/config/json/bad-backends-are-named-and-kept",
                   test_bad_backends_are_named_and_kept);
  g_test_add_func ("/config/json/same-prefix-is-the-same-backend",
                   test_same_prefix_is_the_same_backend);
  g_test_add_func ("/config/json/backends-that-are-no-list-are-kept",
                   test_backends_that_are_no_list_are_kept);
  g_test_add_func ("/config/json/set-aside-stays-in-the-file", test_set_aside_stays_in_the_file);
  g_test_add_func ("/config/json/transient-is-not-written", test_transient_is_not_written);
  g_test_add_func ("/config/json/refuses-newer-versions", test_refuses_newer_versions);
  g_test_add_func ("/config/json/refuses-what-is-no-json", test_refuses_what_is_no_json);
  g_test_add_func ("/config/json/survives-any-byte", test_survives_any_byte);
  g_test_add_func ("/config/json/large-pool", test_large_pool);

  return g_test_run ();
}
