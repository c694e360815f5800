/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "config/lb-config-json.h"
#include "fuzz-backends.h"

/*
 * A configuration. It is refused with a sentence, or each setting is fit to be used; and what is
 * written of it says the same when it is read, whoever wrote it.
 */

static void
check_settings (const LbConfig *config)
{
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_strv_length (config->listen), >, 0);
  for (guint i = 0; config->listen[i] != NULL; i++)
    lb_config_check_address (config->listen[i], NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpuint (config->port, <=, G_MAXUINT16);
  g_assert_cmpuint (config->stats_port, <=, G_MAXUINT16);
  g_assert_cmpuint (config->max_connections, <=, LB_CONFIG_MAX_CONNECTIONS);
  g_assert_true (config->panic_share >= 0.0 && config->panic_share <= 1.0);
  g_assert_nonnull (config->policy);

  lb_config_check_status (config->redirect_status, &error);
  g_assert_no_error (error);
  lb_config_check_origin (config->cors_origin, NULL, &error);
  g_assert_no_error (error);

  fuzz_check_backends (config->backends, &config->probe);
}

static void
check_sentences (GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    g_assert_true (g_utf8_validate (g_ptr_array_index (problems, i), -1, NULL));
}

static void
assert_equal (const LbConfig *a,
              const LbConfig *b)
{
  g_assert_cmpstrv (a->listen, b->listen);
  g_assert_cmpuint (a->port, ==, b->port);
  g_assert_cmpuint (a->stats_port, ==, b->stats_port);
  g_assert_cmpuint (a->max_connections, ==, b->max_connections);
  g_assert_cmpuint (a->redirect_status, ==, b->redirect_status);
  g_assert_cmpstr (a->cors_origin, ==, b->cors_origin);
  g_assert_cmpstr (a->policy, ==, b->policy);
  g_assert_true (a->panic_share == b->panic_share);
  g_assert_true (lb_probe_settings_equal (&a->probe, &b->probe));
  fuzz_assert_same_backends (a->backends, b->backends);
}

static LbConfig *
load (const char *text,
      gsize length,
      const LbConfig *base,
      GPtrArray *problems)
{
  g_autoptr (GError) error = NULL;
  LbConfig *config = lb_config_from_json (text, length, base, problems, &error);

  check_sentences (problems);

  if (config == NULL)
    fuzz_check_sentence (error, LB_CONFIG_ERROR);
  else
    g_assert_no_error (error);

  return config;
}

static void
check_written (const LbConfig *config,
               guint n_problems)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  gsize length, length_again;
  g_autofree char *text = lb_config_to_json (config, &length);
  g_autoptr (LbConfig) again = load (text, length, NULL, problems);
  g_autofree char *text_again = NULL;

  g_assert_nonnull (again);
  g_assert_cmpuint (problems->len, ==, n_problems);
  assert_equal (again, config);

  text_again = lb_config_to_json (again, &length_again);
  g_assert_cmpmem (text_again, length_again, text, length);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (LbConfig) config = load ((const char *) data, size, NULL, problems);
  g_autoptr (LbConfig) over = NULL;
  guint n_problems = problems->len;

  if (config == NULL)
    return 0;

  check_settings (config);
  check_written (config, n_problems);

  /* It holds already. */
  over = load ((const char *) data, size, config, problems);
  g_assert_nonnull (over);
  assert_equal (over, config);

  return 0;
}
