/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange-haproxy-server.h"

G_BEGIN_DECLS

/**
 * LbHaproxyProxy:
 * @policy: (nullable): a policy's name; %NULL if the file asks for one that we do not have
 * @httpchk: whether checks are requests, and not only connections
 * @method: (nullable): what such a request begins with
 * @uri: (nullable): what it asks for
 * @authority: (nullable): what its Host header says, as it is written
 * @headers: (element-type utf8): further header lines
 * @expected_status: (nullable): which statuses are good
 * @expected_body: (nullable): a text that a good answer holds
 * @timeout: how long an answer may take, in milliseconds; -1 if that is not said
 * @path: (nullable): what is put in front of a request's path
 * @all_backups: whether all backups serve together
 * @defaults: what `default-server` lines say
 * @servers: (element-type LbHaproxyServer): its servers
 *
 * What a `backend` or `listen` section says, or a `defaults` section for those behind it.
 */
typedef struct
{
  char *policy;
  gboolean httpchk;
  char *method;
  char *uri;
  char *authority;
  GPtrArray *headers;
  char *expected_status;
  char *expected_body;
  gint64 timeout;
  char *path;
  gboolean all_backups;
  LbHaproxyServer *defaults;
  GPtrArray *servers;
} LbHaproxyProxy;

LbHaproxyProxy *lb_haproxy_proxy_new  (const LbHaproxyProxy   *defaults);
void            lb_haproxy_proxy_free (LbHaproxyProxy         *self);

void            lb_haproxy_proxy_read (LbHaproxyProxy         *self,
                                       const LbExchangeWords  *words,
                                       LbExchangeNotes        *notes);
void            lb_haproxy_proxy_end  (LbHaproxyProxy         *self,
                                       double                  jitter,
                                       LbExchangePool         *pool);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxyProxy, lb_haproxy_proxy_free)

G_END_DECLS
