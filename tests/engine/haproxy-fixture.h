/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

/* A real HAProxy with a runtime API in a folder of its own, and nothing in its proxy `p`. */
typedef struct
{
  char *directory;
  char *socket;
  char *config;
  GSubprocess *process;
} Haproxy;

/* It ends with the test, however that ends. */
static void
haproxy_follow (gpointer data G_GNUC_UNUSED)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL);
}

static inline void
haproxy_start (Haproxy *self)
{
  const char *tools = g_getenv ("LB_TOOLS");
  g_autofree char *program = g_build_filename (tools, "usr/sbin/haproxy", NULL);
  g_autofree char *libraries = g_build_filename (tools, "usr/lib/x86_64-linux-gnu", NULL);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GError) error = NULL;
  const gint64 end_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;

  g_unlink (self->socket);
  g_subprocess_launcher_set_child_setup (launcher, haproxy_follow, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "LD_LIBRARY_PATH", libraries, TRUE);
  self->process = g_subprocess_launcher_spawn (launcher, &error, program, "-db", "-f", self->config, NULL);
  g_assert_no_error (error);

  while (g_access (self->socket, F_OK) != 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_usleep (1000);
    }
}

static inline void
haproxy_kill (Haproxy *self)
{
  if (self->process == NULL)
    return;

  g_subprocess_send_signal (self->process, SIGKILL);
  g_subprocess_wait (self->process, NULL, NULL);
  g_clear_object (&self->process);
}

static inline void
haproxy_set_up (Haproxy *self,
                gconstpointer data G_GNUC_UNUSED)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("lb-haproxy-XXXXXX", &error);
  g_assert_no_error (error);
  self->socket = g_build_filename (self->directory, "runtime", NULL);
  self->config = g_build_filename (self->directory, "haproxy.cfg", NULL);
  text = g_strdup_printf ("global\n  stats socket %s mode 600 level admin\n  maxconn 100\n"
                          "defaults\n  mode http\n  timeout connect 1s\n  timeout client 1s\n"
                          "  timeout server 1s\nbackend p\n  balance roundrobin\n",
                          self->socket);
  g_assert_true (g_file_set_contents (self->config, text, -1, &error));
  haproxy_start (self);
}

static inline void
haproxy_tear_down (Haproxy *self,
                   gconstpointer data G_GNUC_UNUSED)
{
  haproxy_kill (self);
  g_unlink (self->socket);
  g_unlink (self->config);
  g_rmdir (self->directory);
  g_clear_pointer (&self->socket, g_free);
  g_clear_pointer (&self->config, g_free);
  g_clear_pointer (&self->directory, g_free);
}
