/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>

#include "chart/history-picture.h"
#include "chart/lb-history-painter.h"

#define END HISTORY_FIXTURE_END
#define WIDTH 600
#define HEIGHT 320

typedef struct
{
  HistoryPicture picture;
  LbChartPalette palette;
  cairo_surface_t *surface;
} Painting;

static void
paint (Painting *self,
       const LbHistoryReading *reading)
{
  cairo_t *cr = cairo_create (self->surface);
  LbChartInk ink;

  cairo_set_source_rgb (cr, self->palette.background.red, self->palette.background.green,
                        self->palette.background.blue);
  cairo_paint (cr);
  lb_chart_ink_init_cairo (&ink, cr);
  lb_history_paint (&ink, self->picture.layout, &self->palette);
  if (reading != NULL)
    lb_history_paint_reading (&ink, self->picture.layout, reading, &self->palette);
  cairo_destroy (cr);
  cairo_surface_flush (self->surface);
}

static void
init (Painting *self,
      guint n_backends,
      double length,
      HistoryFixtureFunc func)
{
  history_picture_init (&self->picture, history_fixture_new_slice (n_backends, 3600, func, NULL),
                        length, WIDTH, HEIGHT, FALSE);
  lb_chart_palette_init_light (&self->palette);
  self->surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, WIDTH, HEIGHT);
  paint (self, NULL);
}

static void
clear (Painting *self)
{
  cairo_surface_destroy (self->surface);
  history_picture_clear (&self->picture);
}

static guint32
get_pixel (const Painting *self,
           int x,
           int y)
{
  const guchar *data = cairo_image_surface_get_data (self->surface);
  const int stride = cairo_image_surface_get_stride (self->surface);

  return ((const guint32 *) (const void *) (data + y * stride))[x] & 0xffffff;
}

static guint32
to_pixel (const LbChartColor *color)
{
  return (guint32) round (color->red * 255) << 16 | (guint32) round (color->green * 255) << 8 |
         (guint32) round (color->blue * 255);
}

/* How many pixels of a rectangle have exactly a colour. */
static guint
count (const Painting *self,
       const cairo_rectangle_t *rect,
       const LbChartColor *color)
{
  guint n = 0;

  for (int y = (int) rect->y; y < (int) (rect->y + rect->height); y++)
    for (int x = (int) rect->x; x < (int) (rect->x + rect->width); x++)
      n += get_pixel (self, x, y) == to_pixel (color);

  return n;
}

static void
test_every_line_has_its_colour (void)
{
  Painting painting;

  init (&painting, 8, 600, history_fixture_vary);
  for (guint i = 0; i < 8; i++)
    g_assert_cmpuint (count (&painting, &painting.picture.layout->frame.plot,
                             &painting.palette.series[i]),
                      >, 100);
  clear (&painting);
}

static void
spike_once (LbHistorySample *sample,
            guint backend,
            gint64 second,
            gpointer user_data)
{
  if (second == END - 1000)
    sample->response_us = 100000;
}

/* Two kinds of drawing, whether a step is wide or narrow, and a spike is as high in both. */
static void
test_a_spike_is_as_high_from_far_away (void)
{
  static const double lengths[] = { 3600, 1200 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    {
      Painting painting;
      cairo_rectangle_t top;

      init (&painting, 1, lengths[i], spike_once);
      top = painting.picture.layout->frame.plot;
      top.height = 12;
      top.y = floor (lb_history_frame_get_y (&painting.picture.layout->frame, 100000)) - 1;
      g_assert_cmpuint (count (&painting, &top, &painting.palette.series[0]), >=, 8);
      clear (&painting);
    }
}

static void
be_down (LbHistorySample *sample,
         guint backend,
         gint64 second,
         gpointer user_data)
{
  if (backend == 0 && second >= END - 40 && second < END - 20)
    sample->health = LB_HEALTH_DOWN;
  if (backend == 1 && second >= END - 40 && second < END - 20)
    sample->state = LB_STATE_DRAIN;
  if (backend == 2 && second >= END - 40 && second < END - 20)
    sample->state = LB_STATE_MAINT;
}

static void
test_states_differ_without_colour (void)
{
  Painting painting;
  guint inks[3];

  init (&painting, 3, 60, be_down);
  for (guint i = 0; i < 3; i++)
    {
      const LbHistoryLane *lane = &painting.picture.layout->lanes[i];
      const LbHistoryBlock *block = &g_array_index (lane->blocks, LbHistoryBlock, 1);

      g_assert_nonnull (block->word.text);
      g_assert_cmpuint (lane->marks->len, ==, 2);
      inks[i] = count (&painting, &block->rect, &painting.palette.background);
    }

  /* Maintenance is empty but for its word, the others are tinted. */
  g_assert_cmpuint (inks[0], <, inks[2] / 2);
  g_assert_cmpuint (inks[1], <, inks[2] / 2);
  clear (&painting);
}

static void
test_a_gap_is_empty (void)
{
  Painting painting;
  cairo_rectangle_t gap;

  init (&painting, 1, 60, be_down);
  gap = painting.picture.layout->frame.plot;
  gap.x = ceil (lb_history_frame_get_x (&painting.picture.layout->frame, END - 38));
  gap.width = floor (lb_history_frame_get_x (&painting.picture.layout->frame, END - 22)) - gap.x;
  g_assert_cmpuint (count (&painting, &gap, &painting.palette.series[0]), ==, 0);
  clear (&painting);
}

static void
test_the_crosshair_is_over_it (void)
{
  Painting painting;
  g_autoptr (LbHistoryReading) reading = NULL;
  cairo_rectangle_t line;
  guint step;

  init (&painting, 3, 60, NULL);
  g_assert_true (lb_history_reading_find_step (painting.picture.layout, painting.picture.digest,
                                               END - 25.3, &step));
  reading = lb_history_reading_new (painting.picture.layout, painting.picture.digest,
                                    painting.picture.context, step, 1);
  line = painting.picture.layout->frame.plot;
  line.x = reading->x;
  line.width = 1;
  g_assert_cmpuint (count (&painting, &line, &painting.palette.background), >,
                    (guint) line.height / 2);

  paint (&painting, reading);
  g_assert_cmpuint (count (&painting, &line, &painting.palette.background), <, 5);
  g_assert_cmpuint (count (&painting, &reading->box, &painting.palette.background), >,
                    (guint) (reading->box.width * reading->box.height / 3));
  clear (&painting);
}

/* Nothing at all where there is no room, and no fault. */
static void
test_no_room (void)
{
  HistoryPicture picture;
  LbChartPalette palette;
  LbChartInk ink;
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 10, 10);
  cairo_t *cr = cairo_create (surface);

  history_picture_init (&picture, history_fixture_new_slice (3, 60, NULL, NULL), 60, 10, 10, FALSE);
  lb_chart_palette_init_dark (&palette);
  lb_chart_ink_init_cairo (&ink, cr);
  lb_history_paint (&ink, picture.layout, &palette);
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
  history_picture_clear (&picture);
}

/* How long it takes to draw once everything is prepared; the best of some, in milliseconds. */
static double
measure (guint n_backends)
{
  Painting painting;
  gint64 best_us = G_MAXINT64;

  init (&painting, n_backends, 3600, history_fixture_vary);
  for (guint i = 0; i < 10; i++)
    {
      const gint64 start_us = g_get_monotonic_time ();

      paint (&painting, NULL);
      best_us = MIN (best_us, g_get_monotonic_time () - start_us);
    }
  clear (&painting);

  return (double) best_us / 1000;
}

static void
test_is_fast (void)
{
  if (!g_test_perf ())
    {
      g_test_skip ("only with -m perf");
      return;
    }

  g_test_minimized_result (measure (60), "60 backends, an hour: %.2f ms", measure (60));
  g_assert_cmpfloat (measure (60), <, 4);
  g_assert_cmpfloat (measure (1000), <, 16);
}

int
main (int argc,
      char *argv[])
{
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add_func ("/chart/history-painter/" path, test)

  ADD ("every-line-has-its-colour", test_every_line_has_its_colour);
  ADD ("a-spike-is-as-high-from-far-away", test_a_spike_is_as_high_from_far_away);
  ADD ("states-differ-without-colour", test_states_differ_without_colour);
  ADD ("a-gap-is-empty", test_a_gap_is_empty);
  ADD ("the-crosshair-is-over-it", test_the_crosshair_is_over_it);
  ADD ("no-room", test_no_room);
  ADD ("is-fast", test_is_fast);

#undef ADD

  return g_test_run ();
}
