/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-history-slice.h"
#include "pool/lb-snapshot.h"
#include "stats/lb-stats-chart-options.h"

G_BEGIN_DECLS

GBytes *lb_stats_chart_png         (const LbSnapshot          *snapshot,
                                    const LbStatsChartOptions *options);
GBytes *lb_stats_chart_svg         (const LbSnapshot          *snapshot,
                                    const LbStatsChartOptions *options);
GBytes *lb_stats_chart_history_png (LbHistorySlice            *slice,
                                    const LbStatsChartOptions *options);
GBytes *lb_stats_chart_history_svg (LbHistorySlice            *slice,
                                    const LbStatsChartOptions *options);

G_END_DECLS
