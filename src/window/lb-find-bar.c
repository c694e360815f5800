/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-find-bar.h"

#include <glib/gi18n-lib.h>

#include "window/lb-focus.h"

/**
 * LbFindBar:
 *
 * The bar over the charts in which a person says which backends to show: by a part of the URL, and
 * by how they are.
 *
 * It is part of the window's template and closed at first. What is typed and chosen goes to the
 * window's [class@Arranger]; the window says how many that hides. Closing it, by the Escape key or
 * its button, shows all of them again, so that nothing is hidden without this bar saying so. Enter goes
 * on to the list.
 */
struct _LbFindBar
{
  GtkWidget parent_instance;

  GtkSearchBar *bar;
  GtkSearchEntry *entry;
  GtkDropDown *show;
  GtkLabel *hidden;

  LbArranger *arranger;
  GtkWidget *focus_before; /* weak: where closing puts the focus back */
};

enum
{
  ACTIVATED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

#define LEAST_CHARS 3
#define URL_CHARS 40

G_DEFINE_FINAL_TYPE (LbFindBar, lb_find_bar, GTK_TYPE_WIDGET)

static void
lb_find_bar_on_text (LbFindBar *self)
{
  g_object_set (self->arranger, "text", gtk_editable_get_text (GTK_EDITABLE (self->entry)), NULL);
}

/* The entry tells of its text only after a while, but Enter means what is there now. */
static void
lb_find_bar_on_activate (LbFindBar *self)
{
  lb_find_bar_on_text (self);
  g_signal_emit (self, signals[ACTIVATED], 0);
}

/* The choices are listed in the order of LbShow. */
static void
lb_find_bar_on_selected (LbFindBar *self)
{
  if (self->arranger != NULL)
    g_object_set (self->arranger, "show", (LbShow) gtk_drop_down_get_selected (self->show), NULL);
}

/* Something else may have changed it, such as a program over D-Bus. What is hidden is told. */
static void
lb_find_bar_on_arranged (LbFindBar *self)
{
  const LbArrangement *arrangement = lb_arranger_get_arrangement (self->arranger);

  if (gtk_drop_down_get_selected (self->show) != (guint) arrangement->show)
    gtk_drop_down_set_selected (self->show, (guint) arrangement->show);
  if (lb_arrangement_hides (arrangement))
    gtk_search_bar_set_search_mode (self->bar, TRUE);
}

static void
lb_find_bar_on_open (LbFindBar *self)
{
  GtkWidget *widget = GTK_WIDGET (self);

  if (gtk_search_bar_get_search_mode (self->bar) || self->arranger == NULL)
    return;

  /* The entry tells of its own text only after a while. */
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  lb_arranger_show_all (self->arranger);

  if (!lb_focus_restore (&self->focus_before))
    gtk_widget_child_focus (GTK_WIDGET (gtk_widget_get_root (widget)), GTK_DIR_TAB_FORWARD);
}

static void
lb_find_bar_close (GtkWidget *widget,
                   const char *action_name G_GNUC_UNUSED,
                   GVariant *parameter G_GNUC_UNUSED)
{
  gtk_search_bar_set_search_mode (LB_FIND_BAR (widget)->bar, FALSE);
}

static void
lb_find_bar_dispose (GObject *object)
{
  LbFindBar *self = LB_FIND_BAR (object);

  if (self->arranger != NULL)
    g_signal_handlers_disconnect_by_data (self->arranger, self);
  g_clear_object (&self->arranger);
  g_clear_weak_pointer (&self->focus_before);
  if (self->bar != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->bar));
  self->bar = NULL;

  G_OBJECT_CLASS (lb_find_bar_parent_class)->dispose (object);
}

static void
lb_find_bar_class_init (LbFindBarClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_find_bar_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/example/LoadBalancer/window/lb-find-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, LbFindBar, bar);
  gtk_widget_class_bind_template_child (widget_class, LbFindBar, entry);
  gtk_widget_class_bind_template_child (widget_class, LbFindBar, show);
  gtk_widget_class_bind_template_child (widget_class, LbFindBar, hidden);
  gtk_widget_class_bind_template_callback (widget_class, lb_find_bar_on_text);
  gtk_widget_class_bind_template_callback (widget_class, lb_find_bar_on_selected);
  gtk_widget_class_bind_template_callback (widget_class, lb_find_bar_on_open);

  gtk_widget_class_bind_template_callback (widget_class, lb_find_bar_on_activate);

  /**
   * LbFindBar::activated:
   * @self: the bar
   *
   * Enter was pressed: somebody wants to go on with what was found.
   */
  signals[ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                     NULL, NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_install_action (widget_class, "find.close", NULL, lb_find_bar_close);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "find.close", NULL);
}

/*
 * An animated revealer takes no keys until the next frame, and what is typed would be lost. A search
 * bar's is its only child.
 */
static void
lb_find_bar_open_at_once (LbFindBar *self)
{
  GtkWidget *revealer = gtk_widget_get_first_child (GTK_WIDGET (self->bar));

  if (GTK_IS_REVEALER (revealer))
    gtk_revealer_set_transition_duration (GTK_REVEALER (revealer), 0);
}

static void
lb_find_bar_init (LbFindBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->bar, GTK_EDITABLE (self->entry));
  lb_find_bar_open_at_once (self);
}

/**
 * lb_find_bar_new:
 *
 * Returns: (transfer floating): a closed bar
 */
GtkWidget *
lb_find_bar_new (void)
{
  return g_object_new (LB_TYPE_FIND_BAR, NULL);
}

/**
 * lb_find_bar_set_arranger:
 * @self: a bar that has no arranger yet
 * @arranger: what it changes
 */
void
lb_find_bar_set_arranger (LbFindBar *self,
                          LbArranger *arranger)
{
  g_return_if_fail (LB_IS_FIND_BAR (self));
  g_return_if_fail (LB_IS_ARRANGER (arranger));
  g_return_if_fail (self->arranger == NULL);

  self->arranger = g_object_ref (arranger);
  g_signal_connect_swapped (arranger, "changed", G_CALLBACK (lb_find_bar_on_arranged), self);
  lb_find_bar_on_arranged (self);
}

/**
 * lb_find_bar_set_hidden:
 * @self: a bar
 * @n_hidden: how many backends are not shown
 */
void
lb_find_bar_set_hidden (LbFindBar *self,
                        guint n_hidden)
{
  g_autofree char *text = NULL;

  g_return_if_fail (LB_IS_FIND_BAR (self));

  /* Translators: backends that are not shown, because a search does not match them */
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "%u hidden", "%u hidden", n_hidden),
                          n_hidden);
  gtk_label_set_label (self->hidden, text);
}

/**
 * lb_find_bar_set_narrow:
 * @self: a bar
 * @narrow: whether there is little room
 *
 * Then the entry takes what the others leave; else it is as wide as most URLs.
 */
void
lb_find_bar_set_narrow (LbFindBar *self,
                        gboolean narrow)
{
  g_return_if_fail (LB_IS_FIND_BAR (self));

  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), narrow ? LEAST_CHARS : URL_CHARS);
}

/**
 * lb_find_bar_open:
 * @self: a bar
 *
 * Opens the bar if it is closed, and puts the cursor into the entry.
 */
void
lb_find_bar_open (LbFindBar *self)
{
  g_return_if_fail (LB_IS_FIND_BAR (self));

  lb_focus_remember (GTK_WIDGET (self), &self->focus_before);
  gtk_search_bar_set_search_mode (self->bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
}
