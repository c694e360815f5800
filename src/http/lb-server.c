/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-server"

#include "config.h"

#include "http/lb-server.h"

#include <string.h>

#include "http/lb-hand-over.h"
#include "http/lb-request-head.h"
#include "http/lb-stats-service.h"

/**
 * LbServer:
 *
 * Answers requests through libsoup: redirects, CORS preflights and what the balancer tells about
 * itself under `/stats`. The balancer makes one; its #SoupServer never listens, but is handed each
 * connection by an [class@LbListener] when a whole head has come.
 *
 * Requests are told apart by the raw target carried over from there, never by libsoup's path, which
 * has been decoded, and by what the port is for on which they came.
 */
struct _LbServer
{
  GObject parent_instance;

  SoupServer *soup;
  LbRedirector *redirector;
  LbStatsService *stats;
  guint16 redirect_port; /* 0 if none is known */
};

G_DEFINE_FINAL_TYPE (LbServer, lb_server, G_TYPE_OBJECT)

static void
lb_server_answer_text (SoupServerMessage *message,
                       guint status,
                       const char *text)
{
  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Cache-Control",
                                "no-store");
  soup_server_message_set_response (message, "text/plain; charset=utf-8", SOUP_MEMORY_COPY, text,
                                    strlen (text));
}

static gboolean
lb_server_is_preflight (SoupServerMessage *message)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);

  return soup_server_message_get_method (message) == SOUP_METHOD_OPTIONS &&
         soup_message_headers_get_one (headers, "Origin") != NULL &&
         soup_message_headers_get_one (headers, "Access-Control-Request-Method") != NULL;
}

/* Fetch standard, "CORS-preflight request". The asked-for header names are given back, since "*"
 * does not stand for Authorization. */
static void
lb_server_answer_preflight (SoupServerMessage *message,
                            const char *methods)
{
  SoupMessageHeaders *request = soup_server_message_get_request_headers (message);
  SoupMessageHeaders *response = soup_server_message_get_response_headers (message);
  const char *names = soup_message_headers_get_list (request, "Access-Control-Request-Headers");

  soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
  soup_message_headers_replace (response, "Access-Control-Allow-Methods", methods);
  soup_message_headers_replace (response, "Access-Control-Allow-Headers",
                                names != NULL ? names : "*");
  soup_message_headers_replace (response, "Access-Control-Max-Age", "86400");
}

static void
lb_server_answer_options (SoupServerMessage *message,
                          const char *methods)
{
  if (lb_server_is_preflight (message))
    {
      lb_server_answer_preflight (message, methods);
      return;
    }

  soup_server_message_set_status (message, SOUP_STATUS_NO_CONTENT, NULL);
  soup_message_headers_replace (soup_server_message_get_response_headers (message), "Allow",
                                methods);
}

static void
lb_server_answer_redirect (LbServer *self,
                           SoupServerMessage *message,
                           const LbTarget *target)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);
  GSocketAddress *remote = soup_server_message_get_remote_address (message);
  GInetAddress *address = g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (remote));
  g_autoptr (GString) location = NULL;
  LbRedirect redirect;
  LbRequestKey key = {
    .source = g_inet_address_to_bytes (address),
    .source_length = g_inet_address_get_native_size (address),
    .target = target->path,
    .target_length = target->path_length,
  };

  lb_redirector_redirect (self->redirector, &key, g_get_monotonic_time (), &redirect);

  if (redirect.status == SOUP_STATUS_SERVICE_UNAVAILABLE)
    {
      soup_message_headers_replace (headers, "Retry-After", "1");
      lb_server_answer_text (message, redirect.status, redirect.reason);
      return;
    }

  location = g_string_sized_new (redirect.prefix_length + 1 + target->path_length);
  g_string_append_len (location, redirect.prefix, (gssize) redirect.prefix_length);
  if (target->needs_slash)
    g_string_append_c (location, '/');
  g_string_append_len (location, target->path, (gssize) target->path_length);

  soup_server_message_set_status (message, redirect.status, NULL);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_message_headers_replace (headers, "Location", location->str);
  soup_message_headers_set_content_length (headers, 0);
}

static void
lb_server_answer_stats (LbServer *self,
                        SoupServerMessage *message,
                        const LbTarget *target)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *method = soup_server_message_get_method (message);
  const char *accept = soup_message_headers_get_list (headers, "Accept");
  LbStatsRoute route;

  lb_stats_route_find (&route, method, strlen (method), target, accept,
                       accept != NULL ? strlen (accept) : 0);

  if (route.status == SOUP_STATUS_NO_CONTENT)
    lb_server_answer_options (message, LB_STATS_METHODS);
  else
    lb_stats_service_answer (self->stats, message, &route);
}

/* Somebody asks for a redirect on the port that is only for what we tell. */
static void
lb_server_answer_elsewhere (LbServer *self,
                            SoupServerMessage *message)
{
  g_autoptr (GString) text = g_string_new ("There is nothing here but /stats.");

  if (self->redirect_port != 0)
    g_string_append_printf (text, " Requests are redirected on port %u.", self->redirect_port);
  g_string_append_c (text, '\n');

  lb_server_answer_text (message, SOUP_STATUS_NOT_FOUND, text->str);
}

static void
lb_server_refuse (LbServer *self,
                  SoupServerMessage *message)
{
  lb_redirector_get_traffic (self->redirector)->rejected[LB_REJECTION_MALFORMED]++;
  lb_server_answer_text (message, SOUP_STATUS_BAD_REQUEST, "The request target is malformed.\n");
}

static void
lb_server_on_request (SoupServer *soup,
                      SoupServerMessage *message,
                      const char *path,
                      GHashTable *query,
                      gpointer user_data)
{
  LbServer *self = user_data;
  const char *text = lb_hand_over_get_target (message);
  const LbRole role = lb_hand_over_get_role (message);
  LbTarget target;

  /* What the listener has handed over has been read there. */
  if (text == NULL || !lb_target_read (&target, text, strlen (text)))
    lb_server_refuse (self, message);
  else if (target.path == NULL)
    lb_server_answer_options (message, lb_role_get_methods (role, &target));
  else if (lb_role_tells (role, &target))
    lb_server_answer_stats (self, message, &target);
  else if (lb_server_is_preflight (message))
    lb_server_answer_preflight (message, lb_role_get_methods (role, &target));
  else if (role == LB_ROLE_STATS)
    lb_server_answer_elsewhere (self, message);
  else
    lb_server_answer_redirect (self, message, &target);
}

/* Set this early it is on libsoup's own errors, too. */
static void
lb_server_on_request_started (SoupServer *soup,
                              SoupServerMessage *message,
                              gpointer user_data)
{
  LbServer *self = user_data;

  soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                "Access-Control-Allow-Origin",
                                lb_redirector_get_origin (self->redirector));
}

static void
lb_server_dispose (GObject *object)
{
  LbServer *self = LB_SERVER (object);

  if (self->soup != NULL)
    {
      g_signal_handlers_disconnect_by_data (self->soup, self);
      soup_server_remove_handler (self->soup, NULL);
      soup_server_remove_handler (self->soup, "*");
      soup_server_disconnect (self->soup);
    }

  g_clear_object (&self->soup);
  g_clear_object (&self->redirector);
  g_clear_object (&self->stats);

  G_OBJECT_CLASS (lb_server_parent_class)->dispose (object);
}

static void
lb_server_class_init (LbServerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lb_server_dispose;
}

static void
lb_server_init (LbServer *self)
{
}

/**
 * lb_server_new:
 * @redirector: decides where requests go
 * @source: where the figures for `/stats` come from; copied, and what it refers to outlives the server
 *
 * Returns: (transfer full): a server that waits to be handed connections
 */
LbServer *
lb_server_new (LbRedirector *redirector,
               const LbStatsSource *source)
{
  LbServer *self;

  g_return_val_if_fail (LB_IS_REDIRECTOR (redirector), NULL);
  g_return_val_if_fail (source != NULL, NULL);

  self = g_object_new (LB_TYPE_SERVER, NULL);
  self->redirector = g_object_ref (redirector);
  self->stats = lb_stats_service_new (source);

  self->soup = soup_server_new ("server-header", lb_redirector_get_identity (redirector),
                                "raw-paths", TRUE, NULL);
  soup_server_add_handler (self->soup, NULL, lb_server_on_request, self, NULL);
  soup_server_add_handler (self->soup, "*", lb_server_on_request, self, NULL);
  g_signal_connect (self->soup, "request-started", G_CALLBACK (lb_server_on_request_started), self);

  return self;
}

/**
 * lb_server_get_soup_server:
 * @self: a server
 *
 * Returns: (transfer none): who a listener hands connections to
 */
SoupServer *
lb_server_get_soup_server (LbServer *self)
{
  g_return_val_if_fail (LB_IS_SERVER (self), NULL);

  return self->soup;
}

/**
 * lb_server_set_redirect_port:
 * @self: a server
 * @port: where requests are redirected, for who asks for that on a port that is only for `/stats`; or 0
 */
void
lb_server_set_redirect_port (LbServer *self,
                             guint16 port)
{
  g_return_if_fail (LB_IS_SERVER (self));

  self->redirect_port = port;
}
