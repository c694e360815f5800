/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-history-frame.h"

#include <glib/gi18n-lib.h>

/*
 * LbHistoryFrame
 *
 * A plain value. The clock of the history counts seconds and is never set; what a person reads is
 * the wall clock's time for them.
 */

/**
 * lb_history_frame_get_x:
 * @self: a frame
 * @second: on the clock of the history
 *
 * Returns: where it is, which may be outside
 */
double
lb_history_frame_get_x (const LbHistoryFrame *self,
                        double second)
{
  return self->plot.x + (second - self->start) / self->length * self->plot.width;
}

/**
 * lb_history_frame_get_y:
 * @self: a frame
 * @response_us: a response time in microseconds
 *
 * Returns: how high it is
 */
double
lb_history_frame_get_y (const LbHistoryFrame *self,
                        gint64 response_us)
{
  return self->plot.y +
         self->plot.height * (1 - lb_chart_scale_get_part (&self->scale, response_us));
}

/**
 * lb_history_frame_get_second:
 * @self: a frame
 * @x: a place
 *
 * Returns: the second that is there, on the clock of the history
 */
double
lb_history_frame_get_second (const LbHistoryFrame *self,
                             double x)
{
  return self->start + (x - self->plot.x) / self->plot.width * self->length;
}

/**
 * lb_history_tick_step:
 * @length: how many seconds there are
 * @n_ticks: how many ticks there is room for
 *
 * Returns: the shortest time between two ticks, in seconds, that people count in
 */
guint
lb_history_tick_step (double length,
                      double n_ticks)
{
  static const guint steps[] = { 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800 };

  for (guint i = 0; i < G_N_ELEMENTS (steps); i++)
    if (steps[i] * n_ticks >= length)
      return steps[i];

  return 3600;
}

/**
 * lb_history_get_time_us:
 * @slice: a slice
 * @second: on the clock of the history
 *
 * Returns: what the wall clock said then, as it is set now, in microseconds since 1970
 */
gint64
lb_history_get_time_us (const LbHistorySlice *slice,
                        double second)
{
  return slice->end_us - (gint64) (((double) slice->end - second) * G_TIME_SPAN_SECOND);
}

/**
 * lb_history_format_time:
 * @time_us: in microseconds since 1970
 * @with_seconds: whether minutes are not enough
 *
 * Returns: (transfer full): the time of day here
 */
char *
lb_history_format_time (gint64 time_us,
                        gboolean with_seconds)
{
  g_autoptr (GDateTime) time = g_date_time_new_from_unix_local (time_us / G_TIME_SPAN_SECOND);

  if (with_seconds)
    {
      /* Translators: a time of day for strftime(), such as 14:03:59 */
      return g_date_time_format (time, _("%H:%M:%S"));
    }

  /* Translators: a time of day for strftime(), such as 14:03 */
  return g_date_time_format (time, _("%H:%M"));
}
