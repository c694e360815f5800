/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "probe/lb-health.h"
#include "probe/lb-probe-schedule.h"

#define N_DEADLINES 300
#define MS G_TIME_SPAN_MILLISECOND

typedef struct
{
  LbProbeSchedule schedule;
  LbDeadline deadlines[N_DEADLINES];
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  lb_probe_schedule_init (&self->schedule);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N_DEADLINES; i++)
    lb_probe_schedule_remove (&self->schedule, &self->deadlines[i]);
  lb_probe_schedule_clear (&self->schedule);
}

static gint64
fixture_plan (Fixture *self, gint64 now_us)
{
  return lb_probe_schedule_plan (&self->schedule, LB_PROBE_SCHEDULE_NEVER, now_us);
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  g_assert_cmpint (fixture_plan (self, 5), ==, LB_PROBE_SCHEDULE_NEVER);
  g_assert_cmpint (lb_probe_schedule_plan (&self->schedule, 7, 5), ==, 7);
  g_assert_null (lb_probe_schedule_take_start (&self->schedule, G_MAXINT64 / 2));
  g_assert_null (lb_probe_schedule_take_timeout (&self->schedule, G_MAXINT64 / 2));
}

static void
test_one_or_the_other (Fixture *self, gconstpointer data)
{
  LbDeadline *deadline = &self->deadlines[0];

  lb_probe_schedule_set_start (&self->schedule, deadline, 1000 * MS);
  g_assert_true (lb_probe_schedule_has_start (&self->schedule, deadline));
  g_assert_cmpint (fixture_plan (self, 0), ==, 1000 * MS);
  g_assert_null (lb_probe_schedule_take_start (&self->schedule, 1000 * MS - 1));
  g_assert_true (lb_probe_schedule_take_start (&self->schedule, 1000 * MS) == deadline);

  lb_probe_schedule_set_timeout (&self->schedule, deadline, 1050 * MS);
  g_assert_false (lb_probe_schedule_has_start (&self->schedule, deadline));
  g_assert_cmpint (fixture_plan (self, 1000 * MS), ==, 1050 * MS);

  lb_probe_schedule_set_start (&self->schedule, deadline, 2000 * MS);
  g_assert_null (lb_probe_schedule_take_timeout (&self->schedule, 2000 * MS));

  lb_probe_schedule_set_timeout (&self->schedule, deadline, 3000 * MS);
  g_assert_null (lb_probe_schedule_take_start (&self->schedule, 3000 * MS));
  g_assert_true (lb_probe_schedule_take_timeout (&self->schedule, 3000 * MS) == deadline);
}

/* All are due at once: a few start in the first turn, the others one a millisecond. */
static void
test_pace (Fixture *self, gconstpointer data)
{
  gint64 now_us = 1000 * MS;
  gint64 start_us = now_us;
  guint n_first = 0;
  guint n = 0;

  for (guint i = 0; i < N_DEADLINES; i++)
    lb_probe_schedule_set_start (&self->schedule, &self->deadlines[i], start_us);

  while (lb_probe_schedule_take_start (&self->schedule, now_us) != NULL)
    n_first++;
  g_assert_cmpuint (n_first, >, 0);
  g_assert_cmpuint (n_first, <, 20);

  for (n = n_first; n < N_DEADLINES; n++)
    {
      gint64 ready_us = fixture_plan (self, now_us);

      g_assert_cmpint (ready_us, >, now_us);
      g_assert_null (lb_probe_schedule_take_start (&self->schedule, ready_us - 1));
      g_assert_nonnull (lb_probe_schedule_take_start (&self->schedule, ready_us));
      now_us = ready_us;
    }

  g_assert_cmpint (now_us - start_us, >=, (N_DEADLINES - n_first) * MS);
}

/* While probes are under way, somebody looks often enough to notice that nobody did. */
static void
test_pause (Fixture *self, gconstpointer data)
{
  gint64 started_us = 1000 * MS;
  gint64 now_us = started_us;

  lb_probe_schedule_set_timeout (&self->schedule, &self->deadlines[0], started_us + 10000 * MS);

  for (guint i = 0; i < 10; i++)
    {
      gint64 ready_us = fixture_plan (self, now_us);

      g_assert_cmpint (ready_us, <=, now_us + 500 * MS);
      now_us = ready_us + 10 * MS;
      lb_probe_schedule_notice (&self->schedule, now_us);
      g_assert_cmpint (lb_probe_schedule_get_paused (&self->schedule), ==, 0);
    }

  now_us = fixture_plan (self, now_us) + 300 * MS;
  lb_probe_schedule_notice (&self->schedule, now_us);
  g_assert_cmpint (lb_probe_schedule_get_paused (&self->schedule), >=, 300 * MS);
  g_assert_cmpint (lb_probe_schedule_get_paused (&self->schedule), <=, 400 * MS);

  /* It is one pause, however often somebody tells. */
  started_us = lb_probe_schedule_get_paused (&self->schedule);
  lb_probe_schedule_notice (&self->schedule, now_us);
  fixture_plan (self, now_us + 5 * MS);
  g_assert_cmpint (lb_probe_schedule_get_paused (&self->schedule), ==, started_us);
}

/* Stopped right after a probe started, and for longer than its timeout: it has about as much time
 * left as it had, whatever that is, and only that. */
static void
test_pause_prolongs (Fixture *self, gconstpointer data)
{
  const guint timeouts_ms[] = { 10, 100, 2000 };

  for (gsize i = 0; i < G_N_ELEMENTS (timeouts_ms); i++)
    {
      const gint64 timeout_us = timeouts_ms[i] * MS;
      LbDeadline *deadline = &self->deadlines[0];
      gint64 now_us = (gint64) (1 + i) * 100000 * MS;

      fixture_plan (self, now_us);
      lb_probe_schedule_set_timeout (&self->schedule, deadline, now_us + timeout_us);
      fixture_plan (self, now_us);
      now_us += 10000 * MS;
      lb_probe_schedule_notice (&self->schedule, now_us);
      g_assert_null (lb_probe_schedule_take_timeout (&self->schedule, now_us));
      g_assert_null (
        lb_probe_schedule_take_timeout (&self->schedule, now_us + timeout_us / 2 - 1));
      g_assert_true (lb_probe_schedule_take_timeout (&self->schedule, now_us + timeout_us) ==
                     deadline);
      lb_probe_schedule_set_start (&self->schedule, deadline, G_MAXINT64 / 2);
    }
}

typedef struct
{
  guint runs_ms;
  guint stops_ms;
} Pauses;

/* However often we pause, a probe expires: not before it had most of its time, and before it had
 * twice of it. */
static void
test_pauses_are_bounded (Fixture *self, gconstpointer data)
{
  const Pauses pauses[] = { { 1200, 350 }, { 190, 350 }, { 110, 10000 }, { 60, 250 }, { 3, 300 } };
  const gint64 timeout_us = 2000 * MS;

  for (gsize i = 0; i < G_N_ELEMENTS (pauses); i++)
    {
      const gint64 run_us = pauses[i].runs_ms * MS;
      LbDeadline *deadline = &self->deadlines[0];
      gint64 now_us = (gint64) (1 + i) * 10000000 * MS;
      gint64 ran_us = 0;
      gint64 left_us = run_us;

      fixture_plan (self, now_us);
      lb_probe_schedule_set_timeout (&self->schedule, deadline, now_us + timeout_us);
      do
        {
          const gint64 step_us = fixture_plan (self, now_us) - now_us;

          now_us += step_us;
          ran_us += MIN (step_us, left_us);
          left_us -= step_us;
          /* It was stopped before it could look, and looks as soon as it goes on. */
          if (left_us < 0)
            {
              now_us += MAX (pauses[i].stops_ms * MS + left_us, 0);
              left_us = run_us;
            }
          lb_probe_schedule_notice (&self->schedule, now_us);
          g_assert_cmpint (ran_us, <=, 2 * timeout_us);
        }
      while (lb_probe_schedule_take_timeout (&self->schedule, now_us) == NULL);

      if (pauses[i].runs_ms > 1000)
        g_assert_cmpint (ran_us, >=, timeout_us * 9 / 10);
      lb_probe_schedule_set_start (&self->schedule, deadline, G_MAXINT64 / 2);
    }
}

/* With nothing planned, nothing can be late. */
static void
test_idle_is_no_pause (Fixture *self, gconstpointer data)
{
  fixture_plan (self, 1000 * MS);
  lb_probe_schedule_notice (&self->schedule, 100000 * MS);
  g_assert_cmpint (lb_probe_schedule_get_paused (&self->schedule), ==, 0);
}

static void
test_crowd (Fixture *self, gconstpointer data)
{
  gint64 now_us = 1000 * MS;
  gint64 ready_us;

  for (guint i = 0; i < N_DEADLINES; i++)
    lb_probe_schedule_set_timeout (&self->schedule, &self->deadlines[i], now_us + 20 * MS + i);

  ready_us = fixture_plan (self, now_us);
  g_assert_cmpint (ready_us, >=, now_us + 20 * MS);
  g_assert_cmpint (ready_us, <=, now_us + 30 * MS);
  for (guint i = 0; i < N_DEADLINES; i++)
    g_assert_true (lb_probe_schedule_take_timeout (&self->schedule, ready_us) ==
                   &self->deadlines[i]);
}

static void
test_spread (void)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (42);
  gint64 least = G_MAXINT64;
  gint64 most = 0;

  for (guint i = 0; i < 10000; i++)
    {
      const gint64 interval_us = lb_probe_schedule_spread (1000 * MS, 0.1, rand);

      least = MIN (least, interval_us);
      most = MAX (most, interval_us);
    }

  /* All of the ten percent, and not more. */
  g_assert_cmpint (least, >=, 900 * MS);
  g_assert_cmpint (least, <, 901 * MS);
  g_assert_cmpint (most, <=, 1100 * MS);
  g_assert_cmpint (most, >, 1099 * MS);
  g_assert_cmpint (lb_probe_schedule_spread (1000 * MS, 0, rand), ==, 1000 * MS);
}

typedef struct
{
  guint down_interval_ms;
  const char *results; /* of each probe: good or bad */
  guint starts_ms[12]; /* when each of them starts */
} Course;

/* An interval of 1 s, 250 ms in doubt, up after two and down after three. */
static const Course courses[] = {
  { 0, "++++", { 0, 1000, 2000, 3000 } },
  { 0, "+---+++", { 0, 1000, 1250, 1500, 2500, 2750, 3750 } },
  { 0, "+-+-+", { 0, 1000, 1250, 2250, 2500 } },
  { 5000, "---++-+", { 0, 5000, 10000, 15000, 15250, 16250, 16500 } },
  { 100, "--+-++", { 0, 100, 200, 300, 400, 500 } },
};

/* The clock only moves to where the schedule says that somebody has to look. */
static void
test_course (Fixture *self, gconstpointer data)
{
  const gint64 begin_us = 1000 * MS;

  for (gsize i = 0; i < G_N_ELEMENTS (courses); i++)
    {
      const LbProbeSettings settings = { .interval_ms = 1000,
                                         .fast_interval_ms = 250,
                                         .down_interval_ms = courses[i].down_interval_ms,
                                         .rise = 2,
                                         .fall = 3 };
      LbHealthTracker health = { 0 };
      LbDeadline *deadline = &self->deadlines[i];
      gint64 now_us = begin_us;

      lb_probe_schedule_set_start (&self->schedule, deadline, begin_us);
      for (gsize n = 0; courses[i].results[n] != '\0'; n++)
        {
          guint interval_ms;

          now_us = MAX (now_us, fixture_plan (self, now_us));
          g_assert_cmpint (now_us, ==, begin_us + courses[i].starts_ms[n] * MS);
          g_assert_true (lb_probe_schedule_take_start (&self->schedule, now_us) == deadline);

          lb_health_tracker_feed (&health, courses[i].results[n] == '+', &settings);
          interval_ms = lb_health_tracker_get_interval_ms (&health, &settings);
          lb_probe_schedule_set_start (&self->schedule, deadline, now_us + interval_ms * MS);
        }
      lb_probe_schedule_remove (&self->schedule, deadline);
      self->schedule.next_start_us = 0;
    }
}

/* With the defaults, and each interval as long as jitter makes it: who goes right after a good
 * probe is out within three seconds. */
static void
test_out_in_time (void)
{
  g_auto (LbProbeSettings) settings = { 0 };
  LbHealthTracker health = { 0 };
  double since_ms = 0;

  lb_probe_settings_init (&settings);
  lb_health_tracker_feed (&health, TRUE, &settings);
  while (lb_health_tracker_get (&health) == LB_HEALTH_UP)
    {
      since_ms +=
        lb_health_tracker_get_interval_ms (&health, &settings) * (1.0 + settings.jitter);
      lb_health_tracker_feed (&health, FALSE, &settings);
    }

  g_assert_cmpfloat (since_ms, <, 2000);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/probe-schedule/empty", test_empty);
  ADD ("/probe-schedule/one-or-the-other", test_one_or_the_other);
  ADD ("/probe-schedule/pace", test_pace);
  ADD ("/probe-schedule/pause", test_pause);
  ADD ("/probe-schedule/pause-prolongs", test_pause_prolongs);
  ADD ("/probe-schedule/pauses-are-bounded", test_pauses_are_bounded);
  ADD ("/probe-schedule/idle-is-no-pause", test_idle_is_no_pause);
  ADD ("/probe-schedule/crowd", test_crowd);
  ADD ("/probe-schedule/course", test_course);
  g_test_add_func ("/probe-schedule/spread", test_spread);
  g_test_add_func ("/probe-schedule/out-in-time", test_out_in_time);

  return g_test_run ();
}
