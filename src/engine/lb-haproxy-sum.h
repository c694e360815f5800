/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "engine/lb-haproxy-report.h"

G_BEGIN_DECLS

void lb_haproxy_sum_add (LbHaproxyReport        *sum,
                         const LbHaproxyReport  *report);

G_END_DECLS
