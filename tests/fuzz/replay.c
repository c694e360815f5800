/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

/*
 * Gives a target each file of its corpus once, as a test of its own. It stands in for libFuzzer, so that
 * what was found once is looked for by every compiler.
 *
 * Usage: fuzz-TARGET FOLDER
 */

static void
test_file (gconstpointer data)
{
  const char *path = data;
  g_autofree char *contents = NULL;
  g_autofree guint8 *bytes = NULL;
  gsize length;

  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));

  /* A copy that ends where the bytes do, so that reading on is found. */
  bytes = g_memdup2 (contents, length);
  g_assert_cmpint (LLVMFuzzerTestOneInput (length > 0 ? bytes : (const guint8 *) "", length), ==, 0);
}

int
main (int argc,
      char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir) folder = NULL;
  g_autofree char *target = NULL;
  const char *name;
  guint n = 0;

  g_test_init (&argc, &argv, NULL);
  fuzz_be_strict ();
  g_assert_cmpint (argc, ==, 2);

  folder = g_dir_open (argv[1], 0, &error);
  g_assert_no_error (error);
  target = g_path_get_basename (argv[1]);

  for (; (name = g_dir_read_name (folder)) != NULL; n++)
    {
      g_autofree char *path = g_strconcat ("/fuzz/", target, "/", name, NULL);

      g_test_add_data_func_full (path, g_build_filename (argv[1], name, NULL), test_file, g_free);
    }
  g_assert_cmpuint (n, >, 0);

  return g_test_run ();
}
