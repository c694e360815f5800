/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-field.h"

#include <glib/gi18n-lib.h>

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

/**
 * lb_field_set_ltr:
 * @field: an entry
 *
 * Has @field written from the left in every language, also while there is no letter in it: it takes
 * addresses or numbers, whose order means something.
 */
void
lb_field_set_ltr (GtkEditable *field)
{
  g_return_if_fail (GTK_IS_EDITABLE (field));

  gtk_widget_set_direction (GTK_WIDGET (field), GTK_TEXT_DIR_LTR);
  gtk_widget_set_direction (GTK_WIDGET (gtk_editable_get_delegate (field)), GTK_TEXT_DIR_LTR);
}

/**
 * lb_field_new_reset:
 *
 * Makes a small button that sets a field back to its default, to stand beside the field's title. Whoever
 * puts it there shows it while there is something to set back.
 *
 * Returns: (transfer floating): a button that is hidden
 */
GtkWidget *
lb_field_new_reset (void)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("edit-undo-symbolic");

  gtk_button_set_has_frame (GTK_BUTTON (button), FALSE);
  gtk_widget_add_css_class (button, "lb-reset");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_visible (button, FALSE);

  return button;
}

/**
 * lb_field_name_reset:
 * @reset: a button of lb_field_new_reset()
 * @title: the field's, without a mnemonic
 */
void
lb_field_name_reset (GtkWidget *reset,
                     const char *title)
{
  g_autofree char *name = NULL;

  g_return_if_fail (GTK_IS_BUTTON (reset));
  g_return_if_fail (title != NULL);

  /* Translators: %s is the title of a setting, which is set to its default */
  name = g_strdup_printf (_ ("Reset “%s”"), title);
  gtk_widget_set_tooltip_text (reset, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (reset), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}
