/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-probe"

#include "config.h"

#include "probe/lb-probe-gate.h"

/*
 * Keeps backends that hang in their TLS handshake from taking the others along. glib-networking does
 * each handshake in one of GTask's threads, also a synchronous one, and has it for as long as the
 * backend says nothing. There are ten of them, which all of this process shares, and when they are
 * taken only one more every tenth of a second. So with some dozen backends that hang, the handshakes
 * of all others would wait behind theirs until these probes, too, had taken too long. (Tried: with
 * 120 that hang, each of 20 healthy ones went down.)
 *
 * Here a probe waits before it starts, so that this is neither in its response time nor in its
 * timeout. Backends whose last probe was good go first, and those that have had none yet next; these
 * and the bad ones never have all places, so that for a good one there is one in no more time than a
 * handshake takes.
 */

/**
 * lb_probe_gate_init:
 * @self: (out caller-allocates): memory for a gate
 *
 * Makes a gate with nobody before or behind it. lb_probe_gate_clear() ends it.
 */
void
lb_probe_gate_init (LbProbeGate *self)
{
  g_return_if_fail (self != NULL);

  *self = (LbProbeGate){ 0 };
  for (guint i = 0; i < LB_N_PROBE_TRUSTS; i++)
    lb_deadline_heap_init (&self->waiting[i]);
}

/**
 * lb_probe_gate_clear:
 * @self: a gate that nobody waits for
 *
 * Frees what the gate holds in memory.
 */
void
lb_probe_gate_clear (LbProbeGate *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < LB_N_PROBE_TRUSTS; i++)
    lb_deadline_heap_clear (&self->waiting[i]);
}

/**
 * lb_probe_gate_add:
 * @self: a gate
 * @deadline: a backend's deadline, which is in no heap; the gate uses it from now on
 * @trust: what is known of the backend
 * @now_us: the time
 *
 * Has a backend's probe wait for its turn.
 */
void
lb_probe_gate_add (LbProbeGate *self, LbDeadline *deadline, LbProbeTrust trust, gint64 now_us)
{
  g_return_if_fail (self != NULL);

  lb_deadline_heap_set (&self->waiting[trust], deadline, now_us);
}

/**
 * lb_probe_gate_remove:
 * @self: a gate
 * @deadline: a backend's deadline
 *
 * It waits no more. Nothing happens if it does not.
 */
void
lb_probe_gate_remove (LbProbeGate *self, LbDeadline *deadline)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < LB_N_PROBE_TRUSTS; i++)
    lb_deadline_heap_remove (&self->waiting[i], deadline);
}

/**
 * lb_probe_gate_is_waiting:
 * @self: a gate
 *
 * Returns: whether anybody waits
 */
gboolean
lb_probe_gate_is_waiting (const LbProbeGate *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < LB_N_PROBE_TRUSTS; i++)
    if (lb_deadline_heap_peek (&self->waiting[i]) != NULL)
      return TRUE;

  return FALSE;
}

/**
 * lb_probe_gate_set_inside:
 * @self: a gate
 * @n_inside: how many probes have a handshake before them, or are at it
 * @n_in_doubt: how many of these with backends that are not known to be well
 *
 * Tells the gate how much room there is left.
 */
void
lb_probe_gate_set_inside (LbProbeGate *self, guint n_inside, guint n_in_doubt)
{
  g_return_if_fail (self != NULL && n_in_doubt <= n_inside);

  self->n_inside = n_inside;
  self->n_in_doubt = n_in_doubt;
}

/**
 * lb_probe_gate_take:
 * @self: a gate
 *
 * Lets in whose turn it is, if there is room.
 *
 * Returns: (transfer none) (nullable): whose probe starts now, or %NULL
 */
LbDeadline *
lb_probe_gate_take (LbProbeGate *self)
{
  LbDeadline *deadline;
  guint trust = LB_PROBE_TRUST_GOOD;

  g_return_val_if_fail (self != NULL, NULL);

  while (trust < LB_PROBE_TRUST_BAD && lb_deadline_heap_peek (&self->waiting[trust]) == NULL)
    trust++;

  deadline = lb_deadline_heap_peek (&self->waiting[trust]);
  if (deadline == NULL || self->n_inside >= LB_PROBE_GATE_MAX ||
      (trust != LB_PROBE_TRUST_GOOD && self->n_in_doubt >= LB_PROBE_GATE_MAX_IN_DOUBT))
    return NULL;

  self->n_inside++;
  if (trust != LB_PROBE_TRUST_GOOD)
    self->n_in_doubt++;
  lb_deadline_heap_remove (&self->waiting[trust], deadline);

  return deadline;
}
