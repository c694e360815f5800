/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <libsoup/soup.h>
#include <malloc.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "probe/certificates.h"
#include "probe/lb-probe-error.h"
#include "probe/lb-probe-session.h"
#include "probe/lb-probe.h"
#include "probe/raw-server.h"

/* What one probe makes of one server. */

#define DEADLINE_S 20
#define OWN_SERVER "load-balancer (4f9a12c3)"

typedef struct
{
  SoupSession *session;
  LbProbeSettings settings;
  LbProbeFlags flags;
  gboolean over;
  gboolean counts;
  LbProbeResult result;
  LbOrca load;
  LbProbeBody body;
  GTlsCertificateFlags certificate_errors;
} Fixture;

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->session = lb_probe_session_new ();
  lb_probe_settings_init (&self->settings);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->result.error, g_ref_string_release);
  lb_probe_settings_clear (&self->settings);
  /* libsoup keeps the session until it is done with the message. */
  while (G_OBJECT (self->session)->ref_count > 1)
    g_main_context_iteration (NULL, TRUE);
  g_assert_finalize_object (self->session);
}

static void
on_done (LbProbe *probe, const LbProbeResult *result, gpointer user_data)
{
  Fixture *self = user_data;
  const LbProbeSeen *seen = lb_probe_get_seen (probe);

  self->over = TRUE;
  self->counts = result != NULL;
  self->load = seen->load;
  self->body = seen->body;
  self->certificate_errors = seen->certificate_errors;
  if (result != NULL)
    {
      self->result = *result;
      if (result->error != NULL)
        self->result.error = g_ref_string_new (result->error);
    }
}

static gboolean
on_deadline (gpointer data)
{
  g_error ("The probe did not end");
  return G_SOURCE_REMOVE;
}

static LbProbe *
fixture_start (Fixture *self, const char *url)
{
  g_autoptr (LbProbeRequest) request = NULL;
  g_autoptr (GError) error = NULL;
  GRefString *own_server = g_ref_string_new (OWN_SERVER);
  LbProbe *probe;

  g_clear_pointer (&self->result.error, g_ref_string_release);
  self->over = FALSE;
  lb_probe_settings_check (&self->settings, &error);
  g_assert_no_error (error);
  request = lb_probe_request_new (url, &self->settings);
  probe = lb_probe_start (self->session, request, own_server, self->flags, on_done, self);
  g_ref_string_release (own_server);

  return probe;
}

static const LbProbeResult *
fixture_probe (Fixture *self, const char *url)
{
  guint deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);

  fixture_start (self, url);
  while (!self->over)
    g_main_context_iteration (NULL, TRUE);
  g_source_remove (deadline);

  g_assert_true (self->counts);
  if (self->result.ok)
    g_assert_null (self->result.error);
  else
    g_assert_cmpint (self->result.response_us, ==, -1);

  return &self->result;
}

static const LbProbeResult *
fixture_probe_raw (Fixture *self, RawServer *server)
{
  g_autofree char *url = raw_server_dup_url (server);

  return fixture_probe (self, url);
}

/* Answers */

typedef struct
{
  const char *head;
  guint status;
  const char *error;
} Answer;

static const Answer answers[] = {
  { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, NULL },
  { "HTTP/1.0 200 OK\r\n\r\n", 200, NULL },
  { "HTTP/1.1 204 No Content\r\n\r\n", 204, NULL },
  { "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302, NULL },
  { "HTTP/1.1 399 Odd\r\nContent-Length: 0\r\n\r\n", 399, NULL },
  { "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200, NULL },
  { "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", 200, NULL },
  { "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n",
    401, "status 401" },
  { "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 404, "status 404" },
  { "HTTP/1.1 421 Misdirected Request\r\nContent-Length: 0\r\n\r\n", 421, "status 421" },
  { "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 503, "status 503" },
  { "HTTP/1.1 307 Temporary Redirect\r\nServer: " OWN_SERVER "\r\nContent-Length: 0\r\n\r\n", 307,
    "loop" },
  { "HTTP/1.1 503 Service Unavailable\r\nServer: " OWN_SERVER "\r\nContent-Length: 0\r\n\r\n", 503,
    "loop" },
  { "HTTP/1.1 200 OK\r\nServer: load-balancer (00000000)\r\nContent-Length: 0\r\n\r\n", 200, NULL },
  { "SSH-2.0-OpenSSH_9.2p1\r\n\r\n", 0, "invalid" },
  { "HTTP/1.1 200 OK\r\nTransfer-Encoding: nonsense\r\n\r\n", 0, "invalid" },
  { "HTTP/1.1 200 OK\r\nContent-Le", 0, "invalid" },
  { "", 0, "incomplete" },
};

static void
test_answers (Fixture *self, gconstpointer data)
{
  for (gsize i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      RawServer *server = raw_server_new (RAW_CLOSE, answers[i].head);
      const LbProbeResult *result = fixture_probe_raw (self, server);

      g_test_message ("%s", answers[i].head);
      g_assert_cmpuint (result->status, ==, answers[i].status);
      g_assert_cmpstr (result->error, ==, answers[i].error);
      g_assert_true (result->ok == (answers[i].error == NULL));
      g_assert_true (result->connected);
      g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, 1);
      raw_server_free (server);
    }
}

static void
test_refused (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, "");
  g_autofree char *url = raw_server_dup_url (server);

  raw_server_free (server);
  g_assert_cmpstr (fixture_probe (self, url)->error, ==, "refused");
  g_assert_false (self->result.connected);
}

static void
test_reset (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_RESET, NULL);

  g_assert_cmpstr (fixture_probe_raw (self, server)->error, ==, "reset");
  raw_server_free (server);
}

static void
test_unknown_name (Fixture *self, gconstpointer data)
{
  g_assert_cmpstr (fixture_probe (self, "http://host.invalid:80")->error, ==, "dns");
}

/* None of these may grow in memory or hang, though what they send never ends. */
static void
test_endless (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *answer;
    const char *repetition;
    const char *error;
  } endless[] = {
    { "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n", "all work and no play\n", NULL },
    { "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n", "no body\n", "status 401" },
    { "HTTP/1.1 421 Misdirected\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n",
      "status 421" },
    { "HTTP/1.1 200 OK\r\n", "X-Header: value\r\n", "incomplete" },
    { "HTTP/1.1 200 OK\r\nX: ", "no line ever ends ", "incomplete" },
    { "", "HTTP/1.1 102 Processing\r\n\r\n", "invalid" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (endless); i++)
    {
      RawServer *server = raw_server_new (RAW_REPEAT, endless[i].answer);
      gsize before = mallinfo2 ().uordblks;

      server->repetition = endless[i].repetition;
      g_assert_cmpstr (fixture_probe_raw (self, server)->error, ==, endless[i].error);
      raw_server_free (server);
      g_assert_cmpuint (mallinfo2 ().uordblks, <, before + 512 * 1024);
    }
}

static char *
dup_server_url (SoupServer *server)
{
  GSList *uris = soup_server_get_uris (server);
  char *url = g_uri_to_string (uris->data);

  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);
  return url;
}

/* Answers with all it was asked. */
static void
on_request (SoupServer *server,
            SoupServerMessage *message,
            const char *path,
            GHashTable *query,
            gpointer user_data)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  char **seen = user_data;
  const char *name, *value;
  SoupMessageHeadersIter iter;
  g_autoptr (GString) all = g_string_new (NULL);

  g_string_append_printf (all, "%s %s%s%s\n", soup_server_message_get_method (message), path,
                          g_uri_get_query (soup_server_message_get_uri (message)) != NULL ? "?" : "",
                          g_uri_get_query (soup_server_message_get_uri (message)) != NULL
                            ? g_uri_get_query (soup_server_message_get_uri (message))
                            : "");
  soup_message_headers_iter_init (&iter, headers);
  while (soup_message_headers_iter_next (&iter, &name, &value))
    if (g_strcmp0 (name, "Host") != 0 || g_strcmp0 (value, "other.example:81") == 0)
      g_string_append_printf (all, "%s: %s\n", name, value);

  g_free (*seen);
  *seen = g_string_free (g_steal_pointer (&all), FALSE);
  soup_server_message_set_status (message, 200, NULL);
}

static SoupServer *
start_server (char **seen)
{
  SoupServer *server = soup_server_new ("raw-paths", TRUE, NULL);

  g_assert_true (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  soup_server_add_handler (server, NULL, on_request, seen, NULL);
  return server;
}

/* What is sent is what was meant to be sent, and nothing else. */
static void
test_request (Fixture *self, gconstpointer data)
{
  g_autofree char *seen = NULL;
  g_autoptr (SoupServer) server = start_server (&seen);
  g_autofree char *root = dup_server_url (server);
  g_autofree char *url = g_strconcat (root, "base/path", NULL);

  g_assert_cmpuint (fixture_probe (self, url)->status, ==, 200);
  g_assert_cmpstr (seen, ==,
                   "GET /base/path\nConnection: close\n"
                   "User-Agent: load-balancer/" LB_VERSION "\n"
                   "endpoint-load-metrics-format: json\n");
}

static void
test_request_settings (Fixture *self, gconstpointer data)
{
  static const char *const lines[] = { "X-Probe:  yes ", "User-Agent: me", "X-Probe: again",
                                       "Accept-Encoding: gzip", NULL };
  g_autofree char *seen = NULL;
  g_autoptr (SoupServer) server = start_server (&seen);
  g_autofree char *root = dup_server_url (server);
  g_autofree char *url = g_strconcat (root, "base/path", NULL);

  self->settings.path = g_strdup ("/a%2Fb?c=%20d");
  self->settings.host = g_strdup ("other.example:81");
  self->settings.headers = g_strdupv ((char **) lines);
  g_assert_true (fixture_probe (self, url)->ok);
  g_assert_cmpstr (seen, ==,
                   "GET /a%2Fb?c=%20d\nUser-Agent: me\nAccept-Encoding: gzip\n"
                   "Host: other.example:81\nConnection: close\nX-Probe: yes\nX-Probe: again\n"
                   "endpoint-load-metrics-format: json\n");

  /* A URL of its own, with and without a path of its own. */
  self->settings.url = g_strconcat (root, "health?full", NULL);
  g_assert_true (fixture_probe (self, "http://127.0.0.1:9")->ok);
  g_assert_true (g_str_has_prefix (seen, "GET /a%2Fb?c=%20d\n"));
  g_clear_pointer (&self->settings.path, g_free);
  g_assert_true (fixture_probe (self, "http://127.0.0.1:9")->ok);
  g_assert_true (g_str_has_prefix (seen, "GET /health?full\n"));

  /* As somebody may write it. What would end the line stands in it all the same. */
  g_free (self->settings.url);
  self->settings.url = g_strconcat (" ", root, "ü b\r\nX: y", NULL);
  g_assert_true (fixture_probe (self, "http://127.0.0.1:9")->ok);
  g_assert_true (g_str_has_prefix (seen, "GET /%C3%BC%20b%0D%0AX:%20y\n"));
  self->settings.url[strlen (root)] = '\n';
  self->settings.url[strlen (root) + 1] = '\0';
  g_assert_true (fixture_probe (self, "http://127.0.0.1:9")->ok);
}

static void
test_methods (Fixture *self, gconstpointer data)
{
  static const char *const methods[] = { "GET", "HEAD", "OPTIONS" };
  g_autofree char *seen = NULL;
  g_autoptr (SoupServer) server = start_server (&seen);
  g_autofree char *url = dup_server_url (server);

  for (gsize i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_free (self->settings.method);
      self->settings.method = g_strdup (methods[i]);
      self->flags = LB_PROBE_THOROUGH;
      g_assert_true (fixture_probe (self, url)->ok);
      g_assert_true (g_str_has_prefix (seen, methods[i]));
      g_assert_true (self->body.whole);
    }
}

static void
test_expected_status (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *ranges;
    guint status;
    const char *error;
  } cases[] = {
    { "200-399", 200, NULL },       { "200", 204, "status 204" },   { "404", 404, NULL },
    { "404", 200, "status 200" },   { "200-299,503", 503, NULL },   { "401", 401, NULL },
    { "200-299,503", 302, "status 302" }, { "421", 421, NULL },     { "407", 407, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *answer = g_strdup_printf (
        "HTTP/1.1 %u X\r\nContent-Length: 0\r\n\r\n", cases[i].status);
      RawServer *server = raw_server_new (RAW_CLOSE, answer);

      g_free (self->settings.expected_status);
      self->settings.expected_status = g_strdup (cases[i].ranges);
      g_assert_cmpstr (fixture_probe_raw (self, server)->error, ==, cases[i].error);
      g_assert_cmpuint (self->result.status, ==, cases[i].status);
      g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, 1);
      raw_server_free (server);
    }
}

#define OK_HEAD "HTTP/1.1 200 OK\r\n"

/* Where the text is, and where it ends. */
static void
test_expected_body (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *answer;
    const char *error;
  } cases[] = {
    { OK_HEAD "Content-Length: 7\r\n\r\nall OK!", NULL },
    { OK_HEAD "\r\nall OK!", NULL },
    { OK_HEAD "Content-Length: 2\r\n\r\nOK", NULL },
    { OK_HEAD "Transfer-Encoding: chunked\r\n\r\n1\r\nO\r\n1\r\nK\r\n0\r\n\r\n", NULL },
    { OK_HEAD "Content-Length: 2\r\n\r\nok", "body" },
    { OK_HEAD "Content-Length: 1\r\n\r\nOK", "body" },
    { OK_HEAD "Content-Length: 0\r\n\r\n", "body" },
    { OK_HEAD "\r\n", "body" },
    { "HTTP/1.1 204 No Content\r\n\r\n", "body" },
    { "HTTP/1.1 503 X\r\nContent-Length: 2\r\n\r\nOK", "status 503" },
    { "HTTP/1.1 421 X\r\nContent-Length: 2\r\n\r\nOK", "status 421" },
    { OK_HEAD "Server: " OWN_SERVER "\r\nContent-Length: 2\r\n\r\nOK", "loop" },
    /* It ends too early, which libsoup takes for its end. */
    { OK_HEAD "Content-Length: 100\r\n\r\nOK", NULL },
    { OK_HEAD "Content-Length: 100\r\n\r\nno", "body" },
    /* Nothing is decoded. */
    { OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\nOK", NULL },
  };

  self->settings.expected_body = g_strdup ("OK");
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RawServer *server = raw_server_new (RAW_CLOSE, cases[i].answer);

      g_test_message ("%s", cases[i].answer);
      g_assert_cmpstr (fixture_probe_raw (self, server)->error, ==, cases[i].error);
      g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, 1);
      raw_server_free (server);
    }
}

/* The response of a 401 is read like any other when it is expected. */
static void
test_expected_body_of_401 (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (
    RAW_CLOSE, "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\nlog in");

  g_free (self->settings.expected_status);
  self->settings.expected_status = g_strdup ("401");
  self->settings.expected_body = g_strdup ("log in");
  g_assert_null (fixture_probe_raw (self, server)->error);
  g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, 1);
  raw_server_free (server);
}

/* The text may begin anywhere and be cut by any edge of what is read; beyond the limit it is not
 * found. */
static void
test_expected_body_places (Fixture *self, gconstpointer data)
{
  static const gsize places[] = { 0, 1, 8189, 8190, 8191, 8192, 8193, 16383, 65531, 65532 };

  self->settings.expected_body = g_strdup ("NEEDLE");
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      const gboolean inside = places[i] + strlen ("NEEDLE") <= LB_PROBE_BODY_MAX;
      g_autofree char *before = g_strnfill (places[i], 'N');
      g_autofree char *after = g_strnfill (20000, 'x');
      g_autofree char *answer = g_strconcat (OK_HEAD "\r\n", before, "NEEDLE", after, NULL);
      RawServer *server = raw_server_new (RAW_CLOSE, answer);

      g_test_message ("%" G_GSIZE_FORMAT, places[i]);
      g_assert_cmpstr (fixture_probe_raw (self, server)->error, ==, inside ? NULL : "body");
      g_assert_cmpuint (self->body.length, <=, LB_PROBE_BODY_MAX);
      raw_server_free (server);
    }
}

/* A body that never ends is read as far as it may be, and then the connection goes. Of what comes in
 * small chunks that is less: each takes a read. */
static void
test_expected_body_endless (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *head;
    gsize length;
  } cases[] = {
    { OK_HEAD "\r\n", LB_PROBE_BODY_MAX },
    { OK_HEAD "Transfer-Encoding: chunked\r\n\r\n", 4 * LB_PROBE_BODY_MAX_READS },
    { OK_HEAD "Content-Length: 1000000000\r\n\r\n", LB_PROBE_BODY_MAX },
    { "HTTP/1.1 401 X\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n", LB_PROBE_BODY_MAX },
    { "HTTP/1.1 407 X\r\nProxy-Authenticate: Basic realm=\"x\"\r\n\r\n", LB_PROBE_BODY_MAX },
    { "HTTP/1.1 421 X\r\n\r\n", 0 },
    { "HTTP/1.1 302 X\r\nLocation: /\r\n\r\n", LB_PROBE_BODY_MAX },
  };

  g_free (self->settings.expected_status);
  self->settings.expected_status = g_strdup ("200-599");
  self->settings.expected_body = g_strdup ("NEEDLE");
  for (gsize i = 0; i < 2 * G_N_ELEMENTS (cases); i++)
    {
      RawServer *server = raw_server_new (RAW_REPEAT, cases[i / 2].head);
      const gsize before = mallinfo2 ().uordblks;

      server->repetition = "4\r\nwork\r\n4\r\nplay\r\n";
      self->flags = i % 2 == 0 ? LB_PROBE_DEFAULT : LB_PROBE_THOROUGH;
      g_test_message ("%s", cases[i / 2].head);
      g_assert_cmpstr (fixture_probe_raw (self, server)->error, ==, "body");
      g_assert_cmpuint (self->body.length, ==, cases[i / 2].length);
      g_assert_false (self->body.whole);
      g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, 1);
      raw_server_free (server);
      g_assert_cmpuint (mallinfo2 ().uordblks, <, before + 512 * 1024);
    }
}

static void
test_load (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *answer;
    double utilization;
    double rps;
  } cases[] = {
    { OK_HEAD "endpoint-load-metrics: JSON {\"cpu_utilization\":0.3,\"rps_fractional\":10}\r\n\r\n",
      0.3, 10 },
    { OK_HEAD "Endpoint-Load-Metrics: TEXT cpu_utilization=0.4, rps_fractional=2\r\n\r\n", 0.4, 2 },
    { OK_HEAD "endpoint-load-metrics: TEXT cpu_utilization=0.4\r\n"
      "endpoint-load-metrics: TEXT rps_fractional=3\r\n\r\n", 0.4, -1 },
    { OK_HEAD "endpoint-load-metrics: \r\n\r\n", -1, -1 },
    { OK_HEAD "\r\n", -1, -1 },
    { "HTTP/1.1 503 X\r\nendpoint-load-metrics: TEXT cpu_utilization=2\r\n\r\n", 2, -1 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RawServer *server = raw_server_new (RAW_CLOSE, cases[i].answer);

      fixture_probe_raw (self, server);
      g_assert_cmpfloat (self->load.utilization, ==, cases[i].utilization);
      if (cases[i].rps >= 0)
        g_assert_cmpfloat (self->load.rps, ==, cases[i].rps);
      raw_server_free (server);
    }
}

/* A connection is enough, whatever the other end speaks or does not. */
static void
test_tcp_only (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_HOLD, NULL);
  g_autofree char *url = raw_server_dup_url (server);
  g_autofree char *secure = g_strdup_printf ("https://127.0.0.1:%u/", server->port);
  g_autofree char *named = g_strdup_printf ("http://localhost:%u/", server->port);
  const char *const urls[] = { url, secure, named };

  self->settings.tcp_only = TRUE;
  self->settings.expected_body = g_strdup ("not asked for");
  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      const LbProbeResult *result = fixture_probe (self, urls[i]);

      g_assert_null (result->error);
      g_assert_true (result->ok);
      g_assert_cmpuint (result->status, ==, 0);
      g_assert_cmpint (result->response_us, >=, 0);
      g_assert_cmpint (result->response_us, <, 5 * G_USEC_PER_SEC);
    }
  raw_server_free (server);

  g_assert_cmpstr (fixture_probe (self, url)->error, ==, "refused");
  g_assert_cmpstr (fixture_probe (self, "http://host.invalid:80")->error, ==, "dns");
}

static void
test_tcp_only_cancel (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_HOLD, NULL);
  g_autofree char *url = raw_server_dup_url (server);
  const LbProbeSeen *seen;
  LbProbe *probe;

  self->settings.tcp_only = TRUE;
  lb_probe_cancel (fixture_start (self, url));
  while (g_main_context_iteration (NULL, FALSE))
    ;

  probe = fixture_start (self, url);
  seen = lb_probe_get_seen (probe);
  while (seen->address == NULL)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (lb_probe_expire (probe));
  while (g_main_context_iteration (NULL, FALSE))
    ;
  raw_server_free (server);
  g_assert_false (self->over);
}

static void
test_ipv6 (Fixture *self, gconstpointer data)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autofree char *seen = NULL;
  g_autofree char *url = NULL;

  if (!soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV6_ONLY, NULL))
    {
      g_test_skip ("This machine has no IPv6");
      return;
    }
  soup_server_add_handler (server, NULL, on_request, &seen, NULL);
  url = dup_server_url (server);

  g_assert_true (fixture_probe (self, url)->ok);
  g_assert_true (g_str_has_prefix (seen, "GET /\n"));
}

static gboolean
on_answer (gpointer user_data)
{
  soup_server_message_unpause (user_data);
  return G_SOURCE_REMOVE;
}

static void
on_slow_request (SoupServer *server,
                 SoupServerMessage *message,
                 const char *path,
                 GHashTable *query,
                 gpointer user_data)
{
  soup_server_message_set_status (message, 200, NULL);
  soup_server_message_pause (message);
  g_timeout_add_full (G_PRIORITY_DEFAULT, 60, on_answer, g_object_ref (message), g_object_unref);
}

static void
test_response_time (Fixture *self, gconstpointer data)
{
  g_autoptr (SoupServer) server = soup_server_new (NULL, NULL);
  g_autofree char *url = NULL;
  const LbProbeResult *result;
  gint64 start_us;

  g_assert_true (soup_server_listen_local (server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY, NULL));
  soup_server_add_handler (server, NULL, on_slow_request, NULL, NULL);
  url = dup_server_url (server);

  start_us = g_get_monotonic_time ();
  result = fixture_probe (self, url);
  g_assert_cmpint (result->response_us, >=, 60 * 1000);
  g_assert_cmpint (result->response_us, <=, g_get_monotonic_time () - start_us);
  g_assert_cmpint (ABS (result->time_us - g_get_real_time ()), <, 5 * G_USEC_PER_SEC);
}

/* TLS */

static void
probe_tls (Fixture *self, const char *certificate, const char *trusted, LbProbeResult *result)
{
  g_autofree char *pem = g_strconcat (TEST_TLS_KEY, certificate, NULL);
  g_autoptr (GTlsCertificate) own = g_tls_certificate_new_from_pem (pem, -1, NULL);
  g_autoptr (GTlsDatabase) database = NULL;
  g_autoptr (SoupServer) server = soup_server_new ("tls-certificate", own, NULL);
  g_autofree char *file = g_build_filename (g_get_tmp_dir (), "lb-test-probe-XXXXXX", NULL);
  g_autofree char *url = NULL;
  g_autofree char *seen = NULL;
  int fd = g_mkstemp (file);

  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, trusted, strlen (trusted)), ==, (gssize) strlen (trusted));
  close (fd);
  database = g_tls_file_database_new (file, NULL);
  g_assert_nonnull (database);

  g_assert_true (soup_server_listen_local (
    server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS, NULL));
  soup_server_add_handler (server, NULL, on_request, &seen, NULL);
  url = dup_server_url (server);

  soup_session_set_tls_database (self->session, database);
  *result = *fixture_probe (self, url);
  unlink (file);
}

static void
test_tls (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *certificate;
    const char *trusted;
    const char *error;
  } cases[] = {
    { TEST_TLS_GOOD, TEST_TLS_GOOD, NULL },
    { TEST_TLS_GOOD, TEST_TLS_UNRELATED, "tls: unknown authority" },
    { TEST_TLS_EXPIRED, TEST_TLS_EXPIRED, "tls: expired" },
    { TEST_TLS_OTHER, TEST_TLS_OTHER, "tls: wrong host" },
  };

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_test_skip ("There is no TLS here");
      return;
    }

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LbProbeResult result;

      probe_tls (self, cases[i].certificate, cases[i].trusted, &result);
      g_assert_cmpstr (result.error, ==, cases[i].error);
      g_assert_cmpuint (result.status, ==, cases[i].error == NULL ? 200 : 0);
    }
}

/* Whoever does not verify still sees what is wrong. */
static void
test_tls_unverified (Fixture *self, gconstpointer data)
{
  static const struct
  {
    const char *certificate;
    const char *trusted;
    GTlsCertificateFlags errors;
  } cases[] = {
    { TEST_TLS_GOOD, TEST_TLS_GOOD, 0 },
    { TEST_TLS_GOOD, TEST_TLS_UNRELATED, G_TLS_CERTIFICATE_UNKNOWN_CA },
    { TEST_TLS_EXPIRED, TEST_TLS_EXPIRED, G_TLS_CERTIFICATE_EXPIRED },
    { TEST_TLS_OTHER, TEST_TLS_OTHER, G_TLS_CERTIFICATE_BAD_IDENTITY },
  };

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_test_skip ("There is no TLS here");
      return;
    }

  self->settings.verify_certificate = FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      LbProbeResult result;

      self->certificate_errors = 0;
      probe_tls (self, cases[i].certificate, cases[i].trusted, &result);
      g_assert_null (result.error);
      g_assert_cmpuint (result.status, ==, 200);
      g_assert_cmpuint (self->certificate_errors, ==, cases[i].errors);
    }
}

static void
test_tls_http2 (Fixture *self, gconstpointer data)
{
  g_setenv ("SOUP_SERVER_HTTP2", "1", TRUE);
  test_tls (self, data);
  g_unsetenv ("SOUP_SERVER_HTTP2");
}

static void
test_tls_without_tls (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_HOLD, "220 mail.example ESMTP\r\n");
  g_autofree char *url = g_strdup_printf ("https://127.0.0.1:%u", server->port);

  server->speaks_first = TRUE;
  g_assert_cmpstr (fixture_probe (self, url)->error, ==, "tls");
  raw_server_free (server);
}

/* Returns: for how many microseconds this thread computes at 50 probes of somebody who closes */
static gint64
measure_probes (Fixture *self, RawServer *server, const char *scheme)
{
  g_autofree char *url = g_strdup_printf ("%s://127.0.0.1:%u", scheme, server->port);
  struct timespec before, after;

  /* Whatever is made once must be there. */
  fixture_probe (self, url);
  g_assert_cmpint (clock_gettime (CLOCK_THREAD_CPUTIME_ID, &before), ==, 0);
  for (guint i = 0; i < 50; i++)
    fixture_probe (self, url);
  g_assert_cmpint (clock_gettime (CLOCK_THREAD_CPUTIME_ID, &after), ==, 0);

  return (after.tv_sec - before.tv_sec) * G_USEC_PER_SEC + (after.tv_nsec - before.tv_nsec) / 1000;
}

/* Nothing of the system's authorities is read for each probe: that took sixty times as long. */
static void
test_tls_cost (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, NULL);
  gint64 plain_us, secure_us;

  server->speaks_first = TRUE;
  plain_us = measure_probes (self, server, "http");
  secure_us = measure_probes (self, server, "https");
  g_test_message ("%" G_GINT64_FORMAT " and %" G_GINT64_FORMAT " µs", plain_us / 50, secure_us / 50);
  g_assert_cmpint (secure_us, <, 12 * plain_us);
  raw_server_free (server);
}

/* Ours */

static void
test_out_of_descriptors (Fixture *self, gconstpointer data)
{
  static const char *const urls[] = { "http://127.0.0.1:9", "http://localhost:9" };
  struct rlimit old, low;
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (int));
  int fd;

  /* Whatever GLib opens once must be there. */
  fixture_probe (self, urls[1]);

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &old), ==, 0);
  low = old;
  low.rlim_cur = 64;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &low), ==, 0);
  while ((fd = dup (STDIN_FILENO)) >= 0)
    g_array_append_val (taken, fd);
  g_assert_cmpint (errno, ==, EMFILE);

  for (gsize i = 0; i < G_N_ELEMENTS (urls); i++)
    {
      fixture_start (self, urls[i]);
      while (!self->over)
        g_main_context_iteration (NULL, TRUE);
      g_assert_false (self->counts);
    }

  for (guint i = 0; i < taken->len; i++)
    close (g_array_index (taken, int, i));
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &old), ==, 0);

  g_assert_cmpstr (fixture_probe (self, urls[0])->error, ==, "refused");
}

static void
test_errors_of_ours (void)
{
  g_autoptr (GInetAddress) loopback = g_inet_address_new_loopback (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (loopback, 9);
  static const struct
  {
    int number;
    gboolean ours;
  } numbers[] = {
    { EMFILE, TRUE },        { ENFILE, TRUE },        { ENOMEM, TRUE },
    { ENOBUFS, TRUE },       { EADDRNOTAVAIL, TRUE }, { ECANCELED, TRUE },
    { ECONNREFUSED, FALSE }, { ECONNRESET, FALSE },   { ETIMEDOUT, FALSE },
    { EHOSTUNREACH, FALSE }, { ENETUNREACH, FALSE },  { EACCES, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GError) error = NULL;

      g_set_error (&error, G_IO_ERROR, g_io_error_from_errno (numbers[i].number),
                   "Could not connect to 127.0.0.1: %s", g_strerror (numbers[i].number));
      g_test_message ("%s", error->message);
      g_assert_cmpint (lb_probe_error_is_ours (error, address), ==, numbers[i].ours);
    }
}

/* No address of that family: that does not pass, so it must not be taken for ports that have run
 * out. */
static void
test_no_such_family (void)
{
  g_autoptr (GError) error = NULL;

  g_set_error (&error, G_IO_ERROR, G_IO_ERROR_FAILED, "Could not connect: %s",
               g_strerror (EADDRNOTAVAIL));
  g_assert_false (lb_probe_error_is_ours (error, NULL));
  g_assert_cmpstr (lb_probe_error_to_word (error, 0), ==, "unreachable");
}

/* Each word has a sentence of its own. */
static void
test_describe (void)
{
  static const char *const words[] = {
    "timeout", "refused", "reset", "incomplete", "unreachable", "dns", "tls", "tls: expired",
    "tls: wrong host", "tls: bad certificate", "invalid", "status 404", "status 503", "body", "loop",
    "failed",
  };
  g_autoptr (GHashTable) sentences = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autofree char *unknown = lb_probe_error_describe ("statusquo");

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      char *sentence = lb_probe_error_describe (words[i]);

      g_test_message ("%s", sentence);
      g_assert_true (g_str_has_suffix (sentence, "."));
      g_assert_true (g_hash_table_add (sentences, sentence));
    }

  g_assert_cmpstr (unknown, ==, "statusquo");
}

/* Ends */

/* While the body is read. */
static void
test_cancel_in_the_body (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_HOLD, OK_HEAD "Content-Length: 9\r\n\r\nOK");
  g_autofree char *url = raw_server_dup_url (server);
  const LbProbeSeen *seen;
  LbProbe *probe;

  self->settings.expected_body = g_strdup ("never");
  probe = fixture_start (self, url);
  seen = lb_probe_get_seen (probe);
  while (!seen->answered)
    g_main_context_iteration (NULL, TRUE);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (lb_probe_expire (probe));
  raw_server_free (server);
  g_assert_false (self->over);
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_HOLD, NULL);
  g_autofree char *url = raw_server_dup_url (server);
  LbProbe *probe = fixture_start (self, url);

  while (g_atomic_int_get (&server->n_open) == 0)
    g_main_context_iteration (NULL, FALSE);
  lb_probe_cancel (probe);
  raw_server_free (server);
  g_assert_false (self->over);
}

static void
test_expire (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_HOLD, "HTTP/1.1 200 OK\r\n");
  g_autofree char *url = raw_server_dup_url (server);
  LbProbe *probe = fixture_start (self, url);

  while (g_atomic_int_get (&server->n_open) == 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_true (lb_probe_expire (probe));
  raw_server_free (server);
  g_assert_false (self->over);
}

static void
test_cancel_at_once (Fixture *self, gconstpointer data)
{
  lb_probe_cancel (fixture_start (self, "http://127.0.0.1:9"));
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/probe/answers", test_answers);
  ADD ("/probe/refused", test_refused);
  ADD ("/probe/reset", test_reset);
  ADD ("/probe/unknown-name", test_unknown_name);
  ADD ("/probe/endless", test_endless);
  ADD ("/probe/request", test_request);
  ADD ("/probe/request-settings", test_request_settings);
  ADD ("/probe/methods", test_methods);
  ADD ("/probe/expected-status", test_expected_status);
  ADD ("/probe/expected-body", test_expected_body);
  ADD ("/probe/expected-body/401", test_expected_body_of_401);
  ADD ("/probe/expected-body/places", test_expected_body_places);
  ADD ("/probe/expected-body/endless", test_expected_body_endless);
  ADD ("/probe/load", test_load);
  ADD ("/probe/tcp-only", test_tcp_only);
  ADD ("/probe/tcp-only/cancel", test_tcp_only_cancel);
  ADD ("/probe/ipv6", test_ipv6);
  ADD ("/probe/response-time", test_response_time);
  ADD ("/probe/tls", test_tls);
  ADD ("/probe/tls-unverified", test_tls_unverified);
  ADD ("/probe/tls-http2", test_tls_http2);
  ADD ("/probe/tls-without-tls", test_tls_without_tls);
  ADD ("/probe/tls-cost", test_tls_cost);
  ADD ("/probe/out-of-descriptors", test_out_of_descriptors);
  g_test_add_func ("/probe/errors-of-ours", test_errors_of_ours);
  g_test_add_func ("/probe/no-such-family", test_no_such_family);
  g_test_add_func ("/probe/describe", test_describe);
  ADD ("/probe/cancel-in-the-body", test_cancel_in_the_body);
  ADD ("/probe/cancel", test_cancel);
  ADD ("/probe/expire", test_expire);
  ADD ("/probe/cancel-at-once", test_cancel_at_once);

  return g_test_run ();
}
