/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-field.h"

/**
 * lb_field_set_refused:
 * @field: what a person writes into
 * @refused: whether what stands there cannot be used
 *
 * Marks a field for the eye and for a screen reader. The sentence that says why is the caller's.
 */
void
lb_field_set_refused (GtkWidget *field,
                      gboolean refused)
{
  g_return_if_fail (GTK_IS_WIDGET (field));

  if (refused)
    {
      gtk_widget_add_css_class (field, "error");
      gtk_accessible_update_state (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_STATE_INVALID,
                                   GTK_ACCESSIBLE_INVALID_TRUE, -1);
    }
  else
    {
      gtk_widget_remove_css_class (field, "error");
      gtk_accessible_reset_state (GTK_ACCESSIBLE (field), GTK_ACCESSIBLE_STATE_INVALID);
    }
}

/**
 * lb_field_find_refused:
 * @within: a widget
 *
 * Returns: (transfer none) (nullable): the first field in @within that is refused and can be seen, or
 *   could if it were not scrolled away
 */
GtkWidget *
lb_field_find_refused (GtkWidget *within)
{
  GtkWidget *child;

  g_return_val_if_fail (GTK_IS_WIDGET (within), NULL);

  if (!gtk_widget_get_visible (within))
    return NULL;
  if (gtk_widget_has_css_class (within, "error"))
    return within;

  for (child = gtk_widget_get_first_child (within); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = lb_field_find_refused (child);

      if (found != NULL)
        return found;
    }

  return NULL;
}
