/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-haproxy"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "exchange/lb-exchange-haproxy-proxy.h"
#include "exchange/lb-exchange-probe.h"

/*
 * What becomes of a section of HAProxy's that has been read: backends and how they are probed.
 */

static void
lb_haproxy_proxy_set_times (const LbHaproxyServer *server,
                            LbProbeSettings *wanted,
                            LbExchangeNotes *notes)
{
  static const char *const fields[LB_HAPROXY_N_TIMES] = {
    [LB_HAPROXY_INTER] = "interval_ms",
    [LB_HAPROXY_FASTINTER] = "fast_interval_ms",
    [LB_HAPROXY_DOWNINTER] = "down_interval_ms",
    [LB_HAPROXY_RISE] = "rise",
    [LB_HAPROXY_FALL] = "fall",
    [LB_HAPROXY_SLOWSTART] = "slow_start_ms",
  };

  /* The other two follow it where they are not said. */
  if (server->times[LB_HAPROXY_INTER] >= 0)
    {
      lb_exchange_set_number (wanted, "fast_interval_ms", server->times[LB_HAPROXY_INTER], notes,
                              server->line);
      wanted->down_interval_ms = 0;
    }

  for (guint i = 0; i < LB_HAPROXY_N_TIMES; i++)
    if (server->times[i] >= 0)
      lb_exchange_set_number (wanted, fields[i], server->times[i], notes, server->line);
}

static void
lb_haproxy_proxy_set_request (const LbHaproxyProxy *self,
                              const LbHaproxyServer *server,
                              LbProbeSettings *wanted,
                              LbExchangeNotes *notes)
{
  lb_exchange_set_text (wanted, "method", self->method, notes, server->line);

  g_clear_pointer (&wanted->headers, g_strfreev);
  if (self->headers->len > 0)
    {
      g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();

      for (guint i = 0; i < self->headers->len; i++)
        g_strv_builder_add (lines, g_ptr_array_index (self->headers, i));
      wanted->headers = g_strv_builder_end (lines);
    }

  if (self->expected_status != NULL)
    lb_exchange_set_text (wanted, "expected_status", self->expected_status, notes, server->line);
  if (self->expected_body != NULL)
    lb_exchange_set_text (wanted, "expected_body", self->expected_body, notes, server->line);
}

static void
lb_haproxy_proxy_set_check (const LbHaproxyProxy *self,
                            const LbHaproxyServer *server,
                            const LbExchangeServer *own,
                            const LbExchangeServer *place,
                            LbProbeSettings *wanted,
                            LbExchangeNotes *notes)
{
  const gboolean elsewhere = server->check_address != NULL || server->check_port != 0;
  LbExchangeCheck check = {
    .server = place,
    .secure = server->check_ssl || (own->secure && !elsewhere),
    .host = server->check_address != NULL ? server->check_address : own->host,
    .port = server->check_port != 0 ? server->check_port : own->port,
  };

  wanted->tcp_only = !self->httpchk;
  if (self->timeout >= 0)
    lb_exchange_set_number (wanted, "timeout_ms", self->timeout, notes, server->line);
  lb_haproxy_proxy_set_times (server, wanted, notes);

  if (self->httpchk)
    {
      lb_haproxy_proxy_set_request (self, server, wanted, notes);
      check.path = self->uri;
      check.authority = self->authority;
      if (self->authority != NULL && g_str_equal (self->authority, "%[srv_name]"))
        check.authority = server->name;
    }

  lb_exchange_set_place (wanted, &check, notes, server->line);
}

/* A server that redirects is where clients are sent; where it is itself is where it is checked. */
static LbBackend *
lb_haproxy_proxy_add_redirect (const LbHaproxyServer *server,
                               LbExchangePool *pool)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LbBackend) backend = lb_backend_new (server->redirect, &error);

  if (backend == NULL)
    {
      lb_exchange_notes_add (pool->notes, server->line, _("The backend is left out: %s"),
                             error->message);
      return NULL;
    }

  return lb_exchange_pool_take (pool, backend, server->line) ? backend : NULL;
}

static void
lb_haproxy_proxy_add_server (const LbHaproxyProxy *self,
                             const LbHaproxyServer *server,
                             double jitter,
                             LbExchangePool *pool)
{
  g_auto (LbProbeSettings) wanted = { 0 };
  g_autofree char *host = NULL;
  LbExchangeServer own = { .secure = server->ssl, .path = self->path };
  LbExchangeServer place;
  LbBackend *backend;

  if (!lb_haproxy_server_get_address (server, &host, &own.port, pool->notes))
    return;

  own.host = host;
  if (server->redirect != NULL)
    backend = lb_haproxy_proxy_add_redirect (server, pool);
  else
    backend = lb_exchange_pool_add (pool, &own, server->line);
  if (backend == NULL)
    return;

  place = (LbExchangeServer){ .secure = g_str_has_prefix (lb_backend_get_url (backend), "https:"),
                              .host = lb_backend_get_host (backend),
                              .port = lb_backend_get_port (backend),
                              .path = server->redirect == NULL ? self->path : NULL };
  if (server->redirect == NULL)
    own.host = place.host;

  if (server->weight == 0)
    lb_backend_set_state (backend, LB_STATE_DRAIN);
  else if (server->weight > 0)
    lb_exchange_pool_set_weight (pool, backend, server->weight, server->line);

  if (server->disabled)
    lb_backend_set_state (backend, LB_STATE_MAINT);
  lb_backend_set_backup (backend, server->backup);

  lb_probe_settings_copy (&wanted, &pool->probe);
  if (server->verify >= 0 && (server->ssl || server->check_ssl))
    wanted.verify_certificate = server->verify;
  if (jitter >= 0)
    wanted.jitter = jitter;

  if (server->check)
    lb_haproxy_proxy_set_check (self, server, &own, &place, &wanted, pool->notes);
  else
    lb_exchange_notes_add (pool->notes, server->line,
                           _("The server is not checked there. Here it is probed like any "
                             "other."));

  lb_exchange_pool_set_probe (pool, backend, &wanted, server->line);
}

/**
 * lb_haproxy_proxy_end:
 * @self: a section that has been read
 * @jitter: by which share of an interval checks come too early or too late, or -1
 * @pool: (inout): the pool that it becomes
 */
void
lb_haproxy_proxy_end (LbHaproxyProxy *self,
                      double jitter,
                      LbExchangePool *pool)
{
  guint n_backups = 0;

  lb_exchange_pool_set_policy (pool, self->policy);

  for (guint i = 0; i < self->servers->len; i++)
    {
      LbHaproxyServer *server = g_ptr_array_index (self->servers, i);

      lb_haproxy_proxy_add_server (self, server, jitter, pool);
      n_backups += server->backup ? 1 : 0;
    }

  if (n_backups > 1 && !self->all_backups)
    lb_exchange_notes_add (pool->notes, pool->line,
                           _("There the first backup serves alone, here all of them serve "
                             "together."));
}
