/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-svg.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-chart-painter.h"
#include "chart/lb-chart-summary.h"
#include "chart/lb-chart-text.h"
#include "chart/lb-history-painter.h"

/*
 * The painter's ink that writes an SVG.
 *
 * Cairo has a surface for that, but it turns texts into outlines that nobody can search, copy or
 * hear, and names its elements after a counter of the process. Here a text stays a text, squeezed
 * into the width that the layout measured for it whatever font the viewer has, and each backend is
 * a group with the words of the window's tooltip.
 *
 * The same layout and snapshot always give the same bytes. Nothing refers to anything outside.
 */
typedef struct
{
  LbChartInk ink;
  const LbSnapshot *snapshot;
  const LbChartOptions *options;
  GString *out;
  guint n_clips;
} SvgInk;

/* Enough for a coordinate of any picture, to a hundredth of a pixel. */
static void
append_number (GString *out,
               double number)
{
  char digits[G_ASCII_DTOSTR_BUF_SIZE];
  gsize length;

  /* No negative zero. */
  g_ascii_formatd (digits, sizeof digits, "%.2f", round (number * 100) / 100 + 0.0);
  length = strlen (digits);
  while (digits[length - 1] == '0')
    length--;
  if (digits[length - 1] == '.')
    length--;

  g_string_append_len (out, digits, (gssize) length);
}

static void
append_attribute (GString *out,
                  const char *name,
                  double number)
{
  g_string_append_printf (out, " %s=\"", name);
  append_number (out, number);
  g_string_append_c (out, '"');
}

/* XML has no way at all to write most control characters. */
static gboolean
can_be_in_xml (gunichar c)
{
  return c == '\n' || (c >= 0x20 && c < 0x7f) || (c >= 0xa0 && (c & 0xfffe) != 0xfffe);
}

static void
append_text (GString *out,
             const char *text,
             gssize length)
{
  g_autofree char *valid = g_utf8_make_valid (text, length);

  for (const char *p = valid; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c == '<')
        g_string_append (out, "&lt;");
      else if (c == '>')
        g_string_append (out, "&gt;");
      else if (c == '&')
        g_string_append (out, "&amp;");
      else
        g_string_append_unichar (out, can_be_in_xml (c) ? c : 0xfffd);
    }
}

static void
append_element (GString *out,
                const char *name,
                const char *text)
{
  g_string_append_printf (out, "<%s>", name);
  append_text (out, text, -1);
  g_string_append_printf (out, "</%s>\n", name);
}

static void
append_color (GString *out,
              const char *property,
              const LbChartColor *color)
{
  g_string_append_printf (out, " %s=\"#%02x%02x%02x\"", property, (guint) round (color->red * 255),
                          (guint) round (color->green * 255), (guint) round (color->blue * 255));
  if (color->alpha < 1)
    {
      g_autofree char *opacity = g_strconcat (property, "-opacity", NULL);

      append_attribute (out, opacity, color->alpha);
    }
}

static void
append_source (SvgInk *self,
               const char *property)
{
  LbChartColor color;

  cairo_pattern_get_rgba (cairo_get_source (self->ink.cr), &color.red, &color.green, &color.blue,
                          &color.alpha);
  append_color (self->out, property, &color);
}

static void
append_points (GString *out,
               char command,
               const cairo_path_data_t *points,
               guint n_points)
{
  g_string_append_c (out, command);
  for (guint i = 0; i < n_points; i++)
    {
      if (i > 0)
        g_string_append_c (out, ' ');
      append_number (out, points[i].point.x);
      g_string_append_c (out, ' ');
      append_number (out, points[i].point.y);
    }
}

static void
append_path_data (GString *out,
                  const cairo_path_t *path)
{
  for (int i = 0; i < path->num_data; i += path->data[i].header.length)
    {
      const cairo_path_data_t *data = &path->data[i];

      switch (data->header.type)
        {
        case CAIRO_PATH_MOVE_TO:
          /* After a closed part Cairo moves to its start; nothing is drawn from there. */
          if (i + data->header.length < path->num_data)
            append_points (out, 'M', data + 1, 1);
          break;
        case CAIRO_PATH_LINE_TO:
          append_points (out, 'L', data + 1, 1);
          break;
        case CAIRO_PATH_CURVE_TO:
          append_points (out, 'C', data + 1, 3);
          break;
        case CAIRO_PATH_CLOSE_PATH:
          g_string_append_c (out, 'Z');
          break;
        default:
          g_assert_not_reached ();
        }
    }
}

/* Opens a path element with the path of the cairo_t, which has none afterwards. */
static void
append_path (SvgInk *self)
{
  cairo_path_t *path = cairo_copy_path (self->ink.cr);

  g_string_append (self->out, "<path d=\"");
  append_path_data (self->out, path);
  g_string_append_c (self->out, '"');

  cairo_path_destroy (path);
  cairo_new_path (self->ink.cr);
}

static void
svg_ink_fill (LbChartInk *ink)
{
  SvgInk *self = (SvgInk *) ink;

  append_path (self);
  append_source (self, "fill");
  g_string_append (self->out, "/>\n");
}

static void
svg_ink_stroke (LbChartInk *ink)
{
  SvgInk *self = (SvgInk *) ink;
  int n_dashes = cairo_get_dash_count (ink->cr);
  g_autofree double *dashes = g_new0 (double, (gsize) n_dashes);

  append_path (self);
  g_string_append (self->out, " fill=\"none\"");
  append_source (self, "stroke");
  append_attribute (self->out, "stroke-width", cairo_get_line_width (ink->cr));
  if (cairo_get_line_cap (ink->cr) == CAIRO_LINE_CAP_ROUND)
    g_string_append (self->out, " stroke-linecap=\"round\"");
  if (cairo_get_line_join (ink->cr) == CAIRO_LINE_JOIN_ROUND)
    g_string_append (self->out, " stroke-linejoin=\"round\"");

  cairo_get_dash (ink->cr, dashes, NULL);
  for (int i = 0; i < n_dashes; i++)
    {
      g_string_append (self->out, i == 0 ? " stroke-dasharray=\"" : " ");
      append_number (self->out, dashes[i]);
    }
  g_string_append (self->out, n_dashes > 0 ? "\"/>\n" : "/>\n");
}

static void
svg_ink_clip (LbChartInk *ink)
{
  SvgInk *self = (SvgInk *) ink;

  self->n_clips++;
  g_string_append_printf (self->out, "<clipPath id=\"lb-clip-%u\">", self->n_clips);
  append_path (self);
  if (cairo_get_fill_rule (ink->cr) == CAIRO_FILL_RULE_EVEN_ODD)
    g_string_append (self->out, " clip-rule=\"evenodd\"");
  g_string_append_printf (self->out, "/></clipPath>\n<g clip-path=\"url(#lb-clip-%u)\">\n",
                          self->n_clips);

  cairo_save (ink->cr);
}

static void
svg_ink_unclip (LbChartInk *ink)
{
  SvgInk *self = (SvgInk *) ink;

  g_string_append (self->out, "</g>\n");
  cairo_restore (ink->cr);
}

static void
svg_ink_write_line (SvgInk *self,
                    const LbChartLabel *label,
                    PangoLayoutIter *iter)
{
  const PangoLayoutLine *line = pango_layout_iter_get_line_readonly (iter);
  const char *text = pango_layout_get_text (label->text) + line->start_index;
  double baseline = (double) pango_layout_iter_get_baseline (iter) / PANGO_SCALE;
  PangoRectangle extents;

  pango_layout_iter_get_line_extents (iter, NULL, &extents);
  if (extents.width <= 0)
    return;

  g_string_append (self->out, "<text");
  append_attribute (self->out, "x",
                    label->rect.x + (extents.x + extents.width / 2.0) / PANGO_SCALE);
  append_attribute (self->out, "y", label->rect.y + baseline);
  append_attribute (self->out, "textLength", (double) extents.width / PANGO_SCALE);
  g_string_append (self->out, " lengthAdjust=\"spacingAndGlyphs\"");
  if (pango_layout_line_get_resolved_direction ((PangoLayoutLine *) line) == PANGO_DIRECTION_RTL)
    g_string_append (self->out, " direction=\"rtl\"");
  append_source (self, "fill");
  g_string_append_c (self->out, '>');
  append_text (self->out, text, line->length);
  g_string_append (self->out, "</text>\n");
}

static void
svg_ink_write (LbChartInk *ink,
               const LbChartLabel *label)
{
  PangoLayoutIter *iter = pango_layout_get_iter (label->text);

  do
    svg_ink_write_line ((SvgInk *) ink, label, iter);
  while (pango_layout_iter_next_line (iter));

  pango_layout_iter_free (iter);
}

/* The whole column has the tooltip, not only what is painted of it. */
static void
svg_ink_begin_column (LbChartInk *ink,
                      const LbChartColumn *column)
{
  SvgInk *self = (SvgInk *) ink;
  const cairo_rectangle_t *slot = &column->slot;
  g_autofree char *words =
    lb_chart_text_describe (&self->snapshot->backends[column->index], self->options, "\n");

  g_string_append (self->out, "<g role=\"img\">\n");
  append_element (self->out, "title", words);

  g_string_append (self->out, "<rect");
  append_attribute (self->out, "x", slot->x);
  append_attribute (self->out, "y", slot->y);
  append_attribute (self->out, "width", slot->width);
  append_attribute (self->out, "height", slot->height);
  g_string_append (self->out, " fill=\"none\" pointer-events=\"all\"/>\n");
}

static void
svg_ink_end_column (LbChartInk *ink)
{
  SvgInk *self = (SvgInk *) ink;

  g_string_append (self->out, "</g>\n");
}

/* All labels of a picture are of one size. */
static double
get_font_size (PangoLayout *text)
{
  PangoContext *context = pango_layout_get_context (text);
  const PangoFontDescription *font = pango_context_get_font_description (context);
  double size = (double) pango_font_description_get_size (font) / PANGO_SCALE * PANGO_SCALE_SMALL;

  if (!pango_font_description_get_size_is_absolute (font))
    size *= pango_cairo_context_get_resolution (context) / 72;
  return size;
}

typedef struct
{
  double width;
  double height;
  PangoLayout *text; /* any; NULL if there is none */
  const char *title;
  const char *description;
} Head;

static void
append_head (GString *out,
             const Head *head,
             const LbChartPalette *palette)
{
  g_string_append (out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"graphics-document document\"");
  append_attribute (out, "width", head->width);
  append_attribute (out, "height", head->height);
  g_string_append_printf (out, " viewBox=\"0 0 %.0f %.0f\"", head->width, head->height);
  append_attribute (out, "font-size", head->text != NULL ? get_font_size (head->text) : 0);
  g_string_append (out, " font-family=\"sans-serif\" text-anchor=\"middle\""
                        " font-variant=\"tabular-nums\">\n");

  append_element (out, "title", head->title);
  append_element (out, "desc", head->description);

  g_string_append (out, "<rect width=\"100%\" height=\"100%\"");
  append_color (out, "fill", &palette->background);
  g_string_append (out, "/>\n");
}

static void
svg_ink_begin (SvgInk *self,
               const Head *head,
               const LbChartPalette *palette)
{
  /* Nothing is drawn on it: the cairo_t only keeps the path, the colour and the pen. */
  cairo_surface_t *surface = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);

  self->ink = (LbChartInk){
    .cr = cairo_create (surface),
    .fill = svg_ink_fill,
    .stroke = svg_ink_stroke,
    .clip = svg_ink_clip,
    .unclip = svg_ink_unclip,
    .write = svg_ink_write,
    .begin_column = svg_ink_begin_column,
    .end_column = svg_ink_end_column,
  };
  self->out = g_string_new (NULL);
  cairo_surface_destroy (surface);

  append_head (self->out, head, palette);
}

static GBytes *
svg_ink_end (SvgInk *self)
{
  g_string_append (self->out, "</svg>\n");
  cairo_destroy (self->ink.cr);

  return g_string_free_to_bytes (self->out);
}

/**
 * lb_chart_svg:
 * @layout: what to draw
 * @palette: in which colours
 * @snapshot: what @layout was made from
 *
 * Draws a chart on its background as an SVG.
 *
 * Returns: (transfer full): the document, in UTF-8
 */
GBytes *
lb_chart_svg (const LbChartLayout *layout,
              const LbChartPalette *palette,
              const LbSnapshot *snapshot)
{
  g_autofree char *summary = NULL;
  SvgInk self = { .snapshot = snapshot };
  Head head;

  g_return_val_if_fail (layout != NULL, NULL);
  g_return_val_if_fail (palette != NULL, NULL);
  g_return_val_if_fail (snapshot != NULL, NULL);

  summary = lb_chart_summary_of_all (snapshot);
  head = (Head){ layout->width, layout->height,
                 layout->n_ticks > 0 ? layout->ticks[0].label.text : NULL,
                 lb_chart_measure_get_name (layout->options.measure), summary };
  self.options = &layout->options;

  svg_ink_begin (&self, &head, palette);
  lb_chart_paint_with (&self.ink, layout, palette, LB_CHART_NO_COLUMN);
  return svg_ink_end (&self);
}

static PangoLayout *
find_text (const LbHistoryLayout *layout)
{
  if (layout->header.title.text != NULL)
    return layout->header.title.text;
  for (guint i = 0; i < layout->n_ticks; i++)
    if (layout->ticks[i].label.text != NULL)
      return layout->ticks[i].label.text;

  return layout->sentence.text;
}

/**
 * lb_history_svg:
 * @layout: what to draw
 * @palette: in which colours
 * @description: what there is to see, in words
 *
 * Draws the history on its background as an SVG.
 *
 * Returns: (transfer full): the document, in UTF-8
 */
GBytes *
lb_history_svg (const LbHistoryLayout *layout,
                const LbChartPalette *palette,
                const char *description)
{
  SvgInk self = { .snapshot = NULL };
  Head head;

  g_return_val_if_fail (layout != NULL, NULL);
  g_return_val_if_fail (palette != NULL, NULL);
  g_return_val_if_fail (description != NULL, NULL);

  head = (Head){ layout->width, layout->height, find_text (layout),
                 _("History of response times"), description };

  svg_ink_begin (&self, &head, palette);
  lb_history_paint (&self.ink, layout, palette);
  return svg_ink_end (&self);
}
