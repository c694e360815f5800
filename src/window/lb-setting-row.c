/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-setting-row.h"

#include "window/lb-field.h"
#include "window/lb-setting-entry.h"

/**
 * LbSettingRow:
 *
 * A setting: its name, the control, a hint, and a sentence on why what is wanted cannot be, or why it
 * cannot be changed at present.
 *
 * The template of a dialog has them, each with its control. A control that is wide, such as an entry for
 * a list, stands below the name, so that there is room for it in a narrow window. A row that knows its
 * default has a button to go back to it, while it shows anything else.
 */
struct _LbSettingRow
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkBox *line; /* the head, and the control */
  GtkBox *head; /* the title, and the button */
  GtkLabel *title;
  GtkWidget *reset;
  GtkLabel *hint;
  GtkLabel *reason;
  GtkLabel *refusal;
  GtkWidget *control;
  GVariant *value; /* the default, or NULL */
};

enum
{
  PROP_TITLE = 1,
  PROP_HINT,
  PROP_WIDE,
  PROP_CONTROL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbSettingRow, lb_setting_row, GTK_TYPE_WIDGET)

static GtkLabel *
lb_setting_row_add_text (LbSettingRow *self,
                         GtkAccessibleRole role,
                         const char *css_class)
{
  GtkWidget *label = g_object_new (GTK_TYPE_LABEL,
                                   "accessible-role", role,
                                   "visible", FALSE,
                                   "wrap", TRUE,
                                   "wrap-mode", PANGO_WRAP_WORD_CHAR,
                                   "xalign", 0.0f,
                                   NULL);

  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (self->box), label);

  return GTK_LABEL (label);
}

static void
lb_setting_row_set_text (GtkLabel *label,
                         const char *text)
{
  gtk_label_set_label (label, text != NULL ? text : "");
  gtk_widget_set_visible (GTK_WIDGET (label), text != NULL);
}

/* Returns: (transfer floating): what the control shows */
static GVariant *
lb_setting_row_get_shown (LbSettingRow *self)
{
  if (GTK_IS_EDITABLE (self->control))
    return g_variant_new_string (gtk_editable_get_text (GTK_EDITABLE (self->control)));
  if (GTK_IS_DROP_DOWN (self->control))
    return g_variant_new_uint32 (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->control)));

  return g_variant_new_boolean (gtk_switch_get_active (GTK_SWITCH (self->control)));
}

static void
lb_setting_row_update_reset (LbSettingRow *self)
{
  g_autoptr (GVariant) shown = NULL;

  if (self->value == NULL)
    return;

  shown = g_variant_ref_sink (lb_setting_row_get_shown (self));
  gtk_widget_set_visible (self->reset, gtk_widget_get_sensitive (self->control) &&
                                         !g_variant_equal (shown, self->value));
}

/* What was refused is being changed. */
static void
lb_setting_row_on_changed (LbSettingRow *self)
{
  lb_setting_row_set_text (self->refusal, NULL);
  lb_setting_row_update_reset (self);
}

/* The button is about to go. */
static void
lb_setting_row_on_reset (LbSettingRow *self)
{
  gtk_widget_grab_focus (self->control);
  lb_setting_row_reset (self);
}

static void
lb_setting_row_set_control (LbSettingRow *self,
                            GtkWidget *control)
{
  g_return_if_fail (self->control == NULL);

  self->control = control;
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_box_append (self->line, control);
  gtk_label_set_mnemonic_widget (self->title, control);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (control),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->title, NULL,
                                  GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, self->hint, self->reason,
                                  self->refusal, NULL, -1);

  if (GTK_IS_EDITABLE (control))
    g_signal_connect_object (control, "changed", G_CALLBACK (lb_setting_row_on_changed), self,
                             G_CONNECT_SWAPPED);
}

static void
lb_setting_row_set_property (GObject *object,
                             guint prop_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  LbSettingRow *self = LB_SETTING_ROW (object);

  switch (prop_id)
    {
    case PROP_TITLE:
      gtk_label_set_label (self->title, g_value_get_string (value));
      lb_field_name_reset (self->reset, gtk_label_get_text (self->title));
      break;

    case PROP_HINT:
      lb_setting_row_set_hint (self, g_value_get_string (value));
      break;

    case PROP_WIDE:
      gtk_orientable_set_orientation (GTK_ORIENTABLE (self->line),
                                      g_value_get_boolean (value) ? GTK_ORIENTATION_VERTICAL
                                                                  : GTK_ORIENTATION_HORIZONTAL);
      gtk_box_set_spacing (self->line, g_value_get_boolean (value) ? 6 : 12);
      break;

    case PROP_CONTROL:
      lb_setting_row_set_control (self, g_value_get_object (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_setting_row_dispose (GObject *object)
{
  LbSettingRow *self = LB_SETTING_ROW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->value, g_variant_unref);

  G_OBJECT_CLASS (lb_setting_row_parent_class)->dispose (object);
}

static void
lb_setting_row_class_init (LbSettingRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;

  object_class->set_property = lb_setting_row_set_property;
  object_class->dispose = lb_setting_row_dispose;

  /**
   * LbSettingRow:title:
   *
   * What the setting is called, with a mnemonic.
   */
  properties[PROP_TITLE] = g_param_spec_string ("title", NULL, NULL, NULL, flags);

  /**
   * LbSettingRow:hint:
   *
   * What it means.
   */
  properties[PROP_HINT] = g_param_spec_string ("hint", NULL, NULL, NULL, flags);

  /**
   * LbSettingRow:wide:
   *
   * Whether the control stands below the title instead of beside it.
   */
  properties[PROP_WIDE] = g_param_spec_boolean ("wide", NULL, NULL, FALSE, flags);

  /**
   * LbSettingRow:control:
   *
   * What the person changes. It is set once.
   */
  properties[PROP_CONTROL] = g_param_spec_object ("control", NULL, NULL, GTK_TYPE_WIDGET, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
lb_setting_row_init (LbSettingRow *self)
{
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));

  self->line = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->line));

  self->head = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6));
  gtk_widget_add_css_class (GTK_WIDGET (self->head), "lb-field-head");
  gtk_box_append (self->line, GTK_WIDGET (self->head));

  self->title = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_use_underline (self->title, TRUE);
  gtk_label_set_xalign (self->title, 0.0f);
  gtk_label_set_wrap (self->title, TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self->title), TRUE);
  gtk_box_append (self->head, GTK_WIDGET (self->title));

  self->reset = lb_field_new_reset ();
  g_signal_connect_swapped (self->reset, "clicked", G_CALLBACK (lb_setting_row_on_reset), self);
  gtk_box_append (self->head, self->reset);

  self->hint = lb_setting_row_add_text (self, GTK_ACCESSIBLE_ROLE_LABEL, "dim-label");
  gtk_widget_add_css_class (GTK_WIDGET (self->hint), "caption");
  self->reason = lb_setting_row_add_text (self, GTK_ACCESSIBLE_ROLE_LABEL, "caption");
  self->refusal = lb_setting_row_add_text (self, GTK_ACCESSIBLE_ROLE_ALERT, "lb-refusal");
}

/**
 * lb_setting_row_new:
 *
 * Returns: (transfer floating): a row without a control
 */
GtkWidget *
lb_setting_row_new (void)
{
  return g_object_new (LB_TYPE_SETTING_ROW, NULL);
}

/**
 * lb_setting_row_set_hint:
 * @self: a row
 * @hint: (nullable): what the setting means
 */
void
lb_setting_row_set_hint (LbSettingRow *self,
                         const char *hint)
{
  g_return_if_fail (LB_IS_SETTING_ROW (self));

  lb_setting_row_set_text (self->hint, hint);
}

/**
 * lb_setting_row_refuse:
 * @self: a row
 * @message: (nullable): why what is wanted cannot be, or %NULL if it can
 */
void
lb_setting_row_refuse (LbSettingRow *self,
                       const char *message)
{
  g_return_if_fail (LB_IS_SETTING_ROW (self));

  lb_setting_row_set_text (self->refusal, message);
  if (message != NULL && LB_IS_SETTING_ENTRY (self->control))
    lb_setting_entry_refuse (LB_SETTING_ENTRY (self->control));
}

/**
 * lb_setting_row_fix:
 * @self: a row
 * @reason: (nullable): why it cannot be changed at present, or %NULL if it can
 */
void
lb_setting_row_fix (LbSettingRow *self,
                    const char *reason)
{
  g_return_if_fail (LB_IS_SETTING_ROW (self));

  lb_setting_row_set_text (self->reason, reason);
  gtk_widget_set_sensitive (self->control, reason == NULL);
  lb_setting_row_update_reset (self);
}

/**
 * lb_setting_row_set_default:
 * @self: a row
 * @value: (transfer full): what the setting is at first: the text of an entry, the position in a
 *   drop-down, or whether a switch is on
 */
void
lb_setting_row_set_default (LbSettingRow *self,
                            GVariant *value)
{
  g_return_if_fail (LB_IS_SETTING_ROW (self));
  g_return_if_fail (value != NULL);
  g_return_if_fail (self->value == NULL);

  self->value = g_variant_take_ref (value);
  if (GTK_IS_DROP_DOWN (self->control))
    g_signal_connect_object (self->control, "notify::selected",
                             G_CALLBACK (lb_setting_row_update_reset), self, G_CONNECT_SWAPPED);
  else if (GTK_IS_SWITCH (self->control))
    g_signal_connect_object (self->control, "notify::active",
                             G_CALLBACK (lb_setting_row_update_reset), self, G_CONNECT_SWAPPED);
  lb_setting_row_update_reset (self);
}

/**
 * lb_setting_row_reset:
 * @self: a row
 *
 * Goes back to the default, if there is one and the setting can be changed at present.
 */
void
lb_setting_row_reset (LbSettingRow *self)
{
  g_return_if_fail (LB_IS_SETTING_ROW (self));

  if (self->value == NULL || !gtk_widget_get_sensitive (self->control))
    return;

  if (GTK_IS_EDITABLE (self->control))
    gtk_editable_set_text (GTK_EDITABLE (self->control), g_variant_get_string (self->value, NULL));
  else if (GTK_IS_DROP_DOWN (self->control))
    gtk_drop_down_set_selected (GTK_DROP_DOWN (self->control), g_variant_get_uint32 (self->value));
  else
    gtk_switch_set_active (GTK_SWITCH (self->control), g_variant_get_boolean (self->value));

  if (LB_IS_SETTING_ENTRY (self->control))
    lb_setting_entry_apply (LB_SETTING_ENTRY (self->control));
}
