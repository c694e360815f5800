/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/layout-checks.h"

/* The same font for all layouts. */
static PangoContext *context;

static void
test_nothing_overlaps (void)
{

  for (guint n_backends = 1; n_backends <= 200; n_backends++)
    {
      g_autoptr (LbSnapshot) snapshot = create_mixed_snapshot (n_backends, n_backends);

      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          g_autoptr (LbChartLayout) layout = NULL;

          layout = lb_chart_layout_new (snapshot, PLAIN, context, sizes[i].width, sizes[i].height, FALSE,
                                        n_backends * 3);
          g_assert_cmpuint (layout->n_columns, >, 0);
          assert_tidy (layout, LEAST_BAR);
        }
    }
}

/* The waiting chart has a sentence to keep clear of. */
static void
test_nothing_overlaps_before_the_first_probe (void)
{

  for (guint n_backends = 0; n_backends <= 60; n_backends += 4)
    {
      g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (n_backends);

      for (guint i = 0; i < n_backends; i++)
        snapshot_fixture_forget (snapshot, i);

      for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
        {
          g_autoptr (LbChartLayout) layout = NULL;

          layout =
            lb_chart_layout_new (snapshot, PLAIN, context, sizes[i].width, sizes[i].height, FALSE, 0);
          assert_tidy (layout, LEAST_BAR);
        }
    }
}

static void
test_every_bar_has_its_value (void)
{
  static const guint numbers[] = { 1, 5, 20, 60, 200 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (numbers[i]);
      g_autoptr (LbChartLayout) layout =
        lb_chart_layout_new (snapshot, PLAIN, context, 1200, 340, FALSE, 0);

      for (guint j = 0; j < layout->n_columns; j++)
        g_assert_nonnull (layout->columns[j].value.text);
    }
}

static void
test_words_for_what_is_not_up (void)
{
  static const char *const words[] = { "down",  "down\n23.0 ms", "drain\n30.9 ms",
                                       "maint", "no answer yet", "no answer" };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (G_N_ELEMENTS (words));
  g_autoptr (LbChartLayout) layout = NULL;

  snapshot_fixture_break (snapshot, 0);
  snapshot->backends[0].state = LB_STATE_DRAIN;
  snapshot->backends[1].health = LB_HEALTH_DOWN;
  snapshot->backends[1].last_probe.response_us = 23000;
  snapshot->backends[2].state = LB_STATE_DRAIN;
  snapshot->backends[2].last_probe.response_us = 30900;
  snapshot->backends[3].state = LB_STATE_MAINT;
  snapshot_fixture_forget (snapshot, 4);
  snapshot->backends[5].last_probe.response_us = -1;

  layout = lb_chart_layout_new (snapshot, PLAIN, context, 1200, 340, FALSE, 0);
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    g_assert_cmpstr (pango_layout_get_text (layout->columns[i].value.text), ==, words[i]);

  g_assert_cmpint (layout->columns[0].kind, ==, LB_CHART_DOWN);
  g_assert_cmpfloat (layout->columns[0].sign.width, >, 0);
  g_assert_true (layout->columns[0].stub);
  g_assert_false (layout->columns[1].stub);
  g_assert_cmpint (layout->columns[2].kind, ==, LB_CHART_DRAIN);
  g_assert_cmpint (layout->columns[3].kind, ==, LB_CHART_MAINT);
  g_assert_true (layout->columns[3].stub);
  g_assert_cmpint (layout->columns[4].kind, ==, LB_CHART_UNKNOWN);
  g_assert_cmpint (layout->columns[5].kind, ==, LB_CHART_UP);
  g_assert_true (layout->columns[5].stub);
}

static void
test_heights_are_proportional (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (3);
  g_autoptr (LbChartLayout) layout = NULL;

  for (guint i = 0; i < 3; i++)
    {
      snapshot->backends[i].last_probe.response_us = 10000 * (i + 1);
      snapshot->backends[i].latency.p95_us = 40000;
    }

  layout = lb_chart_layout_new (snapshot, PLAIN, context, 900, 320, FALSE, 0);
  for (guint i = 0; i < 3; i++)
    {
      const LbChartColumn *column = &layout->columns[i];
      double pixels_per_us = layout->plot.height / (double) layout->scale.top;

      g_assert_cmpfloat_with_epsilon (column->bar.height, 10000 * (i + 1) * pixels_per_us, 0.51);
      g_assert_cmpfloat_with_epsilon (layout->plot.y + layout->plot.height - column->mark.y,
                                      40000 * pixels_per_us, 0.51);
    }
}

static void
test_urls_are_shortened_in_the_middle (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (8);
  g_autoptr (LbChartLayout) wide = NULL;
  const char *text;
  g_autoptr (LbChartLayout) narrow = NULL;

  wide = lb_chart_layout_new (snapshot, PLAIN, context, 1600, 340, FALSE, 0);
  g_assert_cmpstr (pango_layout_get_text (wide->columns[0].url.text), ==, "http://127.0.0.1:9001");

  g_ref_string_release (snapshot->backends[0].url);
  snapshot->backends[0].url =
    g_ref_string_new ("http://a-rather-long-name.of-a-backend.example.com:8080");
  narrow = lb_chart_layout_new (snapshot, PLAIN, context, 1000, 340, FALSE, 0);
  text = pango_layout_get_text (narrow->columns[0].url.text);
  g_assert_true (g_str_has_prefix (text, "a-rat"));
  g_assert_nonnull (strstr (text, "…"));
  g_assert_true (g_str_has_suffix (text, ":8080"));
  g_assert_cmpfloat (narrow->columns[0].url.rect.width, <=, narrow->columns[0].slot.width);
  g_assert_cmpfloat (narrow->columns[0].url.rect.width, >, narrow->columns[0].slot.width - 25);
}

static void
test_right_to_left_is_mirrored (void)
{
  static const guint numbers[] = { 0, 1, 5, 33, 200 };

  for (guint i = 0; i < G_N_ELEMENTS (numbers) * G_N_ELEMENTS (sizes); i++)
    {
      guint n_backends = numbers[i % G_N_ELEMENTS (numbers)];
      Size size = sizes[i / G_N_ELEMENTS (numbers)];
      g_autoptr (LbSnapshot) snapshot = create_mixed_snapshot (n_backends, 0);
      g_autoptr (LbChartLayout) ltr =
        lb_chart_layout_new (snapshot, PLAIN, context, size.width, size.height, FALSE, 37);
      g_autoptr (LbChartLayout) rtl =
        lb_chart_layout_new (snapshot, PLAIN, context, size.width, size.height, TRUE, 37);

      g_assert_cmpfloat (ltr->slots.scroll, ==, rtl->slots.scroll);
      assert_mirrored (ltr, &ltr->plot, &rtl->plot);
      assert_mirrored (ltr, &ltr->title.rect, &rtl->title.rect);
      g_assert_cmpuint (ltr->n_legend, ==, rtl->n_legend);
      for (guint j = 0; j < ltr->n_legend; j++)
        {
          assert_mirrored (ltr, &ltr->legend[j].label.rect, &rtl->legend[j].label.rect);
          assert_mirrored (ltr, &ltr->legend[j].sample, &rtl->legend[j].sample);
        }
      assert_mirrored (ltr, &ltr->sentence.rect, &rtl->sentence.rect);

      for (guint j = 0; j < ltr->n_ticks; j++)
        assert_mirrored (ltr, &ltr->ticks[j].label.rect, &rtl->ticks[j].label.rect);

      g_assert_cmpuint (ltr->n_columns, ==, rtl->n_columns);
      for (guint j = 0; j < ltr->n_columns; j++)
        {
          const LbChartColumn *column = &rtl->columns[j];
          cairo_rectangle_t slot;

          assert_mirrored (ltr, &ltr->columns[j].slot, &column->slot);
          assert_mirrored (ltr, &ltr->columns[j].bar, &column->bar);
          assert_mirrored (ltr, &ltr->columns[j].sign, &column->sign);
          assert_mirrored (ltr, &ltr->columns[j].mark, &column->mark);
          assert_mirrored (ltr, &ltr->columns[j].value.rect, &column->value.rect);
          assert_mirrored (ltr, &ltr->columns[j].url.rect, &column->url.rect);

          lb_chart_slots_get_rect (&rtl->slots, column->index, &slot);
          g_assert_cmpfloat (slot.x, ==, column->slot.x);
          g_assert_cmpfloat (slot.width, ==, column->slot.width);
        }
    }
}

/* Numbers with dots and colons between them would be read from the right. */
static void
test_addresses_are_read_from_the_left (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (5);
  g_autoptr (LbChartLayout) layout = NULL;
  PangoDirection direction = pango_context_get_base_dir (context);

  pango_context_set_base_dir (context, PANGO_DIRECTION_RTL);
  layout = lb_chart_layout_new (snapshot, PLAIN, context, 700, 320, TRUE, 0);
  for (guint i = 0; i < layout->n_columns; i++)
    {
      PangoLayout *text = layout->columns[i].url.text;

      g_assert_nonnull (strstr (pango_layout_get_text (text), "127.0"));
      g_assert_cmpint (pango_layout_get_direction (text, 0), ==, PANGO_DIRECTION_LTR);
    }
  pango_context_set_base_dir (context, direction);
}

static const LbChartColumn *
find_column (const LbChartLayout *layout,
             guint index)
{
  g_assert_cmpuint (index, >=, layout->columns[0].index);
  g_assert_cmpuint (index - layout->columns[0].index, <, layout->n_columns);

  return &layout->columns[index - layout->columns[0].index];
}

static void
test_scrolling_changes_no_label (void)
{
  g_autoptr (LbSnapshot) snapshot = create_mixed_snapshot (200, 3);
  g_autoptr (LbChartLayout) before = lb_chart_layout_new (snapshot, PLAIN, context, 900, 320, FALSE, 2000);

  for (double scroll = 1400; scroll <= 2600; scroll += 61)
    {
      g_autoptr (LbChartLayout) after =
        lb_chart_layout_new (snapshot, PLAIN, context, 900, 320, FALSE, scroll);
      guint first;
      guint end;
      guint other_first;
      guint other_end;

      lb_chart_slots_get_range (&before->slots, 0, &first, &end);
      lb_chart_slots_get_range (&after->slots, 0, &other_first, &other_end);

      for (guint i = MAX (first, other_first); i < MIN (end, other_end); i++)
        {
          const LbChartColumn *a = find_column (before, i);
          const LbChartColumn *b = find_column (after, i);

          g_assert_cmpint (a->value.text != NULL, ==, b->value.text != NULL);
          g_assert_cmpint (a->url.text != NULL, ==, b->url.text != NULL);

          if (a->value.text == NULL)
            continue;
          g_assert_cmpfloat (a->value.rect.x + before->slots.scroll, ==,
                             b->value.rect.x + after->slots.scroll);
          g_assert_cmpfloat (a->value.rect.y, ==, b->value.rect.y);
        }
    }
}

static void
test_thousands_cost_no_more_columns (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (10000);
  g_autoptr (LbChartLayout) layout =
    lb_chart_layout_new (snapshot, PLAIN, context, 1200, 340, FALSE, 100000);

  g_assert_cmpuint (layout->n_columns, <=, 100);
  g_assert_cmpfloat (layout->slots.scroll, ==, 100000);
  g_assert_cmpfloat (layout->slots.content_width, >=, 240000);
  assert_tidy (layout, LEAST_BAR);
}

static void
test_too_small_is_empty (void)
{
  static const Size too_small[] = { { 0, 0 },    { -10, 300 }, { 300, -10 },
                                    { 24, 300 }, { 300, 60 },  { 50, 300 } };
  g_autoptr (LbSnapshot) snapshot = create_mixed_snapshot (20, 0);

  for (guint i = 0; i < G_N_ELEMENTS (too_small); i++)
    {
      g_autoptr (LbChartLayout) layout = NULL;
      guint index;

      layout =
        lb_chart_layout_new (snapshot, PLAIN, context, too_small[i].width, too_small[i].height, TRUE, 5);
      g_assert_cmpuint (layout->n_columns, ==, 0);
      g_assert_cmpuint (layout->n_ticks, ==, 0);
      g_assert_cmpuint (layout->slots.n_slots, ==, 0);
      g_assert_null (layout->title.text);
      g_assert_false (lb_chart_slots_find (&layout->slots, 10, 10, &index));
    }
}

static void
test_empty_pool_says_what_to_do (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (0);
  g_autoptr (LbChartLayout) layout = lb_chart_layout_new (snapshot, PLAIN, context, 900, 320, FALSE, 0);
  g_autoptr (LbChartLayout) nothing = lb_chart_layout_new (NULL, PLAIN, context, 900, 320, FALSE, 0);

  g_assert_nonnull (layout->sentence.text);
  g_assert_cmpuint (layout->n_ticks, >, 2);
  g_assert_cmpuint (layout->n_legend, ==, 0);
  g_assert_cmpuint (nothing->n_ticks, ==, layout->n_ticks);
}

static void
test_sentence_goes_with_the_first_answer (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (2);
  g_autoptr (LbChartLayout) after = NULL;
  g_autoptr (LbChartLayout) before = NULL;

  snapshot_fixture_forget (snapshot, 0);
  after = lb_chart_layout_new (snapshot, PLAIN, context, 900, 320, FALSE, 0);
  g_assert_null (after->sentence.text);

  snapshot_fixture_forget (snapshot, 1);
  before = lb_chart_layout_new (snapshot, PLAIN, context, 900, 320, FALSE, 0);
  g_assert_nonnull (before->sentence.text);
  g_assert_cmpuint (before->n_columns, ==, 2);
}

int
main (int argc,
      char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/layout/nothing-overlaps", test_nothing_overlaps);
  g_test_add_func ("/chart/layout/nothing-overlaps-before-the-first-probe",
                   test_nothing_overlaps_before_the_first_probe);
  g_test_add_func ("/chart/layout/every-bar-has-its-value", test_every_bar_has_its_value);
  g_test_add_func ("/chart/layout/words-for-what-is-not-up", test_words_for_what_is_not_up);
  g_test_add_func ("/chart/layout/heights-are-proportional", test_heights_are_proportional);
  g_test_add_func ("/chart/layout/urls-are-shortened-in-the-middle",
                   test_urls_are_shortened_in_the_middle);
  g_test_add_func ("/chart/layout/right-to-left-is-mirrored", test_right_to_left_is_mirrored);
  g_test_add_func ("/chart/layout/addresses-are-read-from-the-left",
                   test_addresses_are_read_from_the_left);
  g_test_add_func ("/chart/layout/scrolling-changes-no-label", test_scrolling_changes_no_label);
  g_test_add_func ("/chart/layout/thousands-cost-no-more-columns",
                   test_thousands_cost_no_more_columns);
  g_test_add_func ("/chart/layout/too-small-is-empty", test_too_small_is_empty);
  g_test_add_func ("/chart/layout/empty-pool-says-what-to-do", test_empty_pool_says_what_to_do);
  g_test_add_func ("/chart/layout/sentence-goes-with-the-first-answer",
                   test_sentence_goes_with_the_first_answer);

  context = pango_font_map_create_context (pango_cairo_font_map_get_default ());
  status = g_test_run ();
  g_object_unref (context);

  return status;
}
