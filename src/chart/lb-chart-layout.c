/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-layout.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-chart-text.h"

/*
 * LbChartLayout
 *
 * A value that is made for one snapshot, size and scroll offset, drawn any number of times, and
 * thrown away when one of them changes. Everything is placed left to right and mirrored at the
 * end, so the two directions cannot drift apart.
 *
 * Only the columns that can be seen are laid out: the texts of thousands of others are never
 * measured.
 */

#define PADDING 12.0
#define GAP LB_CHART_GAP

/* A column is at least as wide as a shaky hand can hit (WCAG 2.2, 2.5.8), and as its number. */
#define MIN_SLOT 24.0
#define WIDEST_NUMBER "88.8"
#define WIDEST_TIME_US 88800

#define MAX_URL 320.0
#define LEAST_URL "127.…:9001"
#define LEGEND_MARK 16.0
#define MIN_TICK_DISTANCE 44.0
#define MIN_PLOT 32.0
#define MIN_PLOT_UNDER_HEADER 72.0

/* What the frame has to leave room for, of all backends, seen or not. */
typedef struct
{
  guint n_backends;
  gint64 max_us;
  const char *longest_url;
  gboolean any_probed;
  gboolean tall_labels;
  gboolean tall_crosses;
} Extent;

/* How the labels of all columns are written. */
typedef struct
{
  LbChartTextStyle *style;
  guint stride;
  gboolean with_unit;
  gboolean with_scheme;
} Labels;

static void
measure_all (const LbSnapshot *snapshot,
             Extent *extent)
{
  gsize longest = 0;

  *extent = (Extent){ .n_backends = snapshot != NULL ? snapshot->n_backends : 0 };

  for (guint i = 0; i < extent->n_backends; i++)
    {
      const LbBackendFigures *figures = &snapshot->backends[i];
      gint64 response_us = lb_chart_column_response_us (figures);
      gsize length = strlen (figures->url);

      if (length > longest)
        {
          longest = length;
          extent->longest_url = figures->url;
        }

      if (figures->last_probe.time_us > 0)
        extent->any_probed = TRUE;

      if (response_us >= 0)
        {
          extent->max_us =
            MAX (extent->max_us, MAX (response_us, lb_chart_column_p95_us (figures)));
          extent->tall_labels |= lb_chart_column_word (figures) != NULL;
          extent->tall_crosses |= lb_chart_column_kind (figures) == LB_CHART_DOWN;
        }
    }
}

/* The title at the start, the legend at the end of the same line if both fit. */
static double
place_header (LbChartLayout *self,
              LbChartTextStyle *style,
              gboolean with_legend)
{
  double start = PADDING;
  double end = self->width - PADDING;

  lb_chart_label_init (&self->title, style, _("Response time"), end - start);
  lb_chart_label_move (&self->title, start, PADDING);

  if (with_legend)
    {
      lb_chart_label_init (&self->legend, style, _("95th percentile"), LB_CHART_MAX_LABEL);
      lb_chart_label_move (&self->legend, end - self->legend.rect.width, PADDING);
      self->legend_mark.width = LEGEND_MARK;
      self->legend_mark.height = LB_CHART_MARK;
      self->legend_mark.x = self->legend.rect.x - 2 * GAP - LEGEND_MARK;
      self->legend_mark.y = PADDING + floor ((self->legend.rect.height - LB_CHART_MARK) / 2);

      if (self->legend_mark.x < self->title.rect.x + self->title.rect.width + PADDING)
        {
          lb_chart_label_clear (&self->legend);
          self->legend_mark = (cairo_rectangle_t){ 0 };
        }
    }

  return PADDING + self->title.rect.height;
}

static void
place_ticks (LbChartLayout *self,
             LbChartTextStyle *style)
{
  double widest = 0;

  self->n_ticks = self->scale.n_ticks;

  for (guint i = 0; i < self->n_ticks; i++)
    {
      LbChartTick *tick = &self->ticks[i];
      g_autofree char *text = lb_chart_scale_format (&self->scale, i);

      tick->y =
        self->plot.y + self->plot.height - round (i * self->plot.height / (self->n_ticks - 1));
      lb_chart_label_init (&tick->label, style, text, -1);
      widest = MAX (widest, tick->label.rect.width);
    }

  for (guint i = 0; i < self->n_ticks; i++)
    {
      LbChartLabel *label = &self->ticks[i].label;

      lb_chart_label_move (label,
                           PADDING + widest - label->rect.width,
                           self->ticks[i].y - floor (label->rect.height / 2));
    }

  self->plot.x = PADDING + widest + 2 * GAP;
  self->plot.width = self->width - PADDING - self->plot.x;
}

/*
 * Everything but the columns. Without a header the chart gets by with less: the highest bars of
 * some kinds then have no room for their label. Returns FALSE if no room is left for the plot.
 */
static gboolean
place_frame (LbChartLayout *self,
             LbChartTextStyle *style,
             const Extent *extent,
             gboolean with_header)
{
  double top = PADDING;
  double bottom = self->height - PADDING - style->line_height - 2 * GAP;

  if (with_header)
    {
      top = place_header (self, style, extent->n_backends > 0) + 2 * GAP;
      if (extent->tall_labels)
        top += style->line_height;
      if (extent->tall_crosses)
        top += LB_CHART_CROSS + GAP;
    }
  top += style->line_height + 2 * GAP;

  self->plot.y = top;
  self->plot.height = bottom - top;
  if (self->plot.height < (with_header ? MIN_PLOT_UNDER_HEADER : MIN_PLOT))
    return FALSE;

  lb_chart_scale_init (
    &self->scale, extent->max_us,
    (guint) CLAMP (self->plot.height / MIN_TICK_DISTANCE, 1, LB_CHART_MAX_TICKS - 1));
  place_ticks (self, style);

  return self->plot.width >= MIN_SLOT;
}

/*
 * There is one URL for every so many columns, as wide as all of them, under the middle one: hence
 * an odd number.
 */
static guint
choose_stride (const LbChartLayout *self,
               LbChartTextStyle *style)
{
  double least = lb_chart_text_style_measure (style, LEAST_URL) + 2 * GAP;

  if (lb_chart_slots_get_width (&self->slots) >= least)
    return 1;

  return (guint) ceil (least / lb_chart_slots_get_width (&self->slots)) | 1;
}

/* How labels are written, the same for all and wherever the columns are scrolled to. */
static void
choose_labels (LbChartLayout *self,
               LbChartTextStyle *style,
               const Extent *extent,
               Labels *labels)
{
  g_autofree char *widest_time = lb_chart_text_time (WIDEST_TIME_US);

  labels->style = style;
  labels->stride = choose_stride (self, style);
  labels->with_unit = lb_chart_text_style_measure (style, widest_time) + GAP <=
                      lb_chart_slots_get_width (&self->slots);
  labels->with_scheme = lb_chart_text_style_measure (style, extent->longest_url) + 2 * GAP <=
                        lb_chart_slots_get_width (&self->slots);

  self->thinned = labels->stride > 1;
}

static void
place_value (LbChartLayout *self,
             LbChartColumn *column,
             const LbBackendFigures *figures,
             const Labels *labels)
{
  gint64 response_us = lb_chart_column_response_us (figures);
  g_autofree char *time = NULL;

  if (response_us >= 0)
    time = labels->with_unit ? lb_chart_text_time (response_us)
                             : lb_chart_text_number (response_us, self->scale.unit_us);

  lb_chart_column_place_value (column,
                               figures,
                               time,
                               labels->style,
                               self->plot.x - self->slots.scroll,
                               self->slots.content_width);
}

static void
place_url (LbChartLayout *self,
           LbChartColumn *column,
           const LbBackendFigures *figures,
           const Labels *labels)
{
  const LbChartSlots *slots = &self->slots;
  guint stride = labels->stride;
  /* Columns that make no whole group are left without a URL at both ends alike. */
  guint offset = slots->n_slots % stride / 2;
  guint first = column->index - MIN (column->index, stride / 2);
  double start;
  double room;

  if (column->index < offset || (column->index - offset) % stride != stride / 2 ||
      first + stride > slots->n_slots)
    return;

  start = lb_chart_slots_get_start (slots, first) + GAP;
  room = lb_chart_slots_get_start (slots, first + stride) - GAP - start;
  lb_chart_label_init (&column->url,
                       labels->style,
                       labels->with_scheme ? figures->url : lb_chart_text_address (figures->url),
                       MIN (room, MAX_URL));
  lb_chart_label_move (&column->url,
                       self->plot.x - slots->scroll + start +
                         floor ((room - column->url.rect.width) / 2),
                       self->plot.y + self->plot.height + 2 * GAP);
}

/* The columns in sight and those whose labels could reach into it or decide over one that does. */
static void
place_columns (LbChartLayout *self,
               LbChartTextStyle *style,
               const LbSnapshot *snapshot,
               const Extent *extent,
               double scroll)
{
  double least_width = MAX (MIN_SLOT, lb_chart_text_style_measure (style, WIDEST_NUMBER) + 2 * GAP);
  double top = self->title.rect.y + self->title.rect.height + GAP;
  cairo_rectangle_t area = { self->plot.x, top, self->plot.width,
                             self->height - PADDING + GAP - top };
  Labels labels;
  guint reach;
  guint first;
  guint end;

  lb_chart_slots_init (&self->slots, &area, extent->n_backends, least_width, scroll);
  choose_labels (self, style, extent, &labels);

  reach = (guint) ceil (LB_CHART_MAX_LABEL / lb_chart_slots_get_width (&self->slots));
  lb_chart_slots_get_range (&self->slots, 2 * reach, &first, &end);
  self->n_columns = end - first;
  self->columns = g_new0 (LbChartColumn, self->n_columns);

  for (guint i = 0; i < self->n_columns; i++)
    {
      LbChartColumn *column = &self->columns[i];
      const LbBackendFigures *figures = &snapshot->backends[first + i];

      column->index = first + i;
      lb_chart_slots_get_rect (&self->slots, column->index, &column->slot);
      lb_chart_column_place_bar (column,
                                 figures,
                                 self->plot.y + self->plot.height,
                                 self->plot.height / (double) self->scale.top_us);
      place_value (self, column, figures, &labels);
      place_url (self, column, figures, &labels);
    }

  lb_chart_columns_thin (self->columns, self->n_columns, reach);
}

/* In the middle of what the stubs at the bottom leave free. */
static void
place_sentence (LbChartLayout *self,
                LbChartTextStyle *style,
                const char *text)
{
  double taken = self->n_columns > 0 ? LB_CHART_STUB + 2 * GAP + style->line_height : 0;
  double room = self->plot.height - taken;

  lb_chart_label_init (&self->sentence, style, text, -1);
  if (self->sentence.rect.width > self->plot.width)
    lb_chart_label_wrap (&self->sentence, self->plot.width - 2 * PADDING);

  if (self->sentence.rect.width > self->plot.width || self->sentence.rect.height > room)
    {
      lb_chart_label_clear (&self->sentence);
      return;
    }

  lb_chart_label_move (&self->sentence,
                       self->plot.x + floor ((self->plot.width - self->sentence.rect.width) / 2),
                       self->plot.y + floor ((room - self->sentence.rect.height) / 2));
}

static void
mirror_rect (const LbChartLayout *self,
             cairo_rectangle_t *rect)
{
  if (rect->width > 0)
    rect->x = self->width - rect->x - rect->width;
}

static void
mirror (LbChartLayout *self)
{
  self->slots.rtl = TRUE;
  mirror_rect (self, &self->slots.area);
  mirror_rect (self, &self->plot);
  mirror_rect (self, &self->title.rect);
  mirror_rect (self, &self->legend.rect);
  mirror_rect (self, &self->legend_mark);
  mirror_rect (self, &self->sentence.rect);

  for (guint i = 0; i < self->n_ticks; i++)
    mirror_rect (self, &self->ticks[i].label.rect);

  for (guint i = 0; i < self->n_columns; i++)
    {
      LbChartColumn *column = &self->columns[i];

      mirror_rect (self, &column->slot);
      mirror_rect (self, &column->bar);
      mirror_rect (self, &column->cross);
      mirror_rect (self, &column->p95);
      mirror_rect (self, &column->value.rect);
      mirror_rect (self, &column->url.rect);
    }
}

/* Leaves a layout of the same size with nothing in it. */
static void
clear_contents (LbChartLayout *self)
{
  for (guint i = 0; i < self->n_ticks; i++)
    lb_chart_label_clear (&self->ticks[i].label);

  for (guint i = 0; i < self->n_columns; i++)
    lb_chart_column_clear (&self->columns[i]);

  lb_chart_label_clear (&self->title);
  lb_chart_label_clear (&self->legend);
  lb_chart_label_clear (&self->sentence);
  g_clear_pointer (&self->columns, g_free);

  *self = (LbChartLayout){ .width = self->width, .height = self->height, .rtl = self->rtl };
}

/**
 * lb_chart_layout_new:
 * @snapshot: (nullable): what to show; %NULL is the same as an empty pool
 * @context: the font and its measures
 * @width: in pixels
 * @height: in pixels
 * @rtl: whether to lay it out from right to left
 * @scroll: how far to scroll away from the axis, in pixels; clamped to what there is
 *
 * Lays out a chart. Where the size is too small for one there is nothing in it.
 *
 * Returns: (transfer full): the layout
 */
LbChartLayout *
lb_chart_layout_new (const LbSnapshot *snapshot,
                     PangoContext *context,
                     double width,
                     double height,
                     gboolean rtl,
                     double scroll)
{
  g_autoptr (LbChartTextStyle) style = NULL;
  LbChartLayout *self;
  Extent extent;

  g_return_val_if_fail (PANGO_IS_CONTEXT (context), NULL);

  self = g_new0 (LbChartLayout, 1);
  self->width = MAX (0, floor (width));
  self->height = MAX (0, floor (height));
  self->rtl = rtl;

  if (self->width <= 2 * PADDING || self->height <= 2 * PADDING)
    return self;

  style = lb_chart_text_style_new (context);
  measure_all (snapshot, &extent);

  if (!place_frame (self, style, &extent, TRUE))
    {
      clear_contents (self);
      if (!place_frame (self, style, &extent, FALSE))
        {
          clear_contents (self);
          return self;
        }
    }

  if (extent.n_backends > 0)
    place_columns (self, style, snapshot, &extent, scroll);

  if (extent.n_backends == 0)
    place_sentence (self, style, _("Add a backend to see how fast it answers."));
  else if (!extent.any_probed)
    place_sentence (self, style, _("Waiting for the first answers…"));

  if (rtl)
    mirror (self);

  return self;
}

/**
 * lb_chart_layout_free:
 * @self: (transfer full): a layout
 */
void
lb_chart_layout_free (LbChartLayout *self)
{
  g_return_if_fail (self != NULL);

  clear_contents (self);
  g_free (self);
}
