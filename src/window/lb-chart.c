/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-chart.h"

#include "chart/lb-chart-painter.h"
#include "window/lb-chart-bars.h"
#include "window/lb-widget-palette.h"

/**
 * LbChart:
 *
 * The bar chart, one bar for each backend: of response times or of the traffic, as its properties say.
 *
 * [class@Window] makes one inside a GtkScrolledWindow and gives it a snapshot every few seconds.
 * Each allocation lays the snapshot out for the size, and painting draws that layout; in between
 * the chart does nothing. It is scrollable itself, so that its axis stays where it is while the
 * bars scroll.
 *
 * What it paints cannot be reached. [class@ChartBars] lies over it, and has the focus, the keyboard
 * and the tooltips.
 */
struct _LbChart
{
  GtkWidget parent_instance;

  LbSnapshot *snapshot;
  LbChartOptions options;
  LbChartLayout *layout;
  LbChartBars *bars; /* owned as a child */

  GtkAdjustment *hadjustment;
  GtkAdjustment *vadjustment;
  GtkScrollablePolicy hscroll_policy;
  GtkScrollablePolicy vscroll_policy;
  double scroll; /* from the axis, whatever the text direction */

  guint hovered; /* the backend under the pointer, or LB_CHART_NO_COLUMN */
  gboolean has_pointer;
  double pointer_x;
  double pointer_y;
};

#define MIN_WIDTH 200
#define NATURAL_WIDTH 640
#define MIN_HEIGHT 140
#define NATURAL_HEIGHT 300

enum
{
  PROP_0,
  PROP_MEASURE,
  PROP_LOG_SCALE,
  PROP_THRESHOLD_MS,
  N_PROPS,

  /* Of GtkScrollable. */
  PROP_HADJUSTMENT,
  PROP_VADJUSTMENT,
  PROP_HSCROLL_POLICY,
  PROP_VSCROLL_POLICY,
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE_WITH_CODE (LbChart,
                               lb_chart,
                               GTK_TYPE_WIDGET,
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SCROLLABLE, NULL))

static gboolean
lb_chart_is_rtl (LbChart *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

/* An adjustment counts from the left, the chart from its axis. The same sum goes either way. */
static double
lb_chart_flip (LbChart *self,
               double value)
{
  if (!lb_chart_is_rtl (self))
    return value;

  return gtk_adjustment_get_upper (self->hadjustment) -
         gtk_adjustment_get_page_size (self->hadjustment) - value;
}

static void
lb_chart_set_hovered (LbChart *self,
                      guint hovered)
{
  if (self->hovered == hovered)
    return;

  self->hovered = hovered;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* The bar under the pointer changes when either of them moves. */
static void
lb_chart_update_hovered (LbChart *self)
{
  guint index;

  if (self->has_pointer && self->layout != NULL &&
      lb_chart_slots_find (&self->layout->slots, self->pointer_x, self->pointer_y, &index))
    lb_chart_set_hovered (self, index);
  else
    lb_chart_set_hovered (self, LB_CHART_NO_COLUMN);
}

static void
lb_chart_on_motion (LbChart *self,
                    double x,
                    double y)
{
  self->has_pointer = TRUE;
  self->pointer_x = x;
  self->pointer_y = y;
  lb_chart_update_hovered (self);
}

static void
lb_chart_on_leave (LbChart *self)
{
  self->has_pointer = FALSE;
  lb_chart_update_hovered (self);
}

static void
lb_chart_configure_adjustments (LbChart *self,
                                int width,
                                int height)
{
  const LbChartSlots *slots = &self->layout->slots;
  double upper = width;
  double step = width;
  double value;

  if (slots->n_slots > 0)
    {
      upper += slots->content_width - slots->area.width;
      step = lb_chart_slots_get_width (slots);
    }

  value = lb_chart_is_rtl (self) ? upper - width - self->scroll : self->scroll;
  gtk_adjustment_configure (self->hadjustment, value, 0, upper, step, MAX (step, width - step),
                            width);
  gtk_adjustment_configure (self->vadjustment, 0, 0, height, height, height, height);
}

static void
lb_chart_on_scrolled (LbChart *self)
{
  double scroll = lb_chart_flip (self, gtk_adjustment_get_value (self->hadjustment));

  if (self->scroll == scroll)
    return;

  self->scroll = scroll;
  lb_chart_bars_set_scroll (self->bars, scroll);
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
lb_chart_set_adjustment (LbChart *self,
                         GtkAdjustment **place,
                         GtkAdjustment *adjustment)
{
  if (adjustment != NULL && adjustment == *place)
    return;

  if (*place != NULL)
    g_signal_handlers_disconnect_by_data (*place, self);
  g_clear_object (place);

  *place =
    g_object_ref_sink (adjustment != NULL ? adjustment : gtk_adjustment_new (0, 0, 0, 0, 0, 0));
  if (place == &self->hadjustment)
    g_signal_connect_swapped (*place, "value-changed", G_CALLBACK (lb_chart_on_scrolled), self);

  gtk_widget_queue_allocate (GTK_WIDGET (self));
}

static void
lb_chart_on_reveal (LbChart *self,
                    guint index)
{
  const LbChartSlots *slots;

  if (self->layout == NULL || index >= self->layout->slots.n_slots)
    return;

  slots = &self->layout->slots;
  gtk_adjustment_set_value (self->hadjustment,
                            lb_chart_flip (self, lb_chart_slots_reveal (slots, index)));
}

static GtkSizeRequestMode
lb_chart_get_request_mode (GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
lb_chart_measure (GtkWidget *widget,
                  GtkOrientation orientation,
                  int for_size,
                  int *minimum,
                  int *natural,
                  int *minimum_baseline,
                  int *natural_baseline)
{
  static const int sizes[][2] = {
    [GTK_ORIENTATION_HORIZONTAL] = { MIN_WIDTH, NATURAL_WIDTH },
    [GTK_ORIENTATION_VERTICAL] = { MIN_HEIGHT, NATURAL_HEIGHT },
  };

  *minimum = sizes[orientation][0];
  *natural = sizes[orientation][1];
}

static void
lb_chart_size_allocate (GtkWidget *widget,
                        int width,
                        int height,
                        int baseline)
{
  LbChart *self = LB_CHART (widget);
  PangoContext *context = gtk_widget_get_pango_context (widget);
  GtkWidget *bars = GTK_WIDGET (self->bars);

  g_clear_pointer (&self->layout, lb_chart_layout_free);
  self->layout = lb_chart_layout_new (self->snapshot, &self->options, context, width, height,
                                      lb_chart_is_rtl (self), self->scroll);

  if (self->layout->slots.n_slots > 0)
    self->scroll = self->layout->slots.scroll;

  gtk_widget_measure (bars, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
  gtk_widget_size_allocate (bars, &(GtkAllocation){ 0, 0, width, height }, -1);
  lb_chart_bars_set_slots (self->bars, &self->layout->slots);

  lb_chart_configure_adjustments (self, width, height);
  lb_chart_update_hovered (self);
}

static void
lb_chart_snapshot (GtkWidget *widget,
                   GtkSnapshot *snapshot)
{
  LbChart *self = LB_CHART (widget);
  int width = gtk_widget_get_width (widget);
  int height = gtk_widget_get_height (widget);
  LbChartPalette palette;
  cairo_t *cr;

  if (width <= 0 || height <= 0 || self->layout == NULL)
    return;

  lb_widget_palette_init (&palette, widget);
  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, height));
  lb_chart_paint (cr, self->layout, &palette, self->hovered);
  cairo_destroy (cr);

  gtk_widget_snapshot_child (widget, GTK_WIDGET (self->bars), snapshot);
}

/* Another font has other widths. */
static void
lb_chart_css_changed (GtkWidget *widget,
                      GtkCssStyleChange *change)
{
  GTK_WIDGET_CLASS (lb_chart_parent_class)->css_changed (widget, change);

  gtk_widget_queue_allocate (widget);
  gtk_widget_queue_draw (widget);
}

static void
lb_chart_get_property (GObject *object,
                       guint property_id,
                       GValue *value,
                       GParamSpec *pspec)
{
  LbChart *self = LB_CHART (object);

  switch (property_id)
    {
    case PROP_MEASURE:
      g_value_set_enum (value, self->options.measure);
      break;
    case PROP_LOG_SCALE:
      g_value_set_boolean (value, self->options.log_scale);
      break;
    case PROP_THRESHOLD_MS:
      g_value_set_uint (value, lb_chart_get_threshold_ms (self));
      break;
    case PROP_HADJUSTMENT:
      g_value_set_object (value, self->hadjustment);
      break;
    case PROP_VADJUSTMENT:
      g_value_set_object (value, self->vadjustment);
      break;
    case PROP_HSCROLL_POLICY:
      g_value_set_enum (value, self->hscroll_policy);
      break;
    case PROP_VSCROLL_POLICY:
      g_value_set_enum (value, self->vscroll_policy);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
lb_chart_set_property (GObject *object,
                       guint property_id,
                       const GValue *value,
                       GParamSpec *pspec)
{
  LbChart *self = LB_CHART (object);

  switch (property_id)
    {
    case PROP_MEASURE:
      lb_chart_set_measure (self, g_value_get_enum (value));
      break;
    case PROP_LOG_SCALE:
      lb_chart_set_log_scale (self, g_value_get_boolean (value));
      break;
    case PROP_THRESHOLD_MS:
      lb_chart_set_threshold_ms (self, g_value_get_uint (value));
      break;
    case PROP_HADJUSTMENT:
      lb_chart_set_adjustment (self, &self->hadjustment, g_value_get_object (value));
      break;
    case PROP_VADJUSTMENT:
      lb_chart_set_adjustment (self, &self->vadjustment, g_value_get_object (value));
      break;
    case PROP_HSCROLL_POLICY:
      self->hscroll_policy = g_value_get_enum (value);
      break;
    case PROP_VSCROLL_POLICY:
      self->vscroll_policy = g_value_get_enum (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
lb_chart_dispose (GObject *object)
{
  LbChart *self = LB_CHART (object);

  if (self->bars != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->bars));
  self->bars = NULL;

  g_clear_pointer (&self->layout, lb_chart_layout_free);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);

  if (self->hadjustment != NULL)
    g_signal_handlers_disconnect_by_data (self->hadjustment, self);
  g_clear_object (&self->hadjustment);
  g_clear_object (&self->vadjustment);

  G_OBJECT_CLASS (lb_chart_parent_class)->dispose (object);
}

static void
lb_chart_class_init (LbChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lb_chart_get_property;
  object_class->set_property = lb_chart_set_property;
  object_class->dispose = lb_chart_dispose;

  widget_class->get_request_mode = lb_chart_get_request_mode;
  widget_class->measure = lb_chart_measure;
  widget_class->size_allocate = lb_chart_size_allocate;
  widget_class->snapshot = lb_chart_snapshot;
  widget_class->css_changed = lb_chart_css_changed;

  /**
   * LbChart:measure:
   *
   * What the bars measure.
   */
  properties[PROP_MEASURE] =
    g_param_spec_enum ("measure", NULL, NULL, LB_TYPE_CHART_MEASURE, LB_CHART_RESPONSE_TIMES,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * LbChart:log-scale:
   *
   * Whether the axis is logarithmic.
   */
  properties[PROP_LOG_SCALE] =
    g_param_spec_boolean ("log-scale", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * LbChart:threshold-ms:
   *
   * The response time in milliseconds from which on an answer is slow; 0 for none.
   */
  properties[PROP_THRESHOLD_MS] =
    g_param_spec_uint ("threshold-ms", NULL, NULL, 0, LB_CHART_MAX_THRESHOLD_MS, 0,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, properties);
  g_object_class_override_property (object_class, PROP_HADJUSTMENT, "hadjustment");
  g_object_class_override_property (object_class, PROP_VADJUSTMENT, "vadjustment");
  g_object_class_override_property (object_class, PROP_HSCROLL_POLICY, "hscroll-policy");
  g_object_class_override_property (object_class, PROP_VSCROLL_POLICY, "vscroll-policy");

  gtk_widget_class_set_css_name (widget_class, "chart");
}

static void
lb_chart_init (LbChart *self)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  self->hovered = LB_CHART_NO_COLUMN;

  self->bars = LB_CHART_BARS (lb_chart_bars_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->bars), GTK_WIDGET (self));
  g_signal_connect_swapped (self->bars, "reveal", G_CALLBACK (lb_chart_on_reveal), self);

  g_signal_connect_swapped (motion, "enter", G_CALLBACK (lb_chart_on_motion), self);
  g_signal_connect_swapped (motion, "motion", G_CALLBACK (lb_chart_on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (lb_chart_on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), motion);

  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
}

/**
 * lb_chart_new:
 *
 * Returns: (transfer floating): an empty chart
 */
GtkWidget *
lb_chart_new (void)
{
  return g_object_new (LB_TYPE_CHART, NULL);
}

/**
 * lb_chart_set_pool:
 * @self: a chart that has no snapshot yet
 * @pool: where its bars' menus find the backends
 */
void
lb_chart_set_pool (LbChart *self,
                   LbPool *pool)
{
  g_return_if_fail (LB_IS_CHART (self));

  lb_chart_bars_set_pool (self->bars, pool);
}

/**
 * lb_chart_set_snapshot:
 * @self: a chart
 * @snapshot: what it shows from now on
 *
 * Takes a reference to @snapshot. Painting waits for the next frame; there is none while nobody
 * can see the chart.
 */
void
lb_chart_set_snapshot (LbChart *self,
                       LbSnapshot *snapshot)
{
  g_return_if_fail (LB_IS_CHART (self));
  g_return_if_fail (snapshot != NULL);

  if (self->snapshot == snapshot)
    return;

  lb_snapshot_ref (snapshot);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  self->snapshot = snapshot;

  lb_chart_bars_set_snapshot (self->bars, snapshot);

  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->hovered != LB_CHART_NO_COLUMN)
    gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));
}

/* Another axis and other words, for the same snapshot. */
static void
lb_chart_set_options (LbChart *self,
                      const LbChartOptions *options,
                      GParamSpec *changed)
{
  if (lb_chart_options_equal (&self->options, options))
    return;

  self->options = *options;
  lb_chart_bars_set_options (self->bars, options);

  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
  if (self->hovered != LB_CHART_NO_COLUMN)
    gtk_widget_trigger_tooltip_query (GTK_WIDGET (self));

  g_object_notify_by_pspec (G_OBJECT (self), changed);
}

/**
 * lb_chart_get_measure:
 * @self: a chart
 *
 * Returns: what the bars measure
 */
LbChartMeasure
lb_chart_get_measure (LbChart *self)
{
  g_return_val_if_fail (LB_IS_CHART (self), LB_CHART_RESPONSE_TIMES);

  return self->options.measure;
}

/**
 * lb_chart_set_measure:
 * @self: a chart
 * @measure: what the bars measure from now on
 */
void
lb_chart_set_measure (LbChart *self,
                      LbChartMeasure measure)
{
  LbChartOptions options;

  g_return_if_fail (LB_IS_CHART (self));

  options = self->options;
  options.measure = measure;
  lb_chart_set_options (self, &options, properties[PROP_MEASURE]);
}

/**
 * lb_chart_get_log_scale:
 * @self: a chart
 *
 * Returns: whether the axis is logarithmic
 */
gboolean
lb_chart_get_log_scale (LbChart *self)
{
  g_return_val_if_fail (LB_IS_CHART (self), FALSE);

  return self->options.log_scale;
}

/**
 * lb_chart_set_log_scale:
 * @self: a chart
 * @log_scale: whether the axis is to be logarithmic
 */
void
lb_chart_set_log_scale (LbChart *self,
                        gboolean log_scale)
{
  LbChartOptions options;

  g_return_if_fail (LB_IS_CHART (self));

  options = self->options;
  options.log_scale = log_scale != FALSE;
  lb_chart_set_options (self, &options, properties[PROP_LOG_SCALE]);
}

/**
 * lb_chart_get_threshold_ms:
 * @self: a chart
 *
 * Returns: the response time in milliseconds from which on an answer is slow; 0 for none
 */
guint
lb_chart_get_threshold_ms (LbChart *self)
{
  g_return_val_if_fail (LB_IS_CHART (self), 0);

  return (guint) (self->options.threshold_us / G_TIME_SPAN_MILLISECOND);
}

/**
 * lb_chart_set_threshold_ms:
 * @self: a chart
 * @threshold_ms: the response time in milliseconds from which on an answer is slow, at most
 *   %LB_CHART_MAX_THRESHOLD_MS; 0 for none
 */
void
lb_chart_set_threshold_ms (LbChart *self,
                           guint threshold_ms)
{
  LbChartOptions options;

  g_return_if_fail (LB_IS_CHART (self));
  g_return_if_fail (threshold_ms <= LB_CHART_MAX_THRESHOLD_MS);

  options = self->options;
  options.threshold_us = (gint64) threshold_ms * G_TIME_SPAN_MILLISECOND;
  lb_chart_set_options (self, &options, properties[PROP_THRESHOLD_MS]);
}

/**
 * lb_chart_shoot:
 * @self: a chart
 *
 * Keeps what there is to see, with the bars that are scrolled out of sight.
 *
 * Returns: (transfer full) (nullable): the shot, or %NULL if there is no snapshot yet
 */
LbChartShot *
lb_chart_shoot (LbChart *self)
{
  LbChartShot *shot;

  g_return_val_if_fail (LB_IS_CHART (self), NULL);

  if (self->snapshot == NULL)
    return NULL;

  shot = lb_chart_shot_new (gtk_adjustment_get_upper (self->hadjustment),
                            gtk_widget_get_height (GTK_WIDGET (self)));
  shot->dark = lb_widget_palette_is_dark (GTK_WIDGET (self));
  shot->rtl = lb_chart_is_rtl (self);
  shot->options = self->options;
  shot->snapshot = lb_snapshot_ref (self->snapshot);

  return shot;
}
