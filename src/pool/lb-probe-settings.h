/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-setting.h"

G_BEGIN_DECLS

/**
 * LbProbeSettings:
 * @interval_ms: from the start of one probe of a backend to the start of its next
 * @fast_interval_ms: the same while a change of health is not decided yet
 * @down_interval_ms: the same while the backend is down; 0 for @interval_ms
 * @timeout_ms: after this long without a whole response head a probe has failed
 * @jitter: the share of an interval by which a start may move either way, 0 to 0.5
 * @rise: good probes in a row that bring a backend up again
 * @fall: bad probes in a row that take a backend down
 * @slow_start_ms: how long the weight grows after coming up; 0 for at once
 * @tcp_only: whether a TCP connection is enough, also with https: nothing is sent over it, and no
 *   certificate is looked at
 * @verify_certificate: whether the TLS certificate of an https backend must be valid
 * @method: GET, HEAD or OPTIONS
 * @url: (nullable): where to probe, in place of the backend's own URL
 * @path: (nullable): path and query to ask for, in place of the URL's own
 * @host: (nullable): what the Host header says, in place of the URL's own; with https the
 *   certificate must still be that of the URL's host
 * @headers: (nullable) (array zero-terminated=1): further header lines, `Name: value`; never empty
 * @expected_status: which statuses are good: ranges such as `200-299,304`
 * @expected_body: (nullable): text that the first 64 KiB of the body must hold
 *
 * How backends are probed, and what is made of it. Strings are owned: lb_probe_settings_init()
 * makes the defaults, lb_probe_settings_clear() frees them. Zeroes are settings that hold nothing,
 * fit to be copied or merged into.
 */
typedef struct
{
  guint interval_ms;
  guint fast_interval_ms;
  guint down_interval_ms;
  guint timeout_ms;
  double jitter;
  guint rise;
  guint fall;
  guint slow_start_ms;
  gboolean tcp_only;
  gboolean verify_certificate;
  char *method;
  char *url;
  char *path;
  char *host;
  char **headers;
  char *expected_status;
  char *expected_body;
} LbProbeSettings;

/**
 * LbProbeExceptions:
 * @values: the settings of one backend that differ from everybody's
 * @set: which of @values count: bit i stands for the field at place i of the table
 */
typedef struct
{
  LbProbeSettings values;
  guint32 set;
} LbProbeExceptions;

#define LB_TYPE_PROBE_EXCEPTIONS (lb_probe_exceptions_get_type ())
GType               lb_probe_exceptions_get_type (void);

const LbSetting *lb_probe_fields              (guint                    *n_fields);
const LbSetting *lb_probe_field_find          (const char               *name,
                                                  guint32                  *bit);

void                lb_probe_settings_init       (LbProbeSettings          *self);
void                lb_probe_settings_clear      (LbProbeSettings          *self);
void                lb_probe_settings_copy       (LbProbeSettings          *self,
                                                  const LbProbeSettings    *other);
gboolean            lb_probe_settings_equal      (const LbProbeSettings    *self,
                                                  const LbProbeSettings    *other);
gboolean            lb_probe_settings_check      (const LbProbeSettings    *self,
                                                  GError                  **error);
void                lb_probe_settings_merge      (LbProbeSettings          *self,
                                                  const LbProbeSettings    *defaults,
                                                  const LbProbeExceptions  *exceptions);

void                lb_probe_exceptions_init     (LbProbeExceptions        *self);
void                lb_probe_exceptions_clear    (LbProbeExceptions        *self);
void                lb_probe_exceptions_copy     (LbProbeExceptions        *self,
                                                  const LbProbeExceptions  *other);
gboolean            lb_probe_exceptions_equal    (const LbProbeExceptions  *self,
                                                  const LbProbeExceptions  *other);
void                lb_probe_exceptions_apply    (LbProbeExceptions        *self,
                                                  const LbProbeExceptions  *before,
                                                  const LbProbeExceptions  *after);
void                lb_probe_exceptions_free     (LbProbeExceptions        *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LbProbeSettings, lb_probe_settings_clear)
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LbProbeExceptions, lb_probe_exceptions_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbProbeExceptions, lb_probe_exceptions_free)

G_END_DECLS
