/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "config/lb-proxy-settings.h"
#include "exchange/lb-exchange-haproxy-section.h"

G_BEGIN_DECLS

/* What the proxy is called, in the file and to the runtime API. */
#define LB_HAPROXY_PROXY "load-balancer"

/**
 * LbHaproxySetup:
 * @runtime: the path of the runtime API's socket
 * @extra: (nullable): further lines of the `global` section
 * @n_sockets: how many listening sockets HAProxy inherits, as descriptors from 3 on
 * @port: where it listens itself, on every address; 0 for nowhere
 * @stats_port: the port on 127.0.0.1 that answers `/stats`; 0 if that is elsewhere
 * @cors_origin: the origin whose pages may read an answer that does not say itself who may
 * @max_connections: how many clients may be connected at once; 0 for as many as there are descriptors
 * @max_connections_per_client: how many connections each of them may have at once; 0 for any number
 * @proxy: how traffic is proxied
 * @cookie_key: what cookies are made with that keep clients with their servers
 * @state_file: (nullable): how the servers were before, as HAProxy says it
 *
 * What is around the pool in HAProxy's configuration.
 */
typedef struct
{
  const char *runtime;
  const char *extra;
  guint n_sockets;
  guint16 port;
  guint16 stats_port;
  const char *cors_origin;
  guint max_connections;
  guint max_connections_per_client;
  const LbProxySettings *proxy;
  const char *cookie_key;
  const char *state_file;
} LbHaproxySetup;

char *lb_haproxy_config_make_cookie_key
                             (void);
char *lb_haproxy_config_make (const LbHaproxySetup  *setup,
                              const LbExchangePool  *pool,
                              LbHaproxySection      *section,
                              LbExchangeNotes       *notes);

G_END_DECLS
