/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-history-line.h"

#include <math.h>

#include "chart/lb-chart-palette.h"

/*
 * LbHistoryLine
 *
 * A step that has several response times is a piece of the line that goes straight up or down, from
 * the shortest to the longest: however far away one looks from, a spike stays as high as it was.
 *
 * Where steps are hardly wider than the line, all of it goes straight up or down. It is then made
 * of columns, one for each step, that reach to the one before: Cairo fills those ten times as fast
 * as it strokes a line with so many corners.
 */

/* Between two symbols on a line. */
#define SYMBOL_DISTANCE 120.0

/* A response time between two gaps is a dash as long as this at least. */
#define LEAST_DASH 3.0

/* Steps that are narrower than this are columns. */
#define LEAST_STEP 3.0

/* How thick a line of columns is. */
#define COLUMN_HEIGHT 2.0

static gboolean
has_response (const LbHistorySpan *span)
{
  return span->lowest_us != LB_HISTORY_NO_RESPONSE;
}

/* Of three in a row at the same height or place the middle one says nothing. */
static void
add_vertex (GArray *vertices,
            double x,
            double y,
            gboolean starts)
{
  const LbHistoryVertex vertex = { x, y, starts };

  if (!starts && vertices->len >= 2)
    {
      LbHistoryVertex *last = &g_array_index (vertices, LbHistoryVertex, vertices->len - 1);
      const LbHistoryVertex *before = last - 1;

      if (!last->starts && fabs (last->y - y) < 0.01 && fabs (before->y - y) < 0.01)
        {
          last->x = x;
          return;
        }
    }

  g_array_append_val (vertices, vertex);
}

/* First the end that is nearer to where the line comes from. */
static void
add_step (LbHistoryLine *self,
          const LbHistoryFrame *frame,
          const LbHistorySpan *span,
          double x,
          gboolean starts)
{
  double first = lb_history_frame_get_y (frame, span->lowest_us);
  double second = lb_history_frame_get_y (frame, span->highest_us);

  if (!starts)
    {
      const double from =
        g_array_index (self->vertices, LbHistoryVertex, self->vertices->len - 1).y;

      if (fabs (second - from) < fabs (first - from))
        {
          const double swap = first;

          first = second;
          second = swap;
        }
    }

  add_vertex (self->vertices, x, first, starts);
  if (fabs (second - first) >= 0.5)
    add_vertex (self->vertices, x, second, FALSE);
}

/* Whole pixels: only those are filled fast. */
static cairo_rectangle_t
get_column (const LbHistoryDigest *digest,
            const LbHistoryFrame *frame,
            guint step,
            gint64 highest_us,
            gint64 lowest_us)
{
  const double second = (double) (digest->first + step) * digest->step_s - 0.5;
  const double left = round (lb_history_frame_get_x (frame, second));
  const double right = round (lb_history_frame_get_x (frame, second + digest->step_s));
  const double top = round (lb_history_frame_get_y (frame, highest_us));
  const double bottom = round (lb_history_frame_get_y (frame, lowest_us));

  return (cairo_rectangle_t){ left, top - COLUMN_HEIGHT / 2, right - left,
                              bottom - top + COLUMN_HEIGHT };
}

/* It reaches to the one before, unless it @starts. */
static void
add_column (GArray *columns,
            cairo_rectangle_t column,
            gboolean starts)
{
  if (!starts)
    {
      const cairo_rectangle_t *last =
        &g_array_index (columns, cairo_rectangle_t, columns->len - 1);
      const double top = MIN (column.y, last->y + last->height - COLUMN_HEIGHT);
      const double bottom = MAX (column.y + column.height, last->y + COLUMN_HEIGHT);

      column.y = top;
      column.height = bottom - top;
    }

  g_array_append_val (columns, column);
}

/* A single response time would be a line of no length. */
static void
widen_dash (LbHistoryLine *self,
            double step_width)
{
  if (self->columns->len > 0)
    {
      cairo_rectangle_t *column =
        &g_array_index (self->columns, cairo_rectangle_t, self->columns->len - 1);

      column->x -= floor (MAX (0, LEAST_DASH - column->width) / 2);
      column->width = MAX (LEAST_DASH, column->width);
    }
  else
    {
      LbHistoryVertex *vertex =
        &g_array_index (self->vertices, LbHistoryVertex, self->vertices->len - 1);
      const double half = MAX (step_width, LEAST_DASH) / 2;

      vertex->x -= half;
      add_vertex (self->vertices, vertex->x + 2 * half, vertex->y, FALSE);
    }
}

/* At times that stay the same while the picture moves on, and not all lines at the same. */
static gboolean
is_time_for_symbol (const LbHistoryDigest *digest,
                    const LbHistoryFrame *frame,
                    guint step,
                    guint series)
{
  const double seconds = SYMBOL_DISTANCE * frame->length / frame->plot.width;
  const gint64 every = MAX (1, (gint64) ceil (seconds / digest->step_s));

  return (digest->first + step + series * every / LB_CHART_N_SERIES) % every == 0;
}

/**
 * lb_history_step_get_x:
 * @digest: a digest
 * @frame: where it is drawn
 * @step: one of its steps
 *
 * Returns: the middle of the step
 */
double
lb_history_step_get_x (const LbHistoryDigest *digest,
                       const LbHistoryFrame *frame,
                       guint step)
{
  const double second = (double) (digest->first + step) * digest->step_s;
  const double middle = second + (digest->step_s - 1) / 2.0;

  /* The last step may not be over yet. */
  return lb_history_frame_get_x (frame, MIN (middle, (double) digest->slice->end));
}

/**
 * lb_history_line_init:
 * @self: the line to fill
 * @digest: what happened
 * @frame: where to draw it
 * @backend: an index in the slice
 * @series: its colour and symbol
 */
void
lb_history_line_init (LbHistoryLine *self,
                      const LbHistoryDigest *digest,
                      const LbHistoryFrame *frame,
                      guint backend,
                      guint series)
{
  const double step_width = digest->step_s / frame->length * frame->plot.width;
  LbHistoryVertex last = { 0 };
  guint n_running = 0;

  self->backend = backend;
  self->series = series;
  self->vertices = g_array_new (FALSE, FALSE, sizeof (LbHistoryVertex));
  self->columns = g_array_new (FALSE, FALSE, sizeof (cairo_rectangle_t));
  self->symbols = g_array_new (FALSE, FALSE, sizeof (LbHistoryVertex));
  self->crosses = g_array_new (FALSE, FALSE, sizeof (LbHistoryVertex));

  for (guint i = 0; i < digest->n_steps; i++)
    {
      const LbHistorySpan *span = lb_history_digest_get_span (digest, i, backend);

      if (has_response (span))
        {
          last.x = lb_history_step_get_x (digest, frame, i);
          last.y = lb_history_frame_get_y (frame, span->lowest_us);
          if (step_width < LEAST_STEP)
            add_column (self->columns,
                        get_column (digest, frame, i, span->highest_us, span->lowest_us),
                        n_running == 0);
          else
            add_step (self, frame, span, last.x, n_running == 0);
          if (n_running > 0 && is_time_for_symbol (digest, frame, i, series))
            g_array_append_val (self->symbols, last);
          n_running++;
        }
      else
        {
          if (n_running == 1)
            widen_dash (self, step_width);
          if (n_running > 0 && span->was_down)
            g_array_append_val (self->crosses, last);
          n_running = 0;
        }
    }

  if (n_running == 1)
    widen_dash (self, step_width);
}

/**
 * lb_history_line_clear:
 * @self: a line
 */
void
lb_history_line_clear (LbHistoryLine *self)
{
  g_clear_pointer (&self->vertices, g_array_unref);
  g_clear_pointer (&self->columns, g_array_unref);
  g_clear_pointer (&self->symbols, g_array_unref);
  g_clear_pointer (&self->crosses, g_array_unref);
}

/**
 * lb_history_band_init:
 * @self: the band to fill
 * @digest: what happened
 * @frame: where to draw it
 */
void
lb_history_band_init (LbHistoryBand *self,
                      const LbHistoryDigest *digest,
                      const LbHistoryFrame *frame)
{
  gboolean is_running = FALSE;

  self->all = g_array_new (FALSE, FALSE, sizeof (cairo_rectangle_t));
  self->median = g_array_new (FALSE, FALSE, sizeof (cairo_rectangle_t));

  for (guint i = 0; i < digest->n_steps; i++)
    {
      const LbHistoryMoment *moment = &digest->moments[i];
      const cairo_rectangle_t all =
        get_column (digest, frame, i, moment->highest_us, moment->lowest_us);

      if (moment->lowest_us >= 0)
        {
          g_array_append_val (self->all, all);
          add_column (self->median,
                      get_column (digest, frame, i, moment->median_us, moment->median_us),
                      !is_running);
        }
      is_running = moment->lowest_us >= 0;
    }
}

/**
 * lb_history_band_clear:
 * @self: a band
 */
void
lb_history_band_clear (LbHistoryBand *self)
{
  g_clear_pointer (&self->all, g_array_unref);
  g_clear_pointer (&self->median, g_array_unref);
}
