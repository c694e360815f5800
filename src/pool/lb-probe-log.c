/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-probe-log"

#include "config.h"

#include "pool/lb-probe-log.h"

/**
 * lb_probe_log_clear:
 * @self: a log
 *
 * Empties it and frees what it holds.
 */
void
lb_probe_log_clear (LbProbeLog *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < self->n_entries; i++)
    g_clear_pointer (&self->entries[i].error, g_ref_string_release);

  g_clear_pointer (&self->entries, g_free);
  self->n_entries = 0;
  self->next = 0;
}

/**
 * lb_probe_log_add:
 * @self: a log
 * @result: what a probe saw; its error, a #GRefString, is shared
 *
 * Adds it, and forgets the oldest if there are more than %LB_PROBE_LOG_LENGTH.
 */
void
lb_probe_log_add (LbProbeLog *self,
                  const LbProbeResult *result)
{
  LbProbeEntry *entry;

  g_return_if_fail (self != NULL);
  g_return_if_fail (result != NULL);

  if (self->entries == NULL)
    self->entries = g_new0 (LbProbeEntry, LB_PROBE_LOG_LENGTH);

  entry = &self->entries[self->next];
  g_clear_pointer (&entry->error, g_ref_string_release);
  entry->time_us = result->time_us;
  entry->response_us = result->response_us;
  entry->error = result->error != NULL ? g_ref_string_acquire (result->error) : NULL;
  entry->status = result->status;
  entry->ok = result->ok;

  self->next = (self->next + 1) % LB_PROBE_LOG_LENGTH;
  self->n_entries = MIN (self->n_entries + 1, LB_PROBE_LOG_LENGTH);
}

/**
 * lb_probe_log_get:
 * @self: a log
 * @n_back: how many probes back: 0 is the latest
 *
 * Returns: (transfer none) (nullable): what that probe saw, until the next is added; %NULL if the
 *   log does not reach back so far
 */
const LbProbeEntry *
lb_probe_log_get (const LbProbeLog *self,
                  guint n_back)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (n_back >= self->n_entries)
    return NULL;

  return &self->entries[(self->next + LB_PROBE_LOG_LENGTH - 1 - n_back) % LB_PROBE_LOG_LENGTH];
}
