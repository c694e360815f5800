/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

/**
 * LbChartSlots:
 * @area: what is seen of them
 * @rtl: whether the first is at the right
 * @n_slots: how many there are
 * @content_width: of all of them; more than @area has if they scroll
 * @scroll: how far the first is scrolled out of @area, between 0 and the difference of the two
 *
 * The columns of a chart side by side, one for each backend. Lengths are whole pixels.
 */
typedef struct
{
  cairo_rectangle_t area;
  gboolean rtl;
  guint n_slots;
  double content_width;
  double scroll;
} LbChartSlots;

void     lb_chart_slots_init      (LbChartSlots             *self,
                                   const cairo_rectangle_t  *area,
                                   guint                     n_slots,
                                   double                    least_width,
                                   double                    scroll);
double   lb_chart_slots_get_width (const LbChartSlots       *self);
double   lb_chart_slots_get_start (const LbChartSlots       *self,
                                   guint                     index);
void     lb_chart_slots_get_rect  (const LbChartSlots       *self,
                                   guint                     index,
                                   cairo_rectangle_t        *rect);
void     lb_chart_slots_get_range (const LbChartSlots       *self,
                                   guint                     margin,
                                   guint                    *first,
                                   guint                    *end);
gboolean lb_chart_slots_find      (const LbChartSlots       *self,
                                   double                    x,
                                   double                    y,
                                   guint                    *index);
double   lb_chart_slots_reveal    (const LbChartSlots       *self,
                                   guint                     index);

G_END_DECLS
