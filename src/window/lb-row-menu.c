/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-row-menu.h"

#include <glib/gi18n-lib.h>

#include "window/lb-backend-menu.h"
#include "window/lb-column-view.h"

/**
 * LbRowMenu:
 *
 * The button at the end of a row of the list, with the menu of what can be done with the backend.
 *
 * The list's template makes one for each row to be seen and binds it to an [class@BackendRow]. The
 * menu is made when it opens. As there is one in each row, it also names the row and its cells for a
 * screen reader, for which GTK 4.8 has nothing.
 */
struct _LbRowMenu
{
  GtkWidget parent_instance;

  GtkMenuButton *button;

  LbBackendRow *row;
  const GdkRectangle *at; /* (unowned) (nullable): what to point to, while it is opened */
};

enum
{
  PROP_ROW = 1,
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
lb_row_menu_create_popup (GtkMenuButton *button,
                          gpointer user_data)
{
  LbRowMenu *self = user_data;
  LbBackend *backend = lb_row_menu_get_backend (self);
  GtkWidget *popover = backend != NULL ? lb_backend_menu_new (backend) : NULL;

  if (popover != NULL && self->at != NULL)
    gtk_popover_set_pointing_to (GTK_POPOVER (popover), self->at);
  gtk_menu_button_set_popover (button, popover);
}

/* What says what is in a cell: its button, or else its first label. */
static GtkWidget *
find_name (GtkWidget *widget)
{
  GtkWidget *child;
  GtkWidget *label = GTK_IS_LABEL (widget) ? widget : NULL;

  if (GTK_IS_MENU_BUTTON (widget))
    return widget;

  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_name (child);

      if (GTK_IS_MENU_BUTTON (found))
        return found;
      if (label == NULL)
        label = found;
    }

  return label;
}

/* A row is a child of the list view in a column view, and the cells are its children. */
static void
lb_row_menu_name_row (LbRowMenu *self)
{
  GtkWidget *row = lb_column_view_find_row (GTK_WIDGET (self));
  GtkWidget *cell;
  g_autofree char *word = NULL;
  g_autofree char *name = NULL;

  if (row == NULL || self->row == NULL)
    return;

  g_object_get (self->row, "state-word", &word, NULL);
  name = g_strdup_printf ("%s, %s", lb_backend_get_url (lb_row_menu_get_backend (self)), word);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);

  for (cell = gtk_widget_get_first_child (row); cell != NULL;
       cell = gtk_widget_get_next_sibling (cell))
    {
      GtkWidget *what = find_name (cell);

      if (what != NULL)
        gtk_accessible_update_relation (GTK_ACCESSIBLE (cell), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                        what, NULL, -1);
    }
}

static void
lb_row_menu_root (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (lb_row_menu_parent_class)->root (widget);

  lb_row_menu_name_row (LB_ROW_MENU (widget));
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
    g_signal_handlers_disconnect_by_data (self->row, self);
  g_set_object (&self->row, row);
  gtk_menu_button_popdown (self->button);

  if (row != NULL)
    {
      g_signal_connect_swapped (row, "notify::state-word", G_CALLBACK (lb_row_menu_name_row), self);
      /* Translators: %s is a backend’s URL */
      label = g_strdup_printf (_ ("Menu of %s"), lb_backend_get_url (lb_row_menu_get_backend (self)));
      gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), label);
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->button),
                                      GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
      lb_row_menu_name_row (self);
    }

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROW]);
}

static void
lb_row_menu_get_property (GObject *object,
                          guint prop_id,
                          GValue *value,
                          GParamSpec *pspec)
{
  LbRowMenu *self = LB_ROW_MENU (object);

  switch (prop_id)
    {
    case PROP_ROW:
      g_value_set_object (value, self->row);
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

  switch (prop_id)
    {
    case PROP_ROW:
      lb_row_menu_set_row (self, g_value_get_object (value));
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
    g_signal_handlers_disconnect_by_data (self->row, self);
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

  object_class->get_property = lb_row_menu_get_property;
  object_class->set_property = lb_row_menu_set_property;
  object_class->dispose = lb_row_menu_dispose;
  widget_class->root = lb_row_menu_root;

  /**
   * LbRowMenu:row:
   *
   * The row that the menu is for.
   */
  properties[PROP_ROW] =
    g_param_spec_object ("row", NULL, NULL, LB_TYPE_BACKEND_ROW,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
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
 * lb_row_menu_find:
 * @widget: a row of the list, or a part of it
 *
 * Returns: (transfer none) (nullable): the menu in it
 */
LbRowMenu *
lb_row_menu_find (GtkWidget *widget)
{
  GtkWidget *child;

  if (LB_IS_ROW_MENU (widget))
    return LB_ROW_MENU (widget);

  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      LbRowMenu *menu = lb_row_menu_find (child);

      if (menu != NULL)
        return menu;
    }

  return NULL;
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
  GdkRectangle place;
  double x;
  double y;

  g_return_if_fail (LB_IS_ROW_MENU (self));

  if (at != NULL && gtk_widget_translate_coordinates (GTK_WIDGET (self), GTK_WIDGET (self->button),
                                                      at->x, at->y, &x, &y))
    {
      place = (GdkRectangle){ (int) x, (int) y, at->width, at->height };
      self->at = &place;
    }

  gtk_menu_button_popup (self->button);
  self->at = NULL;
}
