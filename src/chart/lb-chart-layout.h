/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-column.h"
#include "chart/lb-chart-scale.h"
#include "chart/lb-chart-slots.h"

G_BEGIN_DECLS

/**
 * LbChartTick:
 * @y: the grid line's height
 * @label: beside it
 */
typedef struct
{
  double y;
  LbChartLabel label;
} LbChartTick;

#define LB_CHART_MAX_TICKS 8

/**
 * LbChartLayout:
 * @width: of everything, in pixels
 * @height: of everything
 * @rtl: whether the axis is at the right and the first backend next to it
 * @plot: what the grid lines cross and the bars stand in
 * @slots: a column for each backend, from under the title to the bottom; as wide as @plot without
 *   @more
 * @scale: the axis
 * @ticks: (array length=n_ticks): from the bottom up
 * @columns: (array length=n_columns): those that reach into @plot, in the snapshot's order
 * @thinned: whether only some bars have their URL under them
 * @title: what the axis measures
 * @legend: what the mark means
 * @legend_mark: an example of the mark
 * @sentence: what a person should know about a chart that shows no response time yet
 * @more: how many backends there is no column for
 *
 * Where everything in a chart goes. Lengths are whole pixels; rectangles of no size mean "not
 * there".
 */
typedef struct
{
  double width;
  double height;
  gboolean rtl;
  cairo_rectangle_t plot;
  LbChartSlots slots;

  LbChartScale scale;
  LbChartTick ticks[LB_CHART_MAX_TICKS];
  guint n_ticks;

  LbChartColumn *columns;
  guint n_columns;
  gboolean thinned;

  LbChartLabel title;
  LbChartLabel legend;
  cairo_rectangle_t legend_mark;
  LbChartLabel sentence;
  LbChartLabel more;
} LbChartLayout;

LbChartLayout *lb_chart_layout_new        (const LbSnapshot *snapshot,
                                           PangoContext     *context,
                                           double            width,
                                           double            height,
                                           gboolean          rtl,
                                           double            scroll);
LbChartLayout *lb_chart_layout_new_to_fit (const LbSnapshot *snapshot,
                                           PangoContext     *context,
                                           double            width,
                                           double            height,
                                           gboolean          rtl);
void           lb_chart_layout_free       (LbChartLayout    *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbChartLayout, lb_chart_layout_free)

G_END_DECLS
