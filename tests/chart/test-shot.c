/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/lb-chart-shot.h"

#include <string.h>

#include "chart/snapshot-fixture.h"
#include "pool/history-fixture.h"

#define WIDTH 640
#define HEIGHT 400

static LbChartShot *
create_bars (guint n_backends)
{
  LbChartShot *shot = lb_chart_shot_new (WIDTH, HEIGHT);

  shot->snapshot = snapshot_fixture_new (n_backends);

  return shot;
}

static LbChartShot *
create_history (guint n_backends)
{
  LbChartShot *shot = lb_chart_shot_new (WIDTH, HEIGHT);

  shot->slice = history_fixture_new_slice (n_backends, 600, history_fixture_vary, NULL);
  lb_history_range_init (&shot->range, 600);
  lb_history_range_clamp (&shot->range, shot->slice);

  return shot;
}

static guint32
read_big_endian (GBytes *bytes,
                 gsize offset)
{
  guint32 value;

  memcpy (&value, (const guchar *) g_bytes_get_data (bytes, NULL) + offset, sizeof value);
  return GUINT32_FROM_BE (value);
}

static char *
to_text (GBytes *bytes)
{
  return g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
}

/* The header of a PNG has its size from the 16th byte on. */
static void
test_png_is_sharp (void)
{
  LbChartShot *shots[] = { create_bars (5), create_history (5) };

  for (guint i = 0; i < G_N_ELEMENTS (shots); i++)
    {
      g_autoptr (GBytes) png = lb_chart_shot_make_png (shots[i]);

      g_assert_cmpuint (read_big_endian (png, 16), ==, WIDTH * LB_CHART_SHOT_SCALE);
      g_assert_cmpuint (read_big_endian (png, 20), ==, HEIGHT * LB_CHART_SHOT_SCALE);
      lb_chart_shot_free (shots[i]);
    }
}

static void
test_svg_has_texts (void)
{
  g_autoptr (LbChartShot) bars = create_bars (2);
  g_autoptr (LbChartShot) history = create_history (2);
  g_autoptr (GBytes) bars_svg = lb_chart_shot_make_svg (bars);
  g_autoptr (GBytes) history_svg = lb_chart_shot_make_svg (history);
  g_autofree char *bars_text = to_text (bars_svg);
  g_autofree char *history_text = to_text (history_svg);

  g_assert_nonnull (strstr (bars_text, bars->snapshot->backends[1].url));
  g_assert_nonnull (strstr (history_text, "<title>History of response times</title>"));
  g_assert_nonnull (strstr (history_text, ">127.0.0.1:9002<"));
  g_assert_null (strstr (history_text, "font-size=\"0\""));
  g_assert_true (g_str_has_suffix (history_text, "</svg>\n"));
}

/* Well-formed, whatever there is to see. */
static void
test_svg_is_xml (void)
{
  static const guint numbers[] = { 0, 1, 8, 40 };
  const GMarkupParser nothing = { NULL };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (LbChartShot) shot = create_history (numbers[i]);
      g_autoptr (GBytes) svg = lb_chart_shot_make_svg (shot);
      g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&nothing, 0, NULL, NULL);
      g_autoptr (GError) error = NULL;

      g_markup_parse_context_parse (context, g_bytes_get_data (svg, NULL),
                                    (gssize) g_bytes_get_size (svg), &error);
      g_assert_no_error (error);
      g_markup_parse_context_end_parse (context, &error);
      g_assert_no_error (error);
    }
}

/* In points: 640 pixels are 480 of them. */
static void
test_pdf_is_a_page_of_its_size (void)
{
  g_autoptr (LbChartShot) shot = create_history (3);
  g_autoptr (GBytes) pdf = lb_chart_shot_make_pdf (shot);
  gsize length;
  const char *data = g_bytes_get_data (pdf, &length);

  g_assert_cmpmem (data, 5, "%PDF-", 5);
  g_assert_nonnull (memmem (data, length, "/MediaBox [ 0 0 480 300 ]", 25));
}

static void
test_pdf_is_for_paper (void)
{
  g_autoptr (LbChartShot) light = create_bars (3);
  g_autoptr (LbChartShot) dark = create_bars (3);
  g_autoptr (GBytes) light_png = NULL;
  g_autoptr (GBytes) dark_png = NULL;
  g_autoptr (GBytes) light_pdf = NULL;
  g_autoptr (GBytes) dark_pdf = NULL;

  dark->dark = TRUE;
  light_png = lb_chart_shot_make_png (light);
  dark_png = lb_chart_shot_make_png (dark);
  light_pdf = lb_chart_shot_make_pdf (light);
  dark_pdf = lb_chart_shot_make_pdf (dark);

  g_assert_false (g_bytes_equal (light_png, dark_png));
  g_assert_cmpuint (g_bytes_get_size (light_pdf), ==, g_bytes_get_size (dark_pdf));
}

static void
test_has_room_for_words (void)
{
  g_autoptr (LbChartShot) tiny = lb_chart_shot_new (0, 0);
  g_autoptr (LbChartShot) huge = lb_chart_shot_new (100000, 100000);

  g_assert_cmpfloat (tiny->width, ==, LB_CHART_SHOT_MIN_WIDTH);
  g_assert_cmpfloat (tiny->height, ==, LB_CHART_SHOT_MIN_HEIGHT);
  g_assert_cmpfloat (huge->width, ==, LB_CHART_SHOT_MAX_SIDE);
  g_assert_cmpfloat (huge->height, ==, LB_CHART_SHOT_MAX_SIDE);
}

/* The same colours as on the screen, although painting looks for who has a line. */
static void
test_paints_any_number_of_times (void)
{
  g_autoptr (LbChartShot) shot = create_history (20);
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;

  shot->selected = g_strdup (shot->slice->urls[7]);
  first = lb_chart_shot_make_svg (shot);
  second = lb_chart_shot_make_svg (shot);
  g_assert_true (g_bytes_equal (first, second));
  g_assert_cmpuint (shot->choice.n_chosen, ==, 0);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/shot/png-is-sharp", test_png_is_sharp);
  g_test_add_func ("/shot/svg-has-texts", test_svg_has_texts);
  g_test_add_func ("/shot/svg-is-xml", test_svg_is_xml);
  g_test_add_func ("/shot/pdf-is-a-page-of-its-size", test_pdf_is_a_page_of_its_size);
  g_test_add_func ("/shot/pdf-is-for-paper", test_pdf_is_for_paper);
  g_test_add_func ("/shot/has-room-for-words", test_has_room_for_words);
  g_test_add_func ("/shot/paints-any-number-of-times", test_paints_any_number_of_times);

  return g_test_run ();
}
