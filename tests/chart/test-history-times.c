/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "chart/lb-history-times.h"

#include "chart/lb-chart-font.h"
#include "pool/history-fixture.h"

#define MARGIN 20.0

typedef struct
{
  LbHistorySlice *slice;
  LbHistoryFrame frame;
  LbHistoryTick times[LB_HISTORY_MAX_TIMES];
  guint n_times;
} Axis;

/* The last @length seconds, so wide. */
static void
init (Axis *self,
      double length,
      double width)
{
  PangoContext *context = lb_chart_font_context_new ();
  g_autoptr (LbChartTextStyle) style = lb_chart_text_style_new (context);

  self->slice = history_fixture_new_slice (1, 3600, NULL, NULL);
  self->frame = (LbHistoryFrame){ .plot = { MARGIN, 0, width, 100 },
                                  .start = (double) self->slice->end - length,
                                  .length = length };
  self->n_times = lb_history_times_place (self->times, self->slice, &self->frame, style,
                                          width + 2 * MARGIN, 110);
  g_object_unref (context);
}

static void
clear (Axis *self)
{
  for (guint i = 0; i < self->n_times; i++)
    lb_chart_label_clear (&self->times[i].label);
  lb_history_slice_unref (self->slice);
}

static void
test_round (void)
{
  Axis axis;

  init (&axis, 600, 700);
  g_assert_cmpuint (axis.n_times, >=, 5);
  for (guint i = 0; i < axis.n_times; i++)
    {
      const double second = lb_history_frame_get_second (&axis.frame, axis.times[i].x);
      const gint64 time_us = lb_history_get_time_us (axis.slice, second);

      /* A pixel is most of a second. */
      g_assert_cmpint ((time_us / G_TIME_SPAN_SECOND + 30) % 60, >=, 28);
      g_assert_cmpint ((time_us / G_TIME_SPAN_SECOND + 30) % 60, <=, 32);
    }
  clear (&axis);
}

static void
test_room (void)
{
  static const double lengths[] = { 10, 59, 60, 600, 3600 };

  for (guint i = 0; i < G_N_ELEMENTS (lengths); i++)
    for (double width = 80; width <= 2000; width += 37)
      {
        double free_from = 0;
        double last_x = -1;
        Axis axis;

        init (&axis, lengths[i], width);
        g_assert_cmpuint (axis.n_times, >, 0);
        for (guint n = 0; n < axis.n_times; n++)
          {
            const LbHistoryTick *tick = &axis.times[n];

            g_assert_cmpfloat (tick->x, >, last_x);
            g_assert_cmpfloat (tick->x, >=, MARGIN);
            g_assert_cmpfloat (tick->x, <, MARGIN + width);
            last_x = tick->x;

            if (tick->label.text == NULL)
              continue;
            g_assert_cmpfloat (tick->label.rect.x, >=, free_from);
            g_assert_cmpfloat (tick->label.rect.y, ==, 110);
            free_from = tick->label.rect.x + tick->label.rect.width;
            g_assert_cmpfloat (free_from, <=, width + 2 * MARGIN);
          }
        clear (&axis);
      }
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/chart/history-times/round", test_round);
  g_test_add_func ("/chart/history-times/room-for-each-label", test_room);

  return g_test_run ();
}
