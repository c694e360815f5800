/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "engine/lb-haproxy-plan.h"

/*
 * Compares the servers that are wanted with those that are, and says what to do. Nothing is remembered
 * here, and nothing asked: a plan that is carried out half is made anew from the next report.
 */

static void
lb_haproxy_foreign_free (gpointer data)
{
  LbHaproxyForeign *self = data;

  g_free (self->name);
  g_free (self);
}

/**
 * lb_haproxy_server_get_state:
 * @server: how a server is
 *
 * Returns: what it was told to do. One whose name cannot be resolved was told nothing.
 */
LbState
lb_haproxy_server_get_state (const LbHaproxyServer *server)
{
  if (server->admin & LB_HAPROXY_FORCED_MAINT)
    return LB_STATE_MAINT;
  if (server->admin & LB_HAPROXY_FORCED_DRAIN)
    return LB_STATE_DRAIN;

  return LB_STATE_READY;
}

static void G_GNUC_PRINTF (2, 3)
lb_haproxy_plan_tell (LbHaproxyPlan *self,
                      const char *format,
                      ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (self->commands, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

static void
lb_haproxy_plan_set_state (LbHaproxyPlan *self,
                           const char *proxy,
                           const char *name,
                           LbState state)
{
  lb_haproxy_plan_tell (self, "set server %s/%s state %s", proxy, name, lb_state_to_string (state));
}

/* A server that is added is in maintenance and not checked at first. */
static void
lb_haproxy_plan_add (LbHaproxyPlan *self,
                     const char *proxy,
                     const LbHaproxyWanted *wanted)
{
  lb_haproxy_plan_tell (self, "add server %s/%s %s weight %u", proxy, wanted->name, wanted->words,
                        wanted->weight);
  lb_haproxy_plan_tell (self, "enable health %s/%s", proxy, wanted->name);
}

/* Who is added has no cookie until cookies are made anew; where there are none, nothing happens. */
static void
lb_haproxy_plan_begin (LbHaproxyPlan *self,
                       const char *proxy,
                       GPtrArray *added)
{
  if (added->len == 0)
    return;

  lb_haproxy_plan_tell (self, "enable dynamic-cookie backend %s", proxy);
  for (guint i = 0; i < added->len; i++)
    {
      const LbHaproxyWanted *wanted = g_ptr_array_index (added, i);

      if (wanted->state != LB_STATE_MAINT)
        lb_haproxy_plan_set_state (self, proxy, wanted->name, wanted->state);
    }
}

/* Who is in maintenance gets nothing new and ends what it has; until then it cannot be deleted, and the
 * next plan tries again. */
static void
lb_haproxy_plan_remove (LbHaproxyPlan *self,
                        const char *proxy,
                        const LbHaproxyServer *server)
{
  if (!(server->admin & LB_HAPROXY_FORCED_MAINT))
    lb_haproxy_plan_set_state (self, proxy, server->name, LB_STATE_MAINT);
  lb_haproxy_plan_tell (self, "del server %s/%s", proxy, server->name);
}

static void
lb_haproxy_plan_change (LbHaproxyPlan *self,
                        const char *proxy,
                        const LbHaproxyWanted *wanted,
                        const LbHaproxyWanted *done,
                        const LbHaproxyServer *server)
{
  const LbState state = lb_haproxy_server_get_state (server);

  if (state == wanted->state && server->weight == wanted->weight)
    return;

  /* It was as it is wanted, and is no longer. */
  if (done != NULL && done->state == wanted->state && done->weight == wanted->weight)
    {
      LbHaproxyForeign *foreign = g_new (LbHaproxyForeign, 1);

      *foreign = (LbHaproxyForeign){ g_strdup (server->name), server->weight, state };
      g_ptr_array_add (self->foreign, foreign);
      return;
    }

  /* Not to be chosen comes before what it would be chosen by. */
  if (state != wanted->state)
    lb_haproxy_plan_set_state (self, proxy, wanted->name, wanted->state);
  if (server->weight != wanted->weight)
    lb_haproxy_plan_tell (self, "set server %s/%s weight %u", proxy, wanted->name, wanted->weight);
}

static guint
lb_haproxy_plan_get_max_replaced (GPtrArray *wanted,
                                  const LbHaproxyReport *report)
{
  guint n_wanted = 0;
  guint n_away = 0;

  for (guint i = 0; i < wanted->len; i++)
    {
      const LbHaproxyWanted *each = g_ptr_array_index (wanted, i);
      const LbHaproxyServer *server = lb_haproxy_report_find (report, each->name);

      if (each->state != LB_STATE_READY)
        continue;

      n_wanted++;
      if (server == NULL || lb_haproxy_server_get_state (server) != LB_STATE_READY)
        n_away++;
    }

  return MAX (n_wanted / 2, 1) - MIN (n_away, MAX (n_wanted / 2, 1));
}

/**
 * lb_haproxy_plan_new:
 * @proxy: the name of the proxy that the servers are in
 * @wanted: (element-type LbHaproxyWanted): the servers that are to be, by different names
 * @done: (nullable) (element-type utf8 LbHaproxyWanted): how we have made each server last
 * @report: the servers that are
 *
 * Says how to get from those that are to those that are wanted. One that must be added with other words than
 * it was is removed first; the plan after this one adds it. So that there is always one that takes requests, no more
 * than half of them are away at a time.
 *
 * Returns: (transfer full): what to do
 */
LbHaproxyPlan *
lb_haproxy_plan_new (const char *proxy,
                     GPtrArray *wanted,
                     GHashTable *done,
                     const LbHaproxyReport *report)
{
  LbHaproxyPlan *self = g_new0 (LbHaproxyPlan, 1);
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) added = g_ptr_array_new ();
  const guint max_replaced = lb_haproxy_plan_get_max_replaced (wanted, report);
  guint n_replaced = 0;

  self->commands = g_ptr_array_new_with_free_func (g_free);
  self->foreign = g_ptr_array_new_with_free_func (lb_haproxy_foreign_free);

  for (guint i = 0; i < wanted->len; i++)
    g_hash_table_add (names, ((LbHaproxyWanted *) g_ptr_array_index (wanted, i))->name);

  for (guint i = 0; i < wanted->len; i++)
    {
      LbHaproxyWanted *each = g_ptr_array_index (wanted, i);
      const LbHaproxyWanted *before = done != NULL ? g_hash_table_lookup (done, each->name) : NULL;
      const LbHaproxyServer *server = lb_haproxy_report_find (report, each->name);

      if (server == NULL && lb_haproxy_wanted_is_by_name (each))
        {
          self->n_by_name++;
        }
      else if (server == NULL)
        {
          lb_haproxy_plan_add (self, proxy, each);
          g_ptr_array_add (added, each);
        }
      else if (before != NULL && !g_str_equal (before->words, each->words))
        {
          if (lb_haproxy_server_get_state (server) != LB_STATE_READY || n_replaced++ < max_replaced)
            lb_haproxy_plan_remove (self, proxy, server);
        }
      else
        lb_haproxy_plan_change (self, proxy, each, before, server);
    }
  lb_haproxy_plan_begin (self, proxy, added);

  /* Others take the requests by now. */
  for (guint i = 0; i < report->servers->len; i++)
    {
      const LbHaproxyServer *server = g_ptr_array_index (report->servers, i);

      if (!g_hash_table_contains (names, server->name))
        lb_haproxy_plan_remove (self, proxy, server);
    }

  return self;
}

/**
 * lb_haproxy_plan_free:
 * @self: (nullable) (transfer full): a plan
 */
void
lb_haproxy_plan_free (LbHaproxyPlan *self)
{
  if (self == NULL)
    return;

  g_ptr_array_unref (self->commands);
  g_ptr_array_unref (self->foreign);
  g_free (self);
}
