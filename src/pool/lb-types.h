/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define LB_POOL_ERROR (lb_pool_error_quark ())

/**
 * LbPoolError:
 * @LB_POOL_ERROR_INVALID_URL: the text is no URL of a backend
 * @LB_POOL_ERROR_DUPLICATE: the pool has this backend already
 * @LB_POOL_ERROR_OWN_ADDRESS: the backend would be the balancer itself
 * @LB_POOL_ERROR_INVALID_WEIGHT: the weight is out of range
 * @LB_POOL_ERROR_INVALID_SETTING: a setting is not what it must be
 *
 * Why a backend or a setting of one is refused. The message is a translated sentence that says what to change.
 */
typedef enum
{
  LB_POOL_ERROR_INVALID_URL,
  LB_POOL_ERROR_DUPLICATE,
  LB_POOL_ERROR_OWN_ADDRESS,
  LB_POOL_ERROR_INVALID_WEIGHT,
  LB_POOL_ERROR_INVALID_SETTING,
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
 * LbUse:
 * @LB_USE_YES: it may be chosen
 * @LB_USE_DRAIN: it takes no new clients
 * @LB_USE_MAINT: it is in maintenance
 * @LB_USE_DOWN: its probes fail
 * @LB_USE_BACKUP: it is a backup, and others can serve
 * @LB_USE_LEFT_OUT: what carries the traffic cannot send it any, since its URL has another path than most
 *
 * Whether a backend may be chosen, or why not.
 */
typedef enum
{
  LB_USE_YES,
  LB_USE_DRAIN,
  LB_USE_MAINT,
  LB_USE_DOWN,
  LB_USE_BACKUP,
  LB_USE_LEFT_OUT,
} LbUse;

const char *lb_use_to_string     (LbUse        use);

/**
 * LbProbeOutcome:
 * @LB_PROBE_OK: it was good
 * @LB_PROBE_TIMEOUT: no whole response head within the time allowed
 * @LB_PROBE_REFUSED: nothing listens there
 * @LB_PROBE_RESET: the connection broke before the response head was whole
 * @LB_PROBE_INCOMPLETE: the backend closed the connection before the response head was whole
 * @LB_PROBE_UNREACHABLE: there is no way to that address from here
 * @LB_PROBE_DNS: the host's name has no address, or none was found in time
 * @LB_PROBE_TLS: no secure connection
 * @LB_PROBE_INVALID: what came is not an HTTP response
 * @LB_PROBE_STATUS: the response has a status that is not expected
 * @LB_PROBE_BODY: the body does not hold the text that is expected
 * @LB_PROBE_LOOP: the response is the balancer's own
 * @LB_PROBE_FAILED: anything else
 *
 * How a probe ended: the first word of LbProbeResult.error, as something to count by.
 */
typedef enum
{
  LB_PROBE_OK,
  LB_PROBE_TIMEOUT,
  LB_PROBE_REFUSED,
  LB_PROBE_RESET,
  LB_PROBE_INCOMPLETE,
  LB_PROBE_UNREACHABLE,
  LB_PROBE_DNS,
  LB_PROBE_TLS,
  LB_PROBE_INVALID,
  LB_PROBE_STATUS,
  LB_PROBE_BODY,
  LB_PROBE_LOOP,
  LB_PROBE_FAILED,
  LB_N_PROBE_OUTCOMES,
} LbProbeOutcome;

const char    *lb_probe_outcome_to_string  (LbProbeOutcome  outcome);
LbProbeOutcome lb_probe_outcome_from_error (const char     *error);

/**
 * LbProbeResult:
 * @time_us: when the probe ended, in microseconds since 1970; 0 before the first
 * @response_us: from starting to connect until the response head was read; -1 if it failed
 * @status: the HTTP status, 0 if there was none
 * @ok: whether it was good
 * @error: (nullable): a short word or sentence on why it was not, such as `timeout` or `loop`
 * @connected: whether there was a connection
 * @n_against: how many results in a row, this one included, speak against the health but do not
 *   change it yet
 * @n_to_change: how many it takes to change it
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
  gboolean connected;
  guint n_against;
  guint n_to_change;
} LbProbeResult;

G_END_DECLS
