/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "stats/lb-stats-events.h"
#include "stats/lb-stats-json.h"

/* What is behind "data: " in @text, which holds one event with these first lines. */
static JsonNode *
read_event (const char *text,
            gsize length,
            const char *beginning)
{
  g_autofree char *prefix = g_strconcat (beginning, "data: ", NULL);
  const gsize prefix_length = strlen (prefix);
  g_autoptr (GError) error = NULL;
  const char *data = text + prefix_length;
  const char *end = memchr (data, '\n', length - prefix_length);
  g_autoptr (JsonParser) parser = json_parser_new ();

  g_assert_cmpuint (length, >, prefix_length + 2);
  g_assert_cmpmem (text, prefix_length, prefix, prefix_length);

  /* One line, an empty one behind it, and nothing that a reader would take for the end of a line. */
  g_assert_true (end == text + length - 2);
  g_assert_cmpint (end[1], ==, '\n');
  g_assert_null (memchr (text, '\r', length));
  g_assert_null (memchr (text, '\0', length));
  g_assert_true (g_utf8_validate_len (text, length, NULL));

  json_parser_load_from_data (parser, data, end - data, &error);
  g_assert_no_error (error);

  return json_parser_steal_root (parser);
}

static GPtrArray no_nodes;

static void
test_snapshot (void)
{
  LbBackendFigures figures = { .url = (char *) "http://b", .weight = 1 };
  LbSnapshot snapshot = { .policy = (char *) "random", .nodes = &no_nodes, .n_backends = 1, .backends = &figures };
  g_autoptr (GBytes) json = lb_stats_json (&snapshot);
  g_autoptr (GBytes) event = lb_stats_events_snapshot (&snapshot, 4294967295u);
  const char *text = g_bytes_get_data (event, NULL);
  g_autoptr (JsonNode) node =
    read_event (text, g_bytes_get_size (event), "event: snapshot\nid: 4294967295\n");

  g_assert_cmpstr (json_object_get_string_member (json_node_get_object (node), "policy"), ==, "random");

  /* Byte for byte the same object. */
  g_assert_nonnull (g_strstr_len (text, (gssize) g_bytes_get_size (event),
                                  g_bytes_get_data (json, NULL)));
}

static void
test_hostile_snapshot (void)
{
  LbBackendFigures figures = {
    .url = (char *) "http://b",
    .last_probe = { .time_us = 1, .error = (char *) "a\nevent: x\r\n\r\ndata: \"\x01\xe2\x80\xa8\xe2\x80\xa9\xc2\x85" },
  };
  LbSnapshot snapshot = { .policy = (char *) "p", .nodes = &no_nodes, .n_backends = 1, .backends = &figures };
  g_autoptr (GBytes) event = lb_stats_events_snapshot (&snapshot, 1);
  g_autoptr (JsonNode) node = read_event (g_bytes_get_data (event, NULL), g_bytes_get_size (event),
                                          "event: snapshot\nid: 1\n");
  JsonArray *servers = json_object_get_array_member (json_node_get_object (node), "servers");
  JsonObject *server = json_array_get_object_element (servers, 0);

  g_assert_cmpstr (json_object_get_string_member (
                     json_object_get_object_member (server, "last_probe"), "error"),
                   ==, figures.last_probe.error);
}

static void
test_change (void)
{
  const LbStatsChange change = {
    .time_us = 1795334400007999,
    .change = "health",
    .url = "http://b:80",
    .state = LB_STATE_DRAIN,
    .health = LB_HEALTH_DOWN,
    .weight = 7,
    .backup = TRUE,
    .error = "timeout",
  };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;

  lb_stats_events_append_change (text, 12, &change);
  node = read_event (text->str, text->len, "event: change\nid: 12\n");
  object = json_node_get_object (node);

  g_assert_cmpuint (json_object_get_size (object), ==, 8);
  g_assert_cmpstr (json_object_get_string_member (object, "time"), ==, "2026-11-22T08:00:00Z");
  g_assert_cmpstr (json_object_get_string_member (object, "change"), ==, "health");
  g_assert_cmpstr (json_object_get_string_member (object, "url"), ==, "http://b:80");
  g_assert_cmpstr (json_object_get_string_member (object, "state"), ==, "drain");
  g_assert_cmpstr (json_object_get_string_member (object, "health"), ==, "down");
  g_assert_cmpint (json_object_get_int_member (object, "weight"), ==, 7);
  g_assert_true (json_object_get_boolean_member (object, "backup"));
  g_assert_cmpstr (json_object_get_string_member (object, "error"), ==, "timeout");
}

static void
test_hostile_changes (void)
{
  static const char *const strings[] = {
    "", "\n", "\r", "\r\n\r\n", "\n\nevent: snapshot\ndata: {}\n\n", "a\x01\x1f\x7f", "\"\\/",
    "\xe2\x80\xa8\xe2\x80\xa9\xc2\x85", "\xd7\x90\xd7\x91 \xe2\x80\xae", "\xef\xbb\xbf:",
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      const LbStatsChange change = { .change = "state", .url = strings[i], .error = strings[i] };
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (JsonNode) node = NULL;
      JsonObject *object;

      lb_stats_events_append_change (text, 1, &change);
      node = read_event (text->str, text->len, "event: change\nid: 1\n");
      object = json_node_get_object (node);
      g_assert_cmpstr (json_object_get_string_member (object, "url"), ==, strings[i]);
      g_assert_cmpstr (json_object_get_string_member (object, "error"), ==, strings[i]);
    }
}

/* Changes are told together, one behind the other. */
static void
test_policy_behind_change (void)
{
  const LbStatsChange change = { .change = "added", .url = "http://b" };
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (JsonNode) node = NULL;
  JsonObject *object;
  gsize length;

  lb_stats_events_append_change (text, 1, &change);
  length = text->len;
  node = read_event (text->str, length, "event: change\nid: 1\n");
  g_assert_true (json_object_get_null_member (json_node_get_object (node), "error"));
  g_clear_pointer (&node, json_node_unref);

  lb_stats_events_append_policy (text, 2, 0, "maglev");
  node = read_event (text->str + length, text->len - length, "event: change\nid: 2\n");
  object = json_node_get_object (node);
  g_assert_cmpuint (json_object_get_size (object), ==, 3);
  g_assert_cmpstr (json_object_get_string_member (object, "time"), ==, "1970-01-01T00:00:00Z");
  g_assert_cmpstr (json_object_get_string_member (object, "change"), ==, "policy");
  g_assert_cmpstr (json_object_get_string_member (object, "policy"), ==, "maglev");
}

static void
test_paused (void)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GString) text = g_string_new (NULL);
      g_autoptr (JsonNode) node = NULL;
      JsonObject *object;

      lb_stats_events_append_paused (text, 3, 0, i == 1);
      node = read_event (text->str, text->len, "event: change\nid: 3\n");
      object = json_node_get_object (node);
      g_assert_cmpuint (json_object_get_size (object), ==, 3);
      g_assert_cmpstr (json_object_get_string_member (object, "change"), ==, "paused");
      g_assert_cmpint (json_object_get_boolean_member (object, "paused"), ==, i == 1);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/events/snapshot", test_snapshot);
  g_test_add_func ("/stats/events/hostile-snapshot", test_hostile_snapshot);
  g_test_add_func ("/stats/events/change", test_change);
  g_test_add_func ("/stats/events/hostile-changes", test_hostile_changes);
  g_test_add_func ("/stats/events/policy-behind-change", test_policy_behind_change);
  g_test_add_func ("/stats/events/paused", test_paused);

  return g_test_run ();
}
