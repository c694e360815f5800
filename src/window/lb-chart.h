/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "chart/lb-chart-shot.h"
#include "pool/lb-pool.h"

G_BEGIN_DECLS

#define LB_TYPE_CHART (lb_chart_get_type ())
G_DECLARE_FINAL_TYPE (LbChart, lb_chart, LB, CHART, GtkWidget)

GtkWidget     *lb_chart_new              (void);

void           lb_chart_set_pool         (LbChart        *self,
                                          LbPool         *pool);
void           lb_chart_set_snapshot     (LbChart        *self,
                                          LbSnapshot     *snapshot);

LbChartMeasure lb_chart_get_measure      (LbChart        *self);
void           lb_chart_set_measure      (LbChart        *self,
                                          LbChartMeasure  measure);
gboolean       lb_chart_get_log_scale    (LbChart        *self);
void           lb_chart_set_log_scale    (LbChart        *self,
                                          gboolean        log_scale);
guint          lb_chart_get_threshold_ms (LbChart        *self);
void           lb_chart_set_threshold_ms (LbChart        *self,
                                          guint           threshold_ms);

LbChartShot   *lb_chart_shoot            (LbChart        *self);

G_END_DECLS
