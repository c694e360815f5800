/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-history-painter.h"

#include <math.h>

#include "chart/lb-history-symbol.h"

/*
 * Draws a layout of the history, and over it what the crosshair reads. It keeps nothing and decides
 * nothing.
 */

#define LINE_WIDTH 1.75
#define THICK_LINE 3.0
#define SYMBOL 8.0
#define CROSS 8.0
#define HATCH_DISTANCE 5.0
#define STRIPE_DISTANCE 4.0
#define BOX_RADIUS 6.0
#define BAND_OPACITY 0.14

static void
add_rect (cairo_t *cr,
          const cairo_rectangle_t *rect)
{
  cairo_rectangle (cr, rect->x, rect->y, rect->width, rect->height);
}

static const LbChartColor *
get_color (const LbChartPalette *palette,
           guint series)
{
  return series < LB_CHART_N_SERIES ? &palette->series[series] : &palette->text;
}

static cairo_rectangle_t
get_square (double x,
            double y,
            double size)
{
  return (cairo_rectangle_t){ x - size / 2, y - size / 2, size, size };
}

/* No line of the grid runs through a text. Each is a hole by the even-odd rule. */
static void
clip_to_all_but_words (LbChartInk *ink,
                       const LbHistoryLayout *layout)
{
  const LbChartLabel *words[] = { &layout->sentence, &layout->since };

  cairo_save (ink->cr);
  cairo_set_fill_rule (ink->cr, CAIRO_FILL_RULE_EVEN_ODD);
  cairo_rectangle (ink->cr, 0, 0, layout->width, layout->height);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (words[i]->text != NULL)
      cairo_rectangle (ink->cr, words[i]->rect.x, words[i]->rect.y, words[i]->rect.width,
                       words[i]->rect.height);
  ink->clip (ink);
}

static void
unclip_words (LbChartInk *ink)
{
  ink->unclip (ink);
  cairo_restore (ink->cr);
}

static void
paint_grid (LbChartInk *ink,
            const LbHistoryLayout *layout,
            const LbChartPalette *palette)
{
  const cairo_rectangle_t *plot = &layout->frame.plot;

  clip_to_all_but_words (ink, layout);
  lb_chart_ink_set_color (ink, &palette->grid);
  for (guint i = 1; i < layout->n_ticks; i++)
    cairo_rectangle (ink->cr, plot->x, layout->ticks[i].y, plot->width, 1);
  for (guint i = 0; i < layout->n_times; i++)
    cairo_rectangle (ink->cr, layout->times[i].x, plot->y, 1, layout->floor - plot->y);
  ink->fill (ink);
  unclip_words (ink);

  lb_chart_ink_set_color (ink, &palette->axis);
  if (layout->n_ticks > 0)
    cairo_rectangle (ink->cr, plot->x, layout->ticks[0].y, plot->width, 1);
  for (guint i = 0; i < layout->n_times; i++)
    cairo_rectangle (ink->cr, layout->times[i].x, layout->floor, 1, LB_CHART_GAP);
  ink->fill (ink);

  for (guint i = 0; i < layout->n_ticks; i++)
    lb_chart_ink_write (ink, &layout->ticks[i].label, &palette->dim_text);
  for (guint i = 0; i < layout->n_times; i++)
    lb_chart_ink_write (ink, &layout->times[i].label, &palette->dim_text);
}

static void
fill_columns (LbChartInk *ink,
              const GArray *columns,
              double grow)
{
  for (guint i = 0; i < columns->len; i++)
    {
      const cairo_rectangle_t *column = &g_array_index (columns, cairo_rectangle_t, i);

      cairo_rectangle (ink->cr, column->x, column->y - grow, column->width,
                       column->height + 2 * grow);
    }
  ink->fill (ink);
}

static void
paint_band (LbChartInk *ink,
            const LbHistoryBand *band,
            const LbChartPalette *palette)
{
  lb_chart_ink_set_tint (ink, &palette->text, BAND_OPACITY);
  fill_columns (ink, band->all, 0);
  lb_chart_ink_set_color (ink, &palette->idle);
  fill_columns (ink, band->median, 0);
}

static void
trace_line (LbChartInk *ink,
            const LbHistoryLine *line)
{
  for (guint i = 0; i < line->vertices->len; i++)
    {
      const LbHistoryVertex *vertex = &g_array_index (line->vertices, LbHistoryVertex, i);

      if (vertex->starts)
        cairo_move_to (ink->cr, vertex->x, vertex->y);
      else
        cairo_line_to (ink->cr, vertex->x, vertex->y);
    }
  ink->stroke (ink);
}

static void
paint_line (LbChartInk *ink,
            const LbHistoryLine *line,
            const LbChartPalette *palette,
            double width)
{
  const double grow = floor ((width - LINE_WIDTH) / 2);

  lb_chart_ink_set_color (ink, get_color (palette, line->series));
  cairo_set_line_width (ink->cr, width);
  cairo_set_line_join (ink->cr, CAIRO_LINE_JOIN_BEVEL);
  trace_line (ink, line);

  fill_columns (ink, line->columns, grow);

  for (guint i = 0; i < line->symbols->len && line->series < LB_CHART_N_SERIES; i++)
    {
      const LbHistoryVertex *vertex = &g_array_index (line->symbols, LbHistoryVertex, i);
      const cairo_rectangle_t rect = get_square (vertex->x, vertex->y, SYMBOL);

      lb_history_symbol_paint_series (ink, line->series, &rect);
    }
}

static void
paint_crosses (LbChartInk *ink,
               const LbHistoryLine *line,
               const LbChartPalette *palette)
{
  lb_chart_ink_set_color (ink, &palette->down);
  for (guint i = 0; i < line->crosses->len; i++)
    {
      const LbHistoryVertex *vertex = &g_array_index (line->crosses, LbHistoryVertex, i);
      const cairo_rectangle_t rect = get_square (vertex->x, vertex->y, CROSS);

      lb_history_symbol_paint_change (ink, LB_HISTORY_WENT_DOWN, &rect);
    }
}

static void
hatch (LbChartInk *ink,
       const cairo_rectangle_t *rect)
{
  add_rect (ink->cr, rect);
  ink->clip (ink);
  for (double x = rect->x - rect->height; x < rect->x + rect->width; x += HATCH_DISTANCE)
    {
      cairo_move_to (ink->cr, x, rect->y + rect->height);
      cairo_line_to (ink->cr, x + rect->height, rect->y);
    }
  cairo_set_line_width (ink->cr, 1.5);
  ink->stroke (ink);
  ink->unclip (ink);
}

static void
stripe (LbChartInk *ink,
        const cairo_rectangle_t *rect)
{
  for (double y = rect->y + STRIPE_DISTANCE; y < rect->y + rect->height - 1; y += STRIPE_DISTANCE)
    cairo_rectangle (ink->cr, rect->x, floor (y), rect->width, 1);
  ink->fill (ink);
}

static void
outline (LbChartInk *ink,
         const cairo_rectangle_t *rect)
{
  if (rect->width <= 2)
    {
      add_rect (ink->cr, rect);
      ink->fill (ink);
      return;
    }

  cairo_rectangle (ink->cr, rect->x + 0.5, rect->y + 0.5, rect->width - 1, rect->height - 1);
  cairo_set_line_width (ink->cr, 1);
  ink->stroke (ink);
}

static void
paint_middle (LbChartInk *ink,
              const cairo_rectangle_t *rect,
              gboolean dashed)
{
  static const double dashes[] = { 4, 3 };
  const double y = rect->y + rect->height / 2;

  cairo_save (ink->cr);
  if (dashed)
    cairo_set_dash (ink->cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_set_line_width (ink->cr, 2);
  cairo_move_to (ink->cr, rect->x, y);
  cairo_line_to (ink->cr, rect->x + rect->width, y);
  ink->stroke (ink);
  cairo_restore (ink->cr);
}

static void
paint_block (LbChartInk *ink,
             const LbHistoryLane *lane,
             const LbHistoryBlock *block,
             const LbChartPalette *palette)
{
  const gboolean is_all = lane->backend == LB_HISTORY_NOBODY;
  const LbChartColor *color = is_all ? &palette->idle : get_color (palette, lane->series);

  switch (block->kind)
    {
    case LB_CHART_UP:
      lb_chart_ink_set_color (ink, color);
      paint_middle (ink, &block->rect, FALSE);
      break;

    case LB_CHART_DOWN:
      lb_chart_ink_set_tint (ink, &palette->down, 0.15);
      add_rect (ink->cr, &block->rect);
      ink->fill (ink);
      lb_chart_ink_set_color (ink, &palette->down);
      if (block->word.text == NULL)
        hatch (ink, &block->rect);
      outline (ink, &block->rect);
      break;

    case LB_CHART_DRAIN:
      lb_chart_ink_set_tint (ink, color, 0.15);
      add_rect (ink->cr, &block->rect);
      ink->fill (ink);
      lb_chart_ink_set_color (ink, color);
      outline (ink, &block->rect);
      break;

    case LB_CHART_MAINT:
      lb_chart_ink_set_color (ink, &palette->idle);
      outline (ink, &block->rect);
      if (block->word.text == NULL)
        stripe (ink, &block->rect);
      break;

    case LB_CHART_UNKNOWN:
      lb_chart_ink_set_color (ink, &palette->idle);
      paint_middle (ink, &block->rect, TRUE);
      break;

    default:
      g_assert_not_reached ();
    }

  lb_chart_ink_write (ink, &block->word, &palette->text);
}

/* On a ground of its own, so that no hatching runs through it. */
static void
paint_mark (LbChartInk *ink,
            const LbHistoryMark *mark,
            const LbChartPalette *palette)
{
  cairo_rectangle (ink->cr, mark->rect.x - 1, mark->rect.y - 1, mark->rect.width + 2,
                   mark->rect.height + 2);
  if (mark->number.text != NULL)
    add_rect (ink->cr, &mark->number.rect);
  lb_chart_ink_set_color (ink, &palette->background);
  ink->fill (ink);

  lb_chart_ink_set_color (ink, mark->change == LB_HISTORY_WENT_DOWN ? &palette->down : &palette->text);
  lb_history_symbol_paint_change (ink, mark->change, &mark->rect);
  lb_chart_ink_write (ink, &mark->number, &palette->text);
}

static void
paint_lane (LbChartInk *ink,
            const LbHistoryLane *lane,
            const LbChartPalette *palette)
{
  lb_chart_ink_write (ink, &lane->label, &palette->dim_text);
  if (lane->key.width > 0)
    {
      lb_chart_ink_set_color (ink, get_color (palette, lane->series));
      lb_history_symbol_paint_series (ink, lane->series, &lane->key);
    }

  for (guint i = 0; i < lane->blocks->len; i++)
    paint_block (ink, lane, &g_array_index (lane->blocks, LbHistoryBlock, i), palette);
  for (guint i = 0; i < lane->marks->len; i++)
    paint_mark (ink, &g_array_index (lane->marks, LbHistoryMark, i), palette);
}

static void
paint_key (LbChartInk *ink,
           const LbHistoryKey *key,
           const LbChartPalette *palette)
{
  const cairo_rectangle_t *sample = &key->sample;
  const double y = sample->y + floor (sample->height / 2);
  const cairo_rectangle_t symbol = get_square (sample->x + sample->width / 2, y, SYMBOL + 1);

  if (key->series == LB_HISTORY_BAND)
    {
      lb_chart_ink_set_tint (ink, &palette->text, BAND_OPACITY);
      cairo_rectangle (ink->cr, sample->x, sample->y + 2, sample->width, sample->height - 4);
      ink->fill (ink);
    }

  lb_chart_ink_set_color (ink, key->series == LB_HISTORY_BAND ? &palette->idle
                                                              : get_color (palette, key->series));
  cairo_rectangle (ink->cr, sample->x, y - 1, sample->width, 2);
  ink->fill (ink);
  if (key->series != LB_HISTORY_BAND)
    lb_history_symbol_paint_series (ink, key->series, &symbol);
  lb_chart_ink_write (ink, &key->label, &palette->dim_text);
}

static void
paint_header (LbChartInk *ink,
              const LbHistoryLayout *layout,
              const LbChartPalette *palette)
{
  lb_chart_ink_write (ink, &layout->header.title, &palette->text);
  for (guint i = 0; i < layout->header.n_keys; i++)
    paint_key (ink, &layout->header.keys[i], palette);
  lb_chart_ink_write (ink, &layout->header.more, &palette->dim_text);
}

/* Over the lines, so that it can be seen across them. */
static void
paint_threshold (LbChartInk *ink,
                 const LbHistoryLayout *layout,
                 const LbChartPalette *palette)
{
  static const double dashes[] = { 6, 4 };
  const cairo_rectangle_t *plot = &layout->frame.plot;
  const double y = layout->threshold.y + 0.5;

  if (layout->threshold.label.text == NULL)
    return;

  cairo_save (ink->cr);
  lb_chart_ink_set_color (ink, &palette->mark);
  cairo_set_dash (ink->cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_set_line_width (ink->cr, 1);
  cairo_move_to (ink->cr, plot->x, y);
  cairo_line_to (ink->cr, plot->x + plot->width, y);
  ink->stroke (ink);
  cairo_restore (ink->cr);

  lb_chart_ink_write (ink, &layout->threshold.label, &palette->text);
}

/* Lines may begin and end outside, but symbols at the top have to be whole. */
static void
clip_to_plot (LbChartInk *ink,
              const LbHistoryLayout *layout)
{
  const cairo_rectangle_t *plot = &layout->frame.plot;

  cairo_rectangle (ink->cr, plot->x, plot->y - SYMBOL, plot->width, plot->height + SYMBOL + 1);
  ink->clip (ink);
}

/**
 * lb_history_paint:
 * @ink: what to draw with
 * @layout: what to draw
 * @palette: in which colours; the background is the caller's
 *
 * Draws the history.
 */
void
lb_history_paint (LbChartInk *ink,
                  const LbHistoryLayout *layout,
                  const LbChartPalette *palette)
{
  g_return_if_fail (ink != NULL);
  g_return_if_fail (layout != NULL);
  g_return_if_fail (palette != NULL);

  if (layout->frame.plot.width <= 0)
    return;

  cairo_save (ink->cr);
  paint_grid (ink, layout, palette);
  paint_header (ink, layout, palette);

  clip_to_plot (ink, layout);
  if (layout->has_band)
    paint_band (ink, &layout->band, palette);
  for (guint i = 0; i < layout->n_lines; i++)
    paint_line (ink, &layout->lines[i], palette, LINE_WIDTH);
  for (guint i = 0; i < layout->n_lines; i++)
    paint_crosses (ink, &layout->lines[i], palette);
  ink->unclip (ink);
  paint_threshold (ink, layout, palette);

  for (guint i = 0; i < layout->n_lanes; i++)
    paint_lane (ink, &layout->lanes[i], palette);

  lb_chart_ink_write (ink, &layout->sentence, &palette->dim_text);
  lb_chart_ink_write (ink, &layout->since, &palette->dim_text);
  cairo_restore (ink->cr);
}

static void
paint_box (LbChartInk *ink,
           const cairo_rectangle_t *box,
           const LbChartPalette *palette)
{
  const double left = box->x + 0.5;
  const double top = box->y + 0.5;
  const double right = box->x + box->width - 0.5;
  const double bottom = box->y + box->height - 0.5;
  const double r = BOX_RADIUS;

  for (guint i = 0; i < 2; i++)
    {
      cairo_new_sub_path (ink->cr);
      cairo_arc (ink->cr, left + r, top + r, r, G_PI, 1.5 * G_PI);
      cairo_arc (ink->cr, right - r, top + r, r, 1.5 * G_PI, 2 * G_PI);
      cairo_arc (ink->cr, right - r, bottom - r, r, 0, 0.5 * G_PI);
      cairo_arc (ink->cr, left + r, bottom - r, r, 0.5 * G_PI, G_PI);
      cairo_close_path (ink->cr);

      lb_chart_ink_set_color (ink, i == 0 ? &palette->background : &palette->axis);
      cairo_set_line_width (ink->cr, 1);
      if (i == 0)
        ink->fill (ink);
      else
        ink->stroke (ink);
    }
}

static void
paint_row (LbChartInk *ink,
           const LbHistoryReadingRow *row,
           const LbChartPalette *palette)
{
  const LbChartColor *color = row->is_nearest ? &palette->text : &palette->dim_text;

  if (row->is_nearest)
    {
      const double left = MIN (row->key.x, MIN (row->name.rect.x, row->value.rect.x)) - 3;
      const double right = MAX (row->key.x + row->key.width,
                                MAX (row->name.rect.x + row->name.rect.width,
                                     row->value.rect.x + row->value.rect.width)) +
                           3;

      lb_chart_ink_set_color (ink, &palette->grid);
      cairo_rectangle (ink->cr, left, row->name.rect.y, right - left, row->name.rect.height);
      ink->fill (ink);
    }

  if (row->series != LB_HISTORY_NOBODY)
    {
      lb_chart_ink_set_color (ink, get_color (palette, row->series));
      lb_history_symbol_paint_series (ink, row->series, &row->key);
    }
  lb_chart_ink_write (ink, &row->name, color);
  lb_chart_ink_write (ink, &row->value, color);
}

/* What was pointed at stands out, whether it has a colour of its own or not. */
static void
paint_nearest (LbChartInk *ink,
               const LbHistoryLayout *layout,
               const LbHistoryReading *reading,
               const LbChartPalette *palette)
{
  clip_to_plot (ink, layout);
  if (reading->has_line)
    paint_line (ink, &reading->line, palette, LINE_WIDTH);
  for (guint i = 0; i < layout->n_lines; i++)
    if (layout->lines[i].backend == reading->nearest)
      paint_line (ink, &layout->lines[i], palette, THICK_LINE);
  ink->unclip (ink);
}

/**
 * lb_history_paint_reading:
 * @ink: what to draw with
 * @layout: what lb_history_paint() drew
 * @reading: what the crosshair reads there
 * @palette: in which colours
 *
 * Draws the crosshair and the box with its figures over the history.
 */
void
lb_history_paint_reading (LbChartInk *ink,
                          const LbHistoryLayout *layout,
                          const LbHistoryReading *reading,
                          const LbChartPalette *palette)
{
  const cairo_rectangle_t *plot = &layout->frame.plot;

  g_return_if_fail (ink != NULL);
  g_return_if_fail (reading != NULL);
  g_return_if_fail (palette != NULL);

  cairo_save (ink->cr);
  paint_nearest (ink, layout, reading, palette);

  lb_chart_ink_set_color (ink, &palette->idle);
  cairo_rectangle (ink->cr, CLAMP (reading->x, plot->x, plot->x + plot->width - 1), plot->y, 1,
                   layout->floor - plot->y);
  ink->fill (ink);

  for (guint i = 0; i < reading->n_rows; i++)
    {
      const LbHistoryReadingRow *row = &reading->rows[i];

      if (row->dot.width <= 0)
        continue;
      lb_chart_ink_set_color (ink, get_color (palette, row->series));
      lb_history_symbol_paint_series (ink, row->series < LB_CHART_N_SERIES ? row->series : 0,
                                      &row->dot);
    }

  paint_box (ink, &reading->box, palette);
  lb_chart_ink_write (ink, &reading->time, &palette->text);
  for (guint i = 0; i < reading->n_rows; i++)
    paint_row (ink, &reading->rows[i], palette);
  lb_chart_ink_write (ink, &reading->more, &palette->dim_text);
  cairo_restore (ink->cr);
}
