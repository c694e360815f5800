/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/lb-stats-chart.h"

#include "chart/lb-chart-font.h"
#include "chart/lb-chart-painter.h"
#include "chart/snapshot-fixture.h"
#include "pool/history-fixture.h"

#define N_THREADS 8

typedef struct
{
  const guchar *data;
  gsize length;
} Reader;

static LbStatsChartOptions
create_options (const char *query)
{
  g_autoptr (GError) error = NULL;
  LbStatsChartOptions options;

  lb_stats_chart_options_parse (query, strlen (query), &options, &error);
  g_assert_no_error (error);
  return options;
}

/* Some of each kind. */
static LbSnapshot *
create_snapshot (guint n_backends)
{
  LbSnapshot *snapshot = snapshot_fixture_new (n_backends);

  for (guint i = 3; i + 5 < n_backends; i += 11)
    {
      snapshot_fixture_break (snapshot, i);
      snapshot_fixture_forget (snapshot, i + 1);
      snapshot->backends[i + 2].state = LB_STATE_DRAIN;
      snapshot->backends[i + 3].state = LB_STATE_MAINT;
    }

  return snapshot;
}

static cairo_status_t
read_png (void *closure,
          unsigned char *data,
          unsigned int length)
{
  Reader *reader = closure;

  if (length > reader->length)
    return CAIRO_STATUS_READ_ERROR;

  memcpy (data, reader->data, length);
  reader->data += length;
  reader->length -= length;
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
decode (GBytes *png)
{
  Reader reader;
  cairo_surface_t *surface;

  reader.data = g_bytes_get_data (png, &reader.length);
  surface = cairo_image_surface_create_from_png_stream (read_png, &reader);
  g_assert_cmpint (cairo_surface_status (surface), ==, CAIRO_STATUS_SUCCESS);
  g_assert_cmpuint (reader.length, ==, 0);
  return surface;
}

/* The colour of the pixel in a corner, where nothing is painted. */
static guint32
get_background (cairo_surface_t *surface)
{
  guint32 pixel;

  memcpy (&pixel, cairo_image_surface_get_data (surface), sizeof pixel);
  return pixel & 0xffffff;
}

static void
assert_same_pixels (cairo_surface_t *a,
                    cairo_surface_t *b)
{
  int width = cairo_image_surface_get_width (a);
  int height = cairo_image_surface_get_height (a);

  g_assert_cmpint (cairo_image_surface_get_width (b), ==, width);
  g_assert_cmpint (cairo_image_surface_get_height (b), ==, height);

  for (int y = 0; y < height; y++)
    {
      const guchar *left =
        cairo_image_surface_get_data (a) + y * cairo_image_surface_get_stride (a);
      const guchar *right =
        cairo_image_surface_get_data (b) + y * cairo_image_surface_get_stride (b);

      for (int x = 0; x < width; x++)
        {
          guint32 one;
          guint32 other;

          memcpy (&one, left + 4 * x, sizeof one);
          memcpy (&other, right + 4 * x, sizeof other);
          g_assert_cmphex (one & 0xffffff, ==, other & 0xffffff);
        }
    }
}

static void
test_png_has_the_size_asked_for (void)
{
  static const struct
  {
    const char *query;
    int width;
    int height;
  } cases[] = {
    { "", 800, 400 },
    { "width=320&height=200", 320, 200 },
    { "width=200&height=140&scale=4", 800, 560 },
    { "width=3840&height=2160", 3840, 2160 },
    { "width=801&height=333&scale=3", 2403, 999 },
  };
  g_autoptr (LbSnapshot) snapshot = create_snapshot (30);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LbStatsChartOptions options = create_options (cases[i].query);
      g_autoptr (GBytes) png = lb_stats_chart_png (snapshot, &options);
      cairo_surface_t *surface = decode (png);

      g_assert_cmpint (cairo_image_surface_get_width (surface), ==, cases[i].width);
      g_assert_cmpint (cairo_image_surface_get_height (surface), ==, cases[i].height);
      cairo_surface_destroy (surface);
    }
}

static void
test_png_is_the_painters (void)
{
  static const guint numbers[] = { 0, 1, 5, 60, 1000 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (LbSnapshot) snapshot = create_snapshot (numbers[i]);
      LbStatsChartOptions options = create_options ("width=900&height=320&theme=dark");
      g_autoptr (GBytes) png = lb_stats_chart_png (snapshot, &options);
      PangoContext *context = lb_chart_font_context_new ();
      g_autoptr (LbChartLayout) layout =
        lb_chart_layout_new_to_fit (snapshot, PLAIN, context, 900, 320, FALSE);
      cairo_surface_t *painted = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 900, 320);
      cairo_surface_t *decoded = decode (png);
      cairo_t *cr = cairo_create (painted);
      LbChartPalette palette;

      lb_chart_palette_init_dark (&palette);
      cairo_set_source_rgb (cr, palette.background.red, palette.background.green,
                            palette.background.blue);
      cairo_paint (cr);
      lb_chart_paint (cr, layout, &palette, LB_CHART_NO_COLUMN);
      cairo_destroy (cr);

      assert_same_pixels (painted, decoded);
      cairo_surface_destroy (painted);
      cairo_surface_destroy (decoded);
      g_object_unref (context);
    }
}

static void
test_themes (void)
{
  g_autoptr (LbSnapshot) snapshot = create_snapshot (5);
  LbStatsChartOptions light = create_options ("theme=light");
  LbStatsChartOptions dark = create_options ("theme=dark");
  g_autoptr (GBytes) light_png = lb_stats_chart_png (snapshot, &light);
  g_autoptr (GBytes) dark_png = lb_stats_chart_png (snapshot, &dark);
  g_autoptr (GBytes) light_svg = lb_stats_chart_svg (snapshot, &light);
  g_autoptr (GBytes) dark_svg = lb_stats_chart_svg (snapshot, &dark);
  cairo_surface_t *light_surface = decode (light_png);
  cairo_surface_t *dark_surface = decode (dark_png);

  g_assert_cmphex (get_background (light_surface), ==, 0xf6f5f4);
  g_assert_cmphex (get_background (dark_surface), ==, 0x353535);
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (light_svg, NULL),
                                  (gssize) g_bytes_get_size (light_svg), "fill=\"#f6f5f4\""));
  g_assert_nonnull (g_strstr_len (g_bytes_get_data (dark_svg, NULL),
                                  (gssize) g_bytes_get_size (dark_svg), "fill=\"#353535\""));

  cairo_surface_destroy (light_surface);
  cairo_surface_destroy (dark_surface);
}

/* Dots are only finer: each is in the place where it would be without a scale. */
static void
test_scale_moves_nothing (void)
{
  g_autoptr (LbSnapshot) snapshot = create_snapshot (12);
  LbStatsChartOptions plain = create_options ("width=600&height=300");
  LbStatsChartOptions dense = create_options ("width=600&height=300&scale=2");
  g_autoptr (GBytes) plain_png = lb_stats_chart_png (snapshot, &plain);
  g_autoptr (GBytes) dense_png = lb_stats_chart_png (snapshot, &dense);
  g_autoptr (GBytes) plain_svg = lb_stats_chart_svg (snapshot, &plain);
  g_autoptr (GBytes) dense_svg = lb_stats_chart_svg (snapshot, &dense);
  cairo_surface_t *plain_surface = decode (plain_png);
  cairo_surface_t *dense_surface = decode (dense_png);
  guint n_solid = 0;

  for (int y = 0; y < 300; y++)
    {
      for (int x = 0; x < 600; x++)
        {
          guint32 one;
          guint32 other;

          memcpy (&one,
                  cairo_image_surface_get_data (plain_surface) +
                    y * cairo_image_surface_get_stride (plain_surface) + 4 * x,
                  sizeof one);
          memcpy (&other,
                  cairo_image_surface_get_data (dense_surface) +
                    2 * y * cairo_image_surface_get_stride (dense_surface) + 8 * x,
                  sizeof other);
          if ((one & 0xffffff) != 0x3584e4)
            continue;

          n_solid++;
          g_assert_cmphex (other & 0xffffff, ==, 0x3584e4);
        }
    }

  g_assert_cmpuint (n_solid, >, 1000);
  g_assert_true (g_bytes_equal (plain_svg, dense_svg));
  cairo_surface_destroy (plain_surface);
  cairo_surface_destroy (dense_surface);
}

typedef struct
{
  const LbSnapshot *snapshot;
  LbStatsChartOptions options;
  GBytes *png; /* as the main thread made it */
  GBytes *svg;
} Work;

static gpointer
make_pictures (gpointer data)
{
  const Work *work = data;

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GBytes) png = lb_stats_chart_png (work->snapshot, &work->options);
      g_autoptr (GBytes) svg = lb_stats_chart_svg (work->snapshot, &work->options);

      g_assert_true (g_bytes_equal (png, work->png));
      g_assert_true (g_bytes_equal (svg, work->svg));
    }

  return NULL;
}

static void
test_threads_make_the_same_pictures (void)
{
  g_autoptr (LbSnapshot) snapshot = create_snapshot (40);
  GThread *threads[N_THREADS];
  Work works[N_THREADS];

  for (guint i = 0; i < N_THREADS; i++)
    {
      g_autofree char *query = g_strdup_printf ("width=%u&height=240&scale=%u", 400 + 40 * i,
                                                1 + i % 2);

      works[i] = (Work){ .snapshot = snapshot, .options = create_options (query) };
      works[i].png = lb_stats_chart_png (snapshot, &works[i].options);
      works[i].svg = lb_stats_chart_svg (snapshot, &works[i].options);
    }

  for (guint i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("picture", make_pictures, &works[i]);

  for (guint i = 0; i < N_THREADS; i++)
    {
      g_thread_join (threads[i]);
      g_bytes_unref (works[i].png);
      g_bytes_unref (works[i].svg);
    }
}

static void
test_history_has_the_size_asked_for (void)
{
  static const guint numbers[] = { 0, 1, 5, 60 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      LbStatsChartOptions options =
        create_options ("view=history&seconds=600&width=201&height=140&scale=3&theme=dark");
      g_autoptr (LbHistorySlice) slice = NULL;
      g_autoptr (GBytes) png = NULL;
      g_autoptr (GBytes) svg = NULL;
      cairo_surface_t *surface;

      slice = history_fixture_new_slice (numbers[i], 600, history_fixture_vary, NULL);
      png = lb_stats_chart_history_png (slice, &options);
      surface = decode (png);
      g_assert_cmpint (cairo_image_surface_get_width (surface), ==, 603);
      g_assert_cmpint (cairo_image_surface_get_height (surface), ==, 420);
      g_assert_cmphex (get_background (surface), ==, 0x353535);
      cairo_surface_destroy (surface);

      svg = lb_stats_chart_history_svg (slice, &options);
      g_assert_nonnull (g_strstr_len (g_bytes_get_data (svg, NULL), (gssize) g_bytes_get_size (svg),
                                      "width=\"201\" height=\"140\""));
    }
}

/* As much of the history as was asked for, and with the options of the bars. */
static void
test_history_shows_what_is_asked_for (void)
{
  static const struct
  {
    const char *query;
    const char *words;
  } cases[] = {
    { "view=history&seconds=60", "1 minute up to " },
    { "view=history&seconds=3600", "60 minutes up to " },
    { "view=history&seconds=60&log=1&threshold=25", ">25 ms<" },
  };
  g_autoptr (LbHistorySlice) slice =
    history_fixture_new_slice (5, LB_HISTORY_SECONDS, history_fixture_vary, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LbStatsChartOptions options = create_options (cases[i].query);
      g_autoptr (GBytes) svg = lb_stats_chart_history_svg (slice, &options);

      g_test_message ("%s", cases[i].query);
      g_assert_nonnull (g_strstr_len (g_bytes_get_data (svg, NULL), (gssize) g_bytes_get_size (svg),
                                      cases[i].words));
    }
}

/* Far more than it takes, even under a sanitizer; what grows with the pool takes longer. */
static void
test_thousands_take_no_longer (void)
{
  g_autoptr (LbSnapshot) snapshot = create_snapshot (10000);
  LbStatsChartOptions options = create_options ("width=3840&height=2160");
  gint64 start_us = g_get_monotonic_time ();
  g_autoptr (GBytes) png = lb_stats_chart_png (snapshot, &options);
  g_autoptr (GBytes) svg = lb_stats_chart_svg (snapshot, &options);

  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 20 * G_TIME_SPAN_SECOND);
  g_assert_cmpuint (g_bytes_get_size (png), <, 1024 * 1024);
  g_assert_cmpuint (g_bytes_get_size (svg), <, 1024 * 1024);
}

int
main (int argc,
      char *argv[])
{
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add_func ("/stats/chart/" path, test)

  ADD ("png-has-the-size-asked-for", test_png_has_the_size_asked_for);
  ADD ("png-is-the-painters", test_png_is_the_painters);
  ADD ("themes", test_themes);
  ADD ("scale-moves-nothing", test_scale_moves_nothing);
  ADD ("threads-make-the-same-pictures", test_threads_make_the_same_pictures);
  ADD ("history-has-the-size-asked-for", test_history_has_the_size_asked_for);
  ADD ("history-shows-what-is-asked-for", test_history_shows_what_is_asked_for);
  ADD ("thousands-take-no-longer", test_thousands_take_no_longer);

#undef ADD

  return g_test_run ();
}
