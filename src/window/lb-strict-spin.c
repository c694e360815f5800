/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-strict-spin.h"

#include <math.h>

/*
 * A spin button by itself makes the nearest number that is allowed of what is typed, without a word.
 * A strict one leaves the text as it was typed, so that its dialog can say what is wrong with it. Enter
 * does in it what it does in an entry of the dialog.
 */

static gboolean
lb_strict_spin_read (GtkSpinButton *spin,
                     double *value)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (spin))));
  char *end = NULL;
  double number = g_strtod (text, &end);
  double min;
  double max;

  gtk_spin_button_get_range (spin, &min, &max);
  if (*text == '\0' || *end != '\0' || !(number >= min && number <= max))
    return FALSE;
  if (gtk_spin_button_get_digits (spin) == 0 && fabs (number - round (number)) > 0.0)
    return FALSE;

  *value = number;

  return TRUE;
}

static int
lb_strict_spin_on_input (GtkSpinButton *spin,
                         double *value,
                         gpointer user_data G_GNUC_UNUSED)
{
  if (lb_strict_spin_read (spin, value))
    return TRUE;

  /* The old number is about to be written over the text. */
  g_object_set_data (G_OBJECT (spin), "lb-keep-text", spin);

  return GTK_INPUT_ERROR;
}

static gboolean
lb_strict_spin_on_output (GtkSpinButton *spin)
{
  return g_object_steal_data (G_OBJECT (spin), "lb-keep-text") != NULL;
}

/**
 * lb_strict_spin_set_up:
 * @spin: a spin button that nothing else listens to yet
 *
 * Makes it strict.
 */
void
lb_strict_spin_set_up (GtkSpinButton *spin)
{
  GtkEditable *text;

  g_return_if_fail (GTK_IS_SPIN_BUTTON (spin));

  text = gtk_editable_get_delegate (GTK_EDITABLE (spin));
  gtk_text_set_activates_default (GTK_TEXT (text), TRUE);

  gtk_spin_button_set_update_policy (spin, GTK_UPDATE_IF_VALID);
  g_signal_connect (spin, "input", G_CALLBACK (lb_strict_spin_on_input), NULL);
  g_signal_connect (spin, "output", G_CALLBACK (lb_strict_spin_on_output), NULL);
}

/**
 * lb_strict_spin_get_valid:
 * @spin: a strict spin button
 *
 * Returns: whether what is typed is a number that is allowed
 */
gboolean
lb_strict_spin_get_valid (GtkSpinButton *spin)
{
  double value;

  g_return_val_if_fail (GTK_IS_SPIN_BUTTON (spin), FALSE);

  return lb_strict_spin_read (spin, &value);
}
