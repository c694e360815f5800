/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-column.h"
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

/**
 * LbChartKey:
 * @LB_CHART_KEY_NONE: no example, only words
 * @LB_CHART_KEY_MARK: the mark on a bar
 * @LB_CHART_KEY_SLOW: the sign over a bar that goes over the threshold
 *
 * What an entry of the legend explains.
 */
typedef enum
{
  LB_CHART_KEY_NONE,
  LB_CHART_KEY_MARK,
  LB_CHART_KEY_SLOW,
} LbChartKey;

/**
 * LbChartLegendEntry:
 * @key: what it explains
 * @sample: where an example of it goes; empty if there is none
 * @label: in words
 */
typedef struct
{
  LbChartKey key;
  cairo_rectangle_t sample;
  LbChartLabel label;
} LbChartLegendEntry;

#define LB_CHART_MAX_LEGEND 2

/**
 * LbChartLayout:
 * @options: what it shows, and how
 * @width: of everything, in pixels
 * @height: of everything
 * @rtl: whether the axis is at the right and the first backend next to it
 * @header_end: where the title and the legend end; 0 without
 * @plot: what the grid lines cross and the bars stand in
 * @slots: a column for each backend, from under the title to the bottom; as wide as @plot without
 *   @more
 * @scale: the axis
 * @ticks: (array length=n_ticks): from the bottom up
 * @threshold: the line that slow backends' bars go over, with its value in place of that of a grid
 *   line; without a label there is none in sight
 * @columns: (array length=n_columns): those that reach into @plot, in the snapshot's order
 * @thinned: whether only some bars have their URL under them
 * @title: what the axis measures
 * @legend: (array length=n_legend): what else there is in it
 * @sentence: what a person should know about a chart that shows no value yet
 * @more: how many backends there is no column for
 *
 * Where everything in a chart goes. Lengths are whole pixels; rectangles of no size mean "not
 * there".
 */
typedef struct
{
  LbChartOptions options;
  double width;
  double height;
  gboolean rtl;
  double header_end;
  cairo_rectangle_t plot;
  LbChartSlots slots;

  LbChartScale scale;
  LbChartTick ticks[LB_CHART_MAX_TICKS];
  guint n_ticks;
  LbChartTick threshold;

  LbChartColumn *columns;
  guint n_columns;
  gboolean thinned;

  LbChartLabel title;
  LbChartLegendEntry legend[LB_CHART_MAX_LEGEND];
  guint n_legend;
  LbChartLabel sentence;
  LbChartLabel more;
} LbChartLayout;

LbChartLayout *lb_chart_layout_new        (const LbSnapshot     *snapshot,
                                           const LbChartOptions *options,
                                           PangoContext         *context,
                                           double                width,
                                           double                height,
                                           gboolean              rtl,
                                           double                scroll);
LbChartLayout *lb_chart_layout_new_to_fit (const LbSnapshot     *snapshot,
                                           const LbChartOptions *options,
                                           PangoContext         *context,
                                           double                width,
                                           double                height,
                                           gboolean              rtl);
void           lb_chart_layout_free       (LbChartLayout        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbChartLayout, lb_chart_layout_free)

G_END_DECLS
