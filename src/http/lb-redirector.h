/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "policy/lb-policy.h"
#include "pool/lb-traffic.h"

G_BEGIN_DECLS

/**
 * LbRedirect:
 * @status: the status to answer with: the configured one, or 503 if no backend can serve or we are
 *   paused
 * @prefix: (array length=prefix_length): what stands before the request target in Location
 * @reason: (nullable): for 503, one line that says why
 *
 * Where a request goes. The strings belong to the redirector and its pool, until the next turn of the
 * main loop.
 */
typedef struct
{
  guint status;
  const char *prefix;
  gsize prefix_length;
  const char *reason;
} LbRedirect;

/* What a client may do with any path but the balancer's own, and with that. */
#define LB_ALL_METHODS "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
#define LB_STATS_METHODS "GET, HEAD, OPTIONS"

#define LB_TYPE_REDIRECTOR (lb_redirector_get_type ())
G_DECLARE_FINAL_TYPE (LbRedirector, lb_redirector, LB, REDIRECTOR, GObject)

LbRedirector *lb_redirector_new          (LbPool              *pool);

void          lb_redirector_set_policy   (LbRedirector        *self,
                                          LbPolicy            *policy);
LbPolicy     *lb_redirector_get_policy   (LbRedirector        *self);
void          lb_redirector_set_status   (LbRedirector        *self,
                                          guint                status);
void          lb_redirector_set_origin   (LbRedirector        *self,
                                          const char          *origin);
const char   *lb_redirector_get_origin   (LbRedirector        *self);
void          lb_redirector_set_paused   (LbRedirector        *self,
                                          gboolean             paused);
gboolean      lb_redirector_get_paused   (LbRedirector        *self);
const char   *lb_redirector_get_identity (LbRedirector        *self);
LbTraffic    *lb_redirector_get_traffic  (LbRedirector        *self);

void          lb_redirector_redirect     (LbRedirector        *self,
                                          const LbRequestKey  *key,
                                          gint64               now_us,
                                          LbRedirect          *redirect);

G_END_DECLS
