/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-probe"

#include "config.h"

#include "probe/lb-probe.h"

#include "probe/lb-probe-error.h"

/*
 * One probe under way: a GET whose response head is all that matters.
 *
 * #LbProber starts it and hears of its end, or cancels it. The probe owns its message and lives
 * until libsoup has let go of that, which after a cancellation is some turns of the main loop
 * later; its starter may be gone by then. It has no clock: whoever started it says when it has
 * expired.
 *
 * As soon as the head is there the message is cancelled, from within its got-headers signal:
 * nothing reads the body, however long it is, and libsoup closes the connection. (To close the
 * stream of the body instead would keep the connection until that is read; and without an
 * authentication manager libsoup collects the body of a 401 in memory.)
 */

/* libsoup reads 1xx responses for as long as they keep coming. */
#define LB_PROBE_MAX_INFORMATIONAL 16

#define LB_PROBE_STATUS_GOOD_MIN 200
#define LB_PROBE_STATUS_GOOD_MAX 399

struct _LbProbe
{
  SoupMessage *message;
  GCancellable *cancellable;
  char *own_server; /* a GRefString */

  LbProbeFunc done;
  gpointer user_data;

  GSocketAddress *address;
  gint64 connect_us;
  gint64 head_us;
  guint status;
  guint n_informational;
  GTlsCertificateFlags certificate_errors;
  guint resolving : 1;
  guint expired : 1;
};

static void
lb_probe_free (LbProbe *self)
{
  g_signal_handlers_disconnect_by_data (self->message, self);
  g_clear_object (&self->message);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->own_server, g_ref_string_release);
  g_clear_object (&self->address);
  g_free (self);
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
      g_clear_object (&self->address);
      self->address =
        g_socket_connection_get_remote_address (G_SOCKET_CONNECTION (connection), NULL);
      break;

    case G_SOCKET_CLIENT_CONNECTED:
    case G_SOCKET_CLIENT_PROXY_NEGOTIATING:
    case G_SOCKET_CLIENT_PROXY_NEGOTIATED:
    case G_SOCKET_CLIENT_TLS_HANDSHAKING:
    case G_SOCKET_CLIENT_TLS_HANDSHAKED:
    case G_SOCKET_CLIENT_COMPLETE:
    default:
      break;
    }
}

static gboolean
lb_probe_on_accept_certificate (LbProbe *self,
                                GTlsCertificate *certificate,
                                GTlsCertificateFlags errors)
{
  /* Only asked when something is wrong with it. */
  self->certificate_errors = errors;

  return FALSE;
}

static void
lb_probe_on_got_informational (LbProbe *self)
{
  if (++self->n_informational >= LB_PROBE_MAX_INFORMATIONAL)
    g_cancellable_cancel (self->cancellable);
}

static void
lb_probe_on_got_headers (LbProbe *self)
{
  self->head_us = g_get_monotonic_time ();
  self->status = soup_message_get_status (self->message);
  g_cancellable_cancel (self->cancellable);
}

static gboolean
lb_probe_was_answered_by_us (LbProbe *self)
{
  SoupMessageHeaders *headers = soup_message_get_response_headers (self->message);

  return self->own_server != NULL &&
         g_strcmp0 (soup_message_headers_get_one (headers, "Server"), self->own_server) == 0;
}

static void
lb_probe_judge_head (LbProbe *self, LbProbeResult *result)
{
  result->status = self->status;

  if (lb_probe_was_answered_by_us (self))
    {
      lb_probe_result_fail (result, LB_PROBE_ERROR_LOOP);
    }
  else if (self->status < LB_PROBE_STATUS_GOOD_MIN || self->status > LB_PROBE_STATUS_GOOD_MAX)
    {
      g_autofree char *error = g_strdup_printf (LB_PROBE_ERROR_STATUS " %u", self->status);

      lb_probe_result_fail (result, error);
    }
  else
    {
      result->ok = TRUE;
      result->response_us = self->head_us - self->connect_us;
    }
}

/* Returns: whether there is a result, that is whether it was not our own fault */
static gboolean
lb_probe_judge (LbProbe *self, const GError *error, LbProbeResult *result)
{
  if (self->expired)
    return FALSE;

  if (self->head_us != 0)
    {
      lb_probe_judge_head (self, result);
      return TRUE;
    }

  if (self->n_informational >= LB_PROBE_MAX_INFORMATIONAL)
    {
      lb_probe_result_fail (result, LB_PROBE_ERROR_INVALID);
      return TRUE;
    }

  if (lb_probe_error_is_ours (error, self->address))
    {
      g_debug ("A probe failed for a reason of ours: %s", error->message);
      return FALSE;
    }

  g_debug ("A probe failed: %s", error->message);
  lb_probe_result_fail (result, lb_probe_error_to_word (error, self->certificate_errors));
  return TRUE;
}

static void
lb_probe_on_sent (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  LbProbe *self = user_data;
  g_autoptr (GInputStream) body = NULL;
  g_autoptr (GError) error = NULL;
  LbProbeResult result = { .time_us = g_get_real_time (), .response_us = -1 };

  body = soup_session_send_finish (SOUP_SESSION (source), async_result, &error);

  /* The cancellation in got-headers forestalls this; if it did not, the connection must still go.
   */
  if (body != NULL)
    g_input_stream_close_async (body, G_PRIORITY_DEFAULT, NULL, NULL, NULL);

  if (self->done != NULL)
    {
      gboolean counts = lb_probe_judge (self, error, &result);

      self->done (self, counts ? &result : NULL, self->user_data);
      g_clear_pointer (&result.error, g_ref_string_release);
    }

  lb_probe_free (self);
}

/**
 * lb_probe_session_new:
 *
 * A session fit for probes: what it sends is what it was told to send, and no limit of its own
 * holds a probe back. It goes around any proxy, since what counts is whether this machine reaches
 * the backend. A certificate must be valid.
 *
 * Returns: (transfer full): a new session
 */
SoupSession *
lb_probe_session_new (void)
{
  SoupSession *session;

  session = soup_session_new_with_options ("max-conns", G_MAXINT, "max-conns-per-host", G_MAXINT,
                                           "proxy-resolver", NULL, "timeout", 0, "idle-timeout", 0,
                                           "user-agent", "load-balancer/" LB_VERSION, NULL);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_AUTH_MANAGER);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);

  return session;
}

/**
 * lb_probe_start:
 * @session: a session from lb_probe_session_new(); it is kept until the probe is over
 * @uri: what to get
 * @own_server: (nullable): a #GRefString, the value of the `Server` header that tells the
 * balancer's own answers
 * @done: (scope async): called when the probe is over
 * @user_data: for @done
 *
 * Starts a probe.
 *
 * Returns: (transfer none): the probe, valid until @done is called or it is cancelled
 */
LbProbe *
lb_probe_start (SoupSession *session,
                GUri *uri,
                char *own_server,
                LbProbeFunc done,
                gpointer user_data)
{
  LbProbe *self;
  SoupMessageHeaders *headers;

  g_return_val_if_fail (SOUP_IS_SESSION (session), NULL);
  g_return_val_if_fail (uri != NULL && done != NULL, NULL);

  self = g_new0 (LbProbe, 1);
  self->cancellable = g_cancellable_new ();
  self->own_server = own_server != NULL ? g_ref_string_acquire (own_server) : NULL;
  self->done = done;
  self->user_data = user_data;

  self->message = soup_message_new_from_uri (SOUP_METHOD_GET, uri);
  soup_message_add_flags (self->message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION);
  headers = soup_message_get_request_headers (self->message);
  soup_message_headers_replace (headers, "Connection", "close");

  g_signal_connect_swapped (self->message, "network-event", G_CALLBACK (lb_probe_on_network_event),
                            self);
  g_signal_connect_swapped (self->message, "accept-certificate",
                            G_CALLBACK (lb_probe_on_accept_certificate), self);
  g_signal_connect_swapped (self->message, "got-informational",
                            G_CALLBACK (lb_probe_on_got_informational), self);
  g_signal_connect_swapped (self->message, "got-headers", G_CALLBACK (lb_probe_on_got_headers),
                            self);

  soup_session_send_async (session, self->message, G_PRIORITY_DEFAULT, self->cancellable,
                           lb_probe_on_sent, self);

  return self;
}

/**
 * lb_probe_expire:
 * @self: a probe
 *
 * The time for the response head is over: cancels the probe, unless it still waits for the name of
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
