/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-spoken-names.h"

#include <glib/gi18n-lib.h>
#include <gtk/gtk.h>

/*
 * What GTK 4.8 tells a screen reader wrong about its own widgets, put right in every window whenever it
 * is mapped, GTK's own dialogs included. The names of what is ours are in the templates.
 */

static void
set_label (gpointer widget,
           const char *label)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static gboolean
is_in_shortcuts (GtkWidget *widget)
{
  return GTK_IS_SHORTCUTS_WINDOW (gtk_widget_get_root (widget));
}

/* A label with a mnemonic names its button already, and without the underline. */
static void
mend_button (GtkButton *button)
{
  GtkWidget *widget = GTK_WIDGET (button);

  if (gtk_button_get_use_underline (button) && gtk_button_get_label (button) != NULL)
    gtk_accessible_reset_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL);
  else if (gtk_widget_has_css_class (widget, "close") &&
           gtk_widget_get_ancestor (widget, GTK_TYPE_INFO_BAR) != NULL)
    set_label (button, _ ("Close"));
  else if (GTK_IS_TOGGLE_BUTTON (button) && is_in_shortcuts (widget) &&
           gtk_widget_get_ancestor (widget, GTK_TYPE_HEADER_BAR) != NULL)
    set_label (button, _ ("Search Shortcuts"));
}

static void
on_selected_item (GtkDropDown *drop_down,
                  GParamSpec *pspec G_GNUC_UNUSED,
                  GtkAccessible *button)
{
  gpointer item = gtk_drop_down_get_selected_item (drop_down);

  if (GTK_IS_STRING_OBJECT (item))
    gtk_accessible_update_property (button, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    gtk_string_object_get_string (item), -1);
}

/* The focus goes to the button inside, which has no name, and does not say what is chosen. */
static void
mend_drop_down (GtkDropDown *drop_down)
{
  GtkWidget *button = gtk_widget_get_first_child (GTK_WIDGET (drop_down));
  g_autoptr (GList) labels = gtk_widget_list_mnemonic_labels (GTK_WIDGET (drop_down));
  gpointer name = labels != NULL ? labels->data : drop_down;

  if (!GTK_IS_BUTTON (button))
    return;

  gtk_accessible_update_relation (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_RELATION_LABELLED_BY, name,
                                  NULL, -1);
  g_signal_handlers_disconnect_by_func (drop_down, on_selected_item, button);
  g_signal_connect_object (drop_down, "notify::selected-item", G_CALLBACK (on_selected_item), button, 0);
  on_selected_item (drop_down, NULL, GTK_ACCESSIBLE (button));
}

static void
on_page (GtkNotebook *notebook,
         GtkWidget *page,
         guint number G_GNUC_UNUSED,
         gpointer user_data G_GNUC_UNUSED)
{
  gtk_accessible_update_relation (GTK_ACCESSIBLE (notebook), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                  gtk_notebook_get_tab_label (notebook, page), NULL, -1);
}

/* While the focus is on the tabs, it is the notebook that has it. */
static void
mend_notebook (GtkNotebook *notebook)
{
  int number = gtk_notebook_get_current_page (notebook);

  g_signal_handlers_disconnect_by_func (notebook, on_page, NULL);
  g_signal_connect_after (notebook, "switch-page", G_CALLBACK (on_page), NULL);
  if (number >= 0)
    on_page (notebook, gtk_notebook_get_nth_page (notebook, number), (guint) number, NULL);
}

static void
mend_expander (GtkExpander *expander)
{
  GtkWidget *label = gtk_expander_get_label_widget (expander);

  if (label != NULL)
    gtk_accessible_update_relation (GTK_ACCESSIBLE (expander), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                    label, NULL, -1);
}

/* The pages have numbers, and mnemonics. */
static void
mend_stack_switcher (GtkWidget *switcher)
{
  GtkWidget *button;

  for (button = gtk_widget_get_first_child (switcher); button != NULL;
       button = gtk_widget_get_next_sibling (button))
    {
      GtkWidget *label = gtk_widget_get_first_child (button);

      if (GTK_IS_LABEL (label))
        set_label (button, gtk_label_get_text (GTK_LABEL (label)));
    }
}

static void
mend (GtkWidget *widget)
{
  GtkWidget *child;

  if (GTK_IS_BUTTON (widget))
    mend_button (GTK_BUTTON (widget));
  else if (GTK_IS_DROP_DOWN (widget))
    mend_drop_down (GTK_DROP_DOWN (widget));
  else if (GTK_IS_NOTEBOOK (widget))
    mend_notebook (GTK_NOTEBOOK (widget));
  else if (GTK_IS_EXPANDER (widget))
    mend_expander (GTK_EXPANDER (widget));
  else if (GTK_IS_STACK_SWITCHER (widget))
    mend_stack_switcher (widget);
  else if (GTK_IS_SHORTCUTS_WINDOW (widget))
    set_label (widget, _ ("Keyboard Shortcuts"));
  else if (GTK_IS_SEARCH_ENTRY (widget) && is_in_shortcuts (widget))
    set_label (widget, _ ("Search Shortcuts"));

  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    mend (child);
}

static void
on_toplevels (GListModel *toplevels,
              guint position,
              guint removed G_GNUC_UNUSED,
              guint added)
{
  guint i;

  for (i = position; i < position + added; i++)
    {
      g_autoptr (GtkWidget) window = g_list_model_get_item (toplevels, i);

      g_signal_connect_after (window, "map", G_CALLBACK (mend), NULL);
    }
}

/**
 * lb_spoken_names_watch:
 *
 * Puts right what a screen reader is told, in every window that there will be.
 */
void
lb_spoken_names_watch (void)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  g_signal_connect (toplevels, "items-changed", G_CALLBACK (on_toplevels), NULL);
  on_toplevels (toplevels, 0, 0, g_list_model_get_n_items (toplevels));
}
