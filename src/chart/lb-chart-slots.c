/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-slots.h"

#include <math.h>

/*
 * LbChartSlots
 *
 * Arithmetic only, so that asking for the one of ten thousand costs what asking for the first
 * does. Every chart layout has one; without a slot it is all zeroes.
 */

/**
 * lb_chart_slots_init:
 * @self: the slots to fill
 * @area: where they are seen
 * @n_slots: how many there are, at least 1
 * @least_width: the width below which they scroll instead of getting narrower
 * @scroll: how far to scroll, in pixels; clamped to what there is
 *
 * Shares @area out from left to right.
 */
void
lb_chart_slots_init (LbChartSlots *self,
                     const cairo_rectangle_t *area,
                     guint n_slots,
                     double least_width,
                     double scroll)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (area != NULL);
  g_return_if_fail (n_slots > 0);

  self->area = *area;
  self->rtl = FALSE;
  self->n_slots = n_slots;
  self->content_width = MAX (area->width, ceil (least_width) * n_slots);
  self->scroll = CLAMP (floor (scroll), 0, self->content_width - area->width);
}

/**
 * lb_chart_slots_get_width:
 * @self: slots
 *
 * Returns: the width of a slot; a single one may be up to a pixel narrower or wider
 */
double
lb_chart_slots_get_width (const LbChartSlots *self)
{
  return self->content_width / self->n_slots;
}

/**
 * lb_chart_slots_get_start:
 * @self: slots
 * @index: which one; the number of slots for the end of the last
 *
 * Returns: how far it is from the beginning of the first, in the direction of reading
 */
double
lb_chart_slots_get_start (const LbChartSlots *self,
                          guint index)
{
  return floor (index * lb_chart_slots_get_width (self));
}

/**
 * lb_chart_slots_get_rect:
 * @self: slots
 * @index: which one
 * @rect: (out): where it is, which may be out of sight
 */
void
lb_chart_slots_get_rect (const LbChartSlots *self,
                         guint index,
                         cairo_rectangle_t *rect)
{
  double start;

  g_return_if_fail (self != NULL);
  g_return_if_fail (index < self->n_slots);
  g_return_if_fail (rect != NULL);

  start = lb_chart_slots_get_start (self, index) - self->scroll;

  rect->width = lb_chart_slots_get_start (self, index + 1) - self->scroll - start;
  rect->height = self->area.height;
  rect->y = self->area.y;
  if (self->rtl)
    rect->x = self->area.x + self->area.width - start - rect->width;
  else
    rect->x = self->area.x + start;
}

/**
 * lb_chart_slots_get_range:
 * @self: slots
 * @margin: how many to add at either end
 * @first: (out): the first that can be seen, less @margin
 * @end: (out): the one after the last that can be seen, plus @margin
 */
void
lb_chart_slots_get_range (const LbChartSlots *self,
                          guint margin,
                          guint *first,
                          guint *end)
{
  double width;

  g_return_if_fail (self != NULL);
  g_return_if_fail (self->n_slots > 0);
  g_return_if_fail (first != NULL && end != NULL);

  width = lb_chart_slots_get_width (self);

  *first = (guint) (self->scroll / width);
  *first -= MIN (*first, margin);
  *end = (guint) ceil ((self->scroll + self->area.width) / width) + margin;
  *end = MIN (*end, self->n_slots);
}

/**
 * lb_chart_slots_find:
 * @self: slots
 * @x: in pixels
 * @y: in pixels
 * @index: (out): the slot that can be seen there
 *
 * Returns: whether there is one
 */
gboolean
lb_chart_slots_find (const LbChartSlots *self,
                     double x,
                     double y,
                     guint *index)
{
  const cairo_rectangle_t *area = &self->area;
  double offset;
  guint found;

  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (index != NULL, FALSE);

  if (self->n_slots == 0 || x < area->x || x >= area->x + area->width || y < area->y ||
      y >= area->y + area->height)
    return FALSE;

  /* The pixel that the point is in, counted in the direction of reading. */
  x = floor (x);
  offset = self->scroll + (self->rtl ? area->x + area->width - x - 1 : x - area->x);

  /* Slots start at whole pixels, so the division may fall one short. */
  found = MIN ((guint) (offset / lb_chart_slots_get_width (self)), self->n_slots - 1);
  if (found + 1 < self->n_slots && lb_chart_slots_get_start (self, found + 1) <= offset)
    found++;

  *index = found;
  return TRUE;
}

/**
 * lb_chart_slots_reveal:
 * @self: slots
 * @index: which one
 *
 * Returns: the scroll offset nearest to the present one at which the whole of it is in sight
 */
double
lb_chart_slots_reveal (const LbChartSlots *self,
                       guint index)
{
  double start;
  double end;

  g_return_val_if_fail (self != NULL, 0);
  g_return_val_if_fail (index < self->n_slots, self->scroll);

  start = lb_chart_slots_get_start (self, index);
  end = lb_chart_slots_get_start (self, index + 1);

  if (start < self->scroll)
    return start;
  return MAX (self->scroll, end - self->area.width);
}
