/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-stats-chart"

#include "config.h"

#include "stats/lb-stats-chart.h"

#include "chart/lb-chart-font.h"
#include "chart/lb-chart-painter.h"
#include "chart/lb-chart-shot.h"
#include "chart/lb-chart-svg.h"

/*
 * The window's chart as a picture: the same layout and the same painter, on a surface without a
 * window. Everything a call needs is its own or its thread's, so any number of threads may make
 * pictures at once.
 */

static cairo_status_t
append (void *closure,
        const unsigned char *data,
        unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

static void
init_palette (LbChartPalette *palette,
              const LbStatsChartOptions *options)
{
  if (options->dark)
    lb_chart_palette_init_dark (palette);
  else
    lb_chart_palette_init_light (palette);
}

static void
init_chart_options (LbChartOptions *self,
                    const LbStatsChartOptions *options)
{
  *self = (LbChartOptions){
    .measure = options->measure,
    .log_scale = options->log_scale,
    .threshold_us = (gint64) options->threshold_ms * G_TIME_SPAN_MILLISECOND,
  };
}

static LbChartLayout *
create_layout (const LbSnapshot *snapshot,
               const LbStatsChartOptions *options)
{
  PangoContext *context = lb_chart_font_context_new ();
  LbChartOptions chart_options;
  LbChartLayout *layout;

  init_chart_options (&chart_options, options);
  layout = lb_chart_layout_new_to_fit (snapshot, &chart_options, context, options->width,
                                       options->height, options->rtl);

  g_object_unref (context);
  return layout;
}

/* Takes a surface of the right size, of any kind that Cairo knows. */
static void
paint (cairo_surface_t *surface,
       const LbSnapshot *snapshot,
       const LbStatsChartOptions *options)
{
  g_autoptr (LbChartLayout) layout = create_layout (snapshot, options);
  cairo_t *cr = cairo_create (surface);
  LbChartPalette palette;

  init_palette (&palette, options);
  cairo_set_source_rgb (cr, palette.background.red, palette.background.green,
                        palette.background.blue);
  cairo_paint (cr);
  lb_chart_paint (cr, layout, &palette, LB_CHART_NO_COLUMN);
  cairo_destroy (cr);
}

/**
 * lb_stats_chart_png:
 * @snapshot: what to show
 * @options: how
 *
 * Paints the chart as a PNG of @options' width and height times its scale. This takes from
 * milliseconds to about a second for the largest: call it from a worker thread.
 *
 * Returns: (transfer full): the picture
 */
GBytes *
lb_stats_chart_png (const LbSnapshot *snapshot,
                    const LbStatsChartOptions *options)
{
  cairo_surface_t *surface;
  GByteArray *png;

  g_return_val_if_fail (snapshot != NULL, NULL);
  g_return_val_if_fail (options != NULL, NULL);

  surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (options->width * options->scale),
                                (int) (options->height * options->scale));
  cairo_surface_set_device_scale (surface, options->scale, options->scale);
  paint (surface, snapshot, options);

  png = g_byte_array_new ();
  cairo_surface_write_to_png_stream (surface, append, png);
  cairo_surface_destroy (surface);

  return g_byte_array_free_to_bytes (png);
}

/**
 * lb_stats_chart_svg:
 * @snapshot: what to show
 * @options: how; its scale has no meaning here
 *
 * Paints the chart as an SVG. This takes milliseconds, and tens of them with hundreds of bars: call
 * it from a worker thread.
 *
 * Returns: (transfer full): the picture
 */
GBytes *
lb_stats_chart_svg (const LbSnapshot *snapshot,
                    const LbStatsChartOptions *options)
{
  g_autoptr (LbChartLayout) layout = NULL;
  LbChartPalette palette;

  g_return_val_if_fail (snapshot != NULL, NULL);
  g_return_val_if_fail (options != NULL, NULL);

  layout = create_layout (snapshot, options);
  init_palette (&palette, options);
  return lb_chart_svg (layout, &palette, snapshot);
}

static LbChartShot *
create_shot (LbHistorySlice *slice,
             const LbStatsChartOptions *options)
{
  LbChartShot *shot = lb_chart_shot_new (options->width, options->height);

  /* Whoever asks for a size gets that. */
  shot->width = options->width;
  shot->height = options->height;
  shot->scale = (int) options->scale;
  shot->dark = options->dark;
  shot->rtl = options->rtl;
  init_chart_options (&shot->options, options);
  shot->slice = lb_history_slice_ref (slice);
  lb_history_range_init (&shot->range, options->n_seconds);
  lb_history_range_clamp (&shot->range, slice);

  return shot;
}

/**
 * lb_stats_chart_history_png:
 * @slice: what happened in as many seconds as @options say
 * @options: how to show it
 *
 * Paints the history as a PNG of @options' width and height times its scale. Call it from a worker
 * thread.
 *
 * Returns: (transfer full): the picture
 */
GBytes *
lb_stats_chart_history_png (LbHistorySlice *slice,
                            const LbStatsChartOptions *options)
{
  g_autoptr (LbChartShot) shot = NULL;

  g_return_val_if_fail (slice != NULL, NULL);
  g_return_val_if_fail (options != NULL, NULL);

  shot = create_shot (slice, options);
  return lb_chart_shot_make_png (shot);
}

/**
 * lb_stats_chart_history_svg:
 * @slice: what happened in as many seconds as @options say
 * @options: how to show it; its scale has no meaning here
 *
 * Paints the history as an SVG. Call it from a worker thread.
 *
 * Returns: (transfer full): the picture
 */
GBytes *
lb_stats_chart_history_svg (LbHistorySlice *slice,
                            const LbStatsChartOptions *options)
{
  g_autoptr (LbChartShot) shot = NULL;

  g_return_val_if_fail (slice != NULL, NULL);
  g_return_val_if_fail (options != NULL, NULL);

  shot = create_shot (slice, options);
  return lb_chart_shot_make_svg (shot);
}
