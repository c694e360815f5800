/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbChartScale:
 * @step_us: between two ticks: 1, 2 or 5 times a power of ten, in microseconds
 * @top_us: the highest tick, a multiple of @step_us
 * @n_ticks: how many ticks there are, the one at zero included
 * @unit_us: what the labels count in, in microseconds, from lb_chart_text_unit()
 *
 * The axis of response times, from zero to @top_us.
 */
typedef struct
{
  gint64 step_us;
  gint64 top_us;
  guint n_ticks;
  gint64 unit_us;
} LbChartScale;

void  lb_chart_scale_init   (LbChartScale       *self,
                             gint64              max_us,
                             guint               max_steps);
char *lb_chart_scale_format (const LbChartScale *self,
                             guint               tick);

G_END_DECLS
