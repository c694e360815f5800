/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-porter"

#include "config.h"

#include "lb-porter.h"

#include <glib/gi18n-lib.h>

#include "config/lb-safe-file.h"
#include "policy/lb-policy.h"

/*
 * Carries pools between files and the balancer, for the window and for the command line.
 */

/**
 * lb_porter_read_file:
 * @balancer: a balancer that has loaded
 * @path: the path of a file in any format that can be imported
 * @error: return location for a #GError
 *
 * Reads the pools in a file. Nothing is added yet.
 *
 * Sets a #LbExchangeError or a #GIOErrorEnum.
 *
 * Returns: (transfer full) (nullable): what is in the file
 */
LbExchangeImport *
lb_porter_read_file (LbBalancer *balancer,
                     const char *path,
                     GError **error)
{
  g_autoptr (GBytes) contents = NULL;

  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);
  g_return_val_if_fail (path != NULL, NULL);

  contents = lb_safe_file_read (path, LB_EXCHANGE_MAX_SIZE, error);
  if (contents == NULL)
    return NULL;

  return lb_exchange_import (contents, NULL, lb_balancer_get_probe_settings (balancer), error);
}

/**
 * lb_porter_get_policy:
 * @pool: a pool from a file that says a policy
 * @error: return location for a %LB_POLICY_ERROR_UNKNOWN
 *
 * Returns: (nullable): what the policy is called here, whatever the file calls it
 */
const char *
lb_porter_get_policy (const LbExchangePool *pool,
                      GError **error)
{
  g_autoptr (LbPolicy) policy = NULL;

  g_return_val_if_fail (pool != NULL && pool->policy != NULL, NULL);

  policy = lb_policy_new (pool->policy, error);

  return policy != NULL ? lb_policy_get_info (policy)->name : NULL;
}

/**
 * lb_porter_add:
 * @balancer: a balancer that has loaded
 * @pool: a pool from a file, whose backends have not been added yet. Its notes also get what the
 *   balancer's pool refuses.
 *
 * Adds the backends of @pool behind those of @balancer, and lets them be remembered. If there was none
 * before, the policy of @pool is taken over, too; otherwise it is noted that the policy stays.
 *
 * Returns: (transfer full) (element-type LbBackend): the backends that were added
 */
GPtrArray *
lb_porter_add (LbBalancer *balancer,
               LbExchangePool *pool)
{
  GPtrArray *added = g_ptr_array_new_with_free_func (g_object_unref);
  LbPool *backends;
  guint16 ports[LB_ENDPOINT_PORTS];
  gboolean was_empty;

  g_return_val_if_fail (LB_IS_BALANCER (balancer), added);
  g_return_val_if_fail (pool != NULL, added);

  backends = lb_balancer_get_pool (balancer);
  lb_endpoint_get_ports (lb_balancer_get_endpoint (balancer), ports);
  was_empty = lb_pool_get_n_backends (backends) == 0;

  lb_balancer_freeze_pool (balancer);
  for (guint i = 0; i < pool->backends->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (pool->backends, i);
      g_autoptr (GError) error = NULL;

      /* The balancer may not listen yet. */
      if (lb_pool_check_own_address (backends, backend, ports, &error) &&
          lb_balancer_restore_backend (balancer, backend, G_MAXUINT, &error))
        g_ptr_array_add (added, g_object_ref (backend));
      else
        lb_exchange_notes_add (pool->notes, 0, "%s", error->message);
    }
  lb_pool_thaw (backends);

  if (pool->policy != NULL && added->len > 0)
    {
      g_autoptr (GError) error = NULL;
      const char *policy = lb_porter_get_policy (pool, &error);
      const char *current = lb_balancer_get_policy (balancer);

      if (policy == NULL)
        lb_exchange_notes_add (pool->notes, 0, "%s", error->message);
      else if (was_empty && !g_str_equal (policy, current))
        lb_balancer_set_policy (balancer, policy, NULL);
      else if (!g_str_equal (policy, current))
        lb_exchange_notes_add (pool->notes, 0,
                               _("The policy stays “%s”, since there are backends already. In the "
                                 "file it is “%s”."),
                               current, policy);
    }

  return added;
}

/**
 * lb_porter_export:
 * @balancer: a balancer that has loaded
 * @format: a format that can be exported
 * @notes: what to add a note to for each thing that @format cannot express
 * @error: return location for a #GError
 *
 * Writes the pool as it is now, transient backends included.
 *
 * Sets a #LbExchangeError.
 *
 * Returns: (transfer full) (nullable): the contents of a file
 */
GBytes *
lb_porter_export (LbBalancer *balancer,
                  const LbExchangeFormat *format,
                  LbExchangeNotes *notes,
                  GError **error)
{
  g_autoptr (LbExchangePool) pool = NULL;
  LbPool *backends;

  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);
  g_return_val_if_fail (format != NULL && notes != NULL, NULL);

  backends = lb_balancer_get_pool (balancer);
  pool = lb_exchange_pool_new ("load-balancer", lb_balancer_get_probe_settings (balancer));
  lb_exchange_pool_set_policy (pool, lb_balancer_get_policy (balancer));
  pool->panic_share = lb_balancer_get_panic_share (balancer);
  pool->port = lb_endpoint_get_port (lb_balancer_get_endpoint (balancer));
  for (guint i = 0; i < lb_pool_get_n_backends (backends); i++)
    g_ptr_array_add (pool->backends, g_object_ref (lb_pool_get_backend (backends, i)));

  return lb_exchange_export (format, pool, notes, error);
}
