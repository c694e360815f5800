/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-test"

#include "lb-log.h"

#include <locale.h>

static void
complain (const char *message)
{
  g_message ("%s", message);
}

static void
complain_elsewhere (const char *message)
{
  g_message ("%s", message);
}

/* Each of these runs once more, in a process of its own, whose standard error is looked at. */

static void
test_once_a_second (void)
{
  if (g_test_subprocess ())
    {
      const gint64 end_us = g_get_monotonic_time () + 5 * G_USEC_PER_SEC;

      lb_log_install ();
      complain ("first");
      complain_elsewhere ("another cause");
      for (guint i = 0; i < 1000; i++)
        complain ("too much");

      /* What is left out is told with the next one. */
      while (g_get_monotonic_time () < end_us - 3 * G_USEC_PER_SEC)
        g_usleep (10 * 1000);
      complain ("last");
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*first*another cause*last (and 1000 more like this)*");
  g_test_trap_assert_stderr_unmatched ("*too much*");
}

/* A library that does not say which line of it complains. */
static void
test_libraries (void)
{
  if (g_test_subprocess ())
    {
      gint64 end_us;

      lb_log_install ();
      for (guint i = 0; i < 1000; i++)
        g_log ("Library", G_LOG_LEVEL_MESSAGE, "the same");
      g_log ("Library", G_LOG_LEVEL_MESSAGE, "another");
      for (guint i = 0; i < 1000; i++)
        g_log ("Library", G_LOG_LEVEL_MESSAGE, "number %u", i);
      complain ("ours");

      end_us = g_get_monotonic_time () + 2 * G_USEC_PER_SEC;
      while (g_get_monotonic_time () < end_us)
        g_usleep (10 * 1000);
      g_log ("Library", G_LOG_LEVEL_MESSAGE, "the same");
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*the same\n*another\n*number 7\n*ours\n*the same (and 1991 more like this)\n");
  g_test_trap_assert_stderr_unmatched ("*number 8*");
  g_test_trap_assert_stderr_unmatched ("*the same*the same*the same*");
}

static void
test_escapes (void)
{
  if (g_test_subprocess ())
    {
      lb_log_install ();
      complain ("a\nb\033[31mc\377d\342\200\256e\342\200\250f\342\200\251g \303\244");
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*a\\u000ab\\u001b[31mc\357\277\275d\\u202ee\\u2028f\\u2029g \303\244*");
}

/* What is said of a file may quote what is in it, and its name. */
static void
test_escapes_what_is_printed (void)
{
  if (g_test_subprocess ())
    {
      lb_log_install ();
      g_printerr ("program: %s\n", "a\nb\033[31mc\377d\342\200\256e\302\233f \303\244");
      g_printerr ("%s", "");
      g_printerr ("the next\n");
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*program: a\\u000ab\\u001b[31mc\357\277\275d\\u202ee\\u009bf \303\244\n"
                             "the next\n*");
}

/* What only the journal takes is not on a terminal, and nothing is ever on standard output. */
static void
test_levels (void)
{
  if (g_test_subprocess ())
    {
      lb_log_install ();
      g_info ("for the journal");
      g_message ("for all");
      return;
    }

  g_unsetenv ("G_MESSAGES_DEBUG");
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*for all*");
  g_test_trap_assert_stderr_unmatched ("*for the journal*");

  g_setenv ("G_MESSAGES_DEBUG", "all", TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*for the journal*");
  g_test_trap_assert_stdout_unmatched ("*for*");
}

/* A fault of the program is told however often, and ends it where that is asked for. */
static void
test_criticals (void)
{
  if (g_test_subprocess ())
    {
      lb_log_install ();
      g_log_set_always_fatal (G_LOG_FATAL_MASK);
      for (guint i = 0; i < 3; i++)
        g_critical ("number %u", i);
      g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL);
      g_critical ("the end");
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*number 0*number 1*number 2*the end*");
}

int
main (int argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/log/once-a-second", test_once_a_second);
  g_test_add_func ("/log/libraries", test_libraries);
  g_test_add_func ("/log/escapes", test_escapes);
  g_test_add_func ("/log/escapes-what-is-printed", test_escapes_what_is_printed);
  g_test_add_func ("/log/levels", test_levels);
  g_test_add_func ("/log/criticals", test_criticals);

  return g_test_run ();
}
