/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-history-worker.h"

#include <gio/gio.h>

/**
 * LbHistoryWorker:
 *
 * Condenses the history for [class@HistoryChart], which makes one and asks it for each new slice
 * and each new stretch of time. What is quickly done is done at once. An hour of a thousand
 * backends takes some 50 ms, in which no request would be answered: that is done in another thread,
 * and meanwhile there is still what was asked for before. However often it is asked, it does one
 * thing at a time, and then the latest.
 */
struct _LbHistoryWorker
{
  GObject parent_instance;

  LbHistoryDigest *digest;
  LbHistoryRange range; /* that it was made for */
  int width;

  LbHistorySlice *wanted; /* while busy: what to do next, or NULL */
  LbHistoryRange wanted_range;
  int wanted_width;
  gboolean busy;
  gboolean disposed;
};

/* What is asked of another thread. */
typedef struct
{
  LbHistorySlice *slice;
  LbHistoryRange range;
  int width;
} Work;

/* More seconds of backends than this take more than about a millisecond. */
#define QUICK 100000.0

enum
{
  SIGNAL_READY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbHistoryWorker, lb_history_worker, G_TYPE_OBJECT)

static void
work_free (gpointer data)
{
  Work *work = data;

  lb_history_slice_unref (work->slice);
  g_free (work);
}

static void
lb_history_worker_take (LbHistoryWorker *self,
                        LbHistoryDigest *digest,
                        const LbHistoryRange *range,
                        int width)
{
  g_clear_pointer (&self->digest, lb_history_digest_free);
  self->digest = digest;
  self->range = *range;
  self->width = width;
}

static gboolean
lb_history_worker_has (LbHistoryWorker *self,
                       LbHistorySlice *slice,
                       const LbHistoryRange *range,
                       int width)
{
  return self->digest != NULL && self->digest->slice == slice && self->range.end == range->end &&
         self->range.length == range->length && self->width == width;
}

static void
run_in_thread (GTask *task,
               gpointer source G_GNUC_UNUSED,
               gpointer task_data,
               GCancellable *cancellable G_GNUC_UNUSED)
{
  const Work *work = task_data;

  g_task_return_pointer (task, lb_history_layout_digest (work->slice, &work->range, work->width),
                         (GDestroyNotify) lb_history_digest_free);
}

static void
on_done (GObject *source G_GNUC_UNUSED,
         GAsyncResult *result,
         gpointer user_data)
{
  g_autoptr (LbHistoryWorker) self = user_data;
  const Work *work = g_task_get_task_data (G_TASK (result));
  g_autoptr (LbHistorySlice) wanted = g_steal_pointer (&self->wanted);
  LbHistoryDigest *digest = g_task_propagate_pointer (G_TASK (result), NULL);

  self->busy = FALSE;
  if (self->disposed)
    {
      lb_history_digest_free (digest);
      return;
    }

  lb_history_worker_take (self, digest, &work->range, work->width);
  if (wanted != NULL)
    lb_history_worker_ask (self, wanted, &self->wanted_range, self->wanted_width);
  g_signal_emit (self, signals[SIGNAL_READY], 0);
}

static void
lb_history_worker_start (LbHistoryWorker *self,
                         LbHistorySlice *slice,
                         const LbHistoryRange *range,
                         int width)
{
  /* Not the task's source object: the other thread might be the last to let go of that. */
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_done, g_object_ref (self));
  Work *work = g_new (Work, 1);

  *work = (Work){ lb_history_slice_ref (slice), *range, width };
  g_task_set_name (task, "[lb] condense the history");
  g_task_set_task_data (task, work, work_free);
  self->busy = TRUE;
  g_task_run_in_thread (task, run_in_thread);
}

static void
lb_history_worker_dispose (GObject *object)
{
  LbHistoryWorker *self = LB_HISTORY_WORKER (object);

  self->disposed = TRUE;
  g_clear_pointer (&self->digest, lb_history_digest_free);
  g_clear_pointer (&self->wanted, lb_history_slice_unref);

  G_OBJECT_CLASS (lb_history_worker_parent_class)->dispose (object);
}

static void
lb_history_worker_class_init (LbHistoryWorkerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_history_worker_dispose;

  /**
   * LbHistoryWorker::ready:
   * @self: the worker
   *
   * What took some time is done.
   */
  signals[SIGNAL_READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lb_history_worker_init (LbHistoryWorker *self)
{
}

/**
 * lb_history_worker_new:
 *
 * Returns: (transfer full): a worker that has done nothing yet
 */
LbHistoryWorker *
lb_history_worker_new (void)
{
  return g_object_new (LB_TYPE_HISTORY_WORKER, NULL);
}

/**
 * lb_history_worker_ask:
 * @self: a worker
 * @slice: what happened
 * @range: which part of it to show
 * @width: of the picture, in pixels
 *
 * Either lb_history_worker_get_digest() has it when this returns, or there is
 * [signal@HistoryWorker::ready] later. Asked for what it has, it does nothing.
 */
void
lb_history_worker_ask (LbHistoryWorker *self,
                       LbHistorySlice *slice,
                       const LbHistoryRange *range,
                       int width)
{
  double cost;

  g_return_if_fail (LB_IS_HISTORY_WORKER (self));
  g_return_if_fail (slice != NULL);
  g_return_if_fail (range != NULL);

  if (self->busy)
    {
      lb_history_slice_ref (slice);
      g_clear_pointer (&self->wanted, lb_history_slice_unref);
      self->wanted = slice;
      self->wanted_range = *range;
      self->wanted_width = width;
      return;
    }

  if (lb_history_worker_has (self, slice, range, width))
    return;

  cost = MIN (range->length, slice->n_known) * slice->n_backends;
  if (cost <= QUICK)
    lb_history_worker_take (self, lb_history_layout_digest (slice, range, width), range, width);
  else
    lb_history_worker_start (self, slice, range, width);
}

/**
 * lb_history_worker_get_digest:
 * @self: a worker
 *
 * Returns: (transfer none) (nullable): the latest it has done
 */
const LbHistoryDigest *
lb_history_worker_get_digest (LbHistoryWorker *self)
{
  g_return_val_if_fail (LB_IS_HISTORY_WORKER (self), NULL);

  return self->digest;
}

/**
 * lb_history_worker_get_range:
 * @self: a worker
 *
 * Returns: (transfer none): which part of the history lb_history_worker_get_digest() is
 */
const LbHistoryRange *
lb_history_worker_get_range (LbHistoryWorker *self)
{
  g_return_val_if_fail (LB_IS_HISTORY_WORKER (self), NULL);

  return &self->range;
}

/**
 * lb_history_worker_is_busy:
 * @self: a worker
 *
 * Returns: whether something is under way
 */
gboolean
lb_history_worker_is_busy (LbHistoryWorker *self)
{
  g_return_val_if_fail (LB_IS_HISTORY_WORKER (self), FALSE);

  return self->busy;
}
