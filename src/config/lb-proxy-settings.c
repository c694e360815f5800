/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/lb-proxy-settings.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "pool/lb-types.h"

/*
 * The table of settings, and what can be done with all of them by going through it.
 */

#define MINUTE_MS (60 * 1000)
#define DAY_MS (24 * 60 * MINUTE_MS)
#define MAX_COOKIE_LENGTH 64
#define MAX_RETRIES 100
#define MAX_CONNECTIONS 1000000

static gboolean
check_certificate (const char *text,
                   GError **error)
{
  const char *p = text;

  while (*p != '\0' && !g_ascii_iscntrl (*p))
    p++;

  if (*p == '\0' && g_path_is_absolute (text))
    return TRUE;

  g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING,
               _ ("“%s” is not the whole path of a file. Write it from the first slash on."), text);

  return FALSE;
}

/* Of what a name may have (RFC 6265, 4.1.1), what no program minds. */
static gboolean
check_cookie (const char *text,
              GError **error)
{
  const gsize length = strlen (text);
  gsize n_good = 0;

  while (n_good < length && (g_ascii_isalnum (text[n_good]) || strchr ("_-.", text[n_good]) != NULL))
    n_good++;

  if (length > 0 && n_good == length && length <= MAX_COOKIE_LENGTH)
    return TRUE;

  g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING,
               _ ("“%s” is no name for a cookie. Use up to %d letters, digits, hyphens and underscores."),
               text, MAX_COOKIE_LENGTH);

  return FALSE;
}

static const LbSetting settings[] = {
  LB_TEXT_SETTING (LbProxySettings, certificate, check_certificate, .nullable = TRUE),
  LB_SWITCH_SETTING (LbProxySettings, http2),
  LB_SWITCH_SETTING (LbProxySettings, x_forwarded_for),
  LB_SWITCH_SETTING (LbProxySettings, forwarded),
  LB_SWITCH_SETTING (LbProxySettings, trust_forwarded),
  LB_TEXT_SETTING (LbProxySettings, cookie, check_cookie, .nullable = TRUE),
  LB_NUMBER_SETTING (LbProxySettings, connect_timeout_ms, 10, 10 * MINUTE_MS),
  LB_NUMBER_SETTING (LbProxySettings, client_timeout_ms, 10, DAY_MS),
  LB_NUMBER_SETTING (LbProxySettings, server_timeout_ms, 10, DAY_MS),
  LB_NUMBER_SETTING (LbProxySettings, queue_timeout_ms, 10, DAY_MS),
  LB_NUMBER_SETTING (LbProxySettings, tunnel_timeout_ms, 10, DAY_MS),
  LB_NUMBER_SETTING (LbProxySettings, retries, 0, MAX_RETRIES),
  LB_SWITCH_SETTING (LbProxySettings, redispatch),
  LB_NUMBER_SETTING (LbProxySettings, max_connections_per_backend, 0, MAX_CONNECTIONS),
  LB_SWITCH_SETTING (LbProxySettings, compression),
};

/**
 * lb_proxy_settings_list:
 * @n_settings: (out) (optional): how many there are
 *
 * Returns: (transfer none) (array length=n_settings): the table of settings
 */
const LbSetting *
lb_proxy_settings_list (guint *n_settings)
{
  if (n_settings != NULL)
    *n_settings = G_N_ELEMENTS (settings);

  return settings;
}

/**
 * lb_proxy_settings_find:
 * @name: the name of a setting
 *
 * Returns: (transfer none) (nullable): its row of the table
 */
const LbSetting *
lb_proxy_settings_find (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (g_str_equal (settings[i].name, name))
      return &settings[i];

  return NULL;
}

/**
 * lb_proxy_settings_init:
 * @self: (out caller-allocates): memory for settings
 *
 * Makes the defaults.
 */
void
lb_proxy_settings_init (LbProxySettings *self)
{
  g_return_if_fail (self != NULL);

  *self = (LbProxySettings){
    .http2 = TRUE,
    .x_forwarded_for = TRUE,
    .forwarded = TRUE,
    .connect_timeout_ms = 5000,
    .client_timeout_ms = 30000,
    .server_timeout_ms = 30000,
    .queue_timeout_ms = 10000,
    .tunnel_timeout_ms = 60 * MINUTE_MS,
    .retries = 3,
    .redispatch = TRUE,
  };
}

/**
 * lb_proxy_settings_clear:
 * @self: settings
 *
 * Frees what they hold; they are all zeroes afterwards.
 */
void
lb_proxy_settings_clear (LbProxySettings *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    lb_setting_clear (&settings[i], self);

  *self = (LbProxySettings){ 0 };
}

/**
 * lb_proxy_settings_copy:
 * @self: settings
 * @other: what they shall be
 */
void
lb_proxy_settings_copy (LbProxySettings *self,
                        const LbProxySettings *other)
{
  g_return_if_fail (self != NULL && other != NULL);

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    lb_setting_copy (&settings[i], self, other);
}

/**
 * lb_proxy_settings_equal:
 * @self: settings
 * @other: settings
 *
 * Returns: whether all of them are the same
 */
gboolean
lb_proxy_settings_equal (const LbProxySettings *self,
                         const LbProxySettings *other)
{
  g_return_val_if_fail (self != NULL && other != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (!lb_setting_equal (&settings[i], self, other))
      return FALSE;

  return TRUE;
}

/**
 * lb_proxy_settings_check:
 * @self: settings; anything is safe
 * @error: return location for a %LB_POOL_ERROR_INVALID_SETTING, for the first that is not what it must be
 *
 * Returns: whether all of them can be used
 */
gboolean
lb_proxy_settings_check (const LbProxySettings *self,
                         GError **error)
{
  g_return_val_if_fail (self != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (!lb_setting_check (&settings[i], self, error))
      return FALSE;

  return TRUE;
}
