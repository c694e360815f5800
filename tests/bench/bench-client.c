/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "bench-client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#define ANSWER_MAX 2048

/* How many addresses of clients there are. */
#define SOURCES 5000

/* A request: first to the balancer, then to where that sends it, each on its own connection; or to the balancer
 * alone, when that proxies. */
typedef struct
{
  BenchTimer patience; /* the first member */
  BenchWatch watch;
  BenchClient *client;
  gint64 due_us;
  guint number;
  gboolean redirected;
  gboolean sent;
  gsize length;
  char answer[ANSWER_MAX + 1];
} BenchRequest;

static void
bench_request_end (BenchRequest *self,
                   gboolean good)
{
  BenchClient *client = self->client;

  if (self->due_us >= client->from_us)
    {
      gint64 time_us = good ? g_get_monotonic_time () - self->due_us : BENCH_PATIENCE_US;

      g_array_append_val (client->times_us, time_us);
      if (!good)
        client->n_failed++;
    }

  client->n_open--;
  lb_deadline_heap_remove (&client->reactor->heap, &self->patience.deadline);
  bench_reactor_close (&self->watch);
  g_free (self);
}

static void
bench_request_on_impatient (BenchTimer *timer)
{
  bench_request_end ((BenchRequest *) timer, FALSE);
}

static gboolean
bench_request_connect (BenchRequest *self,
                       guint port)
{
  const guint source =
    (guint) (bench_hash (self->client->seed, BENCH_SOURCES, self->number) % SOURCES);
  struct sockaddr_in from = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl (INADDR_LOOPBACK + 256 + source) };
  struct sockaddr_in to = { .sin_family = AF_INET,
                            .sin_port = htons ((guint16) port),
                            .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  const int on = 1;
  /* No connection waits for its last packet: of so many the ports would run out. */
  const struct linger linger = { 1, 0 };
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

  self->watch.fd = fd;
  self->sent = FALSE;
  self->length = 0;

  if (fd < 0 || setsockopt (fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) != 0 ||
      setsockopt (fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on) != 0 ||
      bind (fd, (struct sockaddr *) &from, sizeof from) != 0)
    return FALSE;

  if (connect (fd, (struct sockaddr *) &to, sizeof to) != 0 && errno != EINPROGRESS)
    return FALSE;

  bench_reactor_watch (self->client->reactor, &self->watch, EPOLLOUT);

  return TRUE;
}

static gboolean
bench_request_send (BenchRequest *self)
{
  char head[128];
  int length =
    g_snprintf (head, sizeof head, "GET /r/%u HTTP/1.1\r\nHost: bench\r\n\r\n", self->number);

  self->sent = TRUE;
  bench_reactor_watch (self->client->reactor, &self->watch, EPOLLIN);

  return send (self->watch.fd, head, (gsize) length, MSG_NOSIGNAL) == length;
}

/* Returns: the backend that the answer leads to, or BENCH_BACKENDS if it leads to none */
static guint
bench_request_find_backend (BenchRequest *self)
{
  static const char prefix[] = "\r\nLocation: http://127.0.0.1:";
  const char *location = strcasestr (self->answer, prefix);
  guint port = 0;
  guint i;

  if (location != NULL)
    port = (guint) strtoul (location + strlen (prefix), NULL, 10);

  for (i = 0; i < BENCH_BACKENDS; i++)
    if (self->client->ports[i] == port)
      break;

  return i;
}

/* Notes who answered a request that was proxied. */
static gboolean
bench_request_note_backend (BenchRequest *self)
{
  const char *number = strcasestr (self->answer, "\r\n" BENCH_BACKEND_HEADER ": ");
  const guint i = number != NULL ? (guint) (number[strlen ("\r\n" BENCH_BACKEND_HEADER ": ")] - '0') : BENCH_BACKENDS;

  if (i >= BENCH_BACKENDS)
    return FALSE;

  if (self->due_us >= self->client->from_us)
    self->client->counts[i]++;

  return TRUE;
}

/* Returns: whether the request goes on */
static gboolean
bench_request_follow (BenchRequest *self)
{
  guint i = bench_request_find_backend (self);

  if (i == BENCH_BACKENDS)
    return FALSE;

  if (self->due_us >= self->client->from_us)
    self->client->counts[i]++;
  self->redirected = TRUE;
  bench_reactor_close (&self->watch);

  return bench_request_connect (self, self->client->ports[i]);
}

static void
bench_request_read (BenchRequest *self)
{
  ssize_t n = recv (self->watch.fd, self->answer + self->length, ANSWER_MAX - self->length, 0);

  if (n <= 0)
    {
      bench_request_end (self, FALSE);
      return;
    }

  self->length += (gsize) n;
  self->answer[self->length] = '\0';

  if (strstr (self->answer, "\r\n\r\n") == NULL)
    bench_reactor_watch (self->client->reactor, &self->watch, EPOLLIN);
  else if (self->redirected)
    bench_request_end (self, g_str_has_prefix (self->answer, "HTTP/1.1 200 "));
  else if (g_str_has_prefix (self->answer, "HTTP/1.1 200 "))
    bench_request_end (self, bench_request_note_backend (self));
  else if (!bench_request_follow (self))
    bench_request_end (self, FALSE);
}

static void
bench_request_on_ready (BenchWatch *watch)
{
  BenchRequest *self =
    (BenchRequest *) (gpointer) ((char *) watch - G_STRUCT_OFFSET (BenchRequest, watch));

  if (self->sent)
    bench_request_read (self);
  else if (!bench_request_send (self))
    bench_request_end (self, FALSE);
}

static void
bench_client_issue (BenchClient *self,
                    gint64 due_us)
{
  BenchRequest *request = g_new0 (BenchRequest, 1);
  gint64 lag_us = g_get_monotonic_time () - due_us;

  if (due_us >= self->from_us)
    g_array_append_val (self->lags_us, lag_us);

  request->client = self;
  request->patience.due = bench_request_on_impatient;
  request->watch.ready = bench_request_on_ready;
  request->due_us = due_us;
  request->number = self->n_sent++;
  lb_deadline_heap_set (&self->reactor->heap, &request->patience.deadline,
                        due_us + BENCH_PATIENCE_US);

  self->n_open++;
  if (!bench_request_connect (request, self->port))
    bench_request_end (request, FALSE);
}

static void
bench_client_plan (BenchClient *self)
{
  self->due_us += bench_exponential (self->seed, BENCH_ARRIVALS, self->n_sent) / self->rate;

  if (self->due_us < (double) self->to_us)
    lb_deadline_heap_set (&self->reactor->heap, &self->next.deadline, (gint64) self->due_us);
}

static void
bench_client_on_due (BenchTimer *timer)
{
  BenchClient *self =
    (BenchClient *) (gpointer) ((char *) timer - G_STRUCT_OFFSET (BenchClient, next));

  bench_client_issue (self, (gint64) self->due_us);
  bench_client_plan (self);
}

/**
 * bench_client_start:
 * @self: a client, not initialised
 * @reactor: what it shall use
 * @scenario: how much it asks for, and for how long
 * @seed: where chance begins
 * @start_us: the monotonic time at which it begins
 * @port: the balancer's
 * @ports: of each backend
 */
void
bench_client_start (BenchClient *self,
                    BenchReactor *reactor,
                    const BenchScenario *scenario,
                    guint seed,
                    gint64 start_us,
                    guint port,
                    const guint *ports)
{
  double speed = 0.0;

  *self = (BenchClient){ .reactor = reactor, .scenario = scenario, .seed = seed, .port = port };
  self->times_us = g_array_new (FALSE, FALSE, sizeof (gint64));
  self->lags_us = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (guint i = 0; i < BENCH_BACKENDS; i++)
    {
      self->ports[i] = ports[i];
      speed += scenario->speeds[i];
    }

  self->rate = scenario->load * speed * BENCH_WORKERS / BENCH_SERVICE_US;
  self->due_us = (double) start_us;
  self->from_us = start_us + BENCH_WARM_UP_US;
  self->to_us = self->from_us + scenario->measured_us;
  self->next.due = bench_client_on_due;
  bench_client_plan (self);
}

/**
 * bench_client_ended:
 * @self: a client
 *
 * Returns: whether everything that was to be sent was, and has its answer or has failed
 */
gboolean
bench_client_ended (const BenchClient *self)
{
  return self->n_open == 0 &&
         !lb_deadline_heap_contains (&self->reactor->heap, &self->next.deadline);
}

/**
 * bench_client_clear:
 * @self: a client that has ended
 *
 * Frees what it has measured.
 */
void
bench_client_clear (BenchClient *self)
{
  g_array_unref (self->times_us);
  g_array_unref (self->lags_us);
}
