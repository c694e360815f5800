/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-random"

#include "config.h"

#include "policy/lb-random.h"

#include "policy/lb-alias-table.h"

/**
 * LbRandom:
 *
 * Draws a backend at random, in proportion to the weights. It knows nothing of what went before, so
 * it cannot be led astray; over many requests each backend gets its share.
 */
struct _LbRandom
{
  LbPolicy parent_instance;

  LbAliasTable table;
  LbBackend *const *candidates; /* the pool's */
};

G_DEFINE_FINAL_TYPE (LbRandom, lb_random, LB_TYPE_POLICY)

static void
lb_random_rebuild (LbPolicy *policy,
                   LbBackend *const *candidates,
                   guint n_candidates,
                   gint64 now_us)
{
  LbRandom *self = LB_RANDOM (policy);
  g_autofree double *weights = g_new (double, n_candidates);

  for (guint i = 0; i < n_candidates; i++)
    weights[i] = lb_backend_get_weight (candidates[i]);

  lb_alias_table_build (&self->table, weights, n_candidates);
  self->candidates = candidates;
}

static LbBackend *
lb_random_choose (LbPolicy *policy,
                  const LbRequestKey *key,
                  gint64 now_us,
                  GRand *rand)
{
  LbRandom *self = (LbRandom *) policy;

  return self->candidates[lb_alias_table_draw (&self->table, rand)];
}

static void
lb_random_finalize (GObject *object)
{
  LbRandom *self = LB_RANDOM (object);

  lb_alias_table_clear (&self->table);

  G_OBJECT_CLASS (lb_random_parent_class)->finalize (object);
}

static void
lb_random_class_init (LbRandomClass *klass)
{
  LbPolicyClass *policy_class = LB_POLICY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lb_random_finalize;
  policy_class->rebuild = lb_random_rebuild;
  policy_class->choose = lb_random_choose;
}

static void
lb_random_init (LbRandom *self)
{
}
