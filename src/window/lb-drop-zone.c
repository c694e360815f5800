/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-drop-zone.h"

/**
 * LbDropZone:
 *
 * Where URLs and a file can be dropped: all over its parent, which it covers with a word on what would happen while
 * something that it takes is dragged over it.
 *
 * It is part of the window's template, as an overlay. It takes texts, and lists of files, whose URIs
 * need not be files': a browser drags a link as one. What is dropped goes to the window's action
 * `win.add-urls`, one URI on a line, which knows a file from a backend.
 */
struct _LbDropZone
{
  GtkWidget parent_instance;

  GtkRevealer *revealer;

  GtkWidget *area; /* weak: the parent, which has the drop target */
  GtkDropTarget *target;
};

G_DEFINE_FINAL_TYPE (LbDropZone, lb_drop_zone, GTK_TYPE_WIDGET)

static char *
join_uris (GdkFileList *list)
{
  GString *text = g_string_new (NULL);
  GSList *files = gdk_file_list_get_files (list);

  for (GSList *l = files; l != NULL; l = l->next)
    {
      g_autofree char *uri = g_file_get_uri (l->data);

      g_string_append_printf (text, "%s\n", uri);
    }
  g_slist_free (files);

  return g_string_free (text, FALSE);
}

static GdkDragAction
lb_drop_zone_on_enter (LbDropZone *self)
{
  gtk_revealer_set_reveal_child (self->revealer, TRUE);

  return GDK_ACTION_COPY;
}

static void
lb_drop_zone_on_leave (LbDropZone *self)
{
  gtk_revealer_set_reveal_child (self->revealer, FALSE);
}

static gboolean
lb_drop_zone_on_drop (LbDropZone *self,
                      const GValue *value)
{
  g_autofree char *text = NULL;

  gtk_revealer_set_reveal_child (self->revealer, FALSE);

  if (G_VALUE_HOLDS (value, GDK_TYPE_FILE_LIST))
    text = join_uris (g_value_get_boxed (value));
  else
    text = g_value_dup_string (value);

  return text != NULL &&
         gtk_widget_activate_action (GTK_WIDGET (self), "win.add-urls", "s", text);
}

/* A text first: of a list of files GIO may have changed the URIs. */
static void
lb_drop_zone_root (GtkWidget *widget)
{
  LbDropZone *self = LB_DROP_ZONE (widget);
  GType types[] = { G_TYPE_STRING, GDK_TYPE_FILE_LIST };

  GTK_WIDGET_CLASS (lb_drop_zone_parent_class)->root (widget);

  self->target = gtk_drop_target_new (G_TYPE_INVALID, GDK_ACTION_COPY);
  gtk_drop_target_set_gtypes (self->target, types, G_N_ELEMENTS (types));
  g_signal_connect_swapped (self->target, "enter", G_CALLBACK (lb_drop_zone_on_enter), self);
  g_signal_connect_swapped (self->target, "leave", G_CALLBACK (lb_drop_zone_on_leave), self);
  g_signal_connect_swapped (self->target, "drop", G_CALLBACK (lb_drop_zone_on_drop), self);

  g_set_weak_pointer (&self->area, gtk_widget_get_parent (widget));
  gtk_widget_add_controller (self->area, GTK_EVENT_CONTROLLER (self->target));
}

static void
lb_drop_zone_unroot (GtkWidget *widget)
{
  LbDropZone *self = LB_DROP_ZONE (widget);

  if (self->area != NULL)
    gtk_widget_remove_controller (self->area, GTK_EVENT_CONTROLLER (self->target));
  self->target = NULL;
  g_clear_weak_pointer (&self->area);

  GTK_WIDGET_CLASS (lb_drop_zone_parent_class)->unroot (widget);
}

static void
lb_drop_zone_dispose (GObject *object)
{
  LbDropZone *self = LB_DROP_ZONE (object);

  if (self->revealer != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->revealer));
  self->revealer = NULL;

  G_OBJECT_CLASS (lb_drop_zone_parent_class)->dispose (object);
}

static void
lb_drop_zone_class_init (LbDropZoneClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_drop_zone_dispose;
  widget_class->root = lb_drop_zone_root;
  widget_class->unroot = lb_drop_zone_unroot;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-drop-zone.ui");
  gtk_widget_class_bind_template_child (widget_class, LbDropZone, revealer);
}

static void
lb_drop_zone_init (LbDropZone *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lb_drop_zone_new:
 *
 * Returns: (transfer floating): a zone that is not to be seen
 */
GtkWidget *
lb_drop_zone_new (void)
{
  return g_object_new (LB_TYPE_DROP_ZONE, NULL);
}
