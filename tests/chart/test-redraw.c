/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/lb-chart-painter.h"
#include "chart/layout-checks.h"

/*
 * What a redraw takes: a layout from a new snapshot, painted as GTK's Cairo renderer paints it. The
 * aim is 4 ms for 60 bars and 16 ms for 1000. The test is there for what makes it several times as
 * slow, not for a busy machine: the fastest of some redraws counts, and may take three times as long.
 */

#define REDRAWS 15
#define ALLOWANCE 3.0

/* A sanitizer takes longer for all it does. */
#ifdef __SANITIZE_ADDRESS__
#define SLOWDOWN 20.0
#else
#define SLOWDOWN 1.0
#endif

static PangoContext *context;

typedef struct
{
  const char *path;
  guint n_backends;
  int width;
  int height;
  gboolean fit;
  double aim_ms;
} Case;

static const Case cases[] = {
  { "/chart/redraw/60", 60, 960, 340, FALSE, 4 },
  { "/chart/redraw/60-in-sight", 60, 960, 340, TRUE, 4 },
  { "/chart/redraw/1000", 1000, 960, 340, FALSE, 16 },
  { "/chart/redraw/1000-on-a-large-screen", 1000, 3840, 1000, FALSE, 16 },
};

static const LbChartOptions all_options[] = {
  { LB_CHART_RESPONSE_TIMES, FALSE, 0 },
  { LB_CHART_RESPONSE_TIMES, TRUE, 20000 },
  { LB_CHART_TRAFFIC, FALSE, 0 },
};

static double
redraw (const Case *what,
        const LbSnapshot *snapshot,
        const LbChartOptions *options,
        cairo_surface_t *surface)
{
  const gint64 start_us = g_get_monotonic_time ();
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

  return (double) (g_get_monotonic_time () - start_us) / 1000.0;
}

static void
test_redraw (gconstpointer data)
{
  const Case *what = data;
  g_autoptr (LbSnapshot) snapshot = create_mixed_snapshot (what->n_backends, 0);
  cairo_surface_t *surface =
    cairo_image_surface_create (CAIRO_FORMAT_ARGB32, what->width, what->height);

  for (guint i = 0; i < G_N_ELEMENTS (all_options); i++)
    {
      double best_ms = G_MAXDOUBLE;

      for (guint j = 0; j < REDRAWS; j++)
        best_ms = MIN (best_ms, redraw (what, snapshot, &all_options[i], surface));

      g_test_message ("options %u: %.2f ms, aim %.0f ms", i, best_ms, what->aim_ms);
      g_assert_cmpfloat (best_ms, <, what->aim_ms * ALLOWANCE * SLOWDOWN);
    }

  cairo_surface_destroy (surface);
}

int
main (int argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, &cases[i], test_redraw);

  context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  status = g_test_run ();
  g_object_unref (context);

  return status;
}
