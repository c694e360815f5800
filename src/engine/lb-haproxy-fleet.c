/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-fleet.h"

#include "engine/lb-haproxy-member.h"
#include "engine/lb-haproxy-sum.h"

/* How often in a row the local one may leave us without an answer before it is said to hang. */
#define HUNG_AFTER 2

/**
 * LbHaproxyFleet:
 *
 * All the HAProxys that carry the traffic: the one on this computer, if it serves, and those elsewhere. All of them
 * get the same servers, and what they count is added up.
 *
 * Signals: `reported`, one of them has said how it is, or did not answer; `hung`, the local one does not answer any
 * more; `problem` (char *message), a sentence on one that is gone, refuses something, or was changed by somebody else.
 */
struct _LbHaproxyFleet
{
  GObject parent_instance;

  char *proxy;
  GPtrArray *members; /* of LbHaproxyMember; the local one, if there is one, is the first */
};

enum
{
  REPORTED,
  HUNG,
  PROBLEM,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbHaproxyFleet, lb_haproxy_fleet, G_TYPE_OBJECT)

static LbHaproxyMember *
lb_haproxy_fleet_get (LbHaproxyFleet *self,
                      guint i)
{
  return g_ptr_array_index (self->members, i);
}

static LbHaproxyMember *
lb_haproxy_fleet_find (LbHaproxyFleet *self,
                       const char *address)
{
  for (guint i = 0; i < self->members->len; i++)
    if (g_str_equal (lb_haproxy_member_get_address (lb_haproxy_fleet_get (self, i)), address))
      return lb_haproxy_fleet_get (self, i);

  return NULL;
}

static void
lb_haproxy_fleet_on_problem (LbHaproxyFleet *self,
                             const char *problem)
{
  g_signal_emit (self, signals[PROBLEM], 0, problem);
}

static void
lb_haproxy_fleet_on_reported (LbHaproxyFleet *self,
                              LbHaproxyMember *member)
{
  g_autoptr (LbHaproxyMember) alive = g_object_ref (member);

  g_signal_emit (self, signals[REPORTED], 0);
  if (g_str_equal (lb_haproxy_member_get_address (alive), LB_NODE_LOCAL) &&
      lb_haproxy_member_get_timeouts (alive) >= HUNG_AFTER)
    g_signal_emit (self, signals[HUNG], 0);
}

static void
lb_haproxy_fleet_insert (LbHaproxyFleet *self,
                         int position,
                         const char *address,
                         const char *runtime,
                         GPtrArray *wanted)
{
  g_autoptr (GError) error = NULL;
  LbHaproxyMember *member = lb_haproxy_member_new (address, runtime, self->proxy, &error);

  if (member == NULL)
    {
      lb_haproxy_fleet_on_problem (self, error->message);
      return;
    }

  g_ptr_array_insert (self->members, position, member);
  g_signal_connect_swapped (member, "problem", G_CALLBACK (lb_haproxy_fleet_on_problem), self);
  g_signal_connect_swapped (member, "reported", G_CALLBACK (lb_haproxy_fleet_on_reported), self);
  lb_haproxy_node_set_wanted (lb_haproxy_member_get_node (member), wanted);
  lb_haproxy_node_start (lb_haproxy_member_get_node (member));
}

static void
lb_haproxy_fleet_free_member (gpointer data)
{
  LbHaproxyMember *member = data;

  lb_haproxy_node_stop (lb_haproxy_member_get_node (member));
  g_object_unref (member);
}

static void
lb_haproxy_fleet_remove (LbHaproxyFleet *self,
                         guint i)
{
  g_signal_handlers_disconnect_by_data (lb_haproxy_fleet_get (self, i), self);
  g_ptr_array_remove_index (self->members, i);
}

static void
lb_haproxy_fleet_dispose (GObject *object)
{
  LbHaproxyFleet *self = LB_HAPROXY_FLEET (object);

  while (self->members->len > 0)
    lb_haproxy_fleet_remove (self, self->members->len - 1);

  G_OBJECT_CLASS (lb_haproxy_fleet_parent_class)->dispose (object);
}

static void
lb_haproxy_fleet_finalize (GObject *object)
{
  LbHaproxyFleet *self = LB_HAPROXY_FLEET (object);

  g_ptr_array_unref (self->members);
  g_free (self->proxy);

  G_OBJECT_CLASS (lb_haproxy_fleet_parent_class)->finalize (object);
}

static void
lb_haproxy_fleet_class_init (LbHaproxyFleetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_haproxy_fleet_dispose;
  object_class->finalize = lb_haproxy_fleet_finalize;

  signals[REPORTED] = g_signal_new ("reported", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 0);
  signals[HUNG] = g_signal_new ("hung", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  signals[PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                   G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lb_haproxy_fleet_init (LbHaproxyFleet *self)
{
  self->members = g_ptr_array_new_with_free_func (lb_haproxy_fleet_free_member);
}

/**
 * lb_haproxy_fleet_new:
 * @proxy: the name of the proxy whose servers are looked after
 *
 * Returns: (transfer full): a fleet of none
 */
LbHaproxyFleet *
lb_haproxy_fleet_new (const char *proxy)
{
  LbHaproxyFleet *self = g_object_new (LB_TYPE_HAPROXY_FLEET, NULL);

  self->proxy = g_strdup (proxy);

  return self;
}

/**
 * lb_haproxy_fleet_set_local:
 * @self: a fleet
 * @runtime: (nullable): the path of the socket of the runtime API of the one on this computer; %NULL if none serves
 * @wanted: (element-type LbHaproxyWanted): the servers that it is to have
 *
 * Another path is another process.
 */
void
lb_haproxy_fleet_set_local (LbHaproxyFleet *self,
                            const char *runtime,
                            GPtrArray *wanted)
{
  LbHaproxyMember *local;

  g_return_if_fail (LB_IS_HAPROXY_FLEET (self));

  local = lb_haproxy_fleet_find (self, LB_NODE_LOCAL);
  if (local != NULL && g_strcmp0 (lb_haproxy_node_get_address (lb_haproxy_member_get_node (local)), runtime) == 0)
    return;

  if (local != NULL)
    lb_haproxy_fleet_remove (self, 0);
  if (runtime != NULL)
    lb_haproxy_fleet_insert (self, 0, LB_NODE_LOCAL, runtime, wanted);
}

/**
 * lb_haproxy_fleet_set_addresses:
 * @self: a fleet
 * @addresses: (array zero-terminated=1): where the runtime APIs of those elsewhere are, no two alike
 * @wanted: (element-type LbHaproxyWanted): the servers that they are to have
 *
 * Begins with those that are new, and leaves those that are no longer there as they are.
 */
void
lb_haproxy_fleet_set_addresses (LbHaproxyFleet *self,
                                const char *const *addresses,
                                GPtrArray *wanted)
{
  g_return_if_fail (LB_IS_HAPROXY_FLEET (self));

  for (guint i = self->members->len; i > 0; i--)
    {
      const char *address = lb_haproxy_member_get_address (lb_haproxy_fleet_get (self, i - 1));

      if (!g_str_equal (address, LB_NODE_LOCAL) && !g_strv_contains (addresses, address))
        lb_haproxy_fleet_remove (self, i - 1);
    }

  for (guint i = 0; addresses[i] != NULL; i++)
    if (lb_haproxy_fleet_find (self, addresses[i]) == NULL)
      lb_haproxy_fleet_insert (self, -1, addresses[i], addresses[i], wanted);
}

/* The one on this computer has all that it was started with until another one takes its place. */
static GPtrArray *
lb_haproxy_fleet_choose (LbHaproxyMember *member,
                         GPtrArray *wanted,
                         GPtrArray *local)
{
  return g_str_equal (lb_haproxy_member_get_address (member), LB_NODE_LOCAL) ? local : wanted;
}

/**
 * lb_haproxy_fleet_set_wanted:
 * @self: a fleet
 * @wanted: (element-type LbHaproxyWanted): the servers that those elsewhere are to have; copied
 * @local: (element-type LbHaproxyWanted): those that the one on this computer is to have; copied
 *
 * Tells all of them, as lb_haproxy_node_set_wanted() does.
 */
void
lb_haproxy_fleet_set_wanted (LbHaproxyFleet *self,
                             GPtrArray *wanted,
                             GPtrArray *local)
{
  g_return_if_fail (LB_IS_HAPROXY_FLEET (self));

  for (guint i = 0; i < self->members->len; i++)
    {
      LbHaproxyMember *member = lb_haproxy_fleet_get (self, i);

      lb_haproxy_node_set_wanted (lb_haproxy_member_get_node (member),
                                  lb_haproxy_fleet_choose (member, wanted, local));
    }
}

/**
 * lb_haproxy_fleet_set_learned:
 * @self: a fleet
 * @wanted: (element-type LbHaproxyWanted): the servers that those elsewhere are to have; copied
 * @local: (element-type LbHaproxyWanted): those that the one on this computer is to have; copied
 *
 * Tells all of them, as lb_haproxy_node_set_learned() does.
 */
void
lb_haproxy_fleet_set_learned (LbHaproxyFleet *self,
                              GPtrArray *wanted,
                              GPtrArray *local)
{
  g_return_if_fail (LB_IS_HAPROXY_FLEET (self));

  for (guint i = 0; i < self->members->len; i++)
    {
      LbHaproxyMember *member = lb_haproxy_fleet_get (self, i);

      lb_haproxy_node_set_learned (lb_haproxy_member_get_node (member),
                                   lb_haproxy_fleet_choose (member, wanted, local));
    }
}

/**
 * lb_haproxy_fleet_is_empty:
 * @self: a fleet
 *
 * Returns: whether there is no HAProxy, here or elsewhere
 */
gboolean
lb_haproxy_fleet_is_empty (LbHaproxyFleet *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_FLEET (self), TRUE);

  return self->members->len == 0;
}

/**
 * lb_haproxy_fleet_get_local_state:
 * @self: a fleet
 *
 * Returns: (nullable): how the servers of the one on this computer are, in its words
 */
const char *
lb_haproxy_fleet_get_local_state (LbHaproxyFleet *self)
{
  LbHaproxyMember *local;
  const LbHaproxyReport *report = NULL;

  g_return_val_if_fail (LB_IS_HAPROXY_FLEET (self), NULL);

  local = lb_haproxy_fleet_find (self, LB_NODE_LOCAL);
  if (local != NULL)
    report = lb_haproxy_node_get_report (lb_haproxy_member_get_node (local));

  return report != NULL ? report->state : NULL;
}

/**
 * lb_haproxy_fleet_take_report:
 * @self: a fleet
 *
 * Adds up how all of them are that answer. What they count and time is what there was since this was called last.
 *
 * Returns: (transfer full) (nullable): what they say together; %NULL if none answers
 */
LbHaproxyReport *
lb_haproxy_fleet_take_report (LbHaproxyFleet *self)
{
  g_autoptr (LbHaproxyReport) sum = NULL;

  g_return_val_if_fail (LB_IS_HAPROXY_FLEET (self), NULL);

  for (guint i = 0; i < self->members->len; i++)
    {
      const LbHaproxyReport *report =
        lb_haproxy_node_get_report (lb_haproxy_member_get_node (lb_haproxy_fleet_get (self, i)));

      if (report == NULL)
        continue;
      if (sum == NULL)
        sum = lb_haproxy_report_new ();
      lb_haproxy_sum_add (sum, report);
    }

  for (guint i = 0; sum != NULL && i < sum->servers->len; i++)
    {
      LbHaproxyServer *server = g_ptr_array_index (sum->servers, i);

      for (guint j = 0; j < self->members->len; j++)
        lb_haproxy_counters_take (lb_haproxy_member_get_counters (lb_haproxy_fleet_get (self, j)), server);
    }

  return g_steal_pointer (&sum);
}

/**
 * lb_haproxy_fleet_list_nodes:
 * @self: a fleet
 * @words: (nullable): the pool in HAProxy's words
 * @pool: the pool
 *
 * Returns: (transfer full) (element-type LbNodeSnapshot): how each of them is, the one on this computer first
 */
GPtrArray *
lb_haproxy_fleet_list_nodes (LbHaproxyFleet *self,
                             const LbHaproxyPool *words,
                             LbPool *pool)
{
  GPtrArray *nodes = lb_node_snapshot_new_list ();

  g_return_val_if_fail (LB_IS_HAPROXY_FLEET (self), nodes);

  for (guint i = 0; i < self->members->len; i++)
    g_ptr_array_add (nodes, lb_haproxy_member_make_snapshot (lb_haproxy_fleet_get (self, i), words, pool));

  return nodes;
}

/**
 * lb_haproxy_fleet_get_foreign:
 * @self: a fleet
 * @address: which of them
 *
 * Returns: (transfer none) (nullable) (element-type LbHaproxyForeign): what somebody else has set there
 */
GPtrArray *
lb_haproxy_fleet_get_foreign (LbHaproxyFleet *self,
                              const char *address)
{
  LbHaproxyMember *member;

  g_return_val_if_fail (LB_IS_HAPROXY_FLEET (self), NULL);
  g_return_val_if_fail (address != NULL, NULL);

  member = lb_haproxy_fleet_find (self, address);

  return member != NULL ? lb_haproxy_node_get_foreign (lb_haproxy_member_get_node (member)) : NULL;
}

/**
 * lb_haproxy_fleet_undo_foreign:
 * @self: a fleet
 * @address: which of them
 *
 * Sets what somebody else has set there to what is wanted.
 */
void
lb_haproxy_fleet_undo_foreign (LbHaproxyFleet *self,
                               const char *address)
{
  LbHaproxyMember *member;

  g_return_if_fail (LB_IS_HAPROXY_FLEET (self));
  g_return_if_fail (address != NULL);

  member = lb_haproxy_fleet_find (self, address);
  if (member != NULL)
    lb_haproxy_node_undo_foreign (lb_haproxy_member_get_node (member));
}
