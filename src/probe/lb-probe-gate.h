/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "probe/lb-deadline-heap.h"

G_BEGIN_DECLS

/* How many TLS handshakes of probes there are at once, and how many of these with backends that are
 * not known to be well. */
#define LB_PROBE_GATE_MAX 10
#define LB_PROBE_GATE_MAX_IN_DOUBT 6

/**
 * LbProbeTrust:
 * @LB_PROBE_TRUST_GOOD: its last probe was good
 * @LB_PROBE_TRUST_NEW: it has had none
 * @LB_PROBE_TRUST_BAD: its last probe was not good
 *
 * What is known of a backend before its next probe, in the order in which they get their turn.
 */
typedef enum
{
  LB_PROBE_TRUST_GOOD,
  LB_PROBE_TRUST_NEW,
  LB_PROBE_TRUST_BAD,
} LbProbeTrust;

#define LB_N_PROBE_TRUSTS (LB_PROBE_TRUST_BAD + 1)

/**
 * LbProbeGate:
 *
 * Which probes may start that begin with a TLS handshake. The fields are private.
 */
typedef struct
{
  LbDeadlineHeap waiting[LB_N_PROBE_TRUSTS];
  guint n_inside;
  guint n_in_doubt;
} LbProbeGate;

void        lb_probe_gate_init       (LbProbeGate       *self);
void        lb_probe_gate_clear      (LbProbeGate       *self);

void        lb_probe_gate_add        (LbProbeGate       *self,
                                      LbDeadline        *deadline,
                                      LbProbeTrust       trust,
                                      gint64             now_us);
void        lb_probe_gate_remove     (LbProbeGate       *self,
                                      LbDeadline        *deadline);
gboolean    lb_probe_gate_is_waiting (const LbProbeGate *self);

void        lb_probe_gate_set_inside (LbProbeGate       *self,
                                      guint              n_inside,
                                      guint              n_in_doubt);
LbDeadline *lb_probe_gate_take       (LbProbeGate       *self);

G_END_DECLS
