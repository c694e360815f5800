/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-config-keys"

#include "config.h"

#include "config/lb-config-keys.h"

#include <glib/gi18n-lib.h>

#include "config/lb-json-text.h"
#include "pool/lb-node-address.h"

/**
 * lb_config_node_is:
 * @node: a node
 * @type: %G_TYPE_STRING, %G_TYPE_INT64, %G_TYPE_DOUBLE or %G_TYPE_BOOLEAN
 *
 * Returns: whether json-glib may be asked for a value of that type
 */
gboolean
lb_config_node_is (JsonNode *node,
              GType type)
{
  return JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == type;
}

/**
 * lb_config_refuse:
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 * @format: a sentence on what is wrong with a value
 * @...: what stands in it
 *
 * Returns: %FALSE
 */
gboolean
lb_config_refuse (GError **error,
                  const char *format,
                  ...)
{
  va_list args;

  va_start (args, format);
  if (error != NULL)
    *error = g_error_new_valist (LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE, format, args);
  va_end (args);

  return FALSE;
}

static JsonNode *
lb_config_string_node (const char *text)
{
  return json_node_init_string (json_node_alloc (), text);
}

/* Rows: numbers in a struct, for any table */

gboolean
lb_config_read_uint (const LbConfigKey *key,
                     gpointer subject,
                     JsonNode *node,
                     GError **error)
{
  g_autofree char *text = lb_json_text_brief (node);
  gint64 value = lb_config_node_is (node, G_TYPE_INT64) ? json_node_get_int (node) : -1;

  if (value < (gint64) key->min || value > (gint64) key->max)
    return lb_config_refuse (error, _("%s is not a whole number from %.0f to %.0f."), text,
                             key->min, key->max);

  *(guint *) G_STRUCT_MEMBER_P (subject, key->offset) = (guint) value;
  return TRUE;
}

JsonNode *
lb_config_write_uint (const LbConfigKey *key,
                      gpointer subject)
{
  return json_node_init_int (json_node_alloc (),
                             *(guint *) G_STRUCT_MEMBER_P (subject, key->offset));
}

gboolean
lb_config_read_double (const LbConfigKey *key,
                       gpointer subject,
                       JsonNode *node,
                       GError **error)
{
  g_autofree char *text = lb_json_text_brief (node);
  double value = key->min - 1;

  if (lb_config_node_is (node, G_TYPE_DOUBLE) || lb_config_node_is (node, G_TYPE_INT64))
    value = json_node_get_double (node);

  if (value < key->min || value > key->max)
    return lb_config_refuse (error, _("%s is not a number from %g to %g."), text, key->min,
                             key->max);

  *(double *) G_STRUCT_MEMBER_P (subject, key->offset) = value;
  return TRUE;
}

JsonNode *
lb_config_write_double (const LbConfigKey *key,
                        gpointer subject)
{
  return json_node_init_double (json_node_alloc (),
                                *(double *) G_STRUCT_MEMBER_P (subject, key->offset));
}

/* Rows: the whole configuration */

/* A newer version has been refused before; here stands 1 or a mistake. */
static gboolean
lb_config_read_version (const LbConfigKey *key,
                        gpointer subject,
                        JsonNode *node,
                        GError **error)
{
  g_autofree char *text = lb_json_text_brief (node);

  if (!lb_config_node_is (node, G_TYPE_INT64) || json_node_get_int (node) != LB_CONFIG_VERSION)
    return lb_config_refuse (error, _("%s is not the number %d."), text, LB_CONFIG_VERSION);

  return TRUE;
}

static JsonNode *
lb_config_write_version (const LbConfigKey *key,
                         gpointer subject)
{
  return json_node_init_int (json_node_alloc (), LB_CONFIG_VERSION);
}

/* Adds one entry of the list of addresses; one that is there already adds nothing. */
static gboolean
lb_config_read_address (GPtrArray *addresses,
                        JsonNode *node,
                        GError **error)
{
  g_autofree char *text = NULL;
  g_autofree char *address = NULL;

  if (!lb_config_node_is (node, G_TYPE_STRING))
    {
      text = lb_json_text_brief (node);
      return lb_config_refuse (error, _("%s is not an address in quotes."), text);
    }

  if (!lb_config_check_address (json_node_get_string (node), &address, error))
    return FALSE;

  if (!g_ptr_array_find_with_equal_func (addresses, address, g_str_equal, NULL))
    g_ptr_array_add (addresses, g_steal_pointer (&address));

  return TRUE;
}

/* Of a list the good entries are used, whatever the others are; the error names all of those. */
static gboolean
lb_config_read_listen (const LbConfigKey *key,
                       gpointer subject,
                       JsonNode *node,
                       GError **error)
{
  LbConfig *self = subject;
  g_autoptr (GPtrArray) addresses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) wrong = g_string_new (NULL);
  g_autofree char *text = lb_json_text_brief (node);
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (node) || json_array_get_length (json_node_get_array (node)) == 0)
    return lb_config_refuse (error, _("%s is not a list with at least one address."), text);

  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      g_autoptr (GError) local_error = NULL;

      if (!lb_config_read_address (addresses, json_array_get_element (array, i), &local_error))
        g_string_append_printf (wrong, "%s%s", wrong->len > 0 ? " " : "", local_error->message);
    }

  if (addresses->len > 0)
    {
      g_ptr_array_add (addresses, NULL);
      g_strfreev (self->listen);
      self->listen = (char **) g_ptr_array_steal (addresses, NULL);
    }

  return wrong->len == 0 || lb_config_refuse (error, "%s", wrong->str);
}

static JsonNode *
lb_config_write_listen (const LbConfigKey *key,
                        gpointer subject)
{
  LbConfig *self = subject;
  g_autoptr (JsonArray) array = json_array_new ();

  for (guint i = 0; self->listen[i] != NULL; i++)
    json_array_add_string_element (array, self->listen[i]);

  return json_node_init_array (json_node_alloc (), array);
}

static gboolean
lb_config_read_status (const LbConfigKey *key,
                       gpointer subject,
                       JsonNode *node,
                       GError **error)
{
  LbConfig *self = subject;
  g_autofree char *text = NULL;

  if (!lb_config_node_is (node, G_TYPE_INT64))
    {
      text = lb_json_text_brief (node);
      return lb_config_refuse (error, _("%s is not a redirect status. "
                                        "Use 301, 302, 303, 307 or 308."), text);
    }

  if (!lb_config_check_status (json_node_get_int (node), error))
    return FALSE;

  self->redirect_status = (guint) json_node_get_int (node);
  return TRUE;
}

static gboolean
lb_config_read_origin (const LbConfigKey *key,
                       gpointer subject,
                       JsonNode *node,
                       GError **error)
{
  LbConfig *self = subject;
  g_autofree char *text = NULL;
  g_autofree char *origin = NULL;

  if (!lb_config_node_is (node, G_TYPE_STRING))
    {
      text = lb_json_text_brief (node);
      return lb_config_refuse (error, _("%s is not an origin in quotes."), text);
    }

  if (!lb_config_check_origin (json_node_get_string (node), &origin, error))
    return FALSE;

  g_free (self->cors_origin);
  self->cors_origin = g_steal_pointer (&origin);
  return TRUE;
}

static JsonNode *
lb_config_write_origin (const LbConfigKey *key,
                        gpointer subject)
{
  LbConfig *self = subject;

  return lb_config_string_node (self->cors_origin);
}

static gboolean
lb_config_read_engine (const LbConfigKey *key,
                       gpointer subject,
                       JsonNode *node,
                       GError **error)
{
  LbConfig *self = subject;
  g_autofree char *text = lb_json_text_brief (node);

  if (!lb_config_node_is (node, G_TYPE_STRING) || *json_node_get_string (node) == '\0')
    return lb_config_refuse (error, _("%s is not the name of an engine in quotes."), text);

  g_free (self->engine);
  self->engine = json_node_dup_string (node);
  return TRUE;
}

static JsonNode *
lb_config_write_engine (const LbConfigKey *key,
                        gpointer subject)
{
  LbConfig *self = subject;

  return lb_config_string_node (self->engine);
}

static gboolean
lb_config_read_policy (const LbConfigKey *key,
                       gpointer subject,
                       JsonNode *node,
                       GError **error)
{
  LbConfig *self = subject;
  g_autofree char *text = lb_json_text_brief (node);

  if (!lb_config_node_is (node, G_TYPE_STRING) || *json_node_get_string (node) == '\0')
    return lb_config_refuse (error, _("%s is not the name of a policy in quotes."), text);

  g_free (self->policy);
  self->policy = json_node_dup_string (node);
  return TRUE;
}

static JsonNode *
lb_config_write_policy (const LbConfigKey *key,
                        gpointer subject)
{
  LbConfig *self = subject;

  return lb_config_string_node (self->policy);
}

/* Rows: a backend */

static gboolean
lb_config_read_weight (const LbConfigKey *key,
                       gpointer subject,
                       JsonNode *node,
                       GError **error)
{
  g_autofree char *text = lb_json_text_brief (node);
  gint64 value = lb_config_node_is (node, G_TYPE_INT64) ? json_node_get_int (node) : -1;

  if (value < 0 || value > G_MAXUINT ||
      !lb_backend_set_weight (subject, (guint) value, NULL))
    return lb_config_refuse (error, _("The weight %s is not a whole number from 1 to %d."), text,
                             LB_WEIGHT_MAX);

  return TRUE;
}

static JsonNode *
lb_config_write_weight (const LbConfigKey *key,
                        gpointer subject)
{
  return json_node_init_int (json_node_alloc (), lb_backend_get_weight (subject));
}

static gboolean
lb_config_read_state (const LbConfigKey *key,
                      gpointer subject,
                      JsonNode *node,
                      GError **error)
{
  g_autofree char *text = lb_json_text_brief (node);
  LbState state;

  if (!lb_config_node_is (node, G_TYPE_STRING) ||
      !lb_state_from_string (json_node_get_string (node), &state))
    return lb_config_refuse (error, _("The state %s is not “ready”, “drain” or “maint”."), text);

  lb_backend_set_state (subject, state);
  return TRUE;
}

static JsonNode *
lb_config_write_state (const LbConfigKey *key,
                       gpointer subject)
{
  return lb_config_string_node (lb_state_to_string (lb_backend_get_state (subject)));
}

static gboolean
lb_config_read_backup (const LbConfigKey *key,
                       gpointer subject,
                       JsonNode *node,
                       GError **error)
{
  g_autofree char *text = lb_json_text_brief (node);

  if (!lb_config_node_is (node, G_TYPE_BOOLEAN))
    return lb_config_refuse (error, _("“backup”: %s is neither true nor false."), text);

  lb_backend_set_backup (subject, json_node_get_boolean (node));
  return TRUE;
}

/* Few backends are one, so only those say it. */
static JsonNode *
lb_config_write_backup (const LbConfigKey *key,
                        gpointer subject)
{
  if (!lb_backend_get_backup (subject))
    return NULL;

  return json_node_init_boolean (json_node_alloc (), TRUE);
}

/* Takes over those that can be, and says what is wrong with the others. */
static gboolean
lb_config_read_nodes (const LbConfigKey *key,
                      gpointer subject,
                      JsonNode *node,
                      GError **error)
{
  LbConfig *self = subject;
  g_autoptr (GStrvBuilder) nodes = g_strv_builder_new ();
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GString) wrong = g_string_new (NULL);
  g_autofree char *text = lb_json_text_brief (node);
  JsonArray *array;

  if (!JSON_NODE_HOLDS_ARRAY (node))
    return lb_config_refuse (error, _("“nodes”: %s is not a list of addresses."), text);

  array = json_node_get_array (node);
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *element = json_array_get_element (array, i);
      const char *address = lb_config_node_is (element, G_TYPE_STRING) ? json_node_get_string (element) : "";
      g_autoptr (GError) local_error = NULL;

      if (lb_node_address_check (address, &local_error) && !g_hash_table_add (seen, (gpointer) address))
        lb_config_refuse (&local_error, _("The node %s is there already."), address);

      if (local_error != NULL)
        g_string_append_printf (wrong, "%s%s", wrong->len > 0 ? " " : "", local_error->message);
      else
        g_strv_builder_add (nodes, address);
    }

  g_strfreev (self->nodes);
  self->nodes = g_strv_builder_end (nodes);

  return wrong->len == 0 || lb_config_refuse (error, "%s", wrong->str);
}

/* Few have any. */
static JsonNode *
lb_config_write_nodes (const LbConfigKey *key,
                       gpointer subject)
{
  LbConfig *self = subject;
  g_autoptr (JsonArray) array = json_array_new ();

  if (self->nodes[0] == NULL)
    return NULL;

  for (guint i = 0; self->nodes[i] != NULL; i++)
    json_array_add_string_element (array, self->nodes[i]);

  return json_node_init_array (json_node_alloc (), array);
}

#define NUMBER(type, member, low, high) \
  .offset = G_STRUCT_OFFSET (type, member), .min = (low), .max = (high)

const LbConfigKey lb_config_keys[] = {
  { "version", lb_config_read_version, lb_config_write_version },
  { "listen", lb_config_read_listen, lb_config_write_listen },
  { "port", lb_config_read_uint, lb_config_write_uint, NUMBER (LbConfig, port, 0, 65535) },
  { "stats_port", lb_config_read_uint, lb_config_write_uint,
    NUMBER (LbConfig, stats_port, 0, 65535) },
  { "agent_port", lb_config_read_uint, lb_config_write_uint,
    NUMBER (LbConfig, agent_port, 0, 65535) },
  { "max_connections", lb_config_read_uint, lb_config_write_uint,
    NUMBER (LbConfig, max_connections, 0, LB_CONFIG_MAX_CONNECTIONS) },
  { "max_connections_per_client", lb_config_read_uint, lb_config_write_uint,
    NUMBER (LbConfig, max_connections_per_client, 0, LB_CONFIG_MAX_CONNECTIONS) },
  { "redirect_status", lb_config_read_status, lb_config_write_uint,
    NUMBER (LbConfig, redirect_status, 301, 308) },
  { "cors_origin", lb_config_read_origin, lb_config_write_origin },
  { "engine", lb_config_read_engine, lb_config_write_engine },
  { "nodes", lb_config_read_nodes, lb_config_write_nodes },
  { "policy", lb_config_read_policy, lb_config_write_policy },
  { "panic_share", lb_config_read_double, lb_config_write_double,
    NUMBER (LbConfig, panic_share, 0, 1) },
  { NULL },
};

const LbConfigKey lb_config_backend_keys[] = {
  { "weight", lb_config_read_weight, lb_config_write_weight },
  { "state", lb_config_read_state, lb_config_write_state },
  { "backup", lb_config_read_backup, lb_config_write_backup },
  { NULL },
};
