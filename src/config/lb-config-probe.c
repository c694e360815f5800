/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-config-probe"

#include "config.h"

#include "config/lb-config-probe.h"

#include <glib/gi18n-lib.h>

#include "config/lb-json-text.h"
#include "pool/lb-probe-settings.h"

/*
 * How the settings of the probes travel: a row for each field that lb_probe_fields() has, in its
 * order. A row of everybody's settings and the same row of one backend's exceptions have the same
 * value in the file; an exception is there or it is not.
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
  const gboolean is_null = key->field->nullable && JSON_NODE_HOLDS_NULL (node);
  g_autofree char *text = lb_json_text_brief (node);
  char **place = G_STRUCT_MEMBER_P (subject, key->offset);

  if (!is_null && !lb_config_node_is (node, G_TYPE_STRING))
    return lb_config_refuse (error, _ ("%s is not a text in quotes."), text);

  if (!is_null && !key->field->check (json_node_get_string (node), error))
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

      if (!key->field->check (json_node_get_string (element), error))
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
  [LB_PROBE_FIELD_NUMBER] = { lb_config_read_uint, lb_config_write_uint },
  [LB_PROBE_FIELD_SHARE] = { lb_config_read_double, lb_config_write_double },
  [LB_PROBE_FIELD_SWITCH] = { lb_config_read_switch, lb_config_write_switch },
  [LB_PROBE_FIELD_TEXT] = { lb_config_read_text, lb_config_write_text },
  [LB_PROBE_FIELD_LINES] = { lb_config_read_lines, lb_config_write_lines },
};

/* A setting that is one backend's alone says so where it is found among everybody's. */

static gboolean
lb_config_read_misplaced (const LbConfigKey *key,
                          gpointer subject,
                          JsonNode *node,
                          GError **error)
{
  return lb_config_refuse (error, _ ("It belongs into the “probe” of one backend."));
}

static JsonNode *
lb_config_write_nothing (const LbConfigKey *key,
                         gpointer subject)
{
  return NULL;
}

static guint32
lb_config_get_bit (const LbConfigKey *key)
{
  return 1u << (key->field - lb_probe_fields (NULL));
}

static gboolean
lb_config_read_exception (const LbConfigKey *key,
                          gpointer subject,
                          JsonNode *node,
                          GError **error)
{
  LbProbeExceptions *self = subject;

  if (!kinds[key->field->kind].read (key, &self->values, node, error))
    return FALSE;

  self->set |= lb_config_get_bit (key);
  return TRUE;
}

static JsonNode *
lb_config_write_exception (const LbConfigKey *key,
                           gpointer subject)
{
  LbProbeExceptions *self = subject;

  if ((self->set & lb_config_get_bit (key)) == 0)
    return NULL;

  return kinds[key->field->kind].write (key, &self->values);
}

/* Makes a table that stays for ever. */
static LbConfigKey *
lb_config_make_keys (gboolean exceptions)
{
  guint n_fields;
  const LbProbeField *fields = lb_probe_fields (&n_fields);
  LbConfigKey *keys = g_new0 (LbConfigKey, n_fields + 1);

  for (guint i = 0; i < n_fields; i++)
    {
      keys[i].name = fields[i].name;
      keys[i].offset = fields[i].offset;
      keys[i].min = fields[i].min;
      keys[i].max = fields[i].max;
      keys[i].field = &fields[i];

      if (exceptions)
        {
          keys[i].read = lb_config_read_exception;
          keys[i].write = lb_config_write_exception;
        }
      else if (fields[i].exception_only)
        {
          keys[i].read = lb_config_read_misplaced;
          keys[i].write = lb_config_write_nothing;
        }
      else
        {
          keys[i].read = kinds[fields[i].kind].read;
          keys[i].write = kinds[fields[i].kind].write;
        }
    }

  return keys;
}

/**
 * lb_config_get_probe_keys:
 *
 * Returns: (transfer none): the table of everybody's settings, of which an #LbProbeSettings is the
 *   subject
 */
const LbConfigKey *
lb_config_get_probe_keys (void)
{
  static gsize keys = 0;

  if (g_once_init_enter (&keys))
    g_once_init_leave (&keys, (gsize) lb_config_make_keys (FALSE));

  return (const LbConfigKey *) keys;
}

/**
 * lb_config_get_exception_keys:
 *
 * Returns: (transfer none): the table of one backend's exceptions, of which an #LbProbeExceptions
 *   is the subject
 */
const LbConfigKey *
lb_config_get_exception_keys (void)
{
  static gsize keys = 0;

  if (g_once_init_enter (&keys))
    g_once_init_leave (&keys, (gsize) lb_config_make_keys (TRUE));

  return (const LbConfigKey *) keys;
}
