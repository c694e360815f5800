/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-text.h"

#include <glib/gi18n-lib.h>

/*
 * The chart's words and numbers: on the bars, in the tooltips and for a screen reader.
 * Decimal signs are the locale's.
 */

/**
 * lb_chart_text_state:
 * @state: a backend's state
 *
 * Returns: the translated word for it
 */
const char *
lb_chart_text_state (LbState state)
{
  switch (state)
    {
    case LB_STATE_READY:
      return _("ready");
    case LB_STATE_DRAIN:
      return _("drain");
    case LB_STATE_MAINT:
      return _("maint");
    default:
      g_return_val_if_reached ("");
    }
}

/**
 * lb_chart_text_health:
 * @health: a backend's health
 *
 * Returns: the translated word for it
 */
const char *
lb_chart_text_health (LbHealth health)
{
  switch (health)
    {
    case LB_HEALTH_UNKNOWN:
      return _("unknown");
    case LB_HEALTH_UP:
      return _("up");
    case LB_HEALTH_DOWN:
      return _("down");
    default:
      g_return_val_if_reached ("");
    }
}

/**
 * lb_chart_text_unit:
 * @time_us: a time in microseconds
 *
 * Returns: the unit that fits it, in microseconds: 1, a thousand or a million of them
 */
gint64
lb_chart_text_unit (gint64 time_us)
{
  if (time_us < G_TIME_SPAN_MILLISECOND)
    return 1;

  /* From here on three digits would be rounded up to a thousand. */
  return time_us < 999500 ? G_TIME_SPAN_MILLISECOND : G_TIME_SPAN_SECOND;
}

/**
 * lb_chart_text_add_unit:
 * @number: a number of units
 * @unit_us: the unit in microseconds, from lb_chart_text_unit()
 *
 * Returns: (transfer full): @number with the unit's symbol
 */
char *
lb_chart_text_add_unit (const char *number,
                        gint64 unit_us)
{
  g_return_val_if_fail (number != NULL, NULL);

  if (unit_us == 1)
    return g_strdup_printf (_("%s µs"), number);
  if (unit_us == G_TIME_SPAN_MILLISECOND)
    return g_strdup_printf (_("%s ms"), number);
  return g_strdup_printf (_("%s s"), number);
}

/**
 * lb_chart_text_number:
 * @time_us: a response time in microseconds
 * @unit_us: a unit in microseconds, from lb_chart_text_unit()
 *
 * Returns: (transfer full): how many units that is, to three significant digits and at most two
 *   decimals
 */
char *
lb_chart_text_number (gint64 time_us,
                      gint64 unit_us)
{
  double value = (double) time_us / (double) unit_us;
  int decimals = 2;

  /* The limits are those at which rounding adds a digit. */
  if (unit_us == 1 || value >= 99.95)
    decimals = 0;
  else if (value >= 9.995)
    decimals = 1;

  return g_strdup_printf ("%.*f", decimals, value);
}

/**
 * lb_chart_text_time:
 * @time_us: a response time in microseconds; negative if there is none
 *
 * Returns: (transfer full): the time to three significant digits in the unit that fits, such as
 *   `12.3 ms`, or a dash
 */
char *
lb_chart_text_time (gint64 time_us)
{
  g_autofree char *number = NULL;

  if (time_us < 0)
    return g_strdup ("–");

  number = lb_chart_text_number (time_us, lb_chart_text_unit (time_us));
  return lb_chart_text_add_unit (number, lb_chart_text_unit (time_us));
}

/**
 * lb_chart_text_share:
 * @share: between 0 and 1; negative if it is not known
 *
 * Returns: (transfer full): the share in percent, such as `33.3%`, or a dash
 */
char *
lb_chart_text_share (double share)
{
  if (share < 0)
    return g_strdup ("–");

  /* Translators: a share in percent. */
  return g_strdup_printf (_("%.1f%%"), share * 100);
}

/**
 * lb_chart_text_address:
 * @url: a backend's URL
 *
 * What tells one backend from another fits under a narrow bar better without `http://`. The
 * uncommon `https://` stays.
 *
 * Returns: (transfer none): a part of @url
 */
const char *
lb_chart_text_address (const char *url)
{
  g_return_val_if_fail (url != NULL, NULL);

  return g_str_has_prefix (url, "http://") ? url + strlen ("http://") : url;
}

static char *
describe_condition (const LbBackendFigures *figures)
{
  const char *state = lb_chart_text_state (figures->state);
  const char *health = lb_chart_text_health (figures->health);

  if (figures->health == LB_HEALTH_DOWN && figures->last_probe.error != NULL)
    {
      /* Translators: a backend's state, its health, and why it is down: "ready, down (timeout)" */
      return g_strdup_printf (_("%s, %s (%s)"), state, health, figures->last_probe.error);
    }

  /* Translators: a backend's state and its health: "ready, up" */
  return g_strdup_printf (_("%s, %s"), state, health);
}

static void G_GNUC_PRINTF (2, 3)
add_line (GPtrArray *lines,
          const char *format,
          ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (lines, g_strdup_vprintf (format, args));
  va_end (args);
}

static void
add_response_time (GPtrArray *lines,
                   const LbBackendFigures *figures)
{
  const gboolean probed = figures->last_probe.time_us > 0;
  g_autofree char *time = lb_chart_text_time (probed ? figures->last_probe.response_us : -1);

  add_line (lines, _("Response time: %s"), time);
}

/* A string, since numbers of 64 bits are not the same for translators everywhere. */
static void
add_redirects (GPtrArray *lines,
               const LbBackendFigures *figures)
{
  g_autofree char *redirects = g_strdup_printf ("%" G_GUINT64_FORMAT, figures->redirects);

  add_line (lines, _("Redirects: %s"), redirects);
}

static void
describe_response_times (GPtrArray *lines,
                         const LbBackendFigures *figures,
                         const LbChartOptions *options)
{
  const gboolean known = figures->latency.n_samples > 0;
  g_autofree char *p95 = lb_chart_text_time (known ? figures->latency.p95_us : -1);
  g_autofree char *share = lb_chart_text_share (figures->share);

  add_response_time (lines, figures);
  if (lb_chart_options_is_slow (options, figures))
    {
      g_autofree char *threshold = lb_chart_options_format_threshold (options);

      add_line (lines, _("Slower than %s"), threshold);
    }
  add_line (lines, _("95th percentile: %s"), p95);
  add_redirects (lines, figures);
  add_line (lines, _("Share: %s"), share);
}

static void
describe_traffic (GPtrArray *lines,
                  const LbBackendFigures *figures)
{
  g_autofree char *recent = lb_chart_text_share (figures->recent_share);
  g_autofree char *expected = lb_chart_text_share (figures->expected_share);

  add_line (lines, _("Share of the last minute: %s"), recent);
  add_line (lines, _("Expected by the policy: %s"), expected);
  add_redirects (lines, figures);
  add_response_time (lines, figures);
}

/**
 * lb_chart_text_describe:
 * @figures: a backend's figures
 * @options: what a chart shows of them
 * @separator: what to put between them: a line break in a tooltip, a comma for a screen reader
 *
 * Returns: (transfer full): the backend's URL, state and health in words, then what @options are
 *   about, then what else there is to say
 */
char *
lb_chart_text_describe (const LbBackendFigures *figures,
                        const LbChartOptions *options,
                        const char *separator)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (figures != NULL, NULL);
  g_return_val_if_fail (options != NULL, NULL);
  g_return_val_if_fail (separator != NULL, NULL);

  g_ptr_array_add (lines, g_strdup (figures->url));
  g_ptr_array_add (lines, describe_condition (figures));
  if (options->measure == LB_CHART_RESPONSE_TIMES)
    describe_response_times (lines, figures, options);
  else
    describe_traffic (lines, figures);
  g_ptr_array_add (lines, NULL);

  return g_strjoinv (separator, (char **) lines->pdata);
}
