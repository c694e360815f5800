/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-column.h"
#include "chart/lb-history-choice.h"
#include "chart/lb-history-frame.h"

G_BEGIN_DECLS

/**
 * LbHistoryBlock:
 * @kind: how it looks
 * @rect: where it is
 * @word: what it means, if there is room
 */
typedef struct
{
  LbChartKind kind;
  cairo_rectangle_t rect;
  LbChartLabel word;
} LbHistoryBlock;

/**
 * LbHistoryMark:
 * @change: what happened, the most important if more than one thing did
 * @n_changes: how many changes it stands for
 * @rect: where its symbol goes
 * @number: @n_changes if there are more than one, and there is room
 */
typedef struct
{
  LbHistoryChange change;
  guint n_changes;
  cairo_rectangle_t rect;
  LbChartLabel number;
} LbHistoryMark;

/**
 * LbHistoryLane:
 * @backend: whose it is, an index in the slice, or %LB_HISTORY_NOBODY for all of them together
 * @series: its colour and symbol
 * @rect: all of it, as wide as the plot
 * @key: where its symbol goes, beside it; empty for the lane of all
 * @label: what stands there instead for all
 * @blocks: (element-type LbHistoryBlock): the states it was in, from left to right
 * @marks: (element-type LbHistoryMark): when they changed
 *
 * What state a backend was in. The lane of all shows when any was down.
 */
typedef struct
{
  guint backend;
  guint series;
  cairo_rectangle_t rect;
  cairo_rectangle_t key;
  LbChartLabel label;
  GArray *blocks;
  GArray *marks;
} LbHistoryLane;

void lb_history_lane_init  (LbHistoryLane          *self,
                            const LbHistoryDigest  *digest,
                            const LbHistoryFrame   *frame,
                            LbChartTextStyle       *style,
                            guint                   backend,
                            guint                   series,
                            double                  y,
                            double                  height);
void lb_history_lane_clear (LbHistoryLane          *self);

G_END_DECLS
