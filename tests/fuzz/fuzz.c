/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/*
 * What the targets share, and how they are set up under libFuzzer. In this way a finding shows itself
 * again when the program is started with nothing but the file.
 */

/* What the sanitizers ask for as they start. */
const char *__asan_default_options (void);
const char *__lsan_default_suppressions (void);
const char *__ubsan_default_options (void);

/* intercept_tls_get_addr=0: else LeakSanitizer crashes now and then, while a thread ends. */
const char *
__asan_default_options (void)
{
  return "detect_stack_use_after_return=1:strict_string_checks=1:intercept_tls_get_addr=0";
}

/* Fontconfig keeps what it has found out, until the process ends. */
const char *
__lsan_default_suppressions (void)
{
  return "leak:libfontconfig\n";
}

const char *
__ubsan_default_options (void)
{
  return "halt_on_error=1:print_stacktrace=1";
}

/* GLib's way to end for a message that is fatal. libFuzzer keeps the input of an abort alone. */
G_NORETURN static void
on_trap (int number)
{
  abort ();
}

int
LLVMFuzzerInitialize (int *argc,
                      char ***argv)
{
  /* GLib's slices hide leaks and late uses. It asks for this before anybody here can say it. */
  if (g_getenv ("G_SLICE") == NULL)
    {
      g_setenv ("G_SLICE", "always-malloc", TRUE);
      execv ("/proc/self/exe", *argv);
    }

  signal (SIGTRAP, on_trap);
  fuzz_be_strict ();

  return 0;
}

/**
 * fuzz_be_strict:
 *
 * Makes what GLib only complains about end the program.
 */
void
fuzz_be_strict (void)
{
  g_log_set_always_fatal (G_LOG_FATAL_MASK | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING);
}

/**
 * fuzz_take_line:
 * @data: (inout): the bytes
 * @size: (inout): how many
 *
 * Takes the bytes before the first line feed, and that, or all of them.
 *
 * Returns: (transfer full): them as a text, which ends at a NUL
 */
char *
fuzz_take_line (const guint8 **data,
                gsize *size)
{
  const guint8 *newline = *size > 0 ? memchr (*data, '\n', *size) : NULL;
  const gsize length = newline != NULL ? (gsize) (newline - *data) : *size;
  char *line = g_strndup ((const char *) *data, length);

  *data += newline != NULL ? length + 1 : length;
  *size -= newline != NULL ? length + 1 : length;

  return line;
}

/**
 * fuzz_check_sentence:
 * @error: (nullable): what was set where something was refused
 * @domain: what it is to be of
 *
 * Checks that it can be shown to a person.
 */
void
fuzz_check_sentence (const GError *error,
                     GQuark domain)
{
  g_assert_nonnull (error);
  g_assert_cmpstr (g_quark_to_string (error->domain), ==, g_quark_to_string (domain));
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_cmpstr (error->message, !=, "");
}
