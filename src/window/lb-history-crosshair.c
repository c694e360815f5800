/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-history-crosshair.h"

#include "chart/lb-history-painter.h"
#include "window/lb-widget-palette.h"

/**
 * LbHistoryCrosshair:
 *
 * What reads a history: a line at one time, and beside it the figures of that time.
 *
 * [class@HistoryChart] makes one, lays it over what it paints, and tells it about each new picture.
 * It is where the pointer is; while that is elsewhere, where a click or the keyboard has pinned it.
 * What a pinned one reads changes only if a person moves it, however much the picture moves on.
 *
 * It takes no events itself, and a screen reader hears of it from the chart.
 */
struct _LbHistoryCrosshair
{
  GtkWidget parent_instance;

  const LbHistoryLayout *layout; /* the chart's, until it has another */
  const LbHistoryDigest *digest;
  LbHistoryReading *reading;

  char *selected; /* a URL, or NULL */
  gboolean pinned;
  double second; /* where, on the clock of the history */
  gboolean has_pointer;
  double pointer_x;
  double pointer_y;
};

enum
{
  PROP_0,
  PROP_SELECTED,
  N_PROPS
};

enum
{
  SIGNAL_MOVED,
  SIGNAL_CHANGED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbHistoryCrosshair, lb_history_crosshair, GTK_TYPE_WIDGET)

static gboolean
lb_history_crosshair_has_plot (LbHistoryCrosshair *self)
{
  return self->layout != NULL && self->layout->frame.plot.width > 0;
}

/* Of the selected backend. */
static guint
lb_history_crosshair_get_index (LbHistoryCrosshair *self)
{
  const LbHistorySlice *slice = self->digest->slice;

  for (guint i = 0; self->selected != NULL && i < slice->n_backends; i++)
    if (g_str_equal (slice->urls[i], self->selected))
      return i;

  return LB_HISTORY_NOBODY;
}

/* Which step and which backend it reads, if it is anywhere. */
static gboolean
lb_history_crosshair_find (LbHistoryCrosshair *self,
                           guint *step,
                           guint *nearest)
{
  if (!lb_history_crosshair_has_plot (self))
    return FALSE;

  if (self->has_pointer)
    {
      const double second = lb_history_frame_get_second (&self->layout->frame, self->pointer_x);

      if (lb_history_reading_find_step (self->layout, self->digest, second, step))
        {
          *nearest = lb_history_reading_find (self->layout, self->digest, *step, self->pointer_y);
          return TRUE;
        }
    }

  *nearest = lb_history_crosshair_get_index (self);

  return self->pinned &&
         lb_history_reading_find_step (self->layout, self->digest, self->second, step);
}

static void
lb_history_crosshair_update (LbHistoryCrosshair *self)
{
  guint step;
  guint nearest;

  if (lb_history_crosshair_find (self, &step, &nearest))
    {
      if (self->reading != NULL && self->reading->step == step && self->reading->nearest == nearest)
        return;

      g_clear_pointer (&self->reading, lb_history_reading_free);
      self->reading =
        lb_history_reading_new (self->layout, self->digest,
                                gtk_widget_get_pango_context (GTK_WIDGET (self)), step, nearest);
    }
  else
    {
      if (self->reading == NULL)
        return;

      g_clear_pointer (&self->reading, lb_history_reading_free);
    }

  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
lb_history_crosshair_snapshot (GtkWidget *widget,
                               GtkSnapshot *snapshot)
{
  LbHistoryCrosshair *self = LB_HISTORY_CROSSHAIR (widget);
  const graphene_rect_t bounds =
    GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                        (float) gtk_widget_get_height (widget));
  LbChartPalette palette;
  LbChartInk ink;
  cairo_t *cr;

  if (self->reading == NULL)
    return;

  lb_widget_palette_init (&palette, widget);
  cr = gtk_snapshot_append_cairo (snapshot, &bounds);
  lb_chart_ink_init_cairo (&ink, cr);
  lb_history_paint_reading (&ink, self->layout, self->reading, &palette);
  cairo_destroy (cr);
}

static void
lb_history_crosshair_get_property (GObject *object,
                                   guint property_id,
                                   GValue *value,
                                   GParamSpec *pspec)
{
  LbHistoryCrosshair *self = LB_HISTORY_CROSSHAIR (object);

  switch (property_id)
    {
    case PROP_SELECTED:
      g_value_set_string (value, self->selected);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
lb_history_crosshair_set_property (GObject *object,
                                   guint property_id,
                                   const GValue *value,
                                   GParamSpec *pspec)
{
  switch (property_id)
    {
    case PROP_SELECTED:
      lb_history_crosshair_set_selected (LB_HISTORY_CROSSHAIR (object), g_value_get_string (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
lb_history_crosshair_dispose (GObject *object)
{
  LbHistoryCrosshair *self = LB_HISTORY_CROSSHAIR (object);

  g_clear_pointer (&self->reading, lb_history_reading_free);
  g_clear_pointer (&self->selected, g_free);

  G_OBJECT_CLASS (lb_history_crosshair_parent_class)->dispose (object);
}

static void
lb_history_crosshair_class_init (LbHistoryCrosshairClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lb_history_crosshair_get_property;
  object_class->set_property = lb_history_crosshair_set_property;
  object_class->dispose = lb_history_crosshair_dispose;

  widget_class->snapshot = lb_history_crosshair_snapshot;

  /**
   * LbHistoryCrosshair:selected:
   *
   * The URL of the backend that it reads first, and that has a line in any case.
   */
  properties[PROP_SELECTED] =
    g_param_spec_string ("selected", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  /**
   * LbHistoryCrosshair::moved:
   * @self: the crosshair
   *
   * A person moved it, or let it go: it is to be in sight.
   */
  signals[SIGNAL_MOVED] = g_signal_new ("moved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 0);

  /**
   * LbHistoryCrosshair::changed:
   * @self: the crosshair
   *
   * lb_history_crosshair_speak() has something else to say.
   */
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_PRESENTATION);
  gtk_widget_class_set_css_name (widget_class, "crosshair");
}

static void
lb_history_crosshair_init (LbHistoryCrosshair *self)
{
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

/**
 * lb_history_crosshair_new:
 *
 * Returns: (transfer floating): a crosshair that is nowhere
 */
GtkWidget *
lb_history_crosshair_new (void)
{
  return g_object_new (LB_TYPE_HISTORY_CROSSHAIR, NULL);
}

/**
 * lb_history_crosshair_set_picture:
 * @self: a crosshair
 * @layout: (nullable): what it lies over, which has to stay until it is told of another
 * @digest: (nullable): what @layout shows
 */
void
lb_history_crosshair_set_picture (LbHistoryCrosshair *self,
                                  const LbHistoryLayout *layout,
                                  const LbHistoryDigest *digest)
{
  g_return_if_fail (LB_IS_HISTORY_CROSSHAIR (self));

  g_clear_pointer (&self->reading, lb_history_reading_free);
  self->layout = layout;
  self->digest = digest;
  lb_history_crosshair_update (self);
}

/**
 * lb_history_crosshair_get_second:
 * @self: a crosshair
 * @second: (out): the time a person looks at, on the clock of the history
 *
 * Returns: whether it is anywhere
 */
gboolean
lb_history_crosshair_get_second (LbHistoryCrosshair *self,
                                 double *second)
{
  g_return_val_if_fail (LB_IS_HISTORY_CROSSHAIR (self), FALSE);

  if (self->has_pointer && lb_history_crosshair_has_plot (self))
    *second = lb_history_frame_get_second (&self->layout->frame, self->pointer_x);
  else if (self->pinned)
    *second = self->second;
  else
    return FALSE;

  return TRUE;
}

/**
 * lb_history_crosshair_speak:
 * @self: a crosshair
 *
 * What the pointer passes over is not told: it would be a flood of words.
 *
 * Returns: (transfer full) (nullable): what a pinned one reads, for a screen reader
 */
char *
lb_history_crosshair_speak (LbHistoryCrosshair *self)
{
  g_return_val_if_fail (LB_IS_HISTORY_CROSSHAIR (self), NULL);

  if (self->reading == NULL || !self->pinned || self->has_pointer)
    return NULL;

  return lb_history_reading_speak (self->reading);
}

/**
 * lb_history_crosshair_point:
 * @self: a crosshair
 * @x: where the pointer is
 * @y: where the pointer is
 */
void
lb_history_crosshair_point (LbHistoryCrosshair *self,
                            double x,
                            double y)
{
  gboolean had_pointer;

  g_return_if_fail (LB_IS_HISTORY_CROSSHAIR (self));

  had_pointer = self->has_pointer;
  self->has_pointer = TRUE;
  self->pointer_x = x;
  self->pointer_y = y;
  lb_history_crosshair_update (self);
  if (!had_pointer)
    g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * lb_history_crosshair_unpoint:
 * @self: a crosshair
 *
 * The pointer is elsewhere.
 */
void
lb_history_crosshair_unpoint (LbHistoryCrosshair *self)
{
  g_return_if_fail (LB_IS_HISTORY_CROSSHAIR (self));

  self->has_pointer = FALSE;
  lb_history_crosshair_update (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
lb_history_crosshair_moved (LbHistoryCrosshair *self)
{
  lb_history_crosshair_update (self);
  g_signal_emit (self, signals[SIGNAL_MOVED], 0);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/**
 * lb_history_crosshair_pin:
 * @self: a crosshair
 *
 * Leaves it where the pointer is, and selects what that points at. Pinned at the same place once
 * more, it is let go.
 */
void
lb_history_crosshair_pin (LbHistoryCrosshair *self)
{
  guint step;
  guint nearest;
  double second;

  g_return_if_fail (LB_IS_HISTORY_CROSSHAIR (self));

  if (!self->has_pointer || !lb_history_crosshair_find (self, &step, &nearest))
    return;

  second = (double) ((self->digest->first + step) * self->digest->step_s);
  if (self->pinned && self->second == second)
    {
      lb_history_crosshair_dismiss (self);
      return;
    }

  self->pinned = TRUE;
  self->second = second;
  lb_history_crosshair_set_selected (
    self, nearest != LB_HISTORY_NOBODY ? self->digest->slice->urls[nearest] : NULL);
  lb_history_crosshair_moved (self);
}

/**
 * lb_history_crosshair_move:
 * @self: a crosshair
 * @by: how many steps, back in time if negative
 *
 * If it is not pinned yet it appears at the end of what is in sight.
 */
void
lb_history_crosshair_move (LbHistoryCrosshair *self,
                           int by)
{
  g_return_if_fail (LB_IS_HISTORY_CROSSHAIR (self));

  if (!lb_history_crosshair_has_plot (self))
    return;

  if (!self->pinned)
    lb_history_crosshair_go (self, self->layout->frame.start + self->layout->frame.length);
  else
    lb_history_crosshair_go (self, self->second + by * (double) self->digest->step_s);
}

/**
 * lb_history_crosshair_go:
 * @self: a crosshair
 * @second: where to, on the clock of the history; it stays where anything is known
 *
 * Pins it there.
 */
void
lb_history_crosshair_go (LbHistoryCrosshair *self,
                         double second)
{
  const LbHistorySlice *slice;

  g_return_if_fail (LB_IS_HISTORY_CROSSHAIR (self));

  if (!lb_history_crosshair_has_plot (self))
    return;

  slice = self->digest->slice;
  self->pinned = TRUE;
  self->second = CLAMP (second, (double) (slice->end - MAX (1, slice->n_known) + 1),
                        (double) slice->end);
  lb_history_crosshair_moved (self);
}

/**
 * lb_history_crosshair_dismiss:
 * @self: a crosshair
 *
 * Lets it go, and selects no backend.
 *
 * Returns: whether it was pinned, or one was selected
 */
gboolean
lb_history_crosshair_dismiss (LbHistoryCrosshair *self)
{
  g_return_val_if_fail (LB_IS_HISTORY_CROSSHAIR (self), FALSE);

  if (!self->pinned && self->selected == NULL)
    return FALSE;

  self->pinned = FALSE;
  lb_history_crosshair_set_selected (self, NULL);
  lb_history_crosshair_moved (self);

  return TRUE;
}

/**
 * lb_history_crosshair_get_selected:
 * @self: a crosshair
 *
 * Returns: (nullable): the URL of the backend that is selected
 */
const char *
lb_history_crosshair_get_selected (LbHistoryCrosshair *self)
{
  g_return_val_if_fail (LB_IS_HISTORY_CROSSHAIR (self), NULL);

  return self->selected;
}

/**
 * lb_history_crosshair_set_selected:
 * @self: a crosshair
 * @url: (nullable): the backend that is to be selected
 */
void
lb_history_crosshair_set_selected (LbHistoryCrosshair *self,
                                   const char *url)
{
  g_autofree char *copy = g_strdup (url);

  g_return_if_fail (LB_IS_HISTORY_CROSSHAIR (self));

  if (g_strcmp0 (self->selected, url) == 0)
    return;

  g_free (self->selected);
  self->selected = g_steal_pointer (&copy);
  lb_history_crosshair_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

/**
 * lb_history_crosshair_select:
 * @self: a crosshair
 * @by: 1 for the next backend in the pool's order, -1 for the one before
 */
void
lb_history_crosshair_select (LbHistoryCrosshair *self,
                             int by)
{
  int n_backends;
  guint index;
  int next;

  g_return_if_fail (LB_IS_HISTORY_CROSSHAIR (self));

  if (self->digest == NULL || self->digest->slice->n_backends == 0)
    return;

  n_backends = (int) self->digest->slice->n_backends;
  index = lb_history_crosshair_get_index (self);
  if (index == LB_HISTORY_NOBODY)
    next = by > 0 ? 0 : n_backends - 1;
  else
    next = CLAMP ((int) index + by, 0, n_backends - 1);

  lb_history_crosshair_set_selected (self, self->digest->slice->urls[next]);
}
