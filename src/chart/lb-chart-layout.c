/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-layout.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-chart-frame.h"
#include "chart/lb-chart-summary.h"
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

#define PADDING LB_CHART_PADDING
#define GAP LB_CHART_GAP

/* A column is at least as wide as a shaky hand can hit (WCAG 2.2, 2.5.8), and as its number. */
#define MIN_SLOT 24.0
#define WIDEST_NUMBER "88.8"
#define WIDEST_TIME_US 88800
#define WIDEST_SHARE 888000

/* Where nothing scrolls a column may be narrower, as long as bars and gaps can be told apart. */
#define MIN_FITTED_SLOT 6.0

/* What is said of those that do not fit may take a quarter of the plot, or is broken to this. */
#define MORE_WIDTH 80.0

#define MAX_URL 320.0
#define LEAST_URL "127.…:9001"

/* How the labels of all columns are written. */
typedef struct
{
  LbChartTextStyle *style;
  guint stride;
  gboolean with_unit;
  gboolean with_scheme;
} Labels;

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
               const LbChartExtent *extent,
               Labels *labels)
{
  const LbChartMeasure measure = self->options.measure;
  g_autofree char *widest = lb_chart_measure_format (
    measure, measure == LB_CHART_RESPONSE_TIMES ? WIDEST_TIME_US : WIDEST_SHARE);

  labels->style = style;
  labels->stride = choose_stride (self, style);
  labels->with_unit = lb_chart_text_style_measure (style, widest) + GAP <=
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
  const LbChartMeasure measure = self->options.measure;
  const gint64 value = lb_chart_measure_get_value (measure, figures);
  g_autofree char *text = NULL;

  if (value >= 0)
    text = labels->with_unit ? lb_chart_measure_format (measure, value)
                             : lb_chart_scale_format_value (&self->scale, value);

  lb_chart_column_place_value (column,
                               lb_chart_measure_get_word (measure, figures),
                               text,
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
  const char *url = labels->with_scheme ? figures->url : lb_chart_text_address (figures->url);
  double start;
  double room;

  if (column->index < offset || (column->index - offset) % stride != stride / 2 ||
      first + stride > slots->n_slots)
    return;

  start = lb_chart_slots_get_start (slots, first) + GAP;
  room = lb_chart_slots_get_start (slots, first + stride) - GAP - start;
  lb_chart_label_init_ltr (&column->url, labels->style, url, MIN (room, MAX_URL));
  lb_chart_label_move (&column->url,
                       self->plot.x - slots->scroll + start +
                         floor ((room - column->url.rect.width) / 2),
                       self->plot.y + self->plot.height + 2 * GAP);
}

static void
init_slots (LbChartLayout *self,
            double width,
            guint n_slots,
            double least_width,
            double scroll)
{
  double top = self->header_end + GAP;
  cairo_rectangle_t area = { self->plot.x, top, width, self->height - PADDING + GAP - top };

  lb_chart_slots_init (&self->slots, &area, n_slots, least_width, scroll);
}

/* As wide as a hand and a number need it; those for which there is no room are scrolled to. */
static void
scroll_slots (LbChartLayout *self,
              LbChartTextStyle *style,
              guint n_backends,
              double scroll)
{
  double least_width = MAX (MIN_SLOT, lb_chart_text_style_measure (style, WIDEST_NUMBER) + 2 * GAP);

  init_slots (self, self->plot.width, n_backends, least_width, scroll);
}

/* At the end, half way up: how many backends have no column. */
static void
place_more (LbChartLayout *self,
            LbChartTextStyle *style,
            const char *text,
            double width)
{
  LbChartLabel *label = &self->more;

  lb_chart_label_init (label, style, text, -1);
  if (label->rect.width > width)
    lb_chart_label_wrap (label, width);
  if (label->rect.width > width)
    {
      lb_chart_label_clear (label);
      lb_chart_label_init (label, style, text, width);
    }

  lb_chart_label_move (label, self->plot.x + self->plot.width - label->rect.width,
                       self->plot.y + floor ((self->plot.height - label->rect.height) / 2));
}

/* As narrow as it takes; after them, how many there is no room for. */
static void
fit_slots (LbChartLayout *self,
           LbChartTextStyle *style,
           const LbSnapshot *snapshot)
{
  guint n_slots = snapshot->n_backends;
  double width = self->plot.width;

  if (n_slots * MIN_FITTED_SLOT > width)
    {
      g_autofree char *longest = lb_chart_summary_of_rest (snapshot, 0);
      g_autofree char *text = NULL;
      double taken = lb_chart_text_style_measure (style, longest);

      if (taken > width / 4)
        taken = MORE_WIDTH;
      width -= taken + 2 * GAP;
      n_slots = (guint) (width / MIN_FITTED_SLOT);

      text = lb_chart_summary_of_rest (snapshot, n_slots);
      place_more (self, style, text, taken);
    }

  init_slots (self, width, n_slots, MIN_FITTED_SLOT, 0);
}

/* The columns in sight and those whose labels could reach into it or decide over one that does. */
static void
place_columns (LbChartLayout *self,
               LbChartTextStyle *style,
               const LbSnapshot *snapshot,
               const LbChartExtent *extent)
{
  double bar_width = lb_chart_column_bar_width (lb_chart_slots_get_width (&self->slots));
  Labels labels;
  guint reach;
  guint first;
  guint end;

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
                                 &self->options,
                                 &self->scale,
                                 &self->plot,
                                 bar_width);
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
  double width = self->plot.width - self->more.rect.width;

  lb_chart_label_init (&self->sentence, style, text, -1);
  if (self->sentence.rect.width > width)
    lb_chart_label_wrap (&self->sentence, width - 2 * PADDING);

  if (self->sentence.rect.width > width || self->sentence.rect.height > room)
    {
      lb_chart_label_clear (&self->sentence);
      return;
    }

  lb_chart_label_move (&self->sentence,
                       self->plot.x + floor ((width - self->sentence.rect.width) / 2),
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
  mirror_rect (self, &self->threshold.label.rect);
  mirror_rect (self, &self->sentence.rect);
  mirror_rect (self, &self->more.rect);

  for (guint i = 0; i < self->n_legend; i++)
    {
      mirror_rect (self, &self->legend[i].sample);
      mirror_rect (self, &self->legend[i].label.rect);
    }

  for (guint i = 0; i < self->n_ticks; i++)
    mirror_rect (self, &self->ticks[i].label.rect);

  for (guint i = 0; i < self->n_columns; i++)
    {
      LbChartColumn *column = &self->columns[i];

      mirror_rect (self, &column->slot);
      mirror_rect (self, &column->bar);
      mirror_rect (self, &column->sign);
      mirror_rect (self, &column->mark);
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

  for (guint i = 0; i < self->n_legend; i++)
    lb_chart_label_clear (&self->legend[i].label);

  lb_chart_label_clear (&self->title);
  lb_chart_label_clear (&self->threshold.label);
  lb_chart_label_clear (&self->sentence);
  lb_chart_label_clear (&self->more);
  g_clear_pointer (&self->columns, g_free);

  *self = (LbChartLayout){
    .options = self->options,
    .width = self->width,
    .height = self->height,
    .rtl = self->rtl,
  };
}

static LbChartLayout *
create_empty (const LbChartOptions *options,
              double width,
              double height,
              gboolean rtl)
{
  LbChartLayout *self = g_new0 (LbChartLayout, 1);

  self->options = *options;
  self->width = MAX (0, floor (width));
  self->height = MAX (0, floor (height));
  self->rtl = rtl;

  return self;
}

/* Everything but the columns, if there is room for them. */
static gboolean
place_surroundings (LbChartLayout *self,
                    LbChartTextStyle *style,
                    const LbChartExtent *extent,
                    double least_width)
{
  if (self->width > 2 * PADDING && self->height > 2 * PADDING)
    {
      for (LbChartHeader header = 0; header < LB_CHART_N_HEADERS; header++)
        {
          if (lb_chart_frame_place (self, style, extent, least_width, header))
            return TRUE;
          clear_contents (self);
        }
    }

  return FALSE;
}

static const char *
choose_sentence (const LbChartLayout *self,
                 const LbChartExtent *extent)
{
  const gboolean times = self->options.measure == LB_CHART_RESPONSE_TIMES;

  if (extent->n_backends == 0)
    return times ? _("Add a backend to see how fast it answers.")
                 : _("Add a backend to see its share of the traffic.");
  if (extent->any_known)
    return NULL;

  return times ? _("Waiting for the first answers…")
               : _("No request was redirected in the last minute.");
}

/* Once there are slots, or none because there are no backends. */
static void
place_contents (LbChartLayout *self,
                LbChartTextStyle *style,
                const LbSnapshot *snapshot,
                const LbChartExtent *extent)
{
  const char *sentence = choose_sentence (self, extent);

  if (extent->n_backends > 0)
    place_columns (self, style, snapshot, extent);

  if (sentence != NULL)
    place_sentence (self, style, sentence);

  if (self->rtl)
    mirror (self);
}

/**
 * lb_chart_layout_new:
 * @snapshot: (nullable): what to show; %NULL is the same as an empty pool
 * @options: what to show of it, and how
 * @context: the font and its measures
 * @width: in pixels
 * @height: in pixels
 * @rtl: whether to lay it out from right to left
 * @scroll: how far to scroll away from the axis, in pixels; clamped to what there is
 *
 * Lays out a chart for a window, where columns for which there is no room can be scrolled to. Where
 * the size is too small for a chart there is nothing in it.
 *
 * Returns: (transfer full): the layout
 */
LbChartLayout *
lb_chart_layout_new (const LbSnapshot *snapshot,
                     const LbChartOptions *options,
                     PangoContext *context,
                     double width,
                     double height,
                     gboolean rtl,
                     double scroll)
{
  g_autoptr (LbChartTextStyle) style = NULL;
  LbChartLayout *self;
  LbChartExtent extent;

  g_return_val_if_fail (options != NULL, NULL);
  g_return_val_if_fail (PANGO_IS_CONTEXT (context), NULL);

  self = create_empty (options, width, height, rtl);
  style = lb_chart_text_style_new (context);
  lb_chart_extent_measure (&extent, snapshot, options, snapshot != NULL ? snapshot->n_backends : 0);

  if (place_surroundings (self, style, &extent, MIN_SLOT))
    {
      if (extent.n_backends > 0)
        scroll_slots (self, style, extent.n_backends, scroll);
      place_contents (self, style, snapshot, &extent);
    }

  return self;
}

/**
 * lb_chart_layout_new_to_fit:
 * @snapshot: what to show
 * @options: what to show of it, and how
 * @context: the font and its measures
 * @width: in pixels
 * @height: in pixels
 * @rtl: whether to lay it out from right to left
 *
 * Lays out a chart for a picture, where nothing can be scrolled to. The columns get narrower, down
 * to bars that can just be told apart; if even so there is no room for all, it shows as many as it
 * can, and says how many more there are and how many of these are down. The axis is for those it
 * shows. Where the size is too small for a chart there is nothing in it.
 *
 * Returns: (transfer full): the layout
 */
LbChartLayout *
lb_chart_layout_new_to_fit (const LbSnapshot *snapshot,
                            const LbChartOptions *options,
                            PangoContext *context,
                            double width,
                            double height,
                            gboolean rtl)
{
  g_autoptr (LbChartTextStyle) style = NULL;
  LbChartLayout *self;
  LbChartExtent extent;

  g_return_val_if_fail (snapshot != NULL, NULL);
  g_return_val_if_fail (options != NULL, NULL);
  g_return_val_if_fail (PANGO_IS_CONTEXT (context), NULL);

  self = create_empty (options, width, height, rtl);
  style = lb_chart_text_style_new (context);
  lb_chart_extent_measure (&extent, snapshot, options,
                           MIN (snapshot->n_backends, (guint) (self->width / MIN_FITTED_SLOT)));

  if (place_surroundings (self, style, &extent, MORE_WIDTH + MIN_SLOT))
    {
      if (extent.n_backends > 0)
        fit_slots (self, style, snapshot);
      place_contents (self, style, snapshot, &extent);
    }

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
