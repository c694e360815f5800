/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-backend-menu.h"

#include <glib/gi18n-lib.h>

/*
 * The menu of what can be done with a backend, for wherever one is shown: a row of the list, a bar of a
 * chart. Its items are actions of the window with the backend's URL; which state it is in is an action
 * of the menu's own, `backend.state`, which asks the window's `win.set-state` for another.
 */

static void
append (GMenu *menu,
        const char *label,
        const char *action,
        const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", target);
  g_menu_append_item (menu, item);
}

static GMenuModel *
make_model (const char *url)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenu) urls = g_menu_new ();
  g_autoptr (GMenu) states = g_menu_new ();
  g_autoptr (GMenu) last = g_menu_new ();

  append (first, _ ("D_etails"), "win.show-details", url);
  append (first, _ ("_Edit…"), "win.edit-backend", url);
  append (first, _ ("_Test Now…"), "win.test-backend", url);
  append (first, _ ("_Probe Now"), "win.probe-backend", url);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));

  append (urls, _ ("_Copy URL"), "win.copy-url", url);
  append (urls, _ ("_Open in Browser"), "win.open-url", url);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (urls));

  append (states, _ ("Rea_dy"), "backend.state", lb_state_to_string (LB_STATE_READY));
  append (states, _ ("D_rain"), "backend.state", lb_state_to_string (LB_STATE_DRAIN));
  append (states, _ ("_Maintenance"), "backend.state", lb_state_to_string (LB_STATE_MAINT));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (states));

  append (last, _ ("Remo_ve"), "win.remove-backend", url);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (last));

  return G_MENU_MODEL (menu);
}

static void
on_state (LbBackend *backend,
          GParamSpec *pspec G_GNUC_UNUSED,
          GSimpleAction *action)
{
  const char *state = lb_state_to_string (lb_backend_get_state (backend));

  g_simple_action_set_state (action, g_variant_new_string (state));
}

/* Not set here: the window may refuse, and whoever changes it, the backend tells. */
static void
on_state_chosen (GtkWidget *menu,
                 GVariant *value)
{
  LbBackend *backend = g_object_get_data (G_OBJECT (menu), "lb-backend");

  gtk_widget_activate_action (menu, "win.set-state", "(ss)", lb_backend_get_url (backend),
                              g_variant_get_string (value, NULL));
}

/**
 * lb_backend_menu_new:
 * @backend: a backend
 *
 * Returns: (transfer floating): a popover with its menu, for one opening
 */
GtkWidget *
lb_backend_menu_new (LbBackend *backend)
{
  g_autoptr (GMenuModel) model = NULL;
  g_autoptr (GSimpleActionGroup) group = g_simple_action_group_new ();
  g_autoptr (GSimpleAction) action = NULL;
  GtkWidget *menu;

  g_return_val_if_fail (LB_IS_BACKEND (backend), NULL);

  model = make_model (lb_backend_get_url (backend));
  menu = gtk_popover_menu_new_from_model (model);
  g_object_set_data_full (G_OBJECT (menu), "lb-backend", g_object_ref (backend), g_object_unref);

  action = g_simple_action_new_stateful ("state", G_VARIANT_TYPE_STRING, g_variant_new_string (""));
  on_state (backend, NULL, action);
  g_signal_connect_object (backend, "notify::state", G_CALLBACK (on_state), action, 0);
  g_signal_connect_object (action, "change-state", G_CALLBACK (on_state_chosen), menu,
                           G_CONNECT_SWAPPED);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (action));
  gtk_widget_insert_action_group (menu, "backend", G_ACTION_GROUP (group));

  return menu;
}
