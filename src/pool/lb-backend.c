/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-backend"

#include "config.h"

#include "pool/lb-backend.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pool/lb-url.h"

/**
 * LbBackend:
 *
 * One place where traffic can go. Whoever adds it to an [class@LbPool] makes it from a URL, which
 * never changes. A person sets its weight and state; the prober sets its health and hands in what
 * each probe saw; the redirector counts. What changes by hand or by health is a property and
 * notified, for lists and for the pool; what changes with traffic is a plain field that others read
 * from an [struct@LbSnapshot].
 */
struct _LbBackend
{
  GObject parent_instance;

  /* What each decision and each redirect touches, together. */
  LbLoad load;
  guint64 redirects;
  char *url; /* a GRefString, shared with snapshots */
  gsize prefix_length;

  /* What is looked at each second, together with the number of redirects. */
  LbState state;
  LbHealth health;
  LbProbeResult last_probe;
  LbSampledRate rate;

  char *host;
  guint16 port;
  guint weight;
  gboolean backup;
  gboolean left_out;
  gboolean transient;

  LbProbeRecord record;
  LbProbeLog log;
  LbLatency latency;
  LbProxyRecord proxied;

  LbProbeExceptions exceptions;
};

enum
{
  PROP_URL = 1,
  PROP_WEIGHT,
  PROP_STATE,
  PROP_HEALTH,
  PROP_BACKUP,
  PROP_LEFT_OUT,
  PROP_TRANSIENT,
  PROP_EXCEPTIONS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbBackend, lb_backend, G_TYPE_OBJECT)

static void
lb_backend_finalize (GObject *object)
{
  LbBackend *self = LB_BACKEND (object);

  g_clear_pointer (&self->url, g_ref_string_release);
  g_clear_pointer (&self->host, g_free);
  g_clear_pointer (&self->last_probe.error, g_ref_string_release);
  lb_probe_log_clear (&self->log);
  lb_probe_exceptions_clear (&self->exceptions);

  G_OBJECT_CLASS (lb_backend_parent_class)->finalize (object);
}

static void
lb_backend_get_property (GObject *object,
                         guint prop_id,
                         GValue *value,
                         GParamSpec *pspec)
{
  LbBackend *self = LB_BACKEND (object);

  switch (prop_id)
    {
    case PROP_URL:
      g_value_set_string (value, self->url);
      break;

    case PROP_WEIGHT:
      g_value_set_uint (value, self->weight);
      break;

    case PROP_STATE:
      g_value_set_enum (value, (int) self->state);
      break;

    case PROP_HEALTH:
      g_value_set_enum (value, (int) self->health);
      break;

    case PROP_BACKUP:
      g_value_set_boolean (value, self->backup);
      break;

    case PROP_LEFT_OUT:
      g_value_set_boolean (value, self->left_out);
      break;

    case PROP_TRANSIENT:
      g_value_set_boolean (value, self->transient);
      break;

    case PROP_EXCEPTIONS:
      g_value_set_boxed (value, &self->exceptions);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_backend_set_property (GObject *object,
                         guint prop_id,
                         const GValue *value,
                         GParamSpec *pspec)
{
  LbBackend *self = LB_BACKEND (object);

  switch (prop_id)
    {
    case PROP_WEIGHT:
      lb_backend_set_weight (self, g_value_get_uint (value), NULL);
      break;

    case PROP_STATE:
      lb_backend_set_state (self, (LbState) g_value_get_enum (value));
      break;

    case PROP_BACKUP:
      lb_backend_set_backup (self, g_value_get_boolean (value));
      break;

    case PROP_TRANSIENT:
      lb_backend_set_transient (self, g_value_get_boolean (value));
      break;

    case PROP_EXCEPTIONS:
      lb_backend_set_exceptions (self, g_value_get_boxed (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_backend_class_init (LbBackendClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags read = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  const GParamFlags write = read | G_PARAM_WRITABLE | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = lb_backend_finalize;
  object_class->get_property = lb_backend_get_property;
  object_class->set_property = lb_backend_set_property;

  properties[PROP_URL] = g_param_spec_string ("url", NULL, NULL, NULL, read);
  properties[PROP_WEIGHT] = g_param_spec_uint ("weight", NULL, NULL, 1, LB_WEIGHT_MAX, 1, write);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, LB_TYPE_STATE, LB_STATE_READY, write);
  properties[PROP_HEALTH] =
    g_param_spec_enum ("health", NULL, NULL, LB_TYPE_HEALTH, LB_HEALTH_UNKNOWN, read);
  properties[PROP_BACKUP] = g_param_spec_boolean ("backup", NULL, NULL, FALSE, write);
  properties[PROP_LEFT_OUT] = g_param_spec_boolean ("left-out", NULL, NULL, FALSE, read);
  properties[PROP_TRANSIENT] = g_param_spec_boolean ("transient", NULL, NULL, FALSE, write);
  properties[PROP_EXCEPTIONS] =
    g_param_spec_boxed ("exceptions", NULL, NULL, LB_TYPE_PROBE_EXCEPTIONS, write);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
lb_backend_init (LbBackend *self)
{
  self->weight = 1;
  self->last_probe.response_us = -1;
  lb_load_init (&self->load);
  lb_proxy_record_init (&self->proxied);
}

/**
 * lb_backend_new:
 * @url: where it is, see lb_url_normalize()
 * @error: return location for a #GError
 *
 * Makes a backend of weight 1, ready, of unknown health, that no pool has yet.
 *
 * Sets %LB_POOL_ERROR_INVALID_URL.
 *
 * Returns: (transfer full) (nullable): the backend
 */
LbBackend *
lb_backend_new (const char *url,
                GError **error)
{
  g_autoptr (LbBackend) self = NULL;
  g_autofree char *normalized = NULL;

  g_return_val_if_fail (url != NULL, NULL);

  self = g_object_new (LB_TYPE_BACKEND, NULL);
  normalized = lb_url_normalize (url, &self->host, &self->port, error);
  if (normalized == NULL)
    return NULL;

  self->url = g_ref_string_new (normalized);
  self->prefix_length = strlen (normalized);
  if (g_str_has_suffix (normalized, "/"))
    self->prefix_length--;

  return g_steal_pointer (&self);
}

/**
 * lb_backend_get_url:
 * @self: a backend
 *
 * Returns: its normalised URL, a #GRefString
 */
const char *
lb_backend_get_url (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), NULL);

  return self->url;
}

/**
 * lb_backend_get_host:
 * @self: a backend
 *
 * Returns: the host of its URL, an IPv6 address without brackets
 */
const char *
lb_backend_get_host (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), NULL);

  return self->host;
}

/**
 * lb_backend_get_port:
 * @self: a backend
 *
 * Returns: the port of its URL, or the scheme's own
 */
guint16
lb_backend_get_port (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), 0);

  return self->port;
}

/**
 * lb_backend_get_prefix:
 * @self: a backend
 * @length: (out): its length in bytes
 *
 * What stands before the request target in a Location: the URL without its final "/".
 *
 * Returns: the prefix, not terminated at @length
 */
const char *
lb_backend_get_prefix (LbBackend *self,
                       gsize *length)
{
  *length = self->prefix_length;

  return self->url;
}

/**
 * lb_backend_dup_prefix:
 * @self: a backend
 *
 * Two backends with the same prefix are one and the same to clients.
 *
 * Returns: (transfer full): its prefix, see lb_backend_get_prefix()
 */
char *
lb_backend_dup_prefix (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), NULL);

  return g_strndup (self->url, self->prefix_length);
}

/**
 * lb_backend_get_weight:
 * @self: a backend
 *
 * Returns: its weight, 1 to %LB_WEIGHT_MAX
 */
guint
lb_backend_get_weight (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), 1);

  return self->weight;
}

/**
 * lb_backend_set_weight:
 * @self: a backend
 * @weight: how much of the traffic it takes beside the others
 * @error: return location for a #GError
 *
 * Sets %LB_POOL_ERROR_INVALID_WEIGHT for a weight that is not 1 to %LB_WEIGHT_MAX.
 *
 * Returns: %TRUE if it has this weight now
 */
gboolean
lb_backend_set_weight (LbBackend *self,
                       guint weight,
                       GError **error)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), FALSE);

  if (weight < 1 || weight > LB_WEIGHT_MAX)
    {
      g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_WEIGHT,
                   _ ("A weight is a whole number from 1 to %d. To send a backend no new clients, "
                      "set it to drain instead."),
                   LB_WEIGHT_MAX);
      return FALSE;
    }

  if (self->weight == weight)
    return TRUE;

  self->weight = weight;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_WEIGHT]);

  return TRUE;
}

/**
 * lb_backend_get_state:
 * @self: a backend
 *
 * Returns: what a person wants of it
 */
LbState
lb_backend_get_state (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), LB_STATE_READY);

  return self->state;
}

/**
 * lb_backend_set_state:
 * @self: a backend
 * @state: what a person wants of it
 */
void
lb_backend_set_state (LbBackend *self,
                      LbState state)
{
  g_return_if_fail (LB_IS_BACKEND (self));

  if (self->state == state)
    return;

  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/**
 * lb_backend_get_health:
 * @self: a backend
 *
 * Returns: what the probes say of it
 */
LbHealth
lb_backend_get_health (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), LB_HEALTH_UNKNOWN);

  return self->health;
}

/**
 * lb_backend_set_health:
 * @self: a backend
 * @health: what the probes say of it
 * @now_us: the monotonic time in microseconds
 */
void
lb_backend_set_health (LbBackend *self,
                       LbHealth health,
                       gint64 now_us)
{
  g_return_if_fail (LB_IS_BACKEND (self));

  if (self->health == health)
    return;

  lb_probe_record_change_health (&self->record, self->health, health, now_us);

  self->health = health;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_HEALTH]);
}

/**
 * lb_backend_get_backup:
 * @self: a backend
 *
 * Returns: %TRUE if it is used only when no other can serve
 */
gboolean
lb_backend_get_backup (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), FALSE);

  return self->backup;
}

/**
 * lb_backend_set_backup:
 * @self: a backend
 * @backup: %TRUE if it is used only when no other can serve
 */
void
lb_backend_set_backup (LbBackend *self,
                       gboolean backup)
{
  g_return_if_fail (LB_IS_BACKEND (self));

  backup = !!backup;

  if (self->backup == backup)
    return;

  self->backup = backup;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BACKUP]);
}

/**
 * lb_backend_get_left_out:
 * @self: a backend
 *
 * Returns: %TRUE if what carries the traffic cannot send it any
 */
gboolean
lb_backend_get_left_out (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), FALSE);

  return self->left_out;
}

/**
 * lb_backend_set_left_out:
 * @self: a backend
 * @left_out: %TRUE if what carries the traffic cannot send it any, and does not probe it either
 * @now_us: the monotonic time in microseconds
 *
 * Who is left out is as before its first probe: the last one tells nothing of now.
 */
void
lb_backend_set_left_out (LbBackend *self,
                         gboolean left_out,
                         gint64 now_us)
{
  g_return_if_fail (LB_IS_BACKEND (self));

  left_out = !!left_out;

  if (self->left_out == left_out)
    return;

  self->left_out = left_out;
  if (left_out)
    {
      g_clear_pointer (&self->last_probe.error, g_ref_string_release);
      self->last_probe = (LbProbeResult){ .response_us = -1 };
      lb_proxy_record_forget (&self->proxied);
      lb_backend_set_health (self, LB_HEALTH_UNKNOWN, now_us);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LEFT_OUT]);
}

/**
 * lb_backend_get_transient:
 * @self: a backend
 *
 * Returns: %TRUE if it is here for this run only and not remembered
 */
gboolean
lb_backend_get_transient (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), FALSE);

  return self->transient;
}

/**
 * lb_backend_set_transient:
 * @self: a backend
 * @transient: %TRUE if it is here for this run only and not remembered
 */
void
lb_backend_set_transient (LbBackend *self,
                          gboolean transient)
{
  g_return_if_fail (LB_IS_BACKEND (self));

  transient = !!transient;

  if (self->transient == transient)
    return;

  self->transient = transient;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TRANSIENT]);
}

/**
 * lb_backend_get_exceptions:
 * @self: a backend
 *
 * Returns: (transfer none): in what it is probed otherwise than all the others; valid until it is
 *   set anew
 */
const LbProbeExceptions *
lb_backend_get_exceptions (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), NULL);

  return &self->exceptions;
}

/**
 * lb_backend_set_exceptions:
 * @self: a backend
 * @exceptions: (nullable): in what it is probed otherwise than all the others; copied
 */
void
lb_backend_set_exceptions (LbBackend *self,
                           const LbProbeExceptions *exceptions)
{
  static const LbProbeExceptions none = { 0 };

  g_return_if_fail (LB_IS_BACKEND (self));

  if (exceptions == NULL)
    exceptions = &none;

  if (lb_probe_exceptions_equal (&self->exceptions, exceptions))
    return;

  lb_probe_exceptions_copy (&self->exceptions, exceptions);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_EXCEPTIONS]);
}

/**
 * lb_backend_begin:
 * @self: a backend
 * @now_us: the monotonic time in microseconds
 *
 * Says that it is probed from now on. Called whenever a pool takes it in: what was before, such as a
 * time for which it was removed, is no time in which it was down.
 */
void
lb_backend_begin (LbBackend *self,
                  gint64 now_us)
{
  g_return_if_fail (LB_IS_BACKEND (self));

  lb_probe_record_begin (&self->record, now_us);
}

/**
 * lb_backend_record_probe:
 * @self: a backend
 * @result: what the probe saw; its error is copied
 * @now_us: the monotonic time in microseconds
 *
 * Remembers what a probe saw. The response time of a good one joins the window, and says how fast
 * requests in flight fade.
 */
void
lb_backend_record_probe (LbBackend *self,
                         const LbProbeResult *result,
                         gint64 now_us)
{
  g_autoptr (GRefString) old_error = NULL;

  g_return_if_fail (LB_IS_BACKEND (self));
  g_return_if_fail (result != NULL);

  old_error = self->last_probe.error;
  self->last_probe = *result;
  self->last_probe.error = result->error != NULL ? g_ref_string_new (result->error) : NULL;
  lb_probe_record_add (&self->record, result, self->health, now_us);
  lb_probe_log_add (&self->log, &self->last_probe);

  if (!result->ok || result->response_us < 0)
    return;

  lb_latency_add (&self->latency, result->response_us);
  lb_load_add_response (&self->load, result->response_us, now_us);
}

/**
 * lb_backend_get_last_probe:
 * @self: a backend
 *
 * Returns: what the last probe saw; its time is 0 before the first
 */
const LbProbeResult *
lb_backend_get_last_probe (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), NULL);

  return &self->last_probe;
}

/**
 * lb_backend_get_latency:
 * @self: a backend
 *
 * Returns: its window of good response times
 */
const LbLatency *
lb_backend_get_latency (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), NULL);

  return &self->latency;
}

/**
 * lb_backend_get_record:
 * @self: a backend
 *
 * Returns: what its probes have said since the start
 */
const LbProbeRecord *
lb_backend_get_record (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), NULL);

  return &self->record;
}

/**
 * lb_backend_get_probe_log:
 * @self: a backend
 *
 * Only one backend at a time is looked at so closely, so that this is not part of a snapshot.
 *
 * Returns: what each of its last probes saw
 */
const LbProbeLog *
lb_backend_get_probe_log (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), NULL);

  return &self->log;
}

/**
 * lb_backend_count_redirect:
 * @self: a backend
 * @now_us: the monotonic time in microseconds
 *
 * Counts a request that was sent here. Called by the pool for every request.
 */
void
lb_backend_count_redirect (LbBackend *self,
                           gint64 now_us)
{
  self->redirects++;
  lb_load_add_request (&self->load, now_us);
}

/**
 * lb_backend_count_requests:
 * @self: a backend
 * @n: how many
 *
 * Counts requests that somebody else has sent here, and whose number in flight is known: see
 * lb_load_set_in_flight(). Called by the pool.
 */
void
lb_backend_count_requests (LbBackend *self,
                           guint64 n)
{
  self->redirects += n;
}

/**
 * lb_backend_get_redirects:
 * @self: a backend
 *
 * Returns: how many requests were sent here
 */
guint64
lb_backend_get_redirects (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), 0);

  return self->redirects;
}

/**
 * lb_backend_prefetch:
 * @self: a backend
 *
 * Says that lb_backend_look() is going to be called soon.
 */
void
lb_backend_prefetch (LbBackend *self)
{
  __builtin_prefetch (&self->redirects);
  __builtin_prefetch (&self->rate.counts[LB_N_LOOKS - 1], 1);
}

/**
 * lb_backend_look:
 * @self: a backend
 * @back: what its rate goes back to
 * @sample: (out caller-allocates): how it is
 *
 * Looks at how it is and at how many requests were sent here since the last time. Called by the pool
 * once a second.
 */
void
lb_backend_look (LbBackend *self,
                 LbLookBack back,
                 LbHistorySample *sample)
{
  const LbProbeResult *probe = &self->last_probe;
  const guint64 redirects = lb_sampled_rate_look (&self->rate, self->redirects, back);
  guint32 response_us = LB_HISTORY_NO_RESPONSE;

  if (self->health != LB_HEALTH_DOWN && probe->ok && probe->response_us >= 0)
    response_us = (guint32) MIN (probe->response_us, LB_HISTORY_NO_RESPONSE - 1);

  sample->response_us = response_us & LB_HISTORY_NO_RESPONSE;
  sample->health = self->health & 3u;
  sample->state = self->state & 3u;
  sample->redirects = (guint32) MIN (redirects, G_MAXUINT32);
}

/**
 * lb_backend_get_rate:
 * @self: a backend
 *
 * Returns: how many requests a second were sent here
 */
const LbSampledRate *
lb_backend_get_rate (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), NULL);

  return &self->rate;
}

/**
 * lb_backend_get_load:
 * @self: a backend
 *
 * Returns: (transfer none): how busy it is and how much of its weight it can take
 */
LbLoad *
lb_backend_get_load (LbBackend *self)
{
  return &self->load;
}

/**
 * lb_backend_get_proxied:
 * @self: a backend
 *
 * Returns: (transfer none): what a proxy knows of it, for who drives one to keep
 */
LbProxyRecord *
lb_backend_get_proxied (LbBackend *self)
{
  g_return_val_if_fail (LB_IS_BACKEND (self), NULL);

  return &self->proxied;
}

/**
 * lb_backend_get_effective_weight:
 * @self: a backend
 * @now_us: the monotonic time in microseconds
 *
 * Returns: the weight with what slow start and learning make of it; positive
 */
double
lb_backend_get_effective_weight (LbBackend *self,
                                 gint64 now_us)
{
  return self->weight * lb_load_get_factor (&self->load, now_us);
}
