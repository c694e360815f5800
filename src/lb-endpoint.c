/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-endpoint"

#include "config.h"

#include "lb-endpoint.h"

#include <glib/gi18n-lib.h>

#include "http/lb-socket.h"
#include "lb-address-watch.h"

/* How many ports above the one in use are tried for a suggestion. */
#define SUGGESTIONS 100

/* How often a port that the system picks may turn out to be a backend's. */
#define PORT_TRIES 16

/**
 * LbEndpoint:
 *
 * Where the balancer listens: on one port for redirects, and, if that is wanted, on another one for
 * `/stats`, which the first one redirects then. What is wanted is what the command line says, or else
 * the configuration; lb_endpoint_open() goes there, or stays where it is. As long as there is no port for
 * `/stats` alone, whyever, the first one answers it.
 *
 * The computer may lose an address: then nobody gets there, but when it has it back they do, without our
 * doing anything. Meanwhile `error` says so. An address that was not there when it was wanted is gone to
 * when it comes.
 *
 * It also tells the pool who we are, so that a port is never taken that is a backend's on this computer,
 * and no backend that is ourselves. The balancer makes one.
 *
 * Properties: `uris` and `stats-uris`, the URL of each address it listens on, for redirects, and for
 * `/stats` if that is elsewhere; `error`, a sentence on why it is not where it is wanted, or %NULL.
 */
struct _LbEndpoint
{
  GObject parent_instance;

  LbPool *pool;
  LbKeeper *keeper;
  LbFront *front; /* its owner's, who outlives it */
  LbListener *listener; /* the front's */
  LbListener *stats_listener; /* NULL if it is not elsewhere */

  char **override_addresses; /* or NULL */
  int override_port;         /* or -1 */
  int override_stats_port;   /* or -1 */

  char *error;
  LbAddressWatch watch; /* while it is open */
};

enum
{
  PROP_URIS = 1,
  PROP_STATS_URIS,
  PROP_ERROR,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbEndpoint, lb_endpoint, G_TYPE_OBJECT)

static guint16
lb_endpoint_get_listener_port (LbListener *listener)
{
  return listener != NULL ? lb_listener_get_port (listener) : 0;
}

/* Whether @listener listens on @port of the wanted addresses. */
static gboolean
lb_endpoint_is_at (LbEndpoint *self,
                   LbListener *listener,
                   guint16 port)
{
  return port != 0 && lb_endpoint_get_listener_port (listener) == port &&
         g_strv_equal (lb_listener_get_addresses (listener), lb_endpoint_get_addresses (self));
}

/* Whether the one or the other is, or need not be, where it is wanted. */
static gboolean
lb_endpoint_has_main (LbEndpoint *self)
{
  return lb_endpoint_is_at (self, self->listener, lb_endpoint_get_port (self));
}

static gboolean
lb_endpoint_has_stats (LbEndpoint *self)
{
  const guint16 stats_port = lb_endpoint_get_stats_port (self);

  return stats_port == 0 || lb_endpoint_is_at (self, self->stats_listener, stats_port);
}

/* Whether it is the port for /stats, and that alone, that cannot be had. */
static gboolean
lb_endpoint_lacks_stats (LbEndpoint *self)
{
  return lb_endpoint_has_main (self) && !lb_endpoint_has_stats (self);
}

/* Says that we are, or are going to be, at @ports. Refused if one of them is a backend's. */
static gboolean
lb_endpoint_claim (LbEndpoint *self,
                   const guint16 *ports,
                   GError **error)
{
  g_auto (GStrv) hosts = lb_socket_list_local_hosts ();

  return lb_pool_set_own_address (self->pool, (const char *const *) hosts, ports, error);
}

static gboolean
lb_endpoint_claim_port (LbEndpoint *self,
                        guint16 port,
                        GError **error)
{
  const guint16 ports[] = { port, 0 };

  return lb_endpoint_claim (self, ports, error);
}

static void
lb_endpoint_list_ports (guint16 port,
                        guint16 stats_port,
                        guint16 ports[LB_ENDPOINT_PORTS])
{
  guint n = 0;

  if (port != 0)
    ports[n++] = port;
  if (stats_port != 0)
    ports[n++] = stats_port;
  ports[n] = 0;
}

/* A port that is free on all addresses now, and neither a backend's nor wanted for /stats. */
static gboolean
lb_endpoint_pick_port (LbEndpoint *self,
                       guint16 *port,
                       GError **error)
{
  for (guint tries = 0; tries < PORT_TRIES; tries++)
    {
      if (!lb_socket_try_listen (lb_endpoint_get_addresses (self), 0, port, error))
        return FALSE;
      if (*port != lb_endpoint_get_stats_port (self) && lb_endpoint_claim_port (self, *port, NULL))
        return TRUE;
    }

  /* As unlikely as it gets: listening will say what is in the way. */
  return TRUE;
}

static gboolean
lb_endpoint_check_apart (guint16 port,
                         guint16 other,
                         GError **error)
{
  if (port == 0 || port != other)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("Port %u cannot be for redirects and for /stats alone at the same time. Choose "
                 "another port for one of them."),
               port);

  return FALSE;
}

/* Lets @listener listen on @port of the wanted addresses; 0 picks one. If that fails, it stays where it
 * is. */
static gboolean
lb_endpoint_take (LbEndpoint *self,
                  LbListener *listener,
                  guint16 port,
                  GError **error)
{
  return (port != 0 || lb_endpoint_pick_port (self, &port, error)) &&
         lb_endpoint_claim_port (self, port, error) &&
         lb_listener_listen (listener, lb_endpoint_get_addresses (self), port, error);
}

/* The same for the listener of /stats, which is made when it is needed first. */
static gboolean
lb_endpoint_take_stats (LbEndpoint *self,
                        guint16 port,
                        GError **error)
{
  if (self->stats_listener == NULL)
    self->stats_listener = lb_front_make_stats_listener (self->front);

  if (lb_endpoint_take (self, self->stats_listener, port, error))
    return TRUE;

  g_prefix_error (error, "%s ", _("The port for /stats cannot be opened."));

  return FALSE;
}

/* Goes with both where they are wanted. What keeps the one and the other from it is told apart. */
static void
lb_endpoint_go (LbEndpoint *self,
                GError **error,
                GError **stats_error)
{
  const guint16 port = lb_endpoint_get_port (self);
  const guint16 stats_port = lb_endpoint_get_stats_port (self);

  if (!lb_endpoint_check_apart (port, stats_port, error))
    return;

  /* Who leaves a port does so before the other one takes it. */
  if (stats_port == 0 || lb_endpoint_get_listener_port (self->stats_listener) == port)
    g_clear_object (&self->stats_listener);

  if (!lb_endpoint_is_at (self, self->listener, port))
    lb_endpoint_take (self, self->listener, port, error);

  if (stats_port != 0 && !lb_endpoint_is_at (self, self->stats_listener, stats_port))
    lb_endpoint_take_stats (self, stats_port, stats_error);
}

/* What follows from where both are now. */
static void
lb_endpoint_settle (LbEndpoint *self)
{
  if (lb_endpoint_get_listener_port (self->stats_listener) == 0)
    g_clear_object (&self->stats_listener);

  lb_listener_set_role (self->listener,
                        self->stats_listener != NULL ? LB_ROLE_REDIRECTS : LB_ROLE_BOTH);
  lb_endpoint_update_limit (self);
  lb_endpoint_update_own_address (self);
}

static void
lb_endpoint_set_error (LbEndpoint *self,
                       const char *message)
{
  if (g_strcmp0 (self->error, message) == 0)
    return;

  g_free (self->error);
  self->error = g_strdup (message);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ERROR]);
}

static void
lb_endpoint_set_problem (LbEndpoint *self,
                         const GError *error)
{
  lb_address_watch_set_missing (&self->watch,
                                g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND));
  lb_endpoint_set_error (self, error != NULL ? error->message : NULL);
}

/* Whether the computer has all wanted addresses, wherever we listen. */
static gboolean
lb_endpoint_check_addresses (LbEndpoint *self,
                             GError **error)
{
  g_autoptr (GError) local_error = NULL;
  guint16 port;

  if (lb_socket_try_listen (lb_endpoint_get_addresses (self), 0, &port, &local_error) ||
      !g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&local_error));

  return FALSE;
}

/* The computer may have got an address or lost one. */
static void
lb_endpoint_on_addresses (gpointer user_data)
{
  LbEndpoint *self = user_data;
  g_autoptr (GError) error = NULL;

  if (!lb_endpoint_check_addresses (self, &error))
    lb_endpoint_set_problem (self, error);
  else if (self->error != NULL)
    lb_endpoint_open (self, NULL);
}

/* Goes where it is wanted, and lets everybody know. */
static void
lb_endpoint_move (LbEndpoint *self,
                  GError **error,
                  GError **stats_error)
{
  g_auto (GStrv) uris = g_strdupv ((char **) lb_endpoint_get_uris (self));
  g_auto (GStrv) stats_uris = g_strdupv ((char **) lb_endpoint_get_stats_uris (self));
  g_autoptr (GError) missing = NULL;
  const GError *first;

  lb_endpoint_go (self, error, stats_error);
  lb_endpoint_settle (self);

  first = *error != NULL ? *error : *stats_error;
  if (first == NULL && !lb_endpoint_check_addresses (self, &missing))
    first = missing;
  lb_endpoint_set_problem (self, first);
  if (!g_strv_equal ((const char *const *) uris, lb_endpoint_get_uris (self)))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_URIS]);
  if (!g_strv_equal ((const char *const *) stats_uris, lb_endpoint_get_stats_uris (self)))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATS_URIS]);
}

/* What is wanted, as it is remembered and as the command line has it. */
typedef struct
{
  char **addresses;
  char **override_addresses;
  guint port;
  int override_port;
  guint stats_port;
  int override_stats_port;
} Wish;

static void
lb_endpoint_swap_wish (LbEndpoint *self,
                       Wish *wish)
{
  LbConfig *config = lb_keeper_get_config (self->keeper);
  const Wish now = { config->listen,     self->override_addresses, config->port,
                     self->override_port, config->stats_port,      self->override_stats_port };

  config->listen = wish->addresses;
  config->port = wish->port;
  config->stats_port = wish->stats_port;
  self->override_addresses = wish->override_addresses;
  self->override_port = wish->override_port;
  self->override_stats_port = wish->override_stats_port;
  *wish = now;
}

/* @wish with what is wanted now; its owner frees the addresses in it in the end. */
static void
lb_endpoint_init_wish (LbEndpoint *self,
                       Wish *wish)
{
  const LbConfig *config = lb_keeper_get_config (self->keeper);

  *wish = (Wish){ g_strdupv (config->listen), g_strdupv (self->override_addresses),
                  config->port,               self->override_port,
                  config->stats_port,         self->override_stats_port };
}

static void
wish_clear (Wish *wish)
{
  g_strfreev (wish->addresses);
  g_strfreev (wish->override_addresses);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Wish, wish_clear)

/*
 * Goes where @wish says, and remembers it. If @part of it, or what was there before, does not get there,
 * everything stays as it was; if something was not there before, it may be missing still.
 */
static gboolean
lb_endpoint_try_wish (LbEndpoint *self,
                      LbEndpointPart part,
                      Wish *wish,
                      GError **error)
{
  const gboolean needs_main = part != LB_ENDPOINT_STATS_PORT || lb_endpoint_has_main (self);
  const gboolean needs_stats = part == LB_ENDPOINT_STATS_PORT || lb_endpoint_has_stats (self);
  g_autoptr (GError) main_error = NULL;
  g_autoptr (GError) stats_error = NULL;
  g_autoptr (GError) ignored = NULL;
  g_autoptr (GError) ignored_too = NULL;
  gboolean apart;

  lb_endpoint_swap_wish (self, wish);
  apart = lb_endpoint_check_apart (lb_endpoint_get_port (self), lb_endpoint_get_stats_port (self),
                                   error);
  if (apart)
    lb_endpoint_move (self, &main_error, &stats_error);

  if (apart && (main_error == NULL || !needs_main) && (stats_error == NULL || !needs_stats))
    {
      lb_keeper_save (self->keeper);
      return TRUE;
    }

  lb_endpoint_swap_wish (self, wish);
  if (apart)
    {
      lb_endpoint_move (self, &ignored, &ignored_too);
      g_propagate_error (error, main_error != NULL && needs_main ? g_steal_pointer (&main_error)
                                                                 : g_steal_pointer (&stats_error));
    }

  return FALSE;
}

/* The same; who watches only hears of where it ends. */
static gboolean
lb_endpoint_fulfil (LbEndpoint *self,
                    LbEndpointPart part,
                    Wish *wish,
                    GError **error)
{
  gboolean done;

  g_object_freeze_notify (G_OBJECT (self));
  done = lb_endpoint_try_wish (self, part, wish, error);
  g_object_thaw_notify (G_OBJECT (self));

  return done;
}

static void
lb_endpoint_get_property (GObject *object,
                          guint prop_id,
                          GValue *value,
                          GParamSpec *pspec)
{
  LbEndpoint *self = LB_ENDPOINT (object);

  switch (prop_id)
    {
    case PROP_URIS:
      g_value_set_boxed (value, lb_endpoint_get_uris (self));
      break;

    case PROP_STATS_URIS:
      g_value_set_boxed (value, lb_endpoint_get_stats_uris (self));
      break;

    case PROP_ERROR:
      g_value_set_string (value, self->error);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_endpoint_dispose (GObject *object)
{
  LbEndpoint *self = LB_ENDPOINT (object);

  lb_address_watch_stop (&self->watch);
  g_clear_object (&self->stats_listener);
  g_clear_object (&self->listener);
  g_clear_object (&self->keeper);
  g_clear_object (&self->pool);

  G_OBJECT_CLASS (lb_endpoint_parent_class)->dispose (object);
}

static void
lb_endpoint_finalize (GObject *object)
{
  LbEndpoint *self = LB_ENDPOINT (object);

  g_clear_pointer (&self->override_addresses, g_strfreev);
  g_clear_pointer (&self->error, g_free);

  G_OBJECT_CLASS (lb_endpoint_parent_class)->finalize (object);
}

static void
lb_endpoint_class_init (LbEndpointClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->dispose = lb_endpoint_dispose;
  object_class->finalize = lb_endpoint_finalize;
  object_class->get_property = lb_endpoint_get_property;

  properties[PROP_URIS] = g_param_spec_boxed ("uris", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_STATS_URIS] = g_param_spec_boxed ("stats-uris", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_ERROR] = g_param_spec_string ("error", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
lb_endpoint_init (LbEndpoint *self)
{
  self->override_port = -1;
  self->override_stats_port = -1;
  lb_address_watch_init (&self->watch, lb_endpoint_on_addresses, self);
}

/**
 * lb_endpoint_new:
 * @pool: the pool that has to know who we are
 * @keeper: who knows the configuration
 * @front: what clients meet, which outlives the endpoint
 *
 * Returns: (transfer full): an endpoint that does not listen yet
 */
LbEndpoint *
lb_endpoint_new (LbPool *pool,
                 LbKeeper *keeper,
                 LbFront *front)
{
  LbEndpoint *self;

  g_return_val_if_fail (LB_IS_POOL (pool), NULL);
  g_return_val_if_fail (LB_IS_KEEPER (keeper), NULL);
  g_return_val_if_fail (front != NULL, NULL);

  self = g_object_new (LB_TYPE_ENDPOINT, NULL);
  self->pool = g_object_ref (pool);
  self->keeper = g_object_ref (keeper);
  self->front = front;
  self->listener = g_object_ref (front->listener);

  return self;
}

/**
 * lb_endpoint_override:
 * @self: an endpoint
 * @addresses: (nullable) (array zero-terminated=1): IP addresses without brackets, or `localhost`;
 *   %NULL for the configuration's
 * @port: one port for all of them; 0 for any; -1 for the configuration's
 * @stats_port: the one for `/stats` alone; 0 for none; -1 for the configuration's
 *
 * Says where to listen in this run, whatever the configuration says.
 */
void
lb_endpoint_override (LbEndpoint *self,
                      const char *const *addresses,
                      int port,
                      int stats_port)
{
  g_return_if_fail (LB_IS_ENDPOINT (self));
  g_return_if_fail (port <= G_MAXUINT16);
  g_return_if_fail (stats_port <= G_MAXUINT16);

  g_strfreev (self->override_addresses);
  self->override_addresses = g_strdupv ((char **) addresses);
  self->override_port = port;
  self->override_stats_port = stats_port;
}

/**
 * lb_endpoint_is_overridden:
 * @self: an endpoint
 * @part: what of it
 *
 * Returns: whether the command line says it, for this run
 */
gboolean
lb_endpoint_is_overridden (LbEndpoint *self,
                           LbEndpointPart part)
{
  g_return_val_if_fail (LB_IS_ENDPOINT (self), FALSE);

  switch (part)
    {
    case LB_ENDPOINT_ADDRESSES:
      return self->override_addresses != NULL;
    case LB_ENDPOINT_PORT:
      return self->override_port >= 0;
    case LB_ENDPOINT_STATS_PORT:
      return self->override_stats_port >= 0;
    default:
      g_return_val_if_reached (FALSE);
    }
}

/**
 * lb_endpoint_open:
 * @self: an endpoint whose keeper has loaded
 * @error: return location for a #GError
 *
 * Listens where it is wanted. Whichever port cannot be had, that listener stays where it is, and `error`
 * says why; it can be tried again. One port for both is refused, and nothing moves.
 *
 * Sets %LB_POOL_ERROR_OWN_ADDRESS or a #GIOErrorEnum such as %G_IO_ERROR_ADDRESS_IN_USE.
 *
 * Returns: %TRUE if we listen there
 */
gboolean
lb_endpoint_open (LbEndpoint *self,
                  GError **error)
{
  g_autoptr (GError) main_error = NULL;
  g_autoptr (GError) stats_error = NULL;

  g_return_val_if_fail (LB_IS_ENDPOINT (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);

  lb_address_watch_start (&self->watch);
  lb_endpoint_move (self, &main_error, &stats_error);

  if (main_error == NULL && stats_error == NULL)
    return TRUE;

  g_propagate_error (error, main_error != NULL ? g_steal_pointer (&main_error)
                                               : g_steal_pointer (&stats_error));

  return FALSE;
}

/**
 * lb_endpoint_close:
 * @self: an endpoint
 *
 * Listens nowhere any more.
 */
void
lb_endpoint_close (LbEndpoint *self)
{
  g_return_if_fail (LB_IS_ENDPOINT (self));

  lb_address_watch_stop (&self->watch);
  g_clear_object (&self->stats_listener);
  lb_listener_close (self->listener);
}

/**
 * lb_endpoint_update_own_address:
 * @self: an endpoint
 *
 * Tells the pool who we are now: the computer may have got another address.
 */
void
lb_endpoint_update_own_address (LbEndpoint *self)
{
  guint16 ports[LB_ENDPOINT_PORTS];

  g_return_if_fail (LB_IS_ENDPOINT (self));

  lb_endpoint_list_ports (lb_listener_get_port (self->listener),
                          lb_endpoint_get_listener_port (self->stats_listener), ports);
  lb_endpoint_claim (self, ports, NULL);
}

/**
 * lb_endpoint_get_addresses:
 * @self: an endpoint whose keeper has loaded
 *
 * Returns: (transfer none) (array zero-terminated=1): the addresses that are wanted
 */
const char *const *
lb_endpoint_get_addresses (LbEndpoint *self)
{
  g_return_val_if_fail (LB_IS_ENDPOINT (self), NULL);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, NULL);

  return (const char *const *) (self->override_addresses != NULL
                                  ? self->override_addresses
                                  : lb_keeper_get_config (self->keeper)->listen);
}

/**
 * lb_endpoint_get_port:
 * @self: an endpoint whose keeper has loaded
 *
 * Returns: the port that is wanted; where any will do, the one we have, or 0
 */
guint16
lb_endpoint_get_port (LbEndpoint *self)
{
  guint port;

  g_return_val_if_fail (LB_IS_ENDPOINT (self), 0);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, 0);

  port = self->override_port >= 0 ? (guint) self->override_port
                                  : lb_keeper_get_config (self->keeper)->port;

  return port != 0 ? (guint16) port : lb_listener_get_port (self->listener);
}

/**
 * lb_endpoint_get_stats_port:
 * @self: an endpoint whose keeper has loaded
 *
 * Returns: the port that is wanted for `/stats` alone, or 0 for none
 */
guint16
lb_endpoint_get_stats_port (LbEndpoint *self)
{
  g_return_val_if_fail (LB_IS_ENDPOINT (self), 0);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, 0);

  return (guint16) (self->override_stats_port >= 0
                      ? (guint) self->override_stats_port
                      : lb_keeper_get_config (self->keeper)->stats_port);
}

/**
 * lb_endpoint_get_ports:
 * @self: an endpoint whose keeper has loaded
 * @ports: (out caller-allocates) (array zero-terminated=1): the ports that are wanted
 */
void
lb_endpoint_get_ports (LbEndpoint *self,
                       guint16 ports[LB_ENDPOINT_PORTS])
{
  lb_endpoint_list_ports (lb_endpoint_get_port (self), lb_endpoint_get_stats_port (self), ports);
}

/**
 * lb_endpoint_get_uris:
 * @self: an endpoint
 *
 * Returns: (transfer none) (array zero-terminated=1): the URL of each address it redirects on
 */
const char *const *
lb_endpoint_get_uris (LbEndpoint *self)
{
  g_return_val_if_fail (LB_IS_ENDPOINT (self), NULL);

  return lb_listener_get_uris (self->listener);
}

/**
 * lb_endpoint_set_secure:
 * @self: an endpoint
 * @secure: whether clients are to speak TLS where it redirects
 */
void
lb_endpoint_set_secure (LbEndpoint *self,
                        gboolean secure)
{
  g_auto (GStrv) uris = NULL;

  g_return_if_fail (LB_IS_ENDPOINT (self));

  uris = g_strdupv ((char **) lb_endpoint_get_uris (self));
  lb_listener_set_secure (self->listener, secure);
  if (!g_strv_equal ((const char *const *) uris, lb_endpoint_get_uris (self)))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_URIS]);
}

/**
 * lb_endpoint_get_stats_uris:
 * @self: an endpoint
 *
 * Returns: (transfer none) (array zero-terminated=1): the URL of each address under which there is only
 *   `/stats`; empty if it is where the redirects are
 */
const char *const *
lb_endpoint_get_stats_uris (LbEndpoint *self)
{
  static const char *const none[] = { NULL };

  g_return_val_if_fail (LB_IS_ENDPOINT (self), NULL);

  return self->stats_listener != NULL ? lb_listener_get_uris (self->stats_listener) : none;
}

/**
 * lb_endpoint_get_error:
 * @self: an endpoint
 *
 * Returns: (nullable): why it is not where it is wanted, a sentence
 */
const char *
lb_endpoint_get_error (LbEndpoint *self)
{
  g_return_val_if_fail (LB_IS_ENDPOINT (self), NULL);

  return self->error;
}

/**
 * lb_endpoint_set_addresses:
 * @self: an endpoint whose keeper has loaded
 * @addresses: (array zero-terminated=1): as lb_config_check_address() gives them; at least one
 * @error: return location for a #GError
 *
 * Listens there and remembers it, whatever the command line says. If that fails everything stays as it was.
 *
 * Sets what lb_endpoint_open() sets.
 *
 * Returns: %TRUE if it listens on all of them
 */
gboolean
lb_endpoint_set_addresses (LbEndpoint *self,
                           const char *const *addresses,
                           GError **error)
{
  g_auto (Wish) wish = { 0 };

  g_return_val_if_fail (LB_IS_ENDPOINT (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);
  g_return_val_if_fail (addresses != NULL && addresses[0] != NULL, FALSE);

  lb_endpoint_init_wish (self, &wish);
  g_clear_pointer (&wish.override_addresses, g_strfreev);
  g_strfreev (wish.addresses);
  wish.addresses = g_strdupv ((char **) addresses);

  return lb_endpoint_fulfil (self, LB_ENDPOINT_ADDRESSES, &wish, error);
}

/**
 * lb_endpoint_set_port:
 * @self: an endpoint whose keeper has loaded
 * @port: for redirects; 0 for any: the one we have, if there is one
 * @error: return location for a #GError
 *
 * As lb_endpoint_set_addresses().
 *
 * Returns: %TRUE if it listens there
 */
gboolean
lb_endpoint_set_port (LbEndpoint *self,
                      guint16 port,
                      GError **error)
{
  g_auto (Wish) wish = { 0 };

  g_return_val_if_fail (LB_IS_ENDPOINT (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);

  lb_endpoint_init_wish (self, &wish);
  wish.override_port = -1;
  wish.port = port;

  return lb_endpoint_fulfil (self, LB_ENDPOINT_PORT, &wish, error);
}

/**
 * lb_endpoint_set_stats_port:
 * @self: an endpoint whose keeper has loaded
 * @port: for `/stats` alone; 0 for none
 * @error: return location for a #GError
 *
 * As lb_endpoint_set_addresses().
 *
 * Returns: %TRUE if it listens there
 */
gboolean
lb_endpoint_set_stats_port (LbEndpoint *self,
                            guint16 port,
                            GError **error)
{
  g_auto (Wish) wish = { 0 };

  g_return_val_if_fail (LB_IS_ENDPOINT (self), FALSE);
  g_return_val_if_fail (lb_keeper_get_config (self->keeper) != NULL, FALSE);

  lb_endpoint_init_wish (self, &wish);
  wish.override_stats_port = -1;
  wish.stats_port = port;

  return lb_endpoint_fulfil (self, LB_ENDPOINT_STATS_PORT, &wish, error);
}

static void
lb_endpoint_limit (LbEndpoint *self,
                   LbListener *listener)
{
  const LbConfig *config = lb_keeper_get_config (self->keeper);

  lb_listener_set_max_connections (listener, config->max_connections);
  lb_listener_set_max_per_client (listener, config->max_connections_per_client);
}

/**
 * lb_endpoint_update_limit:
 * @self: an endpoint whose keeper has loaded
 *
 * Lets as many clients be connected as the configuration says by now, and each as often.
 */
void
lb_endpoint_update_limit (LbEndpoint *self)
{
  g_return_if_fail (LB_IS_ENDPOINT (self));
  g_return_if_fail (lb_keeper_get_config (self->keeper) != NULL);

  lb_endpoint_limit (self, self->listener);
  if (self->stats_listener != NULL)
    lb_endpoint_limit (self, self->stats_listener);
}

/**
 * lb_endpoint_suggest_port:
 * @self: an endpoint that has an error
 *
 * Looks for a port above the one that cannot be had that is free now and no backend's; if there is none
 * near, for any.
 *
 * Returns: the port
 */
guint16
lb_endpoint_suggest_port (LbEndpoint *self)
{
  const gboolean stats = lb_endpoint_lacks_stats (self);
  const guint16 port = lb_endpoint_get_port (self);
  const guint16 stats_port = lb_endpoint_get_stats_port (self);
  const guint16 wanted = stats ? stats_port : port;
  const guint16 other = stats ? port : stats_port;
  const guint first = MAX (wanted, 1023u) + 1;
  guint16 suggestion = 0;

  for (guint i = first; i < MIN (first + SUGGESTIONS, G_MAXUINT16) && suggestion == 0; i++)
    {
      g_autoptr (GError) error = NULL;

      if (i == other || !lb_endpoint_claim_port (self, (guint16) i, NULL))
        continue;

      if (!lb_socket_try_listen (lb_endpoint_get_addresses (self), (guint16) i, &suggestion, &error) &&
          !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        break;
    }

  if (suggestion == 0 && !lb_endpoint_pick_port (self, &suggestion, NULL))
    suggestion = wanted;

  lb_endpoint_update_own_address (self);

  return suggestion;
}

/**
 * lb_endpoint_use_port:
 * @self: an endpoint that has an error
 * @port: 1 to 65535
 * @error: return location for a #GError
 *
 * Listens on @port instead of the one that cannot be had, and remembers it. If that fails, everything
 * stays as it was.
 *
 * Sets what lb_endpoint_open() sets.
 *
 * Returns: %TRUE if it listens there
 */
gboolean
lb_endpoint_use_port (LbEndpoint *self,
                      guint16 port,
                      GError **error)
{
  const gboolean stats = lb_endpoint_lacks_stats (self);
  LbConfig *config = lb_keeper_get_config (self->keeper);
  const guint16 other = stats ? lb_endpoint_get_port (self) : lb_endpoint_get_stats_port (self);

  g_return_val_if_fail (port != 0, FALSE);

  if (!lb_endpoint_check_apart (port, other, error) ||
      !(stats ? lb_endpoint_take_stats (self, port, error)
              : lb_endpoint_take (self, self->listener, port, error)))
    {
      lb_endpoint_settle (self);
      return FALSE;
    }

  *(stats ? &self->override_stats_port : &self->override_port) = -1;
  *(stats ? &config->stats_port : &config->port) = port;
  lb_keeper_save (self->keeper);

  g_object_notify_by_pspec (G_OBJECT (self), properties[stats ? PROP_STATS_URIS : PROP_URIS]);
  lb_endpoint_open (self, NULL); /* where the other one may be missing still */

  return TRUE;
}
