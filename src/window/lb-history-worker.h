/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "chart/lb-history-layout.h"

G_BEGIN_DECLS

#define LB_TYPE_HISTORY_WORKER (lb_history_worker_get_type ())
G_DECLARE_FINAL_TYPE (LbHistoryWorker, lb_history_worker, LB, HISTORY_WORKER, GObject)

LbHistoryWorker       *lb_history_worker_new        (void);

void                   lb_history_worker_ask        (LbHistoryWorker       *self,
                                                     LbHistorySlice        *slice,
                                                     const LbHistoryRange  *range,
                                                     int                    width);
const LbHistoryDigest *lb_history_worker_get_digest (LbHistoryWorker       *self);
const LbHistoryRange  *lb_history_worker_get_range  (LbHistoryWorker       *self);
gboolean               lb_history_worker_is_busy    (LbHistoryWorker       *self);

G_END_DECLS
