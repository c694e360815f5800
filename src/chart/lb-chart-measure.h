/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-snapshot.h"

G_BEGIN_DECLS

/**
 * LbChartMeasure:
 * @LB_CHART_RESPONSE_TIMES: how long the last probe took, in microseconds, with a mark at the 95th
 *   percentile
 * @LB_CHART_TRAFFIC: the share of the last minute's redirects, in millionths, with a mark at the share
 *   that the policy would expect
 *
 * What the bars of a chart measure.
 */
typedef enum
{
  LB_CHART_RESPONSE_TIMES,
  LB_CHART_TRAFFIC,
} LbChartMeasure;

#define LB_TYPE_CHART_MEASURE (lb_chart_measure_get_type ())
GType lb_chart_measure_get_type (void);

/* The share of one who gets all there is. */
#define LB_CHART_WHOLE 1000000

/* Nobody waits longer than an hour. */
#define LB_CHART_MAX_THRESHOLD_MS (3600u * 1000u)

/**
 * LbChartOptions:
 * @measure: what the bars measure
 * @log_scale: whether the axis is logarithmic
 * @threshold_us: the response time from which on an answer is slow, in microseconds; 0 for none
 *
 * How a chart is to be drawn. All zeroes are the plain chart of response times.
 */
typedef struct
{
  LbChartMeasure measure;
  gboolean log_scale;
  gint64 threshold_us;
} LbChartOptions;

gint64      lb_chart_measure_get_value     (LbChartMeasure          self,
                                            const LbBackendFigures *figures);
gint64      lb_chart_measure_get_mark      (LbChartMeasure          self,
                                            const LbBackendFigures *figures);
const char *lb_chart_measure_get_word      (LbChartMeasure          self,
                                            const LbBackendFigures *figures);
gint64      lb_chart_measure_get_unit      (LbChartMeasure          self,
                                            gint64                  value);
char       *lb_chart_measure_format_number (LbChartMeasure          self,
                                            gint64                  value,
                                            gint64                  unit);
char       *lb_chart_measure_format        (LbChartMeasure          self,
                                            gint64                  value);
char       *lb_chart_measure_format_exact  (LbChartMeasure          self,
                                            gint64                  value,
                                            gint64                  unit,
                                            gint64                  step);
const char *lb_chart_measure_get_name      (LbChartMeasure          self);

gboolean    lb_chart_options_equal         (const LbChartOptions   *self,
                                            const LbChartOptions   *other);
gint64      lb_chart_options_get_threshold (const LbChartOptions   *self);
char       *lb_chart_options_format_threshold
                                           (const LbChartOptions   *self);
gboolean    lb_chart_options_is_slow       (const LbChartOptions   *self,
                                            const LbBackendFigures *figures);
const char *lb_chart_options_get_title     (const LbChartOptions   *self);

G_END_DECLS
