/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "chart/lb-chart-measure.h"
#include "chart/lb-chart-slots.h"
#include "pool/lb-pool.h"

G_BEGIN_DECLS

#define LB_TYPE_CHART_BARS (lb_chart_bars_get_type ())
G_DECLARE_FINAL_TYPE (LbChartBars, lb_chart_bars, LB, CHART_BARS, GtkWidget)

GtkWidget *lb_chart_bars_new          (void);

void       lb_chart_bars_set_pool     (LbChartBars          *self,
                                       LbPool               *pool);
void       lb_chart_bars_set_snapshot (LbChartBars          *self,
                                       LbSnapshot           *snapshot);
void       lb_chart_bars_set_options  (LbChartBars          *self,
                                       const LbChartOptions *options);
void       lb_chart_bars_set_slots    (LbChartBars          *self,
                                       const LbChartSlots   *slots);
void       lb_chart_bars_set_scroll   (LbChartBars          *self,
                                       double                scroll);

G_END_DECLS
