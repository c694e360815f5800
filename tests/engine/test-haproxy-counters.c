/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/lb-haproxy-counters.h"

#define SERVER "127.0.0.1:1"

static void
add (LbHaproxyCounters *counters,
     guint pid,
     guint64 requests,
     guint64 retries,
     gint64 now_us)
{
  g_autoptr (LbHaproxyReport) report = lb_haproxy_report_new ();
  LbHaproxyServer *server = lb_haproxy_report_add (report, SERVER);

  report->pid = pid;
  server->counts[LB_PROXY_REQUESTS] = requests;
  server->counts[LB_PROXY_RETRIES] = retries;
  lb_haproxy_counters_add (counters, report, now_us);
}

static void
assert_takes (LbHaproxyCounters *counters,
              guint64 requests,
              guint64 retries)
{
  LbHaproxyServer sum = { .name = (char *) SERVER };

  lb_haproxy_counters_take (counters, &sum);
  g_assert_cmpuint (sum.counts[LB_PROXY_REQUESTS], ==, requests);
  g_assert_cmpuint (sum.counts[LB_PROXY_RETRIES], ==, retries);
}

/* Another HAProxy, or a server that was added anew, begins at 0. */
static void
test_never_goes_back (void)
{
  LbHaproxyCounters *counters = lb_haproxy_counters_new (TRUE);

  add (counters, 1, 100, 4, 1);
  assert_takes (counters, 100, 4);
  add (counters, 1, 150, 4, 2);
  add (counters, 1, 160, 5, 3);
  assert_takes (counters, 60, 1);
  assert_takes (counters, 0, 0);

  /* Another process, which has had more already. */
  add (counters, 2, 200, 6, 4);
  assert_takes (counters, 200, 6);

  /* It is told by any counter. */
  add (counters, 2, 300, 1, 5);
  assert_takes (counters, 300, 1);
  g_assert_cmpuint (lb_haproxy_counters_get_requests (counters, SERVER), ==, 660);

  lb_haproxy_counters_free (counters);
}

/* What somebody else's HAProxy has counted before we came is not ours; what it counts later is, also after it was
 * started anew, and of servers that are added later. */
static void
test_begins_with_the_second_report (void)
{
  LbHaproxyCounters *counters = lb_haproxy_counters_new (FALSE);
  g_autoptr (LbHaproxyReport) empty = lb_haproxy_report_new ();
  LbHaproxyCounters *later;

  add (counters, 1, 100, 4, 1);
  assert_takes (counters, 0, 0);
  add (counters, 1, 110, 4, 2);
  assert_takes (counters, 10, 0);
  add (counters, 2, 7, 0, 3);
  assert_takes (counters, 7, 0);
  lb_haproxy_counters_free (counters);

  later = lb_haproxy_counters_new (FALSE);
  empty->pid = 1;
  lb_haproxy_counters_add (later, empty, 1);
  add (later, 1, 5, 0, 2);
  assert_takes (later, 5, 0);
  lb_haproxy_counters_free (later);
}

/* In a container another process has the number of the one before. */
static void
test_knows_processes_of_the_same_number (void)
{
  LbHaproxyCounters *counters = lb_haproxy_counters_new (TRUE);
  static const struct
  {
    gint64 uptime_s;
    guint64 requests;
    guint64 taken;
  } reports[] = { { 10, 3, 3 }, { 11, 5, 2 }, { 1, 7, 7 }, { 2, 8, 1 } };

  for (guint i = 0; i < G_N_ELEMENTS (reports); i++)
    {
      g_autoptr (LbHaproxyReport) report = lb_haproxy_report_new ();

      report->pid = 8;
      report->uptime_s = reports[i].uptime_s;
      lb_haproxy_report_add (report, SERVER)->counts[LB_PROXY_REQUESTS] = reports[i].requests;
      lb_haproxy_counters_add (counters, report, (i + 1) * G_USEC_PER_SEC);
      assert_takes (counters, reports[i].taken, 0);
    }

  lb_haproxy_counters_free (counters);
}

static void
add_nothing (LbHaproxyCounters *counters,
             gint64 now_us)
{
  g_autoptr (LbHaproxyReport) report = lb_haproxy_report_new ();

  report->pid = 1;
  lb_haproxy_counters_add (counters, report, now_us);
}

/* A server that was away begins at 0, also if it has had more by now than the one before; one that stays away is
 * forgotten. */
static void
test_goes_and_comes_back (void)
{
  LbHaproxyCounters *counters = lb_haproxy_counters_new (TRUE);

  add (counters, 1, 5, 0, 1 * G_USEC_PER_SEC);
  assert_takes (counters, 5, 0);
  add_nothing (counters, 2 * G_USEC_PER_SEC);
  add (counters, 1, 7, 0, 3 * G_USEC_PER_SEC);
  assert_takes (counters, 7, 0);
  g_assert_cmpuint (lb_haproxy_counters_get_requests (counters, SERVER), ==, 12);

  add_nothing (counters, 60 * G_USEC_PER_SEC);
  g_assert_cmpuint (lb_haproxy_counters_get_requests (counters, SERVER), ==, 12);
  add_nothing (counters, 64 * G_USEC_PER_SEC);
  g_assert_cmpuint (lb_haproxy_counters_get_requests (counters, SERVER), ==, 0);

  lb_haproxy_counters_free (counters);
}

static void
test_rate (void)
{
  LbHaproxyCounters *counters = lb_haproxy_counters_new (TRUE);

  add (counters, 1, 100, 0, 1 * G_USEC_PER_SEC);
  g_assert_cmpfloat (lb_haproxy_counters_get_rate (counters, SERVER), ==, 0.0);
  add (counters, 1, 150, 0, 3 * G_USEC_PER_SEC);
  g_assert_cmpfloat_with_epsilon (lb_haproxy_counters_get_rate (counters, SERVER), 25.0, 1e-9);
  add (counters, 1, 150, 0, 4 * G_USEC_PER_SEC);
  g_assert_cmpfloat (lb_haproxy_counters_get_rate (counters, SERVER), ==, 0.0);
  g_assert_cmpfloat (lb_haproxy_counters_get_rate (counters, "other"), ==, 0.0);

  lb_haproxy_counters_free (counters);
}

static void
add_timed (LbHaproxyCounters *counters,
           guint64 requests,
           guint busy,
           guint mean_ms)
{
  g_autoptr (LbHaproxyReport) report = lb_haproxy_report_new ();
  LbHaproxyServer *server = lb_haproxy_report_add (report, SERVER);

  report->pid = 1;
  server->counts[LB_PROXY_REQUESTS] = requests;
  server->sessions = busy;
  server->response_time_ms = mean_ms;
  server->total_time_ms = 2 * mean_ms;
  lb_haproxy_counters_add (counters, report, 1);
}

/* What has been asked for, but is not answered yet, is in no mean. */
static void
test_times (void)
{
  LbHaproxyCounters *counters = lb_haproxy_counters_new (TRUE);
  LbHaproxyServer sum = { .name = (char *) SERVER };

  g_assert_cmpint (lb_haproxy_counters_get_response_us (counters, SERVER), ==, -1);
  add_timed (counters, 110, 10, 21);
  lb_haproxy_counters_take (counters, &sum);
  g_assert_cmpuint (sum.timed, ==, 100);
  g_assert_cmpuint (sum.response_time_ms, ==, 21);

  /* Another HAProxy has had as many. */
  sum.response_time_ms = 41;
  sum.timed = 100;
  add_timed (counters, 210, 10, 61);
  lb_haproxy_counters_take (counters, &sum);
  g_assert_cmpuint (sum.timed, ==, 200);
  g_assert_cmpuint (sum.response_time_ms, ==, (41 + 101) / 2);
  g_assert_cmpint (lb_haproxy_counters_get_response_us (counters, SERVER), ==, 100500);

  sum.timed = 0;
  add_timed (counters, 220, 20, 61);
  lb_haproxy_counters_take (counters, &sum);
  g_assert_cmpuint (sum.timed, ==, 0);

  lb_haproxy_counters_free (counters);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/haproxy-counters/never-goes-back", test_never_goes_back);
  g_test_add_func ("/haproxy-counters/begins-with-the-second-report", test_begins_with_the_second_report);
  g_test_add_func ("/haproxy-counters/knows-processes-of-the-same-number",
                   test_knows_processes_of_the_same_number);
  g_test_add_func ("/haproxy-counters/goes-and-comes-back", test_goes_and_comes_back);
  g_test_add_func ("/haproxy-counters/rate", test_rate);
  g_test_add_func ("/haproxy-counters/times", test_times);

  return g_test_run ();
}
