/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-connection"

#include "config.h"

#include "http/lb-connection.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>

/* The bytes of an address, in network byte order, and the port. */
static const guint8 *
lb_connection_read_address (const struct sockaddr_storage *address,
                            gsize *length,
                            guint16 *port)
{
  if (address->ss_family == AF_INET6)
    {
      const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *) address;

      *length = sizeof in6->sin6_addr;
      *port = ntohs (in6->sin6_port);
      return (const guint8 *) &in6->sin6_addr;
    }
  else
    {
      const struct sockaddr_in *in = (const struct sockaddr_in *) address;

      *length = sizeof in->sin_addr;
      *port = ntohs (in->sin_port);
      return (const guint8 *) &in->sin_addr;
    }
}

/**
 * lb_connection_new:
 * @fd: (transfer full): its descriptor
 * @address: where the client is, as accept4() gave it: a client that has reset has none any more
 *
 * Returns: (transfer full): a connection that no listener has yet
 */
LbConnection *
lb_connection_new (int fd,
                   const struct sockaddr_storage *address)
{
  LbConnection *self = g_new0 (LbConnection, 1);
  gsize length;
  const guint8 *bytes = lb_connection_read_address (address, &length, &self->port);

  self->link.data = self;
  self->ready_link.data = self;
  self->fd = fd;
  self->address_length = length & 31;
  memcpy (self->address, bytes, length);

  return self;
}

/**
 * lb_connection_get_remote_address:
 * @self: a connection
 *
 * Returns: (transfer full): where the client is
 */
GSocketAddress *
lb_connection_get_remote_address (const LbConnection *self)
{
  const GSocketFamily family =
    self->address_length == 4 ? G_SOCKET_FAMILY_IPV4 : G_SOCKET_FAMILY_IPV6;
  g_autoptr (GInetAddress) address = g_inet_address_new_from_bytes (self->address, family);

  return g_inet_socket_address_new (address, self->port);
}

static gboolean
lb_connection_has_rest (const LbConnection *self)
{
  return (self->state == LB_CONNECTION_WRITING || self->state == LB_CONNECTION_HEAD ||
          self->state == LB_CONNECTION_EVENTS) &&
         self->rest != NULL;
}

/**
 * lb_connection_keep:
 * @self: a connection that awaits a head or writes
 * @unwritten: (array length=n_unwritten) (nullable): what the client has not taken of its answers
 * @n_unwritten: how many bytes that is
 * @unanswered: (array length=n_unanswered): what the client has sent and is not answered yet
 * @n_unanswered: how many bytes that is, less than 64 KiB
 *
 * Keeps copies, in place of what was kept before.
 */
void
lb_connection_keep (LbConnection *self,
                    const char *unwritten,
                    gsize n_unwritten,
                    const char *unanswered,
                    gsize n_unanswered)
{
  GByteArray *bytes = g_byte_array_sized_new ((guint) (n_unwritten + n_unanswered));

  g_return_if_fail (n_unanswered <= G_MAXUINT16);

  lb_connection_forget_rest (self);

  g_byte_array_append (bytes, (const guint8 *) unwritten, (guint) n_unwritten);
  g_byte_array_append (bytes, (const guint8 *) unanswered, (guint) n_unanswered);
  self->rest = g_byte_array_free_to_bytes (bytes);
  self->n_unanswered = (guint16) n_unanswered;
}

/**
 * lb_connection_get_unwritten:
 * @self: a connection that writes, or reads events
 * @length: (out): how many bytes that is
 *
 * Returns: what the client has not taken of its answers
 */
const char *
lb_connection_get_unwritten (const LbConnection *self,
                             gsize *length)
{
  const char *bytes = g_bytes_get_data (self->rest, length);

  *length -= self->n_unanswered;

  return bytes;
}

/**
 * lb_connection_skip_rest:
 * @self: a connection that writes, or reads events
 * @n: how many bytes the client has taken
 */
void
lb_connection_skip_rest (LbConnection *self,
                         gsize n)
{
  g_autoptr (GBytes) rest = g_steal_pointer (&self->rest);
  const gsize left = g_bytes_get_size (rest) - n;

  if (left > 0)
    self->rest = g_bytes_new_from_bytes (rest, n, left);
}

/**
 * lb_connection_take_rest:
 * @self: a connection that awaits a head or is idle
 * @bytes: (out caller-allocates): what it has sent and is not answered yet
 *
 * Moves that out. With nothing kept, which is nearly always so, this costs nothing.
 *
 * Returns: how many bytes it is
 */
gsize
lb_connection_take_rest (LbConnection *self,
                         char *bytes)
{
  gsize length;
  gconstpointer data;

  if (!lb_connection_has_rest (self))
    return 0;

  data = g_bytes_get_data (self->rest, &length);
  memcpy (bytes, data, length);
  lb_connection_forget_rest (self);

  return length;
}

/**
 * lb_connection_forget_rest:
 * @self: a connection
 */
void
lb_connection_forget_rest (LbConnection *self)
{
  if (lb_connection_has_rest (self))
    g_clear_pointer (&self->rest, g_bytes_unref);
}

/**
 * lb_connection_write:
 * @self: a connection
 * @bytes: (array length=length): what it is to be sent
 * @length: how much that is
 *
 * Returns: how much of it the kernel has taken; less than 0 if the connection is broken
 */
gssize
lb_connection_write (LbConnection *self,
                     const char *bytes,
                     gsize length)
{
  gssize n;

  do
    n = send (self->fd, bytes, length, MSG_NOSIGNAL | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  return n < 0 && errno == EAGAIN ? 0 : n;
}

/**
 * lb_connection_discard_unsent:
 * @self: a connection that is going to be closed
 *
 * Lets its end be a reset. Else the kernel would go on offering what the client has not taken, and keep
 * it, for as long as the client takes a little of it now and then.
 */
void
lb_connection_discard_unsent (LbConnection *self)
{
  static const struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

  setsockopt (self->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
}

/**
 * lb_connections_add:
 * @self: the connections
 * @connection: (transfer full): a new one
 * @now_us: the monotonic time in microseconds
 *
 * Takes a connection in. It waits for a head.
 */
void
lb_connections_add (LbConnections *self,
                    LbConnection *connection,
                    gint64 now_us)
{
  connection->since_us = now_us;
  g_queue_push_tail_link (&self->queues[connection->state], &connection->link);
  self->n++;
  if (self->clients != NULL)
    lb_client_counts_add (self->clients, connection->address, connection->address_length);
}

/**
 * lb_connections_move:
 * @self: the connections
 * @connection: one of them
 * @state: what it waits for now
 * @now_us: the monotonic time in microseconds, from which its deadline counts
 */
void
lb_connections_move (LbConnections *self,
                     LbConnection *connection,
                     LbConnectionState state,
                     gint64 now_us)
{
  g_queue_unlink (&self->queues[connection->state], &connection->link);
  connection->state = (guint8) state;
  connection->since_us = now_us;
  g_queue_push_tail_link (&self->queues[state], &connection->link);
}

/**
 * lb_connections_remove:
 * @self: the connections
 * @connection: one of them; freed
 *
 * Returns: its descriptor, which is the caller's now
 */
int
lb_connections_remove (LbConnections *self,
                       LbConnection *connection)
{
  int fd = connection->fd;

  lb_connections_set_ready (self, connection, FALSE);
  g_queue_unlink (&self->queues[connection->state], &connection->link);
  self->n--;
  if (self->clients != NULL)
    lb_client_counts_remove (self->clients, connection->address, connection->address_length);

  lb_connection_forget_rest (connection);
  g_free (connection);

  return fd;
}

/**
 * lb_connections_set_ready:
 * @self: the connections
 * @connection: one of them
 * @ready: whether it has bytes left unread, for which the kernel will not call again; or, if it reads
 *   events, whether it can take more
 */
void
lb_connections_set_ready (LbConnections *self,
                          LbConnection *connection,
                          gboolean ready)
{
  GQueue *queue = connection->state == LB_CONNECTION_EVENTS ? &self->readers : &self->ready;

  if (connection->ready == !!ready)
    return;

  if (ready)
    g_queue_push_tail_link (queue, &connection->ready_link);
  else
    g_queue_unlink (queue, &connection->ready_link);

  connection->ready = !!ready;
}

/**
 * lb_connections_peek:
 * @self: the connections
 * @state: a state
 *
 * Returns: (transfer none) (nullable): who has been in @state for the longest time
 */
LbConnection *
lb_connections_peek (LbConnections *self,
                     LbConnectionState state)
{
  return g_queue_peek_head (&self->queues[state]);
}

/**
 * lb_connections_set_count_clients:
 * @self: the connections
 * @count: whether to count how many of them each client has
 */
void
lb_connections_set_count_clients (LbConnections *self,
                                  gboolean count)
{
  if (count == (self->clients != NULL))
    return;

  g_clear_pointer (&self->clients, lb_client_counts_free);
  if (!count)
    return;

  self->clients = lb_client_counts_new ();
  for (LbConnectionState state = 0; state < LB_N_CONNECTION_STATES; state++)
    for (const GList *link = self->queues[state].head; link != NULL; link = link->next)
      {
        const LbConnection *connection = link->data;

        lb_client_counts_add (self->clients, connection->address, connection->address_length);
      }
}

/**
 * lb_connections_count_client:
 * @self: the connections, of which those of each client are counted
 * @address: where a client is
 *
 * Returns: how many of them the client has
 */
guint
lb_connections_count_client (LbConnections *self,
                             const struct sockaddr_storage *address)
{
  gsize length;
  guint16 port;
  const guint8 *bytes = lb_connection_read_address (address, &length, &port);

  g_return_val_if_fail (self->clients != NULL, 0);

  return lb_client_counts_get (self->clients, bytes, length);
}
