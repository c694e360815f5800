/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-policy"

#include "config.h"

#include "policy/lb-policy.h"

#include <glib/gi18n-lib.h>

#include "policy/lb-random.h"

/**
 * LbPolicy:
 *
 * Which backend is next? One subclass for each answer. The balancer makes one by its name and asks
 * it for every request. A policy does no I/O and reads no clock: the time and the random source come
 * in, so that each of its decisions can be repeated.
 *
 * What a decision needs is kept in tables, so that it costs the same for three backends and for ten
 * thousand. This class watches the pool's generation and has the tables made anew when it moves.
 */
typedef struct
{
  guint64 generation;
  guint n_candidates;
} LbPolicyPrivate;

typedef struct
{
  LbPolicyInfo info;
  const char *const *aliases; /* what HAProxy and nginx call it */
  GType (*get_type) (void);
} LbPolicyEntry;

static const LbPolicyEntry entries[] = {
  { { "random", N_ ("Random"),
      N_ ("Draws a backend at random, in proportion to the weights. Looks at nothing else.") },
    NULL,
    lb_random_get_type },
};

G_DEFINE_QUARK (lb-policy-error-quark, lb_policy_error)

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (LbPolicy, lb_policy, G_TYPE_OBJECT)

static void
lb_policy_class_init (LbPolicyClass *klass)
{
}

static void
lb_policy_init (LbPolicy *self)
{
}

static gboolean
lb_policy_entry_matches (const LbPolicyEntry *entry,
                         const char *name)
{
  return g_str_equal (entry->info.name, name) ||
         (entry->aliases != NULL && g_strv_contains (entry->aliases, name));
}

/**
 * lb_policy_list:
 * @index: which one, from 0
 *
 * Returns: (nullable): what people see of the policy at @index, or %NULL past the last one
 */
const LbPolicyInfo *
lb_policy_list (guint index)
{
  return index < G_N_ELEMENTS (entries) ? &entries[index].info : NULL;
}

/**
 * lb_policy_new:
 * @name: its name, or what HAProxy or nginx call it
 * @error: return location for a #GError
 *
 * Sets %LB_POLICY_ERROR_UNKNOWN.
 *
 * Returns: (transfer full) (nullable): a policy that has seen no pool yet
 */
LbPolicy *
lb_policy_new (const char *name,
               GError **error)
{
  g_autoptr (GString) known = NULL;

  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    if (lb_policy_entry_matches (&entries[i], name))
      return g_object_new (entries[i].get_type (), NULL);

  known = g_string_new (NULL);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", entries[i].info.name);

  g_set_error (error, LB_POLICY_ERROR, LB_POLICY_ERROR_UNKNOWN,
               _ ("There is no policy “%s”. Use one of: %s."), name, known->str);

  return NULL;
}

/**
 * lb_policy_get_info:
 * @self: a policy
 *
 * Returns: what people see of it
 */
const LbPolicyInfo *
lb_policy_get_info (LbPolicy *self)
{
  g_return_val_if_fail (LB_IS_POLICY (self), NULL);

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    if (entries[i].get_type () == G_OBJECT_TYPE (self))
      return &entries[i].info;

  g_return_val_if_reached (NULL);
}

/**
 * lb_policy_choose:
 * @self: a policy
 * @pool: the pool to choose from, the same in every call
 * @key: what of the request it may look at
 * @now_us: the monotonic time in microseconds
 * @rand: a random source
 *
 * Chooses where a request goes. Counts nothing.
 *
 * Returns: (transfer none) (nullable): a backend, or %NULL if none can serve
 */
LbBackend *
lb_policy_choose (LbPolicy *self,
                  LbPool *pool,
                  const LbRequestKey *key,
                  gint64 now_us,
                  GRand *rand)
{
  LbPolicyPrivate *priv = lb_policy_get_instance_private (self);
  LbPolicyClass *klass = LB_POLICY_GET_CLASS (self);
  guint64 generation = lb_pool_get_generation (pool);

  if (G_UNLIKELY (priv->generation != generation))
    {
      LbBackend *const *candidates = lb_pool_get_candidates (pool, &priv->n_candidates);

      if (priv->n_candidates > 0)
        klass->rebuild (self, candidates, priv->n_candidates, now_us);
      priv->generation = generation;
    }

  if (G_UNLIKELY (priv->n_candidates == 0))
    return NULL;

  return klass->choose (self, key, now_us, rand);
}
