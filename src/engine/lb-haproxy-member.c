/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-member.h"

#include <glib/gi18n-lib.h>

#include "engine/lb-haproxy-figures.h"

/**
 * LbHaproxyMember:
 *
 * One HAProxy among others: its node, since when it answers or does not, and what it has counted.
 *
 * Signals: `reported`, as the node's; `problem` (char *message), a sentence on what is wrong with it.
 */
struct _LbHaproxyMember
{
  GObject parent_instance;

  char *address;
  LbHaproxyNode *node;

  LbNodeState state;
  gint64 since_us; /* since 1970 */
  guint timeouts;  /* in a row */
  char *refusal;   /* the last one that was told */
  guint n_foreign; /* how many were told */
  guint n_by_name; /* the same */

  LbHaproxyCounters *counters;
};

enum
{
  REPORTED,
  PROBLEM,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbHaproxyMember, lb_haproxy_member, G_TYPE_OBJECT)

static void G_GNUC_PRINTF (2, 3)
lb_haproxy_member_tell (LbHaproxyMember *self,
                        const char *format,
                        ...)
{
  g_autofree char *problem = NULL;
  va_list arguments;

  va_start (arguments, format);
  problem = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  g_signal_emit (self, signals[PROBLEM], 0, problem);
}

static void
lb_haproxy_member_set_state (LbHaproxyMember *self,
                             LbNodeState state)
{
  if (self->state == state)
    return;

  self->state = state;
  self->since_us = g_get_real_time ();
}

/* The one on this computer is somebody else's to explain. */
static gboolean
lb_haproxy_member_is_local (LbHaproxyMember *self)
{
  return g_str_equal (self->address, LB_NODE_LOCAL);
}

static void
lb_haproxy_member_tell_refusal (LbHaproxyMember *self)
{
  const char *refusal = lb_haproxy_node_get_refusal (self->node);

  if (g_strcmp0 (refusal, self->refusal) == 0)
    return;

  g_free (self->refusal);
  self->refusal = g_strdup (refusal);
  if (refusal != NULL && lb_haproxy_member_is_local (self))
    lb_haproxy_member_tell (self, _("HAProxy says: %s"), refusal);
  else if (refusal != NULL)
    lb_haproxy_member_tell (self, _("The HAProxy at %s says: %s"), self->address, refusal);
}

static void
lb_haproxy_member_tell_foreign (LbHaproxyMember *self)
{
  const GPtrArray *foreign = lb_haproxy_node_get_foreign (self->node);
  const guint n = foreign != NULL ? foreign->len : 0;

  if (n > self->n_foreign && lb_haproxy_member_is_local (self))
    lb_haproxy_member_tell (self, "%s", _("Somebody else has changed servers of HAProxy by its runtime API. They are "
                                          "left as they are until you adopt or undo that."));
  else if (n > self->n_foreign)
    lb_haproxy_member_tell (self, _("Somebody else has changed servers of the HAProxy at %s. They are left as they "
                                    "are until you adopt or undo that."),
                            self->address);
  self->n_foreign = n;
}

static void
lb_haproxy_member_tell_by_name (LbHaproxyMember *self)
{
  const guint n = lb_haproxy_node_get_n_by_name (self->node);

  if (n > self->n_by_name)
    lb_haproxy_member_tell (self, _("The HAProxy at %s cannot be given backends by name while it runs. Write them into "
                                    "its file, or give them IP addresses."),
                            self->address);
  self->n_by_name = n;
}

static void
lb_haproxy_member_on_reported (LbHaproxyMember *self)
{
  const LbHaproxyReport *report = lb_haproxy_node_get_report (self->node);

  if (report != NULL)
    {
      self->timeouts = 0;
      lb_haproxy_member_set_state (self, LB_NODE_SERVING);
      lb_haproxy_counters_add (self->counters, report, g_get_monotonic_time ());
      lb_haproxy_member_tell_refusal (self);
      lb_haproxy_member_tell_foreign (self);
      lb_haproxy_member_tell_by_name (self);
    }
  else
    {
      self->timeouts = lb_haproxy_node_has_timed_out (self->node) ? self->timeouts + 1 : 0;
      if (self->state != LB_NODE_GONE && !lb_haproxy_member_is_local (self))
        lb_haproxy_member_tell (self, _("The HAProxy at %s does not answer: %s"), self->address,
                                lb_haproxy_node_get_error (self->node));
      lb_haproxy_member_set_state (self, LB_NODE_GONE);
    }

  g_signal_emit (self, signals[REPORTED], 0);
}

static void
lb_haproxy_member_dispose (GObject *object)
{
  LbHaproxyMember *self = LB_HAPROXY_MEMBER (object);

  if (self->node != NULL)
    g_signal_handlers_disconnect_by_data (self->node, self);
  g_clear_object (&self->node);

  G_OBJECT_CLASS (lb_haproxy_member_parent_class)->dispose (object);
}

static void
lb_haproxy_member_finalize (GObject *object)
{
  LbHaproxyMember *self = LB_HAPROXY_MEMBER (object);

  g_free (self->address);
  g_free (self->refusal);
  lb_haproxy_counters_free (self->counters);

  G_OBJECT_CLASS (lb_haproxy_member_parent_class)->finalize (object);
}

static void
lb_haproxy_member_class_init (LbHaproxyMemberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_haproxy_member_dispose;
  object_class->finalize = lb_haproxy_member_finalize;

  signals[REPORTED] = g_signal_new ("reported", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
  signals[PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lb_haproxy_member_init (LbHaproxyMember *self)
{
  self->since_us = g_get_real_time ();
}

/**
 * lb_haproxy_member_new:
 * @address: what it is called: %LB_NODE_LOCAL, or the same as @runtime
 * @runtime: where its runtime API is, the path of a socket or HOST:PORT
 * @proxy: the name of the proxy whose servers are looked after
 * @error: return location for a %G_IO_ERROR_INVALID_ARGUMENT
 *
 * Returns: (transfer full) (nullable): one whose node has not started
 */
LbHaproxyMember *
lb_haproxy_member_new (const char *address,
                       const char *runtime,
                       const char *proxy,
                       GError **error)
{
  LbHaproxyNode *node = lb_haproxy_node_new (runtime, proxy, error);
  LbHaproxyMember *self;

  if (node == NULL)
    return NULL;

  self = g_object_new (LB_TYPE_HAPROXY_MEMBER, NULL);
  self->address = g_strdup (address);
  self->node = node;
  self->counters = lb_haproxy_counters_new (lb_haproxy_member_is_local (self));
  g_signal_connect_swapped (node, "reported", G_CALLBACK (lb_haproxy_member_on_reported), self);

  return self;
}

/**
 * lb_haproxy_member_get_address:
 * @self: a member
 *
 * Returns: (transfer none): what it is called
 */
const char *
lb_haproxy_member_get_address (LbHaproxyMember *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_MEMBER (self), NULL);

  return self->address;
}

/**
 * lb_haproxy_member_get_node:
 * @self: a member
 *
 * Returns: (transfer none): its runtime API
 */
LbHaproxyNode *
lb_haproxy_member_get_node (LbHaproxyMember *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_MEMBER (self), NULL);

  return self->node;
}

/**
 * lb_haproxy_member_get_timeouts:
 * @self: a member
 *
 * Returns: how often in a row it has not answered though somebody listens there
 */
guint
lb_haproxy_member_get_timeouts (LbHaproxyMember *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_MEMBER (self), 0);

  return self->timeouts;
}

/**
 * lb_haproxy_member_get_counters:
 * @self: a member
 *
 * Returns: (transfer none): what it has counted
 */
LbHaproxyCounters *
lb_haproxy_member_get_counters (LbHaproxyMember *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_MEMBER (self), NULL);

  return self->counters;
}

/* How the node is */

static char **
lb_haproxy_member_list_foreign (LbHaproxyMember *self,
                                const LbHaproxyPool *words)
{
  const GPtrArray *foreign = lb_haproxy_node_get_foreign (self->node);
  g_autoptr (GStrvBuilder) sentences = g_strv_builder_new ();

  for (guint i = 0; foreign != NULL && i < foreign->len; i++)
    {
      const LbHaproxyForeign *each = g_ptr_array_index (foreign, i);
      const LbHaproxyWanted *wanted = lb_haproxy_pool_find_wanted (words, each->name);
      g_autofree char *sentence = NULL;

      if (wanted == NULL)
        continue;

      if (each->state != wanted->state)
        /* Translators: a server, and two of the words “ready”, “drain” and “maint”, which are not translated */
        sentence = g_strdup_printf (_("%s is %s, not %s"), each->name, lb_state_to_string (each->state),
                                    lb_state_to_string (wanted->state));
      else
        /* Translators: a server, and two numbers */
        sentence = g_strdup_printf (_("%s has a weight of %u, not %u"), each->name, each->weight, wanted->weight);
      g_strv_builder_add (sentences, sentence);
    }

  return g_strv_builder_end (sentences);
}

static void
lb_haproxy_member_fill_figures (LbHaproxyMember *self,
                                const LbHaproxyServer *server,
                                LbNodeFigures *figures)
{
  figures->known = TRUE;
  figures->health = lb_haproxy_figures_get_health (server);
  if (server->check_status != NULL)
    figures->check = g_ref_string_new (server->check_status);
  figures->in_flight = server->sessions;
  figures->queued = server->queued;
  figures->requests = lb_haproxy_counters_get_requests (self->counters, server->name);
  figures->requests_per_s = lb_haproxy_counters_get_rate (self->counters, server->name);
  figures->response_us = lb_haproxy_figures_get_response_us (
    server, figures->requests_per_s > 0.0 ? lb_haproxy_counters_get_response_us (self->counters, server->name) : -1);
}

/**
 * lb_haproxy_member_make_snapshot:
 * @self: a member
 * @words: (nullable): the pool in HAProxy's words
 * @pool: the pool
 *
 * Returns: (transfer full): how it is, and what it knows of the pool's backends, in their order
 */
LbNodeSnapshot *
lb_haproxy_member_make_snapshot (LbHaproxyMember *self,
                                 const LbHaproxyPool *words,
                                 LbPool *pool)
{
  const guint n_backends = lb_pool_get_n_backends (pool);
  const LbHaproxyReport *report;
  LbNodeSnapshot *snapshot;
  guint next = 0;

  g_return_val_if_fail (LB_IS_HAPROXY_MEMBER (self), NULL);

  report = lb_haproxy_node_get_report (self->node);
  snapshot = lb_node_snapshot_new (self->address,
                                   lb_haproxy_member_is_local (self) ? _("This Computer") : self->address,
                                   n_backends);
  snapshot->state = self->state;
  snapshot->since_us = self->since_us;
  snapshot->error = g_strdup (lb_haproxy_node_get_error (self->node));
  snapshot->version = report != NULL ? g_strdup (report->version) : NULL;
  g_strfreev (snapshot->foreign);
  snapshot->foreign = lb_haproxy_member_list_foreign (self, words);

  /* Those that HAProxy has are in the pool's order, but for those that have just come or gone. */
  for (guint i = 0; words != NULL && report != NULL && i < n_backends; i++)
    {
      const LbHaproxyServer *server;
      const guint at = lb_haproxy_pool_find_index (words, lb_pool_get_backend (pool, i), next);

      if (at == G_MAXUINT)
        continue;

      next = at + 1;
      server = lb_haproxy_report_find (report, lb_haproxy_pool_get_wanted (words, at)->name);
      if (server != NULL)
        lb_haproxy_member_fill_figures (self, server, &snapshot->backends[i]);
    }

  return snapshot;
}
