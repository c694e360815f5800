/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-stats-targets"

#include "config.h"

#include "stats/lb-stats-targets.h"

#include <json-glib/json-glib.h>
#include <string.h>

static void
lb_stats_targets_add_label (JsonBuilder *builder,
                            const char *name,
                            const char *value)
{
  json_builder_set_member_name (builder, name);
  json_builder_add_string_value (builder, value);
}

/* Returns: (transfer full): host and port; Prometheus takes the scheme's own port for no port, but
 * prints what it was given */
static char *
lb_stats_targets_join (const char *scheme,
                       const char *host,
                       int port)
{
  const gboolean is_ipv6 = strchr (host, ':') != NULL;

  if (port < 0)
    port = g_str_equal (scheme, "https") ? 443 : 80;

  return g_strdup_printf (is_ipv6 ? "[%s]:%d" : "%s:%d", host, port);
}

static void
lb_stats_targets_add_backend (JsonBuilder *builder,
                              const LbBackendFigures *figures)
{
  g_autofree char *url = g_utf8_make_valid (figures->url, -1);
  g_autofree char *scheme = NULL;
  g_autofree char *host = NULL;
  g_autofree char *path = NULL;
  g_autofree char *target = NULL;
  g_autofree char *weight = g_strdup_printf ("%u", figures->weight);
  int port;

  /* The pool takes no such URL. */
  if (!g_uri_split (url, G_URI_FLAGS_ENCODED_PATH, &scheme, NULL, &host, &port, &path, NULL,
                    NULL, NULL) ||
      scheme == NULL || host == NULL)
    return;

  target = lb_stats_targets_join (scheme, host, port);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "targets");
  json_builder_begin_array (builder);
  json_builder_add_string_value (builder, target);
  json_builder_end_array (builder);

  json_builder_set_member_name (builder, "labels");
  json_builder_begin_object (builder);
  lb_stats_targets_add_label (builder, "__scheme__", scheme);
  lb_stats_targets_add_label (builder, "__meta_lb_backend", url);
  lb_stats_targets_add_label (builder, "__meta_lb_path", path);
  lb_stats_targets_add_label (builder, "__meta_lb_state", lb_state_to_string (figures->state));
  lb_stats_targets_add_label (builder, "__meta_lb_health", lb_health_to_string (figures->health));
  lb_stats_targets_add_label (builder, "__meta_lb_weight", weight);
  lb_stats_targets_add_label (builder, "__meta_lb_backup", figures->backup ? "true" : "false");
  json_builder_end_object (builder);
  json_builder_end_object (builder);
}

/**
 * lb_stats_targets:
 * @snapshot: what is to be told
 *
 * Writes the backends as targets for Prometheus' `http_sd_configs`, so that it scrapes them without a
 * list of its own. Every backend is listed, also those that are down or in maintenance: a discovery that
 * hides what does not answer hides it from alerts, too. Who wants otherwise drops them by their labels,
 * as with any other discovery:
 *
 *     relabel_configs:
 *       - source_labels: [__meta_lb_state]
 *         regex: maint
 *         action: drop
 *
 * The scheme is set, for it is known. All else is in `__meta_` labels, which Prometheus forgets after
 * relabelling: as ordinary labels, the health and the weight would begin new series of everything that a
 * backend exports whenever they change. `__metrics_path__` is left alone, since it would win over the
 * `metrics_path` of the person's configuration; who has backends with a base path and exports metrics
 * below it joins the two:
 *
 *     relabel_configs:
 *       - source_labels: [__meta_lb_path, __metrics_path__]
 *         separator: ""
 *         target_label: __metrics_path__
 *
 * Returns: (transfer full): a JSON array in UTF-8, with a final newline
 */
GBytes *
lb_stats_targets (const LbSnapshot *snapshot)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autoptr (JsonGenerator) generator = json_generator_new ();
  g_autoptr (JsonNode) root = NULL;
  GString *text;

  g_return_val_if_fail (snapshot != NULL, NULL);

  json_builder_begin_array (builder);
  for (guint i = 0; i < snapshot->n_backends; i++)
    lb_stats_targets_add_backend (builder, &snapshot->backends[i]);
  json_builder_end_array (builder);

  root = json_builder_get_root (builder);
  json_generator_set_root (generator, root);
  text = g_string_new (NULL);
  json_generator_to_gstring (generator, text);
  g_string_append_c (text, '\n');

  return g_string_free_to_bytes (text);
}
