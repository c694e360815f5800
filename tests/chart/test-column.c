/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/lb-chart-column.h"
#include "chart/snapshot-fixture.h"

#define SLOT 20.0
#define FLOOR 200.0

static PangoContext *context;

/* A bar of a height with a label of a width right above it. */
static void
init_column (LbChartColumn *column,
             guint index,
             double height,
             double label_width)
{
  double center = index * SLOT + SLOT / 2;

  *column = (LbChartColumn){ .index = index, .kind = LB_CHART_UP };
  column->bar = (cairo_rectangle_t){ center - 6, FLOOR - height, 12, height };
  column->value.text = pango_layout_new (context);
  column->value.rect =
    (cairo_rectangle_t){ center - label_width / 2, column->bar.y - 18, label_width, 14 };
}

static void
clear_columns (LbChartColumn *columns,
               guint n_columns)
{
  for (guint i = 0; i < n_columns; i++)
    lb_chart_column_clear (&columns[i]);
}

static void
test_narrow_labels_all_stay (void)
{
  LbChartColumn columns[16];

  for (guint i = 0; i < 16; i++)
    init_column (&columns[i], i, 10 + i * 37 % 90, SLOT - LB_CHART_GAP);

  lb_chart_columns_thin (columns, 16, 4);
  for (guint i = 0; i < 16; i++)
    g_assert_nonnull (columns[i].value.text);
  clear_columns (columns, 16);
}

static void
test_no_label_covers_a_bar (void)
{
  LbChartColumn columns[3];

  init_column (&columns[0], 0, 10, 16);
  init_column (&columns[1], 1, 20, 40);
  init_column (&columns[2], 2, 35, 16);

  lb_chart_columns_thin (columns, 3, 3);
  g_assert_nonnull (columns[0].value.text);
  g_assert_null (columns[1].value.text);
  g_assert_nonnull (columns[2].value.text);
  clear_columns (columns, 3);
}

static void
test_no_label_covers_a_mark_or_a_sign (void)
{
  LbChartColumn columns[4];

  init_column (&columns[0], 0, 20, 40);
  init_column (&columns[1], 1, 10, 0);
  columns[1].mark = (cairo_rectangle_t){ 22, columns[0].value.rect.y + 5, 16, 2 };
  init_column (&columns[2], 4, 20, 40);
  init_column (&columns[3], 5, 10, 0);
  columns[3].sign = (cairo_rectangle_t){ 105, columns[2].value.rect.y, 9, 9 };

  lb_chart_columns_thin (columns, 4, 3);
  g_assert_null (columns[0].value.text);
  g_assert_null (columns[2].value.text);
  clear_columns (columns, 4);
}

static void
test_of_equal_bars_every_so_many_keep_theirs (void)
{
  LbChartColumn columns[32];

  for (guint i = 0; i < 32; i++)
    init_column (&columns[i], i + 16, 50, 3 * SLOT);

  lb_chart_columns_thin (columns, 32, 4);
  for (guint i = 0; i < 32; i++)
    g_assert_cmpint (columns[i].value.text != NULL, ==, columns[i].index % 4 == 0);
  clear_columns (columns, 32);
}

static void
test_what_is_down_comes_first (void)
{
  LbChartColumn columns[3];

  for (guint i = 0; i < 3; i++)
    init_column (&columns[i], i, 50, 40);
  columns[1].kind = LB_CHART_DOWN;

  lb_chart_columns_thin (columns, 3, 3);
  g_assert_null (columns[0].value.text);
  g_assert_nonnull (columns[1].value.text);
  g_assert_null (columns[2].value.text);
  clear_columns (columns, 3);
}

static void
test_kinds (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
  LbBackendFigures *figures = &snapshot->backends[0];

  g_assert_cmpint (lb_chart_column_kind (figures), ==, LB_CHART_UP);
  figures->state = LB_STATE_DRAIN;
  g_assert_cmpint (lb_chart_column_kind (figures), ==, LB_CHART_DRAIN);
  figures->health = LB_HEALTH_DOWN;
  g_assert_cmpint (lb_chart_column_kind (figures), ==, LB_CHART_DOWN);
  figures->state = LB_STATE_MAINT;
  g_assert_cmpint (lb_chart_column_kind (figures), ==, LB_CHART_MAINT);
  figures->state = LB_STATE_READY;
  figures->health = LB_HEALTH_UNKNOWN;
  g_assert_cmpint (lb_chart_column_kind (figures), ==, LB_CHART_UNKNOWN);
}

int
main (int argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add_func ("/chart/column/" path, test)

  ADD ("narrow-labels-all-stay", test_narrow_labels_all_stay);
  ADD ("no-label-covers-a-bar", test_no_label_covers_a_bar);
  ADD ("no-label-covers-a-mark-or-a-sign", test_no_label_covers_a_mark_or_a_sign);
  ADD ("of-equal-bars-every-so-many-keep-theirs", test_of_equal_bars_every_so_many_keep_theirs);
  ADD ("what-is-down-comes-first", test_what_is_down_comes_first);
  ADD ("kinds", test_kinds);

#undef ADD

  context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  status = g_test_run ();
  g_object_unref (context);

  return status;
}
