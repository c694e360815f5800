/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-refresher.h"

/**
 * LbRefresher:
 *
 * Decides when the window gets new figures, and hands them over as one snapshot.
 *
 * [class@Window] makes one and says when anybody can see it. While it is active there is a snapshot
 * every %LB_REFRESHER_INTERVAL_S seconds, and one as soon as the pool changes, the policy or a
 * backend's health, so that a new backend's first response time need not wait for the beat. Any number of
 * changes within one turn of the main loop make one snapshot, and with thousands of backends, of which
 * many change in a second, there is a pause after each. While it is not active it has no source and takes
 * none.
 */
struct _LbRefresher
{
  GObject parent_instance;

  LbBalancer *balancer;
  LbPool *pool;

  gboolean active;
  GSource *beat;
  GSource *soon;
  gint64 last_us; /* when the last snapshot was taken */
};

/* The pause after a snapshot for each backend in it: ten times what that takes. */
#define PAUSE_US 25

enum
{
  SIGNAL_SNAPSHOT,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbRefresher, lb_refresher, G_TYPE_OBJECT)

static void
clear_source (GSource **source)
{
  if (*source == NULL)
    return;

  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

static void
lb_refresher_refresh (LbRefresher *self)
{
  g_autoptr (LbSnapshot) snapshot = NULL;

  clear_source (&self->soon);
  self->last_us = g_get_monotonic_time ();

  snapshot = lb_balancer_get_snapshot (self->balancer);
  g_signal_emit (self, signals[SIGNAL_SNAPSHOT], 0, snapshot);
}

static gboolean
lb_refresher_on_beat (gpointer user_data)
{
  LbRefresher *self = user_data;

  lb_refresher_refresh (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
lb_refresher_on_soon (gpointer user_data)
{
  LbRefresher *self = user_data;

  lb_refresher_refresh (self);

  return G_SOURCE_REMOVE;
}

/* One snapshot for all that changes until the loop comes round, and before GTK paints. */
static void
lb_refresher_refresh_soon (LbRefresher *self)
{
  gint64 wait_ms;

  if (!self->active || self->soon != NULL)
    return;

  wait_ms = (self->last_us + (gint64) lb_pool_get_n_backends (self->pool) * PAUSE_US -
             g_get_monotonic_time ()) / G_TIME_SPAN_MILLISECOND;
  self->soon = g_timeout_source_new ((guint) CLAMP (wait_ms, 0, LB_REFRESHER_INTERVAL_S * 1000));
  g_source_set_static_name (self->soon, "[lb] refresh soon");
  g_source_set_priority (self->soon, G_PRIORITY_HIGH_IDLE);
  g_source_set_callback (self->soon, lb_refresher_on_soon, self, NULL);
  g_source_attach (self->soon, NULL);
}

static void
lb_refresher_dispose (GObject *object)
{
  LbRefresher *self = LB_REFRESHER (object);

  lb_refresher_set_active (self, FALSE);

  if (self->balancer != NULL)
    g_signal_handlers_disconnect_by_data (self->balancer, self);
  if (self->pool != NULL)
    g_signal_handlers_disconnect_by_data (self->pool, self);

  g_clear_object (&self->pool);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_refresher_parent_class)->dispose (object);
}

static void
lb_refresher_class_init (LbRefresherClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_refresher_dispose;

  /**
   * LbRefresher::snapshot:
   * @self: the refresher
   * @snapshot: the latest figures
   *
   * The window is to show these from now on.
   */
  signals[SIGNAL_SNAPSHOT] =
    g_signal_new ("snapshot", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, LB_TYPE_SNAPSHOT | G_SIGNAL_TYPE_STATIC_SCOPE);
}

static void
lb_refresher_init (LbRefresher *self)
{
}

/**
 * lb_refresher_new:
 * @balancer: where the figures come from
 *
 * Returns: (transfer full): a refresher that is not active yet
 */
LbRefresher *
lb_refresher_new (LbBalancer *balancer)
{
  LbRefresher *self;

  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);

  self = g_object_new (LB_TYPE_REFRESHER, NULL);
  self->balancer = g_object_ref (balancer);
  self->pool = g_object_ref (lb_balancer_get_pool (balancer));

  g_signal_connect_swapped (balancer, "notify::policy", G_CALLBACK (lb_refresher_refresh_soon),
                            self);
  g_signal_connect_swapped (self->pool, "items-changed", G_CALLBACK (lb_refresher_refresh_soon), self);
  g_signal_connect_swapped (self->pool, "backend-notify", G_CALLBACK (lb_refresher_refresh_soon), self);

  return self;
}

/**
 * lb_refresher_set_active:
 * @self: a refresher
 * @active: whether anybody can see the figures
 *
 * Starts or stops. On starting there is a snapshot at once.
 */
void
lb_refresher_set_active (LbRefresher *self,
                         gboolean active)
{
  g_return_if_fail (LB_IS_REFRESHER (self));

  if (self->active == active)
    return;
  self->active = active;

  if (!active)
    {
      clear_source (&self->beat);
      clear_source (&self->soon);
      return;
    }

  self->beat = g_timeout_source_new_seconds (LB_REFRESHER_INTERVAL_S);
  g_source_set_static_name (self->beat, "[lb] refresh");
  g_source_set_callback (self->beat, lb_refresher_on_beat, self, NULL);
  g_source_attach (self->beat, NULL);

  lb_refresher_refresh (self);
}
