/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-undo-toast.h"

#include <glib/gi18n-lib.h>

/**
 * LbUndoToast:
 *
 * The notice at the bottom of the window that a backend was removed, with a button that takes it
 * back.
 *
 * It is part of the window's template. The window pushes each backend that it removes; the toast
 * keeps them, newest first, for as long as it is open. The button activates the window's action
 * `win.undo`, which pops the newest and puts it back; what was removed before it is then offered
 * next. %LB_UNDO_TOAST_SECONDS after the last change it closes and forgets them all, but not while
 * the pointer or the keyboard focus is on it.
 */
struct _LbUndoToast
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkLabel *message;
  GtkEventControllerMotion *pointer;
  GtkEventControllerFocus *focus;

  GQueue removals; /* of Removal, the newest first */
  GSource *timeout;
};

typedef struct
{
  LbBackend *backend;
  guint position;
} Removal;

enum
{
  PROP_0,
  PROP_OPEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbUndoToast, lb_undo_toast, GTK_TYPE_WIDGET)

static void
removal_free (Removal *self)
{
  g_clear_object (&self->backend);
  g_free (self);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Removal, removal_free)

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
  g_queue_clear_full (&self->removals, (GDestroyNotify) removal_free);
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

/* Offers the newest removal, or closes if there is none left. */
static void
lb_undo_toast_update (LbUndoToast *self)
{
  Removal *removal = g_queue_peek_head (&self->removals);
  g_autofree char *message = NULL;

  if (removal == NULL)
    {
      lb_undo_toast_close (self);
      return;
    }

  /* Translators: %s is a backend’s URL */
  message = g_strdup_printf (_("Removed %s"), lb_backend_get_url (removal->backend));
  gtk_label_set_label (self->message, message);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
  gtk_widget_set_can_target (GTK_WIDGET (self), TRUE);
  lb_undo_toast_on_attention (self);

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_OPEN]);
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
  g_queue_clear_full (&self->removals, (GDestroyNotify) removal_free);
  if (self->revealer != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->revealer));
  self->revealer = NULL;

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
   * Whether there is a removal that can be taken back.
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
 * lb_undo_toast_push:
 * @self: a toast
 * @backend: a backend that was removed
 * @position: where in the pool it was
 *
 * Opens the toast and offers to take this removal back.
 */
void
lb_undo_toast_push (LbUndoToast *self,
                    LbBackend *backend,
                    guint position)
{
  Removal *removal;

  g_return_if_fail (LB_IS_UNDO_TOAST (self));
  g_return_if_fail (LB_IS_BACKEND (backend));

  removal = g_new (Removal, 1);
  removal->backend = g_object_ref (backend);
  removal->position = position;
  g_queue_push_head (&self->removals, removal);

  lb_undo_toast_update (self);
}

/**
 * lb_undo_toast_pop:
 * @self: a toast
 * @position: (out): where in the pool the backend was
 *
 * Takes the newest removal off the toast. When it was the last, the toast closes.
 *
 * Returns: (transfer full) (nullable): the backend, or %NULL if there is none
 */
LbBackend *
lb_undo_toast_pop (LbUndoToast *self,
                   guint *position)
{
  g_autoptr (Removal) removal = NULL;

  g_return_val_if_fail (LB_IS_UNDO_TOAST (self), NULL);
  g_return_val_if_fail (position != NULL, NULL);

  removal = g_queue_pop_head (&self->removals);
  if (removal == NULL)
    return NULL;

  lb_undo_toast_update (self);
  *position = removal->position;

  return g_steal_pointer (&removal->backend);
}

/**
 * lb_undo_toast_get_open:
 * @self: a toast
 *
 * Returns: whether there is a removal that can be taken back
 */
gboolean
lb_undo_toast_get_open (LbUndoToast *self)
{
  g_return_val_if_fail (LB_IS_UNDO_TOAST (self), FALSE);

  return !g_queue_is_empty (&self->removals);
}
