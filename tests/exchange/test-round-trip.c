/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "exchange-fixture.h"
#include "exchange/lb-exchange-agree.h"

/*
 * Random pools that go out and come back. What a format can express comes back the same; of a pool
 * with anything in it, what came back once comes back the same again.
 */

#define N_POOLS 300

static const char *const policies[] = { "random",      "round-robin", "least-connections",
                                        "two-choices", "source-hash", "path-hash",
                                        "fastest",     "adaptive" };

static const char *const places[] = { "http://127.0.0.1:9000/x?y", "https://health.example",
                                      "http://[::1]" };

/* Those that every format with the name has in common with us. */
#define N_COMMON_POLICIES 6

static gboolean
chance (guint percent)
{
  return (guint) g_test_rand_int_range (0, 100) < percent;
}

static const char *
pick (const char *const *texts,
      guint n)
{
  return texts[g_test_rand_int_range (0, (gint32) n)];
}

static char *
make_url (const char *path,
          gboolean secure,
          guint number)
{
  static const char *const hosts[] = { "10.0.0.%u", "[2001:db8::%u]", "web%u.example",
                                       "a-b_c.web%u.example" };
  g_autoptr (GString) url = g_string_new (secure ? "https://" : "http://");
  const char *host = pick (hosts, G_N_ELEMENTS (hosts));
  g_auto (GStrv) parts = g_strsplit (host, "%u", 2);

  g_string_append_printf (url, "%s%u%s", parts[0], number, parts[1]);
  if (chance (60))
    g_string_append_printf (url, ":%d", g_test_rand_int_range (1, 65536));
  g_string_append (url, path);

  return g_string_free (g_steal_pointer (&url), FALSE);
}

static void
randomize_text (char **text)
{
  static const char *const texts[] = { "ok", "a b", "\"q\" 'x'", "\\ # %", "$y {z};", "\303\274\n\t|" };

  g_free (*text);
  *text = g_strdup (pick (texts, G_N_ELEMENTS (texts)));
}

/* What a probe asks and expects, which most programs want to be the same for all. */
static void
randomize_request (LbProbeSettings *probe)
{
  static const char *const paths[] = { "/", "/up", "/up?a=b&c=%20", "/50%25/$(x)'!*;~,=" };
  static const char *const statuses[] = { "200-399", "200-299", "204", "200-204,304,500-599" };
  static const char *const headers[] = { "X-A: 1|X-B: \"q\" \\ 50% #1 'x' $y {z};", "X-Empty:",
                                         "X-A: a|X-A: b" };

  g_free (probe->path);
  probe->path = chance (70) ? g_strdup (pick (paths, G_N_ELEMENTS (paths))) : NULL;
  g_free (probe->expected_status);
  probe->expected_status = g_strdup (pick (statuses, G_N_ELEMENTS (statuses)));
  probe->timeout_ms = (guint) g_test_rand_int_range (10, 600001);

  g_clear_pointer (&probe->host, g_free);
  if (chance (30))
    probe->host = g_strdup ("probe.example:81");
  g_clear_pointer (&probe->headers, g_strfreev);
  if (chance (40))
    probe->headers = g_strsplit (pick (headers, G_N_ELEMENTS (headers)), "|", -1);
  g_clear_pointer (&probe->expected_body, g_free);
  if (chance (40))
    randomize_text (&probe->expected_body);
}

static void
randomize_pace (LbProbeSettings *probe)
{
  probe->interval_ms = (guint) g_test_rand_int_range (100, 3600001);
  probe->fast_interval_ms = (guint) g_test_rand_int_range (100, 10000);
  probe->down_interval_ms = chance (50) ? 0 : (guint) g_test_rand_int_range (100, 3600001);
  probe->rise = (guint) g_test_rand_int_range (1, 101);
  probe->fall = (guint) g_test_rand_int_range (1, 101);
  probe->slow_start_ms = chance (50) ? 0 : (guint) g_test_rand_int_range (1, 3600001);
}

/* Lets a backend be probed as @probe says, whatever the others are. */
static void
set_all (LbExchangePool *pool,
         LbBackend *backend,
         LbProbeSettings *probe)
{
  lb_exchange_pool_set_probe (pool, backend, probe, 0);
}

static void
assert_same_probe (LbExchangeTarget *a,
                   LbExchangeTarget *b,
                   const char *const *fields)
{
  /* To go on as always while it is down can be said in two ways. */
  LbExchangeTarget *const both[] = { a, b };

  for (guint i = 0; i < 2; i++)
    if (both[i]->probe.down_interval_ms == 0)
      both[i]->probe.down_interval_ms = both[i]->probe.interval_ms;

  for (; *fields != NULL; fields++)
    if (lb_exchange_target_differs (a, *fields, &b->probe))
      g_error ("%s: “%s” came back as another", lb_backend_get_url (a->backend), *fields);

  if (a->secure || a->probe_secure)
    g_assert_cmpint (a->probe.verify_certificate, ==, b->probe.verify_certificate);
  g_assert_cmpint (a->probe_secure, ==, b->probe_secure);
  g_assert_cmpstr (a->probe_host, ==, b->probe_host);
  g_assert_cmpuint (a->probe_port, ==, b->probe_port);
}

static void
assert_same_backends (const LbExchangePool *pool,
                      const LbExchangePool *other,
                      const char *const *fields,
                      const char *const *tcp_fields)
{
  g_autoptr (GPtrArray) targets = lb_exchange_targets_new (pool);
  g_autoptr (GPtrArray) others = lb_exchange_targets_new (other);

  g_assert_cmpuint (targets->len, ==, others->len);
  for (guint i = 0; i < targets->len; i++)
    {
      LbExchangeTarget *a = g_ptr_array_index (targets, i);
      LbExchangeTarget *b = g_ptr_array_index (others, i);

      g_assert_cmpstr (lb_backend_get_url (a->backend), ==, lb_backend_get_url (b->backend));
      g_assert_cmpuint (lb_backend_get_weight (a->backend), ==, lb_backend_get_weight (b->backend));
      g_assert_cmpint (lb_backend_get_state (a->backend), ==, lb_backend_get_state (b->backend));
      g_assert_cmpint (lb_backend_get_backup (a->backend), ==, lb_backend_get_backup (b->backend));
      g_assert_cmpint (a->probe.tcp_only, ==, b->probe.tcp_only);
      assert_same_probe (a, b, a->probe.tcp_only ? tcp_fields : fields);
    }
}

static LbExchangeImport *
go_out_and_back (const char *format,
                 const LbExchangePool *pool,
                 LbExchangeNotes *notes)
{
  g_autofree char *text = exchange_write (format, pool, notes);

  return exchange_read (NULL, text);
}

/* A pool as HAProxy can have it. */
static LbExchangePool *
make_haproxy_pool (void)
{
  LbExchangePool *pool = exchange_new_pool (policies[g_test_rand_int_range (0, N_COMMON_POLICIES)]);
  const gint32 n = g_test_rand_int_range (1, 12);
  static const char *const base_paths[] = { "", "", "/base/50%25$x", "/a//" };
  const char *path = pick (base_paths, G_N_ELEMENTS (base_paths));

  randomize_request (&pool->probe);
  g_free (pool->probe.method);
  pool->probe.method = g_strdup (chance (50) || pool->probe.expected_body != NULL ? "GET" : "HEAD");
  pool->probe.tcp_only = chance (20);
  pool->probe.jitter = g_test_rand_int_range (0, 51) / 100.0;
  randomize_pace (&pool->probe);

  for (gint32 i = 0; i < n; i++)
    {
      g_auto (LbProbeSettings) probe = { 0 };
      g_autofree char *url = make_url (path, chance (30), (guint) i + 1);
      LbBackend *backend = exchange_add (pool, url);

      lb_backend_set_weight (backend, (guint) g_test_rand_int_range (1, 257), NULL);
      if (chance (20))
        lb_backend_set_state (backend, LB_STATE_MAINT);
      else if (chance (20) && lb_backend_set_weight (backend, 1, NULL))
        lb_backend_set_state (backend, LB_STATE_DRAIN);
      lb_backend_set_backup (backend, chance (20));

      lb_probe_settings_copy (&probe, &pool->probe);
      if (chance (30))
        randomize_pace (&probe);
      if (g_str_has_prefix (url, "https:"))
        probe.verify_certificate = chance (50);
      if (probe.path != NULL && chance (20))
        probe.url = g_strdup (pick (places, G_N_ELEMENTS (places)));
      set_all (pool, backend, &probe);
    }

  return pool;
}

static void
test_haproxy (void)
{
  static const char *const pace[] = { "interval_ms", "fast_interval_ms", "down_interval_ms", "rise",
                                      "fall", "slow_start_ms", "jitter", "timeout_ms", NULL };
  static const char *const all[] = { "interval_ms", "fast_interval_ms", "down_interval_ms", "rise",
                                     "fall", "slow_start_ms", "jitter", "timeout_ms", "method", "path", "headers", "expected_status",
                                     "expected_body", "host", NULL };
  static const char *const no_host[] = { "interval_ms", "fast_interval_ms", "down_interval_ms",
                                         "rise", "fall", "slow_start_ms", "jitter", "timeout_ms",
                                         "method", "path", "headers", "expected_status",
                                         "expected_body", NULL };

  for (guint i = 0; i < N_POOLS; i++)
    {
      g_autoptr (LbExchangePool) pool = make_haproxy_pool ();
      g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
      g_autoptr (LbExchangeImport) import = go_out_and_back ("haproxy", pool, notes);
      g_autofree char *lost = exchange_join_notes (notes);
      /* What is probed elsewhere, and IPv6, has no name that a server may have. */
      const gboolean host_lost = strstr (lost, "no Host header") != NULL;

      if (!host_lost)
        exchange_assert_no_notes (notes);
      exchange_assert_no_notes (exchange_pool (import, 0)->notes);
      g_assert_cmpstr (exchange_pool (import, 0)->policy, ==, pool->policy);
      g_assert_cmpstr (exchange_pool (import, 0)->name, ==, pool->name);
      assert_same_backends (pool, exchange_pool (import, 0), host_lost ? no_host : all, pace);
    }
}

/* A pool with anything in it. */
static LbExchangePool *
make_any_pool (void)
{
  static const char *const paths[] = { "", "", "", "/a", "/b/c", "/d//" };
  LbExchangePool *pool = exchange_new_pool (pick (policies, G_N_ELEMENTS (policies)));
  const gint32 n = g_test_rand_int_range (1, 12);

  randomize_request (&pool->probe);
  randomize_pace (&pool->probe);
  pool->panic_share = chance (20) ? 0.25 : 0;

  for (gint32 i = 0; i < n; i++)
    {
      g_auto (LbProbeSettings) probe = { 0 };
      g_autofree char *url =
        make_url (pick (paths, G_N_ELEMENTS (paths)), chance (30), (guint) i + 1);
      LbBackend *backend = exchange_add (pool, url);

      lb_backend_set_weight (backend, (guint) g_test_rand_int_range (1, 257), NULL);
      lb_backend_set_state (backend, (LbState) g_test_rand_int_range (0, 3));
      lb_backend_set_backup (backend, chance (20));

      lb_probe_settings_copy (&probe, &pool->probe);
      if (chance (30))
        randomize_pace (&probe);
      if (chance (30))
        randomize_request (&probe);
      probe.tcp_only = chance (20);
      probe.verify_certificate = chance (50);
      if (chance (20))
        probe.url = g_strdup (pick (places, G_N_ELEMENTS (places)));
      set_all (pool, backend, &probe);
    }

  return pool;
}

static void
test_json (void)
{
  for (guint i = 0; i < N_POOLS; i++)
    {
      g_autoptr (LbExchangePool) pool = make_any_pool ();
      g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
      g_autoptr (LbExchangeImport) import = go_out_and_back ("json", pool, notes);
      LbExchangePool *back = exchange_pool (import, 0);

      exchange_assert_no_notes (notes);
      g_assert_cmpstr (back->policy, ==, pool->policy);
      g_assert_cmpuint (back->backends->len, ==, pool->backends->len);

      for (guint j = 0; j < pool->backends->len; j++)
        {
          g_auto (LbProbeSettings) before = { 0 };
          g_auto (LbProbeSettings) after = { 0 };

          exchange_get_probe (pool, j, &before);
          exchange_get_probe (back, j, &after);
          g_assert_true (lb_probe_settings_equal (&before, &after));
          exchange_assert_url (back, j, lb_backend_get_url (exchange_backend (pool, j)));
        }
    }
}

/* What came back is what the format can express, or what it is read as: it stays as it is. */
static void
test_second_trip (gconstpointer data)
{
  static const char *const nothing[] = { NULL };
  static const char *const haproxy[] = { "interval_ms", "fast_interval_ms", "down_interval_ms",
                                         "rise", "fall", "slow_start_ms", "jitter", "timeout_ms",
                                         "method", "path", "headers", "expected_status",
                                         "expected_body", NULL };
  static const char *const caddy[] = { "interval_ms", "timeout_ms", "path", "host", "headers",
                                       "expected_status", "expected_body", NULL };
  const char *format = data;
  const char *const *fields = g_str_equal (format, "haproxy") ? haproxy
                              : g_str_equal (format, "caddy") ? caddy
                                                              : nothing;

  for (guint i = 0; i < N_POOLS; i++)
    {
      g_autoptr (LbExchangePool) pool = make_any_pool ();
      g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
      g_autoptr (LbExchangeImport) once = NULL;
      g_autoptr (LbExchangeImport) twice = NULL;

      /* Caddy has nothing but those that serve. */
      lb_backend_set_backup (exchange_backend (pool, 0), FALSE);
      lb_backend_set_state (exchange_backend (pool, 0), LB_STATE_READY);

      once = go_out_and_back (format, pool, notes);
      twice = go_out_and_back (format, exchange_pool (once, 0), notes);
      g_assert_cmpstr (exchange_pool (once, 0)->policy, ==, exchange_pool (twice, 0)->policy);
      assert_same_backends (exchange_pool (once, 0), exchange_pool (twice, 0), fields, nothing);
    }
}

/* A file that cannot be read back must at least be text without surprises. */
static void
test_traefik (void)
{
  for (guint i = 0; i < N_POOLS; i++)
    {
      g_autoptr (LbExchangePool) pool = make_any_pool ();
      g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
      g_autofree char *text = NULL;

      lb_backend_set_state (exchange_backend (pool, 0), LB_STATE_READY);
      text = exchange_write ("traefik", pool, notes);
      g_assert_true (g_utf8_validate (text, -1, NULL));
      g_assert_null (strchr (text, '\t'));
      g_assert_true (g_str_has_suffix (text, "\n"));
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exchange/round-trip/json", test_json);
  g_test_add_func ("/exchange/round-trip/haproxy", test_haproxy);
  g_test_add_func ("/exchange/round-trip/traefik", test_traefik);
  g_test_add_data_func ("/exchange/second-trip/haproxy", "haproxy", test_second_trip);
  g_test_add_data_func ("/exchange/second-trip/nginx", "nginx", test_second_trip);
  g_test_add_data_func ("/exchange/second-trip/caddy", "caddy", test_second_trip);

  return g_test_run ();
}
