/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-history-slice"

#include "config.h"

#include "pool/lb-history-slice.h"

G_DEFINE_BOXED_TYPE (LbHistorySlice, lb_history_slice, lb_history_slice_ref, lb_history_slice_unref)

#define NOBODY G_MAXUINT

/* What comes together in one step of one backend. */
typedef struct
{
  gint64 response_us;
  gint64 span_us;
  guint64 redirects;
  guint n_responses;
  guint n_rows;
  LbHealth health;
  LbState state;
  gboolean was_down;
} Sum;

/* Which step a row belongs to, the last of which ends where the slice ends. Returns whether one. */
static gboolean
lb_history_slice_get_step (const LbHistorySlice *self,
                           const LbHistoryRow *row,
                           guint step_s,
                           guint n_steps,
                           guint *step)
{
  const guint from_end = (guint) (self->end - row->second) / step_s;

  *step = n_steps - 1 - from_end;

  return from_end < n_steps;
}

static GHashTable *
index_roster (const LbHistoryRoster *roster)
{
  GHashTable *by_url = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < roster->n_backends; i++)
    g_hash_table_insert (by_url, roster->urls[i], GUINT_TO_POINTER (i));

  return by_url;
}

/* Where in @roster the backends are. Most often nobody has moved, which the strings show: a backend
 * shares its URL with whoever writes it down. */
static void
locate (const LbHistoryRoster *roster,
        const char *const *urls,
        guint n_backends,
        guint *places)
{
  g_autoptr (GHashTable) by_url = NULL;

  for (guint i = 0; i < n_backends; i++)
    {
      gpointer place;

      if (i < roster->n_backends && roster->urls[i] == urls[i])
        {
          places[i] = i;
          continue;
        }

      if (by_url == NULL)
        by_url = index_roster (roster);
      places[i] = g_hash_table_lookup_extended (by_url, urls[i], NULL, &place)
                    ? GPOINTER_TO_UINT (place)
                    : NOBODY;
    }
}

static void
sum_add (Sum *self,
         const LbHistoryRow *row,
         const LbHistorySample *sample)
{
  self->n_rows++;
  if (row->span_us > 0)
    {
      self->span_us += row->span_us;
      self->redirects += sample->redirects;
    }

  if (sample->response_us != LB_HISTORY_NO_RESPONSE)
    {
      self->response_us += sample->response_us;
      self->n_responses++;
    }

  self->health = (LbHealth) sample->health;
  self->state = (LbState) sample->state;
  self->was_down = self->was_down || self->health == LB_HEALTH_DOWN;
}

static double
per_second (guint64 count,
            gint64 span_us)
{
  return span_us > 0 ? (double) count * G_USEC_PER_SEC / (double) span_us : -1.0;
}

static LbHistoryPoint
sum_to_point (const Sum *self)
{
  return (LbHistoryPoint){
    .is_known = self->n_rows > 0,
    .response_us = self->n_responses > 0 ? (double) self->response_us / self->n_responses : -1.0,
    .redirects_per_s = per_second (self->redirects, self->span_us),
    .health = self->was_down ? LB_HEALTH_DOWN : self->health,
    .state = self->state,
  };
}

static void
lb_history_slice_free (LbHistorySlice *self)
{
  for (guint i = 0; i < self->n_rows; i++)
    lb_history_row_unref (self->rows[i]);
  for (guint i = 0; self->picked != NULL && i < self->n_backends; i++)
    g_ref_string_release (self->picked[i]);

  g_free (self->picked);
  g_free (self->rows);
  g_free (self);
}

/**
 * lb_history_slice_new:
 * @rows: (element-type LbHistoryRow): all there are, the oldest first
 * @n_seconds: how many seconds up to @end
 * @n_kept: how many are kept at most
 * @end: the last second
 * @end_us: its end, in microseconds since 1970
 *
 * Called by the history, see lb_history_get_slice().
 *
 * Returns: (transfer full): the slice
 */
LbHistorySlice *
lb_history_slice_new (const GQueue *rows,
                      guint n_seconds,
                      guint n_kept,
                      gint64 end,
                      gint64 end_us)
{
  LbHistorySlice *self = g_new0 (LbHistorySlice, 1);
  guint n_rows = 0;

  g_atomic_ref_count_init (&self->ref_count);
  self->n_seconds = n_seconds;
  self->n_kept = n_kept;
  self->end = end;
  self->end_us = end_us;

  for (GList *l = rows->tail; l != NULL; l = l->prev)
    {
      const LbHistoryRow *row = l->data;

      if (row->second <= end - n_seconds)
        break;
      n_rows++;
    }

  self->n_rows = n_rows;
  self->rows = g_new (LbHistoryRow *, n_rows);
  for (GList *l = rows->tail; n_rows > 0; l = l->prev)
    self->rows[--n_rows] = lb_history_row_ref (l->data);

  if (self->n_rows > 0)
    {
      const LbHistoryRoster *roster = self->rows[self->n_rows - 1]->roster;

      self->n_known = (guint) (end - self->rows[0]->second) + 1;
      self->n_backends = roster->n_backends;
      self->urls = roster->urls;
    }

  return self;
}

/**
 * lb_history_slice_new_from:
 * @other: a slice
 * @urls: (array length=n_urls): #GRefString, backends that were in the pool at any time
 * @n_urls: how many
 *
 * Picks backends out of the history. What is counted of the pool as a whole stays.
 *
 * Returns: (transfer full): a slice of the same time, with these backends in this order
 */
LbHistorySlice *
lb_history_slice_new_from (const LbHistorySlice *other,
                           const char *const *urls,
                           guint n_urls)
{
  LbHistorySlice *self;

  g_return_val_if_fail (other != NULL, NULL);
  g_return_val_if_fail (urls != NULL || n_urls == 0, NULL);

  self = g_memdup2 (other, sizeof *other);
  g_atomic_ref_count_init (&self->ref_count);

  self->rows = g_new (LbHistoryRow *, self->n_rows);
  for (guint i = 0; i < self->n_rows; i++)
    self->rows[i] = lb_history_row_ref (other->rows[i]);

  self->n_backends = n_urls;
  self->picked = g_new (char *, n_urls);
  for (guint i = 0; i < n_urls; i++)
    self->picked[i] = g_ref_string_acquire ((char *) urls[i]);
  self->urls = self->picked;

  return self;
}

/**
 * lb_history_slice_ref:
 * @self: a slice
 *
 * Returns: (transfer full): @self
 */
LbHistorySlice *
lb_history_slice_ref (LbHistorySlice *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * lb_history_slice_unref:
 * @self: (transfer full): a slice
 */
void
lb_history_slice_unref (LbHistorySlice *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    lb_history_slice_free (self);
}

/**
 * lb_history_slice_read:
 * @self: a slice
 * @first: the first backend to read
 * @n_backends: how many to read
 * @step_s: how many seconds come together in a step
 * @n_steps: how many steps to read
 * @points: (out caller-allocates) (array): @n_steps points for the first backend, then those for the
 *   next, and so on
 *
 * Reads backends over the last @n_steps × @step_s seconds. The last step ends where the slice ends; of
 * what lies before its beginning nothing is known. A backend is told by its URL: one that was
 * removed and added again goes on behind a gap, however often it moved meanwhile.
 */
void
lb_history_slice_read (const LbHistorySlice *self,
                       guint first,
                       guint n_backends,
                       guint step_s,
                       guint n_steps,
                       LbHistoryPoint *points)
{
  const LbHistoryRoster *located = NULL;
  g_autofree guint *places = NULL;
  g_autofree Sum *sums = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (first <= self->n_backends && n_backends <= self->n_backends - first);
  g_return_if_fail (step_s > 0);

  places = g_new (guint, n_backends);
  sums = g_new0 (Sum, (gsize) n_backends * n_steps);

  for (guint i = 0; i < self->n_rows; i++)
    {
      const LbHistoryRow *row = self->rows[i];
      guint step;

      if (!lb_history_slice_get_step (self, row, step_s, n_steps, &step))
        continue;

      if (located == NULL || row->roster != located)
        {
          located = row->roster;
          locate (located, (const char *const *) self->urls + first, n_backends, places);
        }

      for (guint j = 0; j < n_backends; j++)
        if (places[j] != NOBODY)
          sum_add (&sums[(gsize) j * n_steps + step], row, &row->samples[places[j]]);
    }

  for (gsize i = 0; i < (gsize) n_backends * n_steps; i++)
    points[i] = sum_to_point (&sums[i]);
}

/**
 * lb_history_slice_read_totals:
 * @self: a slice
 * @step_s: how many seconds come together in a step
 * @n_steps: how many steps to read
 * @totals: (out caller-allocates) (array length=n_steps): the totals
 *
 * Reads what was with all backends together, as lb_history_slice_read() does with each.
 */
void
lb_history_slice_read_totals (const LbHistorySlice *self,
                              guint step_s,
                              guint n_steps,
                              LbHistoryTotal *totals)
{
  g_autofree gint64 *spans_us = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (step_s > 0);

  spans_us = g_new0 (gint64, n_steps);
  for (guint i = 0; i < n_steps; i++)
    totals[i] = (LbHistoryTotal){ 0 };

  for (guint i = 0; i < self->n_rows; i++)
    {
      const LbHistoryRow *row = self->rows[i];
      guint step;

      if (!lb_history_slice_get_step (self, row, step_s, n_steps, &step))
        continue;

      totals[step].n_up =
        totals[step].is_known ? MIN (totals[step].n_up, row->n_up) : row->n_up;
      totals[step].is_known = TRUE;
      totals[step].redirects_per_s += (double) row->redirects;
      totals[step].rejected_per_s += (double) row->rejected;
      spans_us[step] += row->span_us;
    }

  for (guint i = 0; i < n_steps; i++)
    {
      totals[i].redirects_per_s = per_second ((guint64) totals[i].redirects_per_s, spans_us[i]);
      totals[i].rejected_per_s = per_second ((guint64) totals[i].rejected_per_s, spans_us[i]);
    }
}

/**
 * lb_history_slice_count_redirects:
 * @self: a slice
 * @urls: (array length=n_backends): backends, which need not be those at the end of the slice
 * @n_backends: how many
 * @counts: (out caller-allocates) (array length=n_backends): how many requests were sent to each
 *
 * Counts what was redirected in all of the slice.
 */
void
lb_history_slice_count_redirects (const LbHistorySlice *self,
                                  const char *const *urls,
                                  guint n_backends,
                                  guint64 *counts)
{
  const LbHistoryRoster *located = NULL;
  g_autofree guint *places = NULL;

  g_return_if_fail (self != NULL);

  places = g_new (guint, n_backends);
  for (guint i = 0; i < n_backends; i++)
    counts[i] = 0;

  for (guint i = 0; i < self->n_rows; i++)
    {
      const LbHistoryRow *row = self->rows[i];

      /* Of the first row of all nobody knows since when it counts. */
      if (row->span_us <= 0)
        continue;

      if (located == NULL || row->roster != located)
        {
          located = row->roster;
          locate (located, urls, n_backends, places);
        }

      for (guint j = 0; j < n_backends; j++)
        if (places[j] != NOBODY)
          counts[j] += row->samples[places[j]].redirects;
    }
}
