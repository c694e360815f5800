/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-json"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "config/lb-config-json.h"
#include "config/lb-config-probe.h"
#include "config/lb-json-text.h"
#include "exchange/lb-exchange-formats.h"
#include "exchange/lb-exchange-json-text.h"

/*
 * Our own format: a configuration file, or what is in its list of backends. What is exported is a
 * configuration file that says nothing of where to listen.
 */

static gboolean
lb_exchange_json_is_key (const LbConfigKey *keys,
                         const char *name)
{
  for (; keys->name != NULL; keys++)
    if (g_str_equal (keys->name, name))
      return TRUE;

  return FALSE;
}

/* Notes what an object holds besides @keys and @others. */
static void
lb_exchange_json_note_unknown (JsonObject *object,
                               const LbConfigKey *keys,
                               const char *const *others,
                               LbExchangeNotes *notes)
{
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    if (!lb_exchange_json_is_key (keys, name) && !g_strv_contains (others, name))
      lb_exchange_notes_add (notes, 0, _("“%s” has no counterpart here and is left out."), name);
}

/* How the file's backends are probed that make no exception. */
static void
lb_exchange_json_read_probe (JsonObject *group,
                             LbProbeSettings *probe,
                             LbExchangeNotes *notes)
{
  const LbConfigKey *keys = lb_config_get_probe_keys ();
  static const char *const none[] = { NULL };

  lb_exchange_json_note_unknown (group, keys, none, notes);

  for (; keys->name != NULL; keys++)
    {
      JsonNode *node = json_object_get_member (group, keys->name);
      g_autoptr (GError) error = NULL;

      if (node != NULL && !keys->read (keys, probe, node, &error))
        lb_exchange_notes_add (notes, 0, _("The probes’ %s is not taken over: %s"), keys->name,
                               error->message);
    }
}

/* An entry is an object, or only its URL. */
static LbBackend *
lb_exchange_json_read_entry (JsonNode *node,
                             LbExchangeNotes *notes,
                             GError **error)
{
  static const char *const others[] = { "url", "probe", NULL };
  static const char *const none[] = { NULL };
  JsonObject *group;

  if (lb_config_node_is (node, G_TYPE_STRING))
    return lb_backend_new (json_node_get_string (node), error);

  if (JSON_NODE_HOLDS_OBJECT (node))
    {
      lb_exchange_json_note_unknown (json_node_get_object (node), lb_config_backend_keys, others,
                                     notes);
      group = lb_exchange_get_object (json_node_get_object (node), "probe");
      if (group != NULL)
        lb_exchange_json_note_unknown (group, lb_config_get_exception_keys (), none, notes);
    }

  return lb_config_backend_from_json (node, error);
}

static void
lb_exchange_json_read_backends (LbExchangePool *pool,
                                JsonArray *array,
                                const LbProbeSettings *probe)
{
  const guint length = array != NULL ? json_array_get_length (array) : 0;

  for (guint i = 0; i < length; i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      g_autoptr (GError) error = NULL;
      g_autoptr (LbBackend) backend = lb_exchange_json_read_entry (node, pool->notes, &error);
      g_auto (LbProbeSettings) wanted = { 0 };

      if (backend == NULL)
        {
          g_autofree char *text = lb_json_text_brief (node);

          /* Translators: the entry's number and text, then what is wrong with it */
          lb_exchange_notes_add (pool->notes, 0, _("Backend %u, %s, is left out: %s"), i + 1, text,
                                 error->message);
          continue;
        }

      if (!lb_exchange_pool_take (pool, backend, 0))
        continue;

      lb_probe_settings_merge (&wanted, probe, lb_backend_get_exceptions (backend));
      lb_exchange_pool_set_probe (pool, backend, &wanted, 0);
    }
}

/* Notes what the file says of other things than its pool. */
static void
lb_exchange_json_note_others (JsonObject *object,
                              LbExchangeNotes *notes)
{
  static const char *const ours[] = { "backends", "policy", "probe", "version", NULL };
  JsonObjectIter iter;
  const char *name;

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, NULL))
    if (!g_strv_contains (ours, name))
      lb_exchange_notes_add (notes, 0, _("“%s” is no part of a pool and is left out."), name);
}

static gboolean
lb_exchange_json_read (LbExchangeImport *import,
                       const char *text,
                       GError **error)
{
  g_autoptr (JsonObject) object = lb_exchange_parse_json (text, error);
  g_auto (LbProbeSettings) probe = { 0 };
  LbExchangePool *pool;
  JsonObject *group;

  if (object == NULL)
    return FALSE;

  pool = lb_exchange_import_begin (import, "backends", 0);
  lb_exchange_json_note_others (object, pool->notes);
  lb_exchange_pool_set_policy (pool, lb_exchange_get_string (object, "policy"));

  lb_probe_settings_copy (&probe, &import->probe);
  group = lb_exchange_get_object (object, "probe");
  if (group != NULL)
    lb_exchange_json_read_probe (group, &probe, pool->notes);

  lb_exchange_json_read_backends (pool, lb_exchange_get_array (object, "backends"), &probe);
  lb_exchange_import_end (import, pool);

  return TRUE;
}

static gboolean
lb_exchange_json_detect (const char *text)
{
  const char first = text[strspn (text, " \t\r\n")];

  return (first == '{' || first == '[') && !lb_exchange_caddy.detect (text);
}

static void
lb_exchange_json_write (const LbExchangePool *pool,
                        GString *out,
                        LbExchangeNotes *notes)
{
  g_autoptr (JsonObject) object = json_object_new ();
  JsonObject *probe = json_object_new ();
  JsonArray *backends = json_array_new ();
  g_autofree char *text = NULL;

  json_object_set_int_member (object, "version", LB_CONFIG_VERSION);
  if (pool->policy != NULL)
    json_object_set_string_member (object, "policy", pool->policy);
  if (pool->panic_share > 0)
    json_object_set_double_member (object, "panic_share", pool->panic_share);

  for (const LbConfigKey *key = lb_config_get_probe_keys (); key->name != NULL; key++)
    {
      /* Writing a key does not change its subject. */
      JsonNode *node = key->write (key, (gpointer) &pool->probe);

      if (node != NULL)
        json_object_set_member (probe, key->name, node);
    }
  json_object_set_object_member (object, "probe", probe);

  for (guint i = 0; i < pool->backends->len; i++)
    json_array_add_element (backends,
                            lb_config_backend_to_json (g_ptr_array_index (pool->backends, i)));
  json_object_set_array_member (object, "backends", backends);

  text = lb_json_text_print (object, NULL);
  g_string_append (out, text);
}

const LbExchangeFormat lb_exchange_json = {
  .id = "json",
  .title = "Load Balancer",
  .suffix = ".json",
  .media_type = "application/json",
  .detect = lb_exchange_json_detect,
  .read = lb_exchange_json_read,
  .write = lb_exchange_json_write,
};
