/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-snapshot"

#include "config.h"

#include "pool/lb-node-snapshot.h"

/**
 * lb_node_state_to_string:
 * @state: how a node is
 *
 * Returns: the word for it in `/stats`
 */
const char *
lb_node_state_to_string (LbNodeState state)
{
  static const char *const words[] = { "connecting", "serving", "gone" };

  g_return_val_if_fail (state < G_N_ELEMENTS (words), NULL);

  return words[state];
}

/**
 * lb_node_snapshot_new:
 * @address: what it is named by
 * @title: what a person calls it
 * @n_backends: how many backends there are
 *
 * Returns: (transfer full): a node that has not answered, and knows no backends, to be filled
 */
LbNodeSnapshot *
lb_node_snapshot_new (const char *address,
                      const char *title,
                      guint n_backends)
{
  LbNodeSnapshot *self = g_new0 (LbNodeSnapshot, 1);

  g_return_val_if_fail (address != NULL, NULL);
  g_return_val_if_fail (title != NULL, NULL);

  g_atomic_ref_count_init (&self->ref_count);
  self->address = g_strdup (address);
  self->title = g_strdup (title);
  self->foreign = g_new0 (char *, 1);
  self->n_backends = n_backends;
  self->backends = g_new0 (LbNodeFigures, n_backends);
  for (guint i = 0; i < n_backends; i++)
    self->backends[i].response_us = -1;

  return self;
}

/**
 * lb_node_snapshot_new_from:
 * @other: a node
 * @indices: (array length=n_indices): which of its backends
 * @n_indices: how many
 *
 * Returns: (transfer full): the same node with these backends
 */
LbNodeSnapshot *
lb_node_snapshot_new_from (const LbNodeSnapshot *other,
                           const guint *indices,
                           guint n_indices)
{
  LbNodeSnapshot *self;

  g_return_val_if_fail (other != NULL, NULL);
  g_return_val_if_fail (indices != NULL || n_indices == 0, NULL);

  self = lb_node_snapshot_new (other->address, other->title, n_indices);
  self->state = other->state;
  self->since_us = other->since_us;
  self->error = g_strdup (other->error);
  self->version = g_strdup (other->version);
  g_strfreev (self->foreign);
  self->foreign = g_strdupv (other->foreign);

  for (guint i = 0; i < n_indices; i++)
    {
      self->backends[i] = other->backends[indices[i]];
      if (self->backends[i].check != NULL)
        g_ref_string_acquire (self->backends[i].check);
    }

  return self;
}

static void
lb_node_snapshot_free (LbNodeSnapshot *self)
{
  for (guint i = 0; i < self->n_backends; i++)
    g_clear_pointer (&self->backends[i].check, g_ref_string_release);

  g_free (self->backends);
  g_free (self->address);
  g_free (self->title);
  g_free (self->error);
  g_free (self->version);
  g_strfreev (self->foreign);
  g_free (self);
}

/**
 * lb_node_snapshot_ref:
 * @self: a node
 *
 * Returns: (transfer full): @self
 */
LbNodeSnapshot *
lb_node_snapshot_ref (LbNodeSnapshot *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);

  return self;
}

/**
 * lb_node_snapshot_unref:
 * @self: (transfer full): a node
 */
void
lb_node_snapshot_unref (LbNodeSnapshot *self)
{
  g_return_if_fail (self != NULL);

  if (g_atomic_ref_count_dec (&self->ref_count))
    lb_node_snapshot_free (self);
}

static void
lb_node_snapshot_unref_element (gpointer element)
{
  lb_node_snapshot_unref (element);
}

/**
 * lb_node_snapshot_new_list:
 *
 * Returns: (transfer full) (element-type LbNodeSnapshot): an empty list, which owns what is put into it
 */
GPtrArray *
lb_node_snapshot_new_list (void)
{
  return g_ptr_array_new_with_free_func (lb_node_snapshot_unref_element);
}
