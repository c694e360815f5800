/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-save-job.h"
#include "window/lb-pool-page.h"

G_BEGIN_DECLS

#define LB_TYPE_PORT_ACTIONS (lb_port_actions_get_type ())
G_DECLARE_FINAL_TYPE (LbPortActions, lb_port_actions, LB, PORT_ACTIONS, GObject)

LbPortActions *lb_port_actions_new         (GtkApplicationWindow  *window,
                                            LbBalancer            *balancer,
                                            LbPoolPage            *page);

/* After a place was chosen */
void           lb_port_actions_import_file (LbPortActions         *self,
                                            GFile                 *file);
void           lb_port_actions_save_pool   (LbPortActions         *self,
                                            GBytes                *contents,
                                            GFile                 *file);
void           lb_port_actions_save_as     (LbPortActions         *self,
                                            LbSaveKind             kind,
                                            const LbSaveFormat    *chosen,
                                            GFile                 *file);

G_END_DECLS
