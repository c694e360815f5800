/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-font.h"
#include "chart/lb-history-reading.h"
#include "pool/history-fixture.h"

/*
 * Everything up to the layout, as the widget does it.
 */
typedef struct
{
  LbHistorySlice *slice;
  LbHistoryRange range;
  LbHistoryDigest *digest;
  LbHistoryChoice choice;
  PangoContext *context;
  LbHistoryLayout *layout;
} HistoryPicture;

/* Takes @slice. */
static inline void
history_picture_init_with (HistoryPicture *self,
                           LbHistorySlice *slice,
                           const LbChartOptions *options,
                           double length,
                           double width,
                           double height,
                           gboolean rtl)
{
  self->slice = slice;
  lb_history_range_init (&self->range, length);
  lb_history_range_clamp (&self->range, slice);
  self->digest = lb_history_layout_digest (slice, &self->range, width);
  lb_history_choice_init (&self->choice);
  lb_history_choice_update (&self->choice, self->digest, NULL);
  self->context = lb_chart_font_context_new ();
  self->layout = lb_history_layout_new (self->digest, &self->range, &self->choice, options,
                                        self->context, width, height, rtl);
}

static inline void
history_picture_init (HistoryPicture *self,
                      LbHistorySlice *slice,
                      double length,
                      double width,
                      double height,
                      gboolean rtl)
{
  const LbChartOptions plain = { .threshold_us = 0 };

  history_picture_init_with (self, slice, &plain, length, width, height, rtl);
}

static inline void
history_picture_clear (HistoryPicture *self)
{
  lb_history_layout_free (self->layout);
  g_object_unref (self->context);
  lb_history_choice_clear (&self->choice);
  lb_history_digest_free (self->digest);
  lb_history_slice_unref (self->slice);
}
