/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-label.h"
#include "chart/lb-chart-palette.h"

G_BEGIN_DECLS

/* In the list of keys, what is no line but all backends together. */
#define LB_HISTORY_BAND G_MAXUINT

/**
 * LbHistoryKey:
 * @series: which line it explains, or %LB_HISTORY_BAND
 * @sample: where an example of it goes
 * @label: whose it is
 */
typedef struct
{
  guint series;
  cairo_rectangle_t sample;
  LbChartLabel label;
} LbHistoryKey;

/**
 * LbHistoryHeader:
 * @title: what the axis measures
 * @keys: (array length=n_keys): which line is whose
 * @more: how many keys there is no room for
 *
 * What stands over a picture of the history.
 */
typedef struct
{
  LbChartLabel title;
  LbHistoryKey keys[LB_CHART_N_SERIES + 1];
  guint n_keys;
  LbChartLabel more;
} LbHistoryHeader;

void   lb_history_header_add_line (LbHistoryHeader   *self,
                                   LbChartTextStyle  *style,
                                   guint              series,
                                   const char        *url);
void   lb_history_header_add_band (LbHistoryHeader   *self,
                                   LbChartTextStyle  *style,
                                   guint              n_backends);
double lb_history_header_place    (LbHistoryHeader   *self,
                                   LbChartTextStyle  *style,
                                   double             width,
                                   double             height);
void   lb_history_header_mirror   (LbHistoryHeader   *self,
                                   double             width);
void   lb_history_header_clear    (LbHistoryHeader   *self);

G_END_DECLS
