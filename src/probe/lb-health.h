/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-probe-settings.h"
#include "pool/lb-types.h"

G_BEGIN_DECLS

/**
 * LbHealthTracker:
 *
 * What the probes of one backend say so far. Embedded in its owner; zeroes are a
 * backend that was never probed. The fields are private.
 */
typedef struct
{
  LbHealth health;
  guint n_against; /* results in a row that speak against it */
} LbHealthTracker;

void     lb_health_tracker_reset           (LbHealthTracker       *self);
LbHealth lb_health_tracker_feed            (LbHealthTracker       *self,
                                            gboolean               ok,
                                            const LbProbeSettings *settings);
LbHealth lb_health_tracker_get             (const LbHealthTracker *self);
gboolean lb_health_tracker_is_undecided    (const LbHealthTracker *self);
guint    lb_health_tracker_get_against     (const LbHealthTracker *self);
guint    lb_health_tracker_get_interval_ms (const LbHealthTracker *self,
                                            const LbProbeSettings *settings);

G_END_DECLS
