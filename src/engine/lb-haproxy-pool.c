/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "engine/lb-haproxy-pool.h"

#include <math.h>

#include "engine/lb-haproxy-config.h"

/* The weights that are learned go to HAProxy's `leastconn`, which knows requests in flight by itself. */
static gboolean
lb_haproxy_pool_learns (const char *policy)
{
  return g_str_equal (policy, "adaptive") || g_str_equal (policy, "fastest");
}

static double
lb_haproxy_pool_get_response_us (LbHaproxySection *section,
                                 guint i,
                                 gint64 now_us)
{
  return lb_load_update_response_time (lb_backend_get_load (lb_haproxy_section_get_backend (section, i)), now_us);
}

/* The mean of the response times that are known, for who has none yet; 0 if nobody has. */
static double
lb_haproxy_pool_find_mean_us (LbHaproxySection *section,
                              gint64 now_us)
{
  double sum_us = 0.0;
  guint n_known = 0;

  for (guint i = 0; i < lb_haproxy_section_get_n (section); i++)
    {
      const double response_us = lb_haproxy_pool_get_response_us (section, i, now_us);

      if (response_us > 0.0)
        {
          sum_us += response_us;
          n_known++;
        }
    }

  return n_known > 0 ? sum_us / n_known : 0.0;
}

/* What the backends weigh beside each other: as `adaptive` has learned, or, so that the one with the fewest requests
 * is the one that would answer first as with `fastest`, the less the slower they are. */
static double *
lb_haproxy_pool_weigh (LbHaproxySection *section,
                       guint n,
                       const char *policy,
                       gint64 now_us)
{
  const double typical_us = g_str_equal (policy, "fastest") ? lb_haproxy_pool_find_mean_us (section, now_us) : 0.0;
  double *weights = g_new0 (double, n);

  for (guint i = 0; i < n; i++)
    {
      const double response_us = lb_haproxy_pool_get_response_us (section, i, now_us);

      weights[i] = lb_backend_get_effective_weight (lb_haproxy_section_get_backend (section, i), now_us);
      if (typical_us > 0.0)
        weights[i] /= response_us > 0.0 ? response_us : typical_us;
    }

  return weights;
}

static double
lb_haproxy_pool_find_max (const double *weights,
                          guint n)
{
  double max = 0.0;

  for (guint i = 0; i < n; i++)
    max = MAX (max, weights[i]);

  return max;
}

/* The largest weight is HAProxy's largest, so that the others are as finely told apart as can be. */
static guint
lb_haproxy_pool_scale (double weight,
                       double max)
{
  return max > 0.0 ? (guint) CLAMP (round (weight / max * LB_WEIGHT_MAX), 1.0, LB_WEIGHT_MAX) : 1;
}

/* Who has as many requests as it may have lets further ones wait. */
static char *
lb_haproxy_pool_make_words (LbHaproxySection *section,
                            guint i,
                            const LbProxySettings *proxy)
{
  g_autofree char *words = lb_haproxy_section_make_words (section, i);

  if (proxy->max_connections_per_backend == 0)
    return g_steal_pointer (&words);

  return g_strdup_printf ("%s maxconn %u", words, proxy->max_connections_per_backend);
}

static void
lb_haproxy_pool_free_wanted (gpointer wanted)
{
  lb_haproxy_wanted_free (wanted);
}

/**
 * lb_haproxy_pool_new:
 * @pool: the pool
 * @policy: the name of the policy that is to choose
 * @probe: how backends are checked that make no exception
 * @proxy: how traffic is proxied
 * @now_us: the monotonic time in microseconds
 *
 * Says the pool in HAProxy's words. What it does not know is left out, and told.
 *
 * Returns: (transfer full): the same for HAProxy
 */
LbHaproxyPool *
lb_haproxy_pool_new (LbPool *pool,
                     const char *policy,
                     const LbProbeSettings *probe,
                     const LbProxySettings *proxy,
                     gint64 now_us)
{
  LbHaproxyPool *self = g_new0 (LbHaproxyPool, 1);
  const gboolean learns = lb_haproxy_pool_learns (policy);
  g_autofree double *weights = NULL;
  double max;
  guint n;

  self->learns = learns;
  self->left_out = lb_exchange_notes_new ();
  self->wanted = g_ptr_array_new_with_free_func (lb_haproxy_pool_free_wanted);
  self->backends = g_ptr_array_new_with_free_func (g_object_unref);
  self->pool = lb_exchange_pool_new (LB_HAPROXY_PROXY, probe);
  lb_exchange_pool_set_policy (self->pool, learns ? "least-connections" : policy);
  for (guint i = 0; i < lb_pool_get_n_backends (pool); i++)
    g_ptr_array_add (self->pool->backends, g_object_ref (lb_pool_get_backend (pool, i)));
  if (self->pool->backends->len == 0)
    return self;

  self->section = lb_haproxy_section_new (self->pool, self->left_out);
  n = lb_haproxy_section_get_n (self->section);
  weights = lb_haproxy_pool_weigh (self->section, n, policy, now_us);
  max = lb_haproxy_pool_find_max (weights, n);
  for (guint i = 0; i < n; i++)
    {
      LbBackend *backend = lb_haproxy_section_get_backend (self->section, i);
      g_autofree char *words = lb_haproxy_pool_make_words (self->section, i, proxy);
      const guint weight = learns ? lb_haproxy_pool_scale (weights[i], max)
                                  : lb_backend_get_weight (backend);

      g_ptr_array_add (self->wanted, lb_haproxy_wanted_new (lb_haproxy_section_get_name (self->section, i),
                                                            words, weight, lb_backend_get_state (backend)));
      g_ptr_array_add (self->backends, g_object_ref (backend));
    }

  return self;
}

/**
 * lb_haproxy_pool_free:
 * @self: (nullable) (transfer full): a pool in HAProxy's words
 */
void
lb_haproxy_pool_free (LbHaproxyPool *self)
{
  if (self == NULL)
    return;

  lb_haproxy_section_free (self->section);
  lb_exchange_pool_free (self->pool);
  g_ptr_array_unref (self->wanted);
  g_ptr_array_unref (self->backends);
  lb_exchange_notes_free (self->left_out);
  g_free (self);
}

/* Returns: the index of the server of that name, or -1 */
static int
lb_haproxy_pool_find (const LbHaproxyPool *self,
                      const char *name)
{
  for (guint i = 0; i < self->wanted->len; i++)
    if (g_str_equal (((LbHaproxyWanted *) g_ptr_array_index (self->wanted, i))->name, name))
      return (int) i;

  return -1;
}

/**
 * lb_haproxy_pool_find_wanted:
 * @self: (nullable): a pool in HAProxy's words
 * @name: a server's name
 *
 * Returns: (transfer none) (nullable): how it is to be
 */
const LbHaproxyWanted *
lb_haproxy_pool_find_wanted (const LbHaproxyPool *self,
                             const char *name)
{
  const int i = self != NULL ? lb_haproxy_pool_find (self, name) : -1;

  return i >= 0 ? g_ptr_array_index (self->wanted, i) : NULL;
}

/**
 * lb_haproxy_pool_get_wanted:
 * @self: a pool in HAProxy's words
 * @i: an index
 *
 * Returns: (transfer none): the server there
 */
const LbHaproxyWanted *
lb_haproxy_pool_get_wanted (const LbHaproxyPool *self,
                            guint i)
{
  return g_ptr_array_index (self->wanted, i);
}

/**
 * lb_haproxy_pool_find_index:
 * @self: a pool in HAProxy's words
 * @backend: a backend
 * @from: where to look first: who asks for one after the other finds each at once
 *
 * Returns: the index of its server, or %G_MAXUINT if it has none
 */
guint
lb_haproxy_pool_find_index (const LbHaproxyPool *self,
                            LbBackend *backend,
                            guint from)
{
  guint index;

  if (from < self->backends->len && g_ptr_array_index (self->backends, from) == backend)
    return from;

  return g_ptr_array_find (self->backends, backend, &index) ? index : G_MAXUINT;
}

/**
 * lb_haproxy_pool_find_backend:
 * @self: (nullable): a pool in HAProxy's words
 * @name: a server's name
 *
 * Returns: (transfer none) (nullable): which backend it is
 */
LbBackend *
lb_haproxy_pool_find_backend (const LbHaproxyPool *self,
                              const char *name)
{
  const int i = self != NULL ? lb_haproxy_pool_find (self, name) : -1;

  return i >= 0 ? g_ptr_array_index (self->backends, i) : NULL;
}

/* A weight of our own would be multiplied with what the agent says. */
static void
lb_haproxy_pool_add_agent (const LbHaproxyWanted *wanted,
                           const LbHaproxyAgentAddress *agent,
                           GString *out)
{
  g_string_append_printf (out, " weight 100 agent-check agent-addr %s agent-port %u agent-send \"%s\\n\"",
                          agent->host, agent->port, wanted->name);
}

/**
 * lb_haproxy_pool_make_servers:
 * @self: a pool in HAProxy's words
 * @agent: (nullable): whom HAProxy asks how to use each server
 *
 * Writes the servers' lines for a file. One that drains has no weight there, since a file knows no draining: it gets
 * both, in that order, by the runtime API, or from the agent.
 *
 * Returns: (transfer full): the lines
 */
char *
lb_haproxy_pool_make_servers (const LbHaproxyPool *self,
                              const LbHaproxyAgentAddress *agent)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < self->wanted->len; i++)
    {
      const LbHaproxyWanted *wanted = g_ptr_array_index (self->wanted, i);

      g_string_append_printf (out, "    server %s %s", wanted->name, wanted->words);
      if (lb_haproxy_wanted_is_by_name (wanted))
        g_string_append (out, " init-addr last,libc,none");
      if (agent != NULL)
        lb_haproxy_pool_add_agent (wanted, agent, out);
      else
        g_string_append_printf (out, " weight %u", wanted->state == LB_STATE_DRAIN ? 0 : wanted->weight);
      g_string_append (out, wanted->state == LB_STATE_MAINT ? " disabled\n" : "\n");
    }

  return g_string_free (out, FALSE);
}
