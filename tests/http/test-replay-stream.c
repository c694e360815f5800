/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "http/lb-replay-stream.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

typedef struct
{
  GIOStream *stream;
  GPollableInputStream *input;
  int peer; /* the other end */
  gboolean ready;
} Replay;

static void
replay_set_up (Replay *self,
               gconstpointer data)
{
  g_autoptr (GSocket) socket = NULL;
  g_autoptr (GSocketConnection) base = NULL;
  g_autoptr (GBytes) beginning = g_bytes_new_static ("begin", 5);
  GError *error = NULL;
  int fds[2];

  g_assert_no_errno (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds));
  socket = g_socket_new_from_fd (fds[0], &error);
  g_assert_no_error (error);
  base = g_socket_connection_factory_create_connection (socket);

  self->peer = fds[1];
  self->stream = lb_replay_stream_new (G_IO_STREAM (base), beginning);
  self->input = G_POLLABLE_INPUT_STREAM (g_io_stream_get_input_stream (self->stream));
}

static void
replay_tear_down (Replay *self,
                  gconstpointer data)
{
  g_assert_finalize_object (self->stream);
  g_assert_no_errno (close (self->peer));
}

static void
replay_send (Replay *self,
             const char *text)
{
  g_assert_cmpint (send (self->peer, text, strlen (text), MSG_NOSIGNAL), ==, strlen (text));
}

static void
replay_assert_read (Replay *self,
                    gsize count,
                    const char *expected)
{
  char buffer[64] = { 0 };
  GError *error = NULL;
  gssize n = g_pollable_input_stream_read_nonblocking (self->input, buffer, count, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (n, ==, strlen (expected));
  g_assert_cmpstr (buffer, ==, expected);
}

/* In pieces of any size, and then from the connection itself. */
static void
test_order (Replay *self,
            gconstpointer data)
{
  char buffer[64] = { 0 };
  GError *error = NULL;

  replay_send (self, " and end");

  replay_assert_read (self, 2, "be");
  replay_assert_read (self, 64, "gin");
  replay_assert_read (self, 4, " and");

  g_assert_cmpint (
    g_input_stream_read (G_INPUT_STREAM (self->input), buffer, sizeof buffer, NULL, &error), ==, 4);
  g_assert_no_error (error);
  g_assert_cmpstr (buffer, ==, " end");
}

static void
test_blocking_read (Replay *self,
                    gconstpointer data)
{
  char buffer[64] = { 0 };
  GError *error = NULL;

  g_assert_cmpint (
    g_input_stream_read (G_INPUT_STREAM (self->input), buffer, sizeof buffer, NULL, &error), ==, 5);
  g_assert_no_error (error);
  g_assert_cmpstr (buffer, ==, "begin");
}

static gboolean
on_ready (GObject *stream,
          gpointer data)
{
  Replay *self = data;

  self->ready = TRUE;

  return G_SOURCE_REMOVE;
}

static void
replay_watch (Replay *self)
{
  g_autoptr (GSource) source = g_pollable_input_stream_create_source (self->input, NULL);

  self->ready = FALSE;
  g_source_set_callback (source, G_SOURCE_FUNC (on_ready), self, NULL);
  g_source_attach (source, NULL);
}

/* The source is ready at once while the beginning is unread, and with the connection afterwards. */
static void
test_source (Replay *self,
             gconstpointer data)
{
  GError *error = NULL;
  char buffer[64];

  g_assert_true (g_pollable_input_stream_can_poll (self->input));
  g_assert_true (g_pollable_input_stream_is_readable (self->input));
  replay_watch (self);
  g_main_context_iteration (NULL, FALSE);
  g_assert_true (self->ready);

  replay_assert_read (self, 64, "begin");
  g_assert_false (g_pollable_input_stream_is_readable (self->input));
  g_assert_cmpint (
    g_pollable_input_stream_read_nonblocking (self->input, buffer, sizeof buffer, NULL, &error), ==,
    -1);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
  g_clear_error (&error);

  replay_watch (self);
  g_main_context_iteration (NULL, FALSE);
  g_assert_false (self->ready);

  replay_send (self, "x");
  while (!self->ready)
    g_main_context_iteration (NULL, TRUE);
  replay_assert_read (self, 64, "x");
}

static void
on_closed (GObject *object,
           GAsyncResult *result,
           gpointer data)
{
  gboolean *closed = data;
  GError *error = NULL;

  g_assert_true (g_io_stream_close_finish (G_IO_STREAM (object), result, &error));
  g_assert_no_error (error);
  *closed = TRUE;
}

/* Closing closes the connection, although its beginning is unread. */
static void
test_close (Replay *self,
            gconstpointer data)
{
  char buffer[1];
  gboolean closed = FALSE;

  g_io_stream_close_async (self->stream, G_PRIORITY_DEFAULT, NULL, on_closed, &closed);
  while (!closed)
    g_main_context_iteration (NULL, TRUE);

  g_assert_cmpint (recv (self->peer, buffer, sizeof buffer, 0), ==, 0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) g_test_add (path, Replay, NULL, replay_set_up, func, replay_tear_down)
  ADD ("/http/replay-stream/order", test_order);
  ADD ("/http/replay-stream/blocking-read", test_blocking_read);
  ADD ("/http/replay-stream/source", test_source);
  ADD ("/http/replay-stream/close", test_close);
#undef ADD

  return g_test_run ();
}
