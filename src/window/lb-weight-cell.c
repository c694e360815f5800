/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-weight-cell.h"

#include <glib/gi18n-lib.h>

#include "window/lb-backend-row.h"

/**
 * LbWeightCell:
 *
 * A backend's weight in the list: what is set, what it counts for now if that is something else,
 * and a popover to set it in.
 *
 * The list's template makes one for each row to be seen and binds it to an [class@BackendRow]. In
 * the popover each step counts at once; a number that is typed counts with Enter, or is refused
 * with the reason under it. Leaving the field or the popover any other way puts the old one back.
 */
struct _LbWeightCell
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkMenuButton *button;
  GtkPopover *popover;
  GtkSpinButton *spin;
  GtkLabel *refusal;

  LbBackendRow *row;
};

enum
{
  PROP_ROW = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbWeightCell, lb_weight_cell, GTK_TYPE_WIDGET)

/* @message: (nullable): why the text is refused, or %NULL if it is not */
static void
lb_weight_cell_show_refusal (LbWeightCell *self,
                             const char *message)
{
  GtkWidget *spin = GTK_WIDGET (self->spin);

  gtk_widget_set_visible (GTK_WIDGET (self->refusal), message != NULL);

  if (message != NULL)
    {
      gtk_label_set_label (self->refusal, message);
      gtk_widget_add_css_class (spin, "error");
    }
  else
    {
      gtk_widget_remove_css_class (spin, "error");
    }
}

static LbBackend *
lb_weight_cell_get_backend (LbWeightCell *self)
{
  return self->row != NULL ? lb_backend_row_get_backend (self->row) : NULL;
}

/* Shows the weight that is set, whatever was typed. */
static void
lb_weight_cell_put_back (LbWeightCell *self)
{
  LbBackend *backend = lb_weight_cell_get_backend (self);

  if (backend != NULL)
    gtk_spin_button_set_value (self->spin, lb_backend_get_weight (backend));
  lb_weight_cell_show_refusal (self, NULL);
}

static void
lb_weight_cell_on_popover_show (LbWeightCell *self)
{
  lb_weight_cell_put_back (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->spin));
}

/*
 * What was typed becomes a number. The spin button by itself would take the nearest that is allowed;
 * here a weight that is none leaves the old one, and the backend says why.
 */
static int
lb_weight_cell_on_input (LbWeightCell *self,
                         double *value)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->spin));
  LbBackend *backend = lb_weight_cell_get_backend (self);
  g_autofree char *number = g_strstrip (g_strdup (text));
  g_autoptr (GError) error = NULL;
  guint64 weight;

  if (backend == NULL)
    return FALSE;

  if (!g_ascii_string_to_unsigned (number, 10, 0, G_MAXUINT, &weight, NULL))
    weight = 0;

  if (!lb_backend_set_weight (backend, (guint) weight, &error))
    {
      lb_weight_cell_show_refusal (self, error->message);
      return GTK_INPUT_ERROR;
    }

  lb_weight_cell_show_refusal (self, NULL);
  *value = (double) weight;

  return TRUE;
}

static void
lb_weight_cell_on_value_changed (LbWeightCell *self)
{
  LbBackend *backend = lb_weight_cell_get_backend (self);
  guint weight = (guint) gtk_spin_button_get_value_as_int (self->spin);

  /* The old weight comes back when another is refused, and that is still to be seen. */
  if (backend == NULL || weight == lb_backend_get_weight (backend))
    return;

  lb_weight_cell_show_refusal (self, NULL);
  lb_backend_set_weight (backend, weight, NULL);
}

/* Enter: the spin button has taken the number by now, or refused it. */
static void
lb_weight_cell_on_activate (LbWeightCell *self)
{
  if (!gtk_widget_get_visible (GTK_WIDGET (self->refusal)))
    gtk_popover_popdown (self->popover);
}

/* In a list of weights the number alone does not say whose it is. */
static void
lb_weight_cell_label (LbWeightCell *self)
{
  LbBackend *backend = lb_weight_cell_get_backend (self);
  g_autofree char *label = NULL;

  if (backend == NULL)
    return;

  /* Translators: a backend’s URL and weight */
  label = g_strdup_printf (_ ("Weight of %s: %u"), lb_backend_get_url (backend),
                           lb_backend_get_weight (backend));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _ ("Change the weight"), -1);
}

/* A cell is used for other rows as the list is scrolled or sorted. */
static void
lb_weight_cell_set_row (LbWeightCell *self,
                        LbBackendRow *row)
{
  if (self->row == row)
    return;

  /* While it is still the old row's: what was typed is not for the new one. */
  gtk_popover_popdown (self->popover);
  lb_weight_cell_put_back (self);
  if (self->row != NULL)
    g_signal_handlers_disconnect_by_data (self->row, self);
  g_set_object (&self->row, row);
  if (row != NULL)
    g_signal_connect_swapped (row, "notify::weight-text", G_CALLBACK (lb_weight_cell_label), self);
  lb_weight_cell_put_back (self);
  lb_weight_cell_label (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ROW]);
}

static void
lb_weight_cell_get_property (GObject *object,
                             guint prop_id,
                             GValue *value,
                             GParamSpec *pspec)
{
  LbWeightCell *self = LB_WEIGHT_CELL (object);

  switch (prop_id)
    {
    case PROP_ROW:
      g_value_set_object (value, self->row);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_weight_cell_set_property (GObject *object,
                             guint prop_id,
                             const GValue *value,
                             GParamSpec *pspec)
{
  LbWeightCell *self = LB_WEIGHT_CELL (object);

  switch (prop_id)
    {
    case PROP_ROW:
      lb_weight_cell_set_row (self, g_value_get_object (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_weight_cell_dispose (GObject *object)
{
  LbWeightCell *self = LB_WEIGHT_CELL (object);

  if (self->row != NULL)
    g_signal_handlers_disconnect_by_data (self->row, self);
  g_clear_object (&self->row);
  if (self->box != NULL)
    gtk_widget_unparent (self->box);
  self->box = NULL;

  G_OBJECT_CLASS (lb_weight_cell_parent_class)->dispose (object);
}

static void
lb_weight_cell_class_init (LbWeightCellClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lb_weight_cell_get_property;
  object_class->set_property = lb_weight_cell_set_property;
  object_class->dispose = lb_weight_cell_dispose;

  /**
   * LbWeightCell:row:
   *
   * The row whose weight is shown.
   */
  properties[PROP_ROW] =
    g_param_spec_object ("row", NULL, NULL, LB_TYPE_BACKEND_ROW,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-weight-cell.ui");
  gtk_widget_class_bind_template_child (widget_class, LbWeightCell, box);
  gtk_widget_class_bind_template_child (widget_class, LbWeightCell, button);
  gtk_widget_class_bind_template_child (widget_class, LbWeightCell, popover);
  gtk_widget_class_bind_template_child (widget_class, LbWeightCell, spin);
  gtk_widget_class_bind_template_child (widget_class, LbWeightCell, refusal);
  gtk_widget_class_bind_template_callback (widget_class, lb_weight_cell_put_back);
  gtk_widget_class_bind_template_callback (widget_class, lb_weight_cell_on_popover_show);
  gtk_widget_class_bind_template_callback (widget_class, lb_weight_cell_on_input);
  gtk_widget_class_bind_template_callback (widget_class, lb_weight_cell_on_value_changed);
}

static void
lb_weight_cell_init (LbWeightCell *self)
{
  GtkEditable *text;
  GtkEventController *focus;

  gtk_widget_init_template (GTK_WIDGET (self));

  text = gtk_editable_get_delegate (GTK_EDITABLE (self->spin));
  g_signal_connect_swapped (text, "activate", G_CALLBACK (lb_weight_cell_on_activate), self);

  /* The spin button takes what was typed when it loses the focus; this one is asked before it. */
  focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (lb_weight_cell_put_back), self);
  gtk_widget_add_controller (GTK_WIDGET (self->spin), focus);
}

/**
 * lb_weight_cell_new:
 *
 * Returns: (transfer floating): a cell without a row
 */
GtkWidget *
lb_weight_cell_new (void)
{
  return g_object_new (LB_TYPE_WEIGHT_CELL, NULL);
}
