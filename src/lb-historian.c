/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-historian"

#include "config.h"

#include "lb-historian.h"

#include <time.h>

/**
 * LbHistorian:
 *
 * Writes down each second what the balancer does, as long as it runs, whether anybody looks at a
 * window or not. The balancer makes one. It has the clocks that [struct@LbHistory] does without: one
 * timer, set anew each time for the beginning of the next second, so that no second is missed because
 * the timer drifts.
 */
struct _LbHistorian
{
  GObject parent_instance;

  LbPool *pool;
  LbEngine *engine;
  LbHistory *history;
  GSource *source; /* NULL while it does not write */
};

G_DEFINE_FINAL_TYPE (LbHistorian, lb_historian, G_TYPE_OBJECT)

/* Goes on while the computer sleeps, and is never set back. */
static gint64
get_clock_us (void)
{
  struct timespec now;

  if (clock_gettime (CLOCK_BOOTTIME, &now) < 0)
    return g_get_monotonic_time ();

  return now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static void
lb_historian_write (LbHistorian *self)
{
  const gint64 now_us = g_get_monotonic_time ();
  const gint64 clock_us = get_clock_us ();
  LbTraffic traffic;

  lb_engine_report (self->engine, &traffic);
  lb_history_tick (self->history, self->pool, &traffic, now_us, clock_us);

  g_source_set_ready_time (self->source, now_us + G_USEC_PER_SEC - clock_us % G_USEC_PER_SEC);
}

static gboolean
lb_historian_source_dispatch (GSource *source,
                              GSourceFunc callback,
                              gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { .dispatch = lb_historian_source_dispatch };

static gboolean
lb_historian_on_second (gpointer user_data)
{
  lb_historian_write (user_data);

  return G_SOURCE_CONTINUE;
}

static void
lb_historian_dispose (GObject *object)
{
  LbHistorian *self = LB_HISTORIAN (object);

  lb_historian_stop (self);
  g_clear_object (&self->engine);
  g_clear_object (&self->pool);

  G_OBJECT_CLASS (lb_historian_parent_class)->dispose (object);
}

static void
lb_historian_finalize (GObject *object)
{
  LbHistorian *self = LB_HISTORIAN (object);

  g_clear_pointer (&self->history, lb_history_free);

  G_OBJECT_CLASS (lb_historian_parent_class)->finalize (object);
}

static void
lb_historian_class_init (LbHistorianClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_historian_dispose;
  object_class->finalize = lb_historian_finalize;
}

static void
lb_historian_init (LbHistorian *self)
{
  self->history = lb_history_new (LB_HISTORY_SIZE);
}

/**
 * lb_historian_new:
 * @pool: the pool
 * @engine: who carries the traffic
 *
 * Returns: (transfer full): a historian that does not write yet
 */
LbHistorian *
lb_historian_new (LbPool *pool,
                  LbEngine *engine)
{
  LbHistorian *self;

  g_return_val_if_fail (LB_IS_POOL (pool), NULL);
  g_return_val_if_fail (LB_IS_ENGINE (engine), NULL);

  self = g_object_new (LB_TYPE_HISTORIAN, NULL);
  self->pool = g_object_ref (pool);
  self->engine = g_object_ref (engine);

  return self;
}

/**
 * lb_historian_set_engine:
 * @self: a historian
 * @engine: who carries the traffic from now on
 */
void
lb_historian_set_engine (LbHistorian *self,
                         LbEngine *engine)
{
  g_return_if_fail (LB_IS_HISTORIAN (self));
  g_return_if_fail (LB_IS_ENGINE (engine));

  g_set_object (&self->engine, engine);
}

/**
 * lb_historian_start:
 * @self: a historian
 *
 * Writes from now on, in the thread-default main context.
 */
void
lb_historian_start (LbHistorian *self)
{
  g_return_if_fail (LB_IS_HISTORIAN (self));

  if (self->source != NULL)
    return;

  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[lb] seconds");
  g_source_set_callback (self->source, lb_historian_on_second, self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
  lb_historian_write (self);
}

/**
 * lb_historian_stop:
 * @self: a historian
 *
 * Writes no more. What is written stays.
 */
void
lb_historian_stop (LbHistorian *self)
{
  g_return_if_fail (LB_IS_HISTORIAN (self));

  if (self->source == NULL)
    return;

  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

/**
 * lb_historian_get_slice:
 * @self: a historian
 * @n_seconds: how many seconds up to now, 1 to %LB_HISTORY_SECONDS
 *
 * Returns: (transfer full): the last part of the history
 */
LbHistorySlice *
lb_historian_get_slice (LbHistorian *self,
                        guint n_seconds)
{
  g_return_val_if_fail (LB_IS_HISTORIAN (self), NULL);

  return lb_history_get_slice (self->history, n_seconds, g_get_real_time (), get_clock_us ());
}
