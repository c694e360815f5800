/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy-words"

#include "config.h"

#include "stats/lb-haproxy-words.h"

#include <string.h>

/*
 * What HAProxy would call a backend, how it stands and how its last probe ended. Programs that read
 * HAProxy's statistics compare these words, so they are those of HAProxy's management guide to the
 * letter.
 */

/**
 * lb_haproxy_append_name:
 * @text: where to write it
 * @url: a backend's URL
 *
 * Writes the name of a backend as one of HAProxy's servers: its URL, without the `http://` that most
 * have, as in the chart, such as `127.0.0.1:9001` or `https://example.org/base`. Some readers split
 * lines at commas and do not know quotes. So all but letters, digits and `-._~:/[]@!$&()*+;=` is
 * percent-encoded, the percent sign included: names are as different as URLs are, and whoever
 * decodes a name has the URL.
 */
void
lb_haproxy_append_name (GString *text,
                        const char *url)
{
  g_return_if_fail (text != NULL && url != NULL);

  if (g_str_has_prefix (url, "http://"))
    url += strlen ("http://");

  g_string_append_uri_escaped (text, url, ":/[]@!$&()*+;=", FALSE);
}

/**
 * lb_haproxy_append_status:
 * @text: where to write it
 * @figures: a backend
 *
 * Writes how a backend stands. As in HAProxy, one that is down is so even while it drains, and
 * behind `UP` and `DOWN` stands how close it is to a change: `UP 1/3` goes down if the next probe
 * fails, too, and `DOWN 1/2` comes up if the next one is good, too.
 */
void
lb_haproxy_append_status (GString *text,
                          const LbBackendFigures *figures)
{
  const LbProbeResult *probe;
  gboolean undecided;

  g_return_if_fail (text != NULL && figures != NULL);

  probe = &figures->last_probe;
  undecided = probe->n_against > 0 && probe->n_against < probe->n_to_change;

  if (figures->state == LB_STATE_MAINT)
    g_string_append (text, "MAINT");
  else if (figures->health == LB_HEALTH_DOWN)
    {
      g_string_append (text, "DOWN");
      if (undecided)
        g_string_append_printf (text, " %u/%u", probe->n_against, probe->n_to_change);
    }
  else if (figures->state == LB_STATE_DRAIN)
    g_string_append (text, "DRAIN");
  else if (figures->health == LB_HEALTH_UNKNOWN)
    g_string_append (text, "no check");
  else
    {
      g_string_append (text, "UP");
      if (undecided)
        g_string_append_printf (text, " %u/%u", probe->n_to_change - probe->n_against,
                                probe->n_to_change);
    }
}

/**
 * lb_haproxy_was_checked:
 * @figures: a backend
 *
 * Returns: whether its last probe still tells anything: there was one, and it is not in maintenance
 */
gboolean
lb_haproxy_was_checked (const LbBackendFigures *figures)
{
  g_return_val_if_fail (figures != NULL, FALSE);

  return figures->state != LB_STATE_MAINT && figures->last_probe.time_us != 0;
}

/* The digit is the layer of the network that the probe came to. */
static const char *
lb_haproxy_get_outcome (LbProbeOutcome outcome,
                        const LbProbeResult *probe)
{
  switch (outcome)
    {
    case LB_PROBE_OK:
      return probe->status != 0 ? "L7OK" : "L4OK";
    case LB_PROBE_TIMEOUT:
      return probe->connected ? "L7TOUT" : "L4TOUT";
    case LB_PROBE_REFUSED:
    case LB_PROBE_UNREACHABLE:
      return "L4CON";
    case LB_PROBE_RESET:
    case LB_PROBE_DNS:
      return "SOCKERR";
    case LB_PROBE_TLS:
      return "L6RSP";
    case LB_PROBE_INCOMPLETE:
    case LB_PROBE_INVALID:
    case LB_PROBE_BODY:
    case LB_PROBE_LOOP:
      return "L7RSP";
    case LB_PROBE_STATUS:
      return "L7STS";
    case LB_PROBE_FAILED:
    case LB_N_PROBE_OUTCOMES:
    default:
      return "UNK";
    }
}

/**
 * lb_haproxy_get_check_status:
 * @figures: a backend
 *
 * Returns: (transfer none): how its last probe ended; `INI` before the first, "" in maintenance,
 *   when there are none
 */
const char *
lb_haproxy_get_check_status (const LbBackendFigures *figures)
{
  const LbProbeResult *probe;

  g_return_val_if_fail (figures != NULL, NULL);

  probe = &figures->last_probe;
  if (figures->state == LB_STATE_MAINT)
    return "";
  if (!lb_haproxy_was_checked (figures))
    return "INI";

  if (!probe->ok && probe->error == NULL)
    return lb_haproxy_get_outcome (LB_PROBE_FAILED, probe);

  return lb_haproxy_get_outcome (lb_probe_outcome_from_error (probe->error), probe);
}
