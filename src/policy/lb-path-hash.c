/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-path-hash"

#include "config.h"

#include "policy/lb-path-hash.h"

#include <string.h>

#include "policy/lb-maglev.h"

/**
 * LbPathHash:
 *
 * The backend follows from the path without its query, so that its requests stay together as long as that backend
 * can serve. Only weights that people have set count: a share that moved would move requests.
 */
struct _LbPathHash
{
  LbPolicy parent_instance;

  LbMaglev table;
};

G_DEFINE_FINAL_TYPE (LbPathHash, lb_path_hash, LB_TYPE_POLICY)

/* As HAProxy's "balance uri": the query does not count. */
static gsize
lb_path_hash_get_path_length (const LbRequestKey *key)
{
  const char *question = memchr (key->target, '?', key->target_length);

  return question != NULL ? (gsize) (question - key->target) : key->target_length;
}

static void
lb_path_hash_rebuild (LbPolicy *policy,
                     LbBackend *const *candidates,
                     const double *weights,
                     guint n_candidates,
                     gint64 now_us)
{
  LbPathHash *self = LB_PATH_HASH (policy);

  lb_maglev_build (&self->table, candidates, n_candidates);
}

static LbBackend *
lb_path_hash_choose (LbPolicy *policy,
                    const LbRequestKey *key,
                    gint64 now_us,
                    GRand *rand)
{
  LbPathHash *self = (LbPathHash *) policy;

  return lb_maglev_lookup (&self->table, key->target, lb_path_hash_get_path_length (key));
}

static void
lb_path_hash_finalize (GObject *object)
{
  LbPathHash *self = LB_PATH_HASH (object);

  lb_maglev_clear (&self->table);

  G_OBJECT_CLASS (lb_path_hash_parent_class)->finalize (object);
}

static void
lb_path_hash_class_init (LbPathHashClass *klass)
{
  LbPolicyClass *policy_class = LB_POLICY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lb_path_hash_finalize;
  policy_class->rebuild = lb_path_hash_rebuild;
  policy_class->choose = lb_path_hash_choose;
  policy_class->expect = lb_policy_expect_by_weight;
  policy_class->set_weights_only = TRUE;
}

static void
lb_path_hash_init (LbPathHash *self)
{
}
