/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-node.h"

#include <string.h>

#include "engine/lb-haproxy-done.h"
#include "engine/lb-haproxy-socket.h"

/* From one report to the next; and after something was told, since a plan may take more than one. */
#define INTERVAL_US G_USEC_PER_SEC
#define AGAIN_US (20 * 1000)

/* While it does not answer, twice as long each time. */
#define BACK_OFF_MAX_US (30 * G_USEC_PER_SEC)

/* How much is told at once: half of HAProxy's buffer. */
#define TELL_MAX (8 * 1024)

/**
 * LbHaproxyNode:
 *
 * One HAProxy process, here or elsewhere, by its runtime API. As long as it is started it asks once a
 * second how the servers are, and tells HAProxy what has to change for them to be as they are wanted;
 * what is wanted anew is told at once. A HAProxy that does not answer is asked again, less and less
 * often, and brought up to date when it is back.
 *
 * What somebody else has set, it leaves as it is, see lb_haproxy_node_get_foreign().
 *
 * Signals: `reported`, there is a new report, or it did not answer.
 */
struct _LbHaproxyNode
{
  GObject parent_instance;

  char *address;
  char *proxy;
  GSocketConnectable *connectable;

  GPtrArray *wanted;         /* of LbHaproxyWanted */
  LbHaproxyDone *done;
  LbHaproxyReport *report;   /* NULL before the first, and while it does not answer */
  LbHaproxyPlan *plan;       /* the last one, or NULL */
  char *error;
  char *refusal;

  GSource *source;           /* NULL while it is stopped */
  GCancellable *cancellable; /* while something is under way */
  guint told;                /* how much of the plan */
  gboolean again;            /* something is wanted anew since it was asked */
  gboolean held;             /* a server that is to be deleted has connections */
  gboolean timed_out;
  gboolean settled;
  gint64 back_off_us;
};

enum
{
  REPORTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbHaproxyNode, lb_haproxy_node, G_TYPE_OBJECT)

static void lb_haproxy_node_tell (LbHaproxyNode *self);

static void
lb_haproxy_node_wait (LbHaproxyNode *self,
                      gint64 us)
{
  g_clear_object (&self->cancellable);
  if (self->source != NULL)
    g_source_set_ready_time (self->source, self->again ? 0 : g_get_monotonic_time () + us);
  self->again = FALSE;
}

/* Does not wait for the time that it is due; but who does not answer is not asked more often. */
static void
lb_haproxy_node_hurry (LbHaproxyNode *self)
{
  self->settled = FALSE;
  if (self->source == NULL || self->error != NULL)
    return;

  if (self->cancellable != NULL)
    self->again = TRUE;
  else
    g_source_set_ready_time (self->source, 0);
}

static void
lb_haproxy_node_fail (LbHaproxyNode *self,
                      const GError *error)
{
  g_free (self->error);
  self->error = g_strdup (error->message);
  self->timed_out = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
  g_clear_pointer (&self->report, lb_haproxy_report_free);
  g_clear_pointer (&self->plan, lb_haproxy_plan_free);
  self->settled = FALSE;
  self->again = FALSE;

  self->back_off_us = CLAMP (self->back_off_us * 2, INTERVAL_US, BACK_OFF_MAX_US);
  lb_haproxy_node_wait (self, self->back_off_us);
  g_signal_emit (self, signals[REPORTED], 0);
}

static void
lb_haproxy_node_on_report (GObject *source G_GNUC_UNUSED,
                           GAsyncResult *result,
                           gpointer user_data)
{
  g_autoptr (LbHaproxyNode) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = lb_haproxy_socket_ask_finish (result, &error);
  g_autoptr (LbHaproxyReport) report = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (answer != NULL)
    report = lb_haproxy_report_parse (answer, &error);
  if (report == NULL)
    {
      lb_haproxy_node_fail (self, error);
      return;
    }

  g_clear_pointer (&self->error, g_free);
  g_clear_pointer (&self->refusal, g_free);
  g_clear_pointer (&self->report, lb_haproxy_report_free);
  g_clear_pointer (&self->plan, lb_haproxy_plan_free);
  self->report = g_steal_pointer (&report);
  self->back_off_us = 0;
  self->told = 0;
  self->held = FALSE;
  self->timed_out = FALSE;

  lb_haproxy_done_remember (self->done, self->wanted, self->report, g_get_monotonic_time ());
  self->plan = lb_haproxy_plan_new (self->proxy, self->wanted, lb_haproxy_done_get_servers (self->done),
                                    self->report);
  self->settled = self->plan->commands->len == 0;
  lb_haproxy_node_tell (self);
  g_signal_emit (self, signals[REPORTED], 0);
}

static void
lb_haproxy_node_ask (LbHaproxyNode *self)
{
  g_autofree char *commands = g_strdup_printf (LB_HAPROXY_REPORT_COMMANDS, self->proxy, self->proxy);

  self->cancellable = g_cancellable_new ();
  lb_haproxy_socket_ask_async (self->connectable, commands, self->cancellable,
                               lb_haproxy_node_on_report, g_object_ref (self));
}

/* What HAProxy says besides that it has done what it was told. A server that still has connections is
 * deleted later. */
static void
lb_haproxy_node_note_refusals (LbHaproxyNode *self,
                               const char *answer)
{
  g_auto (GStrv) lines = g_strsplit (answer, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], "connections") != NULL)
      self->held = TRUE;
    else if (self->refusal == NULL && *lines[i] != '\0' && !g_str_has_prefix (lines[i], "New server registered") &&
             !g_str_has_prefix (lines[i], "Server deleted"))
      self->refusal = g_utf8_make_valid (lines[i], -1);
}

static void
lb_haproxy_node_on_told (GObject *source G_GNUC_UNUSED,
                         GAsyncResult *result,
                         gpointer user_data)
{
  g_autoptr (LbHaproxyNode) self = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *answer = lb_haproxy_socket_ask_finish (result, &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  if (answer == NULL)
    {
      lb_haproxy_node_fail (self, error);
      return;
    }

  lb_haproxy_node_note_refusals (self, answer);
  lb_haproxy_node_tell (self);
}

/* Tells what is left of the plan, a part at a time, and then waits. */
static void
lb_haproxy_node_tell (LbHaproxyNode *self)
{
  g_autoptr (GString) commands = g_string_new (NULL);

  while (self->told < self->plan->commands->len && commands->len < TELL_MAX)
    {
      if (commands->len > 0)
        g_string_append_c (commands, ';');
      g_string_append (commands, g_ptr_array_index (self->plan->commands, self->told++));
    }

  if (commands->len == 0)
    {
      /* What HAProxy refuses is not told over and over, and a connection may last for hours. */
      const gboolean again = self->plan->commands->len > 0 && self->refusal == NULL && !self->held;

      lb_haproxy_node_wait (self, again ? AGAIN_US : INTERVAL_US);
      return;
    }

  lb_haproxy_socket_ask_async (self->connectable, commands->str, self->cancellable,
                               lb_haproxy_node_on_told, g_object_ref (self));
}

static gboolean
lb_haproxy_node_on_time (gpointer user_data)
{
  LbHaproxyNode *self = user_data;

  g_source_set_ready_time (self->source, -1);
  lb_haproxy_node_ask (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
lb_haproxy_node_source_dispatch (GSource *source G_GNUC_UNUSED,
                                 GSourceFunc callback,
                                 gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { .dispatch = lb_haproxy_node_source_dispatch };

static void
lb_haproxy_node_dispose (GObject *object)
{
  lb_haproxy_node_stop (LB_HAPROXY_NODE (object));

  G_OBJECT_CLASS (lb_haproxy_node_parent_class)->dispose (object);
}

static void
lb_haproxy_node_finalize (GObject *object)
{
  LbHaproxyNode *self = LB_HAPROXY_NODE (object);

  g_free (self->address);
  g_free (self->proxy);
  g_clear_object (&self->connectable);
  g_ptr_array_unref (self->wanted);
  lb_haproxy_done_free (self->done);
  lb_haproxy_report_free (self->report);
  lb_haproxy_plan_free (self->plan);
  g_free (self->error);
  g_free (self->refusal);

  G_OBJECT_CLASS (lb_haproxy_node_parent_class)->finalize (object);
}

static void
lb_haproxy_node_class_init (LbHaproxyNodeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_haproxy_node_dispose;
  object_class->finalize = lb_haproxy_node_finalize;

  signals[REPORTED] = g_signal_new ("reported", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 0);
}

static void
lb_haproxy_node_init (LbHaproxyNode *self)
{
  self->wanted = lb_haproxy_wanted_new_list ();
  self->done = lb_haproxy_done_new ();
}

/**
 * lb_haproxy_node_new:
 * @address: the path of a HAProxy's stats socket, or HOST:PORT
 * @proxy: the name of the proxy whose servers are looked after
 * @error: return location for a %G_IO_ERROR_INVALID_ARGUMENT
 *
 * Returns: (transfer full) (nullable): a node that has not started
 */
LbHaproxyNode *
lb_haproxy_node_new (const char *address,
                     const char *proxy,
                     GError **error)
{
  LbHaproxyNode *self;
  GSocketConnectable *connectable;

  g_return_val_if_fail (address != NULL, NULL);
  g_return_val_if_fail (proxy != NULL, NULL);

  connectable = lb_haproxy_socket_parse (address, error);
  if (connectable == NULL)
    return NULL;

  self = g_object_new (LB_TYPE_HAPROXY_NODE, NULL);
  self->address = g_strdup (address);
  self->proxy = g_strdup (proxy);
  self->connectable = connectable;

  return self;
}

/**
 * lb_haproxy_node_start:
 * @self: a node
 *
 * Asks at once, and from then on, in the thread-default main context.
 */
void
lb_haproxy_node_start (LbHaproxyNode *self)
{
  g_return_if_fail (LB_IS_HAPROXY_NODE (self));

  if (self->source != NULL)
    return;

  self->source = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[lb] HAProxy node");
  g_source_set_callback (self->source, lb_haproxy_node_on_time, self, NULL);
  g_source_set_ready_time (self->source, 0);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

/**
 * lb_haproxy_node_stop:
 * @self: a node
 *
 * Asks and tells nothing any more.
 */
void
lb_haproxy_node_stop (LbHaproxyNode *self)
{
  g_return_if_fail (LB_IS_HAPROXY_NODE (self));

  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->again = FALSE;
  self->settled = FALSE;
}

/**
 * lb_haproxy_node_set_wanted:
 * @self: a node
 * @wanted: (element-type LbHaproxyWanted): the servers that are to be, by different names; copied
 *
 * Wants other servers, or the same otherwise, and tells HAProxy as soon as it answers.
 */
void
lb_haproxy_node_set_wanted (LbHaproxyNode *self,
                            GPtrArray *wanted)
{
  g_return_if_fail (LB_IS_HAPROXY_NODE (self));

  if (lb_haproxy_wanted_take_list (self->wanted, wanted))
    lb_haproxy_node_hurry (self);
}

/**
 * lb_haproxy_node_set_learned:
 * @self: a node
 * @wanted: (element-type LbHaproxyWanted): the servers that are to be, by different names; copied
 *
 * Wants them as lb_haproxy_node_set_wanted() does, but HAProxy is told with the next report: what is learned
 * from one report must not lead to another at once.
 */
void
lb_haproxy_node_set_learned (LbHaproxyNode *self,
                             GPtrArray *wanted)
{
  g_return_if_fail (LB_IS_HAPROXY_NODE (self));

  if (lb_haproxy_wanted_take_list (self->wanted, wanted))
    self->settled = FALSE;
}

/**
 * lb_haproxy_node_undo_foreign:
 * @self: a node
 *
 * Sets what somebody else has set to what is wanted.
 */
void
lb_haproxy_node_undo_foreign (LbHaproxyNode *self)
{
  GPtrArray *foreign;

  g_return_if_fail (LB_IS_HAPROXY_NODE (self));

  foreign = lb_haproxy_node_get_foreign (self);
  for (guint i = 0; foreign != NULL && i < foreign->len; i++)
    lb_haproxy_done_forget (self->done, ((LbHaproxyForeign *) g_ptr_array_index (foreign, i))->name);

  lb_haproxy_node_hurry (self);
}

/**
 * lb_haproxy_node_get_address:
 * @self: a node
 *
 * Returns: the address it was made with
 */
const char *
lb_haproxy_node_get_address (LbHaproxyNode *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_NODE (self), NULL);

  return self->address;
}

/**
 * lb_haproxy_node_get_report:
 * @self: a node
 *
 * Returns: (transfer none) (nullable): what HAProxy said last; %NULL while it does not answer
 */
const LbHaproxyReport *
lb_haproxy_node_get_report (LbHaproxyNode *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_NODE (self), NULL);

  return self->report;
}

/**
 * lb_haproxy_node_get_error:
 * @self: a node
 *
 * Returns: (nullable): why it does not answer
 */
const char *
lb_haproxy_node_get_error (LbHaproxyNode *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_NODE (self), NULL);

  return self->error;
}

/**
 * lb_haproxy_node_has_timed_out:
 * @self: a node
 *
 * Returns: whether it does not answer though somebody listens there, who may hang
 */
gboolean
lb_haproxy_node_has_timed_out (LbHaproxyNode *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_NODE (self), FALSE);

  return self->timed_out;
}

/**
 * lb_haproxy_node_get_refusal:
 * @self: a node
 *
 * Returns: (nullable): what HAProxy said to the first command that it has refused since the last
 *   report
 */
const char *
lb_haproxy_node_get_refusal (LbHaproxyNode *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_NODE (self), NULL);

  return self->refusal;
}

/**
 * lb_haproxy_node_get_foreign:
 * @self: a node
 *
 * Returns: (transfer none) (nullable) (element-type LbHaproxyForeign): the servers that are as somebody
 *   else has set them; they stay so until something else is wanted of them
 */
GPtrArray *
lb_haproxy_node_get_foreign (LbHaproxyNode *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_NODE (self), NULL);

  return self->plan != NULL ? self->plan->foreign : NULL;
}

/**
 * lb_haproxy_node_get_n_by_name:
 * @self: a node
 *
 * Returns: how many servers it has not, and cannot be given, since they come by name
 */
guint
lb_haproxy_node_get_n_by_name (LbHaproxyNode *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_NODE (self), 0);

  return self->plan != NULL ? self->plan->n_by_name : 0;
}

/**
 * lb_haproxy_node_is_settled:
 * @self: a node
 *
 * Returns: whether there was nothing to be told after the last report, and nothing else is wanted
 *   since
 */
gboolean
lb_haproxy_node_is_settled (LbHaproxyNode *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_NODE (self), FALSE);

  return self->settled;
}
