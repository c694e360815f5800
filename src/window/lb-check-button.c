/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-check-button.h"

/**
 * LbCheckButton:
 *
 * A check button that the arrow keys leave, as they do any other button.
 *
 * GTK's own takes them for a choice among the radio buttons of its group, also when it has none: up to
 * 4.8 an arrow key then toggles it, and a radio button that belongs to an action activates that. Space is
 * what changes something.
 */
struct _LbCheckButton
{
  GtkCheckButton parent_instance;
};

G_DEFINE_FINAL_TYPE (LbCheckButton, lb_check_button, GTK_TYPE_CHECK_BUTTON)

static gboolean
lb_check_button_focus (GtkWidget *widget,
                       GtkDirectionType direction)
{
  return !gtk_widget_is_focus (widget) && gtk_widget_grab_focus (widget);
}

static void
lb_check_button_class_init (LbCheckButtonClass *klass)
{
  GTK_WIDGET_CLASS (klass)->focus = lb_check_button_focus;
}

static void
lb_check_button_init (LbCheckButton *self)
{
}
