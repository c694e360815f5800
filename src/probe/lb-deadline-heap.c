/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "probe/lb-deadline-heap.h"

/*
 * A binary heap in an array. Each deadline knows its place in it, so that moving or removing one
 * needs no search: setting and removing cost log n, looking at the earliest costs nothing. This is
 * what lets one timer stand for the deadlines of ten thousand backends.
 *
 * A place counts from 1, so that 0 is "in no heap"; the children of place p are 2p and 2p + 1.
 */

static LbDeadline *
lb_deadline_heap_at (const LbDeadlineHeap *self, guint place)
{
  return g_ptr_array_index (self->deadlines, place - 1);
}

static void
lb_deadline_heap_put (LbDeadlineHeap *self, LbDeadline *deadline, guint place)
{
  g_ptr_array_index (self->deadlines, place - 1) = deadline;
  deadline->place = place;
}

static void
lb_deadline_heap_sift_up (LbDeadlineHeap *self, LbDeadline *deadline)
{
  guint place = deadline->place;

  while (place > 1)
    {
      LbDeadline *parent = lb_deadline_heap_at (self, place / 2);

      if (parent->due_us <= deadline->due_us)
        break;

      lb_deadline_heap_put (self, parent, place);
      place /= 2;
    }

  lb_deadline_heap_put (self, deadline, place);
}

static void
lb_deadline_heap_sift_down (LbDeadlineHeap *self, LbDeadline *deadline)
{
  guint place = deadline->place;

  while (2 * place <= self->deadlines->len)
    {
      guint below = 2 * place;
      LbDeadline *child = lb_deadline_heap_at (self, below);

      if (below < self->deadlines->len &&
          lb_deadline_heap_at (self, below + 1)->due_us < child->due_us)
        child = lb_deadline_heap_at (self, ++below);

      if (deadline->due_us <= child->due_us)
        break;

      lb_deadline_heap_put (self, child, place);
      place = below;
    }

  lb_deadline_heap_put (self, deadline, place);
}

/**
 * lb_deadline_heap_init:
 * @self: (out caller-allocates): memory for a heap
 *
 * Makes an empty heap. lb_deadline_heap_clear() ends it.
 */
void
lb_deadline_heap_init (LbDeadlineHeap *self)
{
  g_return_if_fail (self != NULL);

  self->deadlines = g_ptr_array_new ();
}

/**
 * lb_deadline_heap_clear:
 * @self: an empty heap
 *
 * Frees what the heap holds in memory. Its deadlines must have been removed.
 */
void
lb_deadline_heap_clear (LbDeadlineHeap *self)
{
  g_return_if_fail (self != NULL);

  g_warn_if_fail (self->deadlines->len == 0);
  g_clear_pointer (&self->deadlines, g_ptr_array_unref);
}

/**
 * lb_deadline_heap_set:
 * @self: a heap
 * @deadline: a deadline that is in @self or in no heap
 * @due_us: when, in monotonic microseconds
 *
 * Puts a deadline into the heap, or moves it to another time.
 */
void
lb_deadline_heap_set (LbDeadlineHeap *self, LbDeadline *deadline, gint64 due_us)
{
  g_return_if_fail (self != NULL && deadline != NULL);

  deadline->due_us = due_us;
  if (deadline->place == 0)
    {
      g_ptr_array_add (self->deadlines, deadline);
      deadline->place = self->deadlines->len;
    }

  g_return_if_fail (lb_deadline_heap_contains (self, deadline));

  lb_deadline_heap_sift_up (self, deadline);
  lb_deadline_heap_sift_down (self, deadline);
}

/**
 * lb_deadline_heap_remove:
 * @self: a heap
 * @deadline: a deadline
 *
 * Takes a deadline out of the heap. One that is not in it is left alone.
 */
void
lb_deadline_heap_remove (LbDeadlineHeap *self, LbDeadline *deadline)
{
  LbDeadline *last;

  g_return_if_fail (self != NULL && deadline != NULL);

  if (!lb_deadline_heap_contains (self, deadline))
    return;

  last = g_ptr_array_steal_index (self->deadlines, self->deadlines->len - 1);
  if (last != deadline)
    {
      lb_deadline_heap_put (self, last, deadline->place);
      lb_deadline_heap_sift_up (self, last);
      lb_deadline_heap_sift_down (self, last);
    }

  deadline->place = 0;
}

/**
 * lb_deadline_heap_contains:
 * @self: a heap
 * @deadline: a deadline
 *
 * Returns: whether @deadline is in this heap
 */
gboolean
lb_deadline_heap_contains (const LbDeadlineHeap *self, const LbDeadline *deadline)
{
  g_return_val_if_fail (self != NULL && deadline != NULL, FALSE);

  return deadline->place > 0 && deadline->place <= self->deadlines->len &&
         lb_deadline_heap_at (self, deadline->place) == deadline;
}

/**
 * lb_deadline_heap_peek:
 * @self: a heap
 *
 * Returns: (transfer none) (nullable): the earliest deadline, or %NULL if there is none
 */
LbDeadline *
lb_deadline_heap_peek (const LbDeadlineHeap *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->deadlines->len > 0 ? lb_deadline_heap_at (self, 1) : NULL;
}

/**
 * lb_deadline_heap_get_length:
 * @self: a heap
 *
 * Returns: how many deadlines there are
 */
guint
lb_deadline_heap_get_length (const LbDeadlineHeap *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->deadlines->len;
}
