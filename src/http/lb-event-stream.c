/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-event-stream"

#include "config.h"

#include "http/lb-event-stream.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "stats/lb-stats-events.h"

/* What the kernel keeps for one reader, which it doubles for its own needs. Left to itself it keeps up
 * to 4 MiB for one that does not read. */
#define SEND_BUFFER_SIZE (64 * 1024)

/* A reader whose computer has vanished is noticed by its silence, as is one that does not read. */
#define UNACKNOWLEDGED_MS (30 * 1000)

/* What a reader sends is discarded, all at once, or else its end might not be seen behind it: more than a
 * receive buffer ever holds. */
#define DISCARD_SIZE (16 * 1024 * 1024)

/* The end of a stream is the end of the connection. The parts of a chunked one would only tell apart
 * what the empty lines tell apart already, HTTP/1.0 does not know them, and an event whose end is
 * missing counts for nothing with any reader. */

static GQueue *
lb_event_stream_get_readers (LbEventStream *self)
{
  return &self->connections->queues[LB_CONNECTION_EVENTS];
}

/* Who has taken everything gets what is new, and who is too far behind goes. */
static void
lb_event_stream_on_news (LbEventStream *self)
{
  const guint32 horizon = lb_event_feed_get_horizon (self->feed);
  GList *next;

  for (GList *l = lb_event_stream_get_readers (self)->head; l != NULL; l = next)
    {
      LbConnection *connection = l->data;

      next = l->next;
      if (connection->rest == NULL)
        lb_connections_set_ready (self->connections, connection, TRUE);
      else if (connection->seen < horizon)
        lb_event_stream_drop (self, connection);
    }
}

/* Returns whether it may take more at once. */
static gboolean
lb_event_stream_write (LbEventStream *self,
                       LbConnection *connection)
{
  gsize length;
  const char *bytes;
  gssize n;

  if (connection->rest == NULL)
    connection->rest = lb_event_feed_next (self->feed, &connection->seen);
  if (connection->rest == NULL)
    return FALSE;

  bytes = lb_connection_get_unwritten (connection, &length);
  n = lb_connection_write (connection, bytes, length);
  if (n < 0)
    {
      lb_event_stream_drop (self, connection);
      return FALSE;
    }

  if (n == 0)
    return FALSE;

  lb_connection_skip_rest (connection, (gsize) n);
  lb_connections_move (self->connections, connection, LB_CONNECTION_EVENTS,
                       g_get_monotonic_time ());

  return connection->rest == NULL;
}

/**
 * lb_event_stream_init:
 * @self: an event stream
 * @connections: the conversation's
 */
void
lb_event_stream_init (LbEventStream *self,
                      LbConnections *connections)
{
  self->connections = connections;
  self->max_readers = G_MAXUINT;
}

/**
 * lb_event_stream_clear:
 * @self: an event stream that nobody reads
 *
 * Frees what it holds.
 */
void
lb_event_stream_clear (LbEventStream *self)
{
  lb_event_stream_set_feed (self, NULL);
}

/**
 * lb_event_stream_set_feed:
 * @self: an event stream that nobody reads
 * @feed: (nullable): what there is to read
 */
void
lb_event_stream_set_feed (LbEventStream *self,
                          LbEventFeed *feed)
{
  g_return_if_fail (lb_event_stream_get_readers (self)->length == 0);

  if (self->feed != NULL)
    g_signal_handlers_disconnect_by_data (self->feed, self);

  g_set_object (&self->feed, feed);

  if (feed != NULL)
    g_signal_connect_swapped (feed, "news", G_CALLBACK (lb_event_stream_on_news), self);
}

/**
 * lb_event_stream_set_max:
 * @self: an event stream
 * @max_readers: how many may read at once
 *
 * With more, those go that have been without anything new for the longest time.
 */
void
lb_event_stream_set_max (LbEventStream *self,
                         guint max_readers)
{
  self->max_readers = max_readers;

  while (lb_event_stream_get_readers (self)->length > max_readers)
    lb_event_stream_drop (self, lb_connections_peek (self->connections, LB_CONNECTION_EVENTS));
}

/**
 * lb_event_stream_is_full:
 * @self: an event stream
 *
 * Returns: whether as many read as may
 */
gboolean
lb_event_stream_is_full (LbEventStream *self)
{
  return lb_event_stream_get_readers (self)->length >= self->max_readers;
}

/**
 * lb_event_stream_begin:
 * @self: an event stream with a feed that is not full
 * @connection: a connection that has asked for events, and is watched for when it can be written to
 * @head: (array length=length): the answer's head
 * @length: its length
 * @now_us: the monotonic time in microseconds
 *
 * Makes it a reader. What it sends from now on means nothing.
 */
void
lb_event_stream_begin (LbEventStream *self,
                       LbConnection *connection,
                       const char *head,
                       gsize length,
                       gint64 now_us)
{
  static const int on = 1;
  static const int send_buffer_size = SEND_BUFFER_SIZE;
  static const guint unacknowledged_ms = UNACKNOWLEDGED_MS;

  /* A change is told when it happens, not when the last one has been acknowledged. */
  setsockopt (connection->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt (connection->fd, SOL_SOCKET, SO_SNDBUF, &send_buffer_size, sizeof send_buffer_size);
  setsockopt (connection->fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms,
              sizeof unacknowledged_ms);

  lb_connections_set_ready (self->connections, connection, FALSE);
  lb_connection_keep (connection, head, length, LB_STATS_EVENTS_RETRY, strlen (LB_STATS_EVENTS_RETRY));
  connection->n_unanswered = 0;
  connection->seen = lb_event_feed_join (self->feed);

  lb_connections_move (self->connections, connection, LB_CONNECTION_EVENTS, now_us);
  lb_connections_set_ready (self->connections, connection, TRUE);
}

/**
 * lb_event_stream_go_on:
 * @self: an event stream
 * @connection: one of its readers, of whom epoll says something; may be gone afterwards
 * @has_sent: whether it has sent something
 *
 * Puts it with those that can take more, unless it has gone. One that has closed its side has: no program
 * that reads events does that.
 */
void
lb_event_stream_go_on (LbEventStream *self,
                       LbConnection *connection,
                       gboolean has_sent)
{
  if (has_sent && recv (connection->fd, NULL, DISCARD_SIZE, MSG_TRUNC | MSG_DONTWAIT) == 0)
    connection->gone = TRUE;

  if (connection->gone)
    lb_event_stream_drop (self, connection);
  else
    lb_connections_set_ready (self->connections, connection, TRUE);
}

/**
 * lb_event_stream_drop:
 * @self: an event stream
 * @connection: one of its readers
 *
 * Closes it at once. An event of which a part is missing counts for nothing.
 */
void
lb_event_stream_drop (LbEventStream *self,
                      LbConnection *connection)
{
  if (connection->rest != NULL)
    lb_connection_discard_unsent (connection);

  close (lb_connections_remove (self->connections, connection));
  lb_event_feed_leave (self->feed);
}

/**
 * lb_event_stream_serve:
 * @self: an event stream
 * @end_us: until when, monotonic, in microseconds
 *
 * Gives readers what they can take, each a bounded part in its turn, and at least one of them.
 */
void
lb_event_stream_serve (LbEventStream *self,
                       gint64 end_us)
{
  GQueue *ready = &self->connections->readers;

  while (ready->length > 0)
    {
      LbConnection *connection = g_queue_peek_head (ready);

      lb_connections_set_ready (self->connections, connection, FALSE);
      if (lb_event_stream_write (self, connection))
        lb_connections_set_ready (self->connections, connection, TRUE);

      if (g_get_monotonic_time () >= end_us)
        break;
    }
}
