/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-history-sample.h"
#include "pool/lb-pool.h"

G_BEGIN_DECLS

/**
 * LbHistoryRoster:
 * @n_backends: the length of @urls
 * @urls: (array length=n_backends): #GRefString, in the pool's order
 *
 * Who was in the pool. As long as nobody comes, goes or moves all rows have the same one. Immutable
 * and reference counted atomically.
 */
typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;
  gsize size;

  /*< public >*/
  guint n_backends;
  char *urls[];
} LbHistoryRoster;

LbHistoryRoster *lb_history_roster_new      (LbPool                *pool);
LbHistoryRoster *lb_history_roster_ref      (LbHistoryRoster       *self);
void             lb_history_roster_unref    (LbHistoryRoster       *self);
gsize            lb_history_roster_get_size (const LbHistoryRoster *self);

/**
 * LbHistoryRow:
 * @roster: who was in the pool
 * @second: which second it is the end of
 * @span_us: the time since the row before in which the computer was awake; 0 for the first
 * @redirects: how many requests were redirected in that time
 * @rejected: how many got no redirect in that time
 * @n_up: how many backends were up
 * @samples: (array length=roster.n_backends): each backend, in the roster's order
 *
 * One second of history. Immutable and reference counted atomically, so that who reads it copies
 * nothing.
 */
typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;

  /*< public >*/
  LbHistoryRoster *roster;
  gint64 second;
  gint64 span_us;
  guint64 redirects;
  guint64 rejected;
  guint n_up;
  LbHistorySample samples[];
} LbHistoryRow;

LbHistoryRow *lb_history_row_new      (LbHistoryRoster       *roster);
LbHistoryRow *lb_history_row_ref      (LbHistoryRow          *self);
void          lb_history_row_unref    (LbHistoryRow          *self);
gsize         lb_history_row_get_size (const LbHistoryRoster *roster);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHistoryRoster, lb_history_roster_unref)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHistoryRow, lb_history_row_unref)

G_END_DECLS
