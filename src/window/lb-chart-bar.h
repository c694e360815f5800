/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "chart/lb-chart-measure.h"
#include "pool/lb-pool.h"

G_BEGIN_DECLS

#define LB_TYPE_CHART_BAR (lb_chart_bar_get_type ())
G_DECLARE_FINAL_TYPE (LbChartBar, lb_chart_bar, LB, CHART_BAR, GtkWidget)

GtkWidget  *lb_chart_bar_new       (LbPool               *pool);

guint       lb_chart_bar_get_index (LbChartBar           *self);
const char *lb_chart_bar_get_url   (LbChartBar           *self);
gboolean    lb_chart_bar_has_ring  (LbChartBar           *self);
void        lb_chart_bar_bind      (LbChartBar           *self,
                                    LbSnapshot           *snapshot,
                                    const LbChartOptions *options,
                                    guint                 index);

G_END_DECLS
