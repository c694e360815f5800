/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-history-row.h"

G_BEGIN_DECLS

/**
 * LbHistorySlice:
 * @end: the last second, on the clock of lb_history_tick(), which is never set
 * @end_us: where it ends, in microseconds since 1970
 * @n_seconds: how many seconds up to there were asked for
 * @n_known: how many seconds before the end the first one lies of which anything is known; not more
 *   than @n_seconds, and 0 if there is none
 * @n_kept: how many seconds of this pool are kept at most
 * @n_backends: the length of @urls
 * @urls: (array length=n_backends): who was in the pool at the end, in its order
 *
 * A part of the history, up to now. Immutable and reference counted atomically, so it may cross to a
 * worker thread. It shares the rows of the history, so that taking one costs next to nothing.
 */
typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;
  guint n_rows;
  LbHistoryRow **rows; /* the oldest first */
  char **picked;       /* owned: what @urls is, of a slice that was picked from another */

  /*< public >*/
  gint64 end;
  gint64 end_us;
  guint n_seconds;
  guint n_known;
  guint n_kept;
  guint n_backends;
  char *const *urls;
} LbHistorySlice;

/**
 * LbHistoryPoint:
 * @is_known: whether the backend was in the pool, and anybody looked
 * @response_us: the mean of its response times, or -1 if there was none
 * @redirects_per_s: how many requests a second were sent to it, or -1 if that is not known
 * @health: down if it was down at any time, else what it was at the end
 * @state: what it was at the end
 *
 * One backend in a step of one or more seconds.
 */
typedef struct
{
  gboolean is_known;
  double response_us;
  double redirects_per_s;
  LbHealth health;
  LbState state;
} LbHistoryPoint;

/**
 * LbHistoryTotal:
 * @is_known: whether anybody looked
 * @redirects_per_s: how many requests a second were redirected, or -1 if that is not known
 * @rejected_per_s: how many requests a second got no redirect, or -1 if that is not known
 * @n_up: how many backends were up, the least there were
 *
 * All backends, also those that have left since, in a step of one or more seconds.
 */
typedef struct
{
  gboolean is_known;
  double redirects_per_s;
  double rejected_per_s;
  guint n_up;
} LbHistoryTotal;

#define LB_TYPE_HISTORY_SLICE (lb_history_slice_get_type ())
GType           lb_history_slice_get_type    (void);

LbHistorySlice *lb_history_slice_new         (const GQueue         *rows,
                                              guint                 n_seconds,
                                              guint                 n_kept,
                                              gint64                end,
                                              gint64                end_us);
LbHistorySlice *lb_history_slice_new_from    (const LbHistorySlice *other,
                                              const char *const    *urls,
                                              guint                 n_urls);
LbHistorySlice *lb_history_slice_ref         (LbHistorySlice       *self);
void            lb_history_slice_unref       (LbHistorySlice       *self);

void            lb_history_slice_read        (const LbHistorySlice *self,
                                              guint                 first,
                                              guint                 n_backends,
                                              guint                 step_s,
                                              guint                 n_steps,
                                              LbHistoryPoint       *points);
void            lb_history_slice_read_totals (const LbHistorySlice *self,
                                              guint                 step_s,
                                              guint                 n_steps,
                                              LbHistoryTotal       *totals);
void            lb_history_slice_count_redirects
                                             (const LbHistorySlice *self,
                                              const char *const    *urls,
                                              guint                 n_backends,
                                              guint64              *counts);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHistorySlice, lb_history_slice_unref)

G_END_DECLS
