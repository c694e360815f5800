/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-listener"

#include "config.h"

#include "http/lb-listening-sockets.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "http/lb-socket.h"

static int
lb_listening_sockets_get_fd (LbListeningSockets *self,
                             guint i)
{
  return g_array_index (self->fds, int, i);
}

static int
lb_listening_sockets_reserve (void)
{
  return open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
lb_listening_sockets_watch (LbListeningSockets *self)
{
  if (!self->accepting)
    return;

  for (guint i = 0; i < self->fds->len; i++)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.u64 = i };

      if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, lb_listening_sockets_get_fd (self, i), &event) < 0)
        g_warning ("A listening socket cannot be watched: %s", g_strerror (errno));
    }
}

static void
lb_listening_sockets_unwatch (LbListeningSockets *self)
{
  for (guint i = 0; i < self->fds->len; i++)
    epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, lb_listening_sockets_get_fd (self, i), NULL);
}

/* Without a descriptor to spare the sockets would stay ready, and the loop would spin. */
static void
lb_listening_sockets_pause (LbListeningSockets *self)
{
  if (self->paused)
    return;

  lb_listening_sockets_unwatch (self);
  self->paused = TRUE;
}

static void
lb_listening_sockets_update_uris (LbListeningSockets *self)
{
  for (guint i = 0; self->uris->pdata[i] != NULL; i++)
    {
      g_autofree char *uri = self->uris->pdata[i];

      self->uris->pdata[i] = g_strconcat (self->secure ? "https" : "http", strstr (uri, "://"), NULL);
    }
}

static gboolean
lb_listening_sockets_take (LbListeningSockets *self,
                           const char *const *addresses,
                           guint16 port,
                           GError **error)
{
  g_autoptr (GPtrArray) uris = g_ptr_array_new_with_free_func (g_free);
  GArray *fds = lb_socket_listen (addresses, port, &port, uris, error);

  if (fds == NULL)
    return FALSE;

  lb_listening_sockets_close (self);

  g_clear_pointer (&self->fds, g_array_unref);
  g_clear_pointer (&self->uris, g_ptr_array_unref);
  self->fds = fds;
  self->uris = g_steal_pointer (&uris);
  g_ptr_array_add (self->uris, NULL);
  lb_listening_sockets_update_uris (self);
  self->addresses = g_strdupv ((char **) addresses);
  self->port = port;
  lb_listening_sockets_watch (self);

  return TRUE;
}

/**
 * lb_listening_sockets_init:
 * @self: listening sockets
 * @epoll_fd: what says that somebody knocks; the caller's
 *
 * Begins with none.
 */
void
lb_listening_sockets_init (LbListeningSockets *self,
                           int epoll_fd)
{
  *self = (LbListeningSockets){
    .fds = g_array_new (FALSE, FALSE, sizeof (int)),
    .uris = g_ptr_array_new_with_free_func (g_free),
    .epoll_fd = epoll_fd,
    .spare_fd = lb_listening_sockets_reserve (),
    .accepting = TRUE,
  };
  g_ptr_array_add (self->uris, NULL);
}

/**
 * lb_listening_sockets_clear:
 * @self: listening sockets that are closed
 */
void
lb_listening_sockets_clear (LbListeningSockets *self)
{
  g_clear_pointer (&self->fds, g_array_unref);
  g_clear_pointer (&self->uris, g_ptr_array_unref);
  if (self->spare_fd >= 0)
    close (self->spare_fd);
  self->spare_fd = -1;
}

/**
 * lb_listening_sockets_open:
 * @self: listening sockets
 * @addresses: (array zero-terminated=1): IP addresses without brackets, or `localhost`
 * @port: one port for all of them; 0 picks one that all can have
 * @error: return location for a #GError
 *
 * Listens there, and no longer where it did before. If that fails everything stays as it was.
 *
 * Sets a #GIOErrorEnum such as %G_IO_ERROR_ADDRESS_IN_USE.
 *
 * Returns: %TRUE if it listens on all of them
 */
gboolean
lb_listening_sockets_open (LbListeningSockets *self,
                           const char *const *addresses,
                           guint16 port,
                           GError **error)
{
  g_autoptr (GError) ignored = NULL;
  g_auto (GStrv) old_addresses = NULL;
  guint16 old_port;

  if (port == 0 || port != self->port)
    return lb_listening_sockets_take (self, addresses, port, error);

  /* On the same port our own sockets would be in the way. */
  old_port = self->port;
  old_addresses = g_steal_pointer (&self->addresses);
  lb_listening_sockets_close (self);

  if (lb_listening_sockets_take (self, addresses, port, error))
    return TRUE;

  if (!lb_listening_sockets_take (self, (const char *const *) old_addresses, old_port, &ignored))
    g_warning ("The port is lost: %s", ignored->message);

  return FALSE;
}

/**
 * lb_listening_sockets_close:
 * @self: listening sockets
 *
 * Stops listening.
 *
 * Another process may have copies. As long as it has, closing ours neither takes a socket out of the
 * epoll set nor frees its port; shutting it down does.
 */
void
lb_listening_sockets_close (LbListeningSockets *self)
{
  lb_listening_sockets_unwatch (self);
  for (guint i = 0; i < self->fds->len; i++)
    {
      shutdown (lb_listening_sockets_get_fd (self, i), SHUT_RDWR);
      close (lb_listening_sockets_get_fd (self, i));
    }

  self->paused = FALSE;
  g_array_set_size (self->fds, 0);
  g_ptr_array_set_size (self->uris, 0);
  g_ptr_array_add (self->uris, NULL);
  g_clear_pointer (&self->addresses, g_strfreev);
  self->port = 0;
}

/**
 * lb_listening_sockets_set_accepting:
 * @self: listening sockets
 * @accepting: whether they are watched
 *
 * Without, the sockets stay, for somebody else who has them to take clients from.
 */
void
lb_listening_sockets_set_accepting (LbListeningSockets *self,
                                    gboolean accepting)
{
  accepting = accepting != FALSE;
  if (self->accepting == accepting)
    return;

  self->accepting = accepting;
  if (self->paused)
    return;
  if (accepting)
    lb_listening_sockets_watch (self);
  else
    lb_listening_sockets_unwatch (self);
}

/**
 * lb_listening_sockets_set_secure:
 * @self: listening sockets
 * @secure: whether somebody else speaks TLS on them
 *
 * Says what their URLs begin with.
 */
void
lb_listening_sockets_set_secure (LbListeningSockets *self,
                                 gboolean secure)
{
  self->secure = secure;
  lb_listening_sockets_update_uris (self);
}

/**
 * lb_listening_sockets_accept:
 * @self: listening sockets
 * @i: which one
 * @address: (out caller-allocates): where the client is
 *
 * Returns: (transfer full): the descriptor of a client, or -1, and `errno` says why as after accept()
 */
int
lb_listening_sockets_accept (LbListeningSockets *self,
                             guint i,
                             struct sockaddr_storage *address)
{
  socklen_t length = sizeof *address;

  return accept4 (lb_listening_sockets_get_fd (self, i), (struct sockaddr *) address, &length,
                  SOCK_NONBLOCK | SOCK_CLOEXEC);
}

/**
 * lb_listening_sockets_turn_away:
 * @self: listening sockets
 * @i: the one at which a client knocks
 *
 * Tells a client for whom no descriptor is left at once, by a closed connection. For want of any
 * descriptor, the sockets pause.
 *
 * Returns: %TRUE if a client was turned away, and there may be another one; %FALSE if there is none, or
 *   the sockets pause until lb_listening_sockets_resume()
 */
gboolean
lb_listening_sockets_turn_away (LbListeningSockets *self,
                                guint i)
{
  struct sockaddr_storage address;
  int fd;

  if (self->spare_fd < 0)
    {
      lb_listening_sockets_pause (self);
      return FALSE;
    }

  close (self->spare_fd);
  fd = lb_listening_sockets_accept (self, i, &address);
  if (fd >= 0)
    close (fd);
  else if (errno != EAGAIN)
    lb_listening_sockets_pause (self);
  self->spare_fd = lb_listening_sockets_reserve ();

  return fd >= 0;
}

/**
 * lb_listening_sockets_resume:
 * @self: listening sockets
 *
 * Ends a pause, if there is one: descriptors may have become free.
 */
void
lb_listening_sockets_resume (LbListeningSockets *self)
{
  if (!self->paused)
    return;

  if (self->spare_fd < 0)
    self->spare_fd = lb_listening_sockets_reserve ();

  self->paused = FALSE;
  lb_listening_sockets_watch (self);
}
