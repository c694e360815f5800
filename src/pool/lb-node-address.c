/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "pool/lb-node-address.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * Where the runtime API of a node is.
 */

/* What a socket's address has room for, with a NUL behind it. */
#define PATH_MAX_BYTES 107

/**
 * lb_node_address_check:
 * @address: what may be the address of a node
 * @error: return location for a %G_IO_ERROR_INVALID_ARGUMENT
 *
 * Returns: whether it is a path from the root on that a socket may have, or HOST:PORT
 */
gboolean
lb_node_address_check (const char *address,
                       GError **error)
{
  g_autoptr (GSocketConnectable) connectable = NULL;

  g_return_val_if_fail (address != NULL, FALSE);

  /* It stands in messages and on the screen. */
  for (const char *c = address; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      {
        g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                             _("An address of a HAProxy has no control characters."));
        return FALSE;
      }

  if (address[0] == '/')
    {
      if (strlen (address) <= PATH_MAX_BYTES)
        return TRUE;

      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                   _("The path “%s” is too long for a socket. Use 107 bytes at the most."), address);
      return FALSE;
    }

  connectable = g_network_address_parse (address, 0, NULL);
  if (connectable != NULL && *g_network_address_get_hostname (G_NETWORK_ADDRESS (connectable)) != '\0' &&
      g_network_address_get_port (G_NETWORK_ADDRESS (connectable)) != 0)
    return TRUE;

  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               _("“%s” is no address of a HAProxy. Write the path of its stats socket, or host:port."), address);

  return FALSE;
}
