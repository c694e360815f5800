/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-engine"

#include "config.h"

#include "engine/lb-engine.h"

/**
 * LbEngine:
 *
 * Who carries the traffic that comes in at the listening sockets. The balancer has exactly one, and
 * makes another when a person wants another. The sockets themselves are the listener's, and outlive
 * an engine: so one can hand over to the next without a moment in which nobody listens.
 */
G_DEFINE_ABSTRACT_TYPE (LbEngine, lb_engine, G_TYPE_OBJECT)

static void
lb_engine_apply_nothing (LbEngine *self G_GNUC_UNUSED)
{
}

static void
lb_engine_class_init (LbEngineClass *klass)
{
  klass->apply = lb_engine_apply_nothing;
}

static void
lb_engine_init (LbEngine *self)
{
}

/**
 * lb_engine_get_info:
 * @self: an engine
 *
 * Returns: (transfer none): what it is called
 */
const LbEngineInfo *
lb_engine_get_info (LbEngine *self)
{
  g_return_val_if_fail (LB_IS_ENGINE (self), NULL);

  return LB_ENGINE_GET_CLASS (self)->info;
}

/**
 * lb_engine_start:
 * @self: an engine that has not started or has been stopped
 *
 * Begins to carry what comes in, as soon as it can.
 */
void
lb_engine_start (LbEngine *self)
{
  g_return_if_fail (LB_IS_ENGINE (self));

  LB_ENGINE_GET_CLASS (self)->start (self);
}

/**
 * lb_engine_stop:
 * @self: an engine
 *
 * Takes nothing more. What it has begun it ends by itself.
 */
void
lb_engine_stop (LbEngine *self)
{
  g_return_if_fail (LB_IS_ENGINE (self));

  LB_ENGINE_GET_CLASS (self)->stop (self);
}

/**
 * lb_engine_apply:
 * @self: an engine
 *
 * The policy, the settings, the sockets, or whether it is paused, have changed. Changes of the pool it
 * hears of from the pool.
 */
void
lb_engine_apply (LbEngine *self)
{
  g_return_if_fail (LB_IS_ENGINE (self));

  LB_ENGINE_GET_CLASS (self)->apply (self);
}

/**
 * lb_engine_report:
 * @self: an engine
 * @traffic: (out caller-allocates): what clients do
 */
void
lb_engine_report (LbEngine *self,
                  LbTraffic *traffic)
{
  g_return_if_fail (LB_IS_ENGINE (self));
  g_return_if_fail (traffic != NULL);

  LB_ENGINE_GET_CLASS (self)->report (self, traffic);
}
