/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-layout.h"

G_BEGIN_DECLS

/* Between the chart and the edge. */
#define LB_CHART_PADDING 12.0

/**
 * LbChartHeader:
 * @LB_CHART_LEGEND_BESIDE: the title with the legend at the other end of the same line
 * @LB_CHART_LEGEND_BELOW: the title with the legend below
 * @LB_CHART_LEGEND_CUT: the title with as much of the legend as there is room for beside it
 * @LB_CHART_NO_HEADER: neither; the highest bars of some kinds then have no room for their label
 *
 * What stands over the chart, the best first.
 */
typedef enum
{
  LB_CHART_LEGEND_BESIDE,
  LB_CHART_LEGEND_BELOW,
  LB_CHART_LEGEND_CUT,
  LB_CHART_NO_HEADER,
  LB_CHART_N_HEADERS,
} LbChartHeader;

/**
 * LbChartExtent:
 * @n_backends: how many there are
 * @min: the smallest value above zero that a bar, a mark or the threshold shows; 0 if there is none
 * @max: the largest
 * @longest_url: (nullable): the URL that takes most room
 * @any_known: whether anything is known of any
 * @any_expected: whether there is a share to expect of any
 * @tall_labels: whether a bar may have a word above its value
 * @tall_signs: whether a bar that shows a value may have a sign
 *
 * What a chart has to leave room for, of all backends, scrolled out of sight or not.
 */
typedef struct
{
  guint n_backends;
  gint64 min;
  gint64 max;
  const char *longest_url;
  gboolean any_known;
  gboolean any_expected;
  gboolean tall_labels;
  gboolean tall_signs;
} LbChartExtent;

void     lb_chart_extent_measure (LbChartExtent        *self,
                                  const LbSnapshot     *snapshot,
                                  const LbChartOptions *options,
                                  guint                 n_backends);

gboolean lb_chart_frame_place    (LbChartLayout        *self,
                                  LbChartTextStyle     *style,
                                  const LbChartExtent  *extent,
                                  double                least_width,
                                  LbChartHeader         header);

G_END_DECLS
