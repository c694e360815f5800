/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-ink.h"
#include "chart/lb-chart-layout.h"
#include "chart/lb-chart-palette.h"

G_BEGIN_DECLS

/* No bar is under the pointer. */
#define LB_CHART_NO_COLUMN G_MAXUINT

void lb_chart_paint      (cairo_t              *cr,
                          const LbChartLayout  *layout,
                          const LbChartPalette *palette,
                          guint                 highlight);
void lb_chart_paint_with (LbChartInk           *ink,
                          const LbChartLayout  *layout,
                          const LbChartPalette *palette,
                          guint                 highlight);

G_END_DECLS
