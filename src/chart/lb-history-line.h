/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-history-frame.h"
#include "pool/lb-history-digest.h"

G_BEGIN_DECLS

/**
 * LbHistoryVertex:
 * @x: in pixels
 * @y: in pixels
 * @starts: whether no line leads here
 */
typedef struct
{
  double x;
  double y;
  gboolean starts;
} LbHistoryVertex;

/**
 * LbHistoryLine:
 * @backend: whose it is, an index in the slice
 * @series: its colour and symbol
 * @vertices: (element-type LbHistoryVertex): the line, from left to right
 * @columns: (element-type cairo_rectangle_t): the line instead, where steps are hardly wider than
 *   it
 * @symbols: (element-type LbHistoryVertex): where it has its symbol
 * @crosses: (element-type LbHistoryVertex): where it ends because the backend went down
 *
 * The response times of one backend. Where nothing is known, or nothing was answered, it is
 * interrupted.
 */
typedef struct
{
  guint backend;
  guint series;
  GArray *vertices;
  GArray *columns;
  GArray *symbols;
  GArray *crosses;
} LbHistoryLine;

/**
 * LbHistoryBand:
 * @all: (element-type cairo_rectangle_t): from the longest to the shortest response time
 * @median: (element-type cairo_rectangle_t): the one in the middle
 *
 * The response times of all backends, a column for each step.
 */
typedef struct
{
  GArray *all;
  GArray *median;
} LbHistoryBand;

void   lb_history_line_init  (LbHistoryLine          *self,
                              const LbHistoryDigest  *digest,
                              const LbHistoryFrame   *frame,
                              guint                   backend,
                              guint                   series);
void   lb_history_line_clear (LbHistoryLine          *self);

void   lb_history_band_init  (LbHistoryBand          *self,
                              const LbHistoryDigest  *digest,
                              const LbHistoryFrame   *frame);
void   lb_history_band_clear (LbHistoryBand          *self);

double lb_history_step_get_x (const LbHistoryDigest  *digest,
                              const LbHistoryFrame   *frame,
                              guint                   step);

G_END_DECLS
