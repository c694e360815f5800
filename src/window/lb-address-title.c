/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-address-title.h"

#include <glib/gi18n-lib.h>

/**
 * LbAddressTitle:
 *
 * The title in the header bar: the program's name, and under it the address that clients use, with
 * a button that copies it.
 *
 * It is part of the window's template. The window tells it the addresses. After copying, the button
 * shows a check mark for %COPIED_SECONDS.
 */
struct _LbAddressTitle
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *address;
  GtkButton *copy_button;

  char *uri; /* the one to copy, or NULL */
  gboolean tight;
  GSource *timeout;
};

#define COPIED_SECONDS 2

G_DEFINE_FINAL_TYPE (LbAddressTitle, lb_address_title, GTK_TYPE_WIDGET)

static void
lb_address_title_stop_timeout (LbAddressTitle *self)
{
  if (self->timeout == NULL)
    return;

  g_source_destroy (self->timeout);
  g_clear_pointer (&self->timeout, g_source_unref);
}

static void
lb_address_title_show_copied (LbAddressTitle *self,
                              gboolean copied)
{
  const char *text = copied ? _("Copied") : _("Copy Address");

  gtk_button_set_icon_name (self->copy_button,
                            copied ? "object-select-symbolic" : "edit-copy-symbolic");
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->copy_button), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->copy_button),
                                  GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
}

static gboolean
lb_address_title_on_timeout (gpointer user_data)
{
  LbAddressTitle *self = user_data;

  lb_address_title_show_copied (self, FALSE);
  g_clear_pointer (&self->timeout, g_source_unref);

  return G_SOURCE_REMOVE;
}

static void
lb_address_title_dispose (GObject *object)
{
  LbAddressTitle *self = LB_ADDRESS_TITLE (object);

  lb_address_title_stop_timeout (self);
  if (self->box != NULL)
    gtk_widget_unparent (self->box);
  self->box = NULL;

  G_OBJECT_CLASS (lb_address_title_parent_class)->dispose (object);
}

static void
lb_address_title_finalize (GObject *object)
{
  LbAddressTitle *self = LB_ADDRESS_TITLE (object);

  g_free (self->uri);

  G_OBJECT_CLASS (lb_address_title_parent_class)->finalize (object);
}

static void
lb_address_title_class_init (LbAddressTitleClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_address_title_dispose;
  object_class->finalize = lb_address_title_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-address-title.ui");
  gtk_widget_class_bind_template_child (widget_class, LbAddressTitle, box);
  gtk_widget_class_bind_template_child (widget_class, LbAddressTitle, address);
  gtk_widget_class_bind_template_child (widget_class, LbAddressTitle, copy_button);
}

static void
lb_address_title_init (LbAddressTitle *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  lb_address_title_show_copied (self, FALSE);
  lb_address_title_set_uris (self, NULL, NULL);
}

/**
 * lb_address_title_new:
 *
 * Returns: (transfer floating): a title that shows no address
 */
GtkWidget *
lb_address_title_new (void)
{
  return g_object_new (LB_TYPE_ADDRESS_TITLE, NULL);
}

/**
 * lb_address_title_set_uris:
 * @self: a title
 * @uris: (nullable) (array zero-terminated=1): where the balancer listens; the first is shown
 * @stats_uris: (nullable) (array zero-terminated=1): where `/stats` is if it is elsewhere; the first is told
 *   with all of the others
 */
void
lb_address_title_set_uris (LbAddressTitle *self,
                           const char *const *uris,
                           const char *const *stats_uris)
{
  gboolean listening = uris != NULL && uris[0] != NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) lines = NULL;
  g_autofree char *all = NULL;

  g_return_if_fail (LB_IS_ADDRESS_TITLE (self));

  g_free (self->uri);
  self->uri = listening ? g_strdup (uris[0]) : NULL;

  if (listening)
    g_strv_builder_addv (builder, (const char **) uris);
  if (stats_uris != NULL && stats_uris[0] != NULL)
    {
      /* Translators: %s is a URL without its path */
      g_autofree char *line = g_strdup_printf (_("Figures at %s/stats"), stats_uris[0]);

      g_strv_builder_add (builder, line);
    }
  lines = g_strv_builder_end (builder);
  all = lines[0] != NULL ? g_strjoinv ("\n", lines) : NULL;

  gtk_label_set_label (self->address, listening ? self->uri : _("Not listening"));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->address), all);
  gtk_widget_set_visible (GTK_WIDGET (self->copy_button), listening && !self->tight);
}

/**
 * lb_address_title_set_tight:
 * @self: a title
 * @tight: whether there is no room for the button, whose action is in the menu, too
 */
void
lb_address_title_set_tight (LbAddressTitle *self,
                            gboolean tight)
{
  g_return_if_fail (LB_IS_ADDRESS_TITLE (self));

  gtk_widget_set_visible (GTK_WIDGET (self->copy_button), self->uri != NULL && !tight);
  self->tight = tight;
}

/**
 * lb_address_title_copy:
 * @self: a title
 *
 * Puts the address into the clipboard, and shows that it has been done.
 */
void
lb_address_title_copy (LbAddressTitle *self)
{
  g_return_if_fail (LB_IS_ADDRESS_TITLE (self));

  if (self->uri == NULL)
    return;

  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), self->uri);
  lb_address_title_show_copied (self, TRUE);

  lb_address_title_stop_timeout (self);
  self->timeout = g_timeout_source_new_seconds (COPIED_SECONDS);
  g_source_set_static_name (self->timeout, "[lb] copied");
  g_source_set_callback (self->timeout, lb_address_title_on_timeout, self, NULL);
  g_source_attach (self->timeout, NULL);
}
