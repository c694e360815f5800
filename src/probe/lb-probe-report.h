/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

#include "pool/lb-types.h"
#include "probe/lb-orca.h"
#include "probe/lb-probe-body.h"

G_BEGIN_DECLS

/**
 * LbProbeReport:
 * @result: what the probe would have counted as
 * @explanation: a translated sentence on what was good, or which check failed
 * @request: the first line of what was asked, such as `GET http://127.0.0.1:9001/health`, or
 *   `CONNECT` in place of the method if only a connection was asked for
 * @address: (nullable): the address and port that was tried last, such as `[::1]:9001`
 * @status_line: (nullable): such as `HTTP/1.1 200 OK`
 * @headers: (array zero-terminated=1): the first lines of the response head, long ones cut
 * @n_more_headers: how many lines follow those
 * @body: how much was read of the body
 * @load: the load that the response reports
 * @certificate: (nullable): a translated sentence on what is wrong with the certificate, whether or
 *   not that matters
 *
 * What a person learns of one probe.
 */
typedef struct
{
  LbProbeResult result;
  char *explanation;
  char *request;
  char *address;
  char *status_line;
  char **headers;
  guint n_more_headers;
  LbProbeBody body;
  LbOrca load;
  char *certificate;
} LbProbeReport;

#define LB_TYPE_PROBE_REPORT (lb_probe_report_get_type ())
GType          lb_probe_report_get_type (void);

LbProbeReport *lb_probe_report_new      (void);
LbProbeReport *lb_probe_report_copy     (const LbProbeReport *self);
void           lb_probe_report_free     (LbProbeReport       *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbProbeReport, lb_probe_report_free)

G_END_DECLS
