/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "exchange-fixture.h"

/* The table, what is told of any format, and our own format. */

static void
test_formats (void)
{
  guint n = 0;

  for (; lb_exchange_format_list (n) != NULL; n++)
    {
      const LbExchangeFormat *format = lb_exchange_format_list (n);

      g_assert_true (lb_exchange_format_find (format->id) == format);
      g_assert_true (*format->suffix == '.');
      g_assert_nonnull (strchr (format->media_type, '/'));
      g_assert_true (lb_exchange_format_can_export (format));
      g_assert_cmpint (lb_exchange_format_can_import (format), ==,
                       !g_str_equal (format->id, "traefik"));
    }

  g_assert_cmpuint (n, ==, 5);
  g_assert_null (lb_exchange_format_find ("apache"));
}

static void
test_detect (void)
{
  static const struct
  {
    const char *text;
    const char *id;
  } rows[] = {
    { "{\"backends\": []}", "json" },
    { "\xef\xbb\xbf [\"http://a\"]", "json" },
    { "{\"apps\": {}}", "caddy" },
    { "{\"handler\": \"reverse_proxy\"}", "caddy" },
    { "# a pool\n\n  backend b\n\tserver a b:1\n", "haproxy" },
    { "listen l\r\n server a b:1\r\n", "haproxy" },
    { "\nglobal\n", "haproxy" },
    { "upstream u {\n", "nginx" },
    { "upstream u\n{\n server 127.0.0.1;\n}\n", "nginx" },
    { "http{server{}}", "nginx" },
    { "backend { }", NULL },
    { "# backend b", NULL },
    { "example.org {\n reverse_proxy localhost:80\n}\n", NULL },
    { "http:\n  services:\n", NULL },
    { "", NULL },
    { "\n\n", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GBytes) contents = g_bytes_new (rows[i].text, strlen (rows[i].text));
      const LbExchangeFormat *format = lb_exchange_format_detect (contents);

      g_assert_cmpstr (format != NULL ? format->id : NULL, ==, rows[i].id);
    }
}

static void
test_refuses (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) binary = g_bytes_new_static ("b\0a", 3);
  g_autoptr (GBytes) large = g_bytes_new_take (g_malloc0 (LB_EXCHANGE_MAX_SIZE + 1),
                                               LB_EXCHANGE_MAX_SIZE + 1);
  g_auto (LbProbeSettings) probe = { 0 };

  lb_probe_settings_init (&probe);

  g_assert_null (lb_exchange_import (binary, NULL, &probe, &error));
  g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_SYNTAX);
  g_clear_error (&error);

  g_assert_null (lb_exchange_import (large, NULL, &probe, &error));
  g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_TOO_LARGE);
  g_clear_error (&error);

  g_assert_null (exchange_import (NULL, "hello", &error));
  g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_FORMAT);
  g_clear_error (&error);

  g_assert_null (exchange_import (NULL, "", &error));
  g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_FORMAT);
  g_clear_error (&error);

  g_assert_null (exchange_import ("traefik", "http:", &error));
  g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_FORMAT);
  g_assert_cmpstr (error->message, ==, "Pools can be exported to Traefik, but not imported.");
}

static void
test_exports_no_empty_pool (void)
{
  for (guint i = 0; lb_exchange_format_list (i) != NULL; i++)
    {
      g_autoptr (LbExchangePool) pool = exchange_new_pool ("random");
      g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
      g_autoptr (GError) error = NULL;

      g_assert_null (lb_exchange_export (lb_exchange_format_list (i), pool, notes, &error));
      g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY);
    }
}

/* Not every format has backends that take no requests. */
static void
test_exports_no_unused_pool (void)
{
  g_autoptr (LbExchangePool) pool = exchange_new_pool ("random");

  lb_backend_set_state (exchange_add (pool, "http://a.example"), LB_STATE_MAINT);
  for (guint i = 0; lb_exchange_format_list (i) != NULL; i++)
    {
      const char *id = lb_exchange_format_list (i)->id;
      const gboolean none = g_str_equal (id, "caddy") || g_str_equal (id, "traefik");
      g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (GBytes) text = lb_exchange_export (lb_exchange_format_list (i), pool, notes, &error);

      g_assert_cmpint (text == NULL, ==, none);
      g_assert_cmpint (none, ==,
                       g_error_matches (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY));
    }
}

/* Old files have comments in old encodings. */
static void
test_other_encodings (void)
{
  g_autoptr (LbExchangeImport) import =
    exchange_read (NULL, "backend b\n # Gr\xfc\xdf" "e\n server s 127.0.0.1:1 check\n");

  g_assert_cmpuint (import->pools->len, ==, 1);
  exchange_assert_note (import->notes, "Line 2: Characters that are no UTF-8");
}

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    const char *written;
  } rows[] = {
    { "web", "\nbackend web\n" },
    { "srv0/routes/1", "\nbackend srv0-routes-1\n" },
    { "a\nb; c}", "\nbackend a-b--c-\n" },
    { "", "\nbackend load-balancer\n" },
    { "\xc3\xbc", "\nbackend load-balancer\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (LbExchangePool) pool = exchange_new_pool ("random");
      g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
      g_autofree char *text = NULL;

      g_free (pool->name);
      pool->name = g_strdup (rows[i].name);
      exchange_add (pool, "http://a.example");
      text = exchange_write ("haproxy", pool, notes);
      g_assert_nonnull (strstr (text, rows[i].written));
    }
}

/* Notes */

static void
test_notes (void)
{
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autoptr (LbExchangeNotes) more = lb_exchange_notes_new ();
  g_autofree char *text = NULL;

  lb_exchange_notes_add (notes, 3, "%s.", "A");
  lb_exchange_notes_add (notes, 0, "B.");
  lb_exchange_notes_add (notes, 4, "%s.", "A");
  lb_exchange_notes_add (notes, 9, "C.");
  lb_exchange_notes_add (more, 7, "A.");
  lb_exchange_notes_add (more, 8, "D.");
  lb_exchange_notes_merge (notes, more);

  text = exchange_join_notes (notes);
  g_assert_cmpstr (text, ==, "Line 3 and 2 more: A.\nB.\nLine 9: C.\nLine 8: D.");
}

static void
test_notes_stay_few_and_short (void)
{
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autofree char *long_text = g_strnfill (100000, 'x');
  g_auto (GStrv) list = NULL;

  lb_exchange_notes_add (notes, 1, "\xc3\xa4%s", long_text);
  for (guint i = 0; i < 1000; i++)
    lb_exchange_notes_add (notes, i, "Note %u.", i);

  list = lb_exchange_notes_list (notes);
  g_assert_cmpuint (g_strv_length (list), ==, 501);
  g_assert_cmpuint (strlen (list[0]), <, 700);
  g_assert_true (g_utf8_validate (list[0], -1, NULL));
  g_assert_cmpstr (list[500], ==, "501 more things are not taken over as they are.");
}

/* Our own format */

static void
test_json_reads_a_configuration (void)
{
  g_autoptr (LbExchangeImport) import = exchange_read (
    NULL,
    "{\"version\": 1, \"port\": 80, \"policy\": \"adaptive\","
    " \"probe\": {\"interval_ms\": 5000, \"path\": \"/up\", \"pace\": 1, \"rise\": 1000},"
    " \"backends\": ["
    "  {\"url\": \"http://a.example\", \"weight\": 3, \"state\": \"drain\", \"color\": \"red\"},"
    "  {\"url\": \"http://b.example\", \"backup\": true, \"probe\": {\"interval_ms\": 1000}},"
    "  {\"url\": \"http://A.example/\"},"
    "  {\"url\": \"ftp://a.example\"},"
    "  {\"url\": \"http://c.example\", \"weight\": 0},"
    "  \"http://d.example\", 7]}");
  LbExchangePool *pool = exchange_pool (import, 0);
  g_auto (LbProbeSettings) probe = { 0 };

  g_assert_cmpstr (import->format->id, ==, "json");
  g_assert_cmpstr (pool->policy, ==, "adaptive");
  g_assert_cmpuint (pool->backends->len, ==, 3);
  g_assert_cmpuint (lb_backend_get_weight (exchange_backend (pool, 0)), ==, 3);
  g_assert_cmpint (lb_backend_get_state (exchange_backend (pool, 0)), ==, LB_STATE_DRAIN);
  g_assert_true (lb_backend_get_backup (exchange_backend (pool, 1)));
  exchange_assert_url (pool, 2, "http://d.example");

  /* What holds for all of the file's is an exception here, unless it is the same. */
  exchange_get_probe (pool, 0, &probe);
  g_assert_cmpuint (probe.interval_ms, ==, 5000);
  g_assert_cmpstr (probe.path, ==, "/up");
  exchange_get_probe (pool, 1, &probe);
  g_assert_cmpuint (probe.interval_ms, ==, 1000);

  exchange_assert_note (pool->notes, "“port” is no part of a pool");
  exchange_assert_note (pool->notes, "“pace” has no counterpart");
  exchange_assert_note (pool->notes, "The probes’ rise is not taken over");
  exchange_assert_note (pool->notes, "“color” has no counterpart");
  exchange_assert_note (pool->notes, "http://a.example stands here once more");
  exchange_assert_note (pool->notes, "Backend 4, {\"url\": \"ftp://a.example\"}, is left out");
  exchange_assert_note (pool->notes, "Backend 5,");
  exchange_assert_note (pool->notes, "Backend 7, 7, is left out");
}

static void
test_json_reads_a_list (void)
{
  g_autoptr (LbExchangeImport) import =
    exchange_read (NULL, "[{\"url\": \"http://a.example\"}, \"http://b.example\"]");

  g_assert_cmpuint (exchange_pool (import, 0)->backends->len, ==, 2);
  g_assert_null (exchange_pool (import, 0)->policy);
  exchange_assert_no_notes (exchange_pool (import, 0)->notes);
}

static void
test_json_broken (void)
{
  static const char *const texts[] = {
    "{\"backends\": [}",
    "[",
    "{\"backends\": [], \"backends\": []}",
    "{} {}",
    "{\"backends\": [1] // comment\n}",
  };
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) many = g_string_new ("[");

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_null (exchange_import ("json", texts[i], &error));
      g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_SYNTAX);
      g_assert_true (g_str_has_prefix (error->message, "Line "));
      g_clear_error (&error);
    }

  for (guint i = 0; i < 1100000; i++)
    g_string_append (many, "1,");
  g_string_append (many, "1]");
  g_assert_null (exchange_import ("json", many->str, &error));
  g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_TOO_LARGE);
  g_clear_error (&error);

  g_assert_null (exchange_import ("json", "{\"backends\": {}}", &error));
  g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY);
}

/* Traefik's */

static void
test_traefik (void)
{
  g_autoptr (LbExchangePool) pool = exchange_new_pool ("round-robin");
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autofree char *text = NULL;

  lb_backend_set_weight (exchange_add (pool, "https://a.example/app"), 3, NULL);
  exchange_add (pool, "http://[::1]:8080");
  lb_backend_set_backup (exchange_add (pool, "http://b.example"), TRUE);
  pool->probe.verify_certificate = FALSE;
  pool->probe.down_interval_ms = 500;
  pool->probe.path = g_strdup ("/up");
  pool->probe.headers = g_strsplit ("X-A: \"q\" \\ {{ env }}|x-a: 2", "|", -1);

  text = exchange_write ("traefik", pool, notes);
  g_assert_cmpstr (strstr (text, "\nhttp:"), ==,
                   "\nhttp:\n"
                   "  routers:\n"
                   "    test:\n"
                   "      rule: \"PathPrefix(`/`)\"\n"
                   "      service: test\n"
                   "  services:\n"
                   "    test:\n"
                   "      failover:\n"
                   "        service: test-main\n"
                   "        fallback: test-backup\n"
                   "    test-main:\n"
                   "      loadBalancer:\n"
                   "        strategy: wrr\n"
                   "        servers:\n"
                   "          - url: \"https://a.example/app\"\n"
                   "            weight: 3\n"
                   "            preservePath: true\n"
                   "          - url: \"http://[::1]:8080\"\n"
                   "        healthCheck:\n"
                   "          path: \"/up\"\n"
                   "          headers:\n"
                   "            \"X-A\": \"\\\"q\\\" \\\\ \\u007b\\u007b env }}\"\n"
                   "          interval: 1s\n"
                   "          unhealthyInterval: 500ms\n"
                   "          timeout: 2s\n"
                   "          followRedirects: false\n"
                   "        passHostHeader: false\n"
                   "        serversTransport: unverified\n"
                   "    test-backup:\n"
                   "      loadBalancer:\n"
                   "        strategy: wrr\n"
                   "        servers:\n"
                   "          - url: \"http://b.example\"\n"
                   "        healthCheck:\n"
                   "          path: \"/up\"\n"
                   "          headers:\n"
                   "            \"X-A\": \"\\\"q\\\" \\\\ \\u007b\\u007b env }}\"\n"
                   "          interval: 1s\n"
                   "          unhealthyInterval: 500ms\n"
                   "          timeout: 2s\n"
                   "          followRedirects: false\n"
                   "        passHostHeader: false\n"
                   "        serversTransport: unverified\n"
                   "  serversTransports:\n"
                   "    unverified:\n"
                   "      insecureSkipVerify: true\n");
  exchange_assert_note (notes, "header “x-a: 2” is left out");
  exchange_assert_note (notes, "fast_interval_ms, jitter, rise, fall.");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/formats", test_formats);
  g_test_add_func ("/exchange/detect", test_detect);
  g_test_add_func ("/exchange/refuses", test_refuses);
  g_test_add_func ("/exchange/exports-no-empty-pool", test_exports_no_empty_pool);
  g_test_add_func ("/exchange/exports-no-unused-pool", test_exports_no_unused_pool);
  g_test_add_func ("/exchange/other-encodings", test_other_encodings);
  g_test_add_func ("/exchange/names", test_names);
  g_test_add_func ("/exchange/notes/list", test_notes);
  g_test_add_func ("/exchange/notes/few-and-short", test_notes_stay_few_and_short);
  g_test_add_func ("/exchange/json/configuration", test_json_reads_a_configuration);
  g_test_add_func ("/exchange/json/list", test_json_reads_a_list);
  g_test_add_func ("/exchange/json/broken", test_json_broken);
  g_test_add_func ("/exchange/traefik/write", test_traefik);

  return g_test_run ();
}
