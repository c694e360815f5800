/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-problem-bar.h"

#include <glib/gi18n-lib.h>

/**
 * LbProblemBar:
 *
 * The bar that tells of things that went wrong, such as a configuration file that could not be
 * read.
 *
 * It is part of the window's template. It shows one message at a time, the oldest first, and says
 * how many wait; closing it brings the next, so none is lost. The same message is not kept twice.
 */
struct _LbProblemBar
{
  GtkWidget parent_instance;

  GtkInfoBar *bar;
  GtkLabel *message;
  GtkLabel *more;

  GQueue messages; /* of char *, the oldest first, which is the one to be seen */
};

G_DEFINE_FINAL_TYPE (LbProblemBar, lb_problem_bar, GTK_TYPE_WIDGET)

static void
lb_problem_bar_update (LbProblemBar *self)
{
  const char *message = g_queue_peek_head (&self->messages);
  guint n_more = self->messages.length > 0 ? self->messages.length - 1 : 0;
  g_autofree char *more = NULL;

  gtk_info_bar_set_revealed (self->bar, message != NULL);
  if (message == NULL)
    return;

  gtk_label_set_label (self->message, message);
  more = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u more message", "%u more messages", n_more), n_more);
  gtk_label_set_label (self->more, more);
  gtk_widget_set_visible (GTK_WIDGET (self->more), n_more > 0);
}

static void
lb_problem_bar_on_response (LbProblemBar *self)
{
  g_free (g_queue_pop_head (&self->messages));
  lb_problem_bar_update (self);
}

static void
lb_problem_bar_dispose (GObject *object)
{
  LbProblemBar *self = LB_PROBLEM_BAR (object);

  g_queue_clear_full (&self->messages, g_free);
  if (self->bar != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->bar));
  self->bar = NULL;

  G_OBJECT_CLASS (lb_problem_bar_parent_class)->dispose (object);
}

static void
lb_problem_bar_class_init (LbProblemBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_problem_bar_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-problem-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, LbProblemBar, bar);
  gtk_widget_class_bind_template_child (widget_class, LbProblemBar, message);
  gtk_widget_class_bind_template_child (widget_class, LbProblemBar, more);
  gtk_widget_class_bind_template_callback (widget_class, lb_problem_bar_on_response);
}

static void
lb_problem_bar_init (LbProblemBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lb_problem_bar_new:
 *
 * Returns: (transfer floating): a bar that is not to be seen
 */
GtkWidget *
lb_problem_bar_new (void)
{
  return g_object_new (LB_TYPE_PROBLEM_BAR, NULL);
}

/**
 * lb_problem_bar_push:
 * @self: a bar
 * @message: a translated sentence
 *
 * Shows @message, as soon as those before it have been closed.
 */
void
lb_problem_bar_push (LbProblemBar *self,
                     const char *message)
{
  g_return_if_fail (LB_IS_PROBLEM_BAR (self));
  g_return_if_fail (message != NULL);

  if (g_queue_find_custom (&self->messages, message, (GCompareFunc) strcmp) != NULL)
    return;

  g_queue_push_tail (&self->messages, g_strdup (message));
  lb_problem_bar_update (self);
}
