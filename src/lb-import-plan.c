/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-import-plan"

#include "config.h"

#include "lb-import-plan.h"

#include <glib/gi18n-lib.h>

#include "lb-porter.h"

/*
 * Says what lb_porter_add() would do, before it is done. It is true as long as neither the balancer's
 * pool nor its policy changes.
 */

static LbImportFate
find_fate (LbPool *pool,
           LbBackend *backend,
           const guint16 *ports,
           char **reason)
{
  g_autoptr (GError) error = NULL;

  if (lb_pool_find (pool, lb_backend_get_url (backend)) != NULL)
    return LB_IMPORT_EXISTS;
  if (lb_pool_check_own_address (pool, backend, ports, &error))
    return LB_IMPORT_NEW;

  *reason = g_strdup (error->message);
  return LB_IMPORT_REFUSED;
}

static char *
describe_policy (LbBalancer *balancer,
                 const LbExchangePool *pool)
{
  const char *current = lb_balancer_get_policy (balancer);
  g_autoptr (GError) error = NULL;
  const char *policy;

  if (pool->policy == NULL)
    return NULL;

  policy = lb_porter_get_policy (pool, &error);
  if (policy == NULL)
    return g_strdup (error->message);
  if (g_str_equal (policy, current))
    return NULL;
  if (lb_pool_get_n_backends (lb_balancer_get_pool (balancer)) == 0)
    return g_strdup_printf (_("The policy becomes “%s”, as it is in the file."), policy);

  return g_strdup_printf (_("The policy stays “%s”, since there are backends already. In the "
                            "file it is “%s”."),
                          current, policy);
}

/**
 * lb_import_plan_new:
 * @balancer: a balancer that has loaded
 * @pool: a pool from a file, whose backends have not been added
 *
 * Returns: (transfer full): what adding @pool to @balancer would do now
 */
LbImportPlan *
lb_import_plan_new (LbBalancer *balancer,
                    const LbExchangePool *pool)
{
  LbPool *backends;
  LbImportPlan *self;
  guint16 ports[LB_ENDPOINT_PORTS];

  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);
  g_return_val_if_fail (pool != NULL, NULL);

  backends = lb_balancer_get_pool (balancer);
  lb_endpoint_get_ports (lb_balancer_get_endpoint (balancer), ports);

  self = g_new0 (LbImportPlan, 1);
  self->n_items = pool->backends->len;
  self->items = g_new0 (LbImportItem, self->n_items);
  for (guint i = 0; i < self->n_items; i++)
    {
      LbImportItem *item = &self->items[i];

      item->backend = g_ptr_array_index (pool->backends, i);
      item->fate = find_fate (backends, item->backend, ports, &item->reason);
      if (item->fate == LB_IMPORT_NEW)
        self->n_new++;
    }

  if (self->n_new > 0)
    self->policy = describe_policy (balancer, pool);

  return self;
}

/**
 * lb_import_plan_free:
 * @self: (transfer full): a plan
 */
void
lb_import_plan_free (LbImportPlan *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->n_items; i++)
    g_free (self->items[i].reason);
  g_free (self->items);
  g_free (self->policy);
  g_free (self);
}

static void
add_all (GStrvBuilder *builder,
         const LbExchangeNotes *notes)
{
  g_auto (GStrv) list = lb_exchange_notes_list (notes);

  g_strv_builder_addv (builder, (const char **) list);
}

/**
 * lb_import_plan_get_notes:
 * @self: a plan
 * @import: what was read
 * @pool: the pool of @import that @self is for
 *
 * Returns: (transfer full): a translated sentence for each thing in the file that is not taken over as
 *   it is there, besides backends
 */
char **
lb_import_plan_get_notes (const LbImportPlan *self,
                          const LbExchangeImport *import,
                          const LbExchangePool *pool)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (import != NULL, NULL);
  g_return_val_if_fail (pool != NULL, NULL);

  if (self->policy != NULL)
    g_strv_builder_add (builder, self->policy);
  add_all (builder, pool->notes);
  add_all (builder, import->notes);

  return g_strv_builder_end (builder);
}

/**
 * lb_import_plan_summarize:
 * @self: a plan
 *
 * Returns: (transfer full): a translated sentence that says how many backends will be added
 */
char *
lb_import_plan_summarize (const LbImportPlan *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->n_new == 0)
    return g_strdup (_("No backend in the file can be added."));
  if (self->n_new == self->n_items)
    return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u backend will be added.",
                                         "%u backends will be added.", self->n_new),
                            self->n_new);

  /* Translators: the first number is never greater than the second, which is 2 or more */
  return g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u of %u backends will be added.",
                                       "%u of %u backends will be added.", self->n_items),
                          self->n_new, self->n_items);
}
