/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-history-layout.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-chart-frame.h"
#include "chart/lb-chart-text.h"

/*
 * LbHistoryLayout
 *
 * Made anew for each size, each stretch of time and each slice, drawn any number of times. What it
 * shows has been condensed before, see lb_history_layout_digest(); so its cost does not depend on
 * how many seconds and backends there are.
 *
 * From the top: the title and the keys, the lines over the axis of response times, a lane of states
 * for each line, the times. Where there is no room for all of it the lanes become one, then there
 * is none, then the header goes.
 */

#define PADDING LB_CHART_PADDING
#define GAP LB_CHART_GAP

#define MIN_TICK_DISTANCE 44.0
#define MIN_PLOT 48.0
#define MIN_PLOT_WIDTH 80.0

#define LANE_KEY 9.0
#define LOW_LANE 10.0
#define LANE_GAP 4.0

/* So much of the height may go to lanes that are not just one. */
#define LANES_PART 0.34

/* Less for the lines is too little to have more than one lane. */
#define GOOD_PLOT 110.0

/* A line that is so far above all response times says nothing that is worth flattening them for. */
#define FAR_ABOVE 4

/* As wide as the texts beside the plot are at least, before they are measured. */
#define BESIDE 64.0

/* What the layout is made of. */
typedef struct
{
  const LbHistoryDigest *digest;
  const LbHistoryRange *range;
  const LbHistoryChoice *choice;
  const LbChartOptions *options;
  LbChartTextStyle *style;
} Maker;

typedef enum
{
  TALL_LANES,
  LOW_LANES,
  ONE_LANE,
  NO_LANE,
} Lanes;

static guint
get_n_backends (const Maker *maker)
{
  return maker->digest->slice->n_backends;
}

static gboolean
has_band (const Maker *maker)
{
  return get_n_backends (maker) > maker->choice->n_chosen;
}

/* Returns whether there is any response time in sight. */
static gboolean
find_extremes (const Maker *maker,
               gint64 *lowest_us,
               gint64 *highest_us)
{
  return lb_history_digest_find_extremes (maker->digest, maker->range->end - maker->range->length,
                                          maker->range->end, lowest_us, highest_us);
}

static void
place_scale (LbHistoryLayout *self,
             const Maker *maker)
{
  const gint64 threshold_us = lb_chart_options_get_threshold (maker->options);
  const guint max_steps =
    (guint) CLAMP (self->frame.plot.height / MIN_TICK_DISTANCE, 1, LB_CHART_MAX_TICKS - 1);
  gint64 lowest_us;
  gint64 highest_us;

  find_extremes (maker, &lowest_us, &highest_us);
  if (threshold_us > 0 &&
      (maker->options->log_scale || threshold_us <= FAR_ABOVE * MAX (1, highest_us)))
    {
      highest_us = MAX (highest_us, threshold_us);
      lowest_us = lowest_us >= 0 ? MIN (lowest_us, threshold_us) : threshold_us;
    }

  if (maker->options->log_scale)
    lb_chart_scale_init_log (&self->frame.scale, LB_CHART_RESPONSE_TIMES, MAX (1, lowest_us),
                             highest_us, max_steps);
  else
    lb_chart_scale_init (&self->frame.scale, LB_CHART_RESPONSE_TIMES, highest_us, max_steps);
}

static guint
count_lanes (const LbHistoryLayout *self,
             const Maker *maker,
             Lanes lanes)
{
  switch (lanes)
    {
    case TALL_LANES:
    case LOW_LANES:
      return self->n_lines + has_band (maker);
    case ONE_LANE:
      return 1;
    case NO_LANE:
      return 0;
    default:
      g_return_val_if_reached (0);
    }
}

static double
get_lane_height (const Maker *maker,
                 Lanes lanes)
{
  return lanes == LOW_LANES ? LOW_LANE : maker->style->line_height;
}

static double
measure_lanes (const LbHistoryLayout *self,
               const Maker *maker,
               Lanes lanes)
{
  const guint n_lanes = count_lanes (self, maker, lanes);

  return n_lanes > 0 ? GAP + n_lanes * (get_lane_height (maker, lanes) + LANE_GAP) : 0;
}

static Lanes
choose_lanes (const LbHistoryLayout *self,
              const Maker *maker,
              double room)
{
  const double most = MIN (self->height * LANES_PART, room - GOOD_PLOT);

  if (get_n_backends (maker) == 0)
    return NO_LANE;
  if (measure_lanes (self, maker, TALL_LANES) <= most)
    return TALL_LANES;
  if (measure_lanes (self, maker, LOW_LANES) <= most)
    return LOW_LANES;

  return room - measure_lanes (self, maker, ONE_LANE) >= MIN_PLOT ? ONE_LANE : NO_LANE;
}

/* What is beside the plot: how wide it has to be, and then where it goes. */
static double
init_ticks (LbHistoryLayout *self,
            const Maker *maker)
{
  const gint64 threshold_us = lb_chart_options_get_threshold (maker->options);
  const LbChartScale *scale = &self->frame.scale;
  double widest = 0;

  self->n_ticks = scale->n_ticks;
  for (guint i = 0; i < self->n_ticks; i++)
    {
      g_autofree char *text = lb_chart_scale_format (scale, i);

      lb_chart_label_init (&self->ticks[i].label, maker->style, text, -1);
      widest = MAX (widest, self->ticks[i].label.rect.width);
    }

  if (threshold_us >= scale->bottom && threshold_us <= scale->top && threshold_us > 0)
    {
      g_autofree char *text = lb_chart_options_format_threshold (maker->options);

      lb_chart_label_init (&self->threshold.label, maker->style, text, -1);
      widest = MAX (widest, self->threshold.label.rect.width);
    }

  return widest;
}

static void
place_tick (LbHistoryLayout *self,
            LbChartTick *tick,
            gint64 response_us)
{
  tick->y = round (lb_history_frame_get_y (&self->frame, response_us));
  lb_chart_label_move (&tick->label, self->frame.plot.x - 2 * GAP - tick->label.rect.width,
                       tick->y - floor (tick->label.rect.height / 2));
}

/* A tick that is too near to the threshold loses its own value. */
static void
place_ticks (LbHistoryLayout *self,
             const Maker *maker)
{
  for (guint i = 0; i < self->n_ticks; i++)
    place_tick (self, &self->ticks[i], self->frame.scale.ticks[i]);

  if (self->threshold.label.text == NULL)
    return;

  place_tick (self, &self->threshold, lb_chart_options_get_threshold (maker->options));
  for (guint i = 0; i < self->n_ticks; i++)
    if (fabs (self->ticks[i].y - self->threshold.y) < maker->style->line_height)
      lb_chart_label_clear (&self->ticks[i].label);
}

static void
place_lanes (LbHistoryLayout *self,
             const Maker *maker,
             Lanes lanes,
             LbChartLabel *all)
{
  const double height = get_lane_height (maker, lanes);
  const guint n_lanes = count_lanes (self, maker, lanes);
  double y = self->frame.plot.y + self->frame.plot.height + 2 * GAP;

  for (self->n_lanes = 0; self->n_lanes < n_lanes; self->n_lanes++)
    {
      LbHistoryLane *lane = &self->lanes[self->n_lanes];
      const gboolean is_all =
        lanes == ONE_LANE ? get_n_backends (maker) > 1 : self->n_lanes == self->n_lines;
      const LbHistoryLine *line = is_all ? NULL : &self->lines[self->n_lanes];

      lb_history_lane_init (lane, maker->digest, &self->frame, maker->style,
                            line != NULL ? line->backend : LB_HISTORY_NOBODY,
                            line != NULL ? line->series : 0, y, height);
      if (line != NULL)
        lane->key = (cairo_rectangle_t){ self->frame.plot.x - 2 * GAP - LANE_KEY,
                                         y + floor ((height - LANE_KEY) / 2), LANE_KEY, LANE_KEY };
      else
        {
          lane->label = *all;
          *all = (LbChartLabel){ NULL };
          lb_chart_label_move (&lane->label,
                               self->frame.plot.x - 2 * GAP - lane->label.rect.width,
                               y + floor ((height - lane->label.rect.height) / 2));
        }

      y += height + LANE_GAP;
    }

  self->floor = y - (n_lanes > 0 ? LANE_GAP : 0);
}

static void
init_lines (LbHistoryLayout *self,
            const Maker *maker)
{
  for (guint i = 0; i < get_n_backends (maker) && self->n_lines < maker->choice->n_chosen; i++)
    {
      const guint series = lb_history_choice_find (maker->choice, i);

      if (series == LB_HISTORY_NOBODY)
        continue;
      self->lines[self->n_lines].backend = i;
      self->lines[self->n_lines].series = series;
      self->n_lines++;
    }
}

static void
place_lines (LbHistoryLayout *self,
             const Maker *maker)
{
  for (guint i = 0; i < self->n_lines; i++)
    lb_history_line_init (&self->lines[i], maker->digest, &self->frame, self->lines[i].backend,
                          self->lines[i].series);

  self->has_band = has_band (maker);
  if (self->has_band)
    lb_history_band_init (&self->band, maker->digest, &self->frame);
}

static void
place_in_plot (LbHistoryLayout *self,
               LbChartLabel *label,
               LbChartTextStyle *style,
               const char *text,
               double width)
{
  const cairo_rectangle_t *plot = &self->frame.plot;

  lb_chart_label_init (label, style, text, -1);
  if (label->rect.width > width - 2 * PADDING)
    lb_chart_label_wrap (label, width - 2 * PADDING);
  if (label->rect.width > width || label->rect.height > plot->height)
    {
      lb_chart_label_clear (label);
      return;
    }

  lb_chart_label_move (label, plot->x + floor ((width - label->rect.width) / 2),
                       plot->y + floor ((plot->height - label->rect.height) / 2));
}

/* No line runs through a text. */
static void
keep_clear_of_threshold (LbHistoryLayout *self,
                         LbChartLabel *label)
{
  const cairo_rectangle_t *rect = &label->rect;
  const double y = self->threshold.y;
  double above = y - GAP - rect->height;

  if (label->text == NULL || self->threshold.label.text == NULL || y < rect->y - GAP ||
      y > rect->y + rect->height + GAP)
    return;

  if (above >= self->frame.plot.y)
    lb_chart_label_move (label, rect->x, above);
  else if (y + GAP + rect->height <= self->frame.plot.y + self->frame.plot.height)
    lb_chart_label_move (label, rect->x, y + GAP);
  else
    lb_chart_label_clear (label);
}

static void
place_words (LbHistoryLayout *self,
             const Maker *maker)
{
  const LbHistorySlice *slice = maker->digest->slice;
  const double oldest = (double) slice->end - slice->n_known;
  const double x = lb_history_frame_get_x (&self->frame, oldest);
  gint64 lowest_us;
  gint64 highest_us;

  if (slice->n_backends == 0)
    place_in_plot (self, &self->sentence, maker->style,
                   _("Add a backend to see how fast it answers."), self->frame.plot.width);
  else if (slice->n_known == 0 || 
           (self->frame.start <= oldest && !find_extremes (maker, &lowest_us, &highest_us)))
    place_in_plot (self, &self->sentence, maker->style, _("Waiting for the first answers…"),
                   self->frame.plot.width);
  else if (x > self->frame.plot.x)
    {
      g_autofree char *time = lb_history_format_time (lb_history_get_time_us (slice, oldest), TRUE);
      /* Translators: where a chart begins; with a time of day */
      g_autofree char *text = g_strdup_printf (_("Recorded since %s"), time);

      place_in_plot (self, &self->since, maker->style, text,
                     MIN (x - self->frame.plot.x, self->frame.plot.width));
    }

  keep_clear_of_threshold (self, &self->sentence);
  keep_clear_of_threshold (self, &self->since);
}

static void
move_label_aside (LbChartLabel *self,
                  double sum)
{
  self->rect.x = sum - self->rect.x - self->rect.width;
}

/* Things beside the plot go from its left to its right. */
static void
move_aside (LbHistoryLayout *self)
{
  const double sum = 2 * self->frame.plot.x + self->frame.plot.width;

  for (guint i = 0; i < self->n_ticks; i++)
    move_label_aside (&self->ticks[i].label, sum);
  move_label_aside (&self->threshold.label, sum);

  for (guint i = 0; i < self->n_lanes; i++)
    {
      LbHistoryLane *lane = &self->lanes[i];

      lane->key.x = sum - lane->key.x - lane->key.width;
      move_label_aside (&lane->label, sum);
    }
}

static void
clear_contents (LbHistoryLayout *self)
{
  for (guint i = 0; i < self->n_ticks; i++)
    lb_chart_label_clear (&self->ticks[i].label);
  for (guint i = 0; i < self->n_times; i++)
    lb_chart_label_clear (&self->times[i].label);
  for (guint i = 0; i < self->n_lines; i++)
    lb_history_line_clear (&self->lines[i]);
  for (guint i = 0; i < self->n_lanes; i++)
    lb_history_lane_clear (&self->lanes[i]);
  lb_history_band_clear (&self->band);

  lb_chart_label_clear (&self->threshold.label);
  lb_history_header_clear (&self->header);
  lb_chart_label_clear (&self->sentence);
  lb_chart_label_clear (&self->since);

  *self = (LbHistoryLayout){ .width = self->width, .height = self->height, .rtl = self->rtl };
}

/* Returns whether there was room. */
static gboolean
place_all (LbHistoryLayout *self,
           const Maker *maker,
           gboolean with_header)
{
  const double line_height = maker->style->line_height;
  cairo_rectangle_t *plot = &self->frame.plot;
  LbChartLabel all;
  double beside;
  double bottom;
  Lanes lanes;

  init_lines (self, maker);
  plot->y = PADDING + floor (line_height / 2);
  if (with_header)
    {
      const guint n_of_band = has_band (maker) ? get_n_backends (maker) : 0;

      for (guint i = 0; i < self->n_lines; i++)
        lb_history_header_add_line (&self->header, maker->style, self->lines[i].series,
                                    maker->digest->slice->urls[self->lines[i].backend]);
      if (n_of_band > 0)
        lb_history_header_add_band (&self->header, maker->style, n_of_band);
      plot->y = lb_history_header_place (&self->header, maker->style, self->width, self->height) +
                2 * GAP + floor (line_height / 2);
    }

  bottom = self->height - PADDING - line_height - GAP;
  lanes = choose_lanes (self, maker, bottom - plot->y);
  plot->height = floor (bottom - plot->y - measure_lanes (self, maker, lanes));
  if (plot->height < MIN_PLOT)
    return FALSE;

  place_scale (self, maker);

  /* Translators: all backends together */
  lb_chart_label_init (&all, maker->style, _("all"), -1);
  beside = init_ticks (self, maker);
  beside = MAX (beside, all.rect.width) + 2 * GAP;
  plot->width = self->width - 2 * PADDING - beside;
  plot->x = self->rtl ? PADDING : PADDING + beside;
  self->frame.start = maker->range->end - maker->range->length;
  self->frame.length = maker->range->length;

  if (plot->width >= MIN_PLOT_WIDTH)
    {
      place_ticks (self, maker);
      place_lines (self, maker);
      place_lanes (self, maker, lanes, &all);
      self->n_times =
        lb_history_times_place (self->times, maker->digest->slice, &self->frame, maker->style,
                                self->width, self->floor + GAP);
      place_words (self, maker);
      if (self->rtl)
        {
          lb_history_header_mirror (&self->header, self->width);
          move_aside (self);
        }
    }

  lb_chart_label_clear (&all);
  return plot->width >= MIN_PLOT_WIDTH;
}

/**
 * lb_history_layout_digest:
 * @slice: what happened
 * @range: which part of it to show
 * @width: how wide a layout there is to be of it, in pixels
 *
 * Condenses what happened to what a layout of that width can show: a step for about each pixel, and
 * one more at either side, so that lines leave the picture at its edge. This is what takes time if
 * there are many backends; it may be done in another thread.
 *
 * Returns: (transfer full): the digest
 */
LbHistoryDigest *
lb_history_layout_digest (LbHistorySlice *slice,
                          const LbHistoryRange *range,
                          double width)
{
  double n_pixels;
  guint step_s;
  gint64 first;
  gint64 last;

  g_return_val_if_fail (slice != NULL, NULL);
  g_return_val_if_fail (range != NULL, NULL);

  n_pixels = MAX (MIN_PLOT_WIDTH, width - 2 * PADDING - BESIDE);
  step_s = (guint) MAX (1, ceil (range->length / n_pixels));
  first = (gint64) floor ((range->end - range->length) / step_s) - 1;
  last = (gint64) floor (range->end / step_s) + 1;

  return lb_history_digest_new (slice, step_s, first, (guint) (last - first + 1));
}

/**
 * lb_history_layout_new:
 * @digest: what happened, from lb_history_layout_digest()
 * @range: which part of it to show
 * @choice: which backends have a line of their own
 * @options: whether the axis is logarithmic, and from when on an answer is slow
 * @context: the font and its measures
 * @width: in pixels
 * @height: in pixels
 * @rtl: whether texts go from right to left
 *
 * Where the size is too small for a picture there is nothing in it.
 *
 * Returns: (transfer full): the layout
 */
LbHistoryLayout *
lb_history_layout_new (const LbHistoryDigest *digest,
                       const LbHistoryRange *range,
                       const LbHistoryChoice *choice,
                       const LbChartOptions *options,
                       PangoContext *context,
                       double width,
                       double height,
                       gboolean rtl)
{
  g_autoptr (LbChartTextStyle) style = NULL;
  LbHistoryLayout *self;
  Maker maker;

  g_return_val_if_fail (digest != NULL, NULL);
  g_return_val_if_fail (range != NULL, NULL);
  g_return_val_if_fail (choice != NULL, NULL);
  g_return_val_if_fail (options != NULL, NULL);
  g_return_val_if_fail (PANGO_IS_CONTEXT (context), NULL);

  style = lb_chart_text_style_new (context);
  maker = (Maker){ digest, range, choice, options, style };

  self = g_new0 (LbHistoryLayout, 1);
  self->width = MAX (0, floor (width));
  self->height = MAX (0, floor (height));
  self->rtl = rtl;

  if (self->width > 2 * PADDING && self->height > 2 * PADDING && !place_all (self, &maker, TRUE))
    {
      clear_contents (self);
      if (!place_all (self, &maker, FALSE))
        clear_contents (self);
    }

  return self;
}

/**
 * lb_history_layout_free:
 * @self: (transfer full): a layout
 */
void
lb_history_layout_free (LbHistoryLayout *self)
{
  g_return_if_fail (self != NULL);

  clear_contents (self);
  g_free (self);
}
