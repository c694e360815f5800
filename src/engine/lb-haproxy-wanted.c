/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "engine/lb-haproxy-wanted.h"

#include <gio/gio.h>
#include <string.h>

/**
 * lb_haproxy_wanted_new:
 * @name: a server's name
 * @words: what stands behind it where it is added
 * @weight: 0 to 256
 * @state: what it is to do
 *
 * Returns: (transfer full): a server as it is to be
 */
LbHaproxyWanted *
lb_haproxy_wanted_new (const char *name,
                       const char *words,
                       guint weight,
                       LbState state)
{
  LbHaproxyWanted *self = g_new (LbHaproxyWanted, 1);

  *self = (LbHaproxyWanted){ g_strdup (name), g_strdup (words), weight, state };

  return self;
}

/**
 * lb_haproxy_wanted_copy:
 * @self: a server as it is to be
 *
 * Returns: (transfer full): the same
 */
LbHaproxyWanted *
lb_haproxy_wanted_copy (const LbHaproxyWanted *self)
{
  return lb_haproxy_wanted_new (self->name, self->words, self->weight, self->state);
}

/**
 * lb_haproxy_wanted_equal:
 * @a: a server as it is to be
 * @b: another one
 *
 * Returns: whether they are the same
 */
gboolean
lb_haproxy_wanted_equal (const LbHaproxyWanted *a,
                         const LbHaproxyWanted *b)
{
  return a->weight == b->weight && a->state == b->state && g_str_equal (a->name, b->name) &&
         g_str_equal (a->words, b->words);
}

/**
 * lb_haproxy_wanted_is_by_name:
 * @self: a server as it is to be
 *
 * HAProxy looks names up in its file when it starts, but not those of servers that are added later: they would have
 * no address.
 *
 * Returns: whether its address is a name
 */
gboolean
lb_haproxy_wanted_is_by_name (const LbHaproxyWanted *self)
{
  g_autofree char *address = g_strndup (self->words, strcspn (self->words, " "));
  char *colon = strrchr (address, ':');

  if (*address == '[' || colon == NULL)
    return FALSE;

  *colon = '\0';

  return !g_hostname_is_ip_address (address);
}

/**
 * lb_haproxy_wanted_free:
 * @self: (nullable) (transfer full): a server as it is to be
 */
void
lb_haproxy_wanted_free (LbHaproxyWanted *self)
{
  if (self == NULL)
    return;

  g_free (self->name);
  g_free (self->words);
  g_free (self);
}

static void
lb_haproxy_wanted_free_element (gpointer element)
{
  lb_haproxy_wanted_free (element);
}

/**
 * lb_haproxy_wanted_new_list:
 *
 * Returns: (transfer full) (element-type LbHaproxyWanted): an empty list, which owns what is put into it
 */
GPtrArray *
lb_haproxy_wanted_new_list (void)
{
  return g_ptr_array_new_with_free_func (lb_haproxy_wanted_free_element);
}

static gboolean
lb_haproxy_wanted_equal_lists (GPtrArray *a,
                               GPtrArray *b)
{
  gboolean same = a->len == b->len;

  for (guint i = 0; i < a->len && same; i++)
    same = lb_haproxy_wanted_equal (g_ptr_array_index (a, i), g_ptr_array_index (b, i));

  return same;
}

/**
 * lb_haproxy_wanted_take_list:
 * @list: (element-type LbHaproxyWanted): a list
 * @other: (element-type LbHaproxyWanted): what is to be in it; copied
 *
 * Returns: whether that is something else than before
 */
gboolean
lb_haproxy_wanted_take_list (GPtrArray *list,
                             GPtrArray *other)
{
  if (lb_haproxy_wanted_equal_lists (list, other))
    return FALSE;

  g_ptr_array_set_size (list, 0);
  for (guint i = 0; i < other->len; i++)
    g_ptr_array_add (list, lb_haproxy_wanted_copy (g_ptr_array_index (other, i)));

  return TRUE;
}

/**
 * lb_haproxy_wanted_adapt:
 * @wanted: (element-type LbHaproxyWanted): the servers that are to be
 * @before: (nullable) (element-type LbHaproxyWanted): the servers as a HAProxy has them
 * @same: (out) (optional): whether none would have to be removed, to be added again with other words
 *
 * Leaves the words as they are of all servers that a HAProxy has, so that they stay there until another HAProxy
 * begins with the new ones. So does one that comes by name.
 *
 * Returns: (transfer full) (element-type LbHaproxyWanted): what may be wanted of the one that is there
 */
GPtrArray *
lb_haproxy_wanted_adapt (GPtrArray *wanted,
                         GPtrArray *before,
                         gboolean *same)
{
  GPtrArray *adapted = lb_haproxy_wanted_new_list ();
  g_autoptr (GHashTable) words = g_hash_table_new (g_str_hash, g_str_equal);
  gboolean all = TRUE;

  for (guint i = 0; before != NULL && i < before->len; i++)
    {
      const LbHaproxyWanted *each = g_ptr_array_index (before, i);

      g_hash_table_insert (words, each->name, each->words);
    }

  for (guint i = 0; i < wanted->len; i++)
    {
      const LbHaproxyWanted *each = g_ptr_array_index (wanted, i);
      const char *kept = g_hash_table_lookup (words, each->name);

      if (before != NULL && kept == NULL && lb_haproxy_wanted_is_by_name (each))
        {
          all = FALSE;
          continue;
        }

      all = all && (kept == NULL || g_str_equal (kept, each->words));
      g_ptr_array_add (adapted, lb_haproxy_wanted_new (each->name, kept != NULL ? kept : each->words,
                                                       each->weight, each->state));
    }

  if (same != NULL)
    *same = all;

  return adapted;
}
