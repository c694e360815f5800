/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-layout.h"

G_BEGIN_DECLS

/* Between the chart and the edge. */
#define LB_CHART_PADDING 12.0

/**
 * LbChartExtent:
 * @n_backends: how many there are
 * @max_us: the longest time that a bar or a mark shows, in microseconds
 * @longest_url: (nullable): the URL that takes most room
 * @any_probed: whether anything is known of any
 * @tall_labels: whether a bar may have a word above its time
 * @tall_crosses: whether a bar that shows a time may have a cross
 *
 * What a chart has to leave room for, of all backends, scrolled out of sight or not.
 */
typedef struct
{
  guint n_backends;
  gint64 max_us;
  const char *longest_url;
  gboolean any_probed;
  gboolean tall_labels;
  gboolean tall_crosses;
} LbChartExtent;

void     lb_chart_extent_measure (LbChartExtent       *self,
                                  const LbSnapshot    *snapshot,
                                  guint                n_backends);

gboolean lb_chart_frame_place    (LbChartLayout       *self,
                                  LbChartTextStyle    *style,
                                  const LbChartExtent *extent,
                                  double               least_width,
                                  gboolean             with_header);

G_END_DECLS
