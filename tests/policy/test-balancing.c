/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * How well policies balance, in a model: real policies and estimates, backends with a queue and
 * some workers, probes that wait in that queue, and a clock that only this program moves, so that
 * every run is the same. build-aux/bench balance measures it with real ones.
 */

#include <math.h>

#include "policy/lb-policy.h"
#include "probe/lb-deadline-heap.h"

#define BACKENDS 5
#define WORKERS 4
#define SERVICE_US 50000.0
#define PROBE_INTERVAL_US G_USEC_PER_SEC
#define PROBE_TIMEOUT_US (2 * G_USEC_PER_SEC)

#define WARM_UP_US (20 * G_USEC_PER_SEC)
#define END_US (WARM_UP_US + 300 * G_USEC_PER_SEC)

typedef struct
{
  double speeds[BACKENDS];
  double load;
  gboolean slows_down; /* the first one, to a fifth, for 10 s of each 30 */
} Scenario;

static const Scenario steady = { { 1, 1, 1, 0.5, 0.25 }, 0.75, FALSE };
static const Scenario slow_down = { { 1, 1, 1, 1, 1 }, 0.6, TRUE };

typedef struct _Model Model;
typedef struct _Event Event;

/* Something that is to happen: a request or a probe ends, or a timer of the model fires. */
struct _Event
{
  LbDeadline deadline; /* the first member */
  void (*happen) (Model *model, Event *event);
  guint backend;
  gboolean is_probe;
  gint64 sent_us;
  double service_us;
};

struct _Model
{
  const Scenario *scenario;
  LbPool *pool;
  LbPolicy *policy;
  GRand *rand;     /* the policy's */
  GRand *requests; /* the same for all policies */
  GRand *probes;
  LbDeadlineHeap heap;
  gint64 now_us;
  double rate;
  Event arrival;
  Event probe_starts[BACKENDS];
  GQueue waiting[BACKENDS]; /* of Event */
  guint n_busy[BACKENDS];
  GArray *times_us;
};

static double
draw_exponential (GRand *rand,
                  double mean)
{
  return -mean * log (1.0 - g_rand_double (rand));
}

static void
model_plan (Model *self,
            Event *event,
            double in_us)
{
  lb_deadline_heap_set (&self->heap, &event->deadline, self->now_us + (gint64) in_us + 1);
}

static double
model_get_speed (Model *self,
                 guint backend)
{
  if (self->scenario->slows_down && backend == 0 && self->now_us / (10 * G_USEC_PER_SEC) % 3 == 1)
    return 0.2;

  return self->scenario->speeds[backend];
}

static void
model_serve (Model *self,
             Event *work)
{
  model_plan (self, work, work->service_us / model_get_speed (self, work->backend));
}

static void
model_on_served (Model *self,
                 Event *work)
{
  const gint64 time_us = self->now_us - work->sent_us;
  Event *next = g_queue_pop_head (&self->waiting[work->backend]);

  if (next != NULL)
    model_serve (self, next);
  else
    self->n_busy[work->backend]--;

  if (!work->is_probe)
    {
      if (work->sent_us >= WARM_UP_US)
        g_array_append_val (self->times_us, time_us);
    }
  else
    {
      LbBackend *backend = lb_pool_get_backend (self->pool, work->backend);
      LbProbeResult result = { .time_us = 1, .response_us = time_us, .status = 200, .ok = TRUE };
      const double interval_us = PROBE_INTERVAL_US * g_rand_double_range (self->probes, 0.9, 1.1);

      /* Who comes too late talks to nobody. */
      if (time_us < PROBE_TIMEOUT_US)
        {
          lb_load_set_probe_start (lb_backend_get_load (backend), 0);
          lb_backend_record_probe (backend, &result, self->now_us);
          lb_policy_probed (self->policy, self->pool, backend, &result, self->now_us);
          lb_deadline_heap_remove (&self->heap, &self->probe_starts[work->backend].deadline);
          model_plan (self, &self->probe_starts[work->backend],
                      MAX (interval_us - (double) time_us, 0.0));
        }
    }

  g_free (work);
}

static void
model_send (Model *self,
            guint backend,
            gboolean is_probe,
            double service_us)
{
  Event *work = g_new0 (Event, 1);

  work->happen = model_on_served;
  work->backend = backend;
  work->is_probe = is_probe;
  work->sent_us = self->now_us;
  work->service_us = service_us;

  if (self->n_busy[backend] == WORKERS)
    {
      g_queue_push_tail (&self->waiting[backend], work);
      return;
    }

  self->n_busy[backend]++;
  model_serve (self, work);
}

static void
model_on_probe_start (Model *self,
                      Event *event)
{
  LbBackend *backend = lb_pool_get_backend (self->pool, event->backend);

  lb_load_set_probe_start (lb_backend_get_load (backend), self->now_us);
  model_send (self, event->backend, TRUE, draw_exponential (self->probes, SERVICE_US));

  /* Unless an answer comes before, the next one starts when this one has timed out. */
  model_plan (self, event, PROBE_TIMEOUT_US);
}

static void
model_on_arrival (Model *self,
                  Event *event)
{
  LbRequestKey key = { (const guint8 *) "\177\0\0\1", 4, "/", 1 };
  LbBackend *backend = lb_policy_choose (self->policy, self->pool, &key, self->now_us, self->rand);
  guint position = 0;

  g_assert_true (lb_pool_get_position (self->pool, backend, &position));
  lb_pool_count_redirect (self->pool, backend, self->now_us);
  model_send (self, position, FALSE, draw_exponential (self->requests, SERVICE_US));

  if (self->now_us < END_US)
    model_plan (self, event, draw_exponential (self->requests, 1.0 / self->rate));
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static void
model_start (Model *self,
             const Scenario *scenario,
             const char *policy,
             gboolean perfect)
{
  *self = (Model){
    .scenario = scenario,
    .pool = lb_pool_new (),
    .policy = lb_policy_new (policy, NULL),
    .rand = g_rand_new_with_seed (1),
    .requests = g_rand_new_with_seed (2),
    .probes = g_rand_new_with_seed (3),
    .now_us = 1,
    .times_us = g_array_new (FALSE, FALSE, sizeof (gint64)),
  };
  lb_deadline_heap_init (&self->heap);

  for (guint i = 0; i < BACKENDS; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://backend-%u:9000", i);
      LbBackend *backend = lb_pool_add (self->pool, url, NULL);

      if (perfect)
        lb_backend_set_weight (backend, (guint) (4 * scenario->speeds[i]), NULL);
      g_queue_init (&self->waiting[i]);
      self->rate += scenario->load * scenario->speeds[i] * WORKERS / SERVICE_US;
      self->probe_starts[i].happen = model_on_probe_start;
      self->probe_starts[i].backend = i;
      model_plan (self, &self->probe_starts[i], i * 200000.0);
    }

  self->arrival.happen = model_on_arrival;
  model_plan (self, &self->arrival, 0.0);
}

static void
model_end (Model *self)
{
  LbDeadline *deadline;

  for (guint i = 0; i < BACKENDS; i++)
    {
      lb_deadline_heap_remove (&self->heap, &self->probe_starts[i].deadline);
      g_queue_clear_full (&self->waiting[i], g_free);
    }
  lb_deadline_heap_remove (&self->heap, &self->arrival.deadline);
  while ((deadline = lb_deadline_heap_peek (&self->heap)) != NULL)
    {
      lb_deadline_heap_remove (&self->heap, deadline);
      g_free (deadline);
    }
  lb_deadline_heap_clear (&self->heap);

  g_assert_finalize_object (self->policy);
  g_assert_finalize_object (self->pool);
  g_rand_free (self->rand);
  g_rand_free (self->requests);
  g_rand_free (self->probes);
  g_array_unref (self->times_us);
}

/* Returns: what 99 of 100 requests do not exceed, in milliseconds */
static double
get_p99_ms (const Scenario *scenario,
            const char *policy,
            gboolean perfect)
{
  Model model;
  double p99_ms;

  model_start (&model, scenario, policy, perfect);
  while (model.now_us < END_US)
    {
      Event *event = (Event *) (gpointer) lb_deadline_heap_peek (&model.heap);

      model.now_us = event->deadline.due_us;
      lb_deadline_heap_remove (&model.heap, &event->deadline);
      event->happen (&model, event);
    }

  g_array_sort (model.times_us, compare_times);
  p99_ms = (double) g_array_index (model.times_us, gint64, model.times_us->len * 99 / 100) / 1000.0;
  model_end (&model);

  g_test_message ("%s%s: %.0f ms", policy, perfect ? ", perfect weights" : "", p99_ms);

  return p99_ms;
}

static void
test_steady (void)
{
  const double adaptive_ms = get_p99_ms (&steady, "adaptive", FALSE);

  g_assert_cmpfloat (adaptive_ms, <, 2.0 * get_p99_ms (&steady, "round-robin", TRUE));
  g_assert_cmpfloat (adaptive_ms, <, 0.1 * get_p99_ms (&steady, "round-robin", FALSE));
}

static void
test_slow_down (void)
{
  static const char *const others[] = { "round-robin", "random", "least-connections", "two-choices",
                                        "fastest" };
  const double adaptive_ms = get_p99_ms (&slow_down, "adaptive", FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_cmpfloat (adaptive_ms, <, get_p99_ms (&slow_down, others[i], FALSE));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/policy/balancing/steady", test_steady);
  g_test_add_func ("/policy/balancing/slow-down", test_slow_down);

  return g_test_run ();
}
