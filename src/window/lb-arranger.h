/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-arrangement.h"

G_BEGIN_DECLS

#define LB_TYPE_ARRANGER (lb_arranger_get_type ())
G_DECLARE_FINAL_TYPE (LbArranger, lb_arranger, LB, ARRANGER, GObject)

LbArranger          *lb_arranger_new             (void);

const LbArrangement *lb_arranger_get_arrangement (LbArranger *self);
void                 lb_arranger_show_all        (LbArranger *self);
void                 lb_arranger_sort            (LbArranger *self,
                                                  LbOrder     order,
                                                  gboolean    descending);

G_END_DECLS
