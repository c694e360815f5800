/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "http/lb-stats-cache.h"
#include "http/lb-stats-route.h"

G_BEGIN_DECLS

#define LB_TYPE_STATS_SERVICE (lb_stats_service_get_type ())
G_DECLARE_FINAL_TYPE (LbStatsService, lb_stats_service, LB, STATS_SERVICE, GObject)

LbStatsService *lb_stats_service_new    (const LbStatsSource  *source);

void            lb_stats_service_answer (LbStatsService       *self,
                                         SoupServerMessage    *message,
                                         const LbStatsRoute   *route);

G_END_DECLS
