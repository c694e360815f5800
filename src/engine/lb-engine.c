/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-engine"

#include "config.h"

#include "engine/lb-engine.h"

#include <glib/gi18n-lib.h>

#include "engine/lb-engine-haproxy.h"
#include "engine/lb-engine-redirect.h"

/**
 * LbEngine:
 *
 * Who carries the traffic that comes in at the listening sockets. The balancer has exactly one, and
 * makes another when a person wants another. The sockets themselves are the listener's, and outlive
 * an engine: so one can hand over to the next without a moment in which nobody listens.
 *
 * Signals: `problem` (char *message), a sentence for the person; `probed` (LbBackend *backend), an engine that
 * probes has the result of another probe; `probes-changed`, it does so now, or no longer.
 */
typedef struct
{
  gboolean probes;
} LbEnginePrivate;

enum
{
  PROBLEM,
  PROBED,
  PROBES_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (LbEngine, lb_engine, G_TYPE_OBJECT)

static void
lb_engine_apply_nothing (LbEngine *self G_GNUC_UNUSED)
{
}

static gboolean
lb_engine_is_never (LbEngine *self G_GNUC_UNUSED)
{
  return FALSE;
}

static GPtrArray *
lb_engine_list_no_nodes (LbEngine *self G_GNUC_UNUSED)
{
  return lb_node_snapshot_new_list ();
}

static void
lb_engine_ignore_node (LbEngine *self G_GNUC_UNUSED,
                       const char *address G_GNUC_UNUSED)
{
}

static void
lb_engine_class_init (LbEngineClass *klass)
{
  klass->apply = lb_engine_apply_nothing;
  klass->is_secure = lb_engine_is_never;
  klass->list_nodes = lb_engine_list_no_nodes;
  klass->adopt = lb_engine_ignore_node;
  klass->undo = lb_engine_ignore_node;

  signals[PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PROBED] = g_signal_new ("probed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                  NULL, G_TYPE_NONE, 1, LB_TYPE_BACKEND);
  signals[PROBES_CHANGED] = g_signal_new ("probes-changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                          NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lb_engine_init (LbEngine *self)
{
}

/**
 * lb_engine_list:
 * @i: an index from 0 on
 *
 * Returns: (transfer none) (nullable): what the engine is called, or %NULL behind the last one
 */
const LbEngineInfo *
lb_engine_list (guint i)
{
  static const LbEngineInfo *const infos[] = { &lb_engine_redirect_info, &lb_engine_haproxy_info };

  return i < G_N_ELEMENTS (infos) ? infos[i] : NULL;
}

/**
 * lb_engine_check:
 * @name: a name
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Returns: whether there is an engine of this name
 */
gboolean
lb_engine_check (const char *name,
                 GError **error)
{
  const LbEngineInfo *info;

  for (guint i = 0; (info = lb_engine_list (i)) != NULL; i++)
    if (g_strcmp0 (info->name, name) == 0)
      return TRUE;

  g_set_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
               _("There is no engine “%s”. Use redirect or haproxy."), name);

  return FALSE;
}

/**
 * lb_engine_new:
 * @name: what it is called
 * @source: what it works with
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Returns: (transfer full) (nullable): an engine that has not started
 */
LbEngine *
lb_engine_new (const char *name,
               const LbEngineSource *source,
               GError **error)
{
  g_return_val_if_fail (source != NULL, NULL);

  if (!lb_engine_check (name, error))
    return NULL;

  return g_str_equal (name, lb_engine_haproxy_info.name) ? lb_engine_haproxy_new (source)
                                                         : lb_engine_redirect_new (source);
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
  traffic->engine = lb_engine_get_info (self)->name;
  traffic->measured = lb_engine_probes (self);
}

/**
 * lb_engine_probes:
 * @self: an engine
 *
 * Returns: whether it finds out by itself how the backends are, so that nobody else need probe them. This may
 *   change at any time.
 */
gboolean
lb_engine_probes (LbEngine *self)
{
  LbEnginePrivate *priv = lb_engine_get_instance_private (self);

  g_return_val_if_fail (LB_IS_ENGINE (self), FALSE);

  return priv->probes;
}

/**
 * lb_engine_is_secure:
 * @self: an engine
 *
 * Returns: whether clients are to talk to it by TLS, as it is configured
 */
gboolean
lb_engine_is_secure (LbEngine *self)
{
  g_return_val_if_fail (LB_IS_ENGINE (self), FALSE);

  return LB_ENGINE_GET_CLASS (self)->is_secure (self);
}

/**
 * lb_engine_list_nodes:
 * @self: an engine
 *
 * Returns: (transfer full) (element-type LbNodeSnapshot): the processes that carry the traffic, here first; each has
 *   the pool's backends in their order. Nobody, if it is ourselves.
 */
GPtrArray *
lb_engine_list_nodes (LbEngine *self)
{
  g_return_val_if_fail (LB_IS_ENGINE (self), NULL);

  return LB_ENGINE_GET_CLASS (self)->list_nodes (self);
}

/**
 * lb_engine_adopt:
 * @self: an engine
 * @address: what one of its nodes is named by
 *
 * Takes what somebody else has changed at this node over into the pool, and so to all nodes.
 */
void
lb_engine_adopt (LbEngine *self,
                 const char *address)
{
  g_return_if_fail (LB_IS_ENGINE (self));
  g_return_if_fail (address != NULL);

  LB_ENGINE_GET_CLASS (self)->adopt (self, address);
}

/**
 * lb_engine_undo:
 * @self: an engine
 * @address: what one of its nodes is named by
 *
 * Makes the backends at this node as the pool has them, whatever somebody else has changed.
 */
void
lb_engine_undo (LbEngine *self,
                const char *address)
{
  g_return_if_fail (LB_IS_ENGINE (self));
  g_return_if_fail (address != NULL);

  LB_ENGINE_GET_CLASS (self)->undo (self, address);
}

/**
 * lb_engine_tell:
 * @self: an engine
 * @problem: a sentence for the person
 */
void
lb_engine_tell (LbEngine *self,
                const char *problem)
{
  g_signal_emit (self, signals[PROBLEM], 0, problem);
}

/**
 * lb_engine_probed:
 * @self: an engine that probes
 * @backend: a backend that has the result of another probe
 */
void
lb_engine_probed (LbEngine *self,
                  LbBackend *backend)
{
  g_signal_emit (self, signals[PROBED], 0, backend);
}

/**
 * lb_engine_set_probes:
 * @self: an engine
 * @probes: whether it finds out by itself how the backends are
 */
void
lb_engine_set_probes (LbEngine *self,
                      gboolean probes)
{
  LbEnginePrivate *priv = lb_engine_get_instance_private (self);

  if (priv->probes == probes)
    return;

  priv->probes = probes;
  g_signal_emit (self, signals[PROBES_CHANGED], 0);
}
