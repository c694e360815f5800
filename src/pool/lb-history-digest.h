/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-history-slice.h"

G_BEGIN_DECLS

/**
 * LbHistoryChange:
 * @LB_HISTORY_WENT_DOWN: its probes fail from now on
 * @LB_HISTORY_CAME_UP: it was down, and is not any more
 * @LB_HISTORY_TO_DRAIN: a person lets it take no new clients
 * @LB_HISTORY_TO_MAINT: a person took it out
 * @LB_HISTORY_TO_READY: a person lets it take requests again
 * @LB_HISTORY_ADDED: it is in the pool from now on
 * @LB_HISTORY_REMOVED: it is not any more
 *
 * What happened to a backend. The first is the most important.
 */
typedef enum
{
  LB_HISTORY_WENT_DOWN,
  LB_HISTORY_CAME_UP,
  LB_HISTORY_TO_DRAIN,
  LB_HISTORY_TO_MAINT,
  LB_HISTORY_TO_READY,
  LB_HISTORY_ADDED,
  LB_HISTORY_REMOVED,
  LB_N_HISTORY_CHANGES,
} LbHistoryChange;

/**
 * LbHistorySpan:
 * @lowest_us: the shortest response time, or %LB_HISTORY_NO_RESPONSE if there was none
 * @health: an #LbHealth, at the end
 * @state: an #LbState, at the end
 * @was_down: whether it was down at any time
 * @highest_us: the longest response time, if there was one
 * @is_known: whether anybody looked while it was in the pool
 * @is_absent: whether anybody looked, and it was not in the pool
 *
 * One backend in one step. A mean would hide a single slow answer among many; this does not.
 */
typedef struct
{
  guint32 lowest_us : 27;
  guint32 health : 2;
  guint32 state : 2;
  guint32 was_down : 1;
  guint32 highest_us : 27;
  guint32 is_known : 1;
  guint32 is_absent : 1;
} LbHistorySpan;

G_STATIC_ASSERT (sizeof (LbHistorySpan) == 8);

/**
 * LbHistoryMoment:
 * @is_known: whether anybody looked
 * @lowest_us: the shortest response time of all, or -1 if there was none
 * @median_us: the one in the middle of all at the end, or -1
 * @highest_us: the longest of all, or -1
 * @n_down: how many were down, the most at a time
 * @n_drain: how many took no new clients, the most at a time
 * @n_maint: how many were taken out, the most at a time
 * @changes: how many changes of each kind there were
 *
 * All backends of the slice in one step. Those that have left count only among the changes.
 */
typedef struct
{
  gboolean is_known;
  gint64 lowest_us;
  gint64 median_us;
  gint64 highest_us;
  guint n_down;
  guint n_drain;
  guint n_maint;
  guint changes[LB_N_HISTORY_CHANGES];
} LbHistoryMoment;

/**
 * LbHistoryDigest:
 * @slice: what it was made of
 * @step_s: how many seconds come together in a step
 * @first: the number of the first step; step n has the seconds from n × @step_s on
 * @n_steps: how many steps there are
 * @spans: all backends of the slice in the first step, then those in the next, and so on
 * @moments: (array length=n_steps): all backends together
 * @means_us: each backend's mean response time over all steps, or -1 if it had none
 *
 * A stretch of the history, condensed to as many steps as a picture has room for. Steps are counted
 * on the clock of the history, so that they stay what they are while time goes on.
 *
 * Immutable, and good for a worker thread: with many backends there is a lot to read.
 */
typedef struct
{
  LbHistorySlice *slice;
  guint step_s;
  gint64 first;
  guint n_steps;
  LbHistorySpan *spans;
  LbHistoryMoment *moments;
  double *means_us;
} LbHistoryDigest;

LbHistoryDigest     *lb_history_digest_new      (LbHistorySlice         *slice,
                                                 guint                   step_s,
                                                 gint64                  first,
                                                 guint                   n_steps);
void                 lb_history_digest_free     (LbHistoryDigest        *self);

const LbHistorySpan *lb_history_digest_get_span (const LbHistoryDigest  *self,
                                                 guint                   step,
                                                 guint                   backend);
gboolean             lb_history_digest_find_extremes
                                                (const LbHistoryDigest  *self,
                                                 double                  start,
                                                 double                  end,
                                                 gint64                 *lowest_us,
                                                 gint64                 *highest_us);
guint                lb_history_span_compare    (const LbHistorySpan    *before,
                                                 const LbHistorySpan    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHistoryDigest, lb_history_digest_free)

G_END_DECLS
