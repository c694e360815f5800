/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-history-slice.h"

G_BEGIN_DECLS

/* There is one figure a second, so a closer look shows no more. */
#define LB_HISTORY_MIN_LENGTH 10.0

/**
 * LbHistoryRange:
 * @end: the second it ends at, on the clock of the history
 * @length: how many seconds it shows
 * @follows: whether its end stays at the newest second
 *
 * The stretch of time that a history shows. A plain value; each function keeps it inside of what
 * can be known.
 */
typedef struct
{
  double end;
  double length;
  gboolean follows;
} LbHistoryRange;

void lb_history_range_init  (LbHistoryRange       *self,
                             double                length);
void lb_history_range_clamp (LbHistoryRange       *self,
                             const LbHistorySlice *slice);
void lb_history_range_zoom  (LbHistoryRange       *self,
                             const LbHistorySlice *slice,
                             double                factor,
                             double                second);
void lb_history_range_move  (LbHistoryRange       *self,
                             const LbHistorySlice *slice,
                             double                end);

G_END_DECLS
