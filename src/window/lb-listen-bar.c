/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-listen-bar.h"

/**
 * LbListenBar:
 *
 * The bar that says why the balancer cannot listen, and offers to try again or to use another port.
 *
 * It is part of the window's template. It is there exactly while [property@Endpoint:error]
 * is set, whoever sets or clears it.
 */
struct _LbListenBar
{
  GtkWidget parent_instance;

  GtkInfoBar *bar;
  GtkLabel *message;
  GtkPopover *popover;
  GtkSpinButton *port;
  GtkLabel *port_error;

  LbEndpoint *endpoint;
};

G_DEFINE_FINAL_TYPE (LbListenBar, lb_listen_bar, GTK_TYPE_WIDGET)

static void
lb_listen_bar_on_error (LbListenBar *self)
{
  const char *message = lb_endpoint_get_error (self->endpoint);

  if (message != NULL)
    gtk_label_set_label (self->message, message);
  else
    gtk_popover_popdown (self->popover);
  gtk_info_bar_set_revealed (self->bar, message != NULL);
}

static void
lb_listen_bar_on_popover_show (LbListenBar *self)
{
  gtk_spin_button_set_value (self->port, lb_endpoint_suggest_port (self->endpoint));
  gtk_widget_grab_focus (GTK_WIDGET (self->port));
}

static void
lb_listen_bar_on_port_changed (LbListenBar *self)
{
  gtk_widget_set_visible (GTK_WIDGET (self->port_error), FALSE);
}

static void
lb_listen_bar_try_again (GtkWidget *widget,
                         const char *action_name G_GNUC_UNUSED,
                         GVariant *parameter G_GNUC_UNUSED)
{
  LbListenBar *self = LB_LISTEN_BAR (widget);

  /* What went wrong comes back as the endpoint's error. */
  lb_endpoint_open (self->endpoint, NULL);
}

static void
lb_listen_bar_use_port (GtkWidget *widget,
                        const char *action_name G_GNUC_UNUSED,
                        GVariant *parameter G_GNUC_UNUSED)
{
  LbListenBar *self = LB_LISTEN_BAR (widget);
  g_autoptr (GError) error = NULL;
  guint16 port;

  gtk_spin_button_update (self->port);
  port = (guint16) gtk_spin_button_get_value_as_int (self->port);

  if (!lb_endpoint_use_port (self->endpoint, port, &error))
    {
      gtk_label_set_label (self->port_error, error->message);
      gtk_widget_set_visible (GTK_WIDGET (self->port_error), TRUE);
      gtk_widget_grab_focus (GTK_WIDGET (self->port));
      return;
    }

  gtk_popover_popdown (self->popover);
}

static void
lb_listen_bar_dispose (GObject *object)
{
  LbListenBar *self = LB_LISTEN_BAR (object);

  if (self->endpoint != NULL)
    g_signal_handlers_disconnect_by_data (self->endpoint, self);
  g_clear_object (&self->endpoint);
  if (self->bar != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->bar));
  self->bar = NULL;

  G_OBJECT_CLASS (lb_listen_bar_parent_class)->dispose (object);
}

static void
lb_listen_bar_class_init (LbListenBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_listen_bar_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-listen-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, LbListenBar, bar);
  gtk_widget_class_bind_template_child (widget_class, LbListenBar, message);
  gtk_widget_class_bind_template_child (widget_class, LbListenBar, popover);
  gtk_widget_class_bind_template_child (widget_class, LbListenBar, port);
  gtk_widget_class_bind_template_child (widget_class, LbListenBar, port_error);
  gtk_widget_class_bind_template_callback (widget_class, lb_listen_bar_on_popover_show);
  gtk_widget_class_bind_template_callback (widget_class, lb_listen_bar_on_port_changed);

  gtk_widget_class_install_action (widget_class, "listen.try-again", NULL,
                                   lb_listen_bar_try_again);
  gtk_widget_class_install_action (widget_class, "listen.use-port", NULL, lb_listen_bar_use_port);
}

static void
lb_listen_bar_init (LbListenBar *self)
{
  GtkEditable *text;

  gtk_widget_init_template (GTK_WIDGET (self));

  /* A spin button has no such property of its own. */
  text = gtk_editable_get_delegate (GTK_EDITABLE (self->port));
  gtk_text_set_activates_default (GTK_TEXT (text), TRUE);
}

/**
 * lb_listen_bar_new:
 *
 * Returns: (transfer floating): a bar that is not to be seen
 */
GtkWidget *
lb_listen_bar_new (void)
{
  return g_object_new (LB_TYPE_LISTEN_BAR, NULL);
}

/**
 * lb_listen_bar_set_endpoint:
 * @self: a bar that has no endpoint yet
 * @endpoint: the endpoint it watches
 */
void
lb_listen_bar_set_endpoint (LbListenBar *self,
                            LbEndpoint *endpoint)
{
  g_return_if_fail (LB_IS_LISTEN_BAR (self));
  g_return_if_fail (LB_IS_ENDPOINT (endpoint));
  g_return_if_fail (self->endpoint == NULL);

  self->endpoint = g_object_ref (endpoint);
  g_signal_connect_swapped (endpoint, "notify::error", G_CALLBACK (lb_listen_bar_on_error), self);
  lb_listen_bar_on_error (self);
}
