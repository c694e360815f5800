/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-theme.h"

#define PORTAL_NAME "org.freedesktop.portal.Desktop"
#define PORTAL_PATH "/org/freedesktop/portal/desktop"
#define PORTAL_INTERFACE "org.freedesktop.portal.Settings"

/* What the portal knows of how everything should look. */
#define APPEARANCE "org.freedesktop.appearance"
#define ACCESSIBILITY "org.gnome.desktop.a11y.interface"

/**
 * LbTheme:
 *
 * Makes GTK light or dark, and rich in contrast, as the person wants it or as the desktop has it. The
 * application makes one for its display, and keeps it as long as it runs.
 *
 * GTK 4 does not follow a desktop's dark style by itself. The desktop tells of it through the settings
 * portal, which is asked once and then listened to, also if it comes later. Without a portal, or if
 * the desktop has no preference, GTK is left as it is configured.
 */
struct _LbTheme
{
  GObject parent_instance;

  GtkSettings *gtk;
  GSettings *settings; /* NULL where the schema is not installed */

  GCancellable *cancellable;
  GDBusProxy *portal; /* NULL until there is one, or if there is no bus */
  guint color_scheme; /* the desktop's: 0 no preference, 1 dark, 2 light */
  gboolean appearance_contrast;
  gboolean accessibility_contrast;
};

G_DEFINE_FINAL_TYPE (LbTheme, lb_theme, G_TYPE_OBJECT)

static LbThemeChoice
lb_theme_get_choice (LbTheme *self)
{
  return self->settings != NULL ? (LbThemeChoice) g_settings_get_enum (self->settings, "theme")
                                : LB_THEME_FOLLOW;
}

static void
lb_theme_apply (LbTheme *self)
{
  const LbThemeChoice choice = lb_theme_get_choice (self);
  const gboolean follow = choice == LB_THEME_FOLLOW;
  const gboolean contrast = self->appearance_contrast || self->accessibility_contrast;

  if (follow && self->color_scheme == 0)
    gtk_settings_reset_property (self->gtk, "gtk-application-prefer-dark-theme");
  else
    g_object_set (self->gtk, "gtk-application-prefer-dark-theme",
                  follow ? self->color_scheme == 1 : choice == LB_THEME_DARK, NULL);

  /* The one name of GTK's that has a light and a dark variant: what is called Default-hc-dark falls back
   * to the ordinary dark one if dark is preferred, too. */
  if (contrast)
    g_object_set (self->gtk, "gtk-theme-name", "HighContrast", NULL);
  else
    gtk_settings_reset_property (self->gtk, "gtk-theme-name");
}

/* Anything may come over the bus: what has not the type that it must have is not taken. */
static void
lb_theme_take (LbTheme *self,
               const char *group,
               const char *key,
               GVariant *value)
{
  const gboolean is_number = g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32);

  if (g_str_equal (group, APPEARANCE) && g_str_equal (key, "color-scheme") && is_number)
    self->color_scheme = g_variant_get_uint32 (value) <= 2 ? g_variant_get_uint32 (value) : 0;
  else if (g_str_equal (group, APPEARANCE) && g_str_equal (key, "contrast") && is_number)
    self->appearance_contrast = g_variant_get_uint32 (value) == 1;
  else if (g_str_equal (group, ACCESSIBILITY) && g_str_equal (key, "high-contrast") &&
           g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    self->accessibility_contrast = g_variant_get_boolean (value);
}

static void
lb_theme_on_read (GObject *source,
                  GAsyncResult *result,
                  gpointer user_data)
{
  LbTheme *self = user_data; /* gone, if it was cancelled */
  g_autoptr (GVariant) answer = NULL;
  g_autoptr (GVariantIter) groups = NULL;
  GVariantIter *keys;
  const char *group;

  answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, NULL);
  if (answer == NULL || !g_variant_is_of_type (answer, G_VARIANT_TYPE ("(a{sa{sv}})")))
    return;

  g_variant_get (answer, "(a{sa{sv}})", &groups);
  while (g_variant_iter_loop (groups, "{&sa{sv}}", &group, &keys))
    {
      const char *key;
      GVariant *value;

      while (g_variant_iter_loop (keys, "{&sv}", &key, &value))
        lb_theme_take (self, group, key, value);
    }

  lb_theme_apply (self);
}

/* All at once: Read() wraps its answer once too often, and not every portal has ReadOne(). */
static void
lb_theme_read (LbTheme *self)
{
  static const char *const groups[] = { APPEARANCE, ACCESSIBILITY, NULL };

  g_dbus_proxy_call (self->portal, "ReadAll", g_variant_new ("(^as)", groups),
                     G_DBUS_CALL_FLAGS_NONE, -1, self->cancellable, lb_theme_on_read, self);
}

static void
lb_theme_on_signal (LbTheme *self,
                    const char *sender,
                    const char *name,
                    GVariant *parameters)
{
  g_autoptr (GVariant) value = NULL;
  const char *group;
  const char *key;

  if (!g_str_equal (name, "SettingChanged") ||
      !g_variant_is_of_type (parameters, G_VARIANT_TYPE ("(ssv)")))
    return;

  g_variant_get (parameters, "(&s&sv)", &group, &key, &value);
  lb_theme_take (self, group, key, value);
  lb_theme_apply (self);
}

/* One that goes away is expected back, so what it said holds until then. */
static void
lb_theme_on_owner (LbTheme *self)
{
  g_autofree char *owner = g_dbus_proxy_get_name_owner (self->portal);

  if (owner != NULL)
    lb_theme_read (self);
}

static void
lb_theme_on_portal (GObject *source,
                    GAsyncResult *result,
                    gpointer user_data)
{
  LbTheme *self = user_data; /* gone, if it was cancelled */
  g_autoptr (GDBusProxy) portal = g_dbus_proxy_new_for_bus_finish (result, NULL);

  if (portal == NULL)
    return;

  self->portal = g_steal_pointer (&portal);
  g_signal_connect_swapped (self->portal, "g-signal", G_CALLBACK (lb_theme_on_signal), self);
  g_signal_connect_swapped (self->portal, "notify::g-name-owner", G_CALLBACK (lb_theme_on_owner),
                            self);
  lb_theme_read (self);
}

static void
lb_theme_dispose (GObject *object)
{
  LbTheme *self = LB_THEME (object);

  g_cancellable_cancel (self->cancellable);
  if (self->portal != NULL)
    g_signal_handlers_disconnect_by_data (self->portal, self);
  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  g_clear_object (&self->settings);
  g_clear_object (&self->portal);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->gtk);

  G_OBJECT_CLASS (lb_theme_parent_class)->dispose (object);
}

static void
lb_theme_class_init (LbThemeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = lb_theme_dispose;
}

static void
lb_theme_init (LbTheme *self)
{
  self->cancellable = g_cancellable_new ();
}

/**
 * lb_theme_new:
 * @display: where it holds
 * @settings: (nullable): what the person wants, or %NULL to follow the desktop
 *
 * Applies the theme, and keeps applying it as the person or the desktop changes it.
 *
 * Returns: (transfer full): the theme
 */
LbTheme *
lb_theme_new (GdkDisplay *display,
              GSettings *settings)
{
  LbTheme *self;

  g_return_val_if_fail (GDK_IS_DISPLAY (display), NULL);

  self = g_object_new (LB_TYPE_THEME, NULL);
  self->gtk = g_object_ref (gtk_settings_get_for_display (display));
  if (settings != NULL)
    {
      self->settings = g_object_ref (settings);
      g_signal_connect_swapped (settings, "changed::theme", G_CALLBACK (lb_theme_apply), self);
    }

  lb_theme_apply (self);
  g_dbus_proxy_new_for_bus (G_BUS_TYPE_SESSION, G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES, NULL,
                            PORTAL_NAME, PORTAL_PATH, PORTAL_INTERFACE, self->cancellable,
                            lb_theme_on_portal, self);

  return self;
}
