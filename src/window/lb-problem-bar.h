/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define LB_TYPE_PROBLEM_BAR (lb_problem_bar_get_type ())
G_DECLARE_FINAL_TYPE (LbProblemBar, lb_problem_bar, LB, PROBLEM_BAR, GtkWidget)

GtkWidget *lb_problem_bar_new  (void);

void       lb_problem_bar_push (LbProblemBar *self,
                                const char   *message);

G_END_DECLS
