/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "http/lb-listening-sockets.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

static const char *const loopback[] = { "127.0.0.1", NULL };

typedef struct
{
  int epoll_fd;
  LbListeningSockets sockets;
} Fixture;

static void
set_up (Fixture *self,
        gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;

  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  g_assert_cmpint (self->epoll_fd, >=, 0);
  lb_listening_sockets_init (&self->sockets, self->epoll_fd);
  g_assert_true (lb_listening_sockets_open (&self->sockets, loopback, 0, &error));
  g_assert_no_error (error);
}

static void
tear_down (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  lb_listening_sockets_close (&self->sockets);
  lb_listening_sockets_clear (&self->sockets);
  close (self->epoll_fd);
}

/* Knocks; nobody opens yet. */
static int
knock (Fixture *self)
{
  const struct sockaddr_in address = { .sin_family = AF_INET,
                                       .sin_addr.s_addr = htonl (INADDR_LOOPBACK),
                                       .sin_port = htons (self->sockets.port) };
  const int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  g_assert_cmpint (connect (fd, (const struct sockaddr *) &address, sizeof address), ==, 0);

  return fd;
}

/* Whether epoll says that somebody knocks, at which socket. */
static gboolean
is_called (Fixture *self,
           guint64 *which)
{
  struct epoll_event event;

  if (epoll_wait (self->epoll_fd, &event, 1, 0) < 1)
    return FALSE;

  *which = event.data.u64;

  return TRUE;
}

static gboolean
is_closed (int fd)
{
  char byte;

  return recv (fd, &byte, 1, 0) <= 0;
}

static void
test_accept (Fixture *self,
             gconstpointer data G_GNUC_UNUSED)
{
  struct sockaddr_storage address;
  guint64 which = 7;
  int client;
  int fd;

  g_assert_cmpint (lb_listening_sockets_accept (&self->sockets, 0, &address), ==, -1);
  g_assert_cmpint (errno, ==, EAGAIN);
  g_assert_false (is_called (self, &which));

  client = knock (self);
  g_assert_true (is_called (self, &which));
  g_assert_cmpuint (which, ==, 0);
  fd = lb_listening_sockets_accept (&self->sockets, 0, &address);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (address.ss_family, ==, AF_INET);

  close (fd);
  close (client);
}

/* Somebody else takes them meanwhile. */
static void
test_accepting (Fixture *self,
                gconstpointer data G_GNUC_UNUSED)
{
  g_autoptr (GError) error = NULL;
  guint64 which;
  int client;

  lb_listening_sockets_set_accepting (&self->sockets, FALSE);
  client = knock (self);
  g_assert_false (is_called (self, &which));

  lb_listening_sockets_set_accepting (&self->sockets, TRUE);
  g_assert_true (is_called (self, &which));
  close (client);

  /* Nor are those watched that come meanwhile. */
  lb_listening_sockets_set_accepting (&self->sockets, FALSE);
  g_assert_true (lb_listening_sockets_open (&self->sockets, loopback, 0, &error));
  g_assert_no_error (error);
  client = knock (self);
  g_assert_false (is_called (self, &which));
  close (client);
}

static void
test_turn_away (Fixture *self,
                gconstpointer data G_GNUC_UNUSED)
{
  int client = knock (self);
  guint64 which;

  g_assert_true (lb_listening_sockets_turn_away (&self->sockets, 0));
  g_assert_true (is_closed (client));
  g_assert_false (lb_listening_sockets_turn_away (&self->sockets, 0));
  g_assert_false (self->sockets.paused);
  close (client);

  client = knock (self);
  g_assert_true (is_called (self, &which));
  close (client);
}

/* Not even one that is kept for this: they would stay ready, and the loop would spin. */
static void
test_pause (Fixture *self,
            gconstpointer data G_GNUC_UNUSED)
{
  const int client = knock (self);
  struct rlimit old;
  struct rlimit none;
  guint64 which;

  getrlimit (RLIMIT_NOFILE, &old);
  none = (struct rlimit){ 0, old.rlim_max };
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &none), ==, 0);
  g_assert_false (lb_listening_sockets_turn_away (&self->sockets, 0));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &old), ==, 0);
  g_assert_true (self->sockets.paused);
  g_assert_false (is_called (self, &which));

  /* Whether they accept does not matter until it is over. */
  lb_listening_sockets_set_accepting (&self->sockets, FALSE);
  lb_listening_sockets_set_accepting (&self->sockets, TRUE);
  g_assert_false (is_called (self, &which));

  lb_listening_sockets_resume (&self->sockets);
  g_assert_false (self->sockets.paused);
  g_assert_true (is_called (self, &which));
  g_assert_true (lb_listening_sockets_turn_away (&self->sockets, 0));
  g_assert_true (is_closed (client));

  close (client);
}

static void
test_stays (Fixture *self,
            gconstpointer data G_GNUC_UNUSED)
{
  static const char *const nowhere[] = { "192.0.2.1", NULL };
  const guint16 port = self->sockets.port;
  g_autoptr (GError) error = NULL;
  guint64 which;
  int client;

  g_assert_false (lb_listening_sockets_open (&self->sockets, nowhere, port, &error));
  g_assert_nonnull (error);
  g_assert_cmpuint (self->sockets.port, ==, port);
  g_assert_cmpstr (self->sockets.addresses[0], ==, "127.0.0.1");

  client = knock (self);
  g_assert_true (is_called (self, &which));
  close (client);
}

static void
test_uris (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *uri = g_strdup_printf ("http://127.0.0.1:%u", self->sockets.port);
  g_autofree char *secure = g_strdup_printf ("https://127.0.0.1:%u", self->sockets.port);

  g_assert_cmpstr (self->sockets.uris->pdata[0], ==, uri);
  lb_listening_sockets_set_secure (&self->sockets, TRUE);
  g_assert_cmpstr (self->sockets.uris->pdata[0], ==, secure);
  g_assert_true (lb_listening_sockets_open (&self->sockets, loopback, self->sockets.port, NULL));
  g_assert_cmpstr (self->sockets.uris->pdata[0], ==, secure);

  lb_listening_sockets_close (&self->sockets);
  g_assert_null (self->sockets.uris->pdata[0]);
  g_assert_cmpuint (self->sockets.port, ==, 0);
}

#define ADD(path, function) \
  g_test_add ("/listening-sockets/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("accept", test_accept);
  ADD ("accepting", test_accepting);
  ADD ("turn-away", test_turn_away);
  ADD ("pause", test_pause);
  ADD ("stays-where-it-is", test_stays);
  ADD ("uris", test_uris);

  return g_test_run ();
}
