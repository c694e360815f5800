/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-ink.h"

/*
 * LbChartInk
 *
 * The plain ink is Cairo itself: for the window, for pictures made of pixels, and for every kind of
 * surface that keeps texts as texts on its own.
 */

static void
cairo_ink_fill (LbChartInk *self)
{
  cairo_fill (self->cr);
}

static void
cairo_ink_stroke (LbChartInk *self)
{
  cairo_stroke (self->cr);
}

static void
cairo_ink_clip (LbChartInk *self)
{
  /* The path is no part of what is saved. */
  cairo_save (self->cr);
  cairo_clip (self->cr);
}

static void
cairo_ink_unclip (LbChartInk *self)
{
  cairo_restore (self->cr);
}

static void
cairo_ink_write (LbChartInk *self,
                 const LbChartLabel *label)
{
  cairo_move_to (self->cr, label->rect.x, label->rect.y);
  pango_cairo_show_layout (self->cr, label->text);
  cairo_new_path (self->cr);
}

static void
cairo_ink_begin_column (LbChartInk *self,
                        const LbChartColumn *column)
{
}

static void
cairo_ink_end_column (LbChartInk *self)
{
}

/**
 * lb_chart_ink_init_cairo:
 * @self: the ink to fill
 * @cr: where to draw
 */
void
lb_chart_ink_init_cairo (LbChartInk *self,
                         cairo_t *cr)
{
  *self = (LbChartInk){
    .cr = cr,
    .fill = cairo_ink_fill,
    .stroke = cairo_ink_stroke,
    .clip = cairo_ink_clip,
    .unclip = cairo_ink_unclip,
    .write = cairo_ink_write,
    .begin_column = cairo_ink_begin_column,
    .end_column = cairo_ink_end_column,
  };
}

/**
 * lb_chart_ink_set_color:
 * @self: an ink
 * @color: the colour of what follows
 */
void
lb_chart_ink_set_color (LbChartInk *self,
                        const LbChartColor *color)
{
  lb_chart_ink_set_tint (self, color, 1.0);
}

/**
 * lb_chart_ink_set_tint:
 * @self: an ink
 * @color: the colour of what follows
 * @opacity: how much of it, from 0 to 1
 */
void
lb_chart_ink_set_tint (LbChartInk *self,
                       const LbChartColor *color,
                       double opacity)
{
  cairo_set_source_rgba (self->cr, color->red, color->green, color->blue, color->alpha * opacity);
}

/**
 * lb_chart_ink_write:
 * @self: an ink
 * @label: a label that was placed; one without text is not there
 * @color: its colour
 */
void
lb_chart_ink_write (LbChartInk *self,
                    const LbChartLabel *label,
                    const LbChartColor *color)
{
  if (label->text == NULL)
    return;

  lb_chart_ink_set_color (self, color);
  self->write (self, label);
}
