/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-pool"

#include "config.h"

#include "exchange/lb-exchange-pool.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define MAX_NAME 300

/* In a file all pools together may be known by one name that is as long as the file. */
static char *
lb_exchange_pool_make_name (const char *name)
{
  if (strlen (name) <= MAX_NAME)
    return g_strdup (name);

  return g_strdup_printf ("%.*s…", (int) (g_utf8_find_prev_char (name, name + MAX_NAME) - name), name);
}

/**
 * lb_exchange_pool_new:
 * @name: what it is called; the beginning of it, if it is long
 * @probe: how backends are probed that make no exception; copied
 *
 * Returns: (transfer full): a pool without backends
 */
LbExchangePool *
lb_exchange_pool_new (const char *name,
                      const LbProbeSettings *probe)
{
  LbExchangePool *self = g_new0 (LbExchangePool, 1);

  self->name = lb_exchange_pool_make_name (name);
  lb_probe_settings_copy (&self->probe, probe);
  self->backends = g_ptr_array_new_with_free_func (g_object_unref);
  self->notes = lb_exchange_notes_new ();
  self->prefixes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->room = LB_EXCHANGE_MAX_BACKENDS;

  return self;
}

/**
 * lb_exchange_pool_free:
 * @self: (transfer full): a pool
 */
void
lb_exchange_pool_free (LbExchangePool *self)
{
  g_hash_table_unref (self->prefixes);
  lb_exchange_notes_free (self->notes);
  g_ptr_array_unref (self->backends);
  lb_probe_settings_clear (&self->probe);
  g_free (self->policy);
  g_free (self->name);
  g_free (self);
}

/**
 * lb_exchange_pool_set_policy:
 * @self: a pool
 * @policy: (nullable): a policy's name
 */
void
lb_exchange_pool_set_policy (LbExchangePool *self,
                             const char *policy)
{
  g_free (self->policy);
  self->policy = g_strdup (policy);
}

/**
 * lb_exchange_pool_take:
 * @self: a pool that is being read
 * @backend: a backend; a reference is taken
 * @line: where it stands
 *
 * Adds a backend, unless the pool has it already or is full, which is noted.
 *
 * Returns: whether it was added
 */
gboolean
lb_exchange_pool_take (LbExchangePool *self,
                       LbBackend *backend,
                       guint line)
{
  g_autofree char *prefix = lb_backend_dup_prefix (backend);

  if (g_hash_table_contains (self->prefixes, prefix))
    {
      lb_exchange_notes_add (self->notes, line,
                             _("%s stands here once more and is taken over only once."),
                             lb_backend_get_url (backend));
      return FALSE;
    }

  if (self->backends->len >= self->room)
    {
      lb_exchange_notes_add (self->notes, line,
                             _("The backend is left out: no more than %d can be taken over at a "
                               "time."),
                             LB_EXCHANGE_MAX_BACKENDS);
      return FALSE;
    }

  g_hash_table_add (self->prefixes, g_steal_pointer (&prefix));
  g_ptr_array_add (self->backends, g_object_ref (backend));

  return TRUE;
}

/**
 * lb_exchange_pool_add:
 * @self: a pool that is being read
 * @server: where the backend is
 * @line: where that stands
 *
 * Makes a backend and adds it. If that cannot be, it is noted.
 *
 * Returns: (transfer none) (nullable): the backend, or %NULL if it is left out
 */
LbBackend *
lb_exchange_pool_add (LbExchangePool *self,
                      const LbExchangeServer *server,
                      guint line)
{
  g_autoptr (LbBackend) backend = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *url = NULL;
  const gboolean bare_ipv6 = strchr (server->host, ':') != NULL && *server->host != '[';
  const char *path = server->path != NULL ? server->path : "";

  /* One final slash of a URL means nothing. */
  url = g_strdup_printf ("%s://%s%s%s:%u%s%s", server->secure ? "https" : "http",
                         bare_ipv6 ? "[" : "", server->host, bare_ipv6 ? "]" : "", server->port,
                         path, g_str_has_suffix (path, "/") ? "/" : "");

  backend = lb_backend_new (url, &error);
  if (backend == NULL)
    {
      lb_exchange_notes_add (self->notes, line, _("The backend is left out: %s"), error->message);
      return NULL;
    }

  /* The pool keeps it alive. */
  return lb_exchange_pool_take (self, backend, line) ? backend : NULL;
}

/**
 * lb_exchange_pool_set_weight:
 * @self: a pool that is being read
 * @backend: one of its backends
 * @weight: what the file says; the nearest that can be is taken, which is noted
 * @line: where that stands
 */
void
lb_exchange_pool_set_weight (LbExchangePool *self,
                             LbBackend *backend,
                             gint64 weight,
                             guint line)
{
  const gint64 taken = CLAMP (weight, 1, LB_WEIGHT_MAX);

  if (taken != weight)
    lb_exchange_notes_add (self->notes, line,
                           _("Weights are from 1 to %d here, so the weight %.0f becomes %.0f."),
                           LB_WEIGHT_MAX, (double) weight, (double) taken);

  lb_backend_set_weight (backend, (guint) taken, NULL);
}

/**
 * lb_exchange_pool_set_probe:
 * @self: a pool that is being read
 * @backend: one of its backends
 * @wanted: (inout): how it shall be probed; each value has been checked for itself
 * @line: where that stands
 *
 * Lets @backend make exceptions where @wanted differs from what holds for the others. The one thing
 * that does not go with another, a text expected of an answer to HEAD, is left out and noted.
 */
void
lb_exchange_pool_set_probe (LbExchangePool *self,
                            LbBackend *backend,
                            LbProbeSettings *wanted,
                            guint line)
{
  g_auto (LbProbeExceptions) exceptions = { 0 };
  g_autoptr (GError) error = NULL;

  if (!lb_probe_settings_check (wanted, &error))
    {
      lb_exchange_notes_add (self->notes, line, _("The probes’ %s is not taken over: %s"),
                             "expected_body", error->message);
      g_clear_pointer (&wanted->expected_body, g_free);
    }

  /* Both are only read, and all fields of them count. */
  lb_probe_exceptions_apply (&exceptions,
                             &(const LbProbeExceptions){ self->probe, G_MAXUINT32 },
                             &(const LbProbeExceptions){ *wanted, G_MAXUINT32 });
  lb_backend_set_exceptions (backend, &exceptions);
}
