/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-balancer"

#include "config.h"

#include "lb-balancer-private.h"

#include <glib/gi18n-lib.h>

#include "engine/lb-haproxy-node-config.h"
#include "http/lb-socket.h"
#include "pool/lb-url.h"
#include "probe/lb-resolver.h"

/* Snapshots are taken at most ten times a second, however many ask. */
#define SNAPSHOT_AGE_US (G_USEC_PER_SEC / 10)

/* What is recent. */
#define RECENT_S 60

enum
{
  PROP_LOADING = 1,
  PROP_POLICY,
  PROP_ENGINE,
  PROP_PAUSED,
  PROP_REDIRECT_STATUS,
  PROP_CORS_ORIGIN,
  PROP_MAX_CONNECTIONS,
  PROP_MAX_CONNECTIONS_PER_CLIENT,
  PROP_NODES,
  N_PROPS
};

enum
{
  PROBLEM,
  PROBING_CHANGED,
  PROXYING_CHANGED,
  CONFIG_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbBalancer, lb_balancer, G_TYPE_OBJECT)

static void
lb_balancer_report (LbBalancer *self,
                    const char *message)
{
  g_signal_emit (self, signals[PROBLEM], 0, message);
}

static void lb_balancer_on_probed (LbBalancer *self,
                                   LbBackend *backend);
static void lb_balancer_update_prober (LbBalancer *self);

void
lb_balancer_apply_policy (LbBalancer *self)
{
  const char *name = self->override_policy != NULL ? self->override_policy
                                                   : lb_keeper_get_config (self->keeper)->policy;
  g_autoptr (GError) error = NULL;
  g_autoptr (LbPolicy) policy = NULL;

  policy = lb_policy_new (name, &error);
  if (policy == NULL)
    {
      lb_balancer_report (self, error->message);
      return;
    }

  if (lb_policy_get_info (policy) ==
      lb_policy_get_info (lb_redirector_get_policy (self->front.redirector)))
    return;

  lb_redirector_set_policy (self->front.redirector, policy);
  lb_engine_apply (self->engine);
  lb_event_feed_refresh (self->front.feed);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_POLICY]);
}

static const LbConfig *
lb_balancer_give_config (gpointer user_data)
{
  LbBalancer *self = user_data;

  return lb_keeper_get_config (self->keeper);
}

static void
lb_balancer_make_engine (LbBalancer *self,
                         const char *name)
{
  const LbEngineSource source = { self->pool, &self->front, lb_balancer_give_config, self };

  self->engine = lb_engine_new (name, &source, NULL);
  g_signal_connect_swapped (self->engine, "problem", G_CALLBACK (lb_balancer_report), self);
  g_signal_connect_swapped (self->engine, "probed", G_CALLBACK (lb_balancer_on_probed), self);
  g_signal_connect_swapped (self->engine, "probes-changed", G_CALLBACK (lb_balancer_update_prober), self);
  if (self->historian != NULL)
    lb_historian_set_engine (self->historian, self->engine);
}

static void
lb_balancer_drop_engine (LbBalancer *self)
{
  g_signal_handlers_disconnect_by_data (self->engine, self);
  lb_engine_stop (self->engine);
  g_clear_object (&self->engine);
}

/* What the engine does otherwise when a setting is another; it may also be another protocol. */
void
lb_balancer_update_engine (LbBalancer *self)
{
  lb_endpoint_set_secure (self->endpoint, lb_engine_is_secure (self->engine));
  lb_engine_apply (self->engine);
}

/* The sockets stay open while one hands over to the other. */
void
lb_balancer_apply_engine (LbBalancer *self)
{
  const char *name = self->override_engine != NULL ? self->override_engine
                                                   : lb_keeper_get_config (self->keeper)->engine;
  g_autoptr (GError) error = NULL;

  if (!lb_engine_check (name, &error))
    {
      lb_balancer_report (self, error->message);
      return;
    }

  if (g_str_equal (name, lb_balancer_get_engine (self)))
    return;

  lb_balancer_drop_engine (self);
  lb_balancer_make_engine (self, name);
  if (self->start_us != 0)
    lb_engine_start (self->engine);
  lb_balancer_update_engine (self);
  lb_balancer_update_prober (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ENGINE]);
}

/* It is at the addresses of the endpoint, whatever becomes of the endpoint's own ports. */
gboolean
lb_balancer_open_agent_port (LbBalancer *self,
                             GError **error)
{
  const guint16 port = self->start_us != 0 ? lb_balancer_get_agent_port (self) : 0;

  if (port != 0)
    return lb_haproxy_agent_port_open (self->agent_port, lb_endpoint_get_addresses (self->endpoint), port, error);

  lb_haproxy_agent_port_close (self->agent_port);

  return TRUE;
}

static void
lb_balancer_update_agent_port (LbBalancer *self)
{
  g_autoptr (GError) error = NULL;

  if (!lb_balancer_open_agent_port (self, &error))
    {
      g_autofree char *problem =
        g_strdup_printf ("%s %s", _("The port for HAProxy’s agent checks cannot be opened."), error->message);

      lb_balancer_report (self, problem);
    }
}

/* Takes over the settings, and then the backends: which of them would be ourselves depends on where we
 * are going to listen. */
static void
lb_balancer_apply (LbBalancer *self)
{
  const LbConfig *config = lb_keeper_get_config (self->keeper);
  guint16 ports[LB_ENDPOINT_PORTS];

  lb_prober_set_settings (self->prober, &config->probe);
  lb_redirector_set_status (self->front.redirector, config->redirect_status);
  lb_redirector_set_origin (self->front.redirector, config->cors_origin);
  lb_pool_set_panic_share (self->pool, config->panic_share);
  lb_balancer_apply_policy (self);

  lb_endpoint_update_own_address (self->endpoint);
  lb_endpoint_get_ports (self->endpoint, ports);
  lb_keeper_apply_backends (self->keeper, ports);

  lb_balancer_apply_engine (self);
  lb_balancer_update_engine (self);
}

static void
lb_balancer_set_loading (LbBalancer *self,
                         gboolean loading)
{
  if (self->loading == loading)
    return;

  self->loading = loading;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOADING]);
}

static void
lb_balancer_on_config_changed (LbBalancer *self)
{
  lb_balancer_set_loading (self, TRUE);
  lb_balancer_apply (self);
  lb_balancer_set_loading (self, self->start_us == 0);

  /* What goes wrong is the endpoint's error. */
  if (self->start_us != 0)
    lb_endpoint_open (self->endpoint, NULL);
  lb_balancer_update_agent_port (self);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_REDIRECT_STATUS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CORS_ORIGIN]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_CONNECTIONS]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_MAX_CONNECTIONS_PER_CLIENT]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NODES]);
  g_signal_emit (self, signals[CONFIG_CHANGED], 0);
}

/* Who asks for a redirect where there is only /stats is told where to go. */
static void
lb_balancer_on_uris (LbBalancer *self)
{
  lb_server_set_redirect_port (self->front.server, lb_listener_get_port (self->front.listener));
  lb_engine_apply (self->engine);
  lb_balancer_update_agent_port (self);
}

static void
lb_balancer_on_probed (LbBalancer *self,
                       LbBackend *backend)
{
  lb_policy_probed (lb_redirector_get_policy (self->front.redirector), self->pool, backend,
                    lb_backend_get_last_probe (backend), g_get_monotonic_time ());
}

/* While it is paused nobody asks for redirects, so how the backends are does not matter. An engine may probe
 * by itself. */
static void
lb_balancer_update_prober (LbBalancer *self)
{
  if (self->start_us != 0 && !lb_balancer_get_paused (self) && !lb_engine_probes (self->engine))
    lb_prober_start (self->prober);
  else
    lb_prober_stop (self->prober);
}

static LbSnapshot *
lb_balancer_give_snapshot (gpointer user_data)
{
  return lb_balancer_get_snapshot (user_data);
}

static LbHistorySlice *
lb_balancer_give_history (guint n_seconds,
                          gpointer user_data)
{
  return lb_balancer_get_history (user_data, n_seconds);
}

static void
lb_balancer_get_property (GObject *object,
                          guint prop_id,
                          GValue *value,
                          GParamSpec *pspec)
{
  LbBalancer *self = LB_BALANCER (object);

  switch (prop_id)
    {
    case PROP_LOADING:
      g_value_set_boolean (value, self->loading);
      break;

    case PROP_POLICY:
      g_value_set_string (value, lb_balancer_get_policy (self));
      break;

    case PROP_ENGINE:
      g_value_set_string (value, lb_balancer_get_engine (self));
      break;

    case PROP_PAUSED:
      g_value_set_boolean (value, lb_balancer_get_paused (self));
      break;

    case PROP_REDIRECT_STATUS:
      g_value_set_uint (value, lb_balancer_get_redirect_status (self));
      break;

    case PROP_CORS_ORIGIN:
      g_value_set_string (value, lb_balancer_get_cors_origin (self));
      break;

    case PROP_MAX_CONNECTIONS:
      g_value_set_uint (value, lb_balancer_get_max_connections (self));
      break;

    case PROP_MAX_CONNECTIONS_PER_CLIENT:
      g_value_set_uint (value, lb_balancer_get_max_connections_per_client (self));
      break;

    case PROP_NODES:
      g_value_set_boxed (value, lb_balancer_get_nodes (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_balancer_set_property (GObject *object,
                          guint prop_id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  LbBalancer *self = LB_BALANCER (object);

  switch (prop_id)
    {
    case PROP_PAUSED:
      lb_balancer_set_paused (self, g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_balancer_dispose (GObject *object)
{
  LbBalancer *self = LB_BALANCER (object);

  if (self->prober != NULL)
    g_signal_handlers_disconnect_by_data (self->prober, self);
  if (self->keeper != NULL)
    g_signal_handlers_disconnect_by_data (self->keeper, self);
  if (self->endpoint != NULL)
    g_signal_handlers_disconnect_by_data (self->endpoint, self);

  g_clear_object (&self->prober);
  g_clear_object (&self->historian);
  g_clear_object (&self->agent_port);
  g_clear_object (&self->endpoint);
  if (self->engine != NULL)
    lb_balancer_drop_engine (self);
  lb_front_clear (&self->front);
  g_clear_object (&self->samples);
  g_clear_object (&self->keeper);
  g_clear_object (&self->pool);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);

  G_OBJECT_CLASS (lb_balancer_parent_class)->dispose (object);
}

static void
lb_balancer_finalize (GObject *object)
{
  LbBalancer *self = LB_BALANCER (object);

  g_clear_pointer (&self->override_policy, g_free);
  g_clear_pointer (&self->override_engine, g_free);

  G_OBJECT_CLASS (lb_balancer_parent_class)->finalize (object);
}

static void
lb_balancer_class_init (LbBalancerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = lb_balancer_dispose;
  object_class->finalize = lb_balancer_finalize;
  object_class->get_property = lb_balancer_get_property;
  object_class->set_property = lb_balancer_set_property;

  properties[PROP_LOADING] =
    g_param_spec_boolean ("loading", NULL, NULL, TRUE, flags | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_POLICY] =
    g_param_spec_string ("policy", NULL, NULL, LB_POLICY_DEFAULT, flags);
  properties[PROP_ENGINE] =
    g_param_spec_string ("engine", NULL, NULL, LB_CONFIG_DEFAULT_ENGINE, flags | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * LbBalancer:paused:
   *
   * Whether every request is answered 503 and no backend is probed. It is not saved.
   */
  properties[PROP_PAUSED] = g_param_spec_boolean ("paused", NULL, NULL, FALSE,
                                                  G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS |
                                                    G_PARAM_EXPLICIT_NOTIFY);

  properties[PROP_REDIRECT_STATUS] =
    g_param_spec_uint ("redirect-status", NULL, NULL, 301, 308, LB_CONFIG_DEFAULT_REDIRECT_STATUS,
                       flags | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_CORS_ORIGIN] =
    g_param_spec_string ("cors-origin", NULL, NULL, LB_CONFIG_DEFAULT_ORIGIN,
                         flags | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_MAX_CONNECTIONS] =
    g_param_spec_uint ("max-connections", NULL, NULL, 0, LB_CONFIG_MAX_CONNECTIONS, 0,
                       flags | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_NODES] =
    g_param_spec_boxed ("nodes", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_MAX_CONNECTIONS_PER_CLIENT] =
    g_param_spec_uint ("max-connections-per-client", NULL, NULL, 0, LB_CONFIG_MAX_CONNECTIONS, 0,
                       flags | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PROBING_CHANGED] = g_signal_new ("probing-changed", G_TYPE_FROM_CLASS (klass),
                                           G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PROXYING_CHANGED] = g_signal_new ("proxying-changed", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CONFIG_CHANGED] = g_signal_new ("config-changed", G_TYPE_FROM_CLASS (klass),
                                          G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
lb_balancer_init (LbBalancer *self)
{
  const LbStatsSource source = { lb_balancer_give_snapshot, lb_balancer_give_history, self };

  self->loading = TRUE;
  self->pool = lb_pool_new ();
  lb_resolver_install ();
  self->prober = lb_prober_new (self->pool);
  lb_front_init (&self->front, self->pool, &source);
  lb_balancer_make_engine (self, LB_CONFIG_DEFAULT_ENGINE);
  self->historian = lb_historian_new (self->pool, self->engine);
  self->agent_port = lb_haproxy_agent_port_new (self->pool);
  self->override_agent_port = -1;

  lb_prober_set_own_server (self->prober, lb_redirector_get_identity (self->front.redirector));
  g_signal_connect_swapped (self->prober, "probed", G_CALLBACK (lb_balancer_on_probed), self);
}

/**
 * lb_balancer_new:
 * @config_path: (nullable): the configuration file, or %NULL for the person's own
 *
 * Returns: (transfer full): a balancer with an empty pool that has not loaded anything yet
 */
LbBalancer *
lb_balancer_new (const char *config_path)
{
  LbBalancer *self = g_object_new (LB_TYPE_BALANCER, NULL);

  self->keeper = lb_keeper_new (self->pool, config_path);
  g_signal_connect_swapped (self->keeper, "changed", G_CALLBACK (lb_balancer_on_config_changed), self);
  g_signal_connect_swapped (self->keeper, "problem", G_CALLBACK (lb_balancer_report), self);

  self->endpoint = lb_endpoint_new (self->pool, self->keeper, &self->front);
  g_signal_connect_swapped (self->endpoint, "notify::uris", G_CALLBACK (lb_balancer_on_uris), self);

  return self;
}

/**
 * lb_balancer_load:
 * @self: a balancer
 * @overrides: (nullable): what lies over the configuration in this run
 *
 * Reads what is remembered. Whatever is wrong with it is told by the `problem` signal; the rest
 * holds.
 */
void
lb_balancer_load (LbBalancer *self,
                  const LbOverrides *overrides)
{
  g_return_if_fail (LB_IS_BALANCER (self));

  if (overrides != NULL)
    {
      lb_endpoint_override (self->endpoint, (const char *const *) overrides->listen,
                            overrides->port, overrides->stats_port);
      self->override_policy = g_strdup (overrides->policy);
      self->override_engine = g_strdup (overrides->engine);
      self->override_agent_port = overrides->agent_port;
      lb_express_lane_set_open (self->front.lane, !overrides->no_express_lane);
    }

  lb_keeper_load (self->keeper);
  lb_balancer_apply (self);
}

/**
 * lb_balancer_start:
 * @self: a balancer that has loaded
 * @error: return location for a #GError
 *
 * Starts probing and listening. If listening fails, probing goes on, and the endpoint says why and can
 * try again.
 *
 * Sets what lb_endpoint_open() sets.
 *
 * Returns: %TRUE if it listens
 */
gboolean
lb_balancer_start (LbBalancer *self,
                   GError **error)
{
  gboolean listens;

  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);

  if (self->start_us == 0)
    {
      self->start_us = g_get_monotonic_time ();
      lb_socket_raise_file_limit ();
      lb_balancer_update_prober (self);
      lb_historian_start (self->historian);
      lb_engine_start (self->engine);
      lb_balancer_set_loading (self, FALSE);
    }

  listens = lb_endpoint_open (self->endpoint, error);
  lb_balancer_update_agent_port (self);

  return listens;
}

/**
 * lb_balancer_stop:
 * @self: a balancer
 * @error: return location for a #GError
 *
 * Stops listening and probing, and waits until everything that changed is on disk.
 *
 * Returns: %TRUE if it is
 */
gboolean
lb_balancer_stop (LbBalancer *self,
                  GError **error)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  lb_engine_stop (self->engine);
  lb_endpoint_close (self->endpoint);
  lb_haproxy_agent_port_close (self->agent_port);
  lb_prober_stop (self->prober);
  lb_historian_stop (self->historian);

  return lb_keeper_flush (self->keeper, error);
}

/**
 * lb_balancer_set_paused:
 * @self: a balancer
 * @paused: whether to pause
 *
 * While it is paused every request is answered 503 and nobody is probed; what is known of the backends
 * stays. When it goes on all are probed at once, and one that has gone meanwhile takes as many bad
 * probes as ever to be down. It can be paused before it is started.
 */
void
lb_balancer_set_paused (LbBalancer *self,
                        gboolean paused)
{
  g_return_if_fail (LB_IS_BALANCER (self));

  paused = paused != FALSE;
  if (lb_balancer_get_paused (self) == paused)
    return;

  lb_redirector_set_paused (self->front.redirector, paused);
  lb_engine_apply (self->engine);
  lb_balancer_update_prober (self);

  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  lb_event_feed_refresh (self->front.feed);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PAUSED]);
}

/**
 * lb_balancer_get_paused:
 * @self: a balancer
 *
 * Returns: whether every request is answered 503
 */
gboolean
lb_balancer_get_paused (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  return lb_redirector_get_paused (self->front.redirector);
}

/**
 * lb_balancer_get_loading:
 * @self: a balancer
 *
 * Returns: whether the pool and the settings are becoming what the configuration and the command line
 *   say: until it starts, and while a change on disk is taken over
 */
gboolean
lb_balancer_get_loading (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  return self->loading;
}

/**
 * lb_balancer_get_pool:
 * @self: a balancer
 *
 * Returns: (transfer none): its pool
 */
LbPool *
lb_balancer_get_pool (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  return self->pool;
}

/**
 * lb_balancer_get_endpoint:
 * @self: a balancer
 *
 * Returns: (transfer none): where it listens
 */
LbEndpoint *
lb_balancer_get_endpoint (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  return self->endpoint;
}

/**
 * lb_balancer_add_backend:
 * @self: a balancer
 * @url: where the backend is
 * @transient: %TRUE if it is for this run only
 * @error: return location for a #GError
 *
 * Adds a backend at the end of the pool.
 *
 * Sets %LB_POOL_ERROR_INVALID_URL, %LB_POOL_ERROR_DUPLICATE or %LB_POOL_ERROR_OWN_ADDRESS.
 *
 * Returns: (transfer none) (nullable): the backend
 */
LbBackend *
lb_balancer_add_backend (LbBalancer *self,
                         const char *url,
                         gboolean transient,
                         GError **error)
{
  g_autoptr (LbBackend) backend = NULL;

  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  backend = lb_backend_new (url, error);
  if (backend == NULL)
    return NULL;

  lb_backend_set_transient (backend, transient);
  if (!lb_balancer_restore_backend (self, backend, G_MAXUINT, error))
    return NULL;

  return backend;
}

/**
 * lb_balancer_freeze_pool:
 * @self: a balancer
 *
 * Freezes the pool for a change of many backends, until lb_pool_thaw(). They are checked against the
 * addresses that the computer has now.
 */
void
lb_balancer_freeze_pool (LbBalancer *self)
{
  g_return_if_fail (LB_IS_BALANCER (self));

  lb_endpoint_update_own_address (self->endpoint);
  lb_pool_freeze (self->pool);
}

/**
 * lb_balancer_restore_backend:
 * @self: a balancer
 * @backend: a backend that no pool has, such as one that was removed
 * @position: its place; past the end is the end
 * @error: return location for a #GError
 *
 * Puts a backend into the pool, with the figures it has.
 *
 * Sets %LB_POOL_ERROR_DUPLICATE or %LB_POOL_ERROR_OWN_ADDRESS.
 *
 * Returns: %TRUE if it is there
 */
gboolean
lb_balancer_restore_backend (LbBalancer *self,
                             LbBackend *backend,
                             guint position,
                             GError **error)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (LB_IS_BACKEND (backend), FALSE);

  /* The computer may have got another address since the last one was added. */
  if (!lb_pool_is_frozen (self->pool))
    lb_endpoint_update_own_address (self->endpoint);

  return lb_pool_insert (self->pool, backend, position, error);
}

/**
 * lb_balancer_replace_backend:
 * @self: a balancer
 * @backend: one of its backends
 * @replacement: a backend that no pool has
 * @error: return location for a #GError
 *
 * Puts another backend at the place of one.
 *
 * Sets %LB_POOL_ERROR_DUPLICATE or %LB_POOL_ERROR_OWN_ADDRESS.
 *
 * Returns: %TRUE if @replacement is there now
 */
gboolean
lb_balancer_replace_backend (LbBalancer *self,
                             LbBackend *backend,
                             LbBackend *replacement,
                             GError **error)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  lb_endpoint_update_own_address (self->endpoint);

  return lb_pool_replace (self->pool, backend, replacement, error);
}

/**
 * lb_balancer_remove_backend:
 * @self: a balancer
 * @backend: one of its backends
 */
void
lb_balancer_remove_backend (LbBalancer *self,
                            LbBackend *backend)
{
  g_return_if_fail (LB_IS_BALANCER (self));

  lb_pool_remove (self->pool, backend);
}

/**
 * lb_balancer_add_samples:
 * @self: a balancer
 * @error: return location for a #GError
 *
 * Starts three sample backends of different speed in this process, and adds them for this run. A
 * sample that is still in the pool is not added again.
 *
 * Returns: %TRUE if they run
 */
gboolean
lb_balancer_add_samples (LbBalancer *self,
                         GError **error)
{
  const char *const *urls;

  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  if (self->samples == NULL)
    self->samples = lb_samples_new (error);
  if (self->samples == NULL)
    return FALSE;

  urls = lb_samples_get_urls (self->samples);
  for (guint i = 0; urls[i] != NULL; i++)
    if (lb_pool_find (self->pool, urls[i]) == NULL &&
        lb_balancer_add_backend (self, urls[i], TRUE, error) == NULL)
      return FALSE;

  return TRUE;
}

/* What others reach us by: an address that we listen on, or one that the computer has if we listen on all. IPv4
 * comes first. */
static char *
lb_balancer_find_own_host (LbBalancer *self)
{
  g_auto (GStrv) hosts = lb_socket_list_local_hosts ();
  const char *const *addresses = lb_endpoint_get_addresses (self->endpoint);
  g_autofree char *found = NULL;

  for (guint i = 0; addresses[i] != NULL; i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (addresses[i]);

      if (address != NULL && !g_inet_address_get_is_any (address))
        return g_strdup (addresses[i]);
      if (address == NULL)
        return g_strdup ("127.0.0.1");
    }

  for (guint i = 0; hosts[i] != NULL; i++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (hosts[i]);

      if (address == NULL || lb_url_host_is_loopback (hosts[i]) || g_inet_address_get_is_link_local (address))
        continue;
      if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4)
        return g_strdup (hosts[i]);
      if (found == NULL)
        found = g_strdup (hosts[i]);
    }

  return found != NULL ? g_steal_pointer (&found) : g_strdup ("127.0.0.1");
}

/**
 * lb_balancer_make_node_configuration:
 * @self: a balancer that has loaded
 * @notes: (out) (transfer full) (array zero-terminated=1): sentences on what HAProxy cannot do of it
 *
 * Writes a configuration for a HAProxy elsewhere that is to carry the same traffic, and that asks our agent port
 * if there is one.
 *
 * Returns: (transfer full): the text of a file
 */
char *
lb_balancer_make_node_configuration (LbBalancer *self,
                                     char ***notes)
{
  const LbConfig *config;
  LbHaproxyAgentAddress agent = { NULL, 0 };
  g_autofree char *host = NULL;
  g_autoptr (LbHaproxyPool) pool = NULL;
  char *text;

  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);
  g_return_val_if_fail (notes != NULL, NULL);

  config = lb_keeper_get_config (self->keeper);
  host = lb_balancer_find_own_host (self);
  agent.host = host;
  agent.port = lb_balancer_get_agent_port (self);

  pool = lb_haproxy_pool_new (self->pool, lb_balancer_get_policy (self), &config->probe, &config->proxy,
                              g_get_monotonic_time ());
  text = lb_haproxy_node_config_make (pool, config, lb_endpoint_get_port (self->endpoint),
                                      agent.port != 0 ? &agent : NULL);
  *notes = lb_exchange_notes_list (pool->left_out);

  return text;
}

/**
 * lb_balancer_probe_now:
 * @self: a balancer that has been started
 * @backend: (nullable): one of its backends, or %NULL for all
 *
 * Probes without waiting for the time that it is due. Who is in maintenance is left alone, and at
 * most 1000 probes start in a second, as ever. Nothing happens while the balancer is paused.
 */
void
lb_balancer_probe_now (LbBalancer *self,
                       LbBackend *backend)
{
  g_return_if_fail (LB_IS_BALANCER (self));
  g_return_if_fail (backend == NULL || LB_IS_BACKEND (backend));

  lb_prober_probe_now (self->prober, backend);
}

/**
 * lb_balancer_test_async:
 * @self: a balancer
 * @url: the URL of a backend, which need not be in the pool
 * @settings: how to probe it
 * @cancellable: (nullable): a cancellable
 * @callback: called when it is over, with whatever source object
 * @user_data: for @callback
 *
 * Probes once, for a person to look at. It counts for nothing.
 */
void
lb_balancer_test_async (LbBalancer *self,
                        const char *url,
                        const LbProbeSettings *settings,
                        GCancellable *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  g_return_if_fail (LB_IS_BALANCER (self));

  lb_prober_test_async (self->prober, url, settings, cancellable, callback, user_data);
}

/**
 * lb_balancer_test_finish:
 * @self: a balancer
 * @result: what the callback got
 * @error: return location for a #GError
 *
 * Sets a #GIOErrorEnum, or %LB_POOL_ERROR_INVALID_URL or %LB_POOL_ERROR_INVALID_SETTING when there was
 * nothing to be probed.
 *
 * Returns: (transfer full) (nullable): what the probe saw
 */
LbProbeReport *
lb_balancer_test_finish (LbBalancer *self,
                         GAsyncResult *result,
                         GError **error)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  return lb_prober_test_finish (self->prober, result, error);
}

static void
lb_balancer_fill_nodes (LbBalancer *self,
                        LbSnapshot *snapshot)
{
  g_autoptr (GPtrArray) nodes = lb_engine_list_nodes (self->engine);

  lb_snapshot_fill_nodes (snapshot, nodes);
}

static void
lb_balancer_fill_shares (LbBalancer *self,
                         LbSnapshot *snapshot,
                         gint64 now_us)
{
  g_autoptr (LbHistorySlice) recent = lb_historian_get_slice (self->historian, RECENT_S);
  g_autofree double *expected = g_new (double, snapshot->n_backends);
  LbHistoryTotal total;
  gboolean known;

  lb_history_slice_read_totals (recent, RECENT_S, 1, &total);
  known = lb_policy_expect_shares (lb_redirector_get_policy (self->front.redirector), self->pool,
                                   MAX (total.redirects_per_s, 0.0), now_us, expected);
  lb_snapshot_fill_shares (snapshot, recent, known ? expected : NULL);
}

/**
 * lb_balancer_get_snapshot:
 * @self: a balancer
 *
 * Takes a picture, or gives the last one if it is younger than 100 ms and the pool has not changed
 * since.
 *
 * Returns: (transfer full): the snapshot
 */
LbSnapshot *
lb_balancer_get_snapshot (LbBalancer *self)
{
  const gint64 now_us = g_get_monotonic_time ();
  LbTraffic traffic;
  guint64 generation;

  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  generation = lb_pool_get_generation (self->pool);

  if (self->snapshot == NULL || self->snapshot_generation != generation ||
      now_us - self->snapshot_us >= SNAPSHOT_AGE_US)
    {
      g_clear_pointer (&self->snapshot, lb_snapshot_unref);
      lb_engine_report (self->engine, &traffic);
      self->snapshot =
        lb_snapshot_new (self->pool, lb_balancer_get_policy (self),
                         lb_endpoint_get_uris (self->endpoint), &traffic,
                         lb_prober_get_interval_ms (self->prober), g_get_real_time (), now_us,
                         self->start_us > 0 ? self->start_us : now_us);
      lb_balancer_fill_shares (self, self->snapshot, now_us);
      lb_balancer_fill_nodes (self, self->snapshot);
      self->snapshot_us = now_us;
      self->snapshot_generation = generation;
    }

  return lb_snapshot_ref (self->snapshot);
}

static gboolean
lb_balancer_has_node (LbBalancer *self,
                      const char *address,
                      GError **error)
{
  g_autoptr (LbSnapshot) snapshot = lb_balancer_get_snapshot (self);

  if (lb_snapshot_find_node (snapshot, address) != NULL)
    return TRUE;

  g_set_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE, _ ("There is no node “%s”."), address);

  return FALSE;
}

/**
 * lb_balancer_adopt_node_changes:
 * @self: a balancer
 * @address: what one of the snapshot's nodes is named by
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Takes what somebody else has changed at this node over into the pool, and so to all nodes.
 *
 * Returns: %TRUE if there is such a node
 */
gboolean
lb_balancer_adopt_node_changes (LbBalancer *self,
                                const char *address,
                                GError **error)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  if (!lb_balancer_has_node (self, address, error))
    return FALSE;

  lb_engine_adopt (self->engine, address);

  return TRUE;
}

/**
 * lb_balancer_undo_node_changes:
 * @self: a balancer
 * @address: what one of the snapshot's nodes is named by
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Makes the backends at this node as the pool has them, whatever somebody else has changed.
 *
 * Returns: %TRUE if there is such a node
 */
gboolean
lb_balancer_undo_node_changes (LbBalancer *self,
                               const char *address,
                               GError **error)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  if (!lb_balancer_has_node (self, address, error))
    return FALSE;

  lb_engine_undo (self->engine, address);

  return TRUE;
}

/**
 * lb_balancer_get_history:
 * @self: a balancer
 * @n_seconds: how many seconds up to now, 1 to %LB_HISTORY_SECONDS
 *
 * Returns: (transfer full): the last part of the history, second by second since it started
 */
LbHistorySlice *
lb_balancer_get_history (LbBalancer *self,
                         guint n_seconds)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  return lb_historian_get_slice (self->historian, n_seconds);
}

