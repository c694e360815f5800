/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-config-probe"

#include "config.h"

#include "config/lb-config-probe.h"

#include <glib/gi18n-lib.h>

#include "config/lb-config-setting.h"
#include "pool/lb-probe-settings.h"

/*
 * How the settings of the probes travel: a row for each field that lb_probe_fields() has, in its
 * order. A row of everybody's settings and the same row of one backend's exceptions have the same
 * value in the file; an exception is there or it is not.
 */

/* A setting that is one backend's alone says so where it is found among everybody's. */

static gboolean
lb_config_read_misplaced (const LbConfigKey *key,
                          gpointer subject,
                          JsonNode *node,
                          GError **error)
{
  return lb_config_refuse (error, _ ("It belongs into the “probe” of one backend."));
}

static JsonNode *
lb_config_write_nothing (const LbConfigKey *key,
                         gpointer subject)
{
  return NULL;
}

static guint32
lb_config_get_bit (const LbConfigKey *key)
{
  return 1u << (key->setting - lb_probe_fields (NULL));
}

static gboolean
lb_config_read_exception (const LbConfigKey *key,
                          gpointer subject,
                          JsonNode *node,
                          GError **error)
{
  LbProbeExceptions *self = subject;

  if (!lb_config_read_setting (key, &self->values, node, error))
    return FALSE;

  self->set |= lb_config_get_bit (key);
  return TRUE;
}

static JsonNode *
lb_config_write_exception (const LbConfigKey *key,
                           gpointer subject)
{
  LbProbeExceptions *self = subject;

  if ((self->set & lb_config_get_bit (key)) == 0)
    return NULL;

  return lb_config_write_setting (key, &self->values);
}

/* Makes a table that stays for ever. */
static LbConfigKey *
lb_config_make_keys (gboolean exceptions)
{
  guint n_fields;
  const LbSetting *fields = lb_probe_fields (&n_fields);
  LbConfigKey *keys = g_new0 (LbConfigKey, n_fields + 1);

  for (guint i = 0; i < n_fields; i++)
    {
      lb_config_init_setting (&keys[i], &fields[i]);

      if (exceptions)
        {
          keys[i].read = lb_config_read_exception;
          keys[i].write = lb_config_write_exception;
        }
      else if (fields[i].exception_only)
        {
          keys[i].read = lb_config_read_misplaced;
          keys[i].write = lb_config_write_nothing;
        }
    }

  return keys;
}

/**
 * lb_config_get_probe_keys:
 *
 * Returns: (transfer none): the table of everybody's settings, of which an #LbProbeSettings is the
 *   subject
 */
const LbConfigKey *
lb_config_get_probe_keys (void)
{
  static gsize keys = 0;

  if (g_once_init_enter (&keys))
    g_once_init_leave (&keys, (gsize) lb_config_make_keys (FALSE));

  return (const LbConfigKey *) keys;
}

/**
 * lb_config_get_exception_keys:
 *
 * Returns: (transfer none): the table of one backend's exceptions, of which an #LbProbeExceptions
 *   is the subject
 */
const LbConfigKey *
lb_config_get_exception_keys (void)
{
  static gsize keys = 0;

  if (g_once_init_enter (&keys))
    g_once_init_leave (&keys, (gsize) lb_config_make_keys (TRUE));

  return (const LbConfigKey *) keys;
}
