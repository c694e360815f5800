/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-pause-bar.h"

/**
 * LbPauseBar:
 *
 * The bar that says that the balancer is paused, and resumes it.
 *
 * It is part of the window's template. It is there exactly while [property@Balancer:paused] is set,
 * whoever sets or clears it.
 */
struct _LbPauseBar
{
  GtkWidget parent_instance;

  GtkInfoBar *bar;

  LbBalancer *balancer;
};

G_DEFINE_FINAL_TYPE (LbPauseBar, lb_pause_bar, GTK_TYPE_WIDGET)

static void
lb_pause_bar_on_paused (LbPauseBar *self)
{
  gtk_info_bar_set_revealed (self->bar, lb_balancer_get_paused (self->balancer));
}

static void
lb_pause_bar_resume (GtkWidget *widget,
                     const char *action_name G_GNUC_UNUSED,
                     GVariant *parameter G_GNUC_UNUSED)
{
  LbPauseBar *self = LB_PAUSE_BAR (widget);

  lb_balancer_set_paused (self->balancer, FALSE);
}

static void
lb_pause_bar_dispose (GObject *object)
{
  LbPauseBar *self = LB_PAUSE_BAR (object);

  if (self->balancer != NULL)
    g_signal_handlers_disconnect_by_data (self->balancer, self);
  g_clear_object (&self->balancer);
  if (self->bar != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->bar));
  self->bar = NULL;

  G_OBJECT_CLASS (lb_pause_bar_parent_class)->dispose (object);
}

static void
lb_pause_bar_class_init (LbPauseBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_pause_bar_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-pause-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, LbPauseBar, bar);

  gtk_widget_class_install_action (widget_class, "pause.resume", NULL, lb_pause_bar_resume);
}

static void
lb_pause_bar_init (LbPauseBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lb_pause_bar_new:
 *
 * Returns: (transfer floating): a bar that is not to be seen
 */
GtkWidget *
lb_pause_bar_new (void)
{
  return g_object_new (LB_TYPE_PAUSE_BAR, NULL);
}

/**
 * lb_pause_bar_set_balancer:
 * @self: a bar that has no balancer yet
 * @balancer: the balancer it watches
 */
void
lb_pause_bar_set_balancer (LbPauseBar *self,
                           LbBalancer *balancer)
{
  g_return_if_fail (LB_IS_PAUSE_BAR (self));
  g_return_if_fail (LB_IS_BALANCER (balancer));
  g_return_if_fail (self->balancer == NULL);

  self->balancer = g_object_ref (balancer);
  g_signal_connect_swapped (balancer, "notify::paused", G_CALLBACK (lb_pause_bar_on_paused), self);
  lb_pause_bar_on_paused (self);
}
