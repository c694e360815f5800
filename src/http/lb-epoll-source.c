/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-listener"

#include "config.h"

#include "http/lb-epoll-source.h"

/* The priority GTK paints at: a flood of requests cannot freeze the window, and a repaint cannot hold
 * back requests for longer than itself. */
#define PRIORITY (G_PRIORITY_HIGH_IDLE + 20)

/* After so much traffic without a pause one turn is left to sources of lower priority. */
#define UNBROKEN_US (20 * 1000)

/* Traffic that has waited for so long is served before sources of higher priority, for one turn. */
#define OVERDUE_US (50 * 1000)

/*
 * LbEpollSource
 *
 * When traffic has its turn in a main loop that it shares with a window. However many connections there
 * are, the loop polls one descriptor for them.
 *
 * A guard sees to it that it gets its turn. Probes have a higher priority, and where there are more of
 * them than the processor has time for, some is ready in every turn and clients would wait for ever. It
 * polls the same descriptor, which GLib then does once for both, and only fires when the source should
 * have done long ago.
 */
typedef struct
{
  GSource source;
  const LbEpollSourceFuncs *funcs;
  gpointer owner; /* which owns this source */
  GPollFD poll;
  gint64 busy_since_us; /* 0 after a turn without traffic */
  gint64 waiting_since_us; /* 0 if nobody waits for a turn; told by the guard */
} LbEpollSource;

typedef struct
{
  GSource source;
  LbEpollSource *guarded; /* owned */
  GPollFD poll;
} LbEpollGuard;

static gboolean
lb_epoll_source_prepare (GSource *source,
                         int *timeout_ms)
{
  LbEpollSource *self = (LbEpollSource *) source;

  *timeout_ms = self->funcs->has_more (self->owner) ? 0 : -1;

  return FALSE;
}

static gboolean
lb_epoll_source_check (GSource *source)
{
  LbEpollSource *self = (LbEpollSource *) source;
  gint64 now_us;

  if (self->poll.revents == 0 && !self->funcs->has_more (self->owner))
    {
      self->busy_since_us = 0;
      return FALSE;
    }

  now_us = g_source_get_time (source);
  if (self->busy_since_us == 0)
    self->busy_since_us = now_us;

  /* Sources of lower priority only run in a turn in which this one is not ready. */
  if (now_us - self->busy_since_us >= UNBROKEN_US)
    {
      self->busy_since_us = 0;
      return FALSE;
    }

  return TRUE;
}

static gboolean
lb_epoll_source_dispatch (GSource *source,
                          GSourceFunc callback G_GNUC_UNUSED,
                          gpointer user_data G_GNUC_UNUSED)
{
  LbEpollSource *self = (LbEpollSource *) source;

  self->waiting_since_us = 0;
  self->funcs->serve (self->owner);

  return G_SOURCE_CONTINUE;
}

static GSourceFuncs source_funcs = {
  .prepare = lb_epoll_source_prepare,
  .check = lb_epoll_source_check,
  .dispatch = lb_epoll_source_dispatch,
};

static gboolean
lb_epoll_guard_check (GSource *source)
{
  LbEpollGuard *self = (LbEpollGuard *) source;
  LbEpollSource *guarded = self->guarded;
  const gint64 now_us = g_source_get_time (source);

  if (self->poll.revents == 0 && !guarded->funcs->has_more (guarded->owner))
    guarded->waiting_since_us = 0;
  else if (guarded->waiting_since_us == 0)
    guarded->waiting_since_us = now_us;

  return guarded->waiting_since_us != 0 && now_us - guarded->waiting_since_us >= OVERDUE_US;
}

static gboolean
lb_epoll_guard_dispatch (GSource *source,
                         GSourceFunc callback,
                         gpointer user_data)
{
  return lb_epoll_source_dispatch ((GSource *) ((LbEpollGuard *) source)->guarded, callback, user_data);
}

static void
lb_epoll_guard_finalize (GSource *source)
{
  g_source_unref ((GSource *) ((LbEpollGuard *) source)->guarded);
}

static GSourceFuncs guard_funcs = {
  .check = lb_epoll_guard_check,
  .dispatch = lb_epoll_guard_dispatch,
  .finalize = lb_epoll_guard_finalize,
};

/**
 * lb_epoll_source_new:
 * @epoll_fd: an epoll descriptor, the caller's
 * @funcs: (scope forever): what to call
 * @owner: who is called, who outlives the source
 *
 * Makes a source that serves when something has happened on @epoll_fd, when there is more to do, and
 * when its ready time has come; it never ends by itself, and must not be served recursively.
 *
 * Returns: (transfer full): a source that is not attached yet
 */
GSource *
lb_epoll_source_new (int epoll_fd,
                     const LbEpollSourceFuncs *funcs,
                     gpointer owner)
{
  GSource *source = g_source_new (&source_funcs, sizeof (LbEpollSource));
  LbEpollSource *self = (LbEpollSource *) source;

  self->funcs = funcs;
  self->owner = owner;
  self->poll = (GPollFD){ .fd = epoll_fd, .events = G_IO_IN };

  g_source_set_priority (source, PRIORITY);
  /* Else GLib takes the descriptor out of its set for the time of each dispatch, and wakes itself up for
   * that twice: three system calls a turn, and a turn for nothing. No dispatch runs the loop. */
  g_source_set_can_recurse (source, TRUE);
  g_source_add_poll (source, &self->poll);

  return source;
}

/**
 * lb_epoll_source_create_guard:
 * @source: an epoll source
 *
 * Makes the guard of @source, which fires at the default priority. Who destroys @source destroys it, too.
 *
 * Returns: (transfer full): a source that is not attached yet
 */
GSource *
lb_epoll_source_create_guard (GSource *source)
{
  GSource *guard = g_source_new (&guard_funcs, sizeof (LbEpollGuard));
  LbEpollGuard *self = (LbEpollGuard *) guard;

  self->guarded = (LbEpollSource *) g_source_ref (source);
  self->poll = (GPollFD){ .fd = self->guarded->poll.fd, .events = G_IO_IN };

  g_source_set_can_recurse (guard, TRUE);
  g_source_add_poll (guard, &self->poll);

  return guard;
}
