/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-socket.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "pool/lb-node-address.h"

/*
 * HAProxy's runtime API: a line of commands with `;` between them on a stream socket, answered until
 * HAProxy closes. See its management guide, section 9.3.
 */

/* For connecting, and for each wait. */
#define TIMEOUT_S 5

#define CHUNK (64 * 1024)

typedef struct
{
  char *commands;
  GSocketConnection *connection;
  GString *answer;
} Asking;

static void
asking_free (gpointer data)
{
  Asking *self = data;

  g_free (self->commands);
  g_clear_object (&self->connection);
  g_string_free (self->answer, TRUE);
  g_free (self);
}

/**
 * lb_haproxy_socket_parse:
 * @text: a path that begins with `/`, or HOST:PORT
 * @error: return location for a #GError
 *
 * Sets %G_IO_ERROR_INVALID_ARGUMENT.
 *
 * Returns: (transfer full) (nullable): where a HAProxy's runtime API is
 */
GSocketConnectable *
lb_haproxy_socket_parse (const char *text,
                         GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);

  if (!lb_node_address_check (text, error))
    return NULL;

  return text[0] == '/' ? G_SOCKET_CONNECTABLE (g_unix_socket_address_new (text))
                        : g_network_address_parse (text, 0, error);
}

static void lb_haproxy_socket_read (GTask *task);

static void
lb_haproxy_socket_on_read (GObject *source,
                           GAsyncResult *result,
                           gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), result, &error);

  if (bytes == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  if (g_bytes_get_size (bytes) == 0)
    {
      g_task_return_pointer (task, g_strdup (asking->answer->str), g_free);
      return;
    }

  g_string_append_len (asking->answer, g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes));
  if (asking->answer->len > LB_HAPROXY_ANSWER_MAX)
    {
      g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                               _("HAProxy’s answer has no end."));
      return;
    }

  lb_haproxy_socket_read (task);
}

static void
lb_haproxy_socket_read (GTask *task)
{
  Asking *asking = g_task_get_task_data (task);

  g_input_stream_read_bytes_async (g_io_stream_get_input_stream (G_IO_STREAM (asking->connection)), CHUNK,
                                   G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                                   lb_haproxy_socket_on_read, g_object_ref (task));
}

static void
lb_haproxy_socket_on_written (GObject *source,
                              GAsyncResult *result,
                              gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  if (g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error))
    lb_haproxy_socket_read (task);
  else
    g_task_return_error (task, g_steal_pointer (&error));
}

static void
lb_haproxy_socket_on_connected (GObject *source,
                                GAsyncResult *result,
                                gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Asking *asking = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  asking->connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), result, &error);
  if (asking->connection == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_output_stream_write_all_async (
    g_io_stream_get_output_stream (G_IO_STREAM (asking->connection)), asking->commands,
    strlen (asking->commands), G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
    lb_haproxy_socket_on_written, g_object_ref (task));
}

/**
 * lb_haproxy_socket_ask_async:
 * @node: where a HAProxy's runtime API is
 * @commands: one or more commands with `;` between them, without a line's end; 16 KiB at the most, which is
 *   HAProxy's buffer
 * @cancellable: (nullable): a cancellable
 * @callback: called when the answer is complete
 * @user_data: for @callback
 *
 * Asks on a connection of its own.
 */
void
lb_haproxy_socket_ask_async (GSocketConnectable *node,
                             const char *commands,
                             GCancellable *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GSocketClient) client = NULL;
  g_autoptr (GTask) task = NULL;
  Asking *asking;

  g_return_if_fail (G_IS_SOCKET_CONNECTABLE (node));
  g_return_if_fail (commands != NULL && strpbrk (commands, "\r\n") == NULL);

  asking = g_new0 (Asking, 1);
  asking->commands = g_strconcat (commands, "\n", NULL);
  asking->answer = g_string_new (NULL);
  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_task_data (task, asking, asking_free);
  g_task_set_source_tag (task, lb_haproxy_socket_ask_async);
  g_task_set_name (task, "[lb] HAProxy");

  /* The runtime API is reached as it is said, not by a proxy of the desktop's. */
  client = g_socket_client_new ();
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_timeout (client, TIMEOUT_S);
  g_socket_client_connect_async (client, node, cancellable, lb_haproxy_socket_on_connected,
                                 g_object_ref (task));
}

/**
 * lb_haproxy_socket_ask_finish:
 * @result: what the callback got
 * @error: return location for a #GIOErrorEnum
 *
 * Returns: (transfer full) (nullable): everything that HAProxy said
 */
char *
lb_haproxy_socket_ask_finish (GAsyncResult *result,
                              GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
