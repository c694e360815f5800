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
