/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbChartColor:
 *
 * An sRGB colour with its opacity, each component between 0 and 1.
 */
typedef struct
{
  double red;
  double green;
  double blue;
  double alpha;
} LbChartColor;

/* How many lines can be told apart in one picture. */
#define LB_CHART_N_SERIES 8

/**
 * LbChartPalette:
 * @background: what the chart is drawn on; the painter does not fill it
 * @text: values and words
 * @dim_text: URLs, the axis and the legend
 * @axis: the line the bars stand on
 * @grid: the lines behind the bars
 * @hover: behind the bar under the pointer
 * @mark: what a bar is to be compared with
 * @up: a bar of a backend that takes requests, and its outline while it drains
 * @down: a bar of a backend that is down
 * @slow: what of a bar is above the threshold
 * @idle: a bar of a backend that nothing is known of, or in maintenance
 * @series: lines of different backends
 *
 * The colours of a chart. What says a state has a contrast of at least 3:1 with @background, text
 * one of at least 4.5:1. No colour says anything that a pattern or a word does not say too.
 */
typedef struct
{
  LbChartColor background;
  LbChartColor text;
  LbChartColor dim_text;
  LbChartColor axis;
  LbChartColor grid;
  LbChartColor hover;
  LbChartColor mark;
  LbChartColor up;
  LbChartColor down;
  LbChartColor slow;
  LbChartColor idle;
  LbChartColor series[LB_CHART_N_SERIES];
} LbChartPalette;

void   lb_chart_palette_init_light    (LbChartPalette     *self);
void   lb_chart_palette_init_dark     (LbChartPalette     *self);
void   lb_chart_palette_init_for_text (LbChartPalette     *self,
                                       const LbChartColor *text);
double lb_chart_color_contrast        (const LbChartColor *color,
                                       const LbChartColor *background);

G_END_DECLS
