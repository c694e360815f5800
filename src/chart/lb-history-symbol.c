/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-history-symbol.h"

/*
 * Small signs that say without a colour whose a line is, and what happened to a backend. Each fills
 * its rectangle, which is a square.
 */

#define PEN 2.0

/* The four shapes, once filled and once hollow. */
#define N_SHAPES 4

/* Coordinates in a square of size 1. */
typedef struct
{
  double x;
  double y;
} Corner;

static void
add_polygon (LbChartInk *ink,
             const cairo_rectangle_t *rect,
             const Corner *corners,
             guint n_corners)
{
  for (guint i = 0; i < n_corners; i++)
    cairo_line_to (ink->cr, rect->x + corners[i].x * rect->width,
                   rect->y + corners[i].y * rect->height);
}

static void
add_line (LbChartInk *ink,
          const cairo_rectangle_t *rect,
          double x1,
          double y1,
          double x2,
          double y2)
{
  cairo_move_to (ink->cr, rect->x + x1 * rect->width, rect->y + y1 * rect->height);
  cairo_line_to (ink->cr, rect->x + x2 * rect->width, rect->y + y2 * rect->height);
}

static void
add_circle (LbChartInk *ink,
            const cairo_rectangle_t *rect,
            double size)
{
  cairo_new_sub_path (ink->cr);
  cairo_arc (ink->cr, rect->x + rect->width / 2, rect->y + rect->height / 2, rect->width * size / 2,
             0, 2 * G_PI);
  cairo_close_path (ink->cr);
}

/**
 * lb_history_symbol_paint_series:
 * @ink: what to draw with, in its colour
 * @series: which line's symbol
 * @rect: where
 */
void
lb_history_symbol_paint_series (LbChartInk *ink,
                                guint series,
                                const cairo_rectangle_t *rect)
{
  static const Corner square[] = { { 0.1, 0.1 }, { 0.9, 0.1 }, { 0.9, 0.9 }, { 0.1, 0.9 } };
  static const Corner triangle[] = { { 0.5, 0 }, { 1, 0.9 }, { 0, 0.9 } };
  static const Corner diamond[] = { { 0.5, 0 }, { 1, 0.5 }, { 0.5, 1 }, { 0, 0.5 } };
  const gboolean filled = series / N_SHAPES % 2 == 0;

  switch (series % N_SHAPES)
    {
    case 0:
      add_circle (ink, rect, filled ? 0.9 : 0.8);
      break;
    case 1:
      add_polygon (ink, rect, square, G_N_ELEMENTS (square));
      break;
    case 2:
      add_polygon (ink, rect, triangle, G_N_ELEMENTS (triangle));
      break;
    default:
      add_polygon (ink, rect, diamond, G_N_ELEMENTS (diamond));
      break;
    }
  cairo_close_path (ink->cr);

  cairo_set_line_width (ink->cr, PEN);
  if (filled)
    ink->fill (ink);
  else
    ink->stroke (ink);
}

/**
 * lb_history_symbol_paint_change:
 * @ink: what to draw with, in its colour
 * @change: what happened
 * @rect: where
 *
 * Down is a cross, up is a tick, drain an arrow out, maintenance the two bars of a pause, ready an
 * arrow on, added and removed plus and minus.
 */
void
lb_history_symbol_paint_change (LbChartInk *ink,
                                LbHistoryChange change,
                                const cairo_rectangle_t *rect)
{
  static const Corner onward[] = { { 0.15, 0.05 }, { 0.95, 0.5 }, { 0.15, 0.95 } };

  switch (change)
    {
    case LB_HISTORY_WENT_DOWN:
      add_line (ink, rect, 0.1, 0.1, 0.9, 0.9);
      add_line (ink, rect, 0.9, 0.1, 0.1, 0.9);
      break;
    case LB_HISTORY_CAME_UP:
      add_line (ink, rect, 0.05, 0.55, 0.38, 0.88);
      cairo_line_to (ink->cr, rect->x + 0.95 * rect->width, rect->y + 0.12 * rect->height);
      break;
    case LB_HISTORY_TO_DRAIN:
      add_line (ink, rect, 0.5, 0.05, 0.5, 0.9);
      add_line (ink, rect, 0.1, 0.5, 0.5, 0.93);
      cairo_line_to (ink->cr, rect->x + 0.9 * rect->width, rect->y + 0.5 * rect->height);
      break;
    case LB_HISTORY_TO_MAINT:
      add_line (ink, rect, 0.28, 0.1, 0.28, 0.9);
      add_line (ink, rect, 0.72, 0.1, 0.72, 0.9);
      break;
    case LB_HISTORY_TO_READY:
      add_polygon (ink, rect, onward, G_N_ELEMENTS (onward));
      cairo_close_path (ink->cr);
      ink->fill (ink);
      return;
    case LB_HISTORY_ADDED:
      add_line (ink, rect, 0.5, 0.05, 0.5, 0.95);
      add_line (ink, rect, 0.05, 0.5, 0.95, 0.5);
      break;
    case LB_HISTORY_REMOVED:
      add_line (ink, rect, 0.05, 0.5, 0.95, 0.5);
      break;
    case LB_N_HISTORY_CHANGES:
    default:
      g_return_if_reached ();
    }

  cairo_set_line_width (ink->cr, PEN);
  ink->stroke (ink);
}
