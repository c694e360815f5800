/* SPDX-License-Identifier: GPL-3.0-or-later */

#include <math.h>

#include "chart/history-picture.h"
#include "chart/lb-chart-frame.h"
#include "chart/lb-history-text.h"

#define END HISTORY_FIXTURE_END
#define WIDTH 800
#define HEIGHT 400

static void
init (HistoryPicture *picture,
      guint n_backends,
      guint n_seconds,
      double length,
      HistoryFixtureFunc func)
{
  history_picture_init (picture, history_fixture_new_slice (n_backends, n_seconds, func, NULL),
                        length, WIDTH, HEIGHT, FALSE);
}

static gboolean
is_inside (const LbHistoryLayout *layout,
           const cairo_rectangle_t *rect)
{
  return rect->width <= 0 ||
         (rect->x >= 0 && rect->y >= 0 && rect->x + rect->width <= layout->width + 0.5 &&
          rect->y + rect->height <= layout->height + 0.5);
}

static void
assert_apart (const LbChartLabel *a,
              const LbChartLabel *b)
{
  if (a->text == NULL || b->text == NULL)
    return;

  g_assert_true (a->rect.x + a->rect.width <= b->rect.x || b->rect.x + b->rect.width <= a->rect.x ||
                 a->rect.y + a->rect.height <= b->rect.y + 1 ||
                 b->rect.y + b->rect.height <= a->rect.y + 1);
}

/* What holds for every picture, whatever it shows. */
static void
assert_in_order (const LbHistoryLayout *layout)
{
  g_assert_true (is_inside (layout, &layout->frame.plot));
  g_assert_true (is_inside (layout, &layout->header.title.rect));
  g_assert_true (is_inside (layout, &layout->header.more.rect));
  g_assert_true (is_inside (layout, &layout->sentence.rect));
  g_assert_true (is_inside (layout, &layout->since.rect));

  for (guint i = 0; i < layout->n_ticks; i++)
    g_assert_true (is_inside (layout, &layout->ticks[i].label.rect));

  for (guint i = 0; i < layout->n_times; i++)
    {
      g_assert_true (is_inside (layout, &layout->times[i].label.rect));
      g_assert_cmpfloat (layout->times[i].x, >=, layout->frame.plot.x);
      g_assert_cmpfloat (layout->times[i].x, <,
                         layout->frame.plot.x + layout->frame.plot.width);
      for (guint j = 0; j < i; j++)
        assert_apart (&layout->times[i].label, &layout->times[j].label);
    }

  for (guint i = 0; i < layout->header.n_keys; i++)
    {
      g_assert_true (is_inside (layout, &layout->header.keys[i].label.rect));
      g_assert_true (is_inside (layout, &layout->header.keys[i].sample));
      assert_apart (&layout->header.keys[i].label, &layout->header.title);
      assert_apart (&layout->header.keys[i].label, &layout->header.more);
      for (guint j = 0; j < i; j++)
        assert_apart (&layout->header.keys[i].label, &layout->header.keys[j].label);
    }

  for (guint i = 0; i < layout->n_lanes; i++)
    {
      const LbHistoryLane *lane = &layout->lanes[i];

      g_assert_true (is_inside (layout, &lane->rect));
      g_assert_true (is_inside (layout, &lane->label.rect));
      g_assert_cmpfloat (lane->rect.y, >=, layout->frame.plot.y + layout->frame.plot.height);
      for (guint j = 0; j < lane->marks->len; j++)
        g_assert_true (
          is_inside (layout, &g_array_index (lane->marks, LbHistoryMark, j).rect));
    }
}

static void
spike_once (LbHistorySample *sample,
            guint backend,
            gint64 second,
            gpointer user_data)
{
  if (backend == 1 && second == END - 1234)
    sample->response_us = 100000;
}

static void
test_an_hour_keeps_its_spike (void)
{
  HistoryPicture picture;
  const LbHistoryLine *line;
  double top = HEIGHT;
  double left = 0;

  init (&picture, 3, 3600, 3600, spike_once);
  assert_in_order (picture.layout);
  g_assert_cmpuint (picture.digest->step_s, >, 1);

  line = &picture.layout->lines[1];
  for (guint i = 0; i < line->columns->len; i++)
    {
      const cairo_rectangle_t *column = &g_array_index (line->columns, cairo_rectangle_t, i);

      if (column->y >= top)
        continue;
      top = column->y;
      left = column->x;
    }

  g_assert_cmpfloat (
    fabs (top - lb_history_frame_get_y (&picture.layout->frame, 100000)), <=, 1.5);
  g_assert_cmpfloat (fabs (left - lb_history_frame_get_x (&picture.layout->frame, END - 1234)), <=,
                     picture.digest->step_s);
  history_picture_clear (&picture);
}

static void
be_away (LbHistorySample *sample,
         guint backend,
         gint64 second,
         gpointer user_data)
{
  if (backend == 0 && second >= END - 40 && second <= END - 20)
    sample->health = LB_HEALTH_DOWN;
  if (backend == 1 && second >= END - 30 && second <= END - 25)
    sample->response_us = LB_HISTORY_NO_RESPONSE;
}

static guint
count_starts (const LbHistoryLine *line)
{
  guint n = 0;

  for (guint i = 0; i < line->vertices->len; i++)
    n += g_array_index (line->vertices, LbHistoryVertex, i).starts;

  return n;
}

static void
test_lines_have_gaps (void)
{
  HistoryPicture picture;
  const LbHistoryLayout *layout;
  const LbHistoryVertex *cross;
  const LbHistoryLane *lane;
  const LbHistoryBlock *down;

  init (&picture, 2, 100, 60, be_away);
  layout = picture.layout;
  assert_in_order (layout);
  g_assert_cmpuint (count_starts (&layout->lines[0]), ==, 2);
  g_assert_cmpuint (count_starts (&layout->lines[1]), ==, 2);

  /* Only who was down has a cross, where the line ends. */
  g_assert_cmpuint (layout->lines[0].crosses->len, ==, 1);
  g_assert_cmpuint (layout->lines[1].crosses->len, ==, 0);
  cross = &g_array_index (layout->lines[0].crosses, LbHistoryVertex, 0);
  g_assert_cmpfloat_with_epsilon (cross->x, lb_history_frame_get_x (&layout->frame, END - 41), 0.5);

  lane = &layout->lanes[0];
  g_assert_cmpuint (lane->blocks->len, ==, 3);
  down = &g_array_index (lane->blocks, LbHistoryBlock, 1);
  g_assert_cmpint (down->kind, ==, LB_CHART_DOWN);
  g_assert_cmpstr (pango_layout_get_text (down->word.text), ==, "down");
  g_assert_cmpuint (lane->marks->len, ==, 2);
  g_assert_cmpint (g_array_index (lane->marks, LbHistoryMark, 0).change, ==, LB_HISTORY_WENT_DOWN);
  g_assert_cmpint (g_array_index (lane->marks, LbHistoryMark, 1).change, ==, LB_HISTORY_CAME_UP);
  g_assert_cmpuint (layout->lanes[1].marks->len, ==, 0);
  history_picture_clear (&picture);
}

static void
be_down_for_a_second (LbHistorySample *sample,
                      guint backend,
                      gint64 second,
                      gpointer user_data)
{
  if (second % 1000 == 7)
    sample->health = LB_HEALTH_DOWN;
}

static void
test_a_second_of_an_hour_is_seen (void)
{
  HistoryPicture picture;
  guint n_down = 0;

  init (&picture, 1, 3600, 3600, be_down_for_a_second);
  for (guint i = 0; i < picture.layout->lanes[0].blocks->len; i++)
    {
      const LbHistoryBlock *block =
        &g_array_index (picture.layout->lanes[0].blocks, LbHistoryBlock, i);

      if (block->kind != LB_CHART_DOWN)
        continue;
      g_assert_cmpfloat (block->rect.width, >=, 3);
      n_down++;
    }
  g_assert_cmpuint (n_down, ==, 3);

  /* Going down and coming up are one mark that stands for two. */
  g_assert_cmpuint (picture.layout->lanes[0].marks->len, ==, 3);
  g_assert_cmpuint (
    g_array_index (picture.layout->lanes[0].marks, LbHistoryMark, 0).n_changes, ==, 2);
  history_picture_clear (&picture);
}

static void
test_many_are_a_band (void)
{
  HistoryPicture picture;
  const LbHistoryLayout *layout;
  const LbHistoryLane *all;

  init (&picture, 60, 600, 600, history_fixture_vary);
  layout = picture.layout;
  assert_in_order (layout);
  g_assert_cmpuint (layout->n_lines, ==, LB_HISTORY_N_SLOWEST);
  g_assert_true (layout->has_band);
  g_assert_cmpuint (layout->header.n_keys, ==, LB_HISTORY_N_SLOWEST + 1);
  g_assert_cmpuint (layout->header.keys[LB_HISTORY_N_SLOWEST].series, ==, LB_HISTORY_BAND);

  /* No response time is outside of it. */
  for (guint i = 0; i < layout->band.all->len; i++)
    {
      const cairo_rectangle_t *column =
        &g_array_index (layout->band.all, cairo_rectangle_t, i);
      const cairo_rectangle_t *median =
        &g_array_index (layout->band.median, cairo_rectangle_t, i);

      g_assert_cmpfloat (median->y + median->height, >=, column->y);
      g_assert_cmpfloat (median->y, <=, column->y + column->height);
    }

  all = &layout->lanes[layout->n_lanes - 1];
  g_assert_cmpuint (all->backend, ==, LB_HISTORY_NOBODY);
  g_assert_cmpuint (all->marks->len, >, 0);
  history_picture_clear (&picture);
}

static void
test_just_started (void)
{
  HistoryPicture picture;

  init (&picture, 3, 10, 600, NULL);
  assert_in_order (picture.layout);
  g_assert_nonnull (picture.layout->since.text);
  g_assert_cmpstr (pango_layout_get_text (picture.layout->since.text), ==,
                   "Recorded since 21:59:50");
  g_assert_null (picture.layout->sentence.text);
  history_picture_clear (&picture);

  init (&picture, 3, 0, 600, NULL);
  g_assert_null (picture.layout->since.text);
  g_assert_nonnull (picture.layout->sentence.text);
  history_picture_clear (&picture);

  init (&picture, 0, 10, 600, NULL);
  g_assert_cmpstr (pango_layout_get_text (picture.layout->sentence.text), ==,
                   "Add a backend to see how fast it answers.");
  history_picture_clear (&picture);
}

static void
test_a_single_answer_is_seen (void)
{
  HistoryPicture picture;
  const LbHistoryLine *line;

  init (&picture, 1, 1, 60, NULL);
  line = &picture.layout->lines[0];
  g_assert_cmpuint (line->vertices->len, ==, 2);
  g_assert_cmpfloat (g_array_index (line->vertices, LbHistoryVertex, 1).x -
                       g_array_index (line->vertices, LbHistoryVertex, 0).x,
                     >=, 3);
  history_picture_clear (&picture);
}

static void
test_times (void)
{
  HistoryPicture picture;

  init (&picture, 1, 3600, 600, NULL);
  g_assert_cmpuint (picture.layout->n_times, >=, 5);
  g_assert_cmpstr (pango_layout_get_text (
                     picture.layout->times[picture.layout->n_times - 1].label.text),
                   ==, "22:00");
  history_picture_clear (&picture);
}

/* Wherever it is, it does not run through the words beside a short history. */
static void
test_a_threshold_spares_words (void)
{
  for (guint ms = 1; ms <= 60; ms++)
    {
      const LbChartOptions options = { .threshold_us = ms * 1000 };
      const LbHistoryLayout *layout;
      HistoryPicture picture;

      history_picture_init_with (&picture,
                                 history_fixture_new_slice (3, 10, history_fixture_vary, NULL),
                                 &options, 60, 360, 130, FALSE);
      layout = picture.layout;
      if (layout->since.text != NULL && layout->threshold.label.text != NULL)
        {
          const cairo_rectangle_t *rect = &layout->since.rect;

          g_assert_true (is_inside (layout, rect));
          g_assert_true (layout->threshold.y < rect->y ||
                         layout->threshold.y > rect->y + rect->height);
        }
      history_picture_clear (&picture);
    }
}

static void
test_a_logarithmic_axis_and_a_threshold (void)
{
  const LbChartOptions options = { .log_scale = TRUE, .threshold_us = 50000 };
  const LbChartOptions far_away = { .threshold_us = 60000000 };
  HistoryPicture picture;
  const LbHistoryFrame *frame;
  double decade;

  history_picture_init_with (&picture,
                             history_fixture_new_slice (3, 600, history_fixture_vary, NULL),
                             &options, 600, WIDTH, HEIGHT, FALSE);
  assert_in_order (picture.layout);
  frame = &picture.layout->frame;
  decade = lb_history_frame_get_y (frame, 1000) - lb_history_frame_get_y (frame, 10000);
  g_assert_cmpfloat (decade, >, 10);
  g_assert_cmpfloat_with_epsilon (
    lb_history_frame_get_y (frame, 10000) - lb_history_frame_get_y (frame, 100000), decade, 0.01);

  g_assert_cmpstr (pango_layout_get_text (picture.layout->threshold.label.text), ==, "50 ms");
  g_assert_cmpfloat_with_epsilon (picture.layout->threshold.y,
                                  lb_history_frame_get_y (frame, 50000), 0.5);
  for (guint i = 0; i < picture.layout->n_ticks; i++)
    assert_apart (&picture.layout->ticks[i].label, &picture.layout->threshold.label);
  history_picture_clear (&picture);

  /* One that would flatten all lines is not there. */
  history_picture_init_with (&picture,
                             history_fixture_new_slice (3, 600, history_fixture_vary, NULL),
                             &far_away, 600, WIDTH, HEIGHT, FALSE);
  g_assert_null (picture.layout->threshold.label.text);
  g_assert_cmpint (picture.layout->frame.scale.top, <, 1000000);
  history_picture_clear (&picture);
}

/* Texts and axis change sides; time does not. */
static void
test_time_runs_left_to_right_anyway (void)
{
  HistoryPicture ltr;
  HistoryPicture rtl;
  const LbHistoryKey *keys;

  init (&ltr, 3, 600, 60, history_fixture_vary);
  history_picture_init (&rtl, history_fixture_new_slice (3, 600, history_fixture_vary, NULL), 60,
                        WIDTH, HEIGHT, TRUE);
  assert_in_order (rtl.layout);

  g_assert_cmpfloat (rtl.layout->frame.plot.x, <, ltr.layout->frame.plot.x);
  g_assert_cmpfloat (rtl.layout->ticks[0].label.rect.x, >,
                     rtl.layout->frame.plot.x + rtl.layout->frame.plot.width);
  g_assert_cmpfloat (rtl.layout->lanes[0].key.x, >,
                     rtl.layout->frame.plot.x + rtl.layout->frame.plot.width);
  g_assert_cmpfloat (rtl.layout->header.title.rect.x, >, WIDTH / 2);
  keys = rtl.layout->header.keys;
  g_assert_cmpfloat (keys[0].label.rect.x, >, keys[1].label.rect.x);
  g_assert_cmpfloat (keys[0].sample.x, >, keys[0].label.rect.x);
  g_assert_cmpfloat (lb_history_frame_get_x (&rtl.layout->frame, END), >,
                     lb_history_frame_get_x (&rtl.layout->frame, END - 30));
  history_picture_clear (&ltr);
  history_picture_clear (&rtl);
}

static void
test_every_size_is_in_order (void)
{
  static const guint counts[] = { 0, 1, 5, 8, 9, 60 };

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    for (double width = 0; width < 1000; width += 83)
      for (double height = 0; height < 500; height += 37)
        for (guint rtl = 0; rtl < 2; rtl++)
          {
            HistoryPicture picture;

            history_picture_init (
              &picture, history_fixture_new_slice (counts[i], 40, history_fixture_vary, NULL), 60,
              width, height, rtl == 1);
            assert_in_order (picture.layout);
            if (width >= 300 && height >= 140)
              g_assert_cmpfloat (picture.layout->frame.plot.height, >=, 48);
            history_picture_clear (&picture);
          }
}

/* Keys for which there is no room are counted. */
static void
test_no_key_is_dropped_silently (void)
{
  HistoryPicture picture;
  g_autofree char *more = NULL;

  history_picture_init (&picture, history_fixture_new_slice (8, 40, NULL, NULL), 60, 300, 160,
                        FALSE);
  g_assert_cmpuint (picture.layout->header.n_keys, <, 8);
  more = g_strdup_printf ("+%u", 8 - picture.layout->header.n_keys);
  g_assert_cmpstr (pango_layout_get_text (picture.layout->header.more.text), ==, more);
  history_picture_clear (&picture);
}

static void
test_the_crosshair_reads (void)
{
  HistoryPicture picture;
  g_autoptr (LbHistoryReading) reading = NULL;
  g_autofree char *spoken = NULL;
  guint step;

  init (&picture, 2, 100, 60, be_away);
  g_assert_true (
    lb_history_reading_find_step (picture.layout, picture.digest, END - 30, &step));
  g_assert_cmpuint (lb_history_reading_find (picture.layout, picture.digest, step, 0), ==,
                    LB_HISTORY_NOBODY);
  g_assert_true (
    lb_history_reading_find_step (picture.layout, picture.digest, END - 35, &step));
  g_assert_cmpuint (lb_history_reading_find (picture.layout, picture.digest, step, 0), ==, 1);
  g_assert_false (
    lb_history_reading_find_step (picture.layout, picture.digest, END - 61, &step));

  reading = lb_history_reading_new (picture.layout, picture.digest, picture.context, step, 1);
  g_assert_cmpuint (reading->n_rows, ==, 2);
  g_assert_true (is_inside (picture.layout, &reading->box));
  g_assert_cmpstr (pango_layout_get_text (reading->time.text), ==, "21:59:25");
  g_assert_cmpstr (pango_layout_get_text (reading->rows[0].value.text), ==, "down");
  g_assert_cmpstr (pango_layout_get_text (reading->rows[1].value.text), ==, "10.0 ms");

  spoken = lb_history_reading_speak (reading);
  g_assert_cmpstr (spoken, ==, "21:59:25, 127.0.0.1:9002: 10.0 ms, 127.0.0.1:9001: down");
  history_picture_clear (&picture);
}

/* The one that was pointed at is read even if it has no line, and all have their common figures. */
static void
test_the_crosshair_reads_any_of_many (void)
{
  HistoryPicture picture;
  g_autoptr (LbHistoryReading) reading = NULL;
  guint step;
  guint other = 0;

  init (&picture, 60, 600, 600, history_fixture_vary);
  while (lb_history_choice_find (&picture.choice, other) != LB_HISTORY_NOBODY)
    other++;
  g_assert_true (
    lb_history_reading_find_step (picture.layout, picture.digest, END - 300, &step));
  reading = lb_history_reading_new (picture.layout, picture.digest, picture.context, step, other);
  g_assert_true (reading->has_line);
  g_assert_cmpuint (reading->n_rows, ==, LB_HISTORY_N_SLOWEST + 2);
  g_assert_cmpuint (reading->rows[0].backend, ==, LB_HISTORY_NOBODY);
  g_assert_cmpuint (reading->rows[1].backend, ==, other);
  g_assert_true (reading->rows[1].is_nearest);
  history_picture_clear (&picture);
}

static void
test_a_low_picture_counts_what_it_does_not_read (void)
{
  HistoryPicture picture;
  g_autoptr (LbHistoryReading) reading = NULL;
  guint step;

  history_picture_init (&picture, history_fixture_new_slice (8, 100, NULL, NULL), 60, 300, 140,
                        FALSE);
  g_assert_true (
    lb_history_reading_find_step (picture.layout, picture.digest, END - 30, &step));
  reading = lb_history_reading_new (picture.layout, picture.digest, picture.context, step, 7);
  g_assert_cmpuint (reading->n_rows, <, 8);
  g_assert_true (reading->rows[reading->n_rows - 1].is_nearest);
  g_assert_nonnull (reading->more.text);
  g_assert_true (is_inside (picture.layout, &reading->box));
  history_picture_clear (&picture);
}

static void
test_is_described (void)
{
  HistoryPicture picture;
  g_autofree char *few = NULL;
  g_autofree char *many = NULL;

  init (&picture, 2, 100, 60, be_away);
  few = lb_history_text_describe (picture.digest, &picture.range);
  g_assert_cmpstr (few, ==,
                   "1 minute up to 22:00:00. 127.0.0.1:9001: 10.0 ms. 127.0.0.1:9002: 10.0 ms. "
                   "Last changes: 21:59:41 127.0.0.1:9001 came up. 21:59:20 127.0.0.1:9001 went "
                   "down.");
  history_picture_clear (&picture);

  init (&picture, 20, 100, 60, NULL);
  many = lb_history_text_describe (picture.digest, &picture.range);
  g_assert_cmpstr (many, ==,
                   "1 minute up to 22:00:00. 20 backends: median 10.0 ms, highest 10.0 ms, 0 down.");
  history_picture_clear (&picture);
}

int
main (int argc,
      char *argv[])
{
  g_setenv ("TZ", "UTC", TRUE);
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add_func ("/chart/history-layout/" path, test)

  ADD ("an-hour-keeps-its-spike", test_an_hour_keeps_its_spike);
  ADD ("lines-have-gaps", test_lines_have_gaps);
  ADD ("a-second-of-an-hour-is-seen", test_a_second_of_an_hour_is_seen);
  ADD ("many-are-a-band", test_many_are_a_band);
  ADD ("just-started", test_just_started);
  ADD ("a-single-answer-is-seen", test_a_single_answer_is_seen);
  ADD ("times", test_times);
  ADD ("a-logarithmic-axis-and-a-threshold", test_a_logarithmic_axis_and_a_threshold);
  ADD ("a-threshold-spares-words", test_a_threshold_spares_words);
  ADD ("time-runs-left-to-right-anyway", test_time_runs_left_to_right_anyway);
  ADD ("every-size-is-in-order", test_every_size_is_in_order);
  ADD ("no-key-is-dropped-silently", test_no_key_is_dropped_silently);
  ADD ("the-crosshair-reads", test_the_crosshair_reads);
  ADD ("the-crosshair-reads-any-of-many", test_the_crosshair_reads_any_of_many);
  ADD ("a-low-picture-counts-what-it-does-not-read",
       test_a_low_picture_counts_what_it_does_not_read);
  ADD ("is-described", test_is_described);

#undef ADD

  return g_test_run ();
}
