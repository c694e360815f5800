/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-column.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-chart-text.h"

/*
 * LbChartColumn
 *
 * One backend in a chart: its bar with everything above and below it. LbChartLayout owns the
 * columns, gives each its slot, has the rest placed here, and mirrors the result if it has to.
 */

#define MIN_BAR 12.0
#define MAX_BAR 56.0
#define MIN_BAR_DISTANCE 2.0

/**
 * lb_chart_column_kind:
 * @figures: a backend's figures
 *
 * Returns: how its bar looks. What a person took out of service looks like that whatever was last
 *   known of its health; what is down looks down even while it drains.
 */
LbChartKind
lb_chart_column_kind (const LbBackendFigures *figures)
{
  if (figures->state == LB_STATE_MAINT)
    return LB_CHART_MAINT;
  if (figures->health == LB_HEALTH_DOWN)
    return LB_CHART_DOWN;
  if (figures->state == LB_STATE_DRAIN)
    return LB_CHART_DRAIN;
  return figures->health == LB_HEALTH_UP ? LB_CHART_UP : LB_CHART_UNKNOWN;
}

/**
 * lb_chart_column_response_us:
 * @figures: a backend's figures
 *
 * Returns: the response time that the bar shows in microseconds, or -1 if there is none: before
 *   the first probe, when the last one failed, and in maintenance, where it would be an old one
 */
gint64
lb_chart_column_response_us (const LbBackendFigures *figures)
{
  if (figures->state == LB_STATE_MAINT || figures->last_probe.time_us <= 0)
    return -1;

  return figures->last_probe.response_us;
}

/**
 * lb_chart_column_p95_us:
 * @figures: a backend's figures
 *
 * Returns: the 95th percentile to mark in microseconds, or -1 for none: there is no mark without a
 *   response time to compare it with
 */
gint64
lb_chart_column_p95_us (const LbBackendFigures *figures)
{
  if (lb_chart_column_response_us (figures) < 0 || figures->latency.n_samples == 0)
    return -1;

  return figures->latency.p95_us;
}

/**
 * lb_chart_column_word:
 * @figures: a backend's figures
 *
 * Returns: (nullable): the word its bar needs besides its look; %NULL if the response time says all
 */
const char *
lb_chart_column_word (const LbBackendFigures *figures)
{
  switch (lb_chart_column_kind (figures))
    {
    case LB_CHART_DOWN:
      return lb_chart_text_health (LB_HEALTH_DOWN);
    case LB_CHART_DRAIN:
      return lb_chart_text_state (LB_STATE_DRAIN);
    case LB_CHART_MAINT:
      return lb_chart_text_state (LB_STATE_MAINT);
    case LB_CHART_UNKNOWN:
      return figures->last_probe.time_us > 0 ? lb_chart_text_health (LB_HEALTH_UNKNOWN)
                                             : _("no answer yet");
    case LB_CHART_UP:
      return lb_chart_column_response_us (figures) < 0 ? _("no answer") : NULL;
    default:
      g_return_val_if_reached (NULL);
    }
}

/**
 * lb_chart_column_bar_width:
 * @slot_width: of the slots, in pixels; a single one may be up to a pixel narrower
 *
 * Returns: the width of all bars in such slots
 */
double
lb_chart_column_bar_width (double slot_width)
{
  double least = MIN (MIN_BAR, floor (slot_width) - MIN_BAR_DISTANCE);

  return CLAMP (floor (slot_width * 0.6), least, MAX_BAR);
}

static gboolean
overlap (const cairo_rectangle_t *a,
         const cairo_rectangle_t *b,
         double gap)
{
  return a->width > 0 && b->width > 0 && a->x < b->x + b->width + gap &&
         b->x < a->x + a->width + gap && a->y < b->y + b->height + gap &&
         b->y < a->y + a->height + gap;
}

/* Above the bar; above the mark as well if that is in the way. */
static void
place_cross (LbChartColumn *self)
{
  cairo_rectangle_t *cross = &self->cross;
  double size = MIN (LB_CHART_CROSS, self->slot.width - 1);

  cross->width = size;
  cross->height = size;
  cross->x = self->bar.x + floor ((self->bar.width - size) / 2);
  cross->y = self->bar.y - LB_CHART_GAP - size;
  if (overlap (cross, &self->p95, 1))
    cross->y = self->p95.y - LB_CHART_GAP - size;
}

/**
 * lb_chart_column_place_bar:
 * @self: a column with a slot
 * @figures: its backend's figures
 * @bar_width: from lb_chart_column_bar_width()
 * @floor_y: where bars stand
 * @pixels_per_us: the axis' scale
 *
 * Places the bar, the cross and the mark.
 */
void
lb_chart_column_place_bar (LbChartColumn *self,
                           const LbBackendFigures *figures,
                           double bar_width,
                           double floor_y,
                           double pixels_per_us)
{
  gint64 response_us = lb_chart_column_response_us (figures);
  gint64 p95_us = lb_chart_column_p95_us (figures);

  self->kind = lb_chart_column_kind (figures);
  self->stub = response_us < 0;

  /* The fastest answer is still something to see. */
  self->bar.height =
    self->stub ? LB_CHART_STUB : MAX (2, round ((double) response_us * pixels_per_us));
  self->bar.width = bar_width;
  self->bar.x = self->slot.x + floor ((self->slot.width - self->bar.width) / 2);
  self->bar.y = floor_y - self->bar.height;

  if (p95_us >= 0)
    {
      double overhang = MIN (4, floor ((self->slot.width - self->bar.width) / 5));

      self->p95.width = self->bar.width + 2 * overhang;
      self->p95.height = LB_CHART_MARK;
      self->p95.x = self->bar.x - overhang;
      self->p95.y = floor_y - MAX (LB_CHART_MARK, round ((double) p95_us * pixels_per_us));
    }

  if (self->kind == LB_CHART_DOWN)
    place_cross (self);
}

/*
 * Makes a value narrower that has more to say than fits over its bar. Of a time and a word the time
 * stays, since the bar looks like the word. What remains too wide is for lb_chart_columns_thin().
 */
static void
squeeze_value (LbChartColumn *self,
               const char *time,
               LbChartTextStyle *style)
{
  if (self->stub)
    lb_chart_label_wrap (&self->value, self->slot.width - LB_CHART_GAP);
  if (self->value.rect.width <= self->slot.width)
    return;

  if (time == NULL && self->kind != LB_CHART_UP && self->kind != LB_CHART_UNKNOWN)
    return;

  lb_chart_label_clear (&self->value);
  lb_chart_label_init (&self->value, style, time != NULL ? time : "?", LB_CHART_MAX_LABEL);
}

/**
 * lb_chart_column_place_value:
 * @self: a column whose bar is placed
 * @figures: its backend's figures
 * @time: (nullable): the response time in words, %NULL if there is none
 * @style: how the text looks
 * @content_x: where the columns begin
 * @content_width: how wide all columns are
 *
 * Places the response time, the word or both above the bar; above the mark as well if that is in
 * the way.
 */
void
lb_chart_column_place_value (LbChartColumn *self,
                             const LbBackendFigures *figures,
                             const char *time,
                             LbChartTextStyle *style,
                             double content_x,
                             double content_width)
{
  const char *word = lb_chart_column_word (figures);
  g_autofree char *both = NULL;
  double above = self->cross.height > 0 ? self->cross.y : self->bar.y;
  cairo_rectangle_t *rect = &self->value.rect;
  const char *text;
  double x;

  if (word != NULL && time != NULL)
    both = g_strconcat (word, "\n", time, NULL);

  text = both != NULL ? both : word != NULL ? word : time;
  lb_chart_label_init (&self->value, style, text, LB_CHART_MAX_LABEL);
  if (rect->width > self->slot.width)
    squeeze_value (self, time, style);

  if (rect->width > content_width)
    {
      lb_chart_label_clear (&self->value);
      return;
    }

  x = self->bar.x + floor ((self->bar.width - rect->width) / 2);
  x = CLAMP (x, content_x, content_x + content_width - rect->width);

  lb_chart_label_move (&self->value, x, above - LB_CHART_GAP - rect->height);
  if (overlap (rect, &self->p95, 1))
    lb_chart_label_move (&self->value, x, MIN (above, self->p95.y) - LB_CHART_GAP - rect->height);

  if (rect->y < self->slot.y)
    lb_chart_label_clear (&self->value);
}

static gboolean
value_covers (const LbChartColumn *self,
              const LbChartColumn *other)
{
  const cairo_rectangle_t *rect = &self->value.rect;

  return overlap (rect, &other->bar, 1) || overlap (rect, &other->cross, 1) ||
         overlap (rect, &other->p95, 1);
}

/*
 * Which of two labels that overlap gives way. It does not depend on the response times, so that
 * labels stay in place from one refresh to the next: what is down comes first, then every eighth,
 * every fourth, every second.
 */
static gboolean
gives_way_to (const LbChartColumn *self,
              const LbChartColumn *other)
{
  guint rank = self->index == 0 ? G_MAXUINT : self->index & -self->index;
  guint other_rank = other->index == 0 ? G_MAXUINT : other->index & -other->index;

  if ((self->kind == LB_CHART_DOWN) != (other->kind == LB_CHART_DOWN))
    return other->kind == LB_CHART_DOWN;
  if (rank != other_rank)
    return rank < other_rank;
  return self->index > other->index;
}

/**
 * lb_chart_columns_thin:
 * @columns: (array length=n_columns): columns next to each other, completely placed
 * @n_columns: how many
 * @reach: how many columns away a label can meet another
 *
 * Takes away the values that would cover a bar or each other. Each decision looks only at
 * neighbours within reach, so it is the same wherever the view is scrolled to.
 */
void
lb_chart_columns_thin (LbChartColumn *columns,
                       guint n_columns,
                       guint reach)
{
  g_autofree gboolean *loses = g_new0 (gboolean, n_columns);

  for (guint i = 0; i < n_columns; i++)
    {
      guint end = MIN (i + reach + 1, n_columns);

      for (guint j = i - MIN (i, reach); j < end; j++)
        {
          if (j != i && value_covers (&columns[i], &columns[j]))
            loses[i] = TRUE;
        }
    }

  for (guint i = 0; i < n_columns; i++)
    {
      if (loses[i])
        lb_chart_label_clear (&columns[i].value);
      loses[i] = FALSE;
    }

  for (guint i = 0; i < n_columns; i++)
    {
      guint end = MIN (i + reach + 1, n_columns);

      for (guint j = i + 1; j < end; j++)
        {
          if (overlap (&columns[i].value.rect, &columns[j].value.rect, LB_CHART_GAP))
            loses[gives_way_to (&columns[i], &columns[j]) ? i : j] = TRUE;
        }
    }

  for (guint i = 0; i < n_columns; i++)
    {
      if (loses[i])
        lb_chart_label_clear (&columns[i].value);
    }
}

/**
 * lb_chart_column_clear:
 * @self: a column
 *
 * Frees its texts.
 */
void
lb_chart_column_clear (LbChartColumn *self)
{
  lb_chart_label_clear (&self->value);
  lb_chart_label_clear (&self->url);
}
