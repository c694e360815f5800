/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "engine/lb-haproxy-done.h"

#include "engine/lb-haproxy-plan.h"

/* No server has this weight. */
#define CHANGING G_MAXUINT

/* HAProxy tells whole seconds, and takes a moment to. */
#define SAME_START_US (3 * G_USEC_PER_SEC)

/**
 * LbHaproxyDone:
 *
 * How one HAProxy process was made: each server as it was when it was as it is wanted. What differs from that is
 * somebody else's doing. Of another process nothing is known.
 */
struct _LbHaproxyDone
{
  GHashTable *servers; /* of LbHaproxyWanted, by name */
  guint64 pid;
  gint64 start_us;
};

static void
lb_haproxy_done_free_wanted (gpointer wanted)
{
  lb_haproxy_wanted_free (wanted);
}

/**
 * lb_haproxy_done_new:
 *
 * Returns: (transfer full): what was done to a process that nobody knows yet
 */
LbHaproxyDone *
lb_haproxy_done_new (void)
{
  LbHaproxyDone *self = g_new0 (LbHaproxyDone, 1);

  self->servers = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, lb_haproxy_done_free_wanted);

  return self;
}

/**
 * lb_haproxy_done_free:
 * @self: (nullable) (transfer full): what was done
 */
void
lb_haproxy_done_free (LbHaproxyDone *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->servers);
  g_free (self);
}

/* Whatever another process was told, this one was not. In a container each has the same number, but one that is
 * another has started later; one that seems to have started earlier has gone on while this computer slept. */
static void
lb_haproxy_done_check_process (LbHaproxyDone *self,
                               const LbHaproxyReport *report,
                               gint64 now_us)
{
  const gint64 start_us = now_us - report->uptime_s * G_USEC_PER_SEC;

  if (report->pid != self->pid || start_us - self->start_us > SAME_START_US)
    g_hash_table_remove_all (self->servers);
  self->pid = report->pid;
  self->start_us = start_us;
}

static gboolean
lb_haproxy_done_is_as (const LbHaproxyWanted *wanted,
                       guint weight,
                       LbState state)
{
  return wanted->weight == weight && wanted->state == state;
}

/* Remembers how a server is if it is as it is wanted. One that is about to be told so is neither as it was nor as
 * it is wanted, whichever the next report finds: what is wanted may be the former again by then. */
static void
lb_haproxy_done_remember_server (LbHaproxyDone *self,
                                 const LbHaproxyWanted *wanted,
                                 const LbHaproxyServer *server)
{
  LbHaproxyWanted *done = g_hash_table_lookup (self->servers, wanted->name);

  /* It is put into maintenance until it can be made anew; by then, its former words may be wanted again. */
  if (done != NULL && !g_str_equal (done->words, wanted->words))
    {
      done->weight = CHANGING;
      return;
    }

  if (done != NULL && lb_haproxy_done_is_as (wanted, done->weight, done->state))
    return;

  if (lb_haproxy_done_is_as (wanted, server->weight, lb_haproxy_server_get_state (server)))
    {
      LbHaproxyWanted *copy = lb_haproxy_wanted_copy (wanted);

      g_hash_table_replace (self->servers, copy->name, copy);
    }
  else if (done != NULL)
    done->weight = CHANGING;
}

/* Forgets who is gone. Who is to go is in maintenance until it can be deleted, and may be wanted again by then. */
static void
lb_haproxy_done_sort_out (LbHaproxyDone *self,
                          GPtrArray *wanted,
                          const LbHaproxyReport *report)
{
  g_autoptr (GHashTable) names = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer done;

  for (guint i = 0; i < wanted->len; i++)
    g_hash_table_add (names, ((LbHaproxyWanted *) g_ptr_array_index (wanted, i))->name);

  g_hash_table_iter_init (&iter, self->servers);
  while (g_hash_table_iter_next (&iter, NULL, &done))
    {
      const char *name = ((LbHaproxyWanted *) done)->name;

      if (lb_haproxy_report_find (report, name) == NULL)
        g_hash_table_iter_remove (&iter);
      else if (!g_hash_table_contains (names, name))
        ((LbHaproxyWanted *) done)->weight = CHANGING;
    }
}

/**
 * lb_haproxy_done_remember:
 * @self: what was done
 * @wanted: (element-type LbHaproxyWanted): the servers that are to be
 * @report: the servers that are
 * @now_us: the monotonic time in microseconds
 *
 * Remembers which servers are as they are wanted; of those that are gone, nothing. To be called before each plan.
 */
void
lb_haproxy_done_remember (LbHaproxyDone *self,
                          GPtrArray *wanted,
                          const LbHaproxyReport *report,
                          gint64 now_us)
{
  lb_haproxy_done_check_process (self, report, now_us);
  lb_haproxy_done_sort_out (self, wanted, report);

  for (guint i = 0; i < wanted->len; i++)
    {
      const LbHaproxyWanted *each = g_ptr_array_index (wanted, i);
      const LbHaproxyServer *server = lb_haproxy_report_find (report, each->name);

      if (server != NULL)
        lb_haproxy_done_remember_server (self, each, server);
    }
}

/**
 * lb_haproxy_done_forget:
 * @self: what was done
 * @name: a server's name
 *
 * Forgets how it was made, so that it is made anew if it is not as it is wanted.
 */
void
lb_haproxy_done_forget (LbHaproxyDone *self,
                        const char *name)
{
  g_hash_table_remove (self->servers, name);
}

/**
 * lb_haproxy_done_get_servers:
 * @self: what was done
 *
 * Returns: (transfer none) (element-type utf8 LbHaproxyWanted): how each server was made, by its name
 */
GHashTable *
lb_haproxy_done_get_servers (LbHaproxyDone *self)
{
  return self->servers;
}
