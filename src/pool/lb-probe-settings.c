/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pool/lb-probe-settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pool/lb-probe-checks.h"
#include "pool/lb-status-ranges.h"

/*
 * The table of settings, and what can be done with all of them by going through it.
 */

#define HOUR_MS (60 * 60 * 1000)

static const LbSetting fields[] = {
  LB_NUMBER_SETTING (LbProbeSettings, interval_ms, 100, HOUR_MS),
  LB_NUMBER_SETTING (LbProbeSettings, fast_interval_ms, 100, HOUR_MS),
  LB_NUMBER_SETTING (LbProbeSettings, down_interval_ms, 0, HOUR_MS),
  LB_NUMBER_SETTING (LbProbeSettings, timeout_ms, 10, 600000),
  LB_SHARE_SETTING (LbProbeSettings, jitter, 0, 0.5),
  LB_NUMBER_SETTING (LbProbeSettings, rise, 1, 100),
  LB_NUMBER_SETTING (LbProbeSettings, fall, 1, 100),
  LB_NUMBER_SETTING (LbProbeSettings, slow_start_ms, 0, HOUR_MS),
  LB_SWITCH_SETTING (LbProbeSettings, tcp_only),
  LB_SWITCH_SETTING (LbProbeSettings, verify_certificate),
  LB_TEXT_SETTING (LbProbeSettings, method, lb_probe_check_method),
  LB_TEXT_SETTING (LbProbeSettings, url, lb_probe_check_url, .nullable = TRUE, .exception_only = TRUE),
  LB_TEXT_SETTING (LbProbeSettings, path, lb_probe_check_path, .nullable = TRUE),
  LB_TEXT_SETTING (LbProbeSettings, host, lb_probe_check_host, .nullable = TRUE),
  LB_LINES_SETTING (LbProbeSettings, headers, lb_probe_check_header),
  LB_TEXT_SETTING (LbProbeSettings, expected_status, lb_status_ranges_check),
  LB_TEXT_SETTING (LbProbeSettings, expected_body, lb_probe_check_body, .nullable = TRUE),
};

G_STATIC_ASSERT (G_N_ELEMENTS (fields) <= 32); /* the bits of an exception's set */

/**
 * lb_probe_fields:
 * @n_fields: (out) (optional): how many there are
 *
 * Returns: (transfer none) (array length=n_fields): the table of settings
 */
const LbSetting *
lb_probe_fields (guint *n_fields)
{
  if (n_fields != NULL)
    *n_fields = G_N_ELEMENTS (fields);

  return fields;
}

/**
 * lb_probe_field_find:
 * @name: the name of a setting
 * @bit: (out) (optional): the bit that stands for it in #LbProbeExceptions.set
 *
 * Returns: (transfer none) (nullable): its row of the table
 */
const LbSetting *
lb_probe_field_find (const char *name,
                     guint32 *bit)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      if (strcmp (fields[i].name, name) == 0)
        {
          if (bit != NULL)
            *bit = 1u << i;
          return &fields[i];
        }
    }

  return NULL;
}

/**
 * lb_probe_settings_init:
 * @self: (out caller-allocates): memory for settings
 *
 * Makes the defaults: every second, and four times a second while a change is not decided, so that
 * a backend that refuses connections is out within three; good is any answer but an error.
 */
void
lb_probe_settings_init (LbProbeSettings *self)
{
  g_return_if_fail (self != NULL);

  *self = (LbProbeSettings){
    .interval_ms = 1000,
    .fast_interval_ms = 250,
    .timeout_ms = 2000,
    .jitter = 0.1,
    .rise = 2,
    .fall = 3,
    .verify_certificate = TRUE,
    .method = g_strdup ("GET"),
    .expected_status = g_strdup ("200-399"),
  };
}

/**
 * lb_probe_settings_clear:
 * @self: settings
 *
 * Frees what they hold; they are all zeroes afterwards.
 */
void
lb_probe_settings_clear (LbProbeSettings *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    lb_setting_clear (&fields[i], self);

  *self = (LbProbeSettings){ 0 };
}

/**
 * lb_probe_settings_copy:
 * @self: settings
 * @other: what they shall be
 */
void
lb_probe_settings_copy (LbProbeSettings *self,
                        const LbProbeSettings *other)
{
  g_return_if_fail (self != NULL && other != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    lb_setting_copy (&fields[i], self, other);
}

/**
 * lb_probe_settings_equal:
 * @self: settings
 * @other: settings
 *
 * Returns: whether all of them are the same
 */
gboolean
lb_probe_settings_equal (const LbProbeSettings *self,
                         const LbProbeSettings *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!lb_setting_equal (&fields[i], self, other))
      return FALSE;

  return TRUE;
}

/**
 * lb_probe_settings_check:
 * @self: settings; anything is safe
 * @error: return location for a #GError
 *
 * Sets %LB_POOL_ERROR_INVALID_SETTING for the first that is not what it must be.
 *
 * Returns: whether all of them can be used
 */
gboolean
lb_probe_settings_check (const LbProbeSettings *self,
                         GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if (!lb_setting_check (&fields[i], self, error))
      return FALSE;

  if (self->expected_body != NULL && strcmp (self->method, "HEAD") == 0 && !self->tcp_only)
    return lb_probe_refuse (error, _ ("An answer to HEAD has no body to find a text in. Probe with "
                                      "GET, or expect no text."));

  return TRUE;
}

/**
 * lb_probe_settings_merge:
 * @self: settings that become those of one backend
 * @defaults: everybody's
 * @exceptions: what is different for this backend
 */
void
lb_probe_settings_merge (LbProbeSettings *self,
                         const LbProbeSettings *defaults,
                         const LbProbeExceptions *exceptions)
{
  g_return_if_fail (self != NULL && defaults != NULL && exceptions != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    lb_setting_copy (&fields[i], self,
                         (exceptions->set & (1u << i)) != 0 ? &exceptions->values : defaults);
}

static LbProbeExceptions *
lb_probe_exceptions_dup (const LbProbeExceptions *self)
{
  LbProbeExceptions *copy = g_new0 (LbProbeExceptions, 1);

  lb_probe_exceptions_copy (copy, self);

  return copy;
}

G_DEFINE_BOXED_TYPE (LbProbeExceptions, lb_probe_exceptions, lb_probe_exceptions_dup,
                     lb_probe_exceptions_free)

/**
 * lb_probe_exceptions_init:
 * @self: (out caller-allocates): memory for exceptions
 *
 * Makes no exception. That is the same as zeroes.
 */
void
lb_probe_exceptions_init (LbProbeExceptions *self)
{
  g_return_if_fail (self != NULL);

  *self = (LbProbeExceptions){ 0 };
}

/**
 * lb_probe_exceptions_clear:
 * @self: exceptions
 *
 * Frees what they hold; there is none afterwards.
 */
void
lb_probe_exceptions_clear (LbProbeExceptions *self)
{
  g_return_if_fail (self != NULL);

  lb_probe_settings_clear (&self->values);
  self->set = 0;
}

/**
 * lb_probe_exceptions_copy:
 * @self: exceptions
 * @other: what they shall be; values that do not count are not copied
 */
void
lb_probe_exceptions_copy (LbProbeExceptions *self,
                          const LbProbeExceptions *other)
{
  g_return_if_fail (self != NULL && other != NULL);

  if (self == other)
    return;

  lb_probe_exceptions_clear (self);
  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if ((other->set & (1u << i)) != 0)
      lb_setting_copy (&fields[i], &self->values, &other->values);

  self->set = other->set;
}

/**
 * lb_probe_exceptions_equal:
 * @self: exceptions
 * @other: exceptions
 *
 * Returns: whether the same settings are excepted, with the same values
 */
gboolean
lb_probe_exceptions_equal (const LbProbeExceptions *self,
                           const LbProbeExceptions *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  if (self->set != other->set)
    return FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    if ((self->set & (1u << i)) != 0 &&
        !lb_setting_equal (&fields[i], &self->values, &other->values))
      return FALSE;

  return TRUE;
}

/**
 * lb_probe_exceptions_apply:
 * @self: exceptions
 * @before: exceptions as somebody found them
 * @after: exceptions as they left them
 *
 * Does to @self what was done between @before and @after. Where nothing was done, @self stays.
 */
void
lb_probe_exceptions_apply (LbProbeExceptions *self,
                           const LbProbeExceptions *before,
                           const LbProbeExceptions *after)
{
  g_return_if_fail (self != NULL && before != NULL && after != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (fields); i++)
    {
      const guint32 bit = 1u << i;

      if ((before->set & bit) == (after->set & bit) &&
          ((after->set & bit) == 0 ||
           lb_setting_equal (&fields[i], &before->values, &after->values)))
        continue;

      self->set = (self->set & ~bit) | (after->set & bit);
      if ((after->set & bit) != 0)
        lb_setting_copy (&fields[i], &self->values, &after->values);
      else
        lb_setting_clear (&fields[i], &self->values);
    }
}

/**
 * lb_probe_exceptions_free:
 * @self: (nullable) (transfer full): exceptions on the heap, as a backend's property gives them
 */
void
lb_probe_exceptions_free (LbProbeExceptions *self)
{
  if (self == NULL)
    return;

  lb_probe_exceptions_clear (self);
  g_free (self);
}
