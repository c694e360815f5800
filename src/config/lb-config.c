/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-config"

#include "config.h"

#include "config/lb-config.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>
#include <string.h>

#include "pool/lb-url.h"

G_DEFINE_QUARK (lb-config-error-quark, lb_config_error)
G_DEFINE_BOXED_TYPE (LbConfig, lb_config, lb_config_copy, lb_config_free)

static gpointer
lb_config_copy_backend (gconstpointer backend,
                        gpointer user_data)
{
  return g_object_ref ((gpointer) backend);
}

static gpointer
lb_config_copy_entry (gconstpointer prefix,
                      gpointer user_data)
{
  return g_strdup (prefix);
}

/**
 * lb_config_new:
 *
 * Returns: (transfer full): the defaults, without a backend
 */
LbConfig *
lb_config_new (void)
{
  static const char *const listen[] = { LB_CONFIG_DEFAULT_LISTEN, NULL };
  LbConfig *self = g_new0 (LbConfig, 1);

  self->listen = g_strdupv ((char **) listen);
  self->port = LB_CONFIG_DEFAULT_PORT;
  self->redirect_status = LB_CONFIG_DEFAULT_REDIRECT_STATUS;
  self->cors_origin = g_strdup (LB_CONFIG_DEFAULT_ORIGIN);
  self->engine = g_strdup (LB_CONFIG_DEFAULT_ENGINE);
  self->nodes = g_new0 (char *, 1);
  self->policy = g_strdup (LB_CONFIG_DEFAULT_POLICY);
  lb_probe_settings_init (&self->probe);
  lb_proxy_settings_init (&self->proxy);
  self->backends = g_ptr_array_new_with_free_func (g_object_unref);
  self->entries = g_ptr_array_new_with_free_func (g_free);

  return self;
}

/**
 * lb_config_copy:
 * @self: a configuration
 *
 * Returns: (transfer full): a configuration with the same values, and the same backends: those are
 *   objects, and not copied
 */
LbConfig *
lb_config_copy (const LbConfig *self)
{
  LbConfig *copy;

  g_return_val_if_fail (self != NULL, NULL);

  copy = g_new0 (LbConfig, 1);
  copy->listen = g_strdupv (self->listen);
  copy->port = self->port;
  copy->stats_port = self->stats_port;
  copy->agent_port = self->agent_port;
  copy->max_connections = self->max_connections;
  copy->max_connections_per_client = self->max_connections_per_client;
  copy->redirect_status = self->redirect_status;
  copy->cors_origin = g_strdup (self->cors_origin);
  copy->engine = g_strdup (self->engine);
  copy->nodes = g_strdupv (self->nodes);
  copy->policy = g_strdup (self->policy);
  copy->panic_share = self->panic_share;
  lb_probe_settings_copy (&copy->probe, &self->probe);
  lb_proxy_settings_copy (&copy->proxy, &self->proxy);
  copy->backends = g_ptr_array_copy (self->backends, lb_config_copy_backend, NULL);
  copy->entries = g_ptr_array_copy (self->entries, lb_config_copy_entry, NULL);
  if (self->rest != NULL)
    copy->rest = json_object_ref (self->rest);
  if (self->used != NULL)
    copy->used = json_object_ref (self->used);

  return copy;
}

/**
 * lb_config_free:
 * @self: (nullable) (transfer full): a configuration
 */
void
lb_config_free (LbConfig *self)
{
  if (self == NULL)
    return;

  g_strfreev (self->listen);
  g_free (self->cors_origin);
  g_free (self->engine);
  g_strfreev (self->nodes);
  g_free (self->policy);
  lb_probe_settings_clear (&self->probe);
  lb_proxy_settings_clear (&self->proxy);
  g_ptr_array_unref (self->backends);
  g_ptr_array_unref (self->entries);
  g_clear_pointer (&self->rest, json_object_unref);
  g_clear_pointer (&self->used, json_object_unref);
  g_free (self);
}

/**
 * lb_config_set_aside:
 * @self: a configuration that was read
 * @url: the URL of one of its backends, as lb_backend_get_url() gives it
 *
 * Takes a backend out that the rest of the program cannot use, such as one with the address we
 * listen on ourselves. Its entry is treated as one that could not be read: it stays in the file.
 */
void
lb_config_set_aside (LbConfig *self,
                     const char *url)
{
  g_autofree char *prefix = NULL;
  guint position = 0;

  g_return_if_fail (self != NULL);
  g_return_if_fail (url != NULL);

  while (position < self->backends->len &&
         strcmp (lb_backend_get_url (self->backends->pdata[position]), url) != 0)
    position++;

  if (position == self->backends->len)
    return;

  prefix = lb_backend_dup_prefix (self->backends->pdata[position]);
  g_ptr_array_remove_index (self->backends, position);

  for (guint i = 0; i < self->entries->len; i++)
    {
      if (g_strcmp0 (self->entries->pdata[i], prefix) == 0)
        g_clear_pointer (&self->entries->pdata[i], g_free);
    }
}

/* Whether a socket of its own family can listen there, and a URL name it. */
static gboolean
lb_config_check_version_6 (GInetAddress *address,
                           const char *text,
                           GError **error)
{
  const guint8 *bytes = g_inet_address_to_bytes (address);
  static const guint8 mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };

  /* An address of one link only makes sense with its interface, which a URL cannot name. */
  if (g_inet_address_get_is_link_local (address))
    {
      g_set_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
                   _("“%s” means something else on each network this computer is part of. Write an "
                     "address that is not link-local, or :: for all of them."),
                   text);
      return FALSE;
    }

  if (memcmp (bytes, mapped, sizeof mapped) == 0)
    {
      g_set_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
                   _("“%s” is an IPv4 address in IPv6 spelling. Write %u.%u.%u.%u."), text,
                   bytes[12], bytes[13], bytes[14], bytes[15]);
      return FALSE;
    }

  return TRUE;
}

/**
 * lb_config_check_address:
 * @text: what somebody wrote as an address to listen on
 * @address: (out) (optional): the address as we keep it: in lower case, without brackets, an IPv6
 *   address in its shortest form; free with g_free()
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Accepts an IPv4 address, an IPv6 address with or without brackets, and `localhost`. Refuses IPv6
 * addresses that are link-local or stand for an IPv4 address.
 *
 * Returns: whether it is one
 */
gboolean
lb_config_check_address (const char *text,
                         char **address,
                         GError **error)
{
  g_autoptr (GInetAddress) parsed = NULL;
  g_autofree char *bare = NULL;
  gsize length;

  g_return_val_if_fail (text != NULL, FALSE);

  if (g_ascii_strcasecmp (text, "localhost") == 0)
    {
      if (address != NULL)
        *address = g_strdup ("localhost");
      return TRUE;
    }

  length = strlen (text);
  if (length > 2 && text[0] == '[' && text[length - 1] == ']' && strchr (text, ':') != NULL)
    bare = g_strndup (text + 1, length - 2);
  else
    bare = g_strdup (text);

  /* GLib takes the name of an interface behind the address, too, which a URL cannot name. */
  if (strchr (bare, '%') == NULL)
    parsed = g_inet_address_new_from_string (bare);

  if (parsed == NULL)
    {
      g_set_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
                   _("“%s” is not an address to listen on. Write an IP address of this computer, "
                     "0.0.0.0 or :: for all of them, or localhost."),
                   text);
      return FALSE;
    }

  if (g_inet_address_get_family (parsed) == G_SOCKET_FAMILY_IPV6 &&
      !lb_config_check_version_6 (parsed, text, error))
    return FALSE;

  if (address != NULL)
    *address = g_inet_address_to_string (parsed);

  return TRUE;
}

/**
 * lb_config_check_origin:
 * @text: what somebody wrote as the origin whose pages may read our answers
 * @origin: (out) (optional): the origin as browsers write it: in lower case, without the scheme's own
 *   port and a final slash; free with g_free()
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Accepts `*`, and a single origin of http or https: a browser compares it byte by byte, so anything
 * else, such as a list or a path, would never match.
 *
 * Returns: whether it is one
 */
gboolean
lb_config_check_origin (const char *text,
                        char **origin,
                        GError **error)
{
  g_autofree char *url = NULL;
  gboolean good;

  g_return_val_if_fail (text != NULL, FALSE);

  if (g_str_equal (text, "*"))
    {
      url = g_strdup (text);
      good = TRUE;
    }
  else
    {
      /* It has the parts of a backend's URL, but for the path. */
      url = lb_url_normalize (text, NULL, NULL, NULL);
      good = url != NULL && strchr (strstr (url, "://") + strlen ("://"), '/') == NULL;
    }

  if (!good)
    {
      g_set_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
                   _("“%s” is not an origin. Write http:// or https://, a host and maybe a port, such "
                     "as http://127.0.0.1:5500, or * for all."),
                   text);
      return FALSE;
    }

  if (origin != NULL)
    *origin = g_steal_pointer (&url);

  return TRUE;
}

/**
 * lb_config_check_status:
 * @status: a status code to redirect with
 * @error: return location for a %LB_CONFIG_ERROR_VALUE
 *
 * Returns: whether it is one that sends a client to a Location
 */
gboolean
lb_config_check_status (gint64 status,
                        GError **error)
{
  g_autofree char *text = NULL;

  if (status == 301 || status == 302 || status == 303 || status == 307 || status == 308)
    return TRUE;

  text = g_strdup_printf ("%" G_GINT64_FORMAT, status);
  g_set_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VALUE,
               _("%s is not a redirect status. Use 301, 302, 303, 307 or 308."), text);

  return FALSE;
}
