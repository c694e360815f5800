/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-history-times.h"

#include <math.h>

#include "chart/lb-chart-frame.h"

#define PADDING LB_CHART_PADDING

/* Between two labels, at the least. */
#define DISTANCE 32.0

/**
 * lb_history_times_place:
 * @times: (out): the ticks, from left to right
 * @slice: whose clock it is
 * @frame: where which time is
 * @style: of the labels
 * @width: of the whole picture, which no label leaves
 * @y: where the labels begin
 *
 * Chooses as many times of day as there is room for, the first of them a round one here.
 *
 * Returns: how many ticks there are
 */
guint
lb_history_times_place (LbHistoryTick times[LB_HISTORY_MAX_TIMES],
                        const LbHistorySlice *slice,
                        const LbHistoryFrame *frame,
                        LbChartTextStyle *style,
                        double width,
                        double y)
{
  const cairo_rectangle_t *plot = &frame->plot;
  g_autofree char *sample = lb_history_format_time (slice->end_us, TRUE);
  const double distance = lb_chart_text_style_measure (style, sample) + DISTANCE;
  const double n_ticks = CLAMP (plot->width / distance, 1, LB_HISTORY_MAX_TIMES - 1);
  const guint step_s = lb_history_tick_step (frame->length, n_ticks);
  const gint64 step_us = step_s * G_TIME_SPAN_SECOND;
  const gint64 start_us = lb_history_get_time_us (slice, frame->start);
  const gint64 end_us = lb_history_get_time_us (slice, frame->start + frame->length);
  g_autoptr (GDateTime) date = g_date_time_new_from_unix_local (end_us / G_TIME_SPAN_SECOND);
  const gint64 offset_us = g_date_time_get_utc_offset (date);
  double free_from = PADDING;
  guint n_times = 0;

  for (gint64 time_us = (start_us + offset_us + step_us - 1) / step_us * step_us - offset_us;
       time_us <= end_us && n_times < LB_HISTORY_MAX_TIMES; time_us += step_us)
    {
      LbHistoryTick *tick = &times[n_times++];
      g_autofree char *text = lb_history_format_time (time_us, step_s < 60);
      const double second =
        (double) slice->end - (double) (slice->end_us - time_us) / G_TIME_SPAN_SECOND;
      double x;

      tick->x = MIN (floor (lb_history_frame_get_x (frame, second)), plot->x + plot->width - 1);
      lb_chart_label_init (&tick->label, style, text, -1);
      x = CLAMP (tick->x - floor (tick->label.rect.width / 2), PADDING,
                 width - PADDING - tick->label.rect.width);
      lb_chart_label_move (&tick->label, x, y);

      if (x < free_from)
        lb_chart_label_clear (&tick->label);
      else
        free_from = x + tick->label.rect.width + PADDING;
    }

  return n_times;
}
