/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <glib/gstdio.h>
#include <string.h>

#include "config/lb-config-writer.h"

#define N_TEXTS 300

/* One of two who write into the same file at the same time. */
typedef struct
{
  LbConfigWriter *writer;
  char letter;
  gboolean met[N_TEXTS]; /* whether the file was the other's then */
} Side;

static char *
make_text (const Side *side,
           guint number)
{
  return g_strdup_printf ("{\"version\": 1, \"who\": \"%c%u\"}", side->letter, number);
}

static gpointer
write_all (gpointer user_data)
{
  Side *side = user_data;

  for (guint i = 0; i < N_TEXTS; i++)
    {
      g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
      g_autoptr (GError) error = NULL;
      char *text = make_text (side, i);
      g_autoptr (GBytes) bytes = g_bytes_new_take (text, strlen (text));

      lb_config_writer_queue (side->writer, bytes);
      lb_config_writer_write (side->writer, problems, &error);
      g_assert_no_error (error);
      side->met[i] = problems->len > 0;
    }

  return NULL;
}

/* Removes the directory, and returns all that was in it. */
static char *
take_all (const char *directory)
{
  g_autoptr (GString) all = g_string_new (NULL);
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (directory, name, NULL);
      g_autofree char *contents = NULL;

      g_assert_true (g_file_get_contents (path, &contents, NULL, NULL));
      g_string_append (all, contents);
      g_unlink (path);
    }
  g_assert_cmpint (g_rmdir (directory), ==, 0);

  return g_string_free (g_steal_pointer (&all), FALSE);
}

/* What the other has overwritten is somewhere. The last one of each must be, too. */
static void
assert_nothing_lost (const Side *side,
                     const char *all)
{
  for (guint i = 0; i < N_TEXTS; i++)
    {
      g_autofree char *text = make_text (side, i);

      if (i == N_TEXTS - 1 || side->met[i + 1])
        g_assert_nonnull (strstr (all, text));
    }
}

static void
test_two_lose_nothing (void)
{
  g_autofree char *directory = g_dir_make_tmp ("lb-writer-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autofree char *all = NULL;
  Side sides[] = { { lb_config_writer_new (path), 'a', { FALSE } },
                   { lb_config_writer_new (path), 'b', { FALSE } } };
  GThread *threads[G_N_ELEMENTS (sides)];

  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    threads[i] = g_thread_new ("writer", write_all, &sides[i]);
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    g_thread_join (threads[i]);

  all = take_all (directory);
  for (guint i = 0; i < G_N_ELEMENTS (sides); i++)
    {
      assert_nothing_lost (&sides[i], all);
      lb_config_writer_free (sides[i].writer);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/config/writer/two-lose-nothing", test_two_lose_nothing);

  return g_test_run ();
}
