/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-undo"

#include "config.h"

#include "lb-undo.h"

#include "lb-undo-apply.h"

/**
 * LbUndo:
 *
 * Remembers what was done to the pool, to take it back and do it again. Whoever offers that makes one
 * for the balancer.
 *
 * Nobody has to tell it of a change: it hears of all of them from the pool and the
 * balancer, whether they come from a button, a key, a list that is dropped, an import, a D-Bus action or
 * a second command line. All that is done in one go of the main loop is one step, and so are quick
 * changes of one weight. The last %LB_UNDO_MAX steps are kept, with the backends they removed.
 *
 * What comes with the configuration file is no step, since it is not for this program to take back, but
 * it is not lost either: undoing and redoing do what a step did, in reverse or again, to just the
 * backends and settings it did it to, and only where these are still what the step made of them. A step
 * of which nothing is left that way is forgotten. The same goes for what there was before the balancer
 * started.
 *
 * Signals: `recorded` (LbUndoStep *step), something was done, for the first time or again; it comes before
 * `changed`, there is something else to undo or to redo.
 */
struct _LbUndo
{
  GObject parent_instance;

  LbBalancer *balancer;
  LbUndoImage *present; /* NULL until the balancer has started */
  GQueue done;          /* of LbUndoStep, the newest first */
  GQueue undone;        /* the one to do again first */

  GSource *source;      /* while there is a change that is no step yet */
  gint64 last_us;       /* when the newest step was recorded */
  gboolean applying;
};

enum
{
  RECORDED,
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbUndo, lb_undo, G_TYPE_OBJECT)

static void
lb_undo_clear_steps (GQueue *steps)
{
  g_queue_clear_full (steps, (GDestroyNotify) lb_undo_step_unref);
}

static void
lb_undo_stop_waiting (LbUndo *self)
{
  if (self->source == NULL)
    return;

  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

/* Forgets the steps of which others have left nothing that could be done. */
static void
lb_undo_prune (LbUndo *self)
{
  while (!g_queue_is_empty (&self->done))
    {
      g_autoptr (LbUndoStep) reverse = lb_undo_step_reverse (g_queue_peek_head (&self->done));

      if (lb_undo_step_applies (reverse, self->balancer))
        break;
      lb_undo_step_unref (g_queue_pop_head (&self->done));
    }

  while (!g_queue_is_empty (&self->undone) &&
         !lb_undo_step_applies (g_queue_peek_head (&self->undone), self->balancer))
    lb_undo_step_unref (g_queue_pop_head (&self->undone));
}

/* Takes what is now for granted. */
static void
lb_undo_look (LbUndo *self)
{
  LbUndoImage *now = lb_undo_image_new (self->balancer, self->present);

  g_clear_pointer (&self->present, lb_undo_image_unref);
  self->present = now;
}

/* @step: (transfer full): what was done */
static void
lb_undo_record (LbUndo *self,
                LbUndoStep *step,
                gint64 now_us)
{
  const gboolean quick = self->last_us != 0 && now_us - self->last_us < LB_UNDO_MERGE_US;
  LbUndoStep *merged = NULL;

  if (quick && !g_queue_is_empty (&self->done) && g_queue_is_empty (&self->undone))
    merged = lb_undo_step_merge (g_queue_peek_head (&self->done), step);

  if (merged != NULL)
    {
      lb_undo_step_unref (g_queue_pop_head (&self->done));
      lb_undo_step_unref (step);
      step = merged;
    }

  lb_undo_clear_steps (&self->undone);
  self->last_us = now_us;

  /* A weight that was put back is no change. */
  if (lb_undo_step_is_nothing (step))
    {
      lb_undo_step_unref (step);
      return;
    }

  g_queue_push_head (&self->done, step);
  if (self->done.length > LB_UNDO_MAX)
    lb_undo_step_unref (g_queue_pop_tail (&self->done));
  g_signal_emit (self, signals[RECORDED], 0, step);
}

static gboolean
lb_undo_on_settle (gpointer user_data)
{
  lb_undo_settle (user_data, g_get_monotonic_time ());

  return G_SOURCE_REMOVE;
}

/* Before anything else happens, so that what a person does next is a step of its own. */
static void
lb_undo_on_changed (LbUndo *self)
{
  if (self->present == NULL || self->applying || self->source != NULL ||
      lb_balancer_get_loading (self->balancer))
    return;

  self->source = g_idle_source_new ();
  g_source_set_priority (self->source, G_PRIORITY_HIGH);
  g_source_set_static_name (self->source, "[lb] undo step");
  g_source_set_callback (self->source, lb_undo_on_settle, self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static void
lb_undo_on_loading (LbUndo *self)
{
  if (lb_balancer_get_loading (self->balancer))
    {
      if (self->present != NULL)
        lb_undo_settle (self, g_get_monotonic_time ());
      return;
    }

  lb_undo_look (self);
  lb_undo_prune (self);
  g_signal_emit (self, signals[CHANGED], 0);
}

/* Does @step, which is on its way from one queue to the other. */
static gboolean
lb_undo_apply (LbUndo *self,
               LbUndoStep *step,
               GError **error)
{
  gboolean applied;

  self->applying = TRUE;
  applied = lb_undo_step_apply (step, self->balancer, error);
  self->applying = FALSE;

  self->last_us = 0;
  lb_undo_look (self);

  return applied;
}

static void
lb_undo_dispose (GObject *object)
{
  LbUndo *self = LB_UNDO (object);

  lb_undo_stop_waiting (self);
  lb_undo_clear_steps (&self->done);
  lb_undo_clear_steps (&self->undone);
  g_clear_pointer (&self->present, lb_undo_image_unref);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_undo_parent_class)->dispose (object);
}

static void
lb_undo_class_init (LbUndoClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lb_undo_dispose;

  signals[RECORDED] = g_signal_new ("recorded", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
}

static void
lb_undo_init (LbUndo *self)
{
}

/**
 * lb_undo_new:
 * @balancer: a balancer
 *
 * Returns: (transfer full): an object that remembers what is done from now on, or from when @balancer
 *   has started
 */
LbUndo *
lb_undo_new (LbBalancer *balancer)
{
  static const char *const undoable[] = { "items-changed", "backend-notify::weight",
                                          "backend-notify::state", "backend-notify::backup",
                                          "backend-notify::exceptions" };
  LbUndo *self;

  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);

  self = g_object_new (LB_TYPE_UNDO, NULL);
  self->balancer = g_object_ref (balancer);

  for (guint i = 0; i < G_N_ELEMENTS (undoable); i++)
    g_signal_connect_object (lb_balancer_get_pool (balancer), undoable[i],
                             G_CALLBACK (lb_undo_on_changed), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (balancer, "notify::policy", G_CALLBACK (lb_undo_on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (balancer, "probing-changed", G_CALLBACK (lb_undo_on_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (balancer, "notify::loading", G_CALLBACK (lb_undo_on_loading), self,
                           G_CONNECT_SWAPPED);

  if (!lb_balancer_get_loading (balancer))
    lb_undo_look (self);

  return self;
}

/**
 * lb_undo_settle:
 * @self: an undo
 * @now_us: the monotonic time
 *
 * Makes a step of what has changed since the last one, if anything has. The main loop does so by
 * itself, before anything else.
 */
void
lb_undo_settle (LbUndo *self,
                gint64 now_us)
{
  g_autoptr (LbUndoImage) before = NULL;
  g_autoptr (LbUndoStep) step = NULL;

  g_return_if_fail (LB_IS_UNDO (self));

  if (self->source == NULL)
    return;

  lb_undo_stop_waiting (self);
  before = lb_undo_image_ref (self->present);
  lb_undo_look (self);
  step = lb_undo_step_new (before, self->present);
  if (lb_undo_step_is_nothing (step))
    return;

  lb_undo_record (self, g_steal_pointer (&step), now_us);
  g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * lb_undo_get_undo:
 * @self: an undo
 *
 * Returns: (transfer none) (nullable): what lb_undo_undo() takes back, or %NULL if there is nothing
 */
LbUndoStep *
lb_undo_get_undo (LbUndo *self)
{
  g_return_val_if_fail (LB_IS_UNDO (self), NULL);

  return g_queue_peek_head (&self->done);
}

/**
 * lb_undo_get_redo:
 * @self: an undo
 *
 * Returns: (transfer none) (nullable): what lb_undo_redo() does again, or %NULL if there is nothing
 */
LbUndoStep *
lb_undo_get_redo (LbUndo *self)
{
  g_return_val_if_fail (LB_IS_UNDO (self), NULL);

  return g_queue_peek_head (&self->undone);
}

/**
 * lb_undo_undo:
 * @self: an undo
 * @error: return location for a #GError
 *
 * Takes the newest step back, if there is one.
 *
 * Sets %LB_POOL_ERROR_DUPLICATE or %LB_POOL_ERROR_OWN_ADDRESS when the pool refuses a backend that was
 * removed.
 *
 * Returns: %FALSE if @error is set
 */
gboolean
lb_undo_undo (LbUndo *self,
              GError **error)
{
  g_autoptr (LbUndoStep) reverse = NULL;
  LbUndoStep *step;
  gboolean undone;

  g_return_val_if_fail (LB_IS_UNDO (self), FALSE);

  lb_undo_settle (self, g_get_monotonic_time ());
  step = g_queue_pop_head (&self->done);
  if (step == NULL)
    return TRUE;

  reverse = lb_undo_step_reverse (step);
  undone = lb_undo_apply (self, reverse, error);
  g_queue_push_head (&self->undone, step);
  lb_undo_prune (self);
  g_signal_emit (self, signals[CHANGED], 0);

  return undone;
}

/**
 * lb_undo_redo:
 * @self: an undo
 * @error: return location for a #GError
 *
 * Does again what was taken back last, if nothing else was done since.
 *
 * Sets what lb_undo_undo() sets, for a backend that was added.
 *
 * Returns: %FALSE if @error is set
 */
gboolean
lb_undo_redo (LbUndo *self,
              GError **error)
{
  LbUndoStep *step;
  gboolean redone;

  g_return_val_if_fail (LB_IS_UNDO (self), FALSE);

  lb_undo_settle (self, g_get_monotonic_time ());
  step = g_queue_pop_head (&self->undone);
  if (step == NULL)
    return TRUE;

  redone = lb_undo_apply (self, step, error);
  g_queue_push_head (&self->done, step);
  g_signal_emit (self, signals[RECORDED], 0, step);
  lb_undo_prune (self);
  g_signal_emit (self, signals[CHANGED], 0);

  return redone;
}
