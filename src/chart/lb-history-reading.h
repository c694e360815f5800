/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-history-layout.h"

G_BEGIN_DECLS

/**
 * LbHistoryReadingRow:
 * @backend: whose figures, an index in the slice, or %LB_HISTORY_NOBODY for all together
 * @series: its colour and symbol, or %LB_HISTORY_NOBODY if it has none
 * @is_nearest: whether it is the one that was pointed at
 * @dot: where it is in the plot; the width is 0 if it had no response time
 * @key: where its symbol goes
 * @name: the backend
 * @value: its figures
 */
typedef struct
{
  guint backend;
  guint series;
  gboolean is_nearest;
  cairo_rectangle_t dot;
  cairo_rectangle_t key;
  LbChartLabel name;
  LbChartLabel value;
} LbHistoryReadingRow;

#define LB_HISTORY_MAX_ROWS (LB_CHART_N_SERIES + 2)

/**
 * LbHistoryReading:
 * @step: which step of the digest
 * @x: where the crosshair is
 * @nearest: which backend was pointed at, or %LB_HISTORY_NOBODY
 * @line: that backend's line, if the picture does not have it
 * @has_line: whether there is one
 * @box: what holds the figures, beside the crosshair
 * @time: the time of day
 * @rows: (array length=n_rows): the figures
 * @more: how many backends there are besides
 *
 * What the picture says at one time.
 */
typedef struct
{
  guint step;
  double x;
  guint nearest;
  LbHistoryLine line;
  gboolean has_line;
  cairo_rectangle_t box;
  LbChartLabel time;
  LbHistoryReadingRow rows[LB_HISTORY_MAX_ROWS];
  guint n_rows;
  LbChartLabel more;
} LbHistoryReading;

gboolean          lb_history_reading_find_step (const LbHistoryLayout  *layout,
                                                const LbHistoryDigest  *digest,
                                                double                  second,
                                                guint                  *step);
guint             lb_history_reading_find      (const LbHistoryLayout  *layout,
                                                const LbHistoryDigest  *digest,
                                                guint                   step,
                                                double                  y);
LbHistoryReading *lb_history_reading_new       (const LbHistoryLayout  *layout,
                                                const LbHistoryDigest  *digest,
                                                PangoContext           *context,
                                                guint                   step,
                                                guint                   nearest);
void              lb_history_reading_free      (LbHistoryReading       *self);
char             *lb_history_reading_speak     (const LbHistoryReading *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHistoryReading, lb_history_reading_free)

G_END_DECLS
