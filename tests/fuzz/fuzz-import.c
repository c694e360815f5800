/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "exchange/lb-exchange.h"
#include "fuzz-backends.h"

/*
 * A file in FUZZ_FORMAT. What is read from it is fit to be used, and can be written in every format
 * that has a word for it; what is written there is read as that, and then stays as it is.
 */

/* Larger pools go the same way, only slowly. */
#define N_BACKENDS 64

static LbExchangeImport *
import_bytes (GBytes *contents,
              const LbExchangeFormat *format,
              GError **error)
{
  g_auto (LbProbeSettings) probe = { 0 };

  lb_probe_settings_init (&probe);

  return lb_exchange_import (contents, format, &probe, error);
}

/* NULL if the format has no word for any of it. */
static GBytes *
export_pool (const LbExchangeFormat *format,
             const LbExchangePool *pool)
{
  g_autoptr (LbExchangeNotes) notes = lb_exchange_notes_new ();
  g_autoptr (GError) error = NULL;
  GBytes *text = lb_exchange_export (format, pool, notes, &error);
  g_auto (GStrv) sentences = lb_exchange_notes_list (notes);

  for (guint i = 0; sentences[i] != NULL; i++)
    g_assert_true (g_utf8_validate (sentences[i], -1, NULL));

  if (text == NULL)
    g_assert_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_EMPTY);
  else
    g_assert_true (g_utf8_validate_len (g_bytes_get_data (text, NULL), g_bytes_get_size (text),
                                        NULL));

  return text;
}

/* Reads what we have written, which must be known for what it is. */
static LbExchangeImport *
import_ours (GBytes *text,
             const LbExchangeFormat *format)
{
  g_autoptr (GError) error = NULL;
  LbExchangeImport *import = import_bytes (text, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (import->format->id, ==, format->id);
  g_assert_cmpuint (import->pools->len, ==, 1);

  return import;
}

static void
check_same_probes (const LbExchangePool *a,
                   const LbExchangePool *b)
{
  for (guint i = 0; i < a->backends->len; i++)
    {
      g_auto (LbProbeSettings) one = { 0 };
      g_auto (LbProbeSettings) other = { 0 };

      lb_probe_settings_merge (&one, &a->probe,
                               lb_backend_get_exceptions (g_ptr_array_index (a->backends, i)));
      lb_probe_settings_merge (&other, &b->probe,
                               lb_backend_get_exceptions (g_ptr_array_index (b->backends, i)));
      g_assert_true (lb_probe_settings_equal (&one, &other));
    }
}

/* Out and back, twice. Our own format has a word for all of it. */
static void
check_round_trip (const LbExchangeFormat *format,
                  const LbExchangePool *pool)
{
  g_autoptr (GBytes) text = export_pool (format, pool);
  g_autoptr (GBytes) text_again = NULL;
  g_autoptr (LbExchangeImport) once = NULL;
  g_autoptr (LbExchangeImport) twice = NULL;
  const LbExchangePool *first;
  const LbExchangePool *second;

  if (text == NULL || !lb_exchange_format_can_import (format))
    return;

  once = import_ours (text, format);
  first = g_ptr_array_index (once->pools, 0);
  text_again = export_pool (format, first);
  g_assert_nonnull (text_again);
  twice = import_ours (text_again, format);
  second = g_ptr_array_index (twice->pools, 0);

  g_assert_cmpstr (first->policy, ==, second->policy);
  fuzz_assert_same_backends (first->backends, second->backends);

  if (g_str_equal (format->id, "json"))
    {
      fuzz_assert_same_backends (pool->backends, first->backends);
      check_same_probes (pool, first);
    }
}

static void
check_pool (const LbExchangePool *pool)
{
  g_assert_cmpuint (pool->backends->len, >, 0);
  g_assert_cmpuint (pool->backends->len, <=, LB_EXCHANGE_MAX_BACKENDS);
  g_assert_true (g_utf8_validate (pool->name, -1, NULL));
  fuzz_check_backends (pool->backends, &pool->probe);

  for (guint i = 0; pool->backends->len <= N_BACKENDS && lb_exchange_format_list (i) != NULL; i++)
    check_round_trip (lb_exchange_format_list (i), pool);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GBytes) contents = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (LbExchangeImport) import = NULL;

  lb_exchange_format_detect (contents);

  import = import_bytes (contents, lb_exchange_format_find (FUZZ_FORMAT), &error);
  if (import == NULL)
    {
      fuzz_check_sentence (error, LB_EXCHANGE_ERROR);
      return 0;
    }

  g_assert_no_error (error);
  g_assert_cmpuint (import->pools->len, >, 0);
  for (guint i = 0; i < import->pools->len; i++)
    check_pool (g_ptr_array_index (import->pools, i));

  return 0;
}
