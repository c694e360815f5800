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

/* Under the outline. */
#define HATCH_INSET 1.0

/* How much of a round corner's radius a straight cut takes off either side of it. */
#define CORNER_CUT (2 - G_SQRT2)
#define STRIPE_DISTANCE 5.0

static void
fill_rect (LbChartInk *ink,
           const cairo_rectangle_t *rect)
{
  cairo_rectangle (ink->cr, rect->x, rect->y, rect->width, rect->height);
  ink->fill (ink);
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
outline_bar (LbChartInk *ink,
             const cairo_rectangle_t *bar,
             double thickness)
{
  cairo_set_line_width (ink->cr, thickness);
  add_rounded (ink->cr, bar, thickness / 2, BAR_RADIUS, TRUE);
  ink->stroke (ink);
}

/*
 * Lines that go up to the right, each from one edge to another. Nothing is clipped, since a clip with
 * round corners takes Cairo ten times as long: where a corner is cut off, lines end earlier.
 */
static void
hatch_bar (LbChartInk *ink,
           const cairo_rectangle_t *bar)
{
  const double left = bar->x + HATCH_INSET;
  const double right = bar->x + bar->width - HATCH_INSET;
  const double top = bar->y + HATCH_INSET;
  const double bottom = bar->y + bar->height - HATCH_INSET;
  const double cut = MIN (BAR_RADIUS, bar->width / 2) * CORNER_CUT;

  /* @x is where a line would meet the bottom; along it, x + y is always the same. */
  for (double x = bar->x - bar->height; x < right; x += HATCH_DISTANCE)
    {
      const double sum = x + bar->y + bar->height;
      const double start = MAX (left, sum - bottom);
      const double end = MIN (MIN (right, sum - top), (sum + right - top - cut) / 2);

      if (sum < left + top + cut || end <= start)
        continue;

      cairo_move_to (ink->cr, start, sum - start);
      cairo_line_to (ink->cr, end, sum - end);
    }
  cairo_set_line_width (ink->cr, 2);
  ink->stroke (ink);
}

static void
stripe_bar (LbChartInk *ink,
            const cairo_rectangle_t *bar)
{
  for (double y = bar->y + bar->height - STRIPE_DISTANCE; y > bar->y + 3; y -= STRIPE_DISTANCE)
    {
      cairo_move_to (ink->cr, bar->x + 3, y - 0.5);
      cairo_line_to (ink->cr, bar->x + bar->width - 3, y - 0.5);
    }
  cairo_set_line_width (ink->cr, 1);
  ink->stroke (ink);
}

static void
dash_bar (LbChartInk *ink,
          const cairo_rectangle_t *bar)
{
  static const double dashes[] = { 4, 3 };

  cairo_save (ink->cr);
  cairo_set_dash (ink->cr, dashes, G_N_ELEMENTS (dashes), 0);
  outline_bar (ink, bar, 1.5);
  cairo_restore (ink->cr);
}

static void
paint_solid (LbChartInk *ink,
             const cairo_rectangle_t *bar)
{
  add_rounded (ink->cr, bar, 0, BAR_RADIUS, TRUE);
  ink->fill (ink);
}

static const LbChartColor *
get_bar_color (const LbChartPalette *palette,
               LbChartKind kind)
{
  switch (kind)
    {
    case LB_CHART_UP:
    case LB_CHART_DRAIN:
      return &palette->up;
    case LB_CHART_DOWN:
      return &palette->down;
    case LB_CHART_MAINT:
    case LB_CHART_UNKNOWN:
      return &palette->idle;
    default:
      g_assert_not_reached ();
    }
}

static void
paint_bar (LbChartInk *ink,
           const LbChartColumn *column,
           const LbChartColor *color)
{
  const cairo_rectangle_t *bar = &column->bar;

  lb_chart_ink_set_color (ink, color);
  switch (column->kind)
    {
    case LB_CHART_UP:
      if (column->stub)
        dash_bar (ink, bar);
      else
        paint_solid (ink, bar);
      break;

    case LB_CHART_DOWN:
      lb_chart_ink_set_tint (ink, color, 0.15);
      paint_solid (ink, bar);
      lb_chart_ink_set_color (ink, color);
      hatch_bar (ink, bar);
      outline_bar (ink, bar, 1.5);
      break;

    case LB_CHART_DRAIN:
      lb_chart_ink_set_tint (ink, color, 0.15);
      paint_solid (ink, bar);
      lb_chart_ink_set_color (ink, color);
      outline_bar (ink, bar, 2);
      break;

    case LB_CHART_MAINT:
      outline_bar (ink, bar, 1.5);
      stripe_bar (ink, bar);
      break;

    case LB_CHART_UNKNOWN:
      dash_bar (ink, bar);
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
paint_part_of_bar (LbChartInk *ink,
                   const LbChartColumn *column,
                   double top,
                   double bottom,
                   const LbChartColor *color)
{
  cairo_rectangle (ink->cr, column->bar.x, top, column->bar.width, bottom - top);
  ink->clip (ink);
  paint_bar (ink, column, color);
  ink->unclip (ink);
}

/* One that goes over the threshold has another colour from there on. */
static void
paint_whole_bar (LbChartInk *ink,
                 const LbChartLayout *layout,
                 const LbChartColumn *column,
                 const LbChartPalette *palette)
{
  const LbChartColor *color = get_bar_color (palette, column->kind);
  const double top = column->bar.y;
  const double bottom = top + column->bar.height;
  const double line = CLAMP (layout->threshold.y, top + 1, bottom);

  if (!column->slow)
    {
      paint_bar (ink, column, color);
      return;
    }

  paint_part_of_bar (ink, column, top, line, &palette->slow);
  paint_part_of_bar (ink, column, line, bottom, color);
}

static void
paint_cross (LbChartInk *ink,
             const cairo_rectangle_t *rect)
{
  cairo_save (ink->cr);
  cairo_set_line_width (ink->cr, 2);
  cairo_set_line_cap (ink->cr, CAIRO_LINE_CAP_ROUND);
  cairo_move_to (ink->cr, rect->x + 1, rect->y + 1);
  cairo_line_to (ink->cr, rect->x + rect->width - 1, rect->y + rect->height - 1);
  cairo_move_to (ink->cr, rect->x + rect->width - 1, rect->y + 1);
  cairo_line_to (ink->cr, rect->x + 1, rect->y + rect->height - 1);
  ink->stroke (ink);
  cairo_restore (ink->cr);
}

static void
paint_triangle (LbChartInk *ink,
                const cairo_rectangle_t *rect)
{
  cairo_move_to (ink->cr, rect->x + rect->width / 2, rect->y);
  cairo_line_to (ink->cr, rect->x + rect->width, rect->y + rect->height);
  cairo_line_to (ink->cr, rect->x, rect->y + rect->height);
  cairo_close_path (ink->cr);
  ink->fill (ink);
}

static void
paint_mark (LbChartInk *ink,
            const LbChartColumn *column)
{
  const cairo_rectangle_t *mark = &column->mark;

  if (!column->mark_is_above)
    {
      fill_rect (ink, mark);
      return;
    }

  cairo_move_to (ink->cr, mark->x, mark->y + mark->height - 1);
  cairo_line_to (ink->cr, mark->x + mark->width / 2, mark->y + 1);
  cairo_line_to (ink->cr, mark->x + mark->width, mark->y + mark->height - 1);
  cairo_set_line_width (ink->cr, LB_CHART_MARK);
  ink->stroke (ink);
}

/* Where only some bars have a label, a small line says which. */
static void
paint_pointer (LbChartInk *ink,
               const LbChartColumn *column)
{
  cairo_rectangle_t line = {
    column->bar.x + floor (column->bar.width / 2),
    column->bar.y + column->bar.height + 1,
    1,
    4,
  };

  fill_rect (ink, &line);
}

static void
paint_column (LbChartInk *ink,
              const LbChartLayout *layout,
              const LbChartColumn *column,
              const LbChartPalette *palette,
              gboolean highlighted)
{
  if (highlighted)
    {
      lb_chart_ink_set_color (ink, &palette->hover);
      add_rounded (ink->cr, &column->slot, 0, SLOT_RADIUS, FALSE);
      ink->fill (ink);
    }

  paint_whole_bar (ink, layout, column, palette);

  if (column->slow)
    {
      lb_chart_ink_set_color (ink, &palette->slow);
      paint_triangle (ink, &column->sign);
    }
  else if (column->sign.width > 0)
    {
      lb_chart_ink_set_color (ink, &palette->down);
      paint_cross (ink, &column->sign);
    }

  if (column->mark.width > 0)
    {
      lb_chart_ink_set_color (ink, &palette->mark);
      paint_mark (ink, column);
    }

  if (layout->thinned && column->url.text != NULL)
    {
      lb_chart_ink_set_color (ink, &palette->axis);
      paint_pointer (ink, column);
    }

  lb_chart_ink_write (ink, &column->value, &palette->text);
  lb_chart_ink_write (ink, &column->url, &palette->dim_text);
}

static void
add_label_rect (cairo_t *cr,
                const LbChartLabel *label)
{
  if (label->text == NULL)
    return;

  cairo_rectangle (cr, label->rect.x, label->rect.y, label->rect.width, label->rect.height);
}

/* No line runs through a text. Labels do not overlap, so each is a hole by the even-odd rule. */
static void
add_all_but_labels (cairo_t *cr,
                    const LbChartLayout *layout)
{
  cairo_rectangle (cr, layout->plot.x, 0, layout->plot.width, layout->height);
  for (guint i = 0; i < layout->n_columns; i++)
    add_label_rect (cr, &layout->columns[i].value);
  add_label_rect (cr, &layout->sentence);
  add_label_rect (cr, &layout->more);
}

static void
clip_lines (LbChartInk *ink,
            const LbChartLayout *layout)
{
  cairo_save (ink->cr);
  cairo_set_fill_rule (ink->cr, CAIRO_FILL_RULE_EVEN_ODD);
  add_all_but_labels (ink->cr, layout);
  ink->clip (ink);
}

static void
unclip_lines (LbChartInk *ink)
{
  ink->unclip (ink);
  cairo_restore (ink->cr);
}

static void
paint_axis (LbChartInk *ink,
            const LbChartLayout *layout,
            const LbChartPalette *palette)
{
  clip_lines (ink, layout);
  for (guint i = 0; i < layout->n_ticks; i++)
    {
      cairo_rectangle_t line = { layout->plot.x, layout->ticks[i].y, layout->plot.width, 1 };

      lb_chart_ink_set_color (ink, i == 0 ? &palette->axis : &palette->grid);
      fill_rect (ink, &line);
    }
  unclip_lines (ink);

  for (guint i = 0; i < layout->n_ticks; i++)
    lb_chart_ink_write (ink, &layout->ticks[i].label, &palette->dim_text);
}

/* Over the bars, so that it can be seen between them and across them. */
static void
paint_threshold (LbChartInk *ink,
                 const LbChartLayout *layout,
                 const LbChartPalette *palette)
{
  static const double dashes[] = { 6, 4 };
  const double y = layout->threshold.y + 0.5;

  if (layout->threshold.label.text == NULL)
    return;

  clip_lines (ink, layout);
  cairo_set_dash (ink->cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_set_line_width (ink->cr, 1);
  cairo_move_to (ink->cr, layout->plot.x, y);
  cairo_line_to (ink->cr, layout->plot.x + layout->plot.width, y);
  lb_chart_ink_set_color (ink, &palette->mark);
  ink->stroke (ink);
  unclip_lines (ink);

  lb_chart_ink_write (ink, &layout->threshold.label, &palette->text);
}

static void
paint_header (LbChartInk *ink,
              const LbChartLayout *layout,
              const LbChartPalette *palette)
{
  lb_chart_ink_write (ink, &layout->title, &palette->text);

  for (guint i = 0; i < layout->n_legend; i++)
    {
      const LbChartLegendEntry *entry = &layout->legend[i];

      lb_chart_ink_write (ink, &entry->label, &palette->dim_text);
      switch (entry->key)
        {
        case LB_CHART_KEY_MARK:
          lb_chart_ink_set_color (ink, &palette->mark);
          fill_rect (ink, &entry->sample);
          break;
        case LB_CHART_KEY_SLOW:
          lb_chart_ink_set_color (ink, &palette->slow);
          paint_triangle (ink, &entry->sample);
          break;
        case LB_CHART_KEY_NONE:
          break;
        default:
          g_assert_not_reached ();
        }
    }
}

/* Columns that are scrolled half away end at the axis. */
static void
paint_columns (LbChartInk *ink,
               const LbChartLayout *layout,
               const LbChartPalette *palette,
               guint highlight)
{
  cairo_rectangle (ink->cr, layout->plot.x, 0, layout->plot.width, layout->height);
  ink->clip (ink);
  for (guint i = 0; i < layout->n_columns; i++)
    {
      const LbChartColumn *column = &layout->columns[i];

      ink->begin_column (ink, column);
      paint_column (ink, layout, column, palette, column->index == highlight);
      ink->end_column (ink);
    }
  ink->unclip (ink);
}

/**
 * lb_chart_paint_with:
 * @ink: what to draw with
 * @layout: what to draw
 * @palette: in which colours; the background is the caller's
 * @highlight: the index of the backend under the pointer, or %LB_CHART_NO_COLUMN
 *
 * Draws a chart with any ink.
 */
void
lb_chart_paint_with (LbChartInk *ink,
                     const LbChartLayout *layout,
                     const LbChartPalette *palette,
                     guint highlight)
{
  g_return_if_fail (ink != NULL);
  g_return_if_fail (layout != NULL);
  g_return_if_fail (palette != NULL);

  cairo_save (ink->cr);
  paint_axis (ink, layout, palette);
  paint_header (ink, layout, palette);
  paint_columns (ink, layout, palette, highlight);
  paint_threshold (ink, layout, palette);
  lb_chart_ink_write (ink, &layout->sentence, &palette->dim_text);
  lb_chart_ink_write (ink, &layout->more, &palette->dim_text);
  cairo_restore (ink->cr);
}

/**
 * lb_chart_paint:
 * @cr: where to draw
 * @layout: what to draw
 * @palette: in which colours; the background is the caller's
 * @highlight: the index of the backend under the pointer, or %LB_CHART_NO_COLUMN
 *
 * Draws a chart on a surface. It needs neither a display nor a widget.
 */
void
lb_chart_paint (cairo_t *cr,
                const LbChartLayout *layout,
                const LbChartPalette *palette,
                guint highlight)
{
  LbChartInk ink;

  g_return_if_fail (cr != NULL);

  lb_chart_ink_init_cairo (&ink, cr);
  lb_chart_paint_with (&ink, layout, palette, highlight);
}
