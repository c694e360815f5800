/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "engine/lb-haproxy-sum.h"

/*
 * What several HAProxys say of the same servers, as if it were one.
 */

/* HAProxy's times are means of so many requests at the most. */
#define TIMED_REQUESTS 1024

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

static guint64
lb_haproxy_sum_get_timed (const LbHaproxyServer *server)
{
  return MIN (server->counts[LB_PROXY_REQUESTS], TIMED_REQUESTS);
}

static guint
lb_haproxy_sum_mean (guint a_ms,
                     guint64 n_a,
                     guint b_ms,
                     guint64 n_b)
{
  return n_a + n_b > 0 ? (guint) ((a_ms * n_a + b_ms * n_b) / (n_a + n_b)) : MAX (a_ms, b_ms);
}

static void
lb_haproxy_sum_add_server (LbHaproxyServer *sum,
                           const LbHaproxyServer *server)
{
  const guint64 n_sum = lb_haproxy_sum_get_timed (sum);
  const guint64 n_server = lb_haproxy_sum_get_timed (server);

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

  sum->response_time_ms = lb_haproxy_sum_mean (sum->response_time_ms, n_sum, server->response_time_ms, n_server);
  sum->total_time_ms = lb_haproxy_sum_mean (sum->total_time_ms, n_sum, server->total_time_ms, n_server);
  sum->sessions += server->sessions;
  sum->queued += server->queued;
  sum->check_failures += server->check_failures;
  for (LbProxyCount i = 0; i < LB_N_PROXY_COUNTS; i++)
    sum->counts[i] += server->counts[i];
}

/**
 * lb_haproxy_sum_add:
 * @sum: the sum so far
 * @report: what one more HAProxy says
 *
 * Requests, errors and retries are added up, and times are means over the requests. A server is as well as the one
 * that sees it best says.
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
