/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <string.h>

#include "exchange/lb-exchange.h"

G_BEGIN_DECLS

/*
 * What the tests of the formats share: reading a text, and asking for one backend or one note.
 */

static inline LbExchangeImport *
exchange_import (const char *format,
                 const char *text,
                 GError **error)
{
  g_autoptr (GBytes) contents = g_bytes_new (text, strlen (text));
  g_auto (LbProbeSettings) probe = { 0 };

  lb_probe_settings_init (&probe);

  return lb_exchange_import (contents, format != NULL ? lb_exchange_format_find (format) : NULL,
                             &probe, error);
}

/* Reads what must be there. */
static inline LbExchangeImport *
exchange_read (const char *format,
               const char *text)
{
  g_autoptr (GError) error = NULL;
  LbExchangeImport *import = exchange_import (format, text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (import);

  return import;
}

/* Reads one of the samples. */
static inline LbExchangeImport *
exchange_read_sample (const char *name)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "exchange", "data", name, NULL);
  g_autofree char *text = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));

  return exchange_read (NULL, text);
}

static inline LbExchangePool *
exchange_pool (LbExchangeImport *import,
               guint place)
{
  g_assert_cmpuint (place, <, import->pools->len);

  return g_ptr_array_index (import->pools, place);
}

static inline LbBackend *
exchange_backend (LbExchangePool *pool,
                  guint place)
{
  g_assert_cmpuint (place, <, pool->backends->len);

  return g_ptr_array_index (pool->backends, place);
}

/* How a backend of a pool is probed. */
static inline void
exchange_get_probe (LbExchangePool *pool,
                    guint place,
                    LbProbeSettings *probe)
{
  lb_probe_settings_merge (probe, &pool->probe,
                           lb_backend_get_exceptions (exchange_backend (pool, place)));
}

/* All notes in a text, a line for each. */
static inline char *
exchange_join_notes (const LbExchangeNotes *notes)
{
  g_auto (GStrv) list = lb_exchange_notes_list (notes);

  return g_strjoinv ("\n", list);
}

#define exchange_assert_note(notes, text) \
  G_STMT_START \
    { \
      g_autofree char *all_ = exchange_join_notes (notes); \
      if (strstr (all_, (text)) == NULL) \
        g_error ("%s:%d: no “%s” in:\n%s", __FILE__, __LINE__, (text), all_); \
    } \
  G_STMT_END

#define exchange_assert_no_notes(notes) \
  G_STMT_START \
    { \
      g_autofree char *all_ = exchange_join_notes (notes); \
      g_assert_cmpstr (all_, ==, ""); \
    } \
  G_STMT_END

#define exchange_assert_url(pool, place, url) \
  g_assert_cmpstr (lb_backend_get_url (exchange_backend (pool, place)), ==, url)

/* Writes a pool, which must be possible. */
static inline char *
exchange_write (const char *format,
                const LbExchangePool *pool,
                LbExchangeNotes *notes)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) text =
    lb_exchange_export (lb_exchange_format_find (format), pool, notes, &error);

  g_assert_no_error (error);

  return g_strndup (g_bytes_get_data (text, NULL), g_bytes_get_size (text));
}

static inline LbBackend *
exchange_add (LbExchangePool *pool,
              const char *url)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LbBackend) backend = lb_backend_new (url, &error);

  g_assert_no_error (error);
  g_ptr_array_add (pool->backends, g_object_ref (backend));

  return backend;
}

static inline LbExchangePool *
exchange_new_pool (const char *policy)
{
  g_auto (LbProbeSettings) probe = { 0 };
  LbExchangePool *pool;

  lb_probe_settings_init (&probe);
  pool = lb_exchange_pool_new ("test", &probe);
  lb_exchange_pool_set_policy (pool, policy);

  return pool;
}

G_END_DECLS
