/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "chart/lb-history-frame.h"
#include "chart/lb-history-range.h"
#include "pool/history-fixture.h"

#define END ((double) HISTORY_FIXTURE_END)

static void
test_follows_what_is_new (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (1, 1000, NULL, NULL);
  LbHistoryRange range;

  lb_history_range_init (&range, 600);
  lb_history_range_clamp (&range, slice);
  g_assert_true (range.follows);
  g_assert_cmpfloat (range.end, ==, END);

  slice->end += 3;
  lb_history_range_clamp (&range, slice);
  g_assert_cmpfloat (range.end, ==, END + 3);
}

static void
test_stays_in_the_past (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (1, 1000, NULL, NULL);
  LbHistoryRange range;

  lb_history_range_init (&range, 60);
  lb_history_range_clamp (&range, slice);
  lb_history_range_move (&range, slice, END - 100);
  g_assert_false (range.follows);

  slice->end += 3;
  lb_history_range_clamp (&range, slice);
  g_assert_cmpfloat (range.end, ==, END - 100);

  lb_history_range_move (&range, slice, END + 500);
  g_assert_true (range.follows);
  g_assert_cmpfloat (range.end, ==, END + 3);
}

static void
test_does_not_go_where_nothing_is_known (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (1, 1000, NULL, NULL);
  g_autoptr (LbHistorySlice) little = history_fixture_new_slice (1, 10, NULL, NULL);
  LbHistoryRange range;

  lb_history_range_init (&range, 60);
  lb_history_range_clamp (&range, slice);
  lb_history_range_move (&range, slice, 0);
  g_assert_cmpfloat (range.end, ==, END - 1000 + 60);

  /* The part before the beginning stays empty, at the left. */
  lb_history_range_move (&range, little, 0);
  g_assert_cmpfloat (range.end, ==, END);
  g_assert_cmpfloat (range.length, ==, 60);
}

static void
test_zooms_around_a_second (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (1, 3600, NULL, NULL);
  LbHistoryRange range;
  const double second = END - 500;
  double part;

  lb_history_range_init (&range, 600);
  lb_history_range_clamp (&range, slice);
  part = (range.end - second) / range.length;

  lb_history_range_zoom (&range, slice, 0.5, second);
  g_assert_cmpfloat (range.length, ==, 300);
  g_assert_cmpfloat_with_epsilon ((range.end - second) / range.length, part, 1e-9);
  g_assert_false (range.follows);

  /* Out again it meets the present, and goes on with it. */
  lb_history_range_zoom (&range, slice, 4, second);
  g_assert_true (range.follows);
  g_assert_cmpfloat (range.end, ==, END);

  /* Around its end it goes on to follow. */
  lb_history_range_zoom (&range, slice, 0.1, END);
  g_assert_true (range.follows);
}

static void
test_zoom_has_limits (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (1, 3600, NULL, NULL);
  LbHistoryRange range;

  lb_history_range_init (&range, 600);
  lb_history_range_clamp (&range, slice);
  lb_history_range_zoom (&range, slice, 1e-6, END);
  g_assert_cmpfloat (range.length, ==, LB_HISTORY_MIN_LENGTH);
  lb_history_range_zoom (&range, slice, 1e6, END);
  g_assert_cmpfloat (range.length, ==, LB_HISTORY_SECONDS);
}

static void
test_ticks_are_what_people_count_in (void)
{
  g_assert_cmpuint (lb_history_tick_step (10, 10), ==, 1);
  g_assert_cmpuint (lb_history_tick_step (60, 9), ==, 10);
  g_assert_cmpuint (lb_history_tick_step (600, 8), ==, 120);
  g_assert_cmpuint (lb_history_tick_step (3600, 8), ==, 600);
  g_assert_cmpuint (lb_history_tick_step (3600, 1.5), ==, 3600);
}

static void
test_frame_goes_both_ways (void)
{
  LbHistoryFrame frame = { { 50, 20, 500, 200 }, 1000, 250 };

  lb_chart_scale_init (&frame.scale, LB_CHART_RESPONSE_TIMES, 40000, 4);
  g_assert_cmpfloat (lb_history_frame_get_x (&frame, 1000), ==, 50);
  g_assert_cmpfloat (lb_history_frame_get_x (&frame, 1250), ==, 550);
  g_assert_cmpfloat (lb_history_frame_get_second (&frame, 300), ==, 1125);
  g_assert_cmpfloat (lb_history_frame_get_y (&frame, 0), ==, 220);
  g_assert_cmpfloat (lb_history_frame_get_y (&frame, 40000), ==, 20);
}

static void
test_the_wall_clock_is_read (void)
{
  g_autoptr (LbHistorySlice) slice = history_fixture_new_slice (1, 10, NULL, NULL);
  g_autofree char *with_seconds = lb_history_format_time (slice->end_us, TRUE);
  g_autofree char *without = lb_history_format_time (slice->end_us, FALSE);

  g_assert_cmpint (lb_history_get_time_us (slice, END - 2.5), ==,
                   slice->end_us - 2500 * G_TIME_SPAN_MILLISECOND);
  g_assert_cmpstr (with_seconds, ==, "22:00:00");
  g_assert_cmpstr (without, ==, "22:00");
}

int
main (int argc,
      char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/history-range/follows-what-is-new", test_follows_what_is_new);
  g_test_add_func ("/chart/history-range/stays-in-the-past", test_stays_in_the_past);
  g_test_add_func ("/chart/history-range/does-not-go-where-nothing-is-known",
                   test_does_not_go_where_nothing_is_known);
  g_test_add_func ("/chart/history-range/zooms-around-a-second", test_zooms_around_a_second);
  g_test_add_func ("/chart/history-range/zoom-has-limits", test_zoom_has_limits);
  g_test_add_func ("/chart/history-range/ticks-are-what-people-count-in",
                   test_ticks_are_what_people_count_in);
  g_test_add_func ("/chart/history-range/frame-goes-both-ways", test_frame_goes_both_ways);
  g_test_add_func ("/chart/history-range/the-wall-clock-is-read", test_the_wall_clock_is_read);

  return g_test_run ();
}
