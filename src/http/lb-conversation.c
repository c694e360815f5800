/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-conversation"

#include "config.h"

#include "http/lb-conversation.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "http/lb-refusal-log.h"
#include "http/lb-stats-route.h"

/* How much of what has come is looked at together, and how much is answered together. */
#define BYTES_SIZE LB_REQUEST_HEAD_MAX
#define ANSWERS_SIZE (64 * 1024)

/* Lingering goes on as long as something comes, up to this. Each turn discards so much at the most. */
#define LINGER_US (30 * G_USEC_PER_SEC)
#define LINGER_BYTES (1024 * 1024)

/* How many libsoup may have at once: it is slower than we are, and each costs two descriptors. */
#define GIVEN_MAX 1000

/* Whose answer takes longer makes room for others, if there are that many. */
#define SLOW_US G_USEC_PER_SEC

#define WATCHED (EPOLLIN | EPOLLRDHUP | EPOLLET)
#define GONE (EPOLLRDHUP | EPOLLHUP | EPOLLERR)

/*
 * What has come is read into a buffer that everybody shares; all whole heads in it are answered in order,
 * and the answers go out in one write. So an idle connection holds no buffer. What is left over, the
 * beginning of a head, is kept with the connection until the rest comes. A head that is for libsoup goes
 * there alone: its answer is the last one, so nobody looks at what comes behind it.
 *
 * To look first (MSG_PEEK) and to take it off the socket afterwards would spare the keeping, but costs
 * a second system call for each request, and a window that stays closed if a few bytes of a head are
 * left in the socket: the kernel joins what comes in quick succession, and frees it only whole.
 *
 * No close may lose an answer: closing with bytes unread resets the connection, and the client loses
 * what was sent. So what a client still sends behind its last answer is waited for and discarded.
 */

/* What is to be done when the answers to a batch of heads are written. */
typedef enum
{
  NEXT_READ,   /* everything is answered */
  NEXT_WAIT,   /* the beginning of a head is left */
  NEXT_FLUSH,  /* whole heads are left, but no room for their answers */
  NEXT_GIVE,   /* a head for libsoup is left */
  NEXT_EVENTS, /* a head that asks for events is left */
  NEXT_CLOSE,  /* that was the last answer, and nothing is unread */
  NEXT_LINGER, /* that was the last answer, and more may come */
} Next;

static void
lb_conversation_watch (LbConversation *self,
                       LbConnection *connection,
                       int operation,
                       guint32 events)
{
  struct epoll_event event = { .events = events, .data.ptr = connection };

  if (epoll_ctl (self->epoll_fd, operation, connection->fd, &event) < 0)
    g_debug ("A connection cannot be watched: %s", g_strerror (errno));
}

static gssize
lb_conversation_receive (LbConnection *connection,
                         char *bytes,
                         gsize size)
{
  gssize n;

  do
    n = recv (connection->fd, bytes, size, MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  return n;
}

/* Takes bytes off the socket without looking at them. */
static gssize
lb_conversation_discard (LbConnection *connection,
                         gsize length)
{
  gssize n;

  do
    n = recv (connection->fd, NULL, length, MSG_TRUNC | MSG_DONTWAIT);
  while (n < 0 && errno == EINTR);

  return n;
}

/* Discards what comes until the client closes. */
static void
lb_conversation_linger (LbConversation *self,
                        LbConnection *connection)
{
  const gint64 now_us = g_get_monotonic_time ();
  gssize n = lb_conversation_discard (connection, LINGER_BYTES);

  if (n < 0 && errno == EAGAIN)
    return;

  if (n <= 0 || now_us >= connection->linger_until_us)
    {
      lb_conversation_drop (self, connection);
      return;
    }

  lb_connections_move (&self->connections, connection, LB_CONNECTION_LINGERING, now_us);
  lb_connections_set_ready (&self->connections, connection, TRUE);
}

static void
lb_conversation_begin_to_linger (LbConversation *self,
                                 LbConnection *connection)
{
  const gint64 now_us = g_get_monotonic_time ();

  lb_connection_forget_rest (connection);
  shutdown (connection->fd, SHUT_WR);
  lb_connections_move (&self->connections, connection, LB_CONNECTION_LINGERING, now_us);
  connection->linger_until_us = now_us + LINGER_US;
  lb_conversation_linger (self, connection);
}

/* libsoup has answered, and is about to close its own descriptor. */
static void
lb_conversation_on_handed_back (LbConnection *connection,
                                gpointer user_data)
{
  LbConversation *self = user_data;

  lb_conversation_watch (self, connection, EPOLL_CTL_ADD, WATCHED);
  lb_conversation_begin_to_linger (self, connection);
}

/* libsoup notices, and hands it back. */
static void
lb_conversation_cut_off (LbConversation *self,
                         LbConnection *connection,
                         gint64 now_us)
{
  connection->close = TRUE;
  lb_connection_discard_unsent (connection);
  shutdown (connection->fd, SHUT_RDWR);
  lb_connections_move (&self->connections, connection, LB_CONNECTION_HANDED_OVER, now_us);
}

/* Whether libsoup can have one more. If it has as many as it may, the slowest of those goes. */
static gboolean
lb_conversation_can_give (LbConversation *self)
{
  const gint64 now_us = g_get_monotonic_time ();
  LbConnection *slowest = lb_connections_peek (&self->connections, LB_CONNECTION_HANDED_OVER);

  if (self->connections.queues[LB_CONNECTION_HANDED_OVER].length < GIVEN_MAX)
    return TRUE;

  if (slowest->close || now_us - slowest->since_us < SLOW_US)
    return FALSE;

  lb_conversation_cut_off (self, slowest, now_us);

  return TRUE;
}

static void
lb_conversation_give (LbConversation *self,
                      LbConnection *connection,
                      const LbRequestHead *head)
{
  lb_connection_forget_rest (connection);
  lb_conversation_watch (self, connection, EPOLL_CTL_DEL, 0);
  lb_connections_move (&self->connections, connection, LB_CONNECTION_HANDED_OVER,
                       g_get_monotonic_time ());

  /* If it takes it, libsoup may have answered and handed it back already. */
  if (!lb_hand_over_give (self->hand_over, connection, head, lb_express_lane_get_role (self->lane)))
    lb_conversation_drop (self, connection);
}

/* Answers a head that asks for events, and goes on telling them. */
static void
lb_conversation_stream (LbConversation *self,
                        LbConnection *connection,
                        const LbRequestHead *head)
{
  const gint64 now_us = g_get_monotonic_time ();
  const gsize length = lb_express_lane_begin_events (self->lane, now_us, self->answers);

  /* All answers before it have been taken. */
  if (!head->is_head && !connection->gone)
    {
      lb_conversation_watch (self, connection, EPOLL_CTL_MOD, WATCHED | EPOLLOUT);
      lb_event_stream_begin (&self->events, connection, self->answers, length, now_us);
    }
  else if (lb_connection_write (connection, self->answers, length) == (gssize) length)
    lb_conversation_begin_to_linger (self, connection);
  else
    lb_conversation_drop (self, connection);
}

/* Whether a head, for something of ours, asks for events. */
G_NO_INLINE static gboolean
lb_conversation_is_for_events (const LbRequestHead *head,
                               const char *bytes)
{
  char accept[LB_REQUEST_HEAD_MAX];
  gsize length = 0;
  const gboolean has_accept = lb_request_head_find (head, bytes, "accept", accept, &length);
  LbStatsRoute route;

  lb_stats_route_find (&route, head->method, head->method_length, &head->target,
                       has_accept ? accept : NULL, length);

  return route.status == SOUP_STATUS_OK && route.kind == LB_STATS_KIND_EVENTS;
}

/* Where a request goes that is not for the lane. libsoup does not get bodies of what is ours, which mean
 * nothing there: it would read them before it answers, and before our own turn.
 * @status: 0, or the status to refuse it with. */
static Next
lb_conversation_pass_on (LbConversation *self,
                         const LbRequestHead *head,
                         const char *bytes,
                         guint *status)
{
  const gboolean tells = lb_role_tells (lb_express_lane_get_role (self->lane), &head->target);

  *status = 0;

  if (head->has_body && (head->target.path == NULL || tells || head->is_preflight))
    {
      *status = lb_request_head_reads (head) ? SOUP_STATUS_REQUEST_ENTITY_TOO_LARGE
                                             : SOUP_STATUS_METHOD_NOT_ALLOWED;
      return NEXT_LINGER;
    }

  if (tells && self->events.feed != NULL && lb_conversation_is_for_events (head, bytes))
    {
      if (lb_event_stream_is_full (&self->events))
        *status = SOUP_STATUS_SERVICE_UNAVAILABLE;
      return NEXT_EVENTS;
    }

  if (!lb_conversation_can_give (self))
    *status = SOUP_STATUS_SERVICE_UNAVAILABLE;

  return NEXT_GIVE;
}

/* Answers the whole heads at the start of @bytes, up to one that is not for the express lane.
 * @used: how many bytes they had; @written: how long their answers are. */
static Next
lb_conversation_answer (LbConversation *self,
                        LbConnection *connection,
                        const char *bytes,
                        gsize length,
                        LbRequestHead *head,
                        gsize *used,
                        gsize *written)
{
  const gint64 now_us = g_get_monotonic_time ();

  while (*used < length)
    {
      char *answer = self->answers + *written;
      gboolean last;
      guint status;
      Next next;

      if (*written > ANSWERS_SIZE - LB_EXPRESS_ANSWER_MAX)
        return NEXT_FLUSH;

      switch (lb_request_head_read (head, bytes + *used, length - *used, &status))
        {
        case LB_REQUEST_HEAD_PARTIAL:
          return NEXT_WAIT;

        case LB_REQUEST_HEAD_BAD:
          *written += lb_express_lane_refuse (self->lane, head, status, now_us, answer);
          lb_refusal_log_request (connection, status, bytes + *used, length - *used);
          return NEXT_LINGER;

        case LB_REQUEST_HEAD_WHOLE:
          break;

        default:
          g_assert_not_reached ();
        }

      if (!lb_express_lane_takes (self->lane, head))
        {
          next = lb_conversation_pass_on (self, head, bytes + *used, &status);
          if (status == 0)
            return next;

          *written += lb_express_lane_refuse (self->lane, head, status, now_us, answer);
          lb_refusal_log_request (connection, status, bytes + *used, length - *used);
          return NEXT_LINGER;
        }

      last = head->has_body || !head->keep_alive;
      *written += lb_express_lane_answer (self->lane, head, connection->address,
                                          connection->address_length, last, now_us, answer);
      *used += head->length;

      if (last)
        return head->has_body || *used < length || length == BYTES_SIZE ? NEXT_LINGER : NEXT_CLOSE;
    }

  return NEXT_READ;
}

/* Keeps what the client does not take yet, and what it has sent behind. */
static void
lb_conversation_keep (LbConversation *self,
                      LbConnection *connection,
                      gsize sent,
                      gsize written,
                      const char *unanswered,
                      gsize n_unanswered,
                      Next next)
{
  lb_connections_move (&self->connections, connection, LB_CONNECTION_WRITING,
                       g_get_monotonic_time ());
  lb_connection_keep (connection, self->answers + sent, written - sent, unanswered, n_unanswered);
  connection->close = next == NEXT_CLOSE || next == NEXT_LINGER;
  lb_conversation_watch (self, connection, EPOLL_CTL_MOD, WATCHED | EPOLLOUT);
}

/* A head, or its beginning, is left. */
static void
lb_conversation_wait (LbConversation *self,
                      LbConnection *connection,
                      const char *beginning,
                      gsize length,
                      gboolean answered)
{
  lb_connection_keep (connection, NULL, 0, beginning, length);

  /* However slowly it comes, its time counts from its first byte. */
  if (answered || connection->state != LB_CONNECTION_HEAD)
    lb_connections_move (&self->connections, connection, LB_CONNECTION_HEAD,
                         g_get_monotonic_time ());
}

/* Returns whether there may be more to do. */
static gboolean
lb_conversation_go_to (LbConversation *self,
                       LbConnection *connection,
                       Next next,
                       const LbRequestHead *head,
                       const char *bytes,
                       gsize used,
                       gsize length)
{
  switch (next)
    {
    case NEXT_READ:
      lb_connection_forget_rest (connection);
      lb_connections_move (&self->connections, connection, LB_CONNECTION_IDLE,
                           g_get_monotonic_time ());
      return length == BYTES_SIZE || connection->gone;

    case NEXT_WAIT:
      /* What is missing cannot come any more, and there will be no further call. */
      if (connection->gone && length < BYTES_SIZE)
        {
          lb_conversation_begin_to_linger (self, connection);
          return FALSE;
        }
      lb_conversation_wait (self, connection, bytes + used, length - used, used > 0);
      return length == BYTES_SIZE;

    case NEXT_FLUSH:
      lb_conversation_wait (self, connection, bytes + used, length - used, TRUE);
      return TRUE;

    case NEXT_GIVE:
      lb_conversation_give (self, connection, head);
      return FALSE;

    case NEXT_EVENTS:
      lb_conversation_stream (self, connection, head);
      return FALSE;

    case NEXT_CLOSE:
      lb_conversation_drop (self, connection);
      return FALSE;

    case NEXT_LINGER:
      lb_conversation_begin_to_linger (self, connection);
      return FALSE;

    default:
      g_assert_not_reached ();
    }
}

/* Answers what has come. Returns whether there may be more to do. */
static gboolean
lb_conversation_read (LbConversation *self,
                      LbConnection *connection)
{
  char bytes[BYTES_SIZE];
  const gsize rest = lb_connection_take_rest (connection, bytes);
  const gssize n = lb_conversation_receive (connection, bytes + rest, BYTES_SIZE - rest);
  const gsize length = rest + (gsize) MAX (n, 0);
  LbRequestHead head;
  gsize used = 0;
  gsize written = 0;
  gssize sent;
  Next next;

  if (n < 0 && errno != EAGAIN)
    {
      lb_conversation_drop (self, connection);
      return FALSE;
    }

  /* Whole heads may be left although nothing has come. */
  if (n == 0)
    connection->gone = TRUE;
  if (length == 0)
    {
      if (n == 0)
        lb_conversation_drop (self, connection);
      return FALSE;
    }

  next = lb_conversation_answer (self, connection, bytes, length, &head, &used, &written);

  sent = written > 0 ? lb_connection_write (connection, self->answers, written) : 0;
  if (sent < 0)
    {
      lb_conversation_drop (self, connection);
      return FALSE;
    }

  if ((gsize) sent < written)
    {
      lb_conversation_keep (self, connection, (gsize) sent, written, bytes + used, length - used,
                            next);
      return FALSE;
    }

  return lb_conversation_go_to (self, connection, next, &head, bytes, used, length);
}

/* Returns whether everything is written, and the connection may be read again. */
static gboolean
lb_conversation_flush (LbConversation *self,
                       LbConnection *connection)
{
  const gint64 now_us = g_get_monotonic_time ();
  gsize length;
  const char *bytes = lb_connection_get_unwritten (connection, &length);
  const gssize n = lb_connection_write (connection, bytes, length);

  if (n < 0)
    {
      lb_conversation_drop (self, connection);
      return FALSE;
    }

  if (n == 0)
    return FALSE;

  lb_connection_skip_rest (connection, (gsize) n);
  if ((gsize) n < length)
    {
      lb_connections_move (&self->connections, connection, LB_CONNECTION_WRITING, now_us);
      return FALSE;
    }

  lb_conversation_watch (self, connection, EPOLL_CTL_MOD, WATCHED);
  lb_connections_move (&self->connections, connection,
                       connection->rest != NULL ? LB_CONNECTION_HEAD : LB_CONNECTION_IDLE, now_us);

  if (!connection->close)
    return TRUE;

  lb_conversation_begin_to_linger (self, connection);

  return FALSE;
}

/**
 * lb_conversation_init:
 * @self: a conversation
 * @epoll_fd: what calls when something comes; the caller's
 * @server: who answers
 * @lane: who answers plain redirects in its place, and refuses bad heads
 *
 * Begins with nobody connected.
 */
void
lb_conversation_init (LbConversation *self,
                      int epoll_fd,
                      SoupServer *server,
                      LbExpressLane *lane)
{
  self->epoll_fd = epoll_fd;
  self->lane = g_object_ref (lane);
  self->answers = g_malloc (ANSWERS_SIZE);
  self->hand_over = lb_hand_over_new (server, lb_conversation_on_handed_back, self);
  lb_event_stream_init (&self->events, &self->connections);
}

/**
 * lb_conversation_clear:
 * @self: a conversation
 *
 * Drops everybody and frees what it holds.
 */
void
lb_conversation_clear (LbConversation *self)
{
  lb_conversation_end (self);

  lb_event_stream_clear (&self->events);
  g_clear_object (&self->hand_over);
  lb_connections_set_count_clients (&self->connections, FALSE);
  g_clear_object (&self->lane);
  g_clear_pointer (&self->answers, g_free);
}

/**
 * lb_conversation_begin:
 * @self: a conversation
 * @fd: (transfer full): the descriptor of a new client
 * @address: where the client is
 *
 * Waits for what the client has to say.
 */
void
lb_conversation_begin (LbConversation *self,
                       int fd,
                       const struct sockaddr_storage *address)
{
  LbConnection *connection = lb_connection_new (fd, address);

  lb_connections_add (&self->connections, connection, g_get_monotonic_time ());
  lb_conversation_watch (self, connection, EPOLL_CTL_ADD, WATCHED);
}

/**
 * lb_conversation_postpone:
 * @self: a conversation
 * @connection: one of its connections; may be gone afterwards
 * @events: what epoll says of it
 *
 * Puts off what can be done now, since there is no more time in this turn of the loop.
 */
void
lb_conversation_postpone (LbConversation *self,
                          LbConnection *connection,
                          guint32 events)
{
  /* A reader only gets in line by this. */
  if (connection->state == LB_CONNECTION_EVENTS)
    {
      lb_conversation_go_on (self, connection, events);
      return;
    }

  if ((events & GONE) != 0)
    connection->gone = TRUE;

  lb_connections_set_ready (&self->connections, connection, TRUE);
}

/**
 * lb_conversation_go_on:
 * @self: a conversation
 * @connection: one of its connections; may be gone afterwards
 * @events: what epoll says of it, beside what it has said before
 *
 * Does a bounded part of what can be done now. If more is left, the connection is ready again.
 */
void
lb_conversation_go_on (LbConversation *self,
                       LbConnection *connection,
                       guint32 events)
{
  if ((events & GONE) != 0)
    connection->gone = TRUE;

  switch ((LbConnectionState) connection->state)
    {
    case LB_CONNECTION_LINGERING:
      lb_conversation_linger (self, connection);
      return;

    case LB_CONNECTION_WRITING:
      if (!lb_conversation_flush (self, connection))
        return;
      break;

    case LB_CONNECTION_EVENTS:
      lb_event_stream_go_on (&self->events, connection, (events & EPOLLIN) != 0);
      return;

    case LB_CONNECTION_HEAD:
    case LB_CONNECTION_IDLE:
      break;

    case LB_CONNECTION_HANDED_OVER:
    case LB_N_CONNECTION_STATES:
    default:
      return;
    }

  if (lb_conversation_read (self, connection))
    lb_connections_set_ready (&self->connections, connection, TRUE);
}

/**
 * lb_conversation_expire:
 * @self: a conversation
 * @connection: one of its connections, whose deadline is over; may be gone afterwards
 * @now_us: the monotonic time in microseconds
 *
 * Ends it, unless libsoup has it and gets on with it, or it waits for events.
 */
void
lb_conversation_expire (LbConversation *self,
                        LbConnection *connection,
                        gint64 now_us)
{
  /* It has taken everything; if nothing new has come, that is not its fault. */
  if (connection->state == LB_CONNECTION_EVENTS && connection->rest == NULL)
    {
      lb_connections_move (&self->connections, connection, LB_CONNECTION_EVENTS, now_us);
      return;
    }

  if (connection->state != LB_CONNECTION_HANDED_OVER)
    {
      if (connection->state == LB_CONNECTION_WRITING)
        lb_connection_discard_unsent (connection);
      lb_conversation_drop (self, connection);
      return;
    }

  /* libsoup notices, and gives it back; if it does not by the next look, it does not know it. */
  if (!lb_hand_over_is_stuck (self->hand_over, connection))
    lb_connections_move (&self->connections, connection, LB_CONNECTION_HANDED_OVER, now_us);
  else if (!connection->close)
    lb_conversation_cut_off (self, connection, now_us);
  else
    lb_conversation_drop (self, connection);
}

/**
 * lb_conversation_drop:
 * @self: a conversation
 * @connection: one of its connections
 *
 * Closes it at once.
 */
void
lb_conversation_drop (LbConversation *self,
                      LbConnection *connection)
{
  if (connection->state == LB_CONNECTION_EVENTS)
    {
      lb_event_stream_drop (&self->events, connection);
      return;
    }

  /* While libsoup has the same socket, closing our copy would leave it watched. */
  if (connection->state == LB_CONNECTION_HANDED_OVER)
    lb_hand_over_forget (self->hand_over, connection);
  else if (connection->state == LB_CONNECTION_LINGERING)
    lb_conversation_watch (self, connection, EPOLL_CTL_DEL, 0);

  close (lb_connections_remove (&self->connections, connection));
}

/**
 * lb_conversation_end:
 * @self: a conversation
 *
 * Drops everybody. What libsoup has, it keeps.
 */
void
lb_conversation_end (LbConversation *self)
{
  for (LbConnectionState state = 0; state < LB_N_CONNECTION_STATES; state++)
    {
      LbConnection *connection;

      while ((connection = lb_connections_peek (&self->connections, state)) != NULL)
        lb_conversation_drop (self, connection);
    }
}
