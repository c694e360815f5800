/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-enum-action.h"

/*
 * An action for a property that is one of a few. It is what a GPropertyAction would be, but any program can
 * activate it over D-Bus with any string, of which that one would warn as of a fault of ours.
 */

static GParamSpec *
lb_enum_action_get_pspec (GAction *action)
{
  return g_object_get_data (G_OBJECT (action), "lb-property");
}

static GVariant *
lb_enum_action_read (GObject *object,
                     GParamSpec *pspec)
{
  g_auto (GValue) value = G_VALUE_INIT;

  g_value_init (&value, pspec->value_type);
  g_object_get_property (object, pspec->name, &value);

  return g_variant_new_string (
    g_enum_get_value (G_PARAM_SPEC_ENUM (pspec)->enum_class, g_value_get_enum (&value))->value_nick);
}

static void
lb_enum_action_on_notify (GSimpleAction *action,
                          GParamSpec *pspec,
                          GObject *object)
{
  g_simple_action_set_state (action, lb_enum_action_read (object, pspec));
}

/* What is no nick of the property's type changes nothing. */
static void
lb_enum_action_on_change_state (GObject *object,
                                GVariant *state,
                                GAction *action)
{
  GParamSpec *pspec = lb_enum_action_get_pspec (action);
  const GEnumValue *chosen = g_enum_get_value_by_nick (G_PARAM_SPEC_ENUM (pspec)->enum_class,
                                                       g_variant_get_string (state, NULL));

  if (chosen != NULL)
    g_object_set (object, pspec->name, chosen->value, NULL);
}

/**
 * lb_enum_action_new:
 * @name: the name of the action
 * @object: (type GObject): what has the property; it may end before the action, which then does nothing
 * @property: the name of a property of an enumerated type
 *
 * Returns: (transfer full): an action whose state is the nick of the property's value
 */
GAction *
lb_enum_action_new (const char *name,
                    gpointer object,
                    const char *property)
{
  g_autofree char *notify = g_strconcat ("notify::", property, NULL);
  GParamSpec *pspec;
  GSimpleAction *action;

  g_return_val_if_fail (name != NULL, NULL);
  g_return_val_if_fail (G_IS_OBJECT (object), NULL);

  pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), property);
  g_return_val_if_fail (G_IS_PARAM_SPEC_ENUM (pspec), NULL);

  action = g_simple_action_new_stateful (name, G_VARIANT_TYPE_STRING, lb_enum_action_read (object, pspec));
  g_object_set_data (G_OBJECT (action), "lb-property", pspec);
  g_signal_connect_object (action, "change-state", G_CALLBACK (lb_enum_action_on_change_state), object,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (object, notify, G_CALLBACK (lb_enum_action_on_notify), action, G_CONNECT_SWAPPED);

  return G_ACTION (action);
}
