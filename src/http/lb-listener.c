/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-listener"

#include "config.h"

#include "http/lb-listener.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/lb-conversation.h"
#include "http/lb-epoll-source.h"
#include "http/lb-listening-sockets.h"
#include "http/lb-refusal-log.h"
#include "http/lb-socket.h"

/* What one turn of the loop may do. */
#define ACCEPT_BATCH 64
#define EVENT_BATCH 64
#define BATCHES 8
#define BATCH_US 500

#define TICK_US G_USEC_PER_SEC

/* After running out of descriptors nobody is accepted for so long. */
#define PAUSE_US (100 * 1000)

/* How long readers of events are served in one turn: a page for all of them takes many turns. */
#define READERS_US 100

/* How many of the connections may be readers of events, who stay for as long as they like. */
#define READERS_SHARE 2
#define READERS_MAX 2000

/* Descriptors that clients do not get: probes, files and the desktop need some, too. */
#define RESERVED_DESCRIPTORS 64

/**
 * LbListener:
 *
 * The sockets that clients connect to, and every connection. It stands in front of a #SoupServer,
 * which never listens itself: with libsoup's own listener one failed accept() would be the end of
 * listening, and each idle connection would cost a poll.
 *
 * One GSource watches one epoll descriptor, which watches everything else: the sockets, which are
 * [struct@LbListeningSockets], and the connections. What happens on one of these is an
 * [struct@LbConversation]'s; here is who may connect, whose turn it is, and whose deadline is over.
 * Deadlines need no timers: connections lie in queues by what they wait for, the longest first, which
 * are looked at once a second.
 */
struct _LbListener
{
  GObject parent_instance;

  LbConversation conversation;
  GSource *source;
  GSource *guard;
  int epoll_fd;
  LbListeningSockets sockets;
  guint max_connections; /* as wanted; 0 for as many as there are descriptors */
  guint cap;             /* as it can be */
  guint max_per_client;  /* 0 for as many as anybody may have */
};

G_DEFINE_FINAL_TYPE (LbListener, lb_listener, G_TYPE_OBJECT)

/* How long a connection may wait for each thing, in seconds. */
static const guint deadlines_s[LB_N_CONNECTION_STATES] = {
  [LB_CONNECTION_HEAD] = 10,      [LB_CONNECTION_IDLE] = 15,       [LB_CONNECTION_WRITING] = 10,
  [LB_CONNECTION_LINGERING] = 2, [LB_CONNECTION_HANDED_OVER] = 10,
  [LB_CONNECTION_EVENTS] = 30,
};

static LbConnections *
lb_listener_get_connections (LbListener *self)
{
  return &self->conversation.connections;
}

static LbTraffic *
lb_listener_get_counters (LbListener *self)
{
  return lb_express_lane_get_traffic (self->conversation.lane);
}

/* A request that has begun comes to nothing. Who only connected has asked for nothing. */
static gboolean
lb_listener_count_unfinished (LbListener *self,
                              LbConnection *connection,
                              LbRejection reason)
{
  if (connection->state != LB_CONNECTION_HEAD || connection->rest == NULL)
    return FALSE;

  lb_listener_get_counters (self)->rejected[reason]++;

  return TRUE;
}

/* Makes room by closing who has been doing nothing for the longest time. */
static gboolean
lb_listener_make_room (LbListener *self)
{
  LbConnections *connections = lb_listener_get_connections (self);
  LbConnection *idlest = lb_connections_peek (connections, LB_CONNECTION_IDLE);

  if (idlest == NULL)
    idlest = lb_connections_peek (connections, LB_CONNECTION_LINGERING);
  if (idlest == NULL)
    idlest = lb_connections_peek (connections, LB_CONNECTION_HEAD);
  if (idlest == NULL)
    return FALSE;

  lb_listener_count_unfinished (self, idlest, LB_REJECTION_BUSY);
  lb_conversation_drop (&self->conversation, idlest);

  return TRUE;
}

/* The limit of descriptors may have changed since the last time. */
static void
lb_listener_update_cap (LbListener *self)
{
  const guint limit = lb_socket_get_file_limit ();
  const guint most = limit - MIN (RESERVED_DESCRIPTORS, limit / 2);

  self->cap = self->max_connections > 0 ? MIN (self->max_connections, most) : most;
  lb_event_stream_set_max (&self->conversation.events,
                           MIN (self->cap / READERS_SHARE, READERS_MAX));
}

/* No descriptor is left. */
static gboolean
lb_listener_turn_away (LbListener *self,
                       guint socket)
{
  if (lb_listening_sockets_turn_away (&self->sockets, socket))
    {
      lb_listener_get_counters (self)->rejected[LB_REJECTION_BUSY]++;
      return TRUE;
    }

  if (self->sockets.paused)
    g_source_set_ready_time (self->source, g_get_monotonic_time () + PAUSE_US);

  return FALSE;
}

/* One that libsoup has is two descriptors: its own, and our copy. */
static guint
lb_listener_count_descriptors (LbListener *self)
{
  LbConnections *connections = lb_listener_get_connections (self);

  return connections->n + connections->queues[LB_CONNECTION_HANDED_OVER].length;
}

static gboolean
lb_listener_has_enough (LbListener *self,
                        const struct sockaddr_storage *address)
{
  return self->max_per_client > 0 &&
         lb_connections_count_client (lb_listener_get_connections (self), address) >=
           self->max_per_client;
}

/* A new client takes the place of another if it must, or is turned away if all are busy. */
static void
lb_listener_welcome (LbListener *self,
                     int fd,
                     const struct sockaddr_storage *address)
{
  LbTraffic *traffic = lb_listener_get_counters (self);
  const gboolean has_enough = lb_listener_has_enough (self, address);

  if (!has_enough &&
      (lb_listener_count_descriptors (self) < self->cap || lb_listener_make_room (self)))
    {
      traffic->connections_total++;
      lb_conversation_begin (&self->conversation, fd, address);
      return;
    }

  traffic->rejected[LB_REJECTION_BUSY]++;
  lb_refusal_log_connection (address, has_enough ? "it has as many connections as a client may have"
                                                 : "there are as many connections as may be");
  close (fd);
}

static void
lb_listener_accept (LbListener *self,
                    guint socket)
{
  for (guint i = 0; i < ACCEPT_BATCH; i++)
    {
      struct sockaddr_storage address;
      const int fd = lb_listening_sockets_accept (&self->sockets, socket, &address);

      if (fd >= 0)
        lb_listener_welcome (self, fd, &address);
      else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
        {
          if (!lb_listener_make_room (self) && !lb_listener_turn_away (self, socket))
            break;
        }
      else if (errno != EINTR && errno != ECONNABORTED)
        break;
    }
}

static gboolean
lb_listener_is_socket (LbListener *self,
                       const struct epoll_event *event)
{
  /* A listening socket's data is its place among them; no connection has so low an address. */
  return event->data.u64 < self->sockets.fds->len;
}

/* Those with bytes left unread, for which the kernel does not call again. Returns how many had a turn. */
static guint
lb_listener_serve_ready (LbListener *self,
                         gint64 end_us)
{
  LbConnections *connections = lb_listener_get_connections (self);
  guint n = 0;

  for (guint left = connections->ready.length; left > 0 && connections->ready.length > 0; left--)
    {
      LbConnection *connection = g_queue_peek_head (&connections->ready);

      lb_connections_set_ready (connections, connection, FALSE);
      lb_conversation_go_on (&self->conversation, connection, 0);
      n++;

      if (g_get_monotonic_time () >= end_us)
        break;
    }

  return n;
}

/* One batch. New clients come last: making room for them may close connections that have an event.
 * Whoever has an event when the time is up gets a turn later. Returns how many events there were. */
static guint
lb_listener_serve_batch (LbListener *self,
                         gint64 end_us)
{
  struct epoll_event events[EVENT_BATCH];
  const int n = epoll_wait (self->epoll_fd, events, EVENT_BATCH, 0);
  gboolean late = FALSE;

  for (int i = 0; i < n; i++)
    {
      if (lb_listener_is_socket (self, &events[i]))
        continue;

      if (late)
        lb_conversation_postpone (&self->conversation, events[i].data.ptr, events[i].events);
      else
        lb_conversation_go_on (&self->conversation, events[i].data.ptr, events[i].events);

      late = late || g_get_monotonic_time () >= end_us;
    }

  for (int i = 0; i < n; i++)
    if (lb_listener_is_socket (self, &events[i]))
      lb_listener_accept (self, (guint) events[i].data.u64);

  return (guint) MAX (n, 0);
}

static void
lb_listener_expire (LbListener *self,
                    gint64 now_us)
{
  LbConnections *connections = lb_listener_get_connections (self);

  for (LbConnectionState state = 0; state < LB_N_CONNECTION_STATES; state++)
    {
      const gint64 before_us = now_us - deadlines_s[state] * G_USEC_PER_SEC;
      LbConnection *connection;

      while ((connection = lb_connections_peek (connections, state)) != NULL &&
             connection->since_us <= before_us)
        {
          if (lb_listener_count_unfinished (self, connection, LB_REJECTION_TIMEOUT))
            lb_refusal_log_timeout (connection);
          lb_conversation_expire (&self->conversation, connection, now_us);
        }
    }
}

/* Looks again in a second as long as anybody waits for anything. */
static void
lb_listener_tick (LbListener *self,
                  gint64 now_us)
{
  const gint64 due_us = g_source_get_ready_time (self->source);

  if (due_us >= 0 && now_us >= due_us)
    {
      lb_listening_sockets_resume (&self->sockets);
      lb_listener_expire (self, now_us);
      g_source_set_ready_time (self->source, -1);
    }

  if (lb_listener_get_connections (self)->n > 0 && g_source_get_ready_time (self->source) < 0)
    g_source_set_ready_time (self->source, now_us + TICK_US);
}

static gboolean
lb_listener_has_more (gpointer owner)
{
  const LbConnections *connections = lb_listener_get_connections (owner);

  return connections->ready.length > 0 || connections->readers.length > 0;
}

static void
lb_listener_serve (gpointer owner)
{
  LbListener *self = owner;
  gint64 now_us = g_get_monotonic_time ();
  const gint64 end_us = now_us + BATCH_US;
  guint left = BATCHES;
  guint n;

  /* Looking once more costs less than another turn of the loop, and under load more has come meanwhile.
   * What bounded batches leave stays ready in the kernel, and with it the source. */
  do
    {
      n = lb_listener_serve_ready (self, end_us);
      n += lb_listener_serve_batch (self, end_us);
      now_us = g_get_monotonic_time ();
    }
  while (n > 0 && --left > 0 && now_us < end_us);

  /* Clients that want to be redirected come first, but do not keep readers waiting for ever. */
  lb_event_stream_serve (&self->conversation.events, now_us + READERS_US);

  lb_listener_tick (self, now_us);
}

static const LbEpollSourceFuncs source_funcs = {
  .has_more = lb_listener_has_more,
  .serve = lb_listener_serve,
};

static void
lb_listener_dispose (GObject *object)
{
  LbListener *self = LB_LISTENER (object);

  lb_listener_close (self);

  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_source_destroy (self->guard);
      g_clear_pointer (&self->source, g_source_unref);
      g_clear_pointer (&self->guard, g_source_unref);
    }

  lb_conversation_clear (&self->conversation);

  G_OBJECT_CLASS (lb_listener_parent_class)->dispose (object);
}

static void
lb_listener_finalize (GObject *object)
{
  LbListener *self = LB_LISTENER (object);

  lb_listening_sockets_clear (&self->sockets);
  if (self->epoll_fd >= 0)
    close (self->epoll_fd);

  G_OBJECT_CLASS (lb_listener_parent_class)->finalize (object);
}

static void
lb_listener_class_init (LbListenerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_listener_dispose;
  object_class->finalize = lb_listener_finalize;
}

static void
lb_listener_init (LbListener *self)
{
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  lb_listening_sockets_init (&self->sockets, self->epoll_fd);
  if (self->epoll_fd < 0)
    {
      g_warning ("No epoll descriptor: %s", g_strerror (errno));
      return;
    }

  self->source = lb_epoll_source_new (self->epoll_fd, &source_funcs, self);
  g_source_set_static_name (self->source, "[lb] listener");
  g_source_attach (self->source, g_main_context_get_thread_default ());
  self->guard = lb_epoll_source_create_guard (self->source);
  g_source_set_static_name (self->guard, "[lb] overdue clients");
  g_source_attach (self->guard, g_main_context_get_thread_default ());
}

/**
 * lb_listener_new:
 * @server: who answers; it must not listen itself
 * @lane: who answers plain redirects in its place, and refuses bad heads
 *
 * Returns: (transfer full): a listener of the thread-default main context that does not listen yet
 */
LbListener *
lb_listener_new (SoupServer *server,
                 LbExpressLane *lane)
{
  LbListener *self;

  g_return_val_if_fail (SOUP_IS_SERVER (server), NULL);
  g_return_val_if_fail (LB_IS_EXPRESS_LANE (lane), NULL);

  self = g_object_new (LB_TYPE_LISTENER, NULL);
  lb_conversation_init (&self->conversation, self->epoll_fd, server, lane);

  return self;
}

/**
 * lb_listener_set_max_connections:
 * @self: a listener
 * @max_connections: how many there may be at once; 0 for as many as there are descriptors, but for
 *   some that the rest of the program needs. That is the most there can be in any case.
 *
 * With more, who has been idle for the longest time is closed.
 */
void
lb_listener_set_max_connections (LbListener *self,
                                 guint max_connections)
{
  g_return_if_fail (LB_IS_LISTENER (self));

  self->max_connections = max_connections;
  lb_listener_update_cap (self);

  while (lb_listener_get_connections (self)->n > self->cap && lb_listener_make_room (self))
    continue;
}

/**
 * lb_listener_set_max_per_client:
 * @self: a listener
 * @max_per_client: how many connections each client may have at once; 0 for as many as there may be
 *
 * Further ones are closed at once, so that nobody takes the place of everybody else. A client is an IPv4
 * address or an IPv6 network of 64 bits. Who has more already keeps them.
 */
void
lb_listener_set_max_per_client (LbListener *self,
                                guint max_per_client)
{
  g_return_if_fail (LB_IS_LISTENER (self));

  self->max_per_client = max_per_client;
  lb_connections_set_count_clients (lb_listener_get_connections (self), max_per_client > 0);
}

/**
 * lb_listener_set_role:
 * @self: a listener
 * @role: what its port is for
 *
 * Says what its lane redirects, from the next request on.
 */
void
lb_listener_set_role (LbListener *self,
                      LbRole role)
{
  g_return_if_fail (LB_IS_LISTENER (self));

  lb_express_lane_set_role (self->conversation.lane, role);
}

/**
 * lb_listener_set_feed:
 * @self: a listener that nobody is connected to
 * @feed: (nullable): what it tells those who ask for events
 *
 * Tells events. At most half of the connections, and no more than 2000, may be readers of them, so that
 * clients that want to be redirected always find room; more are told to try again.
 */
void
lb_listener_set_feed (LbListener *self,
                      LbEventFeed *feed)
{
  g_return_if_fail (LB_IS_LISTENER (self));

  lb_event_stream_set_feed (&self->conversation.events, feed);
}

/**
 * lb_listener_get_feed:
 * @self: a listener
 *
 * Returns: (transfer none) (nullable): what it tells those who ask for events
 */
LbEventFeed *
lb_listener_get_feed (LbListener *self)
{
  g_return_val_if_fail (LB_IS_LISTENER (self), NULL);

  return self->conversation.events.feed;
}

/**
 * lb_listener_set_accepting:
 * @self: a listener
 * @accepting: whether it takes new clients
 *
 * Without, the sockets stay, for somebody else who has them to take clients from. Who is connected is
 * served as before.
 */
void
lb_listener_set_accepting (LbListener *self,
                           gboolean accepting)
{
  g_return_if_fail (LB_IS_LISTENER (self));

  lb_listening_sockets_set_accepting (&self->sockets, accepting);
}

/**
 * lb_listener_get_sockets:
 * @self: a listener
 * @n: (out): how many there are
 *
 * Returns: (transfer none) (array length=n): the descriptors it listens on
 */
const int *
lb_listener_get_sockets (LbListener *self,
                         guint *n)
{
  g_return_val_if_fail (LB_IS_LISTENER (self), NULL);

  *n = self->sockets.fds->len;

  return (const int *) (gconstpointer) self->sockets.fds->data;
}

/**
 * lb_listener_listen:
 * @self: a listener
 * @addresses: (array zero-terminated=1): IP addresses without brackets, or `localhost`
 * @port: one port for all of them; 0 picks one that all can have
 * @error: return location for a #GError
 *
 * Listens there, and no longer where it did before. If that fails everything stays as it was.
 *
 * Sets a #GIOErrorEnum such as %G_IO_ERROR_ADDRESS_IN_USE.
 *
 * Returns: %TRUE if it listens on all of them
 */
gboolean
lb_listener_listen (LbListener *self,
                    const char *const *addresses,
                    guint16 port,
                    GError **error)
{
  g_return_val_if_fail (LB_IS_LISTENER (self), FALSE);

  if (!lb_listening_sockets_open (&self->sockets, addresses, port, error))
    return FALSE;

  lb_listener_update_cap (self);

  return TRUE;
}

/**
 * lb_listener_close:
 * @self: a listener
 *
 * Stops listening and drops every connection that has not asked for anything yet.
 */
void
lb_listener_close (LbListener *self)
{
  g_return_if_fail (LB_IS_LISTENER (self));

  lb_listening_sockets_close (&self->sockets);
  lb_conversation_end (&self->conversation);
}

/**
 * lb_listener_get_port:
 * @self: a listener
 *
 * Returns: the port it listens on, or 0
 */
guint16
lb_listener_get_port (LbListener *self)
{
  g_return_val_if_fail (LB_IS_LISTENER (self), 0);

  return self->sockets.port;
}

/**
 * lb_listener_get_addresses:
 * @self: a listener
 *
 * Returns: (transfer none) (nullable) (array zero-terminated=1): what it was asked to listen on
 */
const char *const *
lb_listener_get_addresses (LbListener *self)
{
  g_return_val_if_fail (LB_IS_LISTENER (self), NULL);

  return (const char *const *) self->sockets.addresses;
}

/**
 * lb_listener_get_uris:
 * @self: a listener
 *
 * Returns: (transfer none) (array zero-terminated=1): the URL of each address it listens on
 */
const char *const *
lb_listener_get_uris (LbListener *self)
{
  g_return_val_if_fail (LB_IS_LISTENER (self), NULL);

  return (const char *const *) self->sockets.uris->pdata;
}

/**
 * lb_listener_set_secure:
 * @self: a listener
 * @secure: whether somebody else speaks TLS on its sockets; it never does so itself
 *
 * Says what the URLs of its addresses begin with.
 */
void
lb_listener_set_secure (LbListener *self,
                        gboolean secure)
{
  g_return_if_fail (LB_IS_LISTENER (self));

  lb_listening_sockets_set_secure (&self->sockets, secure);
}

/**
 * lb_listener_get_n_connections:
 * @self: a listener
 *
 * Returns: how many clients are connected
 */
guint
lb_listener_get_n_connections (LbListener *self)
{
  g_return_val_if_fail (LB_IS_LISTENER (self), 0);

  return lb_listener_get_connections (self)->n;
}

/**
 * lb_listener_get_traffic:
 * @self: a listener
 * @traffic: (out caller-allocates): what its clients do besides being redirected
 *
 * Gives the counters as they are now, with how many are connected and how many may be.
 */
void
lb_listener_get_traffic (LbListener *self,
                         LbTraffic *traffic)
{
  g_return_if_fail (LB_IS_LISTENER (self));
  g_return_if_fail (traffic != NULL);

  *traffic = *lb_listener_get_counters (self);
  traffic->connections = lb_listener_get_connections (self)->n;
  traffic->max_connections = self->cap;
}
