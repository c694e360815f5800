/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <pango/pangocairo.h>

G_BEGIN_DECLS

/**
 * LbChartLabel:
 * @text: (nullable): the text, ready to be drawn; %NULL where there is no room for one
 * @rect: what it covers
 */
typedef struct
{
  PangoLayout *text;
  cairo_rectangle_t rect;
} LbChartLabel;

/**
 * LbChartTextStyle:
 * @context: where the font comes from
 * @attributes: smaller than the context's font, with figures of one width
 * @line_height: of one line, in pixels
 *
 * How every text in a chart looks.
 */
typedef struct
{
  PangoContext *context;
  PangoAttrList *attributes;
  double line_height;
} LbChartTextStyle;

LbChartTextStyle *lb_chart_text_style_new     (PangoContext      *context);
void              lb_chart_text_style_free    (LbChartTextStyle  *self);
double            lb_chart_text_style_measure (LbChartTextStyle  *self,
                                               const char        *text);

void              lb_chart_label_init         (LbChartLabel      *self,
                                               LbChartTextStyle  *style,
                                               const char        *text,
                                               double             max_width);
void              lb_chart_label_init_ltr     (LbChartLabel      *self,
                                               LbChartTextStyle  *style,
                                               const char        *text,
                                               double             max_width);
void              lb_chart_label_wrap         (LbChartLabel      *self,
                                               double             max_width);
void              lb_chart_label_move         (LbChartLabel      *self,
                                               double             x,
                                               double             y);
void              lb_chart_label_clear        (LbChartLabel      *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbChartTextStyle, lb_chart_text_style_free)

G_END_DECLS
