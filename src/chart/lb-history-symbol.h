/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-ink.h"
#include "pool/lb-history-digest.h"

G_BEGIN_DECLS

void lb_history_symbol_paint_series (LbChartInk              *ink,
                                     guint                    series,
                                     const cairo_rectangle_t *rect);
void lb_history_symbol_paint_change (LbChartInk              *ink,
                                     LbHistoryChange          change,
                                     const cairo_rectangle_t *rect);

G_END_DECLS
