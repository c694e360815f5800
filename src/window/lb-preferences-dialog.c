/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-preferences-dialog.h"

#include <glib/gi18n-lib.h>

#include "config/lb-config.h"
#include "engine/lb-engine.h"
#include "policy/lb-policy.h"
#include "window/lb-defaults-dialog.h"
#include "window/lb-field.h"
#include "window/lb-proxy-dialog.h"
#include "window/lb-setting-entry.h"
#include "window/lb-setting-row.h"
#include "window/lb-settings.h"

/**
 * LbPreferencesDialog:
 *
 * The dialog for what holds for the whole balancer, and for the desktop.
 *
 * The window's action `win.preferences` opens one. There is nothing to save: each setting takes effect at
 * once, and one that cannot be is refused where it is typed, while everything goes on as before. What is
 * changed elsewhere, in the window or in the configuration file, is shown here as well. What the command
 * line says for this run is shown, and cannot be changed.
 */
struct _LbPreferencesDialog
{
  GtkWindow parent_instance;

  LbSettingRow *addresses_row;
  LbSettingEntry *addresses;
  LbSettingRow *port_row;
  LbSettingEntry *port;
  LbSettingRow *stats_port_row;
  LbSettingEntry *stats_port;
  LbSettingRow *agent_port_row;
  LbSettingEntry *agent_port;
  LbSettingRow *connections_row;
  LbSettingEntry *connections;
  LbSettingRow *per_client_row;
  LbSettingEntry *per_client;

  LbSettingRow *engine_row;
  GtkDropDown *engine;
  LbSettingRow *policy_row;
  GtkDropDown *policy;
  LbSettingRow *status_row;
  GtkDropDown *status;
  LbSettingRow *origin_row;
  LbSettingEntry *origin;

  LbSettingRow *notifications_row;
  GtkWidget *notifications;
  LbSettingRow *background_row;
  GtkWidget *background;
  LbSettingRow *theme_row;
  GtkDropDown *theme;

  LbBalancer *balancer;
  GSettings *settings; /* NULL where the schema is not installed */
};

G_DEFINE_FINAL_TYPE (LbPreferencesDialog, lb_preferences_dialog, GTK_TYPE_WINDOW)

/* In the order of the template. Redirects are not to be stored, whatever they say. */
static const struct
{
  guint status;
  const char *hint;
} statuses[] = {
  { 301, N_ ("Says that it is for good. A client may make a GET of a POST.") },
  { 302, N_ ("Says that it is for now. A client may make a GET of a POST.") },
  { 303, N_ ("Says that the answer is elsewhere. Clients make a GET of everything but HEAD.") },
  { 307, N_ ("Says that it is for now. Clients keep the method and the body.") },
  { 308, N_ ("Says that it is for good. Clients keep the method and the body.") },
};

/* As the settings' schema has them, in the order of the template. */
static const char *const themes[] = { "follow", "light", "dark" };

static LbEndpoint *
lb_preferences_dialog_get_endpoint (LbPreferencesDialog *self)
{
  return lb_balancer_get_endpoint (self->balancer);
}

/* Shows what holds */

/* The configuration file and the command line may say 0. */
static void
lb_preferences_dialog_show_port (LbPreferencesDialog *self,
                                 guint port)
{
  lb_setting_entry_show_number (self->port, port);
  lb_setting_row_set_hint (self->port_row,
                           port != 0 ? _ ("Where requests are redirected.")
                                     : _ ("0 takes a free port, another one at each start."));
}

static void
lb_preferences_dialog_show_override (LbSettingRow *row,
                                     gboolean overridden,
                                     const char *option)
{
  g_autofree char *reason = NULL;

  if (overridden)
    /* Translators: %s is an option of the command line, such as --port */
    reason = g_strdup_printf (_ ("Set by %s on the command line for this run."), option);

  lb_setting_row_fix (row, reason);
}

static void
lb_preferences_dialog_show_policy (LbPreferencesDialog *self)
{
  const char *name = lb_balancer_get_policy (self->balancer);
  const LbPolicyInfo *info;

  for (guint i = 0; (info = lb_policy_list (i)) != NULL; i++)
    if (g_str_equal (info->name, name))
      {
        gtk_drop_down_set_selected (self->policy, i);
        lb_setting_row_set_hint (self->policy_row, _ (info->summary));
      }

  lb_preferences_dialog_show_override (self->policy_row,
                                       lb_balancer_is_policy_overridden (self->balancer), "--policy");
}

static void
lb_preferences_dialog_show_engine (LbPreferencesDialog *self)
{
  const char *name = lb_balancer_get_engine (self->balancer);
  const LbEngineInfo *info;

  for (guint i = 0; (info = lb_engine_list (i)) != NULL; i++)
    if (g_str_equal (info->name, name))
      {
        g_autoptr (GError) error = NULL;

        gtk_drop_down_set_selected (self->engine, i);
        lb_setting_row_set_hint (self->engine_row, _ (info->summary));
        lb_setting_row_refuse (self->engine_row, info->can_start != NULL && !info->can_start (&error)
                                                   ? error->message
                                                   : NULL);
      }

  lb_preferences_dialog_show_override (self->engine_row,
                                       lb_balancer_is_engine_overridden (self->balancer), "--engine");
}

static void
lb_preferences_dialog_show_status (LbPreferencesDialog *self)
{
  const guint status = lb_balancer_get_redirect_status (self->balancer);

  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (statuses[i].status == status)
      {
        gtk_drop_down_set_selected (self->status, i);
        lb_setting_row_set_hint (self->status_row, _ (statuses[i].hint));
      }
}

static void
lb_preferences_dialog_show_all (LbPreferencesDialog *self)
{
  LbEndpoint *endpoint = lb_preferences_dialog_get_endpoint (self);
  g_autofree char *addresses = g_strjoinv (" ", (char **) lb_endpoint_get_addresses (endpoint));

  lb_setting_entry_show (self->addresses, addresses);
  lb_preferences_dialog_show_port (self, lb_endpoint_get_port (endpoint));
  lb_setting_entry_show_number (self->stats_port, lb_endpoint_get_stats_port (endpoint));
  lb_setting_entry_show_number (self->agent_port, lb_balancer_get_agent_port (self->balancer));
  lb_setting_entry_show_number (self->connections,
                                lb_balancer_get_max_connections (self->balancer));
  lb_setting_entry_show_number (self->per_client,
                                lb_balancer_get_max_connections_per_client (self->balancer));

  lb_preferences_dialog_show_override (
    self->addresses_row, lb_endpoint_is_overridden (endpoint, LB_ENDPOINT_ADDRESSES), "--listen");
  lb_preferences_dialog_show_override (
    self->port_row, lb_endpoint_is_overridden (endpoint, LB_ENDPOINT_PORT), "--port");
  lb_preferences_dialog_show_override (
    self->stats_port_row, lb_endpoint_is_overridden (endpoint, LB_ENDPOINT_STATS_PORT),
    "--stats-port");
  lb_preferences_dialog_show_override (
    self->agent_port_row, lb_balancer_is_agent_port_overridden (self->balancer), "--agent-port");

  lb_preferences_dialog_show_engine (self);
  lb_preferences_dialog_show_policy (self);
  lb_preferences_dialog_show_status (self);
  lb_setting_entry_show (self->origin, lb_balancer_get_cors_origin (self->balancer));
}

/* Tries what is wanted. Each of these refuses it, or shows what holds now. */

static void
lb_preferences_dialog_finish (LbPreferencesDialog *self,
                              LbSettingRow *row,
                              LbSettingEntry *entry,
                              const GError *error)
{
  if (error != NULL)
    {
      lb_setting_row_refuse (row, error->message);
      return;
    }

  /* What was typed goes, for the way in which it is kept. */
  lb_setting_row_refuse (row, NULL);
  lb_setting_entry_take (entry, gtk_editable_get_text (GTK_EDITABLE (entry)));
  lb_preferences_dialog_show_all (self);
}

static void
lb_preferences_dialog_try_addresses (LbPreferencesDialog *self,
                                     const char *text)
{
  g_auto (GStrv) words = g_strsplit_set (text, " ,;\t\n", -1);
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) error = NULL;

  for (guint i = 0; words[i] != NULL && error == NULL; i++)
    {
      char *address = NULL;

      if (*words[i] == '\0' || !lb_config_check_address (words[i], &address, &error))
        continue;
      if (g_ptr_array_find_with_equal_func (addresses, address, g_str_equal, NULL))
        g_free (address);
      else
        g_ptr_array_add (addresses, address);
    }

  if (error == NULL && addresses->len == 0)
    g_set_error_literal (&error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
                         _ ("Write at least one address, such as localhost."));

  g_ptr_array_add (addresses, NULL);
  if (error == NULL)
    lb_endpoint_set_addresses (lb_preferences_dialog_get_endpoint (self),
                               (const char *const *) addresses->pdata, &error);
  lb_preferences_dialog_finish (self, self->addresses_row, self->addresses, error);
}

static void
lb_preferences_dialog_on_addresses (LbPreferencesDialog *self)
{
  lb_preferences_dialog_try_addresses (self, gtk_editable_get_text (GTK_EDITABLE (self->addresses)));
}

/* The command line takes 0 for one run, where no client is told beforehand. */
static void
lb_preferences_dialog_on_port (LbPreferencesDialog *self)
{
  g_autoptr (GError) error = NULL;
  guint port = 0;

  if (lb_setting_entry_read_number (self->port, 0, G_MAXUINT16, &port, &error) && port == 0)
    g_set_error_literal (&error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
                         _ ("0 would be another port at each start, and clients would not find it. "
                            "Write one from 1 to 65535."));

  if (error == NULL)
    lb_endpoint_set_port (lb_preferences_dialog_get_endpoint (self), (guint16) port, &error);
  lb_preferences_dialog_finish (self, self->port_row, self->port, error);
}

static void
lb_preferences_dialog_on_stats_port (LbPreferencesDialog *self)
{
  g_autoptr (GError) error = NULL;
  guint port;

  if (lb_setting_entry_read_number (self->stats_port, 0, G_MAXUINT16, &port, &error))
    lb_endpoint_set_stats_port (lb_preferences_dialog_get_endpoint (self), (guint16) port, &error);
  lb_preferences_dialog_finish (self, self->stats_port_row, self->stats_port, error);
}

static void
lb_preferences_dialog_on_agent_port (LbPreferencesDialog *self)
{
  guint port;
  g_autoptr (GError) error = NULL;

  if (lb_setting_entry_read_number (self->agent_port, 0, G_MAXUINT16, &port, &error))
    lb_balancer_set_agent_port (self->balancer, (guint16) port, &error);
  lb_preferences_dialog_finish (self, self->agent_port_row, self->agent_port, error);
}

static void
lb_preferences_dialog_on_connections (LbPreferencesDialog *self)
{
  g_autoptr (GError) error = NULL;
  guint number;

  if (lb_setting_entry_read_number (self->connections, 0, LB_CONFIG_MAX_CONNECTIONS, &number,
                                         &error))
    lb_balancer_set_max_connections (self->balancer, number, &error);
  lb_preferences_dialog_finish (self, self->connections_row, self->connections, error);
}

static void
lb_preferences_dialog_on_per_client (LbPreferencesDialog *self)
{
  g_autoptr (GError) error = NULL;
  guint number;

  if (lb_setting_entry_read_number (self->per_client, 0, LB_CONFIG_MAX_CONNECTIONS, &number,
                                         &error))
    lb_balancer_set_max_connections_per_client (self->balancer, number, &error);
  lb_preferences_dialog_finish (self, self->per_client_row, self->per_client, error);
}

static void
lb_preferences_dialog_on_origin (LbPreferencesDialog *self)
{
  g_autoptr (GError) error = NULL;

  lb_balancer_set_cors_origin (self->balancer, gtk_editable_get_text (GTK_EDITABLE (self->origin)),
                               &error);
  lb_preferences_dialog_finish (self, self->origin_row, self->origin, error);
}

/* What the dialog itself has selected is what holds. */
static void
lb_preferences_dialog_on_policy (LbPreferencesDialog *self)
{
  const LbPolicyInfo *info = lb_policy_list (gtk_drop_down_get_selected (self->policy));

  if (self->balancer != NULL && info != NULL &&
      !g_str_equal (info->name, lb_balancer_get_policy (self->balancer)))
    lb_balancer_set_policy (self->balancer, info->name, NULL);
}

static void
lb_preferences_dialog_on_engine (LbPreferencesDialog *self)
{
  const LbEngineInfo *info = lb_engine_list (gtk_drop_down_get_selected (self->engine));

  if (self->balancer != NULL && info != NULL &&
      !g_str_equal (info->name, lb_balancer_get_engine (self->balancer)))
    lb_balancer_set_engine (self->balancer, info->name, NULL);
}

static void
lb_preferences_dialog_on_status (LbPreferencesDialog *self)
{
  const guint i = gtk_drop_down_get_selected (self->status);

  if (self->balancer != NULL && i < G_N_ELEMENTS (statuses))
    lb_balancer_set_redirect_status (self->balancer, statuses[i].status, NULL);
}

/* Back to what there is at first */

static void
lb_preferences_dialog_set_defaults (LbPreferencesDialog *self)
{
  const LbEngineInfo *engine;
  const LbPolicyInfo *info;

  lb_setting_row_set_default (self->addresses_row, g_variant_new_string (LB_CONFIG_DEFAULT_LISTEN));
  lb_setting_row_set_default (self->port_row, g_variant_new_printf ("%d", LB_CONFIG_DEFAULT_PORT));
  lb_setting_row_set_default (self->stats_port_row, g_variant_new_string ("0"));
  lb_setting_row_set_default (self->agent_port_row, g_variant_new_string ("0"));
  lb_setting_row_set_default (self->connections_row, g_variant_new_string ("0"));
  lb_setting_row_set_default (self->per_client_row, g_variant_new_string ("0"));

  for (guint i = 0; (info = lb_policy_list (i)) != NULL; i++)
    if (g_str_equal (info->name, LB_CONFIG_DEFAULT_POLICY))
      lb_setting_row_set_default (self->policy_row, g_variant_new_uint32 (i));
  for (guint i = 0; (engine = lb_engine_list (i)) != NULL; i++)
    if (g_str_equal (engine->name, LB_CONFIG_DEFAULT_ENGINE))
      lb_setting_row_set_default (self->engine_row, g_variant_new_uint32 (i));
  for (guint i = 0; i < G_N_ELEMENTS (statuses); i++)
    if (statuses[i].status == LB_CONFIG_DEFAULT_REDIRECT_STATUS)
      lb_setting_row_set_default (self->status_row, g_variant_new_uint32 (i));
  lb_setting_row_set_default (self->origin_row, g_variant_new_string (LB_CONFIG_DEFAULT_ORIGIN));
}

/* No port is in the way of another: the one for /stats goes first. */
static void
lb_preferences_dialog_reset (GtkWidget *widget,
                             const char *action_name G_GNUC_UNUSED,
                             GVariant *parameter)
{
  LbPreferencesDialog *self = LB_PREFERENCES_DIALOG (widget);
  const struct
  {
    const char *page;
    LbSettingRow *row;
  } rows[] = {
    { "listening", self->stats_port_row },
    { "listening", self->agent_port_row },
    { "listening", self->port_row },
    { "listening", self->addresses_row },
    { "listening", self->connections_row },
    { "listening", self->per_client_row },
    { "answers", self->engine_row },
    { "answers", self->policy_row },
    { "answers", self->status_row },
    { "answers", self->origin_row },
    { "desktop", self->notifications_row },
    { "desktop", self->background_row },
    { "desktop", self->theme_row },
  };
  const char *page = g_variant_get_string (parameter, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].page, page))
      lb_setting_row_reset (rows[i].row);
}

static void
lb_preferences_dialog_probe_defaults (GtkWidget *widget,
                                      const char *action_name G_GNUC_UNUSED,
                                      GVariant *parameter G_GNUC_UNUSED)
{
  LbPreferencesDialog *self = LB_PREFERENCES_DIALOG (widget);

  gtk_window_present (GTK_WINDOW (lb_defaults_dialog_new (GTK_WINDOW (self), self->balancer)));
}

static void
lb_preferences_dialog_proxying (GtkWidget *widget,
                                const char *action_name G_GNUC_UNUSED,
                                GVariant *parameter G_GNUC_UNUSED)
{
  LbPreferencesDialog *self = LB_PREFERENCES_DIALOG (widget);

  gtk_window_present (GTK_WINDOW (lb_proxy_dialog_new (GTK_WINDOW (self), self->balancer)));
}

/* What is typed is tried before it goes. If it is refused the person sees why; closing once more drops it. */
static gboolean
lb_preferences_dialog_close_request (GtkWindow *window)
{
  LbPreferencesDialog *self = LB_PREFERENCES_DIALOG (window);
  LbSettingEntry *entries[] = { self->addresses, self->port, self->stats_port, self->agent_port,
                                self->connections, self->per_client, self->origin };

  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    if (!lb_setting_entry_apply (entries[i]))
      {
        gtk_widget_grab_focus (GTK_WIDGET (entries[i]));
        return GDK_EVENT_STOP;
      }

  return GTK_WINDOW_CLASS (lb_preferences_dialog_parent_class)->close_request (window);
}

/* Its desktop's part, see the settings' schema */

static gboolean
lb_preferences_dialog_get_theme (GValue *value,
                                 GVariant *variant,
                                 gpointer user_data G_GNUC_UNUSED)
{
  for (guint i = 0; i < G_N_ELEMENTS (themes); i++)
    if (g_str_equal (themes[i], g_variant_get_string (variant, NULL)))
      g_value_set_uint (value, i);

  return TRUE;
}

static GVariant *
lb_preferences_dialog_set_theme (const GValue *value,
                                 const GVariantType *type G_GNUC_UNUSED,
                                 gpointer user_data G_GNUC_UNUSED)
{
  const guint i = g_value_get_uint (value);

  return i < G_N_ELEMENTS (themes) ? g_variant_new_string (themes[i]) : NULL;
}

static void
lb_preferences_dialog_bind_settings (LbPreferencesDialog *self)
{
  const char *reason = _ ("This cannot be remembered: the settings’ schema is not installed.");

  self->settings = lb_settings_new ();
  if (self->settings == NULL)
    {
      lb_setting_row_fix (self->notifications_row, reason);
      lb_setting_row_fix (self->background_row, reason);
      lb_setting_row_fix (self->theme_row, reason);
      return;
    }

  g_settings_bind (self->settings, "notifications", self->notifications, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind (self->settings, "run-in-background", self->background, "active",
                   G_SETTINGS_BIND_DEFAULT);
  g_settings_bind_with_mapping (self->settings, "theme", self->theme, "selected",
                                G_SETTINGS_BIND_DEFAULT, lb_preferences_dialog_get_theme,
                                lb_preferences_dialog_set_theme, NULL, NULL);

  lb_setting_row_set_default (self->notifications_row,
                              g_settings_get_default_value (self->settings, "notifications"));
  lb_setting_row_set_default (self->background_row,
                              g_settings_get_default_value (self->settings, "run-in-background"));
  lb_setting_row_set_default (self->theme_row, g_variant_new_uint32 (0));
}

static void
lb_preferences_dialog_on_setup_item (GtkSignalListItemFactory *factory G_GNUC_UNUSED,
                                     GtkListItem *item)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_list_item_set_child (item, label);
}

static void
lb_preferences_dialog_on_bind_item (GtkSignalListItemFactory *factory G_GNUC_UNUSED,
                                    GtkListItem *item)
{
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (item)),
                       gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

/* By itself a drop-down is as wide as its longest item, however narrow the window. */
static void
lb_preferences_dialog_let_shrink (GtkDropDown *drop_down)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (lb_preferences_dialog_on_setup_item), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (lb_preferences_dialog_on_bind_item), NULL);
  gtk_drop_down_set_factory (drop_down, factory);
}

static void
lb_preferences_dialog_list_policies (LbPreferencesDialog *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  const LbPolicyInfo *info;

  for (guint i = 0; (info = lb_policy_list (i)) != NULL; i++)
    gtk_string_list_append (titles, _ (info->title));

  gtk_drop_down_set_model (self->policy, G_LIST_MODEL (titles));
}

static void
lb_preferences_dialog_list_engines (LbPreferencesDialog *self)
{
  g_autoptr (GtkStringList) titles = gtk_string_list_new (NULL);
  const LbEngineInfo *info;

  for (guint i = 0; (info = lb_engine_list (i)) != NULL; i++)
    gtk_string_list_append (titles, _ (info->title));

  gtk_drop_down_set_model (self->engine, G_LIST_MODEL (titles));
}

static void
lb_preferences_dialog_dispose (GObject *object)
{
  LbPreferencesDialog *self = LB_PREFERENCES_DIALOG (object);

  g_clear_object (&self->settings);

  G_OBJECT_CLASS (lb_preferences_dialog_parent_class)->dispose (object);
}

/* Its parts may have something to say until they are gone. */
static void
lb_preferences_dialog_finalize (GObject *object)
{
  LbPreferencesDialog *self = LB_PREFERENCES_DIALOG (object);

  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_preferences_dialog_parent_class)->finalize (object);
}

#define BIND(child) gtk_widget_class_bind_template_child (widget_class, LbPreferencesDialog, child)

static void
lb_preferences_dialog_bind_template (GtkWidgetClass *widget_class)
{
  g_type_ensure (LB_TYPE_SETTING_ENTRY);
  g_type_ensure (LB_TYPE_SETTING_ROW);
  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-preferences-dialog.ui");
  BIND (addresses_row);
  BIND (addresses);
  BIND (port_row);
  BIND (port);
  BIND (stats_port_row);
  BIND (stats_port);
  BIND (agent_port_row);
  BIND (agent_port);
  BIND (connections_row);
  BIND (connections);
  BIND (per_client_row);
  BIND (per_client);
  BIND (engine_row);
  BIND (engine);
  BIND (policy_row);
  BIND (policy);
  BIND (status_row);
  BIND (status);
  BIND (origin_row);
  BIND (origin);
  BIND (notifications_row);
  BIND (notifications);
  BIND (background_row);
  BIND (background);
  BIND (theme_row);
  BIND (theme);
  gtk_widget_class_bind_template_callback (widget_class, lb_preferences_dialog_on_addresses);
  gtk_widget_class_bind_template_callback (widget_class, lb_preferences_dialog_on_port);
  gtk_widget_class_bind_template_callback (widget_class, lb_preferences_dialog_on_stats_port);
  gtk_widget_class_bind_template_callback (widget_class, lb_preferences_dialog_on_agent_port);
  gtk_widget_class_bind_template_callback (widget_class, lb_preferences_dialog_on_connections);
  gtk_widget_class_bind_template_callback (widget_class, lb_preferences_dialog_on_per_client);
  gtk_widget_class_bind_template_callback (widget_class, lb_preferences_dialog_on_engine);
  gtk_widget_class_bind_template_callback (widget_class, lb_preferences_dialog_on_policy);
  gtk_widget_class_bind_template_callback (widget_class, lb_preferences_dialog_on_status);
  gtk_widget_class_bind_template_callback (widget_class, lb_preferences_dialog_on_origin);
}

#undef BIND

static void
lb_preferences_dialog_class_init (LbPreferencesDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_preferences_dialog_dispose;
  object_class->finalize = lb_preferences_dialog_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = lb_preferences_dialog_close_request;

  lb_preferences_dialog_bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "preferences.reset", "s",
                                   lb_preferences_dialog_reset);
  gtk_widget_class_install_action (widget_class, "preferences.probe-defaults", NULL,
                                   lb_preferences_dialog_probe_defaults);
  gtk_widget_class_install_action (widget_class, "preferences.proxying", NULL,
                                   lb_preferences_dialog_proxying);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
lb_preferences_dialog_init (LbPreferencesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  lb_field_set_ltr (GTK_EDITABLE (self->addresses));

  lb_preferences_dialog_list_policies (self);
  lb_preferences_dialog_list_engines (self);
  lb_preferences_dialog_let_shrink (self->engine);
  lb_preferences_dialog_let_shrink (self->policy);
  lb_preferences_dialog_let_shrink (self->status);
  lb_preferences_dialog_let_shrink (self->theme);
}

/**
 * lb_preferences_dialog_new:
 * @parent: the window it belongs to
 * @balancer: a balancer that has loaded
 *
 * Returns: (transfer none): a dialog that is not shown yet; GTK owns it
 */
LbPreferencesDialog *
lb_preferences_dialog_new (GtkWindow *parent,
                           LbBalancer *balancer)
{
  static const char *const changes[] = { "notify::engine", "notify::policy",
                                         "notify::redirect-status",
                                         "notify::cors-origin", "notify::max-connections",
                                         "notify::max-connections-per-client",
                                         "config-changed" };
  static const char *const moves[] = { "notify::uris", "notify::stats-uris", "notify::error" };
  LbPreferencesDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);

  self = g_object_new (LB_TYPE_PREFERENCES_DIALOG, "transient-for", parent, NULL);
  self->balancer = g_object_ref (balancer);

  lb_preferences_dialog_bind_settings (self);
  lb_preferences_dialog_set_defaults (self);
  lb_preferences_dialog_show_all (self);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_object (balancer, changes[i], G_CALLBACK (lb_preferences_dialog_show_all), self,
                             G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (moves); i++)
    g_signal_connect_object (lb_balancer_get_endpoint (balancer), moves[i],
                             G_CALLBACK (lb_preferences_dialog_show_all), self, G_CONNECT_SWAPPED);

  return self;
}
