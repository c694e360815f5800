/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-label.h"
#include "pool/lb-snapshot.h"

G_BEGIN_DECLS

/* A label over a bar is never wider, so columns further away than that cannot meet it. */
#define LB_CHART_MAX_LABEL 160.0

/* A bar that shows that there is nothing to show, and the cross over one that is down. */
#define LB_CHART_STUB 20.0
#define LB_CHART_CROSS 9.0

/* Between things that belong together. */
#define LB_CHART_GAP 4.0

/* The mark of the 95th percentile is a line as thick as this. */
#define LB_CHART_MARK 2.0

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
 * @stub: whether the bar has a height of its own because there is no response time to show
 * @slot: the whole column from top to bottom
 * @bar: the bar
 * @cross: where the cross over a bar that is down goes; empty for others
 * @p95: the mark at the 95th percentile; empty if there is none
 * @value: the response time, with the state's word above it if it is not simply up
 * @url: under the bar
 */
typedef struct
{
  guint index;
  LbChartKind kind;
  gboolean stub;
  cairo_rectangle_t slot;
  cairo_rectangle_t bar;
  cairo_rectangle_t cross;
  cairo_rectangle_t p95;
  LbChartLabel value;
  LbChartLabel url;
} LbChartColumn;

LbChartKind lb_chart_column_kind        (const LbBackendFigures  *figures);
gint64      lb_chart_column_response_us (const LbBackendFigures  *figures);
gint64      lb_chart_column_p95_us      (const LbBackendFigures  *figures);
const char *lb_chart_column_word        (const LbBackendFigures  *figures);

double      lb_chart_column_bar_width   (double                   slot_width);
void        lb_chart_column_place_bar   (LbChartColumn           *self,
                                         const LbBackendFigures  *figures,
                                         double                   bar_width,
                                         double                   floor_y,
                                         double                   pixels_per_us);
void        lb_chart_column_place_value (LbChartColumn           *self,
                                         const LbBackendFigures  *figures,
                                         const char              *time,
                                         LbChartTextStyle        *style,
                                         double                   content_x,
                                         double                   content_width);
void        lb_chart_columns_thin       (LbChartColumn           *columns,
                                         guint                    n_columns,
                                         guint                    reach);
void        lb_chart_column_clear       (LbChartColumn           *self);

G_END_DECLS
