/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <time.h>

#include "chart/history-picture.h"
#include "chart/lb-chart-painter.h"
#include "chart/lb-history-painter.h"
#include "chart/layout-checks.h"

/*
 * What a redraw takes: a layout from new figures, painted as GTK's Cairo renderer paints it. It has to
 * take less than 4 ms with 60 backends, and less than 16 ms with 1000, in each view. What else the
 * machine does should not count, so it is the processor's time, and the best of some redraws.
 */

#define REDRAWS 15

/* A sanitizer takes longer for all it does. */
#ifdef __SANITIZE_ADDRESS__
#define SLOWDOWN 20.0
#else
#define SLOWDOWN 1.0
#endif

static PangoContext *context;

typedef struct
{
  guint n_backends;
  int width;
  int height;
  gboolean fit;
  double limit_ms;
} Case;

/* The last is a whole large screen, on which a hundred bars are in sight instead of thirty. */
static const Case cases[] = {
  { 60, 960, 340, FALSE, 4 },
  { 60, 960, 340, TRUE, 4 },
  { 1000, 960, 340, FALSE, 16 },
  { 1000, 3840, 1400, FALSE, 48 },
};

static const struct
{
  const char *name;
  LbChartOptions options;
} views[] = {
  { "response-times", { LB_CHART_RESPONSE_TIMES, FALSE, 0 } },
  { "response-times, logarithmic", { LB_CHART_RESPONSE_TIMES, TRUE, 20000 } },
  { "traffic", { LB_CHART_TRAFFIC, FALSE, 0 } },
};

static double
get_cpu_ms (void)
{
  struct timespec time;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &time);

  return (double) time.tv_sec * 1e3 + (double) time.tv_nsec / 1e6;
}

static cairo_surface_t *
create_surface (const Case *what)
{
  return cairo_image_surface_create (CAIRO_FORMAT_ARGB32, what->width, what->height);
}

static void
assert_quick (const Case *what,
              const char *name,
              double best_ms)
{
  g_test_message ("%s, %u backends, %d x %d: %.2f ms", name, what->n_backends, what->width,
                  what->height, best_ms);
  g_assert_cmpfloat (best_ms, <, what->limit_ms * SLOWDOWN);
}

static double
redraw_bars (const Case *what,
             const LbSnapshot *snapshot,
             const LbChartOptions *options,
             cairo_surface_t *surface)
{
  const double start_ms = get_cpu_ms ();
  g_autoptr (LbChartLayout) layout = NULL;
  LbChartPalette palette;
  cairo_t *cr;

  if (what->fit)
    layout = lb_chart_layout_new_to_fit (snapshot, options, context, what->width, what->height,
                                         FALSE);
  else
    layout = lb_chart_layout_new (snapshot, options, context, what->width, what->height, FALSE, 0);

  lb_chart_palette_init_light (&palette);
  cr = cairo_create (surface);
  lb_chart_paint (cr, layout, &palette, LB_CHART_NO_COLUMN);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return get_cpu_ms () - start_ms;
}

static void
test_bars (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LbSnapshot) snapshot = create_mixed_snapshot (cases[i].n_backends, 0);
      cairo_surface_t *surface = create_surface (&cases[i]);

      for (guint j = 0; j < G_N_ELEMENTS (views); j++)
        {
          double best_ms = G_MAXDOUBLE;

          for (guint k = 0; k < REDRAWS; k++)
            best_ms = MIN (best_ms, redraw_bars (&cases[i], snapshot, &views[j].options, surface));
          assert_quick (&cases[i], views[j].name, best_ms);
        }

      cairo_surface_destroy (surface);
    }
}

/* The window condenses a long history in another thread, once for each new figure. */
static double
redraw_history (const Case *what,
                const HistoryPicture *picture,
                cairo_surface_t *surface)
{
  static const LbChartOptions options = { LB_CHART_RESPONSE_TIMES, FALSE, 0 };
  const double start_ms = get_cpu_ms ();
  g_autoptr (LbHistoryLayout) layout = NULL;
  LbChartPalette palette;
  LbChartInk ink;
  cairo_t *cr;

  layout = lb_history_layout_new (picture->digest, &picture->range, &picture->choice, &options,
                                  context, what->width, what->height, FALSE);
  lb_chart_palette_init_light (&palette);
  cr = cairo_create (surface);
  lb_chart_ink_init_cairo (&ink, cr);
  lb_history_paint (&ink, layout, &palette);
  cairo_destroy (cr);
  cairo_surface_flush (surface);

  return get_cpu_ms () - start_ms;
}

static void
test_history (void)
{
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      cairo_surface_t *surface = create_surface (&cases[i]);
      HistoryPicture picture;
      double best_ms = G_MAXDOUBLE;

      history_picture_init (&picture,
                            history_fixture_new_slice (cases[i].n_backends, LB_HISTORY_SECONDS,
                                                       history_fixture_vary, NULL),
                            LB_HISTORY_SECONDS, cases[i].width, cases[i].height, FALSE);
      for (guint j = 0; j < REDRAWS; j++)
        best_ms = MIN (best_ms, redraw_history (&cases[i], &picture, surface));
      assert_quick (&cases[i], "history", best_ms);

      history_picture_clear (&picture);
      cairo_surface_destroy (surface);
    }
}

int
main (int argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/redraw/bars", test_bars);
  g_test_add_func ("/chart/redraw/history", test_history);

  context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  status = g_test_run ();
  g_object_unref (context);

  return status;
}
