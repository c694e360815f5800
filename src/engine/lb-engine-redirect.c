/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-engine"

#include "config.h"

#include "engine/lb-engine-redirect.h"

#include <glib/gi18n-lib.h>

/**
 * LbEngineRedirect:
 *
 * Carries traffic by telling each client where to go: the listener, the express lane and libsoup, which are
 * the front.
 */
struct _LbEngineRedirect
{
  LbEngine parent_instance;

  LbFront *front; /* its owner's, who outlives it */
};

G_DEFINE_FINAL_TYPE (LbEngineRedirect, lb_engine_redirect, LB_TYPE_ENGINE)

const LbEngineInfo lb_engine_redirect_info = {
  "redirect",
  N_("Redirecting clients"),
  N_("Each client is told where to go, and must be able to reach the backends itself."),
};

static void
lb_engine_redirect_start (LbEngine *engine)
{
  lb_listener_set_accepting (LB_ENGINE_REDIRECT (engine)->front->listener, TRUE);
}

static void
lb_engine_redirect_stop (LbEngine *engine)
{
  lb_listener_set_accepting (LB_ENGINE_REDIRECT (engine)->front->listener, FALSE);
}

static void
lb_engine_redirect_report (LbEngine *engine,
                           LbTraffic *traffic)
{
  lb_listener_get_traffic (LB_ENGINE_REDIRECT (engine)->front->listener, traffic);
}

static void
lb_engine_redirect_class_init (LbEngineRedirectClass *klass)
{
  LbEngineClass *engine_class = LB_ENGINE_CLASS (klass);

  engine_class->info = &lb_engine_redirect_info;
  engine_class->start = lb_engine_redirect_start;
  engine_class->stop = lb_engine_redirect_stop;
  engine_class->report = lb_engine_redirect_report;
}

static void
lb_engine_redirect_init (LbEngineRedirect *self)
{
}

/**
 * lb_engine_redirect_new:
 * @source: what it works with
 *
 * Returns: (transfer full): an engine that has not started
 */
LbEngine *
lb_engine_redirect_new (const LbEngineSource *source)
{
  LbEngineRedirect *self;

  g_return_val_if_fail (source != NULL, NULL);

  self = g_object_new (LB_TYPE_ENGINE_REDIRECT, NULL);
  self->front = source->front;

  return LB_ENGINE (self);
}
