/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-samples"

#include "config.h"

#include "lb-samples.h"

#include <libsoup/soup.h>

#include "http/lb-hand-over.h"
#include "http/lb-listener.h"

/* How many answers of one sample may be on their way, and how many clients it may have. */
#define PENDING_MAX 256
#define CLIENTS_MAX 512

/**
 * LbSamples:
 *
 * Three web services of different speed, in this process and on loopback, for someone who wants to see
 * the balancer at work before there is anything to balance. The balancer makes them when they are
 * asked for and keeps them as long as it runs. Each waits for a time that varies by half around its
 * own, then answers any request with a page that says who answered.
 */
typedef struct
{
  const char *name;
  guint delay_ms;

  SoupServer *soup;
  LbListener *listener;
  GHashTable *pending; /* set of GSource *, each of an answer that waits */
} LbSample;

struct _LbSamples
{
  GObject parent_instance;

  LbSample samples[3];
  GPtrArray *urls; /* NULL-terminated */
};

typedef struct
{
  LbSample *sample;
  SoupServerMessage *message;
  GSource *source;
} LbSampleAnswer;

G_DEFINE_FINAL_TYPE (LbSamples, lb_samples, G_TYPE_OBJECT)

static void
lb_sample_answer_free (gpointer data)
{
  LbSampleAnswer *answer = data;

  g_object_unref (answer->message);
  g_free (answer);
}

static void
lb_sample_release_source (gpointer data)
{
  GSource *source = data;

  g_source_destroy (source);
  g_source_unref (source);
}

static gboolean
lb_sample_on_due (gpointer user_data)
{
  LbSampleAnswer *answer = user_data;

  soup_server_message_unpause (answer->message);
  g_hash_table_remove (answer->sample->pending, answer->source);

  return G_SOURCE_REMOVE;
}

static void
lb_sample_delay (LbSample *self,
                 SoupServerMessage *message)
{
  const double delay_ms = self->delay_ms * g_random_double_range (0.75, 1.25);
  GSource *source = g_timeout_source_new ((guint) delay_ms);
  LbSampleAnswer *answer = g_new0 (LbSampleAnswer, 1);

  answer->sample = self;
  answer->message = g_object_ref (message);
  answer->source = source;

  soup_server_message_pause (message);
  g_source_set_static_name (source, "[lb] sample's answer");
  g_source_set_callback (source, lb_sample_on_due, answer, lb_sample_answer_free);
  g_hash_table_add (self->pending, source);
  g_source_attach (source, g_main_context_get_thread_default ());
}

static void
lb_sample_on_request (SoupServer *soup,
                      SoupServerMessage *message,
                      const char *path,
                      GHashTable *query,
                      gpointer user_data)
{
  LbSample *self = user_data;
  const char *target = lb_hand_over_get_target (message);
  g_autofree char *escaped = g_markup_escape_text (target != NULL ? target : path, -1);
  g_autofree char *page = NULL;

  if (g_hash_table_size (self->pending) >= PENDING_MAX)
    {
      soup_server_message_set_status (message, SOUP_STATUS_SERVICE_UNAVAILABLE, NULL);
      return;
    }

  page = g_strdup_printf (
    "<!DOCTYPE html>\n"
    "<html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title>\n"
    "<meta name=\"color-scheme\" content=\"light dark\">\n"
    "<style>body { font: 18px/1.5 system-ui, sans-serif; margin: 15vh auto; max-width: 30em; "
    "padding: 0 1em; }</style></head>\n"
    "<body><h1>%s</h1>\n"
    "<p>This page comes from one of Load Balancer’s sample backends. It takes about %u ms to "
    "answer.</p>\n"
    "<p>You asked for <code>%s</code>. Ask the balancer again, and another backend may answer.</p>\n"
    "</body></html>\n",
    self->name, self->name, self->delay_ms, escaped);

  soup_server_message_set_status (message, SOUP_STATUS_OK, NULL);
  soup_server_message_set_response (message, "text/html; charset=utf-8", SOUP_MEMORY_COPY, page,
                                    strlen (page));
  lb_sample_delay (self, message);
}

static void
lb_sample_init (LbSample *self,
                const char *name,
                guint delay_ms)
{
  g_autoptr (LbExpressLane) lane = lb_express_lane_new (NULL);

  self->name = name;
  self->delay_ms = delay_ms;
  self->pending = g_hash_table_new_full (NULL, NULL, lb_sample_release_source, NULL);
  self->soup = soup_server_new ("server-header", "load-balancer-sample", NULL);
  self->listener = lb_listener_new (self->soup, lane);
  lb_listener_set_max_connections (self->listener, CLIENTS_MAX);

  soup_server_add_handler (self->soup, NULL, lb_sample_on_request, self, NULL);
}

static gboolean
lb_sample_start (LbSample *self,
                 GError **error)
{
  static const char *const addresses[] = { "127.0.0.1", NULL };

  return lb_listener_listen (self->listener, addresses, 0, error);
}

static void
lb_sample_clear (LbSample *self)
{
  if (self->soup == NULL)
    return;

  lb_listener_close (self->listener);
  soup_server_remove_handler (self->soup, NULL);
  soup_server_disconnect (self->soup);
  g_clear_pointer (&self->pending, g_hash_table_unref);
  g_clear_object (&self->listener);
  g_clear_object (&self->soup);
}

static void
lb_samples_dispose (GObject *object)
{
  LbSamples *self = LB_SAMPLES (object);

  for (guint i = 0; i < G_N_ELEMENTS (self->samples); i++)
    lb_sample_clear (&self->samples[i]);

  G_OBJECT_CLASS (lb_samples_parent_class)->dispose (object);
}

static void
lb_samples_finalize (GObject *object)
{
  LbSamples *self = LB_SAMPLES (object);

  g_clear_pointer (&self->urls, g_ptr_array_unref);

  G_OBJECT_CLASS (lb_samples_parent_class)->finalize (object);
}

static void
lb_samples_class_init (LbSamplesClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_samples_dispose;
  object_class->finalize = lb_samples_finalize;
}

static void
lb_samples_init (LbSamples *self)
{
  self->urls = g_ptr_array_new_with_free_func (g_free);

  lb_sample_init (&self->samples[0], "Swift", 20);
  lb_sample_init (&self->samples[1], "Steady", 60);
  lb_sample_init (&self->samples[2], "Slow", 150);
}

/**
 * lb_samples_new:
 * @error: return location for a #GError
 *
 * Starts the samples on ports that the system picks.
 *
 * Sets a #GIOErrorEnum.
 *
 * Returns: (transfer full) (nullable): the samples
 */
LbSamples *
lb_samples_new (GError **error)
{
  g_autoptr (LbSamples) self = g_object_new (LB_TYPE_SAMPLES, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (self->samples); i++)
    {
      if (!lb_sample_start (&self->samples[i], error))
        return NULL;

      g_ptr_array_add (self->urls,
                       g_strdup (lb_listener_get_uris (self->samples[i].listener)[0]));
    }
  g_ptr_array_add (self->urls, NULL);

  return g_steal_pointer (&self);
}

/**
 * lb_samples_get_urls:
 * @self: the samples
 *
 * Returns: (transfer none) (array zero-terminated=1): where they are
 */
const char *const *
lb_samples_get_urls (LbSamples *self)
{
  g_return_val_if_fail (LB_IS_SAMPLES (self), NULL);

  return (const char *const *) self->urls->pdata;
}
