/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-exposure-bar.h"

#include <glib/gi18n-lib.h>

#include "lb-exposure.h"

/**
 * LbExposureBar:
 *
 * The bar that warns when other computers can reach the balancer, but not the backends that it sends
 * them to.
 *
 * It is part of the window's template. It looks again, in an idle moment, when the pool or the addresses
 * have changed. Who has closed it knows: it comes back when the addresses are others.
 */
struct _LbExposureBar
{
  GtkWidget parent_instance;

  GtkInfoBar *bar;
  GtkLabel *message;

  LbBalancer *balancer;
  GSource *look; /* NULL while nothing has changed */
  gboolean closed;
};

G_DEFINE_FINAL_TYPE (LbExposureBar, lb_exposure_bar, GTK_TYPE_WIDGET)

static void
lb_exposure_bar_update (LbExposureBar *self)
{
  LbEndpoint *endpoint = lb_balancer_get_endpoint (self->balancer);
  g_autofree char *message = NULL;
  const char *url = NULL;
  guint n = 0;

  if (lb_exposure_is_open (lb_endpoint_get_uris (endpoint)))
    n = lb_exposure_count_near (lb_balancer_get_pool (self->balancer), &url);

  gtk_info_bar_set_revealed (self->bar, n > 0 && !self->closed);
  if (n == 0)
    return;

  message = g_strdup_printf (
    /* Translators: %2$s is a URL */
    g_dngettext (GETTEXT_PACKAGE,
                 "Other computers can reach this balancer, but not the %1$u backend at an address of this "
                 "computer alone: %2$s. Give it an address that they can reach.",
                 "Other computers can reach this balancer, but not the %1$u backends at addresses of this "
                 "computer alone, such as %2$s. Give them addresses that they can reach.",
                 n),
    n, url);
  gtk_label_set_label (self->message, message);
}

static gboolean
lb_exposure_bar_on_idle (gpointer user_data)
{
  LbExposureBar *self = user_data;

  g_clear_pointer (&self->look, g_source_unref);
  lb_exposure_bar_update (self);

  return G_SOURCE_REMOVE;
}

static void
lb_exposure_bar_on_changed (LbExposureBar *self)
{
  if (self->look != NULL)
    return;

  self->look = g_idle_source_new ();
  g_source_set_static_name (self->look, "[lb] exposure");
  g_source_set_callback (self->look, lb_exposure_bar_on_idle, self, NULL);
  g_source_attach (self->look, NULL);
}

static void
lb_exposure_bar_on_uris (LbExposureBar *self)
{
  self->closed = FALSE;
  lb_exposure_bar_on_changed (self);
}

static void
lb_exposure_bar_on_response (LbExposureBar *self)
{
  self->closed = TRUE;
  gtk_info_bar_set_revealed (self->bar, FALSE);
}

static void
lb_exposure_bar_dispose (GObject *object)
{
  LbExposureBar *self = LB_EXPOSURE_BAR (object);

  if (self->balancer != NULL)
    {
      g_signal_handlers_disconnect_by_data (lb_balancer_get_pool (self->balancer), self);
      g_signal_handlers_disconnect_by_data (lb_balancer_get_endpoint (self->balancer), self);
    }
  if (self->look != NULL)
    {
      g_source_destroy (self->look);
      g_clear_pointer (&self->look, g_source_unref);
    }
  g_clear_object (&self->balancer);
  if (self->bar != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->bar));
  self->bar = NULL;

  G_OBJECT_CLASS (lb_exposure_bar_parent_class)->dispose (object);
}

static void
lb_exposure_bar_class_init (LbExposureBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_exposure_bar_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-exposure-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, LbExposureBar, bar);
  gtk_widget_class_bind_template_child (widget_class, LbExposureBar, message);
  gtk_widget_class_bind_template_callback (widget_class, lb_exposure_bar_on_response);
}

static void
lb_exposure_bar_init (LbExposureBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lb_exposure_bar_new:
 *
 * Returns: (transfer floating): a bar that is not to be seen
 */
GtkWidget *
lb_exposure_bar_new (void)
{
  return g_object_new (LB_TYPE_EXPOSURE_BAR, NULL);
}

/**
 * lb_exposure_bar_set_balancer:
 * @self: a bar that has no balancer yet
 * @balancer: the balancer it watches
 */
void
lb_exposure_bar_set_balancer (LbExposureBar *self,
                              LbBalancer *balancer)
{
  g_return_if_fail (LB_IS_EXPOSURE_BAR (self));
  g_return_if_fail (LB_IS_BALANCER (balancer));
  g_return_if_fail (self->balancer == NULL);

  self->balancer = g_object_ref (balancer);
  g_signal_connect_swapped (lb_balancer_get_pool (balancer), "items-changed",
                            G_CALLBACK (lb_exposure_bar_on_changed), self);
  g_signal_connect_swapped (lb_balancer_get_endpoint (balancer), "notify::uris",
                            G_CALLBACK (lb_exposure_bar_on_uris), self);
  lb_exposure_bar_on_changed (self);
}
