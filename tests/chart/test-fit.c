/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/layout-checks.h"

/*
 * Layouts that must fit, for pictures.
 */

static PangoContext *context;

/* Where columns are narrow the marks of neighbours stay apart too. */
static void
assert_fits (const LbChartLayout *layout,
             guint n_backends)
{
  const cairo_rectangle_t *more = &layout->more.rect;

  assert_tidy (layout, LEAST_FITTED_BAR);
  assert_inside (layout, more);
  g_assert_cmpuint (layout->n_columns, ==, layout->slots.n_slots);
  g_assert_cmpfloat (layout->slots.content_width, ==, layout->slots.area.width);
  g_assert_false (overlap (more, &layout->sentence.rect));

  for (guint i = 0; i < layout->n_columns; i++)
    {
      const LbChartColumn *column = &layout->columns[i];

      g_assert_cmpuint (column->index, ==, i);
      assert_inside (layout, &column->slot);
      assert_inside (layout, &column->value.rect);
      assert_inside (layout, &column->url.rect);
      g_assert_false (overlap (more, &column->slot));
      g_assert_false (overlap (more, &column->value.rect));
      g_assert_false (overlap (&column->sign, &column->mark));
      if (i > 0)
        {
          g_assert_false (overlap (&column->sign, &layout->columns[i - 1].bar));
          g_assert_false (overlap (&column->sign, &layout->columns[i - 1].sign));
        }
    }

  /* Nothing is left out without a word. */
  if (layout->n_columns < n_backends)
    {
      g_autofree char *left_out = g_strdup_printf ("%u", n_backends - layout->n_columns);

      g_assert_nonnull (strstr (pango_layout_get_text (layout->more.text), left_out));
    }
  else
    {
      g_assert_null (layout->more.text);
    }
}

static void
test_everything_fits (void)
{
  for (guint n_backends = 1; n_backends <= 400; n_backends += 1 + n_backends / 20)
    {
      g_autoptr (LbSnapshot) snapshot = create_mixed_snapshot (n_backends, n_backends);

      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          g_autoptr (LbChartLayout) layout = lb_chart_layout_new_to_fit (
            snapshot, PLAIN, context, sizes[i].width, sizes[i].height, FALSE);

          g_assert_cmpuint (layout->n_columns, >, 0);
          assert_fits (layout, n_backends);
        }
    }
}

static void
test_leaves_out_only_what_it_must (void)
{
  g_autoptr (LbSnapshot) few = snapshot_fixture_new (100);
  g_autoptr (LbSnapshot) many = snapshot_fixture_new (10000);
  g_autoptr (LbChartLayout) all = lb_chart_layout_new_to_fit (few, PLAIN, context, 800, 400, FALSE);
  g_autoptr (LbChartLayout) first = NULL;

  g_assert_cmpuint (all->n_columns, ==, 100);

  /* The axis is for what is seen. */
  many->backends[9999].last_probe.response_us = 20 * G_USEC_PER_SEC;
  snapshot_fixture_break (many, 9000);
  first = lb_chart_layout_new_to_fit (many, PLAIN, context, 800, 400, FALSE);
  g_assert_cmpuint (first->n_columns, >=, 80);
  g_assert_cmpint (first->scale.top, <, G_USEC_PER_SEC);
  g_assert_nonnull (strstr (pango_layout_get_text (first->more.text), "1 of them down"));
}

/* Where nothing has to scroll a picture is what the window shows. */
static void
test_of_few_is_the_windows (void)
{
  g_autoptr (LbSnapshot) snapshot = create_mixed_snapshot (12, 0);
  g_autoptr (LbChartLayout) window = lb_chart_layout_new (snapshot, PLAIN, context, 900, 320, TRUE, 0);
  g_autoptr (LbChartLayout) picture =
    lb_chart_layout_new_to_fit (snapshot, PLAIN, context, 900, 320, TRUE);

  g_assert_cmpuint (picture->n_columns, ==, window->n_columns);
  for (guint i = 0; i < window->n_columns; i++)
    {
      const LbChartColumn *a = &window->columns[i];
      const LbChartColumn *b = &picture->columns[i];

      g_assert_cmpmem (&a->bar, sizeof a->bar, &b->bar, sizeof b->bar);
      g_assert_cmpmem (&a->value.rect, sizeof a->bar, &b->value.rect, sizeof b->bar);
      g_assert_cmpmem (&a->url.rect, sizeof a->bar, &b->url.rect, sizeof b->bar);
    }
}

static void
test_what_is_left_out_is_mirrored (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (200);
  g_autoptr (LbChartLayout) ltr = lb_chart_layout_new_to_fit (snapshot, PLAIN, context, 600, 300, FALSE);
  g_autoptr (LbChartLayout) rtl = lb_chart_layout_new_to_fit (snapshot, PLAIN, context, 600, 300, TRUE);

  g_assert_cmpfloat (ltr->more.rect.width, >, 0);
  assert_mirrored (ltr, &ltr->more.rect, &rtl->more.rect);
  assert_mirrored (ltr, &ltr->columns[0].slot, &rtl->columns[0].slot);
  assert_fits (rtl, 200);
}

int
main (int argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/fit/everything-fits", test_everything_fits);
  g_test_add_func ("/chart/fit/leaves-out-only-what-it-must", test_leaves_out_only_what_it_must);
  g_test_add_func ("/chart/fit/of-few-is-the-windows", test_of_few_is_the_windows);
  g_test_add_func ("/chart/fit/what-is-left-out-is-mirrored", test_what_is_left_out_is_mirrored);

  context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  status = g_test_run ();
  g_object_unref (context);

  return status;
}
