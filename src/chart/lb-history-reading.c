/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-history-reading.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-chart-text.h"
#include "chart/lb-history-text.h"

/*
 * LbHistoryReading
 *
 * Made anew whenever the crosshair moves. It shows the backends that have a line, the one that was
 * pointed at even if it has none, and what all have in common. Where there is no room for all rows,
 * the one that was pointed at is among those there are, and the rest is counted.
 */

#define MARGIN 8.0
#define DISTANCE 12.0
#define KEY 9.0
#define DOT 9.0
#define COLUMN_GAP 12.0
#define MAX_NAME 180.0

/* How a box is filled. */
typedef struct
{
  const LbHistoryLayout *layout;
  const LbHistoryDigest *digest;
  LbChartTextStyle *style;
  guint max_rows;
} Maker;

static guint
find_series (const LbHistoryLayout *layout,
             guint backend)
{
  for (guint i = 0; i < layout->n_lines; i++)
    if (layout->lines[i].backend == backend)
      return layout->lines[i].series;

  return LB_HISTORY_NOBODY;
}

static void
add_row (LbHistoryReading *self,
         const Maker *maker,
         guint backend)
{
  const LbHistorySpan *span = lb_history_digest_get_span (maker->digest, self->step, backend);
  const char *url = maker->digest->slice->urls[backend];
  LbHistoryReadingRow *row = &self->rows[self->n_rows++];
  g_autofree char *value = lb_history_text_span (maker->digest, self->step, backend);

  row->backend = backend;
  row->series = find_series (maker->layout, backend);
  row->is_nearest = backend == self->nearest;
  if (span->lowest_us != LB_HISTORY_NO_RESPONSE)
    row->dot = (cairo_rectangle_t){
      self->x - DOT / 2,
      lb_history_frame_get_y (&maker->layout->frame, span->highest_us) - DOT / 2,
      DOT,
      DOT,
    };

  lb_chart_label_init_ltr (&row->name, maker->style, lb_chart_text_address (url), MAX_NAME);
  lb_chart_label_init (&row->value, maker->style, value, -1);
}

static void
add_row_of_all (LbHistoryReading *self,
                const Maker *maker)
{
  const LbHistoryMoment *moment = &maker->digest->moments[self->step];
  const guint n = maker->digest->slice->n_backends;
  LbHistoryReadingRow *row = &self->rows[self->n_rows++];
  g_autofree char *name = lb_history_text_count (n);
  g_autofree char *lowest = lb_chart_text_time (moment->lowest_us);
  g_autofree char *median = lb_chart_text_time (moment->median_us);
  g_autofree char *highest = lb_chart_text_time (moment->highest_us);
  g_autofree char *down = lb_history_text_block (LB_CHART_DOWN, moment->n_down);
  g_autofree char *value = NULL;

  value = moment->n_down > 0 ? g_strdup_printf ("%s / %s / %s, %s", lowest, median, highest, down)
                             : g_strdup_printf ("%s / %s / %s", lowest, median, highest);

  row->backend = LB_HISTORY_NOBODY;
  row->series = LB_HISTORY_NOBODY;
  lb_chart_label_init (&row->name, maker->style, name, MAX_NAME);
  lb_chart_label_init (&row->value, maker->style, value, -1);
}

/* Those with a line, and before them the nearest if it has none. */
static void
add_rows (LbHistoryReading *self,
          const Maker *maker)
{
  const LbHistoryLayout *layout = maker->layout;
  guint nearest_line = 0;
  guint room = maker->max_rows;
  guint first = 0;

  if (layout->has_band && room > 0)
    {
      add_row_of_all (self, maker);
      room--;
    }

  if (self->has_line && room > 0)
    {
      add_row (self, maker, self->nearest);
      room--;
    }

  while (nearest_line < layout->n_lines && layout->lines[nearest_line].backend != self->nearest)
    nearest_line++;
  if (nearest_line < layout->n_lines && nearest_line >= room)
    first = nearest_line - MIN (nearest_line, room > 0 ? room - 1 : 0);

  for (guint i = first; i < layout->n_lines && room > 0; i++, room--)
    add_row (self, maker, layout->lines[i].backend);
}

static guint
count_missing (const LbHistoryReading *self,
               const Maker *maker)
{
  guint n = maker->layout->n_lines;

  for (guint i = 0; i < self->n_rows; i++)
    n -= self->rows[i].series != LB_HISTORY_NOBODY;

  return n;
}

/* Beside the crosshair, where there is more room, but never outside. */
static void
place_box (LbHistoryReading *self,
           const Maker *maker)
{
  const cairo_rectangle_t *plot = &maker->layout->frame.plot;
  const double line_height = maker->style->line_height;
  const gboolean to_left = self->x > plot->x + plot->width / 2;
  double names = self->time.rect.width;
  double values = 0;

  for (guint i = 0; i < self->n_rows; i++)
    {
      names = MAX (names, KEY + MARGIN + self->rows[i].name.rect.width);
      values = MAX (values, self->rows[i].value.rect.width);
    }

  self->box.width = names + (values > 0 ? COLUMN_GAP + values : 0) + 2 * MARGIN;
  self->box.width = MAX (self->box.width, self->more.rect.width + 2 * MARGIN);
  self->box.height =
    (1 + self->n_rows + (self->more.text != NULL)) * line_height + 2 * MARGIN;
  self->box.x = to_left ? self->x - DISTANCE - self->box.width : self->x + DISTANCE;
  self->box.x = floor (CLAMP (self->box.x, 0, MAX (0, maker->layout->width - self->box.width)));
  self->box.y = MIN (plot->y + LB_CHART_GAP, maker->layout->height - self->box.height);
  self->box.y = MAX (0, self->box.y);
}

static void
place_texts (LbHistoryReading *self,
             const Maker *maker)
{
  const gboolean rtl = maker->layout->rtl;
  const double line_height = maker->style->line_height;
  const double left = self->box.x + MARGIN;
  const double right = self->box.x + self->box.width - MARGIN;
  double y = self->box.y + MARGIN;

  lb_chart_label_move (&self->time, rtl ? right - self->time.rect.width : left, y);

  for (guint i = 0; i < self->n_rows; i++)
    {
      LbHistoryReadingRow *row = &self->rows[i];
      const double indent = KEY + MARGIN;

      y += line_height;
      row->key = (cairo_rectangle_t){ rtl ? right - KEY : left,
                                      y + floor ((line_height - KEY) / 2), KEY, KEY };
      lb_chart_label_move (&row->name,
                           rtl ? right - indent - row->name.rect.width : left + indent, y);
      lb_chart_label_move (&row->value, rtl ? left : right - row->value.rect.width, y);
    }

  lb_chart_label_move (&self->more, rtl ? right - self->more.rect.width : left, y + line_height);
}

/**
 * lb_history_reading_find_step:
 * @layout: a picture
 * @digest: what it shows
 * @second: a time, on the clock of the history
 * @step: (out): which step that is
 *
 * Returns: whether the picture shows that time, and anything is known of it
 */
gboolean
lb_history_reading_find_step (const LbHistoryLayout *layout,
                              const LbHistoryDigest *digest,
                              double second,
                              guint *step)
{
  const double start = layout->frame.start;
  gint64 number;

  if (layout->frame.plot.width <= 0 || second < start || second > start + layout->frame.length)
    return FALSE;

  number = (gint64) floor (second + 0.5) / digest->step_s - digest->first;
  if (number < 0 || number >= digest->n_steps || !digest->moments[number].is_known)
    return FALSE;

  *step = (guint) number;
  return TRUE;
}

/**
 * lb_history_reading_find:
 * @layout: a picture
 * @digest: what it shows
 * @step: one of its steps
 * @y: a height in it
 *
 * Returns: the backend whose response times in that step are nearest to that height, whether it has
 * a
 *   line or not, or %LB_HISTORY_NOBODY if none had any
 */
guint
lb_history_reading_find (const LbHistoryLayout *layout,
                         const LbHistoryDigest *digest,
                         guint step,
                         double y)
{
  guint nearest = LB_HISTORY_NOBODY;
  double least = G_MAXDOUBLE;

  for (guint i = 0; i < digest->slice->n_backends; i++)
    {
      const LbHistorySpan *span = lb_history_digest_get_span (digest, step, i);
      double distance;

      if (span->lowest_us == LB_HISTORY_NO_RESPONSE)
        continue;

      distance = MAX (lb_history_frame_get_y (&layout->frame, span->highest_us) - y,
                      y - lb_history_frame_get_y (&layout->frame, span->lowest_us));
      distance = MAX (0, distance);
      if (distance < least)
        {
          least = distance;
          nearest = i;
        }
    }

  return nearest;
}

/**
 * lb_history_reading_new:
 * @layout: a picture
 * @digest: what it shows
 * @context: the font and its measures
 * @step: which step to read
 * @nearest: which backend is pointed at, or %LB_HISTORY_NOBODY
 *
 * Returns: (transfer full): what the picture says of that time
 */
LbHistoryReading *
lb_history_reading_new (const LbHistoryLayout *layout,
                        const LbHistoryDigest *digest,
                        PangoContext *context,
                        guint step,
                        guint nearest)
{
  LbHistoryReading *self = g_new0 (LbHistoryReading, 1);
  g_autoptr (LbChartTextStyle) style = lb_chart_text_style_new (context);
  g_autofree char *time = lb_history_text_step (digest, step);
  Maker maker = { layout, digest, style, 0 };
  double room = (layout->height - 2 * MARGIN) / style->line_height - 2;
  guint n_missing;

  maker.max_rows = (guint) CLAMP (room, 0, LB_HISTORY_MAX_ROWS);

  self->step = step;
  self->x = round (lb_history_step_get_x (digest, &layout->frame, step));
  self->nearest = nearest;
  if (nearest != LB_HISTORY_NOBODY && find_series (layout, nearest) == LB_HISTORY_NOBODY)
    {
      lb_history_line_init (&self->line, digest, &layout->frame, nearest, LB_HISTORY_NOBODY);
      self->has_line = TRUE;
    }

  lb_chart_label_init (&self->time, style, time, -1);
  add_rows (self, &maker);

  n_missing = count_missing (self, &maker);
  if (n_missing > 0)
    {
      g_autofree char *more =
        g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "and %u more", "and %u more", n_missing),
                         n_missing);

      lb_chart_label_init (&self->more, style, more, -1);
    }

  place_box (self, &maker);
  place_texts (self, &maker);

  return self;
}

/**
 * lb_history_reading_free:
 * @self: (transfer full): a reading
 */
void
lb_history_reading_free (LbHistoryReading *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->n_rows; i++)
    {
      lb_chart_label_clear (&self->rows[i].name);
      lb_chart_label_clear (&self->rows[i].value);
    }
  lb_chart_label_clear (&self->time);
  lb_chart_label_clear (&self->more);
  if (self->has_line)
    lb_history_line_clear (&self->line);
  g_free (self);
}

/**
 * lb_history_reading_speak:
 * @self: a reading
 *
 * Returns: (transfer full): the time and the figures, the one that is pointed at first, for a
 *   screen reader
 */
char *
lb_history_reading_speak (const LbHistoryReading *self)
{
  GString *text = g_string_new (pango_layout_get_text (self->time.text));

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < self->n_rows; i++)
      {
        const LbHistoryReadingRow *row = &self->rows[i];

        if (row->is_nearest == (pass == 0))
          g_string_append_printf (text, ", %s: %s", pango_layout_get_text (row->name.text),
                                  pango_layout_get_text (row->value.text));
      }

  return g_string_free (text, FALSE);
}
