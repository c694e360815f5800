/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-history-lane.h"

#include <math.h>

#include "chart/lb-chart-text.h"
#include "chart/lb-history-text.h"

/*
 * LbHistoryLane
 *
 * A state that lasted for less than a pixel is still seen: its block is as wide as a mark's line.
 * Marks that would cover each other are one with a number.
 */

#define LEAST_BLOCK 3.0
#define SYMBOL 9.0
#define WORD_MARGIN 3.0

/* No block: nobody looked, or it was not in the pool. */
#define NOTHING (-1)

static int
get_kind (const LbHistorySpan *span)
{
  if (!span->is_known)
    return NOTHING;
  if (span->was_down)
    return LB_CHART_DOWN;
  if (span->state == LB_STATE_MAINT)
    return LB_CHART_MAINT;
  if (span->state == LB_STATE_DRAIN)
    return LB_CHART_DRAIN;
  if (span->health == LB_HEALTH_UNKNOWN)
    return LB_CHART_UNKNOWN;

  return LB_CHART_UP;
}

static int
get_kind_of_all (const LbHistoryMoment *moment)
{
  if (!moment->is_known)
    return NOTHING;

  return moment->n_down > 0 ? LB_CHART_DOWN : LB_CHART_UP;
}

/* A step's edges: its first second began one before it was written down. */
static double
get_left (const LbHistoryDigest *digest,
          const LbHistoryFrame *frame,
          guint step)
{
  const double x =
    lb_history_frame_get_x (frame, (double) (digest->first + step) * digest->step_s - 1);

  return CLAMP (x, frame->plot.x, frame->plot.x + frame->plot.width);
}

static void
end_block (LbHistoryLane *self,
           LbChartTextStyle *style,
           LbHistoryBlock *block,
           double right,
           guint n_down)
{
  g_autofree char *word = NULL;

  block->rect.width = right - block->rect.x;
  if (block->rect.width <= 0)
    return;

  if (block->kind != LB_CHART_UP && block->rect.width < LEAST_BLOCK)
    {
      block->rect.x = MAX (self->rect.x, floor (right - LEAST_BLOCK));
      block->rect.width = LEAST_BLOCK;
    }

  if (self->rect.height >= style->line_height)
    word = lb_history_text_block (block->kind, self->backend == LB_HISTORY_NOBODY ? n_down : 0);
  if (word != NULL)
    {
      lb_chart_label_init (&block->word, style, word, -1);
      lb_chart_label_move (
        &block->word, block->rect.x + floor ((block->rect.width - block->word.rect.width) / 2),
        block->rect.y + floor ((block->rect.height - block->word.rect.height) / 2));
      if (block->word.rect.width + 2 * (SYMBOL + WORD_MARGIN) > block->rect.width)
        lb_chart_label_clear (&block->word);
    }

  g_array_append_vals (self->blocks, block, 1);
}

static void
place_blocks (LbHistoryLane *self,
              const LbHistoryDigest *digest,
              const LbHistoryFrame *frame,
              LbChartTextStyle *style)
{
  LbHistoryBlock block = { 0 };
  int running = NOTHING;
  guint n_down = 0;

  for (guint i = 0; i <= digest->n_steps; i++)
    {
      const double left = get_left (digest, frame, i);
      int kind = NOTHING;

      if (i < digest->n_steps)
        kind = self->backend == LB_HISTORY_NOBODY
                 ? get_kind_of_all (&digest->moments[i])
                 : get_kind (lb_history_digest_get_span (digest, i, self->backend));

      if (kind != running)
        {
          if (running != NOTHING)
            end_block (self, style, &block, left, n_down);
          block = (LbHistoryBlock){
            .kind = kind != NOTHING ? (LbChartKind) kind : LB_CHART_UNKNOWN,
            .rect = { left, self->rect.y, 0, self->rect.height },
          };
          running = kind;
          n_down = 0;
        }
      if (i < digest->n_steps)
        n_down = MAX (n_down, digest->moments[i].n_down);
    }
}

static void
add_mark (LbHistoryLane *self,
          double x,
          LbHistoryChange change,
          guint n_changes)
{
  LbHistoryMark mark = { .change = change, .n_changes = n_changes };

  mark.rect.width = SYMBOL;
  mark.rect.height = SYMBOL;
  mark.rect.x = CLAMP (round (x - SYMBOL / 2), self->rect.x,
                       self->rect.x + self->rect.width - SYMBOL);
  mark.rect.y = self->rect.y + floor ((self->rect.height - SYMBOL) / 2);

  if (self->marks->len > 0)
    {
      LbHistoryMark *last = &g_array_index (self->marks, LbHistoryMark, self->marks->len - 1);

      if (mark.rect.x < last->rect.x + SYMBOL + 1)
        {
          last->change = MIN (last->change, change);
          last->n_changes += n_changes;
          return;
        }
    }

  g_array_append_val (self->marks, mark);
}

static void
place_marks (LbHistoryLane *self,
             const LbHistoryDigest *digest,
             const LbHistoryFrame *frame)
{
  const LbHistorySpan *before = NULL;

  for (guint i = 0; i < digest->n_steps; i++)
    {
      const double x = get_left (digest, frame, i);
      const LbHistorySpan *span = NULL;
      guint changes = 0;

      if (self->backend != LB_HISTORY_NOBODY)
        {
          span = lb_history_digest_get_span (digest, i, self->backend);
          if (before != NULL)
            changes = lb_history_span_compare (before, span);
          if (span->is_known || span->is_absent)
            before = span;
        }

      for (guint j = 0; j < LB_N_HISTORY_CHANGES; j++)
        {
          const guint n = span != NULL ? changes >> j & 1 : digest->moments[i].changes[j];

          if (n > 0 && x > frame->plot.x && x < frame->plot.x + frame->plot.width)
            add_mark (self, x, (LbHistoryChange) j, n);
        }
    }
}

/* Behind its symbol, if the next one is far enough away. */
static void
place_numbers (LbHistoryLane *self,
               LbChartTextStyle *style)
{
  double end = self->rect.x + self->rect.width;

  if (self->rect.height < style->line_height)
    return;

  for (guint i = self->marks->len; i > 0; i--)
    {
      LbHistoryMark *mark = &g_array_index (self->marks, LbHistoryMark, i - 1);

      if (mark->n_changes > 1)
        {
          g_autofree char *text = g_strdup_printf ("%u", mark->n_changes);

          lb_chart_label_init (&mark->number, style, text, -1);
          lb_chart_label_move (
            &mark->number, mark->rect.x + SYMBOL + 1,
            self->rect.y + floor ((self->rect.height - mark->number.rect.height) / 2));
          if (mark->number.rect.x + mark->number.rect.width > end)
            lb_chart_label_clear (&mark->number);
        }
      end = mark->rect.x;
    }
}

/**
 * lb_history_lane_init:
 * @self: the lane to fill
 * @digest: what happened
 * @frame: above it
 * @style: how its texts look
 * @backend: an index in the slice, or %LB_HISTORY_NOBODY for all of them together
 * @series: its colour and symbol
 * @y: its upper edge
 * @height: words need a line's height
 *
 * What goes beside it is the caller's.
 */
void
lb_history_lane_init (LbHistoryLane *self,
                      const LbHistoryDigest *digest,
                      const LbHistoryFrame *frame,
                      LbChartTextStyle *style,
                      guint backend,
                      guint series,
                      double y,
                      double height)
{
  *self = (LbHistoryLane){
    .backend = backend,
    .series = series,
    .rect = { frame->plot.x, y, frame->plot.width, height },
    .blocks = g_array_new (FALSE, FALSE, sizeof (LbHistoryBlock)),
    .marks = g_array_new (FALSE, FALSE, sizeof (LbHistoryMark)),
  };

  place_blocks (self, digest, frame, style);
  place_marks (self, digest, frame);
  place_numbers (self, style);
}

/**
 * lb_history_lane_clear:
 * @self: a lane
 */
void
lb_history_lane_clear (LbHistoryLane *self)
{
  for (guint i = 0; i < self->blocks->len; i++)
    lb_chart_label_clear (&g_array_index (self->blocks, LbHistoryBlock, i).word);
  for (guint i = 0; i < self->marks->len; i++)
    lb_chart_label_clear (&g_array_index (self->marks, LbHistoryMark, i).number);

  g_clear_pointer (&self->blocks, g_array_unref);
  g_clear_pointer (&self->marks, g_array_unref);
  lb_chart_label_clear (&self->label);
}
