/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-layout.h"
#include "chart/lb-history-header.h"
#include "chart/lb-history-lane.h"
#include "chart/lb-history-line.h"
#include "chart/lb-history-range.h"
#include "chart/lb-history-times.h"

G_BEGIN_DECLS

/**
 * LbHistoryLayout:
 * @width: of everything, in pixels
 * @height: of everything
 * @rtl: whether the axis is at the right, and texts begin there; time runs from left to right all
 *   the same
 * @frame: where which time is; its plot has no size if there is no room for anything
 * @ticks: (array length=n_ticks): of response times, from the bottom up
 * @threshold: the line over which answers are slow; without a label there is none in sight
 * @times: (array length=n_times): the ticks of time
 * @floor: where the ticks of time end
 * @band: all backends, if there are more than lines
 * @lines: (array length=n_lines): those that were chosen, in the pool's order
 * @has_band: whether there is one
 * @lanes: (array length=n_lanes): their states, and that of all
 * @header: what the axis measures, and which line is whose
 * @sentence: what a person should know about a history that shows nothing yet
 * @since: in the empty part before anything was written down, when that began
 *
 * Where everything in a picture of the history goes. Rectangles of no size mean "not there".
 */
typedef struct
{
  double width;
  double height;
  gboolean rtl;
  LbHistoryFrame frame;

  LbChartTick ticks[LB_CHART_MAX_TICKS];
  guint n_ticks;
  LbChartTick threshold;
  LbHistoryTick times[LB_HISTORY_MAX_TIMES];
  guint n_times;
  double floor;

  LbHistoryBand band;
  LbHistoryLine lines[LB_CHART_N_SERIES];
  guint n_lines;
  gboolean has_band;
  LbHistoryLane lanes[LB_CHART_N_SERIES + 1];
  guint n_lanes;

  LbHistoryHeader header;
  LbChartLabel sentence;
  LbChartLabel since;
} LbHistoryLayout;

LbHistoryDigest *lb_history_layout_digest (LbHistorySlice         *slice,
                                           const LbHistoryRange   *range,
                                           double                  width);
LbHistoryLayout *lb_history_layout_new    (const LbHistoryDigest  *digest,
                                           const LbHistoryRange   *range,
                                           const LbHistoryChoice  *choice,
                                           const LbChartOptions   *options,
                                           PangoContext           *context,
                                           double                  width,
                                           double                  height,
                                           gboolean                rtl);
void             lb_history_layout_free   (LbHistoryLayout        *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHistoryLayout, lb_history_layout_free)

G_END_DECLS
