/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-socket"

#include "config.h"

#include "http/lb-socket.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

/* How often port 0 is tried until one port is free on every address. */
#define PORT_TRIES 32

typedef struct
{
  GInetAddress *address;
  gboolean optional; /* one half of localhost, which a computer may lack */
} LbSocketWish;

static void
lb_socket_wish_clear (gpointer data)
{
  LbSocketWish *wish = data;

  g_clear_object (&wish->address);
}

static void
lb_socket_close (gpointer data)
{
  close (*(int *) data);
}

/* Whether a socket on @address hears what comes to @other, too, and leaves no room for one there. */
static gboolean
lb_socket_covers (GInetAddress *address,
                  GInetAddress *other)
{
  if (g_inet_address_get_is_any (address))
    return g_inet_address_get_family (address) == g_inet_address_get_family (other);

  return g_inet_address_equal (address, other);
}

static void
lb_socket_add_wish (GArray *wishes,
                    const char *address,
                    gboolean optional)
{
  LbSocketWish wish = { g_inet_address_new_from_string (address), optional };

  if (wish.address == NULL)
    return;

  for (guint i = 0; i < wishes->len; i++)
    if (lb_socket_covers (g_array_index (wishes, LbSocketWish, i).address, wish.address))
      {
        lb_socket_wish_clear (&wish);
        return;
      }

  for (guint i = wishes->len; i-- > 0;)
    if (lb_socket_covers (wish.address, g_array_index (wishes, LbSocketWish, i).address))
      g_array_remove_index (wishes, i);

  g_array_append_val (wishes, wish);
}

static GArray *
lb_socket_expand (const char *const *addresses,
                  GError **error)
{
  g_autoptr (GArray) wishes = g_array_new (FALSE, FALSE, sizeof (LbSocketWish));

  g_array_set_clear_func (wishes, lb_socket_wish_clear);

  for (guint i = 0; addresses[i] != NULL; i++)
    {
      if (g_str_equal (addresses[i], "localhost"))
        {
          lb_socket_add_wish (wishes, "127.0.0.1", FALSE);
          lb_socket_add_wish (wishes, "::1", TRUE);
        }
      else if (g_hostname_is_ip_address (addresses[i]))
        {
          lb_socket_add_wish (wishes, addresses[i], FALSE);
        }
      else
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       _ ("“%s” is no address to listen on. Use an IP address or localhost."),
                       addresses[i]);
          return NULL;
        }
    }

  if (wishes->len == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                           _ ("There is no address to listen on. Name one, such as localhost."));
      return NULL;
    }

  return g_steal_pointer (&wishes);
}

static void
lb_socket_set_error (GError **error,
                     int code,
                     GInetAddress *address,
                     guint16 port)
{
  g_autofree char *name = g_inet_address_to_string (address);

  switch (code)
    {
    case EADDRINUSE:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE,
                   _ ("Port %u on %s is in use by another program. Choose another port, or end that "
                      "program and try again."),
                   port, name);
      break;

    case EACCES:
    case EPERM:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                   _ ("Port %u on %s may only be used by the administrator. Choose a port from 1024 "
                      "to 65535."),
                   port, name);
      break;

    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                   _ ("%s is not an address of this computer. Choose one that is."), name);
      break;

    default:
      g_set_error (error, G_IO_ERROR, (int) g_io_error_from_errno (code),
                   _ ("Listening on port %u of %s failed: %s."), port, name, g_strerror (code));
    }
}

/* A socket that listens, or -1 with errno set. */
static int
lb_socket_open (GInetAddress *address,
                guint16 *port)
{
  g_autoptr (GSocketAddress) socket_address = g_inet_socket_address_new (address, *port);
  g_autoptr (GSocketAddress) bound = NULL;
  struct sockaddr_storage native;
  socklen_t length = sizeof native;
  const int on = 1;
  int saved_errno;
  int fd;

  fd = socket ((int) g_inet_address_get_family (address),
               SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0)
    return -1;

  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    setsockopt (fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);

  g_socket_address_to_native (socket_address, &native, sizeof native, NULL);

  if (bind (fd, (struct sockaddr *) &native,
            (socklen_t) g_socket_address_get_native_size (socket_address)) < 0 ||
      listen (fd, LB_SOCKET_BACKLOG) < 0 ||
      getsockname (fd, (struct sockaddr *) &native, &length) < 0)
    {
      saved_errno = errno;
      close (fd);
      errno = saved_errno;
      return -1;
    }

  bound = g_socket_address_new_from_native (&native, length);
  *port = g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (bound));

  return fd;
}

static char *
lb_socket_format_uri (GInetAddress *address,
                      guint16 port)
{
  g_autofree char *name = g_inet_address_to_string (address);

  return g_strdup_printf (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6
                            ? "http://[%s]:%u"
                            : "http://%s:%u",
                          name, port);
}

static GArray *
lb_socket_try (GArray *wishes,
               guint16 *port,
               GPtrArray *uris,
               GError **error)
{
  g_autoptr (GArray) fds = g_array_new (FALSE, FALSE, sizeof (int));

  g_array_set_clear_func (fds, lb_socket_close);
  g_ptr_array_set_size (uris, 0);

  for (guint i = 0; i < wishes->len; i++)
    {
      LbSocketWish *wish = &g_array_index (wishes, LbSocketWish, i);
      int fd = lb_socket_open (wish->address, port);

      if (fd < 0 && wish->optional && (errno == EADDRNOTAVAIL || errno == EAFNOSUPPORT))
        continue;

      if (fd < 0)
        {
          lb_socket_set_error (error, errno, wish->address, *port);
          return NULL;
        }

      g_array_append_val (fds, fd);
      g_ptr_array_add (uris, lb_socket_format_uri (wish->address, *port));
    }

  g_array_set_clear_func (fds, NULL);

  return g_steal_pointer (&fds);
}

/**
 * lb_socket_listen:
 * @addresses: (array zero-terminated=1): IP addresses without brackets, or `localhost`
 * @port: one port for all of them; 0 picks one that all can have
 * @bound_port: (out): the port they have
 * @uris: (element-type utf8): gets the URL of each
 * @error: return location for a #GError
 *
 * Opens a listening socket for each address, or none at all. `localhost` is 127.0.0.1 and, where the
 * computer has it, ::1. An address that another one covers, such as any of IPv4 beside 0.0.0.0, needs
 * none of its own.
 *
 * Sets a #GIOErrorEnum such as %G_IO_ERROR_ADDRESS_IN_USE.
 *
 * Returns: (transfer full) (nullable) (element-type int): the descriptors, to be closed by the caller
 */
GArray *
lb_socket_listen (const char *const *addresses,
                  guint16 port,
                  guint16 *bound_port,
                  GPtrArray *uris,
                  GError **error)
{
  g_autoptr (GArray) wishes = NULL;
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);

  g_return_val_if_fail (addresses != NULL, NULL);

  wishes = lb_socket_expand (addresses, error);
  if (wishes == NULL)
    return NULL;

  for (guint tries = 1;; tries++)
    {
      g_autoptr (GError) local_error = NULL;
      guint16 got = port;
      GArray *fds = lb_socket_try (wishes, &got, names, &local_error);

      if (fds != NULL)
        {
          *bound_port = got;
          g_ptr_array_extend_and_steal (uris, g_steal_pointer (&names));
          return fds;
        }

      /* The kernel's choice for the first address may be taken on the next. */
      if (port == 0 && tries < PORT_TRIES &&
          g_error_matches (local_error, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
        continue;

      g_propagate_error (error, g_steal_pointer (&local_error));
      return NULL;
    }
}

/**
 * lb_socket_try_listen:
 * @addresses: (array zero-terminated=1): as for lb_socket_listen()
 * @port: a port; 0 picks one
 * @found_port: (out): the port
 * @error: return location for a #GError
 *
 * Whether listening there would work now.
 *
 * Returns: %TRUE if it would
 */
gboolean
lb_socket_try_listen (const char *const *addresses,
                      guint16 port,
                      guint16 *found_port,
                      GError **error)
{
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GArray) fds = lb_socket_listen (addresses, port, found_port, uris, error);

  if (fds == NULL)
    return FALSE;

  g_array_set_clear_func (fds, lb_socket_close);

  return TRUE;
}

/**
 * lb_socket_raise_file_limit:
 *
 * Lets this process have as many descriptors as it may. Each connection is one.
 */
void
lb_socket_raise_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= limit.rlim_max)
    return;

  limit.rlim_cur = limit.rlim_max;
  if (setrlimit (RLIMIT_NOFILE, &limit) < 0)
    g_info ("The limit of descriptors could not be raised: %s", g_strerror (errno));
}

/**
 * lb_socket_get_file_limit:
 *
 * Returns: how many descriptors this process may have
 */
guint
lb_socket_get_file_limit (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0)
    return 1024;

  return (guint) MIN (limit.rlim_cur, (rlim_t) G_MAXINT);
}

/**
 * lb_socket_list_local_hosts:
 *
 * Returns: (transfer full) (array zero-terminated=1): what this computer is reached by: the addresses
 *   of its network interfaces and its name
 */
char **
lb_socket_list_local_hosts (void)
{
  g_autoptr (GStrvBuilder) hosts = g_strv_builder_new ();
  g_autofree char *name = g_ascii_strdown (g_get_host_name (), -1);
  struct ifaddrs *interfaces = NULL;

  g_strv_builder_add (hosts, name);

  if (getifaddrs (&interfaces) < 0)
    g_info ("The addresses of this computer cannot be listed: %s", g_strerror (errno));

  for (struct ifaddrs *i = interfaces; i != NULL; i = i->ifa_next)
    {
      g_autoptr (GSocketAddress) address = NULL;
      g_autofree char *text = NULL;

      if (i->ifa_addr == NULL ||
          (i->ifa_addr->sa_family != AF_INET && i->ifa_addr->sa_family != AF_INET6))
        continue;

      address = g_socket_address_new_from_native (i->ifa_addr,
                                                  i->ifa_addr->sa_family == AF_INET
                                                    ? sizeof (struct sockaddr_in)
                                                    : sizeof (struct sockaddr_in6));
      text = g_inet_address_to_string (
        g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
      g_strv_builder_add (hosts, text);
    }

  freeifaddrs (interfaces);

  return g_strv_builder_end (hosts);
}
