/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "probe/lb-deadline-heap.h"

G_BEGIN_DECLS

/* All probes together start at this pace at the most: 1000 a second. */
#define LB_PROBE_SCHEDULE_PACE_US (G_USEC_PER_SEC / 1000)

#define LB_PROBE_SCHEDULE_NEVER G_MAXINT64

/**
 * LbProbeSchedule:
 *
 * When which probe starts or expires, and when somebody has to look next. Embedded in its owner.
 * All times are monotonic microseconds. The fields are private.
 */
typedef struct
{
  LbDeadlineHeap starts;
  LbDeadlineHeap timeouts; /* less by paused_us */
  gint64 next_start_us;    /* no probe may start before */
  gint64 seen_us;          /* when somebody last looked */
  gint64 ready_us;         /* when somebody is to look */
  gint64 paused_us;        /* for how long nobody did, all times together */
} LbProbeSchedule;

gint64      lb_probe_schedule_spread        (gint64                 interval_us,
                                             double                 jitter,
                                             GRand                 *rand);

void        lb_probe_schedule_init          (LbProbeSchedule       *self);
void        lb_probe_schedule_clear         (LbProbeSchedule       *self);

void        lb_probe_schedule_set_start     (LbProbeSchedule       *self,
                                             LbDeadline            *deadline,
                                             gint64                 due_us);
void        lb_probe_schedule_set_timeout   (LbProbeSchedule       *self,
                                             LbDeadline            *deadline,
                                             gint64                 due_us);
void        lb_probe_schedule_remove        (LbProbeSchedule       *self,
                                             LbDeadline            *deadline);
gboolean    lb_probe_schedule_has_start     (const LbProbeSchedule *self,
                                             const LbDeadline      *deadline);

LbDeadline *lb_probe_schedule_take_start    (LbProbeSchedule       *self,
                                             gint64                 now_us);
LbDeadline *lb_probe_schedule_take_timeout  (LbProbeSchedule       *self,
                                             gint64                 now_us);

void        lb_probe_schedule_notice        (LbProbeSchedule       *self,
                                             gint64                 now_us);
gint64      lb_probe_schedule_plan          (LbProbeSchedule       *self,
                                             gint64                 latest_us,
                                             gint64                 now_us);
gint64      lb_probe_schedule_get_paused    (const LbProbeSchedule *self);

G_END_DECLS
