/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-label.h"
#include "chart/lb-chart-scale.h"

G_BEGIN_DECLS

/* A label over a bar is never wider, so columns further away than that cannot meet it. */
#define LB_CHART_MAX_LABEL 160.0

/* A bar that shows that there is nothing to show, and the sign over one that is down or slow. */
#define LB_CHART_STUB 20.0
#define LB_CHART_SIGN 9.0

/* Between things that belong together. */
#define LB_CHART_GAP 4.0

/* The mark on a bar is a line as thick as this. */
#define LB_CHART_MARK 2.0

/* One that is above the axis is an arrow of this height. */
#define LB_CHART_ARROW 6.0

/**
 * LbChartKind:
 * @LB_CHART_UP: takes requests and answers
 * @LB_CHART_DOWN: the probes say that it does not answer
 * @LB_CHART_DRAIN: takes no new clients
 * @LB_CHART_MAINT: takes no requests and is not probed
 * @LB_CHART_UNKNOWN: takes requests, and nothing is known of its answers yet
 *
 * How a bar looks.
 */
typedef enum
{
  LB_CHART_UP,
  LB_CHART_DOWN,
  LB_CHART_DRAIN,
  LB_CHART_MAINT,
  LB_CHART_UNKNOWN,
} LbChartKind;

/**
 * LbChartColumn:
 * @index: the backend's in the snapshot
 * @kind: how the bar looks
 * @stub: whether the bar has a height of its own because there is no value to show
 * @slow: whether the bar goes over the threshold
 * @slot: the whole column from top to bottom
 * @bar: the bar
 * @sign: where the sign over a bar that is down or slow goes; empty for others
 * @mark: what the bar is to be compared with; empty if there is nothing
 * @mark_is_above: whether that is higher than the axis goes, so that @mark only points there
 * @value: what it measures, with the state's word above it if it is not simply up
 * @url: under the bar
 */
typedef struct
{
  guint index;
  LbChartKind kind;
  gboolean stub;
  gboolean slow;
  cairo_rectangle_t slot;
  cairo_rectangle_t bar;
  cairo_rectangle_t sign;
  cairo_rectangle_t mark;
  gboolean mark_is_above;
  LbChartLabel value;
  LbChartLabel url;
} LbChartColumn;

LbChartKind lb_chart_column_kind        (const LbBackendFigures  *figures);

double      lb_chart_column_bar_width   (double                   slot_width);
void        lb_chart_column_place_bar   (LbChartColumn           *self,
                                         const LbBackendFigures  *figures,
                                         const LbChartOptions    *options,
                                         const LbChartScale      *scale,
                                         const cairo_rectangle_t *plot,
                                         double                   bar_width);
void        lb_chart_column_place_value (LbChartColumn           *self,
                                         const char              *word,
                                         const char              *value,
                                         LbChartTextStyle        *style,
                                         double                   content_x,
                                         double                   content_width);
void        lb_chart_columns_thin       (LbChartColumn           *columns,
                                         guint                    n_columns,
                                         guint                    reach);
void        lb_chart_column_clear       (LbChartColumn           *self);

G_END_DECLS
