/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-config-setting"

#include "config.h"

#include "config/lb-config-setting.h"

#include <glib/gi18n-lib.h>

#include "config/lb-json-text.h"

/*
 * How the settings of a group travel: by the kind that each has in its group's table.
 */

static gboolean
lb_config_read_switch (const LbConfigKey *key,
                       gpointer subject,
                       JsonNode *node,
                       GError **error)
{
  g_autofree char *text = lb_json_text_brief (node);

  if (!lb_config_node_is (node, G_TYPE_BOOLEAN))
    return lb_config_refuse (error, _ ("%s is neither true nor false."), text);

  *(gboolean *) G_STRUCT_MEMBER_P (subject, key->offset) = json_node_get_boolean (node);
  return TRUE;
}

static JsonNode *
lb_config_write_switch (const LbConfigKey *key,
                        gpointer subject)
{
  return json_node_init_boolean (json_node_alloc (),
                                 *(gboolean *) G_STRUCT_MEMBER_P (subject, key->offset));
}

static gboolean
lb_config_read_text (const LbConfigKey *key,
                     gpointer subject,
                     JsonNode *node,
                     GError **error)
{
  const gboolean is_null = key->setting->nullable && JSON_NODE_HOLDS_NULL (node);
  g_autofree char *text = lb_json_text_brief (node);
  char **place = G_STRUCT_MEMBER_P (subject, key->offset);

  if (!is_null && !lb_config_node_is (node, G_TYPE_STRING))
    return lb_config_refuse (error, _ ("%s is not a text in quotes."), text);

  if (!is_null && !key->setting->check (json_node_get_string (node), error))
    return FALSE;

  g_free (*place);
  *place = is_null ? NULL : json_node_dup_string (node);
  return TRUE;
}

static JsonNode *
lb_config_write_text (const LbConfigKey *key,
                      gpointer subject)
{
  const char *text = *(char **) G_STRUCT_MEMBER_P (subject, key->offset);

  return text != NULL ? json_node_init_string (json_node_alloc (), text)
                      : json_node_init_null (json_node_alloc ());
}

static gboolean
lb_config_read_lines (const LbConfigKey *key,
                      gpointer subject,
                      JsonNode *node,
                      GError **error)
{
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  g_autofree char *text = lb_json_text_brief (node);
  char ***place = G_STRUCT_MEMBER_P (subject, key->offset);
  JsonArray *array;
  guint length;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return lb_config_refuse (error, _ ("%s is not a list of lines in quotes."), text);

  array = json_node_get_array (node);
  length = json_array_get_length (array);

  for (guint i = 0; i < length; i++)
    {
      JsonNode *element = json_array_get_element (array, i);

      if (!lb_config_node_is (element, G_TYPE_STRING))
        return lb_config_refuse (error, _ ("%s is not a list of lines in quotes."), text);

      if (!key->setting->check (json_node_get_string (element), error))
        return FALSE;

      g_strv_builder_add (lines, json_node_get_string (element));
    }

  g_strfreev (*place);
  *place = length > 0 ? g_strv_builder_end (lines) : NULL;
  return TRUE;
}

static JsonNode *
lb_config_write_lines (const LbConfigKey *key,
                       gpointer subject)
{
  char **lines = *(char ***) G_STRUCT_MEMBER_P (subject, key->offset);
  g_autoptr (JsonArray) array = json_array_new ();

  for (guint i = 0; lines != NULL && lines[i] != NULL; i++)
    json_array_add_string_element (array, lines[i]);

  return json_node_init_array (json_node_alloc (), array);
}

static const struct
{
  gboolean (*read) (const LbConfigKey *key, gpointer subject, JsonNode *node, GError **error);
  JsonNode *(*write) (const LbConfigKey *key, gpointer subject);
} kinds[] = {
  [LB_SETTING_NUMBER] = { lb_config_read_uint, lb_config_write_uint },
  [LB_SETTING_SHARE] = { lb_config_read_double, lb_config_write_double },
  [LB_SETTING_SWITCH] = { lb_config_read_switch, lb_config_write_switch },
  [LB_SETTING_TEXT] = { lb_config_read_text, lb_config_write_text },
  [LB_SETTING_LINES] = { lb_config_read_lines, lb_config_write_lines },
};

/**
 * lb_config_read_setting:
 * @key: the row of a setting
 * @subject: its group
 * @node: what the file says
 * @error: return location for a %LB_CONFIG_ERROR_VALUE, or what the setting's check sets
 *
 * Returns: whether that is what it must be
 */
gboolean
lb_config_read_setting (const LbConfigKey *key,
                        gpointer subject,
                        JsonNode *node,
                        GError **error)
{
  return kinds[key->setting->kind].read (key, subject, node, error);
}

/**
 * lb_config_write_setting:
 * @key: the row of a setting
 * @subject: its group
 *
 * Returns: (transfer full): what the file is to say
 */
JsonNode *
lb_config_write_setting (const LbConfigKey *key,
                         gpointer subject)
{
  return kinds[key->setting->kind].write (key, subject);
}

/**
 * lb_config_init_setting:
 * @key: (out caller-allocates): a row of a table
 * @setting: a setting, which stays for ever
 *
 * Makes the row that reads and writes @setting by its kind.
 */
void
lb_config_init_setting (LbConfigKey *key,
                        const LbSetting *setting)
{
  *key = (LbConfigKey){
    .name = setting->name,
    .read = lb_config_read_setting,
    .write = lb_config_write_setting,
    .offset = setting->offset,
    .min = setting->min,
    .max = setting->max,
    .setting = setting,
  };
}

/**
 * lb_config_get_proxy_keys:
 *
 * Returns: (transfer none): the table of how traffic is proxied, of which an #LbProxySettings is the subject
 */
const LbConfigKey *
lb_config_get_proxy_keys (void)
{
  static gsize made = 0;

  if (g_once_init_enter (&made))
    {
      guint n;
      const LbSetting *settings = lb_proxy_settings_list (&n);
      LbConfigKey *keys = g_new0 (LbConfigKey, n + 1);

      for (guint i = 0; i < n; i++)
        lb_config_init_setting (&keys[i], &settings[i]);
      g_once_init_leave (&made, (gsize) keys);
    }

  return (const LbConfigKey *) made;
}
