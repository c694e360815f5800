/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-adaptive"

#include "config.h"

#include "policy/lb-adaptive.h"

#include "policy/lb-learner.h"
#include "policy/lb-weighted-set.h"

/* What one backend is measured by is brought up to date this often at most. */
#define COMPARE_US (G_USEC_PER_SEC / 10)

/**
 * LbAdaptive:
 *
 * Learns from response times how much each backend can take (see lb_learner_feed()), multiplies the
 * weights with it, draws two by these weights and takes the one with fewer requests in flight for its
 * own. A backend that reports its own load counts for as much as it has left.
 *
 * What it has learned stands in the backends as long as it is in use.
 */
struct _LbAdaptive
{
  LbPolicy parent_instance;

  LbWeightedSet set;
  LbLearner learner;
  gint64 compared_us;
  double *factors;
  GPtrArray *taught; /* backends whose weight it has moved */
};

G_DEFINE_FINAL_TYPE (LbAdaptive, lb_adaptive, LB_TYPE_POLICY)

static void
lb_adaptive_forget (LbAdaptive *self)
{
  for (guint i = 0; i < self->taught->len; i++)
    lb_backend_set_learned (g_ptr_array_index (self->taught, i), 1.0);

  g_ptr_array_set_size (self->taught, 0);
}

static void
lb_adaptive_rebuild (LbPolicy *policy,
                     LbBackend *const *candidates,
                     const double *weights,
                     guint n_candidates,
                     gint64 now_us)
{
  LbAdaptive *self = LB_ADAPTIVE (policy);

  self->factors = g_renew (double, self->factors, n_candidates);
  lb_learner_weigh (candidates, self->factors, n_candidates);
  lb_adaptive_forget (self);

  for (guint i = 0; i < n_candidates; i++)
    {
      lb_backend_set_learned (candidates[i],
                              self->factors[i] * lb_backend_get_spare (candidates[i]));
      g_ptr_array_add (self->taught, g_object_ref (candidates[i]));
      self->factors[i] = lb_backend_get_effective_weight (candidates[i], now_us);
    }

  lb_weighted_set_build (&self->set, candidates, self->factors, n_candidates);
}

static LbBackend *
lb_adaptive_choose (LbPolicy *policy,
                    const LbRequestKey *key,
                    gint64 now_us,
                    GRand *rand)
{
  LbAdaptive *self = (LbAdaptive *) policy;

  return self->set.candidates[lb_weighted_set_draw_two (&self->set, now_us, rand)];
}

static void
lb_adaptive_probed (LbPolicy *policy,
                    LbBackend *backend,
                    const LbProbeResult *result,
                    gint64 now_us)
{
  LbAdaptive *self = LB_ADAPTIVE (policy);

  if (!result->ok || result->response_us < 0)
    return;

  if (now_us - self->compared_us >= COMPARE_US && self->taught->len > 0)
    {
      lb_learner_compare (&self->learner, (LbBackend *const *) self->taught->pdata,
                          self->taught->len);
      self->compared_us = now_us;
    }

  lb_learner_feed (&self->learner, backend, result->response_us);
  lb_policy_moved (policy);
}

static void
lb_adaptive_dispose (GObject *object)
{
  LbAdaptive *self = LB_ADAPTIVE (object);

  lb_adaptive_forget (self);

  G_OBJECT_CLASS (lb_adaptive_parent_class)->dispose (object);
}

static void
lb_adaptive_finalize (GObject *object)
{
  LbAdaptive *self = LB_ADAPTIVE (object);

  lb_weighted_set_clear (&self->set);
  g_clear_pointer (&self->factors, g_free);
  g_clear_pointer (&self->taught, g_ptr_array_unref);

  G_OBJECT_CLASS (lb_adaptive_parent_class)->finalize (object);
}

static void
lb_adaptive_class_init (LbAdaptiveClass *klass)
{
  LbPolicyClass *policy_class = LB_POLICY_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lb_adaptive_dispose;
  G_OBJECT_CLASS (klass)->finalize = lb_adaptive_finalize;
  policy_class->rebuild = lb_adaptive_rebuild;
  policy_class->choose = lb_adaptive_choose;
  policy_class->probed = lb_adaptive_probed;
}

static void
lb_adaptive_init (LbAdaptive *self)
{
  self->taught = g_ptr_array_new_with_free_func (g_object_unref);
}
