/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "window/lb-history-chart.h"

G_BEGIN_DECLS

#define LB_TYPE_HISTORY_VIEW (lb_history_view_get_type ())
G_DECLARE_FINAL_TYPE (LbHistoryView, lb_history_view, LB, HISTORY_VIEW, GtkWidget)

GtkWidget      *lb_history_view_new       (void);

LbHistoryChart *lb_history_view_get_chart (LbHistoryView  *self);
void            lb_history_view_set_slice (LbHistoryView  *self,
                                           LbHistorySlice *slice);

G_END_DECLS
