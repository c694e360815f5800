/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-policy-button.h"

#include <glib/gi18n-lib.h>

#include "policy/lb-policy.h"
#include "window/lb-check-button.h"

/**
 * LbPolicyButton:
 *
 * The button in the header bar that shows the policy in use, and offers all of them in a popover,
 * each with a line on what it does.
 *
 * It is part of the window's template, and the window says which policy is in use. The rows are radio
 * buttons of the widget's own action `policy.choose`, which has that one's name as its state. When a
 * row is chosen, and be it the one that was, the popover closes and the window's `win.set-policy`
 * does the rest; when the policy changes otherwise, an open popover stays open. The window also says
 * when it is narrow, which leaves the button its icon only.
 */
struct _LbPolicyButton
{
  GtkWidget parent_instance;

  GtkMenuButton *button;
  GtkWidget *icon;
  GtkLabel *label;
  GtkPopover *popover;
  GtkBox *rows;

  char *policy; /* the name of the one in use */
};

enum
{
  PROP_POLICY = 1,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbPolicyButton, lb_policy_button, GTK_TYPE_WIDGET)

static GtkWidget *
lb_policy_button_new_label (const char *text,
                            const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 44);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);

  return label;
}

static void
lb_policy_button_add_row (LbPolicyButton *self,
                          const LbPolicyInfo *info)
{
  GtkWidget *words = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *row = g_object_new (LB_TYPE_CHECK_BUTTON,
                                 "accessible-role", GTK_ACCESSIBLE_ROLE_RADIO,
                                 NULL);
  GtkWidget *title = lb_policy_button_new_label (_ (info->title), NULL);
  GtkWidget *summary = lb_policy_button_new_label (_ (info->summary), "dim-label");

  gtk_widget_add_css_class (summary, "caption");
  gtk_widget_set_hexpand (words, TRUE);
  gtk_widget_set_margin_start (words, 6);
  gtk_box_append (GTK_BOX (words), title);
  gtk_box_append (GTK_BOX (words), summary);
  gtk_check_button_set_child (GTK_CHECK_BUTTON (row), words);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (row),
                                  GTK_ACCESSIBLE_RELATION_LABELLED_BY, title, NULL,
                                  GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, summary, NULL, -1);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (row), "s", info->name);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row), "policy.choose");
  gtk_box_append (self->rows, row);
}

static const LbPolicyInfo *
lb_policy_button_find (const char *name)
{
  const LbPolicyInfo *info;
  guint i;

  for (i = 0; (info = lb_policy_list (i)) != NULL; i++)
    if (g_str_equal (info->name, name))
      return info;

  return NULL;
}

/*
 * The window makes the button narrow before there is too little room for what is written on it, so
 * the words do not count for how small the window may be. Narrow, the button is about a square.
 */
static void
lb_policy_button_measure (GtkWidget *widget,
                          GtkOrientation orientation,
                          int for_size,
                          int *minimum,
                          int *natural,
                          int *minimum_baseline,
                          int *natural_baseline)
{
  GtkWidget *button = GTK_WIDGET (LB_POLICY_BUTTON (widget)->button);
  int height;

  gtk_widget_measure (button, orientation, for_size, minimum, natural, minimum_baseline,
                      natural_baseline);
  if (orientation == GTK_ORIENTATION_VERTICAL)
    return;

  gtk_widget_measure (button, GTK_ORIENTATION_VERTICAL, -1, &height, NULL, NULL, NULL);
  *minimum = MIN (*minimum, height);
}

static void
lb_policy_button_size_allocate (GtkWidget *widget,
                                int width,
                                int height,
                                int baseline)
{
  gtk_widget_allocate (GTK_WIDGET (LB_POLICY_BUTTON (widget)->button), width, height, baseline, NULL);
}

static void
lb_policy_button_get_property (GObject *object,
                               guint prop_id,
                               GValue *value,
                               GParamSpec *pspec)
{
  LbPolicyButton *self = LB_POLICY_BUTTON (object);

  switch (prop_id)
    {
    case PROP_POLICY:
      g_value_set_string (value, self->policy);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_policy_button_set_property (GObject *object,
                               guint prop_id,
                               const GValue *value,
                               GParamSpec *pspec)
{
  LbPolicyButton *self = LB_POLICY_BUTTON (object);

  switch (prop_id)
    {
    case PROP_POLICY:
      gtk_popover_popdown (self->popover);
      gtk_widget_activate_action (GTK_WIDGET (self), "win.set-policy", "s",
                                  g_value_get_string (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_policy_button_dispose (GObject *object)
{
  LbPolicyButton *self = LB_POLICY_BUTTON (object);

  if (self->button != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->button));
  self->button = NULL;

  G_OBJECT_CLASS (lb_policy_button_parent_class)->dispose (object);
}

static void
lb_policy_button_finalize (GObject *object)
{
  LbPolicyButton *self = LB_POLICY_BUTTON (object);

  g_free (self->policy);

  G_OBJECT_CLASS (lb_policy_button_parent_class)->finalize (object);
}

static void
lb_policy_button_class_init (LbPolicyButtonClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = lb_policy_button_get_property;
  object_class->set_property = lb_policy_button_set_property;
  object_class->dispose = lb_policy_button_dispose;
  object_class->finalize = lb_policy_button_finalize;

  widget_class->measure = lb_policy_button_measure;
  widget_class->size_allocate = lb_policy_button_size_allocate;

  /**
   * LbPolicyButton:policy:
   *
   * The name of the policy in use. Setting it is choosing it: the window is asked to.
   */
  properties[PROP_POLICY] =
    g_param_spec_string ("policy", NULL, NULL, "",
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);

  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_install_property_action (widget_class, "policy.choose", "policy");

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-policy-button.ui");
  gtk_widget_class_bind_template_child (widget_class, LbPolicyButton, button);
  gtk_widget_class_bind_template_child (widget_class, LbPolicyButton, icon);
  gtk_widget_class_bind_template_child (widget_class, LbPolicyButton, label);
  gtk_widget_class_bind_template_child (widget_class, LbPolicyButton, popover);
  gtk_widget_class_bind_template_child (widget_class, LbPolicyButton, rows);
}

static void
lb_policy_button_init (LbPolicyButton *self)
{
  const LbPolicyInfo *info;
  guint i;

  self->policy = g_strdup (""); /* the state of an action is never NULL */
  gtk_widget_init_template (GTK_WIDGET (self));

  for (i = 0; (info = lb_policy_list (i)) != NULL; i++)
    lb_policy_button_add_row (self, info);
}

/**
 * lb_policy_button_new:
 *
 * Returns: (transfer floating): a button that shows no policy yet
 */
GtkWidget *
lb_policy_button_new (void)
{
  return g_object_new (LB_TYPE_POLICY_BUTTON, NULL);
}

/**
 * lb_policy_button_set_policy:
 * @self: a button
 * @name: the name of the policy in use
 */
void
lb_policy_button_set_policy (LbPolicyButton *self,
                             const char *name)
{
  const LbPolicyInfo *info;
  g_autofree char *label = NULL;
  g_autofree char *tooltip = NULL;

  g_return_if_fail (LB_IS_POLICY_BUTTON (self));
  g_return_if_fail (name != NULL);

  info = lb_policy_button_find (name);
  g_return_if_fail (info != NULL);

  if (g_strcmp0 (self->policy, name) == 0)
    return;

  g_free (self->policy);
  self->policy = g_strdup (name);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_POLICY]);

  gtk_label_set_label (self->label, _ (info->title));

  /* Translators: %s is the name of a policy, such as “Round Robin” */
  label = g_strdup_printf (_ ("Policy: %s"), _ (info->title));
  tooltip = g_strdup_printf ("%s\n%s", label, _ (info->summary));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->button), tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  label, -1);
}

/**
 * lb_policy_button_set_narrow:
 * @self: a button
 * @narrow: whether there is little room
 */
void
lb_policy_button_set_narrow (LbPolicyButton *self,
                             gboolean narrow)
{
  g_return_if_fail (LB_IS_POLICY_BUTTON (self));

  gtk_menu_button_set_always_show_arrow (self->button, !narrow);
  gtk_widget_set_visible (self->icon, narrow);
  gtk_widget_set_visible (GTK_WIDGET (self->label), !narrow);
}
