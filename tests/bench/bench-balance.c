/* SPDX-License-Identifier: GPL-3.0-or-later */

/*
 * How well each policy balances: what a client waits for its answer, from the moment its request
 * was due. For every policy there is a balancer, the real program without a window, and five
 * backends in a process of their own; all of them run side by side and meet the same requests at
 * the same moments.
 *
 * A request is due whether or not earlier ones have been answered, as it is with many clients: to
 * wait with the next one until a slow answer is there would hide just what is to be measured.
 *
 * Everything is on loopback, at ports the system chooses; what was started ends with it.
 */

#include "config.h"

#include <gio/gio.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "bench-backends.h"
#include "bench-client.h"
#include "policy/lb-policy.h"

#define START_US (3 * G_USEC_PER_SEC)
#define RUNS_MAX 16

/* Of a client that is later than this, the figures tell of the computer and not of the policies. */
#define LAG_MAX_MS 10.0

/* Beside the policies: round robin with weights that someone who knows the speeds has set. */
#define BASELINE "round-robin"
#define PERFECT "perfect weights"

typedef struct
{
  const char *title;
  const char *policy;
  GSubprocess *backends;
  GSubprocess *balancer;
  BenchClient client;

  double mean_ms;
  double p50_ms;
  double p99_ms;
} BenchRun;

static char *option_balancer;
static char *option_scenario;
static char *option_haproxy;
static int option_seed = 1;
static char *option_serve;
static gint64 option_start;

static const GOptionEntry option_entries[] = {
  { "balancer", 0, 0, G_OPTION_ARG_FILENAME, &option_balancer, "The program to measure", "FILE" },
  { "scenario", 0, 0, G_OPTION_ARG_STRING, &option_scenario,
    "Only this one: steady, slow-down or aside (without it: the first two)", "NAME" },
  { "haproxy", 0, 0, G_OPTION_ARG_FILENAME, &option_haproxy,
    "Let HAProxy proxy, from the packages unpacked in this folder", "FOLDER" },
  { "seed", 0, 0, G_OPTION_ARG_INT, &option_seed, "Where chance begins", "N" },
  { "serve", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &option_serve, NULL, NULL },
  { "start", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_INT64, &option_start, NULL, NULL },
  { NULL },
};

static volatile sig_atomic_t interrupted;

static void
on_interrupt (int number)
{
  interrupted = TRUE;
}

/* Whatever becomes of us, nothing that we started stays. */
static void
die_with_parent (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGTERM);
}

static GSubprocess *
spawn (const char *folder,
       const char *const *arguments)
{
  g_autoptr (GSubprocessLauncher) launcher =
    g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autoptr (GError) error = NULL;
  GSubprocess *process;

  g_subprocess_launcher_set_child_setup (launcher, die_with_parent, NULL, NULL);
  g_subprocess_launcher_setenv (launcher, "XDG_CONFIG_HOME", folder, TRUE);
  g_subprocess_launcher_setenv (launcher, "GSETTINGS_BACKEND", "memory", TRUE);
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  if (option_haproxy != NULL)
    {
      g_autofree char *path = g_strdup_printf ("%s:%s", folder, g_getenv ("PATH"));

      g_subprocess_launcher_setenv (launcher, "XDG_RUNTIME_DIR", folder, TRUE);
      g_subprocess_launcher_setenv (launcher, "PATH", path, TRUE);
    }

  process = g_subprocess_launcher_spawnv (launcher, arguments, &error);
  if (process == NULL)
    g_error ("%s", error->message);

  return process;
}

/* The first line that a process prints. */
static char *
read_line (GSubprocess *process)
{
  g_autoptr (GDataInputStream) stream =
    g_data_input_stream_new (g_subprocess_get_stdout_pipe (process));
  g_autoptr (GError) error = NULL;
  char *line;

  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (stream), FALSE);
  line = g_data_input_stream_read_line (stream, NULL, NULL, &error);
  if (line == NULL)
    g_error ("A program ended before it was ready.");

  return line;
}

static void
bench_run_start_backends (BenchRun *self,
                          const char *folder,
                          const BenchScenario *scenario,
                          gint64 start_us,
                          guint ports[BENCH_BACKENDS])
{
  g_autofree char *seed = g_strdup_printf ("--seed=%d", option_seed);
  g_autofree char *start = g_strdup_printf ("--start=%" G_GINT64_FORMAT, start_us);
  const char *arguments[] = { "/proc/self/exe", "--serve", scenario->name, seed, start, NULL };
  g_autofree char *line = NULL;
  g_auto (GStrv) words = NULL;

  self->backends = spawn (folder, arguments);
  line = read_line (self->backends);
  words = g_strsplit (line, " ", -1);
  for (guint i = 0; i < BENCH_BACKENDS; i++)
    ports[i] = (guint) strtoul (words[i], NULL, 10);
}

static void
bench_run_write_config (BenchRun *self,
                        const char *file,
                        const BenchScenario *scenario,
                        const guint ports[BENCH_BACKENDS])
{
  g_autoptr (GString) json = g_string_new (NULL);
  g_autoptr (GError) error = NULL;

  g_string_append_printf (json, "{ \"version\": 1, \"engine\": \"%s\", \"policy\": \"%s\", \"backends\": [\n",
                          option_haproxy != NULL ? "haproxy" : "redirect", self->policy);
  for (guint i = 0; i < BENCH_BACKENDS; i++)
    g_string_append_printf (
      json, "  { \"url\": \"http://127.0.0.1:%u/\", \"weight\": %d }%s\n", ports[i],
      g_str_equal (self->title, PERFECT) ? (int) (4 * scenario->speeds[i]) : 1,
      i + 1 < BENCH_BACKENDS ? "," : "");
  g_string_append (json, "] }\n");

  if (!g_file_set_contents (file, json->str, -1, &error))
    g_error ("%s", error->message);
}

/* Returns: its port */
static guint
bench_run_start_balancer (BenchRun *self,
                          const char *folder,
                          const BenchScenario *scenario,
                          const guint ports[BENCH_BACKENDS])
{
  g_autofree char *name = g_strconcat (self->title, ".json", NULL);
  g_autofree char *file = g_build_filename (folder, name, NULL);
  const char *arguments[] = {
    option_balancer, "--headless", "--listen", "127.0.0.1", "--port", "0", "--config", file, NULL,
  };
  g_autofree char *line = NULL;
  const char *colon;

  bench_run_write_config (self, file, scenario, ports);
  self->balancer = spawn (folder, arguments);
  line = read_line (self->balancer);
  colon = strrchr (line, ':');
  g_assert (colon != NULL);

  return (guint) strtoul (colon + 1, NULL, 10);
}

static void
bench_run_stop (BenchRun *self)
{
  g_subprocess_send_signal (self->balancer, SIGTERM);
  g_subprocess_wait (self->balancer, NULL, NULL);
  g_clear_object (&self->balancer);

  g_output_stream_close (g_subprocess_get_stdin_pipe (self->backends), NULL, NULL);
  g_subprocess_wait (self->backends, NULL, NULL);
  g_clear_object (&self->backends);

  bench_client_clear (&self->client);
}

/* Results */

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 x = *(const gint64 *) a;
  gint64 y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

/* Nearest rank, of sorted ones. */
static double
get_percentile_ms (GArray *times_us,
                   double p)
{
  guint rank = (guint) ceil (p / 100.0 * times_us->len);

  return (double) g_array_index (times_us, gint64, MAX (rank, 1) - 1) / 1000.0;
}

static void
bench_run_sum_up (BenchRun *self)
{
  GArray *times_us = self->client.times_us;
  double sum_us = 0.0;

  g_array_sort (times_us, compare_times);
  g_array_sort (self->client.lags_us, compare_times);
  for (guint i = 0; i < times_us->len; i++)
    sum_us += (double) g_array_index (times_us, gint64, i);

  self->mean_ms = sum_us / times_us->len / 1000.0;
  self->p50_ms = get_percentile_ms (times_us, 50);
  self->p99_ms = get_percentile_ms (times_us, 99);
}

static void
bench_run_print (const BenchRun *self,
                 const BenchRun *baseline)
{
  g_print ("%-18s %7.0f %7.0f %7.0f   %5.2f %5.2f %5.2f  %6u  ", self->title, self->p50_ms,
           self->p99_ms, self->mean_ms, self->p50_ms / baseline->p50_ms,
           self->p99_ms / baseline->p99_ms, self->mean_ms / baseline->mean_ms,
           self->client.n_failed);

  for (guint i = 0; i < BENCH_BACKENDS; i++)
    g_print (" %5.1f", 100.0 * self->client.counts[i] / self->client.times_us->len);
  g_print ("\n");
}

static const BenchRun *
find_run (const BenchRun *runs,
          guint n,
          const char *title)
{
  for (guint i = 0; i < n; i++)
    if (g_str_equal (runs[i].title, title))
      return &runs[i];

  g_assert_not_reached ();
}

static gboolean
check (gboolean good,
       const char *claim)
{
  g_print ("%s: %s.\n", claim, good ? "yes" : "NO");

  return good;
}

/* What must hold. */
static gboolean
judge (const BenchScenario *scenario,
       const BenchRun *runs,
       guint n)
{
  const BenchRun *adaptive = find_run (runs, n, "adaptive");
  gboolean best = TRUE;
  gboolean better;
  gboolean good = TRUE;

  for (guint i = 0; i < n; i++)
    best = best && adaptive->p99_ms <= runs[i].p99_ms;
  better = adaptive->p99_ms < find_run (runs, n, BASELINE)->p99_ms &&
           adaptive->p99_ms < find_run (runs, n, "least-connections")->p99_ms;

  if (g_str_equal (scenario->name, "steady"))
    {
      good = check (adaptive->p99_ms <= 2.0 * find_run (runs, n, PERFECT)->p99_ms,
                    "The p99 of adaptive is at most twice that of perfect weights") &&
             good;
      good = check (adaptive->p99_ms <= 0.5 * find_run (runs, n, BASELINE)->p99_ms,
                    "It is less than half of that of round robin") &&
             good;
    }
  else if (scenario->slows_down && option_haproxy != NULL)
    {
      good = check (better, "The p99 of adaptive is lower than those of round robin and least connections");
    }
  else if (scenario->slows_down)
    {
      good = check (best, "The p99 of adaptive is the lowest");
    }

  return good;
}

static void
print_results (const BenchScenario *scenario,
               BenchRun *runs,
               guint n)
{
  const BenchRun *baseline = find_run (runs, n, BASELINE);
  double lag_ms = 0.0;
  double longest_lag_ms = 0.0;

  g_print ("%-18s %7s %7s %7s   %5s %5s %5s  %6s   %s\n", "", "p50", "p99", "mean", "p50", "p99",
           "mean", "failed", "share of each backend");
  g_print ("%-18s %7s %7s %7s   %17s\n", "", "ms", "ms", "ms", "to round robin");
  for (guint i = 0; i < n; i++)
    {
      bench_run_print (&runs[i], baseline);
      lag_ms = MAX (lag_ms, get_percentile_ms (runs[i].client.lags_us, 99));
      longest_lag_ms = MAX (longest_lag_ms, get_percentile_ms (runs[i].client.lags_us, 100));
    }
  g_print ("Of the requests, %u for each policy, 99 %% were sent within %.1f ms of when they were due,\n"
           "the last within %.0f ms.\n",
           baseline->client.times_us->len, lag_ms, longest_lag_ms);
  if (lag_ms > LAG_MAX_MS)
    g_print ("THE COMPUTER WAS TOO BUSY for that: measure again when it is not.\n");
}

/* What HAProxy does by itself, and what it does with weights that are learned. */
static gboolean
is_measured (const char *policy)
{
  static const char *const proxied[] = { BASELINE, "least-connections", "fastest", "adaptive", NULL };

  return option_haproxy == NULL || g_strv_contains (proxied, policy);
}

/* The program that the application finds in its PATH: it needs the libraries beside it. */
static char *
make_haproxy (const char *folder)
{
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;
  char *file = g_build_filename (folder, "haproxy", NULL);

  text = g_strdup_printf ("#!/bin/sh\nLD_LIBRARY_PATH=$(echo '%s'/usr/lib/*-linux-gnu) exec '%s'/usr/sbin/haproxy \"$@\"\n",
                          option_haproxy, option_haproxy);
  if (!g_file_set_contents_full (file, text, -1, G_FILE_SET_CONTENTS_NONE, 0700, &error))
    g_error ("%s", error->message);

  return file;
}

/* Returns: whether what must hold does */
static gboolean
run_scenario (const BenchScenario *scenario)
{
  const gint64 start_us = g_get_monotonic_time () + START_US;
  g_autofree char *folder = g_dir_make_tmp ("lb-bench-XXXXXX", NULL);
  g_autofree char *haproxy = option_haproxy != NULL ? make_haproxy (folder) : NULL;
  const LbPolicyInfo *info;
  BenchReactor reactor;
  BenchRun runs[RUNS_MAX] = { { .title = PERFECT, .policy = "round-robin" } };
  guint n = 1;
  gboolean ended;
  gboolean good = FALSE;

  for (guint i = 0; (info = lb_policy_list (i)) != NULL && n < RUNS_MAX; i++)
    if (is_measured (info->name))
      runs[n++] = (BenchRun){ .title = info->name, .policy = info->name };

  g_print ("\n%s: %s; load %.2f, %.0f s after %.0f s of warming up, seed %d\n", scenario->name,
           scenario->summary, scenario->load, (double) scenario->measured_us / G_USEC_PER_SEC,
           (double) BENCH_WARM_UP_US / G_USEC_PER_SEC, option_seed);
  if (option_haproxy != NULL)
    g_print ("HAProxy proxies, driven by the balancer.\n");

  bench_reactor_init (&reactor);
  for (guint i = 0; i < n; i++)
    {
      guint ports[BENCH_BACKENDS];
      guint port;

      bench_run_start_backends (&runs[i], folder, scenario, start_us, ports);
      port = bench_run_start_balancer (&runs[i], folder, scenario, ports);
      bench_client_start (&runs[i].client, &reactor, scenario, (guint) option_seed, start_us, port,
                          ports);
    }

  do
    {
      bench_reactor_turn (&reactor);
      ended = TRUE;
      for (guint i = 0; i < n; i++)
        ended = ended && bench_client_ended (&runs[i].client);
    }
  while (!ended && !interrupted);

  if (ended)
    {
      for (guint i = 0; i < n; i++)
        bench_run_sum_up (&runs[i]);
      print_results (scenario, runs, n);
      good = judge (scenario, runs, n);
    }

  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strconcat (runs[i].title, ".json", NULL);
      g_autofree char *file = g_build_filename (folder, name, NULL);

      bench_run_stop (&runs[i]);
      g_remove (file);
    }
  if (haproxy != NULL)
    g_remove (haproxy);
  g_rmdir (folder);
  bench_reactor_clear (&reactor);

  return good;
}

int
main (int argc,
      char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  gboolean good = TRUE;

  g_option_context_add_main_entries (context, option_entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);

  /* What we start ends by itself when we do. */
  if (option_serve == NULL)
    {
      signal (SIGINT, on_interrupt);
      signal (SIGTERM, on_interrupt);
    }

  if (option_serve != NULL)
    return bench_backends_serve (bench_scenario_find (option_serve), (guint) option_seed,
                                 option_start);

  if (option_balancer == NULL ||
      (option_scenario != NULL && bench_scenario_find (option_scenario) == NULL))
    {
      g_printerr ("Usage: bench-balance --balancer=FILE [--haproxy=FOLDER] [--scenario=NAME] [--seed=N]\n");
      return EXIT_FAILURE;
    }

  if (option_scenario != NULL)
    return run_scenario (bench_scenario_find (option_scenario)) ? EXIT_SUCCESS : EXIT_FAILURE;

  for (guint i = 0; i < 2 && !interrupted; i++)
    good = run_scenario (&bench_scenarios[i]) && good;

  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
