/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/lb-snapshot.h"
#include "probe/lb-probe-error.h"

#define SECOND G_TIME_SPAN_SECOND

/* The wall clock when the monotonic one says 0. */
#define BOOT_US (G_GINT64_CONSTANT (1795334400) * SECOND)

typedef struct
{
  LbPool *pool;
  LbBackend *backend;
} Fixture;

static void
set_up (Fixture *f,
        gconstpointer data)
{
  f->pool = lb_pool_new ();
  f->backend = lb_pool_add (f->pool, "http://a", NULL);
  lb_backend_begin (f->backend, 100 * SECOND);
}

static void
tear_down (Fixture *f,
           gconstpointer data)
{
  g_assert_finalize_object (f->pool);
}

static LbSnapshot *
take_snapshot (Fixture *f,
               gint64 now_us)
{
  static const char *const nowhere[] = { NULL };

  return lb_snapshot_new (f->pool, "random", nowhere, NULL, 1000, BOOT_US + now_us, now_us, 0);
}

static void
assert_health (Fixture *f,
               gint64 now_us,
               gint64 since_us,
               guint64 times_up,
               guint64 times_down,
               gint64 down_us)
{
  g_autoptr (LbSnapshot) snapshot = take_snapshot (f, now_us);

  g_assert_cmpint (snapshot->backends[0].health_since_us, ==, BOOT_US + since_us);
  g_assert_cmpuint (snapshot->backends[0].times_up, ==, times_up);
  g_assert_cmpuint (snapshot->backends[0].times_down, ==, times_down);
  g_assert_cmpint (snapshot->backends[0].down_us, ==, down_us);
}

static void
probe (Fixture *f,
       const char *error,
       gint64 response_us,
       gint64 now_us)
{
  const LbProbeResult result = {
    .time_us = BOOT_US + now_us,
    .response_us = response_us,
    .ok = response_us >= 0,
    .error = (char *) error,
  };

  lb_backend_record_probe (f->backend, &result, now_us);
}

static void
test_health (Fixture *f,
             gconstpointer data)
{
  LbBackend *a = f->backend;

  assert_health (f, 101 * SECOND, 100 * SECOND, 0, 0, 0);

  lb_backend_set_health (a, LB_HEALTH_UP, 102 * SECOND);
  assert_health (f, 103 * SECOND, 102 * SECOND, 1, 0, 0);

  lb_backend_set_health (a, LB_HEALTH_DOWN, 104 * SECOND);
  assert_health (f, 104 * SECOND, 104 * SECOND, 1, 1, 0);
  assert_health (f, 109 * SECOND, 104 * SECOND, 1, 1, 5 * SECOND);
  probe (f, "refused", -1, 108 * SECOND);
  assert_health (f, 109 * SECOND, 104 * SECOND, 1, 1, 5 * SECOND);

  lb_backend_set_health (a, LB_HEALTH_DOWN, 109 * SECOND);
  lb_backend_set_health (a, LB_HEALTH_UP, 110 * SECOND);
  assert_health (f, 200 * SECOND, 110 * SECOND, 2, 1, 6 * SECOND);

  /* Into maintenance, and back into trouble. */
  lb_backend_set_health (a, LB_HEALTH_UNKNOWN, 201 * SECOND);
  assert_health (f, 210 * SECOND, 201 * SECOND, 2, 1, 6 * SECOND);
  lb_backend_set_health (a, LB_HEALTH_DOWN, 211 * SECOND);
  assert_health (f, 213 * SECOND, 211 * SECOND, 2, 2, 8 * SECOND);
}

/* Who is removed while it is down is not down while it is away. */
static void
test_away (Fixture *f,
           gconstpointer data)
{
  g_autoptr (LbBackend) a = g_object_ref (f->backend);

  lb_backend_set_health (a, LB_HEALTH_DOWN, 110 * SECOND);
  probe (f, "timeout", -1, 113 * SECOND);
  lb_pool_remove (f->pool, a);
  lb_pool_insert (f->pool, a, 0, NULL);
  lb_backend_begin (a, 1000 * SECOND);

  assert_health (f, 1001 * SECOND, 110 * SECOND, 0, 1, 4 * SECOND);
}

static void
test_outcomes (Fixture *f,
               gconstpointer data)
{
  g_autoptr (LbSnapshot) snapshot = NULL;
  const LbBackendFigures *a;
  guint64 n = 0;

  probe (f, NULL, 400, 101 * SECOND);
  probe (f, NULL, 500, 101 * SECOND);
  probe (f, NULL, 501, 101 * SECOND);
  probe (f, NULL, 60 * SECOND, 101 * SECOND);
  probe (f, "timeout", -1, 102 * SECOND);
  probe (f, "timeout", -1, 103 * SECOND);
  probe (f, "status 503", -1, 104 * SECOND);
  probe (f, "tls: expired", -1, 105 * SECOND);
  probe (f, "timeouts", -1, 106 * SECOND);
  probe (f, NULL, -1, 107 * SECOND);

  snapshot = take_snapshot (f, 110 * SECOND);
  a = &snapshot->backends[0];
  g_assert_cmpuint (a->probes[LB_PROBE_OK], ==, 4);
  g_assert_cmpuint (a->probes[LB_PROBE_TIMEOUT], ==, 2);
  g_assert_cmpuint (a->probes[LB_PROBE_STATUS], ==, 1);
  g_assert_cmpuint (a->probes[LB_PROBE_TLS], ==, 1);
  g_assert_cmpuint (a->probes[LB_PROBE_FAILED], ==, 2);
  for (guint i = 0; i < LB_N_PROBE_OUTCOMES; i++)
    n += a->probes[i];
  g_assert_cmpuint (n, ==, 10);

  g_assert_cmpuint (a->probe_times.n, ==, 4);
  g_assert_cmpuint (a->probe_times.sum_us, ==, 60 * SECOND + 1401);
  g_assert_cmpuint (a->probe_times.counts[0], ==, 2);
  g_assert_cmpuint (a->probe_times.counts[1], ==, 1);
  g_assert_cmpuint (a->probe_times.counts[LB_HISTOGRAM_BOUNDS], ==, 1);
}

/* Each word that a probe ends with is one to count by. */
static void
test_words (void)
{
  static const struct
  {
    const char *error;
    LbProbeOutcome outcome;
  } cases[] = {
    { LB_PROBE_ERROR_TIMEOUT, LB_PROBE_TIMEOUT },
    { LB_PROBE_ERROR_REFUSED, LB_PROBE_REFUSED },
    { LB_PROBE_ERROR_RESET, LB_PROBE_RESET },
    { LB_PROBE_ERROR_INCOMPLETE, LB_PROBE_INCOMPLETE },
    { LB_PROBE_ERROR_UNREACHABLE, LB_PROBE_UNREACHABLE },
    { LB_PROBE_ERROR_DNS, LB_PROBE_DNS },
    { LB_PROBE_ERROR_TLS, LB_PROBE_TLS },
    { LB_PROBE_ERROR_INVALID, LB_PROBE_INVALID },
    { LB_PROBE_ERROR_STATUS " 500", LB_PROBE_STATUS },
    { LB_PROBE_ERROR_BODY, LB_PROBE_BODY },
    { LB_PROBE_ERROR_LOOP, LB_PROBE_LOOP },
    { LB_PROBE_ERROR_FAILED, LB_PROBE_FAILED },
    { "", LB_PROBE_FAILED },
    { "ok", LB_PROBE_FAILED },
    { NULL, LB_PROBE_OK },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (lb_probe_outcome_from_error (cases[i].error), ==, cases[i].outcome);
}

static void
test_rates (Fixture *f,
            gconstpointer data)
{
  LbHistorySample sample;
  g_autoptr (LbSnapshot) busy = NULL;
  g_autoptr (LbSnapshot) idle = NULL;

  for (guint i = 0; i < 10; i++)
    {
      lb_pool_look (f->pool, &sample, (100 + i) * SECOND);
      if (i >= 5)
        lb_pool_count_redirect (f->pool, f->backend, (100 + i) * SECOND + SECOND / 2);
    }

  busy = take_snapshot (f, 110 * SECOND);
  g_assert_cmpfloat (busy->backends[0].redirects_per_s, ==, 1.0);
  g_assert_cmpfloat (busy->backends[0].redirects_per_s_max, ==, 1.0);
  g_assert_cmpfloat (busy->redirects_per_s_max, ==, 1.0);

  for (guint i = 10; i < 20; i++)
    lb_pool_look (f->pool, &sample, (100 + i) * SECOND);
  idle = take_snapshot (f, 120 * SECOND);
  g_assert_cmpfloat (idle->backends[0].redirects_per_s, ==, 0.0);
  g_assert_cmpfloat (idle->backends[0].redirects_per_s_max, ==, 1.0);
  g_assert_cmpfloat (idle->redirects_per_s, ==, 0.0);
  g_assert_cmpfloat (idle->redirects_per_s_max, ==, 1.0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/pool/probe-record/health", Fixture, NULL, set_up, test_health, tear_down);
  g_test_add ("/pool/probe-record/away", Fixture, NULL, set_up, test_away, tear_down);
  g_test_add ("/pool/probe-record/outcomes", Fixture, NULL, set_up, test_outcomes, tear_down);
  g_test_add_func ("/pool/probe-record/words", test_words);
  g_test_add ("/pool/probe-record/rates", Fixture, NULL, set_up, test_rates, tear_down);

  return g_test_run ();
}
