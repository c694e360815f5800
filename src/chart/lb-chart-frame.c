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

#define LEGEND_MARK 16.0
#define MIN_TICK_DISTANCE 44.0
#define MIN_PLOT 32.0
#define MIN_PLOT_UNDER_HEADER 72.0

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

/**
 * lb_chart_extent_measure:
 * @self: the extent to fill
 * @snapshot: (nullable): what to show
 * @n_backends: how many of its backends, from the first on
 */
void
lb_chart_extent_measure (LbChartExtent *self,
                         const LbSnapshot *snapshot,
                         guint n_backends)
{
  gsize longest = 0;

  *self = (LbChartExtent){ .n_backends = n_backends };

  for (guint i = 0; i < self->n_backends; i++)
    {
      const LbBackendFigures *figures = &snapshot->backends[i];
      gint64 response_us = lb_chart_column_response_us (figures);
      gsize length = strlen (figures->url);

      if (length > longest)
        {
          longest = length;
          self->longest_url = figures->url;
        }

      if (figures->last_probe.time_us > 0)
        self->any_probed = TRUE;

      if (response_us >= 0)
        {
          self->max_us =
            MAX (self->max_us, MAX (response_us, lb_chart_column_p95_us (figures)));
          self->tall_labels |= lb_chart_column_word (figures) != NULL;
          self->tall_crosses |= lb_chart_column_kind (figures) == LB_CHART_DOWN;
        }
    }
}

/**
 * lb_chart_frame_place:
 * @self: an empty layout that has its size
 * @style: how its texts look
 * @extent: what it has to leave room for
 * @least_width: what the columns need at least, in pixels
 * @with_header: whether to have a title and a legend
 *
 * Places everything but the columns. Without a header the chart gets by with less: the highest bars
 * of some kinds then have no room for their label.
 *
 * Returns: whether there is room left for the columns; if not, the layout has to be cleared
 */
gboolean
lb_chart_frame_place (LbChartLayout *self,
                      LbChartTextStyle *style,
                      const LbChartExtent *extent,
                      double least_width,
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

  return self->plot.width >= least_width;
}
