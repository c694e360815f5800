/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-listener"

#include "config.h"

#include "http/lb-listener.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/lb-request-head.h"
#include "http/lb-socket.h"

/* The priority GTK paints at: a flood of requests cannot freeze the window, and a repaint cannot hold
 * back requests for longer than itself. */
#define LISTENER_PRIORITY (G_PRIORITY_HIGH_IDLE + 20)

#define ACCEPT_BATCH 64
#define EVENT_BATCH 32
#define BATCHES 8
#define BATCH_US 500

#define TARGET_KEY "lb-target"

/**
 * LbListener:
 *
 * The sockets that clients connect to, and every connection on which no whole request head has come
 * yet. It stands in front of a #SoupServer, which never listens itself: with libsoup's own listener
 * one failed accept() would be the end of listening, and each idle connection would cost a poll.
 *
 * One GSource watches one epoll descriptor, which watches everything else. What a client sends is
 * only looked at (MSG_PEEK) until a whole head is there, so that an idle connection holds no buffer
 * and the socket can be handed over untouched.
 */
struct _LbListener
{
  GObject parent_instance;

  SoupServer *server;
  GSource *source;
  int epoll_fd;
  int spare_fd; /* given up for a moment to turn a client away when there is no other */

  GArray *sockets; /* element-type int */
  GPtrArray *uris; /* NULL-terminated */
  char **addresses;
  guint16 port;

  GQueue connections; /* of LbConnection */
};

/* A connection before its request. Of the client's address only what identifies it is kept. */
typedef struct
{
  GList link; /* in connections; data points here */
  int fd;
  guint16 port;
  guint8 address_length; /* 4 or 16 */
  guint8 address[16];
} LbConnection;

typedef struct
{
  GSource source;
  LbListener *listener; /* which owns this source */
} LbListenerSource;

G_DEFINE_FINAL_TYPE (LbListener, lb_listener, G_TYPE_OBJECT)

static void
lb_connection_set_address (LbConnection *self,
                           const struct sockaddr_storage *address)
{
  if (address->ss_family == AF_INET6)
    {
      const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) address;

      self->address_length = sizeof in6->sin6_addr;
      memcpy (self->address, &in6->sin6_addr, sizeof in6->sin6_addr);
      self->port = ntohs (in6->sin6_port);
    }
  else
    {
      const struct sockaddr_in *in = (const struct sockaddr_in *) address;

      self->address_length = sizeof in->sin_addr;
      memcpy (self->address, &in->sin_addr, sizeof in->sin_addr);
      self->port = ntohs (in->sin_port);
    }
}

static GSocketAddress *
lb_connection_get_remote_address (LbConnection *self)
{
  g_autoptr (GInetAddress) address = NULL;

  address = g_inet_address_new_from_bytes (self->address, self->address_length == 4
                                                            ? G_SOCKET_FAMILY_IPV4
                                                            : G_SOCKET_FAMILY_IPV6);

  return g_inet_socket_address_new (address, self->port);
}

/* Forgets a connection, whose descriptor the caller takes. */
static int
lb_listener_release (LbListener *self,
                     LbConnection *connection)
{
  int fd = connection->fd;

  g_queue_unlink (&self->connections, &connection->link);
  g_free (connection);

  return fd;
}

static void
lb_listener_drop (LbListener *self,
                  LbConnection *connection)
{
  close (lb_listener_release (self, connection));
}

/* Turns a connection away with a bare status, as the head on it cannot be served. */
static void
lb_listener_refuse (LbListener *self,
                    LbConnection *connection,
                    guint status)
{
  char answer[256];
  int length = snprintf (answer, sizeof answer,
                         "HTTP/1.1 %u %s\r\nAccess-Control-Allow-Origin: *\r\n"
                         "Content-Length: 0\r\nConnection: close\r\n\r\n",
                         status, soup_status_get_phrase (status));

  if (send (connection->fd, answer, (gsize) length, MSG_NOSIGNAL | MSG_DONTWAIT) == length)
    shutdown (connection->fd, SHUT_WR);

  lb_listener_drop (self, connection);
}

/* Gives the untouched socket to libsoup, which reads it as if it had accepted it. */
static void
lb_listener_hand_over (LbListener *self,
                       LbConnection *connection,
                       const LbRequestHead *head)
{
  g_autoptr (GSocketAddress) remote = lb_connection_get_remote_address (connection);
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GError) error = NULL;
  int fd = connection->fd;

  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, fd, NULL);

  socket = g_socket_new_from_fd (fd, &error);
  if (socket == NULL)
    {
      lb_listener_drop (self, connection);
      return;
    }

  lb_listener_release (self, connection);

  local = g_socket_get_local_address (socket, NULL);
  if (local == NULL)
    return;

  /* libsoup decodes targets and has no way back, so the bytes travel with the address. */
  g_object_set_data_full (G_OBJECT (remote), TARGET_KEY,
                          g_strndup (head->target, head->target_length), g_free);

  stream = g_socket_connection_factory_create_connection (socket);
  if (!soup_server_accept_iostream (self->server, G_IO_STREAM (stream), local, remote, &error))
    g_info ("libsoup did not take a connection: %s", error->message);
}

static void
lb_listener_serve (LbListener *self,
                   LbConnection *connection,
                   guint32 events)
{
  char bytes[LB_REQUEST_HEAD_MAX];
  LbRequestHead head;
  guint status = 0;
  gssize n;

  do
    n = recv (connection->fd, bytes, sizeof bytes, MSG_PEEK | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  if (n < 0 && errno == EAGAIN)
    return;

  if (n <= 0)
    {
      lb_listener_drop (self, connection);
      return;
    }

  switch (lb_request_head_read (&head, bytes, (gsize) n, &status))
    {
    case LB_REQUEST_HEAD_WHOLE:
      lb_listener_hand_over (self, connection, &head);
      break;

    case LB_REQUEST_HEAD_PARTIAL:
      /* What is missing cannot come any more, and there will be no further edge. */
      if ((events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0)
        lb_listener_drop (self, connection);
      break;

    case LB_REQUEST_HEAD_BAD:
      lb_listener_refuse (self, connection, status);
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
lb_listener_adopt (LbListener *self,
                   int fd,
                   const struct sockaddr_storage *address)
{
  LbConnection *connection = g_new0 (LbConnection, 1);
  struct epoll_event event = { .events = EPOLLIN | EPOLLRDHUP | EPOLLET, .data.ptr = connection };

  connection->link.data = connection;
  connection->fd = fd;
  lb_connection_set_address (connection, address);
  g_queue_push_tail_link (&self->connections, &connection->link);

  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
    lb_listener_drop (self, connection);
}

/* No descriptor is left, and the socket stays ready: without this the loop would spin. The client is
 * told at once by a closed connection. */
static gboolean
lb_listener_turn_away (LbListener *self,
                       int socket)
{
  int fd;

  if (self->spare_fd < 0)
    return FALSE;

  close (self->spare_fd);
  fd = accept4 (socket, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd >= 0)
    close (fd);
  self->spare_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);

  return fd >= 0;
}

static void
lb_listener_accept (LbListener *self,
                    int socket)
{
  for (guint i = 0; i < ACCEPT_BATCH; i++)
    {
      struct sockaddr_storage address;
      socklen_t length = sizeof address;
      int fd = accept4 (socket, (struct sockaddr *) &address, &length,
                        SOCK_NONBLOCK | SOCK_CLOEXEC);

      if (fd >= 0)
        lb_listener_adopt (self, fd, &address);
      else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)
        {
          if (!lb_listener_turn_away (self, socket))
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
  /* A listening socket's data is its place in the array; no connection has so low an address. */
  return event->data.u64 < self->sockets->len;
}

static gboolean
lb_listener_source_dispatch (GSource *source,
                             GSourceFunc callback,
                             gpointer user_data)
{
  LbListener *self = ((LbListenerSource *) source)->listener;
  const gint64 end_us = g_get_monotonic_time () + BATCH_US;
  guint left = BATCHES;
  int n;

  /* What a bounded batch leaves stays ready in the kernel, and with it the source. */
  do
    {
      struct epoll_event events[EVENT_BATCH];

      n = epoll_wait (self->epoll_fd, events, EVENT_BATCH, 0);

      for (int i = 0; i < n; i++)
        if (lb_listener_is_socket (self, &events[i]))
          lb_listener_accept (self, g_array_index (self->sockets, int, events[i].data.u64));
        else
          lb_listener_serve (self, events[i].data.ptr, events[i].events);
    }
  while (n == EVENT_BATCH && --left > 0 && g_get_monotonic_time () < end_us);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .dispatch = lb_listener_source_dispatch,
};

static void
lb_listener_close_sockets (LbListener *self)
{
  for (guint i = 0; i < self->sockets->len; i++)
    close (g_array_index (self->sockets, int, i)); /* which also takes it out of the epoll set */

  g_array_set_size (self->sockets, 0);
  g_ptr_array_set_size (self->uris, 0);
  g_ptr_array_add (self->uris, NULL);
  g_clear_pointer (&self->addresses, g_strfreev);
  self->port = 0;
}

static void
lb_listener_watch_sockets (LbListener *self)
{
  for (guint i = 0; i < self->sockets->len; i++)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.u64 = i };

      if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, g_array_index (self->sockets, int, i), &event) < 0)
        g_warning ("A listening socket cannot be watched: %s", g_strerror (errno));
    }
}

static gboolean
lb_listener_open (LbListener *self,
                  const char *const *addresses,
                  guint16 port,
                  GError **error)
{
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func (g_free);
  GArray *sockets = lb_socket_listen (addresses, port, &port, uris, error);

  if (sockets == NULL)
    return FALSE;

  lb_listener_close_sockets (self);

  g_clear_pointer (&self->sockets, g_array_unref);
  g_clear_pointer (&self->uris, g_ptr_array_unref);
  self->sockets = sockets;
  self->uris = g_steal_pointer (&uris);
  g_ptr_array_add (self->uris, NULL);
  self->addresses = g_strdupv ((char **) addresses);
  self->port = port;
  lb_listener_watch_sockets (self);

  return TRUE;
}

static void
lb_listener_dispose (GObject *object)
{
  LbListener *self = LB_LISTENER (object);

  lb_listener_close (self);

  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }

  g_clear_object (&self->server);

  G_OBJECT_CLASS (lb_listener_parent_class)->dispose (object);
}

static void
lb_listener_finalize (GObject *object)
{
  LbListener *self = LB_LISTENER (object);

  g_clear_pointer (&self->sockets, g_array_unref);
  g_clear_pointer (&self->uris, g_ptr_array_unref);
  if (self->spare_fd >= 0)
    close (self->spare_fd);
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
  LbListenerSource *source;

  g_queue_init (&self->connections);
  self->sockets = g_array_new (FALSE, FALSE, sizeof (int));
  self->uris = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (self->uris, NULL);
  self->spare_fd = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    {
      g_warning ("No epoll descriptor: %s", g_strerror (errno));
      return;
    }

  self->source = g_source_new (&source_funcs, sizeof (LbListenerSource));
  source = (LbListenerSource *) self->source;
  source->listener = self;
  g_source_set_static_name (self->source, "[lb] listener");
  g_source_set_priority (self->source, LISTENER_PRIORITY);
  g_source_add_unix_fd (self->source, self->epoll_fd, G_IO_IN);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

/**
 * lb_listener_new:
 * @server: who answers; it must not listen itself
 *
 * Returns: (transfer full): a listener of the thread-default main context that does not listen yet
 */
LbListener *
lb_listener_new (SoupServer *server)
{
  LbListener *self;

  g_return_val_if_fail (SOUP_IS_SERVER (server), NULL);

  self = g_object_new (LB_TYPE_LISTENER, NULL);
  self->server = g_object_ref (server);

  return self;
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
  g_autoptr (GError) ignored = NULL;
  g_auto (GStrv) old_addresses = NULL;
  guint16 old_port;

  g_return_val_if_fail (LB_IS_LISTENER (self), FALSE);

  if (port == 0 || port != self->port)
    return lb_listener_open (self, addresses, port, error);

  /* On the same port our own sockets would be in the way. */
  old_port = self->port;
  old_addresses = g_steal_pointer (&self->addresses);
  lb_listener_close_sockets (self);

  if (lb_listener_open (self, addresses, port, error))
    return TRUE;

  if (!lb_listener_open (self, (const char *const *) old_addresses, old_port, &ignored))
    g_warning ("The port is lost: %s", ignored->message);

  return FALSE;
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
  LbConnection *connection;

  g_return_if_fail (LB_IS_LISTENER (self));

  lb_listener_close_sockets (self);

  while ((connection = g_queue_peek_head (&self->connections)) != NULL)
    lb_listener_drop (self, connection);
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

  return self->port;
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

  return (const char *const *) self->addresses;
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

  return (const char *const *) self->uris->pdata;
}

/**
 * lb_listener_get_n_connections:
 * @self: a listener
 *
 * Returns: how many connections wait for a request
 */
guint
lb_listener_get_n_connections (LbListener *self)
{
  g_return_val_if_fail (LB_IS_LISTENER (self), 0);

  return self->connections.length;
}

/**
 * lb_listener_get_target:
 * @message: a message on a connection that a listener handed over
 *
 * Returns: (transfer none) (nullable): the request target, byte for byte as the client sent it
 */
const char *
lb_listener_get_target (SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);

  return remote != NULL ? g_object_get_data (G_OBJECT (remote), TARGET_KEY) : NULL;
}
