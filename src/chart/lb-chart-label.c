/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-label.h"

/*
 * LbChartLabel
 *
 * A text that is measured once, when the layout places it, and drawn from the same PangoLayout
 * afterwards. LbChartTextStyle makes them all alike; it lives while one layout is made.
 */

#define LEFT_TO_RIGHT "\u200e"

static PangoLayout *
create_text (LbChartTextStyle *style,
             const char *text)
{
  PangoLayout *layout = pango_layout_new (style->context);

  pango_layout_set_attributes (layout, style->attributes);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  pango_layout_set_text (layout, text, -1);

  return layout;
}

/**
 * lb_chart_text_style_new:
 * @context: the font and its measures
 *
 * Returns: (transfer full): a style
 */
LbChartTextStyle *
lb_chart_text_style_new (PangoContext *context)
{
  LbChartTextStyle *self;
  g_autoptr (PangoLayout) sample = NULL;
  int height;

  g_return_val_if_fail (PANGO_IS_CONTEXT (context), NULL);

  self = g_new0 (LbChartTextStyle, 1);
  self->context = g_object_ref (context);
  self->attributes = pango_attr_list_new ();
  pango_attr_list_insert (self->attributes, pango_attr_scale_new (PANGO_SCALE_SMALL));
  pango_attr_list_insert (self->attributes, pango_attr_font_features_new ("tnum=1"));

  sample = create_text (self, "0");
  pango_layout_get_pixel_size (sample, NULL, &height);
  self->line_height = height;

  return self;
}

/**
 * lb_chart_text_style_free:
 * @self: (transfer full): a style
 */
void
lb_chart_text_style_free (LbChartTextStyle *self)
{
  g_return_if_fail (self != NULL);

  g_object_unref (self->context);
  pango_attr_list_unref (self->attributes);
  g_free (self);
}

/**
 * lb_chart_text_style_measure:
 * @self: a style
 * @text: one line of text
 *
 * Returns: the width of @text in pixels
 */
double
lb_chart_text_style_measure (LbChartTextStyle *self,
                             const char *text)
{
  g_autoptr (PangoLayout) layout = create_text (self, text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);

  return width;
}

/* The first and the last characters of a text, @n_kept in all; of an odd number the last get more. */
static char *
leave_out_the_middle (const char *text,
                      glong length,
                      glong n_kept)
{
  const char *head_end = g_utf8_offset_to_pointer (text, n_kept / 2);
  const char *tail = g_utf8_offset_to_pointer (text, length - (n_kept - n_kept / 2));

  return g_strdup_printf ("%.*s…%s", (int) (head_end - text), text, tail);
}

/*
 * Keeps as many characters as there is room for. Pango could do this too, but it spreads what it
 * shortened over all of the width and leaves a gap after the ellipsis.
 */
static void
shorten (LbChartLabel *self,
         const char *text,
         double max_width)
{
  glong length = g_utf8_strlen (text, -1);
  glong fits = 0;
  glong too_long = length;
  g_autofree char *result = NULL;

  while (too_long - fits > 1)
    {
      glong n_kept = fits + (too_long - fits) / 2;
      g_autofree char *candidate = leave_out_the_middle (text, length, n_kept);
      int width;

      pango_layout_set_text (self->text, candidate, -1);
      pango_layout_get_pixel_size (self->text, &width, NULL);
      if (width <= max_width)
        fits = n_kept;
      else
        too_long = n_kept;
    }

  result = leave_out_the_middle (text, length, fits);
  pango_layout_set_text (self->text, result, -1);
}

/**
 * lb_chart_label_init:
 * @self: the label to fill
 * @style: how it looks
 * @text: the text
 * @max_width: in pixels, or -1
 *
 * A text that is wider than @max_width is shortened in the middle. The label is at 0, 0.
 */
void
lb_chart_label_init (LbChartLabel *self,
                     LbChartTextStyle *style,
                     const char *text,
                     double max_width)
{
  int width;
  int height;

  self->text = create_text (style, text);
  pango_layout_get_pixel_size (self->text, &width, &height);

  if (max_width >= 0 && width > max_width)
    {
      shorten (self, text, max_width);
      pango_layout_get_pixel_size (self->text, &width, &height);
    }

  self->rect = (cairo_rectangle_t){ 0, 0, width, height };
}

/**
 * lb_chart_label_init_ltr:
 * @self: the label to fill
 * @style: how it looks
 * @text: the text
 * @max_width: in pixels, or -1
 *
 * As lb_chart_label_init(), for what is read from the left in every language, also when there is no
 * letter in it: addresses, and numbers with a sign.
 */
void
lb_chart_label_init_ltr (LbChartLabel *self,
                         LbChartTextStyle *style,
                         const char *text,
                         double max_width)
{
  g_autofree char *marked = NULL;

  if (pango_context_get_base_dir (style->context) == PANGO_DIRECTION_RTL)
    marked = g_strconcat (LEFT_TO_RIGHT, text, NULL);

  lb_chart_label_init (self, style, marked != NULL ? marked : text, max_width);
}

/**
 * lb_chart_label_wrap:
 * @self: a label
 * @max_width: in pixels
 *
 * Breaks each line between words so that none is wider than @max_width. If a single word is wider
 * the label stays as it is.
 */
void
lb_chart_label_wrap (LbChartLabel *self,
                     double max_width)
{
  int width = (int) MAX (0, max_width);
  int text_width;
  int text_height;

  pango_layout_set_wrap (self->text, PANGO_WRAP_WORD);
  pango_layout_set_width (self->text, width * PANGO_SCALE);
  pango_layout_get_pixel_size (self->text, &text_width, &text_height);

  if (text_width > width)
    {
      pango_layout_set_width (self->text, -1);
      return;
    }

  self->rect.width = width;
  self->rect.height = text_height;
}

/**
 * lb_chart_label_move:
 * @self: a label
 * @x: its left edge, in pixels
 * @y: its top edge, in pixels
 */
void
lb_chart_label_move (LbChartLabel *self,
                     double x,
                     double y)
{
  self->rect.x = x;
  self->rect.y = y;
}

/**
 * lb_chart_label_clear:
 * @self: a label
 *
 * Leaves no text and no size.
 */
void
lb_chart_label_clear (LbChartLabel *self)
{
  g_clear_object (&self->text);
  self->rect = (cairo_rectangle_t){ 0 };
}
