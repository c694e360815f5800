/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-config-json"

#include "config.h"

#include "config/lb-config-json.h"

#include <glib/gi18n-lib.h>

#include "config/lb-config-keys.h"
#include "config/lb-config-probe.h"
#include "config/lb-config-setting.h"
#include "config/lb-json-text.h"

/* Settings that stand together in braces, by one table. */
typedef struct
{
  const char *name;
  gsize offset; /* of the struct in LbConfig */
  const LbConfigKey *(*get_keys) (void);
} LbConfigGroup;

static const LbConfigGroup groups[] = {
  { "probe", G_STRUCT_OFFSET (LbConfig, probe), lb_config_get_probe_keys },
  { "proxy", G_STRUCT_OFFSET (LbConfig, proxy), lb_config_get_proxy_keys },
};

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

/* Reads the settings of one level. One that cannot be used is as in @base, a subject of the same
 * kind, or stays as it is without one. @prefix is what the keys' names begin with in a sentence. */
static void
lb_config_read_keys (const LbConfigKey *keys,
                     gpointer subject,
                     gpointer base,
                     JsonObject *object,
                     const char *prefix,
                     GPtrArray *problems)
{
  for (const LbConfigKey *key = keys; key->name != NULL; key++)
    {
      g_autoptr (GError) error = NULL;
      JsonNode *node = json_object_get_member (object, key->name);

      if (node == NULL)
        continue;

      if (base != NULL)
        {
          g_autoptr (JsonNode) present = key->write (key, base);

          if (present != NULL)
            key->read (key, subject, present, NULL);
        }

      if (!key->read (key, subject, node, &error))
        lb_config_report (problems,
                          /* Translators: a key's name, then a sentence on what is wrong with it */
                          _("The setting “%s%s”: %s Correct it in the configuration file; "
                            "until then it stays there unused."),
                          prefix, key->name, error->message);
    }
}

/* Reads a group of settings, which is as in @base if what stands there is none. */
static void
lb_config_read_group (LbConfig *self,
                      const LbConfigGroup *group,
                      const LbConfig *base,
                      GPtrArray *problems)
{
  gpointer subject = G_STRUCT_MEMBER_P (self, group->offset);
  /* Nothing but writing is done with it, and that does not change it. */
  gpointer other = base != NULL ? G_STRUCT_MEMBER_P ((gpointer) base, group->offset) : NULL;
  JsonNode *node = json_object_get_member (self->rest, group->name);
  g_autofree char *prefix = g_strconcat (group->name, ".", NULL);
  g_autofree char *text = NULL;

  if (node == NULL)
    return;

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      lb_config_read_keys (group->get_keys (), subject, other, json_node_get_object (node), prefix, problems);
      return;
    }

  for (const LbConfigKey *key = group->get_keys (); other != NULL && key->name != NULL; key++)
    lb_setting_copy (key->setting, subject, other);

  text = lb_json_text_brief (node);
  lb_config_report (problems,
                    _("The setting “%s”: %s is not a group of settings in braces. Correct it "
                      "in the configuration file; until then it stays there unused."),
                    group->name, text);
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

/**
 * lb_config_backend_from_json:
 * @node: an entry of the list of backends
 * @error: return location for a %LB_CONFIG_ERROR_VALUE, or what lb_backend_new() sets
 *
 * Returns: (transfer full) (nullable): the backend that it describes
 */
LbBackend *
lb_config_backend_from_json (JsonNode *node,
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
      g_autoptr (LbBackend) backend = lb_config_backend_from_json (l->data, &error);
      g_autofree char *prefix = backend != NULL ? lb_backend_dup_prefix (backend) : NULL;
      g_autofree char *text = NULL;

      /* As the pool has it: two URLs with the same prefix are one backend. */
      if (backend != NULL && g_hash_table_contains (seen, prefix))
        {
          g_set_error_literal (&error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
                               _("An earlier entry has the same URL, apart perhaps from its "
                                 "spelling or a “/” at its end."));
          g_clear_object (&backend);
        }

      if (backend != NULL)
        {
          g_hash_table_add (seen, prefix);
          g_ptr_array_add (self->entries, g_steal_pointer (&prefix));
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
 * its setting is as reading it left it, so that a value that could not be used is not lost before
 * somebody sets another. @used are the settings as they were then, or %NULL where no unusable value
 * can be. */
static JsonObject *
lb_config_write_keys (const LbConfigKey *keys,
                      gpointer subject,
                      JsonObject *rest,
                      JsonObject *used)
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
      if (used != NULL && member != NULL &&
          lb_config_values_equal (json_object_get_member (used, key->name), value))
        continue;

      if (value != NULL)
        json_object_set_member (object, key->name, g_steal_pointer (&value));
      else if (member != NULL)
        json_object_remove_member (object, key->name);
    }

  return object;
}

static JsonNode *
lb_config_write_group (const LbConfig *self,
                       const LbConfigGroup *group,
                       JsonNode *node)
{
  JsonNode *used = self->used != NULL ? json_object_get_member (self->used, group->name) : NULL;
  g_autoptr (JsonNode) value = json_node_new (JSON_NODE_OBJECT);
  JsonObject *rest = NULL;

  if (node != NULL && JSON_NODE_HOLDS_OBJECT (node))
    rest = json_node_get_object (node);

  /* Writing a key does not change its subject. */
  json_node_take_object (value,
                         lb_config_write_keys (group->get_keys (),
                                               G_STRUCT_MEMBER_P ((gpointer) self, group->offset), rest,
                                               used != NULL ? json_node_get_object (used) : NULL));

  /* The same rule for the group as a whole. */
  if (node != NULL && rest == NULL && json_node_equal (used, value))
    return json_node_copy (node);

  return g_steal_pointer (&value);
}

/* Writes the groups of settings in the place of what is there. */
static void
lb_config_write_groups (const LbConfig *self,
                        JsonObject *object)
{
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    json_object_set_member (object, groups[i].name,
                            lb_config_write_group (self, &groups[i],
                                                   json_object_get_member (object, groups[i].name)));
}

/* Writes in what a backend is probed otherwise than the others into @object, its entry. */
static void
lb_config_write_exceptions (LbBackend *backend,
                            JsonObject *object)
{
  const LbProbeExceptions *exceptions = lb_backend_get_exceptions (backend);
  g_autoptr (JsonObject) group = NULL;
  JsonNode *node = json_object_get_member (object, "probe");

  if (node == NULL && exceptions->set == 0)
    return;

  group = lb_config_write_keys (lb_config_get_exception_keys (), (gpointer) exceptions,
                                node != NULL ? json_node_get_object (node) : NULL, NULL);

  if (json_object_get_size (group) > 0)
    json_object_set_object_member (object, "probe", g_steal_pointer (&group));
  else
    json_object_remove_member (object, "probe");
}

/* Writes the settings as values only. */
static JsonObject *
lb_config_write_used (const LbConfig *self)
{
  /* Writing a key does not change its subject. */
  JsonObject *object = lb_config_write_keys (lb_config_keys, (gpointer) self, NULL, NULL);

  lb_config_write_groups (self, object);

  return object;
}

/* Writes a backend into a copy of its entry, or as a new one if it has none. */
static JsonNode *
lb_config_write_backend (LbBackend *backend,
                         JsonNode *entry)
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
                                 entry != NULL ? json_node_get_object (entry) : fresh, NULL);
  lb_config_write_exceptions (backend, object);
  json_node_take_object (node, object);

  return node;
}

/* Writes the first backend from @position on that is to be remembered; moves @position behind it. */
static gboolean
lb_config_write_next_backend (const LbConfig *self,
                              guint *position,
                              GHashTable *by_prefix,
                              JsonArray *array)
{
  while (*position < self->backends->len)
    {
      LbBackend *backend = g_ptr_array_index (self->backends, (*position)++);
      g_autofree char *prefix = NULL;

      if (lb_backend_get_transient (backend))
        continue;

      prefix = lb_backend_dup_prefix (backend);
      json_array_add_element (array,
                              lb_config_write_backend (backend,
                                                       g_hash_table_lookup (by_prefix, prefix)));
      return TRUE;
    }

  return FALSE;
}

/* Writes the backends in their order; an entry that is not used keeps its place in the list. */
static JsonNode *
lb_config_write_backends (const LbConfig *self)
{
  g_autoptr (GList) entries = lb_config_list_entries (self->rest);
  g_autoptr (GHashTable) by_prefix = g_hash_table_new (g_str_hash, g_str_equal);
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);
  JsonArray *array = json_array_new ();
  guint position = 0;
  guint i;
  GList *l;

  for (l = entries, i = 0; l != NULL; l = l->next, i++)
    {
      if (self->entries->pdata[i] != NULL)
        g_hash_table_insert (by_prefix, self->entries->pdata[i], l->data);
    }

  for (l = entries, i = 0; l != NULL; l = l->next, i++)
    {
      if (self->entries->pdata[i] == NULL)
        json_array_add_element (array, json_node_copy (l->data));
      else
        lb_config_write_next_backend (self, &position, by_prefix, array);
    }

  while (lb_config_write_next_backend (self, &position, by_prefix, array))
    continue;

  json_node_take_array (node, array);

  return node;
}

/**
 * lb_config_backend_to_json:
 * @backend: a backend
 *
 * Returns: (transfer full): a new entry for the list of backends that describes it
 */
JsonNode *
lb_config_backend_to_json (LbBackend *backend)
{
  g_return_val_if_fail (LB_IS_BACKEND (backend), NULL);

  return lb_config_write_backend (backend, NULL);
}

/**
 * lb_config_from_json:
 * @data: (array length=length): what is thought to be a configuration; anything is safe
 * @length: its length in bytes
 * @base: (nullable): what holds at present, or %NULL if that is the defaults
 * @problems: (element-type utf8) (optional): sentences on what could not be used are added to it
 * @error: return location for an error
 *
 * Reads a configuration. A setting that is absent has its default; one that cannot be used is as in
 * @base; an entry that cannot be used is left out. Everything read is kept for lb_config_to_json().
 *
 * Fails with %LB_CONFIG_ERROR_SYNTAX if the text is no JSON object and with %LB_CONFIG_ERROR_VERSION
 * if a newer version of the program wrote it.
 *
 * Returns: (transfer full): the configuration, or %NULL
 */
LbConfig *
lb_config_from_json (const char *data,
                     gsize length,
                     const LbConfig *base,
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

  /* Nothing but writing is done with @base, and that does not change it. */
  lb_config_read_keys (lb_config_keys, self, (gpointer) base, self->rest, "", problems);
  for (guint i = 0; i < G_N_ELEMENTS (groups); i++)
    lb_config_read_group (self, &groups[i], base, problems);
  lb_config_read_backends (self, problems);
  self->used = lb_config_write_used (self);

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
  g_autoptr (JsonObject) document = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  /* Writing a key does not change its subject. */
  document = lb_config_write_keys (lb_config_keys, (gpointer) self, self->rest, self->used);
  lb_config_write_groups (self, document);
  json_object_set_member (document, "backends", lb_config_write_backends (self));

  return lb_json_text_print (document, length);
}
