/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "engine/lb-haproxy-wanted.h"

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
