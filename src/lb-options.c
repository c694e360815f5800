/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-options"

#include "config.h"

#include "lb-options.h"

#include <glib/gi18n-lib.h>

#include "config/lb-config.h"
#include "engine/lb-engine.h"
#include "policy/lb-policy.h"

static const GOptionEntry entries[] = {
  { "headless", 0, 0, G_OPTION_ARG_NONE, NULL,
    N_ ("Run without a window, until SIGTERM or SIGINT"), NULL },
  { "listen", 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL,
    N_ ("Listen on this IP address or on localhost; may be repeated"), N_ ("ADDRESS") },
  /* A GApplication drops a number that is 0. */
  { "port", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Listen on this port; 0 picks a free one"), N_ ("N") },
  { "stats-port", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Answer /stats on this port alone, and redirect it on the other; 0 for none"), N_ ("N") },
  { "agent-port", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Answer the agent checks of HAProxy on this port; 0 for none"), N_ ("N") },
  { "backend", 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL,
    N_ ("Add a backend for this run; may be repeated"), N_ ("URL") },
  { "policy", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Choose backends by this policy"), N_ ("NAME") },
  { "engine", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Carry traffic by redirect or haproxy"), N_ ("NAME") },
  { "config", 0, 0, G_OPTION_ARG_FILENAME, NULL,
    N_ ("Use this configuration file"), N_ ("FILE") },
  { "import", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, NULL,
    N_ ("Add the backends in this file to the configuration, and exit; may be repeated"),
    N_ ("FILE") },
  { "import-pool", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Import only the pool of this name"), N_ ("NAME") },
  { "export", 0, 0, G_OPTION_ARG_STRING, NULL,
    N_ ("Print the pool as json, haproxy, nginx, caddy or traefik, and exit"), N_ ("FORMAT") },
  { "node-configuration", 0, 0, G_OPTION_ARG_NONE, NULL,
    N_ ("Print a configuration for a HAProxy elsewhere, and exit"), NULL },
  { "demo", 0, 0, G_OPTION_ARG_NONE, NULL,
    N_ ("Add three sample backends for this run"), NULL },
  { "no-express-lane", 0, 0, G_OPTION_ARG_NONE, NULL,
    N_ ("Let libsoup answer every request, for comparison"), NULL },
  { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_ ("Print the version and exit"), NULL },
  { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, NULL, NULL, NULL },
  { NULL },
};

static gboolean
lb_options_read_port (const char *option,
                      const char *text,
                      int *port,
                      GError **error)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, NULL))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   _ ("%s takes a number from 0 to 65535, not “%s”."), option, text);
      return FALSE;
    }

  *port = (int) number;

  return TRUE;
}

static gboolean
lb_options_read_config (const char *name,
                        const char *directory,
                        char **path,
                        GError **error)
{
  /* It would stand for the directory itself. */
  if (*name == '\0')
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _("--config takes the name of a file, which may not be empty."));
      return FALSE;
    }

  *path = g_canonicalize_filename (name, directory);

  return TRUE;
}

static void
lb_options_read_imports (char **names,
                         const char *directory,
                         char ***paths)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (char **name = names; *name != NULL; name++)
    {
      g_autofree char *path = g_canonicalize_filename (*name, directory);

      g_strv_builder_add (builder, path);
    }

  *paths = g_strv_builder_end (builder);
}

static gboolean
lb_options_read_export (const char *id,
                        const LbExchangeFormat **format,
                        GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  *format = lb_exchange_format_find (id);
  if (*format != NULL && lb_exchange_format_can_export (*format))
    return TRUE;

  for (guint i = 0; lb_exchange_format_list (i) != NULL; i++)
    if (lb_exchange_format_can_export (lb_exchange_format_list (i)))
      g_string_append_printf (known, "%s%s", known->len > 0 ? ", " : "",
                              lb_exchange_format_list (i)->id);

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _ ("--export takes the name of a format, not “%s”. Use one of: %s."), id,
               known->str);

  return FALSE;
}

static gboolean
lb_options_check_addresses (char **addresses,
                            GError **error)
{
  for (char **address = addresses; *address != NULL; address++)
    {
      char *bare = NULL;

      if (!lb_config_check_address (*address, &bare, error))
        return FALSE;

      g_free (*address);
      *address = bare;
    }

  return TRUE;
}

static gboolean
lb_options_check_policy (const char *name,
                         GError **error)
{
  g_autoptr (LbPolicy) policy = lb_policy_new (name, error);

  return policy != NULL;
}

static gboolean
lb_options_check_backends (char **urls,
                           GError **error)
{
  for (char **url = urls; *url != NULL; url++)
    {
      g_autoptr (LbBackend) backend = lb_backend_new (*url, error);

      if (backend == NULL)
        return FALSE;
    }

  return TRUE;
}

/**
 * lb_options_get_entries:
 *
 * Returns: the options there are, for a #GApplication
 */
const GOptionEntry *
lb_options_get_entries (void)
{
  return entries;
}

/**
 * lb_options_new:
 * @dict: what was parsed by the entries of lb_options_get_entries()
 * @directory: what a relative file name is relative to
 * @error: return location for a #GError
 *
 * Checks and collects what the command line says.
 *
 * Sets a #GOptionError, or what the check of a URL, an address, a policy or an engine sets.
 *
 * Returns: (transfer full) (nullable): the options
 */
LbOptions *
lb_options_new (GVariantDict *dict,
                const char *directory,
                GError **error)
{
  g_autoptr (LbOptions) self = g_new0 (LbOptions, 1);
  g_autofree char *config = NULL;
  g_auto (GStrv) imports = NULL;
  g_auto (GStrv) rest = NULL;
  const char *port;
  const char *format;

  g_return_val_if_fail (dict != NULL, NULL);
  g_return_val_if_fail (directory != NULL, NULL);

  self->overrides.port = -1;
  self->overrides.stats_port = -1;
  self->overrides.agent_port = -1;

  if (g_variant_dict_lookup (dict, G_OPTION_REMAINING, "^as", &rest))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION,
                   _ ("“%s” is no option. To add a backend, use --backend URL."), rest[0]);
      return NULL;
    }

  g_variant_dict_lookup (dict, "headless", "b", &self->headless);
  g_variant_dict_lookup (dict, "demo", "b", &self->demo);
  g_variant_dict_lookup (dict, "node-configuration", "b", &self->node_configuration);
  g_variant_dict_lookup (dict, "no-express-lane", "b", &self->overrides.no_express_lane);
  g_variant_dict_lookup (dict, "backend", "^as", &self->backends);
  g_variant_dict_lookup (dict, "listen", "^as", &self->overrides.listen);
  g_variant_dict_lookup (dict, "policy", "s", &self->overrides.policy);
  g_variant_dict_lookup (dict, "engine", "s", &self->overrides.engine);

  g_variant_dict_lookup (dict, "import-pool", "s", &self->import_pool);
  if (g_variant_dict_lookup (dict, "import", "^aay", &imports))
    lb_options_read_imports (imports, directory, &self->imports);

  if (g_variant_dict_lookup (dict, "export", "&s", &format) &&
      !lb_options_read_export (format, &self->export_format, error))
    return NULL;

  if (self->import_pool != NULL && self->imports == NULL)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           _("--import-pool says which pool of a file is meant. Name the file by "
                             "--import."));
      return NULL;
    }

  if (g_variant_dict_lookup (dict, "config", "^ay", &config) &&
      !lb_options_read_config (config, directory, &self->config, error))
    return NULL;

  if (g_variant_dict_lookup (dict, "port", "&s", &port) &&
      !lb_options_read_port ("--port", port, &self->overrides.port, error))
    return NULL;

  if (g_variant_dict_lookup (dict, "stats-port", "&s", &port) &&
      !lb_options_read_port ("--stats-port", port, &self->overrides.stats_port, error))
    return NULL;

  if (g_variant_dict_lookup (dict, "agent-port", "&s", &port) &&
      !lb_options_read_port ("--agent-port", port, &self->overrides.agent_port, error))
    return NULL;

  if (self->overrides.listen != NULL &&
      !lb_options_check_addresses (self->overrides.listen, error))
    return NULL;

  if (self->overrides.policy != NULL &&
      !lb_options_check_policy (self->overrides.policy, error))
    return NULL;

  if (self->overrides.engine != NULL && !lb_engine_check (self->overrides.engine, error))
    return NULL;

  if (self->backends != NULL && !lb_options_check_backends (self->backends, error))
    return NULL;

  return g_steal_pointer (&self);
}

/**
 * lb_options_free:
 * @self: (transfer full): options
 */
void
lb_options_free (LbOptions *self)
{
  g_free (self->config);
  g_strfreev (self->backends);
  g_strfreev (self->imports);
  g_free (self->import_pool);
  g_strfreev (self->overrides.listen);
  g_free (self->overrides.policy);
  g_free (self->overrides.engine);
  g_free (self);
}

/**
 * lb_options_first_start:
 * @self: options
 *
 * Returns: (nullable): the name of an option that only the first start can take, since it says how
 *   the balancer begins, or %NULL if there is none
 */
const char *
lb_options_first_start (const LbOptions *self)
{
  if (self->overrides.port >= 0)
    return "--port";
  if (self->overrides.stats_port >= 0)
    return "--stats-port";
  if (self->overrides.agent_port >= 0)
    return "--agent-port";
  if (self->overrides.listen != NULL)
    return "--listen";
  if (self->overrides.policy != NULL)
    return "--policy";
  if (self->overrides.engine != NULL)
    return "--engine";
  if (self->overrides.no_express_lane)
    return "--no-express-lane";
  if (self->config != NULL)
    return "--config";
  if (self->demo)
    return "--demo";

  return NULL;
}

/**
 * lb_options_apply:
 * @self: options
 * @balancer: a balancer that has loaded
 * @error: return location for a #GError
 *
 * Adds the backends that are asked for, and the samples. A backend that is there already is no fault.
 *
 * Sets what lb_balancer_add_backend() and lb_balancer_add_samples() set.
 *
 * Returns: %TRUE if all of them are there
 */
gboolean
lb_options_apply (const LbOptions *self,
                  LbBalancer *balancer,
                  GError **error)
{
  for (guint i = 0; self->backends != NULL && self->backends[i] != NULL; i++)
    if (lb_pool_find (lb_balancer_get_pool (balancer), self->backends[i]) == NULL &&
        lb_balancer_add_backend (balancer, self->backends[i], TRUE, error) == NULL)
      return FALSE;

  return !self->demo || lb_balancer_add_samples (balancer, error);
}
