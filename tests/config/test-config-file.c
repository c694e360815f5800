/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/lb-config-file.h"

#define DEADLINE_S 10

/* A directory of its own for each test, with a file in it that need not be there. */
typedef struct
{
  char *directory;
  char *path;
  LbConfigFile *file;
  GPtrArray *problems; /* of loading and of ::problem */
  LbConfig *changed;   /* of the last ::changed */
  guint n_changed;
} Fixture;

static void
on_changed (LbConfigFile *file,
            LbConfig *config,
            Fixture *self)
{
  g_clear_pointer (&self->changed, lb_config_free);
  self->changed = lb_config_copy (config);
  self->n_changed++;
}

static void
on_problem (LbConfigFile *file,
            const char *sentence,
            Fixture *self)
{
  g_test_message ("%s", sentence);
  g_assert_true (g_utf8_validate (sentence, -1, NULL));
  g_ptr_array_add (self->problems, g_strdup (sentence));
}

static void
open_file (Fixture *self)
{
  self->file = lb_config_file_new (self->path);
  g_signal_connect (self->file, "changed", G_CALLBACK (on_changed), self);
  g_signal_connect (self->file, "problem", G_CALLBACK (on_problem), self);
}

static void
set_up (Fixture *self,
        gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  self->directory = g_dir_make_tmp ("lb-config-XXXXXX", &error);
  g_assert_no_error (error);
  self->path = g_build_filename (self->directory, "config.json", NULL);
  self->problems = g_ptr_array_new_with_free_func (g_free);
  open_file (self);
}

static void
remove_tree (const char *path)
{
  GDir *dir = NULL;
  const char *name;

  if (!g_file_test (path, G_FILE_TEST_IS_SYMLINK))
    dir = g_dir_open (path, 0, NULL);

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }

  g_clear_pointer (&dir, g_dir_close);
  g_remove (path);
}

/* Runs the loop until @condition holds. */
#define run_until(condition) \
  G_STMT_START { \
    gint64 deadline = g_get_monotonic_time () + DEADLINE_S * G_USEC_PER_SEC; \
    g_autoptr (GSource) ticks = g_timeout_source_new (10); \
    g_source_set_callback (ticks, on_tick, NULL, NULL); \
    g_source_attach (ticks, NULL); \
    while (!(condition) && g_get_monotonic_time () < deadline) \
      g_main_context_iteration (NULL, TRUE); \
    g_source_destroy (ticks); \
    g_assert_true (condition); \
  } G_STMT_END

static gboolean
on_tick (gpointer user_data)
{
  return G_SOURCE_CONTINUE;
}

/* Runs the loop for longer than the file waits before it looks at a change: what does not happen
 * by then, does not happen. */
static void
run_past_a_look (double seconds)
{
  g_autoptr (GTimer) timer = g_timer_new ();

  run_until (g_timer_elapsed (timer, NULL) > seconds);
}

static gboolean
count_reference (LbConfigFile *file)
{
  return G_OBJECT (file)->ref_count == 1;
}

static void
tear_down (Fixture *self,
           gconstpointer data)
{
  /* A save that has not been reported yet holds a reference. */
  run_until (count_reference (self->file));
  g_assert_finalize_object (self->file);

  remove_tree (self->directory);
  g_clear_pointer (&self->changed, lb_config_free);
  g_ptr_array_unref (self->problems);
  g_free (self->path);
  g_free (self->directory);
}

static LbConfig *
load (Fixture *self)
{
  LbConfig *config = lb_config_file_load (self->file, self->problems);

  g_assert_nonnull (config);
  return config;
}

static void
flush (Fixture *self)
{
  g_autoptr (GError) error = NULL;
  gboolean flushed = lb_config_file_flush (self->file, &error);

  g_assert_no_error (error);
  g_assert_true (flushed);
}

/* A program that replaces the file by a new one. */
static void
write_to (const char *path,
          const char *text)
{
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

/* A program that writes into the file as it is. */
static void
truncate_and_write (const char *path,
                    const char *text)
{
  FILE *stream = g_fopen (path, "w");

  g_assert_nonnull (stream);
  g_assert_cmpint (fputs (text, stream), >=, 0);
  g_assert_cmpint (fclose (stream), ==, 0);
}

static char *
read_from (const char *path)
{
  g_autoptr (GError) error = NULL;
  char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static void
assert_port_in_file (const char *path,
                     guint port)
{
  g_autofree char *text = read_from (path);
  g_autofree char *part = g_strdup_printf ("\"port\": %u,", port);

  g_assert_nonnull (strstr (text, part));
}

/* The only file in the directory whose name contains @part. */
static char *
find_file (Fixture *self,
           const char *part)
{
  g_autoptr (GDir) dir = g_dir_open (self->directory, 0, NULL);
  const char *name;
  char *found = NULL;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      if (strstr (name, part) == NULL)
        continue;
      g_assert_null (found);
      found = g_build_filename (self->directory, name, NULL);
    }

  return found;
}

static guint
count_files (const char *directory)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;

  return n;
}

static gboolean
is_named (Fixture *self,
          const char *name)
{
  for (guint i = 0; i < self->problems->len; i++)
    {
      if (strstr (self->problems->pdata[i], name) != NULL)
        return TRUE;
    }

  return FALSE;
}

static void
assert_kept (Fixture *self,
             const char *part,
             const char *text)
{
  g_autofree char *name = find_file (self, part);
  g_autofree char *kept = NULL;

  g_assert_nonnull (name);
  kept = read_from (name);
  g_assert_cmpstr (kept, ==, text);
  run_until (is_named (self, name));
}

static void
save_port (Fixture *self,
           LbConfig *config,
           guint port)
{
  config->port = port;
  lb_config_file_save (self->file, config);
}

/* Loading */

static void
test_default_path (void)
{
  g_autoptr (LbConfigFile) file = lb_config_file_new (NULL);
  g_autofree char *path = NULL;

  path = g_build_filename (g_get_user_config_dir (), "load-balancer", "config.json", NULL);
  g_assert_cmpstr (lb_config_file_get_path (file), ==, path);
}

static void
test_missing_is_no_problem (Fixture *self,
                            gconstpointer data)
{
  g_autoptr (LbConfig) config = load (self);

  g_assert_cmpuint (config->port, ==, 5000);
  g_assert_cmpuint (self->problems->len, ==, 0);
  g_assert_cmpuint (count_files (self->directory), ==, 0);
}

static void
test_saves_and_loads (Fixture *self,
                      gconstpointer data)
{
  g_autoptr (LbConfig) config = load (self);
  g_autoptr (LbConfig) again = NULL;
  g_autoptr (LbConfigFile) other = lb_config_file_new (self->path);

  g_ptr_array_add (config->backends, lb_backend_new ("http://127.0.0.1:9001", NULL));
  save_port (self, config, 8080);
  flush (self);

  again = lb_config_file_load (other, self->problems);
  g_assert_cmpuint (again->port, ==, 8080);
  g_assert_cmpuint (again->backends->len, ==, 1);
  g_assert_cmpuint (self->problems->len, ==, 0);
  g_assert_cmpuint (count_files (self->directory), ==, 1);
}

static void
test_broken_is_moved_aside (Fixture *self,
                            gconstpointer data)
{
  const char *text = "{ \"port\": 80, // mine\n}";
  g_autoptr (LbConfig) config = NULL;

  write_to (self->path, text);
  config = load (self);
  g_assert_cmpuint (config->port, ==, 5000);
  g_assert_cmpuint (self->problems->len, ==, 1);
  g_assert_nonnull (strstr (self->problems->pdata[0], "Line 1: JSON has no comments"));
  assert_kept (self, "config.json.broken-", text);
  g_assert_false (g_file_test (self->path, G_FILE_TEST_EXISTS));
}

/* Which of the two is meant, nobody can know; both are kept. */
static void
test_repeated_key_is_moved_aside (Fixture *self,
                                  gconstpointer data)
{
  const char *text = "{\"backends\": [{\"url\": \"http://a\"}],\n"
                     " \"backends\": [{\"url\": \"http://b\"}]}";
  g_autoptr (LbConfig) config = NULL;

  write_to (self->path, text);
  config = load (self);
  g_assert_cmpuint (config->backends->len, ==, 0);
  g_assert_cmpuint (self->problems->len, ==, 1);
  g_assert_nonnull (strstr (self->problems->pdata[0], "Line 2: The key “backends”"));
  assert_kept (self, "config.json.broken-", text);
}

static void
test_broken_overwrites_nothing (Fixture *self,
                                gconstpointer data)
{
  g_autoptr (LbConfig) first = NULL;

  for (guint i = 0; i < 5; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);
      g_autoptr (LbConfigFile) file = lb_config_file_new (self->path);
      g_autoptr (LbConfig) config = NULL;

      write_to (self->path, text);
      config = lb_config_file_load (file, self->problems);
    }

  g_assert_cmpuint (self->problems->len, ==, 5);
  g_assert_cmpuint (count_files (self->directory), ==, 5);
}

static void
test_broken_by_nature (Fixture *self,
                       gconstpointer data)
{
  g_autoptr (LbConfig) empty = NULL;
  g_autoptr (LbConfig) large = NULL;
  g_autofree char *name = NULL;
  GStatBuf info;

  write_to (self->path, "");
  empty = load (self);
  g_assert_cmpuint (self->problems->len, ==, 1);
  name = find_file (self, "broken");
  g_assert_nonnull (name);
  g_unlink (name);

  write_to (self->path, "");
  g_assert_cmpint (truncate (self->path, 100 * 1024 * 1024), ==, 0);
  large = load (self);
  g_assert_cmpuint (self->problems->len, ==, 2);
  g_assert_nonnull (strstr (self->problems->pdata[1], "larger than 16 MiB"));
  g_free (name);
  name = find_file (self, "broken");
  g_assert_cmpint (g_stat (name, &info), ==, 0);
  g_assert_cmpint (info.st_size, ==, 100 * 1024 * 1024);
}

static void
test_directory_in_its_place (Fixture *self,
                             gconstpointer data)
{
  g_autoptr (LbConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (self->path, 0700), ==, 0);
  config = load (self);
  g_assert_cmpuint (self->problems->len, ==, 1);
  g_assert_nonnull (strstr (self->problems->pdata[0], "is a directory"));
  g_assert_true (g_file_test (self->path, G_FILE_TEST_IS_DIR));

  save_port (self, config, 80);
  g_assert_false (lb_config_file_flush (self->file, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE);
  /* The thread that the save started may be at it still: it fails too. */
  run_until (count_reference (self->file));
  g_assert_cmpuint (count_files (self->directory), ==, 1);

  /* It is saved when that is gone. */
  g_assert_cmpint (g_rmdir (self->path), ==, 0);
  flush (self);
  assert_port_in_file (self->path, 80);
}

/* However much of a file a crash left, it is told and kept, and what can be saved is. */
static void
test_cut_at_every_byte (Fixture *self,
                        gconstpointer data)
{
  static const char whole[] = "{\"version\": 1, \"port\": 85, \"backends\": [{\"url\": \"http://a.example\"}]}";

  for (gsize length = 0; length < strlen (whole); length++)
    {
      g_autofree char *part = g_strndup (whole, length);
      g_autofree char *name = NULL;
      g_autofree char *kept = NULL;
      g_autoptr (LbConfigFile) file = lb_config_file_new (self->path);
      g_autoptr (LbConfig) config = NULL;

      write_to (self->path, part);
      config = lb_config_file_load (file, self->problems);
      g_assert_cmpuint (self->problems->len, ==, length + 1);
      g_assert_cmpuint (config->backends->len, ==, 0);

      name = find_file (self, "broken");
      g_assert_nonnull (name);
      kept = read_from (name);
      g_assert_cmpstr (kept, ==, part);
      g_unlink (name);
    }
}

static void
test_pipe_in_its_place (Fixture *self,
                        gconstpointer data)
{
  g_autoptr (LbConfig) config = NULL;

  g_assert_cmpint (mkfifo (self->path, 0600), ==, 0);
  config = load (self);
  g_assert_cmpuint (self->problems->len, ==, 1);
}

static void
test_bad_entries_are_named (Fixture *self,
                            gconstpointer data)
{
  const char *text = "{\"backends\": [{\"url\": \"http://a\"}, {\"url\": \"nothing\"}]}";
  g_autoptr (LbConfig) config = NULL;
  g_autofree char *saved = NULL;

  write_to (self->path, text);
  config = load (self);
  g_assert_cmpuint (config->backends->len, ==, 1);
  g_assert_cmpuint (self->problems->len, ==, 1);

  lb_config_file_save (self->file, config);
  flush (self);
  saved = read_from (self->path);
  g_assert_nonnull (strstr (saved, "{\"url\": \"nothing\"}"));
}

static void
test_newer_version_is_left_alone (Fixture *self,
                                  gconstpointer data)
{
  const char *text = "{\"version\": 2, \"port\": {\"http\": 80}}";
  g_autoptr (LbConfig) config = NULL;
  g_autofree char *after = NULL;

  write_to (self->path, text);
  config = load (self);
  g_assert_cmpuint (config->port, ==, 5000);
  g_assert_cmpuint (self->problems->len, ==, 1);

  save_port (self, config, 80);
  flush (self);
  after = read_from (self->path);
  g_assert_cmpstr (after, ==, text);
  g_assert_cmpuint (count_files (self->directory), ==, 1);

  /* When it is gone, or replaced by one that can be used, all goes on. */
  g_unlink (self->path);
  run_past_a_look (1.0);
  save_port (self, config, 89);
  flush (self);
  assert_port_in_file (self->path, 89);
  write_to (self->path, "{\"port\": 90}");
  run_until (self->n_changed == 1);
  save_port (self, config, 91);
  flush (self);
  assert_port_in_file (self->path, 91);
}

/* Saving */

static void
test_modes (Fixture *self,
            gconstpointer data)
{
  g_autofree char *deep = g_build_filename (self->directory, "a", "b", "config.json", NULL);
  g_autofree char *parent = g_path_get_dirname (deep);
  g_autoptr (LbConfigFile) file = lb_config_file_new (deep);
  g_autoptr (LbConfig) config = lb_config_file_load (file, self->problems);
  GStatBuf info;

  lb_config_file_save (file, config);
  g_assert_true (lb_config_file_flush (file, NULL));
  g_assert_cmpint (g_stat (parent, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0700);
  g_assert_cmpint (g_stat (deep, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0600);

  g_assert_cmpint (g_chmod (deep, 0664), ==, 0);
  config->port = 81;
  lb_config_file_save (file, config);
  g_assert_true (lb_config_file_flush (file, NULL));
  g_assert_cmpint (g_stat (deep, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 07777, ==, 0664);

  while (!count_reference (file))
    g_main_context_iteration (NULL, TRUE);
}

static void
test_symbolic_link_stays (Fixture *self,
                          gconstpointer data)
{
  g_autofree char *real_dir = g_build_filename (self->directory, "dotfiles", NULL);
  g_autofree char *real = g_build_filename (real_dir, "real.json", NULL);
  g_autofree char *middle = g_build_filename (self->directory, "middle", NULL);
  g_autofree char *target = NULL;
  g_autoptr (LbConfig) config = NULL;

  /* A link to a link to a file that is not there yet, nor its directory. */
  g_assert_cmpint (symlink ("dotfiles/real.json", middle), ==, 0);
  g_assert_cmpint (symlink (middle, self->path), ==, 0);
  config = load (self);
  g_assert_cmpuint (self->problems->len, ==, 0);

  save_port (self, config, 82);
  flush (self);
  target = g_file_read_link (self->path, NULL);
  g_assert_cmpstr (target, ==, middle);
  g_assert_false (g_file_test (real, G_FILE_TEST_IS_SYMLINK));
  assert_port_in_file (real, 82);

  /* An edit of the file behind the links is noticed. */
  run_past_a_look (0.5);
  write_to (real, "{\"port\": 83}");
  run_until (self->n_changed == 1);
  g_assert_cmpuint (self->changed->port, ==, 83);
}

static void
test_link_to_itself (Fixture *self,
                     gconstpointer data)
{
  g_autoptr (LbConfig) config = NULL;

  g_assert_cmpint (symlink ("config.json", self->path), ==, 0);
  config = load (self);
  g_assert_cmpuint (self->problems->len, ==, 1);
  save_port (self, config, 82);
  g_assert_false (lb_config_file_flush (self->file, NULL));
}

static void
test_newest_wins (Fixture *self,
                  gconstpointer data)
{
  g_autoptr (LbConfig) config = load (self);

  for (guint i = 1; i <= 1000; i++)
    save_port (self, config, i);

  flush (self);
  assert_port_in_file (self->path, 1000);

  for (guint i = 1; i <= 100; i++)
    {
      save_port (self, config, 2000 + i);
      g_main_context_iteration (NULL, FALSE);
    }

  flush (self);
  assert_port_in_file (self->path, 2100);
  run_past_a_look (0.5);
  g_assert_cmpuint (self->n_changed, ==, 0);
  g_assert_cmpuint (self->problems->len, ==, 0);
}

static void
test_same_is_not_written (Fixture *self,
                          gconstpointer data)
{
  g_autoptr (LbConfig) config = load (self);
  GStatBuf before, after;

  lb_config_file_save (self->file, config);
  flush (self);
  g_assert_cmpint (g_stat (self->path, &before), ==, 0);
  lb_config_file_save (self->file, config);
  flush (self);
  g_assert_cmpint (g_stat (self->path, &after), ==, 0);
  g_assert_cmpuint (before.st_ino, ==, after.st_ino);

  save_port (self, config, 84);
  flush (self);
  g_assert_cmpint (g_stat (self->path, &after), ==, 0);
  g_assert_cmpuint (before.st_ino, !=, after.st_ino);
}

/* Other programs and other processes of ours have files beside it, which are not ours to take. */
static void
test_files_beside_it_stay (Fixture *self,
                           gconstpointer data)
{
  static const char *const names[] = { "config.json.new", ".config.json.new", "config.json~" };
  g_autoptr (LbConfig) config = load (self);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->directory, names[i], NULL);

      write_to (path, names[i]);
    }

  save_port (self, config, 84);
  flush (self);
  assert_port_in_file (self->path, 84);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (self->directory, names[i], NULL);
      g_autofree char *text = read_from (path);

      g_assert_cmpstr (text, ==, names[i]);
    }

  g_assert_cmpuint (count_files (self->directory), ==, 1 + G_N_ELEMENTS (names));
}

/* A file where the directory should be fails for everybody, root too. */
static void
test_failure_is_told_once (Fixture *self,
                           gconstpointer data)
{
  g_autofree char *parent = g_build_filename (self->directory, "parent", NULL);
  g_autofree char *path = g_build_filename (parent, "config.json", NULL);
  g_autoptr (LbConfig) config = NULL;
  g_autoptr (GError) error = NULL;

  g_object_unref (self->file);
  g_free (self->path);
  self->path = g_steal_pointer (&path);
  open_file (self);
  config = load (self);
  g_assert_cmpuint (self->problems->len, ==, 0);

  write_to (parent, "in the way");
  for (guint i = 0; i < 3; i++)
    {
      save_port (self, config, 85 + i);
      run_until (count_reference (self->file));
    }
  g_assert_cmpuint (self->problems->len, ==, 1);
  g_assert_false (lb_config_file_flush (self->file, &error));
  g_assert_nonnull (error);

  /* What failed is saved when it can be. */
  g_unlink (parent);
  flush (self);
  assert_port_in_file (self->path, 87);

  /* And after that it is told again. */
  remove_tree (parent);
  save_port (self, config, 88);
  run_until (count_reference (self->file));
  g_assert_cmpuint (self->problems->len, ==, 1);
  remove_tree (parent);
  write_to (parent, "in the way");
  save_port (self, config, 89);
  run_until (self->problems->len == 2);

  /* Nobody need do anything for it to be saved as soon as it can be. */
  g_unlink (parent);
  run_until (g_file_test (self->path, G_FILE_TEST_EXISTS));
  assert_port_in_file (self->path, 89);
  run_until (count_reference (self->file));
  g_assert_cmpuint (self->problems->len, ==, 2);
}

/* Watching */

static void
test_notices_edits (Fixture *self,
                    gconstpointer data)
{
  g_autoptr (LbConfig) config = NULL;
  g_autofree char *other = g_build_filename (self->directory, "other", NULL);

  write_to (self->path, "{\"port\": 1}");
  config = load (self);

  /* An editor that renames, */
  write_to (other, "{\"port\": 2}");
  g_assert_cmpint (g_rename (other, self->path), ==, 0);
  run_until (self->n_changed == 1);
  g_assert_cmpuint (self->changed->port, ==, 2);

  /* one that writes into the file, */
  truncate_and_write (self->path, "{\"port\": 3, \"backends\": [5]}");
  run_until (self->n_changed == 2);
  g_assert_cmpuint (self->changed->port, ==, 3);
  g_assert_cmpuint (self->problems->len, ==, 1);

  /* one that moves the old file away and makes a new one, */
  g_assert_cmpint (g_rename (self->path, other), ==, 0);
  truncate_and_write (self->path, "{\"port\": 4}");
  run_until (self->n_changed == 3);
  g_assert_cmpuint (self->changed->port, ==, 4);

  /* and one that takes its time over it. */
  g_unlink (self->path);
  run_past_a_look (0.6);
  g_assert_cmpuint (self->n_changed, ==, 3);
  write_to (self->path, "{\"port\": 5}");
  run_until (self->n_changed == 4);
  g_assert_cmpuint (self->changed->port, ==, 5);

  /* What was read is not kept aside when it is replaced. */
  save_port (self, self->changed, 6);
  flush (self);
  run_past_a_look (0.6);
  g_assert_cmpuint (self->n_changed, ==, 4);
  g_assert_cmpuint (self->problems->len, ==, 1);
  g_assert_null (find_file (self, "kept"));
}

/* A slip of the pen moves no balancer to another port. */
static void
test_bad_edit_keeps_the_present (Fixture *self,
                                 gconstpointer data)
{
  g_autoptr (LbConfig) config = NULL;
  g_autofree char *saved = NULL;

  /* At the start there is nothing at present; then what was loaded, */
  write_to (self->path, "{\"port\": 8080, \"redirect_status\": \"308\"}");
  config = load (self);
  g_assert_cmpuint (config->redirect_status, ==, 307);
  write_to (self->path, "{\"port\": \"38617\", \"redirect_status\": 308}");
  run_until (self->n_changed == 1);
  g_assert_cmpuint (self->changed->port, ==, 8080);

  /* what was saved, */
  save_port (self, self->changed, 8081);
  flush (self);
  run_until (count_reference (self->file));
  write_to (self->path, "{\"port\": \"38617\", \"redirect_status\": \"301\"}");
  run_until (self->n_changed == 2);
  g_assert_cmpuint (self->changed->port, ==, 8081);
  g_assert_cmpuint (self->changed->redirect_status, ==, 308);

  /* and what was changed. The text stays in the file. */
  write_to (self->path, "{\"port\": 8082}");
  run_until (self->n_changed == 3);
  write_to (self->path, "{\"port\": \"38617\", \"policy\": \"\"}");
  run_until (self->n_changed == 4);
  g_assert_cmpuint (self->changed->port, ==, 8082);
  self->changed->redirect_status = 302;
  lb_config_file_save (self->file, self->changed);
  flush (self);
  saved = read_from (self->path);
  g_assert_nonnull (strstr (saved, "  \"port\": \"38617\",\n  \"policy\": \"\","));
}

static void
test_slow_writer_is_waited_for (Fixture *self,
                                gconstpointer data)
{
  g_autoptr (LbConfig) config = load (self);

  truncate_and_write (self->path, "{\"port\":");
  run_past_a_look (0.7);
  g_assert_cmpuint (self->problems->len, ==, 0);
  truncate_and_write (self->path, "{\"port\": 7}");
  run_until (self->n_changed == 1);
  g_assert_cmpuint (self->problems->len, ==, 0);
}

static void
test_new_file_is_noticed (Fixture *self,
                          gconstpointer data)
{
  g_autoptr (LbConfig) config = load (self);

  write_to (self->path, "{\"port\": 8}");
  run_until (self->n_changed == 1);
  g_assert_cmpuint (self->changed->port, ==, 8);
}

/* The first start: neither the file nor its directory is there. */
static void
test_new_directory_is_noticed (Fixture *self,
                               gconstpointer data)
{
  g_autofree char *path = g_build_filename (self->directory, "a", "b", "config.json", NULL);
  g_autoptr (LbConfig) config = NULL;

  g_object_unref (self->file);
  g_free (self->path);
  self->path = g_steal_pointer (&path);
  open_file (self);
  config = load (self);
  lb_config_file_save (self->file, config);
  flush (self);
  run_until (count_reference (self->file));

  write_to (self->path, "{\"port\": 8}");
  run_until (self->n_changed == 1);
  g_assert_cmpuint (self->changed->port, ==, 8);
}

static void
test_own_saves_are_not_changes (Fixture *self,
                                gconstpointer data)
{
  g_autoptr (LbConfig) config = load (self);
  g_autoptr (GTimer) timer = g_timer_new ();

  while (g_timer_elapsed (timer, NULL) < 1.0)
    {
      save_port (self, config, config->port + 1);
      g_main_context_iteration (NULL, FALSE);
      g_usleep (1000);
    }

  run_past_a_look (0.6);
  g_assert_cmpuint (self->n_changed, ==, 0);
  g_assert_cmpuint (self->problems->len, ==, 0);
  assert_port_in_file (self->path, config->port);
}

static void
test_broken_edit_is_kept_at_the_next_save (Fixture *self,
                                           gconstpointer data)
{
  const char *text = "{\"port\": 80,,}";
  g_autoptr (LbConfig) config = load (self);
  g_autofree char *still = NULL;

  save_port (self, config, 9);
  flush (self);
  write_to (self->path, text);
  run_until (self->problems->len == 1);
  still = read_from (self->path);
  g_assert_cmpstr (still, ==, text);
  g_assert_cmpuint (self->n_changed, ==, 0);

  save_port (self, config, 10);
  flush (self);
  assert_kept (self, ".broken-", text);
  g_assert_cmpuint (self->problems->len, ==, 2);
  assert_port_in_file (self->path, 10);
}

static void
test_corrected_edit_is_taken (Fixture *self,
                              gconstpointer data)
{
  g_autoptr (LbConfig) config = load (self);

  write_to (self->path, "{\"port\": 80,,}");
  run_until (self->problems->len == 1);
  write_to (self->path, "{\"port\": 80}");
  run_until (self->n_changed == 1);
  g_assert_cmpuint (self->problems->len, ==, 1);
  g_assert_cmpuint (count_files (self->directory), ==, 1);
}

/* Somebody writes while a save of ours is on its way. */
static void
test_foreign_edit_is_never_lost (Fixture *self,
                                 gconstpointer data)
{
  const char *text = "{\"port\": 11}";
  g_autoptr (LbConfig) config = load (self);

  save_port (self, config, 10);
  flush (self);
  write_to (self->path, text);
  save_port (self, config, 12);
  flush (self);

  assert_port_in_file (self->path, 12);
  assert_kept (self, ".kept-", text);
  run_past_a_look (0.6);
  g_assert_cmpuint (self->n_changed, ==, 0);
}

static void
test_newer_version_appears (Fixture *self,
                            gconstpointer data)
{
  const char *text = "{\"version\": 2}";
  g_autoptr (LbConfig) config = load (self);
  g_autoptr (GError) error = NULL;
  g_autofree char *after = NULL;

  /* Not noticed yet: the save finds it, and leaves it alone. */
  write_to (self->path, text);
  save_port (self, config, 13);
  g_assert_false (lb_config_file_flush (self->file, &error));
  g_assert_error (error, LB_CONFIG_ERROR, LB_CONFIG_ERROR_VERSION);
  run_until (self->problems->len > 0);
  run_past_a_look (2.0);

  after = read_from (self->path);
  g_assert_cmpstr (after, ==, text);
  g_assert_cmpuint (count_files (self->directory), ==, 1);
  g_assert_cmpuint (self->n_changed, ==, 0);
}

static void
on_finalized (gpointer thread,
              GObject *object)
{
  *(GThread **) thread = g_thread_self ();
}

/* It is this thread that watches, whichever lets go last. */
static void
test_ends_in_its_own_thread (Fixture *self,
                             gconstpointer data)
{
  g_autoptr (LbConfig) config = load (self);

  for (guint i = 0; i < 100; i++)
    {
      LbConfigFile *file = lb_config_file_new (self->path);
      g_autoptr (LbConfig) ignored = lb_config_file_load (file, self->problems);
      GThread *thread = NULL;

      g_object_weak_ref (G_OBJECT (file), on_finalized, &thread);
      config->port = 1024 + i;
      lb_config_file_save (file, config);
      g_object_unref (file);

      run_until (g_atomic_pointer_get (&thread) != NULL);
      g_assert_true (thread == g_thread_self ());
    }
}

#define ADD(path, function) \
  g_test_add ("/config/file/" path, Fixture, NULL, set_up, function, tear_down)

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/config/file/default-path", test_default_path);
  ADD ("missing-is-no-problem", test_missing_is_no_problem);
  ADD ("saves-and-loads", test_saves_and_loads);
  ADD ("broken-is-moved-aside", test_broken_is_moved_aside);
  ADD ("repeated-key-is-moved-aside", test_repeated_key_is_moved_aside);
  ADD ("broken-overwrites-nothing", test_broken_overwrites_nothing);
  ADD ("empty-or-huge-is-moved-aside", test_broken_by_nature);
  ADD ("directory-in-its-place", test_directory_in_its_place);
  ADD ("cut-at-every-byte", test_cut_at_every_byte);
  ADD ("pipe-in-its-place", test_pipe_in_its_place);
  ADD ("bad-entries-are-named", test_bad_entries_are_named);
  ADD ("newer-version-is-left-alone", test_newer_version_is_left_alone);
  ADD ("modes", test_modes);
  ADD ("symbolic-link-stays", test_symbolic_link_stays);
  ADD ("link-to-itself", test_link_to_itself);
  ADD ("newest-wins", test_newest_wins);
  ADD ("same-is-not-written", test_same_is_not_written);
  ADD ("files-beside-it-stay", test_files_beside_it_stay);
  ADD ("failure-is-told-once", test_failure_is_told_once);
  ADD ("notices-edits", test_notices_edits);
  ADD ("bad-edit-keeps-the-present", test_bad_edit_keeps_the_present);
  ADD ("slow-writer-is-waited-for", test_slow_writer_is_waited_for);
  ADD ("new-file-is-noticed", test_new_file_is_noticed);
  ADD ("new-directory-is-noticed", test_new_directory_is_noticed);
  ADD ("own-saves-are-not-changes", test_own_saves_are_not_changes);
  ADD ("broken-edit-is-kept-at-the-next-save", test_broken_edit_is_kept_at_the_next_save);
  ADD ("corrected-edit-is-taken", test_corrected_edit_is_taken);
  ADD ("foreign-edit-is-never-lost", test_foreign_edit_is_never_lost);
  ADD ("ends-in-its-own-thread", test_ends_in_its_own_thread);
  ADD ("newer-version-appears", test_newer_version_appears);

  return g_test_run ();
}
