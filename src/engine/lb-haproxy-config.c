/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-config.h"

#include <math.h>
#include <string.h>

/*
 * The configuration of a HAProxy that we start ourselves, or of a node, but for the servers of its proxy: those
 * change all the time, without a new file.
 */

/* What is begun when it is to end may go on for so long. */
#define HARD_STOP_S 30

#define HEAD_MS 10000
#define IDLE_MS 15000

static void
lb_haproxy_config_add_global (const LbHaproxySetup *setup,
                              double jitter,
                              GString *out)
{
  g_string_append (out, "global\n    stats socket");
  lb_haproxy_append_word (out, setup->runtime, FALSE);
  g_string_append_printf (out, " mode 600 level admin\n    hard-stop-after %ds\n", HARD_STOP_S);
  g_string_append_printf (out, "    spread-checks %.0f\n", round (jitter * 100));
  if (setup->extra != NULL)
    g_string_append (out, setup->extra);
  if (setup->max_connections > 0)
    g_string_append_printf (out, "    maxconn %u\n", setup->max_connections);
  if (setup->state_file != NULL)
    {
      g_string_append (out, "    server-state-file");
      lb_haproxy_append_word (out, setup->state_file, FALSE);
      g_string_append_c (out, '\n');
    }
}

static void
lb_haproxy_config_add_timeout (const char *name,
                               guint ms,
                               GString *out)
{
  g_string_append_printf (out, ms % 1000 == 0 ? "    timeout %s %us\n" : "    timeout %s %ums\n", name,
                          ms % 1000 == 0 ? ms / 1000 : ms);
}

/* A head and the next request of an idle client are waited for no longer than when we redirect. */
static void
lb_haproxy_config_add_defaults (const LbHaproxySetup *setup,
                                GString *out)
{
  const LbProxySettings *proxy = setup->proxy;

  g_string_append (out, "\ndefaults\n    mode http\n");
  lb_haproxy_config_add_timeout ("connect", proxy->connect_timeout_ms, out);
  lb_haproxy_config_add_timeout ("client", proxy->client_timeout_ms, out);
  lb_haproxy_config_add_timeout ("server", proxy->server_timeout_ms, out);
  lb_haproxy_config_add_timeout ("queue", proxy->queue_timeout_ms, out);
  lb_haproxy_config_add_timeout ("tunnel", proxy->tunnel_timeout_ms, out);
  lb_haproxy_config_add_timeout ("http-request", MIN (proxy->client_timeout_ms, HEAD_MS), out);
  lb_haproxy_config_add_timeout ("http-keep-alive", MIN (proxy->client_timeout_ms, IDLE_MS), out);
  g_string_append_printf (out, "    retries %u\n", proxy->retries);
  /* Not only the last time: one that refuses does so again. */
  if (proxy->redispatch)
    g_string_append (out, "    option redispatch 1\n");
  if (setup->state_file != NULL)
    g_string_append (out, "    load-server-state-from-file global\n");
}

static void G_GNUC_PRINTF (3, 4)
lb_haproxy_config_add_bind (const LbProxySettings *proxy,
                            GString *out,
                            const char *format,
                            ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_string_append (out, "    bind ");
  g_string_append_vprintf (out, format, arguments);
  va_end (arguments);

  if (proxy->certificate != NULL)
    {
      g_string_append (out, " ssl crt");
      lb_haproxy_append_word (out, proxy->certificate, FALSE);
      g_string_append (out, proxy->http2 ? " alpn h2,http/1.1" : " alpn http/1.1");
    }
  g_string_append_c (out, '\n');
}

static void
lb_haproxy_config_add_binds (const LbHaproxySetup *setup,
                             GString *out)
{
  const LbProxySettings *proxy = setup->proxy;

  for (guint i = 0; i < setup->n_sockets; i++)
    lb_haproxy_config_add_bind (proxy, out, "fd@%u", 3 + i);
  if (setup->port != 0)
    {
      lb_haproxy_config_add_bind (proxy, out, "0.0.0.0:%u", setup->port);
      lb_haproxy_config_add_bind (proxy, out, "[::]:%u v6only", setup->port);
    }

  /* Without TLS, too, a client may begin with it. */
  if (!proxy->http2)
    g_string_append (out, "    option disable-h2-upgrade\n");
}

/* As our own listener counts them: an IPv4 address or an IPv6 network of 64 bits is a client. */
static void
lb_haproxy_config_add_limit (const LbHaproxySetup *setup,
                             GString *out)
{
  if (setup->max_connections_per_client == 0)
    return;

  g_string_append_printf (out,
                          "    stick-table type ipv6 size 1m expire 1m store conn_cur\n"
                          "    tcp-request connection track-sc0 src,ipmask(32,64)\n"
                          "    tcp-request connection reject if { sc0_conn_cur gt %u }\n",
                          setup->max_connections_per_client);
}

/* Who the client is. What it says itself could be anything. */
static void
lb_haproxy_config_add_forwarded (const LbProxySettings *proxy,
                                 GString *out)
{
  const char *scheme = proxy->certificate != NULL ? "https" : "http";

  if (!proxy->trust_forwarded)
    g_string_append (out, "    http-request del-header X-Forwarded-For\n"
                          "    http-request del-header X-Forwarded-Proto\n"
                          "    http-request del-header Forwarded\n");

  if (proxy->x_forwarded_for)
    g_string_append_printf (out,
                            "    http-request add-header X-Forwarded-For %%[src]\n"
                            "    http-request set-header X-Forwarded-Proto %s unless"
                            " { req.hdr(X-Forwarded-Proto) -m found }\n",
                            scheme);

  if (proxy->forwarded)
    g_string_append_printf (out,
                            "    acl is_ipv6 src -m sub :\n"
                            "    http-request add-header Forwarded \"for=%%[src];proto=%s\" unless is_ipv6\n"
                            "    http-request add-header Forwarded \"for=\\\"[%%[src]]\\\";proto=%s\" if is_ipv6\n",
                            scheme, scheme);
}

static void
lb_haproxy_config_add_frontend (const LbHaproxySetup *setup,
                                GString *out)
{
  g_string_append (out, "\nfrontend " LB_HAPROXY_PROXY "-in\n");
  lb_haproxy_config_add_binds (setup, out);
  lb_haproxy_config_add_limit (setup, out);
  lb_haproxy_config_add_forwarded (setup->proxy, out);

  g_string_append (out, "    acl says_origin res.hdr(Access-Control-Allow-Origin) -m found\n"
                        "    http-after-response set-header Access-Control-Allow-Origin");
  lb_haproxy_append_word (out, setup->cors_origin, TRUE);
  g_string_append (out, " unless says_origin\n");

  if (setup->stats_port != 0)
    g_string_append_printf (out,
                            "    acl is_stats path /stats\n"
                            "    acl is_stats path_beg /stats/ /stats;\n"
                            "    use_backend " LB_HAPROXY_PROXY "-stats if is_stats\n");
  g_string_append (out, "    default_backend " LB_HAPROXY_PROXY "\n");

  if (setup->stats_port != 0)
    g_string_append_printf (out,
                            "\nbackend " LB_HAPROXY_PROXY "-stats\n"
                            "    server stats 127.0.0.1:%u\n",
                            setup->stats_port);
}

/* The value of a cookie is made of a server's address and a key, since a server that is added at runtime can be
 * given none. */
static void
lb_haproxy_config_add_backend (const LbHaproxySetup *setup,
                               GString *out)
{
  const LbProxySettings *proxy = setup->proxy;

  if (proxy->cookie != NULL)
    g_string_append_printf (out,
                            "    cookie %s insert indirect nocache httponly%s dynamic\n"
                            "    dynamic-cookie-key %s\n",
                            proxy->cookie, proxy->certificate != NULL ? " secure" : "", setup->cookie_key);

  if (proxy->compression)
    g_string_append (out, "    compression algo gzip\n"
                          "    compression type text/html text/plain text/css text/csv text/javascript text/xml"
                          " application/javascript application/json application/xml image/svg+xml\n");
}

/**
 * lb_haproxy_config_make_cookie_key:
 *
 * Makes the key of the cookies that keep clients with their servers. It is the same as long as this computer is, so
 * that cookies hold longer than we run, and says nothing of it to others.
 *
 * Returns: (transfer full): the key
 */
char *
lb_haproxy_config_make_cookie_key (void)
{
  static const char *const files[] = { "/etc/machine-id", "/var/lib/dbus/machine-id" };
  g_autofree char *id = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (files) && id == NULL; i++)
    g_file_get_contents (files[i], &id, NULL, NULL);

  if (id == NULL)
    id = g_strdup (g_get_host_name ());

  return g_compute_hmac_for_string (G_CHECKSUM_SHA256, (const guchar *) id, strlen (id),
                                    LB_APPLICATION_ID, -1);
}

/**
 * lb_haproxy_config_make:
 * @setup: what is around the pool
 * @pool: the pool
 * @section: (nullable): the section of its servers; %NULL if it has none
 * @notes: what to add a note to for each thing that HAProxy does not know
 *
 * Writes a configuration without the servers: the lines with `server` come behind it.
 *
 * Returns: (transfer full): the text
 */
char *
lb_haproxy_config_make (const LbHaproxySetup *setup,
                        const LbExchangePool *pool,
                        LbHaproxySection *section,
                        LbExchangeNotes *notes)
{
  GString *out = g_string_new (NULL);

  lb_haproxy_config_add_global (setup, pool->probe.jitter, out);
  lb_haproxy_config_add_defaults (setup, out);
  lb_haproxy_config_add_frontend (setup, out);
  if (section != NULL)
    lb_haproxy_section_write (section, LB_HAPROXY_PROXY, out, notes);
  else
    g_string_append (out, "\nbackend " LB_HAPROXY_PROXY "\n    balance roundrobin\n");
  lb_haproxy_config_add_backend (setup, out);

  return g_string_free (out, FALSE);
}
