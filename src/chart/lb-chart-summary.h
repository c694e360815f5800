/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-snapshot.h"

G_BEGIN_DECLS

char *lb_chart_summary_of_all  (const LbSnapshot *snapshot);
char *lb_chart_summary_of_rest (const LbSnapshot *snapshot,
                                guint             n_shown);

G_END_DECLS
