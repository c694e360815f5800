/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "pool/lb-latency.h"

G_BEGIN_DECLS

#define LB_WEIGHT_MAX 256

#define LB_POOL_ERROR (lb_pool_error_quark ())

/**
 * LbPoolError:
 * @LB_POOL_ERROR_INVALID_URL: the text is no URL of a backend
 * @LB_POOL_ERROR_DUPLICATE: the pool has this backend already
 * @LB_POOL_ERROR_OWN_ADDRESS: the backend would be the balancer itself
 * @LB_POOL_ERROR_INVALID_WEIGHT: the weight is out of range
 *
 * Why a backend is refused. The message is a translated sentence that says what to change.
 */
typedef enum
{
  LB_POOL_ERROR_INVALID_URL,
  LB_POOL_ERROR_DUPLICATE,
  LB_POOL_ERROR_OWN_ADDRESS,
  LB_POOL_ERROR_INVALID_WEIGHT,
} LbPoolError;

GQuark lb_pool_error_quark (void);

/**
 * LbState:
 * @LB_STATE_READY: takes requests
 * @LB_STATE_DRAIN: takes no new clients, is still probed
 * @LB_STATE_MAINT: takes no requests and is not probed
 *
 * What a person wants of a backend.
 */
typedef enum
{
  LB_STATE_READY,
  LB_STATE_DRAIN,
  LB_STATE_MAINT,
} LbState;

/**
 * LbHealth:
 * @LB_HEALTH_UNKNOWN: not probed yet; counts as up
 * @LB_HEALTH_UP: answers as it should
 * @LB_HEALTH_DOWN: does not
 *
 * What the probes say of a backend.
 */
typedef enum
{
  LB_HEALTH_UNKNOWN,
  LB_HEALTH_UP,
  LB_HEALTH_DOWN,
} LbHealth;

#define LB_TYPE_STATE (lb_state_get_type ())
GType       lb_state_get_type    (void);
const char *lb_state_to_string   (LbState      state);
gboolean    lb_state_from_string (const char  *text,
                                  LbState     *state);

#define LB_TYPE_HEALTH (lb_health_get_type ())
GType       lb_health_get_type   (void);
const char *lb_health_to_string  (LbHealth     health);

/**
 * LbProbeResult:
 * @time_us: when the probe ended, in microseconds since 1970; 0 before the first
 * @response_us: from starting to connect until the response head was read; -1 if it failed
 * @status: the HTTP status, 0 if there was none
 * @ok: whether it was good
 * @error: (nullable): a short word or sentence on why it was not, such as `timeout` or `loop`
 *
 * What one probe saw. @error is a #GRefString.
 */
typedef struct
{
  gint64 time_us;
  gint64 response_us;
  guint status;
  gboolean ok;
  char *error;
} LbProbeResult;

#define LB_TYPE_BACKEND (lb_backend_get_type ())
G_DECLARE_FINAL_TYPE (LbBackend, lb_backend, LB, BACKEND, GObject)

LbBackend           *lb_backend_new             (const char           *url,
                                                 GError              **error);

const char          *lb_backend_get_url         (LbBackend            *self);
const char          *lb_backend_get_host        (LbBackend            *self);
guint16              lb_backend_get_port        (LbBackend            *self);
const char          *lb_backend_get_prefix      (LbBackend            *self,
                                                 gsize                *length);
char                *lb_backend_dup_prefix      (LbBackend            *self);

guint                lb_backend_get_weight      (LbBackend            *self);
gboolean             lb_backend_set_weight      (LbBackend            *self,
                                                 guint                 weight,
                                                 GError              **error);
LbState              lb_backend_get_state       (LbBackend            *self);
void                 lb_backend_set_state       (LbBackend            *self,
                                                 LbState               state);
LbHealth             lb_backend_get_health      (LbBackend            *self);
void                 lb_backend_set_health      (LbBackend            *self,
                                                 LbHealth              health);
gboolean             lb_backend_get_transient   (LbBackend            *self);
void                 lb_backend_set_transient   (LbBackend            *self,
                                                 gboolean              transient);

void                 lb_backend_record_probe    (LbBackend            *self,
                                                 const LbProbeResult  *result);
const LbProbeResult *lb_backend_get_last_probe  (LbBackend            *self);
const LbLatency     *lb_backend_get_latency     (LbBackend            *self);
void                 lb_backend_count_redirect  (LbBackend            *self,
                                                 gint64                now_us);
guint64              lb_backend_get_redirects   (LbBackend            *self);

G_END_DECLS
