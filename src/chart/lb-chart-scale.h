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
 * @unit: of numbers without one, such as over narrow bars
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
  gint64 unit;
} LbChartScale;

void    lb_chart_scale_init         (LbChartScale       *self,
                                     LbChartMeasure      measure,
                                     gint64              max,
                                     guint               max_steps);
void    lb_chart_scale_init_log     (LbChartScale       *self,
                                     LbChartMeasure      measure,
                                     gint64              min,
                                     gint64              max,
                                     guint               max_steps);
void    lb_chart_scale_fit_unit     (LbChartScale       *self,
                                     gint64              min);
double  lb_chart_scale_get_part     (const LbChartScale *self,
                                     gint64              value);
char   *lb_chart_scale_format       (const LbChartScale *self,
                                     guint               tick);
char   *lb_chart_scale_format_value (const LbChartScale *self,
                                     gint64              value);

G_END_DECLS
