/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "pool/lb-probe-settings.h"

G_BEGIN_DECLS

#define LB_TYPE_PROBE_PAGE (lb_probe_page_get_type ())
G_DECLARE_FINAL_TYPE (LbProbePage, lb_probe_page, LB, PROBE_PAGE, GtkWidget)

GtkWidget *lb_probe_page_new             (void);

void       lb_probe_page_show_defaults   (LbProbePage              *self,
                                          const LbProbeSettings    *settings);
void       lb_probe_page_show_exceptions (LbProbePage              *self,
                                          const LbProbeSettings    *defaults,
                                          const LbProbeExceptions  *exceptions);

gboolean   lb_probe_page_get_valid       (LbProbePage              *self);
void       lb_probe_page_store           (LbProbePage              *self,
                                          LbProbeExceptions        *exceptions);
GtkWidget *lb_probe_page_find            (LbProbePage              *self,
                                          const char               *name);

G_END_DECLS
