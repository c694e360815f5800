/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-history-digest"

#include "config.h"

#include "pool/lb-history-digest.h"

#include <math.h>

#define NOBODY G_MAXUINT

#define BIT(change) (1u << (change))

/* What is carried from one row to the next. */
typedef struct
{
  LbHistoryDigest *digest;
  const LbHistoryRow *before;
  guint *places;         /* of the slice's backends in the roster */
  LbHistorySpan *latest; /* each backend at the row before */
  guint *counts;         /* of each backend's response times; their sums are in the digest */
  guint32 *times;        /* the response times of the latest row of the step that has any */
  guint n_times;
  guint step; /* of those */
} Reader;

static void
reader_locate (Reader *self,
               const LbHistoryRoster *roster)
{
  const LbHistorySlice *slice = self->digest->slice;
  g_autoptr (GHashTable) by_url = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < roster->n_backends; i++)
    g_hash_table_insert (by_url, roster->urls[i], GUINT_TO_POINTER (i));

  for (guint i = 0; i < slice->n_backends; i++)
    {
      gpointer place;

      self->places[i] = g_hash_table_lookup_extended (by_url, slice->urls[i], NULL, &place)
                          ? GPOINTER_TO_UINT (place)
                          : NOBODY;
    }
}

/* How many of @roster are not in @other. */
static guint
count_missing (const LbHistoryRoster *roster,
               const LbHistoryRoster *other)
{
  g_autoptr (GHashTable) urls = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = 0;

  for (guint i = 0; i < other->n_backends; i++)
    g_hash_table_add (urls, other->urls[i]);
  for (guint i = 0; i < roster->n_backends; i++)
    n += !g_hash_table_contains (urls, roster->urls[i]);

  return n;
}

/* The number in the middle of an array, which is put into another order (Hoare's quickselect). */
static guint32
select_median (guint32 *values,
               guint n)
{
  const gssize middle = ((gssize) n - 1) / 2;
  gssize left = 0;
  gssize right = (gssize) n - 1;

  while (left < right)
    {
      const guint32 pivot = values[left + (right - left) / 2];
      gssize i = left - 1;
      gssize j = right + 1;

      for (;;)
        {
          guint32 swap;

          do
            i++;
          while (values[i] < pivot);
          do
            j--;
          while (values[j] > pivot);
          if (i >= j)
            break;

          swap = values[i];
          values[i] = values[j];
          values[j] = swap;
        }

      if (middle <= j)
        right = j;
      else
        left = j + 1;
    }

  return values[left];
}

static void
reader_end_step (Reader *self)
{
  if (self->n_times == 0)
    return;

  self->digest->moments[self->step].median_us = select_median (self->times, self->n_times);
  self->n_times = 0;
}

static void
reader_add_time (Reader *self,
                 LbHistorySpan *span,
                 guint32 response_us)
{
  LbHistoryMoment *moment = &self->digest->moments[self->step];

  if (span->lowest_us == LB_HISTORY_NO_RESPONSE || response_us > span->highest_us)
    span->highest_us = response_us & LB_HISTORY_NO_RESPONSE;
  if (response_us < span->lowest_us)
    span->lowest_us = response_us & LB_HISTORY_NO_RESPONSE;

  if (moment->lowest_us < 0 || response_us < moment->lowest_us)
    moment->lowest_us = response_us;
  moment->highest_us = MAX (moment->highest_us, response_us);
}

/* What a backend was at the end of a second, without times. */
static LbHistorySpan
read_condition (const LbHistoryRow *row,
                guint place)
{
  LbHistorySpan span = { .lowest_us = LB_HISTORY_NO_RESPONSE };

  if (place == NOBODY)
    {
      span.is_absent = TRUE;
      return span;
    }

  span.is_known = TRUE;
  span.health = row->samples[place].health;
  span.state = row->samples[place].state;
  span.was_down = span.health == LB_HEALTH_DOWN;

  return span;
}

/* Who has left is counted once for all, with those that never came back. */
static void
count_changes (LbHistoryMoment *moment,
               const LbHistorySpan *before,
               const LbHistorySpan *now)
{
  const guint changes = lb_history_span_compare (before, now) & ~BIT (LB_HISTORY_REMOVED);

  for (guint i = 0; changes >> i != 0; i++)
    moment->changes[i] += changes >> i & 1;
}

static void
reader_add_row (Reader *self,
                const LbHistoryRow *row)
{
  LbHistoryDigest *digest = self->digest;
  const guint n_backends = digest->slice->n_backends;
  LbHistoryMoment *moment = &digest->moments[self->step];
  LbHistorySpan *spans = &digest->spans[(gsize) self->step * n_backends];
  guint n_down = 0;
  guint n_drain = 0;
  guint n_maint = 0;
  guint n_times = 0;

  moment->is_known = TRUE;

  for (guint i = 0; i < n_backends; i++)
    {
      LbHistorySpan *span = &spans[i];
      const LbHistorySpan now = read_condition (row, self->places[i]);
      guint32 response_us;

      if (self->before != NULL &&
          (now.health != self->latest[i].health || now.state != self->latest[i].state ||
           now.is_known != self->latest[i].is_known))
        count_changes (moment, &self->latest[i], &now);
      self->latest[i] = now;

      span->is_known |= now.is_known;
      span->is_absent = now.is_absent;
      if (!now.is_known)
        continue;

      span->health = now.health;
      span->state = now.state;
      span->was_down |= now.was_down;
      n_down += now.was_down;
      n_drain += now.state == LB_STATE_DRAIN;
      n_maint += now.state == LB_STATE_MAINT;

      response_us = row->samples[self->places[i]].response_us;
      if (response_us == LB_HISTORY_NO_RESPONSE)
        continue;
      reader_add_time (self, span, response_us);
      digest->means_us[i] += response_us;
      self->counts[i]++;
      self->times[n_times++] = response_us;
    }

  moment->n_down = MAX (moment->n_down, n_down);
  moment->n_drain = MAX (moment->n_drain, n_drain);
  moment->n_maint = MAX (moment->n_maint, n_maint);
  if (n_times > 0)
    self->n_times = n_times;
}

static void
reader_begin_row (Reader *self,
                  const LbHistoryRow *row)
{
  if (self->before == NULL || self->before->roster != row->roster)
    reader_locate (self, row->roster);
}

static void
reader_read (Reader *self,
             const LbHistoryRow *row,
             guint step)
{
  reader_begin_row (self, row);

  if (step != self->step)
    reader_end_step (self);
  self->step = step;

  reader_add_row (self, row);
  if (self->before != NULL && self->before->roster != row->roster)
    self->digest->moments[step].changes[LB_HISTORY_REMOVED] +=
      count_missing (self->before->roster, row->roster);

  self->before = row;
}

/* What was just before the first step, so that a change right at its beginning is seen. */
static void
reader_look_back (Reader *self,
                  const LbHistoryRow *row)
{
  reader_begin_row (self, row);
  for (guint i = 0; i < self->digest->slice->n_backends; i++)
    self->latest[i] = read_condition (row, self->places[i]);
  self->before = row;
}

/* The first row at a second or after it. */
static guint
find_row (const LbHistorySlice *slice,
          gint64 second)
{
  guint low = 0;
  guint high = slice->n_rows;

  while (low < high)
    {
      const guint middle = low + (high - low) / 2;

      if (slice->rows[middle]->second < second)
        low = middle + 1;
      else
        high = middle;
    }

  return low;
}

static void
read_rows (LbHistoryDigest *self)
{
  const LbHistorySlice *slice = self->slice;
  guint i = find_row (slice, self->first * self->step_s);
  Reader reader = { .digest = self };

  reader.places = g_new (guint, slice->n_backends);
  reader.latest = g_new (LbHistorySpan, slice->n_backends);
  reader.counts = g_new0 (guint, slice->n_backends);
  reader.times = g_new (guint32, slice->n_backends);
  if (i > 0 && i < slice->n_rows)
    reader_look_back (&reader, slice->rows[i - 1]);

  for (; i < slice->n_rows; i++)
    {
      const gint64 step = slice->rows[i]->second / self->step_s - self->first;

      if (step >= self->n_steps)
        break;
      reader_read (&reader, slice->rows[i], (guint) step);
    }
  reader_end_step (&reader);

  for (guint j = 0; j < slice->n_backends; j++)
    self->means_us[j] = reader.counts[j] > 0 ? self->means_us[j] / reader.counts[j] : -1;

  g_free (reader.places);
  g_free (reader.latest);
  g_free (reader.counts);
  g_free (reader.times);
}

/**
 * lb_history_digest_new:
 * @slice: a slice
 * @step_s: how many seconds come together in a step, at least 1
 * @first: the number of the first step
 * @n_steps: how many steps to make
 *
 * Of steps that lie outside of @slice nothing is known. It takes a few milliseconds for a million
 * seconds of backends.
 *
 * Returns: (transfer full): the digest
 */
LbHistoryDigest *
lb_history_digest_new (LbHistorySlice *slice,
                       guint step_s,
                       gint64 first,
                       guint n_steps)
{
  LbHistoryDigest *self;
  gsize n_spans;

  g_return_val_if_fail (slice != NULL, NULL);
  g_return_val_if_fail (step_s > 0, NULL);

  self = g_new0 (LbHistoryDigest, 1);
  self->slice = lb_history_slice_ref (slice);
  self->step_s = step_s;
  self->first = first;
  self->n_steps = n_steps;

  n_spans = (gsize) n_steps * slice->n_backends;
  self->spans = g_new (LbHistorySpan, n_spans);
  for (gsize i = 0; i < n_spans; i++)
    self->spans[i] = (LbHistorySpan){ .lowest_us = LB_HISTORY_NO_RESPONSE };

  self->moments = g_new (LbHistoryMoment, n_steps);
  for (guint i = 0; i < n_steps; i++)
    self->moments[i] = (LbHistoryMoment){ .lowest_us = -1, .median_us = -1, .highest_us = -1 };

  self->means_us = g_new0 (double, slice->n_backends);

  read_rows (self);

  return self;
}

/**
 * lb_history_digest_free:
 * @self: (transfer full): a digest
 */
void
lb_history_digest_free (LbHistoryDigest *self)
{
  g_return_if_fail (self != NULL);

  lb_history_slice_unref (self->slice);
  g_free (self->spans);
  g_free (self->moments);
  g_free (self->means_us);
  g_free (self);
}

/**
 * lb_history_digest_get_span:
 * @self: a digest
 * @step: which step, from 0
 * @backend: which backend of the slice
 *
 * Returns: (transfer none): that backend in that step
 */
const LbHistorySpan *
lb_history_digest_get_span (const LbHistoryDigest *self,
                            guint step,
                            guint backend)
{
  return &self->spans[(gsize) step * self->slice->n_backends + backend];
}

/**
 * lb_history_digest_find_extremes:
 * @self: a digest
 * @start: a second, on the clock of the history
 * @end: a later one
 * @lowest_us: (out): the shortest response time in the steps between them, or -1 if there is none
 * @highest_us: (out): the longest one, or -1
 *
 * Steps that only reach into that time count as a whole.
 *
 * Returns: %TRUE if there is any response time
 */
gboolean
lb_history_digest_find_extremes (const LbHistoryDigest *self,
                                 double start,
                                 double end,
                                 gint64 *lowest_us,
                                 gint64 *highest_us)
{
  const double from = floor (start / self->step_s) - (double) self->first;
  const double to = floor (end / self->step_s) + 1 - (double) self->first;
  const guint first = (guint) CLAMP (from, 0, self->n_steps);

  *lowest_us = -1;
  *highest_us = -1;
  for (guint i = first; i < (guint) CLAMP (to, first, self->n_steps); i++)
    {
      const LbHistoryMoment *moment = &self->moments[i];

      if (moment->lowest_us < 0)
        continue;
      *lowest_us = *lowest_us >= 0 ? MIN (*lowest_us, moment->lowest_us) : moment->lowest_us;
      *highest_us = MAX (*highest_us, moment->highest_us);
    }

  return *highest_us >= 0;
}

/**
 * lb_history_span_compare:
 * @before: a backend in the last step before @self of which anything is known
 * @self: the backend
 *
 * Returns: what happened to it meanwhile, a bit for each #LbHistoryChange
 */
guint
lb_history_span_compare (const LbHistorySpan *before,
                         const LbHistorySpan *self)
{
  guint changes = 0;

  if (!self->is_known)
    return before->is_known && self->is_absent ? BIT (LB_HISTORY_REMOVED) : 0;

  if (before->is_absent)
    changes |= BIT (LB_HISTORY_ADDED);

  if (self->was_down && (!before->is_known || before->health != LB_HEALTH_DOWN))
    changes |= BIT (LB_HISTORY_WENT_DOWN);
  if (self->health != LB_HEALTH_DOWN &&
      (self->was_down || (before->is_known && before->health == LB_HEALTH_DOWN)))
    changes |= BIT (LB_HISTORY_CAME_UP);

  if (before->is_known && before->state != self->state)
    switch ((LbState) self->state)
      {
      case LB_STATE_READY:
        changes |= BIT (LB_HISTORY_TO_READY);
        break;
      case LB_STATE_DRAIN:
        changes |= BIT (LB_HISTORY_TO_DRAIN);
        break;
      case LB_STATE_MAINT:
        changes |= BIT (LB_HISTORY_TO_MAINT);
        break;
      default:
        g_return_val_if_reached (changes);
      }

  return changes;
}
