/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-histogram.h"
#include "pool/lb-types.h"

G_BEGIN_DECLS

/**
 * LbProbeRecord:
 * @since_us: the monotonic time at which the health changed last, or at which this began; 0 before
 * @times_up: how often it came up, also from unknown
 * @times_down: how often it went down
 * @outcomes: how many probes ended how
 * @times: how long the good ones took
 *
 * What the probes of a backend have said since the start, in numbers that only grow. Embedded in its
 * backend; zeroes are an empty record. @down_us and @counted_us are private.
 */
typedef struct
{
  gint64 since_us;
  guint64 times_up;
  guint64 times_down;
  guint64 outcomes[LB_N_PROBE_OUTCOMES];
  LbHistogram times;

  /*< private >*/
  gint64 down_us; /* up to @counted_us */
  gint64 counted_us;
} LbProbeRecord;

void   lb_probe_record_begin         (LbProbeRecord       *self,
                                      gint64               now_us);
void   lb_probe_record_add           (LbProbeRecord       *self,
                                      const LbProbeResult *result,
                                      LbHealth             health,
                                      gint64               now_us);
void   lb_probe_record_change_health (LbProbeRecord       *self,
                                      LbHealth             from,
                                      LbHealth             to,
                                      gint64               now_us);
gint64 lb_probe_record_get_down_us   (const LbProbeRecord *self,
                                      LbHealth             health,
                                      gint64               now_us);

G_END_DECLS
