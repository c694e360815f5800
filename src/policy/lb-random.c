/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-random"

#include "config.h"

#include "policy/lb-random.h"

#include "policy/lb-weighted-set.h"

/**
 * LbRandom:
 *
 * Draws a backend by weight. It knows nothing of what went before, so it cannot be led astray; over
 * many requests each backend gets its share.
 */
struct _LbRandom
{
  LbPolicy parent_instance;

  LbWeightedSet set;
};

G_DEFINE_FINAL_TYPE (LbRandom, lb_random, LB_TYPE_POLICY)

static void
lb_random_rebuild (LbPolicy *policy,
                   LbBackend *const *candidates,
                   const double *weights,
                   guint n_candidates,
                   gint64 now_us)
{
  LbRandom *self = LB_RANDOM (policy);

  lb_weighted_set_build (&self->set, candidates, weights, n_candidates);
}

static LbBackend *
lb_random_choose (LbPolicy *policy,
                  const LbRequestKey *key,
                  gint64 now_us,
                  GRand *rand)
{
  LbRandom *self = (LbRandom *) policy;

  return self->set.candidates[lb_weighted_set_draw (&self->set, rand)];
}

static void
lb_random_finalize (GObject *object)
{
  LbRandom *self = LB_RANDOM (object);

  lb_weighted_set_clear (&self->set);

  G_OBJECT_CLASS (lb_random_parent_class)->finalize (object);
}

static void
lb_random_class_init (LbRandomClass *klass)
{
  LbPolicyClass *policy_class = LB_POLICY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lb_random_finalize;
  policy_class->rebuild = lb_random_rebuild;
  policy_class->choose = lb_random_choose;
  policy_class->expect = lb_policy_expect_by_weight;
}

static void
lb_random_init (LbRandom *self)
{
}
