/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/lb-event-feed.h"
#include "http/lb-express-lane.h"
#include "http/lb-listener.h"
#include "http/lb-redirector.h"
#include "http/lb-server.h"

G_BEGIN_DECLS

/**
 * LbFront:
 * @redirector: who says where a request goes
 * @server: libsoup, for `/stats`
 * @lane: who answers the rest faster
 * @feed: what readers of events are told
 * @listener: the sockets, and who is connected
 * @relay: see lb_front_get_relay(); %NULL until it is asked for
 *
 * Everything that clients meet, connected. Embedded in its owner.
 */
typedef struct
{
  LbRedirector *redirector;
  LbServer *server;
  LbExpressLane *lane;
  LbEventFeed *feed;
  LbListener *listener;
  LbListener *relay;
} LbFront;

void        lb_front_init                (LbFront              *self,
                                          LbPool               *pool,
                                          const LbStatsSource  *source);
void        lb_front_clear               (LbFront              *self);

LbListener *lb_front_make_stats_listener (LbFront              *self);
guint16     lb_front_get_relay           (LbFront              *self,
                                          GError              **error);

G_END_DECLS
