/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-probe"

#include "config.h"

#include "probe/lb-probe.h"

#include "pool/lb-status-ranges.h"
#include "probe/lb-probe-error.h"
#include "probe/lb-trust-store.h"

/*
 * One probe under way: a request whose response head is most of what matters, or a mere connection.
 *
 * #LbProber starts it and hears of its end, or cancels it. The probe owns its message and lives
 * until libsoup has let go of that, which after a cancellation is some turns of the main loop
 * later; its starter may be gone by then. It has no clock: whoever started it says when it has
 * expired.
 *
 * As soon as the head is there and nothing depends on the body, the message is cancelled, from
 * within its got-headers signal: nothing reads the body, however long it is, and libsoup closes the
 * connection. When a text is looked for in the body, its beginning is read; then the socket is shut
 * down, since to close the stream of a body would read all the rest of it first.
 */

/* libsoup reads 1xx responses for as long as they keep coming. */
#define LB_PROBE_MAX_INFORMATIONAL 16

struct _LbProbe
{
  LbProbeRequest *request;
  GCancellable *cancellable;
  char *own_server; /* a GRefString */

  LbProbeFlags flags;
  LbProbeFunc done;
  gpointer user_data;

  LbProbeSeen seen;
  GSocket *socket; /* once connected */
  gint64 connect_us;
  gint64 head_us;
  guint status;
  guint n_informational;
  guint resolving : 1;
  guint expired : 1;
  guint reset : 1; /* before there was anything to say */
};

static void
lb_probe_free (LbProbe *self)
{
  if (self->seen.message != NULL)
    g_signal_handlers_disconnect_by_data (self->seen.message, self);
  g_clear_object (&self->seen.message);
  g_clear_object (&self->seen.address);
  g_clear_object (&self->socket);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->own_server, g_ref_string_release);
  g_clear_pointer (&self->request, lb_probe_request_unref);
  g_free (self);
}

/* When a handshake begins, glib-networking (2.74) asks for the address of the other side, and unrefs what it gets
 * even if that is nothing, since the connection has just been reset. Once it was told, it is kept. */
static void
lb_probe_on_socket_connected (LbProbe *self, GSocketConnection *connection)
{
  g_autoptr (GSocketAddress) address = NULL;

  self->seen.connected = TRUE;
  g_set_object (&self->socket, g_socket_connection_get_socket (connection));

  if (!lb_probe_request_is_secure (self->request))
    return;

  address = g_socket_connection_get_remote_address (connection, NULL);
  if (address == NULL)
    {
      self->reset = TRUE;
      g_cancellable_cancel (self->cancellable);
    }
}

static void
lb_probe_on_network_event (LbProbe *self, GSocketClientEvent event, GIOStream *connection)
{
  switch (event)
    {
    case G_SOCKET_CLIENT_RESOLVING:
      self->resolving = TRUE;
      break;

    case G_SOCKET_CLIENT_RESOLVED:
      self->resolving = FALSE;
      if (self->expired)
        g_cancellable_cancel (self->cancellable);
      break;

    case G_SOCKET_CLIENT_CONNECTING:
      /* A name with several addresses is tried one after the other: a client would wait as well,
       * so the first attempt counts. */
      if (self->connect_us == 0)
        self->connect_us = g_get_monotonic_time ();
      g_clear_object (&self->seen.address);
      self->seen.address =
        g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (connection), NULL);
      break;

    case G_SOCKET_CLIENT_CONNECTED:
      lb_probe_on_socket_connected (self, G_SOCKET_CONNECTION (connection));
      break;

    case G_SOCKET_CLIENT_TLS_HANDSHAKED:
      self->seen.secured = TRUE;
      break;

    case G_SOCKET_CLIENT_PROXY_NEGOTIATING:
    case G_SOCKET_CLIENT_PROXY_NEGOTIATED:
    case G_SOCKET_CLIENT_TLS_HANDSHAKING:
    case G_SOCKET_CLIENT_COMPLETE:
    default:
      break;
    }
}

static void
lb_probe_on_client_event (LbProbe *self,
                          GSocketClientEvent event,
                          GSocketConnectable *connectable,
                          GIOStream *connection)
{
  lb_probe_on_network_event (self, event, connection);
}

static gboolean
lb_probe_on_accept_certificate (LbProbe *self,
                                GTlsCertificate *certificate,
                                GTlsCertificateFlags errors)
{
  /* Only asked when something is wrong with it. */
  self->seen.certificate_errors = errors;

  return !lb_probe_request_get_settings (self->request)->verify_certificate;
}

static void
lb_probe_on_got_informational (LbProbe *self)
{
  if (++self->n_informational >= LB_PROBE_MAX_INFORMATIONAL)
    g_cancellable_cancel (self->cancellable);
}

/* Judging */

static gboolean
lb_probe_was_answered_by_us (LbProbe *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->seen.message);

  return self->own_server != NULL &&
         g_strcmp0 (soup_message_headers_get_one (headers, "Server"), self->own_server) == 0;
}

static gboolean
lb_probe_is_status_good (LbProbe *self)
{
  return lb_status_ranges_contain (lb_probe_request_get_settings (self->request)->expected_status,
                                   self->status);
}

static gboolean
lb_probe_wants_body (LbProbe *self)
{
  /* Of this one libsoup would collect the body in memory, and ask again. */
  if (self->status == SOUP_STATUS_MISDIRECTED_REQUEST)
    return FALSE;

  if ((self->flags & LB_PROBE_THOROUGH) != 0)
    return TRUE;

  return lb_probe_request_get_settings (self->request)->expected_body != NULL &&
         lb_probe_is_status_good (self) && !lb_probe_was_answered_by_us (self);
}

/* Returns: whether there is a result, that is whether it was not our own fault */
static gboolean
lb_probe_judge_error (LbProbe *self, const GError *error, LbProbeResult *result)
{
  const gboolean verify = lb_probe_request_get_settings (self->request)->verify_certificate;

  if (lb_probe_error_is_ours (error, self->seen.address))
    {
      g_debug ("A probe failed for a reason of ours: %s", error->message);
      return FALSE;
    }

  g_debug ("A probe failed: %s", error->message);
  lb_probe_result_fail (
    result, lb_probe_error_to_word (error, verify ? self->seen.certificate_errors : 0));
  return TRUE;
}

/* @error: (nullable): what ended the body early */
static gboolean
lb_probe_judge_answer (LbProbe *self, const GError *error, LbProbeResult *result)
{
  const LbProbeSettings *settings = lb_probe_request_get_settings (self->request);

  result->status = self->status;

  if (lb_probe_was_answered_by_us (self))
    {
      lb_probe_result_fail (result, LB_PROBE_ERROR_LOOP);
      return TRUE;
    }

  if (!lb_probe_is_status_good (self))
    {
      g_autofree char *word = g_strdup_printf (LB_PROBE_ERROR_STATUS " %u", self->status);

      lb_probe_result_fail (result, word);
      return TRUE;
    }

  if (settings->expected_body != NULL && !self->seen.body.found)
    {
      if (error != NULL)
        return lb_probe_judge_error (self, error, result);

      lb_probe_result_fail (result, LB_PROBE_ERROR_BODY);
      return TRUE;
    }

  result->ok = TRUE;
  result->response_us = self->head_us - self->connect_us;
  return TRUE;
}

static gboolean
lb_probe_judge (LbProbe *self, const GError *error, LbProbeResult *result)
{
  if (self->expired)
    return FALSE;

  if (self->seen.answered)
    return lb_probe_judge_answer (self, error, result);

  if (self->n_informational >= LB_PROBE_MAX_INFORMATIONAL)
    {
      lb_probe_result_fail (result, LB_PROBE_ERROR_INVALID);
      return TRUE;
    }

  if (self->reset)
    {
      lb_probe_result_fail (result, LB_PROBE_ERROR_RESET);
      return TRUE;
    }

  if (error != NULL)
    return lb_probe_judge_error (self, error, result);

  /* A connection was all that was asked for. */
  result->ok = TRUE;
  result->response_us = self->head_us - self->connect_us;
  return TRUE;
}

/* Tells what came of it, unless nobody wants to know any more. */
static void
lb_probe_conclude (LbProbe *self, const GError *error)
{
  LbProbeResult result = {
    .time_us = g_get_real_time (),
    .response_us = -1,
    .connected = self->seen.connected,
  };
  gboolean counts;

  if (self->done == NULL)
    return;

  counts = lb_probe_judge (self, error, &result);
  self->done (self, counts ? &result : NULL, self->user_data);
  g_clear_pointer (&result.error, g_ref_string_release);
}

/* A connection */

static void
lb_probe_on_connected (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  LbProbe *self = user_data;
  g_autoptr (GSocketConnection) connection = NULL;
  g_autoptr (GError) error = NULL;

  self->head_us = g_get_monotonic_time ();
  connection = g_socket_client_connect_finish (G_SOCKET_CLIENT (source), async_result, &error);
  g_signal_handlers_disconnect_by_data (source, self);

  lb_probe_conclude (self, error);
  lb_probe_free (self);
}

static void
lb_probe_connect (LbProbe *self)
{
  g_autoptr (GSocketClient) client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address = lb_probe_request_create_address (self->request);

  g_socket_client_set_enable_proxy (client, FALSE);
  g_signal_connect_swapped (client, "event", G_CALLBACK (lb_probe_on_client_event), self);
  g_socket_client_connect_async (client, address, self->cancellable, lb_probe_on_connected, self);
}

/* A request */

static void
lb_probe_read_load (LbProbe *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->seen.message);
  const char *load = soup_message_headers_get_list (headers, LB_ORCA_RESPONSE_HEADER);

  if (load != NULL)
    lb_orca_parse (load, &self->seen.load);
}

static void
lb_probe_on_got_headers (LbProbe *self)
{
  self->head_us = g_get_monotonic_time ();
  self->seen.answered = TRUE;
  self->status = soup_message_get_status (self->seen.message);
  lb_probe_read_load (self);

  if (!lb_probe_wants_body (self))
    g_cancellable_cancel (self->cancellable);
}

static void
lb_probe_on_closed (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  g_input_stream_close_finish (G_INPUT_STREAM (source), async_result, NULL);
  lb_probe_free (user_data);
}

static void
lb_probe_on_body_read (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  LbProbe *self = user_data;
  g_autoptr (GError) error = NULL;

  lb_probe_body_read_finish (async_result, &self->seen.body, &error);
  lb_probe_conclude (self, error);

  if (!self->seen.body.whole && self->socket != NULL)
    g_socket_shutdown (self->socket, TRUE, TRUE, NULL);
  g_input_stream_close_async (G_INPUT_STREAM (source), G_PRIORITY_DEFAULT, NULL, lb_probe_on_closed,
                              self);
}

static void
lb_probe_on_sent (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  LbProbe *self = user_data;
  g_autoptr (GInputStream) body = NULL;
  g_autoptr (GError) error = NULL;

  body = soup_session_send_finish (SOUP_SESSION (source), async_result, &error);

  if (body == NULL)
    {
      /* When the head was enough, the error is only that we cancelled the rest. */
      if (self->seen.answered && !lb_probe_wants_body (self))
        g_clear_error (&error);

      lb_probe_conclude (self, error);
      lb_probe_free (self);
      return;
    }

  lb_probe_body_read_async (body, lb_probe_request_get_settings (self->request)->expected_body,
                            self->cancellable, lb_probe_on_body_read, self);
}

static void
lb_probe_send (LbProbe *self, SoupSession *session)
{
  SoupMessage *message = lb_probe_request_create_message (self->request);

  if (lb_probe_request_is_secure (self->request))
    lb_trust_store_install ();

  self->seen.message = message;
  g_signal_connect_swapped (message, "network-event", G_CALLBACK (lb_probe_on_network_event), self);
  g_signal_connect_swapped (message, "accept-certificate",
                            G_CALLBACK (lb_probe_on_accept_certificate), self);
  g_signal_connect_swapped (message, "got-informational",
                            G_CALLBACK (lb_probe_on_got_informational), self);
  g_signal_connect_swapped (message, "got-headers", G_CALLBACK (lb_probe_on_got_headers), self);

  soup_session_send_async (session, message, G_PRIORITY_DEFAULT, self->cancellable,
                           lb_probe_on_sent, self);
}

/**
 * lb_probe_start:
 * @session: a session from lb_probe_session_new(), for requests; it is kept until the probe is over
 * @request: what to ask, and what to expect; it is kept, too
 * @own_server: (nullable): a #GRefString, the value of the `Server` header that tells the
 * balancer's own answers
 * @flags: how much to read
 * @done: (scope async): called when the probe is over
 * @user_data: for @done
 *
 * Starts a probe.
 *
 * Returns: (transfer none): the probe, valid until @done is called or it is cancelled
 */
LbProbe *
lb_probe_start (SoupSession *session,
                LbProbeRequest *request,
                char *own_server,
                LbProbeFlags flags,
                LbProbeFunc done,
                gpointer user_data)
{
  LbProbe *self;

  g_return_val_if_fail (SOUP_IS_SESSION (session), NULL);
  g_return_val_if_fail (request != NULL && done != NULL, NULL);

  self = g_new0 (LbProbe, 1);
  self->request = lb_probe_request_ref (request);
  self->cancellable = g_cancellable_new ();
  self->own_server = own_server != NULL ? g_ref_string_acquire (own_server) : NULL;
  self->flags = flags;
  self->done = done;
  self->user_data = user_data;
  self->seen.load = (LbOrca) LB_ORCA_NONE;

  if (lb_probe_request_get_settings (request)->tcp_only)
    lb_probe_connect (self);
  else
    lb_probe_send (self, session);

  return self;
}

/**
 * lb_probe_expire:
 * @self: a probe
 *
 * The time for the answer is over: cancels the probe, unless it still waits for the name of
 * the host. A look-up runs in one of the few threads that the whole process shares, and to cancel
 * it does not end that thread; one new look-up a second for a name whose server is silent would
 * soon take all of them. So such a probe is left alone until its look-up ends, and only then is
 * @done called (with no result).
 *
 * Returns: %TRUE if the probe was cancelled and @self is not valid any more, %FALSE if @done is
 * still going to be called
 */
gboolean
lb_probe_expire (LbProbe *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  self->expired = TRUE;
  if (self->resolving)
    return FALSE;

  lb_probe_cancel (self);
  return TRUE;
}

/**
 * lb_probe_cancel:
 * @self: (transfer full): a probe
 *
 * Ends a probe without a result; its function is not called any more.
 */
void
lb_probe_cancel (LbProbe *self)
{
  g_return_if_fail (self != NULL);

  self->done = NULL;
  g_cancellable_cancel (self->cancellable);
}

/**
 * lb_probe_get_seen:
 * @self: a probe that is valid
 *
 * Returns: (transfer none): what it has come by so far
 */
const LbProbeSeen *
lb_probe_get_seen (LbProbe *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->seen;
}

/**
 * lb_probe_result_fail:
 * @result: a result without an error
 * @error: the word for what was not good
 *
 * Makes @result that of a probe that failed. Whoever owns @result releases its error.
 */
void
lb_probe_result_fail (LbProbeResult *result, const char *error)
{
  g_return_if_fail (result != NULL && error != NULL);

  result->ok = FALSE;
  result->response_us = -1;
  result->error = g_ref_string_new_intern (error);
}
