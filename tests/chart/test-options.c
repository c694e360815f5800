/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/layout-checks.h"
#include "chart/lb-chart-painter.h"
#include "chart/lb-chart-svg.h"

/*
 * What the options make of a chart: another measure, a logarithmic axis, a threshold.
 */

static PangoContext *context;

static const LbChartOptions all_options[] = {
  { LB_CHART_RESPONSE_TIMES, FALSE, 20000 },   { LB_CHART_RESPONSE_TIMES, FALSE, 30000 },
  { LB_CHART_RESPONSE_TIMES, FALSE, 1500000 }, { LB_CHART_RESPONSE_TIMES, TRUE, 0 },
  { LB_CHART_RESPONSE_TIMES, TRUE, 100 },      { LB_CHART_RESPONSE_TIMES, TRUE, 27000 },
  { LB_CHART_RESPONSE_TIMES, TRUE, 5000000 },  { LB_CHART_TRAFFIC, FALSE, 0 },
  { LB_CHART_TRAFFIC, TRUE, 20000 },
};

/* Some have more, some less than they should. */
static void
add_traffic (LbSnapshot *snapshot)
{
  double sum = 0;
  double expected = 0;

  for (guint i = 0; i < snapshot->n_backends; i++)
    {
      LbBackendFigures *figures = &snapshot->backends[i];

      figures->recent_share = i % 7 == 3 ? 0 : 1 + i * 37 % 11;
      figures->expected_share = figures->health == LB_HEALTH_DOWN ? 0 : 1;
      sum += figures->recent_share;
      expected += figures->expected_share;
    }

  for (guint i = 0; i < snapshot->n_backends; i++)
    {
      snapshot->backends[i].recent_share /= sum;
      if (expected > 0)
        snapshot->backends[i].expected_share /= expected;
    }
}

static void
test_nothing_overlaps (void)
{
  for (guint n_backends = 1; n_backends <= 90; n_backends += 1 + n_backends / 5)
    {
      g_autoptr (LbSnapshot) snapshot = create_mixed_snapshot (n_backends, n_backends);

      add_traffic (snapshot);
      for (guint i = 0; i < G_N_ELEMENTS (sizes) * G_N_ELEMENTS (all_options); i++)
        {
          const LbChartOptions *options = &all_options[i % G_N_ELEMENTS (all_options)];
          const Size *size = &sizes[i / G_N_ELEMENTS (all_options)];
          g_autoptr (LbChartLayout) window = lb_chart_layout_new (
            snapshot, options, context, size->width, size->height, FALSE, n_backends * 3);
          g_autoptr (LbChartLayout) picture = lb_chart_layout_new_to_fit (
            snapshot, options, context, size->width, size->height, FALSE);

          g_assert_cmpuint (window->n_columns, >, 0);
          assert_tidy (window, LEAST_BAR);
          assert_tidy (picture, LEAST_FITTED_BAR);
        }
    }
}

static void
test_right_to_left_is_mirrored (void)
{
  g_autoptr (LbSnapshot) snapshot = create_mixed_snapshot (9, 0);

  for (guint i = 0; i < G_N_ELEMENTS (all_options); i++)
    {
      g_autoptr (LbChartLayout) ltr =
        lb_chart_layout_new (snapshot, &all_options[i], context, 400, 300, FALSE, 0);
      g_autoptr (LbChartLayout) rtl =
        lb_chart_layout_new (snapshot, &all_options[i], context, 400, 300, TRUE, 0);

      assert_mirrored (ltr, &ltr->threshold.label.rect, &rtl->threshold.label.rect);
      g_assert_cmpfloat (ltr->threshold.y, ==, rtl->threshold.y);
      g_assert_cmpuint (ltr->n_legend, ==, rtl->n_legend);
      for (guint j = 0; j < ltr->n_legend; j++)
        {
          assert_mirrored (ltr, &ltr->legend[j].label.rect, &rtl->legend[j].label.rect);
          assert_mirrored (ltr, &ltr->legend[j].sample, &rtl->legend[j].sample);
        }
    }
}

static LbChartLayout *
create_layout (const LbSnapshot *snapshot,
               const LbChartOptions *options)
{
  return lb_chart_layout_new (snapshot, options, context, 900, 320, FALSE, 0);
}

static double
get_floor (const LbChartLayout *layout)
{
  return layout->plot.y + layout->plot.height;
}

static void
test_decades_are_equally_high (void)
{
  const LbChartOptions options = { LB_CHART_RESPONSE_TIMES, TRUE, 0 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (4);
  g_autoptr (LbChartLayout) layout = NULL;
  double step;

  for (guint i = 0; i < 4; i++)
    {
      static const gint64 times_us[] = { 200, 2000, 20000, 200000 };

      snapshot->backends[i].last_probe.response_us = times_us[i];
      snapshot->backends[i].latency.p95_us = times_us[i];
    }

  layout = create_layout (snapshot, &options);
  g_assert_cmpint (layout->scale.bottom, ==, 100);
  step = layout->columns[1].bar.height - layout->columns[0].bar.height;
  g_assert_cmpfloat (step, >, 20);
  for (guint i = 2; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (
      layout->columns[i].bar.height - layout->columns[i - 1].bar.height, step, 1.01);

  g_assert_cmpstr (pango_layout_get_text (layout->columns[0].value.text), ==, "200 µs");
  g_assert_cmpstr (pango_layout_get_text (layout->title.text), ==, "Response time, logarithmic");
}

static LbChartLayout *
create_narrow_bars (gboolean log_scale,
                    gint64 first_us,
                    gint64 others_us)
{
  const LbChartOptions options = { LB_CHART_RESPONSE_TIMES, log_scale, 0 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (24);

  for (guint i = 0; i < snapshot->n_backends; i++)
    {
      snapshot->backends[i].last_probe.response_us = i == 0 ? first_us : others_us;
      snapshot->backends[i].latency.n_samples = 0;
    }

  return create_layout (snapshot, &options);
}

/* Where there is no room for units all numbers have the same, in which each of them says something. */
static void
test_units_of_narrow_bars (void)
{
  static const struct
  {
    gboolean log_scale;
    gint64 first_us;
    gint64 others_us;
    const char *first;
    const char *others;
    const char *top;
  } cases[] = {
    { FALSE, 1010000, 990000, "1.01", "0.99", "1.5 s" },
    { FALSE, 1010000, 9300, "1010", "9.30", "1500 ms" },
    { FALSE, 1010000, 300, "1010", "0.30", "1500 ms" },
    { FALSE, 3100, 40, "3100", "40", "4000 µs" },
    { TRUE, 1010000, 990000, "1010", "990", "2 s" },
    { TRUE, 3000000, 400, "3000", "0.40", "5 s" },
    /* Not if the axis would have too many digits. */
    { FALSE, 30000000, 9300, "30.0", "9.30 ms", "30 s" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LbChartLayout) layout = NULL;

      layout = create_narrow_bars (cases[i].log_scale, cases[i].first_us, cases[i].others_us);
      g_assert_cmpstr (pango_layout_get_text (layout->columns[0].value.text), ==, cases[i].first);
      g_assert_cmpstr (pango_layout_get_text (layout->columns[8].value.text), ==, cases[i].others);
      g_assert_cmpstr (pango_layout_get_text (layout->ticks[layout->n_ticks - 1].label.text), ==,
                       cases[i].top);
    }
}

/* It does not flatten the bars: an arrow points to where it is. */
static void
test_far_mark (void)
{
  const LbChartOptions logarithmic = { LB_CHART_RESPONSE_TIMES, TRUE, 0 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (5);
  g_autoptr (LbChartLayout) without = create_layout (snapshot, PLAIN);
  g_autoptr (LbChartLayout) layout = NULL;
  g_autoptr (LbChartLayout) log_layout = NULL;

  snapshot->backends[1].latency.p95_us = 2000000;
  layout = create_layout (snapshot, PLAIN);
  g_assert_cmpint (layout->scale.top, ==, without->scale.top);
  g_assert_true (layout->columns[1].mark_is_above);
  g_assert_cmpfloat (layout->columns[1].mark.y, ==, layout->plot.y);
  g_assert_cmpfloat (layout->columns[1].mark.height, ==, LB_CHART_ARROW);
  g_assert_false (layout->columns[0].mark_is_above);

  log_layout = create_layout (snapshot, &logarithmic);
  g_assert_cmpint (log_layout->scale.top, ==, 2000000);
  g_assert_false (log_layout->columns[1].mark_is_above);
}

static void
test_traffic_has_bars_and_ticks (void)
{
  const LbChartOptions options = { LB_CHART_TRAFFIC, FALSE, 0 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (3);
  g_autoptr (LbChartLayout) layout = NULL;
  double whole;

  snapshot->backends[0].recent_share = 0.5;
  snapshot->backends[0].expected_share = 0.25;
  snapshot->backends[1].recent_share = 0.5;
  snapshot->backends[1].expected_share = 0.75;
  snapshot->backends[2].recent_share = 0;
  snapshot->backends[2].expected_share = 0;
  snapshot->backends[2].state = LB_STATE_DRAIN;

  layout = create_layout (snapshot, &options);
  whole = layout->plot.height * LB_CHART_WHOLE / (double) layout->scale.top;
  g_assert_cmpfloat_with_epsilon (layout->columns[0].bar.height, 0.5 * whole, 0.51);
  g_assert_cmpfloat_with_epsilon (get_floor (layout) - layout->columns[0].mark.y, 0.25 * whole,
                                  0.51);
  g_assert_cmpfloat_with_epsilon (get_floor (layout) - layout->columns[1].mark.y, 0.75 * whole,
                                  0.51);
  g_assert_cmpstr (pango_layout_get_text (layout->columns[0].value.text), ==, "50.0%");
  g_assert_true (layout->columns[2].stub);
  g_assert_cmpfloat (layout->columns[2].mark.width, ==, 0);
  g_assert_cmpstr (pango_layout_get_text (layout->columns[2].value.text), ==, "drain");

  g_assert_cmpuint (layout->n_legend, ==, 1);
  g_assert_cmpint (layout->legend[0].key, ==, LB_CHART_KEY_MARK);
  g_assert_cmpstr (pango_layout_get_text (layout->legend[0].label.text), ==,
                   "Expected by the policy");
}

static void
test_traffic_says_what_is_not_known (void)
{
  const LbChartOptions options = { LB_CHART_TRAFFIC, FALSE, 0 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (2);
  g_autoptr (LbChartLayout) unexpected = NULL;
  g_autoptr (LbChartLayout) quiet = NULL;

  for (guint i = 0; i < 2; i++)
    snapshot->backends[i].expected_share = -1;
  unexpected = create_layout (snapshot, &options);
  g_assert_cmpuint (unexpected->n_legend, ==, 1);
  g_assert_cmpint (unexpected->legend[0].key, ==, LB_CHART_KEY_NONE);
  g_assert_cmpfloat (unexpected->columns[0].mark.width, ==, 0);
  g_assert_null (unexpected->sentence.text);

  for (guint i = 0; i < 2; i++)
    snapshot->backends[i].recent_share = -1;
  quiet = create_layout (snapshot, &options);
  g_assert_cmpstr (pango_layout_get_text (quiet->sentence.text), ==,
                   "No request was redirected in the last minute.");
  g_assert_true (quiet->columns[0].stub);
  g_assert_null (quiet->columns[0].value.text);
}

static void
test_threshold_is_a_line (void)
{
  const LbChartOptions options = { LB_CHART_RESPONSE_TIMES, FALSE, 25000 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (2);
  g_autoptr (LbChartLayout) layout = NULL;

  for (guint i = 0; i < 2; i++)
    {
      snapshot->backends[i].last_probe.response_us = i == 0 ? 24000 : 26000;
      snapshot->backends[i].latency.p95_us = 40000;
    }

  layout = create_layout (snapshot, &options);
  g_assert_cmpstr (pango_layout_get_text (layout->threshold.label.text), ==, "25 ms");
  g_assert_cmpfloat_with_epsilon (get_floor (layout) - layout->threshold.y,
                                  layout->plot.height * 25000 / (double) layout->scale.top, 0.51);
  g_assert_false (layout->columns[0].slow);
  g_assert_cmpfloat (layout->columns[0].sign.width, ==, 0);
  g_assert_true (layout->columns[1].slow);
  g_assert_cmpfloat (layout->columns[1].sign.width, >, 0);

  g_assert_cmpuint (layout->n_legend, ==, 2);
  g_assert_cmpint (layout->legend[1].key, ==, LB_CHART_KEY_SLOW);
  g_assert_cmpstr (pango_layout_get_text (layout->legend[1].label.text), ==, "Slower than 25 ms");
}

/* It does not flatten the bars, unless the axis is one on which it cannot. */
static void
test_far_threshold (void)
{
  const LbChartOptions linear = { LB_CHART_RESPONSE_TIMES, FALSE, 2000000 };
  const LbChartOptions logarithmic = { LB_CHART_RESPONSE_TIMES, TRUE, 2000000 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (5);
  g_autoptr (LbChartLayout) without = create_layout (snapshot, PLAIN);
  g_autoptr (LbChartLayout) layout = create_layout (snapshot, &linear);
  g_autoptr (LbChartLayout) log_layout = create_layout (snapshot, &logarithmic);

  g_assert_cmpint (layout->scale.top, ==, without->scale.top);
  g_assert_null (layout->threshold.label.text);
  g_assert_cmpuint (layout->n_legend, ==, 2);

  g_assert_cmpint (log_layout->scale.top, ==, 2000000);
  g_assert_cmpstr (pango_layout_get_text (log_layout->threshold.label.text), ==, "2 s");
}

static void
test_legend_goes_below (void)
{
  const LbChartOptions options = { LB_CHART_RESPONSE_TIMES, TRUE, 20000 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (3);
  g_autoptr (LbChartLayout) high = NULL;
  g_autoptr (LbChartLayout) low = NULL;

  high = lb_chart_layout_new (snapshot, &options, context, 300, 300, FALSE, 0);
  g_assert_cmpuint (high->n_legend, ==, 2);
  g_assert_cmpfloat (high->legend[0].label.rect.y, >,
                     high->title.rect.y + high->title.rect.height);

  /* Rather less of it than no chart. */
  low = lb_chart_layout_new (snapshot, &options, context, 300, 190, FALSE, 0);
  g_assert_nonnull (low->title.text);
  g_assert_cmpuint (low->n_legend, <, 2);
  g_assert_cmpuint (low->n_columns, ==, 3);
}

static LbChartColor
get_pixel (cairo_surface_t *surface,
           double x,
           double y)
{
  const guchar *data = cairo_image_surface_get_data (surface);
  guint32 pixel;

  memcpy (&pixel, data + (int) y * cairo_image_surface_get_stride (surface) + (int) x * 4,
          sizeof pixel);

  return (LbChartColor){ (pixel >> 16 & 0xff) / 255.0, (pixel >> 8 & 0xff) / 255.0,
                         (pixel & 0xff) / 255.0, 1 };
}

static gboolean
has_color (cairo_surface_t *surface,
           double x,
           double y,
           const LbChartColor *color)
{
  const LbChartColor pixel = get_pixel (surface, x, y);

  return ABS (pixel.red - color->red) < 0.02 && ABS (pixel.green - color->green) < 0.02 &&
         ABS (pixel.blue - color->blue) < 0.02;
}

static cairo_surface_t *
paint (const LbChartLayout *layout,
       const LbChartPalette *palette)
{
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) layout->width, (int) layout->height);
  cairo_t *cr = cairo_create (surface);

  cairo_set_source_rgb (cr, palette->background.red, palette->background.green,
                        palette->background.blue);
  cairo_paint (cr);
  lb_chart_paint (cr, layout, palette, LB_CHART_NO_COLUMN);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return surface;
}

/* Below the line as any other, above it another colour, and over it a triangle: not the colour alone. */
static void
test_slow_bars_look_slow (void)
{
  const LbChartOptions options = { LB_CHART_RESPONSE_TIMES, FALSE, 20000 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (2);
  g_autoptr (LbChartLayout) layout = NULL;
  cairo_surface_t *surface;
  LbChartPalette palette;
  const LbChartColumn *column;
  double x;

  for (guint i = 0; i < 2; i++)
    {
      snapshot->backends[i].last_probe.response_us = i == 0 ? 15000 : 40000;
      snapshot->backends[i].latency.n_samples = 0;
    }

  lb_chart_palette_init_light (&palette);
  layout = create_layout (snapshot, &options);
  surface = paint (layout, &palette);
  column = &layout->columns[1];
  x = column->bar.x + column->bar.width / 2;

  g_assert_true (has_color (surface, x, get_floor (layout) - 5, &palette.up));
  g_assert_true (has_color (surface, x, layout->threshold.y + 2, &palette.up));
  g_assert_true (has_color (surface, x, layout->threshold.y - 2, &palette.slow));
  g_assert_true (has_color (surface, x, column->bar.y + 5, &palette.slow));
  g_assert_true (
    has_color (surface, x, column->sign.y + column->sign.height - 2, &palette.slow));
  g_assert_true (has_color (surface, column->sign.x, column->sign.y, &palette.background));

  column = &layout->columns[0];
  g_assert_true (has_color (surface, column->bar.x + 5, column->bar.y + 7, &palette.up));
  cairo_surface_destroy (surface);
}

/* Dashed, all the way across. */
static void
test_line_is_dashed (void)
{
  const LbChartOptions options = { LB_CHART_RESPONSE_TIMES, FALSE, 33000 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
  g_autoptr (LbChartLayout) layout = NULL;
  cairo_surface_t *surface;
  LbChartPalette palette;
  guint n_clear = 0;
  guint n_line = 0;

  snapshot->backends[0].last_probe.response_us = 15000;
  snapshot->backends[0].latency.p95_us = 50000;
  lb_chart_palette_init_light (&palette);
  layout = create_layout (snapshot, &options);
  surface = paint (layout, &palette);

  for (double x = layout->plot.x; x < layout->plot.x + layout->plot.width; x++)
    {
      if (has_color (surface, x, layout->threshold.y, &palette.background))
        n_clear++;
      else
        n_line++;
    }

  g_assert_cmpfloat_with_epsilon (n_line, layout->plot.width * 0.6, layout->plot.width * 0.05);
  g_assert_cmpfloat_with_epsilon (n_clear, layout->plot.width * 0.4, layout->plot.width * 0.05);
  cairo_surface_destroy (surface);
}

static void
test_svg_says_what_it_shows (void)
{
  const LbChartOptions traffic = { LB_CHART_TRAFFIC, FALSE, 0 };
  const LbChartOptions slow = { LB_CHART_RESPONSE_TIMES, TRUE, 1000 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (2);
  g_autoptr (LbChartLayout) traffic_layout = create_layout (snapshot, &traffic);
  g_autoptr (LbChartLayout) slow_layout = create_layout (snapshot, &slow);
  g_autoptr (GBytes) traffic_svg = NULL;
  g_autoptr (GBytes) slow_svg = NULL;
  LbChartPalette palette;
  g_autofree char *text = NULL;
  g_autofree char *slow_text = NULL;

  lb_chart_palette_init_dark (&palette);
  traffic_svg = lb_chart_svg (traffic_layout, &palette, snapshot);
  text = g_strndup (g_bytes_get_data (traffic_svg, NULL), g_bytes_get_size (traffic_svg));
  g_assert_nonnull (strstr (text, "<title>Traffic of the backends</title>"));
  g_assert_nonnull (strstr (text, "Share of the last minute: 50.0%"));
  g_assert_nonnull (strstr (text, ">Expected by the policy</text>"));

  slow_svg = lb_chart_svg (slow_layout, &palette, snapshot);
  slow_text = g_strndup (g_bytes_get_data (slow_svg, NULL), g_bytes_get_size (slow_svg));
  g_assert_nonnull (strstr (slow_text, "<title>Response times of the backends</title>"));
  g_assert_nonnull (strstr (slow_text, ">Slower than 1 ms</text>"));
  g_assert_nonnull (strstr (slow_text, "Slower than 1 ms\n"));
  g_assert_nonnull (strstr (slow_text, "stroke-dasharray=\"6 4\""));
}

int
main (int argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add_func ("/chart/options/" path, test)

  ADD ("nothing-overlaps", test_nothing_overlaps);
  ADD ("right-to-left-is-mirrored", test_right_to_left_is_mirrored);
  ADD ("decades-are-equally-high", test_decades_are_equally_high);
  ADD ("units-of-narrow-bars", test_units_of_narrow_bars);
  ADD ("far-mark", test_far_mark);
  ADD ("traffic-has-bars-and-ticks", test_traffic_has_bars_and_ticks);
  ADD ("traffic-says-what-is-not-known", test_traffic_says_what_is_not_known);
  ADD ("threshold-is-a-line", test_threshold_is_a_line);
  ADD ("far-threshold", test_far_threshold);
  ADD ("legend-goes-below", test_legend_goes_below);
  ADD ("slow-bars-look-slow", test_slow_bars_look_slow);
  ADD ("line-is-dashed", test_line_is_dashed);
  ADD ("svg-says-what-it-shows", test_svg_says_what_it_shows);

#undef ADD

  context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  status = g_test_run ();
  g_object_unref (context);

  return status;
}
