/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-node-config.h"

#include <glib/gi18n-lib.h>

#include "engine/lb-haproxy-config.h"
#include "exchange/lb-exchange-writing.h"

/*
 * The whole configuration of a HAProxy that runs elsewhere and is one of our nodes. It differs from that of one that
 * we start ourselves in where it listens, where its runtime API is, and that it may ask our agent port.
 */

/* A folder that Debian's package makes. */
#define RUNTIME "/run/haproxy/load-balancer.sock"

/* What only who knows the network can decide. */
static const char extra[] = "    # user haproxy\n"
                            "    # group haproxy\n"
                            "    # stats socket ipv4@192.0.2.1:9999 level admin\n";

/**
 * lb_haproxy_node_config_make:
 * @pool: the pool in HAProxy's words; gets a note for each thing that HAProxy does not know
 * @config: the settings
 * @port: where clients connect to the node
 * @agent: (nullable): where it asks us how to use each server
 *
 * Returns: (transfer full): the text of a file
 */
char *
lb_haproxy_node_config_make (const LbHaproxyPool *pool,
                             const LbConfig *config,
                             guint16 port,
                             const LbHaproxyAgentAddress *agent)
{
  g_autofree char *cookie_key = lb_haproxy_config_make_cookie_key ();
  g_autofree char *head = NULL;
  g_autofree char *servers = NULL;
  const LbHaproxySetup setup = {
    .runtime = RUNTIME,
    .extra = extra,
    .port = port,
    .cors_origin = config->cors_origin,
    .max_connections = config->max_connections,
    .max_connections_per_client = config->max_connections_per_client,
    .proxy = &config->proxy,
    .cookie_key = cookie_key,
  };
  GString *out = g_string_new (NULL);

  lb_exchange_write_comment (
    out, _("HAProxy 2.6 or newer with this configuration is a node of Load Balancer’s.\n"
           "To be driven over the network it needs a “stats socket” there, at an address that Load Balancer alone "
           "can reach: whoever reaches it may do anything with this HAProxy, without a password."));
  g_string_append_c (out, '\n');

  head = lb_haproxy_config_make (&setup, pool->pool, pool->section, pool->left_out);
  servers = lb_haproxy_pool_make_servers (pool, agent);
  g_string_append (out, head);
  g_string_append (out, servers);

  return g_string_free (out, FALSE);
}
