/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/socket.h>

#include "engine/lb-haproxy-child.h"

#define DEADLINE_S 20

typedef struct
{
  char *directory;
  LbHaproxyChild *child;
  gboolean serves;
  gboolean ended;
  char *reason;
  guint deadline;
} Fixture;

static void
on_serving (LbHaproxyChild *child,
            Fixture *self)
{
  self->serves = TRUE;
}

static void
on_ended (LbHaproxyChild *child,
          const char *reason,
          Fixture *self)
{
  g_assert_false (self->ended);
  self->ended = TRUE;
  self->reason = g_strdup (reason);
}

static gboolean
on_deadline (gpointer user_data)
{
  g_error ("The test took longer than %d seconds", DEADLINE_S);

  return G_SOURCE_REMOVE;
}

static void
set_up (Fixture *self,
        gconstpointer data)
{
  g_autofree char *runtime = NULL;
  g_autofree char *config = NULL;
  g_autofree char *state = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("lb-haproxy-XXXXXX", &error);
  g_assert_no_error (error);
  runtime = g_build_filename (self->directory, "runtime", NULL);
  config = g_build_filename (self->directory, "haproxy.cfg", NULL);
  text = g_strdup_printf ("global\n  stats socket %s mode 600 level admin\n  maxconn 100\n%s", runtime,
                          (const char *) data);
  g_assert_true (g_file_set_contents (config, text, -1, &error));

  state = g_build_filename (self->directory, "state", NULL);
  g_assert_true (g_file_set_contents (state, "1\n", -1, &error));

  self->child = lb_haproxy_child_new (runtime, config, state);
  g_assert_cmpstr (lb_haproxy_child_get_runtime (self->child), ==, runtime);
  g_assert_cmpstr (lb_haproxy_child_get_config (self->child), ==, config);
  g_signal_connect (self->child, "serving", G_CALLBACK (on_serving), self);
  g_signal_connect (self->child, "ended", G_CALLBACK (on_ended), self);
  self->deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);
}

/* What was made for a child that has ended is gone. */
static void
tear_down (Fixture *self,
           gconstpointer data)
{
  g_source_remove (self->deadline);
  g_assert_true (self->ended);
  g_assert_finalize_object (self->child);
  g_assert_cmpint (g_rmdir (self->directory), ==, 0);
  g_free (self->directory);
  g_free (self->reason);
}

static void
wait_for (const gboolean *what)
{
  while (!*what)
    g_main_context_iteration (NULL, TRUE);
}

/* Who listens on its socket. */
static pid_t
find_process (LbHaproxyChild *child)
{
  g_autoptr (GSocketAddress) address =
    g_unix_socket_address_new (lb_haproxy_child_get_runtime (child));
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;
  struct ucred who;
  socklen_t length = sizeof who;

  connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (getsockopt (g_socket_get_fd (g_socket_connection_get_socket (connection)), SOL_SOCKET,
                               SO_PEERCRED, &who, &length), ==, 0);

  return who.pid;
}

static void
test_finishes (Fixture *self,
               gconstpointer data)
{
  lb_haproxy_child_start (self->child, NULL, 0);
  wait_for (&self->serves);
  g_assert_false (self->ended);

  lb_haproxy_child_finish (self->child);
  lb_haproxy_child_finish (self->child);
  wait_for (&self->ended);
  g_assert_null (self->reason);

  lb_haproxy_child_finish (self->child);
}

static void
test_killed (Fixture *self,
             gconstpointer data)
{
  lb_haproxy_child_start (self->child, NULL, 0);
  wait_for (&self->serves);

  g_assert_cmpint (kill (find_process (self->child), SIGKILL), ==, 0);
  wait_for (&self->ended);
  g_assert_nonnull (strstr (self->reason, "signal 9"));
}

static void
test_refused (Fixture *self,
              gconstpointer data)
{
  lb_haproxy_child_start (self->child, NULL, 0);
  wait_for (&self->ended);
  g_assert_false (self->serves);
  g_assert_true (g_str_has_prefix (self->reason, "HAProxy says: "));
  g_assert_nonnull (strstr (self->reason, "nonsense"));
}

/* Its configuration is good, but somebody else has the port. */
static void
test_cannot_start (Fixture *self,
                   gconstpointer data)
{
  lb_haproxy_child_start (self->child, NULL, 0);
  wait_for (&self->ended);
  g_assert_false (self->serves);
  g_assert_true (g_str_has_prefix (self->reason, "HAProxy "));
}

static void
test_finished_at_once (Fixture *self,
                       gconstpointer data)
{
  lb_haproxy_child_start (self->child, NULL, 0);
  lb_haproxy_child_finish (self->child);
  wait_for (&self->ended);
  g_assert_false (self->serves);
  g_assert_null (self->reason);
}

static void
test_never_started (Fixture *self,
                    gconstpointer data)
{
  lb_haproxy_child_finish (self->child);
  g_assert_true (self->ended);
  g_assert_null (self->reason);
}

/* The program and its libraries are unpacked, not installed. */
static void
find_haproxy (void)
{
  const char *tools = g_getenv ("LB_TOOLS");
  g_autofree char *programs = g_build_filename (tools, "usr/sbin", NULL);
  g_autofree char *libraries = g_build_filename (tools, "usr/lib/x86_64-linux-gnu", NULL);
  g_autofree char *path = g_strconcat (programs, ":", g_getenv ("PATH"), NULL);

  g_setenv ("PATH", path, TRUE);
  g_setenv ("LD_LIBRARY_PATH", libraries, TRUE);
}

#define ADD(path, config, func) g_test_add ("/haproxy-child/" path, Fixture, config, set_up, func, tear_down)

int
main (int argc,
      char **argv)
{
  find_haproxy ();
  g_test_init (&argc, &argv, NULL);

  ADD ("finishes", "", test_finishes);
  ADD ("killed", "", test_killed);
  ADD ("refuses-a-bad-configuration", "  nonsense\n", test_refused);
  ADD ("cannot-listen",
       "defaults\n  timeout client 1s\nfrontend f\n  bind /proc/none.sock\n", test_cannot_start);
  ADD ("finished-at-once", "", test_finished_at_once);
  ADD ("never-started", "", test_never_started);

  return g_test_run ();
}
