/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-stats-cache"

#include "config.h"

#include "http/lb-stats-cache.h"

/* Above this many backends a representation takes milliseconds, so that requests would wait. */
#define WORKER_BACKENDS 100

/**
 * LbStatsCache:
 *
 * Keeps the last representation of each kind, so that however many programs ask, one is made once
 * for a snapshot and only when asked for. That of a large pool is made in a worker thread; whoever
 * asks meanwhile waits for the same one. The server owns the only cache.
 */
struct _LbStatsCache
{
  GObject parent_instance;

  GHashTable *entries; /* LbStatsFunc → LbStatsEntry * */
};

typedef struct
{
  LbSnapshot *snapshot;
  GBytes *bytes;    /* NULL while it is being made */
  GPtrArray *tasks; /* of those who wait for it */
} LbStatsEntry;

typedef struct
{
  LbSnapshot *snapshot;
  LbStatsFunc func;
} LbStatsJob;

G_DEFINE_FINAL_TYPE (LbStatsCache, lb_stats_cache, G_TYPE_OBJECT)

static void
lb_stats_entry_free (gpointer data)
{
  LbStatsEntry *entry = data;

  g_clear_pointer (&entry->snapshot, lb_snapshot_unref);
  g_clear_pointer (&entry->bytes, g_bytes_unref);
  g_clear_pointer (&entry->tasks, g_ptr_array_unref);
  g_free (entry);
}

static void
lb_stats_job_free (gpointer data)
{
  LbStatsJob *job = data;

  lb_snapshot_unref (job->snapshot);
  g_free (job);
}

static void
lb_stats_job_run (GTask *task,
                  gpointer source_object,
                  gpointer task_data,
                  GCancellable *cancellable)
{
  LbStatsJob *job = task_data;

  g_task_return_pointer (task, job->func (job->snapshot), (GDestroyNotify) g_bytes_unref);
}

static void
lb_stats_cache_on_made (GObject *object,
                        GAsyncResult *result,
                        gpointer user_data)
{
  LbStatsCache *self = LB_STATS_CACHE (object);
  LbStatsJob *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (GPtrArray) tasks = user_data;
  LbStatsEntry *entry = g_hash_table_lookup (self->entries, job->func);

  /* A newer snapshot may have taken the place meanwhile. */
  if (entry != NULL && entry->snapshot == job->snapshot)
    {
      entry->bytes = g_bytes_ref (bytes);
      g_clear_pointer (&entry->tasks, g_ptr_array_unref);
    }

  for (guint i = 0; i < tasks->len; i++)
    g_task_return_pointer (g_ptr_array_index (tasks, i), g_bytes_ref (bytes),
                           (GDestroyNotify) g_bytes_unref);
}

static void
lb_stats_cache_make_in_worker (LbStatsCache *self,
                               LbStatsEntry *entry,
                               LbStatsFunc func)
{
  g_autoptr (GTask) task = NULL;
  LbStatsJob *job = g_new0 (LbStatsJob, 1);

  job->snapshot = lb_snapshot_ref (entry->snapshot);
  job->func = func;
  entry->tasks = g_ptr_array_new_with_free_func (g_object_unref);

  task = g_task_new (self, NULL, lb_stats_cache_on_made, g_ptr_array_ref (entry->tasks));
  g_task_set_source_tag (task, lb_stats_cache_make_in_worker);
  g_task_set_task_data (task, job, lb_stats_job_free);
  g_task_run_in_thread (task, lb_stats_job_run);
}

static void
lb_stats_cache_finalize (GObject *object)
{
  LbStatsCache *self = LB_STATS_CACHE (object);

  g_clear_pointer (&self->entries, g_hash_table_unref);

  G_OBJECT_CLASS (lb_stats_cache_parent_class)->finalize (object);
}

static void
lb_stats_cache_class_init (LbStatsCacheClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lb_stats_cache_finalize;
}

static void
lb_stats_cache_init (LbStatsCache *self)
{
  self->entries = g_hash_table_new_full (NULL, NULL, NULL, lb_stats_entry_free);
}

/**
 * lb_stats_cache_new:
 *
 * Returns: (transfer full): an empty cache
 */
LbStatsCache *
lb_stats_cache_new (void)
{
  return g_object_new (LB_TYPE_STATS_CACHE, NULL);
}

/**
 * lb_stats_cache_render_async:
 * @self: a cache
 * @snapshot: what to represent
 * @func: how
 * @callback: called from the main loop when it is there
 * @user_data: for @callback
 *
 * Asks for a representation.
 */
void
lb_stats_cache_render_async (LbStatsCache *self,
                             LbSnapshot *snapshot,
                             LbStatsFunc func,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  LbStatsEntry *entry;

  g_return_if_fail (LB_IS_STATS_CACHE (self));

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, lb_stats_cache_render_async);

  entry = g_hash_table_lookup (self->entries, func);

  if (entry == NULL || entry->snapshot != snapshot)
    {
      entry = g_new0 (LbStatsEntry, 1);
      entry->snapshot = lb_snapshot_ref (snapshot);
      g_hash_table_insert (self->entries, func, entry);

      if (snapshot->n_backends > WORKER_BACKENDS)
        lb_stats_cache_make_in_worker (self, entry, func);
      else
        entry->bytes = func (snapshot);
    }

  if (entry->bytes != NULL)
    g_task_return_pointer (task, g_bytes_ref (entry->bytes), (GDestroyNotify) g_bytes_unref);
  else
    g_ptr_array_add (entry->tasks, g_steal_pointer (&task));
}

/**
 * lb_stats_cache_render_finish:
 * @self: a cache
 * @result: what the callback got
 *
 * Returns: (transfer full): the representation
 */
GBytes *
lb_stats_cache_render_finish (LbStatsCache *self,
                              GAsyncResult *result)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), NULL);
}
