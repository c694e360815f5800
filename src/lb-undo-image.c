/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-undo"

#include "config.h"

#include "lb-undo-image.h"

static void
lb_undo_record_clear (gpointer data)
{
  LbUndoRecord *self = data;

  lb_probe_exceptions_clear (&self->exceptions);
}

static void
lb_undo_record_unref (gpointer data)
{
  g_rc_box_release_full (data, lb_undo_record_clear);
}

static LbUndoRecord *
lb_undo_record_new (LbBackend *backend)
{
  LbUndoRecord *self = g_rc_box_new0 (LbUndoRecord);

  self->weight = lb_backend_get_weight (backend);
  self->state = lb_backend_get_state (backend);
  self->backup = lb_backend_get_backup (backend);
  lb_probe_exceptions_copy (&self->exceptions, lb_backend_get_exceptions (backend));

  return self;
}

static gboolean
lb_undo_record_fits (const LbUndoRecord *self,
                     LbBackend *backend)
{
  return self->weight == lb_backend_get_weight (backend) &&
         self->state == lb_backend_get_state (backend) &&
         self->backup == lb_backend_get_backup (backend) &&
         lb_probe_exceptions_equal (&self->exceptions, lb_backend_get_exceptions (backend));
}

/**
 * lb_undo_record_equal:
 * @self: a record
 * @other: another
 *
 * Returns: whether they say the same
 */
gboolean
lb_undo_record_equal (const LbUndoRecord *self,
                      const LbUndoRecord *other)
{
  return self == other ||
         (self->weight == other->weight && self->state == other->state &&
          self->backup == other->backup &&
          lb_probe_exceptions_equal (&self->exceptions, &other->exceptions));
}

/**
 * lb_undo_record_set:
 * @self: a record
 * @backend: its backend
 *
 * Makes @backend what the record says.
 */
void
lb_undo_record_set (const LbUndoRecord *self,
                    LbBackend *backend)
{
  lb_backend_set_weight (backend, self->weight, NULL);
  lb_backend_set_state (backend, self->state);
  lb_backend_set_backup (backend, self->backup);
  lb_backend_set_exceptions (backend, &self->exceptions);
}

/**
 * lb_undo_record_apply:
 * @before: a record
 * @after: another of the same backend
 * @backend: the backend
 * @really: %FALSE to only ask
 *
 * Does to @backend what was done between the two. What is not as it was before, somebody else has
 * changed since; that stays.
 *
 * Returns: whether there is anything that this changes
 */
gboolean
lb_undo_record_apply (const LbUndoRecord *before,
                      const LbUndoRecord *after,
                      LbBackend *backend,
                      gboolean really)
{
  const gboolean weight =
    before->weight != after->weight && lb_backend_get_weight (backend) == before->weight;
  const gboolean state =
    before->state != after->state && lb_backend_get_state (backend) == before->state;
  const gboolean backup =
    before->backup != after->backup && lb_backend_get_backup (backend) == before->backup;
  const gboolean exceptions =
    !lb_probe_exceptions_equal (&before->exceptions, &after->exceptions) &&
    lb_probe_exceptions_equal (lb_backend_get_exceptions (backend), &before->exceptions);

  if (weight && really)
    lb_backend_set_weight (backend, after->weight, NULL);
  if (state && really)
    lb_backend_set_state (backend, after->state);
  if (backup && really)
    lb_backend_set_backup (backend, after->backup);
  if (exceptions && really)
    lb_backend_set_exceptions (backend, &after->exceptions);

  return weight || state || backup || exceptions;
}

/**
 * lb_undo_index:
 * @backends: (element-type LbBackend): backends, none of them twice
 *
 * Returns: (transfer full): a table to find the place of each by, see lb_undo_index_lookup()
 */
GHashTable *
lb_undo_index (GPtrArray *backends)
{
  GHashTable *index = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < backends->len; i++)
    g_hash_table_insert (index, g_ptr_array_index (backends, i), GUINT_TO_POINTER (i + 1));

  return index;
}

/**
 * lb_undo_index_lookup:
 * @index: a table
 * @backend: a backend
 * @position: (out): its place
 *
 * Returns: %TRUE if it is there
 */
gboolean
lb_undo_index_lookup (GHashTable *index,
                      gpointer backend,
                      guint *position)
{
  const guint place = GPOINTER_TO_UINT (g_hash_table_lookup (index, backend));

  if (place == 0)
    return FALSE;

  *position = place - 1;

  return TRUE;
}

/**
 * lb_undo_same_order:
 * @a: (element-type LbBackend): backends
 * @b: (element-type LbBackend): backends
 *
 * Returns: whether those that are in both follow each other in the same order
 */
gboolean
lb_undo_same_order (GPtrArray *a,
                    GPtrArray *b)
{
  g_autoptr (GHashTable) index = NULL;
  guint last = 0;

  if (a == b)
    return TRUE;

  index = lb_undo_index (b);
  for (guint i = 0; i < a->len; i++)
    {
      guint position;

      if (!lb_undo_index_lookup (index, g_ptr_array_index (a, i), &position))
        continue;
      if (position < last)
        return FALSE;
      last = position;
    }

  return TRUE;
}

/* Where nothing has changed, one array does for both. */
static void
lb_undo_share (GPtrArray **array,
               GPtrArray *previous)
{
  if ((*array)->len != previous->len ||
      (previous->len > 0 &&
       memcmp ((*array)->pdata, previous->pdata, previous->len * sizeof (gpointer)) != 0))
    return;

  g_ptr_array_unref (*array);
  *array = g_ptr_array_ref (previous);
}

/* Returns: (transfer none) (nullable): what @previous says of @backend, if it still holds */
static LbUndoRecord *
lb_undo_image_find_record (const LbUndoImage *previous,
                           GHashTable *index,
                           LbBackend *backend)
{
  LbUndoRecord *record;
  guint position;

  if (previous == NULL || !lb_undo_index_lookup (index, backend, &position))
    return NULL;

  record = g_ptr_array_index (previous->records, position);

  return lb_undo_record_fits (record, backend) ? record : NULL;
}

/**
 * lb_undo_image_new:
 * @balancer: a balancer that has loaded
 * @previous: (nullable): the image taken before, to share with
 *
 * Returns: (transfer full): an image of what is now
 */
LbUndoImage *
lb_undo_image_new (LbBalancer *balancer,
                   const LbUndoImage *previous)
{
  LbPool *pool = lb_balancer_get_pool (balancer);
  const guint n_backends = lb_pool_get_n_backends (pool);
  LbUndoImage *self = g_rc_box_new0 (LbUndoImage);
  g_autoptr (GHashTable) index = NULL;

  self->backends = g_ptr_array_new_full (n_backends, g_object_unref);
  self->records = g_ptr_array_new_full (n_backends, lb_undo_record_unref);
  self->policy = g_strdup (lb_balancer_get_policy (balancer));
  lb_probe_settings_copy (&self->probe, lb_balancer_get_probe_settings (balancer));
  self->panic_share = lb_balancer_get_panic_share (balancer);

  if (previous != NULL)
    index = lb_undo_index (previous->backends);

  for (guint i = 0; i < n_backends; i++)
    {
      LbBackend *backend = lb_pool_get_backend (pool, i);
      LbUndoRecord *record = lb_undo_image_find_record (previous, index, backend);

      g_ptr_array_add (self->backends, g_object_ref (backend));
      g_ptr_array_add (self->records,
                       record != NULL ? g_rc_box_acquire (record) : lb_undo_record_new (backend));
    }

  if (previous != NULL)
    {
      lb_undo_share (&self->backends, previous->backends);
      lb_undo_share (&self->records, previous->records);
    }

  return self;
}

/**
 * lb_undo_image_ref:
 * @self: an image
 *
 * Returns: (transfer full): @self
 */
LbUndoImage *
lb_undo_image_ref (LbUndoImage *self)
{
  return g_rc_box_acquire (self);
}

static void
lb_undo_image_clear (gpointer data)
{
  LbUndoImage *self = data;

  g_ptr_array_unref (self->backends);
  g_ptr_array_unref (self->records);
  g_free (self->policy);
  lb_probe_settings_clear (&self->probe);
}

/**
 * lb_undo_image_unref:
 * @self: (transfer full): an image
 */
void
lb_undo_image_unref (LbUndoImage *self)
{
  g_rc_box_release_full (self, lb_undo_image_clear);
}
