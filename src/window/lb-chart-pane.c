/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-chart-pane.h"

#include <glib/gi18n-lib.h>

#include "chart/lb-chart-measure.h"
#include "window/lb-chart.h"
#include "window/lb-enum-action.h"
#include "window/lb-history-view.h"
#include "window/lb-node-menu.h"

/**
 * LbChartPane:
 *
 * The upper half of the window: the charts, one to be seen at a time, under a row of buttons that
 * switch between them, freeze them, and say how they are drawn.
 *
 * It is part of the window's template. The window hands it each snapshot; the pane shows of it what
 * its [class@Arranger] says. Frozen, it stays with the picture it had, for a closer look, while
 * everything else goes on. Its properties are actions of the window, so that keys, menus and other
 * programs reach them, and what it is set to is remembered.
 */
struct _LbChartPane
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkStack *stack;
  LbChart *chart;
  LbHistoryView *history;
  GtkLabel *freeze_label;
  GtkAdjustment *threshold;
  GMenu *node_menu;

  LbBalancer *balancer;
  LbArranger *arranger;
  LbSnapshot *latest;
  LbSnapshot *frozen; /* NULL while the charts follow */
  LbHistorySlice *frozen_history;
  LbChartView view;
  gboolean narrow;
};

enum
{
  PROP_VIEW = 1,
  PROP_FROZEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbChartPane, lb_chart_pane, GTK_TYPE_WIDGET)

GType
lb_chart_view_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { LB_CHART_VIEW_RESPONSE_TIMES, "LB_CHART_VIEW_RESPONSE_TIMES", "response-times" },
    { LB_CHART_VIEW_TRAFFIC, "LB_CHART_VIEW_TRAFFIC", "traffic" },
    { LB_CHART_VIEW_HISTORY, "LB_CHART_VIEW_HISTORY", "history" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("LbChartView", values));

  return type;
}

static LbHistorySlice *
lb_chart_pane_take_history (LbChartPane *self)
{
  return lb_balancer_get_history (self->balancer, LB_HISTORY_SECONDS);
}

/* The history of those that @arranged has, if that is not everybody. */
static void
lb_chart_pane_update_history (LbChartPane *self,
                              const LbSnapshot *arranged)
{
  g_autoptr (LbHistorySlice) slice = NULL;
  g_autofree const char **urls = NULL;
  guint i;

  slice = self->frozen != NULL ? lb_history_slice_ref (self->frozen_history)
                               : lb_chart_pane_take_history (self);

  if (lb_arrangement_hides (lb_arranger_get_arrangement (self->arranger)))
    {
      g_autoptr (LbHistorySlice) all = g_steal_pointer (&slice);

      urls = g_new (const char *, arranged->n_backends);
      for (i = 0; i < arranged->n_backends; i++)
        urls[i] = arranged->backends[i].url;
      slice = lb_history_slice_new_from (all, urls, arranged->n_backends);
    }

  lb_history_view_set_slice (self->history, slice);
}

/* The chart that is to be seen gets what is to be seen of the picture. */
static void
lb_chart_pane_update (LbChartPane *self)
{
  LbSnapshot *picture = self->frozen != NULL ? self->frozen : self->latest;
  const gboolean history = self->view == LB_CHART_VIEW_HISTORY;
  g_autoptr (LbSnapshot) arranged = NULL;

  if (picture == NULL || self->arranger == NULL)
    return;

  arranged = lb_arrangement_apply (lb_arranger_get_arrangement (self->arranger), picture);
  if (history)
    lb_chart_pane_update_history (self, arranged);
  else
    lb_chart_set_snapshot (self->chart, arranged);

  if (arranged->n_backends == 0 && picture->n_backends > 0)
    gtk_stack_set_visible_child_name (self->stack, "nothing");
  else
    gtk_stack_set_visible_child_name (self->stack, history ? "history" : "bars");
}

static void
lb_chart_pane_update_freeze_label (LbChartPane *self)
{
  g_autoptr (GDateTime) utc = NULL;
  g_autoptr (GDateTime) local = NULL;
  g_autofree char *time = NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->freeze_label), self->frozen != NULL);
  if (self->frozen == NULL)
    return;

  utc = g_date_time_new_from_unix_utc (self->frozen->time_us / G_USEC_PER_SEC);
  local = g_date_time_to_local (utc);
  /* Without its end, which would be cut off, where there is no room for more. */
  time = g_date_time_format (local, self->narrow ? _ ("%H:%M") : _ ("%H:%M:%S"));
  /* Translators: a time of day; the charts show how things were then */
  text = g_strdup_printf (_ ("Frozen at %s"), time);
  gtk_label_set_label (self->freeze_label, self->narrow ? time : text);
}

static void
lb_chart_pane_set_frozen (LbChartPane *self,
                          gboolean frozen)
{
  if (frozen == (self->frozen != NULL) || self->latest == NULL)
    return;

  if (frozen)
    {
      self->frozen = lb_snapshot_ref (self->latest);
      self->frozen_history = lb_chart_pane_take_history (self);
      gtk_widget_add_css_class (GTK_WIDGET (self), "lb-frozen");
    }
  else
    {
      g_clear_pointer (&self->frozen, lb_snapshot_unref);
      g_clear_pointer (&self->frozen_history, lb_history_slice_unref);
      gtk_widget_remove_css_class (GTK_WIDGET (self), "lb-frozen");
    }

  lb_chart_pane_update_freeze_label (self);
  lb_chart_pane_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_FROZEN]);
}

static void
lb_chart_pane_set_view (LbChartPane *self,
                        LbChartView view)
{
  if (self->view == view)
    return;

  self->view = view;
  if (view != LB_CHART_VIEW_HISTORY)
    lb_chart_set_measure (self->chart, view == LB_CHART_VIEW_TRAFFIC ? LB_CHART_TRAFFIC
                                                                     : LB_CHART_RESPONSE_TIMES);
  lb_chart_pane_update (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_VIEW]);
}

static void
lb_chart_pane_get_property (GObject *object,
                            guint prop_id,
                            GValue *value,
                            GParamSpec *pspec)
{
  LbChartPane *self = LB_CHART_PANE (object);

  switch (prop_id)
    {
    case PROP_VIEW:
      g_value_set_enum (value, (int) self->view);
      break;

    case PROP_FROZEN:
      g_value_set_boolean (value, self->frozen != NULL);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_chart_pane_set_property (GObject *object,
                            guint prop_id,
                            const GValue *value,
                            GParamSpec *pspec)
{
  LbChartPane *self = LB_CHART_PANE (object);

  switch (prop_id)
    {
    case PROP_VIEW:
      lb_chart_pane_set_view (self, (LbChartView) g_value_get_enum (value));
      break;

    case PROP_FROZEN:
      lb_chart_pane_set_frozen (self, g_value_get_boolean (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_chart_pane_dispose (GObject *object)
{
  LbChartPane *self = LB_CHART_PANE (object);

  if (self->arranger != NULL)
    g_signal_handlers_disconnect_by_data (self->arranger, self);
  g_clear_object (&self->arranger);
  g_clear_object (&self->balancer);
  g_clear_pointer (&self->frozen_history, lb_history_slice_unref);
  g_clear_pointer (&self->latest, lb_snapshot_unref);
  g_clear_pointer (&self->frozen, lb_snapshot_unref);
  if (self->box != NULL)
    gtk_widget_unparent (self->box);
  self->box = NULL;

  G_OBJECT_CLASS (lb_chart_pane_parent_class)->dispose (object);
}

static void
lb_chart_pane_class_init (LbChartPaneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lb_chart_pane_get_property;
  object_class->set_property = lb_chart_pane_set_property;
  object_class->dispose = lb_chart_pane_dispose;

  /**
   * LbChartPane:view:
   *
   * Which chart is to be seen.
   */
  properties[PROP_VIEW] = g_param_spec_enum ("view", NULL, NULL, LB_TYPE_CHART_VIEW,
                                             LB_CHART_VIEW_RESPONSE_TIMES, flags);

  /**
   * LbChartPane:frozen:
   *
   * Whether the charts stay as they are. It cannot be set before there is a picture.
   */
  properties[PROP_FROZEN] = g_param_spec_boolean ("frozen", NULL, NULL, FALSE, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (LB_TYPE_CHART);
  g_type_ensure (LB_TYPE_HISTORY_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/example/LoadBalancer/window/lb-chart-pane.ui");
  gtk_widget_class_bind_template_child (widget_class, LbChartPane, box);
  gtk_widget_class_bind_template_child (widget_class, LbChartPane, stack);
  gtk_widget_class_bind_template_child (widget_class, LbChartPane, chart);
  gtk_widget_class_bind_template_child (widget_class, LbChartPane, history);
  gtk_widget_class_bind_template_child (widget_class, LbChartPane, freeze_label);
  gtk_widget_class_bind_template_child (widget_class, LbChartPane, threshold);
  gtk_widget_class_bind_template_child (widget_class, LbChartPane, node_menu);
}

static void
lb_chart_pane_init (LbChartPane *self)
{
  LbHistoryChart *history;

  gtk_widget_init_template (GTK_WIDGET (self));

  /* The bars' chart has what holds for both. */
  history = lb_history_view_get_chart (self->history);
  g_object_bind_property (self->chart, "log-scale", history, "log-scale", G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->chart, "threshold-ms", history, "threshold-ms",
                          G_BINDING_SYNC_CREATE);
  g_object_bind_property (self->chart, "threshold-ms", self->threshold, "value",
                          G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);
}

/**
 * lb_chart_pane_new:
 *
 * Returns: (transfer floating): a pane without figures
 */
GtkWidget *
lb_chart_pane_new (void)
{
  return g_object_new (LB_TYPE_CHART_PANE, NULL);
}

/**
 * lb_chart_pane_set_balancer:
 * @self: a pane that has no balancer yet
 * @balancer: whose pool and history it shows
 */
void
lb_chart_pane_set_balancer (LbChartPane *self,
                            LbBalancer *balancer)
{
  g_return_if_fail (LB_IS_CHART_PANE (self));
  g_return_if_fail (LB_IS_BALANCER (balancer));

  g_set_object (&self->balancer, balancer);
  lb_chart_set_pool (self->chart, lb_balancer_get_pool (balancer));
}

/**
 * lb_chart_pane_set_arranger:
 * @self: a pane that has a balancer and no arranger yet
 * @arranger: what is shown, and in which order
 */
void
lb_chart_pane_set_arranger (LbChartPane *self,
                            LbArranger *arranger)
{
  g_return_if_fail (LB_IS_CHART_PANE (self));
  g_return_if_fail (LB_IS_ARRANGER (arranger));
  g_return_if_fail (self->arranger == NULL);

  self->arranger = g_object_ref (arranger);
  g_signal_connect_swapped (arranger, "changed", G_CALLBACK (lb_chart_pane_update), self);
}

/**
 * lb_chart_pane_add_actions:
 * @self: a pane
 * @actions: the window's
 *
 * Adds `view` (s), `freeze-chart`, `log-scale` and `threshold` (u), in milliseconds.
 */
void
lb_chart_pane_add_actions (LbChartPane *self,
                           GActionMap *actions)
{
  static const struct
  {
    const char *name;
    const char *property;
    gboolean is_chart_s;
  } entries[] = {
    { "freeze-chart", "frozen", FALSE },
    { "log-scale", "log-scale", TRUE },
    { "threshold", "threshold-ms", TRUE },
  };
  g_autoptr (GAction) view = NULL;
  guint i;

  g_return_if_fail (LB_IS_CHART_PANE (self));
  g_return_if_fail (G_IS_ACTION_MAP (actions));

  view = lb_enum_action_new ("view", self, "view");
  g_action_map_add_action (actions, view);

  for (i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autoptr (GPropertyAction) action = NULL;
      gpointer object = entries[i].is_chart_s ? (gpointer) self->chart : self;

      action = g_property_action_new (entries[i].name, object, entries[i].property);
      g_action_map_add_action (actions, G_ACTION (action));
    }
}

/**
 * lb_chart_pane_remember:
 * @self: a pane
 * @settings: where
 *
 * Sets the pane to what is remembered, and remembers what it is set to from now on.
 */
void
lb_chart_pane_remember (LbChartPane *self,
                        GSettings *settings)
{
  g_return_if_fail (LB_IS_CHART_PANE (self));
  g_return_if_fail (G_IS_SETTINGS (settings));

  g_settings_bind (settings, "view", self, "view", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "history-seconds", lb_history_view_get_chart (self->history), "range",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "log-scale", self->chart, "log-scale", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "threshold-ms", self->chart, "threshold-ms", G_SETTINGS_BIND_DEFAULT);
}

/**
 * lb_chart_pane_set_narrow:
 * @self: a pane
 * @narrow: whether there is little room
 */
void
lb_chart_pane_set_narrow (LbChartPane *self,
                          gboolean narrow)
{
  g_return_if_fail (LB_IS_CHART_PANE (self));

  if (self->narrow == narrow)
    return;

  self->narrow = narrow;
  lb_chart_pane_update_freeze_label (self);
}

/**
 * lb_chart_pane_set_selected:
 * @self: a pane
 * @url: (nullable): the backend to pick out of the others
 */
void
lb_chart_pane_set_selected (LbChartPane *self,
                            const char *url)
{
  g_return_if_fail (LB_IS_CHART_PANE (self));

  lb_history_chart_set_selected (lb_history_view_get_chart (self->history), url);
}

/**
 * lb_chart_pane_set_nodes:
 * @self: a pane
 * @nodes: (element-type LbNodeSnapshot): those whose figures can be shown
 */
void
lb_chart_pane_set_nodes (LbChartPane *self,
                         GPtrArray *nodes)
{
  g_return_if_fail (LB_IS_CHART_PANE (self));

  lb_node_menu_update (self->node_menu, nodes);
}

/**
 * lb_chart_pane_set_snapshot:
 * @self: a pane
 * @snapshot: the latest figures of the whole pool
 *
 * Shows them, unless the pane is frozen.
 */
void
lb_chart_pane_set_snapshot (LbChartPane *self,
                            LbSnapshot *snapshot)
{
  g_return_if_fail (LB_IS_CHART_PANE (self));
  g_return_if_fail (snapshot != NULL);

  lb_snapshot_ref (snapshot);
  g_clear_pointer (&self->latest, lb_snapshot_unref);
  self->latest = snapshot;

  if (self->frozen == NULL)
    lb_chart_pane_update (self);
}

/**
 * lb_chart_pane_shoot:
 * @self: a pane
 *
 * Keeps the chart that is to be seen, as it is.
 *
 * Returns: (transfer full) (nullable): the shot, or %NULL if there is no picture yet
 */
LbChartShot *
lb_chart_pane_shoot (LbChartPane *self)
{
  g_return_val_if_fail (LB_IS_CHART_PANE (self), NULL);

  if (self->view == LB_CHART_VIEW_HISTORY)
    return lb_history_chart_shoot (lb_history_view_get_chart (self->history));

  return lb_chart_shoot (self->chart);
}
