/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

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
 * @tcp_only: whether connecting is enough
 * @verify_certificate: whether the TLS certificate of an https backend must be valid
 * @method: GET, HEAD or OPTIONS
 * @url: (nullable): where to probe, in place of the backend's own URL
 * @path: (nullable): path and query to ask for, in place of the URL's own
 * @host: (nullable): what the Host header says, in place of the URL's own
 * @headers: (nullable) (array zero-terminated=1): further header lines, `Name: value`
 * @expected_status: which statuses are good: ranges such as `200-299,304`
 * @expected_body: (nullable): text that the first 64 KiB of the body must hold
 *
 * How backends are probed, and what is made of it. Strings are owned; see lb_probe_settings_init()
 * and lb_probe_settings_clear().
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
 * LbProbeFieldKind:
 *
 * What type a field has: guint, double, gboolean, char * or char **.
 */
typedef enum
{
  LB_PROBE_FIELD_NUMBER,
  LB_PROBE_FIELD_SHARE,
  LB_PROBE_FIELD_SWITCH,
  LB_PROBE_FIELD_TEXT,
  LB_PROBE_FIELD_LINES,
} LbProbeFieldKind;

/**
 * LbProbeField:
 * @name: its key in the configuration file, such as `interval_ms`
 * @kind: its type
 * @offset: where it is in #LbProbeSettings
 * @min: of a number or a share: the smallest it may be
 * @max: of a number or a share: the largest it may be
 * @check: (nullable): of text or of each line: says what is wrong with it
 *
 * One of the settings. There is one table of them, which reading, writing, comparing and merging go
 * by: to add a setting is to add a field and a row.
 */
typedef struct
{
  const char *name;
  LbProbeFieldKind kind;
  gsize offset;
  double min;
  double max;
  gboolean (*check) (const char *text, GError **error);
} LbProbeField;

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

const LbProbeField *lb_probe_fields            (guint                    *n_fields);

void                lb_probe_settings_init     (LbProbeSettings          *self);
void                lb_probe_settings_clear    (LbProbeSettings          *self);
void                lb_probe_settings_copy     (LbProbeSettings          *self,
                                                const LbProbeSettings    *other);
gboolean            lb_probe_settings_equal    (const LbProbeSettings    *self,
                                                const LbProbeSettings    *other);
void                lb_probe_settings_merge    (LbProbeSettings          *self,
                                                const LbProbeSettings    *defaults,
                                                const LbProbeExceptions  *exceptions);

void                lb_probe_exceptions_init   (LbProbeExceptions        *self);
void                lb_probe_exceptions_clear  (LbProbeExceptions        *self);
void                lb_probe_exceptions_copy   (LbProbeExceptions        *self,
                                                const LbProbeExceptions  *other);
gboolean            lb_probe_exceptions_equal  (const LbProbeExceptions  *self,
                                                const LbProbeExceptions  *other);

G_END_DECLS
