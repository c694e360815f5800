/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-column.h"

#include <math.h>

/*
 * LbChartColumn
 *
 * One backend in a chart: its bar with everything above and below it. LbChartLayout owns the
 * columns, gives each its slot, has the rest placed here, and mirrors the result if it has to.
 */

#define MIN_BAR 12.0
#define MAX_BAR 56.0

/* In a very wide chart, such a part of the slot, up to this. */
#define WIDE_PART 0.12
#define WIDEST_BAR 120.0
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
 * lb_chart_column_bar_width:
 * @slot_width: of the slots, in pixels; a single one may be up to a pixel narrower
 *
 * Returns: the width of all bars in such slots
 */
double
lb_chart_column_bar_width (double slot_width)
{
  double least = MIN (MIN_BAR, floor (slot_width) - MIN_BAR_DISTANCE);

  const double most = CLAMP (floor (slot_width * WIDE_PART), MAX_BAR, WIDEST_BAR);

  return CLAMP (floor (slot_width * 0.6), least, most);
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
place_sign (LbChartColumn *self)
{
  cairo_rectangle_t *sign = &self->sign;
  double size = MIN (LB_CHART_SIGN, self->slot.width - 1);

  sign->width = size;
  sign->height = size;
  sign->x = self->bar.x + floor ((self->bar.width - size) / 2);
  sign->y = self->bar.y - LB_CHART_GAP - size;
  if (overlap (sign, &self->mark, 1))
    sign->y = self->mark.y - LB_CHART_GAP - size;
}

static void
place_arrow (LbChartColumn *self,
             const cairo_rectangle_t *plot)
{
  self->mark.width = MIN (2 * LB_CHART_ARROW, self->bar.width);
  self->mark.height = LB_CHART_ARROW;
  self->mark.x = self->bar.x + floor ((self->bar.width - self->mark.width) / 2);
  self->mark.y = plot->y;
}

/**
 * lb_chart_column_place_bar:
 * @self: a column with a slot
 * @figures: its backend's figures
 * @options: what it shows of them
 * @scale: the axis
 * @plot: what the bars stand in
 * @bar_width: from lb_chart_column_bar_width()
 *
 * Places the bar, the sign and the mark.
 */
void
lb_chart_column_place_bar (LbChartColumn *self,
                           const LbBackendFigures *figures,
                           const LbChartOptions *options,
                           const LbChartScale *scale,
                           const cairo_rectangle_t *plot,
                           double bar_width)
{
  const double floor_y = plot->y + plot->height;
  const gint64 value = lb_chart_measure_get_value (options->measure, figures);
  const gint64 mark = lb_chart_measure_get_mark (options->measure, figures);

  self->kind = lb_chart_column_kind (figures);
  self->stub = value < 0;
  self->slow = lb_chart_options_is_slow (options, figures);

  /* The fastest answer is still something to see. */
  self->bar.height = self->stub
                       ? LB_CHART_STUB
                       : MAX (2, round (plot->height * lb_chart_scale_get_part (scale, value)));
  self->bar.width = bar_width;
  self->bar.x = self->slot.x + floor ((self->slot.width - self->bar.width) / 2);
  self->bar.y = floor_y - self->bar.height;

  if (mark >= 0)
    {
      double overhang = MIN (4, floor ((self->slot.width - self->bar.width) / 5));
      double height = round (plot->height * lb_chart_scale_get_part (scale, mark));

      self->mark.width = self->bar.width + 2 * overhang;
      self->mark.height = LB_CHART_MARK;
      self->mark.x = self->bar.x - overhang;
      self->mark.y = floor_y - MAX (LB_CHART_MARK, height);
    }

  self->mark_is_above = mark > scale->top;
  if (self->mark_is_above)
    place_arrow (self, plot);

  if (self->kind == LB_CHART_DOWN || self->slow)
    place_sign (self);
}

/*
 * Makes a label narrower that has more to say than fits over its bar. Of a value and a word the value
 * stays, since the bar looks like the word. What remains too wide is for lb_chart_columns_thin().
 */
static void
squeeze_value (LbChartColumn *self,
               const char *value,
               LbChartTextStyle *style)
{
  if (self->stub)
    lb_chart_label_wrap (&self->value, self->slot.width - LB_CHART_GAP);
  if (self->value.rect.width <= self->slot.width)
    return;

  if (value == NULL && self->kind != LB_CHART_UP && self->kind != LB_CHART_UNKNOWN)
    return;

  lb_chart_label_clear (&self->value);
  lb_chart_label_init (&self->value, style, value != NULL ? value : "?", LB_CHART_MAX_LABEL);
}

/**
 * lb_chart_column_place_value:
 * @self: a column whose bar is placed
 * @word: (nullable): what the bar needs besides its look, %NULL for nothing
 * @value: (nullable): the value in words, %NULL if there is none
 * @style: how the text looks
 * @content_x: where the columns begin
 * @content_width: how wide all columns are
 *
 * Places the value, the word or both above the bar; above the mark as well if that is in the way.
 */
void
lb_chart_column_place_value (LbChartColumn *self,
                             const char *word,
                             const char *value,
                             LbChartTextStyle *style,
                             double content_x,
                             double content_width)
{
  g_autofree char *both = NULL;
  double above = self->sign.height > 0 ? self->sign.y : self->bar.y;
  cairo_rectangle_t *rect = &self->value.rect;
  const char *text;
  double x;

  if (word == NULL && value == NULL)
    return;
  if (word != NULL && value != NULL)
    both = g_strconcat (word, "\n", value, NULL);

  text = both != NULL ? both : word != NULL ? word : value;
  lb_chart_label_init (&self->value, style, text, LB_CHART_MAX_LABEL);
  if (rect->width > self->slot.width)
    squeeze_value (self, value, style);

  if (rect->width > content_width)
    {
      lb_chart_label_clear (&self->value);
      return;
    }

  x = self->bar.x + floor ((self->bar.width - rect->width) / 2);
  x = CLAMP (x, content_x, content_x + content_width - rect->width);

  lb_chart_label_move (&self->value, x, above - LB_CHART_GAP - rect->height);
  if (overlap (rect, &self->mark, 1))
    lb_chart_label_move (&self->value, x, MIN (above, self->mark.y) - LB_CHART_GAP - rect->height);

  if (rect->y < self->slot.y)
    lb_chart_label_clear (&self->value);
}

static gboolean
value_covers (const LbChartColumn *self,
              const LbChartColumn *other)
{
  const cairo_rectangle_t *rect = &self->value.rect;

  return overlap (rect, &other->bar, 1) || overlap (rect, &other->sign, 1) ||
         overlap (rect, &other->mark, 1);
}

/*
 * Which of two labels that overlap gives way. It does not depend on the values, so that
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
