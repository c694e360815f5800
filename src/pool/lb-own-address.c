/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-pool"

#include "config.h"

#include "pool/lb-own-address.h"

#include "pool/lb-url.h"

/**
 * lb_own_address_init:
 * @self: an own address
 *
 * Begins with no port, so that nothing is ours.
 */
void
lb_own_address_init (LbOwnAddress *self)
{
  *self = (LbOwnAddress){ .ports = g_new0 (guint16, 1) };
}

/**
 * lb_own_address_clear:
 * @self: an own address
 */
void
lb_own_address_clear (LbOwnAddress *self)
{
  g_clear_pointer (&self->ports, g_free);
  g_clear_pointer (&self->hosts, g_strfreev);
}

/**
 * lb_own_address_set_hosts:
 * @self: an own address
 * @hosts: (array zero-terminated=1): the addresses and names of this computer beside the loopback's, as
 *   lb_url_normalize() writes them
 */
void
lb_own_address_set_hosts (LbOwnAddress *self,
                          const char *const *hosts)
{
  g_strfreev (self->hosts);
  self->hosts = g_strdupv ((char **) hosts);
}

/**
 * lb_own_address_set_ports:
 * @self: an own address
 * @ports: (array zero-terminated=1): the ports we listen on
 */
void
lb_own_address_set_ports (LbOwnAddress *self,
                          const guint16 *ports)
{
  gsize n = 0;

  while (ports[n] != 0)
    n++;

  g_free (self->ports);
  self->ports = g_memdup2 (ports, (n + 1) * sizeof *ports);
}

/**
 * lb_own_address_is:
 * @self: an own address
 * @ports: (array zero-terminated=1): the ports we listen on, or might
 * @host: a host as lb_url_normalize() gives it
 * @port: its port
 *
 * Returns: whether who goes there comes to us, if we listen on @ports
 */
gboolean
lb_own_address_is (const LbOwnAddress *self,
                   const guint16 *ports,
                   const char *host,
                   guint16 port)
{
  while (*ports != 0 && *ports != port)
    ports++;
  if (*ports == 0)
    return FALSE;

  return lb_url_host_is_loopback (host) ||
         (self->hosts != NULL && g_strv_contains ((const char *const *) self->hosts, host));
}
