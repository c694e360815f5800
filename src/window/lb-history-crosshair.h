/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "chart/lb-history-layout.h"

G_BEGIN_DECLS

#define LB_TYPE_HISTORY_CROSSHAIR (lb_history_crosshair_get_type ())
G_DECLARE_FINAL_TYPE (LbHistoryCrosshair, lb_history_crosshair, LB, HISTORY_CROSSHAIR, GtkWidget)

GtkWidget  *lb_history_crosshair_new          (void);

void        lb_history_crosshair_set_picture  (LbHistoryCrosshair     *self,
                                               const LbHistoryLayout  *layout,
                                               const LbHistoryDigest  *digest);
gboolean    lb_history_crosshair_get_second   (LbHistoryCrosshair     *self,
                                               double                 *second);
char       *lb_history_crosshair_speak        (LbHistoryCrosshair     *self);

/* With the pointer */
void        lb_history_crosshair_point        (LbHistoryCrosshair     *self,
                                               double                  x,
                                               double                  y);
void        lb_history_crosshair_unpoint      (LbHistoryCrosshair     *self);
void        lb_history_crosshair_pin          (LbHistoryCrosshair     *self);

/* With the keyboard */
void        lb_history_crosshair_move         (LbHistoryCrosshair     *self,
                                               int                     by);
void        lb_history_crosshair_go           (LbHistoryCrosshair     *self,
                                               double                  second);
gboolean    lb_history_crosshair_dismiss      (LbHistoryCrosshair     *self);

/* Which backend */
const char *lb_history_crosshair_get_selected (LbHistoryCrosshair     *self);
void        lb_history_crosshair_set_selected (LbHistoryCrosshair     *self,
                                               const char             *url);
void        lb_history_crosshair_select       (LbHistoryCrosshair     *self,
                                               int                     by);

G_END_DECLS
