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

/**
 * lb_history_row_new:
 * @roster: who is in the pool
 *
 * Returns: (transfer full): a row whose samples and numbers are all left to be filled in
 */
LbHistoryRow *
lb_history_row_new (LbHistoryRoster *roster)
{
  LbHistoryRow *self =
    g_malloc (sizeof (LbHistoryRow) + roster->n_backends * sizeof (LbHistorySample));

  *self = (LbHistoryRow){ .roster = lb_history_roster_ref (roster) };
  g_atomic_ref_count_init (&self->ref_count);

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
