/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-probe"

#include "config.h"

#include "probe/lb-probe-test.h"

#include <glib/gi18n-lib.h>

#include "pool/lb-url.h"
#include "probe/lb-probe-error.h"
#include "probe/lb-probe-report.h"
#include "probe/lb-probe-session.h"
#include "probe/lb-probe.h"

/*
 * One probe for a person who wants to know how it goes: it reads all it may, has a session and a
 * timer of its own, and makes a report of what it has seen.
 */

#define HEADERS_MAX 20
#define LINE_MAX_CHARS 200

typedef struct
{
  LbProbeRequest *request;
  SoupSession *session;
  LbProbe *probe;
  GSource *timeout;
  GSource *cancelled;
} LbProbeTest;

/* Whoever has the result may keep the task: nothing may happen to it any more. */
static void
lb_probe_test_stop (LbProbeTest *self)
{
  if (self->timeout != NULL)
    g_source_destroy (self->timeout);
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->timeout, g_source_unref);
  g_clear_pointer (&self->cancelled, g_source_unref);
  g_clear_pointer (&self->probe, lb_probe_cancel);
  g_clear_object (&self->session);
}

static void
lb_probe_test_free (LbProbeTest *self)
{
  lb_probe_test_stop (self);
  g_clear_pointer (&self->request, lb_probe_request_unref);
  g_free (self);
}

/* Anything can come in a response, but on the screen it is text of a bounded length. */
static char *
lb_probe_test_make_line (const char *text)
{
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  g_autofree char *start = NULL;

  if (g_utf8_strlen (valid, -1) <= LINE_MAX_CHARS)
    return g_steal_pointer (&valid);

  start = g_utf8_substring (valid, 0, LINE_MAX_CHARS);
  return g_strconcat (start, "…", NULL);
}

static char *
lb_probe_test_describe_address (GSocketAddress *address)
{
  if (address == NULL || !G_IS_INET_SOCKET_ADDRESS (address))
    return NULL;

  return g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address));
}

static void
lb_probe_test_describe_head (LbProbeReport *report,
                             SoupMessage *message)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_autofree char *status_line = NULL;
  const char *version = "HTTP/1.1";
  const char *name, *value;
  SoupMessageHeadersIter iter;
  guint n = 0;

  if (soup_message_get_http_version (message) == SOUP_HTTP_1_0)
    version = "HTTP/1.0";
  else if (soup_message_get_http_version (message) == SOUP_HTTP_2_0)
    version = "HTTP/2";

  status_line = g_strdup_printf ("%s %u %s", version, soup_message_get_status (message),
                                 soup_message_get_reason_phrase (message));
  report->status_line = lb_probe_test_make_line (g_strchomp (status_line));

  soup_message_headers_iter_init (&iter, soup_message_get_response_headers (message));
  while (soup_message_headers_iter_next (&iter, &name, &value))
    {
      g_autofree char *line = g_strconcat (name, ": ", value, NULL);
      g_autofree char *clean = lb_probe_test_make_line (line);

      if (n++ < HEADERS_MAX)
        g_strv_builder_add (lines, clean);
    }

  report->n_more_headers = n > HEADERS_MAX ? n - HEADERS_MAX : 0;
  report->headers = g_strv_builder_end (lines);
}

static char *
lb_probe_test_explain (const LbProbeSettings *settings,
                       const LbProbeResult *result)
{
  if (result->error != NULL)
    return lb_probe_error_describe (result->error);

  if (settings->tcp_only)
    return g_strdup (_ ("The connection came about. Nothing more was asked for."));

  if (settings->expected_body != NULL)
    return g_strdup (_ ("The status and the text in the answer are as expected."));

  return g_strdup (_ ("The status is as expected."));
}

static LbProbeReport *
lb_probe_test_make_report (LbProbeTest *self,
                           const LbProbeSeen *seen,
                           const LbProbeResult *result)
{
  const LbProbeSettings *settings = lb_probe_request_get_settings (self->request);
  g_autofree char *url = g_uri_to_string (lb_probe_request_get_uri (self->request));
  LbProbeReport *report = lb_probe_report_new ();

  report->result = *result;
  if (result->error != NULL)
    report->result.error = g_ref_string_acquire (result->error);

  report->explanation = lb_probe_test_explain (settings, result);
  report->request = g_strconcat (settings->tcp_only ? "CONNECT" : settings->method, " ", url, NULL);
  report->address = lb_probe_test_describe_address (seen->address);
  report->body = seen->body;
  report->load = seen->load;

  if (seen->answered)
    lb_probe_test_describe_head (report, seen->message);
  else
    report->headers = g_new0 (char *, 1);

  if (seen->certificate_errors != 0)
    {
      g_autoptr (GError) error =
        g_error_new_literal (G_TLS_ERROR, G_TLS_ERROR_BAD_CERTIFICATE, "bad certificate");

      report->certificate =
        lb_probe_error_describe (lb_probe_error_to_word (error, seen->certificate_errors));
    }

  return report;
}

/* Ends @task (transfer full). */
static void
lb_probe_test_return (GTask *task,
                      const LbProbeSeen *seen,
                      const LbProbeResult *result)
{
  g_autoptr (GTask) owned = task;
  LbProbeTest *self = g_task_get_task_data (task);
  LbProbeReport *report = NULL;

  if (result != NULL)
    report = lb_probe_test_make_report (self, seen, result);

  lb_probe_test_stop (self);

  if (report != NULL)
    g_task_return_pointer (task, report, (GDestroyNotify) lb_probe_report_free);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED,
                             _ ("This computer has no connection left to probe with. Try it again "
                                "in a moment."));
}

static void
lb_probe_test_on_done (LbProbe *probe,
                       const LbProbeResult *result,
                       gpointer user_data)
{
  GTask *task = user_data;
  LbProbeTest *self = g_task_get_task_data (task);

  g_assert (self->probe == probe);

  self->probe = NULL;
  lb_probe_test_return (task, lb_probe_get_seen (probe), result);
}

static gboolean
lb_probe_test_on_timeout (gpointer user_data)
{
  GTask *task = user_data;
  LbProbeTest *self = g_task_get_task_data (task);
  const LbProbeSeen *seen = lb_probe_get_seen (self->probe);
  const gboolean connecting = seen->address != NULL;
  LbProbeResult result = { .time_us = g_get_real_time () };

  lb_probe_result_fail (&result, connecting ? LB_PROBE_ERROR_TIMEOUT : LB_PROBE_ERROR_DNS);
  lb_probe_test_return (task, seen, &result);
  g_ref_string_release (result.error);

  return G_SOURCE_REMOVE;
}

static gboolean
lb_probe_test_on_cancelled (GCancellable *cancellable,
                            gpointer user_data)
{
  g_autoptr (GTask) task = user_data;

  lb_probe_test_stop (g_task_get_task_data (task));
  g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

static GSource *
lb_probe_test_attach (GTask *task,
                      GSource *source,
                      const char *name,
                      GSourceFunc callback)
{
  g_source_set_static_name (source, name);
  g_source_set_callback (source, callback, task, NULL);
  g_source_attach (source, g_task_get_context (task));

  return source;
}

/**
 * lb_probe_test_run:
 * @source: the source object of the task
 * @url: a backend's URL, as a person typed it
 * @settings: how to probe it; anything is safe
 * @own_server: (nullable): a #GRefString, see lb_probe_start()
 * @cancellable: (nullable): ends it
 * @callback: called at the end, with a #GTask that returns an #LbProbeReport
 * @user_data: for @callback
 *
 * See lb_prober_test_async().
 */
void
lb_probe_test_run (GObject *source,
                   const char *url,
                   const LbProbeSettings *settings,
                   char *own_server,
                   GCancellable *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, callback, user_data);
  g_autofree char *normalized = NULL;
  LbProbeTest *self;
  GError *error = NULL;

  g_task_set_name (task, "[lb] test of a backend");

  normalized = lb_url_normalize (url, NULL, NULL, &error);
  if (normalized == NULL || !lb_probe_settings_check (settings, &error))
    {
      g_task_return_error (task, error);
      return;
    }

  self = g_new0 (LbProbeTest, 1);
  g_task_set_task_data (task, self, (GDestroyNotify) lb_probe_test_free);
  self->request = lb_probe_request_new (normalized, settings);
  self->session = lb_probe_session_new ();
  self->timeout = lb_probe_test_attach (task, g_timeout_source_new (settings->timeout_ms),
                                        "[lb] timeout of a test", lb_probe_test_on_timeout);
  if (cancellable != NULL)
    self->cancelled = lb_probe_test_attach (task, g_cancellable_source_new (cancellable),
                                            "[lb] end of a test",
                                            G_SOURCE_FUNC (lb_probe_test_on_cancelled));

  self->probe = lb_probe_start (self->session, self->request, own_server, LB_PROBE_THOROUGH,
                                lb_probe_test_on_done, g_steal_pointer (&task));
}
