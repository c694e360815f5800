/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-setting.h"

G_BEGIN_DECLS

/**
 * LbProxySettings:
 * @certificate: (nullable): the path of a PEM file with a certificate, those between it and its authority, and its
 *   private key: clients are talked to by TLS with it; %NULL for without
 * @http2: whether clients may speak HTTP/2
 * @x_forwarded_for: whether backends are told the client's address and scheme by X-Forwarded-For and
 *   X-Forwarded-Proto
 * @forwarded: the same by Forwarded (RFC 7239)
 * @trust_forwarded: whether what a client says in these headers itself is passed on before ours, as it should be
 *   when all clients are proxies of ours
 * @cookie: (nullable): the name of the cookie that keeps a client with its backend; %NULL for none
 * @connect_timeout_ms: how long connecting to a backend may take
 * @client_timeout_ms: how long a client may be silent while it is its turn
 * @server_timeout_ms: how long a backend may be silent while it is its turn
 * @queue_timeout_ms: how long a request may wait for a backend that is not full
 * @tunnel_timeout_ms: how long an upgraded connection, such as a WebSocket, may be silent
 * @retries: how often a request is sent again that could not be handed to a backend
 * @redispatch: whether it then goes to another backend
 * @max_connections_per_backend: how many requests a backend gets at once; 0 for any number
 * @compression: whether answers are compressed that backends have not compressed
 *
 * How traffic is proxied. Strings are owned: lb_proxy_settings_init() makes the defaults,
 * lb_proxy_settings_clear() frees them.
 */
typedef struct
{
  char *certificate;
  gboolean http2;
  gboolean x_forwarded_for;
  gboolean forwarded;
  gboolean trust_forwarded;
  char *cookie;
  guint connect_timeout_ms;
  guint client_timeout_ms;
  guint server_timeout_ms;
  guint queue_timeout_ms;
  guint tunnel_timeout_ms;
  guint retries;
  gboolean redispatch;
  guint max_connections_per_backend;
  gboolean compression;
} LbProxySettings;

const LbSetting *lb_proxy_settings_list  (guint                  *n_settings);
const LbSetting *lb_proxy_settings_find  (const char             *name);

void             lb_proxy_settings_init  (LbProxySettings        *self);
void             lb_proxy_settings_clear (LbProxySettings        *self);
void             lb_proxy_settings_copy  (LbProxySettings        *self,
                                          const LbProxySettings  *other);
gboolean         lb_proxy_settings_equal (const LbProxySettings  *self,
                                          const LbProxySettings  *other);
gboolean         lb_proxy_settings_check (const LbProxySettings  *self,
                                          GError                **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LbProxySettings, lb_proxy_settings_clear)

G_END_DECLS
