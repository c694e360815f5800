/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-snapshot.h"

G_BEGIN_DECLS

char *lb_probe_text_result (const LbProbeResult    *result);
char *lb_probe_text_state  (const LbBackendFigures *figures);

gboolean lb_probe_text_is_same_state (const LbBackendFigures *a,
                                      const LbBackendFigures *b);

G_END_DECLS
