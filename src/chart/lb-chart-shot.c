/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-shot.h"

#include <cairo-pdf.h>
#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-chart-font.h"
#include "chart/lb-chart-painter.h"
#include "chart/lb-chart-svg.h"
#include "chart/lb-history-painter.h"
#include "chart/lb-history-text.h"

/*
 * A chart on its way into a file. Whoever shows a chart makes one and fills it in; from then on it does
 * not change. Layout and painter are those of the chart itself. All of a call is its own, so it may be in
 * any thread.
 */

/* A pixel is 1/96 of an inch, a point 1/72. */
#define POINTS_PER_PIXEL (72 / 96.0)

typedef struct
{
  LbChartPalette palette;
  LbChartLayout *bars;
  LbHistoryLayout *history;
  char *description; /* of the history */
} Picture;

static void
lay_out_history (Picture *picture,
                 const LbChartShot *shot,
                 PangoContext *context)
{
  g_autoptr (LbHistoryDigest) digest = NULL;
  LbHistoryChoice choice;

  digest = lb_history_layout_digest (shot->slice, &shot->range, shot->width);
  lb_history_choice_init_copy (&choice, &shot->choice);
  lb_history_choice_update (&choice, digest, shot->selected);
  picture->history = lb_history_layout_new (digest, &shot->range, &choice, &shot->options, context,
                                            shot->width, shot->height, shot->rtl);
  picture->description = lb_history_text_describe (digest, &shot->range);
  lb_history_choice_clear (&choice);
}

static void
init_picture (Picture *picture,
              const LbChartShot *shot,
              gboolean dark)
{
  PangoContext *context = lb_chart_font_context_new ();

  *picture = (Picture){ .bars = NULL };
  if (dark)
    lb_chart_palette_init_dark (&picture->palette);
  else
    lb_chart_palette_init_light (&picture->palette);

  if (shot->slice != NULL)
    lay_out_history (picture, shot, context);
  else
    picture->bars = lb_chart_layout_new_to_fit (shot->snapshot, &shot->options, context, shot->width,
                                                shot->height, shot->rtl);

  g_object_unref (context);
}

static void
clear_picture (Picture *picture)
{
  g_clear_pointer (&picture->bars, lb_chart_layout_free);
  g_clear_pointer (&picture->history, lb_history_layout_free);
  g_clear_pointer (&picture->description, g_free);
}

static void
paint (const LbChartShot *shot,
       gboolean dark,
       cairo_surface_t *surface)
{
  cairo_t *cr = cairo_create (surface);
  LbChartInk ink;
  Picture picture;

  init_picture (&picture, shot, dark);
  cairo_set_source_rgb (cr, picture.palette.background.red, picture.palette.background.green,
                        picture.palette.background.blue);
  cairo_paint (cr);

  lb_chart_ink_init_cairo (&ink, cr);
  if (picture.history != NULL)
    lb_history_paint (&ink, picture.history, &picture.palette);
  else
    lb_chart_paint_with (&ink, picture.bars, &picture.palette, LB_CHART_NO_COLUMN);

  clear_picture (&picture);
  cairo_destroy (cr);
}

static cairo_status_t
append (void *closure,
        const unsigned char *data,
        unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/**
 * lb_chart_shot_new:
 * @width: how wide the chart is, in pixels
 * @height: how high it is
 *
 * Returns: (transfer full): a shot with room for all that the chart shows, and without figures: the
 *   caller fills in the other fields, with a snapshot or a slice at least
 */
LbChartShot *
lb_chart_shot_new (double width,
                   double height)
{
  LbChartShot *self = g_new0 (LbChartShot, 1);

  self->width = CLAMP (round (width), LB_CHART_SHOT_MIN_WIDTH, LB_CHART_SHOT_MAX_SIDE);
  self->height = CLAMP (round (height), LB_CHART_SHOT_MIN_HEIGHT, LB_CHART_SHOT_MAX_SIDE);
  self->scale = LB_CHART_SHOT_SCALE;
  lb_history_choice_init (&self->choice);

  return self;
}

/**
 * lb_chart_shot_free:
 * @self: (transfer full): a shot
 */
void
lb_chart_shot_free (LbChartShot *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  g_clear_pointer (&self->slice, lb_history_slice_unref);
  lb_history_choice_clear (&self->choice);
  g_free (self->selected);
  g_free (self);
}

/**
 * lb_chart_shot_make_png:
 * @self: a shot
 *
 * Paints it as it is on the screen, with as many dots for each pixel as it says. This may take up to
 * about a second: call it from a worker thread.
 *
 * Returns: (transfer full): a PNG
 */
GBytes *
lb_chart_shot_make_png (const LbChartShot *self)
{
  GByteArray *png = g_byte_array_new ();
  cairo_surface_t *surface;

  g_return_val_if_fail (self != NULL, NULL);

  surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) self->width * self->scale,
                                        (int) self->height * self->scale);
  cairo_surface_set_device_scale (surface, self->scale, self->scale);
  paint (self, self->dark, surface);
  cairo_surface_write_to_png_stream (surface, append, png);
  cairo_surface_destroy (surface);

  return g_byte_array_free_to_bytes (png);
}

/**
 * lb_chart_shot_make_svg:
 * @self: a shot
 *
 * Paints it as it is on the screen. Its texts are texts, which can be searched for and read out.
 *
 * Returns: (transfer full): an SVG
 */
GBytes *
lb_chart_shot_make_svg (const LbChartShot *self)
{
  Picture picture;
  GBytes *svg;

  g_return_val_if_fail (self != NULL, NULL);

  init_picture (&picture, self, self->dark);
  if (picture.history != NULL)
    svg = lb_history_svg (picture.history, &picture.palette, picture.description);
  else
    svg = lb_chart_svg (picture.bars, &picture.palette, self->snapshot);
  clear_picture (&picture);

  return svg;
}

/**
 * lb_chart_shot_make_pdf:
 * @self: a shot
 *
 * Paints it on a page of its size. A page is for paper, so it is light whatever the screen is.
 *
 * Returns: (transfer full): a PDF
 */
GBytes *
lb_chart_shot_make_pdf (const LbChartShot *self)
{
  GByteArray *pdf = g_byte_array_new ();
  cairo_surface_t *surface;

  g_return_val_if_fail (self != NULL, NULL);

  surface = cairo_pdf_surface_create_for_stream (append, pdf, self->width * POINTS_PER_PIXEL,
                                                 self->height * POINTS_PER_PIXEL);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE,
                                  self->slice != NULL
                                    ? _("History of response times")
                                    : lb_chart_measure_get_name (self->options.measure));
  cairo_surface_set_device_scale (surface, POINTS_PER_PIXEL, POINTS_PER_PIXEL);
  paint (self, FALSE, surface);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);

  return g_byte_array_free_to_bytes (pdf);
}
