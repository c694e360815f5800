/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <pango/pangocairo.h>

#include "chart/lb-chart-label.h"

#define NO_LETTER "[::1]:9001"

/* Where the first character of @text is drawn, and where the last. */
static void
find_ends (const LbChartLabel *label,
           const char *text,
           int *first,
           int *last)
{
  const char *shown = pango_layout_get_text (label->text);
  const char *start = strstr (shown, text);
  PangoRectangle pos;

  g_assert_nonnull (start);
  pango_layout_index_to_pos (label->text, (int) (start - shown), &pos);
  *first = pos.x;
  pango_layout_index_to_pos (label->text, (int) (start - shown + (gssize) strlen (text) - 1), &pos);
  *last = pos.x;
}

static void
test_ltr (void)
{
  static const PangoDirection directions[] = { PANGO_DIRECTION_LTR, PANGO_DIRECTION_RTL };

  for (guint i = 0; i < G_N_ELEMENTS (directions); i++)
    {
      PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
      g_autoptr (LbChartTextStyle) style = NULL;
      LbChartLabel label;
      int first;
      int last;

      pango_context_set_base_dir (context, directions[i]);
      style = lb_chart_text_style_new (context);
      g_object_unref (context);

      lb_chart_label_init_ltr (&label, style, NO_LETTER, -1);
      find_ends (&label, NO_LETTER, &first, &last);
      g_assert_cmpint (first, <, last);
      lb_chart_label_clear (&label);

      lb_chart_label_init_ltr (&label, style, "+5", -1);
      find_ends (&label, "+5", &first, &last);
      g_assert_cmpint (first, <, last);
      lb_chart_label_clear (&label);
    }
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/label/ltr", test_ltr);

  return g_test_run ();
}
