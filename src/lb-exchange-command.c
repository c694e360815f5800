/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-command"

#include "config.h"

#include "lb-exchange-command.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lb-porter.h"

/*
 * `--import`, `--export` and `--node-configuration`: they do what they are asked to and end, without a window, and without
 * listening. A balancer that runs sees what they change in the configuration.
 */

static void
lb_exchange_command_print_error (const char *message)
{
  g_printerr ("load-balancer: %s\n", message);
}

static void
lb_exchange_command_on_problem (LbBalancer *balancer,
                                const char *message)
{
  lb_exchange_command_print_error (message);
}

static void
lb_exchange_command_print_notes (const LbExchangeNotes *notes,
                                 const char *what)
{
  g_auto (GStrv) list = lb_exchange_notes_list (notes);

  for (guint i = 0; list[i] != NULL; i++)
    g_printerr ("load-balancer: %s: %s\n", what, list[i]);
}

/* Names the pools that could have been asked for. */
static void
lb_exchange_command_set_unknown (const LbExchangeImport *import,
                                 const char *name,
                                 const char *path,
                                 GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);

  for (guint i = 0; i < import->pools->len; i++)
    {
      LbExchangePool *pool = g_ptr_array_index (import->pools, i);

      g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", pool->name);
    }

  g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
               _("There is no pool “%s” in “%s”. Use one of: %s."), name, path, known->str);
}

static void
lb_exchange_command_add (LbBalancer *balancer,
                         LbExchangePool *pool,
                         const char *path)
{
  g_autoptr (GPtrArray) added = lb_porter_add (balancer, pool);

  lb_exchange_command_print_notes (pool->notes, path);
  g_print (g_dngettext (GETTEXT_PACKAGE, "%s: %u backend of “%s” added.\n",
                        "%s: %u backends of “%s” added.\n", added->len),
           path, added->len, pool->name);
}

static gboolean
lb_exchange_command_import (LbBalancer *balancer,
                            const char *path,
                            const char *name,
                            GError **error)
{
  g_autoptr (LbExchangeImport) import = lb_porter_read_file (balancer, path, error);
  LbExchangePool *chosen = NULL;

  if (import == NULL)
    {
      g_prefix_error (error, "%s: ", path);
      return FALSE;
    }

  if (name != NULL)
    {
      chosen = lb_exchange_import_find (import, name);
      if (chosen == NULL)
        {
          lb_exchange_command_set_unknown (import, name, path, error);
          return FALSE;
        }
    }

  lb_exchange_command_print_notes (import->notes, path);
  for (guint i = 0; i < import->pools->len; i++)
    {
      LbExchangePool *pool = g_ptr_array_index (import->pools, i);

      if (chosen == NULL || pool == chosen)
        lb_exchange_command_add (balancer, pool, path);
    }

  return TRUE;
}

static gboolean
lb_exchange_command_write (gconstpointer data,
                           gsize length,
                           GError **error)
{
  if (fwrite (data, 1, length, stdout) == length && fflush (stdout) == 0)
    return TRUE;

  g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_IO,
                       _("The pool could not be written to the standard output."));

  return FALSE;
}

static gboolean
lb_exchange_command_export (LbBalancer *balancer,
                            const LbExchangeFormat *format,
                            GError **error)
{
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autoptr (GBytes) text = lb_porter_export (balancer, format, notes, error);
  gsize length;
  gconstpointer data;

  if (text == NULL)
    return FALSE;

  lb_exchange_command_print_notes (notes, format->id);
  data = g_bytes_get_data (text, &length);

  return lb_exchange_command_write (data, length, error);
}

static gboolean
lb_exchange_command_print_node (LbBalancer *balancer,
                                GError **error)
{
  g_auto (GStrv) notes = NULL;
  g_autofree char *text = lb_balancer_make_node_configuration (balancer, &notes);

  for (guint i = 0; notes[i] != NULL; i++)
    lb_exchange_command_print_error (notes[i]);

  return lb_exchange_command_write (text, strlen (text), error);
}

static gboolean
lb_exchange_command_do (const LbOptions *options,
                        LbBalancer *balancer,
                        GError **error)
{
  if (!lb_options_apply (options, balancer, error))
    return FALSE;

  for (guint i = 0; options->imports != NULL && options->imports[i] != NULL; i++)
    if (!lb_exchange_command_import (balancer, options->imports[i], options->import_pool, error))
      return FALSE;

  if (options->export_format != NULL && !lb_exchange_command_export (balancer, options->export_format, error))
    return FALSE;

  return !options->node_configuration || lb_exchange_command_print_node (balancer, error);
}

/**
 * lb_exchange_command_run:
 * @options: what the command line says, with something to import or export
 *
 * Adds what is in files to the configuration, then prints the pool in another format. Notes go to
 * standard error.
 *
 * Returns: the exit status: 0, or 1 if something could not be read, written or saved
 */
int
lb_exchange_command_run (const LbOptions *options)
{
  g_autoptr (LbBalancer) balancer = lb_balancer_new (options->config);
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) save_error = NULL;

  g_signal_connect (balancer, "problem", G_CALLBACK (lb_exchange_command_on_problem), NULL);
  lb_balancer_load (balancer, &options->overrides);

  if (!lb_exchange_command_do (options, balancer, &error))
    lb_exchange_command_print_error (error->message);

  /* What was imported before a fault stays. */
  if (!lb_balancer_stop (balancer, &save_error))
    lb_exchange_command_print_error (save_error->message);

  return error == NULL && save_error == NULL ? EXIT_SUCCESS : EXIT_FAILURE;
}
