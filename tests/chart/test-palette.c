/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/lb-chart-palette.h"

static const LbChartColor black = { 0, 0, 0, 1 };
static const LbChartColor white = { 1, 1, 1, 1 };

/* What WCAG 2.1 asks of text (1.4.3) and of what carries meaning (1.4.11). */
#define TEXT_CONTRAST 4.5
#define MARK_CONTRAST 3.0

static void
assert_readable (const LbChartPalette *palette,
                 const LbChartColor *background)
{
  g_assert_cmpfloat (lb_chart_color_contrast (&palette->text, background), >=, TEXT_CONTRAST);
  g_assert_cmpfloat (lb_chart_color_contrast (&palette->dim_text, background), >=, TEXT_CONTRAST);
  g_assert_cmpfloat (lb_chart_color_contrast (&palette->mark, background), >=, MARK_CONTRAST);
  g_assert_cmpfloat (lb_chart_color_contrast (&palette->up, background), >=, MARK_CONTRAST);
  g_assert_cmpfloat (lb_chart_color_contrast (&palette->down, background), >=, MARK_CONTRAST);
  g_assert_cmpfloat (lb_chart_color_contrast (&palette->idle, background), >=, MARK_CONTRAST);
  for (guint i = 0; i < LB_CHART_N_SERIES; i++)
    g_assert_cmpfloat (lb_chart_color_contrast (&palette->series[i], background), >=,
                       MARK_CONTRAST);
}

static void
test_contrast_formula (void)
{
  static const LbChartColor grey = { 0x76 / 255.0, 0x76 / 255.0, 0x76 / 255.0, 1 };
  static const LbChartColor half_black = { 0, 0, 0, 0.5 };

  g_assert_cmpfloat_with_epsilon (lb_chart_color_contrast (&black, &white), 21, 1e-9);
  g_assert_cmpfloat_with_epsilon (lb_chart_color_contrast (&white, &black), 21, 1e-9);
  g_assert_cmpfloat_with_epsilon (lb_chart_color_contrast (&white, &white), 1, 1e-9);
  g_assert_cmpfloat_with_epsilon (lb_chart_color_contrast (&grey, &white), 4.54, 0.005);
  g_assert_cmpfloat_with_epsilon (lb_chart_color_contrast (&half_black, &white), 3.98, 0.005);
}

static void
test_light_is_readable (void)
{
  LbChartPalette palette;

  lb_chart_palette_init_light (&palette);
  assert_readable (&palette, &palette.background);
  assert_readable (&palette, &white);
}

static void
test_dark_is_readable (void)
{
  LbChartPalette palette;

  lb_chart_palette_init_dark (&palette);
  assert_readable (&palette, &palette.background);
  assert_readable (&palette, &black);
}

static void
test_grid_is_quieter_than_the_axis (void)
{
  LbChartPalette palette;

  lb_chart_palette_init_light (&palette);
  g_assert_cmpfloat (lb_chart_color_contrast (&palette.grid, &palette.background), <,
                     lb_chart_color_contrast (&palette.axis, &palette.background));
  g_assert_cmpfloat (lb_chart_color_contrast (&palette.grid, &palette.background), >, 1.05);
}

static void
test_follows_the_theme (void)
{
  static const LbChartColor light_text = { 0.9, 0.9, 0.8, 1 };
  static const LbChartColor dark_text = { 0.2, 0.1, 0.1, 1 };
  LbChartPalette palette;
  LbChartPalette light;
  LbChartPalette dark;

  lb_chart_palette_init_light (&light);
  lb_chart_palette_init_dark (&dark);

  lb_chart_palette_init_for_text (&palette, &light_text);
  g_assert_cmpfloat (palette.text.blue, ==, 0.8);
  g_assert_cmpfloat (palette.background.red, ==, dark.background.red);

  lb_chart_palette_init_for_text (&palette, &dark_text);
  g_assert_cmpfloat (palette.text.red, ==, 0.2);
  g_assert_cmpfloat (palette.background.red, ==, light.background.red);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/palette/contrast-formula", test_contrast_formula);
  g_test_add_func ("/chart/palette/light-is-readable", test_light_is_readable);
  g_test_add_func ("/chart/palette/dark-is-readable", test_dark_is_readable);
  g_test_add_func ("/chart/palette/grid-is-quieter-than-the-axis",
                   test_grid_is_quieter_than_the_axis);
  g_test_add_func ("/chart/palette/follows-the-theme", test_follows_the_theme);

  return g_test_run ();
}
