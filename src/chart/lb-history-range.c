/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-history-range.h"

#include "pool/lb-history.h"

/**
 * lb_history_range_init:
 * @self: the range to fill
 * @length: how many seconds it shows
 *
 * A range that follows what happens.
 */
void
lb_history_range_init (LbHistoryRange *self,
                       double length)
{
  g_return_if_fail (self != NULL);

  *self = (LbHistoryRange){
    .length = CLAMP (length, LB_HISTORY_MIN_LENGTH, LB_HISTORY_SECONDS),
    .follows = TRUE,
  };
}

/**
 * lb_history_range_clamp:
 * @self: a range
 * @slice: all there is
 *
 * To be called with each new slice: a range that follows goes along, another one stays where it is
 * until what it shows is too old to be kept. Before the first second that is known there may be an
 * empty part, so that the length stays what was asked for.
 */
void
lb_history_range_clamp (LbHistoryRange *self,
                        const LbHistorySlice *slice)
{
  double newest;
  double oldest;

  g_return_if_fail (self != NULL);
  g_return_if_fail (slice != NULL);

  newest = (double) slice->end;
  oldest = newest - MIN (slice->n_seconds, slice->n_known);
  self->length = CLAMP (self->length, LB_HISTORY_MIN_LENGTH, LB_HISTORY_SECONDS);

  if (self->follows)
    self->end = newest;
  else
    self->end = CLAMP (self->end, MIN (oldest + self->length, newest), newest);
}

/**
 * lb_history_range_zoom:
 * @self: a range
 * @slice: all there is
 * @factor: how many times as long it gets
 * @second: which second stays where it is, if it can
 *
 * With its end at the newest second it follows afterwards, else it does not.
 */
void
lb_history_range_zoom (LbHistoryRange *self,
                       const LbHistorySlice *slice,
                       double factor,
                       double second)
{
  double length;

  g_return_if_fail (self != NULL);
  g_return_if_fail (slice != NULL);
  g_return_if_fail (factor > 0);

  length = CLAMP (self->length * factor, LB_HISTORY_MIN_LENGTH, LB_HISTORY_SECONDS);
  self->end = second + (self->end - second) * length / self->length;
  self->length = length;
  self->follows = self->end >= (double) slice->end;
  lb_history_range_clamp (self, slice);
}

/**
 * lb_history_range_move:
 * @self: a range
 * @slice: all there is
 * @end: the second it is to end at
 *
 * At the newest second it begins to follow, anywhere else it stops.
 */
void
lb_history_range_move (LbHistoryRange *self,
                       const LbHistorySlice *slice,
                       double end)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (slice != NULL);

  self->follows = end >= (double) slice->end;
  self->end = end;
  lb_history_range_clamp (self, slice);
}
