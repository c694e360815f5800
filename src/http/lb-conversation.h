/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/lb-connection.h"
#include "http/lb-event-stream.h"
#include "http/lb-express-lane.h"
#include "http/lb-hand-over.h"

G_BEGIN_DECLS

/**
 * LbConversation:
 * @connections: everybody who is connected
 * @events: those of them who read events
 *
 * How a client is talked to, from its first byte to the last. Embedded in its listener, which says
 * when something has come and when a deadline is over.
 */
typedef struct
{
  LbConnections connections;
  LbEventStream events;

  /*< private >*/
  int epoll_fd;
  LbExpressLane *lane;
  char *answers;
  LbHandOver *hand_over;
} LbConversation;

void lb_conversation_init   (LbConversation                *self,
                             int                            epoll_fd,
                             SoupServer                    *server,
                             LbExpressLane                 *lane);
void lb_conversation_clear  (LbConversation                *self);

void lb_conversation_begin  (LbConversation                *self,
                             int                            fd,
                             const struct sockaddr_storage *address);
void lb_conversation_go_on  (LbConversation                *self,
                             LbConnection                  *connection,
                             guint32                        events);
void lb_conversation_postpone
                            (LbConversation                *self,
                             LbConnection                  *connection,
                             guint32                        events);
void lb_conversation_expire (LbConversation                *self,
                             LbConnection                  *connection,
                             gint64                         now_us);
void lb_conversation_drop   (LbConversation                *self,
                             LbConnection                  *connection);
void lb_conversation_end    (LbConversation                *self);

G_END_DECLS
