/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-palette.h"
#include "pool/lb-history-digest.h"

G_BEGIN_DECLS

/* Of more backends than there are lines, so many of the slowest have one. */
#define LB_HISTORY_N_SLOWEST 4

/* A series without a backend. */
#define LB_HISTORY_NOBODY G_MAXUINT

/**
 * LbHistoryChoice:
 * @urls: (nullable): for each series the backend it is for, a #GRefString
 * @backends: the same as an index in the slice, or %LB_HISTORY_NOBODY
 * @n_chosen: how many there are
 *
 * Which backends have a line of their own, and which colour and symbol.
 */
typedef struct
{
  char *urls[LB_CHART_N_SERIES];
  guint backends[LB_CHART_N_SERIES];
  guint n_chosen;
} LbHistoryChoice;

void  lb_history_choice_init      (LbHistoryChoice        *self);
void  lb_history_choice_init_copy (LbHistoryChoice        *self,
                                   const LbHistoryChoice  *other);
void  lb_history_choice_clear     (LbHistoryChoice        *self);
void  lb_history_choice_update    (LbHistoryChoice        *self,
                                   const LbHistoryDigest  *digest,
                                   const char             *selected);
guint lb_history_choice_find      (const LbHistoryChoice  *self,
                                   guint                   backend);

G_END_DECLS
