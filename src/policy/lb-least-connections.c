/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-least-connections"

#include "config.h"

#include "policy/lb-least-connections.h"

#include "policy/lb-weighted-set.h"

/* Above this many, some are drawn instead of looking at all. */
#define EXACT_MAX 64
#define SAMPLES 8

/**
 * LbLeastConnections:
 *
 * Takes the backend with the fewest requests in flight for its weight, estimated. Up to %EXACT_MAX of
 * them all are looked at, and those that are alike take turns; the estimates fade at different rates,
 * so that no order of many could be kept, and of more the best of %SAMPLES drawn by weight is taken.
 *
 * A backend that reports its own load counts for as much of its weight as it has left.
 */
struct _LbLeastConnections
{
  LbPolicy parent_instance;

  LbWeightedSet set;
  double *weights;
  gboolean reduced; /* some weights by a reported load */
  guint next;       /* where the next look begins */
};

G_DEFINE_FINAL_TYPE (LbLeastConnections, lb_least_connections, LB_TYPE_POLICY)

static guint
lb_least_connections_scan (LbLeastConnections *self,
                           gint64 now_us)
{
  const guint n = self->set.n;
  guint best = self->next;
  double best_load = G_MAXDOUBLE;

  for (guint step = 0, i = self->next; step < n; step++, i = i + 1 < n ? i + 1 : 0)
    {
      double load = lb_weighted_set_get_load (&self->set, i, now_us);

      if (load < best_load)
        {
          best = i;
          best_load = load;
        }
    }

  self->next = best + 1 < n ? best + 1 : 0;

  return best;
}

static guint
lb_least_connections_sample (LbLeastConnections *self,
                             gint64 now_us,
                             GRand *rand)
{
  guint best = 0;
  double best_load = G_MAXDOUBLE;

  for (guint sample = 0; sample < SAMPLES; sample++)
    {
      guint i = lb_weighted_set_draw (&self->set, rand);
      double load = lb_weighted_set_get_load (&self->set, i, now_us);

      if (load < best_load)
        {
          best = i;
          best_load = load;
        }
    }

  return best;
}

static void
lb_least_connections_rebuild (LbPolicy *policy,
                              LbBackend *const *candidates,
                              const double *weights,
                              guint n_candidates,
                              gint64 now_us)
{
  LbLeastConnections *self = LB_LEAST_CONNECTIONS (policy);

  self->weights = g_renew (double, self->weights, n_candidates);
  self->reduced = FALSE;
  for (guint i = 0; i < n_candidates; i++)
    {
      const double spare = lb_load_get_spare (lb_backend_get_load (candidates[i]));

      self->weights[i] = weights[i] * spare;
      self->reduced = self->reduced || spare < 1.0;
    }

  lb_weighted_set_build (&self->set, candidates, self->weights, n_candidates);
  self->next %= n_candidates;
}

static LbBackend *
lb_least_connections_choose (LbPolicy *policy,
                             const LbRequestKey *key,
                             gint64 now_us,
                             GRand *rand)
{
  LbLeastConnections *self = (LbLeastConnections *) policy;
  guint best;

  if (self->set.n <= EXACT_MAX)
    best = lb_least_connections_scan (self, now_us);
  else
    best = lb_least_connections_sample (self, now_us, rand);

  return self->set.candidates[best];
}

static gboolean
lb_least_connections_expect (LbPolicy *policy,
                             const double *weights,
                             guint n_candidates,
                             double requests_per_s,
                             double *parts)
{
  LbLeastConnections *self = LB_LEAST_CONNECTIONS (policy);

  return lb_weighted_set_rehearse (&self->set, self->set.costs, n_candidates > EXACT_MAX ? SAMPLES : 0,
                                   requests_per_s, parts);
}

static void
lb_least_connections_probed (LbPolicy *policy,
                             LbBackend *backend,
                             const LbProbeResult *result,
                             gint64 now_us)
{
  LbLeastConnections *self = LB_LEAST_CONNECTIONS (policy);

  /* A load that is not reported any more has to go from the tables, too. */
  if (self->reduced || lb_load_get_spare (lb_backend_get_load (backend)) < 1.0)
    lb_policy_moved (policy);
}

static void
lb_least_connections_finalize (GObject *object)
{
  LbLeastConnections *self = LB_LEAST_CONNECTIONS (object);

  lb_weighted_set_clear (&self->set);
  g_clear_pointer (&self->weights, g_free);

  G_OBJECT_CLASS (lb_least_connections_parent_class)->finalize (object);
}

static void
lb_least_connections_class_init (LbLeastConnectionsClass *klass)
{
  LbPolicyClass *policy_class = LB_POLICY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lb_least_connections_finalize;
  policy_class->rebuild = lb_least_connections_rebuild;
  policy_class->choose = lb_least_connections_choose;
  policy_class->expect = lb_least_connections_expect;
  policy_class->probed = lb_least_connections_probed;
}

static void
lb_least_connections_init (LbLeastConnections *self)
{
}
