/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LB_TYPE_REFUSALS_DIALOG (lb_refusals_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LbRefusalsDialog, lb_refusals_dialog, LB, REFUSALS_DIALOG, GtkWindow)

LbRefusalsDialog *lb_refusals_dialog_new (GtkWindow  *parent,
                                          GPtrArray  *refusals,
                                          guint       n_added);

G_END_DECLS
