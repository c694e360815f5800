/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-target"

#include "config.h"

#include "exchange/lb-exchange-target.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "exchange/lb-exchange-probe.h"
#include "pool/lb-url.h"

/*
 * What writers have in common: the backends of a pool taken apart, and which of them other programs
 * can have at all.
 */

static void
lb_exchange_target_free (gpointer data)
{
  LbExchangeTarget *self = data;

  g_object_unref (self->backend);
  g_free (self->host);
  g_free (self->authority);
  g_free (self->path);
  lb_probe_settings_clear (&self->probe);
  g_free (self->probe_host);
  g_free (self);
}

/* Takes apart a URL, normalised but for a query. */
static void
lb_exchange_split_url (const char *url,
                       gboolean *secure,
                       char **host,
                       guint *port,
                       char **path)
{
  const gsize length = strcspn (url, "?#");
  g_autofree char *base = g_strndup (url, length);
  g_autofree char *normal = NULL;
  guint16 number = 0;
  const char *slash;

  normal = lb_url_normalize (base, host, &number, NULL);
  g_assert (normal != NULL);

  *secure = g_str_has_prefix (normal, "https:");
  *port = number;
  slash = strchr (strstr (normal, "://") + 3, '/');
  *path = g_strconcat (slash != NULL ? slash : "", url + length, NULL);
}

/* Fills in where it is probed. */
static void
lb_exchange_target_find_probe (LbExchangeTarget *self)
{
  g_autofree char *path = NULL;

  if (self->probe.url != NULL)
    {
      lb_exchange_split_url (self->probe.url, &self->probe_secure, &self->probe_host,
                             &self->probe_port, &path);
      g_clear_pointer (&self->probe.url, g_free);
    }
  else
    {
      self->probe_secure = self->secure;
      self->probe_host = g_strdup (self->host);
      self->probe_port = self->port;
      path = g_strdup (self->path);
    }

  if (self->probe.path == NULL)
    self->probe.path = *path == '/' ? g_strdup (path) : g_strconcat ("/", path, NULL);

  if (self->probe.host == NULL)
    self->probe.host =
      lb_exchange_authority (self->probe_secure, self->probe_host, self->probe_port);
}

/**
 * lb_exchange_targets_new:
 * @pool: a pool
 *
 * Returns: (transfer full) (element-type LbExchangeTarget): its backends in order, taken apart
 */
GPtrArray *
lb_exchange_targets_new (const LbExchangePool *pool)
{
  GPtrArray *targets = g_ptr_array_new_with_free_func (lb_exchange_target_free);

  for (guint i = 0; i < pool->backends->len; i++)
    {
      LbExchangeTarget *self = g_new0 (LbExchangeTarget, 1);

      self->backend = g_object_ref (g_ptr_array_index (pool->backends, i));
      lb_exchange_split_url (lb_backend_get_url (self->backend), &self->secure, &self->host,
                             &self->port, &self->path);
      if (g_str_has_suffix (self->path, "/"))
        self->path[strlen (self->path) - 1] = '\0';
      self->authority = lb_exchange_authority (self->secure, self->host, self->port);

      lb_probe_settings_merge (&self->probe, &pool->probe,
                               lb_backend_get_exceptions (self->backend));
      lb_exchange_target_find_probe (self);

      g_ptr_array_add (targets, self);
    }

  return targets;
}

/**
 * lb_exchange_targets_have_weights:
 * @targets: (element-type LbExchangeTarget): backends
 *
 * Returns: whether any of them has another weight than the others
 */
gboolean
lb_exchange_targets_have_weights (GPtrArray *targets)
{
  for (guint i = 1; i < targets->len; i++)
    {
      const LbExchangeTarget *first = g_ptr_array_index (targets, 0);
      const LbExchangeTarget *target = g_ptr_array_index (targets, i);

      if (lb_backend_get_weight (target->backend) != lb_backend_get_weight (first->backend))
        return TRUE;
    }

  return FALSE;
}

/**
 * lb_exchange_targets_have_others_than_backups:
 * @targets: (element-type LbExchangeTarget): backends, at least one
 * @program: the name of the program that is written for
 * @notes: what to add a note to if there are none
 *
 * Returns: whether any of them is no backup. If none is, they all serve as if they were none, and can
 *   be written so for programs that need others.
 */
gboolean
lb_exchange_targets_have_others_than_backups (GPtrArray *targets,
                                              const char *program,
                                              LbExchangeNotes *notes)
{
  for (guint i = 0; i < targets->len; i++)
    if (!lb_backend_get_backup (((LbExchangeTarget *) g_ptr_array_index (targets, i))->backend))
      return TRUE;

  lb_exchange_notes_add (notes, 0,
                         _("All backends are backups. %s wants others, so they are written as "
                           "such."),
                         program);

  return FALSE;
}

/**
 * lb_exchange_targets_keep_ready:
 * @targets: (element-type LbExchangeTarget): backends, of which some may be removed
 * @program: the name of the program that is written for
 * @notes: what to add a note to for each that is left out
 *
 * Leaves out the backends that take no requests, for programs that use whatever stands in their file.
 */
void
lb_exchange_targets_keep_ready (GPtrArray *targets,
                                const char *program,
                                LbExchangeNotes *notes)
{
  for (guint i = 0; i < targets->len;)
    {
      const LbExchangeTarget *target = g_ptr_array_index (targets, i);
      const LbState state = lb_backend_get_state (target->backend);

      if (state == LB_STATE_READY)
        {
          i++;
          continue;
        }

      lb_exchange_notes_add (notes, 0,
                             _("%s is left out, since %s has no backends in the state “%s”."),
                             lb_backend_get_url (target->backend), program,
                             lb_state_to_string (state));
      g_ptr_array_remove_index (targets, i);
    }
}

/**
 * lb_exchange_targets_forget_own_hosts:
 * @targets: (element-type LbExchangeTarget): backends
 *
 * Makes `host` %NULL again where it is what it would be anyway, for programs that name each server
 * by themselves.
 */
void
lb_exchange_targets_forget_own_hosts (GPtrArray *targets)
{
  for (guint i = 0; i < targets->len; i++)
    {
      LbExchangeTarget *target = g_ptr_array_index (targets, i);
      g_autofree char *natural = lb_exchange_authority (target->probe_secure, target->probe_host,
                                                        target->probe_port);

      if (g_str_equal (target->probe.host, natural))
        g_clear_pointer (&target->probe.host, g_free);
    }
}

/**
 * lb_exchange_target_elsewhere:
 * @self: a backend
 *
 * Returns: whether it is probed at another host or port, or with another scheme, than it has itself
 */
gboolean
lb_exchange_target_elsewhere (const LbExchangeTarget *self)
{
  return self->probe_secure != self->secure || self->probe_port != self->port ||
         !g_str_equal (self->probe_host, self->host);
}
