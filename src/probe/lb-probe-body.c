/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-probe"

#include "config.h"

#include "probe/lb-probe-body.h"

#include <string.h>

/*
 * Reads the beginning of a body and looks for a text in it. With a text it stops as soon as that is
 * found; without, it reads on to see how much there is. The memory is asked for as it fills.
 */

#define CHUNK 8192

typedef struct
{
  GByteArray *bytes;
  char *text; /* nullable */
  guint n_reads;
  LbProbeBody seen;
} LbProbeBodyReading;

static void
lb_probe_body_reading_free (LbProbeBodyReading *self)
{
  g_byte_array_unref (self->bytes);
  g_free (self->text);
  g_free (self);
}

static void lb_probe_body_read_on (GTask *task);

/* Looks through what is new, and as much before it as the text may have begun there. */
static gboolean
lb_probe_body_search (LbProbeBodyReading *self,
                      gsize n_new)
{
  const gsize text_length = strlen (self->text);
  const gsize seen = self->bytes->len - n_new;
  const gsize from = seen >= text_length ? seen - text_length + 1 : 0;

  return memmem (self->bytes->data + from, self->bytes->len - from, self->text, text_length) !=
         NULL;
}

static void
lb_probe_body_on_read (GObject *source,
                       GAsyncResult *result,
                       gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  LbProbeBodyReading *self = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  const gsize before = self->seen.length;
  gssize n = g_input_stream_read_finish (G_INPUT_STREAM (source), result, &error);

  if (n < 0)
    {
      g_task_return_error (task, g_steal_pointer (&error));
      return;
    }

  g_byte_array_set_size (self->bytes, (guint) (before + (gsize) n));
  self->seen.length = self->bytes->len;
  self->seen.whole = n == 0;
  self->seen.found = self->text != NULL && lb_probe_body_search (self, (gsize) n);

  if (self->seen.whole || self->seen.found || self->seen.length == LB_PROBE_BODY_MAX ||
      ++self->n_reads == LB_PROBE_BODY_MAX_READS)
    g_task_return_boolean (task, TRUE);
  else
    lb_probe_body_read_on (g_steal_pointer (&task));
}

/* @task: (transfer full) */
static void
lb_probe_body_read_on (GTask *task)
{
  LbProbeBodyReading *self = g_task_get_task_data (task);
  const gsize at = self->seen.length;
  const gsize room = MIN (CHUNK, LB_PROBE_BODY_MAX - at);

  g_byte_array_set_size (self->bytes, (guint) (at + room));
  g_input_stream_read_async (g_task_get_source_object (task), self->bytes->data + at, room,
                             G_PRIORITY_DEFAULT, g_task_get_cancellable (task),
                             lb_probe_body_on_read, task);
}

/**
 * lb_probe_body_read_async:
 * @stream: a body
 * @text: (nullable): what to look for
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Reads at most %LB_PROBE_BODY_MAX bytes in at most %LB_PROBE_BODY_MAX_READS pieces, and no further
 * than @text. The stream stays open.
 */
void
lb_probe_body_read_async (GInputStream *stream,
                          const char *text,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task;
  LbProbeBodyReading *self;

  g_return_if_fail (G_IS_INPUT_STREAM (stream));

  self = g_new0 (LbProbeBodyReading, 1);
  self->bytes = g_byte_array_new ();
  self->text = g_strdup (text);

  task = g_task_new (stream, cancellable, callback, user_data);
  g_task_set_name (task, "[lb] body of a probe");
  g_task_set_task_data (task, self, (GDestroyNotify) lb_probe_body_reading_free);
  lb_probe_body_read_on (task);
}

/**
 * lb_probe_body_read_finish:
 * @result: as given to the callback
 * @self: (out): what was read, also before a failure
 * @error: return location for an error of the stream
 *
 * Returns: whether reading did not fail
 */
gboolean
lb_probe_body_read_finish (GAsyncResult *result,
                           LbProbeBody *self,
                           GError **error)
{
  GTask *task = G_TASK (result);
  LbProbeBodyReading *reading;

  g_return_val_if_fail (self != NULL, FALSE);

  reading = g_task_get_task_data (task);
  *self = reading->seen;

  return g_task_propagate_boolean (task, error);
}
