/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-prober"

#include "config.h"

#include "probe/lb-prober.h"

#include "probe/lb-health.h"
#include "probe/lb-probe.h"
#include "probe/lb-probe-error.h"
#include "probe/lb-probe-gate.h"
#include "probe/lb-probe-request.h"
#include "probe/lb-probe-schedule.h"
#include "probe/lb-probe-session.h"
#include "probe/lb-probe-test.h"

/**
 * LbProber:
 *
 * Asks every backend of a pool all the time how it is doing. [class@LbBalancer] makes the only one,
 * after the pool, and starts it. It follows the pool: a backend that joins is probed at once, one
 * that leaves is forgotten, along with the probe that is under way, and one that moves notices
 * nothing. A backend in maintenance is not
 * probed and its health is unknown; it is probed at once when that ends.
 *
 * For each backend it keeps an entry: what to ask it, which is everybody's settings with the
 * backend's exceptions, its [struct@LbHealthTracker], the probe under way if there is one, and one
 * deadline, which is the start of the next probe or else the timeout of this one. A
 * [struct@LbProbeSchedule] has all deadlines, and a single source of the main loop fires for the
 * earliest. So no backend adds to what the loop has to walk through; and there never are two probes
 * of one backend at once, because its next start is only set when the last probe is over.
 *
 * A probe over TLS first waits for its turn at the [struct@LbProbeGate], so that backends which hang
 * in their handshake do not keep those waiting that do not.
 *
 * What this process itself is to blame for is never held against a backend. If it runs out of
 * descriptors, nothing is recorded. If it did not run for a while, because it was stopped, or the
 * machine slept, or something else kept the loop busy, then the probes under way have as much more
 * time, so that a backend that hangs is found out all the same; and of the time that an answer took,
 * which may have waited unread, the pause is taken off. A backend may have tired of waiting for us:
 * that it broke off is excused, once.
 */
struct _LbProber
{
  GObject parent_instance;

  LbPool *pool;
  GPtrArray *entries; /* (element-type LbProberEntry), as in the pool */
  guint n_probed;     /* entries that are not in maintenance */
  LbProbeSettings settings;
  char *own_server; /* a GRefString */
  GRand *rand;

  gboolean running;
  GSource *source;
  LbProbeSchedule schedule;

  LbProbeGate gate;
  GQueue secure; /* LbProberEntry *, unowned, whose probes are not past their handshakes */

  LbProbeSessions sessions;
};

typedef struct
{
  LbProber *prober; /* unowned */
  LbBackend *backend;
  gulong notify_state;
  gulong notify_exceptions;
  LbProbeRequest *request;
  gboolean probed; /* not in maintenance */
  LbHealthTracker health;

  LbDeadline deadline;
  LbProbe *probe;
  gint64 started_us;
  gint64 paused_before_us; /* all pauses together when it started */
  gboolean excused;        /* the last probe */
  LbProbeTrust trust;      /* before the last probe */
  GList secure;            /* has the entry as its data while it is in the prober's list */
} LbProberEntry;

/* While somebody waits at the gate, it is looked after so often. */
#define GATE_US (10 * 1000)

/* Who has not even connected by then is not about to begin a handshake, and holds no place: many
 * backends may be switched off. */
#define CONNECT_US (250 * 1000)

enum
{
  PROBED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbProber, lb_prober, G_TYPE_OBJECT)

static LbProberEntry *
lb_prober_entry_from_deadline (LbDeadline *deadline)
{
  return (LbProberEntry *) (gpointer) ((char *) deadline -
                                       G_STRUCT_OFFSET (LbProberEntry, deadline));
}

/* What all probes together would take at their greatest pace. */
static gint64
lb_prober_get_round_us (LbProber *self)
{
  return self->n_probed * LB_PROBE_SCHEDULE_PACE_US;
}

/* Who is in doubt need not wait for the round: only few are at a time, and if not, the pace still
 * holds. */
static gint64
lb_prober_get_interval_us (LbProber *self, LbProberEntry *entry)
{
  const LbProbeSettings *settings = lb_probe_request_get_settings (entry->request);
  const gint64 interval_us =
    lb_health_tracker_get_interval_ms (&entry->health, settings) * G_TIME_SPAN_MILLISECOND;

  if (lb_health_tracker_is_undecided (&entry->health))
    return interval_us;

  return MAX (interval_us, lb_prober_get_round_us (self));
}

/* The timer */

static void
lb_prober_set_ready_time (LbProber *self)
{
  const gint64 now_us = g_get_monotonic_time ();
  gint64 ready_us = lb_probe_sessions_get_end (&self->sessions);

  if (self->source == NULL)
    return;

  if (lb_probe_gate_is_waiting (&self->gate))
    ready_us = MIN (ready_us, now_us + GATE_US);

  ready_us = lb_probe_schedule_plan (&self->schedule, ready_us, now_us);
  g_source_set_ready_time (self->source, ready_us == LB_PROBE_SCHEDULE_NEVER ? -1 : ready_us);
}

/* Probes */

/* One interval after the last start, more or less, so that the backends spread by themselves. */
static void
lb_prober_schedule_next (LbProber *self, LbProberEntry *entry)
{
  const double jitter = lb_probe_request_get_settings (entry->request)->jitter;
  const gint64 interval_us =
    lb_probe_schedule_spread (lb_prober_get_interval_us (self, entry), jitter, self->rand);

  lb_probe_schedule_set_start (&self->schedule, &entry->deadline, entry->started_us + interval_us);
}

/* Its probe is past the handshake, or will never come to it. */
static void
lb_prober_leave_gate (LbProber *self, LbProberEntry *entry)
{
  if (entry->secure.data == NULL)
    return;

  g_queue_unlink (&self->secure, &entry->secure);
  entry->secure.data = NULL;
}

static void
lb_prober_unschedule (LbProber *self, LbProberEntry *entry)
{
  lb_probe_schedule_remove (&self->schedule, &entry->deadline);
  lb_probe_gate_remove (&self->gate, &entry->deadline);
  lb_prober_leave_gate (self, entry);
  g_clear_pointer (&entry->probe, lb_probe_cancel);
  lb_load_set_probe_start (lb_backend_get_load (entry->backend), 0);
}

/* What a backend reports of itself holds until a probe of it is good again, or answered, or it is
 * down. There is no answer if the probe only connects. */
static void
lb_prober_record_load (LbBackend *backend,
                       const LbProbeResult *result,
                       const LbProbeSeen *seen,
                       LbHealth health)
{
  if (seen != NULL && seen->answered)
    lb_load_set_reported (lb_backend_get_load (backend), seen->load.utilization);
  else if (result->ok || health == LB_HEALTH_DOWN)
    lb_load_set_reported (lb_backend_get_load (backend), -1.0);
}

/* Takes in how a probe ended and plans the next one. @seen: (nullable): what a probe that answered
 * for itself came by. Comes last wherever it is called: handlers may do anything, such as remove
 * this backend. */
static void
lb_prober_record (LbProber *self,
                  LbProberEntry *entry,
                  const LbProbeResult *result,
                  const LbProbeSeen *seen)
{
  g_autoptr (LbBackend) backend = g_object_ref (entry->backend);
  const LbProbeSettings *settings = lb_probe_request_get_settings (entry->request);
  const LbHealth before = lb_health_tracker_get (&entry->health);
  const LbHealth health = lb_health_tracker_feed (&entry->health, result->ok, settings);
  const gint64 now_us = g_get_monotonic_time ();
  LbProbeResult counted = *result;

  counted.n_against = lb_health_tracker_get_against (&entry->health);
  counted.n_to_change = health == LB_HEALTH_UP ? settings->fall : settings->rise;

  lb_prober_schedule_next (self, entry);
  lb_prober_set_ready_time (self);

  lb_prober_record_load (backend, result, seen, health);
  lb_backend_record_probe (backend, &counted, now_us);
  /* Before anybody hears that it is up: who rebuilds tables then reads its weight. */
  if (before == LB_HEALTH_DOWN && health == LB_HEALTH_UP && settings->slow_start_ms > 0)
    lb_load_start_slowly (lb_backend_get_load (backend), now_us,
                          settings->slow_start_ms * G_TIME_SPAN_MILLISECOND);
  if (health != before)
    g_info ("%s is %s%s%s", lb_backend_get_url (backend), lb_health_to_string (health),
            result->ok ? "" : ": ", result->ok ? "" : result->error);
  lb_backend_set_health (backend, health, now_us);
  g_signal_emit (self, signals[PROBED], 0, backend);
}

static void
lb_prober_record_failure (LbProber *self,
                          LbProberEntry *entry,
                          const char *error,
                          gboolean connected)
{
  LbProbeResult result = { .time_us = g_get_real_time (), .connected = connected };

  lb_probe_result_fail (&result, error);
  lb_prober_record (self, entry, &result, NULL);
  g_ref_string_release (result.error);
}

/* A probe says nothing about its backend. */
static void
lb_prober_discard (LbProber *self, LbProberEntry *entry)
{
  lb_prober_schedule_next (self, entry);
  lb_prober_set_ready_time (self);
}

/* Takes in what a probe saw by itself, in the light of how long this process did not run meanwhile. */
static void
lb_prober_record_result (LbProber *self,
                         LbProberEntry *entry,
                         const LbProbeResult *raw,
                         const LbProbeSeen *seen)
{
  const gint64 paused_us =
    lb_probe_schedule_get_paused (&self->schedule) - entry->paused_before_us;
  LbProbeResult result = *raw;

  /* Broken off twice in a row is no accident. */
  entry->excused = paused_us > 0 && !entry->excused && !result.ok && result.status == 0;
  if (entry->excused)
    {
      lb_prober_discard (self, entry);
      return;
    }

  /* A pause that was longer came before it connected, which is not in the response time. */
  if (paused_us < result.response_us)
    result.response_us -= paused_us;

  lb_prober_record (self, entry, &result, seen);
}

static void
lb_prober_on_probe_done (LbProbe *probe, const LbProbeResult *result, gpointer user_data)
{
  LbProberEntry *entry = user_data;
  g_autoptr (LbProber) self = g_object_ref (entry->prober);
  gboolean expired = lb_probe_schedule_has_start (&self->schedule, &entry->deadline);

  g_assert (entry->probe == probe);

  lb_prober_leave_gate (self, entry);
  entry->probe = NULL;
  lb_load_set_probe_start (lb_backend_get_load (entry->backend), 0);
  lb_probe_schedule_notice (&self->schedule, g_get_monotonic_time ());

  if (expired)
    return;

  if (result != NULL)
    lb_prober_record_result (self, entry, result, lb_probe_get_seen (probe));
  else
    lb_prober_discard (self, entry);
}

static void
lb_prober_start_probe (LbProber *self, LbProberEntry *entry, gint64 now_us)
{
  const LbProbeSettings *settings = lb_probe_request_get_settings (entry->request);
  SoupSession *session;

  entry->started_us = now_us;
  entry->paused_before_us = lb_probe_schedule_get_paused (&self->schedule);

  if (entry->probe != NULL)
    {
      /* The last one still waits for the name's address, and so would this one. */
      lb_prober_record_failure (self, entry, LB_PROBE_ERROR_DNS, FALSE);
      return;
    }

  session = lb_probe_sessions_take (&self->sessions,
                                    self->settings.interval_ms * G_TIME_SPAN_MILLISECOND, now_us);
  entry->probe = lb_probe_start (session, entry->request, self->own_server, LB_PROBE_DEFAULT,
                                 lb_prober_on_probe_done, entry);
  if (lb_probe_request_is_secure (entry->request))
    {
      entry->secure.data = entry;
      g_queue_push_tail_link (&self->secure, &entry->secure);
    }

  lb_load_set_probe_start (lb_backend_get_load (entry->backend), now_us);
  lb_probe_schedule_set_timeout (&self->schedule, &entry->deadline,
                                 now_us + settings->timeout_ms * G_TIME_SPAN_MILLISECOND);
}

static void
lb_prober_expire_probe (LbProber *self, LbProberEntry *entry)
{
  const gboolean connected = lb_probe_get_seen (entry->probe)->connected;
  const gboolean resolving = !lb_probe_expire (entry->probe);

  lb_prober_leave_gate (self, entry);
  lb_load_set_probe_start (lb_backend_get_load (entry->backend), 0);
  if (!resolving)
    entry->probe = NULL;

  lb_prober_record_failure (self, entry,
                            resolving ? LB_PROBE_ERROR_DNS : LB_PROBE_ERROR_TIMEOUT, connected);
}

static void
lb_prober_count_handshakes (LbProber *self, gint64 now_us)
{
  guint n = 0, n_in_doubt = 0;

  for (GList *link = self->secure.head, *next; link != NULL; link = next)
    {
      LbProberEntry *entry = link->data;
      const LbProbeSeen *seen = lb_probe_get_seen (entry->probe);

      next = link->next;
      if (seen->secured)
        lb_prober_leave_gate (self, entry);
      else if (seen->connected || now_us - entry->started_us < CONNECT_US)
        {
          n++;
          n_in_doubt += entry->trust != LB_PROBE_TRUST_GOOD ? 1 : 0;
        }
    }

  lb_probe_gate_set_inside (&self->gate, n, n_in_doubt);
}

/* Starts the probe of an entry that is due, or has it wait for its turn. */
static void
lb_prober_begin_probe (LbProber *self, LbProberEntry *entry, gint64 now_us)
{
  const LbProbeResult *last = lb_backend_get_last_probe (entry->backend);

  if (last->time_us == 0)
    entry->trust = LB_PROBE_TRUST_NEW;
  else
    entry->trust = last->ok ? LB_PROBE_TRUST_GOOD : LB_PROBE_TRUST_BAD;

  if (lb_probe_request_is_secure (entry->request) && entry->probe == NULL)
    lb_probe_gate_add (&self->gate, &entry->deadline, entry->trust, now_us);
  else
    lb_prober_start_probe (self, entry, now_us);
}

static void
lb_prober_start_waiting (LbProber *self, gint64 now_us)
{
  LbDeadline *deadline;

  if (!lb_probe_gate_is_waiting (&self->gate))
    return;

  lb_prober_count_handshakes (self, now_us);
  while ((deadline = lb_probe_gate_take (&self->gate)) != NULL)
    lb_prober_start_probe (self, lb_prober_entry_from_deadline (deadline), now_us);
}

static gboolean
lb_prober_on_due (gpointer user_data)
{
  g_autoptr (LbProber) self = g_object_ref (user_data);
  gint64 now_us = g_get_monotonic_time ();
  LbDeadline *deadline;

  lb_probe_schedule_notice (&self->schedule, now_us);

  if (lb_probe_sessions_get_end (&self->sessions) <= now_us)
    lb_probe_sessions_drop (&self->sessions);

  while ((deadline = lb_probe_schedule_take_timeout (&self->schedule, now_us)) != NULL)
    lb_prober_expire_probe (self, lb_prober_entry_from_deadline (deadline));

  while ((deadline = lb_probe_schedule_take_start (&self->schedule, now_us)) != NULL)
    lb_prober_begin_probe (self, lb_prober_entry_from_deadline (deadline), now_us);

  lb_prober_start_waiting (self, now_us);
  lb_prober_set_ready_time (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
lb_prober_source_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

/* Nothing to poll: it fires by its ready time alone. */
static GSourceFuncs lb_prober_source_funcs = { .dispatch = lb_prober_source_dispatch };

/* Backends */

static void
lb_prober_entry_set_probed (LbProberEntry *entry, gboolean probed)
{
  LbProber *self = entry->prober;

  if (entry->probed == probed)
    return;

  entry->probed = probed;
  if (probed)
    self->n_probed++;
  else
    self->n_probed--;

  lb_prober_unschedule (self, entry);
  if (probed && self->running)
    lb_probe_schedule_set_start (&self->schedule, &entry->deadline, g_get_monotonic_time ());

  lb_prober_set_ready_time (self);
}

static void
lb_prober_on_notify_state (LbProberEntry *entry)
{
  gboolean probed = lb_backend_get_state (entry->backend) != LB_STATE_MAINT;

  lb_prober_entry_set_probed (entry, probed);

  if (!probed)
    {
      lb_health_tracker_reset (&entry->health);
      lb_load_set_reported (lb_backend_get_load (entry->backend), -1.0);
      lb_backend_set_health (entry->backend, lb_health_tracker_get (&entry->health),
                             g_get_monotonic_time ());
    }
}

/* Whoever changes how a backend is probed sees at once what comes of it; a probe under way that
 * asks what is not wanted any more is given up. */
static void
lb_prober_entry_update (LbProberEntry *entry)
{
  LbProber *self = entry->prober;
  g_auto (LbProbeSettings) settings = { 0 };

  lb_probe_settings_merge (&settings, &self->settings, lb_backend_get_exceptions (entry->backend));
  if (entry->request != NULL &&
      lb_probe_settings_equal (lb_probe_request_get_settings (entry->request), &settings))
    return;

  g_clear_pointer (&entry->request, lb_probe_request_unref);
  entry->request = lb_probe_request_new (lb_backend_get_url (entry->backend), &settings);

  if (entry->probed && self->running)
    {
      lb_prober_unschedule (self, entry);
      lb_probe_schedule_set_start (&self->schedule, &entry->deadline, g_get_monotonic_time ());
      lb_prober_set_ready_time (self);
    }
}

static LbProberEntry *
lb_prober_entry_new (LbProber *self, LbBackend *backend)
{
  LbProberEntry *entry = g_new0 (LbProberEntry, 1);

  entry->prober = self;
  entry->backend = g_object_ref (backend);
  lb_backend_begin (backend, g_get_monotonic_time ());
  lb_prober_entry_update (entry);
  entry->notify_state = g_signal_connect_swapped (backend, "notify::state",
                                                  G_CALLBACK (lb_prober_on_notify_state), entry);
  entry->notify_exceptions = g_signal_connect_swapped (
    backend, "notify::exceptions", G_CALLBACK (lb_prober_entry_update), entry);
  lb_prober_entry_set_probed (entry, lb_backend_get_state (backend) != LB_STATE_MAINT);

  return entry;
}

static void
lb_prober_entry_free (LbProberEntry *entry)
{
  lb_prober_entry_set_probed (entry, FALSE);
  g_clear_signal_handler (&entry->notify_state, entry->backend);
  g_clear_signal_handler (&entry->notify_exceptions, entry->backend);
  g_clear_object (&entry->backend);
  g_clear_pointer (&entry->request, lb_probe_request_unref);
  g_free (entry);
}

/* Takes the entries of those that leave out of the list, along with the backend each belongs to. */
static GHashTable *
lb_prober_steal_entries (LbProber *self, guint position, guint n)
{
  GHashTable *stolen =
    g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify) lb_prober_entry_free);

  for (guint i = n; i-- > 0;)
    {
      LbProberEntry *entry = g_ptr_array_steal_index (self->entries, position + i);

      g_hash_table_insert (stolen, entry->backend, entry);
    }

  return stolen;
}

/* Who only moves leaves and joins at once, and all that is known of it stays. */
static void
lb_prober_on_items_changed (LbProber *self, guint position, guint removed, guint added)
{
  g_autoptr (GHashTable) leaving = lb_prober_steal_entries (self, position, removed);

  for (guint i = position; i < position + added; i++)
    {
      LbBackend *backend = lb_pool_get_backend (self->pool, i);
      gpointer entry;

      if (!g_hash_table_steal_extended (leaving, backend, NULL, &entry))
        entry = lb_prober_entry_new (self, backend);

      g_ptr_array_insert (self->entries, (int) i, entry);
    }
}

static void
lb_prober_dispose (GObject *object)
{
  LbProber *self = LB_PROBER (object);

  lb_prober_stop (self);
  g_ptr_array_set_size (self->entries, 0);
  if (self->pool != NULL)
    g_signal_handlers_disconnect_by_data (self->pool, self);
  g_clear_object (&self->pool);

  G_OBJECT_CLASS (lb_prober_parent_class)->dispose (object);
}

static void
lb_prober_finalize (GObject *object)
{
  LbProber *self = LB_PROBER (object);

  g_ptr_array_unref (self->entries);
  lb_probe_schedule_clear (&self->schedule);
  lb_probe_gate_clear (&self->gate);
  lb_probe_settings_clear (&self->settings);
  g_clear_pointer (&self->own_server, g_ref_string_release);
  g_rand_free (self->rand);

  G_OBJECT_CLASS (lb_prober_parent_class)->finalize (object);
}

static void
lb_prober_class_init (LbProberClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_prober_dispose;
  object_class->finalize = lb_prober_finalize;

  /**
   * LbProber::probed:
   * @self: the prober
   * @backend: a backend
   *
   * A probe of @backend is over and its result recorded; the health follows it already.
   */
  signals[PROBED] = g_signal_new ("probed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                  NULL, NULL, G_TYPE_NONE, 1, LB_TYPE_BACKEND);
}

static void
lb_prober_init (LbProber *self)
{
  lb_probe_settings_init (&self->settings);
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) lb_prober_entry_free);
  self->rand = g_rand_new ();
  lb_probe_schedule_init (&self->schedule);
  lb_probe_gate_init (&self->gate);
}

/**
 * lb_prober_new:
 * @pool: the pool to follow
 *
 * Makes a prober for a pool. It does nothing before lb_prober_start().
 *
 * Returns: (transfer full): a new prober
 */
LbProber *
lb_prober_new (LbPool *pool)
{
  LbProber *self;

  g_return_val_if_fail (LB_IS_POOL (pool), NULL);

  self = g_object_new (LB_TYPE_PROBER, NULL);
  self->pool = g_object_ref (pool);
  g_signal_connect_swapped (pool, "items-changed", G_CALLBACK (lb_prober_on_items_changed), self);
  lb_prober_on_items_changed (self, 0, 0, lb_pool_get_n_backends (pool));

  return self;
}

/**
 * lb_prober_set_settings:
 * @self: a prober
 * @settings: how to probe; copied
 *
 * Changes how everybody is probed who has no exception. Every backend for which that makes a
 * difference is probed anew, at once.
 */
void
lb_prober_set_settings (LbProber *self, const LbProbeSettings *settings)
{
  g_return_if_fail (LB_IS_PROBER (self));
  g_return_if_fail (settings != NULL);
  g_return_if_fail (settings->interval_ms > 0 && settings->timeout_ms > 0);
  g_return_if_fail (settings->jitter >= 0 && settings->jitter <= 0.5);
  g_return_if_fail (settings->method != NULL && settings->expected_status != NULL);

  lb_probe_settings_copy (&self->settings, settings);

  for (guint i = 0; i < self->entries->len; i++)
    lb_prober_entry_update (g_ptr_array_index (self->entries, i));
}

/**
 * lb_prober_set_own_server:
 * @self: a prober
 * @server: (nullable): the `Server` header of the balancer's own answers, which no other program
 * has
 *
 * A backend whose answer carries this header leads back to this balancer, by whatever way: another
 * name, a port that is forwarded, a proxy. It is down, with the error `loop`.
 */
void
lb_prober_set_own_server (LbProber *self, const char *server)
{
  g_return_if_fail (LB_IS_PROBER (self));

  g_clear_pointer (&self->own_server, g_ref_string_release);
  if (server != NULL)
    self->own_server = g_ref_string_new (server);
}

/**
 * lb_prober_start:
 * @self: a prober
 *
 * Starts to probe every backend, now and then at the interval, in the thread-default main context.
 * Nothing happens if it has been started already.
 */
void
lb_prober_start (LbProber *self)
{
  gint64 now_us = g_get_monotonic_time ();

  g_return_if_fail (LB_IS_PROBER (self));

  if (self->running)
    return;

  self->running = TRUE;
  self->source = g_source_new (&lb_prober_source_funcs, sizeof (GSource));
  g_source_set_static_name (self->source, "[lb] probes");
  g_source_set_callback (self->source, lb_prober_on_due, self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());

  for (guint i = 0; i < self->entries->len; i++)
    {
      LbProberEntry *entry = g_ptr_array_index (self->entries, i);

      if (entry->probed)
        lb_probe_schedule_set_start (&self->schedule, &entry->deadline, now_us);
    }

  lb_prober_set_ready_time (self);
}

/**
 * lb_prober_stop:
 * @self: a prober
 *
 * Stops to probe and cancels the probes under way, which record nothing. What is known of the
 * backends stays. Nothing happens if it has not been started.
 */
void
lb_prober_stop (LbProber *self)
{
  g_return_if_fail (LB_IS_PROBER (self));

  if (!self->running)
    return;

  self->running = FALSE;
  for (guint i = 0; i < self->entries->len; i++)
    lb_prober_unschedule (self, g_ptr_array_index (self->entries, i));

  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
  lb_probe_sessions_drop (&self->sessions);
}

/**
 * lb_prober_get_interval_ms:
 * @self: a prober
 *
 * The time between two probes of one backend: the interval of the settings, or more when there are
 * so many backends that all of them would need more than 1000 probes a second.
 *
 * Returns: the interval in milliseconds, without jitter
 */
guint
lb_prober_get_interval_ms (LbProber *self)
{
  g_return_val_if_fail (LB_IS_PROBER (self), 0);

  return MAX (self->settings.interval_ms,
              (guint) (lb_prober_get_round_us (self) / G_TIME_SPAN_MILLISECOND));
}

/**
 * lb_prober_probe_now:
 * @self: a prober that has been started
 * @backend: (nullable): which backend, or %NULL for all
 *
 * Does not wait for the next probe. One that is under way stays, and nobody who is in maintenance
 * is probed.
 */
void
lb_prober_probe_now (LbProber *self, LbBackend *backend)
{
  const gint64 now_us = g_get_monotonic_time ();

  g_return_if_fail (LB_IS_PROBER (self));
  g_return_if_fail (backend == NULL || LB_IS_BACKEND (backend));

  for (guint i = 0; i < self->entries->len; i++)
    {
      LbProberEntry *entry = g_ptr_array_index (self->entries, i);

      if ((backend == NULL || entry->backend == backend) &&
          lb_probe_schedule_has_start (&self->schedule, &entry->deadline))
        lb_probe_schedule_set_start (&self->schedule, &entry->deadline, now_us);
    }

  lb_prober_set_ready_time (self);
}

/**
 * lb_prober_test_async:
 * @self: a prober; it need not have been started
 * @url: a backend's URL, as a person typed it; the pool need not have it
 * @settings: how to probe it; anything is safe
 * @cancellable: (nullable): ends it
 * @callback: called at the end
 * @user_data: for @callback
 *
 * Probes once, apart from everything else, and tells all that was seen. Nothing is recorded.
 */
void
lb_prober_test_async (LbProber *self,
                      const char *url,
                      const LbProbeSettings *settings,
                      GCancellable *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  g_return_if_fail (LB_IS_PROBER (self));
  g_return_if_fail (url != NULL && settings != NULL);

  lb_probe_test_run (G_OBJECT (self), url, settings, self->own_server, cancellable, callback,
                     user_data);
}

/**
 * lb_prober_test_finish:
 * @self: a prober
 * @result: as given to the callback
 * @error: return location for a #GError
 *
 * Sets %LB_POOL_ERROR_INVALID_URL or %LB_POOL_ERROR_INVALID_SETTING if it cannot be probed that way,
 * %G_IO_ERROR_CANCELLED, or %G_IO_ERROR_FAILED if this computer was at fault.
 *
 * Returns: (transfer full): the report, also of a probe that was not good
 */
LbProbeReport *
lb_prober_test_finish (LbProber *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (LB_IS_PROBER (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
