/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-node-row.h"

#include <glib/gi18n-lib.h>

/**
 * LbNodeRow:
 *
 * One node in the [class@NodesDialog]: what it is called, how it is, and what somebody else has changed there, with
 * the buttons for that. Those are the dialog's actions.
 */
struct _LbNodeRow
{
  GtkListBoxRow parent_instance;

  GtkImage *icon;
  GtkLabel *title;
  GtkLabel *state;
  GtkLabel *load;
  GtkWidget *changes;
  GtkLabel *foreign;
  GtkButton *adopt;
  GtkButton *undo;
  GtkButton *remove;

  char *address;
};

G_DEFINE_FINAL_TYPE (LbNodeRow, lb_node_row, GTK_TYPE_LIST_BOX_ROW)

static const struct
{
  const char *icon;
  const char *css_class;
} node_states[] = {
  [LB_NODE_CONNECTING] = { "lb-state-unknown-symbolic", "dim-label" },
  [LB_NODE_SERVING] = { "lb-state-up-symbolic", "lb-up" },
  [LB_NODE_GONE] = { "lb-state-down-symbolic", "lb-down" },
};

static void
lb_node_row_finalize (GObject *object)
{
  LbNodeRow *self = LB_NODE_ROW (object);

  g_free (self->address);

  G_OBJECT_CLASS (lb_node_row_parent_class)->finalize (object);
}

static void
lb_node_row_class_init (LbNodeRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = lb_node_row_finalize;

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/example/LoadBalancer/window/lb-node-row.ui");
  gtk_widget_class_bind_template_child (widget_class, LbNodeRow, icon);
  gtk_widget_class_bind_template_child (widget_class, LbNodeRow, title);
  gtk_widget_class_bind_template_child (widget_class, LbNodeRow, state);
  gtk_widget_class_bind_template_child (widget_class, LbNodeRow, load);
  gtk_widget_class_bind_template_child (widget_class, LbNodeRow, changes);
  gtk_widget_class_bind_template_child (widget_class, LbNodeRow, foreign);
  gtk_widget_class_bind_template_child (widget_class, LbNodeRow, adopt);
  gtk_widget_class_bind_template_child (widget_class, LbNodeRow, undo);
  gtk_widget_class_bind_template_child (widget_class, LbNodeRow, remove);
}

static void
lb_node_row_init (LbNodeRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/* @name: (transfer full): what it is called to who cannot see in which row it is */
static void
lb_node_row_set_target (GtkButton *button,
                        const char *address,
                        char *name)
{
  g_autofree char *label = name;

  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", address);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

/**
 * lb_node_row_new:
 * @address: what the node is named by
 *
 * Returns: (transfer floating): a row that says nothing of it yet
 */
GtkWidget *
lb_node_row_new (const char *address)
{
  LbNodeRow *self;

  g_return_val_if_fail (address != NULL, NULL);

  self = g_object_new (LB_TYPE_NODE_ROW, NULL);
  self->address = g_strdup (address);
  gtk_label_set_label (self->title, address);
  gtk_widget_set_visible (GTK_WIDGET (self->remove), !g_str_equal (address, LB_NODE_LOCAL));
  /* Translators: %s is the address of a node */
  lb_node_row_set_target (self->adopt, address, g_strdup_printf (_ ("Adopt What Was Changed at %s"), address));
  /* Translators: %s is the address of a node */
  lb_node_row_set_target (self->undo, address, g_strdup_printf (_ ("Undo What Was Changed at %s"), address));
  /* Translators: %s is the address of a node */
  lb_node_row_set_target (self->remove, address, g_strdup_printf (_ ("Remove %s"), address));

  return GTK_WIDGET (self);
}

/**
 * lb_node_row_get_address:
 * @self: a row
 *
 * Returns: (transfer none): what its node is named by
 */
const char *
lb_node_row_get_address (LbNodeRow *self)
{
  g_return_val_if_fail (LB_IS_NODE_ROW (self), NULL);

  return self->address;
}

/* Nothing is spoken again that is as it was. */
static void
lb_node_row_say (GtkLabel *label,
                 const char *text)
{
  if (!g_str_equal (gtk_label_get_label (label), text))
    gtk_label_set_label (label, text);
}

static char *
lb_node_row_make_state (const LbNodeSnapshot *node)
{
  switch (node->state)
    {
    case LB_NODE_CONNECTING:
      return g_strdup (_ ("Not heard of yet"));

    case LB_NODE_SERVING:
      /* Translators: %s is a version */
      return g_strdup_printf (_ ("Serves, with HAProxy %s"), node->version != NULL ? node->version : "–");

    case LB_NODE_GONE:
      /* Translators: %s is a sentence on why */
      return g_strdup_printf (_ ("Does not answer: %s"), node->error != NULL ? node->error : "–");

    default:
      g_return_val_if_reached (NULL);
    }
}

static char *
lb_node_row_make_load (const LbNodeSnapshot *node)
{
  double per_s = 0.0;
  guint in_flight = 0;

  for (guint i = 0; i < node->n_backends; i++)
    {
      per_s += node->backends[i].requests_per_s;
      in_flight += node->backends[i].in_flight;
    }

  /* Translators: two numbers */
  return g_strdup_printf (_ ("%.1f requests per second, %u in flight"), per_s, in_flight);
}

/**
 * lb_node_row_update:
 * @self: a row
 * @node: (nullable): how the node is; %NULL if nobody asks it, since it is not in use
 */
void
lb_node_row_update (LbNodeRow *self,
                    const LbNodeSnapshot *node)
{
  const LbNodeState state = node != NULL ? node->state : LB_NODE_CONNECTING;
  g_autofree char *text = NULL;
  g_autofree char *load = NULL;
  g_autofree char *foreign = NULL;

  g_return_if_fail (LB_IS_NODE_ROW (self));

  for (guint i = 0; i < G_N_ELEMENTS (node_states); i++)
    gtk_widget_remove_css_class (GTK_WIDGET (self->icon), node_states[i].css_class);
  gtk_widget_add_css_class (GTK_WIDGET (self->icon), node_states[state].css_class);
  gtk_image_set_from_icon_name (self->icon, node_states[state].icon);

  text = node != NULL ? lb_node_row_make_state (node) : g_strdup (_ ("Not in use while requests are redirected"));
  load = node != NULL ? lb_node_row_make_load (node) : g_strdup ("");
  foreign = node != NULL ? g_strjoinv ("\n", node->foreign) : g_strdup ("");

  if (node != NULL)
    lb_node_row_say (self->title, node->title);
  lb_node_row_say (self->state, text);
  lb_node_row_say (self->load, load);
  lb_node_row_say (self->foreign, foreign);
  gtk_widget_set_visible (GTK_WIDGET (self->load), state == LB_NODE_SERVING);
  gtk_widget_set_visible (self->changes, *foreign != '\0');
}
