/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-history-row"

#include "config.h"

#include "pool/lb-history-row.h"

#include <string.h>

/* What an allocation costs beside its bytes, and the count in a GRefString. */
#define ALLOCATION_SIZE 16

/**
 * lb_history_roster_new:
 * @pool: a pool
 *
 * Returns: (transfer full): who is in it now
 */
LbHistoryRoster *
lb_history_roster_new (LbPool *pool)
{
  const guint n = lb_pool_get_n_backends (pool);
  LbHistoryRoster *self = g_malloc (sizeof (LbHistoryRoster) + n * sizeof (char *));

  g_atomic_ref_count_init (&self->ref_count);
  self->n_backends = n;
  self->size = sizeof (LbHistoryRoster) + n * sizeof (char *) + ALLOCATION_SIZE;

  for (guint i = 0; i < n; i++)
    {
      const char *url = lb_backend_get_url (lb_pool_get_backend (pool, i));

      self->urls[i] = g_ref_string_acquire ((char *) url);
      self->size += strlen (url) + 1 + 2 * ALLOCATION_SIZE;
    }

  return self;
}

/**
 * lb_history_roster_ref:
 * @self: a roster
 *
 * Returns: (transfer full): @self
 */
LbHistoryRoster *
lb_history_roster_ref (LbHistoryRoster *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * lb_history_roster_unref:
 * @self: (transfer full): a roster
 */
void
lb_history_roster_unref (LbHistoryRoster *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (guint i = 0; i < self->n_backends; i++)
    g_ref_string_release (self->urls[i]);
  g_free (self);
}

/**
 * lb_history_roster_is_of:
 * @self: a roster
 * @pool: a pool
 *
 * Returns: whether the same backends are in it as then, at the same places
 */
gboolean
lb_history_roster_is_of (const LbHistoryRoster *self,
                         LbPool *pool)
{
  if (lb_pool_get_n_backends (pool) != self->n_backends)
    return FALSE;

  /* A string that the roster holds is not made anew at the same address. */
  for (guint i = 0; i < self->n_backends; i++)
    if (lb_backend_get_url (lb_pool_get_backend (pool, i)) != self->urls[i])
      return FALSE;

  return TRUE;
}

/**
 * lb_history_roster_get_size:
 * @self: a roster
 *
 * Returns: how many bytes it takes, with all of its strings, as if nobody else held them
 */
gsize
lb_history_roster_get_size (const LbHistoryRoster *self)
{
  return self->size;
}

static void
lb_history_sample_take (LbHistorySample *self,
                        LbBackend *backend)
{
  const LbProbeResult *probe = lb_backend_get_last_probe (backend);
  const LbHealth health = lb_backend_get_health (backend);
  const guint64 redirects = lb_sampled_rate_get_last (lb_backend_get_rate (backend));
  guint32 response_us = LB_HISTORY_NO_RESPONSE;

  if (health != LB_HEALTH_DOWN && probe->ok && probe->response_us >= 0)
    response_us = (guint32) MIN (probe->response_us, LB_HISTORY_NO_RESPONSE - 1);

  self->response_us = response_us & LB_HISTORY_NO_RESPONSE;
  self->health = health & 3u;
  self->state = lb_backend_get_state (backend) & 3u;
  self->redirects = (guint32) MIN (redirects, G_MAXUINT32);
}

/**
 * lb_history_row_new:
 * @roster: who is in the pool
 * @pool: the pool, whose counters have just been looked at
 *
 * Returns: (transfer full): how its backends are, with all else left to be filled in
 */
LbHistoryRow *
lb_history_row_new (LbHistoryRoster *roster,
                    LbPool *pool)
{
  LbHistoryRow *self =
    g_malloc (sizeof (LbHistoryRow) + roster->n_backends * sizeof (LbHistorySample));

  *self = (LbHistoryRow){ .roster = lb_history_roster_ref (roster) };
  g_atomic_ref_count_init (&self->ref_count);

  for (guint i = 0; i < roster->n_backends; i++)
    {
      lb_history_sample_take (&self->samples[i], lb_pool_get_backend (pool, i));
      if (self->samples[i].health == LB_HEALTH_UP)
        self->n_up++;
    }

  return self;
}

/**
 * lb_history_row_ref:
 * @self: a row
 *
 * Returns: (transfer full): @self
 */
LbHistoryRow *
lb_history_row_ref (LbHistoryRow *self)
{
  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * lb_history_row_unref:
 * @self: (transfer full): a row
 */
void
lb_history_row_unref (LbHistoryRow *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  lb_history_roster_unref (self->roster);
  g_free (self);
}

/**
 * lb_history_row_get_size:
 * @roster: who is in it
 *
 * Returns: how many bytes a row takes, without its roster
 */
gsize
lb_history_row_get_size (const LbHistoryRoster *roster)
{
  return sizeof (LbHistoryRow) + roster->n_backends * sizeof (LbHistorySample) + ALLOCATION_SIZE +
         sizeof (GList);
}
