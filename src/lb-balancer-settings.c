/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-balancer"

#include "config.h"

#include "lb-balancer-private.h"

#include <glib/gi18n-lib.h>

#include "pool/lb-node-address.h"

/*
 * What a person sets of a balancer. Each setting is refused with a reason, or takes effect at once and is remembered.
 */

/**
 * lb_balancer_get_probe_settings:
 * @self: a balancer that has loaded
 *
 * Returns: (transfer none): how backends are probed that are no exception, until it is changed
 */
const LbProbeSettings *
lb_balancer_get_probe_settings (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, NULL);

  return &lb_keeper_get_config (self->keeper)->probe;
}

/**
 * lb_balancer_set_probe_settings:
 * @self: a balancer that has loaded
 * @settings: how backends are probed that are no exception; copied
 *
 * Probes otherwise and remembers it.
 */
void
lb_balancer_set_probe_settings (LbBalancer *self,
                                const LbProbeSettings *settings)
{
  LbProbeSettings *kept;

  g_return_if_fail (LB_IS_BALANCER (self));
  g_return_if_fail (lb_keeper_get_config (self->keeper) != NULL);
  g_return_if_fail (settings != NULL);

  kept = &lb_keeper_get_config (self->keeper)->probe;
  if (lb_probe_settings_equal (kept, settings))
    return;

  lb_probe_settings_copy (kept, settings);
  lb_prober_set_settings (self->prober, kept);
  lb_engine_apply (self->engine);
  lb_keeper_save (self->keeper);
  g_signal_emit_by_name (self, "probing-changed");
}

/**
 * lb_balancer_get_panic_share:
 * @self: a balancer that has loaded
 *
 * Returns: 0 to 1; when a smaller share of the backends than this is healthy, their health is
 *   ignored
 */
double
lb_balancer_get_panic_share (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), 0.0);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, 0.0);

  return lb_keeper_get_config (self->keeper)->panic_share;
}

/**
 * lb_balancer_set_panic_share:
 * @self: a balancer that has loaded
 * @share: 0 to 1; 0 for never
 *
 * Says when health is ignored, see lb_pool_set_panic_share(), and remembers it.
 */
void
lb_balancer_set_panic_share (LbBalancer *self,
                             double share)
{
  g_return_if_fail (LB_IS_BALANCER (self));
  g_return_if_fail (lb_keeper_get_config (self->keeper) != NULL);
  g_return_if_fail (share >= 0.0 && share <= 1.0);

  lb_keeper_get_config (self->keeper)->panic_share = share;
  lb_pool_set_panic_share (self->pool, share);
  lb_keeper_save (self->keeper);
  g_signal_emit_by_name (self, "probing-changed");
}

/**
 * lb_balancer_get_redirect_status:
 * @self: a balancer that has loaded
 *
 * Returns: the status that redirects are answered with
 */
guint
lb_balancer_get_redirect_status (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), 0);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, 0);

  return lb_keeper_get_config (self->keeper)->redirect_status;
}

/**
 * lb_balancer_set_redirect_status:
 * @self: a balancer that has loaded
 * @status: 301, 302, 303, 307 or 308
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Redirects with another status and remembers it.
 *
 * Returns: %TRUE if it does
 */
gboolean
lb_balancer_set_redirect_status (LbBalancer *self,
                                 guint status,
                                 GError **error)
{
  LbConfig *config;

  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);

  if (!lb_config_check_status (status, error))
    return FALSE;

  config = lb_keeper_get_config (self->keeper);
  if (config->redirect_status == status)
    return TRUE;

  config->redirect_status = status;
  lb_redirector_set_status (self->front.redirector, status);
  lb_keeper_save (self->keeper);
  g_object_notify (G_OBJECT (self), "redirect-status");

  return TRUE;
}

/**
 * lb_balancer_get_cors_origin:
 * @self: a balancer that has loaded
 *
 * Returns: (transfer none): the origin whose pages a browser lets read our answers, or `*` for all
 */
const char *
lb_balancer_get_cors_origin (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, NULL);

  return lb_keeper_get_config (self->keeper)->cors_origin;
}

/**
 * lb_balancer_set_cors_origin:
 * @self: a balancer that has loaded
 * @origin: an origin, or `*`
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Says it in every answer from now on, and remembers it as lb_config_check_origin() gives it.
 *
 * Returns: %TRUE if it does
 */
gboolean
lb_balancer_set_cors_origin (LbBalancer *self,
                             const char *origin,
                             GError **error)
{
  g_autofree char *checked = NULL;
  LbConfig *config;

  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);

  if (!lb_config_check_origin (origin, &checked, error))
    return FALSE;

  config = lb_keeper_get_config (self->keeper);
  if (g_str_equal (config->cors_origin, checked))
    return TRUE;

  g_free (config->cors_origin);
  config->cors_origin = g_steal_pointer (&checked);
  lb_redirector_set_origin (self->front.redirector, config->cors_origin);
  lb_engine_apply (self->engine);
  lb_keeper_save (self->keeper);
  g_object_notify (G_OBJECT (self), "cors-origin");

  return TRUE;
}

/**
 * lb_balancer_get_max_connections:
 * @self: a balancer that has loaded
 *
 * Returns: how many clients may be connected at once; 0 for as many as there are descriptors
 */
guint
lb_balancer_get_max_connections (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), 0);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, 0);

  return lb_keeper_get_config (self->keeper)->max_connections;
}

/* Takes over how many connections there may be, in all or of one client. */
static gboolean
lb_balancer_set_limit (LbBalancer *self,
                       guint *limit,
                       guint max,
                       const char *property,
                       GError **error)
{
  if (max > LB_CONFIG_MAX_CONNECTIONS)
    {
      g_set_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
                   _("%u connections are too many. Use %d at the most."), max,
                   LB_CONFIG_MAX_CONNECTIONS);
      return FALSE;
    }

  if (*limit == max)
    return TRUE;

  *limit = max;
  lb_endpoint_update_limit (self->endpoint);
  lb_engine_apply (self->engine);
  lb_keeper_save (self->keeper);
  g_object_notify (G_OBJECT (self), property);

  return TRUE;
}

/**
 * lb_balancer_set_max_connections:
 * @self: a balancer that has loaded
 * @max_connections: how many clients may be connected at once, to %LB_CONFIG_MAX_CONNECTIONS; 0 for as
 *   many as there are descriptors
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Holds to it from the next client on, and remembers it.
 *
 * Returns: %TRUE if it does
 */
gboolean
lb_balancer_set_max_connections (LbBalancer *self,
                                 guint max_connections,
                                 GError **error)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);

  return lb_balancer_set_limit (self, &lb_keeper_get_config (self->keeper)->max_connections,
                                max_connections, "max-connections", error);
}

/**
 * lb_balancer_get_max_connections_per_client:
 * @self: a balancer that has loaded
 *
 * Returns: how many connections each client may have at once; 0 for any number
 */
guint
lb_balancer_get_max_connections_per_client (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), 0);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, 0);

  return lb_keeper_get_config (self->keeper)->max_connections_per_client;
}

/**
 * lb_balancer_set_max_connections_per_client:
 * @self: a balancer that has loaded
 * @max: how many connections each client may have at once, to %LB_CONFIG_MAX_CONNECTIONS; 0 for any
 *   number
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Closes further ones from now on, see lb_listener_set_max_per_client(), and remembers it.
 *
 * Returns: %TRUE if it does
 */
gboolean
lb_balancer_set_max_connections_per_client (LbBalancer *self,
                                            guint max,
                                            GError **error)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);

  return lb_balancer_set_limit (self, &lb_keeper_get_config (self->keeper)->max_connections_per_client,
                                max, "max-connections-per-client", error);
}

/**
 * lb_balancer_get_proxy_settings:
 * @self: a balancer that has loaded
 *
 * Returns: (transfer none): how traffic is proxied by an engine that does, until it is changed
 */
const LbProxySettings *
lb_balancer_get_proxy_settings (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, NULL);

  return &lb_keeper_get_config (self->keeper)->proxy;
}

/**
 * lb_balancer_set_proxy_settings:
 * @self: a balancer that has loaded
 * @settings: how traffic is to be proxied; copied
 * @error: return location for a %LB_POOL_ERROR_INVALID_SETTING
 *
 * Proxies otherwise and remembers it. What an engine cannot do of it is told by the `problem` signal.
 *
 * Returns: %TRUE if each setting is what it must be
 */
gboolean
lb_balancer_set_proxy_settings (LbBalancer *self,
                                const LbProxySettings *settings,
                                GError **error)
{
  LbProxySettings *kept;

  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);
  g_return_val_if_fail (settings != NULL, FALSE);

  if (!lb_proxy_settings_check (settings, error))
    return FALSE;

  kept = &lb_keeper_get_config (self->keeper)->proxy;
  if (lb_proxy_settings_equal (kept, settings))
    return TRUE;

  lb_proxy_settings_copy (kept, settings);
  lb_balancer_update_engine (self);
  lb_keeper_save (self->keeper);
  g_signal_emit_by_name (self, "proxying-changed");

  return TRUE;
}

/**
 * lb_balancer_get_policy:
 * @self: a balancer
 *
 * Returns: the name of the policy in use
 */
const char *
lb_balancer_get_policy (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  return lb_policy_get_info (lb_redirector_get_policy (self->front.redirector))->name;
}

/**
 * lb_balancer_is_policy_overridden:
 * @self: a balancer
 *
 * Returns: whether the command line says the policy, for this run
 */
gboolean
lb_balancer_is_policy_overridden (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  return self->override_policy != NULL;
}

/**
 * lb_balancer_set_policy:
 * @self: a balancer that has loaded
 * @name: its name, or what HAProxy or nginx call it
 * @error: return location for a #GError
 *
 * Chooses by another policy and remembers it. Backends keep their figures.
 *
 * Sets %LB_POLICY_ERROR_UNKNOWN.
 *
 * Returns: %TRUE if it is in use
 */
gboolean
lb_balancer_set_policy (LbBalancer *self,
                        const char *name,
                        GError **error)
{
  g_autoptr (LbPolicy) policy = NULL;
  LbConfig *config;

  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);

  policy = lb_policy_new (name, error);
  if (policy == NULL)
    return FALSE;

  config = lb_keeper_get_config (self->keeper);
  g_clear_pointer (&self->override_policy, g_free);
  g_free (config->policy);
  config->policy = g_strdup (lb_policy_get_info (policy)->name);

  lb_balancer_apply_policy (self);
  lb_keeper_save (self->keeper);

  return TRUE;
}

/**
 * lb_balancer_get_engine:
 * @self: a balancer
 *
 * Returns: the name of the engine that carries the traffic
 */
const char *
lb_balancer_get_engine (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  return lb_engine_get_info (self->engine)->name;
}

/**
 * lb_balancer_is_engine_overridden:
 * @self: a balancer
 *
 * Returns: whether the command line says the engine, for this run
 */
gboolean
lb_balancer_is_engine_overridden (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  return self->override_engine != NULL;
}

/**
 * lb_balancer_set_engine:
 * @self: a balancer that has loaded
 * @name: see lb_engine_list()
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Lets another engine carry the traffic and remembers it. Nobody is refused while one hands over to the
 * other. What keeps the new one from it is told by the `problem` signal.
 *
 * Returns: %TRUE if there is such an engine
 */
gboolean
lb_balancer_set_engine (LbBalancer *self,
                        const char *name,
                        GError **error)
{
  LbConfig *config;

  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);

  if (!lb_engine_check (name, error))
    return FALSE;

  config = lb_keeper_get_config (self->keeper);
  g_clear_pointer (&self->override_engine, g_free);
  g_free (config->engine);
  config->engine = g_strdup (name);

  lb_balancer_apply_engine (self);
  lb_keeper_save (self->keeper);

  return TRUE;
}

/**
 * lb_balancer_get_nodes:
 * @self: a balancer that has loaded
 *
 * Returns: (transfer none) (array zero-terminated=1): the addresses of further nodes that carry traffic, by an engine
 *   that has such
 */
const char *const *
lb_balancer_get_nodes (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, NULL);

  return (const char *const *) lb_keeper_get_config (self->keeper)->nodes;
}

/* Remembers them, and lets the engine know. */
static void
lb_balancer_change_nodes (LbBalancer *self,
                          GStrvBuilder *nodes)
{
  LbConfig *config = lb_keeper_get_config (self->keeper);

  g_strfreev (config->nodes);
  config->nodes = g_strv_builder_end (nodes);
  lb_engine_apply (self->engine);
  lb_keeper_save (self->keeper);
  g_object_notify (G_OBJECT (self), "nodes");
}

/**
 * lb_balancer_add_node:
 * @self: a balancer that has loaded
 * @address: the path of the socket of a HAProxy's runtime API, or HOST:PORT
 * @error: return location for a %G_IO_ERROR_INVALID_ARGUMENT, or %G_IO_ERROR_EXISTS
 *
 * Lets a HAProxy that runs elsewhere have the pool's backends from now on, and remembers it.
 *
 * Returns: %TRUE if it does
 */
gboolean
lb_balancer_add_node (LbBalancer *self,
                      const char *address,
                      GError **error)
{
  g_autoptr (GStrvBuilder) nodes = g_strv_builder_new ();
  const char *const *present;

  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);

  if (!lb_node_address_check (address, error))
    return FALSE;

  present = lb_balancer_get_nodes (self);
  if (g_strv_contains (present, address))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS, _("The node %s is there already."), address);
      return FALSE;
    }

  g_strv_builder_addv (nodes, (const char **) present);
  g_strv_builder_add (nodes, address);
  lb_balancer_change_nodes (self, nodes);

  return TRUE;
}

/**
 * lb_balancer_remove_node:
 * @self: a balancer that has loaded
 * @address: one of lb_balancer_get_nodes()
 *
 * Leaves that HAProxy as it is from now on.
 */
void
lb_balancer_remove_node (LbBalancer *self,
                         const char *address)
{
  g_autoptr (GStrvBuilder) nodes = g_strv_builder_new ();
  const char *const *present;

  g_return_if_fail (LB_IS_BALANCER (self));
  g_return_if_fail (lb_keeper_get_config (self->keeper) != NULL);

  present = lb_balancer_get_nodes (self);
  for (guint i = 0; present[i] != NULL; i++)
    if (!g_str_equal (present[i], address))
      g_strv_builder_add (nodes, present[i]);

  lb_balancer_change_nodes (self, nodes);
}

/**
 * lb_balancer_get_agent_port:
 * @self: a balancer that has loaded
 *
 * Returns: where HAProxys elsewhere can ask how to use each backend, see [class@LbHaproxyAgentPort]; 0 for nowhere
 */
guint16
lb_balancer_get_agent_port (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), 0);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, 0);

  return (guint16) (self->override_agent_port >= 0 ? (guint) self->override_agent_port
                                                   : lb_keeper_get_config (self->keeper)->agent_port);
}

/**
 * lb_balancer_is_agent_port_overridden:
 * @self: a balancer
 *
 * Returns: whether the command line says for this run where it is
 */
gboolean
lb_balancer_is_agent_port_overridden (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  return self->override_agent_port >= 0;
}

/**
 * lb_balancer_set_agent_port:
 * @self: a balancer that has loaded
 * @port: where HAProxys elsewhere are to ask; 0 for nowhere
 * @error: return location for what lb_socket_listen() sets
 *
 * Opens it at once, and remembers it. If that cannot be, it stays where it was.
 *
 * Returns: %TRUE if it is open
 */
gboolean
lb_balancer_set_agent_port (LbBalancer *self,
                            guint16 port,
                            GError **error)
{
  LbConfig *config;
  guint before;

  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);

  config = lb_keeper_get_config (self->keeper);
  before = config->agent_port;
  config->agent_port = port;
  if (!lb_balancer_open_agent_port (self, error))
    {
      config->agent_port = before;
      lb_balancer_open_agent_port (self, NULL);
      return FALSE;
    }

  if (port != before)
    lb_keeper_save (self->keeper);

  return TRUE;
}
