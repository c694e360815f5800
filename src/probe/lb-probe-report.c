/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "probe/lb-probe-report.h"

G_DEFINE_BOXED_TYPE (LbProbeReport, lb_probe_report, lb_probe_report_copy, lb_probe_report_free)

/**
 * lb_probe_report_new:
 *
 * Returns: (transfer full): a report that says nothing yet
 */
LbProbeReport *
lb_probe_report_new (void)
{
  LbProbeReport *self = g_new0 (LbProbeReport, 1);

  self->result.response_us = -1;
  self->load = (LbOrca) LB_ORCA_NONE;

  return self;
}

/**
 * lb_probe_report_copy:
 * @self: a report
 *
 * Returns: (transfer full): another one that says the same
 */
LbProbeReport *
lb_probe_report_copy (const LbProbeReport *self)
{
  LbProbeReport *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_memdup2 (self, sizeof *self);
  if (self->result.error != NULL)
    copy->result.error = g_ref_string_acquire (self->result.error);
  copy->explanation = g_strdup (self->explanation);
  copy->request = g_strdup (self->request);
  copy->address = g_strdup (self->address);
  copy->status_line = g_strdup (self->status_line);
  copy->headers = g_strdupv (self->headers);
  copy->certificate = g_strdup (self->certificate);

  return copy;
}

/**
 * lb_probe_report_free:
 * @self: (nullable) (transfer full): a report
 */
void
lb_probe_report_free (LbProbeReport *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->result.error, g_ref_string_release);
  g_free (self->explanation);
  g_free (self->request);
  g_free (self->address);
  g_free (self->status_line);
  g_strfreev (self->headers);
  g_free (self->certificate);
  g_free (self);
}
