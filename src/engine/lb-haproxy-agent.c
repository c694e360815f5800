/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-agent.h"

#include <math.h>
#include <string.h>

#include "engine/lb-haproxy-config.h"

/* How old the largest weight may be: it is looked for among all backends. */
#define LARGEST_AGE_US (G_USEC_PER_SEC / 10)

/* How much is said of why a backend is down. */
#define REASON_MAX 80

/**
 * LbHaproxyAgent:
 *
 * Says how a HAProxy somewhere else is to use each backend, in the words of its `agent-check`
 * (configuration guide, section 5.2): for a HAProxy that we cannot reach, but that reaches us.
 *
 * A weight is a share of the largest one of the pool, in percent. HAProxy multiplies it with the weight
 * that the server has in its file, which should therefore be the same for all of them, and large enough
 * that a hundredth of it is 1.
 */
struct _LbHaproxyAgent
{
  LbPool *pool;

  GHashTable *by_name; /* utf8 → LbBackend *, as of @order */
  guint64 order;

  double largest;
  gint64 largest_us;
};

/**
 * lb_haproxy_agent_new:
 * @pool: the pool
 *
 * Returns: (transfer full): an agent for it
 */
LbHaproxyAgent *
lb_haproxy_agent_new (LbPool *pool)
{
  LbHaproxyAgent *self;

  g_return_val_if_fail (LB_IS_POOL (pool), NULL);

  self = g_new0 (LbHaproxyAgent, 1);
  self->pool = g_object_ref (pool);

  return self;
}

/**
 * lb_haproxy_agent_free:
 * @self: (nullable) (transfer full): an agent
 */
void
lb_haproxy_agent_free (LbHaproxyAgent *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->by_name, g_hash_table_unref);
  g_object_unref (self->pool);
  g_free (self);
}

/* Servers are called as in a file that we write. Who is left out there has no name. */
static void
lb_haproxy_agent_name_all (LbHaproxyAgent *self)
{
  g_auto (LbProbeSettings) probe = { 0 };
  LbExchangePool *pool;
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autoptr (LbHaproxySection) section = NULL;

  lb_probe_settings_init (&probe);
  pool = lb_exchange_pool_new (LB_HAPROXY_PROXY, &probe);
  for (guint i = 0; i < lb_pool_get_n_backends (self->pool); i++)
    g_ptr_array_add (pool->backends, g_object_ref (lb_pool_get_backend (self->pool, i)));

  section = lb_haproxy_section_new (pool, notes);
  for (guint i = 0; i < lb_haproxy_section_get_n (section); i++)
    g_hash_table_insert (self->by_name, g_strdup (lb_haproxy_section_get_name (section, i)),
                         g_object_ref (lb_haproxy_section_get_backend (section, i)));

  g_clear_pointer (&section, lb_haproxy_section_free);
  lb_exchange_pool_free (pool);
}

static void
lb_haproxy_agent_update (LbHaproxyAgent *self,
                         gint64 now_us)
{
  const guint64 order = lb_pool_get_order (self->pool);

  if (self->by_name == NULL || self->order != order)
    {
      g_clear_pointer (&self->by_name, g_hash_table_unref);
      self->by_name = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
      self->order = order;
      self->largest_us = 0;
      if (lb_pool_get_n_backends (self->pool) > 0)
        lb_haproxy_agent_name_all (self);
    }

  if (self->largest_us == 0 || now_us - self->largest_us > LARGEST_AGE_US)
    {
      self->largest = 0.0;
      self->largest_us = now_us;
      for (guint i = 0; i < lb_pool_get_n_backends (self->pool); i++)
        self->largest = MAX (self->largest,
                             lb_backend_get_effective_weight (lb_pool_get_backend (self->pool, i), now_us));
    }
}

/* 0 would be another way to say that it drains. */
static guint
lb_haproxy_agent_get_percent (LbHaproxyAgent *self,
                              LbBackend *backend,
                              gint64 now_us)
{
  const double weight = lb_backend_get_effective_weight (backend, now_us);

  return self->largest > 0.0 ? (guint) CLAMP (round (100.0 * weight / self->largest), 1.0, 100.0) : 100;
}

/* What stands behind ` #`, with a blank, goes on to the end of the line. */
static void
lb_haproxy_agent_add_down (LbBackend *backend,
                           GString *answer)
{
  const char *error = lb_backend_get_last_probe (backend)->error;

  g_string_append (answer, " down");
  if (error == NULL)
    return;

  g_string_append (answer, " #");
  for (guint i = 0; i < REASON_MAX && error[i] != '\0'; i++)
    g_string_append_c (answer, g_ascii_isprint (error[i]) ? error[i] : ' ');
}

/**
 * lb_haproxy_agent_answer:
 * @self: an agent
 * @name: which server is asked for; what stands before a `/` is not looked at
 * @now_us: the monotonic time in microseconds
 *
 * Says how HAProxy is to use a server. One that is not in the pool is `stopped`, so that removing a backend
 * takes it away from everywhere. But as long as there is none at all nothing is said of any, by an empty
 * line: it is more likely that our configuration is lost than that all nodes are to be without servers.
 *
 * Returns: (transfer full): a line without its end
 */
char *
lb_haproxy_agent_answer (LbHaproxyAgent *self,
                         const char *name,
                         gint64 now_us)
{
  const char *slash = strrchr (name, '/');
  g_autoptr (GString) answer = NULL;
  LbBackend *backend;

  lb_haproxy_agent_update (self, now_us);
  if (g_hash_table_size (self->by_name) == 0)
    return g_strdup ("");

  backend = g_hash_table_lookup (self->by_name, slash != NULL ? slash + 1 : name);
  if (backend == NULL)
    return g_strdup ("stopped #not in the pool");

  if (lb_backend_get_state (backend) == LB_STATE_MAINT)
    return g_strdup (lb_state_to_string (LB_STATE_MAINT));

  answer = g_string_new (lb_state_to_string (lb_backend_get_state (backend)));
  g_string_append_printf (answer, " %u%%", lb_haproxy_agent_get_percent (self, backend, now_us));
  if (lb_backend_get_health (backend) == LB_HEALTH_DOWN)
    lb_haproxy_agent_add_down (backend, answer);
  else
    g_string_append (answer, " up");

  return g_strdup (answer->str);
}
