/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-palette.h"

#include <math.h>
#include <string.h>

/*
 * LbChartPalette
 *
 * A plain value, filled by one of the functions below. Blue and vermillion can be told apart with
 * every common kind of colour blindness (Okabe and Ito, "Color Universal Design").
 */

#define RGB(hex) \
  { \
    ((hex) >> 16 & 0xff) / 255.0, ((hex) >> 8 & 0xff) / 255.0, ((hex) & 0xff) / 255.0, 1.0 \
  }

static const LbChartColor blue = RGB (0x3584e4);
static const LbChartColor vermillion = RGB (0xd55e00);
static const LbChartColor amber = RGB (0xb37d00);

/*
 * Lines of different backends, as far apart as they get for normal and for colour-blind eyes (found
 * by a search over simulated ones: Machado et al. 2009, distances in Oklab), and apart from vermillion,
 * which means down. A colour is about the same on both backgrounds.
 */
static const LbChartColor series_on_light[LB_CHART_N_SERIES] = {
  RGB (0x3584e4), RGB (0x229966), RGB (0xdd33bb), RGB (0x775500),
  RGB (0x7700bb), RGB (0x224477), RGB (0x880044), RGB (0x2222ff),
};

static const LbChartColor series_on_dark[LB_CHART_N_SERIES] = {
  RGB (0x3584e4), RGB (0x11cc77), RGB (0xee00cc), RGB (0xff9922),
  RGB (0xbb99ff), RGB (0x77bbcc), RGB (0xcc7799), RGB (0x009966),
};

static LbChartColor
with_alpha (const LbChartColor *color,
            double alpha)
{
  LbChartColor result = *color;

  result.alpha *= alpha;
  return result;
}

/* Everything quiet is the text's colour, thinned, so that it follows any theme. */
static void
derive_from_text (LbChartPalette *self,
                  const LbChartColor *text)
{
  self->text = *text;
  self->dim_text = with_alpha (text, 0.75);
  self->axis = with_alpha (text, 0.35);
  self->grid = with_alpha (text, 0.10);
  self->hover = with_alpha (text, 0.07);
  self->mark = with_alpha (text, 0.85);
  self->up = blue;
  self->down = vermillion;
  self->slow = amber;
  self->idle = with_alpha (text, 0.65);
}

/* Relative luminance as the Web Content Accessibility Guidelines 2.1 define it. */
static double
linear (double component)
{
  return component <= 0.04045 ? component / 12.92 : pow ((component + 0.055) / 1.055, 2.4);
}

static double
luminance (double red,
           double green,
           double blue_)
{
  return 0.2126 * linear (red) + 0.7152 * linear (green) + 0.0722 * linear (blue_);
}

/**
 * lb_chart_palette_init_light:
 * @self: the palette to fill
 *
 * The colours of GTK's light theme.
 */
void
lb_chart_palette_init_light (LbChartPalette *self)
{
  static const LbChartColor background = RGB (0xf6f5f4);
  static const LbChartColor text = RGB (0x2e3436);

  g_return_if_fail (self != NULL);

  self->background = background;
  memcpy (self->series, series_on_light, sizeof self->series);
  derive_from_text (self, &text);
}

/**
 * lb_chart_palette_init_dark:
 * @self: the palette to fill
 *
 * The colours of GTK's dark theme.
 */
void
lb_chart_palette_init_dark (LbChartPalette *self)
{
  static const LbChartColor background = RGB (0x353535);
  static const LbChartColor text = RGB (0xeeeeec);

  g_return_if_fail (self != NULL);

  self->background = background;
  memcpy (self->series, series_on_dark, sizeof self->series);
  derive_from_text (self, &text);
}

/**
 * lb_chart_palette_init_for_text:
 * @self: the palette to fill
 * @text: the theme's colour for text
 *
 * The palette for a theme of which only the text's colour is known: light text means a dark
 * background.
 */
void
lb_chart_palette_init_for_text (LbChartPalette *self,
                                const LbChartColor *text)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (text != NULL);

  /* The luminance that has the same contrast with black as with white. */
  if (luminance (text->red, text->green, text->blue) > 0.179)
    lb_chart_palette_init_dark (self);
  else
    lb_chart_palette_init_light (self);

  derive_from_text (self, text);
}

/**
 * lb_chart_color_contrast:
 * @color: a colour, which may be translucent
 * @background: the opaque colour behind it
 *
 * Returns: their contrast ratio as the Web Content Accessibility Guidelines 2.1 define it, from
 *   1 to 21
 */
double
lb_chart_color_contrast (const LbChartColor *color,
                         const LbChartColor *background)
{
  double alpha;
  double front;
  double back;

  g_return_val_if_fail (color != NULL, 1);
  g_return_val_if_fail (background != NULL, 1);

  alpha = color->alpha;
  front = luminance (color->red * alpha + background->red * (1 - alpha),
                     color->green * alpha + background->green * (1 - alpha),
                     color->blue * alpha + background->blue * (1 - alpha));
  back = luminance (background->red, background->green, background->blue);

  return (MAX (front, back) + 0.05) / (MIN (front, back) + 0.05);
}
