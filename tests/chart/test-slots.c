/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/lb-chart-slots.h"

static const cairo_rectangle_t area = { 50, 10, 601, 200 };

static void
test_share_out_the_area (void)
{
  for (guint n_slots = 1; n_slots <= 25; n_slots++)
    {
      LbChartSlots slots = { 0 };
      double x = area.x;

      lb_chart_slots_init (&slots, &area, n_slots, 24, 0);
      for (guint i = 0; i < n_slots; i++)
        {
          cairo_rectangle_t rect;

          lb_chart_slots_get_rect (&slots, i, &rect);
          g_assert_cmpfloat (rect.x, ==, x);
          g_assert_cmpfloat (rect.width, >=, 24);
          x += rect.width;
        }
      g_assert_cmpfloat (x, ==, area.x + area.width);
      g_assert_cmpfloat (slots.content_width, ==, area.width);
    }
}

static void
test_scroll_when_there_are_many (void)
{
  LbChartSlots slots = { 0 };
  guint first;
  guint end;

  lb_chart_slots_init (&slots, &area, 10000, 24, 1e9);
  g_assert_cmpfloat (slots.content_width, ==, 240000);
  g_assert_cmpfloat (slots.scroll, ==, 240000 - area.width);
  lb_chart_slots_get_range (&slots, 2, &first, &end);
  g_assert_cmpuint (end, ==, 10000);
  g_assert_cmpuint (end - first, <=, 30);

  lb_chart_slots_init (&slots, &area, 10000, 24, -5);
  g_assert_cmpfloat (slots.scroll, ==, 0);
  lb_chart_slots_get_range (&slots, 2, &first, &end);
  g_assert_cmpuint (first, ==, 0);
  g_assert_cmpuint (end, <=, 30);
}

static void
test_every_pixel_has_its_slot (void)
{
  for (int rtl = 0; rtl <= 1; rtl++)
    {
      LbChartSlots slots = { 0 };

      lb_chart_slots_init (&slots, &area, 37, 24, 100);
      slots.rtl = rtl;

      for (double x = area.x; x < area.x + area.width; x++)
        {
          cairo_rectangle_t rect;
          guint index;

          g_assert_true (lb_chart_slots_find (&slots, x + 0.5, 11, &index));
          lb_chart_slots_get_rect (&slots, index, &rect);
          g_assert_cmpfloat (rect.x, <=, x);
          g_assert_cmpfloat (x, <, rect.x + rect.width);
        }
    }
}

static void
test_find_nothing_outside (void)
{
  LbChartSlots slots = { 0 };
  guint index = 99;

  g_assert_false (lb_chart_slots_find (&slots, 60, 20, &index));

  lb_chart_slots_init (&slots, &area, 37, 24, 100);
  g_assert_false (lb_chart_slots_find (&slots, 49, 20, &index));
  g_assert_false (lb_chart_slots_find (&slots, 651, 20, &index));
  g_assert_false (lb_chart_slots_find (&slots, 60, 9, &index));
  g_assert_false (lb_chart_slots_find (&slots, 60, 210, &index));
  g_assert_cmpuint (index, ==, 99);
}

static void
test_reveal (void)
{
  for (guint i = 0; i < 200; i += 7)
    {
      LbChartSlots slots = { 0 };
      cairo_rectangle_t rect;

      lb_chart_slots_init (&slots, &area, 200, 24, 1000);
      lb_chart_slots_init (&slots, &area, 200, 24, lb_chart_slots_reveal (&slots, i));
      lb_chart_slots_get_rect (&slots, i, &rect);
      g_assert_cmpfloat (rect.x, >=, area.x);
      g_assert_cmpfloat (rect.x + rect.width, <=, area.x + area.width);

      /* What is in sight stays where it is. */
      g_assert_cmpfloat (lb_chart_slots_reveal (&slots, i), ==, slots.scroll);
    }
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/slots/share-out-the-area", test_share_out_the_area);
  g_test_add_func ("/chart/slots/scroll-when-there-are-many", test_scroll_when_there_are_many);
  g_test_add_func ("/chart/slots/every-pixel-has-its-slot", test_every_pixel_has_its_slot);
  g_test_add_func ("/chart/slots/find-nothing-outside", test_find_nothing_outside);
  g_test_add_func ("/chart/slots/reveal", test_reveal);

  return g_test_run ();
}
