/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-history-view.h"

/**
 * LbHistoryView:
 *
 * A [class@HistoryChart] with buttons for how much time it shows, and one that goes back to now while
 * it shows the past.
 *
 * [class@Window] has one, and gives it a slice of the history every few seconds while it can be seen.
 * Its buttons activate `history.range`, whose state is the number of seconds, and `history.live`.
 * Where there is no room for them and the chart they are not there: keys and the wheel do the same.
 */
struct _LbHistoryView
{
  GtkWidget parent_instance;

  GtkWidget *bar;
  LbHistoryChart *chart;
  GtkWidget *live;
  GSimpleActionGroup *actions;
};

G_DEFINE_FINAL_TYPE (LbHistoryView, lb_history_view, GTK_TYPE_WIDGET)

static void
lb_history_view_on_range (LbHistoryView *self)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "range");

  g_simple_action_set_state (G_SIMPLE_ACTION (action),
                             g_variant_new_int32 ((gint32) lb_history_chart_get_range (self->chart)));
}

static void
lb_history_view_on_follows (LbHistoryView *self)
{
  const gboolean follows = lb_history_chart_get_follows (self->chart);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self->actions), "live");

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), !follows);

  /* Its place stays, so that nothing moves under the pointer. */
  gtk_widget_set_opacity (self->live, follows ? 0 : 1);
}

static void
lb_history_view_change_range (GSimpleAction *action G_GNUC_UNUSED,
                              GVariant *state,
                              gpointer user_data)
{
  LbHistoryView *self = user_data;

  lb_history_chart_set_range (self->chart, (guint) MAX (1, g_variant_get_int32 (state)));
}

static void
lb_history_view_live (GSimpleAction *action G_GNUC_UNUSED,
                      GVariant *parameter G_GNUC_UNUSED,
                      gpointer user_data)
{
  LbHistoryView *self = user_data;

  lb_history_chart_go (self->chart, LB_HISTORY_NEWEST);
  gtk_widget_grab_focus (GTK_WIDGET (self->chart));
}

static const GActionEntry entries[] = {
  { "range", NULL, "i", "600", lb_history_view_change_range },
  { "live", lb_history_view_live },
};

static void
lb_history_view_measure (GtkWidget *widget,
                         GtkOrientation orientation,
                         int for_size,
                         int *minimum,
                         int *natural,
                         int *minimum_baseline,
                         int *natural_baseline)
{
  LbHistoryView *self = LB_HISTORY_VIEW (widget);
  int bar_minimum;
  int bar_natural;

  gtk_widget_measure (GTK_WIDGET (self->chart), orientation, -1, minimum, natural, NULL, NULL);
  gtk_widget_measure (self->bar, orientation, -1, &bar_minimum, &bar_natural, NULL, NULL);

  if (orientation == GTK_ORIENTATION_VERTICAL)
    {
      *natural += bar_natural;
      return;
    }

  *minimum = MAX (*minimum, bar_minimum);
  *natural = MAX (*natural, bar_natural);
}

static void
lb_history_view_size_allocate (GtkWidget *widget,
                               int width,
                               int height,
                               int baseline)
{
  LbHistoryView *self = LB_HISTORY_VIEW (widget);
  GtkWidget *chart = GTK_WIDGET (self->chart);
  int bar_height;
  int chart_height;

  gtk_widget_measure (self->bar, GTK_ORIENTATION_VERTICAL, -1, NULL, &bar_height, NULL, NULL);
  gtk_widget_measure (chart, GTK_ORIENTATION_VERTICAL, -1, &chart_height, NULL, NULL, NULL);
  if (height < bar_height + chart_height)
    bar_height = 0;

  gtk_widget_set_child_visible (self->bar, bar_height > 0);
  if (bar_height > 0)
    gtk_widget_size_allocate (self->bar, &(GtkAllocation){ 0, 0, width, bar_height }, -1);
  gtk_widget_size_allocate (chart, &(GtkAllocation){ 0, bar_height, width, height - bar_height },
                            -1);
}

static void
lb_history_view_dispose (GObject *object)
{
  LbHistoryView *self = LB_HISTORY_VIEW (object);
  GtkWidget *child;

  if (self->chart != NULL)
    g_signal_handlers_disconnect_by_data (self->chart, self);
  self->chart = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->actions);

  G_OBJECT_CLASS (lb_history_view_parent_class)->dispose (object);
}

static void
lb_history_view_class_init (LbHistoryViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_history_view_dispose;
  widget_class->measure = lb_history_view_measure;
  widget_class->size_allocate = lb_history_view_size_allocate;

  g_type_ensure (LB_TYPE_HISTORY_CHART);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-history-view.ui");
  gtk_widget_class_bind_template_child (widget_class, LbHistoryView, bar);
  gtk_widget_class_bind_template_child (widget_class, LbHistoryView, chart);
  gtk_widget_class_bind_template_child (widget_class, LbHistoryView, live);
}

static void
lb_history_view_init (LbHistoryView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "history", G_ACTION_GROUP (self->actions));

  g_signal_connect_swapped (self->chart, "notify::range", G_CALLBACK (lb_history_view_on_range),
                            self);
  g_signal_connect_swapped (self->chart, "notify::follows", G_CALLBACK (lb_history_view_on_follows),
                            self);
  lb_history_view_on_follows (self);
}

/**
 * lb_history_view_new:
 *
 * Returns: (transfer floating): an empty view
 */
GtkWidget *
lb_history_view_new (void)
{
  return g_object_new (LB_TYPE_HISTORY_VIEW, NULL);
}

/**
 * lb_history_view_get_chart:
 * @self: a view
 *
 * Returns: (transfer none): its chart
 */
LbHistoryChart *
lb_history_view_get_chart (LbHistoryView *self)
{
  g_return_val_if_fail (LB_IS_HISTORY_VIEW (self), NULL);

  return self->chart;
}

/**
 * lb_history_view_set_slice:
 * @self: a view
 * @slice: what happened, up to now; all there is
 *
 * What it shows from now on.
 */
void
lb_history_view_set_slice (LbHistoryView *self,
                           LbHistorySlice *slice)
{
  g_return_if_fail (LB_IS_HISTORY_VIEW (self));

  lb_history_chart_set_slice (self->chart, slice);
}
