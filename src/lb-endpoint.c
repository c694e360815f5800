/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-endpoint"

#include "config.h"

#include "lb-endpoint.h"

#include "http/lb-socket.h"

/* How many ports above the one in use are tried for a suggestion. */
#define SUGGESTIONS 100

/* How often a port that the system picks may turn out to be a backend's. */
#define PORT_TRIES 16

/**
 * LbEndpoint:
 *
 * Where the balancer listens. The balancer says what is wanted, and this object gets its listener
 * there, or leaves it where it is. It also tells the pool who we are, so that a port is never taken
 * that is a backend's on this computer, and no backend that is ourselves.
 */
struct _LbEndpoint
{
  GObject parent_instance;

  LbPool *pool;
  LbListener *listener;
  char **addresses; /* wanted */
  guint16 port;     /* wanted; 0 for any */
};

G_DEFINE_FINAL_TYPE (LbEndpoint, lb_endpoint, G_TYPE_OBJECT)

static const char *const *
lb_endpoint_get_addresses (LbEndpoint *self)
{
  return (const char *const *) self->addresses;
}

/* Says that we are, or are going to be, at @port. Refused if that is a backend's. */
static gboolean
lb_endpoint_claim (LbEndpoint *self,
                   guint16 port,
                   GError **error)
{
  g_auto (GStrv) hosts = lb_socket_list_local_hosts ();

  return lb_pool_set_own_address (self->pool, (const char *const *) hosts, port, error);
}

/* A port that is free on all addresses now and no backend's. */
static gboolean
lb_endpoint_pick_port (LbEndpoint *self,
                       guint16 *port,
                       GError **error)
{
  for (guint tries = 0; tries < PORT_TRIES; tries++)
    {
      if (!lb_socket_try_listen (lb_endpoint_get_addresses (self), 0, port, error))
        return FALSE;
      if (lb_endpoint_claim (self, *port, NULL))
        return TRUE;
    }

  /* As unlikely as it gets: listening will say which backend is in the way. */
  return TRUE;
}

static void
lb_endpoint_dispose (GObject *object)
{
  LbEndpoint *self = LB_ENDPOINT (object);

  g_clear_object (&self->listener);
  g_clear_object (&self->pool);

  G_OBJECT_CLASS (lb_endpoint_parent_class)->dispose (object);
}

static void
lb_endpoint_finalize (GObject *object)
{
  LbEndpoint *self = LB_ENDPOINT (object);

  g_clear_pointer (&self->addresses, g_strfreev);

  G_OBJECT_CLASS (lb_endpoint_parent_class)->finalize (object);
}

static void
lb_endpoint_class_init (LbEndpointClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_endpoint_dispose;
  object_class->finalize = lb_endpoint_finalize;
}

static void
lb_endpoint_init (LbEndpoint *self)
{
}

/**
 * lb_endpoint_new:
 * @pool: the pool that has to know who we are
 * @listener: who listens
 *
 * Returns: (transfer full): an endpoint that wants nothing yet
 */
LbEndpoint *
lb_endpoint_new (LbPool *pool,
                 LbListener *listener)
{
  LbEndpoint *self;

  g_return_val_if_fail (LB_IS_POOL (pool), NULL);
  g_return_val_if_fail (LB_IS_LISTENER (listener), NULL);

  self = g_object_new (LB_TYPE_ENDPOINT, NULL);
  self->pool = g_object_ref (pool);
  self->listener = g_object_ref (listener);

  return self;
}

/**
 * lb_endpoint_want:
 * @self: an endpoint
 * @addresses: (array zero-terminated=1): IP addresses without brackets, or `localhost`
 * @port: one port for all of them; 0 for any
 *
 * Says where to listen from the next lb_endpoint_open() on.
 */
void
lb_endpoint_want (LbEndpoint *self,
                  const char *const *addresses,
                  guint16 port)
{
  g_return_if_fail (LB_IS_ENDPOINT (self));
  g_return_if_fail (addresses != NULL);

  g_strfreev (self->addresses);
  self->addresses = g_strdupv ((char **) addresses);
  self->port = port;
}

/**
 * lb_endpoint_get_port:
 * @self: an endpoint
 *
 * Returns: the port that is wanted; where any will do, the one we have, or 0
 */
guint16
lb_endpoint_get_port (LbEndpoint *self)
{
  g_return_val_if_fail (LB_IS_ENDPOINT (self), 0);

  return self->port != 0 ? self->port : lb_listener_get_port (self->listener);
}

/**
 * lb_endpoint_is_in_place:
 * @self: an endpoint
 *
 * Returns: whether we listen where it is wanted
 */
gboolean
lb_endpoint_is_in_place (LbEndpoint *self)
{
  guint16 port;

  g_return_val_if_fail (LB_IS_ENDPOINT (self), FALSE);

  port = lb_listener_get_port (self->listener);

  return port != 0 && port == lb_endpoint_get_port (self) &&
         g_strv_equal (lb_listener_get_addresses (self->listener), lb_endpoint_get_addresses (self));
}

/**
 * lb_endpoint_open:
 * @self: an endpoint
 * @error: return location for a #GError
 *
 * Listens where it is wanted. If that fails, we stay where we are.
 *
 * Sets %LB_POOL_ERROR_OWN_ADDRESS or a #GIOErrorEnum such as %G_IO_ERROR_ADDRESS_IN_USE.
 *
 * Returns: %TRUE if we listen there
 */
gboolean
lb_endpoint_open (LbEndpoint *self,
                  GError **error)
{
  g_return_val_if_fail (LB_IS_ENDPOINT (self), FALSE);

  return lb_endpoint_move (self, lb_endpoint_get_port (self), error);
}

/**
 * lb_endpoint_move:
 * @self: an endpoint
 * @port: the port to listen on; 0 picks one
 * @error: return location for a #GError
 *
 * Listens on @port of the wanted addresses. If that fails, we stay where we are.
 *
 * Sets %LB_POOL_ERROR_OWN_ADDRESS or a #GIOErrorEnum such as %G_IO_ERROR_ADDRESS_IN_USE.
 *
 * Returns: %TRUE if we listen there
 */
gboolean
lb_endpoint_move (LbEndpoint *self,
                  guint16 port,
                  GError **error)
{
  g_return_val_if_fail (LB_IS_ENDPOINT (self), FALSE);

  if ((port != 0 || lb_endpoint_pick_port (self, &port, error)) &&
      lb_endpoint_claim (self, port, error) &&
      lb_listener_listen (self->listener, lb_endpoint_get_addresses (self), port, error))
    return TRUE;

  lb_endpoint_update_own_address (self);

  return FALSE;
}

/**
 * lb_endpoint_suggest_port:
 * @self: an endpoint
 *
 * Looks for a port above the wanted one that is free now and no backend's; if there is none near, for
 * any.
 *
 * Returns: the port
 */
guint16
lb_endpoint_suggest_port (LbEndpoint *self)
{
  const guint first = MAX (self->port, 1023u) + 1;
  guint16 suggestion = 0;

  g_return_val_if_fail (LB_IS_ENDPOINT (self), 0);

  for (guint port = first; port < MIN (first + SUGGESTIONS, G_MAXUINT16) && suggestion == 0; port++)
    {
      g_autoptr (GError) error = NULL;

      if (!lb_endpoint_claim (self, (guint16) port, NULL))
        continue;

      if (!lb_socket_try_listen (lb_endpoint_get_addresses (self), (guint16) port, &suggestion,
                                 &error) &&
          !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        break;
    }

  if (suggestion == 0 && !lb_endpoint_pick_port (self, &suggestion, NULL))
    suggestion = self->port;

  lb_endpoint_update_own_address (self);

  return suggestion;
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
  g_return_if_fail (LB_IS_ENDPOINT (self));

  lb_endpoint_claim (self, lb_listener_get_port (self->listener), NULL);
}
