/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-event-feed"

#include "config.h"

#include "http/lb-event-feed.h"

#include "http/lb-event-log.h"
#include "stats/lb-stats-events.h"

/* Changes that come in quick succession are told together, and pages are not made more often. */
#define TELL_US (G_USEC_PER_SEC / 10)

/**
 * LbEventFeed:
 *
 * Makes the events that are told at `/stats/events`: a page, which is a whole picture, every
 * %LB_EVENT_FEED_REFRESH_US, and in between what changes, as it changes. The balancer makes one for all
 * its listeners, whose readers join and leave. Each event is made once and kept in an [struct@LbEventLog],
 * from which everybody takes it at their own pace.
 *
 * While nobody reads it makes nothing and keeps nothing, and when the next page would be due it also
 * gives up its handlers on the pool and its source sleeps. Not before: they are one for each backend,
 * which who comes and goes all the time must not cost.
 *
 * Signals: `news`, when there may be more for those who have taken everything.
 */
struct _LbEventFeed
{
  GObject parent_instance;

  LbPool *pool;
  LbStatsSource figures;

  guint n_readers;
  GPtrArray *backends; /* as of the last items-changed; NULL while it has stopped */

  LbEventLog log;
  GString *changes; /* that are not told yet */
  char *policy;     /* as of the last page; NULL before the first */
  gboolean paused;  /* as of the last page */
  gboolean making;  /* a page is being made; changes wait until it is there */
  gint64 told_us;   /* when changes were told last */
  gint64 page_us;   /* when a page was begun last */
  gint64 page_due_us;
  GSource *source;
};

typedef struct
{
  GSource source;
  LbEventFeed *feed; /* which owns this source */
} LbEventFeedSource;

typedef struct
{
  LbSnapshot *snapshot;
  guint32 id;
} LbPageJob;

enum
{
  SIGNAL_NEWS,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbEventFeed, lb_event_feed, G_TYPE_OBJECT)

static void
lb_event_feed_update_ready_time (LbEventFeed *self)
{
  gint64 due_us = -1;

  if (self->backends != NULL && !self->making)
    {
      due_us = self->page_due_us;
      if (self->changes->len > 0)
        due_us = MIN (due_us, self->told_us + TELL_US);
    }

  g_source_set_ready_time (self->source, due_us);
}

static void
lb_event_feed_tell_changes (LbEventFeed *self,
                            gint64 now_us)
{
  g_autoptr (GBytes) events = NULL;

  if (self->changes->len == 0)
    return;

  events = g_string_free_to_bytes (g_steal_pointer (&self->changes));
  self->changes = g_string_new (NULL);
  self->told_us = now_us;
  lb_event_log_add_changes (&self->log, events);
  g_signal_emit (self, signals[SIGNAL_NEWS], 0);
}

static void
lb_event_feed_end_page (LbEventFeed *self,
                        GBytes *page)
{
  self->making = FALSE;
  lb_event_log_end_page (&self->log, page);
  lb_event_feed_update_ready_time (self);
  g_signal_emit (self, signals[SIGNAL_NEWS], 0);
}

static void
lb_page_job_free (gpointer data)
{
  LbPageJob *job = data;

  lb_snapshot_unref (job->snapshot);
  g_free (job);
}

static void
lb_page_job_run (GTask *task,
                 gpointer source_object,
                 gpointer task_data,
                 GCancellable *cancellable)
{
  LbPageJob *job = task_data;

  g_task_return_pointer (task, lb_stats_events_snapshot (job->snapshot, job->id),
                         (GDestroyNotify) g_bytes_unref);
}

static void
lb_event_feed_on_made (GObject *object,
                       GAsyncResult *result,
                       gpointer user_data)
{
  LbEventFeed *self = LB_EVENT_FEED (object);
  LbPageJob *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GBytes) page = g_task_propagate_pointer (G_TASK (result), NULL);

  /* Everybody may have left meanwhile, and others come. */
  if (self->making && job->id == self->log.page_id)
    lb_event_feed_end_page (self, page);
}

static void
lb_event_feed_make_in_worker (LbEventFeed *self,
                              LbSnapshot *snapshot,
                              guint32 id)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, lb_event_feed_on_made, NULL);
  LbPageJob *job = g_new (LbPageJob, 1);

  job->snapshot = lb_snapshot_ref (snapshot);
  job->id = id;
  g_task_set_source_tag (task, lb_event_feed_make_in_worker);
  g_task_set_task_data (task, job, lb_page_job_free);
  g_task_run_in_thread (task, lb_page_job_run);
}

/* What no backend tells of. */
static void
lb_event_feed_compare (LbEventFeed *self,
                       const LbSnapshot *snapshot)
{
  const gboolean first = self->policy == NULL;

  if (!first && strcmp (self->policy, snapshot->policy) != 0)
    lb_stats_events_append_policy (self->changes, lb_event_log_take_id (&self->log),
                                   snapshot->time_us, snapshot->policy);
  if (!first && self->paused != snapshot->traffic.paused)
    lb_stats_events_append_paused (self->changes, lb_event_log_take_id (&self->log),
                                   snapshot->time_us, snapshot->traffic.paused);

  g_free (self->policy);
  self->policy = g_strdup (snapshot->policy);
  self->paused = snapshot->traffic.paused;
}

/* What has changed before it is told before it. */
static void
lb_event_feed_begin_page (LbEventFeed *self,
                          gint64 now_us)
{
  g_autoptr (LbSnapshot) snapshot = self->figures.get_snapshot (self->figures.user_data);
  guint32 id;

  lb_event_feed_compare (self, snapshot);
  lb_event_feed_tell_changes (self, now_us);

  /* Those who were told last may have been the last. */
  if (self->n_readers == 0)
    return;

  self->page_us = now_us;
  self->page_due_us = now_us + LB_EVENT_FEED_REFRESH_US;
  self->making = TRUE;
  id = lb_event_log_begin_page (&self->log);

  if (snapshot->n_backends > LB_STATS_WORKER_BACKENDS)
    lb_event_feed_make_in_worker (self, snapshot, id);
  else
    {
      g_autoptr (GBytes) page = lb_stats_events_snapshot (snapshot, id);

      lb_event_feed_end_page (self, page);
    }
}

static void
lb_event_feed_add_change (LbEventFeed *self,
                          LbBackend *backend,
                          const char *change)
{
  const LbStatsChange text = {
    .time_us = g_get_real_time (),
    .change = change,
    .url = lb_backend_get_url (backend),
    .state = lb_backend_get_state (backend),
    .health = lb_backend_get_health (backend),
    .weight = lb_backend_get_weight (backend),
    .backup = lb_backend_get_backup (backend),
    .error = lb_backend_get_last_probe (backend)->error,
  };

  if (self->n_readers == 0)
    return;

  lb_stats_events_append_change (self->changes, lb_event_log_take_id (&self->log), &text);
  lb_event_feed_update_ready_time (self);
}

static void
lb_event_feed_on_backend_notify (LbEventFeed *self,
                                 LbBackend *backend,
                                 GParamSpec *pspec)
{
  static const char *const told[] = { "state", "health", "weight", "backup", NULL };

  if (g_strv_contains (told, pspec->name))
    lb_event_feed_add_change (self, backend, pspec->name);
}

/* Moving a backend takes a whole range out and puts it in again. */
static void
lb_event_feed_on_items_changed (LbEventFeed *self,
                                guint position,
                                guint removed,
                                guint added)
{
  g_autoptr (GHashTable) stay = g_hash_table_new (NULL, NULL);
  g_autoptr (GHashTable) were = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < added; i++)
    g_hash_table_add (stay, lb_pool_get_backend (self->pool, position + i));

  for (guint i = 0; i < removed; i++)
    {
      LbBackend *backend = g_ptr_array_index (self->backends, position + i);

      g_hash_table_add (were, backend);
      if (!g_hash_table_contains (stay, backend))
        lb_event_feed_add_change (self, backend, "removed");
    }

  for (guint i = 0; i < added; i++)
    {
      LbBackend *backend = lb_pool_get_backend (self->pool, position + i);

      if (!g_hash_table_contains (were, backend))
        lb_event_feed_add_change (self, backend, "added");
      g_ptr_array_insert (self->backends, (int) (position + removed + i), g_object_ref (backend));
    }

  if (removed > 0)
    g_ptr_array_remove_range (self->backends, position, removed);
}

static void
lb_event_feed_start (LbEventFeed *self)
{
  const guint n = lb_pool_get_n_backends (self->pool);

  self->backends = g_ptr_array_new_full (n, g_object_unref);
  for (guint i = 0; i < n; i++)
    g_ptr_array_add (self->backends, g_object_ref (lb_pool_get_backend (self->pool, i)));
  g_signal_connect_swapped (self->pool, "items-changed",
                            G_CALLBACK (lb_event_feed_on_items_changed), self);
  g_signal_connect_swapped (self->pool, "backend-notify",
                            G_CALLBACK (lb_event_feed_on_backend_notify), self);
}

static void
lb_event_feed_stop (LbEventFeed *self)
{
  g_signal_handlers_disconnect_by_func (self->pool, lb_event_feed_on_items_changed, self);
  g_signal_handlers_disconnect_by_func (self->pool, lb_event_feed_on_backend_notify, self);
  g_clear_pointer (&self->backends, g_ptr_array_unref);
}

/* Who comes next is not told what was before. */
static void
lb_event_feed_forget (LbEventFeed *self)
{
  g_clear_pointer (&self->policy, g_free);
  g_string_truncate (self->changes, 0);
  lb_event_log_clear (&self->log);
  self->making = FALSE;
}

static gboolean
lb_event_feed_source_dispatch (GSource *source,
                               GSourceFunc callback,
                               gpointer user_data)
{
  LbEventFeed *self = ((LbEventFeedSource *) source)->feed;
  const gint64 now_us = g_source_get_time (source);

  if (now_us >= self->page_due_us && self->n_readers == 0)
    lb_event_feed_stop (self);
  else if (now_us >= self->page_due_us)
    lb_event_feed_begin_page (self, now_us);
  else
    lb_event_feed_tell_changes (self, now_us);

  lb_event_feed_update_ready_time (self);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .dispatch = lb_event_feed_source_dispatch,
};

static void
lb_event_feed_dispose (GObject *object)
{
  LbEventFeed *self = LB_EVENT_FEED (object);

  if (self->backends != NULL)
    lb_event_feed_stop (self);
  lb_event_feed_forget (self);

  if (self->source != NULL)
    {
      g_source_destroy (self->source);
      g_clear_pointer (&self->source, g_source_unref);
    }
  g_clear_object (&self->pool);

  G_OBJECT_CLASS (lb_event_feed_parent_class)->dispose (object);
}

static void
lb_event_feed_finalize (GObject *object)
{
  LbEventFeed *self = LB_EVENT_FEED (object);

  g_string_free (self->changes, TRUE);

  G_OBJECT_CLASS (lb_event_feed_parent_class)->finalize (object);
}

static void
lb_event_feed_class_init (LbEventFeedClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_event_feed_dispose;
  object_class->finalize = lb_event_feed_finalize;

  signals[SIGNAL_NEWS] = g_signal_new ("news", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                       NULL, NULL, G_TYPE_NONE, 0);
}

static void
lb_event_feed_init (LbEventFeed *self)
{
  self->changes = g_string_new (NULL);

  self->source = g_source_new (&source_funcs, sizeof (LbEventFeedSource));
  ((LbEventFeedSource *) self->source)->feed = self;
  g_source_set_static_name (self->source, "[lb] events");
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

/**
 * lb_event_feed_new:
 * @pool: whose changes are told
 * @source: where pictures of it come from; its user_data outlives the feed
 *
 * Returns: (transfer full): a feed that nobody reads
 */
LbEventFeed *
lb_event_feed_new (LbPool *pool,
                   const LbStatsSource *source)
{
  LbEventFeed *self;

  g_return_val_if_fail (LB_IS_POOL (pool), NULL);
  g_return_val_if_fail (source != NULL, NULL);

  self = g_object_new (LB_TYPE_EVENT_FEED, NULL);
  self->pool = g_object_ref (pool);
  self->figures = *source;

  return self;
}

/**
 * lb_event_feed_refresh:
 * @self: a feed
 *
 * Says that something has changed of which no backend tells, such as the policy: the next page is due.
 */
void
lb_event_feed_refresh (LbEventFeed *self)
{
  g_return_if_fail (LB_IS_EVENT_FEED (self));

  self->page_due_us = MIN (self->page_due_us, self->page_us + TELL_US);
  lb_event_feed_update_ready_time (self);
}

/**
 * lb_event_feed_join:
 * @self: a feed
 *
 * Says that there is one more reader. The first thing that it will be given is a page, at most
 * %LB_EVENT_FEED_REFRESH_US old, and then what has changed since.
 *
 * Returns: where it begins
 */
guint32
lb_event_feed_join (LbEventFeed *self)
{
  g_return_val_if_fail (LB_IS_EVENT_FEED (self), 0);

  if (self->backends == NULL)
    lb_event_feed_start (self);

  if (self->n_readers++ == 0)
    {
      /* At once; but who comes and goes all the time does not get more pages than the others. */
      self->page_due_us = self->page_us + TELL_US;
      lb_event_feed_update_ready_time (self);
    }

  return lb_event_log_join (&self->log);
}

/**
 * lb_event_feed_leave:
 * @self: a feed
 *
 * Says that there is one reader less.
 */
void
lb_event_feed_leave (LbEventFeed *self)
{
  g_return_if_fail (LB_IS_EVENT_FEED (self));
  g_return_if_fail (self->n_readers > 0);

  if (--self->n_readers > 0)
    return;

  lb_event_feed_forget (self);
  self->page_due_us = self->page_us + LB_EVENT_FEED_REFRESH_US;
  lb_event_feed_update_ready_time (self);
}

/**
 * lb_event_feed_next:
 * @self: a feed
 * @seen: (inout): the number of the last event that a reader was given
 *
 * Returns: (transfer full) (nullable): what it is to be given now
 */
GBytes *
lb_event_feed_next (LbEventFeed *self,
                    guint32 *seen)
{
  g_return_val_if_fail (LB_IS_EVENT_FEED (self), NULL);

  return lb_event_log_next (&self->log, seen);
}

/**
 * lb_event_feed_get_horizon:
 * @self: a feed
 *
 * Returns: the number of the oldest page that a reader may still be busy with
 */
guint32
lb_event_feed_get_horizon (LbEventFeed *self)
{
  g_return_val_if_fail (LB_IS_EVENT_FEED (self), 0);

  return lb_event_log_get_horizon (&self->log);
}
