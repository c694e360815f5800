/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-reactor.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

void
bench_reactor_init (BenchReactor *self)
{
  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  g_assert (self->epoll_fd >= 0);
  lb_deadline_heap_init (&self->heap);
}

void
bench_reactor_clear (BenchReactor *self)
{
  close (self->epoll_fd);
  lb_deadline_heap_clear (&self->heap);
}

/* Waits once for one of @events; 0 for none. */
void
bench_reactor_watch (BenchReactor *self,
                     BenchWatch *watch,
                     guint32 events)
{
  struct epoll_event event = { .events = events | EPOLLONESHOT, .data.ptr = watch };

  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, watch->fd, &event) != 0 &&
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, watch->fd, &event) != 0)
    g_error ("epoll_ctl: %s", g_strerror (errno));
}

/* Closing a descriptor ends its watch. */
void
bench_reactor_close (BenchWatch *watch)
{
  if (watch->fd >= 0)
    close (watch->fd);
  watch->fd = -1;
}

/* Waits for the next thing and does what there is to do. One descriptor at a time, since what is
 * done for one may end another. */
void
bench_reactor_turn (BenchReactor *self)
{
  LbDeadline *deadline = lb_deadline_heap_peek (&self->heap);
  gint64 wait_us = G_USEC_PER_SEC;
  struct timespec timeout;
  struct epoll_event event;

  if (deadline != NULL)
    wait_us = CLAMP (deadline->due_us - g_get_monotonic_time (), 0, wait_us);
  timeout.tv_sec = wait_us / G_USEC_PER_SEC;
  timeout.tv_nsec = wait_us % G_USEC_PER_SEC * 1000;

  if (epoll_pwait2 (self->epoll_fd, &event, 1, &timeout, NULL) == 1)
    {
      BenchWatch *watch = event.data.ptr;

      watch->ready (watch);
    }

  while ((deadline = lb_deadline_heap_peek (&self->heap)) != NULL &&
         deadline->due_us <= g_get_monotonic_time ())
    {
      BenchTimer *timer = (BenchTimer *) (gpointer) deadline;

      lb_deadline_heap_remove (&self->heap, deadline);
      timer->due (timer);
    }
}
