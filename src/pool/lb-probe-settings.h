/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbProbeSettings:
 * @interval_ms: from the start of one probe of a backend to the start of its next
 * @timeout_ms: after this long without a whole response head a probe has failed
 * @jitter: the share of @interval_ms by which a start may move either way, 0 to 0.5
 *
 * How backends are probed.
 */
typedef struct
{
  guint interval_ms;
  guint timeout_ms;
  double jitter;
} LbProbeSettings;

#define LB_PROBE_SETTINGS_DEFAULT { .interval_ms = 1000, .timeout_ms = 2000, .jitter = 0.1 }

G_END_DECLS
