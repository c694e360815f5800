/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-probe"

#include "config.h"

#include "probe/lb-probe-request.h"

#include <string.h>

#include "pool/lb-probe-checks.h"
#include "probe/lb-orca.h"

/*
 * What the probes of one backend ask, and what they expect: its URL and its settings, everybody's
 * with its exceptions, put together once. It never changes, so that a probe under way may keep it
 * while the settings become others.
 */

#define USER_AGENT "load-balancer/" LB_VERSION

struct _LbProbeRequest
{
  GUri *uri;
  LbProbeSettings settings;
};

/* Puts @path, with its query, in place of what @uri has. */
static GUri *
lb_probe_request_replace_path (GUri *uri,
                               const char *path)
{
  const gsize length = strcspn (path, "?");
  g_autofree char *bare = g_strndup (path, length);

  return g_uri_build (SOUP_HTTP_URI_FLAGS, g_uri_get_scheme (uri), NULL, g_uri_get_host (uri),
                      g_uri_get_port (uri), bare, path[length] == '?' ? path + length + 1 : NULL,
                      NULL);
}

static void
lb_probe_request_finalize (gpointer data)
{
  LbProbeRequest *self = data;

  g_uri_unref (self->uri);
  lb_probe_settings_clear (&self->settings);
}

/**
 * lb_probe_request_new:
 * @url: the backend's URL, as lb_backend_get_url() gives it
 * @settings: how it is probed; copied. Its texts have been checked.
 *
 * Returns: (transfer full): a new request
 */
LbProbeRequest *
lb_probe_request_new (const char *url,
                      const LbProbeSettings *settings)
{
  LbProbeRequest *self;
  g_autoptr (GUri) uri = NULL;
  g_autofree char *place = NULL;

  g_return_val_if_fail (url != NULL && settings != NULL, NULL);

  place = settings->url != NULL ? lb_probe_normalize_url (settings->url) : g_strdup (url);
  uri = g_uri_parse (place, SOUP_HTTP_URI_FLAGS, NULL);
  g_return_val_if_fail (uri != NULL, NULL);

  self = g_rc_box_new0 (LbProbeRequest);
  lb_probe_settings_copy (&self->settings, settings);
  self->uri = settings->path != NULL ? lb_probe_request_replace_path (uri, settings->path)
                                     : g_steal_pointer (&uri);

  return self;
}

/**
 * lb_probe_request_ref:
 * @self: a request
 *
 * Returns: (transfer full): @self
 */
LbProbeRequest *
lb_probe_request_ref (LbProbeRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return g_rc_box_acquire (self);
}

/**
 * lb_probe_request_unref:
 * @self: (transfer full): a request
 */
void
lb_probe_request_unref (LbProbeRequest *self)
{
  g_return_if_fail (self != NULL);

  g_rc_box_release_full (self, lb_probe_request_finalize);
}

/**
 * lb_probe_request_get_settings:
 * @self: a request
 *
 * Returns: (transfer none): how the backend is probed
 */
const LbProbeSettings *
lb_probe_request_get_settings (LbProbeRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return &self->settings;
}

/**
 * lb_probe_request_get_uri:
 * @self: a request
 *
 * Returns: (transfer none): what is asked for
 */
GUri *
lb_probe_request_get_uri (LbProbeRequest *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->uri;
}

/**
 * lb_probe_request_is_secure:
 * @self: a request
 *
 * Returns: whether it begins with a TLS handshake
 */
gboolean
lb_probe_request_is_secure (LbProbeRequest *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return !self->settings.tcp_only && strcmp (g_uri_get_scheme (self->uri), "https") == 0;
}

/**
 * lb_probe_request_create_address:
 * @self: a request
 *
 * Returns: (transfer full): the host and port to connect to
 */
GSocketConnectable *
lb_probe_request_create_address (LbProbeRequest *self)
{
  const gboolean secure = strcmp (g_uri_get_scheme (self->uri), "https") == 0;
  int port = g_uri_get_port (self->uri);

  if (port < 0)
    port = secure ? 443 : 80;

  return g_network_address_new (g_uri_get_host (self->uri), (guint16) port);
}

static void
lb_probe_request_append_line (SoupMessageHeaders *headers,
                              const char *line)
{
  const char *colon = strchr (line, ':');
  g_autofree char *name = g_strndup (line, (gsize) (colon - line));
  g_autofree char *value = g_strstrip (g_strdup (colon + 1));

  soup_message_headers_append (headers, name, value);
}

/* What a person has set stands before what is sent otherwise. */
static void
lb_probe_request_set_default (SoupMessageHeaders *headers,
                              const char *name,
                              const char *value)
{
  if (soup_message_headers_get_one (headers, name) == NULL)
    soup_message_headers_append (headers, name, value);
}

/**
 * lb_probe_request_create_message:
 * @self: a request
 *
 * Makes the message of one probe, for a connection of its own that ends with it. No encoding is
 * asked for, so that a text can be found in the body.
 *
 * Returns: (transfer full): a new message
 */
SoupMessage *
lb_probe_request_create_message (LbProbeRequest *self)
{
  SoupMessage *message;
  SoupMessageHeaders *headers;

  g_return_val_if_fail (self != NULL, NULL);

  message = soup_message_new_from_uri (self->settings.method, self->uri);
  soup_message_add_flags (message, SOUP_MESSAGE_NO_REDIRECT | SOUP_MESSAGE_NEW_CONNECTION);
  /* Else libsoup collects the body of a 401 in memory. */
  soup_message_disable_feature (message, SOUP_TYPE_AUTH_MANAGER);

  headers = soup_message_get_request_headers (message);
  for (guint i = 0; self->settings.headers != NULL && self->settings.headers[i] != NULL; i++)
    lb_probe_request_append_line (headers, self->settings.headers[i]);

  if (self->settings.host != NULL)
    soup_message_headers_replace (headers, "Host", self->settings.host);
  soup_message_headers_replace (headers, "Connection", "close");
  lb_probe_request_set_default (headers, "User-Agent", USER_AGENT);
  lb_probe_request_set_default (headers, LB_ORCA_REQUEST_HEADER, "json");

  return message;
}
