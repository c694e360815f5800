/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-hand-over"

#include "config.h"

#include "http/lb-hand-over.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/lb-replay-stream.h"

/* What the kernel keeps for one client, which it doubles for its own needs. Left to itself it keeps up to
 * 4 MiB for one that does not read, where many answers are the same bytes. */
#define SEND_BUFFER_SIZE (64 * 1024)

/* Who takes less of an answer between two looks is stuck: 1 KiB a second. */
#define PROGRESS_MIN (10 * 1024)

/* Also when libsoup and we are done with it, a client that takes nothing does not keep the kernel busy. */
#define UNACKNOWLEDGED_MS (30 * 1000)

#define TARGET_KEY "lb-target"
#define ROLE_KEY "lb-role"

/**
 * LbHandOver:
 *
 * Gives connections to a #SoupServer, which reads them as if it had accepted them, answers one request,
 * and closes. The head of the request, which has been read, is read once more. The listener makes one.
 *
 * libsoup's close may come while bytes of the client are unread, which resets the connection, and the
 * client loses what it has not read yet. So a copy of the descriptor stays with the listener, which
 * lingers on it when libsoup is done. It is also what libsoup has no deadlines for: an answer that
 * nobody takes is cut off by shutting the copy down. It is never closed before, since libsoup polls the
 * same socket.
 */
struct _LbHandOver
{
  GObject parent_instance;

  SoupServer *server;
  GHashTable *given; /* GSocketAddress * → LbGiven * */
  LbHandOverFunc finished;
  gpointer user_data;
};

typedef struct
{
  LbHandOver *hand_over;
  LbConnection *connection;
  GSocketAddress *remote; /* a weak reference */
  guint64 progress;       /* when it was looked at last */
} LbGiven;

G_DEFINE_FINAL_TYPE (LbHandOver, lb_hand_over, G_TYPE_OBJECT)

static void
lb_hand_over_give_back (LbHandOver *self,
                        LbGiven *given)
{
  LbConnection *connection = given->connection;

  lb_hand_over_forget (self, connection);
  self->finished (connection, self->user_data);
}

/* libsoup has answered or given up. */
static void
lb_hand_over_on_over (LbHandOver *self,
                      SoupServerMessage *message)
{
  LbGiven *given =
    g_hash_table_lookup (self->given, soup_server_message_get_remote_address (message));

  if (given != NULL)
    lb_hand_over_give_back (self, given);
}

/* libsoup says nothing of a request that it refuses early. But it lets go of the address. */
static void
lb_hand_over_on_remote_gone (gpointer data,
                             GObject *remote)
{
  LbGiven *given = data;

  given->remote = NULL;
  lb_hand_over_give_back (given->hand_over, given);
}

static void
lb_given_free (gpointer data)
{
  LbGiven *given = data;

  if (given->remote != NULL)
    g_object_weak_unref (G_OBJECT (given->remote), lb_hand_over_on_remote_gone, given);
  g_free (given);
}

static void
lb_hand_over_on_got_headers (SoupServerMessage *message)
{
  /* libsoup would answer 9000 ranges with 600 KB, and one past the end with CRITICALs. */
  soup_message_headers_remove (soup_server_message_get_request_headers (message), "Range");
}

/* What every server that is handed connections needs. */
static void
lb_hand_over_on_started (LbHandOver *self,
                         SoupServerMessage *message)
{
  /* A server that does not listen closes after each answer, but does not say so. */
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Connection",
                                "close");
  g_signal_connect (message, "got-headers", G_CALLBACK (lb_hand_over_on_got_headers), NULL);
}

/* What libsoup gets of a head. It has to see no body, since a redirect does not need it, and libsoup would
 * read all of it first, by means not made for hostile clients. So the fields that tell of one have another
 * name for it. */
static GBytes *
lb_hand_over_copy (const LbRequestHead *head)
{
  const char *bytes = head->method;
  const gsize length = head->length - head->skip;
  char *copy = g_memdup2 (bytes, length);
  char *target = copy + (head->target.text - bytes);
  char *minor = target + head->target.length + strlen (" HTTP/1.");

  if (head->framing != NULL)
    copy[head->framing - bytes] = '-';
  if (head->expectation != NULL)
    copy[head->expectation - bytes] = '-';

  /* It refuses a stray "%". Nobody looks at what it makes of a target, so it gets another one. */
  if (head->target.has_stray_percent)
    for (gsize i = 0; i < head->target.length; i++)
      if (target[i] == '%')
        target[i] = '-';

  /* It refuses a later HTTP/1. */
  if (*minor > '1')
    *minor = '1';

  return g_bytes_new_take (copy, length);
}

static void
lb_hand_over_bound (int fd)
{
  static const int send_buffer_size = SEND_BUFFER_SIZE;
  static const guint unacknowledged_ms = UNACKNOWLEDGED_MS;

  setsockopt (fd, SOL_SOCKET, SO_SNDBUF, &send_buffer_size, sizeof send_buffer_size);
  setsockopt (fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms, sizeof unacknowledged_ms);
}

static void
lb_hand_over_dispose (GObject *object)
{
  LbHandOver *self = LB_HAND_OVER (object);

  if (self->server != NULL)
    g_signal_handlers_disconnect_by_data (self->server, self);
  g_clear_object (&self->server);

  G_OBJECT_CLASS (lb_hand_over_parent_class)->dispose (object);
}

static void
lb_hand_over_finalize (GObject *object)
{
  LbHandOver *self = LB_HAND_OVER (object);

  g_clear_pointer (&self->given, g_hash_table_unref);

  G_OBJECT_CLASS (lb_hand_over_parent_class)->finalize (object);
}

static void
lb_hand_over_class_init (LbHandOverClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_hand_over_dispose;
  object_class->finalize = lb_hand_over_finalize;
}

static void
lb_hand_over_init (LbHandOver *self)
{
  self->given = g_hash_table_new_full (NULL, NULL, NULL, lb_given_free);
}

/**
 * lb_hand_over_new:
 * @server: who answers; it must not listen itself
 * @finished: called for each connection when it is over
 * @user_data: for @finished
 *
 * Returns: (transfer full): a hand-over
 */
LbHandOver *
lb_hand_over_new (SoupServer *server,
                  LbHandOverFunc finished,
                  gpointer user_data)
{
  LbHandOver *self;

  g_return_val_if_fail (SOUP_IS_SERVER (server), NULL);
  g_return_val_if_fail (finished != NULL, NULL);

  self = g_object_new (LB_TYPE_HAND_OVER, NULL);
  self->server = g_object_ref (server);
  self->finished = finished;
  self->user_data = user_data;

  g_signal_connect_swapped (server, "request-started", G_CALLBACK (lb_hand_over_on_started), self);
  g_signal_connect_swapped (server, "request-finished", G_CALLBACK (lb_hand_over_on_over), self);
  g_signal_connect_swapped (server, "request-aborted", G_CALLBACK (lb_hand_over_on_over), self);

  return self;
}

/**
 * lb_hand_over_give:
 * @self: a hand-over
 * @connection: a connection whose descriptor nobody watches any more
 * @head: the head that it is given for
 * @role: what the port is for on which it came
 *
 * Gives the socket to libsoup, which gets to read that head, as one without a body. The connection's
 * descriptor is a copy of it then, and @finished will be called for it.
 *
 * Returns: %FALSE if it could not be given; the connection is what it was
 */
gboolean
lb_hand_over_give (LbHandOver *self,
                   LbConnection *connection,
                   const LbRequestHead *head,
                   LbRole role)
{
  g_autoptr (GBytes) beginning = lb_hand_over_copy (head);
  g_autoptr (GSocketAddress) remote = lb_connection_get_remote_address (connection);
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) socket_connection = NULL;
  g_autoptr (GIOStream) stream = NULL;
  g_autoptr (GError) error = NULL;
  LbGiven *given;
  int copy;

  copy = fcntl (connection->fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0)
    return FALSE;

  lb_hand_over_bound (connection->fd);

  /* The original is the one that libsoup gets and closes. */
  socket = g_socket_new_from_fd (connection->fd, &error);
  local = socket != NULL ? g_socket_get_local_address (socket, NULL) : NULL;
  if (local == NULL)
    {
      if (socket == NULL)
        close (connection->fd);
      g_clear_object (&socket);
      connection->fd = copy;
      return FALSE;
    }

  /* libsoup decodes targets and has no way back, so the bytes travel with the address. */
  g_object_set_data_full (G_OBJECT (remote), TARGET_KEY,
                          g_strndup (head->target.text, head->target.length), g_free);
  g_object_set_data (G_OBJECT (remote), ROLE_KEY, GUINT_TO_POINTER (role));

  given = g_new0 (LbGiven, 1);
  given->hand_over = self;
  given->connection = connection;
  given->remote = remote;
  g_object_weak_ref (G_OBJECT (remote), lb_hand_over_on_remote_gone, given);
  g_hash_table_insert (self->given, remote, given);
  connection->fd = copy;
  connection->remote = remote;

  socket_connection = g_socket_connection_factory_create_connection (socket);
  stream = lb_replay_stream_new (G_IO_STREAM (socket_connection), beginning);

  /* Neither this object nor the connection may be touched afterwards. */
  if (soup_server_accept_iostream (self->server, stream, local, remote, &error))
    return TRUE;

  g_info ("libsoup did not take a connection: %s", error->message);

  return FALSE;
}

/**
 * lb_hand_over_forget:
 * @self: a hand-over
 * @connection: one that was given
 *
 * Loses interest in a connection, whose descriptor is the caller's.
 */
void
lb_hand_over_forget (LbHandOver *self,
                     LbConnection *connection)
{
  g_return_if_fail (LB_IS_HAND_OVER (self));

  if (connection->remote != NULL)
    g_hash_table_remove (self->given, connection->remote);
  connection->remote = NULL;
}

/**
 * lb_hand_over_is_stuck:
 * @self: a hand-over
 * @connection: one that was given, and has not been looked at for as long as an answer may take
 *
 * Returns: %TRUE if an answer is on its way and the client has taken next to nothing of it since the last
 *   look
 */
gboolean
lb_hand_over_is_stuck (LbHandOver *self,
                       LbConnection *connection)
{
  LbGiven *given = g_hash_table_lookup (self->given, connection->remote);
  struct tcp_info info = { 0 };
  socklen_t length = sizeof info;
  guint64 progress;
  gboolean stuck;

  g_return_val_if_fail (given != NULL, TRUE);

  if (getsockopt (connection->fd, IPPROTO_TCP, TCP_INFO, &info, &length) < 0)
    return TRUE;

  progress = info.tcpi_bytes_acked;
  stuck = progress - given->progress < PROGRESS_MIN && (info.tcpi_notsent_bytes > 0 || info.tcpi_unacked > 0);
  given->progress = progress;

  return stuck;
}

/**
 * lb_hand_over_get_target:
 * @message: a message on a connection that was handed over
 *
 * Returns: (transfer none) (nullable): the request target, byte for byte as the client sent it
 */
const char *
lb_hand_over_get_target (SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);

  return remote != NULL ? g_object_get_data (G_OBJECT (remote), TARGET_KEY) : NULL;
}

/**
 * lb_hand_over_get_role:
 * @message: a message on a connection that was handed over
 *
 * Returns: what the port was for on which it came, at that moment
 */
LbRole
lb_hand_over_get_role (SoupServerMessage *message)
{
  GSocketAddress *remote = soup_server_message_get_remote_address (message);

  return remote != NULL ? GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (remote), ROLE_KEY))
                        : LB_ROLE_BOTH;
}
