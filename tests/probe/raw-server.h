/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <string.h>
#include <sys/socket.h>

/*
 * A server that says exactly the bytes it is told to, for what no real server would say. Each
 * connection has a thread, so that it does not share the main loop with what is tested.
 */

typedef enum
{
  RAW_CLOSE,  /* answer, then close */
  RAW_RESET,  /* answer, then reset */
  RAW_HOLD,   /* answer, then wait until the client closes */
  RAW_REPEAT, /* answer, then the repetition until the client closes */
} RawEnd;

typedef struct
{
  GSocketService *service;
  guint16 port;
  RawEnd end;
  gboolean speaks_first;
  const char *answer;
  const char *repetition;
  gint n_connections; /* atomic: so far */
  gint n_open;        /* atomic: now, from being accepted until closed */
} RawServer;

static void
raw_server_read_head (GInputStream *input)
{
  char buffer[4096];
  gsize length = 0;

  while (length < sizeof buffer - 1)
    {
      gssize n =
        g_input_stream_read (input, buffer + length, sizeof buffer - 1 - length, NULL, NULL);

      if (n <= 0)
        return;
      length += (gsize) n;
      buffer[length] = '\0';
      if (strstr (buffer, "\r\n\r\n") != NULL)
        return;
    }
}

static gboolean
raw_server_on_run (GThreadedSocketService *service,
                   GSocketConnection *connection,
                   GObject *source,
                   RawServer *self)
{
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  GOutputStream *output = g_io_stream_get_output_stream (G_IO_STREAM (connection));
  char byte;

  if (!self->speaks_first)
    raw_server_read_head (input);
  if (self->answer != NULL)
    g_output_stream_write_all (output, self->answer, strlen (self->answer), NULL, NULL, NULL);

  switch (self->end)
    {
    case RAW_CLOSE:
      break;

    case RAW_RESET:
      {
        struct linger linger = { .l_onoff = 1, .l_linger = 0 };

        setsockopt (g_socket_get_fd (g_socket_connection_get_socket (connection)), SOL_SOCKET,
                    SO_LINGER, &linger, sizeof linger);
      }
      break;

    case RAW_HOLD:
      while (g_input_stream_read (input, &byte, 1, NULL, NULL) > 0)
        ;
      break;

    case RAW_REPEAT:
      while (g_output_stream_write_all (output, self->repetition, strlen (self->repetition), NULL,
                                        NULL, NULL))
        ;
      break;

    default:
      g_assert_not_reached ();
    }

  g_io_stream_close (G_IO_STREAM (connection), NULL, NULL);
  g_atomic_int_add (&self->n_open, -1);

  return TRUE;
}

/* Counts in the main loop, before the connection waits for its thread: whoever sees no connection
 * open may free the server. */
static gboolean
raw_server_on_incoming (GSocketService *service,
                        GSocketConnection *connection,
                        GObject *source,
                        RawServer *self)
{
  g_atomic_int_inc (&self->n_connections);
  g_atomic_int_inc (&self->n_open);

  return FALSE;
}

static inline RawServer *
raw_server_new (RawEnd end, const char *answer)
{
  RawServer *self = g_new0 (RawServer, 1);
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GSocketAddress) address = NULL;
  g_autoptr (GError) error = NULL;

  self->end = end;
  self->answer = answer;
  self->service = g_threaded_socket_service_new (64);
  /* By default it is 10, and whoever is the next one waits a second. */
  g_socket_listener_set_backlog (G_SOCKET_LISTENER (self->service), 128);
  g_socket_listener_add_address (G_SOCKET_LISTENER (self->service), any_port, G_SOCKET_TYPE_STREAM,
                                 G_SOCKET_PROTOCOL_TCP, NULL, &address, &error);
  g_assert_no_error (error);
  self->port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
  g_signal_connect (self->service, "incoming", G_CALLBACK (raw_server_on_incoming), self);
  g_signal_connect (self->service, "run", G_CALLBACK (raw_server_on_run), self);

  return self;
}

static inline char *
raw_server_dup_url (RawServer *self)
{
  return g_strdup_printf ("http://127.0.0.1:%u", self->port);
}

/* Ends when the last client has gone, so whoever never lets go of a connection hangs the test. */
static inline void
raw_server_free (RawServer *self)
{
  g_socket_service_stop (self->service);
  g_socket_listener_close (G_SOCKET_LISTENER (self->service));
  while (g_atomic_int_get (&self->n_open) > 0)
    if (!g_main_context_iteration (NULL, FALSE))
      g_thread_yield ();
  g_object_unref (self->service);
  g_free (self);
}
