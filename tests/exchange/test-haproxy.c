/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "exchange-fixture.h"

static void
test_read_sections (void)
{
  g_autoptr (LbExchangeImport) import = exchange_read_sample ("haproxy.cfg");

  g_assert_cmpstr (import->format->id, ==, "haproxy");
  g_assert_cmpuint (import->pools->len, ==, 3);
  g_assert_cmpstr (exchange_pool (import, 0)->name, ==, "pages");
  g_assert_cmpuint (exchange_pool (import, 0)->line, ==, 26);
  g_assert_cmpstr (exchange_pool (import, 1)->name, ==, "api");
  g_assert_cmpstr (exchange_pool (import, 2)->name, ==, "old");
  g_assert_true (lb_exchange_import_find (import, "api") == exchange_pool (import, 1));
  g_assert_null (lb_exchange_import_find (import, "www"));

  exchange_assert_note (import->notes, "Line 20: Only backends are read: the section “frontend”");
  exchange_assert_note (import->notes, "Line 3 and 1 more: “log”");
}

static void
test_read_servers (void)
{
  g_autoptr (LbExchangeImport) import = exchange_read_sample ("haproxy.cfg");
  LbExchangePool *pool = exchange_pool (import, 0);

  g_assert_cmpstr (pool->policy, ==, "least-connections");
  g_assert_cmpuint (pool->backends->len, ==, 6);
  exchange_assert_url (pool, 0, "http://10.0.0.11:8080");
  exchange_assert_url (pool, 3, "http://[2001:db8::14]:8080");
  exchange_assert_url (pool, 4, "http://spare.shop.example:8080");
  exchange_assert_url (pool, 5, "http://10.0.0.15:8080");

  g_assert_cmpuint (lb_backend_get_weight (exchange_backend (pool, 0)), ==, 20);
  g_assert_cmpint (lb_backend_get_state (exchange_backend (pool, 0)), ==, LB_STATE_READY);
  g_assert_cmpint (lb_backend_get_state (exchange_backend (pool, 2)), ==, LB_STATE_MAINT);
  g_assert_cmpint (lb_backend_get_state (exchange_backend (pool, 3)), ==, LB_STATE_DRAIN);
  g_assert_false (lb_backend_get_backup (exchange_backend (pool, 3)));
  g_assert_true (lb_backend_get_backup (exchange_backend (pool, 4)));

  exchange_assert_note (pool->notes, "Line 29 and 2 more: “cookie” has no counterpart");
  exchange_assert_note (pool->notes, "Line 30: “maxconn”");
}

static void
test_read_checks (void)
{
  g_autoptr (LbExchangeImport) import = exchange_read_sample ("haproxy.cfg");
  g_auto (LbProbeSettings) probe = { 0 };

  exchange_get_probe (exchange_pool (import, 0), 1, &probe);
  g_assert_cmpuint (probe.interval_ms, ==, 5000);
  g_assert_cmpuint (probe.fast_interval_ms, ==, 1000);
  g_assert_cmpuint (probe.down_interval_ms, ==, 20000);
  g_assert_cmpuint (probe.timeout_ms, ==, 1500);
  g_assert_cmpfloat (probe.jitter, ==, 0.05);
  g_assert_cmpuint (probe.rise, ==, 3);
  g_assert_cmpuint (probe.fall, ==, 2);
  g_assert_cmpuint (probe.slow_start_ms, ==, 30000);
  g_assert_false (probe.tcp_only);
  g_assert_cmpstr (probe.method, ==, "HEAD");
  g_assert_cmpstr (probe.path, ==, "/healthz");
  g_assert_cmpstr (probe.host, ==, "shop.example");
  g_assert_cmpstr (probe.expected_status, ==, "200-299,304");
  g_assert_null (probe.url);

  exchange_get_probe (exchange_pool (import, 0), 4, &probe);
  g_assert_cmpuint (probe.interval_ms, ==, 10000);
  exchange_get_probe (exchange_pool (import, 0), 5, &probe);
  g_assert_cmpstr (probe.url, ==, "http://10.0.0.15:9000");
}

static void
test_read_tls_and_path (void)
{
  g_autoptr (LbExchangeImport) import = exchange_read_sample ("haproxy.cfg");
  LbExchangePool *pool = exchange_pool (import, 1);
  g_auto (LbProbeSettings) probe = { 0 };

  g_assert_cmpstr (pool->policy, ==, "path-hash");
  exchange_assert_url (pool, 0, "https://10.0.1.1/v2");
  exchange_assert_url (pool, 1, "https://api.shop.example:8443/v2");

  exchange_get_probe (pool, 0, &probe);
  g_assert_false (probe.verify_certificate);
  g_assert_cmpstr (probe.path, ==, "/healthz");
  exchange_get_probe (pool, 1, &probe);
  g_assert_true (probe.verify_certificate);

  /* HEAD brings no text. */
  exchange_assert_note (pool->notes, "Line 42 and 1 more: The probes’ expected_body is not taken over");
}

static void
test_read_what_cannot_be (void)
{
  g_autoptr (LbExchangeImport) import = exchange_read_sample ("haproxy.cfg");
  LbExchangePool *pool = exchange_pool (import, 2);
  g_auto (LbProbeSettings) probe = { 0 };

  g_assert_null (pool->policy);
  g_assert_cmpuint (pool->backends->len, ==, 2);
  exchange_assert_url (pool, 1, "http://10.0.2.3");

  /* A check that only connects. */
  exchange_get_probe (pool, 0, &probe);
  g_assert_true (probe.tcp_only);
  g_assert_cmpuint (probe.interval_ms, ==, 100);

  exchange_assert_note (pool->notes, "No policy here does what “balance hdr(X-User)” does");
  exchange_assert_note (pool->notes, "Line 52: The probes’ interval_ms is from 100 to 3600000");
  exchange_assert_note (pool->notes, "Line 53: The backend is left out: no URL leads to the "
                                     "address “unix@/run/b.sock”.");
  exchange_assert_note (pool->notes, "Line 54: “10.0.2.3” names no port, so 80 is taken.");
  exchange_assert_note (pool->notes, "Line 54: The server is not checked there.");
}

static void
test_read_policies (void)
{
  static const struct
  {
    const char *balance;
    const char *policy;
    gboolean noted;
  } rows[] = {
    { "roundrobin", "round-robin" },
    { "static-rr", "round-robin" },
    { "leastconn", "least-connections" },
    { "random", "two-choices" },
    { "random(1)", "random" },
    { "random(2)", "two-choices" },
    { "random(5)", "two-choices", TRUE },
    { "source", "source-hash" },
    { "uri", "path-hash" },
    { "uri path-only", "path-hash" },
    { "uri whole", "path-hash", TRUE },
    { "first", NULL, TRUE },
    { "url_param user", NULL, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        g_strdup_printf ("backend b\n balance %s\n server s 127.0.0.1:1 check\n", rows[i].balance);
      g_autoptr (LbExchangeImport) import = exchange_read ("haproxy", text);
      LbExchangePool *pool = exchange_pool (import, 0);
      g_autofree char *notes = exchange_join_notes (pool->notes);

      g_assert_cmpstr (pool->policy, ==, rows[i].policy);
      g_assert_cmpint (*notes != '\0', ==, rows[i].noted);
    }
}

static void
test_read_no_policy_is_its_own_default (void)
{
  g_autoptr (LbExchangeImport) import =
    exchange_read ("haproxy", "backend b\n server s 127.0.0.1:1 check\n");

  g_assert_cmpstr (exchange_pool (import, 0)->policy, ==, "round-robin");
  exchange_assert_no_notes (exchange_pool (import, 0)->notes);
}

static void
test_read_addresses (void)
{
  static const struct
  {
    const char *line;
    const char *url;
  } rows[] = {
    { "127.0.0.1:8080", "http://127.0.0.1:8080" },
    { "127.0.0.1:80", "http://127.0.0.1" },
    { "ipv4@10.0.0.1:81", "http://10.0.0.1:81" },
    { "[::1]:8080", "http://[::1]:8080" },
    { "::1:8080", "http://[::1]:8080" },
    { "ipv6@2001:db8::1:80", "http://[2001:db8::1]" },
    { "WWW.Example:443 ssl verify none", "https://www.example" },
    { "[2001:db8::1]", "http://[2001:db8::1]" },
    { "/run/socket", NULL },
    { "abns@name", NULL },
    { "host:+1", NULL },
    { "host:0", NULL },
    { "host:70000", NULL },
    { ":80", NULL },
    { "${HOST}:80", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text = g_strdup_printf ("backend b\n server s %s\n", rows[i].line);
      g_autoptr (GError) error = NULL;
      g_autoptr (LbExchangeImport) import = exchange_import ("haproxy", text, &error);

      if (rows[i].url == NULL)
        {
          g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY);
          g_assert_nonnull (strstr (error->message, "Line 2: The backend is left out"));
          continue;
        }

      g_assert_no_error (error);
      exchange_assert_url (exchange_pool (import, 0), 0, rows[i].url);
    }
}

static void
test_read_defaults (void)
{
  g_autoptr (LbExchangeImport) import =
    exchange_read ("haproxy", "defaults one\n balance source\n default-server weight 7\n"
                              "defaults two from one\n balance leastconn\n"
                              "defaults\n balance uri\n"
                              "backend a\n server s 127.0.0.1:1\n"
                              "backend b from one\n server s 127.0.0.1:1\n"
                              "backend c from two\n server s 127.0.0.1:1\n");

  g_assert_cmpstr (exchange_pool (import, 0)->policy, ==, "path-hash");
  g_assert_cmpuint (lb_backend_get_weight (exchange_backend (exchange_pool (import, 0), 0)), ==, 1);
  g_assert_cmpstr (exchange_pool (import, 1)->policy, ==, "source-hash");
  g_assert_cmpuint (lb_backend_get_weight (exchange_backend (exchange_pool (import, 1), 0)), ==, 7);
  g_assert_cmpstr (exchange_pool (import, 2)->policy, ==, "least-connections");
  g_assert_cmpuint (lb_backend_get_weight (exchange_backend (exchange_pool (import, 2), 0)), ==, 7);
}

/* A server that HAProxy sends clients to is where clients are sent. */
static void
test_read_redirects (void)
{
  g_autoptr (LbExchangeImport) import =
    exchange_read ("haproxy", "backend b\n option httpchk GET /up\n"
                              " server s 10.0.0.1:81 redir https://cdn.example/a/ check port 82\n"
                              " server t 10.0.0.2:80 redir http://10.0.0.2 check\n"
                              " server u 10.0.0.3:80 redir /here check\n");
  LbExchangePool *pool = exchange_pool (import, 0);
  g_auto (LbProbeSettings) probe = { 0 };

  g_assert_cmpuint (pool->backends->len, ==, 2);
  exchange_assert_url (pool, 0, "https://cdn.example/a/");
  exchange_get_probe (pool, 0, &probe);
  g_assert_cmpstr (probe.url, ==, "http://10.0.0.1:82");
  g_assert_cmpstr (probe.path, ==, "/up");

  exchange_assert_url (pool, 1, "http://10.0.0.2");
  exchange_get_probe (pool, 1, &probe);
  g_assert_null (probe.url);
  exchange_assert_note (pool->notes, "Line 5: The backend is left out: “/here”");
}

static void
test_read_old_httpchk (void)
{
  g_autoptr (LbExchangeImport) import =
    exchange_read ("haproxy", "backend b\n"
                              " option httpchk GET /a\\ b HTTP/1.1\\r\\nHost:\\ www.example\\r\\n"
                              "X-A:\\ 1\\r\\nConnection:\\ close\n"
                              " server s 10.0.0.1:80 check\n"
                              "backend c\n option httpchk\n server s 10.0.0.1:80 check\n"
                              "backend d\n option httpchk /only\n server s 10.0.0.1:80 check\n"
                              "backend e\n http-check send meth GET uri /sent hdr X-B %%1%%\n"
                              " option httpchk\n server s 10.0.0.1:80 check\n");
  g_auto (LbProbeSettings) probe = { 0 };

  exchange_get_probe (exchange_pool (import, 0), 0, &probe);
  g_assert_cmpstr (probe.method, ==, "GET");
  g_assert_cmpstr (probe.host, ==, "www.example");
  g_assert_cmpstr (probe.headers[0], ==, "X-A: 1");
  g_assert_null (probe.headers[1]);
  exchange_assert_note (exchange_pool (import, 0)->notes, "The probes’ path is not taken over");

  exchange_get_probe (exchange_pool (import, 1), 0, &probe);
  g_assert_cmpstr (probe.method, ==, "OPTIONS");
  g_assert_null (probe.path);
  exchange_get_probe (exchange_pool (import, 2), 0, &probe);
  g_assert_cmpstr (probe.method, ==, "OPTIONS");
  g_assert_cmpstr (probe.path, ==, "/only");
  exchange_get_probe (exchange_pool (import, 3), 0, &probe);
  g_assert_cmpstr (probe.method, ==, "GET");
  g_assert_cmpstr (probe.path, ==, "/sent");
  g_assert_cmpstr (probe.headers[0], ==, "X-B: %1%");
}

static void
test_read_names_what_is_left_out (void)
{
  static const struct
  {
    const char *line;
    const char *note;
  } rows[] = {
    { "option redispatch", "“option redispatch”" },
    { "timeout server 1m", "“timeout server”" },
    { "stick-table type ip size 1m", "“stick-table”" },
    { "http-check expect rstatus ^2", "“http-check expect rstatus ^2”" },
    { "http-check expect ! status 500", "“http-check expect ! status”" },
    { "http-check send-state", "“http-check send-state”" },
    { "http-request set-path x%[path]", "“http-request set-path x%[path]”" },
    { "http-request set-path /x%[path] if TRUE", "“http-request set-path /x%[path]”" },
    { "hash-type map-based", "“hash-type map-based”" },
    { "mode tcp", "“mode tcp” need not be HTTP." },
    { ".if defined(X)", "Conditions such as “.if”" },
    { "default-server on-error fastinter", "“on-error”" },
    { "default-server verify maybe", "“verify maybe”" },
    { "default-server inter soon", "“inter soon”" },
    { "default-server frobnicate", "“frobnicate”" },
    { "server t", "Line 2: The backend is left out: it has no address." },
    { "server s1 127.0.0.1:1", "http://127.0.0.1:1 stands here once more" },
    { "server-template t 3 www.example:80", "“server-template t” stands for the servers" },
    { "server t 127.0.0.1:2 weight 300", "the weight 300 becomes 256." },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *text =
        g_strdup_printf ("backend b\n %s\n server s 127.0.0.1:1 check\n", rows[i].line);
      g_autoptr (LbExchangeImport) import = exchange_read ("haproxy", text);
      g_autoptr (LbExchangeNotes) all = lb_exchange_notes_new ();

      lb_exchange_notes_merge (all, import->notes);
      lb_exchange_notes_merge (all, exchange_pool (import, 0)->notes);
      exchange_assert_note (all, rows[i].note);
    }
}

static void
test_read_backups (void)
{
  static const char *const text = "backend b\n server a 127.0.0.1:1 backup check\n"
                                  " server b 127.0.0.1:2 backup check\n";
  g_autofree char *all = g_strconcat (text, " option allbackups\n", NULL);
  g_autoptr (LbExchangeImport) first = exchange_read ("haproxy", text);
  g_autoptr (LbExchangeImport) second = exchange_read ("haproxy", all);

  exchange_assert_note (exchange_pool (first, 0)->notes, "Line 1: There the first backup serves");
  exchange_assert_no_notes (exchange_pool (second, 0)->notes);
}

static void
test_read_broken (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (exchange_import ("haproxy", "backend b\n server s \"127.0.0.1:1\n", &error));
  g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_SYNTAX);
  g_assert_cmpstr (error->message, ==,
                   "Line 2: The quote that begins here has no end. Close it, and import the file "
                   "again.");
  g_clear_error (&error);

  g_assert_null (exchange_import ("haproxy", "frontend f\n bind :80\n", &error));
  g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY);
  g_clear_error (&error);

  g_assert_null (exchange_import ("haproxy", "backend empty\n balance uri\n", &error));
  g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY);
  g_assert_nonnull (strstr (error->message, "Line 1: “empty” has no backend"));
}

static void
test_write (void)
{
  g_autoptr (LbExchangePool) pool = exchange_new_pool ("path-hash");
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autofree char *text = NULL;
  const char *section;

  lb_backend_set_weight (exchange_add (pool, "http://127.0.0.1:9001"), 3, NULL);
  lb_backend_set_backup (exchange_add (pool, "https://www.example"), TRUE);
  lb_backend_set_state (exchange_add (pool, "http://10.0.0.1:8080"), LB_STATE_MAINT);
  lb_backend_set_state (exchange_add (pool, "http://10.0.0.2:8080"), LB_STATE_DRAIN);

  text = exchange_write ("haproxy", pool, notes);
  section = strstr (text, "\nbackend test\n");
  g_assert_cmpstr (section, ==,
                   "\nbackend test\n"
                   "    balance uri\n"
                   "    hash-type consistent\n"
                   "    option httpchk\n"
                   "    http-check send meth GET uri / ver HTTP/1.1 hdr Host %[srv_name]\n"
                   "    http-check expect status 200-399\n"
                   "    timeout check 2s\n"
                   "    default-server check inter 1s fastinter 250ms rise 2 fall 3\n"
                   "    server 127.0.0.1:9001 127.0.0.1:9001 weight 3\n"
                   "    server www.example www.example:443 backup init-addr last,libc,none "
                   "ssl verify required ca-file @system-ca sni str(www.example) "
                   "check-sni www.example\n"
                   "    server 10.0.0.1:8080 10.0.0.1:8080 disabled\n"
                   "    server 10.0.0.2:8080 10.0.0.2:8080 weight 0\n");
  exchange_assert_no_notes (notes);
}

static void
test_write_names_what_is_lost (void)
{
  g_autoptr (LbExchangePool) pool = exchange_new_pool ("adaptive");
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_auto (LbProbeExceptions) exceptions = { 0 };
  g_autofree char *text = NULL;
  LbBackend *drained;

  pool->panic_share = 0.3;
  pool->probe.jitter = 0.126;
  exchange_add (pool, "http://10.0.0.1");
  exchange_add (pool, "http://10.0.0.2");
  exchange_add (pool, "http://10.0.0.3/base");
  drained = exchange_add (pool, "http://[::1]:8080");
  lb_backend_set_state (drained, LB_STATE_DRAIN);
  lb_backend_set_weight (drained, 9, NULL);

  lb_probe_field_find ("path", &exceptions.set);
  exceptions.values.path = g_strdup ("/own");
  lb_backend_set_exceptions (drained, &exceptions);

  text = exchange_write ("haproxy", pool, notes);
  exchange_assert_note (notes, "HAProxy has nothing like the policy “adaptive”; it gets “leastconn”");
  g_assert_nonnull (strstr (text, "spread-checks 13\n"));
  exchange_assert_note (notes, "The probes’ jitter of 12.6 % becomes 13 %.");
  exchange_assert_note (notes, "fewer than 30 % of the backends");
  exchange_assert_note (notes, "http://10.0.0.3/base is left out: HAProxy needs the same base path");
  exchange_assert_note (notes, "http://[::1]:8080 drains");
  exchange_assert_note (notes, "http://[::1]:8080: “path” of its probes becomes that of the other");
  exchange_assert_note (notes, "so these have no Host header");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/haproxy/read/sections", test_read_sections);
  g_test_add_func ("/exchange/haproxy/read/servers", test_read_servers);
  g_test_add_func ("/exchange/haproxy/read/checks", test_read_checks);
  g_test_add_func ("/exchange/haproxy/read/tls-and-path", test_read_tls_and_path);
  g_test_add_func ("/exchange/haproxy/read/what-cannot-be", test_read_what_cannot_be);
  g_test_add_func ("/exchange/haproxy/read/policies", test_read_policies);
  g_test_add_func ("/exchange/haproxy/read/no-policy", test_read_no_policy_is_its_own_default);
  g_test_add_func ("/exchange/haproxy/read/addresses", test_read_addresses);
  g_test_add_func ("/exchange/haproxy/read/defaults", test_read_defaults);
  g_test_add_func ("/exchange/haproxy/read/redirects", test_read_redirects);
  g_test_add_func ("/exchange/haproxy/read/old-httpchk", test_read_old_httpchk);
  g_test_add_func ("/exchange/haproxy/read/left-out", test_read_names_what_is_left_out);
  g_test_add_func ("/exchange/haproxy/read/backups", test_read_backups);
  g_test_add_func ("/exchange/haproxy/read/broken", test_read_broken);
  g_test_add_func ("/exchange/haproxy/write/all", test_write);
  g_test_add_func ("/exchange/haproxy/write/lost", test_write_names_what_is_lost);

  return g_test_run ();
}
