/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "probe/lb-deadline-heap.h"

#define N_DEADLINES 500

static void
test_empty (void)
{
  LbDeadlineHeap heap;
  LbDeadline deadline = { 0 };

  lb_deadline_heap_init (&heap);
  g_assert_null (lb_deadline_heap_peek (&heap));
  g_assert_false (lb_deadline_heap_contains (&heap, &deadline));
  lb_deadline_heap_remove (&heap, &deadline);
  lb_deadline_heap_clear (&heap);
}

static void
test_other_heap (void)
{
  LbDeadlineHeap one, other;
  LbDeadline a = { 0 };
  LbDeadline b = { 0 };

  lb_deadline_heap_init (&one);
  lb_deadline_heap_init (&other);
  lb_deadline_heap_set (&one, &a, 1);
  lb_deadline_heap_set (&other, &b, 2);

  g_assert_false (lb_deadline_heap_contains (&other, &a));
  lb_deadline_heap_remove (&other, &a);
  g_assert_true (lb_deadline_heap_peek (&one) == &a);
  g_assert_true (lb_deadline_heap_peek (&other) == &b);

  lb_deadline_heap_remove (&one, &a);
  lb_deadline_heap_remove (&other, &b);
  lb_deadline_heap_clear (&one);
  lb_deadline_heap_clear (&other);
}

/* Whatever is added, moved and removed, the earliest comes first. */
static void
test_random (void)
{
  LbDeadlineHeap heap;
  LbDeadline deadlines[N_DEADLINES] = { 0 };
  guint n_left = 0;
  gint64 last_us = G_MININT64;

  lb_deadline_heap_init (&heap);

  for (guint i = 0; i < 20 * N_DEADLINES; i++)
    {
      LbDeadline *deadline = &deadlines[g_test_rand_int_range (0, N_DEADLINES)];

      if (g_test_rand_int_range (0, 4) == 0)
        lb_deadline_heap_remove (&heap, deadline);
      else
        lb_deadline_heap_set (&heap, deadline, g_test_rand_int_range (0, 1000));
    }

  for (guint i = 0; i < N_DEADLINES; i++)
    if (lb_deadline_heap_contains (&heap, &deadlines[i]))
      n_left++;
  g_assert_cmpuint (n_left, >, 0);

  for (; n_left > 0; n_left--)
    {
      LbDeadline *deadline = lb_deadline_heap_peek (&heap);

      g_assert_nonnull (deadline);
      g_assert_cmpint (deadline->due_us, >=, last_us);
      last_us = deadline->due_us;
      lb_deadline_heap_remove (&heap, deadline);
      g_assert_false (lb_deadline_heap_contains (&heap, deadline));
    }

  g_assert_null (lb_deadline_heap_peek (&heap));
  lb_deadline_heap_clear (&heap);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/deadline-heap/empty", test_empty);
  g_test_add_func ("/deadline-heap/leaves-the-other-heap-alone", test_other_heap);
  g_test_add_func ("/deadline-heap/earliest-first", test_random);

  return g_test_run ();
}
