/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-column.h"
#include "chart/lb-chart-palette.h"

G_BEGIN_DECLS

typedef struct _LbChartInk LbChartInk;

/**
 * LbChartInk:
 * @cr: the path, the colour and the pen
 * @fill: fills the path of @cr and leaves none
 * @stroke: draws along the path of @cr and leaves none
 * @clip: lets nothing be seen outside the path of @cr until @unclip; leaves no path
 * @unclip: ends the last @clip, together with what was set since
 * @write: writes a label where it was placed
 * @begin_column: what follows up to @end_column is this backend's
 * @end_column: ends it
 *
 * What the painter leaves its marks with. It says everything on @cr, as it would to Cairo, so that
 * there is one painter whether the marks are pixels or elements of an SVG.
 */
struct _LbChartInk
{
  cairo_t *cr;

  void (*fill) (LbChartInk *self);
  void (*stroke) (LbChartInk *self);
  void (*clip) (LbChartInk *self);
  void (*unclip) (LbChartInk *self);
  void (*write) (LbChartInk *self, const LbChartLabel *label);
  void (*begin_column) (LbChartInk *self, const LbChartColumn *column);
  void (*end_column) (LbChartInk *self);
};

void lb_chart_ink_init_cairo (LbChartInk         *self,
                              cairo_t            *cr);

void lb_chart_ink_set_color  (LbChartInk         *self,
                              const LbChartColor *color);
void lb_chart_ink_set_tint   (LbChartInk         *self,
                              const LbChartColor *color,
                              double              opacity);
void lb_chart_ink_write      (LbChartInk         *self,
                              const LbChartLabel *label,
                              const LbChartColor *color);

G_END_DECLS
