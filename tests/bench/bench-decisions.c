/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * What a decision costs, for every policy and for few and many backends, and what making its tables
 * anew costs. A decision is what the redirector does for a request: to choose, and to count what
 * was chosen, so that the estimates of requests in flight move as they do in use. It includes the
 * tables that a policy makes anew by itself, at 20,000 requests a second. Beside it stands what
 * choosing alone takes.
 *
 * All times are CPU time of the only thread, each the least of several rounds: whatever else the
 * machine does can only add to it. The exit status is 1 if a decision among 10,000 costs more than
 * four times what it costs among few.
 */

#include "config.h"

#include <string.h>
#include <time.h>

#include "policy/lb-policy.h"

#define MANY 10000u
#define RATIO_MAX 4.0

#define ROUNDS 9
#define ROUND_DECISIONS 200000
#define REBUILDS 7

/* Between two requests: 20,000 a second. */
#define REQUEST_US 50
#define PROBES 16

static const guint sizes[] = { 3, 64, 100, MANY };

typedef struct
{
  LbPool *pool;
  LbPolicy *policy;
  GRand *rand;
  gint64 now_us;
  guint32 n_requests;
} Bench;

typedef struct
{
  double choose_ns;
  double decide_ns;
} Cost;

static gint64
get_cpu_ns (void)
{
  struct timespec t;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);

  return t.tv_sec * G_GINT64_CONSTANT (1000000000) + t.tv_nsec;
}

/* What a request comes with: no two in a row have the same address or path. Cheap, since it is
 * measured along. */
static void
next_key (Bench *self,
          LbRequestKey *key,
          guint8 source[4],
          char target[32])
{
  guint32 number = self->n_requests++ * 2654435769u;
  guint32 letters[2] = { 0x61616161u + (number & 0x0f0f0f0fu),
                         0x61616161u + ((number >> 4) & 0x0f0f0f0fu) };

  memcpy (source, &number, sizeof number);
  memcpy (target + 1, letters, sizeof letters);
  *key = (LbRequestKey){ source, 4, target, 32 };
}

/* Time stands still for those that are not counted, or the estimates would fade away. */
static void
decide (Bench *self,
        guint n,
        gboolean count)
{
  guint8 source[4];
  char target[32];
  LbRequestKey key;

  memcpy (target, "/12345678/picture.jpeg?width=480", sizeof target);

  for (guint i = 0; i < n; i++)
    {
      LbBackend *backend;

      next_key (self, &key, source, target);
      if (count)
        self->now_us += REQUEST_US;
      backend = lb_policy_choose (self->policy, self->pool, &key, self->now_us, self->rand);
      g_assert (backend != NULL);

      if (count)
        lb_pool_count_redirect (self->pool, backend, self->now_us);
    }
}

/* As after some seconds of probing: each has its own response time. */
static void
probe (Bench *self,
       LbBackend *backend)
{
  const gint64 typical_us = g_rand_int_range (self->rand, 2000, 80000);

  for (guint i = 0; i < PROBES; i++)
    {
      LbProbeResult result = { .time_us = 1, .status = 200, .ok = TRUE };

      result.response_us = typical_us + g_rand_int_range (self->rand, 0, 5000);
      lb_backend_record_probe (backend, &result, self->now_us);
      lb_policy_probed (self->policy, self->pool, backend, &result, self->now_us);
    }
}

static void
bench_init (Bench *self,
            const char *policy,
            guint n)
{
  *self = (Bench){ lb_pool_new (), lb_policy_new (policy, NULL), g_rand_new_with_seed (7), 1, 0 };

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://backend-%u.example.com:9000", i);
      LbBackend *backend = lb_pool_add (self->pool, url, NULL);

      lb_backend_set_weight (backend, i % 4 + 1, NULL);
      probe (self, backend);
    }

  /* Until the estimates are level. */
  decide (self, 4 * n + ROUND_DECISIONS, TRUE);
}

static void
bench_clear (Bench *self)
{
  g_object_unref (self->policy);
  g_object_unref (self->pool);
  g_rand_free (self->rand);
}

static double
measure_round (Bench *self,
               gboolean count)
{
  gint64 start_ns = get_cpu_ns ();

  decide (self, ROUND_DECISIONS, count);

  return (double) (get_cpu_ns () - start_ns) / ROUND_DECISIONS;
}

static Cost
measure_decisions (Bench *self)
{
  Cost cost = { G_MAXDOUBLE, G_MAXDOUBLE };

  for (guint round = 0; round < ROUNDS; round++)
    {
      cost.decide_ns = MIN (cost.decide_ns, measure_round (self, TRUE));
      cost.choose_ns = MIN (cost.choose_ns, measure_round (self, FALSE));
    }

  return cost;
}

/* The first decision after a weight was changed. */
static double
measure_rebuild_ms (Bench *self)
{
  LbBackend *backend = lb_pool_get_backend (self->pool, 0);
  double best_ms = G_MAXDOUBLE;

  for (guint i = 0; i < REBUILDS; i++)
    {
      gint64 start_ns;

      lb_backend_set_weight (backend, 5 + i, NULL);
      start_ns = get_cpu_ns ();
      decide (self, 1, TRUE);
      best_ms = MIN (best_ms, (double) (get_cpu_ns () - start_ns) / 1e6);
    }

  return best_ms;
}

/* Returns: whether the costs lie within the bound */
static gboolean
measure_policy (const char *name)
{
  /* Up to 64 least-connections looks at all of them; above, it must stay within reach of that. */
  const guint few = g_str_equal (name, "least-connections") ? 64 : 3;
  Cost costs[G_N_ELEMENTS (sizes)];
  double rebuild_ms = 0.0;
  double few_ns = 0.0;
  double ratio;

  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      Bench bench;

      bench_init (&bench, name, sizes[i]);
      costs[i] = measure_decisions (&bench);
      if (sizes[i] == few)
        few_ns = costs[i].decide_ns;
      if (sizes[i] == MANY)
        rebuild_ms = measure_rebuild_ms (&bench);
      bench_clear (&bench);
    }

  ratio = costs[G_N_ELEMENTS (sizes) - 1].decide_ns / few_ns;

  g_print ("%-18s", name);
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_print (" %5.0f (%3.0f)", costs[i].decide_ns, costs[i].choose_ns);
  g_print (" %7.2f to %-2u %8.2f ms%s\n", ratio, few, rebuild_ms,
           ratio > RATIO_MAX ? "   TOO MUCH" : "");

  return ratio <= RATIO_MAX;
}

int
main (int argc,
      char **argv)
{
  gboolean good = TRUE;

  g_print ("Nanoseconds for a decision and its counting (for choosing alone), by backends:\n"
           "%-18s",
           "");
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    g_print (" %5u      ", sizes[i]);
  g_print ("   ratio         tables anew\n");

  for (guint i = 0; lb_policy_list (i) != NULL; i++)
    good = measure_policy (lb_policy_list (i)->name) && good;

  g_print ("The ratio, of %u backends to few, is at most %.0f: %s.\n", MANY, RATIO_MAX,
           good ? "yes" : "NO");

  return good ? 0 : 1;
}
