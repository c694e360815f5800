/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-nodes-dialog.h"

#include "window/lb-field.h"
#include "window/lb-node-row.h"

/* How often it looks how the nodes are; they are asked as often. */
#define LOOK_S 1

/**
 * LbNodesDialog:
 *
 * The dialog for the HAProxys that carry the traffic: the one here, and those that run elsewhere, which are added and
 * removed in it. Each says how it is, and what somebody else has changed there, which can be adopted or undone.
 *
 * The window's action `win.nodes` opens one. Everything in it takes effect at once.
 */
struct _LbNodesDialog
{
  GtkWindow parent_instance;

  GtkEntry *entry;
  GtkWidget *add_button;
  GtkLabel *refusal;
  GtkListBox *list;

  LbBalancer *balancer;
  GSource *look;
};

G_DEFINE_FINAL_TYPE (LbNodesDialog, lb_nodes_dialog, GTK_TYPE_WINDOW)

static LbNodeRow *
lb_nodes_dialog_get_row (LbNodesDialog *self,
                         int i)
{
  return (LbNodeRow *) gtk_list_box_get_row_at_index (self->list, i);
}

/* Has a row for @address at place @i, where those that are gone have been. */
static LbNodeRow *
lb_nodes_dialog_ensure_row (LbNodesDialog *self,
                            const char *address,
                            int i)
{
  LbNodeRow *row;
  GtkWidget *added;

  for (int at = i; (row = lb_nodes_dialog_get_row (self, at)) != NULL; at++)
    {
      if (!g_str_equal (lb_node_row_get_address (row), address))
        continue;

      while (at-- > i)
        gtk_list_box_remove (self->list, GTK_WIDGET (lb_nodes_dialog_get_row (self, i)));
      return row;
    }

  added = lb_node_row_new (address);
  gtk_list_box_insert (self->list, added, i);

  return LB_NODE_ROW (added);
}

static void
lb_nodes_dialog_update (LbNodesDialog *self)
{
  g_autoptr (LbSnapshot) snapshot = lb_balancer_get_snapshot (self->balancer);
  const char *const *addresses = lb_balancer_get_nodes (self->balancer);
  const LbNodeSnapshot *local = lb_snapshot_find_node (snapshot, LB_NODE_LOCAL);
  LbNodeRow *row;
  int n = 0;

  if (local != NULL)
    lb_node_row_update (lb_nodes_dialog_ensure_row (self, LB_NODE_LOCAL, n++), local);
  for (guint i = 0; addresses[i] != NULL; i++)
    lb_node_row_update (lb_nodes_dialog_ensure_row (self, addresses[i], n++),
                        lb_snapshot_find_node (snapshot, addresses[i]));

  while ((row = lb_nodes_dialog_get_row (self, n)) != NULL)
    gtk_list_box_remove (self->list, GTK_WIDGET (row));
}

static gboolean
lb_nodes_dialog_on_look (gpointer user_data)
{
  lb_nodes_dialog_update (user_data);

  return G_SOURCE_CONTINUE;
}

/* @message: (nullable): why the address is refused, or %NULL if it is not */
static void
lb_nodes_dialog_refuse (LbNodesDialog *self,
                        const char *message)
{
  lb_field_set_refused (GTK_WIDGET (self->entry), message != NULL);
  gtk_widget_set_visible (GTK_WIDGET (self->refusal), message != NULL);
  gtk_label_set_label (self->refusal, message != NULL ? message : "");
}

static void
lb_nodes_dialog_on_changed (LbNodesDialog *self)
{
  lb_nodes_dialog_refuse (self, NULL);
  gtk_widget_set_sensitive (self->add_button, gtk_entry_get_text_length (self->entry) > 0);
}

static void
lb_nodes_dialog_on_add (LbNodesDialog *self)
{
  g_autofree char *address = g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry)));
  g_autoptr (GError) error = NULL;

  if (!lb_balancer_add_node (self->balancer, g_strstrip (address), &error))
    lb_nodes_dialog_refuse (self, error->message);
  else
    gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
  gtk_entry_grab_focus_without_selecting (self->entry);
}

static void
lb_nodes_dialog_adopt (GtkWidget *widget,
                       const char *action_name G_GNUC_UNUSED,
                       GVariant *parameter)
{
  LbNodesDialog *self = LB_NODES_DIALOG (widget);

  lb_balancer_adopt_node_changes (self->balancer, g_variant_get_string (parameter, NULL), NULL);
  lb_nodes_dialog_update (self);
}

static void
lb_nodes_dialog_undo (GtkWidget *widget,
                      const char *action_name G_GNUC_UNUSED,
                      GVariant *parameter)
{
  LbNodesDialog *self = LB_NODES_DIALOG (widget);

  lb_balancer_undo_node_changes (self->balancer, g_variant_get_string (parameter, NULL), NULL);
  lb_nodes_dialog_update (self);
}

/* The button goes with its row. */
static void
lb_nodes_dialog_remove (GtkWidget *widget,
                        const char *action_name G_GNUC_UNUSED,
                        GVariant *parameter)
{
  LbNodesDialog *self = LB_NODES_DIALOG (widget);

  gtk_widget_grab_focus (GTK_WIDGET (self->entry));
  lb_balancer_remove_node (self->balancer, g_variant_get_string (parameter, NULL));
}

static void
lb_nodes_dialog_dispose (GObject *object)
{
  LbNodesDialog *self = LB_NODES_DIALOG (object);

  if (self->look != NULL)
    g_source_destroy (self->look);
  g_clear_pointer (&self->look, g_source_unref);
  if (self->balancer != NULL)
    g_signal_handlers_disconnect_by_data (self->balancer, self);
  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_nodes_dialog_parent_class)->dispose (object);
}

static void
lb_nodes_dialog_class_init (LbNodesDialogClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_nodes_dialog_dispose;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/example/LoadBalancer/window/lb-nodes-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, LbNodesDialog, entry);
  gtk_widget_class_bind_template_child (widget_class, LbNodesDialog, add_button);
  gtk_widget_class_bind_template_child (widget_class, LbNodesDialog, refusal);
  gtk_widget_class_bind_template_child (widget_class, LbNodesDialog, list);
  gtk_widget_class_bind_template_callback (widget_class, lb_nodes_dialog_on_add);
  gtk_widget_class_bind_template_callback (widget_class, lb_nodes_dialog_on_changed);

  gtk_widget_class_install_action (widget_class, "nodes.adopt", "s", lb_nodes_dialog_adopt);
  gtk_widget_class_install_action (widget_class, "nodes.undo", "s", lb_nodes_dialog_undo);
  gtk_widget_class_install_action (widget_class, "nodes.remove", "s", lb_nodes_dialog_remove);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
lb_nodes_dialog_init (LbNodesDialog *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  lb_field_set_ltr (GTK_EDITABLE (self->entry));
  lb_nodes_dialog_on_changed (self);
}

/**
 * lb_nodes_dialog_new:
 * @parent: the window it belongs to
 * @balancer: a balancer that has loaded
 *
 * Returns: (transfer none): a dialog that is not shown yet; GTK owns it
 */
LbNodesDialog *
lb_nodes_dialog_new (GtkWindow *parent,
                     LbBalancer *balancer)
{
  LbNodesDialog *self;

  g_return_val_if_fail (GTK_IS_WINDOW (parent), NULL);
  g_return_val_if_fail (LB_IS_BALANCER (balancer), NULL);

  self = g_object_new (LB_TYPE_NODES_DIALOG, "transient-for", parent, NULL);
  self->balancer = g_object_ref (balancer);
  g_signal_connect_swapped (balancer, "notify::nodes", G_CALLBACK (lb_nodes_dialog_update), self);
  self->look = g_timeout_source_new_seconds (LOOK_S);
  g_source_set_static_name (self->look, "[lb] nodes");
  g_source_set_callback (self->look, lb_nodes_dialog_on_look, self, NULL);
  g_source_attach (self->look, NULL);
  lb_nodes_dialog_update (self);

  return self;
}
