/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-engine-haproxy.h"

#include <glib/gi18n-lib.h>

#include "engine/lb-haproxy-certificate.h"
#include "engine/lb-haproxy-child.h"
#include "engine/lb-haproxy-config.h"
#include "engine/lb-haproxy-figures.h"
#include "engine/lb-haproxy-fleet.h"
#include "engine/lb-haproxy-local.h"
#include "engine/lb-haproxy-pool.h"

/* How often figures are taken over, and learned from, however often there is a report. */
#define FIGURES_US (G_USEC_PER_SEC * 9 / 10)

/**
 * LbEngineHaproxy:
 *
 * Carries traffic by HAProxy: by one that it has started here, see [class@LbHaproxyLocal], and by those that run
 * elsewhere. All of them get the same servers by their runtime API, see [class@LbHaproxyFleet]; one that starts here
 * begins with those of the moment.
 *
 * As long as there is no HAProxy that serves, and while we are paused, our own listener takes the clients; and as
 * long as none answers, here or elsewhere, somebody else has to probe.
 */
struct _LbEngineHaproxy
{
  LbEngine parent_instance;

  LbEngineSource source;
  LbHaproxyLocal *local;
  gboolean started;

  LbHaproxyFleet *fleet; /* NULL while it is stopped */
  LbHaproxyPool *words;  /* the pool in HAProxy's words, as it was last; NULL while it is stopped */
  gint64 figures_us;     /* when figures were taken over last */
  char **left_out;   /* what HAProxy does not know, as it was told last */

  GSource *update; /* when something has changed */
};

G_DEFINE_FINAL_TYPE (LbEngineHaproxy, lb_engine_haproxy, LB_TYPE_ENGINE)

static gboolean
lb_engine_haproxy_can_start (GError **error)
{
  g_autofree char *program = lb_haproxy_child_find_program (error);

  return program != NULL;
}

static gboolean
lb_engine_haproxy_check_proxy (const LbProxySettings *settings,
                               GError **error)
{
  return lb_proxy_settings_check (settings, error) &&
         (settings->certificate == NULL ||
          lb_haproxy_certificate_check (settings->certificate, NULL, error));
}

const LbEngineInfo lb_engine_haproxy_info = {
  "haproxy",
  N_("Proxying with HAProxy"),
  N_("Requests and answers go through this computer. The figures are those of real requests."),
  lb_engine_haproxy_can_start,
  lb_engine_haproxy_check_proxy,
};

static gboolean
lb_engine_haproxy_is_wanted (LbEngineHaproxy *self)
{
  guint n_sockets;

  lb_listener_get_sockets (self->source.front->listener, &n_sockets);

  return self->started && n_sockets > 0 && !lb_redirector_get_paused (self->source.front->redirector);
}

static const LbProxySettings *
lb_engine_haproxy_get_proxy (LbEngineHaproxy *self)
{
  return &self->source.get_config (self->source.user_data)->proxy;
}

/* Whoever takes clients when HAProxy does not. We know no TLS: while there will be a HAProxy in a moment, clients
 * that speak it had better wait. */
static void
lb_engine_haproxy_update_listener (LbEngineHaproxy *self)
{
  const gboolean waits = lb_haproxy_local_is_starting (self->local) &&
                         lb_engine_haproxy_get_proxy (self)->certificate != NULL;

  lb_listener_set_accepting (self->source.front->listener,
                             self->started && lb_haproxy_local_get_runtime (self->local) == NULL && !waits);
}

static void
lb_engine_haproxy_update_soon (LbEngineHaproxy *self)
{
  if (self->started)
    g_source_set_ready_time (self->update, 0);
}

/* Says the pool in HAProxy's words as it is now. */
static void
lb_engine_haproxy_update_words (LbEngineHaproxy *self)
{
  LbPolicy *policy = lb_redirector_get_policy (self->source.front->redirector);
  const LbConfig *config = self->source.get_config (self->source.user_data);

  g_clear_pointer (&self->words, lb_haproxy_pool_free);
  self->words = lb_haproxy_pool_new (self->source.pool, lb_policy_get_info (policy)->name, &config->probe,
                                     &config->proxy, g_get_monotonic_time ());
}

/* The fleet */

/* Nobody measures any more: as long as we take the clients ourselves we must know how the backends are. */
static void
lb_engine_haproxy_end_figures (LbEngineHaproxy *self)
{
  lb_haproxy_figures_end (self->source.pool);
  lb_engine_set_probes (LB_ENGINE (self), FALSE);
}

static void
lb_engine_haproxy_on_reported (LbEngineHaproxy *self)
{
  const gint64 now_us = g_get_monotonic_time ();
  g_autoptr (LbHaproxyReport) report = NULL;

  if (now_us - self->figures_us < FIGURES_US)
    return;

  report = lb_haproxy_fleet_take_report (self->fleet);
  if (report == NULL)
    {
      lb_engine_haproxy_end_figures (self);
      return;
    }

  self->figures_us = now_us;
  lb_engine_set_probes (LB_ENGINE (self), TRUE);
  lb_engine_haproxy_update_words (self);
  lb_haproxy_figures_take (report, self->words, LB_ENGINE (self), self->source.pool);
  lb_haproxy_fleet_set_learned (self->fleet, self->words->wanted,
                                lb_haproxy_local_give (self->local, self->words->wanted));
}

static void
lb_engine_haproxy_begin (LbEngineHaproxy *self)
{
  if (self->fleet != NULL)
    return;

  self->fleet = lb_haproxy_fleet_new (LB_HAPROXY_PROXY);
  self->figures_us = 0;
  g_signal_connect_swapped (self->fleet, "reported", G_CALLBACK (lb_engine_haproxy_on_reported), self);
  g_signal_connect_swapped (self->fleet, "hung", G_CALLBACK (lb_haproxy_local_replace), self->local);
  g_signal_connect_swapped (self->fleet, "problem", G_CALLBACK (lb_engine_tell), self);
}

static void
lb_engine_haproxy_end (LbEngineHaproxy *self)
{
  if (self->fleet != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->fleet, self);
      g_signal_handlers_disconnect_by_data (self->fleet, self->local);
    }
  g_clear_object (&self->fleet);
  g_clear_pointer (&self->words, lb_haproxy_pool_free);
  lb_engine_haproxy_end_figures (self);
}

/* There is another HAProxy here, or none any more. */
static void
lb_engine_haproxy_on_local_changed (LbEngineHaproxy *self)
{
  lb_engine_haproxy_update_listener (self);
  if (self->fleet == NULL)
    return;

  lb_haproxy_fleet_set_local (self->fleet, lb_haproxy_local_get_runtime (self->local),
                              lb_haproxy_local_give (self->local, self->words->wanted));
  if (lb_haproxy_fleet_is_empty (self->fleet))
    lb_engine_haproxy_end_figures (self);
  else
    lb_engine_haproxy_update_soon (self);
}

/* What follows from how things are now */

/* Who is left out gets no requests, so a person must know; of what was told before, nothing. */
static void
lb_engine_haproxy_tell_left_out (LbEngineHaproxy *self)
{
  g_auto (GStrv) before = g_steal_pointer (&self->left_out);

  self->left_out = lb_exchange_notes_list (self->words->left_out);
  for (guint i = 0; self->left_out[i] != NULL; i++)
    if (before == NULL || !g_strv_contains ((const char *const *) before, self->left_out[i]))
      lb_engine_tell (LB_ENGINE (self), self->left_out[i]);
}

static void
lb_engine_haproxy_update (LbEngineHaproxy *self)
{
  const LbConfig *config = self->source.get_config (self->source.user_data);

  lb_engine_haproxy_begin (self);
  lb_engine_haproxy_update_words (self);

  if (lb_engine_haproxy_is_wanted (self))
    lb_haproxy_local_run (self->local, self->words, lb_haproxy_fleet_get_local_state (self->fleet));
  else
    lb_haproxy_local_finish (self->local);
  lb_engine_haproxy_update_listener (self);
  lb_engine_haproxy_tell_left_out (self);

  lb_haproxy_fleet_set_addresses (self->fleet, (const char *const *) config->nodes, self->words->wanted);
  lb_haproxy_fleet_set_wanted (self->fleet, self->words->wanted,
                               lb_haproxy_local_give (self->local, self->words->wanted));
}

static gboolean
lb_engine_haproxy_on_update (gpointer user_data)
{
  LbEngineHaproxy *self = user_data;

  g_source_set_ready_time (self->update, -1);
  lb_engine_haproxy_update (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
lb_engine_haproxy_source_dispatch (GSource *source G_GNUC_UNUSED,
                                   GSourceFunc callback,
                                   gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { .dispatch = lb_engine_haproxy_source_dispatch };

/* The engine */

static void
lb_engine_haproxy_start (LbEngine *engine)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (engine);

  self->started = TRUE;
  lb_engine_haproxy_update_listener (self);
  lb_engine_haproxy_update_soon (self);
}

static void
lb_engine_haproxy_stop (LbEngine *engine)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (engine);

  self->started = FALSE;
  g_source_set_ready_time (self->update, -1);
  lb_haproxy_local_finish (self->local);
  lb_engine_haproxy_update_listener (self);
  lb_engine_haproxy_end (self);
}

static void
lb_engine_haproxy_apply (LbEngine *engine)
{
  lb_engine_haproxy_update_soon (LB_ENGINE_HAPROXY (engine));
}

static void
lb_engine_haproxy_report (LbEngine *engine,
                          LbTraffic *traffic)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (engine);

  lb_listener_get_traffic (self->source.front->listener, traffic);
}

static gboolean
lb_engine_haproxy_is_secure (LbEngine *engine)
{
  return lb_engine_haproxy_get_proxy (LB_ENGINE_HAPROXY (engine))->certificate != NULL &&
         lb_engine_haproxy_can_start (NULL);
}

static GPtrArray *
lb_engine_haproxy_list_nodes (LbEngine *engine)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (engine);

  return self->fleet != NULL ? lb_haproxy_fleet_list_nodes (self->fleet, self->words, self->source.pool)
                             : lb_node_snapshot_new_list ();
}

/* A weight of 0 is how HAProxy drains, too. */
static void
lb_engine_haproxy_adopt_one (LbEngineHaproxy *self,
                             const LbHaproxyForeign *foreign)
{
  LbBackend *backend = lb_haproxy_pool_find_backend (self->words, foreign->name);
  const gboolean drains = foreign->weight == 0 && foreign->state == LB_STATE_READY;

  if (backend == NULL)
    return;

  lb_backend_set_state (backend, drains ? LB_STATE_DRAIN : foreign->state);
  if (!self->words->learns && foreign->weight > 0)
    lb_backend_set_weight (backend, MIN (foreign->weight, LB_WEIGHT_MAX), NULL);
}

/* Weights that are learned are not anybody's to set. */
static void
lb_engine_haproxy_adopt (LbEngine *engine,
                         const char *address)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (engine);
  const GPtrArray *foreign =
    self->fleet != NULL ? lb_haproxy_fleet_get_foreign (self->fleet, address) : NULL;

  for (guint i = 0; foreign != NULL && i < foreign->len; i++)
    lb_engine_haproxy_adopt_one (self, g_ptr_array_index (foreign, i));

  if (foreign != NULL && self->words->learns)
    lb_haproxy_fleet_undo_foreign (self->fleet, address);
}

static void
lb_engine_haproxy_undo (LbEngine *engine,
                        const char *address)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (engine);

  if (self->fleet != NULL)
    lb_haproxy_fleet_undo_foreign (self->fleet, address);
}

static void
lb_engine_haproxy_dispose (GObject *object)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (object);

  if (self->update != NULL)
    {
      lb_engine_haproxy_stop (LB_ENGINE (self));
      g_signal_handlers_disconnect_by_data (self->source.pool, self);
      g_source_destroy (self->update);
      g_clear_pointer (&self->update, g_source_unref);
    }
  if (self->local != NULL)
    g_signal_handlers_disconnect_by_data (self->local, self);
  g_clear_object (&self->local);

  G_OBJECT_CLASS (lb_engine_haproxy_parent_class)->dispose (object);
}

static void
lb_engine_haproxy_finalize (GObject *object)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (object);

  g_strfreev (self->left_out);

  G_OBJECT_CLASS (lb_engine_haproxy_parent_class)->finalize (object);
}

static void
lb_engine_haproxy_class_init (LbEngineHaproxyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  LbEngineClass *engine_class = LB_ENGINE_CLASS (klass);

  object_class->dispose = lb_engine_haproxy_dispose;
  object_class->finalize = lb_engine_haproxy_finalize;

  engine_class->info = &lb_engine_haproxy_info;
  engine_class->start = lb_engine_haproxy_start;
  engine_class->stop = lb_engine_haproxy_stop;
  engine_class->apply = lb_engine_haproxy_apply;
  engine_class->report = lb_engine_haproxy_report;
  engine_class->is_secure = lb_engine_haproxy_is_secure;
  engine_class->list_nodes = lb_engine_haproxy_list_nodes;
  engine_class->adopt = lb_engine_haproxy_adopt;
  engine_class->undo = lb_engine_haproxy_undo;
}

static void
lb_engine_haproxy_init (LbEngineHaproxy *self)
{
  self->update = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->update, "[lb] HAProxy");
  g_source_set_callback (self->update, lb_engine_haproxy_on_update, self, NULL);
  g_source_attach (self->update, g_main_context_get_thread_default ());
}

/**
 * lb_engine_haproxy_new:
 * @source: what it works with
 *
 * Returns: (transfer full): an engine that has not started
 */
LbEngine *
lb_engine_haproxy_new (const LbEngineSource *source)
{
  LbEngineHaproxy *self;

  g_return_val_if_fail (source != NULL, NULL);

  self = g_object_new (LB_TYPE_ENGINE_HAPROXY, NULL);
  self->source = *source;
  self->local = lb_haproxy_local_new (source);
  g_signal_connect_swapped (self->local, "serving", G_CALLBACK (lb_engine_haproxy_on_local_changed), self);
  g_signal_connect_swapped (self->local, "gone", G_CALLBACK (lb_engine_haproxy_on_local_changed), self);
  g_signal_connect_swapped (self->local, "due", G_CALLBACK (lb_engine_haproxy_update_soon), self);
  g_signal_connect_swapped (self->local, "problem", G_CALLBACK (lb_engine_tell), self);
  g_signal_connect_swapped (source->pool, "changed", G_CALLBACK (lb_engine_haproxy_update_soon), self);

  return LB_ENGINE (self);
}
