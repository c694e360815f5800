/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-measure.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-chart-column.h"
#include "chart/lb-chart-text.h"

/*
 * LbChartMeasure
 *
 * All that is different between a chart of one thing and a chart of another. Values are whole numbers
 * of something small, so that a line of the axis is exactly where its label says.
 */

#define PERCENT (LB_CHART_WHOLE / 100)

G_DEFINE_ENUM_TYPE (LbChartMeasure,
                    lb_chart_measure,
                    G_DEFINE_ENUM_VALUE (LB_CHART_RESPONSE_TIMES, "response-times"),
                    G_DEFINE_ENUM_VALUE (LB_CHART_TRAFFIC, "traffic"))

/* None before the first probe, when the last one failed, and in maintenance, where it would be an old
 * one. */
static gint64
get_response_us (const LbBackendFigures *figures)
{
  if (figures->state == LB_STATE_MAINT || figures->last_probe.time_us <= 0)
    return -1;

  return figures->last_probe.response_us;
}

static gint64
get_millionths (double share)
{
  return share >= 0.0 ? (gint64) round (share * LB_CHART_WHOLE) : -1;
}

/**
 * lb_chart_measure_get_value:
 * @self: a measure
 * @figures: a backend's figures
 *
 * Returns: what its bar shows, or -1 if there is nothing to show: no response time, no redirects to
 *   anyone, or none to a backend that should get none
 */
gint64
lb_chart_measure_get_value (LbChartMeasure self,
                            const LbBackendFigures *figures)
{
  gint64 share;

  if (self == LB_CHART_RESPONSE_TIMES)
    return get_response_us (figures);

  share = get_millionths (figures->recent_share);

  return share == 0 && lb_chart_column_kind (figures) != LB_CHART_UP ? -1 : share;
}

/**
 * lb_chart_measure_get_mark:
 * @self: a measure
 * @figures: a backend's figures
 *
 * Returns: what the mark on its bar shows, or -1 for none: there is no mark without a value to compare
 *   it with
 */
gint64
lb_chart_measure_get_mark (LbChartMeasure self,
                           const LbBackendFigures *figures)
{
  if (lb_chart_measure_get_value (self, figures) < 0)
    return -1;

  if (self == LB_CHART_RESPONSE_TIMES)
    return figures->latency.n_samples > 0 ? figures->latency.p95_us : -1;

  return get_millionths (figures->expected_share);
}

/**
 * lb_chart_measure_get_word:
 * @self: a measure
 * @figures: a backend's figures
 *
 * Returns: (nullable): the word its bar needs besides its look; %NULL if the value says all
 */
const char *
lb_chart_measure_get_word (LbChartMeasure self,
                           const LbBackendFigures *figures)
{
  switch (lb_chart_column_kind (figures))
    {
    case LB_CHART_DOWN:
      return lb_chart_text_health (LB_HEALTH_DOWN);
    case LB_CHART_DRAIN:
      return lb_chart_text_state (LB_STATE_DRAIN);
    case LB_CHART_MAINT:
      return lb_chart_text_state (LB_STATE_MAINT);
    case LB_CHART_UNKNOWN:
      return figures->last_probe.time_us > 0 ? lb_chart_text_health (LB_HEALTH_UNKNOWN)
                                             : _("no answer yet");
    case LB_CHART_UP:
      return self == LB_CHART_RESPONSE_TIMES && get_response_us (figures) < 0 ? _("no answer") : NULL;
    default:
      g_return_val_if_reached (NULL);
    }
}

/**
 * lb_chart_measure_get_unit:
 * @self: a measure
 * @value: a value
 *
 * Returns: the unit that fits it
 */
gint64
lb_chart_measure_get_unit (LbChartMeasure self,
                           gint64 value)
{
  return self == LB_CHART_RESPONSE_TIMES ? lb_chart_text_unit (value) : PERCENT;
}

/**
 * lb_chart_measure_format_number:
 * @self: a measure
 * @value: a value
 * @unit: a unit, from lb_chart_measure_get_unit()
 *
 * Returns: (transfer full): how many units that is, to three significant digits and at most two
 *   decimals
 */
char *
lb_chart_measure_format_number (LbChartMeasure self,
                                gint64 value,
                                gint64 unit)
{
  if (self == LB_CHART_TRAFFIC && value == 0)
    return g_strdup ("0");

  return lb_chart_text_number (value, unit);
}

static char *
lb_chart_measure_add_unit (LbChartMeasure self,
                           const char *number,
                           gint64 unit)
{
  if (self == LB_CHART_RESPONSE_TIMES)
    return lb_chart_text_add_unit (number, unit);

  /* Translators: a share in percent; %s is a number, such as 33.3 */
  return g_strdup_printf (_("%s%%"), number);
}

/**
 * lb_chart_measure_format:
 * @self: a measure
 * @value: a value; negative if there is none
 *
 * Returns: (transfer full): the value in the unit that fits, such as `12.3 ms` or `33.3%`, or a dash
 */
char *
lb_chart_measure_format (LbChartMeasure self,
                         gint64 value)
{
  g_autofree char *number = NULL;
  gint64 unit;

  if (value < 0)
    return g_strdup ("–");

  unit = lb_chart_measure_get_unit (self, value);
  number = lb_chart_measure_format_number (self, value, unit);

  return lb_chart_measure_add_unit (self, number, unit);
}

/**
 * lb_chart_measure_format_exact:
 * @self: a measure
 * @value: a value, a multiple of @step
 * @unit: the unit, from lb_chart_measure_get_unit()
 * @step: how fine to be
 *
 * Returns: (transfer full): the value with as many decimals as every multiple of @step can do with,
 *   such as `40 ms`
 */
char *
lb_chart_measure_format_exact (LbChartMeasure self,
                               gint64 value,
                               gint64 unit,
                               gint64 step)
{
  g_autofree char *number = NULL;
  int decimals = 0;

  for (gint64 rest = step % unit; rest != 0; rest = rest * 10 % unit)
    decimals++;

  number = g_strdup_printf ("%.*f", decimals, (double) value / (double) unit);

  return lb_chart_measure_add_unit (self, number, unit);
}

/**
 * lb_chart_measure_get_name:
 * @self: a measure
 *
 * Returns: what a chart of it is called, for those who do not see it
 */
const char *
lb_chart_measure_get_name (LbChartMeasure self)
{
  return self == LB_CHART_RESPONSE_TIMES ? _("Response times of the backends")
                                         : _("Traffic of the backends");
}

/**
 * lb_chart_options_equal:
 * @self: options
 * @other: other options
 *
 * Returns: whether they are the same
 */
gboolean
lb_chart_options_equal (const LbChartOptions *self,
                        const LbChartOptions *other)
{
  return self->measure == other->measure && self->log_scale == other->log_scale &&
         self->threshold_us == other->threshold_us;
}

/**
 * lb_chart_options_get_threshold:
 * @self: options
 *
 * Returns: the value at which there is a line across the chart; 0 for none
 */
gint64
lb_chart_options_get_threshold (const LbChartOptions *self)
{
  return self->measure == LB_CHART_RESPONSE_TIMES ? MAX (self->threshold_us, 0) : 0;
}

/**
 * lb_chart_options_format_threshold:
 * @self: options with a threshold
 *
 * Returns: (transfer full): the threshold as it was set, such as `50 ms`
 */
char *
lb_chart_options_format_threshold (const LbChartOptions *self)
{
  const gint64 threshold = lb_chart_options_get_threshold (self);

  return lb_chart_measure_format_exact (
    self->measure, threshold, lb_chart_measure_get_unit (self->measure, threshold), threshold);
}

/**
 * lb_chart_options_is_slow:
 * @self: options
 * @figures: a backend's figures
 *
 * Returns: whether its bar goes over the line. What is down is worse than slow, and looks it already.
 */
gboolean
lb_chart_options_is_slow (const LbChartOptions *self,
                          const LbBackendFigures *figures)
{
  const gint64 threshold = lb_chart_options_get_threshold (self);

  return threshold > 0 && lb_chart_measure_get_value (self->measure, figures) > threshold &&
         lb_chart_column_kind (figures) != LB_CHART_DOWN;
}

/**
 * lb_chart_options_get_title:
 * @self: options
 *
 * Returns: what stands over the axis
 */
const char *
lb_chart_options_get_title (const LbChartOptions *self)
{
  if (self->measure == LB_CHART_RESPONSE_TIMES)
    return self->log_scale ? _("Response time, logarithmic") : _("Response time");

  return self->log_scale ? _("Share of recent traffic, logarithmic")
                         : _("Share of recent traffic");
}
