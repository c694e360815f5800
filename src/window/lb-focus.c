/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-focus.h"

/*
 * For what opens, takes the focus, and gives it back when it closes.
 */

/* An item of a menu is gone by then: whoever opened it stays. */
static GtkWidget *
leave_popovers (GtkWidget *widget)
{
  GtkWidget *ancestor;

  for (ancestor = widget; ancestor != NULL; ancestor = gtk_widget_get_parent (ancestor))
    if (GTK_IS_POPOVER (ancestor))
      widget = gtk_widget_get_parent (ancestor);

  return widget;
}

/**
 * lb_focus_remember:
 * @within: what is about to take the focus
 * @place: (inout): a weak pointer
 *
 * Remembers the widget that has the focus in @place, unless it is in @within already.
 */
void
lb_focus_remember (GtkWidget *within,
                   GtkWidget **place)
{
  GtkWidget *focus;

  g_return_if_fail (GTK_IS_WIDGET (within));
  g_return_if_fail (place != NULL);

  focus = gtk_root_get_focus (gtk_widget_get_root (within));
  if (focus == NULL || !gtk_widget_is_ancestor (focus, within))
    g_set_weak_pointer (place, leave_popovers (focus));
}

/**
 * lb_focus_restore:
 * @place: (inout): a weak pointer
 *
 * Gives the focus back to what lb_focus_remember() found, and forgets it.
 *
 * Returns: whether it could take it
 */
gboolean
lb_focus_restore (GtkWidget **place)
{
  gboolean restored;

  g_return_val_if_fail (place != NULL, FALSE);

  restored = *place != NULL && gtk_widget_get_mapped (*place) && gtk_widget_grab_focus (*place);
  g_clear_weak_pointer (place);

  return restored;
}
