/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "chart/lb-chart-measure.h"

G_BEGIN_DECLS

#define LB_TYPE_CHART (lb_chart_get_type ())
G_DECLARE_FINAL_TYPE (LbChart, lb_chart, LB, CHART, GtkWidget)

GtkWidget *lb_chart_new          (void);

void       lb_chart_set_snapshot (LbChart    *self,
                                  LbSnapshot *snapshot);

G_END_DECLS
