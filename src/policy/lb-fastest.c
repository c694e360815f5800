/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-fastest"

#include "config.h"

#include "policy/lb-fastest.h"

#include <math.h>

#include "policy/lb-weighted-set.h"

/* How fast an old peak is forgotten. */
#define TAU_US (10.0 * G_USEC_PER_SEC)

/* The peak-EWMA of one backend. It is kept with the backend, so that it outlives the policy. */
typedef struct
{
  double cost_us; /* 0 before the first response time */
  gint64 updated_us;
} LbPeak;

/**
 * LbFastest:
 *
 * Draws two backends by weight and takes the one that would answer sooner, were its requests in flight
 * to wait for each other, for its weight. What an answer takes is a peak-EWMA of the response times, as in Finagle: a
 * slower one counts at once, a faster one by and by.
 */
struct _LbFastest
{
  LbPolicy parent_instance;

  LbWeightedSet set;
  const LbPeak **peaks; /* of each candidate, borrowed from it */
  double mean_us;       /* of those known when the tables were made */
};

G_DEFINE_FINAL_TYPE (LbFastest, lb_fastest, LB_TYPE_POLICY)

static LbPeak *
lb_peak_of (LbBackend *backend,
            gint64 now_us)
{
  static GQuark quark;
  LbPeak *self;

  if (quark == 0)
    quark = g_quark_from_static_string ("lb-peak");

  self = g_object_get_qdata (G_OBJECT (backend), quark);
  if (self == NULL)
    {
      double mean_us = lb_latency_mean (lb_backend_get_latency (backend));

      self = g_new0 (LbPeak, 1);
      self->cost_us = MAX (mean_us, 0.0);
      self->updated_us = now_us;
      g_object_set_qdata_full (G_OBJECT (backend), quark, self, g_free);
    }

  return self;
}

static double
lb_fastest_get_cost_us (LbFastest *self,
                        guint i)
{
  const double known_us = self->peaks[i]->cost_us;

  return known_us > 0.0 ? known_us : self->mean_us;
}

static double
lb_fastest_get_cost (LbFastest *self,
                     guint i,
                     gint64 now_us)
{
  return lb_fastest_get_cost_us (self, i) * lb_weighted_set_get_load (&self->set, i, now_us);
}

/* One that has not answered yet counts as if it were like the others: it need not be quick, and may
 * be dead. */
static double
lb_fastest_get_mean (LbFastest *self,
                     guint n)
{
  double sum_us = 0.0;
  guint n_known = 0;

  for (guint i = 0; i < n; i++)
    if (self->peaks[i]->cost_us > 0.0)
      {
        sum_us += self->peaks[i]->cost_us;
        n_known++;
      }

  return n_known > 0 ? sum_us / n_known : 1.0;
}

static void
lb_fastest_rebuild (LbPolicy *policy,
                    LbBackend *const *candidates,
                    const double *weights,
                    guint n_candidates,
                    gint64 now_us)
{
  LbFastest *self = LB_FASTEST (policy);

  self->peaks = g_renew (const LbPeak *, self->peaks, n_candidates);
  for (guint i = 0; i < n_candidates; i++)
    self->peaks[i] = lb_peak_of (candidates[i], now_us);
  self->mean_us = lb_fastest_get_mean (self, n_candidates);

  lb_weighted_set_build (&self->set, candidates, weights, n_candidates);
}

static LbBackend *
lb_fastest_choose (LbPolicy *policy,
                   const LbRequestKey *key,
                   gint64 now_us,
                   GRand *rand)
{
  LbFastest *self = (LbFastest *) policy;
  guint first = lb_weighted_set_draw (&self->set, rand);
  guint second = lb_weighted_set_draw (&self->set, rand);

  if (first != second && lb_fastest_get_cost (self, second, now_us) <
                           lb_fastest_get_cost (self, first, now_us))
    first = second;

  return self->set.candidates[first];
}

static gboolean
lb_fastest_expect (LbPolicy *policy,
                   const double *weights,
                   guint n_candidates,
                   double requests_per_s,
                   double *parts)
{
  LbFastest *self = LB_FASTEST (policy);
  g_autofree double *costs = g_new (double, n_candidates);

  for (guint i = 0; i < n_candidates; i++)
    costs[i] = lb_fastest_get_cost_us (self, i) * self->set.costs[i];

  return lb_weighted_set_rehearse (&self->set, costs, 2, requests_per_s, parts);
}

static void
lb_fastest_probed (LbPolicy *policy,
                   LbBackend *backend,
                   const LbProbeResult *result,
                   gint64 now_us)
{
  LbPeak *peak = lb_peak_of (backend, now_us);
  const double response_us = (double) result->response_us;

  if (!result->ok || result->response_us < 0)
    return;

  /* The mean that the others count as is another one now. */
  if (peak->cost_us == 0.0)
    lb_policy_moved (policy);

  if (response_us > peak->cost_us)
    {
      peak->cost_us = response_us;
    }
  else
    {
      double w = exp ((double) (peak->updated_us - now_us) / TAU_US);

      peak->cost_us = peak->cost_us * w + response_us * (1.0 - w);
    }

  peak->updated_us = now_us;
}

static void
lb_fastest_finalize (GObject *object)
{
  LbFastest *self = LB_FASTEST (object);

  lb_weighted_set_clear (&self->set);
  g_clear_pointer (&self->peaks, g_free);

  G_OBJECT_CLASS (lb_fastest_parent_class)->finalize (object);
}

static void
lb_fastest_class_init (LbFastestClass *klass)
{
  LbPolicyClass *policy_class = LB_POLICY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lb_fastest_finalize;
  policy_class->rebuild = lb_fastest_rebuild;
  policy_class->choose = lb_fastest_choose;
  policy_class->expect = lb_fastest_expect;
  policy_class->probed = lb_fastest_probed;
}

static void
lb_fastest_init (LbFastest *self)
{
}
