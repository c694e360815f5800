/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-proxy-dialog.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "engine/lb-engine.h"
#include "window/lb-field.h"
#include "window/lb-proxy-words.h"
#include "window/lb-setting-entry.h"
#include "window/lb-setting-row.h"

/**
 * LbProxyDialog:
 *
 * The dialog for how traffic is proxied: a row for each setting that lb_proxy_words_list() has.
 *
 * The preferences open one, or the window's action `win.proxying`. As there, nothing is to be saved: each setting
 * takes effect at once, and one that cannot be is refused where it is typed. While the engine is one that does not
 * proxy, or what it takes is not installed, it says so and nothing can be changed.
 */
struct _LbProxyDialog
{
  GtkWindow parent_instance;

  GtkLabel *reason;
  GtkBox *page;
  GPtrArray *items; /* of Item */

  LbBalancer *balancer;
  GtkFileChooserNative *chooser; /* the one that is open, or NULL */
};

G_DEFINE_FINAL_TYPE (LbProxyDialog, lb_proxy_dialog, GTK_TYPE_WINDOW)

/* A setting, and what it is set with. */
typedef struct
{
  LbProxyDialog *dialog;
  const LbProxyWords *words;
  const LbSetting *setting;
  LbSettingRow *row;
  GtkWidget *control; /* an entry or a switch */
} Item;

/* Between a setting and its control */

static gpointer
lb_proxy_item_get_place (const Item *self,
                         const LbProxySettings *settings)
{
  return G_STRUCT_MEMBER_P ((gpointer) settings, self->setting->offset);
}

static double
lb_proxy_item_get_scale (const Item *self)
{
  return self->words->is_time ? 1000.0 : 1.0;
}

/* Returns: (transfer full): what its entry is to say */
static char *
lb_proxy_item_print (const Item *self,
                     const LbProxySettings *settings)
{
  const gpointer place = lb_proxy_item_get_place (self, settings);

  if (self->setting->kind == LB_SETTING_NUMBER)
    return g_strdup_printf ("%.10g", *(guint *) place / lb_proxy_item_get_scale (self));

  return g_strdup (*(char **) place != NULL ? *(char **) place : "");
}

static gboolean
lb_proxy_item_read_number (const Item *self,
                           const char *text,
                           guint *number,
                           GError **error)
{
  const double scale = lb_proxy_item_get_scale (self);
  const double min = self->setting->min / scale;
  const double max = self->setting->max / scale;
  char *end;
  const double value = g_strtod (text, &end);
  const double scaled = value * scale;

  /* Half a request is none. */
  if (end != text && *end == '\0' && value >= min && value <= max && fabs (scaled - round (scaled)) < 0.001)
    {
      *number = (guint) round (scaled);
      return TRUE;
    }

  g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING,
               self->words->is_time ? _ ("Write a number from %g to %g.")
                                    : _ ("Write a whole number from %g to %g."),
               min, max);

  return FALSE;
}

/* Puts what its control says into @settings. */
static gboolean
lb_proxy_item_store (const Item *self,
                     LbProxySettings *settings,
                     GError **error)
{
  const gpointer place = lb_proxy_item_get_place (self, settings);
  g_autofree char *text = NULL;

  if (self->setting->kind == LB_SETTING_SWITCH)
    {
      *(gboolean *) place = gtk_switch_get_active (GTK_SWITCH (self->control));
      return TRUE;
    }

  text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->control))));
  if (self->setting->kind == LB_SETTING_NUMBER)
    return lb_proxy_item_read_number (self, text, place, error);

  lb_setting_clear (self->setting, settings);
  if (*text != '\0')
    *(char **) place = g_steal_pointer (&text);

  return TRUE;
}

static void
lb_proxy_item_show (const Item *self,
                    const LbProxySettings *settings)
{
  g_autofree char *text = NULL;

  if (self->setting->kind == LB_SETTING_SWITCH)
    {
      gtk_switch_set_active (GTK_SWITCH (self->control), *(gboolean *) lb_proxy_item_get_place (self, settings));
      return;
    }

  text = lb_proxy_item_print (self, settings);
  lb_setting_entry_show (LB_SETTING_ENTRY (self->control), text);
}

/* What holds */

static const LbEngineInfo *
lb_proxy_dialog_get_engine (LbProxyDialog *self)
{
  const char *name = lb_balancer_get_engine (self->balancer);
  const LbEngineInfo *info;

  for (guint i = 0; (info = lb_engine_list (i)) != NULL; i++)
    if (g_str_equal (info->name, name))
      return info;

  g_assert_not_reached ();
}

static void
lb_proxy_dialog_show_reason (LbProxyDialog *self)
{
  const LbEngineInfo *engine = lb_proxy_dialog_get_engine (self);
  const char *reason = NULL;
  g_autoptr (GError) error = NULL;

  if (engine->check_proxy == NULL)
    reason = _ ("Clients are redirected, so none of this holds. It does when HAProxy carries the traffic, which "
                "you can choose in the preferences.");
  else if (engine->can_start != NULL && !engine->can_start (&error))
    reason = error->message;

  gtk_label_set_label (self->reason, reason != NULL ? reason : "");
  gtk_widget_set_visible (GTK_WIDGET (self->reason), reason != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (self->page), reason == NULL);
}

static void
lb_proxy_dialog_show_all (LbProxyDialog *self)
{
  lb_proxy_dialog_show_reason (self);
  for (guint i = 0; i < self->items->len; i++)
    lb_proxy_item_show (g_ptr_array_index (self->items, i), lb_balancer_get_proxy_settings (self->balancer));
}

/* What is wanted */

static void
lb_proxy_dialog_try (Item *item)
{
  LbProxyDialog *self = item->dialog;
  const LbEngineInfo *engine = lb_proxy_dialog_get_engine (self);
  g_auto (LbProxySettings) settings = { 0 };
  g_autoptr (GError) error = NULL;
  gboolean good;

  lb_proxy_settings_copy (&settings, lb_balancer_get_proxy_settings (self->balancer));
  good = lb_proxy_item_store (item, &settings, &error) &&
         lb_setting_check (item->setting, &settings, &error);

  /* Only what is asked for can be refused here: another one may have gone bad since. */
  if (good && g_str_equal (item->setting->name, "certificate") && engine->check_proxy != NULL)
    good = engine->check_proxy (&settings, &error);

  if (good)
    good = lb_balancer_set_proxy_settings (self->balancer, &settings, &error);

  lb_setting_row_refuse (item->row, good ? NULL : error->message);
  if (good && LB_IS_SETTING_ENTRY (item->control))
    {
      g_autofree char *text = lb_proxy_item_print (item, &settings);

      lb_setting_entry_take (LB_SETTING_ENTRY (item->control), text);
    }
}

static void
lb_proxy_dialog_reset (GtkWidget *widget,
                       const char *action_name G_GNUC_UNUSED,
                       GVariant *parameter G_GNUC_UNUSED)
{
  LbProxyDialog *self = LB_PROXY_DIALOG (widget);

  for (guint i = 0; i < self->items->len; i++)
    lb_setting_row_reset (((Item *) g_ptr_array_index (self->items, i))->row);
}

/* What is typed is tried before it goes. If it is refused the person sees why; closing once more drops it. */
static gboolean
lb_proxy_dialog_close_request (GtkWindow *window)
{
  LbProxyDialog *self = LB_PROXY_DIALOG (window);

  for (guint i = 0; i < self->items->len; i++)
    {
      Item *item = g_ptr_array_index (self->items, i);

      if (LB_IS_SETTING_ENTRY (item->control) && !lb_setting_entry_apply (LB_SETTING_ENTRY (item->control)))
        {
          gtk_widget_grab_focus (item->control);
          return GDK_EVENT_STOP;
        }
    }

  return GTK_WINDOW_CLASS (lb_proxy_dialog_parent_class)->close_request (window);
}

/* The file with the certificate */

static void
lb_proxy_dialog_on_chosen (LbProxyDialog *self,
                           int response)
{
  LbSettingEntry *entry = LB_SETTING_ENTRY (lb_proxy_dialog_find (self, "certificate"));
  g_autoptr (GFile) file = NULL;
  g_autofree char *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  g_clear_object (&self->chooser);
  if (file != NULL)
    path = g_file_get_path (file);
  if (path == NULL)
    return;

  gtk_editable_set_text (GTK_EDITABLE (entry), path);
  lb_setting_entry_apply (entry);
}

static void
lb_proxy_dialog_choose (GtkWidget *widget,
                        const char *action_name G_GNUC_UNUSED,
                        GVariant *parameter G_GNUC_UNUSED)
{
  LbProxyDialog *self = LB_PROXY_DIALOG (widget);

  if (self->chooser != NULL)
    return;

  self->chooser = gtk_file_chooser_native_new (_ ("Choose a Certificate"), GTK_WINDOW (self),
                                               GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_swapped (self->chooser, "response", G_CALLBACK (lb_proxy_dialog_on_chosen), self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* Its rows */

static GtkWidget *
lb_proxy_dialog_make_control (Item *item)
{
  GtkWidget *control;

  if (item->setting->kind == LB_SETTING_SWITCH)
    {
      control = gtk_switch_new ();
      g_signal_connect_swapped (control, "notify::active", G_CALLBACK (lb_proxy_dialog_try), item);
      return control;
    }

  control = lb_setting_entry_new ();
  g_signal_connect_swapped (control, "apply", G_CALLBACK (lb_proxy_dialog_try), item);
  if (item->setting->kind == LB_SETTING_NUMBER)
    {
      gtk_editable_set_width_chars (GTK_EDITABLE (control), 6);
      gtk_editable_set_max_width_chars (GTK_EDITABLE (control), 8);
    }
  else
    {
      gtk_editable_set_width_chars (GTK_EDITABLE (control), 12);
      gtk_entry_set_placeholder_text (GTK_ENTRY (control), _ (item->words->placeholder));
      lb_field_set_ltr (GTK_EDITABLE (control));
    }

  return control;
}

static void
lb_proxy_dialog_add_heading (LbProxyDialog *self,
                             const char *text)
{
  GtkWidget *heading = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (heading), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (heading), TRUE);
  gtk_widget_add_css_class (heading, "heading");
  if (self->items->len > 0)
    gtk_widget_add_css_class (heading, "lb-group");
  gtk_box_append (self->page, heading);
}

static void
lb_proxy_dialog_add_button (LbProxyDialog *self,
                            const char *label,
                            const char *tooltip,
                            const char *action)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_widget_set_halign (button, GTK_ALIGN_START);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_box_append (self->page, button);
}

static void
lb_proxy_dialog_add_item (LbProxyDialog *self,
                          const LbProxyWords *words,
                          const LbProxySettings *factory)
{
  Item *item = g_new0 (Item, 1);

  item->dialog = self;
  item->words = words;
  item->setting = lb_proxy_settings_find (words->name);
  item->control = lb_proxy_dialog_make_control (item);
  item->row = g_object_new (LB_TYPE_SETTING_ROW,
                            "title", _ (words->title),
                            "hint", _ (words->hint),
                            "wide", item->setting->kind == LB_SETTING_TEXT,
                            "control", item->control,
                            NULL);

  if (item->setting->kind == LB_SETTING_SWITCH)
    lb_setting_row_set_default (item->row,
                                g_variant_new_boolean (*(gboolean *) lb_proxy_item_get_place (item, factory)));
  else
    lb_setting_row_set_default (item->row, g_variant_new_take_string (lb_proxy_item_print (item, factory)));

  gtk_box_append (self->page, GTK_WIDGET (item->row));
  g_ptr_array_add (self->items, item);
}

static void
lb_proxy_dialog_add_items (LbProxyDialog *self)
{
  g_auto (LbProxySettings) factory = { 0 };
  guint n_words;
  const LbProxyWords *words = lb_proxy_words_list (&n_words);

  lb_proxy_settings_init (&factory);
  for (guint i = 0; i < n_words; i++)
    {
      if (words[i].group != NULL)
        lb_proxy_dialog_add_heading (self, _ (words[i].group));
      lb_proxy_dialog_add_item (self, &words[i], &factory);
      if (g_str_equal (words[i].name, "certificate"))
        lb_proxy_dialog_add_button (self, _ ("_Choose File…"), NULL, "proxy.choose-certificate");
    }
  lb_proxy_dialog_add_button (self, _ ("_Reset This Page"),
                              _ ("Set everything on this page to what it is at first"), "proxy.reset");
}

static void
lb_proxy_dialog_dispose (GObject *object)
{
  LbProxyDialog *self = LB_PROXY_DIALOG (object);

  if (self->balancer != NULL)
    g_signal_handlers_disconnect_by_data (self->balancer, self);
  if (self->chooser != NULL)
    gtk_native_dialog_destroy (GTK_NATIVE_DIALOG (self->chooser));
  g_clear_object (&self->chooser);

  G_OBJECT_CLASS (lb_proxy_dialog_parent_class)->dispose (object);
}

/* Its parts may have something to say until they are gone. */
static void
lb_proxy_dialog_finalize (GObject *object)
{
  LbProxyDialog *self = LB_PROXY_DIALOG (object);

  g_ptr_array_unref (self->items);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_proxy_dialog_parent_class)->finalize (object);
}

static void
lb_proxy_dialog_class_init (LbProxyDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_proxy_dialog_dispose;
  object_class->finalize = lb_proxy_dialog_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = lb_proxy_dialog_close_request;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/example/LoadBalancer/window/lb-proxy-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, LbProxyDialog, reason);
  gtk_widget_class_bind_template_child (widget_class, LbProxyDialog, page);
  gtk_widget_class_install_action (widget_class, "proxy.choose-certificate", NULL, lb_proxy_dialog_choose);
  gtk_widget_class_install_action (widget_class, "proxy.reset", NULL, lb_proxy_dialog_reset);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
lb_proxy_dialog_init (LbProxyDialog *self)
{
  self->items = g_ptr_array_new_with_free_func (g_free);
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lb_proxy_dialog_new:
 * @parent: the window it belongs to
 * @balancer: a balancer that has loaded
 *
 * Returns: (transfer none): a dialog that is not shown yet; GTK owns it
 */
LbProxyDialog *
lb_proxy_dialog_new (GtkWindow *parent,
                     LbBalancer *balancer)
{
  static const char *const changes[] = { "notify::engine", "proxying-changed", "config-changed" };
  LbProxyDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);

  self = g_object_new (LB_TYPE_PROXY_DIALOG, "transient-for", parent, NULL);
  self->balancer = g_object_ref (balancer);
  lb_proxy_dialog_add_items (self);
  lb_proxy_dialog_show_all (self);
  for (guint i = 0; i < G_N_ELEMENTS (changes); i++)
    g_signal_connect_swapped (balancer, changes[i], G_CALLBACK (lb_proxy_dialog_show_all), self);

  return self;
}

/**
 * lb_proxy_dialog_find:
 * @self: a dialog
 * @name: a setting's name
 *
 * Returns: (transfer none) (nullable): what it is set with
 */
GtkWidget *
lb_proxy_dialog_find (LbProxyDialog *self,
                      const char *name)
{
  g_return_val_if_fail (LB_IS_PROXY_DIALOG (self), NULL);

  for (guint i = 0; i < self->items->len; i++)
    {
      const Item *item = g_ptr_array_index (self->items, i);

      if (g_str_equal (item->words->name, name))
        return item->control;
    }

  return NULL;
}
