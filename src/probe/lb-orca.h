/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LB_ORCA_REQUEST_HEADER "endpoint-load-metrics-format"
#define LB_ORCA_RESPONSE_HEADER "endpoint-load-metrics"

/**
 * LbOrca:
 * @utilization: how busy it is, 1 when it is full, more when it has too much to do; -1 if it does
 *   not say
 * @rps: requests per second; -1 if it does not say
 *
 * The load that a backend reports of itself.
 */
typedef struct
{
  double utilization;
  double rps;
} LbOrca;

#define LB_ORCA_NONE { .utilization = -1.0, .rps = -1.0 }

gboolean lb_orca_parse (const char *text,
                        LbOrca     *self);

G_END_DECLS
