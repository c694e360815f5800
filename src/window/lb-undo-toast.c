/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-undo-toast.h"

#include <glib/gi18n-lib.h>

/**
 * LbUndoToast:
 *
 * The notice at the bottom of the window that backends were removed, with a button that takes it back.
 *
 * It is part of the window's template, and opens when its [class@Undo] has recorded a removal. The button
 * activates the window's action `win.undo`, which always takes back the newest step, so the toast closes
 * when that is another one than it says. It keeps the removals for as long as it is open: when the
 * newest is taken back, the one before it is offered. %LB_UNDO_TOAST_SECONDS after the last change it
 * closes, but not while the pointer or the keyboard focus is on it. What was removed can still be
 * brought back by the menu then.
 */
struct _LbUndoToast
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkLabel *message;
  GtkEventControllerMotion *pointer;
  GtkEventControllerFocus *focus;

  LbUndo *undo;
  GQueue removals; /* of LbUndoStep, the newest first */
  GSource *timeout;
};

enum
{
  PROP_0,
  PROP_OPEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbUndoToast, lb_undo_toast, GTK_TYPE_WIDGET)

static void
lb_undo_toast_stop_timeout (LbUndoToast *self)
{
  if (self->timeout == NULL)
    return;

  g_source_destroy (self->timeout);
  g_clear_pointer (&self->timeout, g_source_unref);
}

static void
lb_undo_toast_close (LbUndoToast *self)
{
  lb_undo_toast_stop_timeout (self);
  g_queue_clear_full (&self->removals, (GDestroyNotify) lb_undo_step_unref);
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPEN]);
}

static gboolean
lb_undo_toast_on_timeout (gpointer user_data)
{
  LbUndoToast *self = user_data;

  lb_undo_toast_close (self);

  return G_SOURCE_REMOVE;
}

/* Counts from the start, unless somebody is about to use the toast. */
static void
lb_undo_toast_on_attention (LbUndoToast *self)
{
  lb_undo_toast_stop_timeout (self);

  if (!lb_undo_toast_get_open (self) ||
      gtk_event_controller_motion_contains_pointer (self->pointer) ||
      gtk_event_controller_focus_contains_focus (self->focus))
    return;

  self->timeout = g_timeout_source_new_seconds (LB_UNDO_TOAST_SECONDS);
  g_source_set_static_name (self->timeout, "[lb] undo toast");
  g_source_set_callback (self->timeout, lb_undo_toast_on_timeout, self, NULL);
  g_source_attach (self->timeout, NULL);
}

static char *
lb_undo_toast_make_message (const LbUndoStep *removal)
{
  const guint n = removal->removed->len;

  if (n == 1)
    /* Translators: %s is a backend’s URL */
    return g_strdup_printf (_("Removed %s"),
                            lb_backend_get_url (g_ptr_array_index (removal->removed, 0)));

  return g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "Removed %u backend", "Removed %u backends", n), n);
}

/* Offers the newest removal that can be taken back next, or closes if there is none. */
static void
lb_undo_toast_update (LbUndoToast *self)
{
  const LbUndoStep *next = lb_undo_get_undo (self->undo);
  g_autofree char *message = NULL;

  while (!g_queue_is_empty (&self->removals) && g_queue_peek_head (&self->removals) != next)
    lb_undo_step_unref (g_queue_pop_head (&self->removals));

  if (g_queue_is_empty (&self->removals))
    {
      lb_undo_toast_close (self);
      return;
    }

  message = lb_undo_toast_make_message (next);
  gtk_label_set_label (self->message, message);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
  gtk_widget_set_can_target (GTK_WIDGET (self), TRUE);
  lb_undo_toast_on_attention (self);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPEN]);
}

static void
lb_undo_toast_on_recorded (LbUndoToast *self,
                           LbUndoStep *step)
{
  if (lb_undo_step_is_removal (step))
    g_queue_push_head (&self->removals, lb_undo_step_ref (step));
}

static void
lb_undo_toast_activate_close (GtkWidget *widget,
                              const char *action_name G_GNUC_UNUSED,
                              GVariant *parameter G_GNUC_UNUSED)
{
  lb_undo_toast_close (LB_UNDO_TOAST (widget));
}

static void
lb_undo_toast_get_property (GObject *object,
                            guint prop_id,
                            GValue *value,
                            GParamSpec *pspec)
{
  LbUndoToast *self = LB_UNDO_TOAST (object);

  switch (prop_id)
    {
    case PROP_OPEN:
      g_value_set_boolean (value, lb_undo_toast_get_open (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_undo_toast_dispose (GObject *object)
{
  LbUndoToast *self = LB_UNDO_TOAST (object);

  lb_undo_toast_stop_timeout (self);
  g_queue_clear_full (&self->removals, (GDestroyNotify) lb_undo_step_unref);
  if (self->revealer != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->revealer));
  self->revealer = NULL;
  g_clear_object (&self->undo);

  G_OBJECT_CLASS (lb_undo_toast_parent_class)->dispose (object);
}

static void
lb_undo_toast_class_init (LbUndoToastClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lb_undo_toast_get_property;
  object_class->dispose = lb_undo_toast_dispose;

  /**
   * LbUndoToast:open:
   *
   * Whether it offers to take a removal back.
   */
  properties[PROP_OPEN] =
    g_param_spec_boolean ("open", NULL, NULL, FALSE,
                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-undo-toast.ui");
  gtk_widget_class_bind_template_child (widget_class, LbUndoToast, revealer);
  gtk_widget_class_bind_template_child (widget_class, LbUndoToast, message);
  gtk_widget_class_bind_template_child (widget_class, LbUndoToast, pointer);
  gtk_widget_class_bind_template_child (widget_class, LbUndoToast, focus);
  gtk_widget_class_bind_template_callback (widget_class, lb_undo_toast_on_attention);

  gtk_widget_class_install_action (widget_class, "toast.close", NULL,
                                   lb_undo_toast_activate_close);
}

static void
lb_undo_toast_init (LbUndoToast *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_can_target (GTK_WIDGET (self), FALSE);
}

/**
 * lb_undo_toast_new:
 *
 * Returns: (transfer floating): a closed toast
 */
GtkWidget *
lb_undo_toast_new (void)
{
  return g_object_new (LB_TYPE_UNDO_TOAST, NULL);
}

/**
 * lb_undo_toast_set_undo:
 * @self: a toast that has none yet
 * @undo: what `win.undo` takes back
 *
 * Offers the removals of @undo from now on.
 */
void
lb_undo_toast_set_undo (LbUndoToast *self,
                        LbUndo *undo)
{
  g_return_if_fail (LB_IS_UNDO_TOAST (self));
  g_return_if_fail (LB_IS_UNDO (undo));
  g_return_if_fail (self->undo == NULL);

  self->undo = g_object_ref (undo);
  g_signal_connect_object (undo, "recorded", G_CALLBACK (lb_undo_toast_on_recorded), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (undo, "changed", G_CALLBACK (lb_undo_toast_update), self,
                           G_CONNECT_SWAPPED);
}

/**
 * lb_undo_toast_get_open:
 * @self: a toast
 *
 * Returns: whether it offers to take a removal back
 */
gboolean
lb_undo_toast_get_open (LbUndoToast *self)
{
  g_return_val_if_fail (LB_IS_UNDO_TOAST (self), FALSE);

  return !g_queue_is_empty (&self->removals);
}
