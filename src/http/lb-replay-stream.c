/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-replay-stream"

#include "config.h"

#include "http/lb-replay-stream.h"

#include <string.h>

/*
 * The input side: the beginning first, then what the base gives. libsoup only reads what can be polled.
 */

#define LB_TYPE_REPLAY_INPUT (lb_replay_input_get_type ())
G_DECLARE_FINAL_TYPE (LbReplayInput, lb_replay_input, LB, REPLAY_INPUT, GFilterInputStream)

struct _LbReplayInput
{
  GFilterInputStream parent_instance;

  GBytes *beginning; /* what of it has not been read yet; NULL when all has */
};

static void lb_replay_input_pollable_init (GPollableInputStreamInterface *iface,
                                           gpointer iface_data);

G_DEFINE_FINAL_TYPE_WITH_CODE (LbReplayInput,
                               lb_replay_input,
                               G_TYPE_FILTER_INPUT_STREAM,
                               G_IMPLEMENT_INTERFACE (G_TYPE_POLLABLE_INPUT_STREAM,
                                                      lb_replay_input_pollable_init))

static GInputStream *
lb_replay_input_get_base (LbReplayInput *self)
{
  return g_filter_input_stream_get_base_stream (G_FILTER_INPUT_STREAM (self));
}

/* Returns how many bytes of the beginning were copied. */
static gsize
lb_replay_input_take (LbReplayInput *self,
                      void *buffer,
                      gsize count)
{
  g_autoptr (GBytes) beginning = g_steal_pointer (&self->beginning);
  gsize length;
  const char *bytes = g_bytes_get_data (beginning, &length);
  const gsize n = MIN (count, length);

  memcpy (buffer, bytes, n);
  if (n < length)
    self->beginning = g_bytes_new_from_bytes (beginning, n, length - n);

  return n;
}

static gssize
lb_replay_input_read (GInputStream *stream,
                      void *buffer,
                      gsize count,
                      GCancellable *cancellable,
                      GError **error)
{
  LbReplayInput *self = LB_REPLAY_INPUT (stream);

  if (self->beginning != NULL)
    return (gssize) lb_replay_input_take (self, buffer, count);

  return g_input_stream_read (lb_replay_input_get_base (self), buffer, count, cancellable, error);
}

static gboolean
lb_replay_input_can_poll (GPollableInputStream *stream)
{
  LbReplayInput *self = LB_REPLAY_INPUT (stream);

  return g_pollable_input_stream_can_poll (
    G_POLLABLE_INPUT_STREAM (lb_replay_input_get_base (self)));
}

static gboolean
lb_replay_input_is_readable (GPollableInputStream *stream)
{
  LbReplayInput *self = LB_REPLAY_INPUT (stream);

  return self->beginning != NULL || g_pollable_input_stream_is_readable (
                                      G_POLLABLE_INPUT_STREAM (lb_replay_input_get_base (self)));
}

static GSource *
lb_replay_input_create_source (GPollableInputStream *stream,
                               GCancellable *cancellable)
{
  LbReplayInput *self = LB_REPLAY_INPUT (stream);
  g_autoptr (GSource) source = NULL;

  if (self->beginning != NULL)
    source = g_idle_source_new ();
  else
    source = g_pollable_input_stream_create_source (
      G_POLLABLE_INPUT_STREAM (lb_replay_input_get_base (self)), NULL);

  return g_pollable_source_new_full (self, source, cancellable);
}

static gssize
lb_replay_input_read_nonblocking (GPollableInputStream *stream,
                                  void *buffer,
                                  gsize count,
                                  GError **error)
{
  LbReplayInput *self = LB_REPLAY_INPUT (stream);

  if (self->beginning != NULL)
    return (gssize) lb_replay_input_take (self, buffer, count);

  return g_pollable_input_stream_read_nonblocking (
    G_POLLABLE_INPUT_STREAM (lb_replay_input_get_base (self)), buffer, count, NULL, error);
}

static void
lb_replay_input_finalize (GObject *object)
{
  LbReplayInput *self = LB_REPLAY_INPUT (object);

  g_clear_pointer (&self->beginning, g_bytes_unref);

  G_OBJECT_CLASS (lb_replay_input_parent_class)->finalize (object);
}

static void
lb_replay_input_class_init (LbReplayInputClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lb_replay_input_finalize;
  G_INPUT_STREAM_CLASS (klass)->read_fn = lb_replay_input_read;
}

static void
lb_replay_input_pollable_init (GPollableInputStreamInterface *iface,
                               gpointer iface_data)
{
  iface->can_poll = lb_replay_input_can_poll;
  iface->is_readable = lb_replay_input_is_readable;
  iface->create_source = lb_replay_input_create_source;
  iface->read_nonblocking = lb_replay_input_read_nonblocking;
}

static void
lb_replay_input_init (LbReplayInput *self)
{
}

/**
 * LbReplayStream:
 *
 * A connection of which some bytes have been read already, as if they had not been. The listener reads
 * requests itself; what turns out to be for libsoup is handed to it in one of these.
 */
struct _LbReplayStream
{
  GIOStream parent_instance;

  GIOStream *base;
  GInputStream *input;
};

G_DEFINE_FINAL_TYPE (LbReplayStream, lb_replay_stream, G_TYPE_IO_STREAM)

static GInputStream *
lb_replay_stream_get_input_stream (GIOStream *stream)
{
  return LB_REPLAY_STREAM (stream)->input;
}

static GOutputStream *
lb_replay_stream_get_output_stream (GIOStream *stream)
{
  return g_io_stream_get_output_stream (LB_REPLAY_STREAM (stream)->base);
}

static gboolean
lb_replay_stream_close (GIOStream *stream,
                        GCancellable *cancellable,
                        GError **error)
{
  return g_io_stream_close (LB_REPLAY_STREAM (stream)->base, cancellable, error);
}

/* GIO's own way takes a thread for it. A socket closes at once. */
static void
lb_replay_stream_close_async (GIOStream *stream,
                              int io_priority,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (stream, cancellable, callback, user_data);
  GError *error = NULL;

  g_task_set_source_tag (task, lb_replay_stream_close_async);
  g_task_set_priority (task, io_priority);

  if (lb_replay_stream_close (stream, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static gboolean
lb_replay_stream_close_finish (GIOStream *stream,
                               GAsyncResult *result,
                               GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
lb_replay_stream_dispose (GObject *object)
{
  LbReplayStream *self = LB_REPLAY_STREAM (object);

  /* The parent closes the stream, and needs both. */
  G_OBJECT_CLASS (lb_replay_stream_parent_class)->dispose (object);

  g_clear_object (&self->input);
  g_clear_object (&self->base);
}

static void
lb_replay_stream_class_init (LbReplayStreamClass *klass)
{
  GIOStreamClass *stream_class = G_IO_STREAM_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = lb_replay_stream_dispose;
  stream_class->get_input_stream = lb_replay_stream_get_input_stream;
  stream_class->get_output_stream = lb_replay_stream_get_output_stream;
  stream_class->close_fn = lb_replay_stream_close;
  stream_class->close_async = lb_replay_stream_close_async;
  stream_class->close_finish = lb_replay_stream_close_finish;
}

static void
lb_replay_stream_init (LbReplayStream *self)
{
}

/**
 * lb_replay_stream_new:
 * @base: a connection, whose input can be polled
 * @beginning: what has been read of it; not empty
 *
 * Returns: (transfer full): a connection that begins with @beginning, and closes @base when it is closed
 */
GIOStream *
lb_replay_stream_new (GIOStream *base,
                      GBytes *beginning)
{
  LbReplayStream *self;
  LbReplayInput *input;

  g_return_val_if_fail (G_IS_IO_STREAM (base), NULL);
  g_return_val_if_fail (g_bytes_get_size (beginning) > 0, NULL);

  input = g_object_new (LB_TYPE_REPLAY_INPUT, "base-stream", g_io_stream_get_input_stream (base),
                        "close-base-stream", FALSE, NULL);
  input->beginning = g_bytes_ref (beginning);

  self = g_object_new (LB_TYPE_REPLAY_STREAM, NULL);
  self->base = g_object_ref (base);
  self->input = G_INPUT_STREAM (input);

  return G_IO_STREAM (self);
}
