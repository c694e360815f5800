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
 * @share: between 0 and 1
 *
 * Returns: (transfer full): the share in percent, such as `33.3 %`
 */
char *
lb_chart_text_share (double share)
{
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

/**
 * lb_chart_text_describe:
 * @figures: a backend's figures
 * @separator: what to put between them: a line break in a tooltip, a comma for a screen reader
 *
 * Returns: (transfer full): the backend's URL, state, health, response time, 95th percentile,
 *   redirects and share in words
 */
char *
lb_chart_text_describe (const LbBackendFigures *figures,
                        const char *separator)
{
  g_autofree char *condition = NULL;
  g_autofree char *response = NULL;
  g_autofree char *p95 = NULL;
  g_autofree char *redirects = NULL;
  g_autofree char *share = NULL;
  g_autofree char *response_line = NULL;
  g_autofree char *p95_line = NULL;
  g_autofree char *redirects_line = NULL;
  g_autofree char *share_line = NULL;

  g_return_val_if_fail (figures != NULL, NULL);
  g_return_val_if_fail (separator != NULL, NULL);

  condition = describe_condition (figures);
  response =
    lb_chart_text_time (figures->last_probe.time_us > 0 ? figures->last_probe.response_us : -1);
  p95 = lb_chart_text_time (figures->latency.n_samples > 0 ? figures->latency.p95_us : -1);
  redirects = g_strdup_printf ("%" G_GUINT64_FORMAT, figures->redirects);
  share = lb_chart_text_share (figures->share);

  response_line = g_strdup_printf (_("Response time: %s"), response);
  p95_line = g_strdup_printf (_("95th percentile: %s"), p95);
  redirects_line = g_strdup_printf (_("Redirects: %s"), redirects);
  share_line = g_strdup_printf (_("Share: %s"), share);

  return g_strjoin (separator, figures->url, condition, response_line, p95_line, redirects_line,
                    share_line, NULL);
}
