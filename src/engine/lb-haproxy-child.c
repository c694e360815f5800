/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-child.h"

#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "engine/lb-haproxy-socket.h"

/* How often a HAProxy that starts is asked whether it serves, and for how long. */
#define ASK_AGAIN_US (10 * 1000)
#define START_US (10 * G_USEC_PER_SEC)

/**
 * LbHaproxyChild:
 *
 * One HAProxy process of ours, from its configuration to its end. It is one process, without HAProxy's master:
 * it takes its listening sockets over from us, so that another one with another configuration can begin to take
 * clients from the same sockets before this one is told to finish. It ends when we do, however we end.
 *
 * Signals: `serving`, it answers; `ended` (nullable char *reason), it is no longer there: with a reason if it was
 * not told to finish. One that could not be started has only ended.
 */
struct _LbHaproxyChild
{
  GObject parent_instance;

  char *runtime;
  char *config;
  char *state_file; /* or NULL */

  GSocketConnectable *address;
  GSubprocess *check;   /* `haproxy -c`, while it runs */
  GSubprocess *process; /* NULL before, and when it has ended */
  GArray *sockets;      /* of int: our copies, until it has them */
  GCancellable *cancellable;
  GSource *source;      /* while it is waited for */
  gint64 start_until_us;
  gboolean finishing;
  gboolean ended;
};

enum
{
  SERVING,
  ENDED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbHaproxyChild, lb_haproxy_child, G_TYPE_OBJECT)

static void
close_socket (gpointer data)
{
  close (*(int *) data);
}

/* In the child, between fork and exec. */
static void
lb_haproxy_child_set_up (gpointer user_data G_GNUC_UNUSED)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static void
lb_haproxy_child_stop_waiting (LbHaproxyChild *self)
{
  if (self->source == NULL)
    return;

  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

/* Who finishes needs none of them, and may outlive us. */
static void
lb_haproxy_child_remove_files (LbHaproxyChild *self)
{
  g_unlink (self->runtime);
  g_unlink (self->config);
  if (self->state_file != NULL)
    g_unlink (self->state_file);
}

static void
lb_haproxy_child_end (LbHaproxyChild *self,
                      const char *reason)
{
  g_autoptr (LbHaproxyChild) alive = g_object_ref (self);

  if (self->ended)
    return;

  self->ended = TRUE;
  lb_haproxy_child_stop_waiting (self);
  g_clear_object (&self->process);
  g_array_set_size (self->sockets, 0);
  lb_haproxy_child_remove_files (self);
  g_signal_emit (self, signals[ENDED], 0, self->finishing ? NULL : reason);
}

/* The last line that is not empty says most. */
static char *
lb_haproxy_child_read_reason (const char *output)
{
  g_autofree char *valid = g_utf8_make_valid (output != NULL ? output : "", -1);
  g_auto (GStrv) lines = g_strsplit (valid, "\n", -1);
  const char *said = NULL;

  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], "[ALERT]") != NULL && said == NULL)
      said = g_strstrip (lines[i]);

  return said != NULL ? g_strdup_printf (_("HAProxy says: %s"), said)
                      : g_strdup (_("HAProxy ended without a reason."));
}

static void
lb_haproxy_child_on_process_ended (GObject *source,
                                   GAsyncResult *result,
                                   gpointer user_data)
{
  g_autoptr (LbHaproxyChild) self = user_data;
  GSubprocess *process = G_SUBPROCESS (source);
  g_autofree char *output = NULL;
  g_autofree char *reason = NULL;

  g_subprocess_communicate_utf8_finish (process, result, NULL, &output, NULL);

  if (g_subprocess_get_if_signaled (process))
    reason = g_strdup_printf (_("HAProxy was ended by signal %d."), g_subprocess_get_term_sig (process));
  else
    reason = lb_haproxy_child_read_reason (output);

  lb_haproxy_child_end (self, reason);
}

static void lb_haproxy_child_ask (LbHaproxyChild *self);

static gboolean
lb_haproxy_child_on_time (gpointer user_data)
{
  LbHaproxyChild *self = user_data;

  lb_haproxy_child_stop_waiting (self);
  lb_haproxy_child_ask (self);

  return G_SOURCE_REMOVE;
}

static void
lb_haproxy_child_on_answer (GObject *source G_GNUC_UNUSED,
                            GAsyncResult *result,
                            gpointer user_data)
{
  g_autoptr (LbHaproxyChild) self = user_data;
  g_autofree char *answer = lb_haproxy_socket_ask_finish (result, NULL);

  if (self->ended || self->finishing)
    return;

  if (answer != NULL && g_str_has_prefix (answer, "Name: HAProxy"))
    {
      g_signal_emit (self, signals[SERVING], 0);
      return;
    }

  if (g_get_monotonic_time () >= self->start_until_us)
    {
      g_subprocess_force_exit (self->process);
      return;
    }

  self->source = g_timeout_source_new (ASK_AGAIN_US / 1000);
  g_source_set_static_name (self->source, "[lb] HAProxy starts");
  g_source_set_callback (self->source, lb_haproxy_child_on_time, self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static void
lb_haproxy_child_ask (LbHaproxyChild *self)
{
  lb_haproxy_socket_ask_async (self->address, "show info", self->cancellable, lb_haproxy_child_on_answer,
                               g_object_ref (self));
}

/* It reads its listening sockets as descriptors 3 and up. */
static GSubprocess *
lb_haproxy_child_spawn (LbHaproxyChild *self,
                        const char *option,
                        GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *program = lb_haproxy_child_find_program (error);

  if (program == NULL)
    return NULL;

  g_subprocess_launcher_set_child_setup (launcher, lb_haproxy_child_set_up, NULL, NULL);
  for (guint i = 0; i < self->sockets->len; i++)
    {
      const int copy = fcntl (g_array_index (self->sockets, int, i), F_DUPFD_CLOEXEC, 3);

      if (copy >= 0)
        g_subprocess_launcher_take_fd (launcher, copy, 3 + (int) i);
    }

  return g_subprocess_launcher_spawn (launcher, error, program, option, "-f", self->config, NULL);
}

static void
lb_haproxy_child_run (LbHaproxyChild *self)
{
  g_autoptr (GError) error = NULL;

  self->process = lb_haproxy_child_spawn (self, "-db", &error);
  if (self->process == NULL)
    {
      lb_haproxy_child_end (self, error->message);
      return;
    }

  g_array_set_size (self->sockets, 0);
  g_subprocess_communicate_utf8_async (self->process, NULL, NULL, lb_haproxy_child_on_process_ended,
                                       g_object_ref (self));
  self->start_until_us = g_get_monotonic_time () + START_US;
  lb_haproxy_child_ask (self);
}

static void
lb_haproxy_child_on_checked (GObject *source,
                             GAsyncResult *result,
                             gpointer user_data)
{
  g_autoptr (LbHaproxyChild) self = user_data;
  GSubprocess *check = G_SUBPROCESS (source);
  g_autofree char *output = NULL;

  g_subprocess_communicate_utf8_finish (check, result, NULL, &output, NULL);
  g_clear_object (&self->check);

  if (self->finishing)
    lb_haproxy_child_end (self, NULL);
  else if (g_subprocess_get_if_exited (check) && g_subprocess_get_exit_status (check) == 0)
    lb_haproxy_child_run (self);
  else
    {
      g_autofree char *reason = lb_haproxy_child_read_reason (output);

      lb_haproxy_child_end (self, reason);
    }
}

static void
lb_haproxy_child_dispose (GObject *object)
{
  LbHaproxyChild *self = LB_HAPROXY_CHILD (object);

  lb_haproxy_child_stop_waiting (self);
  g_clear_object (&self->check);
  g_clear_object (&self->process);
  g_clear_object (&self->address);
  g_clear_object (&self->cancellable);

  G_OBJECT_CLASS (lb_haproxy_child_parent_class)->dispose (object);
}

static void
lb_haproxy_child_finalize (GObject *object)
{
  LbHaproxyChild *self = LB_HAPROXY_CHILD (object);

  g_free (self->runtime);
  g_free (self->config);
  g_free (self->state_file);
  g_array_unref (self->sockets);

  G_OBJECT_CLASS (lb_haproxy_child_parent_class)->finalize (object);
}

static void
lb_haproxy_child_class_init (LbHaproxyChildClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_haproxy_child_dispose;
  object_class->finalize = lb_haproxy_child_finalize;

  signals[SERVING] = g_signal_new ("serving", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[ENDED] = g_signal_new ("ended", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                 G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lb_haproxy_child_init (LbHaproxyChild *self)
{
  self->cancellable = g_cancellable_new ();
  self->sockets = g_array_new (FALSE, FALSE, sizeof (int));
  g_array_set_clear_func (self->sockets, close_socket);
}

/**
 * lb_haproxy_child_find_program:
 * @error: return location for a %G_IO_ERROR_NOT_FOUND, which says how to get it
 *
 * Returns: (transfer full) (nullable): the path of HAProxy, which need not be in a person's PATH
 */
char *
lb_haproxy_child_find_program (GError **error)
{
  static const char *const places[] = { "haproxy", "/usr/sbin/haproxy", "/usr/local/sbin/haproxy" };

  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      char *program = g_find_program_in_path (places[i]);

      if (program != NULL)
        return program;
    }

  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
                       _("HAProxy is not installed. On Debian and Ubuntu: sudo apt install haproxy"));

  return NULL;
}

/**
 * lb_haproxy_child_new:
 * @runtime: the path of the socket of its runtime API; removed in the end
 * @config: the path of its configuration; removed in the end
 * @state_file: (nullable): the path of the state that it begins with; removed in the end
 *
 * Returns: (transfer full): a child that has not started
 */
LbHaproxyChild *
lb_haproxy_child_new (const char *runtime,
                      const char *config,
                      const char *state_file)
{
  LbHaproxyChild *self = g_object_new (LB_TYPE_HAPROXY_CHILD, NULL);

  self->runtime = g_strdup (runtime);
  self->config = g_strdup (config);
  self->state_file = g_strdup (state_file);
  self->address = lb_haproxy_socket_parse (runtime, NULL);

  return self;
}

/**
 * lb_haproxy_child_start:
 * @self: a child that has not started
 * @sockets: (array length=n_sockets): the listening sockets that it is to serve; copied
 * @n_sockets: how many there are
 *
 * Lets HAProxy check its configuration, and then serve. If there is no HAProxy, it has ended before this
 * returns.
 */
void
lb_haproxy_child_start (LbHaproxyChild *self,
                        const int *sockets,
                        guint n_sockets)
{
  g_autoptr (GError) error = NULL;

  g_return_if_fail (LB_IS_HAPROXY_CHILD (self));
  g_return_if_fail (self->address != NULL);

  for (guint i = 0; i < n_sockets; i++)
    {
      int copy = fcntl (sockets[i], F_DUPFD_CLOEXEC, 3);

      if (copy >= 0)
        g_array_append_val (self->sockets, copy);
    }

  self->check = lb_haproxy_child_spawn (self, "-c", &error);
  if (self->check != NULL)
    g_subprocess_communicate_utf8_async (self->check, NULL, NULL, lb_haproxy_child_on_checked,
                                         g_object_ref (self));
  else
    lb_haproxy_child_end (self, error->message);
}

/**
 * lb_haproxy_child_finish:
 * @self: a child
 *
 * Takes no more clients, and ends when those that it has are done.
 */
void
lb_haproxy_child_finish (LbHaproxyChild *self)
{
  g_return_if_fail (LB_IS_HAPROXY_CHILD (self));

  if (self->finishing || self->ended)
    return;

  self->finishing = TRUE;
  lb_haproxy_child_remove_files (self);
  g_cancellable_cancel (self->cancellable);
  if (self->process != NULL)
    g_subprocess_send_signal (self->process, SIGUSR1);
  else if (self->check == NULL)
    lb_haproxy_child_end (self, NULL);
}

/**
 * lb_haproxy_child_kill:
 * @self: a child
 *
 * Ends it at once, whatever it is busy with; `ended` says so.
 */
void
lb_haproxy_child_kill (LbHaproxyChild *self)
{
  g_return_if_fail (LB_IS_HAPROXY_CHILD (self));

  if (self->process != NULL)
    g_subprocess_force_exit (self->process);
}

/**
 * lb_haproxy_child_get_runtime:
 * @self: a child
 *
 * Returns: the path of the socket of its runtime API
 */
const char *
lb_haproxy_child_get_runtime (LbHaproxyChild *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_CHILD (self), NULL);

  return self->runtime;
}

/**
 * lb_haproxy_child_get_config:
 * @self: a child
 *
 * Returns: the path of its configuration
 */
const char *
lb_haproxy_child_get_config (LbHaproxyChild *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_CHILD (self), NULL);

  return self->config;
}
