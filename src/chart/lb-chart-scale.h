/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-measure.h"

G_BEGIN_DECLS

#define LB_CHART_MAX_TICKS 8

/**
 * LbChartScale:
 * @measure: what it is a scale of
 * @log: whether equal distances are equal ratios
 * @bottom: the lowest tick: zero, or what a logarithmic scale begins with
 * @top: the highest tick
 * @ticks: (array length=n_ticks): from @bottom to @top; each 1, 2 or 5 times a power of ten, or on a
 *   scale that is not logarithmic a multiple of such a step
 *
 * The axis.
 */
typedef struct
{
  LbChartMeasure measure;
  gboolean log;
  gint64 bottom;
  gint64 top;
  gint64 ticks[LB_CHART_MAX_TICKS];
  guint n_ticks;
} LbChartScale;

void    lb_chart_scale_init     (LbChartScale       *self,
                                 LbChartMeasure      measure,
                                 gint64              max,
                                 guint               max_steps);
void    lb_chart_scale_init_log (LbChartScale       *self,
                                 LbChartMeasure      measure,
                                 gint64              min,
                                 gint64              max,
                                 guint               max_steps);
double  lb_chart_scale_get_part (const LbChartScale *self,
                                 gint64              value);
gint64  lb_chart_scale_get_unit (const LbChartScale *self);
char   *lb_chart_scale_format   (const LbChartScale *self,
                                 guint               tick);

G_END_DECLS
