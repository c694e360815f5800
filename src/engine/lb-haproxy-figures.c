/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-figures.h"

/* HAProxy counts whole milliseconds: of less than one, the middle. */
#define LESS_THAN_A_MS_US 500

/**
 * LbHaproxyFigures:
 *
 * Takes what HAProxy has measured over into the pool: how many requests each backend got and is busy with, how
 * long they took, and what its checks say. HAProxy's counters begin at 0 with each process; ours go on.
 */
struct _LbHaproxyFigures
{
  GHashTable *requests; /* utf8 → guint64: what HAProxy had counted of each server the last time */
};

/**
 * lb_haproxy_figures_new:
 *
 * Returns: (transfer full): figures of a HAProxy that has not begun
 */
LbHaproxyFigures *
lb_haproxy_figures_new (void)
{
  LbHaproxyFigures *self = g_new (LbHaproxyFigures, 1);

  self->requests = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  return self;
}

/**
 * lb_haproxy_figures_free:
 * @self: (nullable) (transfer full): figures
 */
void
lb_haproxy_figures_free (LbHaproxyFigures *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->requests);
  g_free (self);
}

/**
 * lb_haproxy_figures_begin:
 * @self: figures
 *
 * Another HAProxy begins to count, from 0.
 */
void
lb_haproxy_figures_begin (LbHaproxyFigures *self)
{
  g_hash_table_remove_all (self->requests);
}

/* How many requests it has got since the last time. */
static guint64
lb_haproxy_figures_count (LbHaproxyFigures *self,
                          const LbHaproxyServer *server)
{
  guint64 *before = g_hash_table_lookup (self->requests, server->name);
  guint64 n;

  if (before == NULL)
    {
      before = g_new0 (guint64, 1);
      g_hash_table_insert (self->requests, g_strdup (server->name), before);
    }

  n = server->requests >= *before ? server->requests - *before : server->requests;
  *before = server->requests;

  return n;
}

static LbHealth
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
lb_haproxy_figures_get_us (guint ms)
{
  return ms > 0 ? ms * G_TIME_SPAN_MILLISECOND : LESS_THAN_A_MS_US;
}

/* The last check, with how long requests take now, if there are any. */
static void
lb_haproxy_figures_record (LbBackend *backend,
                           const LbHaproxyServer *server,
                           guint64 n_requests,
                           LbEngine *engine,
                           gint64 now_us)
{
  const gboolean ok = server->check_status != NULL && g_str_has_suffix (server->check_status, "OK");
  LbProbeResult result = { .time_us = g_get_real_time (), .response_us = -1, .ok = ok,
                           .status = server->check_code };
  g_autofree char *error = NULL;

  if (lb_haproxy_figures_get_health (server) == LB_HEALTH_UNKNOWN)
    return;

  result.connected = !g_str_has_prefix (server->check_status, "L4") || ok;
  if (ok)
    {
      result.response_us =
        lb_haproxy_figures_get_us (n_requests > 0 ? server->response_time_ms : (guint) MAX (server->check_ms, 0));
      lb_load_add_response (lb_backend_get_load (backend), result.response_us, now_us);
    }
  else
    result.error = g_ref_string_new (lb_haproxy_figures_get_error (server));

  lb_backend_record_probe (backend, &result, now_us);
  g_clear_pointer (&result.error, g_ref_string_release);
  lb_engine_probed (engine, backend);
}

static void
lb_haproxy_figures_take_server (LbHaproxyFigures *self,
                                const LbHaproxyServer *server,
                                LbBackend *backend,
                                LbEngine *engine,
                                LbPool *pool)
{
  const gint64 now_us = g_get_monotonic_time ();
  const LbHealth health = lb_haproxy_figures_get_health (server);
  const guint64 n = lb_haproxy_figures_count (self, server);

  lb_pool_count_requests (pool, backend, n, now_us);
  lb_load_set_in_flight (lb_backend_get_load (backend), server->sessions);

  if (health != lb_backend_get_health (backend))
    g_info ("%s is %s", lb_backend_get_url (backend), lb_health_to_string (health));
  lb_haproxy_figures_record (backend, server, n, engine, now_us);
  lb_backend_set_health (backend, health, now_us);
}

/**
 * lb_haproxy_figures_take:
 * @self: figures
 * @report: what HAProxy says
 * @words: the pool in its words
 * @engine: who is told of checks
 * @pool: the pool
 *
 * Takes over what HAProxy has measured since the last time.
 */
void
lb_haproxy_figures_take (LbHaproxyFigures *self,
                         const LbHaproxyReport *report,
                         const LbHaproxyPool *words,
                         LbEngine *engine,
                         LbPool *pool)
{
  for (guint i = 0; i < words->wanted->len; i++)
    {
      const LbHaproxyWanted *wanted = g_ptr_array_index (words->wanted, i);
      const LbHaproxyServer *server = lb_haproxy_report_find (report, wanted->name);

      if (server != NULL)
        lb_haproxy_figures_take_server (self, server, g_ptr_array_index (words->backends, i), engine, pool);
    }
}

/**
 * lb_haproxy_figures_end:
 * @self: figures
 * @pool: the pool
 *
 * HAProxy measures no more: what is in flight is estimated again.
 */
void
lb_haproxy_figures_end (LbHaproxyFigures *self,
                        LbPool *pool)
{
  g_hash_table_remove_all (self->requests);
  for (guint i = 0; i < lb_pool_get_n_backends (pool); i++)
    lb_load_set_in_flight (lb_backend_get_load (lb_pool_get_backend (pool, i)), -1.0);
}
