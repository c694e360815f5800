/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_NODES_DIALOG (lb_nodes_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LbNodesDialog, lb_nodes_dialog, LB, NODES_DIALOG, GtkWindow)

LbNodesDialog *lb_nodes_dialog_new (GtkWindow   *parent,
                                    LbBalancer  *balancer);

G_END_DECLS
