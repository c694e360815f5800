/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-engine.h"
#include "engine/lb-haproxy-agent-port.h"
#include "http/lb-front.h"
#include "lb-balancer.h"
#include "lb-historian.h"
#include "lb-keeper.h"
#include "lb-samples.h"
#include "probe/lb-prober.h"

G_BEGIN_DECLS

/* What the two files of the balancer share: lb-balancer.c, its life, and lb-balancer-settings.c, what a person sets. */

/**
 * LbBalancer:
 *
 * The whole balancer without a screen. The application makes one, lets it load what is remembered,
 * starts it, and stops it at the end. It owns the parts (pool, prober, front, engine, endpoint, keeper,
 * historian) and connects them; the parts do not know it.
 *
 * What a person changes goes through it or through a backend's properties, and is saved. What the
 * command line says holds for this run: overrides lie over the configuration, and transient backends
 * are left out of it.
 *
 * Signals: `problem` (char *message), a sentence for the person about something that went wrong
 * aside, such as a configuration that could not be read; `probing-changed`, the settings of the probes or
 * the panic share are others now; `proxying-changed`, those of the proxy; `config-changed`, what is on
 * disk has been taken over.
 *
 * Properties: `loading`, `policy`, `engine`, `paused`, `redirect-status`, `cors-origin`, `max-connections`,
 * `max-connections-per-client` and `nodes`, see their getters.
 */
struct _LbBalancer
{
  GObject parent_instance;

  LbPool *pool;
  LbProber *prober;
  LbFront front;
  LbEngine *engine;
  LbHaproxyAgentPort *agent_port;
  LbEndpoint *endpoint;
  LbKeeper *keeper;
  LbSamples *samples;
  LbHistorian *historian;

  char *override_policy;
  char *override_engine;
  int override_agent_port; /* or -1 */

  gint64 start_us;
  gboolean loading;

  LbSnapshot *snapshot;
  gint64 snapshot_us;
  guint64 snapshot_generation;
};

void     lb_balancer_apply_policy    (LbBalancer *self);
void     lb_balancer_apply_engine    (LbBalancer *self);
void     lb_balancer_update_engine   (LbBalancer *self);
gboolean lb_balancer_open_agent_port (LbBalancer *self,
                                      GError    **error);

G_END_DECLS
