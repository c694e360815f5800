/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-source-hash"

#include "config.h"

#include "policy/lb-source-hash.h"

#include "policy/lb-maglev.h"

/**
 * LbSourceHash:
 *
 * The backend follows from the client's address, so that its requests stay together as long as that backend
 * can serve. Only weights that people have set count: a share that moved would move requests.
 */
struct _LbSourceHash
{
  LbPolicy parent_instance;

  LbMaglev table;
};

G_DEFINE_FINAL_TYPE (LbSourceHash, lb_source_hash, LB_TYPE_POLICY)

static void
lb_source_hash_rebuild (LbPolicy *policy,
                     LbBackend *const *candidates,
                     const double *weights,
                     guint n_candidates,
                     gint64 now_us)
{
  LbSourceHash *self = LB_SOURCE_HASH (policy);

  lb_maglev_build (&self->table, candidates, n_candidates);
}

static LbBackend *
lb_source_hash_choose (LbPolicy *policy,
                    const LbRequestKey *key,
                    gint64 now_us,
                    GRand *rand)
{
  LbSourceHash *self = (LbSourceHash *) policy;

  return lb_maglev_lookup (&self->table, key->source, key->source_length);
}

static void
lb_source_hash_finalize (GObject *object)
{
  LbSourceHash *self = LB_SOURCE_HASH (object);

  lb_maglev_clear (&self->table);

  G_OBJECT_CLASS (lb_source_hash_parent_class)->finalize (object);
}

static void
lb_source_hash_class_init (LbSourceHashClass *klass)
{
  LbPolicyClass *policy_class = LB_POLICY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lb_source_hash_finalize;
  policy_class->rebuild = lb_source_hash_rebuild;
  policy_class->choose = lb_source_hash_choose;
  policy_class->expect = lb_policy_expect_by_weight;
  policy_class->set_weights_only = TRUE;
}

static void
lb_source_hash_init (LbSourceHash *self)
{
}
