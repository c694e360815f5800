/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lb-undo-image.h"

G_BEGIN_DECLS

/**
 * LbUndoStep:
 * @before: the pool before it
 * @after: the pool after it
 * @removed: (element-type LbBackend): the backends that are there before, but not after
 * @added: (element-type LbBackend): those that are there after, but not before
 * @name: what it does, translated, as it stands after “Undo” in a menu: “Remove http://…”
 *
 * One change of the pool. Immutable, with a count of references. It keeps the backends that it
 * removes, so that they come back with their figures.
 */
typedef struct
{
  LbUndoImage *before;
  LbUndoImage *after;
  GPtrArray *removed;
  GPtrArray *added;
  char *name;
} LbUndoStep;

typedef void (*LbUndoEach) (LbBackend           *backend,
                            const LbUndoRecord  *before,
                            const LbUndoRecord  *after,
                            gpointer             user_data);

LbUndoStep *lb_undo_step_new             (LbUndoImage       *before,
                                          LbUndoImage       *after);
LbUndoStep *lb_undo_step_ref             (LbUndoStep        *self);
void        lb_undo_step_unref           (LbUndoStep        *self);

gboolean    lb_undo_step_is_nothing      (const LbUndoStep  *self);
gboolean    lb_undo_step_is_removal      (const LbUndoStep  *self);
gboolean    lb_undo_step_is_replacement  (const LbUndoStep  *self);
void        lb_undo_step_foreach_changed (const LbUndoStep  *self,
                                          LbUndoEach         each,
                                          gpointer           user_data);

LbUndoStep *lb_undo_step_merge           (const LbUndoStep  *self,
                                          const LbUndoStep  *next);
LbUndoStep *lb_undo_step_reverse         (const LbUndoStep  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbUndoStep, lb_undo_step_unref)

G_END_DECLS
