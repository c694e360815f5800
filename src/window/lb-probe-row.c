/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-probe-row.h"

#include <glib/gi18n-lib.h>

#include "window/lb-check-button.h"
#include "window/lb-field.h"
#include "window/lb-large-text.h"
#include "window/lb-probe-control.h"
#include "window/lb-probe-words.h"

/**
 * LbProbeRow:
 *
 * One setting of the probes: its title, a widget to set it with, and a line of explanation.
 *
 * [class@ProbePage] makes one for each row of the table of settings. Where the setting is optional
 * the title is a check button: while it is not ticked the default is shown and cannot be changed. The
 * own value comes back when it is ticked again. Where it is not optional there is a button to go back to
 * the default, while something else is set.
 * What is typed is checked as it is typed; the reason why it is refused is shown under it.
 */
struct _LbProbeRow
{
  GtkWidget parent_instance;

  GtkBox *box;
  GtkBox *line; /* the head, and the end */
  GtkBox *head; /* the title, and the button to go back */
  GtkBox *end;  /* a control that is not wide, and its unit */
  GtkCheckButton *own;
  GtkLabel *own_title;
  GtkLabel *title;
  GtkWidget *reset;
  GtkLabel *refusal;
  GtkLabel *explanation;

  GtkWidget *control; /* a spin button, a switch, an entry or a text view, as the kind has it */
  const LbSetting *field;
  const LbProbeWords *words;
  LbProbeSettings defaults; /* of which the row looks at its own */
  LbProbeSettings kept;     /* the same for what was written before the row was unticked */
  gboolean has_kept;
  gboolean optional;
};

#define LARGE_TEXT 1.5

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbProbeRow, lb_probe_row, GTK_TYPE_WIDGET)

static gboolean
lb_probe_row_check (LbProbeRow *self,
                    GError **error)
{
  return !lb_probe_row_get_own (self) || lb_probe_control_check (self->control, self->field, error);
}

static void
lb_probe_row_update_reset (LbProbeRow *self,
                           gboolean valid)
{
  gtk_widget_set_visible (self->reset,
                          !self->optional &&
                            !(valid && lb_probe_control_shows (self->control, self->field,
                                                               &self->defaults)));
}

/* The button is about to go. */
static void
lb_probe_row_on_reset (LbProbeRow *self)
{
  gtk_widget_grab_focus (self->control);
  lb_probe_control_show (self->control, self->field, &self->defaults);
}

static void
lb_probe_row_on_changed (LbProbeRow *self)
{
  g_autoptr (GError) error = NULL;
  gboolean valid = lb_probe_row_check (self, &error);

  gtk_widget_set_visible (GTK_WIDGET (self->refusal), !valid);
  gtk_label_set_label (self->refusal, valid ? "" : error->message);
  lb_field_set_refused (self->control, !valid);
  lb_probe_row_update_reset (self, valid);

  g_signal_emit (self, signals[CHANGED], 0);
}

static void
lb_probe_row_on_own_toggled (LbProbeRow *self)
{
  gboolean own = lb_probe_row_get_own (self);

  if (self->control == NULL)
    return;

  gtk_widget_set_sensitive (self->control, own);
  if (!own)
    {
      lb_probe_control_store (self->control, self->field, &self->kept);
      self->has_kept = TRUE;
      lb_probe_control_show (self->control, self->field, &self->defaults);
    }
  else if (self->has_kept)
    {
      lb_probe_control_show (self->control, self->field, &self->kept);
    }
  lb_probe_row_on_changed (self);
}

/* With large text there is no room for a number beside its title in a narrow window. */
static void
lb_probe_row_update_line (LbProbeRow *self)
{
  const gboolean number =
    self->field->kind == LB_SETTING_NUMBER || self->field->kind == LB_SETTING_SHARE;
  const gboolean stacked = number && lb_large_text_get_scale (GTK_WIDGET (self)) >= LARGE_TEXT;

  gtk_orientable_set_orientation (GTK_ORIENTABLE (self->line),
                                  stacked ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_spacing (self->line, stacked ? 6 : 12);
}

/* Numbers and switches stand beside the title, text has a line of its own. */
static void
lb_probe_row_add_control (LbProbeRow *self)
{
  GtkWidget *frame;

  switch (self->field->kind)
    {
    case LB_SETTING_NUMBER:
    case LB_SETTING_SHARE:
      gtk_box_append (self->end, self->control);
      gtk_box_append (self->end, lb_probe_control_new_unit (self->field));
      break;

    case LB_SETTING_SWITCH:
      gtk_box_append (self->end, self->control);
      break;

    case LB_SETTING_TEXT:
      gtk_box_insert_child_after (self->box, self->control, GTK_WIDGET (self->line));
      break;

    case LB_SETTING_LINES:
      frame = gtk_frame_new (NULL);
      gtk_frame_set_child (GTK_FRAME (frame), self->control);
      gtk_box_insert_child_after (self->box, frame, GTK_WIDGET (self->line));
      break;

    default:
      g_assert_not_reached ();
    }
}

static void
lb_probe_row_dispose (GObject *object)
{
  LbProbeRow *self = LB_PROBE_ROW (object);

  if (self->box != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->box));
  self->box = NULL;

  G_OBJECT_CLASS (lb_probe_row_parent_class)->dispose (object);
}

static void
lb_probe_row_finalize (GObject *object)
{
  LbProbeRow *self = LB_PROBE_ROW (object);

  lb_probe_settings_clear (&self->defaults);
  lb_probe_settings_clear (&self->kept);

  G_OBJECT_CLASS (lb_probe_row_parent_class)->finalize (object);
}

static void
lb_probe_row_class_init (LbProbeRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_probe_row_dispose;
  object_class->finalize = lb_probe_row_finalize;

  /**
   * LbProbeRow::changed:
   * @self: the row
   *
   * Somebody has changed the setting; it may be one that is refused.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (LB_TYPE_CHECK_BUTTON);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/example/LoadBalancer/window/lb-probe-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LbProbeRow, box);
  gtk_widget_class_bind_template_child (widget_class, LbProbeRow, line);
  gtk_widget_class_bind_template_child (widget_class, LbProbeRow, head);
  gtk_widget_class_bind_template_child (widget_class, LbProbeRow, end);
  gtk_widget_class_bind_template_child (widget_class, LbProbeRow, own);
  gtk_widget_class_bind_template_child (widget_class, LbProbeRow, own_title);
  gtk_widget_class_bind_template_child (widget_class, LbProbeRow, title);
  gtk_widget_class_bind_template_child (widget_class, LbProbeRow, refusal);
  gtk_widget_class_bind_template_child (widget_class, LbProbeRow, explanation);
  gtk_widget_class_bind_template_callback (widget_class, lb_probe_row_on_own_toggled);
}

static void
lb_probe_row_init (LbProbeRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->reset = lb_field_new_reset ();
  g_signal_connect_swapped (self->reset, "clicked", G_CALLBACK (lb_probe_row_on_reset), self);
  gtk_box_append (self->head, self->reset);
}

/**
 * lb_probe_row_new:
 * @field: the setting
 * @optional: whether it may be left at a default
 *
 * Returns: (transfer floating): a row that shows nothing yet
 */
GtkWidget *
lb_probe_row_new (const LbSetting *field,
                  gboolean optional)
{
  LbProbeRow *self;

  g_return_val_if_fail (field != NULL, NULL);

  self = g_object_new (LB_TYPE_PROBE_ROW, NULL);
  self->field = field;
  self->words = lb_probe_words_find (field);
  self->optional = optional;

  lb_field_name_reset (self->reset, _ (self->words->title));
  gtk_label_set_label (self->own_title, _ (self->words->title));
  gtk_label_set_label (self->title, _ (self->words->title));
  gtk_label_set_label (self->explanation, _ (self->words->explanation));
  gtk_widget_set_visible (GTK_WIDGET (self->own), optional);
  gtk_widget_set_visible (GTK_WIDGET (self->title), !optional);
  gtk_check_button_set_active (self->own, !optional);

  self->control = lb_probe_control_new (field);
  lb_probe_control_connect (self->control, field, G_CALLBACK (lb_probe_row_on_changed), self);
  lb_probe_row_add_control (self);
  g_signal_connect_object (gtk_widget_get_settings (GTK_WIDGET (self)), "notify::gtk-xft-dpi",
                           G_CALLBACK (lb_probe_row_update_line), self, G_CONNECT_SWAPPED);
  lb_probe_row_update_line (self);
  gtk_widget_set_sensitive (self->control, !optional);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (self->words->title), -1);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self->control),
                                  GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, self->explanation, NULL,
                                  GTK_ACCESSIBLE_RELATION_ERROR_MESSAGE, self->refusal, -1);

  return GTK_WIDGET (self);
}

/**
 * lb_probe_row_get_field:
 * @self: a row
 *
 * Returns: (transfer none): the setting
 */
const LbSetting *
lb_probe_row_get_field (LbProbeRow *self)
{
  g_return_val_if_fail (LB_IS_PROBE_ROW (self), NULL);

  return self->field;
}

/**
 * lb_probe_row_set_default:
 * @self: a row
 * @defaults: what holds while an optional row is not ticked, and what another one can go back to; copied
 */
void
lb_probe_row_set_default (LbProbeRow *self,
                          const LbProbeSettings *defaults)
{
  g_return_if_fail (LB_IS_PROBE_ROW (self));
  g_return_if_fail (defaults != NULL);

  lb_probe_settings_copy (&self->defaults, defaults);
  if (!lb_probe_row_get_own (self))
    lb_probe_control_show (self->control, self->field, &self->defaults);
  lb_probe_row_update_reset (self, lb_probe_row_get_valid (self));
}

/**
 * lb_probe_row_set_own:
 * @self: a row
 * @settings: what the row is to show and let be changed; ticks it
 */
void
lb_probe_row_set_own (LbProbeRow *self,
                      const LbProbeSettings *settings)
{
  g_return_if_fail (LB_IS_PROBE_ROW (self));
  g_return_if_fail (settings != NULL);

  gtk_check_button_set_active (self->own, TRUE);
  lb_probe_control_show (self->control, self->field, settings);
}

/**
 * lb_probe_row_get_own:
 * @self: a row
 *
 * Returns: whether the setting is another than the default; always for one that is not optional
 */
gboolean
lb_probe_row_get_own (LbProbeRow *self)
{
  g_return_val_if_fail (LB_IS_PROBE_ROW (self), FALSE);

  return gtk_check_button_get_active (self->own);
}

/**
 * lb_probe_row_get_valid:
 * @self: a row
 *
 * Returns: whether what is set may be
 */
gboolean
lb_probe_row_get_valid (LbProbeRow *self)
{
  g_return_val_if_fail (LB_IS_PROBE_ROW (self), FALSE);

  return lb_probe_row_check (self, NULL);
}

/**
 * lb_probe_row_store:
 * @self: a row that is valid
 * @settings: where to put what it shows
 */
void
lb_probe_row_store (LbProbeRow *self,
                    LbProbeSettings *settings)
{
  g_return_if_fail (LB_IS_PROBE_ROW (self));
  g_return_if_fail (settings != NULL);

  lb_probe_control_store (self->control, self->field, settings);
}
