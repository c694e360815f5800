/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "pool/lb-node-snapshot.h"

G_BEGIN_DECLS

#define LB_TYPE_NODE_ROW (lb_node_row_get_type ())
G_DECLARE_FINAL_TYPE (LbNodeRow, lb_node_row, LB, NODE_ROW, GtkListBoxRow)

GtkWidget  *lb_node_row_new         (const char            *address);

const char *lb_node_row_get_address (LbNodeRow             *self);
void        lb_node_row_update      (LbNodeRow             *self,
                                     const LbNodeSnapshot  *node);

G_END_DECLS
