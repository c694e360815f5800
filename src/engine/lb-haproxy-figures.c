/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-figures.h"

/* HAProxy counts whole milliseconds: of less than one, the middle. */
#define LESS_THAN_A_MS_US 500

/*
 * Takes what HAProxy has measured over into the pool: how many requests each backend got and is busy with, how
 * they ended and how long they took, and what its checks say. Who is not in HAProxy gets nothing from it, and is not
 * checked.
 */

/**
 * lb_haproxy_figures_get_health:
 * @server: how a server is
 *
 * Returns: its health as we would say it
 */
LbHealth
lb_haproxy_figures_get_health (const LbHaproxyServer *server)
{
  /* Before the first check it counts as up; `INI` is that, and `* ` a check that goes on. */
  if (server->check_status == NULL || g_str_has_prefix (server->check_status, "INI") ||
      server->admin & LB_HAPROXY_FORCED_MAINT)
    return LB_HEALTH_UNKNOWN;
  if (server->status != NULL && g_str_has_prefix (server->status, "DOWN"))
    return LB_HEALTH_DOWN;
  if (server->status != NULL && g_str_has_prefix (server->status, "DRAIN") &&
      !g_str_has_suffix (server->check_status, "OK"))
    return LB_HEALTH_DOWN;

  return LB_HEALTH_UP;
}

/* The words that our own probes have, where there are such. */
static const char *
lb_haproxy_figures_get_error (const LbHaproxyServer *server)
{
  static const struct
  {
    const char *status;
    const char *error;
  } words[] = {
    { "L4CON", "refused" }, { "L4TOUT", "timeout" }, { "L6TOUT", "timeout" }, { "L7TOUT", "timeout" },
    { "L6RSP", "tls" },     { "L7RSP", "no HTTP" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (words[i].status, server->check_status))
      return words[i].error;

  return server->check_status;
}

static gint64
lb_haproxy_figures_get_us (double ms)
{
  return MAX ((gint64) (ms * G_TIME_SPAN_MILLISECOND), LESS_THAN_A_MS_US);
}

static gboolean
lb_haproxy_figures_is_ok (const LbHaproxyServer *server)
{
  return server->check_status != NULL && g_str_has_suffix (server->check_status, "OK");
}

/**
 * lb_haproxy_figures_get_response_us:
 * @server: how a server is
 * @requests_us: how long its last requests took, in microseconds; -1 if there were none
 *
 * Returns: that, or if there were none how long its last check took, in microseconds; -1 if that was bad
 */
gint64
lb_haproxy_figures_get_response_us (const LbHaproxyServer *server,
                                    gint64 requests_us)
{
  if (!lb_haproxy_figures_is_ok (server))
    return -1;

  return requests_us >= 0 ? requests_us : lb_haproxy_figures_get_us (MAX (server->check_ms, 0));
}

/* The last check, with how long requests take now, if there are any. */
static void
lb_haproxy_figures_record (LbBackend *backend,
                           const LbHaproxyServer *server,
                           LbEngine *engine,
                           gint64 now_us)
{
  const gboolean ok = lb_haproxy_figures_is_ok (server);
  const gboolean asked = server->counts[LB_PROXY_REQUESTS] + server->timed > 0;
  LbProbeResult result = { .time_us = g_get_real_time (), .response_us = -1, .ok = ok,
                           .status = server->check_code };
  g_autofree char *error = NULL;

  if (lb_haproxy_figures_get_health (server) == LB_HEALTH_UNKNOWN)
    return;

  result.connected = !g_str_has_prefix (server->check_status, "L4") || ok;
  if (ok)
    {
      result.response_us =
        lb_haproxy_figures_get_response_us (server, asked ? lb_backend_get_proxied (backend)->response_us : -1);
      if (server->timed > 0)
        lb_load_add_responses (lb_backend_get_load (backend), result.response_us, server->timed - 1, now_us);
    }
  else
    result.error = g_ref_string_new (lb_haproxy_figures_get_error (server));

  lb_backend_record_probe (backend, &result, now_us);
  g_clear_pointer (&result.error, g_ref_string_release);
  lb_engine_probed (engine, backend);
}

static void
lb_haproxy_figures_take_proxied (const LbHaproxyServer *server,
                                 LbBackend *backend)
{
  LbProxyRecord *record = lb_backend_get_proxied (backend);

  record->known = TRUE;
  record->queued = server->queued;
  if (server->timed > 0)
    {
      record->response_us = lb_haproxy_figures_get_us (server->response_time_ms);
      record->total_us = lb_haproxy_figures_get_us (server->total_time_ms);
    }
}

static void
lb_haproxy_figures_take_server (const LbHaproxyServer *server,
                                LbBackend *backend,
                                LbEngine *engine,
                                LbPool *pool)
{
  const gint64 now_us = g_get_monotonic_time ();
  const LbHealth health = lb_haproxy_figures_get_health (server);

  lb_pool_count_proxied (pool, backend, server->counts, now_us);
  lb_haproxy_figures_take_proxied (server, backend);
  lb_load_set_in_flight (lb_backend_get_load (backend), server->sessions);

  if (health != lb_backend_get_health (backend))
    g_info ("%s is %s", lb_backend_get_url (backend), lb_health_to_string (health));
  lb_haproxy_figures_record (backend, server, engine, now_us);
  lb_backend_set_health (backend, health, now_us);
}

/* Says of each backend whether HAProxy has it at all. */
static void
lb_haproxy_figures_leave_out (const LbHaproxyPool *words,
                              LbPool *pool)
{
  g_autoptr (GHashTable) carried = g_hash_table_new (NULL, NULL);
  const gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < words->backends->len; i++)
    g_hash_table_add (carried, g_ptr_array_index (words->backends, i));

  for (guint i = 0; i < lb_pool_get_n_backends (pool); i++)
    {
      LbBackend *backend = lb_pool_get_backend (pool, i);
      const gboolean left_out = !g_hash_table_contains (carried, backend);

      lb_backend_set_left_out (backend, left_out, now_us);
      if (left_out)
        lb_load_set_in_flight (lb_backend_get_load (backend), -1.0);
    }
}

/**
 * lb_haproxy_figures_take:
 * @report: what HAProxy says; what it counts is what there was since the last time
 * @words: the pool in its words
 * @engine: who is told of checks
 * @pool: the pool
 *
 * Takes over what HAProxy has measured since the last time.
 */
void
lb_haproxy_figures_take (const LbHaproxyReport *report,
                         const LbHaproxyPool *words,
                         LbEngine *engine,
                         LbPool *pool)
{
  lb_haproxy_figures_leave_out (words, pool);

  for (guint i = 0; i < words->wanted->len; i++)
    {
      const LbHaproxyWanted *wanted = g_ptr_array_index (words->wanted, i);
      const LbHaproxyServer *server = lb_haproxy_report_find (report, wanted->name);

      if (server != NULL)
        lb_haproxy_figures_take_server (server, g_ptr_array_index (words->backends, i), engine, pool);
    }
}

/**
 * lb_haproxy_figures_end:
 * @pool: the pool
 *
 * HAProxy measures no more: what is in flight is estimated again, and nobody is left out.
 */
void
lb_haproxy_figures_end (LbPool *pool)
{
  const gint64 now_us = g_get_monotonic_time ();

  for (guint i = 0; i < lb_pool_get_n_backends (pool); i++)
    {
      LbBackend *backend = lb_pool_get_backend (pool, i);

      lb_load_set_in_flight (lb_backend_get_load (backend), -1.0);
      lb_proxy_record_forget (lb_backend_get_proxied (backend));
      lb_backend_set_left_out (backend, FALSE, now_us);
    }
}
