/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-column.h"
#include "chart/lb-history-range.h"
#include "pool/lb-history-digest.h"

G_BEGIN_DECLS

char       *lb_history_text_block    (LbChartKind             kind,
                                      guint                   n_down);
const char *lb_history_text_change   (LbHistoryChange         change);
char       *lb_history_text_length   (double                  seconds);
char       *lb_history_text_count    (guint                   n_backends);
char       *lb_history_text_span     (const LbHistoryDigest  *digest,
                                      guint                   step,
                                      guint                   backend);
char       *lb_history_text_step     (const LbHistoryDigest  *digest,
                                      guint                   step);
char       *lb_history_text_describe (const LbHistoryDigest  *digest,
                                      const LbHistoryRange   *range);

G_END_DECLS
