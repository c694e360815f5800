/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "chart/snapshot-fixture.h"
#include "stats/lb-stats-json.h"
#include "stats/lb-stats-schema.h"

/*
 * Whether the schema accepts what it should, a validator says in tests/clients. Here it is held
 * against what is written, so that no key is added without its description.
 */

static JsonNode *
parse (GBytes *bytes)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  JsonNode *root = json_from_string (text, &error);

  g_assert_no_error (error);
  g_assert_true (JSON_NODE_HOLDS_OBJECT (root));

  return root;
}

/* What a place in the schema says, or the definition that it refers to. */
static JsonObject *
follow (JsonObject *root,
        JsonObject *place)
{
  static const char prefix[] = "#/$defs/";
  const char *name = json_object_get_string_member_with_default (place, "$ref", NULL);
  JsonObject *definitions = json_object_get_object_member (root, "$defs");

  if (name == NULL)
    return place;

  g_assert_true (g_str_has_prefix (name, prefix));
  g_assert_true (json_object_has_member (definitions, name + strlen (prefix)));
  return json_object_get_object_member (definitions, name + strlen (prefix));
}

static gboolean
is_required (JsonObject *schema,
             const char *name)
{
  JsonArray *required = json_object_get_array_member (schema, "required");

  for (guint i = 0; i < json_array_get_length (required); i++)
    if (g_str_equal (json_array_get_string_element (required, i), name))
      return TRUE;

  return FALSE;
}

static void
assert_described (JsonObject *root,
                  JsonObject *place,
                  JsonNode *value);

static void
assert_object_described (JsonObject *root,
                         JsonObject *schema,
                         JsonObject *object)
{
  JsonObject *properties = json_object_get_object_member (schema, "properties");
  g_autoptr (GList) names = json_object_get_members (object);

  g_assert_cmpuint (json_object_get_size (properties), ==, json_object_get_size (object));
  g_assert_cmpuint (json_array_get_length (json_object_get_array_member (schema, "required")), ==,
                    json_object_get_size (object));

  for (GList *l = names; l != NULL; l = l->next)
    {
      const char *name = l->data;
      JsonObject *place;

      g_test_message ("%s", name);
      g_assert_true (json_object_has_member (properties, name));
      g_assert_true (is_required (schema, name));
      place = json_object_get_object_member (properties, name);
      g_assert_true (
        g_str_has_suffix (json_object_get_string_member (place, "description"), "."));
      assert_described (root, place, json_object_get_member (object, name));
    }
}

static void
assert_described (JsonObject *root,
                  JsonObject *place,
                  JsonNode *value)
{
  JsonObject *schema = follow (root, place);

  g_assert_true (json_object_has_member (schema, "type") ||
                 json_object_has_member (schema, "enum") ||
                 json_object_has_member (schema, "const"));

  if (JSON_NODE_HOLDS_OBJECT (value))
    assert_object_described (root, schema, json_node_get_object (value));
  else if (JSON_NODE_HOLDS_ARRAY (value))
    assert_described (root, json_object_get_object_member (schema, "items"),
                      json_array_get_element (json_node_get_array (value), 0));
}

/* A node that knows of a backend, and of what somebody else has done. */
static void
add_node (LbSnapshot *snapshot)
{
  g_autoptr (GPtrArray) nodes = lb_node_snapshot_new_list ();
  LbNodeSnapshot *node = lb_node_snapshot_new (LB_NODE_LOCAL, "This Computer", snapshot->n_backends);

  g_strfreev (node->foreign);
  node->foreign = g_strsplit ("127.0.0.1:1 is drain, not ready", "\n", -1);
  node->backends[0].known = TRUE;
  g_ptr_array_add (nodes, node);
  lb_snapshot_fill_nodes (snapshot, nodes);
}

static void
test_describes_every_key (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
  g_autoptr (GBytes) stats_bytes = NULL;
  g_autoptr (GBytes) schema_bytes = lb_stats_schema ();
  g_autoptr (JsonNode) stats = NULL;
  g_autoptr (JsonNode) schema = parse (schema_bytes);
  JsonObject *root = json_node_get_object (schema);

  g_strfreev (snapshot->listen);
  snapshot->listen = g_strsplit ("http://127.0.0.1:5000", " ", -1);
  add_node (snapshot);
  snapshot->traffic.measured = TRUE;
  snapshot->backends[0].proxied.known = TRUE;
  stats_bytes = lb_stats_json (snapshot);
  stats = parse (stats_bytes);

  g_assert_cmpstr (json_object_get_string_member (root, "$schema"), ==,
                   "https://json-schema.org/draft/2020-12/schema");
  assert_described (root, root, stats);
}

/* It is open to keys that come later. */
static void
test_forbids_no_key (void)
{
  g_autoptr (GBytes) bytes = lb_stats_schema ();

  g_assert_null (g_strstr_len (g_bytes_get_data (bytes, NULL), (gssize) g_bytes_get_size (bytes),
                               "additionalProperties"));
}

static void
test_is_not_copied (void)
{
  g_autoptr (GBytes) one = lb_stats_schema ();
  g_autoptr (GBytes) two = lb_stats_schema ();

  g_assert_true (g_bytes_get_data (one, NULL) == g_bytes_get_data (two, NULL));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/schema/describes-every-key", test_describes_every_key);
  g_test_add_func ("/stats/schema/forbids-no-key", test_forbids_no_key);
  g_test_add_func ("/stats/schema/is-not-copied", test_is_not_copied);

  return g_test_run ();
}
