/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-stats-cache"

#include "config.h"

#include "http/lb-stats-cache.h"

#include <sys/resource.h>

/* Where traffic takes a whole processor, what is told about it gets a tenth. */
#define WORKER_NICE 10

/* With parameters there is any number of forms. So many things are kept of one snapshot, and so many wait
 * for a worker, before another of these is refused. */
#define MAX_ENTRIES 32
#define MAX_WAITING 8

/* What one thread at a time works on. */
typedef struct
{
  GQueue waiting; /* LbStatsEntry * */
  gboolean busy;
} LbStatsWorker;

/**
 * LbStatsCache:
 *
 * Keeps what was made of the last snapshot, so that however many programs ask, a form is made once for
 * a snapshot, and only when asked for. What takes long is made in two threads beside the traffic's, one
 * after the other, so that this has most of a processor left: in one those of large pools, in the other
 * pictures and the like, which would keep these waiting. Whoever asks for what is being made, or waits
 * for that, gets the same one, even if that is of a snapshot a little older. So a flood of readers
 * makes no queue. The service owns the only cache.
 */
struct _LbStatsCache
{
  GObject parent_instance;

  LbStatsSource source;

  LbSnapshot *snapshot; /* the last one; what was made of an older one is dropped */
  GHashTable *entries;  /* LbStatsEntry *, a set of kind and parameters */
  LbStatsWorker quick;
  LbStatsWorker slow;
  gboolean closed; /* the source may be gone */
};

typedef struct
{
  const LbStatsKind *kind;
  GBytes *parameters;
  LbSnapshot *snapshot;  /* of which it is being made */
  LbHistorySlice *slice; /* or of which, if it is about the history */
  GBytes *bytes;         /* NULL until it is made */
  GPtrArray *tasks;      /* of those who wait for it */
} LbStatsEntry;

G_DEFINE_FINAL_TYPE (LbStatsCache, lb_stats_cache, G_TYPE_OBJECT)

static void
lb_stats_entry_free (gpointer data)
{
  LbStatsEntry *entry = data;

  g_clear_pointer (&entry->parameters, g_bytes_unref);
  g_clear_pointer (&entry->snapshot, lb_snapshot_unref);
  g_clear_pointer (&entry->slice, lb_history_slice_unref);
  g_clear_pointer (&entry->bytes, g_bytes_unref);
  g_clear_pointer (&entry->tasks, g_ptr_array_unref);
  g_free (entry);
}

static guint
lb_stats_entry_hash (gconstpointer data)
{
  const LbStatsEntry *entry = data;

  return g_direct_hash (entry->kind) ^
         (entry->parameters != NULL ? g_bytes_hash (entry->parameters) : 0);
}

static gboolean
lb_stats_entry_equal (gconstpointer a,
                      gconstpointer b)
{
  const LbStatsEntry *one = a;
  const LbStatsEntry *two = b;

  if (one->kind != two->kind || (one->parameters == NULL) != (two->parameters == NULL))
    return FALSE;

  return one->parameters == NULL || g_bytes_equal (one->parameters, two->parameters);
}

static gboolean
lb_stats_entry_is_made (gpointer key,
                        gpointer value,
                        gpointer user_data)
{
  const LbStatsEntry *entry = key;

  return entry->bytes != NULL;
}

static void
lb_stats_cache_forget (LbStatsCache *self)
{
  g_hash_table_foreach_remove (self->entries, lb_stats_entry_is_made, NULL);
}

/* Returns (transfer none): a snapshot that is as young as there is. */
static LbSnapshot *
lb_stats_cache_update (LbStatsCache *self)
{
  g_autoptr (LbSnapshot) snapshot = self->source.get_snapshot (self->source.user_data);

  if (snapshot != self->snapshot)
    {
      lb_stats_cache_forget (self);
      g_clear_pointer (&self->snapshot, lb_snapshot_unref);
      self->snapshot = g_steal_pointer (&snapshot);
    }

  return self->snapshot;
}

/* Takes what it is to be made of. */
static void
lb_stats_cache_prepare (LbStatsCache *self,
                        LbStatsEntry *entry)
{
  guint n_seconds = 0;

  entry->snapshot = lb_snapshot_ref (lb_stats_cache_update (self));
  if (entry->kind->get_n_seconds != NULL)
    n_seconds = entry->kind->get_n_seconds (entry->parameters);
  if (n_seconds > 0)
    entry->slice = self->source.get_history (n_seconds, self->source.user_data);
}

/* In any thread. */
static GBytes *
lb_stats_entry_make (const LbStatsEntry *entry)
{
  if (entry->slice != NULL)
    return entry->kind->make_history (entry->slice, entry->parameters);

  return entry->kind->make (entry->snapshot, entry->parameters);
}

/* What is made of a snapshot that is not the last one any more is of no further use. */
static void
lb_stats_cache_keep (LbStatsCache *self,
                     LbStatsEntry *entry,
                     GBytes *bytes)
{
  if (entry->snapshot != self->snapshot)
    {
      g_hash_table_remove (self->entries, entry);
      return;
    }

  entry->bytes = g_bytes_ref (bytes);
  g_clear_pointer (&entry->snapshot, lb_snapshot_unref);
  g_clear_pointer (&entry->slice, lb_history_slice_unref);
}

static void
lb_stats_cache_run (GTask *task)
{
  g_task_return_pointer (task, lb_stats_entry_make (g_task_get_task_data (task)),
                         (GDestroyNotify) g_bytes_unref);
}

/* Not one of GTask's threads, since it cannot become as urgent again as it was. */
static gpointer
lb_stats_cache_work (gpointer data)
{
  g_autoptr (GTask) task = data;

  /* Of this thread alone (sched(7), "The nice value"). */
  setpriority (PRIO_PROCESS, 0, WORKER_NICE);
  lb_stats_cache_run (task);

  return NULL;
}

static LbStatsWorker *
lb_stats_cache_get_worker (LbStatsCache *self,
                           const LbStatsKind *kind)
{
  return kind->is_slow ? &self->slow : &self->quick;
}

static void lb_stats_cache_start (LbStatsCache *self,
                                  LbStatsWorker *worker);

static void
lb_stats_cache_on_made (GObject *object,
                        GAsyncResult *result,
                        gpointer user_data)
{
  LbStatsCache *self = LB_STATS_CACHE (object);
  LbStatsEntry *entry = user_data;
  LbStatsWorker *worker = lb_stats_cache_get_worker (self, entry->kind);
  g_autoptr (GBytes) bytes = g_task_propagate_pointer (G_TASK (result), NULL);
  g_autoptr (GPtrArray) tasks = g_steal_pointer (&entry->tasks);

  lb_stats_cache_keep (self, entry, bytes);
  worker->busy = FALSE;
  lb_stats_cache_start (self, worker);

  for (guint i = 0; i < tasks->len; i++)
    g_task_return_pointer (g_ptr_array_index (tasks, i), g_bytes_ref (bytes),
                           (GDestroyNotify) g_bytes_unref);
}

/* Gives a worker what waits for the longest. */
static void
lb_stats_cache_start (LbStatsCache *self,
                      LbStatsWorker *worker)
{
  g_autoptr (GTask) task = NULL;
  g_autoptr (GThread) thread = NULL;
  LbStatsEntry *entry;

  if (worker->busy || g_queue_is_empty (&worker->waiting))
    return;

  entry = g_queue_pop_head (&worker->waiting);
  lb_stats_cache_prepare (self, entry);
  worker->busy = TRUE;

  task = g_task_new (self, NULL, lb_stats_cache_on_made, entry);
  g_task_set_source_tag (task, lb_stats_cache_start);
  g_task_set_task_data (task, entry, NULL);

  thread = g_thread_try_new ("lb-stats", lb_stats_cache_work, task, NULL);
  if (thread != NULL)
    g_steal_pointer (&task);
  else
    lb_stats_cache_run (task);
}

/* Returns (transfer none) (nullable): a new entry, unless too much waits already. */
static LbStatsEntry *
lb_stats_cache_add (LbStatsCache *self,
                    const LbStatsKind *kind,
                    GBytes *parameters)
{
  LbStatsEntry *entry;

  if (parameters != NULL)
    {
      if (lb_stats_cache_get_worker (self, kind)->waiting.length >= MAX_WAITING)
        return NULL;
      if (g_hash_table_size (self->entries) >= MAX_ENTRIES)
        lb_stats_cache_forget (self);
    }

  entry = g_new0 (LbStatsEntry, 1);
  entry->kind = kind;
  entry->parameters = parameters != NULL ? g_bytes_ref (parameters) : NULL;
  g_hash_table_add (self->entries, entry);

  return entry;
}

/* Has an entry made, here or by a worker. */
static void
lb_stats_cache_make (LbStatsCache *self,
                     LbStatsEntry *entry)
{
  LbStatsWorker *worker = lb_stats_cache_get_worker (self, entry->kind);

  if (!entry->kind->is_slow && self->snapshot->n_backends <= LB_STATS_WORKER_BACKENDS)
    {
      g_autoptr (GBytes) bytes = NULL;

      lb_stats_cache_prepare (self, entry);
      bytes = lb_stats_entry_make (entry);
      lb_stats_cache_keep (self, entry, bytes);
      return;
    }

  entry->tasks = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_push_tail (&worker->waiting, entry);
  lb_stats_cache_start (self, worker);
}

static void
lb_stats_cache_finalize (GObject *object)
{
  LbStatsCache *self = LB_STATS_CACHE (object);

  g_queue_clear (&self->quick.waiting);
  g_queue_clear (&self->slow.waiting);
  g_clear_pointer (&self->entries, g_hash_table_unref);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);

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
  self->entries =
    g_hash_table_new_full (lb_stats_entry_hash, lb_stats_entry_equal, lb_stats_entry_free, NULL);
  g_queue_init (&self->quick.waiting);
  g_queue_init (&self->slow.waiting);
}

static void
lb_stats_cache_dismiss (LbStatsWorker *worker)
{
  LbStatsEntry *entry;

  while ((entry = g_queue_pop_head (&worker->waiting)) != NULL)
    {
      g_autoptr (GPtrArray) tasks = g_steal_pointer (&entry->tasks);

      for (guint i = 0; i < tasks->len; i++)
        g_task_return_new_error (g_ptr_array_index (tasks, i), G_IO_ERROR, G_IO_ERROR_CLOSED,
                                 "The balancer ends.");
    }
}

/**
 * lb_stats_cache_new:
 * @source: where the figures come from; copied, and asked until the cache is closed
 *
 * Returns: (transfer full): an empty cache
 */
LbStatsCache *
lb_stats_cache_new (const LbStatsSource *source)
{
  LbStatsCache *self;

  g_return_val_if_fail (source != NULL, NULL);

  self = g_object_new (LB_TYPE_STATS_CACHE, NULL);
  self->source = *source;

  return self;
}

/**
 * lb_stats_cache_close:
 * @self: a cache that nobody asks any more
 *
 * Lets go of the source. Who waits is told so, but for those whose form is being made, who still get
 * it: until then the cache lives on.
 */
void
lb_stats_cache_close (LbStatsCache *self)
{
  g_return_if_fail (LB_IS_STATS_CACHE (self));

  self->closed = TRUE;
  lb_stats_cache_dismiss (&self->quick);
  lb_stats_cache_dismiss (&self->slow);
}

/**
 * lb_stats_cache_render_async:
 * @self: a cache
 * @kind: what is asked for
 * @parameters: (nullable): what its @read_query gave
 * @callback: called from the main loop when it is there
 * @user_data: for @callback
 *
 * Asks for a form of what is known now.
 */
void
lb_stats_cache_render_async (LbStatsCache *self,
                             const LbStatsKind *kind,
                             GBytes *parameters,
                             GAsyncReadyCallback callback,
                             gpointer user_data)
{
  const LbStatsEntry key = { .kind = kind, .parameters = parameters };
  g_autoptr (GTask) task = NULL;
  LbStatsEntry *entry;

  g_return_if_fail (LB_IS_STATS_CACHE (self));
  g_return_if_fail (!self->closed);
  g_return_if_fail (kind != NULL && kind->make_constant == NULL);

  task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (task, lb_stats_cache_render_async);

  entry = g_hash_table_lookup (self->entries, &key);

  /* While it is being made no snapshot is needed. */
  if (entry == NULL || entry->bytes != NULL)
    {
      lb_stats_cache_update (self);
      entry = g_hash_table_lookup (self->entries, &key);
    }

  if (entry == NULL)
    {
      entry = lb_stats_cache_add (self, kind, parameters);
      if (entry == NULL)
        {
          g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_BUSY,
                                   "Too many different things are asked for at once. Try again.");
          return;
        }
      lb_stats_cache_make (self, entry);
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
 * @error: return location for a #GError
 *
 * Sets %G_IO_ERROR_BUSY if too much waits to be made already, and %G_IO_ERROR_CLOSED when the cache was
 * closed.
 *
 * Returns: (transfer full) (nullable): the form
 */
GBytes *
lb_stats_cache_render_finish (LbStatsCache *self,
                              GAsyncResult *result,
                              GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
