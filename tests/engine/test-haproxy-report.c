/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "engine/lb-haproxy-report.h"
#include "engine/lb-haproxy-plan.h"
#include "haproxy-answers.h"

#include <string.h>

static void
test_reads (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (LbHaproxyReport) report = lb_haproxy_report_parse (ANSWER, &error);
  const LbHaproxyServer *server;

  g_assert_no_error (error);
  g_assert_cmpuint (report->servers->len, ==, 4);
  g_assert_null (lb_haproxy_report_find (report, "e"));
  g_assert_cmpstr (report->version, ==, "2.6.12-1");
  g_assert_cmpuint (report->pid, ==, 4711);

  server = lb_haproxy_report_find (report, "127.0.0.1:1");
  g_assert_cmpstr (server->status, ==, "DOWN");
  g_assert_cmpstr (server->check_status, ==, "L4CON");
  g_assert_cmpint (server->check_ms, ==, 0);
  g_assert_cmpuint (server->counts[LB_PROXY_CONNECTION_ERRORS], ==, 3);
  g_assert_cmpuint (server->counts[LB_PROXY_REDISPATCHES], ==, 2);
  g_assert_cmpuint (server->check_failures, ==, 1);

  server = lb_haproxy_report_find (report, "b");
  g_assert_cmpint (lb_haproxy_server_get_state (server), ==, LB_STATE_MAINT);
  g_assert_cmpuint (server->weight, ==, 9);
  g_assert_null (server->check_status);
  g_assert_cmpint (server->check_ms, ==, -1);

  g_assert_cmpint (lb_haproxy_server_get_state (lb_haproxy_report_find (report, "c")), ==,
                   LB_STATE_DRAIN);

  server = lb_haproxy_report_find (report, "d");
  g_assert_cmpint (lb_haproxy_server_get_state (server), ==, LB_STATE_READY);
  g_assert_cmpstr (server->status, ==, "UP");
  g_assert_cmpuint (server->queued, ==, 2);
  g_assert_cmpuint (server->sessions, ==, 17);
  g_assert_cmpuint (server->counts[LB_PROXY_REQUESTS], ==, G_GUINT64_CONSTANT (5000000000));
  g_assert_cmpuint (server->counts[LB_PROXY_RESPONSES_2XX], ==, G_GUINT64_CONSTANT (4999999000));
  g_assert_cmpuint (server->counts[LB_PROXY_RESPONSES_4XX], ==, 999);
  g_assert_cmpuint (server->counts[LB_PROXY_RESPONSES_5XX], ==, 1);
  g_assert_cmpuint (server->counts[LB_PROXY_RETRIES], ==, 4);
  g_assert_cmpuint (server->counts[LB_PROXY_RESPONSE_ERRORS], ==, 1);
  g_assert_cmpuint (server->response_time_ms, ==, 34);
  g_assert_cmpuint (server->total_time_ms, ==, 56);
  g_assert_cmpuint (server->check_code, ==, 200);
  g_assert_cmpint (server->check_ms, ==, 12);
}

/* Another version may have the columns elsewhere, or more of them. */
static void
test_finds_columns_by_name (void)
{
  g_autoptr (LbHaproxyReport) report = lb_haproxy_report_parse (
    "# new srv_uweight srv_name srv_admin_state\nx 5 a 8\n\n# status,svname,new,scur\nUP,a,,3\n", NULL);
  const LbHaproxyServer *server = lb_haproxy_report_find (report, "a");

  g_assert_cmpuint (server->weight, ==, 5);
  g_assert_cmpuint (server->admin, ==, LB_HAPROXY_FORCED_DRAIN);
  g_assert_cmpuint (server->sessions, ==, 3);
  g_assert_cmpstr (server->status, ==, "UP");
}

static void
test_no_servers (void)
{
  g_autoptr (LbHaproxyReport) report = lb_haproxy_report_parse (STATE_HEADING "\n" STAT_HEADING "\n", NULL);

  g_assert_cmpuint (report->servers->len, ==, 0);
}

/* Whatever is cut off anywhere is read as far as it goes, or refused. */
static void
test_cut_off (void)
{
  for (gsize length = 0; length < strlen (ANSWER); length++)
    {
      g_autofree char *text = g_strndup (ANSWER, length);
      g_autoptr (GError) error = NULL;
      g_autoptr (LbHaproxyReport) report = lb_haproxy_report_parse (text, &error);

      if (report == NULL)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      else
        g_assert_cmpuint (report->servers->len, ==, 4);
    }
}

static void
test_refuses (void)
{
  static const char *const answers[] = {
    "", "\n", "#", "# \n", "# a b c\n1 2 3\n\n# a,b\n", "Can't find backend.\n", "Permission denied\n\n",
    "# srv_name\n\n", "\377\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (answers); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (lb_haproxy_report_parse (answers[i], &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA);
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
    }

  {
    g_autoptr (GError) error = NULL;

    g_assert_null (lb_haproxy_report_parse ("Can't find backend.\n\n", &error));
    g_assert_nonnull (strstr (error->message, "“Can't find backend.”"));
  }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/haproxy-report/reads", test_reads);
  g_test_add_func ("/haproxy-report/finds-columns-by-name", test_finds_columns_by_name);
  g_test_add_func ("/haproxy-report/no-servers", test_no_servers);
  g_test_add_func ("/haproxy-report/cut-off", test_cut_off);
  g_test_add_func ("/haproxy-report/refuses", test_refuses);

  return g_test_run ();
}
