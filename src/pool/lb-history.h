/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-history-slice.h"
#include "pool/lb-traffic.h"

G_BEGIN_DECLS

#define LB_HISTORY_SECONDS 3600
#define LB_HISTORY_SIZE (64 * 1024 * 1024)

/**
 * LbHistory:
 *
 * The last hour, second by second. The fields are private.
 */
typedef struct _LbHistory LbHistory;

LbHistory      *lb_history_new        (gsize             max_size);
void            lb_history_free       (LbHistory        *self);

void            lb_history_tick       (LbHistory        *self,
                                       LbPool           *pool,
                                       const LbTraffic  *traffic,
                                       gint64            now_us,
                                       gint64            clock_us);
LbHistorySlice *lb_history_get_slice  (LbHistory        *self,
                                       guint             n_seconds,
                                       gint64            time_us,
                                       gint64            clock_us);
gsize           lb_history_get_size   (LbHistory        *self);
guint           lb_history_get_n_kept (LbHistory        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHistory, lb_history_free)

G_END_DECLS
