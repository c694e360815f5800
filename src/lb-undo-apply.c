/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-undo"

#include "config.h"

#include "lb-undo-apply.h"

/* Returns: (transfer full): those of what the step removes that are still there */
static GPtrArray *
lb_undo_step_list_leaving (const LbUndoStep *self,
                           LbPool *pool)
{
  GPtrArray *leaving = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->removed->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (self->removed, i);

      if (lb_pool_find (pool, lb_backend_get_url (backend)) == backend)
        g_ptr_array_add (leaving, g_object_ref (backend));
    }

  return leaving;
}

/* Returns: (transfer full): those of what the step adds that are not there, nor another with their URL */
static GPtrArray *
lb_undo_step_list_coming (const LbUndoStep *self,
                          LbPool *pool)
{
  GPtrArray *coming = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < self->added->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (self->added, i);
      LbBackend *there = lb_pool_find (pool, lb_backend_get_url (backend));

      if (there == NULL || g_ptr_array_find (self->removed, there, NULL))
        g_ptr_array_add (coming, g_object_ref (backend));
    }

  return coming;
}

static void
lb_undo_keep_first (GError **error,
                    GError *another)
{
  if (error != NULL && *error == NULL)
    *error = another;
  else
    g_error_free (another);
}

/* Puts each at its place: after the nearest that it came after, of those that are there. */
static void
lb_undo_step_insert (const LbUndoStep *self,
                     LbBalancer *balancer,
                     GPtrArray *coming,
                     GError **error)
{
  LbPool *pool = lb_balancer_get_pool (balancer);
  g_autoptr (GHashTable) index = lb_undo_index (coming);
  LbBackend *last = NULL;
  guint next = 0;

  for (guint i = 0; i < self->after->backends->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (self->after->backends, i);
      GError *refusal = NULL;

      if (!g_hash_table_contains (index, backend))
        {
          if (lb_pool_find (pool, lb_backend_get_url (backend)) == backend)
            last = backend;
          continue;
        }

      if (last != NULL && lb_pool_get_position (pool, last, &next))
        next++;
      last = NULL;

      lb_undo_record_set (g_ptr_array_index (self->after->records, i), backend);
      if (lb_balancer_restore_backend (balancer, backend, next, &refusal))
        next++;
      else
        lb_undo_keep_first (error, refusal);
    }
}

/* At once, or a pool of one would be empty in between. */
static gboolean
lb_undo_step_replace (const LbUndoStep *self,
                      LbBalancer *balancer,
                      GError **error)
{
  LbBackend *replacement = g_ptr_array_index (self->added, 0);
  guint position;

  if (g_ptr_array_find (self->after->backends, replacement, &position))
    lb_undo_record_set (g_ptr_array_index (self->after->records, position), replacement);

  return lb_balancer_replace_backend (balancer, g_ptr_array_index (self->removed, 0), replacement,
                                      error);
}

static gboolean
lb_undo_step_apply_membership (const LbUndoStep *self,
                               LbBalancer *balancer,
                               gboolean really,
                               GError **error)
{
  LbPool *pool = lb_balancer_get_pool (balancer);
  g_autoptr (GPtrArray) leaving = lb_undo_step_list_leaving (self, pool);
  g_autoptr (GPtrArray) coming = lb_undo_step_list_coming (self, pool);

  if (!really)
    return leaving->len > 0 || coming->len > 0;

  if (leaving->len == 1 && coming->len == 1 && lb_undo_step_is_replacement (self))
    return lb_undo_step_replace (self, balancer, error);

  for (guint i = leaving->len; i-- > 0;)
    lb_balancer_remove_backend (balancer, g_ptr_array_index (leaving, i));
  lb_undo_step_insert (self, balancer, coming, error);

  return TRUE;
}

/* Gives those that are in the step and in the pool the step's order. The others keep their places. */
static void
lb_undo_step_sort (const LbUndoStep *self,
                   LbPool *pool,
                   GPtrArray *present)
{
  g_autoptr (GHashTable) known = lb_undo_index (self->after->backends);
  g_autoptr (GHashTable) there = lb_undo_index (present);
  GPtrArray *after = self->after->backends;
  guint next = 0;

  for (guint i = 0; i < present->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (present, i);

      if (g_hash_table_contains (known, backend))
        {
          while (!g_hash_table_contains (there, g_ptr_array_index (after, next)))
            next++;
          backend = g_ptr_array_index (after, next++);
        }

      lb_pool_move (pool, backend, i);
    }
}

static gboolean
lb_undo_step_apply_order (const LbUndoStep *self,
                          LbBalancer *balancer,
                          gboolean really)
{
  LbPool *pool = lb_balancer_get_pool (balancer);
  g_autoptr (GPtrArray) present = NULL;

  if (lb_undo_same_order (self->before->backends, self->after->backends))
    return FALSE;

  present = g_ptr_array_new ();
  for (guint i = 0; i < lb_pool_get_n_backends (pool); i++)
    g_ptr_array_add (present, lb_pool_get_backend (pool, i));

  if (!lb_undo_same_order (present, self->before->backends))
    return FALSE;

  if (really)
    lb_undo_step_sort (self, pool, present);

  return TRUE;
}

static gboolean
differ (double a,
        double b)
{
  return a < b || a > b;
}

/* What lb_undo_apply_changed() is for, and whether it found anything. */
typedef struct
{
  LbPool *pool;
  gboolean really;
  gboolean any;
} LbUndoApplication;

static void
lb_undo_apply_changed (LbBackend *backend,
                       const LbUndoRecord *before,
                       const LbUndoRecord *after,
                       gpointer user_data)
{
  LbUndoApplication *application = user_data;

  if (lb_pool_find (application->pool, lb_backend_get_url (backend)) == backend &&
      lb_undo_record_apply (before, after, backend, application->really))
    application->any = TRUE;
}

static gboolean
lb_undo_step_apply_settings (const LbUndoStep *self,
                             LbBalancer *balancer,
                             gboolean really)
{
  const LbUndoImage *before = self->before;
  const LbUndoImage *after = self->after;
  const gboolean policy = !g_str_equal (before->policy, after->policy) &&
                          g_str_equal (lb_balancer_get_policy (balancer), before->policy);
  const gboolean probe =
    !lb_probe_settings_equal (&before->probe, &after->probe) &&
    lb_probe_settings_equal (lb_balancer_get_probe_settings (balancer), &before->probe);
  const gboolean panic =
    differ (before->panic_share, after->panic_share) &&
    !differ (lb_balancer_get_panic_share (balancer), before->panic_share);

  if (policy && really)
    lb_balancer_set_policy (balancer, after->policy, NULL);
  if (probe && really)
    lb_balancer_set_probe_settings (balancer, &after->probe);
  if (panic && really)
    lb_balancer_set_panic_share (balancer, after->panic_share);

  return policy || probe || panic;
}

static gboolean
lb_undo_step_run (const LbUndoStep *self,
                  LbBalancer *balancer,
                  gboolean really,
                  GError **error)
{
  LbUndoApplication application = { lb_balancer_get_pool (balancer), really, FALSE };
  gboolean any = FALSE;

  /* The backends that come back do not count as changed, and those that go need not change before. */
  lb_undo_step_foreach_changed (self, lb_undo_apply_changed, &application);
  any = lb_undo_step_apply_order (self, balancer, really) || any;
  any = lb_undo_step_apply_membership (self, balancer, really, error) || any;
  any = lb_undo_step_apply_settings (self, balancer, really) || any;

  return application.any || any;
}

/**
 * lb_undo_step_applies:
 * @self: a step
 * @balancer: the balancer
 *
 * Returns: whether lb_undo_step_apply() would change anything
 */
gboolean
lb_undo_step_applies (const LbUndoStep *self,
                      LbBalancer *balancer)
{
  return lb_undo_step_run (self, balancer, FALSE, NULL);
}

/**
 * lb_undo_step_apply:
 * @self: a step
 * @balancer: the balancer
 * @error: return location for a #GError
 *
 * Does what the step does, where it still can be done.
 *
 * Sets what lb_balancer_restore_backend() sets, for the first backend that the pool refuses. The rest
 * is done all the same.
 *
 * Returns: %FALSE if @error is set
 */
gboolean
lb_undo_step_apply (const LbUndoStep *self,
                    LbBalancer *balancer,
                    GError **error)
{
  GError *refusal = NULL;

  lb_balancer_freeze_pool (balancer);
  lb_undo_step_run (self, balancer, TRUE, &refusal);
  lb_pool_thaw (lb_balancer_get_pool (balancer));
  if (refusal == NULL)
    return TRUE;

  g_propagate_error (error, refusal);

  return FALSE;
}
