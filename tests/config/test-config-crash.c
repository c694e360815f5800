/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <utime.h>

#include "config/lb-config-file.h"
#include "config/lb-config-json.h"

#define N_KILLS 100
#define N_BACKENDS 300

/* One of two configurations: many backends, all with the same weight. */
static LbConfig *
make_config (guint weight)
{
  LbConfig *config = lb_config_new ();

  for (int i = 0; i < N_BACKENDS; i++)
    {
      g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%d", 9000 + i);
      LbBackend *backend = lb_backend_new (url, NULL);

      lb_backend_set_weight (backend, weight, NULL);
      g_ptr_array_add (config->backends, backend);
    }

  return config;
}

/* The child: says so when it begins, and saves one and the other until it is killed. */
static int
save_for_ever (const char *path)
{
  LbConfig *configs[] = { make_config (1), make_config (2) };
  LbConfigFile *file = lb_config_file_new (path);

  lb_config_free (lb_config_file_load (file, NULL));
  g_print ("saving\n");

  for (guint i = 0;; i++)
    {
      lb_config_file_save (file, configs[i % 2]);
      if (!lb_config_file_flush (file, NULL))
        return 1;
      while (g_main_context_iteration (NULL, FALSE))
        continue;
    }
}

static void
assert_whole (const char *path,
              char *const *texts,
              guint *seen)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);

  for (guint i = 0; i < 2; i++)
    {
      if (strcmp (text, texts[i]) == 0)
        {
          seen[i]++;
          return;
        }
    }

  g_error ("The file is neither of the two: %s", text);
}

/* Some time later, what the killed ones had begun is removed, and only that. */
static void
assert_cleans_up (const char *directory,
                  const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (directory, 0, NULL);
  g_autoptr (LbConfigFile) file = lb_config_file_new (path);
  const time_t then = (time_t) (g_get_real_time () / G_USEC_PER_SEC) - 3600;
  struct utimbuf times = { then, then };
  const char *name;
  guint n = 0;

  for (; (name = g_dir_read_name (dir)) != NULL; n++)
    {
      g_autofree char *left = g_build_filename (directory, name, NULL);

      g_assert_cmpint (g_utime (left, &times), ==, 0);
    }

  /* It was killed at the worst moment, too. */
  g_test_message ("%u files", n);
  g_assert_cmpuint (n, >, 1);

  lb_config_free (lb_config_file_load (file, NULL));
  g_dir_rewind (dir);
  g_assert_cmpstr (g_dir_read_name (dir), ==, "config.json");
  g_assert_null (g_dir_read_name (dir));
}

static void
test_kill_while_saving (void)
{
  g_autofree char *directory = g_dir_make_tmp ("lb-crash-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (directory, "config.json", NULL);
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autoptr (LbConfig) one = make_config (1);
  g_autoptr (LbConfig) two = make_config (2);
  g_autofree char *text_one = lb_config_to_json (one, NULL);
  g_autofree char *text_two = lb_config_to_json (two, NULL);
  char *const texts[] = { text_one, text_two };
  guint seen[2] = { 0, 0 };

  g_file_set_contents (path, text_one, -1, NULL);

  for (int i = 0; i < N_KILLS; i++)
    {
      g_autoptr (GSubprocess) child = NULL;
      g_autoptr (GError) error = NULL;
      char line[7];

      child = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--save-for-ever",
                                path, NULL);
      g_assert_no_error (error);

      /* It has begun; the moment it is killed is any moment of a few saves. */
      g_input_stream_read_all (g_subprocess_get_stdout_pipe (child), line, sizeof line, NULL, NULL,
                               &error);
      g_assert_no_error (error);
      g_usleep ((gulong) g_test_rand_int_range (0, 20000));
      g_subprocess_force_exit (child);
      g_subprocess_wait (child, NULL, &error);
      g_assert_no_error (error);
      g_assert_true (g_subprocess_get_if_signaled (child));
      g_assert_cmpint (g_subprocess_get_term_sig (child), ==, SIGKILL);

      assert_whole (path, texts, seen);
    }

  /* It was killed between saves of both, and so the file did change. */
  g_test_message ("%u of one, %u of the other", seen[0], seen[1]);
  g_assert_cmpuint (seen[0], >, 0);
  g_assert_cmpuint (seen[1], >, 0);

  assert_cleans_up (directory, path);
  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_cmpint (g_rmdir (directory), ==, 0);
}

int
main (int argc,
      char **argv)
{
  if (argc == 3 && strcmp (argv[1], "--save-for-ever") == 0)
    return save_for_ever (argv[2]);

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/config/crash/kill-while-saving", test_kill_while_saving);

  return g_test_run ();
}
