/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-add-bar.h"

#include "window/lb-field.h"
#include "window/lb-focus.h"

/**
 * LbAddBar:
 *
 * The bar under the header bar where the URL of a new backend is typed.
 *
 * It is part of the window's template and closed at first. Enter adds the backend and empties the
 * entry for the next one. A URL that is refused stays, with the reason under it until it is
 * changed. Escape closes the bar and puts the focus back where it was.
 */
struct _LbAddBar
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;
  GtkEntry *entry;
  GtkWidget *add_button;
  GtkRevealer *refusal_revealer;
  GtkLabel *refusal;

  LbBalancer *balancer;
  gboolean typed; /* whether anything was, since the entry was emptied */
  GtkWidget *focus_before; /* weak: where closing puts the focus back */
};

G_DEFINE_FINAL_TYPE (LbAddBar, lb_add_bar, GTK_TYPE_WIDGET)

/* @message: (nullable): why the text is refused, or %NULL if it is not */
static void
lb_add_bar_show_refusal (LbAddBar *self,
                         const char *message)
{
  gtk_revealer_set_reveal_child (self->refusal_revealer, message != NULL);
  lb_field_set_refused (GTK_WIDGET (self->entry), message != NULL);

  if (message != NULL)
    gtk_label_set_label (self->refusal, message);
}

static void
lb_add_bar_on_changed (LbAddBar *self)
{
  const gboolean empty = gtk_entry_get_text_length (self->entry) == 0;

  lb_add_bar_show_refusal (self, NULL);
  gtk_widget_set_sensitive (self->add_button, !empty);
  self->typed = self->typed || !empty;
}

/* For good: Ctrl+Z takes back what was added, not the empty entry. */
static void
lb_add_bar_empty (LbAddBar *self)
{
  GtkEditable *editable = GTK_EDITABLE (self->entry);

  gtk_editable_set_enable_undo (editable, FALSE);
  gtk_editable_set_text (editable, "");
  gtk_editable_set_enable_undo (editable, TRUE);
  self->typed = FALSE;
}

static void
lb_add_bar_on_add (LbAddBar *self)
{
  const char *url = gtk_editable_get_text (GTK_EDITABLE (self->entry));
  g_autoptr (GError) error = NULL;

  if (lb_balancer_add_backend (self->balancer, url, FALSE, &error) == NULL)
    {
      lb_add_bar_show_refusal (self, error->message);
      gtk_entry_grab_focus_without_selecting (self->entry);
      return;
    }

  lb_add_bar_empty (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

static void
lb_add_bar_close (GtkWidget *widget,
                  const char *action_name G_GNUC_UNUSED,
                  GVariant *parameter G_GNUC_UNUSED)
{
  LbAddBar *self = LB_ADD_BAR (widget);

  if (!lb_focus_restore (&self->focus_before))
    gtk_widget_child_focus (GTK_WIDGET (gtk_widget_get_root (widget)), GTK_DIR_TAB_FORWARD);

  gtk_revealer_set_reveal_child (self->revealer, FALSE);
  lb_add_bar_empty (self);
}

static void
lb_add_bar_dispose (GObject *object)
{
  LbAddBar *self = LB_ADD_BAR (object);

  if (self->revealer != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->revealer));
  self->revealer = NULL;
  g_clear_weak_pointer (&self->focus_before);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_add_bar_parent_class)->dispose (object);
}

static void
lb_add_bar_class_init (LbAddBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_add_bar_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/example/LoadBalancer/window/lb-add-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, LbAddBar, revealer);
  gtk_widget_class_bind_template_child (widget_class, LbAddBar, entry);
  gtk_widget_class_bind_template_child (widget_class, LbAddBar, add_button);
  gtk_widget_class_bind_template_child (widget_class, LbAddBar, refusal_revealer);
  gtk_widget_class_bind_template_child (widget_class, LbAddBar, refusal);
  gtk_widget_class_bind_template_callback (widget_class, lb_add_bar_on_add);
  gtk_widget_class_bind_template_callback (widget_class, lb_add_bar_on_changed);

  gtk_widget_class_install_action (widget_class, "add-bar.close", NULL, lb_add_bar_close);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "add-bar.close", NULL);
}

static void
lb_add_bar_init (LbAddBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  lb_add_bar_on_changed (self);
}

/**
 * lb_add_bar_new:
 *
 * Returns: (transfer floating): a closed bar
 */
GtkWidget *
lb_add_bar_new (void)
{
  return g_object_new (LB_TYPE_ADD_BAR, NULL);
}

/**
 * lb_add_bar_set_balancer:
 * @self: a bar
 * @balancer: where backends are added
 */
void
lb_add_bar_set_balancer (LbAddBar *self,
                         LbBalancer *balancer)
{
  g_return_if_fail (LB_IS_ADD_BAR (self));
  g_return_if_fail (LB_IS_BALANCER (balancer));

  g_set_object (&self->balancer, balancer);
}

/**
 * lb_add_bar_open:
 * @self: a bar
 *
 * Opens the bar if it is closed, and puts the cursor into the entry.
 */
void
lb_add_bar_open (LbAddBar *self)
{
  g_return_if_fail (LB_IS_ADD_BAR (self));

  lb_focus_remember (GTK_WIDGET (self), &self->focus_before);
  gtk_revealer_set_reveal_child (self->revealer, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}

/**
 * lb_add_bar_offer:
 * @self: a bar
 * @text: what is perhaps nearly a URL
 *
 * Opens the bar with @text in it, and with the reason why it is refused, for a person to correct. If it
 * is not refused, it is added.
 */
void
lb_add_bar_offer (LbAddBar *self,
                  const char *text)
{
  g_return_if_fail (LB_IS_ADD_BAR (self));
  g_return_if_fail (text != NULL);

  lb_add_bar_open (self);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), text);
  gtk_editable_set_position (GTK_EDITABLE (self->entry), -1);
  lb_add_bar_on_add (self);
}

/**
 * lb_add_bar_get_typed:
 * @self: a bar
 *
 * Returns: whether anything was typed since it was opened or a backend was added
 */
gboolean
lb_add_bar_get_typed (LbAddBar *self)
{
  g_return_val_if_fail (LB_IS_ADD_BAR (self), FALSE);

  return self->typed;
}
