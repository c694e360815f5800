/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-probe-row.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "window/lb-probe-words.h"

/**
 * LbProbeRow:
 *
 * One setting of the probes: its title, a widget to set it with, and a line of explanation.
 *
 * [class@ProbePage] makes one for each row of the table of settings. Where the setting is optional
 * the title is a check button: while it is not ticked the default is shown and cannot be changed.
 * What is typed is checked as it is typed; the reason why it is refused is shown under it.
 */
struct _LbProbeRow
{
  GtkWidget parent_instance;

  GtkBox *box;
  GtkBox *line;
  GtkCheckButton *own;
  GtkLabel *own_title;
  GtkLabel *title;
  GtkLabel *refusal;
  GtkLabel *explanation;

  GtkWidget *control; /* a spin button, a switch, an entry or a text view, as the kind has it */
  const LbProbeField *field;
  const LbProbeWords *words;
  LbProbeSettings defaults; /* of which the row looks at its own */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbProbeRow, lb_probe_row, GTK_TYPE_WIDGET)

/* How many of the setting's own units one that is shown has. */
static double
lb_probe_row_get_scale (LbProbeRow *self)
{
  switch (self->words->unit)
    {
    case LB_PROBE_UNIT_TIME:
      return 1000.0;

    case LB_PROBE_UNIT_SHARE:
      return 0.01;

    case LB_PROBE_UNIT_COUNT:
    default:
      return 1.0;
    }
}

static char *
lb_probe_row_get_text (LbProbeRow *self)
{
  if (self->field->kind == LB_PROBE_FIELD_LINES)
    {
      GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->control));
      GtkTextIter start;
      GtkTextIter end;

      gtk_text_buffer_get_bounds (buffer, &start, &end);
      return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
    }

  return g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->control)));
}

/* Returns: (transfer full): the lines that are not empty, without blanks around them */
static char **
split_lines (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new_with_free_func (g_free);
  guint i;

  for (i = 0; lines[i] != NULL; i++)
    if (*g_strstrip (lines[i]) != '\0')
      g_ptr_array_add (kept, g_strdup (lines[i]));

  if (kept->len == 0)
    return NULL;

  g_ptr_array_add (kept, NULL);
  return (char **) g_ptr_array_free (g_steal_pointer (&kept), FALSE);
}

static gboolean
lb_probe_row_check_lines (LbProbeRow *self,
                          const char *text,
                          GError **error)
{
  g_auto (GStrv) lines = split_lines (text);
  guint i;

  for (i = 0; lines != NULL && lines[i] != NULL; i++)
    if (!self->field->check (lines[i], error))
      return FALSE;

  return TRUE;
}

static gboolean
lb_probe_row_check (LbProbeRow *self,
                    GError **error)
{
  g_autofree char *text = NULL;

  if (self->field->check == NULL || !lb_probe_row_get_own (self))
    return TRUE;

  text = lb_probe_row_get_text (self);
  if (self->field->kind == LB_PROBE_FIELD_LINES)
    return lb_probe_row_check_lines (self, text, error);
  if (*g_strstrip (text) == '\0' && self->field->nullable)
    return TRUE;

  return self->field->check (text, error);
}

static void
lb_probe_row_on_changed (LbProbeRow *self)
{
  g_autoptr (GError) error = NULL;
  gboolean valid = lb_probe_row_check (self, &error);

  gtk_widget_set_visible (GTK_WIDGET (self->refusal), !valid);
  gtk_label_set_label (self->refusal, valid ? "" : error->message);

  if (valid)
    {
      gtk_widget_remove_css_class (self->control, "error");
      gtk_accessible_reset_state (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_STATE_INVALID);
    }
  else
    {
      gtk_widget_add_css_class (self->control, "error");
      gtk_accessible_update_state (GTK_ACCESSIBLE (self->control), GTK_ACCESSIBLE_STATE_INVALID,
                                   GTK_ACCESSIBLE_INVALID_TRUE, -1);
    }

  g_signal_emit (self, signals[CHANGED], 0);
}

static void
lb_probe_row_show (LbProbeRow *self,
                   const LbProbeSettings *settings)
{
  gconstpointer value = G_STRUCT_MEMBER_P (settings, self->field->offset);
  double scale = lb_probe_row_get_scale (self);

  switch (self->field->kind)
    {
    case LB_PROBE_FIELD_NUMBER:
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->control), *(const guint *) value / scale);
      break;

    case LB_PROBE_FIELD_SHARE:
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (self->control), *(const double *) value / scale);
      break;

    case LB_PROBE_FIELD_SWITCH:
      gtk_switch_set_active (GTK_SWITCH (self->control), *(const gboolean *) value);
      break;

    case LB_PROBE_FIELD_TEXT:
      {
        const char *text = *(char *const *) value;

        gtk_editable_set_text (GTK_EDITABLE (self->control), text != NULL ? text : "");
        break;
      }

    case LB_PROBE_FIELD_LINES:
      {
        char **lines = *(char **const *) value;
        g_autofree char *text = lines != NULL ? g_strjoinv ("\n", lines) : g_strdup ("");

        gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (self->control)), text,
                                  -1);
        break;
      }

    default:
      g_assert_not_reached ();
    }
}

static void
lb_probe_row_on_own_toggled (LbProbeRow *self)
{
  gboolean own = lb_probe_row_get_own (self);

  if (self->control == NULL)
    return;

  gtk_widget_set_sensitive (self->control, own);
  if (!own)
    lb_probe_row_show (self, &self->defaults);
  lb_probe_row_on_changed (self);
}

/* A number without the decimals that say nothing. */
static gboolean
lb_probe_row_on_output (GtkSpinButton *spin)
{
  g_autofree char *text = g_strdup_printf ("%.3f", gtk_spin_button_get_value (spin));
  gsize length = strlen (text);

  while (length > 1 && text[length - 1] == '0')
    text[--length] = '\0';
  while (length > 1 && !g_ascii_isdigit (text[length - 1]))
    text[--length] = '\0';

  if (strcmp (text, gtk_editable_get_text (GTK_EDITABLE (spin))) != 0)
    gtk_editable_set_text (GTK_EDITABLE (spin), text);

  return TRUE;
}

/* A count has none, but the same room for it, so that all numbers stand in line. */
static GtkWidget *
lb_probe_row_make_unit (LbProbeUnit unit)
{
  GtkWidget *label = gtk_label_new (NULL);

  if (unit == LB_PROBE_UNIT_TIME)
    /* Translators: the symbol for seconds, behind a number */
    gtk_label_set_label (GTK_LABEL (label), _ ("s"));
  else if (unit == LB_PROBE_UNIT_SHARE)
    gtk_label_set_label (GTK_LABEL (label), "%");

  gtk_widget_add_css_class (label, "dim-label");
  gtk_label_set_width_chars (GTK_LABEL (label), 2);
  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);

  return label;
}

static GtkWidget *
lb_probe_row_make_number (LbProbeRow *self)
{
  double scale = lb_probe_row_get_scale (self);
  double step = self->words->unit == LB_PROBE_UNIT_TIME ? 0.25 : 1.0;
  GtkWidget *spin = gtk_spin_button_new_with_range (self->field->min / scale,
                                                    self->field->max / scale, step);

  if (self->words->unit == LB_PROBE_UNIT_TIME)
    {
      gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), 3);
      g_signal_connect (spin, "output", G_CALLBACK (lb_probe_row_on_output), NULL);
    }
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 6);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (spin, "value-changed", G_CALLBACK (lb_probe_row_on_changed), self);
  gtk_box_append (self->line, spin);

  gtk_box_append (self->line, lb_probe_row_make_unit (self->words->unit));

  return spin;
}

static GtkWidget *
lb_probe_row_make_switch (LbProbeRow *self)
{
  GtkWidget *widget = gtk_switch_new ();

  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (widget, "notify::active", G_CALLBACK (lb_probe_row_on_changed), self);
  gtk_box_append (self->line, widget);

  return widget;
}

static GtkWidget *
lb_probe_row_make_text (LbProbeRow *self)
{
  GtkWidget *entry = gtk_entry_new ();

  if (self->words->placeholder != NULL)
    gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ (self->words->placeholder));
  g_signal_connect_swapped (entry, "changed", G_CALLBACK (lb_probe_row_on_changed), self);
  gtk_box_insert_child_after (self->box, entry, GTK_WIDGET (self->line));

  return entry;
}

/* Tab goes on to the next setting, as it does from an entry. */
static GtkWidget *
lb_probe_row_make_lines (LbProbeRow *self)
{
  GtkWidget *view = gtk_text_view_new ();
  GtkWidget *frame = gtk_frame_new (NULL);

  gtk_text_view_set_accepts_tab (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (view), TRUE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 6);
  gtk_text_view_set_right_margin (GTK_TEXT_VIEW (view), 6);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 6);
  gtk_text_view_set_bottom_margin (GTK_TEXT_VIEW (view), 6);
  gtk_widget_set_size_request (view, -1, 56);
  gtk_frame_set_child (GTK_FRAME (frame), view);
  g_signal_connect_swapped (gtk_text_view_get_buffer (GTK_TEXT_VIEW (view)), "changed",
                            G_CALLBACK (lb_probe_row_on_changed), self);
  gtk_box_insert_child_after (self->box, frame, GTK_WIDGET (self->line));

  return view;
}

static GtkWidget *
lb_probe_row_make_control (LbProbeRow *self)
{
  switch (self->field->kind)
    {
    case LB_PROBE_FIELD_NUMBER:
    case LB_PROBE_FIELD_SHARE:
      return lb_probe_row_make_number (self);

    case LB_PROBE_FIELD_SWITCH:
      return lb_probe_row_make_switch (self);

    case LB_PROBE_FIELD_TEXT:
      return lb_probe_row_make_text (self);

    case LB_PROBE_FIELD_LINES:
      return lb_probe_row_make_lines (self);

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

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/example/LoadBalancer/window/lb-probe-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LbProbeRow, box);
  gtk_widget_class_bind_template_child (widget_class, LbProbeRow, line);
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
}

/**
 * lb_probe_row_new:
 * @field: the setting
 * @optional: whether it may be left at a default
 *
 * Returns: (transfer floating): a row that shows nothing yet
 */
GtkWidget *
lb_probe_row_new (const LbProbeField *field,
                  gboolean optional)
{
  LbProbeRow *self;

  g_return_val_if_fail (field != NULL, NULL);

  self = g_object_new (LB_TYPE_PROBE_ROW, NULL);
  self->field = field;
  self->words = lb_probe_words_find (field);

  gtk_label_set_label (self->own_title, _ (self->words->title));
  gtk_label_set_label (self->title, _ (self->words->title));
  gtk_label_set_label (self->explanation, _ (self->words->explanation));
  gtk_widget_set_visible (GTK_WIDGET (self->own), optional);
  gtk_widget_set_visible (GTK_WIDGET (self->title), !optional);
  gtk_check_button_set_active (self->own, !optional);

  self->control = lb_probe_row_make_control (self);
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
const LbProbeField *
lb_probe_row_get_field (LbProbeRow *self)
{
  g_return_val_if_fail (LB_IS_PROBE_ROW (self), NULL);

  return self->field;
}

/**
 * lb_probe_row_set_default:
 * @self: an optional row
 * @defaults: what holds while the row is not ticked; copied
 */
void
lb_probe_row_set_default (LbProbeRow *self,
                          const LbProbeSettings *defaults)
{
  g_return_if_fail (LB_IS_PROBE_ROW (self));
  g_return_if_fail (defaults != NULL);

  lb_probe_settings_copy (&self->defaults, defaults);
  if (!lb_probe_row_get_own (self))
    lb_probe_row_show (self, &self->defaults);
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
  lb_probe_row_show (self, settings);
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
  gpointer value;
  double scale;

  g_return_if_fail (LB_IS_PROBE_ROW (self));
  g_return_if_fail (settings != NULL);

  value = G_STRUCT_MEMBER_P (settings, self->field->offset);
  scale = lb_probe_row_get_scale (self);

  switch (self->field->kind)
    {
    case LB_PROBE_FIELD_NUMBER:
      gtk_spin_button_update (GTK_SPIN_BUTTON (self->control));
      *(guint *) value =
        (guint) round (gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->control)) * scale);
      break;

    case LB_PROBE_FIELD_SHARE:
      gtk_spin_button_update (GTK_SPIN_BUTTON (self->control));
      *(double *) value = gtk_spin_button_get_value (GTK_SPIN_BUTTON (self->control)) * scale;
      break;

    case LB_PROBE_FIELD_SWITCH:
      *(gboolean *) value = gtk_switch_get_active (GTK_SWITCH (self->control));
      break;

    case LB_PROBE_FIELD_TEXT:
      {
        g_autofree char *text = g_strstrip (lb_probe_row_get_text (self));

        g_free (*(char **) value);
        *(char **) value = *text == '\0' && self->field->nullable ? NULL : g_steal_pointer (&text);
        break;
      }

    case LB_PROBE_FIELD_LINES:
      {
        g_autofree char *text = lb_probe_row_get_text (self);

        g_strfreev (*(char ***) value);
        *(char ***) value = split_lines (text);
        break;
      }

    default:
      g_assert_not_reached ();
    }
}
