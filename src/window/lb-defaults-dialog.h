/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_DEFAULTS_DIALOG (lb_defaults_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LbDefaultsDialog, lb_defaults_dialog, LB, DEFAULTS_DIALOG, GtkWindow)

LbDefaultsDialog *lb_defaults_dialog_new (GtkWindow  *parent,
                                          LbBalancer *balancer);

G_END_DECLS
