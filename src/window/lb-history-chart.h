/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "chart/lb-chart-shot.h"
#include "window/lb-history-crosshair.h"

G_BEGIN_DECLS

/**
 * LbHistoryPlace:
 * @LB_HISTORY_OLDEST: where the history begins
 * @LB_HISTORY_NEWEST: now
 *
 * The ends of what is kept.
 */
typedef enum
{
  LB_HISTORY_OLDEST,
  LB_HISTORY_NEWEST,
} LbHistoryPlace;

#define LB_TYPE_HISTORY_CHART (lb_history_chart_get_type ())
G_DECLARE_FINAL_TYPE (LbHistoryChart, lb_history_chart, LB, HISTORY_CHART, GtkWidget)

GtkWidget  *lb_history_chart_new          (void);

void        lb_history_chart_set_slice    (LbHistoryChart  *self,
                                           LbHistorySlice  *slice);

/* Which part of the history it shows */
guint       lb_history_chart_get_range    (LbHistoryChart  *self);
void        lb_history_chart_set_range    (LbHistoryChart  *self,
                                           guint            seconds);
gboolean    lb_history_chart_get_follows  (LbHistoryChart  *self);
void        lb_history_chart_zoom         (LbHistoryChart  *self,
                                           double           factor);
void        lb_history_chart_pan          (LbHistoryChart  *self,
                                           double           part);
void        lb_history_chart_drag         (LbHistoryChart  *self,
                                           double           distance);
void        lb_history_chart_go           (LbHistoryChart  *self,
                                           LbHistoryPlace   place);

/* How it shows it */
void        lb_history_chart_set_log_scale    (LbHistoryChart  *self,
                                               gboolean         log_scale);
void        lb_history_chart_set_threshold_ms (LbHistoryChart  *self,
                                               guint            threshold_ms);

/* What reads it */
LbHistoryCrosshair *
            lb_history_chart_get_crosshair    (LbHistoryChart  *self);
void        lb_history_chart_set_selected     (LbHistoryChart  *self,
                                               const char      *url);

LbChartShot *
            lb_history_chart_shoot            (LbHistoryChart  *self);

G_END_DECLS
