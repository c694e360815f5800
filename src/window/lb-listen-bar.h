/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-endpoint.h"

G_BEGIN_DECLS

#define LB_TYPE_LISTEN_BAR (lb_listen_bar_get_type ())
G_DECLARE_FINAL_TYPE (LbListenBar, lb_listen_bar, LB, LISTEN_BAR, GtkWidget)

GtkWidget *lb_listen_bar_new          (void);

void       lb_listen_bar_set_endpoint (LbListenBar *self,
                                       LbEndpoint  *endpoint);

G_END_DECLS
