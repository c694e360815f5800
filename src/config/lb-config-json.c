/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-config-json"

#include "config.h"

#include "config/lb-config-json.h"

#include <glib/gi18n-lib.h>

#include "config/lb-config-keys.h"
#include "config/lb-config-probe.h"
#include "config/lb-json-text.h"

G_GNUC_PRINTF (2, 3)
static void
lb_config_report (GPtrArray *problems,
                  const char *format,
                  ...)
{
  va_list args;

  if (problems == NULL)
    return;

  va_start (args, format);
  g_ptr_array_add (problems, g_strdup_vprintf (format, args));
  va_end (args);
}

/* Reads the settings of one level; @prefix is what its keys' names begin with in a sentence. */
static void
lb_config_read_keys (const LbConfigKey *keys,
                     gpointer subject,
                     JsonObject *object,
                     const char *prefix,
                     GPtrArray *problems)
{
  for (const LbConfigKey *key = keys; key->name != NULL; key++)
    {
      g_autoptr (GError) error = NULL;
      JsonNode *node = json_object_get_member (object, key->name);

      if (node != NULL && !key->read (key, subject, node, &error))
        lb_config_report (problems,
                          /* Translators: a key's name, then a sentence on what is wrong with it */
                          _("The setting “%s%s”: %s Correct it in the configuration file; "
                            "until then it stays there unused."),
                          prefix, key->name, error->message);
    }
}

static void
lb_config_read_probe (LbConfig *self,
                      GPtrArray *problems)
{
  JsonNode *node = json_object_get_member (self->rest, "probe");
  g_autofree char *text = NULL;

  if (node == NULL)
    return;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      lb_config_read_keys (lb_config_get_probe_keys (), &self->probe, json_node_get_object (node),
                           "probe.", problems);
      return;
    }

  text = lb_json_text_brief (node);
  lb_config_report (problems,
                    _("The setting “probe”: %s is not a group of settings in braces. Correct it "
                      "in the configuration file; until then it stays there unused."),
                    text);
}

/* Reads in what a backend is probed otherwise than the others. */
static gboolean
lb_config_read_exceptions (LbBackend *backend,
                           JsonNode *node,
                           GError **error)
{
  g_auto (LbProbeExceptions) exceptions = { 0 };
  g_autofree char *text = NULL;

  if (node == NULL)
    return TRUE;

  if (!JSON_NODE_HOLDS_OBJECT (node))
    {
      text = lb_json_text_brief (node);
      return lb_config_refuse (error, _("“probe”: %s is not a group of settings in braces."), text);
    }

  for (const LbConfigKey *key = lb_config_get_exception_keys (); key->name != NULL; key++)
    {
      JsonNode *member = json_object_get_member (json_node_get_object (node), key->name);

      if (member != NULL && !key->read (key, &exceptions, member, error))
        {
          g_prefix_error (error, "“probe.%s”: ", key->name);
          return FALSE;
        }
    }

  lb_backend_set_exceptions (backend, &exceptions);
  return TRUE;
}

/* Makes a backend of one entry. */
static LbBackend *
lb_config_read_backend (JsonNode *node,
                        GError **error)
{
  g_autoptr (LbBackend) backend = NULL;
  JsonNode *url = NULL;

  if (JSON_NODE_HOLDS_OBJECT (node))
    url = json_object_get_member (json_node_get_object (node), "url");

  if (url == NULL || !lb_config_node_is (url, G_TYPE_STRING))
    {
      g_set_error_literal (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
                           _("An entry must look like {\"url\": \"http://127.0.0.1:9001\"}."));
      return NULL;
    }

  backend = lb_backend_new (json_node_get_string (url), error);
  if (backend == NULL)
    return NULL;

  for (const LbConfigKey *key = lb_config_backend_keys; key->name != NULL; key++)
    {
      JsonNode *member = json_object_get_member (json_node_get_object (node), key->name);

      if (member != NULL && !key->read (key, backend, member, error))
        return NULL;
    }

  if (!lb_config_read_exceptions (backend,
                                  json_object_get_member (json_node_get_object (node), "probe"),
                                  error))
    return NULL;

  return g_steal_pointer (&backend);
}

/* The entries of a document's backends. What is no list is taken for its only entry, and so used or
 * kept as any other. */
static GList *
lb_config_list_entries (JsonObject *document)
{
  JsonNode *node = document != NULL ? json_object_get_member (document, "backends") : NULL;

  if (node == NULL || JSON_NODE_HOLDS_NULL (node))
    return NULL;

  if (JSON_NODE_HOLDS_ARRAY (node))
    return json_array_get_elements (json_node_get_array (node));

  return g_list_prepend (NULL, node);
}

static void
lb_config_read_backends (LbConfig *self,
                         GPtrArray *problems)
{
  g_autoptr (GList) entries = lb_config_list_entries (self->rest);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  guint number = 1;

  for (GList *l = entries; l != NULL; l = l->next, number++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (LbBackend) backend = lb_config_read_backend (l->data, &error);
      g_autofree char *text = NULL;

      if (backend != NULL && g_hash_table_contains (seen, lb_backend_get_url (backend)))
        {
          g_set_error_literal (&error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
                               _("An earlier entry has the same URL."));
          g_clear_object (&backend);
        }

      if (backend != NULL)
        {
          g_ptr_array_add (self->entries, g_strdup (lb_backend_get_url (backend)));
          g_hash_table_add (seen, (gpointer) lb_backend_get_url (backend));
          g_ptr_array_add (self->backends, g_steal_pointer (&backend));
          continue;
        }

      g_ptr_array_add (self->entries, NULL);
      text = lb_json_text_brief (l->data);
      lb_config_report (problems,
                        /* Translators: the entry's number and text, then what is wrong with it */
                        _("Backend %u, %s: %s Correct it in the configuration file; until then it "
                          "stays there unused."),
                        number, text, error->message);
    }
}

/* Writing */

/* Whether two values say the same; %NULL is to say nothing. */
static gboolean
lb_config_values_equal (JsonNode *a,
                        JsonNode *b)
{
  return a == NULL || b == NULL ? a == b : json_node_equal (a, b);
}

/* Writes the settings of one level into a copy of what was read of it. A text stays as it is while
 * reading it gives what is remembered now, so that a value that could not be used is not lost
 * before somebody sets another. @scratch is a subject that holds the defaults, to read into. */
static JsonObject *
lb_config_write_keys (const LbConfigKey *keys,
                      gpointer subject,
                      JsonObject *rest,
                      gpointer scratch)
{
  JsonObject *object = json_object_new ();
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (rest != NULL)
    {
      json_object_iter_init_ordered (&iter, rest);
      while (json_object_iter_next_ordered (&iter, &name, &member))
        json_object_set_member (object, name, json_node_copy (member));
    }

  for (const LbConfigKey *key = keys; key->name != NULL; key++)
    {
      g_autoptr (JsonNode) value = key->write (key, subject);

      member = json_object_get_member (object, key->name);
      if (member != NULL)
        {
          g_autoptr (JsonNode) as_read = NULL;

          key->read (key, scratch, member, NULL);
          as_read = key->write (key, scratch);
          if (lb_config_values_equal (as_read, value))
            continue;
        }

      if (value != NULL)
        json_object_set_member (object, key->name, g_steal_pointer (&value));
      else if (member != NULL)
        json_object_remove_member (object, key->name);
    }

  return object;
}

static JsonNode *
lb_config_write_probe (const LbConfig *self,
                       JsonNode *node)
{
  const LbConfigKey *keys = lb_config_get_probe_keys ();
  const gboolean is_group = node != NULL && JSON_NODE_HOLDS_OBJECT (node);
  g_auto (LbProbeSettings) scratch = { 0 };
  g_autoptr (JsonNode) value = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonNode) as_read = json_node_new (JSON_NODE_OBJECT);

  /* Writing a key does not change its subject. */
  lb_probe_settings_init (&scratch);
  json_node_take_object (value,
                         lb_config_write_keys (keys, (gpointer) &self->probe,
                                               is_group ? json_node_get_object (node) : NULL,
                                               &scratch));

  /* The same rule for the group as a whole. */
  if (node != NULL && !is_group)
    {
      json_node_take_object (as_read, lb_config_write_keys (keys, &scratch, NULL, NULL));
      if (json_node_equal (as_read, value))
        return json_node_copy (node);
    }

  return g_steal_pointer (&value);
}

/* Writes in what a backend is probed otherwise than the others into @object, its entry. */
static void
lb_config_write_exceptions (LbBackend *backend,
                            JsonObject *object)
{
  const LbProbeExceptions *exceptions = lb_backend_get_exceptions (backend);
  g_auto (LbProbeExceptions) scratch = { 0 };
  g_autoptr (JsonObject) group = NULL;
  JsonNode *node = json_object_get_member (object, "probe");

  if (node == NULL && exceptions->set == 0)
    return;

  group = lb_config_write_keys (lb_config_get_exception_keys (), (gpointer) exceptions,
                                node != NULL ? json_node_get_object (node) : NULL, &scratch);

  if (json_object_get_size (group) > 0)
    json_object_set_object_member (object, "probe", g_steal_pointer (&group));
  else
    json_object_remove_member (object, "probe");
}

/* Writes a backend into a copy of its entry, or as a new one if it has none. An entry that belongs
 * to a backend could be read, so it does not matter what @scratch holds. */
static JsonNode *
lb_config_write_backend (LbBackend *backend,
                         JsonNode *entry,
                         LbBackend *scratch)
{
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  g_autoptr (JsonObject) fresh = NULL;
  JsonObject *object;

  if (entry == NULL)
    {
      fresh = json_object_new ();
      json_object_set_string_member (fresh, "url", lb_backend_get_url (backend));
    }

  object = lb_config_write_keys (lb_config_backend_keys, backend,
                                 entry != NULL ? json_node_get_object (entry) : fresh, scratch);
  lb_config_write_exceptions (backend, object);
  json_node_take_object (node, object);

  return node;
}

/* Writes the first backend from @position on that is to be remembered; moves @position behind it. */
static gboolean
lb_config_write_next_backend (const LbConfig *self,
                              guint *position,
                              GHashTable *by_url,
                              LbBackend *scratch,
                              JsonArray *array)
{
  while (*position < self->backends->len)
    {
      LbBackend *backend = g_ptr_array_index (self->backends, (*position)++);
      const char *url = lb_backend_get_url (backend);

      if (lb_backend_get_transient (backend))
        continue;

      json_array_add_element (array,
                              lb_config_write_backend (backend, g_hash_table_lookup (by_url, url),
                                                       scratch));
      return TRUE;
    }

  return FALSE;
}

/* Writes the backends in their order; an entry that is not used keeps its place in the list. */
static JsonNode *
lb_config_write_backends (const LbConfig *self)
{
  g_autoptr (GList) entries = lb_config_list_entries (self->rest);
  g_autoptr (GHashTable) by_url = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (LbBackend) scratch = lb_backend_new ("http://scratch", NULL);
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();
  guint position = 0;
  guint i;
  GList *l;

  for (l = entries, i = 0; l != NULL; l = l->next, i++)
    {
      if (self->entries->pdata[i] != NULL)
        g_hash_table_insert (by_url, self->entries->pdata[i], l->data);
    }

  for (l = entries, i = 0; l != NULL; l = l->next, i++)
    {
      if (self->entries->pdata[i] == NULL)
        json_array_add_element (array, json_node_copy (l->data));
      else
        lb_config_write_next_backend (self, &position, by_url, scratch, array);
    }

  while (lb_config_write_next_backend (self, &position, by_url, scratch, array))
    continue;

  json_node_take_array (node, array);

  return node;
}

/**
 * lb_config_from_json:
 * @data: (array length=length): what is thought to be a configuration; anything is safe
 * @length: its length in bytes
 * @problems: (element-type utf8) (optional): sentences on what could not be used are added to it
 * @error: return location for an error
 *
 * Reads a configuration. A setting that is absent or cannot be used has its default; an entry that
 * cannot be used is left out. Everything read is kept for lb_config_to_json(). Fails with
 * %LB_CONFIG_ERROR_SYNTAX if the text is no JSON object and with %LB_CONFIG_ERROR_VERSION if a newer
 * version of the program wrote it.
 *
 * Returns: (transfer full): the configuration, or %NULL
 */
LbConfig *
lb_config_from_json (const char *data,
                     gsize length,
                     GPtrArray *problems,
                     GError **error)
{
  g_autoptr (LbConfig) self = lb_config_new ();
  JsonNode *version;

  self->rest = lb_json_text_parse (data, length, error);
  if (self->rest == NULL)
    return NULL;

  version = json_object_get_member (self->rest, "version");
  if (version != NULL &&
      (lb_config_node_is (version, G_TYPE_INT64) || lb_config_node_is (version, G_TYPE_DOUBLE)) &&
      json_node_get_double (version) > LB_CONFIG_VERSION)
    {
      g_set_error_literal (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VERSION,
                           _("A newer version of Load Balancer wrote the configuration."));
      return NULL;
    }

  lb_config_read_keys (lb_config_keys, self, self->rest, "", problems);
  lb_config_read_probe (self, problems);
  lb_config_read_backends (self, problems);

  return g_steal_pointer (&self);
}

/**
 * lb_config_to_json:
 * @self: a configuration
 * @length: (out) (optional): the length of the text in bytes
 *
 * Writes a configuration for people to read. Whatever it was read with and is not ours, or could
 * not be used, is written back in its place. Transient backends are not remembered.
 *
 * Returns: (transfer full): the text
 */
char *
lb_config_to_json (const LbConfig *self,
                   gsize *length)
{
  g_autoptr (LbConfig) defaults = lb_config_new ();
  g_autoptr (JsonObject) document = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  /* Writing a key does not change its subject. */
  document = lb_config_write_keys (lb_config_keys, (gpointer) self, self->rest, defaults);
  json_object_set_member (document, "probe",
                          lb_config_write_probe (self,
                                                 json_object_get_member (document, "probe")));
  json_object_set_member (document, "backends", lb_config_write_backends (self));

  return lb_json_text_print (document, length);
}
