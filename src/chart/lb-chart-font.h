/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pango/pangocairo.h>

G_BEGIN_DECLS

/* Before a chart makes its texts smaller, in pixels: 11 points, as on a desktop. */
#define LB_CHART_FONT_PIXELS (11 * 96 / 72.0)

PangoContext *lb_chart_font_context_new (void);

G_END_DECLS
