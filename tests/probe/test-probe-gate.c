/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "probe/lb-probe-gate.h"

#define N_DEADLINES 50

typedef struct
{
  LbProbeGate gate;
  LbDeadline deadlines[N_DEADLINES];
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  lb_probe_gate_init (&self->gate);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N_DEADLINES; i++)
    lb_probe_gate_remove (&self->gate, &self->deadlines[i]);
  g_assert_false (lb_probe_gate_is_waiting (&self->gate));
  lb_probe_gate_clear (&self->gate);
}

static guint
fixture_take_all (Fixture *self)
{
  guint n = 0;

  while (lb_probe_gate_take (&self->gate) != NULL)
    n++;

  return n;
}

static void
test_empty (Fixture *self, gconstpointer data)
{
  g_assert_false (lb_probe_gate_is_waiting (&self->gate));
  g_assert_null (lb_probe_gate_take (&self->gate));
}

/* As many as there is room for, and who has waited longest is first. */
static void
test_in_turn (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < N_DEADLINES; i++)
    lb_probe_gate_add (&self->gate, &self->deadlines[i], LB_PROBE_TRUST_GOOD, 1000 + i);
  lb_probe_gate_remove (&self->gate, &self->deadlines[0]);
  lb_probe_gate_set_inside (&self->gate, LB_PROBE_GATE_MAX - 2, 0);

  g_assert_true (lb_probe_gate_take (&self->gate) == &self->deadlines[1]);
  g_assert_true (lb_probe_gate_take (&self->gate) == &self->deadlines[2]);
  g_assert_null (lb_probe_gate_take (&self->gate));
  g_assert_true (lb_probe_gate_is_waiting (&self->gate));

  lb_probe_gate_set_inside (&self->gate, 0, 0);
  g_assert_cmpuint (fixture_take_all (self), ==, LB_PROBE_GATE_MAX);
}

/* However long they have waited, and however many they are. */
static void
test_the_others_leave_room (Fixture *self, gconstpointer data)
{
  LbDeadline *good = &self->deadlines[0], *new = &self->deadlines[1];

  for (guint i = 2; i < N_DEADLINES; i++)
    lb_probe_gate_add (&self->gate, &self->deadlines[i], LB_PROBE_TRUST_BAD, 1000 + i);
  lb_probe_gate_add (&self->gate, new, LB_PROBE_TRUST_NEW, 8000);
  g_assert_true (lb_probe_gate_take (&self->gate) == new);
  g_assert_cmpuint (fixture_take_all (self), ==, LB_PROBE_GATE_MAX_IN_DOUBT - 1);

  lb_probe_gate_add (&self->gate, new, LB_PROBE_TRUST_NEW, 8000);
  g_assert_null (lb_probe_gate_take (&self->gate));
  lb_probe_gate_add (&self->gate, good, LB_PROBE_TRUST_GOOD, 9000);
  g_assert_true (lb_probe_gate_take (&self->gate) == good);
  g_assert_null (lb_probe_gate_take (&self->gate));

  /* Nor do they get in when the good ones have all places. */
  lb_probe_gate_set_inside (&self->gate, LB_PROBE_GATE_MAX, 0);
  g_assert_null (lb_probe_gate_take (&self->gate));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/probe-gate/empty", test_empty);
  ADD ("/probe-gate/in-turn", test_in_turn);
  ADD ("/probe-gate/the-others-leave-room", test_the_others_leave_room);

  return g_test_run ();
}
