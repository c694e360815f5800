/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-hand-over"

#include "config.h"

#include "http/lb-hand-over.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define TARGET_KEY "lb-target"

/* A request with a body must be over by then, however busily the body comes. */
#define BODY_US (30 * G_USEC_PER_SEC)

/**
 * LbHandOver:
 *
 * Gives connections to a #SoupServer, which reads the untouched socket as if it had accepted it,
 * answers one request, and closes. The listener makes one.
 *
 * libsoup's close may come while bytes of the client are unread, which resets the connection, and the
 * client loses what it has not read yet. So a copy of the descriptor stays with the listener, which
 * lingers on it when libsoup is done. It is also what libsoup has no deadlines for: an answer that
 * nobody takes and a body that does not end are cut off by shutting the copy down. It is never
 * closed before, since libsoup polls the same socket.
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
  LbConnection *connection;
  gint64 given_us;
  int unsent; /* what the client had not taken when it was looked at last */
} LbGiven;

G_DEFINE_FINAL_TYPE (LbHandOver, lb_hand_over, G_TYPE_OBJECT)

static void
lb_hand_over_on_over (LbHandOver *self,
                      SoupServerMessage *message)
{
  LbGiven *given =
    g_hash_table_lookup (self->given, soup_server_message_get_remote_address (message));
  LbConnection *connection;

  if (given == NULL)
    return;

  connection = given->connection;
  lb_hand_over_forget (self, connection);
  self->finished (connection, self->user_data);
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
  self->given = g_hash_table_new_full (NULL, NULL, NULL, g_free);
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

  g_signal_connect_swapped (server, "request-finished", G_CALLBACK (lb_hand_over_on_over), self);
  g_signal_connect_swapped (server, "request-aborted", G_CALLBACK (lb_hand_over_on_over), self);

  return self;
}

/**
 * lb_hand_over_give:
 * @self: a hand-over
 * @connection: a connection whose descriptor nobody watches any more
 * @head: the head that lies unread on it
 *
 * Gives the socket to libsoup. The connection's descriptor is a copy of it then, and @finished will be
 * called for it.
 *
 * Returns: %FALSE if it could not be given; the connection is what it was
 */
gboolean
lb_hand_over_give (LbHandOver *self,
                   LbConnection *connection,
                   const LbRequestHead *head)
{
  g_autoptr (GSocketAddress) remote = lb_connection_get_remote_address (connection);
  g_autoptr (GSocketAddress) local = NULL;
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) stream = NULL;
  g_autoptr (GError) error = NULL;
  LbGiven *given;
  int copy;

  copy = fcntl (connection->fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0)
    return FALSE;

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

  given = g_new0 (LbGiven, 1);
  given->connection = connection;
  given->given_us = g_get_monotonic_time ();
  g_hash_table_insert (self->given, remote, given); /* which libsoup keeps as long as it matters */
  connection->fd = copy;
  connection->remote = remote;
  connection->has_body = head->has_body;

  stream = g_socket_connection_factory_create_connection (socket);

  /* Neither this object nor the connection may be touched afterwards. */
  if (soup_server_accept_iostream (self->server, G_IO_STREAM (stream), local, remote, &error))
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
 * @now_us: the monotonic time in microseconds
 *
 * Returns: %TRUE if the client has taken nothing of its answer since the last look, or if a body has
 *   been coming for 30 s
 */
gboolean
lb_hand_over_is_stuck (LbHandOver *self,
                       LbConnection *connection,
                       gint64 now_us)
{
  LbGiven *given = g_hash_table_lookup (self->given, connection->remote);
  int unsent = 0;
  gboolean stuck;

  g_return_val_if_fail (given != NULL, TRUE);

  if (connection->has_body && now_us - given->given_us >= BODY_US)
    return TRUE;

  if (ioctl (connection->fd, SIOCOUTQ, &unsent) < 0)
    return TRUE;

  stuck = unsent > 0 && unsent == given->unsent;
  given->unsent = unsent;

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
