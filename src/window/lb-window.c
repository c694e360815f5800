/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-window.h"

#include "window/lb-add-bar.h"
#include "window/lb-address-title.h"
#include "window/lb-drop-zone.h"
#include "window/lb-edit-actions.h"
#include "window/lb-exposure-bar.h"
#include "window/lb-large-text.h"
#include "window/lb-listen-bar.h"
#include "window/lb-pause-bar.h"
#include "window/lb-policy-button.h"
#include "window/lb-pool-actions.h"
#include "window/lb-pool-page.h"
#include "window/lb-port-actions.h"
#include "window/lb-problem-bar.h"
#include "window/lb-refresher.h"
#include "window/lb-settings.h"
#include "window/lb-undo-toast.h"

/**
 * LbWindow:
 *
 * The main window: it puts its parts together and passes on what happens between them.
 *
 * The application makes one for its balancer. Everything a person can do in it is an action of the
 * window, which buttons, menu and keys activate alike. What they change is changed in the balancer;
 * the window hears of it as anybody does, from the pool and the balancer's properties. Figures come
 * from its [class@Refresher], which is active while the window can be seen. The size is remembered
 * when the window is closed.
 */
struct _LbWindow
{
  GtkApplicationWindow parent_instance;

  GtkWidget *add_icon;
  GtkWidget *add_label;
  LbAddressTitle *title;
  LbPolicyButton *policy;
  GtkMenuButton *menu_button;
  LbAddBar *add_bar;
  LbPauseBar *pause_bar;
  LbExposureBar *exposure_bar;
  LbListenBar *listen_bar;
  LbProblemBar *problem_bar;
  GtkStack *stack;
  GtkWidget *empty_picture;
  LbPoolPage *page;
  LbUndoToast *toast;
  GMenu *undo_menu;

  LbBalancer *balancer;
  LbPoolActions *pool_actions;
  LbEditActions *edit_actions;
  LbPortActions *port_actions;
  LbRefresher *refresher;
  GSettings *settings; /* NULL where the schema is not installed */
};

/* With text of the usual size: below this the button that adds has an icon instead of words, so that the title has room. */
#define NARROW_WIDTH 480

/* Below this the policy is an icon too. */
#define TIGHT_WIDTH 640

/* Below this there is no button beside the title. */
#define SMALLEST_WIDTH 300

/* Below this the empty page has no picture, so that its buttons have. */
#define LOW_HEIGHT 420

enum
{
  PROP_0,
  PROP_BALANCER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbWindow, lb_window, GTK_TYPE_APPLICATION_WINDOW)

static void
lb_window_set_action_enabled (LbWindow *self,
                              const char *name,
                              gboolean enabled)
{
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (self), name);

  g_simple_action_set_enabled (G_SIMPLE_ACTION (action), enabled);
}

static void
lb_window_add_backend (GSimpleAction *action G_GNUC_UNUSED,
                       GVariant *parameter G_GNUC_UNUSED,
                       gpointer user_data)
{
  LbWindow *self = user_data;

  lb_add_bar_open (self->add_bar);
}

static void
lb_window_remove_backend (GSimpleAction *action G_GNUC_UNUSED,
                          GVariant *parameter,
                          gpointer user_data)
{
  LbWindow *self = user_data;
  LbPool *pool = lb_balancer_get_pool (self->balancer);
  LbBackend *backend = lb_pool_find (pool, g_variant_get_string (parameter, NULL));

  if (backend != NULL)
    lb_balancer_remove_backend (self->balancer, backend);
}

static void
lb_window_copy_address (GSimpleAction *action G_GNUC_UNUSED,
                        GVariant *parameter G_GNUC_UNUSED,
                        gpointer user_data)
{
  LbWindow *self = user_data;

  lb_address_title_copy (self->title);
}

static const GActionEntry actions[] = {
  { "add-backend", lb_window_add_backend },
  { "remove-backend", lb_window_remove_backend, "s" },
  { "copy-address", lb_window_copy_address },
};

static void
lb_window_on_uris (LbWindow *self)
{
  LbEndpoint *endpoint = lb_balancer_get_endpoint (self->balancer);
  const char *const *uris = lb_endpoint_get_uris (endpoint);

  lb_address_title_set_uris (self->title, uris, lb_endpoint_get_stats_uris (endpoint));
  lb_window_set_action_enabled (self, "copy-address", uris[0] != NULL);
  lb_window_set_action_enabled (self, "open-address", uris[0] != NULL);
}

static void
lb_window_on_policy (LbWindow *self)
{
  lb_policy_button_set_policy (self->policy, lb_balancer_get_policy (self->balancer));
}

/*
 * Shows the empty page or the pool. The focus must not be on the page that disappears: GTK would put
 * it on the toast, which stays open for as long as it is there.
 */
static void
lb_window_on_pool_changed (LbWindow *self)
{
  gboolean empty = lb_pool_get_n_backends (lb_balancer_get_pool (self->balancer)) == 0;
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));
  gboolean has_focus = focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->stack));

  if (empty == g_str_equal (gtk_stack_get_visible_child_name (self->stack), "empty"))
    return;

  if (has_focus)
    gtk_window_set_focus (GTK_WINDOW (self), NULL);
  gtk_stack_set_visible_child_name (self->stack, empty ? "empty" : "pool");
  if (has_focus && empty)
    gtk_widget_child_focus (GTK_WIDGET (self->stack), GTK_DIR_TAB_FORWARD);
}

/* Once the list has its rows: whoever was on the empty page goes on there. */
static void
lb_window_after_pool_changed (LbWindow *self)
{
  if (gtk_window_get_focus (GTK_WINDOW (self)) == NULL &&
      gtk_widget_get_mapped (GTK_WIDGET (self->page)))
    lb_pool_page_focus (self->page);
}

static void
lb_window_on_problem (LbWindow *self,
                      const char *message)
{
  lb_problem_bar_push (self->problem_bar, message);
}

static void
lb_window_on_snapshot (LbWindow *self,
                       LbSnapshot *snapshot)
{
  lb_pool_page_set_snapshot (self->page, snapshot);
}

/* Nobody sees a window that is not mapped, or is minimized. */
static void
lb_window_update_refresher (LbWindow *self)
{
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (self));
  gboolean visible = FALSE;

  if (surface != NULL && gtk_widget_get_mapped (GTK_WIDGET (self)))
    visible = (gdk_toplevel_get_state (GDK_TOPLEVEL (surface)) & GDK_TOPLEVEL_STATE_MINIMIZED) == 0;

  lb_refresher_set_active (self->refresher, visible);
}

static void
lb_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (lb_window_parent_class)->realize (widget);

  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "notify::state",
                           G_CALLBACK (lb_window_update_refresher), widget, G_CONNECT_SWAPPED);
}

static void
lb_window_map (GtkWidget *widget)
{
  LbWindow *self = LB_WINDOW (widget);

  GTK_WIDGET_CLASS (lb_window_parent_class)->map (widget);

  lb_window_update_refresher (self);

  /* Not to the first button: the keys of the list and the charts are what one begins with. */
  if (gtk_widget_get_mapped (GTK_WIDGET (self->page)))
    lb_pool_page_focus (self->page);
}

static void
lb_window_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (lb_window_parent_class)->unmap (widget);

  lb_window_update_refresher (LB_WINDOW (widget));
}

/* What there is room for. */
static void
lb_window_adapt (LbWindow *self,
                 int width,
                 int height)
{
  const double scale = lb_large_text_get_scale (GTK_WIDGET (self));
  const gboolean narrow = width < NARROW_WIDTH * scale;

  gtk_widget_set_visible (self->add_icon, narrow);
  gtk_widget_set_visible (self->add_label, !narrow);
  lb_policy_button_set_narrow (self->policy, width < TIGHT_WIDTH * scale);
  lb_address_title_set_tight (self->title, width < SMALLEST_WIDTH * scale);
  gtk_widget_set_visible (self->empty_picture, height >= LOW_HEIGHT * scale);
}

static void
lb_window_size_allocate (GtkWidget *widget,
                         int width,
                         int height,
                         int baseline)
{
  lb_window_adapt (LB_WINDOW (widget), width, height);
  GTK_WIDGET_CLASS (lb_window_parent_class)->size_allocate (widget, width, height, baseline);
}

/* Before it is measured: what has no room would make the window larger instead. */
static void
lb_window_on_wanted_size (LbWindow *self)
{
  int width;
  int height;

  gtk_window_get_default_size (GTK_WINDOW (self), &width, &height);
  lb_window_adapt (self, width, height);
}

static void
lb_window_load_settings (LbWindow *self)
{
  self->settings = lb_settings_new ();
  if (self->settings == NULL)
    return;

  gtk_window_set_default_size (GTK_WINDOW (self),
                               g_settings_get_int (self->settings, "window-width"),
                               g_settings_get_int (self->settings, "window-height"));
  if (g_settings_get_boolean (self->settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));

  lb_pool_page_remember (self->page, self->settings);
}

/* GTK keeps the default size at the size a window has when it is not maximized. */
static gboolean
lb_window_close_request (GtkWindow *window)
{
  LbWindow *self = LB_WINDOW (window);
  int width;
  int height;

  if (self->settings != NULL)
    {
      gtk_window_get_default_size (window, &width, &height);
      g_settings_set_int (self->settings, "window-width", width);
      g_settings_set_int (self->settings, "window-height", height);
      g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
    }

  return GTK_WINDOW_CLASS (lb_window_parent_class)->close_request (window);
}

/* Once for all windows: there is one display. */
static void
lb_window_load_style (void)
{
  static gboolean loaded;
  g_autoptr (GtkCssProvider) provider = NULL;

  if (loaded)
    return;
  loaded = TRUE;

  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, "/org/example/LoadBalancer/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void
lb_window_constructed (GObject *object)
{
  LbWindow *self = LB_WINDOW (object);
  LbPool *pool = lb_balancer_get_pool (self->balancer);
  LbEndpoint *endpoint = lb_balancer_get_endpoint (self->balancer);

  G_OBJECT_CLASS (lb_window_parent_class)->constructed (object);

  /* Before the list, whose rows may have the focus. */
  g_signal_connect_object (pool, "items-changed", G_CALLBACK (lb_window_on_pool_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (pool, "items-changed", G_CALLBACK (lb_window_after_pool_changed), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  lb_window_on_pool_changed (self);

  lb_add_bar_set_balancer (self->add_bar, self->balancer);
  lb_pause_bar_set_balancer (self->pause_bar, self->balancer);
  lb_exposure_bar_set_balancer (self->exposure_bar, self->balancer);
  lb_listen_bar_set_endpoint (self->listen_bar, endpoint);
  lb_pool_page_set_balancer (self->page, self->balancer);
  lb_pool_page_add_actions (self->page, G_ACTION_MAP (self));

  g_signal_connect_object (endpoint, "notify::uris", G_CALLBACK (lb_window_on_uris), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (endpoint, "notify::stats-uris", G_CALLBACK (lb_window_on_uris), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->balancer, "notify::policy", G_CALLBACK (lb_window_on_policy), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->balancer, "problem", G_CALLBACK (lb_window_on_problem), self,
                           G_CONNECT_SWAPPED);
  lb_window_on_policy (self);

  self->pool_actions = lb_pool_actions_new (GTK_APPLICATION_WINDOW (self), self->balancer);
  g_signal_connect_object (self->pool_actions, "problem", G_CALLBACK (lb_window_on_problem), self,
                           G_CONNECT_SWAPPED);
  self->edit_actions = lb_edit_actions_new (GTK_APPLICATION_WINDOW (self), self->balancer,
                                            self->undo_menu);
  g_signal_connect_object (self->edit_actions, "problem", G_CALLBACK (lb_window_on_problem), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->edit_actions, "refused", G_CALLBACK (lb_add_bar_offer),
                           self->add_bar, G_CONNECT_SWAPPED);
  self->port_actions = lb_port_actions_new (GTK_APPLICATION_WINDOW (self), self->balancer, self->page);
  g_signal_connect_object (self->port_actions, "problem", G_CALLBACK (lb_window_on_problem), self,
                           G_CONNECT_SWAPPED);
  lb_undo_toast_set_undo (self->toast, lb_edit_actions_get_undo (self->edit_actions));

  lb_window_on_uris (self);

  self->refresher = lb_refresher_new (self->balancer);
  g_signal_connect_object (self->refresher, "snapshot", G_CALLBACK (lb_window_on_snapshot), self,
                           G_CONNECT_SWAPPED);

  g_signal_connect_object (gtk_widget_get_settings (GTK_WIDGET (self)), "notify::gtk-xft-dpi",
                           G_CALLBACK (lb_window_on_wanted_size), self, G_CONNECT_SWAPPED);
  g_signal_connect (self, "notify::default-width", G_CALLBACK (lb_window_on_wanted_size), NULL);
  lb_window_load_settings (self);
  lb_window_on_wanted_size (self);
}

static void
lb_window_set_property (GObject *object,
                        guint prop_id,
                        const GValue *value,
                        GParamSpec *pspec)
{
  LbWindow *self = LB_WINDOW (object);

  switch (prop_id)
    {
    case PROP_BALANCER:
      self->balancer = g_value_dup_object (value);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

/* An action for a property holds what has the property, and so what holds the actions. */
static void
lb_window_remove_property_actions (LbWindow *self)
{
  g_auto (GStrv) names = g_action_group_list_actions (G_ACTION_GROUP (self));
  guint i;

  for (i = 0; names[i] != NULL; i++)
    if (G_IS_PROPERTY_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self), names[i])))
      g_action_map_remove_action (G_ACTION_MAP (self), names[i]);
}

static void
lb_window_dispose (GObject *object)
{
  LbWindow *self = LB_WINDOW (object);

  lb_window_remove_property_actions (self);
  g_clear_object (&self->settings);

  G_OBJECT_CLASS (lb_window_parent_class)->dispose (object);
}

static void
lb_window_finalize (GObject *object)
{
  LbWindow *self = LB_WINDOW (object);

  g_clear_object (&self->refresher);
  g_clear_object (&self->port_actions);
  g_clear_object (&self->edit_actions);
  g_clear_object (&self->pool_actions);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_window_parent_class)->finalize (object);
}

/* Here, not at the application: there they would come before an entry's own Ctrl+Z. */
static void
lb_window_class_add_keys (GtkWidgetClass *widget_class)
{
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
    const char *action;
    const char *target;
  } keys[] = {
    { GDK_KEY_n, GDK_CONTROL_MASK, "win.add-backend", NULL },
    { GDK_KEY_r, GDK_CONTROL_MASK, "win.probe-now", NULL },
    { GDK_KEY_o, GDK_CONTROL_MASK, "win.import", NULL },
    { GDK_KEY_s, GDK_CONTROL_MASK, "win.save-chart", NULL },
    { GDK_KEY_comma, GDK_CONTROL_MASK, "win.preferences", NULL },
    { GDK_KEY_v, GDK_CONTROL_MASK, "win.paste", NULL },
    { GDK_KEY_Insert, GDK_SHIFT_MASK, "win.paste", NULL },
    { GDK_KEY_c, GDK_CONTROL_MASK | GDK_SHIFT_MASK, "win.copy-address", NULL },
    { GDK_KEY_f, GDK_CONTROL_MASK, "win.find", NULL },
    { GDK_KEY_Escape, 0, "win.hide-details", NULL },
    { GDK_KEY_1, GDK_ALT_MASK, "win.view", "response-times" },
    { GDK_KEY_2, GDK_ALT_MASK, "win.view", "traffic" },
    { GDK_KEY_3, GDK_ALT_MASK, "win.view", "history" },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_widget_class_add_binding_action (widget_class, keys[i].key, keys[i].modifiers,
                                         keys[i].action, keys[i].target != NULL ? "s" : NULL,
                                         keys[i].target);
}

static void
lb_window_class_init (LbWindowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GtkWindowClass *window_class = GTK_WINDOW_CLASS (klass);

  object_class->constructed = lb_window_constructed;
  object_class->set_property = lb_window_set_property;
  object_class->dispose = lb_window_dispose;
  object_class->finalize = lb_window_finalize;

  widget_class->realize = lb_window_realize;
  widget_class->map = lb_window_map;
  widget_class->unmap = lb_window_unmap;
  widget_class->size_allocate = lb_window_size_allocate;

  window_class->close_request = lb_window_close_request;

  /**
   * LbWindow:balancer:
   *
   * What the window shows and changes.
   */
  properties[PROP_BALANCER] =
    g_param_spec_object ("balancer", NULL, NULL, LB_TYPE_BALANCER,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (LB_TYPE_ADDRESS_TITLE);
  g_type_ensure (LB_TYPE_ADD_BAR);
  g_type_ensure (LB_TYPE_PAUSE_BAR);
  g_type_ensure (LB_TYPE_EXPOSURE_BAR);
  g_type_ensure (LB_TYPE_LISTEN_BAR);
  g_type_ensure (LB_TYPE_PROBLEM_BAR);
  g_type_ensure (LB_TYPE_POLICY_BUTTON);
  g_type_ensure (LB_TYPE_POOL_PAGE);
  g_type_ensure (LB_TYPE_UNDO_TOAST);
  g_type_ensure (LB_TYPE_DROP_ZONE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/example/LoadBalancer/window/lb-window.ui");
  gtk_widget_class_bind_template_child (widget_class, LbWindow, add_icon);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, add_label);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, title);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, policy);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, menu_button);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, add_bar);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, pause_bar);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, exposure_bar);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, listen_bar);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, problem_bar);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, stack);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, empty_picture);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, page);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, toast);
  gtk_widget_class_bind_template_child (widget_class, LbWindow, undo_menu);

  lb_window_class_add_keys (widget_class);
}

/*
 * The menu goes back to the item that had the focus. When that is gone, such as one that was named after
 * the step that it took back, it would open without the focus; so it always begins anew.
 */
static void
lb_window_on_menu_closed (GtkWidget *menu)
{
  gtk_widget_set_focus_child (menu, NULL);
}

static void
lb_window_init (LbWindow *self)
{
  lb_window_load_style ();
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (gtk_menu_button_get_popover (self->menu_button), "closed",
                    G_CALLBACK (lb_window_on_menu_closed), NULL);
  lb_large_text_shrink_buttons (GTK_WIDGET (self));
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
}

/**
 * lb_window_new:
 * @app: the application
 * @balancer: what the window shows and changes
 *
 * Returns: (transfer none): a window that is not shown yet; GTK owns it
 */
LbWindow *
lb_window_new (GtkApplication *app,
               LbBalancer *balancer)
{
  g_return_val_if_fail (GTK_IS_APPLICATION (app), NULL);
  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);

  return g_object_new (LB_TYPE_WINDOW, "application", app, "balancer", balancer, NULL);
}

/**
 * lb_window_tell_problem:
 * @self: a window
 * @message: a translated sentence
 *
 * Tells of something that could not be done, in the bar for that.
 */
void
lb_window_tell_problem (LbWindow *self,
                        const char *message)
{
  g_return_if_fail (LB_IS_WINDOW (self));
  g_return_if_fail (message != NULL);

  lb_problem_bar_push (self->problem_bar, message);
}
