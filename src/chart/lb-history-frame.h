/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>

#include "chart/lb-chart-scale.h"
#include "pool/lb-history-slice.h"

G_BEGIN_DECLS

/**
 * LbHistoryFrame:
 * @plot: what the lines run in
 * @start: the second at its left edge, on the clock of the history
 * @length: how many seconds it is wide
 * @scale: the axis of response times, from its lower to its upper edge
 *
 * Which place in a picture is which time. Time runs from left to right in every language, as it
 * does on paper.
 */
typedef struct
{
  cairo_rectangle_t plot;
  double start;
  double length;
  LbChartScale scale;
} LbHistoryFrame;

double lb_history_frame_get_x      (const LbHistoryFrame  *self,
                                    double                 second);
double lb_history_frame_get_y      (const LbHistoryFrame  *self,
                                    gint64                 response_us);
double lb_history_frame_get_second (const LbHistoryFrame  *self,
                                    double                 x);

guint  lb_history_tick_step        (double                 length,
                                    double                 n_ticks);
gint64 lb_history_get_time_us      (const LbHistorySlice  *slice,
                                    double                 second);
char  *lb_history_format_time      (gint64                 time_us,
                                    gboolean               with_seconds);

G_END_DECLS
