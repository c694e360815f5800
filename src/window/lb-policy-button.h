/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LB_TYPE_POLICY_BUTTON (lb_policy_button_get_type ())
G_DECLARE_FINAL_TYPE (LbPolicyButton, lb_policy_button, LB, POLICY_BUTTON, GtkWidget)

GtkWidget *lb_policy_button_new        (void);

void       lb_policy_button_set_policy (LbPolicyButton *self,
                                        const char     *name);
void       lb_policy_button_set_narrow (LbPolicyButton *self,
                                        gboolean        narrow);

G_END_DECLS
