/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-engine.h"
#include "engine/lb-haproxy-pool.h"
#include "engine/lb-haproxy-report.h"

G_BEGIN_DECLS

void     lb_haproxy_figures_take (const LbHaproxyReport  *report,
                                  const LbHaproxyPool    *words,
                                  LbEngine               *engine,
                                  LbPool                 *pool);
void     lb_haproxy_figures_end  (LbPool                 *pool);

LbHealth lb_haproxy_figures_get_health
                                 (const LbHaproxyServer  *server);
gint64   lb_haproxy_figures_get_response_us
                                 (const LbHaproxyServer  *server,
                                  gint64                  requests_us);

G_END_DECLS
