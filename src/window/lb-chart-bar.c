/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-chart-bar.h"

#include "chart/lb-chart-palette.h"
#include "chart/lb-chart-text.h"
#include "window/lb-widget-palette.h"
#include "window/lb-backend-menu.h"

/**
 * LbChartBar:
 *
 * What a person can point at, reach with the keyboard and hear of one bar. The bar itself is
 * painted by [class@Chart]; [class@ChartBars] owns these, lays each over a bar's column and binds
 * it to a backend in a snapshot. It paints the focus ring, shows the backend's figures in a tooltip
 * and carries them for a screen reader. A right click and the Menu key open the backend's menu, if it
 * is still in the pool.
 */
struct _LbChartBar
{
  GtkWidget parent_instance;

  LbPool *pool; /* or NULL */
  LbSnapshot *snapshot;
  LbChartOptions options;
  guint index;
  GtkWidget *menu; /* the one that was opened last, owned as a child, or NULL */
  char *label; /* what the screen reader was told last */
};

G_DEFINE_FINAL_TYPE (LbChartBar, lb_chart_bar, GTK_TYPE_WIDGET)

/* No style depends on the focus, so GTK would not see that the ring comes or goes. */
static void
lb_chart_bar_state_flags_changed (GtkWidget *widget,
                                  GtkStateFlags previous)
{
  GTK_WIDGET_CLASS (lb_chart_bar_parent_class)->state_flags_changed (widget, previous);

  gtk_widget_queue_draw (widget);
}

static void
lb_chart_bar_snapshot (GtkWidget *widget,
                       GtkSnapshot *snapshot)
{
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  LbChartPalette palette;

  if (width <= 0 || height <= 0 || !lb_chart_bar_has_ring (LB_CHART_BAR (widget)))
    return;

  /* The theme's own colour for it is hard to see on its dark background. */
  lb_chart_palette_init_light (&palette);
  lb_widget_palette_append_ring (&palette, snapshot,
                                 &GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height));
}

static gboolean
lb_chart_bar_query_tooltip (GtkWidget *widget,
                            int x,
                            int y,
                            gboolean keyboard_mode,
                            GtkTooltip *tooltip)
{
  LbChartBar *self = LB_CHART_BAR (widget);
  g_autofree char *text = NULL;

  if (self->snapshot == NULL)
    return FALSE;

  text = lb_chart_text_describe (&self->snapshot->backends[self->index], &self->options, "\n");
  gtk_tooltip_set_text (tooltip, text);

  return TRUE;
}

/* `bar.show-details` is the window's `win.show-details` with the URL of the bar's backend. */
static void
lb_chart_bar_activate (GtkWidget *widget,
                       const char *action_name,
                       GVariant *parameter)
{
  const char *url = lb_chart_bar_get_url (LB_CHART_BAR (widget));

  if (url != NULL)
    gtk_widget_activate_action (widget,
                                g_str_equal (action_name, "bar.copy-url") ? "win.copy-url"
                                                                          : "win.show-details",
                                "s", url);
}

static void
lb_chart_bar_on_pressed (GtkGestureClick *gesture,
                         int n_press,
                         double x,
                         double y)
{
  GtkWidget *self = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));

  if (n_press == 2)
    gtk_widget_activate_action (self, "bar.show-details", NULL);
}

/* @at: (nullable): the place to point to; %NULL for the whole bar */
static gboolean
lb_chart_bar_open_menu (LbChartBar *self,
                        const GdkRectangle *at)
{
  const char *url = lb_chart_bar_get_url (self);
  LbBackend *backend = self->pool != NULL && url != NULL ? lb_pool_find (self->pool, url) : NULL;

  if (backend == NULL)
    return FALSE;

  gtk_widget_grab_focus (GTK_WIDGET (self));
  g_clear_pointer (&self->menu, gtk_widget_unparent);
  self->menu = lb_backend_menu_new (backend);
  gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), at);
  gtk_popover_popup (GTK_POPOVER (self->menu));

  return TRUE;
}

static void
lb_chart_bar_activate_open_menu (GtkWidget *widget,
                                 const char *action_name,
                                 GVariant *parameter)
{
  lb_chart_bar_open_menu (LB_CHART_BAR (widget), NULL);
}

static void
lb_chart_bar_on_secondary_click (GtkGestureClick *gesture,
                                 int n_press,
                                 double x,
                                 double y)
{
  GtkWidget *self = gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (gesture));
  GdkRectangle at = { (int) x, (int) y, 1, 1 };

  if (lb_chart_bar_open_menu (LB_CHART_BAR (self), &at))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
lb_chart_bar_size_allocate (GtkWidget *widget,
                            int width,
                            int height,
                            int baseline)
{
  LbChartBar *self = LB_CHART_BAR (widget);

  if (self->menu != NULL)
    gtk_popover_present (GTK_POPOVER (self->menu));
}

static void
lb_chart_bar_dispose (GObject *object)
{
  LbChartBar *self = LB_CHART_BAR (object);

  g_clear_pointer (&self->menu, gtk_widget_unparent);
  g_clear_object (&self->pool);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  g_clear_pointer (&self->label, g_free);

  G_OBJECT_CLASS (lb_chart_bar_parent_class)->dispose (object);
}

static void
lb_chart_bar_class_init (LbChartBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_chart_bar_dispose;

  widget_class->state_flags_changed = lb_chart_bar_state_flags_changed;
  widget_class->snapshot = lb_chart_bar_snapshot;
  widget_class->query_tooltip = lb_chart_bar_query_tooltip;
  widget_class->size_allocate = lb_chart_bar_size_allocate;

  gtk_widget_class_install_action (widget_class, "bar.show-details", NULL, lb_chart_bar_activate);
  gtk_widget_class_install_action (widget_class, "bar.copy-url", NULL, lb_chart_bar_activate);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Return, 0, "bar.show-details", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_KP_Enter, 0, "bar.show-details", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "bar.copy-url",
                                       NULL);

  gtk_widget_class_install_action (widget_class, "bar.open-menu", NULL,
                                   lb_chart_bar_activate_open_menu);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Menu, 0, "bar.open-menu", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F10, GDK_SHIFT_MASK, "bar.open-menu",
                                       NULL);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_METER);
  gtk_widget_class_set_css_name (widget_class, "bar");
}

static void
lb_chart_bar_init (LbChartBar *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkGesture *secondary_click = gtk_gesture_click_new ();

  g_signal_connect (click, "pressed", G_CALLBACK (lb_chart_bar_on_pressed), NULL);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (click));
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (secondary_click), GDK_BUTTON_SECONDARY);
  g_signal_connect (secondary_click, "pressed", G_CALLBACK (lb_chart_bar_on_secondary_click), NULL);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (secondary_click));
  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_has_tooltip (GTK_WIDGET (self), TRUE);
}

/**
 * lb_chart_bar_new:
 * @pool: (nullable): where its backend's menu finds it; %NULL for no menu
 *
 * Returns: (transfer floating): a bar without a backend
 */
GtkWidget *
lb_chart_bar_new (LbPool *pool)
{
  LbChartBar *self = g_object_new (LB_TYPE_CHART_BAR, NULL);

  g_set_object (&self->pool, pool);

  return GTK_WIDGET (self);
}

/**
 * lb_chart_bar_get_index:
 * @self: a bar
 *
 * Returns: the index of its backend in the snapshot
 */
guint
lb_chart_bar_get_index (LbChartBar *self)
{
  g_return_val_if_fail (LB_IS_CHART_BAR (self), 0);

  return self->index;
}

/**
 * lb_chart_bar_get_url:
 * @self: a bar
 *
 * Returns: (nullable): the URL of its backend, until it is bound to another
 */
const char *
lb_chart_bar_get_url (LbChartBar *self)
{
  g_return_val_if_fail (LB_IS_CHART_BAR (self), NULL);

  return self->snapshot != NULL ? self->snapshot->backends[self->index].url : NULL;
}

/**
 * lb_chart_bar_has_ring:
 * @self: a bar
 *
 * Returns: whether it has the focus and the person uses the keyboard
 */
gboolean
lb_chart_bar_has_ring (LbChartBar *self)
{
  g_return_val_if_fail (LB_IS_CHART_BAR (self), FALSE);

  /* While the focus arrives, the flag is right before gtk_widget_has_visible_focus() is. */
  return (gtk_widget_get_state_flags (GTK_WIDGET (self)) & GTK_STATE_FLAG_FOCUS_VISIBLE) != 0;
}

/**
 * lb_chart_bar_bind:
 * @self: a bar
 * @snapshot: the figures
 * @options: what the chart shows of them
 * @index: which backend's
 *
 * Makes it the bar of a backend. A screen reader hears of it only if a figure changed.
 */
void
lb_chart_bar_bind (LbChartBar *self,
                   LbSnapshot *snapshot,
                   const LbChartOptions *options,
                   guint index)
{
  g_autofree char *label = NULL;

  g_return_if_fail (LB_IS_CHART_BAR (self));
  g_return_if_fail (snapshot != NULL);
  g_return_if_fail (options != NULL);
  g_return_if_fail (index < snapshot->n_backends);

  if (self->snapshot == snapshot && self->index == index &&
      lb_chart_options_equal (&self->options, options))
    return;

  lb_snapshot_ref (snapshot);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  self->snapshot = snapshot;
  self->options = *options;
  self->index = index;

  label = lb_chart_text_describe (&snapshot->backends[index], options, ", ");
  if (g_strcmp0 (label, self->label) == 0)
    return;

  g_free (self->label);
  self->label = g_steal_pointer (&label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, self->label,
                                  -1);
}
