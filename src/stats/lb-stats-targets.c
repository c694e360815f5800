/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-stats-targets"

#include "config.h"

#include "stats/lb-stats-targets.h"

#include <string.h>

#include "stats/lb-json-writer.h"

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
lb_stats_targets_add_backend (LbJsonWriter *writer,
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

  lb_json_writer_begin_object (writer, NULL);
  lb_json_writer_begin_array (writer, "targets");
  lb_json_writer_add_string (writer, NULL, target);
  lb_json_writer_end_array (writer);

  lb_json_writer_begin_object (writer, "labels");
  lb_json_writer_add_string (writer, "__scheme__", scheme);
  lb_json_writer_add_string (writer, "__meta_lb_backend", url);
  lb_json_writer_add_string (writer, "__meta_lb_path", path);
  lb_json_writer_add_string (writer, "__meta_lb_state", lb_state_to_string (figures->state));
  lb_json_writer_add_string (writer, "__meta_lb_health", lb_health_to_string (figures->health));
  lb_json_writer_add_string (writer, "__meta_lb_weight", weight);
  lb_json_writer_add_string (writer, "__meta_lb_backup", figures->backup ? "true" : "false");
  lb_json_writer_end_object (writer);
  lb_json_writer_end_object (writer);
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
  LbJsonWriter writer;

  g_return_val_if_fail (snapshot != NULL, NULL);

  lb_json_writer_init (&writer);
  lb_json_writer_begin_array (&writer, NULL);
  for (guint i = 0; i < snapshot->n_backends; i++)
    lb_stats_targets_add_backend (&writer, &snapshot->backends[i]);
  lb_json_writer_end_array (&writer);

  return lb_json_writer_finish (&writer);
}
