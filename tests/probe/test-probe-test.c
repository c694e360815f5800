/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <libsoup/soup.h>
#include <string.h>

#include "probe/certificates.h"
#include "probe/lb-prober.h"
#include "probe/raw-server.h"

/* What a person is told of one probe. */

#define DEADLINE_S 20

typedef struct
{
  LbPool *pool;
  LbProber *prober;
  LbProbeSettings settings;
  GAsyncResult *result;
  guint deadline;
} Fixture;

static gboolean
on_deadline (gpointer data)
{
  g_error ("It never happened");
  return G_SOURCE_REMOVE;
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->pool = lb_pool_new ();
  self->prober = lb_prober_new (self->pool);
  lb_probe_settings_init (&self->settings);
  self->deadline = g_timeout_add_seconds (DEADLINE_S, on_deadline, NULL);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  g_clear_object (&self->result);
  lb_probe_settings_clear (&self->settings);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_finalize_object (self->prober);
  g_assert_finalize_object (self->pool);
  g_source_remove (self->deadline);
}

/* Whoever keeps the result must not keep anything running. */
static void
on_tested (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *self = user_data;

  g_assert_null (self->result);
  self->result = g_object_ref (result);
}

static LbProbeReport *
fixture_test (Fixture *self, const char *url, GError **error)
{
  g_clear_object (&self->result);
  lb_prober_test_async (self->prober, url, &self->settings, NULL, on_tested, self);
  g_assert_null (self->result);
  while (self->result == NULL)
    g_main_context_iteration (NULL, TRUE);

  return lb_prober_test_finish (self->prober, self->result, error);
}

static LbProbeReport *
fixture_test_raw (Fixture *self, RawServer *server)
{
  g_autofree char *url = raw_server_dup_url (server);
  g_autoptr (GError) error = NULL;
  LbProbeReport *report = fixture_test (self, url, &error);

  g_assert_no_error (error);
  g_assert_true (report->result.ok == (report->result.error == NULL));
  g_assert_cmpuint (strlen (report->explanation), >, 0);
  g_assert_nonnull (report->headers);
  return report;
}

static void
test_good (Fixture *self, gconstpointer data)
{
  RawServer *server =
    raw_server_new (RAW_CLOSE, "HTTP/1.0 200 Fine\r\nServer: raw\r\n"
                               "endpoint-load-metrics: TEXT cpu_utilization=0.5, rps_fractional=7\r\n"
                               "\r\nhello");
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%u", server->port);
  g_autofree char *request = g_strdup_printf ("GET http://127.0.0.1:%u/health", server->port);
  g_autoptr (LbProbeReport) report = NULL;
  g_autoptr (LbProbeReport) copy = NULL;

  self->settings.path = g_strdup ("/health");
  report = fixture_test_raw (self, server);
  copy = lb_probe_report_copy (report);
  g_clear_pointer (&report, lb_probe_report_free);

  g_assert_true (copy->result.ok);
  g_assert_cmpuint (copy->result.status, ==, 200);
  g_assert_cmpint (copy->result.response_us, >, 0);
  g_assert_cmpstr (copy->address, ==, address);
  g_assert_cmpstr (copy->request, ==, request);
  g_assert_cmpstr (copy->status_line, ==, "HTTP/1.0 200 Fine");
  g_assert_cmpuint (g_strv_length (copy->headers), ==, 2);
  g_assert_cmpstr (copy->headers[0], ==, "Server: raw");
  g_assert_cmpuint (copy->n_more_headers, ==, 0);
  g_assert_cmpuint (copy->body.length, ==, 5);
  g_assert_true (copy->body.whole);
  g_assert_cmpfloat (copy->load.utilization, ==, 0.5);
  g_assert_cmpfloat (copy->load.rps, ==, 7);
  g_assert_null (copy->certificate);
  g_assert_cmpint (g_atomic_int_get (&server->n_connections), ==, 1);
  raw_server_free (server);
}

/* Each check fails by its own name. */
static void
test_checks (Fixture *self, gconstpointer data)
{
  static const struct
  {
    RawEnd end;
    const char *answer;
    const char *expected_body;
    const char *error;
  } cases[] = {
    { RAW_CLOSE, "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone", NULL, "status 404" },
    { RAW_CLOSE, "HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\ngone", NULL,
      "status 401" },
    { RAW_CLOSE, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngone", "here", "body" },
    { RAW_CLOSE, "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nhere", "here", NULL },
    { RAW_CLOSE, "HTTP/1.1 404 No\r\nContent-Length: 4\r\n\r\ngone", "here", "status 404" },
    { RAW_CLOSE, "HTTP/1.1 200 OK\r\nServer: me\r\n\r\n", NULL, "loop" },
    { RAW_CLOSE, "SSH-2.0\r\n\r\n", NULL, "invalid" },
    { RAW_CLOSE, "", NULL, "incomplete" },
    { RAW_RESET, NULL, NULL, "reset" },
    { RAW_HOLD, NULL, NULL, "timeout" },
    { RAW_HOLD, "HTTP/1.1 200 OK\r\n", NULL, "timeout" },
    { RAW_HOLD, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n", "here", "timeout" },
  };

  lb_prober_set_own_server (self->prober, "me");
  self->settings.timeout_ms = 300;
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      RawServer *server = raw_server_new (cases[i].end, cases[i].answer);
      g_autoptr (LbProbeReport) report = NULL;

      g_free (self->settings.expected_body);
      self->settings.expected_body = g_strdup (cases[i].expected_body);
      report = fixture_test_raw (self, server);
      g_test_message ("%s", report->explanation);
      g_assert_cmpstr (report->result.error, ==, cases[i].error);
      g_assert_nonnull (report->address);
      if (report->result.status > 0 && strstr (cases[i].answer, "gone") != NULL)
        g_assert_cmpuint (report->body.length, ==, 4);
      raw_server_free (server);
    }
}

/* A response head may be as it likes: what is shown is text, and bounded. */
static void
test_wild_head (Fixture *self, gconstpointer data)
{
  g_autoptr (GString) answer = g_string_new ("HTTP/1.1 200 \xff\xfe\x01\r\n");
  g_autoptr (LbProbeReport) report = NULL;
  RawServer *server;

  for (guint i = 0; i < 50; i++)
    {
      g_autofree char *value = g_strnfill (1000, i % 2 == 0 ? 'x' : '\xe9');

      g_string_append_printf (answer, "X-Header-%u: %s\r\n", i, value);
    }
  g_string_append (answer, "\r\n");

  server = raw_server_new (RAW_CLOSE, answer->str);
  report = fixture_test_raw (self, server);
  g_assert_true (report->result.ok);
  g_assert_true (g_utf8_validate (report->status_line, -1, NULL));
  g_assert_cmpuint (g_strv_length (report->headers), ==, 20);
  g_assert_cmpuint (report->n_more_headers, ==, 30);
  for (guint i = 0; i < 20; i++)
    {
      g_assert_true (g_utf8_validate (report->headers[i], -1, NULL));
      g_assert_cmpint (g_utf8_strlen (report->headers[i], -1), <=, 201);
    }
  raw_server_free (server);
}

static void
test_endless_body (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_REPEAT, "HTTP/1.1 200 OK\r\n\r\n");
  g_autoptr (LbProbeReport) report = NULL;

  server->repetition = "all work and no play\n";
  report = fixture_test_raw (self, server);
  g_assert_true (report->result.ok);
  g_assert_cmpuint (report->body.length, ==, LB_PROBE_BODY_MAX);
  g_assert_false (report->body.whole);
  raw_server_free (server);
}

static void
test_tcp_only (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_HOLD, NULL);
  g_autoptr (LbProbeReport) report = NULL;

  self->settings.tcp_only = TRUE;
  report = fixture_test_raw (self, server);
  g_assert_true (report->result.ok);
  g_assert_true (g_str_has_prefix (report->request, "CONNECT http://127.0.0.1:"));
  g_assert_null (report->status_line);
  g_assert_cmpuint (g_strv_length (report->headers), ==, 0);
  raw_server_free (server);
}

static void
test_unreachable (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_CLOSE, "");
  g_autofree char *url = raw_server_dup_url (server);
  g_autoptr (LbProbeReport) refused = NULL;
  g_autoptr (LbProbeReport) unknown = NULL;

  raw_server_free (server);
  refused = fixture_test (self, url, NULL);
  g_assert_cmpstr (refused->result.error, ==, "refused");
  g_assert_null (refused->status_line);

  unknown = fixture_test (self, "http://host.invalid", NULL);
  g_assert_cmpstr (unknown->result.error, ==, "dns");
  g_assert_null (unknown->address);
}

/* Anything a person types is safe. */
static void
test_refuses (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (fixture_test (self, "not a URL", &error));
  g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_URL);
  g_clear_error (&error);

  self->settings.path = g_strdup ("health");
  g_assert_null (fixture_test (self, "http://127.0.0.1:9", &error));
  g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING);
  g_clear_error (&error);

  lb_probe_settings_clear (&self->settings);
  g_assert_null (fixture_test (self, "http://127.0.0.1:9", &error));
  g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING);
}

static void
test_cancel (Fixture *self, gconstpointer data)
{
  RawServer *server = raw_server_new (RAW_HOLD, NULL);
  g_autofree char *url = raw_server_dup_url (server);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;

  lb_prober_test_async (self->prober, url, &self->settings, cancellable, on_tested, self);
  while (g_atomic_int_get (&server->n_open) == 0)
    g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (cancellable);
  while (self->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (lb_prober_test_finish (self->prober, self->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  raw_server_free (server);
  g_clear_object (&self->result);
  g_clear_error (&error);

  /* From the beginning. */
  lb_prober_test_async (self->prober, "http://127.0.0.1:9", &self->settings, cancellable, on_tested,
                        self);
  while (self->result == NULL)
    g_main_context_iteration (NULL, TRUE);
  g_assert_null (lb_prober_test_finish (self->prober, self->result, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_certificate (Fixture *self, gconstpointer data)
{
  g_autofree char *pem = g_strconcat (TEST_TLS_KEY, TEST_TLS_EXPIRED, NULL);
  g_autoptr (GTlsCertificate) own = g_tls_certificate_new_from_pem (pem, -1, NULL);
  g_autoptr (SoupServer) server = soup_server_new ("tls-certificate", own, NULL);
  g_autoptr (LbProbeReport) strict = NULL;
  g_autoptr (LbProbeReport) lenient = NULL;
  g_autofree char *url = NULL;
  GSList *uris;

  if (!g_tls_backend_supports_tls (g_tls_backend_get_default ()))
    {
      g_test_skip ("There is no TLS here");
      return;
    }

  g_assert_true (soup_server_listen_local (
    server, 0, SOUP_SERVER_LISTEN_IPV4_ONLY | SOUP_SERVER_LISTEN_HTTPS, NULL));
  uris = soup_server_get_uris (server);
  url = g_uri_to_string (uris->data);
  g_slist_free_full (uris, (GDestroyNotify) g_uri_unref);

  self->settings.timeout_ms = 30000; /* or a slow handshake would hide what is wrong with it */
  strict = fixture_test (self, url, NULL);
  g_assert_true (g_str_has_prefix (strict->result.error, "tls: "));
  g_assert_cmpstr (strict->certificate, ==, strict->explanation);

  self->settings.verify_certificate = FALSE;
  lenient = fixture_test (self, url, NULL);
  g_assert_cmpstr (lenient->result.error, ==, "status 404");
  g_assert_cmpstr (lenient->certificate, ==, strict->certificate);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/probe-test/good", test_good);
  ADD ("/probe-test/checks", test_checks);
  ADD ("/probe-test/wild-head", test_wild_head);
  ADD ("/probe-test/endless-body", test_endless_body);
  ADD ("/probe-test/tcp-only", test_tcp_only);
  ADD ("/probe-test/unreachable", test_unreachable);
  ADD ("/probe-test/refuses", test_refuses);
  ADD ("/probe-test/cancel", test_cancel);
  ADD ("/probe-test/certificate", test_certificate);

  return g_test_run ();
}
