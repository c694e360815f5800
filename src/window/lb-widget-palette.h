/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "chart/lb-chart-palette.h"

G_BEGIN_DECLS

void     lb_widget_palette_init        (LbChartPalette        *palette,
                                        GtkWidget             *widget);
gboolean lb_widget_palette_is_dark     (GtkWidget             *widget);
void     lb_widget_palette_append_ring (const LbChartPalette  *palette,
                                        GtkSnapshot           *snapshot,
                                        const graphene_rect_t *bounds);

G_END_DECLS
