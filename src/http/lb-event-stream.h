/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/lb-connection.h"
#include "http/lb-event-feed.h"

G_BEGIN_DECLS

/**
 * LbEventStream:
 *
 * Who reads events on a listener's connections, and what they are owed. Embedded in the conversation;
 * zeroes are one without a feed, in which nobody can read.
 *
 * A reader is a connection in %LB_CONNECTION_EVENTS. It holds the rest of at most one event, which it
 * shares with everybody who is at the same one, and the number of the last that it was given. Those that
 * can take more are served when there is time: a page for a thousand readers must not hold requests up.
 */
typedef struct
{
  /*< private >*/
  LbConnections *connections;
  LbEventFeed *feed;
  guint max_readers;
} LbEventStream;

void     lb_event_stream_init     (LbEventStream  *self,
                                   LbConnections  *connections);
void     lb_event_stream_clear    (LbEventStream  *self);
void     lb_event_stream_set_feed (LbEventStream  *self,
                                   LbEventFeed    *feed);
void     lb_event_stream_set_max  (LbEventStream  *self,
                                   guint           max_readers);
gboolean lb_event_stream_is_full  (LbEventStream  *self);

void     lb_event_stream_begin    (LbEventStream  *self,
                                   LbConnection   *connection,
                                   const char     *head,
                                   gsize           length,
                                   gint64          now_us);
void     lb_event_stream_go_on    (LbEventStream  *self,
                                   LbConnection   *connection,
                                   gboolean        has_sent);
void     lb_event_stream_drop     (LbEventStream  *self,
                                   LbConnection   *connection);
void     lb_event_stream_serve    (LbEventStream  *self,
                                   gint64          end_us);

G_END_DECLS
