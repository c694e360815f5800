/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-probe-control.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "pool/lb-types.h"
#include "window/lb-probe-words.h"
#include "window/lb-strict-spin.h"

/*
 * The widget that a setting of the probes is set with: a spin button for a number or a share, a
 * switch, an entry for text, and a text view for lines. The kind of the setting decides.
 */

/* The least by which two numbers that are shown differ: a millisecond. */
#define NUMBER_STEP 0.001

/* How many of the setting's own units one that is shown has. */
static double
lb_probe_control_get_scale (const LbSetting *field)
{
  switch (lb_probe_words_find (field)->unit)
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
lb_probe_control_get_text (GtkWidget *control,
                           const LbSetting *field)
{
  if (field->kind == LB_SETTING_LINES)
    {
      GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (control));
      GtkTextIter start;
      GtkTextIter end;

      gtk_text_buffer_get_bounds (buffer, &start, &end);
      return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
    }

  return g_strdup (gtk_editable_get_text (GTK_EDITABLE (control)));
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
lb_probe_control_check_lines (const LbSetting *field,
                              const char *text,
                              GError **error)
{
  g_auto (GStrv) lines = split_lines (text);
  guint i;

  for (i = 0; lines != NULL && lines[i] != NULL; i++)
    if (!field->check (lines[i], error))
      return FALSE;

  return TRUE;
}

static gboolean
lb_probe_control_check_number (GtkSpinButton *spin,
                               GError **error)
{
  double min;
  double max;

  if (lb_strict_spin_get_valid (spin))
    return TRUE;

  gtk_spin_button_get_range (spin, &min, &max);
  g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING,
               gtk_spin_button_get_digits (spin) > 0 ? _ ("Write a number from %g to %g.")
                                                     : _ ("Write a whole number from %g to %g."),
               min, max);

  return FALSE;
}

/* A number without the decimals that say nothing. */
static gboolean
lb_probe_control_on_output (GtkSpinButton *spin)
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

static GtkWidget *
new_number (const LbSetting *field)
{
  LbProbeUnit unit = lb_probe_words_find (field)->unit;
  double scale = lb_probe_control_get_scale (field);
  double step = unit == LB_PROBE_UNIT_TIME ? 0.25 : 1.0;
  GtkWidget *spin = gtk_spin_button_new_with_range (field->min / scale, field->max / scale, step);

  lb_strict_spin_set_up (GTK_SPIN_BUTTON (spin));
  if (unit == LB_PROBE_UNIT_TIME)
    {
      gtk_spin_button_set_digits (GTK_SPIN_BUTTON (spin), 3);
      g_signal_connect (spin, "output", G_CALLBACK (lb_probe_control_on_output), NULL);
    }
  gtk_editable_set_width_chars (GTK_EDITABLE (spin), 6);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);

  return spin;
}

static GtkWidget *
new_switch (void)
{
  GtkWidget *widget = gtk_switch_new ();

  gtk_widget_set_valign (widget, GTK_ALIGN_CENTER);

  return widget;
}

static GtkWidget *
new_text (const LbSetting *field)
{
  const char *placeholder = lb_probe_words_find (field)->placeholder;
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  if (placeholder != NULL)
    gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _ (placeholder));

  return entry;
}

/* Tab goes on to the next setting, as it does from an entry. */
static GtkWidget *
new_lines (void)
{
  GtkWidget *widget = gtk_text_view_new ();
  GtkTextView *view = GTK_TEXT_VIEW (widget);

  gtk_text_view_set_accepts_tab (view, FALSE);
  gtk_text_view_set_monospace (view, TRUE);
  gtk_text_view_set_wrap_mode (view, GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (view, 6);
  gtk_text_view_set_right_margin (view, 6);
  gtk_text_view_set_top_margin (view, 6);
  gtk_text_view_set_bottom_margin (view, 6);
  gtk_widget_set_size_request (widget, -1, 56);

  return widget;
}

/**
 * lb_probe_control_new:
 * @field: a setting
 *
 * Returns: (transfer floating): the widget to set it with
 */
GtkWidget *
lb_probe_control_new (const LbSetting *field)
{
  g_return_val_if_fail (field != NULL, NULL);

  switch (field->kind)
    {
    case LB_SETTING_NUMBER:
    case LB_SETTING_SHARE:
      return new_number (field);

    case LB_SETTING_SWITCH:
      return new_switch ();

    case LB_SETTING_TEXT:
      return new_text (field);

    case LB_SETTING_LINES:
      return new_lines ();

    default:
      g_assert_not_reached ();
    }
}

/**
 * lb_probe_control_new_unit:
 * @field: a setting that is a number or a share
 *
 * Returns: (transfer floating): a label with its unit. A count has none, but the same room for it, so
 *   that all numbers stand in line.
 */
GtkWidget *
lb_probe_control_new_unit (const LbSetting *field)
{
  GtkWidget *label = gtk_label_new (NULL);
  LbProbeUnit unit;

  g_return_val_if_fail (field != NULL, label);

  unit = lb_probe_words_find (field)->unit;
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

/**
 * lb_probe_control_connect:
 * @control: the widget of a setting
 * @field: the setting
 * @callback: called with @user_data first, whenever what is set changes
 * @user_data: for @callback
 */
void
lb_probe_control_connect (GtkWidget *control,
                          const LbSetting *field,
                          GCallback callback,
                          gpointer user_data)
{
  switch (field->kind)
    {
    case LB_SETTING_NUMBER:
    case LB_SETTING_SHARE:
      g_signal_connect_swapped (control, "changed", callback, user_data);
      g_signal_connect_swapped (control, "value-changed", callback, user_data);
      break;

    case LB_SETTING_SWITCH:
      g_signal_connect_swapped (control, "notify::active", callback, user_data);
      break;

    case LB_SETTING_TEXT:
      g_signal_connect_swapped (control, "changed", callback, user_data);
      break;

    case LB_SETTING_LINES:
      g_signal_connect_swapped (gtk_text_view_get_buffer (GTK_TEXT_VIEW (control)), "changed",
                                callback, user_data);
      break;

    default:
      g_assert_not_reached ();
    }
}

/**
 * lb_probe_control_check:
 * @control: the widget of a setting
 * @field: the setting
 * @error: return location for a #GError
 *
 * Sets %LB_POOL_ERROR_INVALID_SETTING.
 *
 * Returns: whether what is set may be
 */
gboolean
lb_probe_control_check (GtkWidget *control,
                        const LbSetting *field,
                        GError **error)
{
  g_autofree char *text = NULL;

  if (GTK_IS_SPIN_BUTTON (control))
    return lb_probe_control_check_number (GTK_SPIN_BUTTON (control), error);
  if (field->check == NULL)
    return TRUE;

  text = lb_probe_control_get_text (control, field);
  if (field->kind == LB_SETTING_LINES)
    return lb_probe_control_check_lines (field, text, error);
  if (*g_strstrip (text) == '\0' && field->nullable)
    return TRUE;

  return field->check (text, error);
}

/**
 * lb_probe_control_show:
 * @control: the widget of a setting
 * @field: the setting
 * @settings: where to take it from
 */
void
lb_probe_control_show (GtkWidget *control,
                       const LbSetting *field,
                       const LbProbeSettings *settings)
{
  gconstpointer value = G_STRUCT_MEMBER_P (settings, field->offset);
  double scale = lb_probe_control_get_scale (field);

  switch (field->kind)
    {
    case LB_SETTING_NUMBER:
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (control), *(const guint *) value / scale);
      break;

    case LB_SETTING_SHARE:
      gtk_spin_button_set_value (GTK_SPIN_BUTTON (control), *(const double *) value / scale);
      break;

    case LB_SETTING_SWITCH:
      gtk_switch_set_active (GTK_SWITCH (control), *(const gboolean *) value);
      break;

    case LB_SETTING_TEXT:
      {
        const char *text = *(char *const *) value;

        gtk_editable_set_text (GTK_EDITABLE (control), text != NULL ? text : "");
        break;
      }

    case LB_SETTING_LINES:
      {
        char **lines = *(char **const *) value;
        g_autofree char *text = lines != NULL ? g_strjoinv ("\n", lines) : g_strdup ("");

        gtk_text_buffer_set_text (gtk_text_view_get_buffer (GTK_TEXT_VIEW (control)), text,
                                  -1);
        break;
      }

    default:
      g_assert_not_reached ();
    }
}

static gboolean
same_number (GtkWidget *spin,
             double number)
{
  return fabs (gtk_spin_button_get_value (GTK_SPIN_BUTTON (spin)) - number) < NUMBER_STEP / 2.0;
}

static gboolean
same_text (GtkWidget *control,
           const LbSetting *field,
           const char *other)
{
  g_autofree char *text = g_strstrip (lb_probe_control_get_text (control, field));

  return strcmp (text, other != NULL ? other : "") == 0;
}

/**
 * lb_probe_control_shows:
 * @control: the widget of a setting
 * @field: the setting
 * @settings: where to take it from
 *
 * Returns: whether @control shows just that. A number counts from when it has been typed whole.
 */
gboolean
lb_probe_control_shows (GtkWidget *control,
                        const LbSetting *field,
                        const LbProbeSettings *settings)
{
  gconstpointer value = G_STRUCT_MEMBER_P (settings, field->offset);
  const double scale = lb_probe_control_get_scale (field);

  switch (field->kind)
    {
    case LB_SETTING_NUMBER:
      return same_number (control, *(const guint *) value / scale);

    case LB_SETTING_SHARE:
      return same_number (control, *(const double *) value / scale);

    case LB_SETTING_SWITCH:
      return !gtk_switch_get_active (GTK_SWITCH (control)) == !*(const gboolean *) value;

    case LB_SETTING_TEXT:
      return same_text (control, field, *(char *const *) value);

    case LB_SETTING_LINES:
      {
        char **lines = *(char **const *) value;
        g_autofree char *text = lines != NULL ? g_strjoinv ("\n", lines) : NULL;

        return same_text (control, field, text);
      }

    default:
      g_assert_not_reached ();
    }
}

/**
 * lb_probe_control_store:
 * @control: the widget of a setting, where nothing is set that may not be
 * @field: the setting
 * @settings: where to put it
 */
void
lb_probe_control_store (GtkWidget *control,
                        const LbSetting *field,
                        LbProbeSettings *settings)
{
  gpointer value = G_STRUCT_MEMBER_P (settings, field->offset);
  double scale = lb_probe_control_get_scale (field);

  switch (field->kind)
    {
    case LB_SETTING_NUMBER:
      gtk_spin_button_update (GTK_SPIN_BUTTON (control));
      *(guint *) value =
        (guint) round (gtk_spin_button_get_value (GTK_SPIN_BUTTON (control)) * scale);
      break;

    case LB_SETTING_SHARE:
      gtk_spin_button_update (GTK_SPIN_BUTTON (control));
      *(double *) value = gtk_spin_button_get_value (GTK_SPIN_BUTTON (control)) * scale;
      break;

    case LB_SETTING_SWITCH:
      *(gboolean *) value = gtk_switch_get_active (GTK_SWITCH (control));
      break;

    case LB_SETTING_TEXT:
      {
        g_autofree char *text = g_strstrip (lb_probe_control_get_text (control, field));

        g_free (*(char **) value);
        *(char **) value = *text == '\0' && field->nullable ? NULL : g_steal_pointer (&text);
        break;
      }

    case LB_SETTING_LINES:
      {
        g_autofree char *text = lb_probe_control_get_text (control, field);

        g_strfreev (*(char ***) value);
        *(char ***) value = split_lines (text);
        break;
      }

    default:
      g_assert_not_reached ();
    }
}
