/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-large-text.h"

#define USUAL_DPI 96.0

/* So much of a label is left at least. */
#define LEAST_CHARS 4

/**
 * lb_large_text_get_scale:
 * @widget: a widget
 *
 * Whoever reads large text has less room for words than the number of pixels says.
 *
 * Returns: how many times as large as usual text is
 */
double
lb_large_text_get_scale (GtkWidget *widget)
{
  int dpi;

  g_return_val_if_fail (GTK_IS_WIDGET (widget), 1.0);

  g_object_get (gtk_widget_get_settings (widget), "gtk-xft-dpi", &dpi, NULL);

  return dpi > 0 ? dpi / (USUAL_DPI * PANGO_SCALE) : 1.0;
}

/**
 * lb_large_text_shrink_buttons:
 * @widget: a widget
 *
 * Lets the words on buttons in @widget be cut short where there is no room, so that a window need not be
 * as wide as they are. A single word stays whole, unless it is one of several to choose from.
 */
void
lb_large_text_shrink_buttons (GtkWidget *widget)
{
  GtkWidget *child;

  g_return_if_fail (GTK_IS_WIDGET (widget));

  if (GTK_IS_LABEL (widget) && gtk_widget_get_ancestor (widget, GTK_TYPE_BUTTON) != NULL &&
      (strchr (gtk_label_get_text (GTK_LABEL (widget)), ' ') != NULL ||
       gtk_widget_get_ancestor (widget, GTK_TYPE_DROP_DOWN) != NULL))
    {
      gtk_label_set_ellipsize (GTK_LABEL (widget), PANGO_ELLIPSIZE_END);
      gtk_label_set_width_chars (GTK_LABEL (widget), LEAST_CHARS);
    }

  for (child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    lb_large_text_shrink_buttons (child);
}
