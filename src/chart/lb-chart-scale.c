/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-scale.h"

#include <math.h>

/*
 * LbChartScale
 *
 * Chosen anew for each layout from the values that have to fit. It counts in whole numbers, so that a
 * tick is exactly where its label says.
 */

/* Without a single value the axis still says what it measures. */
#define DEFAULT_MAX_US (100 * G_TIME_SPAN_MILLISECOND)

/* Keeps every product below well inside 64 bits; more than eleven days is not a response time. */
#define LARGEST_MAX (G_GINT64_CONSTANT (1000000) * G_TIME_SPAN_SECOND)

/* Ticks of a logarithmic scale are not equally far apart; the nearest may be nearer than others. */
#define LEAST_STEP 0.8

/* A number without its unit has at least two digits, at two decimals, and at most four before them. */
#define LEAST_PART 10
#define MOST_UNITS 10000

/* 1 → 2 → 5 → 10 → 20 → … */
static gint64
next_round_step (gint64 step)
{
  gint64 leading = step;

  while (leading >= 10)
    leading /= 10;

  return leading == 2 ? step / 2 * 5 : step * 2;
}

static gint64
get_max (LbChartMeasure measure,
         gint64 max)
{
  if (max > 0)
    return MIN (max, LARGEST_MAX);

  return measure == LB_CHART_RESPONSE_TIMES ? DEFAULT_MAX_US : LB_CHART_WHOLE;
}

/**
 * lb_chart_scale_init:
 * @self: the scale to fill
 * @measure: what it is a scale of
 * @max: the largest value that has to fit; 0 or less if none is known
 * @max_steps: the number of steps there is room for, from 1 to %LB_CHART_MAX_TICKS - 1
 *
 * Chooses the smallest round step that reaches @max from zero in at most @max_steps steps.
 */
void
lb_chart_scale_init (LbChartScale *self,
                     LbChartMeasure measure,
                     gint64 max,
                     guint max_steps)
{
  gint64 step = 1;

  g_return_if_fail (self != NULL);
  g_return_if_fail (max_steps > 0 && max_steps < LB_CHART_MAX_TICKS);

  max = get_max (measure, max);
  while (step * max_steps < max)
    step = next_round_step (step);

  *self = (LbChartScale){ .measure = measure };
  self->n_ticks = (guint) ((max + step - 1) / step) + 1;
  for (guint i = 0; i < self->n_ticks; i++)
    self->ticks[i] = i * step;
  self->top = self->ticks[self->n_ticks - 1];
  self->unit = lb_chart_measure_get_unit (measure, self->top);
}

/* From the bottom on every power of ten, or one of so many, or also 2 and 5 times each; then the top,
 * without what is too near to it. Returns whether there is room for them. */
static gboolean
lb_chart_scale_place_log_ticks (LbChartScale *self,
                                gboolean with_2_and_5,
                                guint n_decades,
                                double least_part)
{
  const gint64 factor = (gint64) pow (10, n_decades);
  double before = -1.0;
  gint64 step = self->bottom;

  self->n_ticks = 0;
  while (step < self->top)
    {
      double part = lb_chart_scale_get_part (self, step);

      if (part - before < least_part)
        return FALSE;

      if (1.0 - part >= least_part || step == self->bottom)
        {
          if (self->n_ticks == LB_CHART_MAX_TICKS - 1)
            return FALSE;

          self->ticks[self->n_ticks++] = step;
          before = part;
        }

      if (with_2_and_5)
        step = next_round_step (step);
      else
        step = step > self->top / factor ? self->top : step * factor;
    }
  self->ticks[self->n_ticks++] = self->top;

  return TRUE;
}

/**
 * lb_chart_scale_init_log:
 * @self: the scale to fill
 * @measure: what it is a scale of
 * @min: the smallest value above zero that has to be seen; 0 or less if none is known
 * @max: the largest value that has to fit; 0 or less if none is known
 * @max_steps: the number of steps there is room for, from 1 to %LB_CHART_MAX_TICKS - 1
 *
 * Begins with the power of ten that is at most half of @min, so that the smallest value is clearly more
 * than nothing and the beginning seldom moves; ends with 1, 2 or 5 times one. The ticks are the same
 * numbers, or if there is no room for all of them, powers of ten.
 */
void
lb_chart_scale_init_log (LbChartScale *self,
                         LbChartMeasure measure,
                         gint64 min,
                         gint64 max,
                         guint max_steps)
{
  const double least_part = LEAST_STEP / max_steps;

  g_return_if_fail (self != NULL);
  g_return_if_fail (max_steps > 0 && max_steps < LB_CHART_MAX_TICKS);

  max = get_max (measure, max);
  min = min > 0 ? MIN (min, max) : max;

  *self = (LbChartScale){ .measure = measure, .log = TRUE, .bottom = 1, .top = 2 };
  while (self->bottom <= min / 20)
    self->bottom *= 10;
  while (self->top < max || self->top <= self->bottom)
    self->top = next_round_step (self->top);
  self->unit = lb_chart_measure_get_unit (
    measure, (gint64) sqrt ((double) self->bottom * (double) self->top));

  if (lb_chart_scale_place_log_ticks (self, TRUE, 0, least_part))
    return;

  for (guint n_decades = 1; !lb_chart_scale_place_log_ticks (self, FALSE, n_decades, least_part);)
    n_decades++;
}

static gboolean
says_enough (const LbChartScale *self,
             gint64 value)
{
  return self->measure != LB_CHART_RESPONSE_TIMES || value * LEAST_PART >= self->unit;
}

/**
 * lb_chart_scale_fit_unit:
 * @self: a scale
 * @min: the smallest value that has a number; 0 or less if there is none
 *
 * Takes a smaller unit, for the whole scale, if else the number of @min would be hardly more than 0:
 * where one backend needs a second, and all others some milliseconds.
 */
void
lb_chart_scale_fit_unit (LbChartScale *self,
                         gint64 min)
{
  g_return_if_fail (self != NULL);

  while (min > 0 && !says_enough (self, min) && self->unit >= 1000 &&
         self->top / (self->unit / 1000) <= MOST_UNITS)
    self->unit /= 1000;
}

/**
 * lb_chart_scale_get_part:
 * @self: a scale
 * @value: a value
 *
 * Returns: where it is, 0 for the lowest tick or anything below and 1 for the highest
 */
double
lb_chart_scale_get_part (const LbChartScale *self,
                         gint64 value)
{
  g_return_val_if_fail (self != NULL, 0);

  if (value <= self->bottom)
    return 0;
  if (!self->log)
    return (double) value / (double) self->top;

  return log ((double) value / (double) self->bottom) /
         log ((double) self->top / (double) self->bottom);
}

/**
 * lb_chart_scale_format:
 * @self: a scale
 * @tick: which tick, from 0
 *
 * All ticks of a scale have the same unit and the same number of decimals, unless it is logarithmic:
 * then they have the unit that fits. Zero needs neither.
 *
 * Returns: (transfer full): the tick's label, such as `40 ms`
 */
char *
lb_chart_scale_format (const LbChartScale *self,
                       guint tick)
{
  gint64 value;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (tick < self->n_ticks, NULL);

  value = self->ticks[tick];
  if (value == 0)
    return g_strdup ("0");

  if (self->log)
    return lb_chart_measure_format_exact (self->measure, value,
                                          lb_chart_measure_get_unit (self->measure, value), value);

  return lb_chart_measure_format_exact (self->measure, value, self->unit, self->ticks[1]);
}

/**
 * lb_chart_scale_format_value:
 * @self: a scale
 * @value: a value
 *
 * Returns: (transfer full): a number for a narrow place, where its unit can be guessed from the axis;
 *   with a unit of its own if it would say too little without, or too much
 */
char *
lb_chart_scale_format_value (const LbChartScale *self,
                             gint64 value)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (says_enough (self, value) && value < self->unit * MOST_UNITS)
    return lb_chart_measure_format_number (self->measure, value, self->unit);

  return lb_chart_measure_format (self->measure, value);
}
