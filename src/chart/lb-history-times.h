/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-label.h"
#include "chart/lb-history-frame.h"

G_BEGIN_DECLS

/**
 * LbHistoryTick:
 * @x: where the grid line is
 * @label: under it; without text where it would cover another one
 *
 * A time of day on the axis of time.
 */
typedef struct
{
  double x;
  LbChartLabel label;
} LbHistoryTick;

#define LB_HISTORY_MAX_TIMES 16

guint lb_history_times_place (LbHistoryTick          times[LB_HISTORY_MAX_TIMES],
                              const LbHistorySlice  *slice,
                              const LbHistoryFrame  *frame,
                              LbChartTextStyle      *style,
                              double                 width,
                              double                 y);

G_END_DECLS
