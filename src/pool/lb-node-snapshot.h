/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-types.h"

G_BEGIN_DECLS

/* The address of the node that runs on this computer. */
#define LB_NODE_LOCAL "local"

/**
 * LbNodeState:
 * @LB_NODE_CONNECTING: it has not answered yet
 * @LB_NODE_SERVING: it answers
 * @LB_NODE_GONE: it does not answer; it is asked again and again
 *
 * How a node is.
 */
typedef enum
{
  LB_NODE_CONNECTING,
  LB_NODE_SERVING,
  LB_NODE_GONE,
} LbNodeState;

const char *lb_node_state_to_string (LbNodeState state);

/**
 * LbNodeFigures:
 * @known: whether the node has this backend; if not, nothing else holds
 * @health: what the node's checks say
 * @check: (nullable): what its last check came to, such as `L7OK`, a #GRefString; %NULL before the first
 * @in_flight: how many requests of the node's it is busy with
 * @queued: how many wait at the node until it can take them
 * @requests: how many the node has sent it since it is one of ours
 * @requests_per_s: mean of the last 3 s
 * @response_us: how long the last ones took to the end of the head of the answer, a mean; -1 if there were none
 *
 * One backend as one node sees it.
 */
typedef struct
{
  gboolean known;
  LbHealth health;
  char *check;
  guint in_flight;
  guint queued;
  guint64 requests;
  double requests_per_s;
  gint64 response_us;
} LbNodeFigures;

/**
 * LbNodeSnapshot:
 * @address: a path, HOST:PORT, or %LB_NODE_LOCAL; what it is named by
 * @title: what a person calls it, in their language
 * @state: how it is
 * @since_us: since when @state is so, in microseconds since 1970
 * @error: (nullable): why it does not answer, a sentence
 * @version: (nullable): what it runs
 * @foreign: (array zero-terminated=1): what somebody else has changed there, a sentence for each change; it stays
 *   so until it is adopted or undone
 * @n_backends: the length of @backends
 * @backends: (array length=n_backends): in the order of the snapshot that has this
 *
 * One process that carries the traffic, at one moment. Immutable once somebody else has it, and reference counted
 * atomically, so it may cross to a worker thread.
 */
typedef struct
{
  /*< private >*/
  gatomicrefcount ref_count;

  /*< public >*/
  char *address;
  char *title;
  LbNodeState state;
  gint64 since_us;
  char *error;
  char *version;
  char **foreign;
  guint n_backends;
  LbNodeFigures *backends;
} LbNodeSnapshot;

LbNodeSnapshot *lb_node_snapshot_new      (const char            *address,
                                           const char            *title,
                                           guint                  n_backends);
LbNodeSnapshot *lb_node_snapshot_new_from (const LbNodeSnapshot  *other,
                                           const guint           *indices,
                                           guint                  n_indices);
LbNodeSnapshot *lb_node_snapshot_ref      (LbNodeSnapshot        *self);
void            lb_node_snapshot_unref    (LbNodeSnapshot        *self);

GPtrArray      *lb_node_snapshot_new_list (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbNodeSnapshot, lb_node_snapshot_unref)

G_END_DECLS
