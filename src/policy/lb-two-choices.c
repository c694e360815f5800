/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-two-choices"

#include "config.h"

#include "policy/lb-two-choices.h"

#include "policy/lb-weighted-set.h"

/**
 * LbTwoChoices:
 *
 * Draws two backends by weight and takes the one with fewer requests in flight for its weight. Almost
 * as even as looking at all of them, at a cost that does not grow, and without everyone running to the
 * same one.
 */
struct _LbTwoChoices
{
  LbPolicy parent_instance;

  LbWeightedSet set;
};

G_DEFINE_FINAL_TYPE (LbTwoChoices, lb_two_choices, LB_TYPE_POLICY)

static void
lb_two_choices_rebuild (LbPolicy *policy,
                        LbBackend *const *candidates,
                        const double *weights,
                        guint n_candidates,
                        gint64 now_us)
{
  LbTwoChoices *self = LB_TWO_CHOICES (policy);

  lb_weighted_set_build (&self->set, candidates, weights, n_candidates);
}

static LbBackend *
lb_two_choices_choose (LbPolicy *policy,
                       const LbRequestKey *key,
                       gint64 now_us,
                       GRand *rand)
{
  LbTwoChoices *self = (LbTwoChoices *) policy;

  return self->set.candidates[lb_weighted_set_draw_two (&self->set, now_us, rand)];
}

static gboolean
lb_two_choices_expect (LbPolicy *policy,
                       const double *weights,
                       guint n_candidates,
                       double requests_per_s,
                       double *parts)
{
  LbTwoChoices *self = LB_TWO_CHOICES (policy);

  return lb_weighted_set_rehearse (&self->set, self->set.costs, 2, requests_per_s, parts);
}

static void
lb_two_choices_finalize (GObject *object)
{
  LbTwoChoices *self = LB_TWO_CHOICES (object);

  lb_weighted_set_clear (&self->set);

  G_OBJECT_CLASS (lb_two_choices_parent_class)->finalize (object);
}

static void
lb_two_choices_class_init (LbTwoChoicesClass *klass)
{
  LbPolicyClass *policy_class = LB_POLICY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lb_two_choices_finalize;
  policy_class->rebuild = lb_two_choices_rebuild;
  policy_class->choose = lb_two_choices_choose;
  policy_class->expect = lb_two_choices_expect;
}

static void
lb_two_choices_init (LbTwoChoices *self)
{
}
