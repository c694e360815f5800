/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LB_TYPE_CHECK_BUTTON (lb_check_button_get_type ())
G_DECLARE_FINAL_TYPE (LbCheckButton, lb_check_button, LB, CHECK_BUTTON, GtkCheckButton)

G_END_DECLS
