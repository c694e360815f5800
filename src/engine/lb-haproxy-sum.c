/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "engine/lb-haproxy-sum.h"

/*
 * What several HAProxys say of the same servers, as if it were one.
 */

/* Of two that do not agree on how a server is, who is believed: it serves if it serves one of them. */
static guint
lb_haproxy_sum_rank (const LbHaproxyServer *server)
{
  static const char *const words[] = { "MAINT", "DOWN", "no check", "DRAIN", "UP" };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (server->status != NULL && g_str_has_prefix (server->status, words[i]))
      return i + 1;

  return 0;
}

static void
lb_haproxy_sum_add_server (LbHaproxyServer *sum,
                           const LbHaproxyServer *server)
{
  if (lb_haproxy_sum_rank (server) > lb_haproxy_sum_rank (sum))
    {
      g_free (sum->status);
      g_free (sum->check_status);
      sum->status = g_strdup (server->status);
      sum->check_status = g_strdup (server->check_status);
      sum->check_code = server->check_code;
      sum->check_ms = server->check_ms;
      sum->admin = server->admin;
      sum->weight = server->weight;
    }

  sum->sessions += server->sessions;
  sum->queued += server->queued;
  sum->check_failures += server->check_failures;
}

/**
 * lb_haproxy_sum_add:
 * @sum: the sum so far
 * @report: what one more HAProxy says
 *
 * What waits or is under way is added up. A server is as well as the one that sees it best says. What there was since
 * the last time is for lb_haproxy_counters_take().
 */
void
lb_haproxy_sum_add (LbHaproxyReport *sum,
                    const LbHaproxyReport *report)
{
  g_return_if_fail (sum != NULL);
  g_return_if_fail (report != NULL);

  for (guint i = 0; i < report->servers->len; i++)
    {
      const LbHaproxyServer *server = g_ptr_array_index (report->servers, i);

      lb_haproxy_sum_add_server (lb_haproxy_report_add (sum, server->name), server);
    }
}
