/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-connection"

#include "config.h"

#include "http/lb-connection.h"

#include <netinet/in.h>
#include <string.h>

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

  self->link.data = self;
  self->ready_link.data = self;
  self->fd = fd;

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

  if (connection->state == LB_CONNECTION_WRITING || connection->state == LB_CONNECTION_HEAD)
    g_clear_pointer (&connection->rest, g_bytes_unref);
  g_free (connection);

  return fd;
}

/**
 * lb_connections_set_ready:
 * @self: the connections
 * @connection: one of them
 * @ready: whether it has bytes left unread, for which the kernel will not call again
 */
void
lb_connections_set_ready (LbConnections *self,
                          LbConnection *connection,
                          gboolean ready)
{
  if (connection->ready == !!ready)
    return;

  if (ready)
    g_queue_push_tail_link (&self->ready, &connection->ready_link);
  else
    g_queue_unlink (&self->ready, &connection->ready_link);

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
