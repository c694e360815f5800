/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-font.h"

/**
 * lb_chart_font_context_new:
 *
 * Makes the font and its measures for a chart without a window to take them from. They are the same
 * whatever the surface and its scale, and do not depend on the settings of somebody's desktop.
 *
 * A font map must stay in one thread. Pango keeps one for each thread until that ends, so that a
 * thread that makes many pictures loads its fonts once; nothing made from the context may leave the
 * thread.
 *
 * Returns: (transfer full): a context for the calling thread
 */
PangoContext *
lb_chart_font_context_new (void)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  PangoFontDescription *font = pango_font_description_new ();
  cairo_font_options_t *options = cairo_font_options_create ();

  pango_font_description_set_family_static (font, "sans-serif");
  pango_font_description_set_absolute_size (font, LB_CHART_FONT_PIXELS * PANGO_SCALE);
  pango_context_set_font_description (context, font);
  pango_font_description_free (font);

  cairo_font_options_set_antialias (options, CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_SLIGHT);
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options (context, options);
  cairo_font_options_destroy (options);

  return context;
}
