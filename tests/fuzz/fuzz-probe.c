/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <arpa/inet.h>
#include <math.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pool/lb-status-ranges.h"
#include "probe/lb-probe-session.h"
#include "probe/lb-probe.h"

/*
 * A backend that answers a probe with any bytes, and closes. The first byte says how it is probed: 1
 * looks for a text in the body, 2 reads the body anyway, 4 expects any status. The probe ends, once, and
 * what it says holds together.
 */

#define OWN_SERVER "load-balancer (4f9a12c3)"
#define TEXT "ok"

#define END_US (60 * G_USEC_PER_SEC)

typedef struct
{
  LbProbeSettings settings;
  guint n_results;
} Fixture;

/* The backend */

typedef struct
{
  int listener;
  int client; /* -1 while there is none */
  gsize n_received;
  const guint8 *answer;
  gsize length;
} Server;

/* Returns: the port */
static guint16
listen_on_loopback (Server *self)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
  socklen_t size = sizeof address;

  self->client = -1;
  self->listener = socket (AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (self->listener, (struct sockaddr *) &address, size), ==, 0);
  g_assert_cmpint (listen (self->listener, 128), ==, 0);
  g_assert_cmpint (getsockname (self->listener, (struct sockaddr *) &address, &size), ==, 0);

  return ntohs (address.sin_port);
}

/* Takes the request off the socket before it answers, so that closing does not reset it. */
static void
serve (Server *self)
{
  char buffer[4096];
  gssize n;

  if (self->client < 0)
    {
      self->client = accept4 (self->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
      self->n_received = 0;
    }
  if (self->client < 0)
    return;

  n = recv (self->client, buffer, sizeof buffer, 0);
  if (n > 0)
    self->n_received += (gsize) n;
  if (self->n_received == 0)
    return;

  n = send (self->client, self->answer, self->length, MSG_NOSIGNAL);
  if (n > 0)
    {
      self->answer += n;
      self->length -= (gsize) n;
    }
  if (self->length == 0)
    shutdown (self->client, SHUT_WR);
}

static void
hang_up (Server *self)
{
  if (self->client >= 0)
    close (self->client);
  self->client = -1;
}

/* The probe */

static void
check_number (double number)
{
  g_assert_true (isfinite (number));
  g_assert_true (number >= 0.0 || number == -1.0);
}

static void
on_done (LbProbe *probe,
         const LbProbeResult *result,
         gpointer user_data)
{
  Fixture *self = user_data;
  const LbProbeSeen *seen = lb_probe_get_seen (probe);

  self->n_results++;
  g_assert_nonnull (result);
  g_assert_cmpuint (seen->body.length, <=, LB_PROBE_BODY_MAX);
  check_number (seen->load.utilization);
  check_number (seen->load.rps);

  if (result->ok)
    {
      g_assert_null (result->error);
      g_assert_cmpint (result->response_us, >=, 0);
      g_assert_true (lb_status_ranges_contain (self->settings.expected_status, result->status));
      g_assert_true (self->settings.expected_body == NULL || seen->body.found);
    }
  else
    {
      g_assert_nonnull (result->error);
      g_assert_true (g_utf8_validate (result->error, -1, NULL));
      g_assert_cmpint (result->response_us, ==, -1);
    }
}

static void
probe (Fixture *self,
       Server *server,
       const char *url,
       LbProbeFlags flags)
{
  static SoupSession *session;
  const gint64 end_us = g_get_monotonic_time () + END_US;
  g_autoptr (LbProbeRequest) request = lb_probe_request_new (url, &self->settings);
  GRefString *own_server = g_ref_string_new (OWN_SERVER);

  if (session == NULL)
    session = lb_probe_session_new ();

  lb_probe_start (session, request, own_server, flags, on_done, self);
  g_ref_string_release (own_server);

  while (self->n_results == 0)
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      serve (server);
      if (!g_main_context_iteration (NULL, FALSE))
        g_thread_yield ();
    }

  /* The probe lives until libsoup has let go of its message. */
  hang_up (server);
  while (G_OBJECT (session)->ref_count > 1 || g_main_context_pending (NULL))
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      g_main_context_iteration (NULL, FALSE);
    }

  g_assert_cmpuint (self->n_results, ==, 1);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  static Server server = { .listener = -1 };
  static guint16 port;
  g_autofree char *url = NULL;
  Fixture self = { 0 };

  if (size < 1)
    return 0;

  if (server.listener < 0)
    port = listen_on_loopback (&server);
  server.answer = data + 1;
  server.length = size - 1;
  url = g_strdup_printf ("http://127.0.0.1:%u", port);

  lb_probe_settings_init (&self.settings);
  if ((data[0] & 1) != 0)
    self.settings.expected_body = g_strdup (TEXT);
  if ((data[0] & 4) != 0)
    {
      g_free (self.settings.expected_status);
      self.settings.expected_status = g_strdup ("200-599");
    }

  probe (&self, &server, url, (data[0] & 2) != 0 ? LB_PROBE_THOROUGH : LB_PROBE_DEFAULT);
  lb_probe_settings_clear (&self.settings);

  return 0;
}
