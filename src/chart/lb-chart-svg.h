/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-layout.h"
#include "chart/lb-chart-palette.h"

G_BEGIN_DECLS

GBytes *lb_chart_svg (const LbChartLayout  *layout,
                      const LbChartPalette *palette,
                      const LbSnapshot     *snapshot);

G_END_DECLS
