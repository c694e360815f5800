/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-measure.h"

G_BEGIN_DECLS

#define LB_STATS_CHART_ERROR (lb_stats_chart_error_quark ())

/**
 * LbStatsChartError:
 * @LB_STATS_CHART_ERROR_QUERY: a query asks for a picture that is not made
 */
typedef enum
{
  LB_STATS_CHART_ERROR_QUERY,
} LbStatsChartError;

#define LB_STATS_CHART_DEFAULT_WIDTH 800
#define LB_STATS_CHART_DEFAULT_HEIGHT 400

/* The window's chart gets no smaller either: below, a word and a bar do not fit together. */
#define LB_STATS_CHART_MIN_WIDTH 200
#define LB_STATS_CHART_MIN_HEIGHT 140

/* An uncompressed picture takes four bytes for each pixel: 64 MiB for the largest. */
#define LB_STATS_CHART_MAX_SIDE 4096
#define LB_STATS_CHART_MAX_SCALE 4
#define LB_STATS_CHART_MAX_PIXELS (4096u * 4096u)

/* Of the history, in seconds. A shorter one shows no more. */
#define LB_STATS_CHART_MIN_SECONDS 10
#define LB_STATS_CHART_DEFAULT_SECONDS 60

/**
 * LbStatsChartOptions:
 * @width: in pixels
 * @height: in pixels
 * @scale: how many dots of a PNG make a pixel, for a dense screen; an SVG is sharp without
 * @dark: whether for a dark page
 * @rtl: whether for a page that is read from right to left
 * @measure: what the bars measure
 * @log_scale: whether the axis is logarithmic
 * @threshold_ms: the response time from which on an answer is slow, in milliseconds; 0 for none
 * @history: whether it shows the history instead of bars
 * @n_seconds: so much of it; 0 for bars
 *
 * What picture somebody wants. A plain value without padding, so two can be compared and hashed
 * byte by byte.
 */
typedef struct
{
  guint width;
  guint height;
  guint scale;
  gboolean dark;
  gboolean rtl;
  LbChartMeasure measure;
  gboolean log_scale;
  guint threshold_ms;
  gboolean history;
  guint n_seconds;
} LbStatsChartOptions;

GQuark   lb_stats_chart_error_quark   (void);

void     lb_stats_chart_options_init  (LbStatsChartOptions  *self);
gboolean lb_stats_chart_options_parse (const char           *query,
                                       gsize                 length,
                                       LbStatsChartOptions  *options,
                                       GError              **error);

G_END_DECLS
