/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-setting-entry.h"

#include <glib/gi18n-lib.h>

#include "config/lb-config.h"
#include "window/lb-field.h"

/**
 * LbSettingEntry:
 *
 * An entry for a setting that takes effect at once: when Enter is pressed, when the person goes on to
 * something else, or by the icon in it, which is there while something else stands in it than what
 * holds. Escape brings back what holds.
 *
 * It is part of a [class@SettingRow]. Its signal `apply` asks its owner to try what is typed, who then
 * calls lb_setting_entry_take() or lb_setting_entry_refuse(). What was refused stays to be mended.
 */
struct _LbSettingEntry
{
  GtkEntry parent_instance;

  char *value;      /* what holds */
  gboolean refused; /* whether what is typed has been refused */
};

enum
{
  APPLY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbSettingEntry, lb_setting_entry, GTK_TYPE_ENTRY)

static void
lb_setting_entry_update (LbSettingEntry *self)
{
  const gboolean pending = lb_setting_entry_get_pending (self);

  lb_field_set_refused (GTK_WIDGET (self), self->refused);
  gtk_entry_set_icon_from_icon_name (GTK_ENTRY (self), GTK_ENTRY_ICON_SECONDARY,
                                     pending ? "object-select-symbolic" : NULL);
  if (pending)
    gtk_entry_set_icon_tooltip_text (GTK_ENTRY (self), GTK_ENTRY_ICON_SECONDARY,
                                     _ ("Apply (Enter)"));
}

static void
lb_setting_entry_on_changed (LbSettingEntry *self)
{
  self->refused = FALSE;
  lb_setting_entry_update (self);
}

static void
lb_setting_entry_on_leave (LbSettingEntry *self)
{
  lb_setting_entry_apply (self);
}

static gboolean
lb_setting_entry_cancel (GtkWidget *widget,
                         GVariant *args G_GNUC_UNUSED,
                         gpointer user_data G_GNUC_UNUSED)
{
  LbSettingEntry *self = LB_SETTING_ENTRY (widget);

  if (!lb_setting_entry_get_pending (self))
    return GDK_EVENT_PROPAGATE;

  lb_setting_entry_take (self, self->value);

  return GDK_EVENT_STOP;
}

static void
lb_setting_entry_finalize (GObject *object)
{
  LbSettingEntry *self = LB_SETTING_ENTRY (object);

  g_clear_pointer (&self->value, g_free);

  G_OBJECT_CLASS (lb_setting_entry_parent_class)->finalize (object);
}

static void
lb_setting_entry_class_init (LbSettingEntryClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lb_setting_entry_finalize;

  signals[APPLY] = g_signal_new ("apply", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);

  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, lb_setting_entry_cancel, NULL);
}

static void
lb_setting_entry_init (LbSettingEntry *self)
{
  GtkEventController *focus = gtk_event_controller_focus_new ();

  self->value = g_strdup ("");
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (lb_setting_entry_on_leave), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);

  g_signal_connect (self, "changed", G_CALLBACK (lb_setting_entry_on_changed), NULL);
  g_signal_connect (self, "activate", G_CALLBACK (lb_setting_entry_apply), NULL);
  g_signal_connect (self, "icon-press", G_CALLBACK (lb_setting_entry_apply), NULL);
}

/**
 * lb_setting_entry_new:
 *
 * Returns: (transfer floating): an entry for a setting that is empty
 */
GtkWidget *
lb_setting_entry_new (void)
{
  return g_object_new (LB_TYPE_SETTING_ENTRY, NULL);
}

/**
 * lb_setting_entry_show:
 * @self: an entry
 * @value: what holds
 *
 * Shows it, unless the person is writing something else, which stays.
 */
void
lb_setting_entry_show (LbSettingEntry *self,
                       const char *value)
{
  const gboolean pending = lb_setting_entry_get_pending (self);

  g_return_if_fail (LB_IS_SETTING_ENTRY (self));
  g_return_if_fail (value != NULL);

  if (g_str_equal (self->value, value))
    return;

  if (!pending)
    {
      lb_setting_entry_take (self, value);
      return;
    }

  g_free (self->value);
  self->value = g_strdup (value);
  lb_setting_entry_update (self);
}

/**
 * lb_setting_entry_show_number:
 * @self: an entry
 * @number: what holds
 *
 * As lb_setting_entry_show().
 */
void
lb_setting_entry_show_number (LbSettingEntry *self,
                              guint number)
{
  g_autofree char *text = g_strdup_printf ("%u", number);

  lb_setting_entry_show (self, text);
}

/**
 * lb_setting_entry_read_number:
 * @self: an entry
 * @min: the least number
 * @max: the greatest
 * @number: (out): what is typed
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Returns: %TRUE if that is such a number
 */
gboolean
lb_setting_entry_read_number (LbSettingEntry *self,
                              guint min,
                              guint max,
                              guint *number,
                              GError **error)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self))));
  guint64 value;

  g_return_val_if_fail (LB_IS_SETTING_ENTRY (self), FALSE);

  if (g_ascii_string_to_unsigned (text, 10, min, max, &value, NULL))
    {
      *number = (guint) value;
      return TRUE;
    }

  g_set_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
               _ ("“%s” is not a whole number from %u to %u."), text, min, max);

  return FALSE;
}

/**
 * lb_setting_entry_take:
 * @self: an entry
 * @value: what holds
 *
 * Shows it instead of whatever is typed.
 */
void
lb_setting_entry_take (LbSettingEntry *self,
                       const char *value)
{
  g_autofree char *copy = g_strdup (value);

  g_return_if_fail (LB_IS_SETTING_ENTRY (self));
  g_return_if_fail (value != NULL);

  g_free (self->value);
  self->value = g_steal_pointer (&copy);
  self->refused = FALSE;

  /* Else the cursor would be at the start of what is being edited. */
  if (lb_setting_entry_get_pending (self))
    {
      gtk_editable_set_text (GTK_EDITABLE (self), self->value);
      gtk_editable_set_position (GTK_EDITABLE (self), -1);
    }
  lb_setting_entry_update (self);
}

/**
 * lb_setting_entry_refuse:
 * @self: an entry
 *
 * Marks what is typed as refused until it is changed. The sentence that says why is the caller's.
 */
void
lb_setting_entry_refuse (LbSettingEntry *self)
{
  g_return_if_fail (LB_IS_SETTING_ENTRY (self));

  self->refused = TRUE;
  lb_setting_entry_update (self);
}

/**
 * lb_setting_entry_get_pending:
 * @self: an entry
 *
 * Returns: whether something else is typed than what holds
 */
gboolean
lb_setting_entry_get_pending (LbSettingEntry *self)
{
  g_return_val_if_fail (LB_IS_SETTING_ENTRY (self), FALSE);

  return !g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self)), self->value);
}

/**
 * lb_setting_entry_apply:
 * @self: an entry
 *
 * Has what is typed tried, unless it holds or has been refused already.
 *
 * Returns: %FALSE if it was refused just now
 */
gboolean
lb_setting_entry_apply (LbSettingEntry *self)
{
  g_return_val_if_fail (LB_IS_SETTING_ENTRY (self), TRUE);

  if (self->refused || !lb_setting_entry_get_pending (self))
    return TRUE;

  g_signal_emit (self, signals[APPLY], 0);

  return !self->refused;
}
