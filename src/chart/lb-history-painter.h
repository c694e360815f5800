/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-ink.h"
#include "chart/lb-history-reading.h"

G_BEGIN_DECLS

void lb_history_paint         (LbChartInk             *ink,
                               const LbHistoryLayout  *layout,
                               const LbChartPalette   *palette);
void lb_history_paint_reading (LbChartInk             *ink,
                               const LbHistoryLayout  *layout,
                               const LbHistoryReading *reading,
                               const LbChartPalette   *palette);

G_END_DECLS
