/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-chart-bars.h"

#include "chart/lb-chart-text.h"
#include "window/lb-chart-bar.h"

/**
 * LbChartBars:
 *
 * What can be reached in a chart: the focus, the keyboard, the tooltips and what a screen reader
 * finds. [class@Chart] makes one, lays it over what it paints, and tells it the snapshot and where
 * the columns are. It owns an [class@ChartBar] for each backend, but never more than %MAX_BARS:
 * with more backends they are those around the ones in sight.
 *
 * GTK shows no tooltip for the keyboard. So while a bar in sight has the focus and the person uses
 * the keyboard, its figures are in a popover, until Escape.
 */
struct _LbChartBars
{
  GtkWidget parent_instance;

  LbPool *pool; /* or NULL */
  LbSnapshot *snapshot;
  LbChartOptions options;
  LbChartSlots slots;
  GPtrArray *bars; /* of LbChartBar, owned as children */
  guint focused; /* the backend that the keyboard is at or was at last */

  GtkWidget *popover; /* while it is shown, owned as a child */
  GSource *popover_update;
  gboolean dismissed; /* until the focus moves */
};

/* Enough for the widest screen at the narrowest column. */
#define MAX_BARS 200

enum
{
  SIGNAL_REVEAL,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbChartBars, lb_chart_bars, GTK_TYPE_WIDGET)

/* Between a new snapshot and the allocation that follows, the columns are not known. */
static gboolean
lb_chart_bars_has_slots (LbChartBars *self)
{
  return self->snapshot != NULL && self->slots.n_slots > 0 &&
         self->slots.n_slots == self->snapshot->n_backends;
}

/*
 * A backend's bar is always the one at its index modulo their number, so that most of them stay
 * what they are while others come into sight. If the focus is on one that went far out of sight,
 * it comes along.
 */
static LbChartBar *
lb_chart_bars_get_bar (LbChartBars *self,
                       guint index)
{
  return g_ptr_array_index (self->bars, index % self->bars->len);
}

static void
lb_chart_bars_hide_popover (LbChartBars *self)
{
  g_clear_pointer (&self->popover, gtk_widget_unparent);
}

static void
lb_chart_bars_show_popover (LbChartBars *self,
                            const cairo_rectangle_t *slot)
{
  const LbBackendFigures *figures = &self->snapshot->backends[self->focused];
  g_autofree char *text = lb_chart_text_describe (figures, &self->options, "\n");
  GdkRectangle rect = { (int) slot->x, (int) slot->y, (int) slot->width, (int) slot->height };

  if (self->popover == NULL)
    {
      /* A screen reader has it all from the bar. */
      self->popover = g_object_new (GTK_TYPE_POPOVER,
                                    "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION,
                                    "autohide", FALSE,
                                    "can-focus", FALSE,
                                    "position", GTK_POS_TOP,
                                    "child", gtk_label_new (NULL),
                                    NULL);
      gtk_widget_set_parent (self->popover, GTK_WIDGET (self));
    }

  gtk_label_set_text (GTK_LABEL (gtk_popover_get_child (GTK_POPOVER (self->popover))), text);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover), &rect);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
lb_chart_bars_update_popover (LbChartBars *self)
{
  GtkWidget *bar = gtk_widget_get_focus_child (GTK_WIDGET (self));
  const cairo_rectangle_t *area = &self->slots.area;
  cairo_rectangle_t slot;

  if (bar == NULL || self->dismissed || !lb_chart_bars_has_slots (self) ||
      !lb_chart_bar_has_ring (LB_CHART_BAR (bar)))
    {
      lb_chart_bars_hide_popover (self);
      return;
    }

  lb_chart_slots_get_rect (&self->slots, self->focused, &slot);
  if (slot.x + slot.width > area->x && slot.x < area->x + area->width)
    lb_chart_bars_show_popover (self, &slot);
  else
    lb_chart_bars_hide_popover (self);
}

static gboolean
lb_chart_bars_on_popover_update (gpointer user_data)
{
  LbChartBars *self = user_data;

  g_clear_pointer (&self->popover_update, g_source_unref);
  lb_chart_bars_update_popover (self);

  return G_SOURCE_REMOVE;
}

/* For use in an allocation, when no other widget may ask for one. */
static void
lb_chart_bars_queue_popover_update (LbChartBars *self)
{
  if (self->popover_update != NULL || gtk_widget_get_focus_child (GTK_WIDGET (self)) == NULL)
    return;

  self->popover_update = g_idle_source_new ();
  g_source_set_static_name (self->popover_update, "[lb] figures of the bar with the focus");
  g_source_set_priority (self->popover_update, G_PRIORITY_HIGH_IDLE);
  g_source_set_callback (self->popover_update, lb_chart_bars_on_popover_update, self, NULL);
  g_source_attach (self->popover_update, NULL);
}

static void
lb_chart_bars_bind (LbChartBars *self)
{
  GtkWidget *focused = gtk_widget_get_focus_child (GTK_WIDGET (self));
  guint start = 0;

  if (self->slots.n_slots > self->bars->len)
    {
      guint half = self->bars->len / 2;
      guint first;
      guint end;
      guint middle;

      lb_chart_slots_get_range (&self->slots, 0, &first, &end);
      middle = first + (end - first) / 2;
      start = MIN (middle - MIN (middle, half), self->slots.n_slots - self->bars->len);
    }

  for (guint i = start; i < start + self->bars->len; i++)
    lb_chart_bar_bind (lb_chart_bars_get_bar (self, i), self->snapshot, &self->options, i);

  if (focused != NULL)
    self->focused = lb_chart_bar_get_index (LB_CHART_BAR (focused));
}

static void
lb_chart_bars_place (LbChartBars *self)
{
  for (guint i = 0; i < self->bars->len; i++)
    {
      GtkWidget *bar = g_ptr_array_index (self->bars, i);
      cairo_rectangle_t slot;
      GtkAllocation allocation;

      lb_chart_slots_get_rect (&self->slots, lb_chart_bar_get_index (LB_CHART_BAR (bar)), &slot);
      allocation =
        (GtkAllocation){ (int) slot.x, (int) slot.y, (int) slot.width, (int) slot.height };

      /* GTK wants a widget to be asked before it is told. */
      gtk_widget_measure (bar, GTK_ORIENTATION_HORIZONTAL, -1, NULL, NULL, NULL, NULL);
      gtk_widget_size_allocate (bar, &allocation, -1);
    }
}

static void
lb_chart_bars_set_n_bars (LbChartBars *self,
                          guint n_bars)
{
  gboolean lost_focus = FALSE;

  while (self->bars->len < n_bars)
    {
      GtkWidget *bar = lb_chart_bar_new (self->pool);

      g_ptr_array_add (self->bars, bar);
      gtk_widget_set_parent (bar, GTK_WIDGET (self));
      g_signal_connect_swapped (bar,
                                "state-flags-changed",
                                G_CALLBACK (lb_chart_bars_update_popover),
                                self);
    }

  while (self->bars->len > n_bars)
    {
      GtkWidget *bar = g_ptr_array_steal_index (self->bars, self->bars->len - 1);

      lost_focus |= gtk_widget_is_focus (bar);
      gtk_widget_unparent (bar);
    }

  if (lost_focus && n_bars > 0)
    gtk_widget_grab_focus (g_ptr_array_index (self->bars, n_bars - 1));
}

static gboolean
lb_chart_bars_focus_backend (LbChartBars *self,
                             guint index)
{
  if (!lb_chart_bars_has_slots (self))
    return FALSE;

  index = MIN (index, self->slots.n_slots - 1);

  /* Brings the backend's bar into being if there was none. */
  g_signal_emit (self, signals[SIGNAL_REVEAL], 0, index);

  return gtk_widget_grab_focus (GTK_WIDGET (lb_chart_bars_get_bar (self, index)));
}

/* The focus stays where it is at either end. */
static gboolean
lb_chart_bars_on_arrow (GtkWidget *widget,
                        GVariant *args,
                        gpointer user_data)
{
  LbChartBars *self = LB_CHART_BARS (widget);

  if (g_variant_get_boolean (args) != self->slots.rtl)
    return lb_chart_bars_focus_backend (self, self->focused + 1);

  return lb_chart_bars_focus_backend (self, self->focused - MIN (self->focused, 1));
}

static gboolean
lb_chart_bars_on_home (GtkWidget *widget,
                       GVariant *args,
                       gpointer user_data)
{
  return lb_chart_bars_focus_backend (LB_CHART_BARS (widget), 0);
}

static gboolean
lb_chart_bars_on_end (GtkWidget *widget,
                      GVariant *args,
                      gpointer user_data)
{
  return lb_chart_bars_focus_backend (LB_CHART_BARS (widget), G_MAXUINT);
}

static gboolean
lb_chart_bars_on_escape (GtkWidget *widget,
                         GVariant *args,
                         gpointer user_data)
{
  LbChartBars *self = LB_CHART_BARS (widget);

  if (self->popover == NULL)
    return FALSE;

  self->dismissed = TRUE;
  lb_chart_bars_update_popover (self);

  return TRUE;
}

/* For Tab the bars are one stop: the focus enters where it left. In a bar's menu it moves as there. */
static gboolean
lb_chart_bars_focus (GtkWidget *widget,
                     GtkDirectionType direction)
{
  LbChartBars *self = LB_CHART_BARS (widget);
  GtkWidget *bar = gtk_widget_get_focus_child (widget);

  if (bar != NULL)
    return !gtk_widget_is_focus (bar) && gtk_widget_child_focus (bar, direction);

  return lb_chart_bars_focus_backend (self, self->focused);
}

static void
lb_chart_bars_set_focus_child (GtkWidget *widget,
                               GtkWidget *child)
{
  LbChartBars *self = LB_CHART_BARS (widget);

  GTK_WIDGET_CLASS (lb_chart_bars_parent_class)->set_focus_child (widget, child);

  self->dismissed = FALSE;

  if (child != NULL)
    {
      self->focused = lb_chart_bar_get_index (LB_CHART_BAR (child));
      g_signal_emit (self, signals[SIGNAL_REVEAL], 0, self->focused);
    }

  lb_chart_bars_update_popover (self);
}

static void
lb_chart_bars_size_allocate (GtkWidget *widget,
                             int width,
                             int height,
                             int baseline)
{
  LbChartBars *self = LB_CHART_BARS (widget);

  if (lb_chart_bars_has_slots (self))
    lb_chart_bars_place (self);

  if (self->popover != NULL)
    gtk_popover_present (GTK_POPOVER (self->popover));
}

/* What is scrolled half away ends at the axis. */
static void
lb_chart_bars_snapshot (GtkWidget *widget,
                        GtkSnapshot *snapshot)
{
  LbChartBars *self = LB_CHART_BARS (widget);
  const cairo_rectangle_t *area = &self->slots.area;

  if (!lb_chart_bars_has_slots (self))
    return;

  gtk_snapshot_push_clip (snapshot,
                          &GRAPHENE_RECT_INIT ((float) area->x,
                                               (float) area->y,
                                               (float) area->width,
                                               (float) area->height));
  GTK_WIDGET_CLASS (lb_chart_bars_parent_class)->snapshot (widget, snapshot);
  gtk_snapshot_pop (snapshot);
}

static void
lb_chart_bars_dispose (GObject *object)
{
  LbChartBars *self = LB_CHART_BARS (object);

  if (self->popover_update != NULL)
    g_source_destroy (self->popover_update);
  g_clear_pointer (&self->popover_update, g_source_unref);

  lb_chart_bars_hide_popover (self);
  lb_chart_bars_set_n_bars (self, 0);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  g_clear_object (&self->pool);

  G_OBJECT_CLASS (lb_chart_bars_parent_class)->dispose (object);
}

static void
lb_chart_bars_finalize (GObject *object)
{
  LbChartBars *self = LB_CHART_BARS (object);

  g_ptr_array_unref (self->bars);

  G_OBJECT_CLASS (lb_chart_bars_parent_class)->finalize (object);
}

static void
add_bindings (GtkWidgetClass *widget_class)
{
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, 0, lb_chart_bars_on_arrow, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Left, 0, lb_chart_bars_on_arrow, "b",
                                FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, 0, lb_chart_bars_on_arrow, "b", TRUE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Right, 0, lb_chart_bars_on_arrow, "b",
                                TRUE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Home, 0, lb_chart_bars_on_home, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Home, 0, lb_chart_bars_on_home, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_End, 0, lb_chart_bars_on_end, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_End, 0, lb_chart_bars_on_end, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, lb_chart_bars_on_escape, NULL);
}

static void
lb_chart_bars_class_init (LbChartBarsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_chart_bars_dispose;
  object_class->finalize = lb_chart_bars_finalize;

  widget_class->focus = lb_chart_bars_focus;
  widget_class->set_focus_child = lb_chart_bars_set_focus_child;
  widget_class->size_allocate = lb_chart_bars_size_allocate;
  widget_class->snapshot = lb_chart_bars_snapshot;

  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_css_name (widget_class, "bars");
  add_bindings (widget_class);

  /**
   * LbChartBars::reveal:
   * @self: the bars
   * @index: a backend's in the snapshot
   *
   * The keyboard is about to be at a backend, so its column should be in sight. Whoever scrolls
   * calls lb_chart_bars_set_scroll() before it returns.
   */
  signals[SIGNAL_REVEAL] = g_signal_new ("reveal",
                                         G_TYPE_FROM_CLASS (klass),
                                         G_SIGNAL_RUN_LAST,
                                         0,
                                         NULL,
                                         NULL,
                                         NULL,
                                         G_TYPE_NONE,
                                         1,
                                         G_TYPE_UINT);
}

static void
lb_chart_bars_update_name (LbChartBars *self)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  lb_chart_measure_get_name (self->options.measure), -1);
}

static void
lb_chart_bars_init (LbChartBars *self)
{
  self->bars = g_ptr_array_new ();

  lb_chart_bars_update_name (self);
}

/**
 * lb_chart_bars_new:
 *
 * Returns: (transfer floating): bars of nothing
 */
GtkWidget *
lb_chart_bars_new (void)
{
  return g_object_new (LB_TYPE_CHART_BARS, NULL);
}

/**
 * lb_chart_bars_set_pool:
 * @self: bars that have no snapshot yet
 * @pool: where the backends' menus find them
 */
void
lb_chart_bars_set_pool (LbChartBars *self,
                        LbPool *pool)
{
  g_return_if_fail (LB_IS_CHART_BARS (self));
  g_return_if_fail (LB_IS_POOL (pool));
  g_return_if_fail (self->snapshot == NULL);

  g_set_object (&self->pool, pool);
}

/**
 * lb_chart_bars_set_snapshot:
 * @self: the bars
 * @snapshot: the figures
 *
 * Makes room for the backends in @snapshot. They appear with the next lb_chart_bars_set_slots().
 */
void
lb_chart_bars_set_snapshot (LbChartBars *self,
                            LbSnapshot *snapshot)
{
  g_return_if_fail (LB_IS_CHART_BARS (self));
  g_return_if_fail (snapshot != NULL);

  lb_snapshot_ref (snapshot);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  self->snapshot = snapshot;

  lb_chart_bars_set_n_bars (self, MIN (snapshot->n_backends, MAX_BARS));
}

/**
 * lb_chart_bars_set_options:
 * @self: the bars
 * @options: what the chart shows from now on
 *
 * The bars say it with the next lb_chart_bars_set_slots().
 */
void
lb_chart_bars_set_options (LbChartBars *self,
                           const LbChartOptions *options)
{
  g_return_if_fail (LB_IS_CHART_BARS (self));
  g_return_if_fail (options != NULL);

  self->options = *options;
  lb_chart_bars_update_name (self);
}

/**
 * lb_chart_bars_set_slots:
 * @self: the bars, which have their own place already
 * @slots: where each of the snapshot's backends has its column
 */
void
lb_chart_bars_set_slots (LbChartBars *self,
                         const LbChartSlots *slots)
{
  g_return_if_fail (LB_IS_CHART_BARS (self));
  g_return_if_fail (slots != NULL);

  self->slots = *slots;

  if (lb_chart_bars_has_slots (self))
    {
      lb_chart_bars_bind (self);
      lb_chart_bars_place (self);
    }

  lb_chart_bars_queue_popover_update (self);
}

/**
 * lb_chart_bars_set_scroll:
 * @self: the bars
 * @scroll: how far the columns are scrolled now, in pixels
 *
 * Has a bar ready for every backend in sight. They get their places with the next
 * lb_chart_bars_set_slots().
 */
void
lb_chart_bars_set_scroll (LbChartBars *self,
                          double scroll)
{
  g_return_if_fail (LB_IS_CHART_BARS (self));

  self->slots.scroll = scroll;

  if (lb_chart_bars_has_slots (self))
    lb_chart_bars_bind (self);

  lb_chart_bars_update_popover (self);
}
