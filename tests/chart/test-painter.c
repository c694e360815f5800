/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/lb-chart-painter.h"
#include "chart/snapshot-fixture.h"

#define WIDTH 900
#define HEIGHT 320

/* A picture of a chart, painted without a display, and what it was painted from. */
typedef struct
{
  LbChartLayout *layout;
  LbChartPalette palette;
  cairo_surface_t *surface;
} Picture;

static void
picture_init (Picture *picture,
              const LbSnapshot *snapshot,
              gboolean rtl,
              double scroll,
              guint highlight)
{
  PangoContext *context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  const LbChartColor *background = &picture->palette.background;
  cairo_t *cr;

  picture->layout = lb_chart_layout_new (snapshot, PLAIN, context, WIDTH, HEIGHT, rtl, scroll);
  g_object_unref (context);
  picture->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  lb_chart_palette_init_light (&picture->palette);

  cr = cairo_create (picture->surface);
  cairo_set_source_rgb (cr, background->red, background->green, background->blue);
  cairo_paint (cr);
  lb_chart_paint (cr, picture->layout, &picture->palette, highlight);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (picture->surface);
}

static void
picture_clear (Picture *picture)
{
  lb_chart_layout_free (picture->layout);
  cairo_surface_destroy (picture->surface);
}

static gboolean
picture_has (const Picture *picture,
             double x,
             double y,
             const LbChartColor *color)
{
  const guchar *data = cairo_image_surface_get_data (picture->surface);
  int stride = cairo_image_surface_get_stride (picture->surface);
  guint32 pixel;

  g_assert_cmpfloat (x, >=, 0);
  g_assert_cmpfloat (x, <, WIDTH);
  g_assert_cmpfloat (y, >=, 0);
  g_assert_cmpfloat (y, <, HEIGHT);

  memcpy (&pixel, data + (int) y * stride + (int) x * 4, sizeof pixel);

  return ABS ((int) (pixel >> 16 & 0xff) - (int) (color->red * 255)) <= 2 &&
         ABS ((int) (pixel >> 8 & 0xff) - (int) (color->green * 255)) <= 2 &&
         ABS ((int) (pixel & 0xff) - (int) (color->blue * 255)) <= 2;
}

static guint
picture_count (const Picture *picture,
               const cairo_rectangle_t *rect,
               const LbChartColor *color)
{
  guint n = 0;

  for (double y = rect->y; y < rect->y + rect->height; y++)
    {
      for (double x = rect->x; x < rect->x + rect->width; x++)
        n += picture_has (picture, x, y, color);
    }

  return n;
}

/* How many runs of one colour a line of pixels has. */
static guint
picture_count_runs (const Picture *picture,
                    double y,
                    const LbChartColor *color)
{
  gboolean was_inside = FALSE;
  guint n = 0;

  for (int x = 0; x < WIDTH; x++)
    {
      gboolean inside = picture_has (picture, x, y, color);

      n += inside && !was_inside;
      was_inside = inside;
    }

  return n;
}

static void
test_one_bar_for_each_backend (void)
{
  static const guint numbers[] = { 1, 2, 5, 13, 20 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (numbers[i]);
      Picture picture;

      picture_init (&picture, snapshot, FALSE, 0, LB_CHART_NO_COLUMN);
      g_assert_cmpuint (
        picture_count_runs (&picture, picture.layout->plot.y + picture.layout->plot.height - 2,
                            &picture.palette.up),
        ==, numbers[i]);
      picture_clear (&picture);
    }
}

static void
test_bars_are_as_high_as_their_time (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (3);
  Picture picture;

  for (guint i = 0; i < 3; i++)
    {
      snapshot->backends[i].last_probe.response_us = 12000 * (i + 1);
      snapshot->backends[i].latency.p95_us = 40000;
    }

  picture_init (&picture, snapshot, FALSE, 0, LB_CHART_NO_COLUMN);
  for (guint i = 0; i < 3; i++)
    {
      const LbChartColumn *column = &picture.layout->columns[i];
      cairo_rectangle_t line = { column->bar.x + column->bar.width / 2, column->slot.y, 1,
                                 column->slot.height };
      double wanted =
        12000.0 * (i + 1) / (double) picture.layout->scale.top * picture.layout->plot.height;

      g_assert_cmpfloat_with_epsilon (picture_count (&picture, &line, &picture.palette.up), wanted,
                                      1.01);
    }
  picture_clear (&picture);
}

static void
test_down_is_hatched_and_crossed (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (3);
  const LbChartColumn *column;
  Picture picture;
  double area;
  guint n_hatched;

  snapshot_fixture_break (snapshot, 1);
  picture_init (&picture, snapshot, FALSE, 0, LB_CHART_NO_COLUMN);
  column = &picture.layout->columns[1];
  area = column->bar.width * column->bar.height;
  n_hatched = picture_count (&picture, &column->bar, &picture.palette.down);

  /* Neither empty nor solid, and no trace of the colour of one that is up. */
  g_assert_cmpfloat (n_hatched, >, area * 0.1);
  g_assert_cmpfloat (n_hatched, <, area * 0.8);
  g_assert_cmpuint (picture_count (&picture, &column->slot, &picture.palette.up), ==, 0);
  g_assert_true (picture_has (&picture,
                              column->sign.x + column->sign.width / 2,
                              column->sign.y + column->sign.height / 2,
                              &picture.palette.down));
  g_assert_cmpuint (picture_count (&picture, &column->sign, &picture.palette.down), <,
                    (guint) (column->sign.width * column->sign.height / 2));
  picture_clear (&picture);
}

static void
test_kinds_differ_without_colour (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (4);
  double solid;
  Picture picture;
  const LbChartColumn *columns;
  cairo_rectangle_t inner;
  cairo_rectangle_t top;

  snapshot->backends[1].state = LB_STATE_DRAIN;
  snapshot->backends[2].state = LB_STATE_MAINT;
  snapshot_fixture_forget (snapshot, 3);
  picture_init (&picture, snapshot, FALSE, 0, LB_CHART_NO_COLUMN);
  columns = picture.layout->columns;

  /* Draining: an outline with nothing of its colour inside. */
  inner = columns[1].bar;
  solid = inner.width * inner.height;
  g_assert_cmpfloat (picture_count (&picture, &inner, &picture.palette.up), >, inner.height);
  g_assert_cmpfloat (picture_count (&picture, &inner, &picture.palette.up), <, solid / 2);
  inner = (cairo_rectangle_t){ inner.x + 6, inner.y + 6, inner.width - 12, inner.height - 12 };
  g_assert_cmpuint (picture_count (&picture, &inner, &picture.palette.up), ==, 0);

  /* In maintenance: lines inside. Unknown: nothing inside, and a broken outline. */
  inner = columns[2].bar;
  inner = (cairo_rectangle_t){ inner.x + 6, inner.y + 4, inner.width - 12, inner.height - 8 };
  g_assert_cmpuint (picture_count (&picture, &inner, &picture.palette.background), <,
                    (guint) (inner.width * inner.height));
  inner = columns[3].bar;
  inner = (cairo_rectangle_t){ inner.x + 6, inner.y + 4, inner.width - 12, inner.height - 8 };
  g_assert_cmpuint (picture_count (&picture, &inner, &picture.palette.background), ==,
                    (guint) (inner.width * inner.height));
  top = (cairo_rectangle_t){ columns[3].bar.x + 6, columns[3].bar.y, columns[3].bar.width - 12, 1 };
  g_assert_cmpuint (picture_count (&picture, &top, &picture.palette.background), >, 3);
  g_assert_cmpuint (picture_count (&picture, &top, &picture.palette.background), <,
                    (guint) top.width - 3);
  picture_clear (&picture);
}

static void
test_right_to_left_is_mirrored (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (7);
  Picture ltr;
  Picture rtl;

  picture_init (&ltr, snapshot, FALSE, 0, LB_CHART_NO_COLUMN);
  picture_init (&rtl, snapshot, TRUE, 0, LB_CHART_NO_COLUMN);

  for (int y = 0; y < HEIGHT; y++)
    {
      for (int x = 0; x < WIDTH; x++)
        {
          g_assert_cmpint (picture_has (&ltr, x, y, &ltr.palette.up), ==,
                           picture_has (&rtl, WIDTH - 1 - x, y, &rtl.palette.up));
        }
    }

  picture_clear (&ltr);
  picture_clear (&rtl);
}

static void
test_scrolled_bars_end_at_the_axis (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (200);
  Picture picture;
  cairo_rectangle_t axis;

  for (guint i = 0; i < 200; i++)
    snapshot->backends[i].last_probe.response_us = snapshot->backends[i].latency.p95_us = 40000;

  picture_init (&picture, snapshot, FALSE, 1015, LB_CHART_NO_COLUMN);
  axis = (cairo_rectangle_t){ 0, 0, picture.layout->plot.x, HEIGHT };
  g_assert_cmpuint (picture_count (&picture, &axis, &picture.palette.up), ==, 0);

  /* The bar that is cut off by the axis is there all the same. */
  g_assert_cmpfloat (picture.layout->columns[0].bar.x, <, picture.layout->plot.x);
  g_assert_cmpuint (picture_count_runs (&picture, HEIGHT / 2, &picture.palette.up), >, 15);
  picture_clear (&picture);
}

static void
test_highlight_is_behind_its_bar (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (3);
  Picture picture;
  const LbChartColumn *columns;

  picture_init (&picture, snapshot, FALSE, 0, 1);
  columns = picture.layout->columns;
  g_assert_true (picture_has (&picture, columns[0].slot.x + 10, columns[0].slot.y + 15,
                              &picture.palette.background));
  g_assert_false (picture_has (&picture, columns[1].slot.x + 10, columns[1].slot.y + 15,
                               &picture.palette.background));
  g_assert_true (picture_has (&picture,
                              columns[1].bar.x + columns[1].bar.width / 2,
                              columns[1].bar.y + columns[1].bar.height / 2,
                              &picture.palette.up));
  picture_clear (&picture);
}

static void
test_no_grid_line_runs_through_a_text (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
  Picture picture;
  const cairo_rectangle_t *value;
  double y;

  /* The label of a bar just below a grid line is across it. */
  snapshot->backends[0].last_probe.response_us = 18000;
  snapshot->backends[0].latency.p95_us = 50000;
  picture_init (&picture, snapshot, FALSE, 0, LB_CHART_NO_COLUMN);
  value = &picture.layout->columns[0].value.rect;
  y = picture.layout->ticks[picture.layout->n_ticks - 1].y;
  g_assert_false (picture_has (&picture, value->x, y, &picture.palette.background));

  for (guint i = 0; i < picture.layout->n_ticks; i++)
    {
      y = picture.layout->ticks[i].y;
      if (y < value->y || y >= value->y + value->height)
        continue;

      g_assert_true (picture_has (&picture, value->x, y, &picture.palette.background));
      g_assert_false (picture_has (&picture, value->x - 2, y, &picture.palette.background));
      picture_clear (&picture);
      return;
    }

  g_assert_not_reached ();
}

int
main (int argc,
      char *argv[])
{
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/painter/one-bar-for-each-backend", test_one_bar_for_each_backend);
  g_test_add_func ("/chart/painter/bars-are-as-high-as-their-time",
                   test_bars_are_as_high_as_their_time);
  g_test_add_func ("/chart/painter/down-is-hatched-and-crossed", test_down_is_hatched_and_crossed);
  g_test_add_func ("/chart/painter/kinds-differ-without-colour", test_kinds_differ_without_colour);
  g_test_add_func ("/chart/painter/right-to-left-is-mirrored", test_right_to_left_is_mirrored);
  g_test_add_func ("/chart/painter/scrolled-bars-end-at-the-axis",
                   test_scrolled_bars_end_at_the_axis);
  g_test_add_func ("/chart/painter/highlight-is-behind-its-bar", test_highlight_is_behind_its_bar);
  g_test_add_func ("/chart/painter/no-grid-line-runs-through-a-text",
                   test_no_grid_line_runs_through_a_text);

  return g_test_run ();
}
