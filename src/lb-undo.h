/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lb-undo-step.h"

G_BEGIN_DECLS

/* How many steps can be undone. */
#define LB_UNDO_MAX 100

/* Changes of one weight that follow each other faster than this are one step. */
#define LB_UNDO_MERGE_US (2 * G_USEC_PER_SEC)

#define LB_TYPE_UNDO (lb_undo_get_type ())
G_DECLARE_FINAL_TYPE (LbUndo, lb_undo, LB, UNDO, GObject)

LbUndo     *lb_undo_new      (LbBalancer  *balancer);

void        lb_undo_settle   (LbUndo      *self,
                              gint64       now_us);
LbUndoStep *lb_undo_get_undo (LbUndo      *self);
LbUndoStep *lb_undo_get_redo (LbUndo      *self);
gboolean    lb_undo_undo     (LbUndo      *self,
                              GError     **error);
gboolean    lb_undo_redo     (LbUndo      *self,
                              GError     **error);

G_END_DECLS
