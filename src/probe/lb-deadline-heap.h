/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbDeadline:
 * @due_us: when, in monotonic microseconds
 *
 * A moment, embedded in what is due then. Zeroes are a deadline that is in no heap. The fields
 * are the heap's; others only read @due_us.
 */
typedef struct
{
  gint64 due_us;

  /*< private >*/
  guint place;
} LbDeadline;

/**
 * LbDeadlineHeap:
 *
 * Deadlines, the earliest first. It borrows them: whoever frees a deadline removes it before.
 * Embedded in its owner. The field is private.
 */
typedef struct
{
  GPtrArray *deadlines;
} LbDeadlineHeap;

void        lb_deadline_heap_init       (LbDeadlineHeap       *self);
void        lb_deadline_heap_clear      (LbDeadlineHeap       *self);

void        lb_deadline_heap_set        (LbDeadlineHeap       *self,
                                         LbDeadline           *deadline,
                                         gint64                due_us);
void        lb_deadline_heap_remove     (LbDeadlineHeap       *self,
                                         LbDeadline           *deadline);
gboolean    lb_deadline_heap_contains   (const LbDeadlineHeap *self,
                                         const LbDeadline     *deadline);
LbDeadline *lb_deadline_heap_peek       (const LbDeadlineHeap *self);
guint       lb_deadline_heap_get_length (const LbDeadlineHeap *self);

G_END_DECLS
