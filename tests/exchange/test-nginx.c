/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "exchange-fixture.h"

static void
test_read_upstreams (void)
{
  g_autoptr (LbExchangeImport) import = exchange_read_sample ("nginx.conf");
  LbExchangePool *pool = exchange_pool (import, 0);
  g_auto (LbProbeSettings) probe = { 0 };

  g_assert_cmpstr (import->format->id, ==, "nginx");
  g_assert_cmpuint (import->pools->len, ==, 2);
  g_assert_cmpstr (pool->name, ==, "articles");
  g_assert_cmpuint (pool->line, ==, 11);
  g_assert_cmpstr (pool->policy, ==, "least-connections");

  g_assert_cmpuint (pool->backends->len, ==, 5);
  exchange_assert_url (pool, 0, "http://192.0.2.1:8080");
  g_assert_cmpuint (lb_backend_get_weight (exchange_backend (pool, 0)), ==, 5);
  exchange_assert_url (pool, 2, "http://articles.news.example");
  exchange_get_probe (pool, 2, &probe);
  g_assert_cmpuint (probe.slow_start_ms, ==, 30000);
  exchange_assert_url (pool, 3, "http://[2001:db8::3]:8080");
  g_assert_cmpint (lb_backend_get_state (exchange_backend (pool, 3)), ==, LB_STATE_MAINT);
  g_assert_true (lb_backend_get_backup (exchange_backend (pool, 4)));

  exchange_assert_note (pool->notes, "Line 13: “zone”");
  exchange_assert_note (pool->notes, "Line 14: “max_fails”");
  exchange_assert_note (pool->notes, "Line 14: “fail_timeout”");
  exchange_assert_note (pool->notes, "Line 19: The backend is left out: no URL leads to the address "
                                     "“unix:/run/articles.sock”.");
  exchange_assert_note (pool->notes, "Line 20: “keepalive”");
  exchange_assert_note (import->notes, "Line 3: “include /etc/nginx/modules-enabled/*.conf” is not");
}

/* What only the line that uses an upstream says of it. */
static void
test_read_use (void)
{
  g_autoptr (LbExchangeImport) import = exchange_read_sample ("nginx.conf");
  LbExchangePool *pool = exchange_pool (import, 1);
  g_auto (LbProbeSettings) probe = { 0 };

  g_assert_cmpstr (pool->policy, ==, "path-hash");
  exchange_assert_note (pool->notes, "Line 24: “$request_uri” becomes the policy “path-hash”");
  exchange_assert_url (pool, 0, "https://pictures1.news.example/store");
  exchange_assert_url (pool, 1, "https://pictures2.news.example/store");
  exchange_get_probe (pool, 0, &probe);
  g_assert_true (probe.verify_certificate);
}

static void
test_read_scheme (void)
{
  static const struct
  {
    const char *use;
    const char *url;
    const char *note;
  } rows[] = {
    { "", "http://127.0.0.1:81", NULL },
    { "location / { proxy_pass https://u; }", "https://127.0.0.1:81", NULL },
    { "location / { proxy_pass https://u/; }", "https://127.0.0.1:81", NULL },
    { "location / { proxy_pass http://u/a/b/; }", "http://127.0.0.1:81/a/b", NULL },
    { "location / { proxy_pass http://other/a/; }", "http://127.0.0.1:81", NULL },
    { "location / { proxy_pass http://u$request_uri; }", "http://127.0.0.1:81", NULL },
    { "location / { proxy_pass http://u/a; }", "http://127.0.0.1:81", "The path “/a” is left out" },
    { "location /x/ { proxy_pass http://u/a/; }", "http://127.0.0.1:81", "The path “/a/” is left" },
    { "location ~ / { proxy_pass http://u; }", "http://127.0.0.1:81", NULL },
    { "location / { proxy_pass https://u; } location /b { proxy_pass http://u; }",
      "https://127.0.0.1:81", "“u” is used in another way than in line 1" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        g_strdup_printf ("server { %s }\nupstream u { server 127.0.0.1:81; }", rows[i].use);
      g_autoptr (LbExchangeImport) import = exchange_read ("nginx", text);

      exchange_assert_url (exchange_pool (import, 0), 0, rows[i].url);
      if (rows[i].note != NULL)
        exchange_assert_note (import->notes, rows[i].note);
      else
        exchange_assert_no_notes (import->notes);
    }
}

/* The block nearest to the use decides. */
static void
test_read_verify (void)
{
  static const struct
  {
    const char *text;
    gboolean verify;
  } rows[] = {
    { "server { location / { proxy_pass https://u; } }", TRUE },
    { "server { proxy_ssl_verify off; location / { proxy_pass https://u; } }", FALSE },
    { "server { location / { proxy_pass https://u; } proxy_ssl_verify off; }", FALSE },
    { "proxy_ssl_verify off; server { location / { proxy_pass https://u; proxy_ssl_verify on; } }",
      TRUE },
    { "server { location /a { proxy_ssl_verify off; } location / { proxy_pass https://u; } }",
      TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strconcat (rows[i].text, "upstream u { server a.example; }", NULL);
      g_autoptr (LbExchangeImport) import = exchange_read ("nginx", text);
      g_auto (LbProbeSettings) probe = { 0 };

      exchange_get_probe (exchange_pool (import, 0), 0, &probe);
      g_assert_cmpint (probe.verify_certificate, ==, rows[i].verify);
    }
}

static void
test_read_policies (void)
{
  static const struct
  {
    const char *line;
    const char *policy;
    gboolean noted;
  } rows[] = {
    { "", "round-robin" },
    { "least_conn;", "least-connections" },
    { "ip_hash;", "source-hash" },
    { "random;", "random" },
    { "random two;", "two-choices" },
    { "random two least_conn;", "two-choices" },
    { "random two least_time=header;", "fastest" },
    { "least_time last_byte;", "fastest" },
    { "hash $uri;", "path-hash" },
    { "hash $remote_addr consistent;", "source-hash" },
    { "hash $binary_remote_addr;", "source-hash" },
    { "hash $request_uri;", "path-hash", TRUE },
    { "hash $cookie_user;", NULL, TRUE },
    { "hash \"${uri}x\";", NULL, TRUE },
    { "sticky cookie srv;", "round-robin", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        g_strdup_printf ("upstream u {\n%s server 127.0.0.1;\n}\n", rows[i].line);
      g_autoptr (LbExchangeImport) import = exchange_read ("nginx", text);
      LbExchangePool *pool = exchange_pool (import, 0);
      g_autofree char *notes = exchange_join_notes (pool->notes);

      g_assert_cmpstr (pool->policy, ==, rows[i].policy);
      g_assert_cmpint (*notes != '\0', ==, rows[i].noted);
    }
}

static void
test_read_servers (void)
{
  static const struct
  {
    const char *server;
    const char *url;
    const char *note;
  } rows[] = {
    { "localhost", "http://localhost", NULL },
    { "[::1]", "http://[::1]", NULL },
    { "[::1]:8080", "http://[::1]:8080", NULL },
    { "'a.example:81'", "http://a.example:81", NULL },
    { "a.example weight=999", "http://a.example", "the weight 999 becomes 256" },
    { "a.example weight=x", "http://a.example", "“weight” has no counterpart" },
    { "a.example slow_start=2h", "http://a.example", "7200000 becomes 3600000" },
    { "a.example drain", "http://a.example", NULL },
    { "a.example resolve service=x", "http://a.example", "“service” has no counterpart" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup_printf ("upstream u { server %s; }", rows[i].server);
      g_autoptr (LbExchangeImport) import = exchange_read ("nginx", text);

      exchange_assert_url (exchange_pool (import, 0), 0, rows[i].url);
      if (rows[i].note != NULL)
        exchange_assert_note (exchange_pool (import, 0)->notes, rows[i].note);
      else
        exchange_assert_no_notes (exchange_pool (import, 0)->notes);
    }
}

static void
test_read_stream (void)
{
  g_autoptr (LbExchangeImport) import = exchange_read (
    "nginx", "stream { upstream a { server a:1; } } http { upstream b { server b:1; } }");

  exchange_assert_note (exchange_pool (import, 0)->notes, "“stream” need not be HTTP.");
  exchange_assert_no_notes (exchange_pool (import, 1)->notes);
}

static void
test_read_broken (void)
{
  static const struct
  {
    const char *text;
    const char *message;
  } rows[] = {
    { "upstream u {\n server a;\n", "Line 3: The file ends here, but a block is still open." },
    { "upstream u {\n server a; }\n}\n", "Line 3: This “}” closes no block." },
    { "upstream u { server a; }\nserver b\n", "Line 2: What begins here has no “;”" },
    { "upstream u {\n server a\n}", "Line 2: What begins here has no “;”" },
    { "upstream u { server 'a; }", "Line 1: The quote that begins here has no end." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (exchange_import ("nginx", rows[i].text, &error));
      g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_SYNTAX);
      g_assert_true (g_str_has_prefix (error->message, rows[i].message));
    }
}

static void
test_write (void)
{
  g_autoptr (LbExchangePool) pool = exchange_new_pool ("least-connections");
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autofree char *text = NULL;

  lb_backend_set_weight (exchange_add (pool, "http://127.0.0.1:9001/app"), 3, NULL);
  lb_backend_set_backup (exchange_add (pool, "http://[::1]:9001/app"), TRUE);
  lb_backend_set_state (exchange_add (pool, "http://a.example/app"), LB_STATE_MAINT);
  lb_backend_set_state (exchange_add (pool, "http://b.example/app"), LB_STATE_DRAIN);
  exchange_add (pool, "http://c.example");
  pool->port = 8080;

  text = exchange_write ("nginx", pool, notes);
  g_assert_cmpstr (strstr (text, "\nupstream"), ==,
                   "\nupstream test {\n"
                   "    least_conn;\n"
                   "    server 127.0.0.1:9001 weight=3;\n"
                   "    server [::1]:9001 backup;\n"
                   "    server a.example:80 down;\n"
                   "    server b.example:80 down;\n"
                   "}\n"
                   "\n"
                   "server {\n"
                   "    listen 127.0.0.1:8080;\n"
                   "    listen [::1]:8080;\n"
                   "\n"
                   "    location / {\n"
                   "        proxy_pass http://test/app/;\n"
                   "        proxy_set_header Host $http_host;\n"
                   "    }\n"
                   "}\n");
  exchange_assert_note (notes, "http://c.example is left out: nginx needs the same scheme");
  exchange_assert_note (notes, "http://b.example/app drains, which nginx knows only as being down.");
  exchange_assert_note (notes, "nginx does not probe the backends");
}

static void
test_write_tls (void)
{
  g_autoptr (LbExchangePool) pool = exchange_new_pool ("round-robin");
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  exchange_add (pool, "https://a.example");
  one = exchange_write ("nginx", pool, notes);
  g_assert_nonnull (strstr (one, "proxy_pass https://test;"));
  g_assert_nonnull (strstr (one, "proxy_ssl_name a.example;"));
  g_assert_nonnull (strstr (one, "proxy_ssl_verify on;"));
  g_assert_nonnull (strstr (one, "Host a.example;"));

  exchange_add (pool, "https://b.example");
  two = exchange_write ("nginx", pool, notes);
  g_assert_nonnull (strstr (two, "proxy_ssl_verify off;"));
  exchange_assert_note (notes, "nginx compares the certificates of all backends");
}

/* With most policies nginx refuses backups, and a pool of nothing else always. */
static void
test_write_backups (void)
{
  g_autoptr (LbExchangePool) pool = exchange_new_pool ("random");
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autofree char *one = NULL;
  g_autofree char *two = NULL;

  lb_backend_set_backup (exchange_add (pool, "http://127.0.0.1:9001"), TRUE);
  one = exchange_write ("nginx", pool, notes);
  g_assert_nonnull (strstr (one, "\n    server 127.0.0.1:9001;\n"));
  exchange_assert_note (notes, "All backends are backups.");

  exchange_add (pool, "http://127.0.0.1:9002");
  two = exchange_write ("nginx", pool, notes);
  g_assert_nonnull (strstr (two, "\n    # server 127.0.0.1:9001 backup;\n"));
  exchange_assert_note (notes, "http://127.0.0.1:9001 is left out: nginx takes no backups with");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/nginx/read/upstreams", test_read_upstreams);
  g_test_add_func ("/exchange/nginx/read/use", test_read_use);
  g_test_add_func ("/exchange/nginx/read/scheme", test_read_scheme);
  g_test_add_func ("/exchange/nginx/read/verify", test_read_verify);
  g_test_add_func ("/exchange/nginx/read/policies", test_read_policies);
  g_test_add_func ("/exchange/nginx/read/servers", test_read_servers);
  g_test_add_func ("/exchange/nginx/read/stream", test_read_stream);
  g_test_add_func ("/exchange/nginx/read/broken", test_read_broken);
  g_test_add_func ("/exchange/nginx/write/all", test_write);
  g_test_add_func ("/exchange/nginx/write/tls", test_write_tls);
  g_test_add_func ("/exchange/nginx/write/backups", test_write_backups);

  return g_test_run ();
}
