/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-snapshot"

#include "config.h"

#include "pool/lb-snapshot.h"

#include <string.h>

G_DEFINE_BOXED_TYPE (LbSnapshot, lb_snapshot, lb_snapshot_ref, lb_snapshot_unref)

static void
lb_snapshot_fill_figures (LbBackendFigures *figures,
                          LbPool *pool,
                          LbBackend *backend,
                          LbLookBack back,
                          gint64 time_us,
                          gint64 now_us)
{
  const guint64 total = lb_pool_get_redirects (pool);
  const LbProbeRecord *record = lb_backend_get_record (backend);
  const LbSampledRate *rate = lb_backend_get_rate (backend);
  const LbProbeResult *probe = lb_backend_get_last_probe (backend);

  figures->url = g_ref_string_acquire ((char *) lb_backend_get_url (backend));
  figures->state = lb_backend_get_state (backend);
  figures->health = lb_backend_get_health (backend);
  figures->use = lb_pool_get_use (pool, backend);
  figures->backup = lb_backend_get_backup (backend);
  figures->weight = lb_backend_get_weight (backend);
  figures->effective_weight = lb_backend_get_effective_weight (backend, now_us);
  figures->in_flight = lb_load_get_in_flight (lb_backend_get_load (backend), now_us);
  figures->reported = lb_load_get_reported (lb_backend_get_load (backend));
  figures->last_probe = *probe;
  if (probe->error != NULL)
    g_ref_string_acquire (probe->error);
  lb_latency_summarize (lb_backend_get_latency (backend), &figures->latency);
  figures->redirects = lb_backend_get_redirects (backend);
  figures->redirects_per_s = lb_sampled_rate_get (rate, figures->redirects, back);
  figures->redirects_per_s_max = MAX (rate->max, figures->redirects_per_s);
  figures->share = total > 0 ? (double) figures->redirects / (double) total : 0.0;
  figures->recent_share = -1.0;
  figures->expected_share = -1.0;
  figures->health_since_us = time_us - (now_us - record->since_us);
  figures->times_down = record->times_down;
  figures->times_up = record->times_up;
  figures->down_us = lb_probe_record_get_down_us (record, figures->health, now_us);
  memcpy (figures->probes, record->outcomes, sizeof figures->probes);
  figures->probe_times = record->times;
  figures->proxied = *lb_backend_get_proxied (backend);
}

static void
lb_snapshot_free (LbSnapshot *self)
{
  for (guint i = 0; i < self->n_backends; i++)
    {
      g_ref_string_release (self->backends[i].url);
      g_clear_pointer (&self->backends[i].last_probe.error, g_ref_string_release);
    }

  g_free (self->backends);
  g_ptr_array_unref (self->nodes);
  g_strfreev (self->listen);
  g_free (self->policy);
  g_free (self);
}

/**
 * lb_snapshot_new:
 * @pool: the pool to picture
 * @policy: the policy's name
 * @listen: (array zero-terminated=1): the URLs we listen on
 * @traffic: (nullable): what clients do besides being redirected
 * @probe_interval_ms: how often each backend is probed
 * @time_us: the wall clock, in microseconds since 1970
 * @now_us: the monotonic time in microseconds
 * @start_us: the monotonic time at which the balancer started
 *
 * Takes a picture. It shares strings with the pool and copies the numbers. What the pool does not
 * know is missing; see lb_snapshot_fill_shares().
 *
 * Returns: (transfer full): the snapshot
 */
LbSnapshot *
lb_snapshot_new (LbPool *pool,
                 const char *policy,
                 const char *const *listen,
                 const LbTraffic *traffic,
                 guint probe_interval_ms,
                 gint64 time_us,
                 gint64 now_us,
                 gint64 start_us)
{
  LbSnapshot *self;
  LbLookBack back;

  g_return_val_if_fail (LB_IS_POOL (pool), NULL);
  g_return_val_if_fail (policy != NULL, NULL);
  g_return_val_if_fail (listen != NULL, NULL);

  self = g_new0 (LbSnapshot, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->time_us = time_us;
  self->uptime_us = now_us - start_us;
  self->listen = g_strdupv ((char **) listen);
  self->policy = g_strdup (policy);
  self->redirects = lb_pool_get_redirects (pool);
  self->redirects_per_s = lb_pool_get_redirect_rate (pool, now_us);
  self->redirects_per_s_max = MAX (lb_pool_get_max_redirect_rate (pool), self->redirects_per_s);
  memcpy (self->proxied, lb_pool_get_proxied (pool), sizeof self->proxied);
  if (traffic != NULL)
    self->traffic = *traffic;
  self->probe_interval_ms = probe_interval_ms;
  self->n_backends = lb_pool_get_n_backends (pool);
  self->backends = g_new0 (LbBackendFigures, self->n_backends);
  self->nodes = lb_node_snapshot_new_list ();

  back = lb_pool_look_back (pool, now_us);
  for (guint i = 0; i < self->n_backends; i++)
    lb_snapshot_fill_figures (&self->backends[i], pool, lb_pool_get_backend (pool, i), back,
                              time_us, now_us);

  return self;
}

/**
 * lb_snapshot_new_from:
 * @other: a snapshot
 * @indices: (array length=n_indices): which of its backends
 * @n_indices: how many
 *
 * Picks backends out of a picture. All figures stay, those for the pool as a whole too.
 *
 * Returns: (transfer full): a snapshot of the same moment
 */
LbSnapshot *
lb_snapshot_new_from (const LbSnapshot *other,
                      const guint *indices,
                      guint n_indices)
{
  LbSnapshot *self;

  g_return_val_if_fail (other != NULL, NULL);
  g_return_val_if_fail (indices != NULL || n_indices == 0, NULL);

  self = g_memdup2 (other, sizeof *other);
  g_atomic_ref_count_init (&self->ref_count);
  self->listen = g_strdupv (other->listen);
  self->policy = g_strdup (other->policy);
  self->n_backends = n_indices;
  self->backends = g_new (LbBackendFigures, n_indices);
  self->nodes = lb_node_snapshot_new_list ();
  for (guint i = 0; i < other->nodes->len; i++)
    g_ptr_array_add (self->nodes,
                     lb_node_snapshot_new_from (g_ptr_array_index (other->nodes, i), indices, n_indices));

  for (guint i = 0; i < n_indices; i++)
    {
      LbBackendFigures *figures = &self->backends[i];

      *figures = other->backends[indices[i]];
      g_ref_string_acquire (figures->url);
      if (figures->last_probe.error != NULL)
        g_ref_string_acquire (figures->last_probe.error);
    }

  return self;
}

/**
 * lb_snapshot_ref:
 * @self: a snapshot
 *
 * Returns: (transfer full): @self
 */
LbSnapshot *
lb_snapshot_ref (LbSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * lb_snapshot_unref:
 * @self: (transfer full): a snapshot
 */
void
lb_snapshot_unref (LbSnapshot *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    lb_snapshot_free (self);
}

/**
 * lb_snapshot_fill_shares:
 * @self: a snapshot that nobody else has yet
 * @recent: the last minute
 * @expected: (nullable) (array): the share that the policy would give each backend
 *
 * Adds the shares that the pool does not know.
 */
void
lb_snapshot_fill_shares (LbSnapshot *self,
                         const LbHistorySlice *recent,
                         const double *expected)
{
  g_autofree const char **urls = NULL;
  g_autofree guint64 *counts = NULL;
  guint64 total = 0;

  g_return_if_fail (self != NULL);
  g_return_if_fail (recent != NULL);

  urls = g_new (const char *, self->n_backends);
  counts = g_new (guint64, self->n_backends);
  for (guint i = 0; i < self->n_backends; i++)
    urls[i] = self->backends[i].url;

  lb_history_slice_count_redirects (recent, urls, self->n_backends, counts);
  for (guint i = 0; i < self->n_backends; i++)
    total += counts[i];

  for (guint i = 0; i < self->n_backends; i++)
    {
      LbBackendFigures *figures = &self->backends[i];

      figures->recent_share = total > 0 ? (double) counts[i] / (double) total : -1.0;
      figures->expected_share = expected != NULL ? expected[i] : -1.0;
    }
}

/**
 * lb_snapshot_fill_nodes:
 * @self: a snapshot that nobody else has yet
 * @nodes: (element-type LbNodeSnapshot): the nodes at the same moment, each with all the backends
 *
 * Adds the nodes.
 */
void
lb_snapshot_fill_nodes (LbSnapshot *self,
                        GPtrArray *nodes)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (nodes != NULL);

  for (guint i = 0; i < nodes->len; i++)
    {
      LbNodeSnapshot *node = g_ptr_array_index (nodes, i);

      g_return_if_fail (node->n_backends == self->n_backends);
      g_ptr_array_add (self->nodes, lb_node_snapshot_ref (node));
    }
}

/**
 * lb_snapshot_find_node:
 * @self: a snapshot
 * @address: what a node is named by
 *
 * Returns: (transfer none) (nullable): the node
 */
const LbNodeSnapshot *
lb_snapshot_find_node (const LbSnapshot *self,
                       const char *address)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (address != NULL, NULL);

  for (guint i = 0; i < self->nodes->len; i++)
    {
      const LbNodeSnapshot *node = g_ptr_array_index (self->nodes, i);

      if (g_str_equal (node->address, address))
        return node;
    }

  return NULL;
}

/* What only the pool as a whole has is not known. Of the last check, how it ended and how long requests take. */
static void
lb_snapshot_take_node_figures (LbBackendFigures *figures,
                               const LbNodeFigures *node,
                               guint64 total)
{
  figures->health = node->known ? node->health : LB_HEALTH_UNKNOWN;
  figures->in_flight = node->in_flight;
  figures->redirects = node->requests;
  figures->redirects_per_s = node->requests_per_s;
  figures->redirects_per_s_max = node->requests_per_s;
  figures->share = total > 0 ? (double) node->requests / (double) total : 0.0;
  figures->recent_share = -1.0;
  figures->expected_share = -1.0;
  figures->latency = (LbLatencySummary){ 0, -1.0, -1, -1, -1, -1, -1 };
  figures->last_probe.ok = node->health == LB_HEALTH_UP;
  figures->last_probe.response_us = node->health == LB_HEALTH_UP ? node->response_us : -1;
  g_clear_pointer (&figures->last_probe.error, g_ref_string_release);
  if (node->health == LB_HEALTH_DOWN && node->check != NULL)
    figures->last_probe.error = g_ref_string_acquire (node->check);
  if (node->health == LB_HEALTH_UNKNOWN)
    figures->last_probe.time_us = 0;
}

/**
 * lb_snapshot_for_node:
 * @self: a snapshot
 * @address: what one of its nodes is named by
 *
 * Shows one node alone: its figures stand in place of the sums. It is its only node.
 *
 * Returns: (transfer full) (nullable): a snapshot of the same moment; %NULL if there is no such node
 */
LbSnapshot *
lb_snapshot_for_node (const LbSnapshot *self,
                      const char *address)
{
  const LbNodeSnapshot *node = lb_snapshot_find_node (self, address);
  g_autofree guint *indices = NULL;
  LbSnapshot *copy;

  if (node == NULL)
    return NULL;

  indices = g_new (guint, self->n_backends);
  for (guint i = 0; i < self->n_backends; i++)
    indices[i] = i;
  copy = lb_snapshot_new_from (self, indices, self->n_backends);
  for (guint i = copy->nodes->len; i-- > 0;)
    if (!g_str_equal (((LbNodeSnapshot *) g_ptr_array_index (copy->nodes, i))->address, address))
      g_ptr_array_remove_index (copy->nodes, i);

  copy->redirects = 0;
  copy->redirects_per_s = 0.0;
  for (guint i = 0; i < node->n_backends; i++)
    {
      copy->redirects += node->backends[i].requests;
      copy->redirects_per_s += node->backends[i].requests_per_s;
    }
  copy->redirects_per_s_max = copy->redirects_per_s;
  for (guint i = 0; i < node->n_backends; i++)
    lb_snapshot_take_node_figures (&copy->backends[i], &node->backends[i], copy->redirects);

  return copy;
}
