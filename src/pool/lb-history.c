/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-history"

#include "config.h"

#include "pool/lb-history.h"

#define LATE_US (G_USEC_PER_SEC / 20)

/*
 * A row for each second, which is immutable from the moment it is made: who reads shares rows and
 * copies nothing, also from another thread. A second that nobody looked at has no row, so a computer
 * that was asleep leaves a gap and no invented line. When a row is added, those that are too old
 * or too many go; each is eight bytes a backend, so in %LB_HISTORY_SIZE an hour of 2000 backends fits, or
 * 14 minutes of 10,000. A slice that is still read keeps its rows beyond that.
 */
struct _LbHistory
{
  GQueue rows; /* of LbHistoryRow, the oldest first */
  gsize size;  /* of all rows and their rosters */
  gsize max_size;

  LbHistoryRoster *roster; /* of the newest row */
  guint64 order;           /* of the pool at that time */

  /* At the last tick. */
  gint64 now_us;
  guint64 redirects;
  guint64 rejected;
};

static LbHistoryRow *
lb_history_get_newest (LbHistory *self)
{
  return g_queue_peek_tail (&self->rows);
}

/* A tick is never quite in time. Up to here that is as if it were, or 20 redirects in a second would be
 * 19.991 a second; what is late in one is missing in the next. */
static gint64
lb_history_get_span (LbHistory *self,
                     gint64 now_us)
{
  const gint64 span_us = now_us - self->now_us;

  return ABS (span_us - G_USEC_PER_SEC) < LATE_US ? G_USEC_PER_SEC : span_us;
}

/* Rows that follow each other share their roster, which is counted with the first of them. */
static gsize
lb_history_get_row_size (const LbHistoryRow *row,
                         const LbHistoryRow *before)
{
  gsize size = lb_history_row_get_size (row->roster);

  if (before == NULL || before->roster != row->roster)
    size += lb_history_roster_get_size (row->roster);

  return size;
}

static void
lb_history_drop_oldest (LbHistory *self)
{
  g_autoptr (LbHistoryRow) row = g_queue_pop_head (&self->rows);
  const LbHistoryRow *next = g_queue_peek_head (&self->rows);

  self->size -= lb_history_row_get_size (row->roster);
  if (next == NULL || next->roster != row->roster)
    self->size -= lb_history_roster_get_size (row->roster);
}

static void
lb_history_push (LbHistory *self,
                 LbHistoryRow *row)
{
  self->size += lb_history_get_row_size (row, lb_history_get_newest (self));
  g_queue_push_tail (&self->rows, row);

  while (self->rows.length > 1)
    {
      const LbHistoryRow *oldest = g_queue_peek_head (&self->rows);

      if (self->size <= self->max_size && oldest->second > row->second - LB_HISTORY_SECONDS)
        break;
      lb_history_drop_oldest (self);
    }
}

static void
lb_history_update_roster (LbHistory *self,
                          LbPool *pool)
{
  const guint64 order = lb_pool_get_order (pool);

  if (self->roster != NULL && self->order == order)
    return;

  g_clear_pointer (&self->roster, lb_history_roster_unref);
  self->roster = lb_history_roster_new (pool);
  self->order = order;
}

static guint64
lb_history_count_rejected (const LbTraffic *traffic)
{
  guint64 sum = 0;

  for (guint i = 0; i < LB_N_REJECTIONS; i++)
    sum += traffic->rejected[i];

  return sum;
}

/**
 * lb_history_new:
 * @max_size: how many bytes it may take, such as %LB_HISTORY_SIZE
 *
 * Returns: (transfer full): an empty history
 */
LbHistory *
lb_history_new (gsize max_size)
{
  LbHistory *self = g_new0 (LbHistory, 1);

  g_queue_init (&self->rows);
  self->max_size = max_size;

  return self;
}

/**
 * lb_history_free:
 * @self: (transfer full): a history
 *
 * Slices stay what they are.
 */
void
lb_history_free (LbHistory *self)
{
  g_return_if_fail (self != NULL);

  g_queue_clear_full (&self->rows, (GDestroyNotify) lb_history_row_unref);
  g_clear_pointer (&self->roster, lb_history_roster_unref);
  g_free (self);
}

/**
 * lb_history_tick:
 * @self: a history
 * @pool: the pool, always the same
 * @traffic: what clients do besides being redirected
 * @now_us: the monotonic time in microseconds, which stands still while the computer sleeps
 * @clock_us: a time in microseconds that never goes back and does not stand still, such as
 *   CLOCK_BOOTTIME
 *
 * Looks at the pool's counters, and writes down the second that has just ended. To be called soon
 * after the beginning of each second of @clock_us. A second time in the same second nothing is written
 * down.
 */
void
lb_history_tick (LbHistory *self,
                 LbPool *pool,
                 const LbTraffic *traffic,
                 gint64 now_us,
                 gint64 clock_us)
{
  const LbHistoryRow *newest = lb_history_get_newest (self);
  const gint64 second = clock_us / G_USEC_PER_SEC;
  const guint64 redirects = lb_pool_get_redirects (pool);
  const guint64 rejected = lb_history_count_rejected (traffic);
  LbHistoryRow *row;

  if (newest != NULL && second <= newest->second)
    return;

  lb_history_update_roster (self, pool);

  row = lb_history_row_new (self->roster);
  row->second = second;
  row->n_up = lb_pool_look (pool, row->samples, now_us);
  if (self->now_us > 0)
    {
      row->span_us = lb_history_get_span (self, now_us);
      row->redirects = redirects - self->redirects;
      row->rejected = rejected - self->rejected;
    }
  lb_history_push (self, row);

  self->now_us = now_us;
  self->redirects = redirects;
  self->rejected = rejected;
}

/**
 * lb_history_get_slice:
 * @self: a history
 * @n_seconds: how many seconds up to now, 1 to %LB_HISTORY_SECONDS
 * @time_us: the wall clock, in microseconds since 1970
 * @clock_us: the time as lb_history_tick() gets it
 *
 * Takes the last part of the history. Nothing is copied but a pointer for each second.
 *
 * Returns: (transfer full): the slice
 */
LbHistorySlice *
lb_history_get_slice (LbHistory *self,
                      guint n_seconds,
                      gint64 time_us,
                      gint64 clock_us)
{
  const LbHistoryRow *newest;
  gint64 end = clock_us / G_USEC_PER_SEC;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (n_seconds >= 1 && n_seconds <= LB_HISTORY_SECONDS, NULL);

  /* The tick of a second that ends just now may be about to come. */
  newest = lb_history_get_newest (self);
  if (newest != NULL && newest->second == end - 1)
    end--;

  return lb_history_slice_new (&self->rows, n_seconds, lb_history_get_n_kept (self), end,
                               time_us - (clock_us - end * G_USEC_PER_SEC));
}

/**
 * lb_history_get_size:
 * @self: a history
 *
 * Returns: how many bytes it takes
 */
gsize
lb_history_get_size (LbHistory *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->size;
}

/**
 * lb_history_get_n_kept:
 * @self: a history
 *
 * Returns: how many seconds of the pool as it is now are kept at most
 */
guint
lb_history_get_n_kept (LbHistory *self)
{
  gsize roster_size;
  gsize n;

  g_return_val_if_fail (self != NULL, 0);

  if (self->roster == NULL)
    return LB_HISTORY_SECONDS;

  roster_size = lb_history_roster_get_size (self->roster);
  if (roster_size >= self->max_size)
    return 1;

  n = (self->max_size - roster_size) / lb_history_row_get_size (self->roster);

  return (guint) CLAMP (n, 1, LB_HISTORY_SECONDS);
}
