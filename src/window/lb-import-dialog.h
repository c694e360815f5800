/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "exchange/lb-exchange.h"
#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_IMPORT_DIALOG (lb_import_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LbImportDialog, lb_import_dialog, LB, IMPORT_DIALOG, GtkWindow)

LbImportDialog *lb_import_dialog_new (GtkWindow         *parent,
                                      LbBalancer        *balancer,
                                      LbExchangeImport  *import,
                                      const char        *name);

G_END_DECLS
