/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_PROXY_DIALOG (lb_proxy_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LbProxyDialog, lb_proxy_dialog, LB, PROXY_DIALOG, GtkWindow)

LbProxyDialog *lb_proxy_dialog_new  (GtkWindow      *parent,
                                     LbBalancer     *balancer);
GtkWidget     *lb_proxy_dialog_find (LbProxyDialog  *self,
                                     const char     *name);

G_END_DECLS
