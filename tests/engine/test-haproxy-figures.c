/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/lb-engine-redirect.h"
#include "engine/lb-haproxy-figures.h"

/* A pool of two backends that HAProxy has and one that it has not, and an engine. */
typedef struct
{
  LbPool *pool;
  LbEngine *engine; /* who is told of checks */
} Fixture;

static LbBackend *
get (Fixture *f,
     guint i)
{
  return lb_pool_get_backend (f->pool, i);
}

static void
set_up (Fixture *f,
        gconstpointer data G_GNUC_UNUSED)
{
  static const char *const urls[] = { "http://127.0.0.1:1", "http://127.0.0.1:2", "http://127.0.0.1:3/a" };
  const LbEngineSource source = { 0 };

  f->pool = lb_pool_new ();
  f->engine = lb_engine_redirect_new (&source);
  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    g_assert_nonnull (lb_pool_add (f->pool, urls[i], NULL));
}

static void
tear_down (Fixture *f,
           gconstpointer data G_GNUC_UNUSED)
{
  g_assert_finalize_object (f->engine);
  g_assert_finalize_object (f->pool);
}

static void
take (Fixture *f,
      const char *rows)
{
  g_autofree char *answer = g_strconcat (
    "# srv_name srv_admin_state srv_uweight\n127.0.0.1:1 0 1\n127.0.0.1:2 0 1\n\n"
    "# svname,qcur,scur,stot,econ,eresp,wretr,wredis,status,check_status,check_code,check_duration,"
    "hrsp_2xx,hrsp_5xx,rtime,ttime\n", rows, "\n", NULL);
  g_autoptr (LbHaproxyReport) report = lb_haproxy_report_parse (answer, NULL);
  g_autoptr (LbHaproxyPool) words = NULL;
  g_auto (LbProbeSettings) probe = { 0 };
  g_auto (LbProxySettings) proxy = { 0 };

  for (guint i = 0; i < report->servers->len; i++)
    {
      LbHaproxyServer *server = g_ptr_array_index (report->servers, i);

      server->timed = server->counts[LB_PROXY_REQUESTS];
    }

  lb_probe_settings_init (&probe);
  lb_proxy_settings_init (&proxy);
  words = lb_haproxy_pool_new (f->pool, "random", &probe, &proxy, g_get_monotonic_time ());
  lb_haproxy_figures_take (report, words, f->engine, f->pool);
}

static void
assert_counts (const guint64 *counts,
               guint64 requests,
               guint64 good,
               guint64 retries)
{
  g_assert_cmpuint (counts[LB_PROXY_REQUESTS], ==, requests);
  g_assert_cmpuint (counts[LB_PROXY_RESPONSES_2XX], ==, good);
  g_assert_cmpuint (counts[LB_PROXY_RETRIES], ==, retries);
}

#define UP "UP,L7OK,200,12,"

static void
test_takes_over (Fixture *f,
                 gconstpointer data G_GNUC_UNUSED)
{
  const LbProxyRecord *record = lb_backend_get_proxied (get (f, 0));

  g_assert_false (record->known);
  take (f, "127.0.0.1:1,3,17,100,1,2,4,5," UP "90,6,34,56\n127.0.0.1:2,0,0,0,0,0,0,0," UP "0,0,0,0\n");

  g_assert_true (record->known);
  g_assert_cmpuint (record->queued, ==, 3);
  g_assert_cmpint (record->response_us, ==, 34000);
  g_assert_cmpint (record->total_us, ==, 56000);
  assert_counts (record->counts, 100, 90, 4);
  g_assert_cmpuint (record->counts[LB_PROXY_CONNECTION_ERRORS], ==, 1);
  g_assert_cmpuint (record->counts[LB_PROXY_RESPONSE_ERRORS], ==, 2);
  g_assert_cmpuint (record->counts[LB_PROXY_REDISPATCHES], ==, 5);
  g_assert_cmpuint (record->counts[LB_PROXY_RESPONSES_5XX], ==, 6);
  g_assert_cmpfloat (lb_load_get_in_flight (lb_backend_get_load (get (f, 0)), 0), ==, 17.0);
  g_assert_cmpuint (lb_backend_get_redirects (get (f, 0)), ==, 100);
  g_assert_cmpint (lb_backend_get_last_probe (get (f, 0))->response_us, ==, 34000);

  /* Nobody has asked the other one for anything. */
  g_assert_cmpint (lb_backend_get_proxied (get (f, 1))->response_us, ==, -1);
  g_assert_cmpint (lb_backend_get_proxied (get (f, 1))->total_us, ==, -1);
  g_assert_cmpint (lb_backend_get_last_probe (get (f, 1))->response_us, ==, 12000);
}

/* Each report counts what there was since the one before. */
static void
test_adds_up (Fixture *f,
              gconstpointer data G_GNUC_UNUSED)
{
  take (f, "127.0.0.1:1,0,0,100,0,0,4,0," UP "90,0,1,1\n127.0.0.1:2,0,0,1,0,0,0,0," UP "1,0,1,1\n");
  take (f, "127.0.0.1:1,0,0,50,0,0,0,0," UP "50,0,1,1\n127.0.0.1:2,0,0,0,0,0,0,0," UP "0,0,1,1\n");

  assert_counts (lb_backend_get_proxied (get (f, 0))->counts, 150, 140, 4);
  assert_counts (lb_pool_get_proxied (f->pool), 151, 141, 4);
  g_assert_cmpuint (lb_pool_get_redirects (f->pool), ==, 151);
  g_assert_cmpint (lb_backend_get_proxied (get (f, 1))->response_us, ==, 1000);
}

/* Who is not in HAProxy is not as it was when it was probed last. */
static void
test_who_is_left_out (Fixture *f,
                      gconstpointer data G_GNUC_UNUSED)
{
  LbProbeResult result = { .time_us = 1, .response_us = 1000, .ok = TRUE, .status = 200 };
  LbBackend *out = get (f, 2);

  lb_backend_record_probe (out, &result, 0);
  lb_backend_set_health (out, LB_HEALTH_UP, 0);
  take (f, "127.0.0.1:1,0,0,0,0,0,0,0," UP "0,0,0,0\n");
  g_assert_cmpint (lb_pool_get_use (f->pool, get (f, 0)), ==, LB_USE_YES);
  g_assert_cmpint (lb_pool_get_use (f->pool, out), ==, LB_USE_LEFT_OUT);
  g_assert_cmpint (lb_backend_get_health (out), ==, LB_HEALTH_UNKNOWN);
  g_assert_cmpint (lb_backend_get_last_probe (out)->time_us, ==, 0);
  g_assert_false (lb_backend_get_proxied (out)->known);

  lb_backend_set_state (out, LB_STATE_DRAIN);
  g_assert_cmpint (lb_pool_get_use (f->pool, out), ==, LB_USE_DRAIN);
  lb_backend_set_state (out, LB_STATE_READY);

  /* One of the others goes, and it is one of most. */
  g_assert_true (lb_pool_remove (f->pool, get (f, 0)));
  g_assert_true (lb_pool_remove (f->pool, get (f, 0)));
  take (f, "");
  g_assert_cmpint (lb_pool_get_use (f->pool, out), ==, LB_USE_YES);
}

static guint
get_weight (Fixture *f,
            const char *policy,
            guint i)
{
  g_autoptr (LbHaproxyPool) words = NULL;
  g_auto (LbProbeSettings) probe = { 0 };
  g_auto (LbProxySettings) proxy = { 0 };

  lb_probe_settings_init (&probe);
  lb_proxy_settings_init (&proxy);
  words = lb_haproxy_pool_new (f->pool, policy, &probe, &proxy, g_get_monotonic_time ());

  return ((LbHaproxyWanted *) g_ptr_array_index (words->wanted, i))->weight;
}

/* Who takes twice as long for an answer is to have half as many requests. */
static void
test_fastest_weighs_by_time (Fixture *f,
                             gconstpointer data G_GNUC_UNUSED)
{
  g_assert_cmpuint (get_weight (f, "fastest", 0), ==, get_weight (f, "fastest", 1));
  take (f, "127.0.0.1:1,0,0,1,0,0,0,0," UP "1,0,10,10\n127.0.0.1:2,0,0,1,0,0,0,0," UP "1,0,20,20\n");
  g_assert_cmpuint (get_weight (f, "fastest", 0), ==, LB_WEIGHT_MAX);
  g_assert_cmpuint (get_weight (f, "fastest", 1), ==, LB_WEIGHT_MAX / 2);
  g_assert_cmpuint (get_weight (f, "random", 1), ==, 1);
}

static void
test_ends (Fixture *f,
           gconstpointer data G_GNUC_UNUSED)
{
  const LbProxyRecord *record = lb_backend_get_proxied (get (f, 0));

  take (f, "127.0.0.1:1,3,17,100,0,0,4,0," UP "90,0,34,56\n127.0.0.1:2,0,0,0,0,0,0,0," UP "0,0,0,0\n");
  lb_haproxy_figures_end (f->pool);

  g_assert_false (record->known);
  g_assert_cmpuint (record->queued, ==, 0);
  assert_counts (record->counts, 100, 90, 4);
  g_assert_cmpint (lb_pool_get_use (f->pool, get (f, 2)), ==, LB_USE_YES);
  g_assert_cmpfloat (lb_load_get_in_flight (lb_backend_get_load (get (f, 0)), g_get_monotonic_time ()), <, 17.0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add ("/haproxy-figures/" path, Fixture, NULL, set_up, test, tear_down)

  ADD ("takes-over", test_takes_over);
  ADD ("adds-up", test_adds_up);
  ADD ("who-is-left-out", test_who_is_left_out);
  ADD ("fastest-weighs-by-time", test_fastest_weighs_by_time);
  ADD ("ends", test_ends);

#undef ADD

  return g_test_run ();
}
