/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange"

#include "config.h"

#include "exchange/lb-exchange.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "exchange/lb-exchange-formats.h"

/*
 * How pools travel: bytes in, pools and sentences out, and back. Nothing here reads a file, keeps
 * anything, or changes a pool: who calls decides what becomes of what was read.
 */

G_DEFINE_QUARK (lb-exchange-error-quark, lb_exchange_error)

/* In the order in which they are tried on a file. */
static const LbExchangeFormat *const formats[] = {
  &lb_exchange_json, &lb_exchange_haproxy, &lb_exchange_nginx,
  &lb_exchange_caddy, &lb_exchange_traefik,
};

/**
 * lb_exchange_format_list:
 * @index: which one, from 0
 *
 * Returns: (nullable): the format at @index, or %NULL past the last one
 */
const LbExchangeFormat *
lb_exchange_format_list (guint index)
{
  return index < G_N_ELEMENTS (formats) ? formats[index] : NULL;
}

/**
 * lb_exchange_format_find:
 * @id: a name
 *
 * Returns: (nullable): the format of that name
 */
const LbExchangeFormat *
lb_exchange_format_find (const char *id)
{
  g_return_val_if_fail (id != NULL, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (g_str_equal (formats[i]->id, id))
      return formats[i];

  return NULL;
}

/**
 * lb_exchange_format_can_import:
 * @self: a format
 *
 * Returns: whether it can be read
 */
gboolean
lb_exchange_format_can_import (const LbExchangeFormat *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->read != NULL;
}

/**
 * lb_exchange_format_can_export:
 * @self: a format
 *
 * Returns: whether it can be written
 */
gboolean
lb_exchange_format_can_export (const LbExchangeFormat *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->write != NULL;
}

static gboolean
lb_exchange_check_size (GBytes *contents,
                        GError **error)
{
  if (g_bytes_get_size (contents) <= LB_EXCHANGE_MAX_SIZE)
    return TRUE;

  g_set_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_TOO_LARGE,
               _("The file is larger than %d MB. Import a part of it that describes pools."),
               LB_EXCHANGE_MAX_SIZE / (1024 * 1024));

  return FALSE;
}

/* The contents as a text that can be read safely. Comments in old files may be in any encoding. */
static char *
lb_exchange_get_text (GBytes *contents,
                      LbExchangeNotes *notes,
                      GError **error)
{
  gsize length;
  const char *data = g_bytes_get_data (contents, &length);
  const char *end;

  if (!lb_exchange_check_size (contents, error))
    return NULL;

  if (length >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0)
    {
      data += 3;
      length -= 3;
    }

  if (length == 0)
    return g_strdup ("");

  if (memchr (data, '\0', length) != NULL)
    {
      g_set_error_literal (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_SYNTAX,
                           _("The file is no text in UTF-8. Save it in that encoding."));
      return NULL;
    }

  if (g_utf8_validate_len (data, length, &end))
    return g_strndup (data, length);

  if (notes != NULL)
    {
      guint line = 1;

      for (const char *p = data; p < end; p++)
        line += *p == '\n';
      lb_exchange_notes_add (notes, line,
                             _("Characters that are no UTF-8 are read as a “\xef\xbf\xbd”."));
    }

  return g_utf8_make_valid (data, (gssize) length);
}

static const LbExchangeFormat *
lb_exchange_detect_text (const char *text)
{
  for (guint i = 0; i < G_N_ELEMENTS (formats); i++)
    if (formats[i]->detect != NULL && formats[i]->detect (text))
      return formats[i];

  return NULL;
}

/**
 * lb_exchange_format_detect:
 * @contents: the contents of a file; anything is safe
 *
 * Returns: (nullable): the format that @contents seem to be in, or %NULL
 */
const LbExchangeFormat *
lb_exchange_format_detect (GBytes *contents)
{
  g_autofree char *text = NULL;

  g_return_val_if_fail (contents != NULL, NULL);

  text = lb_exchange_get_text (contents, NULL, NULL);

  return text != NULL ? lb_exchange_detect_text (text) : NULL;
}

static gboolean
lb_exchange_find_format (const LbExchangeFormat **format,
                         const char *text,
                         GError **error)
{
  if (*format == NULL)
    *format = lb_exchange_detect_text (text);

  if (*format == NULL)
    g_set_error_literal (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_FORMAT,
                         _("This is no pool in a format that can be read. These are Load "
                           "Balancer’s own JSON, “backend” sections of HAProxy, “upstream” blocks "
                           "of nginx, and Caddy’s JSON, which “caddy adapt” makes of a "
                           "Caddyfile."));
  else if ((*format)->read == NULL)
    g_set_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_FORMAT,
                 _("Pools can be exported to %s, but not imported."), (*format)->title);
  else
    return TRUE;

  return FALSE;
}

/**
 * lb_exchange_import:
 * @contents: the contents of a file; anything is safe
 * @format: (nullable): what it is, or %NULL to find out
 * @probe: how backends are probed that make no exception: the balancer's settings. What a file says
 *   of its checks becomes exceptions of the backends, as far as it differs from these.
 * @error: return location for a #GError
 *
 * Reads all pools in a file. What a file does not say stays as it is here. Whatever cannot be taken
 * over is named in the notes of a pool or of the whole.
 *
 * Sets a #LbExchangeError.
 *
 * Returns: (transfer full) (nullable): at least one pool with at least one backend
 */
LbExchangeImport *
lb_exchange_import (GBytes *contents,
                    const LbExchangeFormat *format,
                    const LbProbeSettings *probe,
                    GError **error)
{
  g_autoptr (LbExchangeImport) self = NULL;
  g_autofree char *text = NULL;

  g_return_val_if_fail (contents != NULL, NULL);
  g_return_val_if_fail (probe != NULL, NULL);

  self = g_new0 (LbExchangeImport, 1);
  self->pools = g_ptr_array_new_with_free_func ((GDestroyNotify) lb_exchange_pool_free);
  self->notes = lb_exchange_notes_new ();
  lb_probe_settings_copy (&self->probe, probe);

  text = lb_exchange_get_text (contents, self->notes, error);
  if (text == NULL || !lb_exchange_find_format (&format, text, error))
    return NULL;

  self->format = format;
  if (!format->read (self, text, error))
    return NULL;

  if (self->pools->len == 0)
    {
      g_auto (GStrv) notes = lb_exchange_notes_list (self->notes);

      g_set_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY,
                   _("There is no backend to import in this file of %s.%s%s"), format->title,
                   notes[0] != NULL ? " " : "", notes[0] != NULL ? notes[0] : "");
      return NULL;
    }

  return g_steal_pointer (&self);
}

/**
 * lb_exchange_import_free:
 * @self: (transfer full): what was read
 */
void
lb_exchange_import_free (LbExchangeImport *self)
{
  g_ptr_array_unref (self->pools);
  lb_exchange_notes_free (self->notes);
  lb_probe_settings_clear (&self->probe);
  g_free (self);
}

/**
 * lb_exchange_import_begin:
 * @self: what is being read
 * @name: what the next pool is called
 * @line: where it begins, or 0
 *
 * Returns: (transfer full): a pool that may take as many backends as there is still room for
 */
LbExchangePool *
lb_exchange_import_begin (LbExchangeImport *self,
                          const char *name,
                          guint line)
{
  LbExchangePool *pool = lb_exchange_pool_new (name, &self->probe);

  pool->line = line;
  pool->room -= self->n_backends;

  return pool;
}

/**
 * lb_exchange_import_end:
 * @self: what is being read
 * @pool: (transfer full): a pool that has been read
 *
 * Adds a pool. One without a backend is left out, which is noted together with its own notes.
 */
void
lb_exchange_import_end (LbExchangeImport *self,
                        LbExchangePool *pool)
{
  if (pool->backends->len > 0)
    {
      self->n_backends += pool->backends->len;
      g_ptr_array_add (self->pools, pool);
      return;
    }

  lb_exchange_notes_merge (self->notes, pool->notes);
  lb_exchange_notes_add (self->notes, pool->line,
                         _("“%s” has no backend that can be taken over."), pool->name);
  lb_exchange_pool_free (pool);
}

/**
 * lb_exchange_import_find:
 * @self: what was read
 * @name: a name
 *
 * Returns: (transfer none) (nullable): the first pool of that name
 */
LbExchangePool *
lb_exchange_import_find (LbExchangeImport *self,
                         const char *name)
{
  g_return_val_if_fail (self != NULL && name != NULL, NULL);

  for (guint i = 0; i < self->pools->len; i++)
    {
      LbExchangePool *pool = g_ptr_array_index (self->pools, i);

      if (g_str_equal (pool->name, name))
        return pool;
    }

  return NULL;
}

/**
 * lb_exchange_export:
 * @format: a format that can be exported
 * @pool: a pool
 * @notes: what to add a note to for each thing that the format cannot express
 * @error: return location for a #GError
 *
 * Writes a pool for another program, or for this one.
 *
 * Sets %LB_EXCHANGE_ERROR_EMPTY.
 *
 * Returns: (transfer full) (nullable): the contents of a file, a text in UTF-8
 */
GBytes *
lb_exchange_export (const LbExchangeFormat *format,
                    const LbExchangePool *pool,
                    LbExchangeNotes *notes,
                    GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);

  g_return_val_if_fail (format != NULL && format->write != NULL, NULL);
  g_return_val_if_fail (pool != NULL && notes != NULL, NULL);

  if (pool->backends->len == 0)
    {
      g_set_error_literal (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY,
                           _("The pool has no backend to export. Add one first."));
      return NULL;
    }

  format->write (pool, out, notes);

  if (out->len == 0)
    {
      g_set_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY,
                   _("There is no backend that %s could use as it is. Make one ready."),
                   format->title);
      return NULL;
    }

  return g_string_free_to_bytes (g_steal_pointer (&out));
}
