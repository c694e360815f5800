/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <sys/socket.h>

#include "http/lb-client-counts.h"

G_BEGIN_DECLS

/**
 * LbConnectionState:
 * @LB_CONNECTION_HEAD: a head is awaited or comes
 * @LB_CONNECTION_IDLE: answered and kept alive
 * @LB_CONNECTION_WRITING: an answer waits to be taken by the client
 * @LB_CONNECTION_LINGERING: answered for good; what still comes is discarded
 * @LB_CONNECTION_HANDED_OVER: libsoup answers; the descriptor is a copy
 * @LB_CONNECTION_EVENTS: it reads events
 *
 * What a connection waits for, which says how long it may.
 */
typedef enum
{
  LB_CONNECTION_HEAD,
  LB_CONNECTION_IDLE,
  LB_CONNECTION_WRITING,
  LB_CONNECTION_LINGERING,
  LB_CONNECTION_HANDED_OVER,
  LB_CONNECTION_EVENTS,
  LB_N_CONNECTION_STATES,
} LbConnectionState;

/**
 * LbConnection:
 * @fd: its descriptor
 * @state: what it waits for
 * @close: whether it is closed when what is being written is written
 * @gone: whether the client has closed its side, or the connection is broken
 * @ready: whether it is on the list of those with bytes left unread, or of readers that can take more
 * @address_length: 4 or 16
 * @port: the client's port
 * @n_unanswered: how many bytes at the end of @rest the client has sent
 * @seen: while it reads events: the number of the last that it was given
 * @address: the client's address
 * @since_us: since when it waits, monotonic
 * @rest: (nullable): while writing: what the client has not taken yet of its answers, and behind it what
 *   it has sent and is not answered yet; while a head is awaited: its beginning; while it reads events:
 *   what it has not taken of the one that it was given last
 * @remote: (nullable): while handed over: what libsoup knows it by; not a reference
 * @linger_until_us: while lingering: when that ends, monotonic
 *
 * One client. There may be tens of thousands that do nothing, so it is small and holds no buffer.
 */
typedef struct
{
  /*< private >*/
  GList link;       /* in the queue of its state */
  GList ready_link; /* in the list of those with bytes left unread, or of readers that can take more */

  /*< public >*/
  int fd;
  guint8 state; /* an LbConnectionState */
  guint close : 1;
  guint gone : 1;
  guint ready : 1;
  guint address_length : 5;
  guint16 port;
  guint16 n_unanswered;
  guint32 seen;
  guint8 address[16];
  gint64 since_us;
  union
  {
    GBytes *rest;
    GSocketAddress *remote;
    gint64 linger_until_us;
  };
} LbConnection;

G_STATIC_ASSERT (sizeof (LbConnection) < 100);

LbConnection   *lb_connection_new                (int                            fd,
                                                  const struct sockaddr_storage *address);
GSocketAddress *lb_connection_get_remote_address (const LbConnection            *self);

void            lb_connection_keep               (LbConnection                  *self,
                                                  const char                    *unwritten,
                                                  gsize                          n_unwritten,
                                                  const char                    *unanswered,
                                                  gsize                          n_unanswered);
const char     *lb_connection_get_unwritten      (const LbConnection            *self,
                                                  gsize                         *length);
void            lb_connection_skip_rest          (LbConnection                  *self,
                                                  gsize                          n);
gsize           lb_connection_take_rest          (LbConnection                  *self,
                                                  char                          *bytes);
void            lb_connection_forget_rest        (LbConnection                  *self);
gssize          lb_connection_write              (LbConnection                  *self,
                                                  const char                    *bytes,
                                                  gsize                          length);
void            lb_connection_discard_unsent     (LbConnection                  *self);

/**
 * LbConnections:
 * @queues: for each state those who are in it, the longest first
 * @ready: those with bytes left unread
 * @readers: those who read events and can take more
 * @n: how many there are
 * @clients: (nullable): how many of them each client has, if that is of interest
 *
 * All connections of a listener, in the order in which their deadlines come. Embedded in its owner;
 * zeroes are no connections.
 */
typedef struct
{
  GQueue queues[LB_N_CONNECTION_STATES];
  GQueue ready;
  GQueue readers;
  guint n;
  LbClientCounts *clients;
} LbConnections;

void          lb_connections_add       (LbConnections     *self,
                                        LbConnection      *connection,
                                        gint64             now_us);
void          lb_connections_move      (LbConnections     *self,
                                        LbConnection      *connection,
                                        LbConnectionState  state,
                                        gint64             now_us);
int           lb_connections_remove    (LbConnections     *self,
                                        LbConnection      *connection);
void          lb_connections_set_ready (LbConnections     *self,
                                        LbConnection      *connection,
                                        gboolean           ready);
LbConnection *lb_connections_peek      (LbConnections     *self,
                                        LbConnectionState  state);
void          lb_connections_set_count_clients
                                       (LbConnections     *self,
                                        gboolean           count);
guint         lb_connections_count_client
                                       (LbConnections     *self,
                                        const struct sockaddr_storage
                                                          *address);

G_END_DECLS
