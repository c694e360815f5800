/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-settings.h"
#include "window/lb-theme.h"
#include "window/lb-window-fixture.h"

#define APPEARANCE "org.freedesktop.appearance"
#define ACCESSIBILITY "org.gnome.desktop.a11y.interface"

/* A settings portal of our own, on a connection of its own: it is another program to the theme. */
typedef struct
{
  GDBusConnection *connection;
  guint object;
  guint name;
  gboolean owned;
  guint32 color_scheme;
  guint32 contrast;
  guint n_reads;
} Portal;

typedef struct
{
  Portal portal;
  GSettings *settings;
  GtkSettings *gtk;
  LbTheme *theme;
} Fixture;

static void
portal_on_call (GDBusConnection *connection,
                const char *sender,
                const char *path,
                const char *interface,
                const char *method,
                GVariant *parameters,
                GDBusMethodInvocation *invocation,
                gpointer user_data)
{
  Portal *self = user_data;
  GVariantBuilder answer;

  g_assert_cmpstr (method, ==, "ReadAll");
  self->n_reads++;

  g_variant_builder_init (&answer, G_VARIANT_TYPE ("(a{sa{sv}})"));
  g_variant_builder_open (&answer, G_VARIANT_TYPE ("a{sa{sv}}"));
  g_variant_builder_add_parsed (&answer, "{%s, {'color-scheme': <%u>, 'contrast': <%u>, 'x': <'y'>}}",
                                APPEARANCE, self->color_scheme, self->contrast);
  g_variant_builder_close (&answer);
  g_dbus_method_invocation_return_value (invocation, g_variant_builder_end (&answer));
}

static void
portal_on_name (GDBusConnection *connection,
                const char *name,
                gpointer user_data)
{
  Portal *self = user_data;

  self->owned = TRUE;
}

static gboolean
portal_is_there (gpointer user_data)
{
  Portal *self = user_data;

  return self->owned;
}

static gboolean
portal_was_read (gpointer user_data)
{
  Portal *self = user_data;

  return self->n_reads > 0;
}

static void
portal_open (Portal *self)
{
  static const GDBusInterfaceVTable vtable = { .method_call = portal_on_call };
  static const char xml[] = "<node><interface name='org.freedesktop.portal.Settings'>"
                            "<method name='ReadAll'><arg type='as' direction='in'/>"
                            "<arg type='a{sa{sv}}' direction='out'/></method>"
                            "<signal name='SettingChanged'><arg type='s'/><arg type='s'/>"
                            "<arg type='v'/></signal></interface></node>";
  g_autoptr (GDBusNodeInfo) info = NULL;
  g_autofree char *address = NULL;
  g_autoptr (GError) error = NULL;

  address = g_dbus_address_get_for_bus_sync (G_BUS_TYPE_SESSION, NULL, &error);
  g_assert_no_error (error);
  self->connection = g_dbus_connection_new_for_address_sync (
    address,
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
    NULL, NULL, &error);
  g_assert_no_error (error);

  info = g_dbus_node_info_new_for_xml (xml, &error);
  g_assert_no_error (error);
  self->object = g_dbus_connection_register_object (self->connection,
                                                    "/org/freedesktop/portal/desktop",
                                                    info->interfaces[0], &vtable, self, NULL, &error);
  g_assert_no_error (error);
  self->name = g_bus_own_name_on_connection (
    self->connection, "org.freedesktop.portal.Desktop", G_BUS_NAME_OWNER_FLAGS_NONE, portal_on_name,
    NULL, self, NULL);
  lb_wait_until (portal_is_there, self);
}

static void
portal_tell (Portal *self,
             const char *group,
             const char *key,
             GVariant *value)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (self->connection, NULL, "/org/freedesktop/portal/desktop",
                                 "org.freedesktop.portal.Settings", "SettingChanged",
                                 g_variant_new ("(ssv)", group, key, value), &error);
  g_assert_no_error (error);
}

static void
portal_close (Portal *self)
{
  g_autoptr (GError) error = NULL;

  if (self->connection == NULL)
    return;

  g_bus_unown_name (self->name);
  g_dbus_connection_unregister_object (self->connection, self->object);
  g_dbus_connection_close_sync (self->connection, NULL, &error);
  g_assert_no_error (error);
  g_clear_object (&self->connection);
}

static void
set_up (Fixture *f,
        gconstpointer user_data)
{
  f->settings = lb_settings_new ();
  g_settings_reset (f->settings, "theme");
  f->gtk = gtk_settings_get_default ();
}

static void
tear_down (Fixture *f,
           gconstpointer user_data)
{
  g_assert_finalize_object (f->theme);
  g_assert_finalize_object (f->settings);
  portal_close (&f->portal);
  gtk_settings_reset_property (f->gtk, "gtk-application-prefer-dark-theme");
  gtk_settings_reset_property (f->gtk, "gtk-theme-name");
}

static void
follow (Fixture *f)
{
  f->theme = lb_theme_new (gdk_display_get_default (), f->settings);
}

static gboolean
is_dark (gpointer user_data)
{
  Fixture *f = user_data;
  gboolean dark;

  g_object_get (f->gtk, "gtk-application-prefer-dark-theme", &dark, NULL);

  return dark;
}

static gboolean
is_light (gpointer user_data)
{
  return !is_dark (user_data);
}

/* What the names of themes come to is GTK's business: a widget's background tells. */
static gboolean
has_background (const char *wanted)
{
  g_autoptr (GtkWidget) widget = g_object_ref_sink (gtk_label_new (NULL));
  GdkRGBA color;
  GdkRGBA wanted_color;

  g_assert_true (gdk_rgba_parse (&wanted_color, wanted));
  g_assert_true (gtk_style_context_lookup_color (gtk_widget_get_style_context (widget),
                                                 "theme_bg_color", &color));

  return gdk_rgba_equal (&color, &wanted_color);
}

static gboolean
is_dark_in_contrast (gpointer user_data)
{
  return has_background ("#303030");
}

static gboolean
is_light_in_contrast (gpointer user_data)
{
  return has_background ("#fdfdfc");
}

static gboolean
has_no_contrast (gpointer user_data)
{
  return has_background ("#353535") || has_background ("#f6f5f4");
}

static void
test_follows_the_portal (Fixture *f,
                         gconstpointer user_data)
{
  f->portal.color_scheme = 1;
  portal_open (&f->portal);
  follow (f);
  lb_wait_until (is_dark, f);

  portal_tell (&f->portal, APPEARANCE, "color-scheme", g_variant_new_uint32 (2));
  lb_wait_until (is_light, f);
  portal_tell (&f->portal, APPEARANCE, "color-scheme", g_variant_new_uint32 (1));
  lb_wait_until (is_dark, f);
  portal_tell (&f->portal, APPEARANCE, "color-scheme", g_variant_new_uint32 (0));
  lb_wait_until (is_light, f);
}

static void
test_follows_high_contrast (Fixture *f,
                            gconstpointer user_data)
{
  f->portal.contrast = 1;
  portal_open (&f->portal);
  follow (f);
  lb_wait_until (is_light_in_contrast, f);

  portal_tell (&f->portal, APPEARANCE, "color-scheme", g_variant_new_uint32 (1));
  lb_wait_until (is_dark_in_contrast, f);
  portal_tell (&f->portal, APPEARANCE, "contrast", g_variant_new_uint32 (0));
  lb_wait_until (has_no_contrast, f);
  g_assert_true (is_dark (f));
  portal_tell (&f->portal, ACCESSIBILITY, "high-contrast", g_variant_new_boolean (TRUE));
  lb_wait_until (is_dark_in_contrast, f);
}

/* The only real value comes last, so that all before it has been read when it holds. */
static void
test_takes_no_nonsense (Fixture *f,
                        gconstpointer user_data)
{
  portal_open (&f->portal);
  follow (f);
  lb_wait_until (portal_was_read, &f->portal);

  portal_tell (&f->portal, APPEARANCE, "color-scheme", g_variant_new_string ("dark"));
  portal_tell (&f->portal, APPEARANCE, "color-scheme", g_variant_new_uint32 (42));
  portal_tell (&f->portal, APPEARANCE, "contrast", g_variant_new_string ("high"));
  portal_tell (&f->portal, ACCESSIBILITY, "high-contrast", g_variant_new_uint32 (1));
  portal_tell (&f->portal, "org.example", "color-scheme", g_variant_new_uint32 (2));
  portal_tell (&f->portal, APPEARANCE, "color-scheme", g_variant_new_uint32 (1));
  lb_wait_until (is_dark, f);
  g_assert_true (has_no_contrast (f));
}

static void
test_the_portal_comes_later (Fixture *f,
                             gconstpointer user_data)
{
  follow (f);
  g_assert_false (is_dark (f));

  f->portal.color_scheme = 1;
  portal_open (&f->portal);
  lb_wait_until (is_dark, f);
}

static void
test_a_choice_comes_first (Fixture *f,
                           gconstpointer user_data)
{
  f->portal.color_scheme = 1;
  portal_open (&f->portal);
  follow (f);
  lb_wait_until (is_dark, f);

  g_settings_set_string (f->settings, "theme", "light");
  g_assert_false (is_dark (f));
  g_settings_set_string (f->settings, "theme", "dark");
  g_assert_true (is_dark (f));
  portal_tell (&f->portal, APPEARANCE, "contrast", g_variant_new_uint32 (1));
  lb_wait_until (is_dark_in_contrast, f);
  g_settings_set_string (f->settings, "theme", "light");
  g_assert_true (is_light_in_contrast (f));
  g_settings_set_string (f->settings, "theme", "follow");
  g_assert_true (is_dark_in_contrast (f));
}

/* Whoever has no schema has no choice, and no portal is no failure. */
static void
test_alone (Fixture *f,
            gconstpointer user_data)
{
  f->theme = lb_theme_new (gdk_display_get_default (), NULL);
  g_assert_false (is_dark (f));
}

int
main (int argc,
      char **argv)
{
  gtk_test_init (&argc, &argv, NULL);

  g_test_add ("/window/theme/follows-the-portal", Fixture, NULL, set_up, test_follows_the_portal,
              tear_down);
  g_test_add ("/window/theme/follows-high-contrast", Fixture, NULL, set_up,
              test_follows_high_contrast, tear_down);
  g_test_add ("/window/theme/takes-no-nonsense", Fixture, NULL, set_up, test_takes_no_nonsense,
              tear_down);
  g_test_add ("/window/theme/the-portal-comes-later", Fixture, NULL, set_up,
              test_the_portal_comes_later, tear_down);
  g_test_add ("/window/theme/a-choice-comes-first", Fixture, NULL, set_up, test_a_choice_comes_first,
              tear_down);
  g_test_add ("/window/theme/alone", Fixture, NULL, set_up, test_alone, tear_down);

  return lb_window_test_run ();
}
