/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

void lb_report_text_clear       (GtkTextView *view);
void lb_report_text_add_heading (GtkTextView *view,
                                 const char  *text);
void lb_report_text_add         (GtkTextView *view,
                                 const char  *text,
                                 const char  *reason);
void lb_report_text_end         (GtkTextView *view);

G_END_DECLS
