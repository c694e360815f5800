/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/lb-stats-cache.h"
#include "pool/lb-pool.h"

G_BEGIN_DECLS

/* How often there is a page. */
#define LB_EVENT_FEED_REFRESH_US (3 * G_USEC_PER_SEC)

#define LB_TYPE_EVENT_FEED (lb_event_feed_get_type ())
G_DECLARE_FINAL_TYPE (LbEventFeed, lb_event_feed, LB, EVENT_FEED, GObject)

LbEventFeed *lb_event_feed_new         (LbPool              *pool,
                                        const LbStatsSource *source);

void         lb_event_feed_refresh     (LbEventFeed         *self);

guint32      lb_event_feed_join        (LbEventFeed         *self);
void         lb_event_feed_leave       (LbEventFeed         *self);
GBytes      *lb_event_feed_next        (LbEventFeed         *self,
                                        guint32             *seen);
guint32      lb_event_feed_get_horizon (LbEventFeed         *self);

G_END_DECLS
