/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <json-glib/json-glib.h>
#include <string.h>

#include "stats/lb-stats-targets.h"

/* Returns: (transfer full): the groups of these backends */
static JsonArray *
write_targets (LbBackendFigures *figures,
               guint n)
{
  LbSnapshot snapshot = { .n_backends = n, .backends = figures };
  g_autoptr (GBytes) bytes = lb_stats_targets (&snapshot);
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError) error = NULL;
  gsize length;
  const char *text = g_bytes_get_data (bytes, &length);

  g_assert_true (g_utf8_validate_len (text, length, NULL));
  g_assert_cmpint (text[length - 1], ==, '\n');
  json_parser_load_from_data (parser, text, (gssize) length, &error);
  g_assert_no_error (error);

  return json_array_ref (json_node_get_array (json_parser_get_root (parser)));
}

static const char *
get_target (JsonArray *groups,
            guint i)
{
  JsonObject *group = json_array_get_object_element (groups, i);
  JsonArray *targets = json_object_get_array_member (group, "targets");

  g_assert_cmpuint (json_object_get_size (group), ==, 2);
  g_assert_cmpuint (json_array_get_length (targets), ==, 1);

  return json_array_get_string_element (targets, 0);
}

static const char *
get_label (JsonArray *groups,
           guint i,
           const char *name)
{
  JsonObject *group = json_array_get_object_element (groups, i);

  return json_object_get_string_member (json_object_get_object_member (group, "labels"), name);
}

/* Prometheus keeps the targets that it had if it gets anything but a list. */
static void
test_empty_pool (void)
{
  LbSnapshot snapshot = { 0 };
  g_autoptr (GBytes) bytes = lb_stats_targets (&snapshot);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), "[]\n", 3);
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *url;
    const char *target;
    const char *scheme;
    const char *path;
  } cases[] = {
    { "http://127.0.0.1:9001", "127.0.0.1:9001", "http", "" },
    { "http://example.org", "example.org:80", "http", "" },
    { "https://example.org", "example.org:443", "https", "" },
    { "https://example.org:80/", "example.org:80", "https", "/" },
    { "http://[::1]:9001", "[::1]:9001", "http", "" },
    { "https://[2001:db8::1]/base/", "[2001:db8::1]:443", "https", "/base/" },
    { "http://xn--mller-kva.example/a%22%2F", "xn--mller-kva.example:80", "http", "/a%22%2F" },
  };
  LbBackendFigures figures[G_N_ELEMENTS (cases)] = { 0 };
  g_autoptr (JsonArray) groups = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    figures[i].url = (char *) cases[i].url;
  groups = write_targets (figures, G_N_ELEMENTS (cases));

  g_assert_cmpuint (json_array_get_length (groups), ==, G_N_ELEMENTS (cases));
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_cmpstr (get_target (groups, i), ==, cases[i].target);
      g_assert_cmpstr (get_label (groups, i, "__scheme__"), ==, cases[i].scheme);
      g_assert_cmpstr (get_label (groups, i, "__meta_lb_path"), ==, cases[i].path);
      g_assert_cmpstr (get_label (groups, i, "__meta_lb_backend"), ==, cases[i].url);
    }
}

/* Whatever becomes an ordinary label begins new series of a backend's own metrics when it changes. */
static void
test_labels (void)
{
  LbBackendFigures figures[] = {
    { .url = (char *) "http://one", .weight = 256, .health = LB_HEALTH_UP },
    { .url = (char *) "http://two", .weight = 1, .state = LB_STATE_MAINT, .backup = TRUE },
    { .url = (char *) "http://three", .weight = 2, .health = LB_HEALTH_DOWN },
  };
  g_autoptr (JsonArray) groups = write_targets (figures, G_N_ELEMENTS (figures));

  g_assert_cmpuint (json_array_get_length (groups), ==, 3);
  g_assert_cmpstr (get_label (groups, 0, "__meta_lb_state"), ==, "ready");
  g_assert_cmpstr (get_label (groups, 0, "__meta_lb_health"), ==, "up");
  g_assert_cmpstr (get_label (groups, 0, "__meta_lb_weight"), ==, "256");
  g_assert_cmpstr (get_label (groups, 0, "__meta_lb_backup"), ==, "false");
  g_assert_cmpstr (get_label (groups, 1, "__meta_lb_state"), ==, "maint");
  g_assert_cmpstr (get_label (groups, 1, "__meta_lb_health"), ==, "unknown");
  g_assert_cmpstr (get_label (groups, 1, "__meta_lb_backup"), ==, "true");
  g_assert_cmpstr (get_label (groups, 2, "__meta_lb_health"), ==, "down");

  for (guint i = 0; i < 3; i++)
    {
      JsonObject *group = json_array_get_object_element (groups, i);
      JsonObject *labels = json_object_get_object_member (group, "labels");
      g_autoptr (GList) names = json_object_get_members (labels);

      for (GList *l = names; l != NULL; l = l->next)
        g_assert_true (g_str_has_prefix (l->data, "__"));
    }
}

/* The pool takes none of these. Whatever comes out, it is JSON, and the good one is in it. */
static void
test_hostile (void)
{
  LbBackendFigures figures[] = {
    { .url = (char *) "http://a\"b,c/\"],[\n\\" },
    { .url = (char *) "http://a\xff\xc3/\xff" },
    { .url = (char *) "http://müller.example/\u202eمرحبا\"\n" },
    { .url = (char *) "no URL" },
    { .url = (char *) "" },
    { .url = (char *) "http://good" },
  };
  g_autoptr (JsonArray) groups = write_targets (figures, G_N_ELEMENTS (figures));
  guint n = json_array_get_length (groups);

  g_assert_cmpuint (n, >, 0);
  g_assert_cmpstr (get_target (groups, n - 1), ==, "good:80");
  for (guint i = 0; i < n; i++)
    g_assert_null (strchr (get_target (groups, i), '/'));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/targets/empty-pool", test_empty_pool);
  g_test_add_func ("/stats/targets/addresses", test_addresses);
  g_test_add_func ("/stats/targets/labels", test_labels);
  g_test_add_func ("/stats/targets/hostile", test_hostile);

  return g_test_run ();
}
