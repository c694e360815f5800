/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "http/lb-epoll-source.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define DEADLINE_US (10 * G_USEC_PER_SEC)

typedef struct
{
  int epoll_fd;
  int event_fd;
  GSource *source;
  gboolean has_more;
  guint n_served;
} Fixture;

static gboolean
has_more (gpointer owner)
{
  const Fixture *self = owner;

  return self->has_more;
}

static void
serve (gpointer owner)
{
  Fixture *self = owner;

  self->n_served++;
  g_source_set_ready_time (self->source, -1);
}

static const LbEpollSourceFuncs funcs = { .has_more = has_more, .serve = serve };

static void
set_up (Fixture *self,
        gconstpointer data G_GNUC_UNUSED)
{
  struct epoll_event event = { .events = EPOLLIN };

  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  self->event_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  g_assert_cmpint (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->event_fd, &event), ==, 0);

  self->source = lb_epoll_source_new (self->epoll_fd, &funcs, self);
  g_source_set_static_name (self->source, "[lb] test");
  g_source_attach (self->source, NULL);
}

static void
tear_down (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  close (self->event_fd);
  close (self->epoll_fd);
}

static void
set_event (Fixture *self)
{
  g_assert_cmpint (eventfd_write (self->event_fd, 1), ==, 0);
}

static void
test_events (Fixture *self,
             gconstpointer data G_GNUC_UNUSED)
{
  eventfd_t value;

  g_assert_false (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpuint (self->n_served, ==, 0);

  /* As long as it is ready. */
  set_event (self);
  g_main_context_iteration (NULL, TRUE);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_served, ==, 2);

  eventfd_read (self->event_fd, &value);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpuint (self->n_served, ==, 2);
}

/* Epoll does not tell of it, and yet the loop does not sleep. */
static void
test_more (Fixture *self,
           gconstpointer data G_GNUC_UNUSED)
{
  self->has_more = TRUE;
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_served, ==, 1);

  self->has_more = FALSE;
  g_assert_false (g_main_context_iteration (NULL, FALSE));
  g_assert_cmpuint (self->n_served, ==, 1);
}

static void
test_ready_time (Fixture *self,
                 gconstpointer data G_GNUC_UNUSED)
{
  g_source_set_ready_time (self->source, 0);
  g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_served, ==, 1);
  g_assert_false (g_main_context_iteration (NULL, FALSE));
}

static gboolean
on_idle (gpointer user_data)
{
  gboolean *had_turn = user_data;

  *had_turn = TRUE;

  return G_SOURCE_REMOVE;
}

/* Traffic without a pause lets the rest of the program have its turn, which is not the next one. */
static void
test_leaves_turns (Fixture *self,
                   gconstpointer data G_GNUC_UNUSED)
{
  const gint64 deadline_us = g_get_monotonic_time () + DEADLINE_US;
  gboolean had_turn = FALSE;

  set_event (self);
  g_main_context_iteration (NULL, TRUE);
  g_idle_add (on_idle, &had_turn);
  g_main_context_iteration (NULL, TRUE);
  g_assert_false (had_turn);

  while (!had_turn)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, deadline_us);
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpuint (self->n_served, >=, 2);
}

#define ADD(path, function) \
  g_test_add ("/epoll-source/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("events", test_events);
  ADD ("more", test_more);
  ADD ("ready-time", test_ready_time);
  ADD ("leaves-turns-to-others", test_leaves_turns);

  return g_test_run ();
}
