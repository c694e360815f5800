/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "chart/lb-chart-shot.h"
#include "lb-balancer.h"
#include "window/lb-arranger.h"

G_BEGIN_DECLS

/**
 * LbChartView:
 * @LB_CHART_VIEW_RESPONSE_TIMES: how fast each backend answers now, as bars
 * @LB_CHART_VIEW_TRAFFIC: what share of the requests each gets, as bars
 * @LB_CHART_VIEW_HISTORY: how fast each answered in the last hour, as lines
 *
 * What the upper half of the window shows.
 */
typedef enum
{
  LB_CHART_VIEW_RESPONSE_TIMES,
  LB_CHART_VIEW_TRAFFIC,
  LB_CHART_VIEW_HISTORY,
} LbChartView;

#define LB_TYPE_CHART_VIEW (lb_chart_view_get_type ())
GType      lb_chart_view_get_type     (void);

#define LB_TYPE_CHART_PANE (lb_chart_pane_get_type ())
G_DECLARE_FINAL_TYPE (LbChartPane, lb_chart_pane, LB, CHART_PANE, GtkWidget)

GtkWidget *lb_chart_pane_new          (void);

void       lb_chart_pane_set_balancer (LbChartPane *self,
                                       LbBalancer  *balancer);
void       lb_chart_pane_set_arranger (LbChartPane *self,
                                       LbArranger  *arranger);
void       lb_chart_pane_add_actions  (LbChartPane *self,
                                       GActionMap  *actions);
void       lb_chart_pane_remember     (LbChartPane *self,
                                       GSettings   *settings);
void       lb_chart_pane_set_narrow   (LbChartPane *self,
                                       gboolean     narrow);
void       lb_chart_pane_set_selected (LbChartPane *self,
                                       const char  *url);
void       lb_chart_pane_set_nodes    (LbChartPane *self,
                                       GPtrArray   *nodes);
void       lb_chart_pane_set_snapshot (LbChartPane *self,
                                       LbSnapshot  *snapshot);
LbChartShot *
           lb_chart_pane_shoot        (LbChartPane *self);

G_END_DECLS
