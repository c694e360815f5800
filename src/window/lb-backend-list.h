/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "pool/lb-snapshot.h"
#include "window/lb-arranger.h"

G_BEGIN_DECLS

#define LB_TYPE_BACKEND_LIST (lb_backend_list_get_type ())
G_DECLARE_FINAL_TYPE (LbBackendList, lb_backend_list, LB, BACKEND_LIST, GtkWidget)

GtkWidget *lb_backend_list_new          (void);

void       lb_backend_list_set_pool     (LbBackendList *self,
                                         LbPool        *pool);
void       lb_backend_list_set_arranger (LbBackendList *self,
                                         LbArranger    *arranger);
LbBackend *lb_backend_list_get_selected (LbBackendList *self);
void       lb_backend_list_select       (LbBackendList *self,
                                         LbBackend     *backend);
void       lb_backend_list_select_first (LbBackendList *self);
void       lb_backend_list_focus        (LbBackendList *self);
void       lb_backend_list_set_snapshot (LbBackendList *self,
                                         LbSnapshot    *snapshot);

G_END_DECLS
