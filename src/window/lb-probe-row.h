/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "pool/lb-probe-settings.h"

G_BEGIN_DECLS

#define LB_TYPE_PROBE_ROW (lb_probe_row_get_type ())
G_DECLARE_FINAL_TYPE (LbProbeRow, lb_probe_row, LB, PROBE_ROW, GtkWidget)

GtkWidget          *lb_probe_row_new           (const LbSetting     *field,
                                                gboolean                optional);

const LbSetting *lb_probe_row_get_field     (LbProbeRow             *self);
void                lb_probe_row_set_default   (LbProbeRow             *self,
                                                const LbProbeSettings  *defaults);
void                lb_probe_row_set_own       (LbProbeRow             *self,
                                                const LbProbeSettings  *settings);
gboolean            lb_probe_row_get_own       (LbProbeRow             *self);
gboolean            lb_probe_row_get_valid     (LbProbeRow             *self);
void                lb_probe_row_store         (LbProbeRow             *self,
                                                LbProbeSettings        *settings);

G_END_DECLS
