/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-backends.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench-reactor.h"

#define HEAD_MAX 2048

/*
 * The backends of one pool, in a process of their own. Each has so many workers and one queue,
 * first come, first served. A worker does not compute, it waits: how long follows from the
 * request's number and the backend's speed. Nobody notices that a client has gone, so that the work
 * is done for nothing then, as with most servers.
 */
typedef struct _BenchBackends BenchBackends;

typedef struct
{
  BenchWatch listener; /* the first member */
  BenchBackends *all;
  guint index;
  guint n_busy;
  guint n_probes;
  GQueue waiting; /* of BenchJob */
} BenchBackend;

struct _BenchBackends
{
  BenchReactor reactor;
  BenchWatch input;
  const BenchScenario *scenario;
  guint seed;
  gint64 start_us;
  gboolean ended;
  BenchBackend backends[BENCH_BACKENDS];
};

typedef struct
{
  BenchTimer timer; /* the first member */
  BenchWatch watch;
  BenchBackend *backend;
  double service_us; /* at speed 1 */
  gboolean aside;    /* takes no worker */
  gsize length;
  char head[HEAD_MAX + 1];
} BenchJob;

static double
bench_backend_get_speed (const BenchBackend *self)
{
  const BenchBackends *all = self->all;
  const gint64 measured_us = g_get_monotonic_time () - all->start_us - BENCH_WARM_UP_US;
  const gint64 phase_us = measured_us % BENCH_PERIOD_US;

  if (all->scenario->slows_down && self->index == 0 && measured_us >= 0 &&
      phase_us >= BENCH_SLOW_FROM_US && phase_us < BENCH_SLOW_TO_US)
    return BENCH_SLOW_SPEED;

  return all->scenario->speeds[self->index];
}

static void
bench_job_free (BenchJob *self)
{
  bench_reactor_close (&self->watch);
  g_free (self);
}

static void
bench_job_start (BenchJob *self)
{
  const double service_us = self->service_us / bench_backend_get_speed (self->backend);

  lb_deadline_heap_set (&self->backend->all->reactor.heap, &self->timer.deadline,
                        g_get_monotonic_time () + (gint64) service_us);
}

static void
bench_job_on_done (BenchTimer *timer)
{
  BenchJob *self = (BenchJob *) timer;
  BenchBackend *backend = self->backend;
  char answer[128];
  const int length = g_snprintf (answer, sizeof answer,
                                 "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" BENCH_BACKEND_HEADER ": %u\r\n"
                                 "Connection: close\r\n\r\n",
                                 backend->index);

  if (send (self->watch.fd, answer, (gsize) length, MSG_NOSIGNAL) < 0)
    g_debug ("A client has gone.");

  if (!self->aside)
    {
      BenchJob *next = g_queue_pop_head (&backend->waiting);

      if (next != NULL)
        bench_job_start (next);
      else
        backend->n_busy--;
    }

  bench_job_free (self);
}

static void
bench_job_submit (BenchJob *self)
{
  BenchBackend *backend = self->backend;
  BenchBackends *all = backend->all;

  if (g_str_has_prefix (self->head, "GET /r/"))
    {
      guint number = (guint) strtoul (self->head + strlen ("GET /r/"), NULL, 10);

      self->service_us = BENCH_SERVICE_US * bench_exponential (all->seed, BENCH_SERVICES, number);
    }
  else
    {
      self->service_us =
        BENCH_SERVICE_US *
        bench_exponential (all->seed, BENCH_PROBES + backend->index, backend->n_probes++);
      self->aside = !all->scenario->probes_wait;
    }

  if (!self->aside && backend->n_busy == BENCH_WORKERS)
    {
      g_queue_push_tail (&backend->waiting, self);
      return;
    }

  if (!self->aside)
    backend->n_busy++;
  bench_job_start (self);
}

static void
bench_job_on_ready (BenchWatch *watch)
{
  BenchJob *self = (BenchJob *) (gpointer) ((char *) watch - G_STRUCT_OFFSET (BenchJob, watch));
  ssize_t n = recv (watch->fd, self->head + self->length, HEAD_MAX - self->length, 0);

  if (n <= 0)
    {
      bench_job_free (self);
      return;
    }

  self->length += (gsize) n;
  self->head[self->length] = '\0';

  if (strstr (self->head, "\r\n\r\n") != NULL)
    bench_job_submit (self);
  else
    bench_reactor_watch (&self->backend->all->reactor, watch, EPOLLIN);
}

static void
bench_backend_on_accept (BenchWatch *watch)
{
  BenchBackend *self = (BenchBackend *) watch;
  int fd;

  while ((fd = accept4 (watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
    {
      BenchJob *job = g_new0 (BenchJob, 1);

      job->timer.due = bench_job_on_done;
      job->watch = (BenchWatch){ fd, bench_job_on_ready };
      job->backend = self;
      bench_reactor_watch (&self->all->reactor, &job->watch, EPOLLIN);
    }

  bench_reactor_watch (&self->all->reactor, watch, EPOLLIN);
}

static guint
bench_backend_listen (BenchBackend *self)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t length = sizeof address;
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  if (fd < 0 || bind (fd, (struct sockaddr *) &address, sizeof address) != 0 ||
      listen (fd, SOMAXCONN) != 0 || getsockname (fd, (struct sockaddr *) &address, &length) != 0)
    g_error ("Cannot listen.");

  self->listener = (BenchWatch){ fd, bench_backend_on_accept };
  bench_reactor_watch (&self->all->reactor, &self->listener, EPOLLIN);

  return ntohs (address.sin_port);
}

static void
bench_backends_on_input (BenchWatch *watch)
{
  BenchBackends *self =
    (BenchBackends *) (gpointer) ((char *) watch - G_STRUCT_OFFSET (BenchBackends, input));

  self->ended = TRUE;
}

/**
 * bench_backends_serve:
 * @scenario: what they are like
 * @seed: where chance begins
 * @start_us: the monotonic time at which the first request is due
 *
 * Prints a line with the port of each backend, and serves until standard input ends.
 *
 * Returns: the exit status
 */
int
bench_backends_serve (const BenchScenario *scenario,
                      guint seed,
                      gint64 start_us)
{
  BenchBackends self = { .scenario = scenario, .seed = seed, .start_us = start_us };

  bench_reactor_init (&self.reactor);
  for (guint i = 0; i < BENCH_BACKENDS; i++)
    {
      BenchBackend *backend = &self.backends[i];

      backend->all = &self;
      backend->index = i;
      g_queue_init (&backend->waiting);
      g_print ("%u ", bench_backend_listen (backend));
    }
  g_print ("\n");

  self.input = (BenchWatch){ STDIN_FILENO, bench_backends_on_input };
  bench_reactor_watch (&self.reactor, &self.input, EPOLLIN);

  while (!self.ended)
    bench_reactor_turn (&self.reactor);

  /* What is under way ends with the process. */
  return EXIT_SUCCESS;
}
