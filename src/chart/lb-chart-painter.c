/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-painter.h"

#include <math.h>

/*
 * Draws a layout. It keeps nothing and decides nothing: what is not in the layout is not drawn.
 * The window, the pictures that the server makes and the tests all come here.
 */

#define BAR_RADIUS 5.0
#define SLOT_RADIUS 6.0
#define HATCH_DISTANCE 6.0
#define STRIPE_DISTANCE 5.0

static void
set_color (cairo_t *cr,
           const LbChartColor *color)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha);
}

static void
set_tint (cairo_t *cr,
          const LbChartColor *color,
          double opacity)
{
  cairo_set_source_rgba (cr, color->red, color->green, color->blue, color->alpha * opacity);
}

static void
fill_rect (cairo_t *cr,
           const cairo_rectangle_t *rect)
{
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
  cairo_fill (cr);
}

static void
paint_label (cairo_t *cr,
             const LbChartLabel *label,
             const LbChartColor *color)
{
  if (label->text == NULL)
    return;

  set_color (cr, color);
  cairo_move_to (cr, label->rect.x, label->rect.y);
  pango_cairo_show_layout (cr, label->text);
}

/* A rectangle with round corners; only the upper two if it stands on the floor. */
static void
add_rounded (cairo_t *cr,
             const cairo_rectangle_t *rect,
             double inset,
             double radius,
             gboolean standing)
{
  double left = rect->x + inset;
  double right = rect->x + rect->width - inset;
  double top = rect->y + inset;
  double bottom = rect->y + rect->height - inset;
  double r = MAX (
    0, MIN (radius - inset, MIN (right - left, standing ? 2 * (bottom - top) : bottom - top) / 2));

  cairo_new_sub_path (cr);
  cairo_arc (cr, left + r, top + r, r, G_PI, 1.5 * G_PI);
  cairo_arc (cr, right - r, top + r, r, 1.5 * G_PI, 2 * G_PI);
  if (standing)
    {
      cairo_line_to (cr, right, bottom);
      cairo_line_to (cr, left, bottom);
    }
  else
    {
      cairo_arc (cr, right - r, bottom - r, r, 0, 0.5 * G_PI);
      cairo_arc (cr, left + r, bottom - r, r, 0.5 * G_PI, G_PI);
    }
  cairo_close_path (cr);
}

/* Inside the bar, so that its edges are sharp and its neighbours stay clear. */
static void
outline_bar (cairo_t *cr,
             const cairo_rectangle_t *bar,
             double thickness)
{
  cairo_set_line_width (cr, thickness);
  add_rounded (cr, bar, thickness / 2, BAR_RADIUS, TRUE);
  cairo_stroke (cr);
}

static void
hatch_bar (cairo_t *cr,
           const cairo_rectangle_t *bar)
{
  cairo_save (cr);
  add_rounded (cr, bar, 0, BAR_RADIUS, TRUE);
  cairo_clip (cr);

  for (double x = bar->x - bar->height; x < bar->x + bar->width; x += HATCH_DISTANCE)
    {
      cairo_move_to (cr, x, bar->y + bar->height);
      cairo_line_to (cr, x + bar->height, bar->y);
    }
  cairo_set_line_width (cr, 2);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static void
stripe_bar (cairo_t *cr,
            const cairo_rectangle_t *bar)
{
  for (double y = bar->y + bar->height - STRIPE_DISTANCE; y > bar->y + 3; y -= STRIPE_DISTANCE)
    {
      cairo_move_to (cr, bar->x + 3, y - 0.5);
      cairo_line_to (cr, bar->x + bar->width - 3, y - 0.5);
    }
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

static void
dash_bar (cairo_t *cr,
          const cairo_rectangle_t *bar)
{
  static const double dashes[] = { 4, 3 };

  cairo_save (cr);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  outline_bar (cr, bar, 1.5);
  cairo_restore (cr);
}

static void
paint_solid (cairo_t *cr,
             const cairo_rectangle_t *bar)
{
  add_rounded (cr, bar, 0, BAR_RADIUS, TRUE);
  cairo_fill (cr);
}

static void
paint_bar (cairo_t *cr,
           const LbChartColumn *column,
           const LbChartPalette *palette)
{
  const cairo_rectangle_t *bar = &column->bar;

  switch (column->kind)
    {
    case LB_CHART_UP:
      set_color (cr, &palette->up);
      if (column->stub)
        dash_bar (cr, bar);
      else
        paint_solid (cr, bar);
      break;

    case LB_CHART_DOWN:
      set_tint (cr, &palette->down, 0.15);
      paint_solid (cr, bar);
      set_color (cr, &palette->down);
      hatch_bar (cr, bar);
      outline_bar (cr, bar, 1.5);
      break;

    case LB_CHART_DRAIN:
      set_tint (cr, &palette->up, 0.15);
      paint_solid (cr, bar);
      set_color (cr, &palette->up);
      outline_bar (cr, bar, 2);
      break;

    case LB_CHART_MAINT:
      set_color (cr, &palette->idle);
      outline_bar (cr, bar, 1.5);
      stripe_bar (cr, bar);
      break;

    case LB_CHART_UNKNOWN:
      set_color (cr, &palette->idle);
      dash_bar (cr, bar);
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
paint_cross (cairo_t *cr,
             const cairo_rectangle_t *rect)
{
  cairo_save (cr);
  cairo_set_line_width (cr, 2);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (cr, rect->x + 1, rect->y + 1);
  cairo_line_to (cr, rect->x + rect->width - 1, rect->y + rect->height - 1);
  cairo_move_to (cr, rect->x + rect->width - 1, rect->y + 1);
  cairo_line_to (cr, rect->x + 1, rect->y + rect->height - 1);
  cairo_stroke (cr);
  cairo_restore (cr);
}

/* Where only some bars have a label, a small line says which. */
static void
paint_pointer (cairo_t *cr,
               const LbChartColumn *column)
{
  cairo_rectangle_t line = {
    column->bar.x + floor (column->bar.width / 2),
    column->bar.y + column->bar.height + 1,
    1,
    4,
  };

  fill_rect (cr, &line);
}

static void
paint_column (cairo_t *cr,
              const LbChartLayout *layout,
              const LbChartColumn *column,
              const LbChartPalette *palette,
              gboolean highlighted)
{
  if (highlighted)
    {
      set_color (cr, &palette->hover);
      add_rounded (cr, &column->slot, 0, SLOT_RADIUS, FALSE);
      cairo_fill (cr);
    }

  paint_bar (cr, column, palette);

  if (column->cross.width > 0)
    {
      set_color (cr, &palette->down);
      paint_cross (cr, &column->cross);
    }

  if (column->p95.width > 0)
    {
      set_color (cr, &palette->mark);
      fill_rect (cr, &column->p95);
    }

  if (layout->thinned && column->url.text != NULL)
    {
      set_color (cr, &palette->axis);
      paint_pointer (cr, column);
    }

  paint_label (cr, &column->value, &palette->text);
  paint_label (cr, &column->url, &palette->dim_text);
}

static void
add_label_rect (cairo_t *cr,
                const LbChartLabel *label)
{
  cairo_rectangle (cr, label->rect.x, label->rect.y, label->rect.width, label->rect.height);
}

/* No line runs through a text. Labels do not overlap, so each is a hole by the even-odd rule. */
static void
clip_out_labels (cairo_t *cr,
                 const LbChartLayout *layout)
{
  cairo_rectangle (cr, layout->plot.x, 0, layout->plot.width, layout->height);
  for (guint i = 0; i < layout->n_columns; i++)
    add_label_rect (cr, &layout->columns[i].value);
  add_label_rect (cr, &layout->sentence);

  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_clip (cr);
}

static void
paint_axis (cairo_t *cr,
            const LbChartLayout *layout,
            const LbChartPalette *palette)
{
  cairo_save (cr);
  clip_out_labels (cr, layout);
  for (guint i = 0; i < layout->n_ticks; i++)
    {
      cairo_rectangle_t line = { layout->plot.x, layout->ticks[i].y, layout->plot.width, 1 };

      set_color (cr, i == 0 ? &palette->axis : &palette->grid);
      fill_rect (cr, &line);
    }
  cairo_restore (cr);

  for (guint i = 0; i < layout->n_ticks; i++)
    paint_label (cr, &layout->ticks[i].label, &palette->dim_text);
}

/**
 * lb_chart_paint:
 * @cr: where to draw
 * @layout: what to draw
 * @palette: in which colours; the background is the caller's
 * @highlight: the index of the backend under the pointer, or %LB_CHART_NO_COLUMN
 *
 * Draws a chart. It needs neither a display nor a widget.
 */
void
lb_chart_paint (cairo_t *cr,
                const LbChartLayout *layout,
                const LbChartPalette *palette,
                guint highlight)
{
  g_return_if_fail (cr != NULL);
  g_return_if_fail (layout != NULL);
  g_return_if_fail (palette != NULL);

  cairo_save (cr);

  paint_axis (cr, layout, palette);
  paint_label (cr, &layout->title, &palette->text);
  paint_label (cr, &layout->legend, &palette->dim_text);
  if (layout->legend.text != NULL)
    {
      set_color (cr, &palette->mark);
      fill_rect (cr, &layout->legend_mark);
    }

  /* Columns that are scrolled half away end at the axis. */
  cairo_rectangle (cr, layout->plot.x, 0, layout->plot.width, layout->height);
  cairo_clip (cr);
  for (guint i = 0; i < layout->n_columns; i++)
    paint_column (cr, layout, &layout->columns[i], palette, layout->columns[i].index == highlight);

  paint_label (cr, &layout->sentence, &palette->dim_text);

  cairo_restore (cr);
}
