/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-policy"

#include "config.h"

#include "policy/lb-policy.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "policy/lb-adaptive.h"
#include "policy/lb-fastest.h"
#include "policy/lb-least-connections.h"
#include "policy/lb-path-hash.h"
#include "policy/lb-random.h"
#include "policy/lb-round-robin.h"
#include "policy/lb-source-hash.h"
#include "policy/lb-two-choices.h"

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
  double *weights;
  gint64 built_us;
  gboolean moving;
} LbPolicyPrivate;

typedef struct
{
  LbPolicyInfo info;
  const char *const *aliases; /* what HAProxy and nginx call it */
  GType (*get_type) (void);
} LbPolicyEntry;

/* While weights move, tables are made anew no more often than this, and more seldom by as much again
 * for each thousand backends: it takes a millisecond for ten thousand. */
#define REBUILD_US (G_USEC_PER_SEC / 10)
#define REBUILD_BACKENDS 1000

#define ALIASES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const LbPolicyEntry entries[] = {
  { { "random", N_ ("Random"),
      N_ ("Draws a backend in proportion to the weights. Looks at nothing else.") },
    NULL, lb_random_get_type },
  { { "round-robin", N_ ("Round Robin"),
      N_ ("Takes turns, evenly spread in proportion to the weights. Looks at nothing else.") },
    ALIASES ("roundrobin", "static-rr"), lb_round_robin_get_type },
  { { "least-connections", N_ ("Least Connections"),
      N_ ("Takes the backend with the fewest requests in flight for its weight. Looks at an estimate "
          "of them.") },
    ALIASES ("leastconn", "least_conn"), lb_least_connections_get_type },
  { { "two-choices", N_ ("Two Choices"),
      N_ ("Draws two backends and takes the one with fewer requests in flight for its weight.") },
    ALIASES ("random(2)"), lb_two_choices_get_type },
  { { "fastest", N_ ("Fastest"),
      N_ ("Draws two backends and takes the one that would answer sooner. Looks at response times and "
          "requests in flight.") },
    NULL, lb_fastest_get_type },
  { { "adaptive", N_ ("Adaptive"),
      N_ ("Learns from response times how much each backend can take, then draws two and takes the "
          "less busy one.") },
    NULL, lb_adaptive_get_type },
  { { "source-hash", N_ ("Source Hash"),
      N_ ("Sends each client address to the same backend as long as that can serve.") },
    ALIASES ("source", "ip_hash"), lb_source_hash_get_type },
  { { "path-hash", N_ ("Path Hash"),
      N_ ("Sends each path, without its query, to the same backend as long as that can serve.") },
    ALIASES ("uri"), lb_path_hash_get_type },
};

G_DEFINE_QUARK (lb-policy-error-quark, lb_policy_error)

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (LbPolicy, lb_policy, G_TYPE_OBJECT)

static void
lb_policy_finalize (GObject *object)
{
  LbPolicyPrivate *priv = lb_policy_get_instance_private (LB_POLICY (object));

  g_clear_pointer (&priv->weights, g_free);

  G_OBJECT_CLASS (lb_policy_parent_class)->finalize (object);
}

static void
lb_policy_class_init (LbPolicyClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lb_policy_finalize;
}

static void
lb_policy_init (LbPolicy *self)
{
}

static gint64
lb_policy_get_rebuild_us (const LbPolicyPrivate *priv)
{
  return REBUILD_US * (1 + priv->n_candidates / REBUILD_BACKENDS);
}

static void
lb_policy_rebuild (LbPolicy *self,
                   LbPool *pool,
                   gint64 now_us)
{
  LbPolicyPrivate *priv = lb_policy_get_instance_private (self);
  LbPolicyClass *klass = LB_POLICY_GET_CLASS (self);
  guint n;
  LbBackend *const *candidates = lb_pool_get_candidates (pool, &n);

  priv->generation = lb_pool_get_generation (pool);
  priv->n_candidates = n;
  priv->built_us = now_us;
  priv->moving = FALSE;

  if (n == 0)
    return;

  priv->weights = g_renew (double, priv->weights, n);
  for (guint i = 0; i < n; i++)
    {
      priv->weights[i] = lb_backend_get_effective_weight (candidates[i], now_us);
      priv->moving =
        priv->moving || lb_load_is_starting (lb_backend_get_load (candidates[i]), now_us);
    }

  priv->moving = priv->moving && !klass->set_weights_only;
  klass->rebuild (self, candidates, priv->weights, n, now_us);
}

/* Brings the tables up to date. */
static inline void
lb_policy_update (LbPolicy *self,
                  LbPool *pool,
                  gint64 now_us)
{
  LbPolicyPrivate *priv = lb_policy_get_instance_private (self);

  if (G_UNLIKELY (priv->generation != lb_pool_get_generation (pool) ||
                  (priv->moving && now_us - priv->built_us >= lb_policy_get_rebuild_us (priv))))
    lb_policy_rebuild (self, pool, now_us);
}

static double
lb_policy_get_weight (LbPolicy *self,
                      LbBackend *backend,
                      gint64 now_us)
{
  if (LB_POLICY_GET_CLASS (self)->set_weights_only)
    return lb_backend_get_weight (backend);

  return lb_backend_get_effective_weight (backend, now_us);
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

  lb_policy_update (self, pool, now_us);

  if (G_UNLIKELY (priv->n_candidates == 0))
    return NULL;

  return LB_POLICY_GET_CLASS (self)->choose (self, key, now_us, rand);
}

/**
 * lb_policy_probed:
 * @self: a policy
 * @pool: the pool it chooses from
 * @backend: a backend
 * @result: what a probe of it saw
 * @now_us: the monotonic time in microseconds
 *
 * Lets the policy learn from a probe.
 */
void
lb_policy_probed (LbPolicy *self,
                  LbPool *pool,
                  LbBackend *backend,
                  const LbProbeResult *result,
                  gint64 now_us)
{
  LbPolicyPrivate *priv = lb_policy_get_instance_private (self);
  LbPolicyClass *klass;

  g_return_if_fail (LB_IS_POLICY (self));
  g_return_if_fail (LB_IS_POOL (pool));
  g_return_if_fail (LB_IS_BACKEND (backend));
  g_return_if_fail (result != NULL);

  klass = LB_POLICY_GET_CLASS (self);
  if (klass->probed != NULL)
    klass->probed (self, backend, result, now_us);

  if (klass->learns && now_us - priv->built_us >= lb_policy_get_rebuild_us (priv))
    lb_policy_rebuild (self, pool, now_us);
}

/**
 * lb_policy_moved:
 * @self: a policy
 *
 * For subclasses: says that weights have moved, so that the tables are made anew soon.
 */
void
lb_policy_moved (LbPolicy *self)
{
  LbPolicyPrivate *priv = lb_policy_get_instance_private (self);

  priv->moving = TRUE;
}

/* From the parts of the candidates to the shares of all, which are in the same order. */
static void
spread_shares (LbPool *pool,
               LbBackend *const *candidates,
               const double *parts,
               guint n_candidates,
               double *shares)
{
  double sum = 0.0;

  for (guint i = 0; i < n_candidates; i++)
    sum += parts[i];

  for (guint i = 0, next = 0; i < lb_pool_get_n_backends (pool); i++)
    {
      gboolean takes_part = next < n_candidates && lb_pool_get_backend (pool, i) == candidates[next];

      shares[i] = takes_part ? parts[next++] / sum : 0.0;
    }
}

/**
 * lb_policy_expect_shares:
 * @self: a policy
 * @pool: the pool it chooses from
 * @requests_per_s: how many requests there are
 * @now_us: the monotonic time in microseconds
 * @shares: (out caller-allocates) (array): for each backend of @pool, in its order, the share of the
 *   requests it would get if all stayed as it is, 0 to 1; not to be used if that cannot be said
 *
 * Says what should come of the policy, so that people can see whether it does.
 *
 * Returns: whether that can be said
 */
gboolean
lb_policy_expect_shares (LbPolicy *self,
                         LbPool *pool,
                         double requests_per_s,
                         gint64 now_us,
                         double *shares)
{
  LbBackend *const *candidates;
  g_autofree double *weights = NULL;
  g_autofree double *parts = NULL;
  guint n;

  g_return_val_if_fail (LB_IS_POLICY (self), FALSE);
  g_return_val_if_fail (LB_IS_POOL (pool), FALSE);
  g_return_val_if_fail (requests_per_s >= 0.0, FALSE);

  lb_policy_update (self, pool, now_us);

  candidates = lb_pool_get_candidates (pool, &n);
  weights = g_new (double, n);
  parts = g_new (double, n);
  for (guint i = 0; i < n; i++)
    weights[i] = lb_policy_get_weight (self, candidates[i], now_us);

  if (n > 0 && !LB_POLICY_GET_CLASS (self)->expect (self, weights, n, requests_per_s, parts))
    return FALSE;

  spread_shares (pool, candidates, parts, n, shares);

  return TRUE;
}

/**
 * lb_policy_expect_by_weight:
 * @self: a policy
 * @weights: (array length=n_candidates): what each of its candidates counts for
 * @n_candidates: how many
 * @requests_per_s: how many requests there are
 * @parts: (out caller-allocates) (array length=n_candidates): the weights
 *
 * For subclasses that go by weight alone: what they expect.
 *
 * Returns: %TRUE
 */
gboolean
lb_policy_expect_by_weight (LbPolicy *self,
                            const double *weights,
                            guint n_candidates,
                            double requests_per_s,
                            double *parts)
{
  memcpy (parts, weights, n_candidates * sizeof *parts);

  return TRUE;
}
