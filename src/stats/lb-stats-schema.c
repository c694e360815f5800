/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-stats-schema"

#include "config.h"

#include "stats/lb-stats-schema.h"

#include "lb-stats-resources.h"

#define PATH "/org/example/LoadBalancer/stats/stats.schema.json"

/**
 * lb_stats_schema:
 *
 * Says what lb_stats_json() writes, as a JSON Schema of draft 2020-12, with the meaning and the unit
 * of each key.
 *
 * Returns: (transfer full): the text; it lies in the program and is not copied
 */
GBytes *
lb_stats_schema (void)
{
  GBytes *bytes;

  bytes = g_resource_lookup_data (lb_stats_get_resource (), PATH, G_RESOURCE_LOOKUP_FLAGS_NONE,
                                  NULL);
  g_assert (bytes != NULL);

  return bytes;
}
