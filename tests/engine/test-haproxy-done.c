/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/lb-haproxy-done.h"
#include "engine/lb-haproxy-plan.h"

#define SECOND G_USEC_PER_SEC

static LbHaproxyReport *
make_report (guint64 pid,
             guint uptime_s)
{
  g_autofree char *answer =
    g_strdup_printf ("1\n# srv_name srv_admin_state srv_uweight\na 0 5\nb 0 7\n\n"
                     "# svname,status\na,UP\nb,UP\n\nPid: %" G_GUINT64_FORMAT "\nUptime_sec: %u\n",
                     pid, uptime_s);
  g_autoptr (GError) error = NULL;
  LbHaproxyReport *report = lb_haproxy_report_parse (answer, &error);

  g_assert_no_error (error);

  return report;
}

static guint
remember (LbHaproxyDone *done,
          guint64 pid,
          guint uptime_s,
          gint64 now_us)
{
  g_autoptr (GPtrArray) wanted = lb_haproxy_wanted_new_list ();
  g_autoptr (LbHaproxyReport) report = make_report (pid, uptime_s);

  g_ptr_array_add (wanted, lb_haproxy_wanted_new ("a", "1.2.3.4:1", 5, LB_STATE_READY));
  if (now_us < 100 * SECOND)
    g_ptr_array_add (wanted, lb_haproxy_wanted_new ("b", "1.2.3.4:2", 7, LB_STATE_READY));
  lb_haproxy_done_remember (done, wanted, report, now_us);

  return g_hash_table_size (lb_haproxy_done_get_servers (done));
}

static void
test_remembers (void)
{
  g_autoptr (LbHaproxyDone) done = lb_haproxy_done_new ();

  g_assert_cmpuint (remember (done, 17, 2, 60 * SECOND), ==, 2);
  lb_haproxy_done_forget (done, "a");
  g_assert_cmpuint (g_hash_table_size (lb_haproxy_done_get_servers (done)), ==, 1);
}

/* One that could not be reached for a while is the same when it is back. */
static void
test_the_same_process (void)
{
  g_autoptr (LbHaproxyDone) done = lb_haproxy_done_new ();

  remember (done, 17, 2, 60 * SECOND);
  g_assert_cmpuint (remember (done, 17, 103, 160 * SECOND), ==, 2);
}

/* The monotonic time stands still while this computer sleeps. */
static void
test_the_same_process_after_sleep (void)
{
  g_autoptr (LbHaproxyDone) done = lb_haproxy_done_new ();

  remember (done, 17, 2, 60 * SECOND);
  g_assert_cmpuint (remember (done, 17, 3602, 61 * SECOND), ==, 2);
  g_assert_cmpuint (remember (done, 17, 3603, 62 * SECOND), ==, 2);
  g_assert_cmpuint (remember (done, 17, 3, 102 * SECOND), ==, 1);
}

static void
test_another_process (void)
{
  g_autoptr (LbHaproxyDone) done = lb_haproxy_done_new ();

  remember (done, 17, 2, 60 * SECOND);
  g_assert_cmpuint (remember (done, 18, 102, 160 * SECOND), ==, 1);
}

/* As in a container, where it has the same number; even if it has run for longer than the one before. */
static void
test_another_process_of_the_same_number (void)
{
  g_autoptr (LbHaproxyDone) done = lb_haproxy_done_new ();

  remember (done, 1, 2, 60 * SECOND);
  g_assert_cmpuint (remember (done, 1, 90, 160 * SECOND), ==, 1);
}

/* How many servers are taken to be somebody else's doing, when one has a weight and is to have another. */
static guint
count_foreign (LbHaproxyDone *done,
               guint weight,
               guint wanted_weight)
{
  g_autofree char *answer = g_strdup_printf ("# srv_name srv_admin_state srv_uweight\na 0 %u\n\n"
                                             "# svname,status\na,UP\n\nPid: 1\nUptime_sec: 2\n", weight);
  g_autoptr (LbHaproxyReport) report = lb_haproxy_report_parse (answer, NULL);
  g_autoptr (GPtrArray) wanted = lb_haproxy_wanted_new_list ();
  g_autoptr (LbHaproxyPlan) plan = NULL;

  g_ptr_array_add (wanted, lb_haproxy_wanted_new ("a", "1.2.3.4:1", wanted_weight, LB_STATE_READY));
  lb_haproxy_done_remember (done, wanted, report, 60 * SECOND);
  plan = lb_haproxy_plan_new ("p", wanted, lb_haproxy_done_get_servers (done), report);
  g_assert_cmpuint (plan->foreign->len + plan->commands->len, ==, weight != wanted_weight);

  return plan->foreign->len;
}

/* A weight that is learned may be the former again before HAProxy says that it has the next. */
static void
test_to_and_fro (void)
{
  g_autoptr (LbHaproxyDone) done = lb_haproxy_done_new ();

  g_assert_cmpuint (count_foreign (done, 5, 5), ==, 0);
  g_assert_cmpuint (count_foreign (done, 5, 6), ==, 0);
  g_assert_cmpuint (count_foreign (done, 6, 5), ==, 0);
  g_assert_cmpuint (count_foreign (done, 6, 5), ==, 0);
  g_assert_cmpuint (count_foreign (done, 5, 5), ==, 0);
  g_assert_cmpuint (count_foreign (done, 7, 5), ==, 1);
}

/* What is told, in one line, when `a` is so and is wanted with these words, or not at all. */
static char *
tell (LbHaproxyDone *done,
      guint admin,
      const char *words)
{
  g_autofree char *answer = g_strdup_printf ("# srv_name srv_admin_state srv_uweight\na %u 5\n\n"
                                             "# svname,status\na,UP\n\nPid: 1\nUptime_sec: 2\n", admin);
  g_autoptr (LbHaproxyReport) report = lb_haproxy_report_parse (answer, NULL);
  g_autoptr (GPtrArray) wanted = lb_haproxy_wanted_new_list ();
  g_autoptr (LbHaproxyPlan) plan = NULL;

  if (words != NULL)
    g_ptr_array_add (wanted, lb_haproxy_wanted_new ("a", words, 5, LB_STATE_READY));
  lb_haproxy_done_remember (done, wanted, report, 60 * SECOND);
  plan = lb_haproxy_plan_new ("p", wanted, lb_haproxy_done_get_servers (done), report);
  g_assert_cmpuint (plan->foreign->len, ==, 0);
  g_ptr_array_add (plan->commands, NULL);

  return g_strjoinv (";", (char **) plan->commands->pdata);
}

/* Who has connections stays in maintenance for a while before it can be deleted, and may be wanted again as it was. */
static void
test_not_deleted_after_all (gconstpointer words)
{
  g_autoptr (LbHaproxyDone) done = lb_haproxy_done_new ();
  g_autofree char *at_first = tell (done, 0, "1.2.3.4:1");
  g_autofree char *deleted = tell (done, 0, words);
  g_autofree char *held = tell (done, LB_HAPROXY_FORCED_MAINT, words);
  g_autofree char *again = tell (done, LB_HAPROXY_FORCED_MAINT, "1.2.3.4:1");
  g_autofree char *at_last = tell (done, 0, "1.2.3.4:1");

  g_assert_cmpstr (at_first, ==, "");
  g_assert_cmpstr (deleted, ==, "set server p/a state maint;del server p/a");
  g_assert_cmpstr (held, ==, "del server p/a");
  g_assert_cmpstr (again, ==, "set server p/a state ready");
  g_assert_cmpstr (at_last, ==, "");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/haproxy-done/remembers", test_remembers);
  g_test_add_func ("/haproxy-done/the-same-process", test_the_same_process);
  g_test_add_func ("/haproxy-done/the-same-process-after-sleep", test_the_same_process_after_sleep);
  g_test_add_func ("/haproxy-done/another-process", test_another_process);
  g_test_add_func ("/haproxy-done/another-process-of-the-same-number", test_another_process_of_the_same_number);
  g_test_add_func ("/haproxy-done/to-and-fro", test_to_and_fro);
  g_test_add_data_func ("/haproxy-done/wanted-again", NULL, test_not_deleted_after_all);
  g_test_add_data_func ("/haproxy-done/wanted-as-before", "1.2.3.4:1 check", test_not_deleted_after_all);

  return g_test_run ();
}
