/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-haproxy-report.h"

G_BEGIN_DECLS

typedef struct _LbHaproxyCounters LbHaproxyCounters;

LbHaproxyCounters *lb_haproxy_counters_new      (gboolean                from_start);
void               lb_haproxy_counters_free     (LbHaproxyCounters      *self);

void               lb_haproxy_counters_add      (LbHaproxyCounters      *self,
                                                 const LbHaproxyReport  *report,
                                                 gint64                  now_us);
void               lb_haproxy_counters_take     (LbHaproxyCounters      *self,
                                                 LbHaproxyServer        *sum);
guint64            lb_haproxy_counters_get_requests
                                                (LbHaproxyCounters      *self,
                                                 const char             *server);
double             lb_haproxy_counters_get_rate (LbHaproxyCounters      *self,
                                                 const char             *server);
gint64             lb_haproxy_counters_get_response_us
                                                (LbHaproxyCounters      *self,
                                                 const char             *server);

G_END_DECLS
