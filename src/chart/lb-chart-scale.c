/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-scale.h"

#include "chart/lb-chart-text.h"

/*
 * LbChartScale
 *
 * Chosen anew for each layout from the largest time that has to fit. It counts in whole
 * microseconds, so that a tick is exactly where its label says.
 */

/* Without a single response time the axis still says what it measures. */
#define DEFAULT_MAX_US (100 * G_TIME_SPAN_MILLISECOND)

/* Keeps every product below well inside 64 bits; more than eleven days is not a response time. */
#define LARGEST_MAX_US (G_GINT64_CONSTANT (1000000) * G_TIME_SPAN_SECOND)

/* 1 → 2 → 5 → 10 → 20 → … */
static gint64
next_round_step (gint64 step)
{
  gint64 leading = step;

  while (leading >= 10)
    leading /= 10;

  return leading == 2 ? step / 2 * 5 : step * 2;
}

/**
 * lb_chart_scale_init:
 * @self: the scale to fill
 * @max_us: the largest time that has to fit, in microseconds; 0 or less if none is known
 * @max_steps: the number of steps there is room for, at least 1
 *
 * Chooses the smallest round step that reaches @max_us in at most @max_steps steps.
 */
void
lb_chart_scale_init (LbChartScale *self,
                     gint64 max_us,
                     guint max_steps)
{
  gint64 n_steps;

  g_return_if_fail (self != NULL);
  g_return_if_fail (max_steps > 0);

  if (max_us <= 0)
    max_us = DEFAULT_MAX_US;
  max_us = MIN (max_us, LARGEST_MAX_US);

  self->step_us = 1;
  while (self->step_us * max_steps < max_us)
    self->step_us = next_round_step (self->step_us);

  n_steps = (max_us + self->step_us - 1) / self->step_us;
  self->top_us = n_steps * self->step_us;
  self->n_ticks = (guint) n_steps + 1;
  self->unit_us = lb_chart_text_unit (self->top_us);
}

/**
 * lb_chart_scale_format:
 * @self: a scale
 * @tick: which tick, from 0
 *
 * All ticks of a scale have the same unit and the same number of decimals. Zero needs neither.
 *
 * Returns: (transfer full): the tick's label, such as `40 ms`
 */
char *
lb_chart_scale_format (const LbChartScale *self,
                       guint tick)
{
  g_autofree char *number = NULL;
  int decimals = 0;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (tick < self->n_ticks, NULL);

  if (tick == 0)
    return g_strdup ("0");

  for (gint64 rest = self->step_us % self->unit_us; rest != 0; rest = rest * 10 % self->unit_us)
    decimals++;

  number =
    g_strdup_printf ("%.*f", decimals, (double) (tick * self->step_us) / (double) self->unit_us);
  return lb_chart_text_add_unit (number, self->unit_us);
}
