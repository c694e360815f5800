/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-history-chart.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-history-painter.h"
#include "chart/lb-history-text.h"
#include "window/lb-history-input.h"
#include "window/lb-history-worker.h"
#include "window/lb-widget-palette.h"

/**
 * LbHistoryChart:
 *
 * The response times of the last hour as lines, one for each backend.
 *
 * [class@HistoryView] makes one and gives it a slice of the history every few seconds; who gives it
 * none has frozen it. Each allocation asks an [class@HistoryWorker] to condense what is shown and
 * lays it out, and painting draws that layout; in between the chart does nothing, and while it is
 * hidden nothing at all.
 *
 * It shows a stretch of time, which ends now and moves on with it, until a person goes back. A
 * [class@HistoryCrosshair] lies over it and reads it. Keys, wheel and fingers are in
 * lb_history_input_add().
 *
 * A screen reader hears what the crosshair reads as its label, and a summary as its description.
 */
struct _LbHistoryChart
{
  GtkWidget parent_instance;

  LbHistorySlice *slice;
  LbHistoryRange range;
  LbChartOptions options;
  LbHistoryWorker *worker;
  LbHistoryChoice choice;
  LbHistoryLayout *layout; /* of the worker's digest */
  GskRenderNode *picture;  /* of the layout, until it changes */
  LbHistoryCrosshair *crosshair; /* owned as a child */

  char *label; /* what a screen reader was told last */
  char *description;
};

#define MIN_WIDTH 200
#define NATURAL_WIDTH 640
#define MIN_HEIGHT 140
#define NATURAL_HEIGHT 300

#define DEFAULT_RANGE_S 600

enum
{
  PROP_0,
  PROP_RANGE,
  PROP_FOLLOWS,
  PROP_LOG_SCALE,
  PROP_THRESHOLD_MS,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbHistoryChart, lb_history_chart, GTK_TYPE_WIDGET)

static void
lb_history_chart_tell (LbHistoryChart *self,
                       GtkAccessibleProperty property,
                       char **told,
                       char *text)
{
  if (g_strcmp0 (*told, text) == 0)
    {
      g_free (text);
      return;
    }

  g_free (*told);
  *told = text;
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), property, text, -1);
}

static void
lb_history_chart_tell_reading (LbHistoryChart *self)
{
  char *label = lb_history_crosshair_speak (self->crosshair);

  if (label == NULL)
    label = g_strdup (_("History of response times"));
  lb_history_chart_tell (self, GTK_ACCESSIBLE_PROPERTY_LABEL, &self->label, label);
}

static void
lb_history_chart_drop_layout (LbHistoryChart *self)
{
  if (self->crosshair != NULL)
    lb_history_crosshair_set_picture (self->crosshair, NULL, NULL);
  g_clear_pointer (&self->picture, gsk_render_node_unref);
  g_clear_pointer (&self->layout, lb_history_layout_free);
}

static gboolean
lb_history_chart_is_rtl (LbHistoryChart *self)
{
  return gtk_widget_get_direction (GTK_WIDGET (self)) == GTK_TEXT_DIR_RTL;
}

static void
lb_history_chart_lay_out (LbHistoryChart *self,
                          int width,
                          int height)
{
  const LbHistoryDigest *digest = lb_history_worker_get_digest (self->worker);
  const LbHistoryRange *range = lb_history_worker_get_range (self->worker);

  lb_history_chart_drop_layout (self);
  if (digest == NULL)
    return;

  lb_history_choice_update (&self->choice, digest,
                            lb_history_crosshair_get_selected (self->crosshair));
  self->layout = lb_history_layout_new (digest, range, &self->choice, &self->options,
                                        gtk_widget_get_pango_context (GTK_WIDGET (self)), width,
                                        height, lb_history_chart_is_rtl (self));

  lb_history_chart_tell (self, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, &self->description,
                         lb_history_text_describe (digest, range));
  lb_history_crosshair_set_picture (self->crosshair, self->layout, digest);
  lb_history_chart_tell_reading (self);
}

static void
lb_history_chart_on_ready (LbHistoryChart *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  lb_history_chart_lay_out (self, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  gtk_widget_queue_draw (widget);
}

/* Something else is to be shown from the next frame on. */
static void
lb_history_chart_queue_update (LbHistoryChart *self)
{
  gtk_widget_queue_allocate (GTK_WIDGET (self));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

/* After the range may have changed, which was @before. */
static void
lb_history_chart_notify_range (LbHistoryChart *self,
                               const LbHistoryRange *before)
{
  if (round (self->range.length) != round (before->length))
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_RANGE]);
  if (self->range.follows != before->follows)
    g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FOLLOWS]);

  lb_history_chart_queue_update (self);
}

static void
lb_history_chart_move_range (LbHistoryChart *self,
                             double end)
{
  const LbHistoryRange before = self->range;

  if (self->slice == NULL)
    return;

  lb_history_range_move (&self->range, self->slice, end);
  lb_history_chart_notify_range (self, &before);
}

/* What a pinned crosshair reads has to be in sight. */
static void
lb_history_chart_on_moved (LbHistoryChart *self)
{
  double second;

  if (lb_history_crosshair_get_second (self->crosshair, &second))
    {
      if (second > self->range.end)
        lb_history_chart_move_range (self, second);
      else if (second < self->range.end - self->range.length)
        lb_history_chart_move_range (self, second + self->range.length);
    }
}

static GtkSizeRequestMode
lb_history_chart_get_request_mode (GtkWidget *widget G_GNUC_UNUSED)
{
  return GTK_SIZE_REQUEST_CONSTANT_SIZE;
}

static void
lb_history_chart_measure (GtkWidget *widget G_GNUC_UNUSED,
                          GtkOrientation orientation,
                          int for_size G_GNUC_UNUSED,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline G_GNUC_UNUSED,
                          int *natural_baseline G_GNUC_UNUSED)
{
  *minimum = orientation == GTK_ORIENTATION_HORIZONTAL ? MIN_WIDTH : MIN_HEIGHT;
  *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? NATURAL_WIDTH : NATURAL_HEIGHT;
}

static void
lb_history_chart_size_allocate (GtkWidget *widget,
                                int width,
                                int height,
                                int baseline G_GNUC_UNUSED)
{
  LbHistoryChart *self = LB_HISTORY_CHART (widget);
  GtkWidget *crosshair = GTK_WIDGET (self->crosshair);

  if (self->slice != NULL)
    lb_history_worker_ask (self->worker, self->slice, &self->range, width);
  lb_history_chart_lay_out (self, width, height);

  gtk_widget_measure (crosshair, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
  gtk_widget_size_allocate (crosshair, &(GtkAllocation){ 0, 0, width, height }, -1);
}

/* Kept until the layout changes, so that the crosshair moves without drawing all lines anew. */
static GskRenderNode *
lb_history_chart_get_picture (LbHistoryChart *self,
                              const graphene_rect_t *bounds,
                              const LbChartPalette *palette)
{
  if (self->picture == NULL)
    {
      LbChartInk ink;
      cairo_t *cr;

      self->picture = gsk_cairo_node_new (bounds);
      cr = gsk_cairo_node_get_draw_context (self->picture);
      lb_chart_ink_init_cairo (&ink, cr);
      lb_history_paint (&ink, self->layout, palette);
      cairo_destroy (cr);
    }

  return self->picture;
}

static void
lb_history_chart_snapshot (GtkWidget *widget,
                           GtkSnapshot *snapshot)
{
  LbHistoryChart *self = LB_HISTORY_CHART (widget);
  const int width = gtk_widget_get_width (widget);
  const int height = gtk_widget_get_height (widget);
  const graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  LbChartPalette palette;

  if (width <= 0 || height <= 0 || self->layout == NULL)
    return;

  lb_widget_palette_init (&palette, widget);
  gtk_snapshot_append_node (snapshot, lb_history_chart_get_picture (self, &bounds, &palette));

  gtk_widget_snapshot_child (widget, GTK_WIDGET (self->crosshair), snapshot);

  if ((gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_FOCUS_VISIBLE) != 0)
    lb_widget_palette_append_ring (&palette, snapshot, &bounds);
}

/* No style depends on the focus, so GTK would not see that the ring comes or goes. */
static void
lb_history_chart_state_flags_changed (GtkWidget *widget,
                                      GtkStateFlags previous)
{
  GTK_WIDGET_CLASS (lb_history_chart_parent_class)->state_flags_changed (widget, previous);

  gtk_widget_queue_draw (widget);
}

/* Another font has other widths, another theme other colours. */
static void
lb_history_chart_css_changed (GtkWidget *widget,
                              GtkCssStyleChange *change)
{
  LbHistoryChart *self = LB_HISTORY_CHART (widget);

  GTK_WIDGET_CLASS (lb_history_chart_parent_class)->css_changed (widget, change);

  g_clear_pointer (&self->picture, gsk_render_node_unref);
  lb_history_chart_queue_update (self);
}

static void
lb_history_chart_get_property (GObject *object,
                               guint property_id,
                               GValue *value,
                               GParamSpec *pspec)
{
  LbHistoryChart *self = LB_HISTORY_CHART (object);

  switch (property_id)
    {
    case PROP_RANGE:
      g_value_set_uint (value, lb_history_chart_get_range (self));
      break;
    case PROP_FOLLOWS:
      g_value_set_boolean (value, self->range.follows);
      break;
    case PROP_LOG_SCALE:
      g_value_set_boolean (value, self->options.log_scale);
      break;
    case PROP_THRESHOLD_MS:
      g_value_set_uint (value,
                        (guint) (self->options.threshold_us / G_TIME_SPAN_MILLISECOND));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
lb_history_chart_set_property (GObject *object,
                               guint property_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  LbHistoryChart *self = LB_HISTORY_CHART (object);

  switch (property_id)
    {
    case PROP_RANGE:
      lb_history_chart_set_range (self, g_value_get_uint (value));
      break;
    case PROP_LOG_SCALE:
      lb_history_chart_set_log_scale (self, g_value_get_boolean (value));
      break;
    case PROP_THRESHOLD_MS:
      lb_history_chart_set_threshold_ms (self, g_value_get_uint (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
lb_history_chart_dispose (GObject *object)
{
  LbHistoryChart *self = LB_HISTORY_CHART (object);

  lb_history_chart_drop_layout (self);
  if (self->crosshair != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->crosshair));
  self->crosshair = NULL;
  if (self->worker != NULL)
    g_signal_handlers_disconnect_by_data (self->worker, self);
  g_clear_object (&self->worker);
  g_clear_pointer (&self->slice, lb_history_slice_unref);
  lb_history_choice_clear (&self->choice);
  g_clear_pointer (&self->label, g_free);
  g_clear_pointer (&self->description, g_free);

  G_OBJECT_CLASS (lb_history_chart_parent_class)->dispose (object);
}

static void
lb_history_chart_class_init (LbHistoryChartClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lb_history_chart_get_property;
  object_class->set_property = lb_history_chart_set_property;
  object_class->dispose = lb_history_chart_dispose;

  widget_class->get_request_mode = lb_history_chart_get_request_mode;
  widget_class->measure = lb_history_chart_measure;
  widget_class->size_allocate = lb_history_chart_size_allocate;
  widget_class->snapshot = lb_history_chart_snapshot;
  widget_class->state_flags_changed = lb_history_chart_state_flags_changed;
  widget_class->css_changed = lb_history_chart_css_changed;

  /**
   * LbHistoryChart:range:
   *
   * How many seconds it shows. It changes too when a person zooms.
   */
  properties[PROP_RANGE] =
    g_param_spec_uint ("range", NULL, NULL, (guint) LB_HISTORY_MIN_LENGTH, 3600, DEFAULT_RANGE_S,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * LbHistoryChart:follows:
   *
   * Whether it ends now, and moves on with the time.
   */
  properties[PROP_FOLLOWS] =
    g_param_spec_boolean ("follows", NULL, NULL, TRUE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * LbHistoryChart:log-scale:
   *
   * Whether the axis is logarithmic.
   */
  properties[PROP_LOG_SCALE] =
    g_param_spec_boolean ("log-scale", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  /**
   * LbHistoryChart:threshold-ms:
   *
   * The response time in milliseconds from which on an answer is slow; 0 for none.
   */
  properties[PROP_THRESHOLD_MS] =
    g_param_spec_uint ("threshold-ms", NULL, NULL, 0, LB_CHART_MAX_THRESHOLD_MS, 0,
                       G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
  gtk_widget_class_set_css_name (widget_class, "history");
  lb_history_input_add_bindings (widget_class);
}

static void
lb_history_chart_init (LbHistoryChart *self)
{
  lb_history_range_init (&self->range, DEFAULT_RANGE_S);
  lb_history_choice_init (&self->choice);
  self->worker = lb_history_worker_new ();
  g_signal_connect_swapped (self->worker, "ready", G_CALLBACK (lb_history_chart_on_ready), self);

  self->crosshair = LB_HISTORY_CROSSHAIR (lb_history_crosshair_new ());
  gtk_widget_set_parent (GTK_WIDGET (self->crosshair), GTK_WIDGET (self));
  g_signal_connect_swapped (self->crosshair, "moved", G_CALLBACK (lb_history_chart_on_moved), self);
  g_signal_connect_swapped (self->crosshair, "changed", G_CALLBACK (lb_history_chart_tell_reading),
                            self);
  g_signal_connect_swapped (self->crosshair, "notify::selected",
                            G_CALLBACK (lb_history_chart_queue_update), self);

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  lb_history_input_add (self);
  lb_history_chart_tell_reading (self);
}

/**
 * lb_history_chart_new:
 *
 * Returns: (transfer floating): an empty chart
 */
GtkWidget *
lb_history_chart_new (void)
{
  return g_object_new (LB_TYPE_HISTORY_CHART, NULL);
}

/**
 * lb_history_chart_set_slice:
 * @self: a chart
 * @slice: what happened, up to now; all there is, whatever part of it is shown
 *
 * Takes a reference to @slice. Nothing is done with it before the next frame; there is none while
 * nobody can see the chart.
 */
void
lb_history_chart_set_slice (LbHistoryChart *self,
                            LbHistorySlice *slice)
{
  const LbHistoryRange before = self->range;

  g_return_if_fail (LB_IS_HISTORY_CHART (self));
  g_return_if_fail (slice != NULL);

  lb_history_slice_ref (slice);
  g_clear_pointer (&self->slice, lb_history_slice_unref);
  self->slice = slice;

  lb_history_range_clamp (&self->range, slice);
  lb_history_chart_notify_range (self, &before);
}

/**
 * lb_history_chart_get_range:
 * @self: a chart
 *
 * Returns: how many seconds it shows
 */
guint
lb_history_chart_get_range (LbHistoryChart *self)
{
  g_return_val_if_fail (LB_IS_HISTORY_CHART (self), 0);

  return (guint) round (self->range.length);
}

/* What stays in place while zooming: what a person looks at. */
static double
lb_history_chart_get_anchor (LbHistoryChart *self)
{
  const double start = self->range.end - self->range.length;
  double second;

  if (lb_history_crosshair_get_second (self->crosshair, &second) && second >= start &&
      second <= self->range.end)
    return second;

  return self->range.follows ? self->range.end : start + self->range.length / 2;
}

static void
lb_history_chart_scale_range (LbHistoryChart *self,
                              double factor,
                              double anchor)
{
  const LbHistoryRange before = self->range;

  if (self->slice != NULL)
    lb_history_range_zoom (&self->range, self->slice, factor, anchor);
  else
    lb_history_range_init (&self->range, self->range.length * factor);

  lb_history_chart_notify_range (self, &before);
}

/**
 * lb_history_chart_set_range:
 * @self: a chart
 * @seconds: how many to show
 */
void
lb_history_chart_set_range (LbHistoryChart *self,
                            guint seconds)
{
  g_return_if_fail (LB_IS_HISTORY_CHART (self));
  g_return_if_fail (seconds > 0);

  if (lb_history_chart_get_range (self) == seconds)
    return;

  lb_history_chart_scale_range (self, seconds / self->range.length,
                                self->range.follows ? self->range.end
                                                    : lb_history_chart_get_anchor (self));
}

/**
 * lb_history_chart_get_follows:
 * @self: a chart
 *
 * Returns: whether it ends now, and moves on with the time
 */
gboolean
lb_history_chart_get_follows (LbHistoryChart *self)
{
  g_return_val_if_fail (LB_IS_HISTORY_CHART (self), FALSE);

  return self->range.follows;
}

/**
 * lb_history_chart_zoom:
 * @self: a chart
 * @factor: how many times as much time it is to show
 *
 * What is under the pointer stays there, or at the crosshair.
 */
void
lb_history_chart_zoom (LbHistoryChart *self,
                       double factor)
{
  g_return_if_fail (LB_IS_HISTORY_CHART (self));
  g_return_if_fail (factor > 0);

  lb_history_chart_scale_range (self, factor, lb_history_chart_get_anchor (self));
}

/**
 * lb_history_chart_pan:
 * @self: a chart
 * @part: how far to go, as a part of what it shows; back in time if negative
 */
void
lb_history_chart_pan (LbHistoryChart *self,
                      double part)
{
  g_return_if_fail (LB_IS_HISTORY_CHART (self));

  lb_history_chart_move_range (self, self->range.end + part * self->range.length);
}

/**
 * lb_history_chart_drag:
 * @self: a chart
 * @distance: how many pixels a hand moves what it shows to the right
 */
void
lb_history_chart_drag (LbHistoryChart *self,
                       double distance)
{
  g_return_if_fail (LB_IS_HISTORY_CHART (self));

  if (self->layout != NULL && self->layout->frame.plot.width > 0)
    lb_history_chart_pan (self, -distance / self->layout->frame.plot.width);
}

/**
 * lb_history_chart_go:
 * @self: a chart
 * @place: where to
 *
 * Goes to either end of the history, and takes a pinned crosshair along.
 */
void
lb_history_chart_go (LbHistoryChart *self,
                     LbHistoryPlace place)
{
  double second;

  g_return_if_fail (LB_IS_HISTORY_CHART (self));

  lb_history_chart_move_range (self, place == LB_HISTORY_OLDEST ? 0 : G_MAXDOUBLE);
  if (lb_history_crosshair_get_second (self->crosshair, &second))
    lb_history_crosshair_go (self->crosshair, place == LB_HISTORY_OLDEST ? 0 : G_MAXDOUBLE);
}

/**
 * lb_history_chart_set_log_scale:
 * @self: a chart
 * @log_scale: whether its axis is to be logarithmic
 */
void
lb_history_chart_set_log_scale (LbHistoryChart *self,
                                gboolean log_scale)
{
  g_return_if_fail (LB_IS_HISTORY_CHART (self));

  if (self->options.log_scale == log_scale)
    return;

  self->options.log_scale = log_scale;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LOG_SCALE]);
  lb_history_chart_queue_update (self);
}

/**
 * lb_history_chart_set_threshold_ms:
 * @self: a chart
 * @threshold_ms: from how many milliseconds on an answer is slow; 0 for none
 */
void
lb_history_chart_set_threshold_ms (LbHistoryChart *self,
                                   guint threshold_ms)
{
  const gint64 threshold_us = threshold_ms * G_TIME_SPAN_MILLISECOND;

  g_return_if_fail (LB_IS_HISTORY_CHART (self));
  g_return_if_fail (threshold_ms <= LB_CHART_MAX_THRESHOLD_MS);

  if (self->options.threshold_us == threshold_us)
    return;

  self->options.threshold_us = threshold_us;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_THRESHOLD_MS]);
  lb_history_chart_queue_update (self);
}

/**
 * lb_history_chart_get_crosshair:
 * @self: a chart
 *
 * Returns: (transfer none): what reads it
 */
LbHistoryCrosshair *
lb_history_chart_get_crosshair (LbHistoryChart *self)
{
  g_return_val_if_fail (LB_IS_HISTORY_CHART (self), NULL);

  return self->crosshair;
}

/**
 * lb_history_chart_set_selected:
 * @self: a chart
 * @url: (nullable): the backend that is to have a line in any case, and to be read first
 */
void
lb_history_chart_set_selected (LbHistoryChart *self,
                               const char *url)
{
  g_return_if_fail (LB_IS_HISTORY_CHART (self));

  lb_history_crosshair_set_selected (self->crosshair, url);
}

/**
 * lb_history_chart_shoot:
 * @self: a chart
 *
 * Keeps what there is to see.
 *
 * Returns: (transfer full) (nullable): the shot, or %NULL if there is no slice yet
 */
LbChartShot *
lb_history_chart_shoot (LbHistoryChart *self)
{
  GtkWidget *widget;
  LbChartShot *shot;

  g_return_val_if_fail (LB_IS_HISTORY_CHART (self), NULL);

  if (self->slice == NULL)
    return NULL;

  widget = GTK_WIDGET (self);
  shot = lb_chart_shot_new (gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  shot->dark = lb_widget_palette_is_dark (widget);
  shot->rtl = lb_history_chart_is_rtl (self);
  shot->options = self->options;
  shot->slice = lb_history_slice_ref (self->slice);
  shot->range = self->range;
  lb_history_choice_init_copy (&shot->choice, &self->choice);
  shot->selected = g_strdup (lb_history_crosshair_get_selected (self->crosshair));

  return shot;
}
