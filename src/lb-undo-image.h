/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lb-balancer.h"

G_BEGIN_DECLS

/**
 * LbUndoRecord:
 * @weight: its weight
 * @state: its state
 * @backup: whether it is a backup
 * @exceptions: in what it is probed otherwise than the others
 *
 * What a person has made of one backend. Immutable, and shared by the images.
 */
typedef struct
{
  guint weight;
  LbState state;
  gboolean backup;
  LbProbeExceptions exceptions;
} LbUndoRecord;

gboolean     lb_undo_record_equal (const LbUndoRecord  *self,
                                   const LbUndoRecord  *other);
void         lb_undo_record_set   (const LbUndoRecord  *self,
                                   LbBackend           *backend);
gboolean     lb_undo_record_apply (const LbUndoRecord  *before,
                                   const LbUndoRecord  *after,
                                   LbBackend           *backend,
                                   gboolean             really);

/**
 * LbUndoImage:
 * @backends: (element-type LbBackend): the backends, in order
 * @records: (element-type LbUndoRecord): one for each of them
 * @policy: the policy's name
 * @probe: how backends are probed that are no exception
 * @panic_share: see lb_balancer_set_panic_share()
 *
 * What a person has made of the pool, as of one moment. Immutable, with a count of references. It
 * shares with the one before what is still the same, so that a change of one weight costs a record
 * and an array of pointers.
 */
typedef struct
{
  GPtrArray *backends;
  GPtrArray *records;
  char *policy;
  LbProbeSettings probe;
  double panic_share;
} LbUndoImage;

LbUndoImage *lb_undo_image_new    (LbBalancer         *balancer,
                                   const LbUndoImage  *previous);
LbUndoImage *lb_undo_image_ref    (LbUndoImage        *self);
void         lb_undo_image_unref  (LbUndoImage        *self);

GHashTable  *lb_undo_index        (GPtrArray          *backends);
gboolean     lb_undo_index_lookup (GHashTable         *index,
                                   gpointer            backend,
                                   guint              *position);
gboolean     lb_undo_same_order   (GPtrArray          *a,
                                   GPtrArray          *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbUndoImage, lb_undo_image_unref)

G_END_DECLS
