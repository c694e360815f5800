/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-frame.h"

#include <glib/gi18n-lib.h>
#include <math.h>

/*
 * What stands around the columns of a layout: the title, the legend, and the axis with its lines.
 */

#define PADDING LB_CHART_PADDING
#define GAP LB_CHART_GAP

#define SAMPLE 16.0
#define ENTRY_DISTANCE 18.0
#define MIN_TICK_DISTANCE 44.0
#define MIN_PLOT 32.0
#define MIN_PLOT_UNDER_HEADER 72.0
#define MIN_PLOT_UNDER_LEGEND 96.0

/* What is so many times as high as the highest bar is not worth flattening all of them for. */
#define FAR_ABOVE 4

static void
add_entry (LbChartLayout *self,
           LbChartTextStyle *style,
           LbChartKey key,
           const char *text)
{
  LbChartLegendEntry *entry = &self->legend[self->n_legend++];

  entry->key = key;
  lb_chart_label_init (&entry->label, style, text, self->width - 2 * PADDING - SAMPLE - 2 * GAP);
  if (key == LB_CHART_KEY_MARK)
    entry->sample = (cairo_rectangle_t){ .width = SAMPLE, .height = LB_CHART_MARK };
  else if (key == LB_CHART_KEY_SLOW)
    entry->sample = (cairo_rectangle_t){ .width = LB_CHART_SIGN, .height = LB_CHART_SIGN };
}

static void
add_legend (LbChartLayout *self,
            LbChartTextStyle *style,
            const LbChartExtent *extent)
{
  const gint64 threshold = lb_chart_options_get_threshold (&self->options);

  if (extent->n_backends == 0)
    return;

  if (self->options.measure == LB_CHART_RESPONSE_TIMES)
    add_entry (self, style, LB_CHART_KEY_MARK, _("95th percentile"));
  else if (extent->any_expected)
    add_entry (self, style, LB_CHART_KEY_MARK, _("Expected by the policy"));
  else if (extent->any_known)
    add_entry (self, style, LB_CHART_KEY_NONE, _("What the policy expects is not known"));

  if (threshold > 0)
    {
      g_autofree char *value = lb_chart_options_format_threshold (&self->options);
      /* Translators: of backends; %s is a response time, such as 50 ms */
      g_autofree char *text = g_strdup_printf (_("Slower than %s"), value);

      add_entry (self, style, LB_CHART_KEY_SLOW, text);
    }
}

static double
get_entry_width (const LbChartLegendEntry *self)
{
  return (self->sample.width > 0 ? self->sample.width + 2 * GAP : 0) + self->label.rect.width;
}

static void
move_entry (LbChartLegendEntry *self,
            double x,
            double y)
{
  const double height = self->label.rect.height;

  lb_chart_label_move (&self->label, x + get_entry_width (self) - self->label.rect.width, y);
  self->sample.x = x;
  self->sample.y = y + floor ((height - self->sample.height) / 2);
}

static void
drop_entry (LbChartLayout *self)
{
  LbChartLegendEntry *entry = &self->legend[--self->n_legend];

  lb_chart_label_clear (&entry->label);
  *entry = (LbChartLegendEntry){ 0 };
}

/* At the end of the title's line. Returns whether there is room. */
static gboolean
place_legend_beside (LbChartLayout *self)
{
  double x = self->width - PADDING + ENTRY_DISTANCE;

  for (guint i = 0; i < self->n_legend; i++)
    x -= get_entry_width (&self->legend[i]) + ENTRY_DISTANCE;

  if (self->n_legend > 0 && x < self->title.rect.x + self->title.rect.width + ENTRY_DISTANCE)
    return FALSE;

  for (guint i = 0; i < self->n_legend; i++)
    {
      move_entry (&self->legend[i], x, PADDING);
      x += get_entry_width (&self->legend[i]) + ENTRY_DISTANCE;
    }

  return TRUE;
}

/* From the start, in as many lines as it takes. Returns where it ends. */
static double
place_legend_below (LbChartLayout *self,
                    double line_height)
{
  const double start = PADDING;
  double x = start;
  double y = PADDING + line_height + GAP;

  for (guint i = 0; i < self->n_legend; i++)
    {
      const double width = get_entry_width (&self->legend[i]);

      if (x > start && x + width > self->width - PADDING)
        {
          x = start;
          y += line_height + GAP;
        }
      move_entry (&self->legend[i], x, y);
      x += width + ENTRY_DISTANCE;
    }

  return y + line_height;
}

/* Returns where it ends, or 0 if there is no room for it. */
static double
place_header (LbChartLayout *self,
              LbChartTextStyle *style,
              const LbChartExtent *extent,
              LbChartHeader header)
{
  lb_chart_label_init (&self->title, style, lb_chart_options_get_title (&self->options),
                       self->width - 2 * PADDING);
  lb_chart_label_move (&self->title, PADDING, PADDING);
  add_legend (self, style, extent);

  if (header == LB_CHART_LEGEND_BELOW)
    return place_legend_below (self, style->line_height);

  while (!place_legend_beside (self))
    {
      if (header == LB_CHART_LEGEND_BESIDE)
        return 0;
      drop_entry (self);
    }

  return PADDING + self->title.rect.height;
}

static double
get_y (const LbChartLayout *self,
       gint64 value)
{
  return self->plot.y + self->plot.height -
         round (self->plot.height * lb_chart_scale_get_part (&self->scale, value));
}

/* The line has its value at the axis, where a tick that is too near loses its own. */
static void
place_threshold (LbChartLayout *self,
                 LbChartTextStyle *style)
{
  const gint64 threshold = lb_chart_options_get_threshold (&self->options);
  g_autofree char *text = NULL;

  if (threshold <= 0 || threshold > self->scale.top || threshold < self->scale.bottom)
    return;

  text = lb_chart_options_format_threshold (&self->options);
  self->threshold.y = get_y (self, threshold);
  lb_chart_label_init (&self->threshold.label, style, text, -1);

  for (guint i = 0; i < self->n_ticks; i++)
    if (ABS (self->ticks[i].y - self->threshold.y) < style->line_height)
      lb_chart_label_clear (&self->ticks[i].label);
}

static void
move_tick_label (LbChartTick *self,
                 double end)
{
  lb_chart_label_move (&self->label, end - self->label.rect.width,
                       self->y - floor (self->label.rect.height / 2));
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

      tick->y = get_y (self, self->scale.ticks[i]);
      lb_chart_label_init (&tick->label, style, text, -1);
      widest = MAX (widest, tick->label.rect.width);
    }

  place_threshold (self, style);
  widest = MAX (widest, self->threshold.label.rect.width);

  for (guint i = 0; i < self->n_ticks; i++)
    if (self->ticks[i].label.text != NULL)
      move_tick_label (&self->ticks[i], PADDING + widest);
  if (self->threshold.label.text != NULL)
    move_tick_label (&self->threshold, PADDING + widest);

  self->plot.x = PADDING + widest + 2 * GAP;
  self->plot.width = self->width - PADDING - self->plot.x;
}

static void
place_scale (LbChartLayout *self,
             const LbChartExtent *extent)
{
  const guint max_steps =
    (guint) CLAMP (self->plot.height / MIN_TICK_DISTANCE, 1, LB_CHART_MAX_TICKS - 1);

  if (self->options.log_scale)
    lb_chart_scale_init_log (&self->scale, self->options.measure, extent->min, extent->max,
                             max_steps);
  else
    lb_chart_scale_init (&self->scale, self->options.measure, extent->max, max_steps);
  lb_chart_scale_fit_unit (&self->scale, extent->min);
}

static void
lb_chart_extent_add (LbChartExtent *self,
                     gint64 value)
{
  if (value <= 0)
    return;

  self->max = MAX (self->max, value);
  self->min = self->min > 0 ? MIN (self->min, value) : value;
}

/* A few slow answers of some minutes ago may be far above all that is now. A share that is expected is
 * what the bars are about, however far it is. */
static void
lb_chart_extent_add_marks (LbChartExtent *self,
                           const LbSnapshot *snapshot,
                           const LbChartOptions *options)
{
  const gboolean all = options->log_scale || options->measure != LB_CHART_RESPONSE_TIMES;
  const gint64 highest = all ? G_MAXINT64 : FAR_ABOVE * self->max;

  for (guint i = 0; i < self->n_backends; i++)
    {
      const gint64 mark = lb_chart_measure_get_mark (options->measure, &snapshot->backends[i]);

      if (mark <= highest)
        lb_chart_extent_add (self, mark);
    }
}

/**
 * lb_chart_extent_measure:
 * @self: the extent to fill
 * @snapshot: (nullable): what to show
 * @options: what to show of it
 * @n_backends: how many of its backends, from the first on
 */
void
lb_chart_extent_measure (LbChartExtent *self,
                         const LbSnapshot *snapshot,
                         const LbChartOptions *options,
                         guint n_backends)
{
  const LbChartMeasure measure = options->measure;
  const gint64 threshold = lb_chart_options_get_threshold (options);
  gsize longest = 0;

  *self = (LbChartExtent){ .n_backends = n_backends };

  for (guint i = 0; i < self->n_backends; i++)
    {
      const LbBackendFigures *figures = &snapshot->backends[i];
      const gint64 value = lb_chart_measure_get_value (measure, figures);
      gsize length = strlen (figures->url);

      if (length > longest)
        {
          longest = length;
          self->longest_url = figures->url;
        }

      self->any_expected |= figures->expected_share >= 0;
      if (measure == LB_CHART_RESPONSE_TIMES)
        self->any_known |= figures->last_probe.time_us > 0;
      else
        self->any_known |= figures->recent_share >= 0;

      if (value >= 0)
        {
          lb_chart_extent_add (self, value);
          self->tall_labels |= lb_chart_measure_get_word (measure, figures) != NULL;
          self->tall_signs |= lb_chart_column_kind (figures) == LB_CHART_DOWN ||
                              lb_chart_options_is_slow (options, figures);
        }
    }

  lb_chart_extent_add_marks (self, snapshot, options);
  if (options->log_scale || threshold <= FAR_ABOVE * self->max)
    lb_chart_extent_add (self, threshold);
}

/**
 * lb_chart_frame_place:
 * @self: an empty layout that has its size
 * @style: how its texts look
 * @extent: what it has to leave room for
 * @least_width: what the columns need at least, in pixels
 * @header: what to have over the chart
 *
 * Places everything but the columns.
 *
 * Returns: whether there is room for @header and left for the columns; if not, the layout has to be
 *   cleared
 */
gboolean
lb_chart_frame_place (LbChartLayout *self,
                      LbChartTextStyle *style,
                      const LbChartExtent *extent,
                      double least_width,
                      LbChartHeader header)
{
  static const double least_heights[] = {
    [LB_CHART_LEGEND_BESIDE] = MIN_PLOT_UNDER_HEADER,
    [LB_CHART_LEGEND_BELOW] = MIN_PLOT_UNDER_LEGEND,
    [LB_CHART_LEGEND_CUT] = MIN_PLOT_UNDER_HEADER,
    [LB_CHART_NO_HEADER] = MIN_PLOT,
  };
  double bottom = self->height - PADDING - style->line_height - 2 * GAP;

  if (header != LB_CHART_NO_HEADER)
    {
      self->header_end = place_header (self, style, extent, header);
      if (self->header_end <= 0)
        return FALSE;
    }

  self->plot.y = MAX (self->header_end, PADDING) + style->line_height + 2 * GAP;
  if (header != LB_CHART_NO_HEADER)
    {
      self->plot.y += 2 * GAP;
      if (extent->tall_labels)
        self->plot.y += style->line_height;
      if (extent->tall_signs)
        self->plot.y += LB_CHART_SIGN + GAP;
    }

  self->plot.height = bottom - self->plot.y;
  if (self->plot.height < least_heights[header])
    return FALSE;

  place_scale (self, extent);
  place_ticks (self, style);

  return self->plot.width >= least_width;
}
