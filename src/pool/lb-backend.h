/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "pool/lb-history-sample.h"
#include "pool/lb-latency.h"
#include "pool/lb-load.h"
#include "pool/lb-probe-log.h"
#include "pool/lb-probe-record.h"
#include "pool/lb-probe-settings.h"
#include "pool/lb-proxy-record.h"
#include "pool/lb-sampled-rate.h"
#include "pool/lb-types.h"

G_BEGIN_DECLS

#define LB_WEIGHT_MAX 256

#define LB_TYPE_BACKEND (lb_backend_get_type ())
G_DECLARE_FINAL_TYPE (LbBackend, lb_backend, LB, BACKEND, GObject)

LbBackend           *lb_backend_new             (const char           *url,
                                                 GError              **error);

const char          *lb_backend_get_url         (LbBackend            *self);
const char          *lb_backend_get_host        (LbBackend            *self);
guint16              lb_backend_get_port        (LbBackend            *self);
const char          *lb_backend_get_prefix      (LbBackend            *self,
                                                 gsize                *length);
char                *lb_backend_dup_prefix      (LbBackend            *self);

guint                lb_backend_get_weight      (LbBackend            *self);
gboolean             lb_backend_set_weight      (LbBackend            *self,
                                                 guint                 weight,
                                                 GError              **error);
LbState              lb_backend_get_state       (LbBackend            *self);
void                 lb_backend_set_state       (LbBackend            *self,
                                                 LbState               state);
LbHealth             lb_backend_get_health      (LbBackend            *self);
void                 lb_backend_set_health      (LbBackend            *self,
                                                 LbHealth              health,
                                                 gint64                now_us);
gboolean             lb_backend_get_backup      (LbBackend            *self);
void                 lb_backend_set_backup      (LbBackend            *self,
                                                 gboolean              backup);
gboolean             lb_backend_get_left_out    (LbBackend            *self);
void                 lb_backend_set_left_out    (LbBackend            *self,
                                                 gboolean              left_out,
                                                 gint64                now_us);
gboolean             lb_backend_get_transient   (LbBackend            *self);
void                 lb_backend_set_transient   (LbBackend            *self,
                                                 gboolean              transient);

const LbProbeExceptions *
                     lb_backend_get_exceptions  (LbBackend                *self);
void                 lb_backend_set_exceptions  (LbBackend                *self,
                                                 const LbProbeExceptions  *exceptions);

void                 lb_backend_begin           (LbBackend            *self,
                                                 gint64                now_us);
void                 lb_backend_record_probe    (LbBackend            *self,
                                                 const LbProbeResult  *result,
                                                 gint64                now_us);
const LbProbeResult *lb_backend_get_last_probe  (LbBackend            *self);
const LbLatency     *lb_backend_get_latency     (LbBackend            *self);
const LbProbeRecord *lb_backend_get_record      (LbBackend            *self);
const LbProbeLog    *lb_backend_get_probe_log   (LbBackend            *self);
void                 lb_backend_count_redirect  (LbBackend            *self,
                                                 gint64                now_us);
void                 lb_backend_count_requests  (LbBackend            *self,
                                                 guint64               n);
guint64              lb_backend_get_redirects   (LbBackend            *self);
void                 lb_backend_prefetch        (LbBackend            *self);
void                 lb_backend_look            (LbBackend            *self,
                                                 LbLookBack            back,
                                                 LbHistorySample      *sample);
const LbSampledRate *lb_backend_get_rate        (LbBackend            *self);

LbLoad              *lb_backend_get_load        (LbBackend            *self);
LbProxyRecord       *lb_backend_get_proxied     (LbBackend            *self);
double               lb_backend_get_effective_weight
                                                (LbBackend            *self,
                                                 gint64                now_us);

G_END_DECLS
