/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-widget-palette.h"

/*
 * The colours of what is drawn into a widget.
 */

#define RING_THICKNESS 2
#define RING_RADIUS 6

/**
 * lb_widget_palette_init:
 * @palette: the palette to fill
 * @widget: where it is drawn
 *
 * Takes the theme's colour for text, from which the others follow.
 */
void
lb_widget_palette_init (LbChartPalette *palette,
                        GtkWidget *widget)
{
  GdkRGBA rgba;
  LbChartColor text;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &rgba);
  text = (LbChartColor){ rgba.red, rgba.green, rgba.blue, rgba.alpha };
  lb_chart_palette_init_for_text (palette, &text);
}

/**
 * lb_widget_palette_is_dark:
 * @widget: where something is drawn
 *
 * Returns: whether the theme has light text on a dark background there
 */
gboolean
lb_widget_palette_is_dark (GtkWidget *widget)
{
  static const LbChartColor black = { 0, 0, 0, 1 };
  static const LbChartColor white = { 1, 1, 1, 1 };
  LbChartPalette palette;

  lb_widget_palette_init (&palette, widget);

  return lb_chart_color_contrast (&palette.text, &black) >
         lb_chart_color_contrast (&palette.text, &white);
}

/**
 * lb_widget_palette_append_ring:
 * @palette: the colours
 * @snapshot: where to draw
 * @bounds: what has the focus
 *
 * Draws the ring of the keyboard's focus: the theme's own is hard to see on its dark background.
 */
void
lb_widget_palette_append_ring (const LbChartPalette *palette,
                               GtkSnapshot *snapshot,
                               const graphene_rect_t *bounds)
{
  static const float widths[] = { RING_THICKNESS, RING_THICKNESS, RING_THICKNESS, RING_THICKNESS };
  const GdkRGBA color = { (float) palette->up.red, (float) palette->up.green,
                          (float) palette->up.blue, 1 };
  GskRoundedRect ring;

  gsk_rounded_rect_init_from_rect (&ring, bounds, RING_RADIUS);
  gtk_snapshot_append_border (snapshot, &ring, widths,
                              (const GdkRGBA[]){ color, color, color, color });
}
