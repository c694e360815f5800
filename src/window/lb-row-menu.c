/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-row-menu.h"

#include <glib/gi18n-lib.h>

/**
 * LbRowMenu:
 *
 * The button at the end of a row of the list, with the menu of what can be done with the backend.
 *
 * The list's template makes one for each row to be seen and binds it to an [class@BackendRow]. The
 * menu is made when it opens. Its items are actions of the window with the backend's URL; the state
 * is the widget's own action `row.state`, so that the menu shows which one it is, and goes to the
 * window's `win.set-state` when another is chosen.
 */
struct _LbRowMenu
{
  GtkWidget parent_instance;

  GtkMenuButton *button;

  LbBackendRow *row;
};

enum
{
  PROP_ROW = 1,
  PROP_STATE,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbRowMenu, lb_row_menu, GTK_TYPE_WIDGET)

static LbBackend *
lb_row_menu_get_backend (LbRowMenu *self)
{
  return self->row != NULL ? lb_backend_row_get_backend (self->row) : NULL;
}

static void
lb_row_menu_append (GMenu *menu,
                    const char *label,
                    const char *action,
                    const char *target)
{
  g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);

  g_menu_item_set_action_and_target (item, action, "s", target);
  g_menu_append_item (menu, item);
}

static GMenuModel *
lb_row_menu_make_model (const char *url)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) first = g_menu_new ();
  g_autoptr (GMenu) urls = g_menu_new ();
  g_autoptr (GMenu) states = g_menu_new ();
  g_autoptr (GMenu) last = g_menu_new ();

  lb_row_menu_append (first, _ ("D_etails"), "win.show-details", url);
  lb_row_menu_append (first, _ ("_Edit…"), "win.edit-backend", url);
  lb_row_menu_append (first, _ ("_Test Now…"), "win.test-backend", url);
  lb_row_menu_append (first, _ ("_Probe Now"), "win.probe-backend", url);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (first));

  lb_row_menu_append (urls, _ ("_Copy URL"), "win.copy-url", url);
  lb_row_menu_append (urls, _ ("_Open in Browser"), "win.open-url", url);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (urls));

  lb_row_menu_append (states, _ ("Rea_dy"), "row.state", lb_state_to_string (LB_STATE_READY));
  lb_row_menu_append (states, _ ("D_rain"), "row.state", lb_state_to_string (LB_STATE_DRAIN));
  lb_row_menu_append (states, _ ("_Maintenance"), "row.state", lb_state_to_string (LB_STATE_MAINT));
  g_menu_append_section (menu, NULL, G_MENU_MODEL (states));

  lb_row_menu_append (last, _ ("Remo_ve"), "win.remove-backend", url);
  g_menu_append_section (menu, NULL, G_MENU_MODEL (last));

  return G_MENU_MODEL (menu);
}

static void
lb_row_menu_create_popup (GtkMenuButton *button,
                          gpointer user_data)
{
  LbRowMenu *self = user_data;
  LbBackend *backend = lb_row_menu_get_backend (self);
  g_autoptr (GMenuModel) model = NULL;
  GtkWidget *popover = NULL;

  if (backend != NULL)
    {
      model = lb_row_menu_make_model (lb_backend_get_url (backend));
      popover = gtk_popover_menu_new_from_model (model);
    }

  gtk_menu_button_set_popover (button, popover);
}

static void
lb_row_menu_on_state (LbRowMenu *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/* A menu is used for other rows as the list is scrolled or sorted. */
static void
lb_row_menu_set_row (LbRowMenu *self,
                     LbBackendRow *row)
{
  g_autofree char *label = NULL;

  if (self->row == row)
    return;

  if (self->row != NULL)
    g_signal_handlers_disconnect_by_data (lb_row_menu_get_backend (self), self);
  g_set_object (&self->row, row);
  gtk_menu_button_popdown (self->button);

  if (row != NULL)
    {
      LbBackend *backend = lb_row_menu_get_backend (self);

      g_signal_connect_swapped (backend, "notify::state", G_CALLBACK (lb_row_menu_on_state), self);
      /* Translators: %s is a backend’s URL */
      label = g_strdup_printf (_ ("Menu of %s"), lb_backend_get_url (backend));
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
    }

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROW]);
  lb_row_menu_on_state (self);
}

static void
lb_row_menu_get_property (GObject *object,
                          guint prop_id,
                          GValue *value,
                          GParamSpec *pspec)
{
  LbRowMenu *self = LB_ROW_MENU (object);
  LbBackend *backend = lb_row_menu_get_backend (self);

  switch (prop_id)
    {
    case PROP_ROW:
      g_value_set_object (value, self->row);
      break;

    case PROP_STATE:
      g_value_set_string (value, backend != NULL
                                   ? lb_state_to_string (lb_backend_get_state (backend))
                                   : "");
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_row_menu_set_property (GObject *object,
                          guint prop_id,
                          const GValue *value,
                          GParamSpec *pspec)
{
  LbRowMenu *self = LB_ROW_MENU (object);
  LbBackend *backend = lb_row_menu_get_backend (self);

  switch (prop_id)
    {
    case PROP_ROW:
      lb_row_menu_set_row (self, g_value_get_object (value));
      break;

    case PROP_STATE:
      if (backend != NULL)
        gtk_widget_activate_action (GTK_WIDGET (self), "win.set-state", "(ss)",
                                    lb_backend_get_url (backend), g_value_get_string (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_row_menu_dispose (GObject *object)
{
  LbRowMenu *self = LB_ROW_MENU (object);

  if (self->row != NULL)
    g_signal_handlers_disconnect_by_data (lb_row_menu_get_backend (self), self);
  g_clear_object (&self->row);
  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;

  G_OBJECT_CLASS (lb_row_menu_parent_class)->dispose (object);
}

static void
lb_row_menu_class_init (LbRowMenuClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lb_row_menu_get_property;
  object_class->set_property = lb_row_menu_set_property;
  object_class->dispose = lb_row_menu_dispose;

  /**
   * LbRowMenu:row:
   *
   * The row that the menu is for.
   */
  properties[PROP_ROW] = g_param_spec_object ("row", NULL, NULL, LB_TYPE_BACKEND_ROW, flags);

  /**
   * LbRowMenu:state:
   *
   * The name of the backend's state, empty without a row. Setting it asks the window to.
   */
  properties[PROP_STATE] = g_param_spec_string ("state", NULL, NULL, "", flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_property_action (widget_class, "row.state", "state");
}

static void
lb_row_menu_init (LbRowMenu *self)
{
  self->button = GTK_MENU_BUTTON (gtk_menu_button_new ());
  gtk_menu_button_set_icon_name (self->button, "view-more-symbolic");
  gtk_widget_set_valign (GTK_WIDGET (self->button), GTK_ALIGN_CENTER);
  gtk_menu_button_set_has_frame (self->button, FALSE);
  gtk_menu_button_set_create_popup_func (self->button, lb_row_menu_create_popup, self, NULL);
  gtk_widget_set_parent (GTK_WIDGET (self->button), GTK_WIDGET (self));
}

/**
 * lb_row_menu_new:
 *
 * Returns: (transfer floating): a menu without a row
 */
GtkWidget *
lb_row_menu_new (void)
{
  return g_object_new (LB_TYPE_ROW_MENU, NULL);
}

/**
 * lb_row_menu_get_row:
 * @self: a menu
 *
 * Returns: (transfer none) (nullable): the row that it is for
 */
LbBackendRow *
lb_row_menu_get_row (LbRowMenu *self)
{
  g_return_val_if_fail (LB_IS_ROW_MENU (self), NULL);

  return self->row;
}

/**
 * lb_row_menu_popup:
 * @self: a menu
 * @at: (nullable): the place to point to, relative to @self; %NULL for the button
 *
 * Opens the menu.
 */
void
lb_row_menu_popup (LbRowMenu *self,
                   const GdkRectangle *at)
{
  GtkPopover *popover;
  double x;
  double y;

  g_return_if_fail (LB_IS_ROW_MENU (self));

  gtk_menu_button_popup (self->button);
  popover = gtk_menu_button_get_popover (self->button);
  if (popover == NULL || at == NULL)
    return;

  if (gtk_widget_translate_coordinates (GTK_WIDGET (self), GTK_WIDGET (self->button), at->x, at->y,
                                        &x, &y))
    gtk_popover_set_pointing_to (popover, &(GdkRectangle){ (int) x, (int) y, at->width, at->height });
}
