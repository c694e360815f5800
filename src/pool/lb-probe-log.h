/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-types.h"

G_BEGIN_DECLS

/* How many of a backend's latest probes are kept. */
#define LB_PROBE_LOG_LENGTH 32

/**
 * LbProbeEntry:
 * @time_us: when the probe ended, in microseconds since 1970
 * @response_us: how long it took; -1 if it failed
 * @error: (nullable): why it was not good, as in #LbProbeResult; a #GRefString
 * @status: the HTTP status, 0 if there was none
 * @ok: whether it was good
 *
 * What one probe saw, in short.
 */
typedef struct
{
  gint64 time_us;
  gint64 response_us;
  char *error;
  guint status;
  gboolean ok;
} LbProbeEntry;

/**
 * LbProbeLog:
 *
 * What the last probes of a backend saw, one by one. Embedded in its backend; zeroes are an empty
 * log. The fields are private.
 */
typedef struct
{
  LbProbeEntry *entries; /* a ring, made by the first probe */
  guint n_entries;
  guint next;
} LbProbeLog;

void                lb_probe_log_clear (LbProbeLog          *self);
void                lb_probe_log_add   (LbProbeLog          *self,
                                        const LbProbeResult *result);
const LbProbeEntry *lb_probe_log_get   (const LbProbeLog    *self,
                                        guint                n_back);

G_END_DECLS
