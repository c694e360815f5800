/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-pool-page.h"

#include <glib/gi18n-lib.h>

#include "chart/lb-chart-text.h"
#include "window/lb-backend-details.h"
#include "window/lb-backend-list.h"
#include "window/lb-chart-pane.h"
#include "window/lb-enum-action.h"
#include "window/lb-find-bar.h"
#include "window/lb-focus.h"
#include "window/lb-large-text.h"
#include "window/lb-split.h"

/**
 * LbPoolPage:
 *
 * What the window shows of a pool that is not empty: the charts over the list of backends, a bar to
 * find some of them, and the details of one.
 *
 * It is part of the window's template. The window hands it each snapshot, which goes to all parts;
 * which backends they show, and in which order, is the business of one [class@Arranger]. What a person
 * can do here are actions of the window.
 */
struct _LbPoolPage
{
  GtkWidget parent_instance;

  LbSplit *split;
  LbFindBar *find_bar;
  LbChartPane *charts;
  GtkLabel *notice;
  LbBackendList *list;
  LbBackendDetails *details;

  LbBalancer *balancer;
  LbArranger *arranger;
  LbSnapshot *snapshot;    /* the latest, or NULL */
  char *node;              /* whose figures are shown; empty for the sum */
  GSimpleAction *find;     /* the window's, once there is one */
  GtkWidget *focus_before; /* weak: where the focus was before the details */
};

/* Below this, with text of the usual size, the charts' buttons say less. */
#define NARROW_WIDTH 640

enum
{
  PROP_NODE = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbPoolPage, lb_pool_page, GTK_TYPE_WIDGET)

static void
lb_pool_page_find (GSimpleAction *action G_GNUC_UNUSED,
                   GVariant *parameter G_GNUC_UNUSED,
                   gpointer user_data)
{
  LbPoolPage *self = user_data;

  lb_find_bar_open (self->find_bar);
}

static gboolean
lb_pool_page_has_focus_in_details (LbPoolPage *self)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (GTK_WIDGET (self)));

  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->details));
}

static void
lb_pool_page_show_details (GSimpleAction *action G_GNUC_UNUSED,
                           GVariant *parameter,
                           gpointer user_data)
{
  LbPoolPage *self = user_data;
  LbBackend *backend = lb_pool_find (lb_balancer_get_pool (self->balancer),
                                     g_variant_get_string (parameter, NULL));

  if (backend == NULL)
    return;

  lb_focus_remember (GTK_WIDGET (self->details), &self->focus_before);
  lb_backend_list_select (self->list, backend);
  lb_backend_details_set_backend (self->details, backend);
  lb_split_set_open (self->split, TRUE);
  lb_backend_details_focus (self->details);
}

static void
lb_pool_page_close_details (LbPoolPage *self)
{
  gboolean has_focus = lb_pool_page_has_focus_in_details (self);

  lb_split_set_open (self->split, FALSE);
  lb_backend_details_set_backend (self->details, NULL);
  if (has_focus && (self->focus_before == NULL ||
                    gtk_widget_is_ancestor (self->focus_before, GTK_WIDGET (self->list)) ||
                    !lb_focus_restore (&self->focus_before)))
    lb_backend_list_focus (self->list);
  g_clear_weak_pointer (&self->focus_before);
}

static void
lb_pool_page_hide_details (GSimpleAction *action G_GNUC_UNUSED,
                           GVariant *parameter G_GNUC_UNUSED,
                           gpointer user_data)
{
  lb_pool_page_close_details (user_data);
}

static const GActionEntry entries[] = {
  { "find", lb_pool_page_find },
  { "show-details", lb_pool_page_show_details, "s" },
  { "hide-details", lb_pool_page_hide_details },
};

static void
lb_pool_page_update_find (LbPoolPage *self)
{
  if (self->find != NULL)
    g_simple_action_set_enabled (self->find,
                                 lb_pool_get_n_backends (lb_balancer_get_pool (self->balancer)) > 0);
}

/* One that is put at the place of another is the same with another URL, to a person. */
static void
lb_pool_page_on_items_changed (LbPoolPage *self,
                               guint position,
                               guint removed,
                               guint added)
{
  LbPool *pool = lb_balancer_get_pool (self->balancer);
  LbBackend *shown = lb_backend_details_get_backend (self->details);
  const gboolean gone = shown != NULL && lb_pool_find (pool, lb_backend_get_url (shown)) != shown;

  if (gone && removed == 1 && added == 1)
    lb_backend_details_set_backend (self->details, lb_pool_get_backend (pool, position));
  else if (gone)
    lb_pool_page_close_details (self);
  lb_pool_page_update_find (self);
}

/* Open details follow the selection, and a line is picked out of the others. */
static void
lb_pool_page_on_selected (LbPoolPage *self)
{
  LbBackend *backend = lb_backend_list_get_selected (self->list);

  lb_chart_pane_set_selected (self->charts, backend != NULL ? lb_backend_get_url (backend) : NULL);
  if (backend != NULL && lb_split_get_open (self->split))
    lb_backend_details_set_backend (self->details, backend);
}

/* Enter in the bar goes on with the first that was found. */
static void
lb_pool_page_on_found (LbPoolPage *self)
{
  lb_backend_list_select_first (self->list);
  lb_backend_list_focus (self->list);
}

static void
lb_pool_page_on_arranged (LbPoolPage *self)
{
  const LbArrangement *arrangement = lb_arranger_get_arrangement (self->arranger);
  guint n_hidden = 0;
  guint i;

  if (self->snapshot == NULL)
    return;

  for (i = 0; i < self->snapshot->n_backends; i++)
    if (!lb_arrangement_matches (arrangement, &self->snapshot->backends[i]))
      n_hidden++;
  lb_find_bar_set_hidden (self->find_bar, n_hidden);
}

/* Returns: (nullable): that there are too many backends to probe all of them as often as was asked for */
static char *
lb_pool_page_say_stretched (LbPoolPage *self,
                            const LbSnapshot *snapshot)
{
  guint wanted_ms = lb_balancer_get_probe_settings (self->balancer)->interval_ms;
  g_autofree char *wanted = NULL;
  g_autofree char *actual = NULL;

  if (snapshot->probe_interval_ms <= wanted_ms)
    return NULL;

  wanted = lb_chart_text_time ((gint64) wanted_ms * G_TIME_SPAN_MILLISECOND);
  actual = lb_chart_text_time ((gint64) snapshot->probe_interval_ms * G_TIME_SPAN_MILLISECOND);

  /* Translators: two times, such as “2.50 s” */
  return g_strdup_printf (_ ("So many backends can only be probed every %s, not every %s."), actual, wanted);
}

/* Returns: (nullable): that the figures are not those of all nodes */
static char *
lb_pool_page_say_node (LbPoolPage *self,
                       const LbSnapshot *snapshot)
{
  const LbNodeSnapshot *node = *self->node != '\0' ? lb_snapshot_find_node (snapshot, self->node) : NULL;

  /* Translators: %s is what a node is called */
  return node != NULL ? g_strdup_printf (_ ("Figures of one node: %s. The history is that of all."), node->title)
                      : NULL;
}

static void
lb_pool_page_update_notice (LbPoolPage *self,
                            const LbSnapshot *snapshot)
{
  g_autofree char *node = lb_pool_page_say_node (self, snapshot);
  g_autofree char *stretched = lb_pool_page_say_stretched (self, snapshot);
  g_autofree char *text = NULL;

  text = g_strconcat (node != NULL ? node : "", node != NULL && stretched != NULL ? "\n" : "",
                      stretched != NULL ? stretched : "", NULL);
  gtk_label_set_label (self->notice, text);
  gtk_widget_set_visible (GTK_WIDGET (self->notice), *text != '\0');
}

/* Shows the latest figures: the sum, or those of the node that was chosen as long as there is one. */
static void
lb_pool_page_show (LbPoolPage *self)
{
  g_autoptr (LbSnapshot) snapshot = NULL;

  if (*self->node != '\0')
    snapshot = lb_snapshot_for_node (self->snapshot, self->node);
  if (snapshot == NULL)
    snapshot = lb_snapshot_ref (self->snapshot);

  lb_chart_pane_set_snapshot (self->charts, snapshot);
  lb_backend_list_set_snapshot (self->list, snapshot);
  lb_backend_details_set_snapshot (self->details, snapshot);
  lb_pool_page_on_arranged (self);
  lb_pool_page_update_notice (self, snapshot);
}

static void
lb_pool_page_set_node (LbPoolPage *self,
                       const char *node)
{
  if (g_str_equal (self->node, node))
    return;

  g_free (self->node);
  self->node = g_strdup (node);
  if (self->snapshot != NULL)
    lb_pool_page_show (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NODE]);
}

static void
lb_pool_page_get_property (GObject *object,
                           guint prop_id,
                           GValue *value,
                           GParamSpec *pspec)
{
  LbPoolPage *self = LB_POOL_PAGE (object);

  switch (prop_id)
    {
    case PROP_NODE:
      g_value_set_string (value, self->node);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_pool_page_set_property (GObject *object,
                           guint prop_id,
                           const GValue *value,
                           GParamSpec *pspec)
{
  LbPoolPage *self = LB_POOL_PAGE (object);

  switch (prop_id)
    {
    case PROP_NODE:
      lb_pool_page_set_node (self, g_value_get_string (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_pool_page_measure (GtkWidget *widget,
                      GtkOrientation orientation,
                      int for_size,
                      int *minimum,
                      int *natural,
                      int *minimum_baseline,
                      int *natural_baseline)
{
  gtk_widget_measure (GTK_WIDGET (LB_POOL_PAGE (widget)->split), orientation, for_size, minimum,
                      natural, NULL, NULL);
}

static void
lb_pool_page_size_allocate (GtkWidget *widget,
                            int width,
                            int height,
                            int baseline)
{
  LbPoolPage *self = LB_POOL_PAGE (widget);
  const gboolean narrow = width < NARROW_WIDTH * lb_large_text_get_scale (widget);

  lb_find_bar_set_narrow (self->find_bar, narrow);
  lb_chart_pane_set_narrow (self->charts, narrow);
  gtk_widget_size_allocate (GTK_WIDGET (self->split), &(GtkAllocation){ 0, 0, width, height }, -1);
}

static void
lb_pool_page_dispose (GObject *object)
{
  LbPoolPage *self = LB_POOL_PAGE (object);

  if (self->balancer != NULL)
    g_signal_handlers_disconnect_by_data (lb_balancer_get_pool (self->balancer), self);
  g_signal_handlers_disconnect_by_data (self->arranger, self);
  g_clear_weak_pointer (&self->focus_before);
  g_clear_object (&self->find);
  if (self->split != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->split));
  self->split = NULL;

  G_OBJECT_CLASS (lb_pool_page_parent_class)->dispose (object);
}

static void
lb_pool_page_finalize (GObject *object)
{
  LbPoolPage *self = LB_POOL_PAGE (object);

  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  g_clear_object (&self->arranger);
  g_clear_object (&self->balancer);
  g_free (self->node);

  G_OBJECT_CLASS (lb_pool_page_parent_class)->finalize (object);
}

static void
lb_pool_page_class_init (LbPoolPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lb_pool_page_get_property;
  object_class->set_property = lb_pool_page_set_property;
  object_class->dispose = lb_pool_page_dispose;
  object_class->finalize = lb_pool_page_finalize;
  widget_class->measure = lb_pool_page_measure;
  widget_class->size_allocate = lb_pool_page_size_allocate;

  /**
   * LbPoolPage:node:
   *
   * What the node is named by whose figures are shown, or an empty text for the sum of all.
   */
  properties[PROP_NODE] =
    g_param_spec_string ("node", NULL, NULL, "",
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (LB_TYPE_SPLIT);
  g_type_ensure (LB_TYPE_FIND_BAR);
  g_type_ensure (LB_TYPE_CHART_PANE);
  g_type_ensure (LB_TYPE_BACKEND_LIST);
  g_type_ensure (LB_TYPE_BACKEND_DETAILS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/example/LoadBalancer/window/lb-pool-page.ui");
  gtk_widget_class_bind_template_child (widget_class, LbPoolPage, split);
  gtk_widget_class_bind_template_child (widget_class, LbPoolPage, find_bar);
  gtk_widget_class_bind_template_child (widget_class, LbPoolPage, charts);
  gtk_widget_class_bind_template_child (widget_class, LbPoolPage, notice);
  gtk_widget_class_bind_template_child (widget_class, LbPoolPage, list);
  gtk_widget_class_bind_template_child (widget_class, LbPoolPage, details);
  gtk_widget_class_bind_template_callback (widget_class, lb_pool_page_on_selected);
  gtk_widget_class_bind_template_callback (widget_class, lb_pool_page_on_found);
}

static void
lb_pool_page_init (LbPoolPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->node = g_strdup ("");
  self->arranger = lb_arranger_new ();
  g_signal_connect_swapped (self->arranger, "changed", G_CALLBACK (lb_pool_page_on_arranged), self);
}

/**
 * lb_pool_page_new:
 *
 * Returns: (transfer floating): a page without a pool
 */
GtkWidget *
lb_pool_page_new (void)
{
  return g_object_new (LB_TYPE_POOL_PAGE, NULL);
}

/**
 * lb_pool_page_set_balancer:
 * @self: a page that has no balancer yet
 * @balancer: whose pool is shown
 */
void
lb_pool_page_set_balancer (LbPoolPage *self,
                           LbBalancer *balancer)
{
  g_return_if_fail (LB_IS_POOL_PAGE (self));
  g_return_if_fail (LB_IS_BALANCER (balancer));
  g_return_if_fail (self->balancer == NULL);

  self->balancer = g_object_ref (balancer);

  /* Before the list, to which the focus goes back. */
  g_signal_connect_swapped (lb_balancer_get_pool (balancer), "items-changed",
                            G_CALLBACK (lb_pool_page_on_items_changed), self);

  lb_chart_pane_set_balancer (self->charts, balancer);
  lb_backend_details_set_balancer (self->details, balancer);
  lb_find_bar_set_arranger (self->find_bar, self->arranger);
  lb_chart_pane_set_arranger (self->charts, self->arranger);
  lb_backend_list_set_arranger (self->list, self->arranger);
  lb_backend_list_set_pool (self->list, lb_balancer_get_pool (balancer));
}

/**
 * lb_pool_page_add_actions:
 * @self: a page that has a balancer
 * @actions: the window's, which removes those for properties before it goes
 *
 * Adds `find`, `show-details` (s), `hide-details`, `sort` (s), `sort-descending`, `show` (s) and `node` (s), and
 * those of lb_chart_pane_add_actions().
 */
void
lb_pool_page_add_actions (LbPoolPage *self,
                          GActionMap *actions)
{
  g_autoptr (GPropertyAction) node = NULL;
  g_autoptr (GPropertyAction) descending = NULL;
  g_autoptr (GAction) sort = NULL;
  g_autoptr (GAction) show = NULL;

  g_return_if_fail (LB_IS_POOL_PAGE (self));
  g_return_if_fail (G_IS_ACTION_MAP (actions));
  g_return_if_fail (self->balancer != NULL);

  node = g_property_action_new ("node", self, "node");
  descending = g_property_action_new ("sort-descending", self->arranger, "descending");
  sort = lb_enum_action_new ("sort", self->arranger, "order");
  show = lb_enum_action_new ("show", self->arranger, "show");
  g_action_map_add_action (actions, G_ACTION (node));
  g_action_map_add_action (actions, G_ACTION (descending));
  g_action_map_add_action (actions, sort);
  g_action_map_add_action (actions, show);

  lb_chart_pane_add_actions (self->charts, actions);
  g_action_map_add_action_entries (actions, entries, G_N_ELEMENTS (entries), self);
  g_set_object (&self->find, G_SIMPLE_ACTION (g_action_map_lookup_action (actions, "find")));
  lb_pool_page_update_find (self);
}

/**
 * lb_pool_page_remember:
 * @self: a page
 * @settings: where
 *
 * Sets the page to what is remembered, and remembers what it is set to from now on.
 */
void
lb_pool_page_remember (LbPoolPage *self,
                       GSettings *settings)
{
  g_return_if_fail (LB_IS_POOL_PAGE (self));
  g_return_if_fail (G_IS_SETTINGS (settings));

  lb_chart_pane_remember (self->charts, settings);
  g_settings_bind (settings, "sort", self->arranger, "order", G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (settings, "sort-descending", self->arranger, "descending",
                   G_SETTINGS_BIND_DEFAULT);
}

/**
 * lb_pool_page_set_snapshot:
 * @self: a page that has a balancer
 * @snapshot: the latest figures
 */
void
lb_pool_page_set_snapshot (LbPoolPage *self,
                           LbSnapshot *snapshot)
{
  g_return_if_fail (LB_IS_POOL_PAGE (self));
  g_return_if_fail (snapshot != NULL);

  lb_snapshot_ref (snapshot);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  self->snapshot = snapshot;

  /* Who is no longer a node is forgotten. */
  if (*self->node != '\0' && lb_snapshot_find_node (snapshot, self->node) == NULL)
    lb_pool_page_set_node (self, "");

  lb_chart_pane_set_nodes (self->charts, snapshot->nodes);
  lb_pool_page_show (self);
}

/**
 * lb_pool_page_shoot:
 * @self: a page
 *
 * Keeps the chart that is to be seen, as it is.
 *
 * Returns: (transfer full) (nullable): the shot, or %NULL if there is no picture yet
 */
LbChartShot *
lb_pool_page_shoot (LbPoolPage *self)
{
  g_return_val_if_fail (LB_IS_POOL_PAGE (self), NULL);

  return lb_chart_pane_shoot (self->charts);
}

/**
 * lb_pool_page_focus:
 * @self: a page
 *
 * Gives the focus to the list. Not by gtk_widget_grab_focus(): GTK calls that on the way of
 * the Tab key too, which would then pass over what comes before.
 */
void
lb_pool_page_focus (LbPoolPage *self)
{
  g_return_if_fail (LB_IS_POOL_PAGE (self));

  lb_backend_list_focus (self->list);
}
