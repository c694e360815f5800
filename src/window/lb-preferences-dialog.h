/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-balancer.h"

G_BEGIN_DECLS

#define LB_TYPE_PREFERENCES_DIALOG (lb_preferences_dialog_get_type ())
G_DECLARE_FINAL_TYPE (LbPreferencesDialog, lb_preferences_dialog, LB, PREFERENCES_DIALOG, GtkWindow)

LbPreferencesDialog *lb_preferences_dialog_new (GtkWindow  *parent,
                                                LbBalancer *balancer);

G_END_DECLS
