/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-measure.h"
#include "chart/lb-history-choice.h"
#include "chart/lb-history-range.h"

G_BEGIN_DECLS

/* The least and the most room that a picture of a chart has, in pixels. */
#define LB_CHART_SHOT_MIN_WIDTH 480
#define LB_CHART_SHOT_MIN_HEIGHT 320
#define LB_CHART_SHOT_MAX_SIDE 4096

/* So many dots of a PNG make a pixel, so that it is sharp on a dense screen and on paper. */
#define LB_CHART_SHOT_SCALE 2

/**
 * LbChartShot:
 * @width: in pixels
 * @height: in pixels
 * @scale: how many dots of a PNG make a pixel
 * @dark: whether for a dark screen
 * @rtl: whether it is read from right to left
 * @options: what it shows, and how
 * @snapshot: (nullable): the figures of the bars
 * @slice: (nullable): what happened, if it shows the history instead
 * @range: which part of @slice it shows
 * @choice: which backend had which line
 * @selected: (nullable): the backend that has a line in any case
 *
 * What a person sees in a chart, kept to be painted once more, on anything and in any thread.
 */
typedef struct
{
  double width;
  double height;
  int scale;
  gboolean dark;
  gboolean rtl;
  LbChartOptions options;

  LbSnapshot *snapshot;
  LbHistorySlice *slice;
  LbHistoryRange range;
  LbHistoryChoice choice;
  char *selected;
} LbChartShot;

LbChartShot *lb_chart_shot_new      (double              width,
                                     double              height);
void         lb_chart_shot_free     (LbChartShot        *self);

GBytes      *lb_chart_shot_make_png (const LbChartShot  *self);
GBytes      *lb_chart_shot_make_svg (const LbChartShot  *self);
GBytes      *lb_chart_shot_make_pdf (const LbChartShot  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbChartShot, lb_chart_shot_free)

G_END_DECLS
