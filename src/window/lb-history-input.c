/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-history-input.h"

#include <math.h>

/*
 * What keys, wheel, pointer and fingers do with a chart of the history. Time runs from left to
 * right in every language, and so do the arrow keys.
 *
 *     Left, Right               the crosshair, a step
 *     Ctrl+Left, Ctrl+Right     what is shown, a quarter of it
 *     Page Up, Page Down        what is shown, all of it
 *     Up, Down                  another backend
 *     Home, End                 the oldest; now
 *     + and -                   closer, further away
 *     Escape                    no crosshair
 *
 * The wheel goes through time, with Ctrl it zooms; a touchpad goes sideways. Dragging takes hold of
 * the picture, a click pins the crosshair, two fingers zoom.
 */

#define QUARTER 0.25
#define KEY_ZOOM 1.5
#define WHEEL_ZOOM 1.2
#define WHEEL_PAN 0.1

/* Of a touchpad, in pixels, for what a notch of a wheel does. */
#define PIXELS_PER_NOTCH 50.0

/* A press that moves less is a click. */
#define CLICK_DISTANCE 6.0

typedef struct
{
  GtkEventController *motion; /* the chart's */
  double dragged;             /* how much of the drag has been followed */
  gboolean moved;
  double scale; /* how much of the pinch has been followed */
} Gesture;

static LbHistoryCrosshair *
get_crosshair (GtkWidget *widget)
{
  return lb_history_chart_get_crosshair (LB_HISTORY_CHART (widget));
}

static gboolean
on_cursor (GtkWidget *widget,
           GVariant *args,
           gpointer user_data G_GNUC_UNUSED)
{
  lb_history_crosshair_move (get_crosshair (widget), g_variant_get_int32 (args));

  return TRUE;
}

static gboolean
on_pan (GtkWidget *widget,
        GVariant *args,
        gpointer user_data G_GNUC_UNUSED)
{
  lb_history_chart_pan (LB_HISTORY_CHART (widget), g_variant_get_double (args));

  return TRUE;
}

static gboolean
on_zoom (GtkWidget *widget,
         GVariant *args,
         gpointer user_data G_GNUC_UNUSED)
{
  lb_history_chart_zoom (LB_HISTORY_CHART (widget), g_variant_get_double (args));

  return TRUE;
}

static gboolean
on_go (GtkWidget *widget,
       GVariant *args,
       gpointer user_data G_GNUC_UNUSED)
{
  lb_history_chart_go (LB_HISTORY_CHART (widget), (LbHistoryPlace) g_variant_get_int32 (args));

  return TRUE;
}

static gboolean
on_select (GtkWidget *widget,
           GVariant *args,
           gpointer user_data G_GNUC_UNUSED)
{
  lb_history_crosshair_select (get_crosshair (widget), g_variant_get_int32 (args));

  return TRUE;
}

static gboolean
on_escape (GtkWidget *widget,
           GVariant *args G_GNUC_UNUSED,
           gpointer user_data G_GNUC_UNUSED)
{
  return lb_history_crosshair_dismiss (get_crosshair (widget));
}

static gboolean
on_scroll (GtkEventControllerScroll *controller,
           double dx,
           double dy,
           gpointer user_data)
{
  LbHistoryChart *chart = user_data;
  GtkEventController *events = GTK_EVENT_CONTROLLER (controller);
  const GdkModifierType state = gtk_event_controller_get_current_event_state (events);
  const double unit =
    gtk_event_controller_scroll_get_unit (controller) == GDK_SCROLL_UNIT_WHEEL ? 1
                                                                               : PIXELS_PER_NOTCH;

  if ((state & GDK_CONTROL_MASK) != 0)
    lb_history_chart_zoom (chart, pow (WHEEL_ZOOM, dy / unit));
  else
    lb_history_chart_pan (chart, (dx + dy) / unit * WHEEL_PAN);

  return GDK_EVENT_STOP;
}

static Gesture *
get_gesture (LbHistoryChart *chart)
{
  return g_object_get_data (G_OBJECT (chart), "lb-history-gesture");
}

/* A finger that is gone points at nothing. */
static void
forget_finger (LbHistoryChart *chart)
{
  GtkEventController *motion = get_gesture (chart)->motion;

  if (!gtk_event_controller_motion_contains_pointer (GTK_EVENT_CONTROLLER_MOTION (motion)))
    lb_history_crosshair_unpoint (lb_history_chart_get_crosshair (chart));
}

static void
on_drag_begin (LbHistoryChart *chart)
{
  Gesture *gesture = get_gesture (chart);

  gesture->dragged = 0;
  gesture->moved = FALSE;
  gtk_widget_grab_focus (GTK_WIDGET (chart));
}

static void
on_drag_update (LbHistoryChart *chart,
                double offset_x,
                double offset_y)
{
  Gesture *gesture = get_gesture (chart);

  gesture->moved |= hypot (offset_x, offset_y) > CLICK_DISTANCE;
  if (!gesture->moved)
    return;

  lb_history_chart_drag (chart, offset_x - gesture->dragged);
  gesture->dragged = offset_x;
}

static void
on_drag_end (GtkGestureDrag *drag,
             double offset_x G_GNUC_UNUSED,
             double offset_y G_GNUC_UNUSED,
             LbHistoryChart *chart)
{
  LbHistoryCrosshair *crosshair = lb_history_chart_get_crosshair (chart);
  double x;
  double y;

  /* A finger was not there before it touched. */
  if (get_gesture (chart)->moved || !gtk_gesture_drag_get_start_point (drag, &x, &y))
    return;
  lb_history_crosshair_point (crosshair, x, y);
  lb_history_crosshair_pin (crosshair);
  forget_finger (chart);
}

static void
on_pinch_begin (LbHistoryChart *chart)
{
  get_gesture (chart)->scale = 1;
  get_gesture (chart)->moved = TRUE;
}

static void
on_pinch (GtkGestureZoom *zoom,
          double scale,
          LbHistoryChart *chart)
{
  Gesture *gesture = get_gesture (chart);
  double x;
  double y;

  if (scale <= 0)
    return;
  if (gtk_gesture_get_bounding_box_center (GTK_GESTURE (zoom), &x, &y))
    lb_history_crosshair_point (lb_history_chart_get_crosshair (chart), x, y);
  lb_history_chart_zoom (chart, gesture->scale / scale);
  gesture->scale = scale;
}

static void
on_pinch_end (LbHistoryChart *chart)
{
  forget_finger (chart);
}

static void
bind (GtkWidgetClass *widget_class,
      guint key,
      guint keypad_key,
      GdkModifierType modifiers,
      GtkShortcutFunc callback,
      GVariant *args)
{
  const guint keys[] = { key, keypad_key };

  g_variant_ref_sink (args);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding (widget_class, keys[i], modifiers, callback, "@*", args);
  g_variant_unref (args);
}

/**
 * lb_history_input_add_bindings:
 * @widget_class: of the chart
 *
 * Gives it its keys.
 */
void
lb_history_input_add_bindings (GtkWidgetClass *widget_class)
{
  const GdkModifierType control = GDK_CONTROL_MASK;

  bind (widget_class, GDK_KEY_Left, GDK_KEY_KP_Left, 0, on_cursor, g_variant_new_int32 (-1));
  bind (widget_class, GDK_KEY_Right, GDK_KEY_KP_Right, 0, on_cursor, g_variant_new_int32 (1));
  bind (widget_class, GDK_KEY_Left, GDK_KEY_KP_Left, control, on_pan,
        g_variant_new_double (-QUARTER));
  bind (widget_class, GDK_KEY_Right, GDK_KEY_KP_Right, control, on_pan,
        g_variant_new_double (QUARTER));
  bind (widget_class, GDK_KEY_Page_Up, GDK_KEY_KP_Page_Up, 0, on_pan, g_variant_new_double (-1));
  bind (widget_class, GDK_KEY_Page_Down, GDK_KEY_KP_Page_Down, 0, on_pan, g_variant_new_double (1));
  bind (widget_class, GDK_KEY_Up, GDK_KEY_KP_Up, 0, on_select, g_variant_new_int32 (-1));
  bind (widget_class, GDK_KEY_Down, GDK_KEY_KP_Down, 0, on_select, g_variant_new_int32 (1));
  bind (widget_class, GDK_KEY_Home, GDK_KEY_KP_Home, 0, on_go,
        g_variant_new_int32 (LB_HISTORY_OLDEST));
  bind (widget_class, GDK_KEY_End, GDK_KEY_KP_End, 0, on_go,
        g_variant_new_int32 (LB_HISTORY_NEWEST));
  bind (widget_class, GDK_KEY_plus, GDK_KEY_KP_Add, 0, on_zoom,
        g_variant_new_double (1 / KEY_ZOOM));
  bind (widget_class, GDK_KEY_minus, GDK_KEY_KP_Subtract, 0, on_zoom,
        g_variant_new_double (KEY_ZOOM));
  gtk_widget_class_add_binding (widget_class, GDK_KEY_equal, 0, on_zoom, "d", 1 / KEY_ZOOM);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_escape, NULL);
}

/**
 * lb_history_input_add:
 * @chart: a chart
 *
 * Lets it be used with wheel, pointer and fingers.
 */
void
lb_history_input_add (LbHistoryChart *chart)
{
  GtkWidget *widget = GTK_WIDGET (chart);
  LbHistoryCrosshair *crosshair = lb_history_chart_get_crosshair (chart);
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *scroll =
    gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  GtkGesture *drag = gtk_gesture_drag_new ();
  GtkGesture *pinch = gtk_gesture_zoom_new ();
  Gesture *gesture = g_new0 (Gesture, 1);

  gesture->motion = motion;
  gesture->scale = 1;
  g_object_set_data_full (G_OBJECT (chart), "lb-history-gesture", gesture, g_free);

  g_signal_connect_swapped (motion, "enter", G_CALLBACK (lb_history_crosshair_point), crosshair);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (lb_history_crosshair_point), crosshair);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (lb_history_crosshair_unpoint), crosshair);
  gtk_widget_add_controller (widget, motion);

  g_signal_connect (scroll, "scroll", G_CALLBACK (on_scroll), chart);
  gtk_widget_add_controller (widget, scroll);

  g_signal_connect_swapped (drag, "drag-begin", G_CALLBACK (on_drag_begin), chart);
  g_signal_connect_swapped (drag, "drag-update", G_CALLBACK (on_drag_update), chart);
  g_signal_connect (drag, "drag-end", G_CALLBACK (on_drag_end), chart);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (drag));

  g_signal_connect_swapped (pinch, "begin", G_CALLBACK (on_pinch_begin), chart);
  g_signal_connect_swapped (pinch, "end", G_CALLBACK (on_pinch_end), chart);
  g_signal_connect (pinch, "scale-changed", G_CALLBACK (on_pinch), chart);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (pinch));
}
