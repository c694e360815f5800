/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-stats-service"

#include "config.h"

#include "http/lb-stats-service.h"

#include <string.h>

#include "http/lb-redirector.h"

#define ETAG_LENGTH 32

/**
 * LbStatsService:
 *
 * Answers requests for what is under `/stats` through libsoup, where an [struct@LbStatsRoute] says they
 * lead. The server owns the only one.
 *
 * What never changes is kept with a strong entity tag, so that a browser need not fetch it again;
 * everything else comes from an [class@LbStatsCache].
 */
struct _LbStatsService
{
  GObject parent_instance;

  LbStatsCache *cache;
  struct
  {
    GBytes *bytes;
    char *etag;
    char *policy;
  } constants[LB_N_STATS_KINDS]; /* NULL until they are asked for */
};

G_DEFINE_FINAL_TYPE (LbStatsService, lb_stats_service, G_TYPE_OBJECT)

/* A request that waits until its answer is made. */
typedef struct
{
  SoupServerMessage *message;
  gboolean is_over; /* libsoup has let go of it, and must not be told to go on with it */
} LbStatsWait;

static void
lb_stats_wait_on_over (LbStatsWait *self)
{
  self->is_over = TRUE;
}

static LbStatsWait *
lb_stats_wait_new (SoupServerMessage *message)
{
  LbStatsWait *self = g_new0 (LbStatsWait, 1);

  self->message = g_object_ref (message);
  g_signal_connect_swapped (message, "finished", G_CALLBACK (lb_stats_wait_on_over), self);
  g_signal_connect_swapped (message, "disconnected", G_CALLBACK (lb_stats_wait_on_over), self);
  soup_server_message_pause (message);

  return self;
}

/* Lets libsoup go on with it. */
static void
lb_stats_wait_end (LbStatsWait *self)
{
  g_signal_handlers_disconnect_by_data (self->message, self);
  if (!self->is_over)
    soup_server_message_unpause (self->message);

  g_object_unref (self->message);
  g_free (self);
}

static void
lb_stats_service_answer_text (SoupServerMessage *message,
                              guint status,
                              const char *text)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  soup_server_message_set_status (message, status, NULL);
  soup_message_headers_replace (headers, "Cache-Control", "no-store");
  soup_server_message_set_response (message, "text/plain; charset=utf-8", SOUP_MEMORY_COPY, text,
                                    strlen (text));
}

static void
lb_stats_service_answer_bytes (SoupServerMessage *message,
                               GBytes *bytes)
{
  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  /* However many read it, it is one. */
  soup_message_body_append_bytes (soup_server_message_get_response_body (message), bytes);
}

static void
lb_stats_service_on_made (GObject *object,
                          GAsyncResult *result,
                          gpointer user_data)
{
  LbStatsWait *wait = user_data;
  SoupServerMessage *message = wait->message;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) bytes = NULL;

  bytes = lb_stats_cache_render_finish (LB_STATS_CACHE (object), result, &error);

  if (bytes != NULL)
    lb_stats_service_answer_bytes (message, bytes);
  else
    {
      g_autofree char *text = g_strconcat (error->message, "\n", NULL);

      soup_message_headers_replace (soup_server_message_get_response_headers (message),
                                    "Retry-After", "1");
      lb_stats_service_answer_text (message, SOUP_STATUS_SERVICE_UNAVAILABLE, text);
    }

  lb_stats_wait_end (wait);
}

static void
lb_stats_service_answer_changing (LbStatsService *self,
                                  SoupServerMessage *message,
                                  const LbStatsKind *kind,
                                  const LbStatsRoute *route)
{
  g_autoptr (GBytes) parameters = NULL;
  g_autoptr (GError) error = NULL;

  if (kind->read_query != NULL)
    {
      parameters = kind->read_query (route->query, route->query_length, &error);
      if (parameters == NULL)
        {
          g_autofree char *text = g_strconcat (error->message, "\n", NULL);

          lb_stats_service_answer_text (message, SOUP_STATUS_BAD_REQUEST, text);
          return;
        }
    }

  lb_stats_cache_render_async (self->cache, kind, parameters, lb_stats_service_on_made,
                               lb_stats_wait_new (message));
}

/* RFC 9110, 13.1.2: a list of entity tags, of which it does not matter here whether they are weak, or
 * "*". What stands in one's quotes cannot be taken for another: ours has no quotes in it. */
static gboolean
lb_stats_service_is_known (SoupServerMessage *message,
                           const char *etag)
{
  SoupMessageHeaders *headers = soup_server_message_get_request_headers (message);
  const char *known = soup_message_headers_get_list (headers, "If-None-Match");

  return known != NULL && (strcmp (known, "*") == 0 || strstr (known, etag) != NULL);
}

static void
lb_stats_service_make_constant (LbStatsService *self,
                                LbStatsKindId id)
{
  const LbStatsKind *kind = lb_stats_kind_get (id);
  g_autofree char *sum = NULL;

  if (self->constants[id].bytes != NULL)
    return;

  self->constants[id].bytes = kind->make_constant ();
  self->constants[id].policy = kind->get_policy != NULL ? kind->get_policy () : NULL;
  sum = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, self->constants[id].bytes);
  self->constants[id].etag = g_strdup_printf ("\"%.*s\"", ETAG_LENGTH, sum);
}

static void
lb_stats_service_answer_constant (LbStatsService *self,
                                  SoupServerMessage *message,
                                  LbStatsKindId id)
{
  SoupMessageHeaders *headers = soup_server_message_get_response_headers (message);

  lb_stats_service_make_constant (self, id);

  soup_message_headers_replace (headers, "ETag", self->constants[id].etag);
  if (self->constants[id].policy != NULL)
    soup_message_headers_replace (headers, "Content-Security-Policy", self->constants[id].policy);

  if (lb_stats_service_is_known (message, self->constants[id].etag))
    soup_server_message_set_status (message, SOUP_STATUS_NOT_MODIFIED, NULL);
  else
    lb_stats_service_answer_bytes (message, self->constants[id].bytes);
}

static void
lb_stats_service_dispose (GObject *object)
{
  LbStatsService *self = LB_STATS_SERVICE (object);

  if (self->cache != NULL)
    lb_stats_cache_close (self->cache);
  g_clear_object (&self->cache);
  for (guint i = 0; i < LB_N_STATS_KINDS; i++)
    {
      g_clear_pointer (&self->constants[i].bytes, g_bytes_unref);
      g_clear_pointer (&self->constants[i].etag, g_free);
      g_clear_pointer (&self->constants[i].policy, g_free);
    }

  G_OBJECT_CLASS (lb_stats_service_parent_class)->dispose (object);
}

static void
lb_stats_service_class_init (LbStatsServiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lb_stats_service_dispose;
}

static void
lb_stats_service_init (LbStatsService *self)
{
}

/**
 * lb_stats_service_new:
 * @source: where the figures come from; copied, and what it refers to outlives the service
 *
 * Returns: (transfer full): a service
 */
LbStatsService *
lb_stats_service_new (const LbStatsSource *source)
{
  LbStatsService *self = g_object_new (LB_TYPE_STATS_SERVICE, NULL);

  self->cache = lb_stats_cache_new (source);

  return self;
}

/**
 * lb_stats_service_answer:
 * @self: a service
 * @message: the request
 * @route: where it leads, anywhere but 204
 *
 * Answers a request, now or, if that has to be made first, a little later.
 */
void
lb_stats_service_answer (LbStatsService *self,
                         SoupServerMessage *message,
                         const LbStatsRoute *route)
{
  SoupMessageHeaders *headers;
  const LbStatsKind *kind;

  g_return_if_fail (LB_IS_STATS_SERVICE (self));

  headers = soup_server_message_get_response_headers (message);
  soup_message_headers_replace (headers, "X-Content-Type-Options", "nosniff");
  if (route->varies)
    soup_message_headers_replace (headers, "Vary", "Accept");
  if (route->status == SOUP_STATUS_METHOD_NOT_ALLOWED)
    soup_message_headers_replace (headers, "Allow", LB_STATS_METHODS);

  if (route->status != SOUP_STATUS_OK)
    {
      lb_stats_service_answer_text (message, route->status, route->text);
      return;
    }

  kind = lb_stats_kind_get (route->kind);
  soup_message_headers_replace (headers, "Content-Type", kind->content_type);
  soup_message_headers_replace (headers, "Cache-Control", kind->cache_control);

  if (kind->make_constant != NULL)
    lb_stats_service_answer_constant (self, message, route->kind);
  else
    lb_stats_service_answer_changing (self, message, kind, route);
}
