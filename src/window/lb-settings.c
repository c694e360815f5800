/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-settings.h"

/**
 * lb_settings_new:
 *
 * What is remembered of the person's desktop; what belongs to the balancer is in its configuration. GSettings
 * ends the process if it is asked for a schema that is not installed, so that is looked up first.
 *
 * Returns: (transfer full) (nullable): the settings, or %NULL where the schema is not installed
 */
GSettings *
lb_settings_new (void)
{
  GSettingsSchemaSource *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, LB_APPLICATION_ID, TRUE);

  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}
