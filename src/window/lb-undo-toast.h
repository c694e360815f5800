/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gtk/gtk.h>

#include "lb-undo.h"

G_BEGIN_DECLS

/* How long it stays. */
#define LB_UNDO_TOAST_SECONDS 10

#define LB_TYPE_UNDO_TOAST (lb_undo_toast_get_type ())
G_DECLARE_FINAL_TYPE (LbUndoToast, lb_undo_toast, LB, UNDO_TOAST, GtkWidget)

GtkWidget *lb_undo_toast_new      (void);

void       lb_undo_toast_set_undo (LbUndoToast  *self,
                                   LbUndo       *undo);
gboolean   lb_undo_toast_get_open (LbUndoToast  *self);

G_END_DECLS
