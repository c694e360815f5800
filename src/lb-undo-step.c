/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-undo"

#include "config.h"

#include "lb-undo-step.h"

#include <glib/gi18n-lib.h>

/* What is left of a long URL in a step's name, in characters: its host, and how it ends. */
#define NAME_URL_HEAD 28
#define NAME_URL_TAIL 11

/* Returns: (transfer full): those of @backends that are not among @others */
static GPtrArray *
lb_undo_list_missing (GPtrArray *backends,
                      GPtrArray *others)
{
  GPtrArray *missing = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) index = NULL;

  if (backends == others)
    return missing;

  index = lb_undo_index (others);
  for (guint i = 0; i < backends->len; i++)
    if (!g_hash_table_contains (index, g_ptr_array_index (backends, i)))
      g_ptr_array_add (missing, g_object_ref (g_ptr_array_index (backends, i)));

  return missing;
}

/**
 * lb_undo_step_foreach_changed:
 * @self: a step
 * @each: (scope call): called for each backend that is there before and after, but not the same
 * @user_data: for @each
 */
void
lb_undo_step_foreach_changed (const LbUndoStep *self,
                              LbUndoEach each,
                              gpointer user_data)
{
  g_autoptr (GHashTable) index = NULL;

  if (self->before->records == self->after->records)
    return;

  index = lb_undo_index (self->before->backends);
  for (guint i = 0; i < self->after->backends->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (self->after->backends, i);
      const LbUndoRecord *after = g_ptr_array_index (self->after->records, i);
      const LbUndoRecord *before;
      guint position;

      if (!lb_undo_index_lookup (index, backend, &position))
        continue;

      before = g_ptr_array_index (self->before->records, position);
      if (!lb_undo_record_equal (before, after))
        each (backend, before, after, user_data);
    }
}

/**
 * lb_undo_step_is_replacement:
 * @self: a step
 *
 * Returns: whether it puts one backend at the place of another, as when a URL is edited
 */
gboolean
lb_undo_step_is_replacement (const LbUndoStep *self)
{
  guint removed_at;
  guint added_at;

  return self->removed->len == 1 && self->added->len == 1 &&
         g_ptr_array_find (self->before->backends, g_ptr_array_index (self->removed, 0),
                           &removed_at) &&
         g_ptr_array_find (self->after->backends, g_ptr_array_index (self->added, 0), &added_at) &&
         removed_at == added_at;
}

/* What changes in the backends that stay: how many there are, and the last of them. */
typedef struct
{
  guint n;
  LbBackend *backend;
  gboolean weight;
  gboolean state;
  gboolean rest;
} LbUndoChanged;

static void
lb_undo_changed_add (LbBackend *backend,
                     const LbUndoRecord *before,
                     const LbUndoRecord *after,
                     gpointer user_data)
{
  LbUndoChanged *changed = user_data;

  changed->n++;
  changed->backend = backend;
  changed->weight = before->weight != after->weight;
  changed->state = before->state != after->state;
  changed->rest = before->backup != after->backup ||
                  !lb_probe_exceptions_equal (&before->exceptions, &after->exceptions);
}

static gboolean
differ (double a,
        double b)
{
  return a < b || a > b;
}

static gboolean
lb_undo_step_changes_settings (const LbUndoStep *self)
{
  return !g_str_equal (self->before->policy, self->after->policy) ||
         !lb_probe_settings_equal (&self->before->probe, &self->after->probe) ||
         differ (self->before->panic_share, self->after->panic_share);
}

/* Returns: (transfer none) (nullable): the backend, if its weight is all that changes */
static LbBackend *
lb_undo_step_get_weighed (const LbUndoStep *self)
{
  LbUndoChanged changed = { 0 };

  if (self->before->backends != self->after->backends || lb_undo_step_changes_settings (self))
    return NULL;

  lb_undo_step_foreach_changed (self, lb_undo_changed_add, &changed);

  return changed.n == 1 && !changed.state && !changed.rest ? changed.backend : NULL;
}

static char *
lb_undo_name_url (LbBackend *backend)
{
  const char *url = lb_backend_get_url (backend);
  const glong length = g_utf8_strlen (url, -1);
  g_autofree char *start = NULL;

  if (length <= NAME_URL_HEAD + 1 + NAME_URL_TAIL)
    return g_strdup (url);

  start = g_utf8_substring (url, 0, NAME_URL_HEAD);

  return g_strconcat (start, "…", g_utf8_offset_to_pointer (url, length - NAME_URL_TAIL), NULL);
}

static char *
lb_undo_step_name_membership (const LbUndoStep *self)
{
  const guint n_added = self->added->len;
  const guint n_removed = self->removed->len;
  g_autofree char *url = NULL;

  url = lb_undo_name_url (g_ptr_array_index (n_added > 0 ? self->added : self->removed, 0));

  /* Translators: this and what follows stands after “Undo” or “Redo” in a menu. %s is a URL. */
  if (lb_undo_step_is_replacement (self))
    return g_strdup_printf (_ ("Edit %s"), url);
  if (n_added > 0 && n_removed > 0)
    return g_strdup (_ ("Change the Pool"));
  if (n_added == 1)
    return g_strdup_printf (_ ("Add %s"), url);
  if (n_removed == 1)
    return g_strdup_printf (_ ("Remove %s"), url);
  if (n_added > 0)
    return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "Add %u Backend", "Add %u Backends", n_added), n_added);

  return g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "Remove %u Backend", "Remove %u Backends", n_removed), n_removed);
}

static char *
lb_undo_changed_name (const LbUndoChanged *self)
{
  g_autofree char *url = lb_undo_name_url (self->backend);

  if (self->n > 1)
    return g_strdup_printf (
      g_dngettext (GETTEXT_PACKAGE, "Change %u Backend", "Change %u Backends", self->n), self->n);
  if (self->weight && !self->state && !self->rest)
    return g_strdup_printf (_ ("Change Weight of %s"), url);
  if (self->state && !self->weight && !self->rest)
    return g_strdup_printf (_ ("Change State of %s"), url);

  return g_strdup_printf (_ ("Edit %s"), url);
}

/* What of it a person would name first. */
static char *
lb_undo_step_make_name (const LbUndoStep *self)
{
  LbUndoChanged changed = { 0 };

  if (self->added->len > 0 || self->removed->len > 0)
    return lb_undo_step_name_membership (self);

  lb_undo_step_foreach_changed (self, lb_undo_changed_add, &changed);
  if (changed.n > 0)
    return lb_undo_changed_name (&changed);

  if (self->before->backends != self->after->backends)
    return g_strdup (_ ("Reorder Backends"));
  if (!g_str_equal (self->before->policy, self->after->policy))
    return g_strdup (_ ("Change Policy"));

  return g_strdup (_ ("Change Probe Defaults"));
}

/**
 * lb_undo_step_new:
 * @before: an image
 * @after: the image taken next
 *
 * Returns: (transfer full): the step from the one to the other
 */
LbUndoStep *
lb_undo_step_new (LbUndoImage *before,
                  LbUndoImage *after)
{
  LbUndoStep *self = g_rc_box_new0 (LbUndoStep);

  self->before = lb_undo_image_ref (before);
  self->after = lb_undo_image_ref (after);
  self->removed = lb_undo_list_missing (before->backends, after->backends);
  self->added = lb_undo_list_missing (after->backends, before->backends);
  self->name = lb_undo_step_make_name (self);

  return self;
}

/**
 * lb_undo_step_ref:
 * @self: a step
 *
 * Returns: (transfer full): @self
 */
LbUndoStep *
lb_undo_step_ref (LbUndoStep *self)
{
  return g_rc_box_acquire (self);
}

static void
lb_undo_step_clear (gpointer data)
{
  LbUndoStep *self = data;

  lb_undo_image_unref (self->before);
  lb_undo_image_unref (self->after);
  g_ptr_array_unref (self->removed);
  g_ptr_array_unref (self->added);
  g_free (self->name);
}

/**
 * lb_undo_step_unref:
 * @self: (transfer full): a step
 */
void
lb_undo_step_unref (LbUndoStep *self)
{
  g_rc_box_release_full (self, lb_undo_step_clear);
}

/**
 * lb_undo_step_is_removal:
 * @self: a step
 *
 * Returns: whether it removes backends, and adds none
 */
gboolean
lb_undo_step_is_removal (const LbUndoStep *self)
{
  return self->removed->len > 0 && self->added->len == 0;
}

/**
 * lb_undo_step_is_nothing:
 * @self: a step
 *
 * Returns: whether all is after it as it was before
 */
gboolean
lb_undo_step_is_nothing (const LbUndoStep *self)
{
  LbUndoChanged changed = { 0 };

  lb_undo_step_foreach_changed (self, lb_undo_changed_add, &changed);

  return changed.n == 0 && self->removed->len == 0 && self->added->len == 0 &&
         !lb_undo_step_changes_settings (self) &&
         lb_undo_same_order (self->before->backends, self->after->backends);
}

/**
 * lb_undo_step_merge:
 * @self: a step
 * @next: the step after it
 *
 * Returns: (transfer full) (nullable): both as one, if each of them is but a change of the same
 *   backend's weight; else %NULL
 */
LbUndoStep *
lb_undo_step_merge (const LbUndoStep *self,
                    const LbUndoStep *next)
{
  LbBackend *backend = lb_undo_step_get_weighed (self);

  if (backend == NULL || lb_undo_step_get_weighed (next) != backend)
    return NULL;

  return lb_undo_step_new (self->before, next->after);
}

/**
 * lb_undo_step_reverse:
 * @self: a step
 *
 * Returns: (transfer full): the step that undoes it
 */
LbUndoStep *
lb_undo_step_reverse (const LbUndoStep *self)
{
  return lb_undo_step_new (self->after, self->before);
}
