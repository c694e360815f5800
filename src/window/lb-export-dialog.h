/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "exchange/lb-exchange.h"
#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_EXPORT_DIALOG (lb_export_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LbExportDialog, lb_export_dialog, LB, EXPORT_DIALOG, GtkWindow)

LbExportDialog         *lb_export_dialog_new          (GtkWindow               *parent,
                                                       LbBalancer              *balancer);

const LbExchangeFormat *lb_export_dialog_get_format   (LbExportDialog          *self);
void                    lb_export_dialog_set_format   (LbExportDialog          *self,
                                                       const LbExchangeFormat  *format);
GBytes                 *lb_export_dialog_get_contents (LbExportDialog          *self);

G_END_DECLS
