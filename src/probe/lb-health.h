/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-backend.h"

G_BEGIN_DECLS

/**
 * LbHealthTracker:
 *
 * What the probes of one backend say so far. Embedded in its owner; zeroes are a
 * backend that was never probed. The field is private.
 */
typedef struct
{
  LbHealth health;
} LbHealthTracker;

void     lb_health_tracker_reset (LbHealthTracker       *self);
LbHealth lb_health_tracker_feed  (LbHealthTracker       *self,
                                  gboolean               ok);
LbHealth lb_health_tracker_get   (const LbHealthTracker *self);

G_END_DECLS
