/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-node-menu.h"

#include <glib/gi18n-lib.h>

#include "pool/lb-node-snapshot.h"

/*
 * The part of the view's menu that says which node's figures are shown: the sum, or those of one. Where there is but
 * one node there is nothing to choose.
 */

static gboolean
lb_node_menu_is_at (GMenuModel *menu,
                    int i,
                    const char *address)
{
  g_autoptr (GVariant) target = g_menu_model_get_item_attribute_value (menu, i, G_MENU_ATTRIBUTE_TARGET, NULL);

  return target != NULL && g_str_equal (g_variant_get_string (target, NULL), address);
}

/* Behind the first item, for all of them, there is one for each. */
static gboolean
lb_node_menu_is (GMenuModel *menu,
                 GPtrArray *nodes)
{
  if (g_menu_model_get_n_items (menu) != (int) nodes->len + 1)
    return FALSE;

  for (guint i = 0; i < nodes->len; i++)
    if (!lb_node_menu_is_at (menu, (int) i + 1, ((LbNodeSnapshot *) g_ptr_array_index (nodes, i))->address))
      return FALSE;

  return TRUE;
}

static void
lb_node_menu_add (GMenu *menu,
                  const char *title,
                  const char *address)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (title, NULL);

  g_menu_item_set_action_and_target (item, "win.node", "s", address);
  g_menu_append_item (menu, item);
}

/**
 * lb_node_menu_update:
 * @menu: a section of a menu, which has nothing else
 * @nodes: (element-type LbNodeSnapshot): the nodes
 *
 * Has an item for each node, if there are several. An open menu stays as it is while they do.
 */
void
lb_node_menu_update (GMenu *menu,
                     GPtrArray *nodes)
{
  g_return_if_fail (G_IS_MENU (menu));
  g_return_if_fail (nodes != NULL);

  if (nodes->len < 2)
    {
      if (g_menu_model_get_n_items (G_MENU_MODEL (menu)) > 0)
        g_menu_remove_all (menu);
      return;
    }

  if (lb_node_menu_is (G_MENU_MODEL (menu), nodes))
    return;

  g_menu_remove_all (menu);
  lb_node_menu_add (menu, _ ("All Nodes Together"), "");
  for (guint i = 0; i < nodes->len; i++)
    {
      const LbNodeSnapshot *node = g_ptr_array_index (nodes, i);

      lb_node_menu_add (menu, node->title, node->address);
    }
}
