/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "config/lb-proxy-settings.h"
#include "engine/lb-haproxy-plan.h"
#include "exchange/lb-exchange-haproxy-section.h"
#include "pool/lb-pool.h"

G_BEGIN_DECLS

/**
 * LbHaproxyAgentAddress:
 * @host: an IP address
 * @port: a port
 *
 * Where a HAProxy asks how to use each server, see #LbHaproxyAgent.
 */
typedef struct
{
  char *host;
  guint16 port;
} LbHaproxyAgentAddress;

/**
 * LbHaproxyPool:
 * @pool: the pool as HAProxy is to have it
 * @section: (nullable): its section; %NULL if it has no servers
 * @wanted: (element-type LbHaproxyWanted): its servers
 * @backends: (element-type LbBackend): which backend each of @wanted is
 * @learns: whether the weights of @wanted are those that the policy has learned
 * @left_out: sentences on what HAProxy cannot do of it
 *
 * A pool at one moment in HAProxy's words.
 */
typedef struct
{
  LbExchangePool *pool;
  LbHaproxySection *section;
  GPtrArray *wanted;
  GPtrArray *backends;
  gboolean learns;
  LbExchangeNotes *left_out;
} LbHaproxyPool;

LbHaproxyPool *lb_haproxy_pool_new  (LbPool                 *pool,
                                     const char             *policy,
                                     const LbProbeSettings  *probe,
                                     const LbProxySettings  *proxy,
                                     gint64                  now_us);
void           lb_haproxy_pool_free (LbHaproxyPool          *self);

const LbHaproxyWanted *
               lb_haproxy_pool_find_wanted
                                    (const LbHaproxyPool    *self,
                                     const char             *name);
const LbHaproxyWanted *
               lb_haproxy_pool_get_wanted
                                    (const LbHaproxyPool    *self,
                                     guint                   i);
guint          lb_haproxy_pool_find_index
                                    (const LbHaproxyPool    *self,
                                     LbBackend              *backend,
                                     guint                   from);
LbBackend     *lb_haproxy_pool_find_backend
                                    (const LbHaproxyPool    *self,
                                     const char             *name);
char          *lb_haproxy_pool_make_servers
                                    (const LbHaproxyPool    *self,
                                     const LbHaproxyAgentAddress *agent);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxyPool, lb_haproxy_pool_free)

G_END_DECLS
