/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-layout.h"
#include "chart/lb-chart-palette.h"
#include "chart/lb-history-layout.h"

G_BEGIN_DECLS

GBytes *lb_chart_svg   (const LbChartLayout   *layout,
                        const LbChartPalette  *palette,
                        const LbSnapshot      *snapshot);
GBytes *lb_history_svg (const LbHistoryLayout *layout,
                        const LbChartPalette  *palette,
                        const char            *description);

G_END_DECLS
