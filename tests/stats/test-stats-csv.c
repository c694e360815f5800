/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <math.h>
#include <string.h>

#include "chart/snapshot-fixture.h"
#include "stats/lb-stats-csv.h"

/* Fields 0 to 61 of HAProxy, as `show stat` of version 2.6 begins its first line. */
#define HEADER                                                                                      \
  "# pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis," \
  "status,weight,act,bck,chkfail,chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,"       \
  "tracked,type,rate,rate_lim,rate_max,check_status,check_code,check_duration,hrsp_1xx,hrsp_2xx,"   \
  "hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,req_rate_max,req_tot,cli_abrt,srv_abrt," \
  "comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,ctime,rtime,ttime,"

/* What a line splits into at its commas: the fields, and an empty string behind the last comma. */
#define N_CELLS 63

/* The lines, each of them split as programs do that know no quotes. */
static GPtrArray *
read_rows (const LbSnapshot *snapshot)
{
  g_autoptr (GBytes) bytes = lb_stats_csv (snapshot);
  g_autofree char *text = g_strndup (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes));
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  GPtrArray *rows = g_ptr_array_new_with_free_func ((GDestroyNotify) g_strfreev);
  const guint n_rows = snapshot->n_backends + 3;

  g_assert_cmpuint (strlen (text), ==, g_bytes_get_size (bytes));
  g_assert_true (g_str_is_ascii (text));
  g_assert_cmpuint (g_strv_length (lines), ==, n_rows + 1);
  g_assert_cmpstr (lines[n_rows], ==, "");

  for (guint i = 0; i < n_rows; i++)
    {
      char **cells = g_strsplit (lines[i], ",", -1);

      g_assert_cmpuint (g_strv_length (cells), ==, N_CELLS);
      g_assert_cmpstr (cells[N_CELLS - 1], ==, "");
      g_assert_null (strpbrk (lines[i], "\"'\r\t"));
      g_ptr_array_add (rows, cells);
    }

  return rows;
}

static const char *
get (GPtrArray *rows,
     guint row,
     const char *column)
{
  char **header = g_ptr_array_index (rows, 0);
  char **cells = g_ptr_array_index (rows, row);

  for (guint i = 0; header[i] != NULL; i++)
    if (g_str_equal (header[i] + (i == 0 ? strlen ("# ") : 0), column))
      return cells[i];

  g_assert_not_reached ();
}

/* What a row says, as "column=value column=value"; empty fields are left out. */
static char *
describe (GPtrArray *rows,
          guint row)
{
  char **header = g_ptr_array_index (rows, 0);
  char **cells = g_ptr_array_index (rows, row);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < N_CELLS; i++)
    if (*cells[i] != '\0')
      g_string_append_printf (text, "%s%s=%s", text->len > 0 ? " " : "", header[i], cells[i]);

  return g_string_free (text, FALSE);
}

static void
assert_row (GPtrArray *rows,
            guint row,
            const char *expected)
{
  g_autofree char *text = describe (rows, row);

  g_assert_cmpstr (text, ==, expected);
}

static void
set_url (LbSnapshot *snapshot,
         guint index,
         const char *url)
{
  g_ref_string_release (snapshot->backends[index].url);
  snapshot->backends[index].url = g_ref_string_new (url);
}

static void
set_error (LbSnapshot *snapshot,
           guint index,
           const char *error)
{
  LbProbeResult *probe = &snapshot->backends[index].last_probe;

  g_clear_pointer (&probe->error, g_ref_string_release);
  probe->error = error != NULL ? g_ref_string_new (error) : NULL;
  probe->ok = FALSE;
  probe->response_us = -1;
}

static void
test_header (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (0);
  g_autoptr (GBytes) bytes = lb_stats_csv (snapshot);
  const char *text = g_bytes_get_data (bytes, NULL);

  g_assert_cmpmem (text, strlen (HEADER "\n"), HEADER "\n", strlen (HEADER "\n"));
}

static void
test_without_backends (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (0);
  g_autoptr (GPtrArray) rows = read_rows (snapshot);

  g_assert_cmpuint (rows->len, ==, 3);
  g_assert_cmpstr (get (rows, 1, "svname"), ==, "FRONTEND");
  g_assert_cmpstr (get (rows, 2, "svname"), ==, "BACKEND");
  g_assert_cmpstr (get (rows, 2, "status"), ==, "DOWN");
  g_assert_cmpstr (get (rows, 2, "weight"), ==, "0");
  g_assert_cmpstr (get (rows, 2, "act"), ==, "0");
}

/* Every field of every type of row. */
static void
test_says_what_is_known (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (2);
  g_autoptr (GPtrArray) rows = NULL;
  LbBackendFigures *figures = &snapshot->backends[1];

  g_strfreev (snapshot->listen);
  snapshot->listen = g_strsplit ("http://127.0.0.1:5000", " ", -1);
  snapshot->redirects = 5000;
  snapshot->redirects_per_s = 99.6;
  snapshot->redirects_per_s_max = 345.4;
  snapshot->traffic = (LbTraffic){
    .connections = 7,
    .max_connections = 1000,
    .connections_total = 321,
    .rejected = { [LB_REJECTION_MALFORMED] = 1,
                  [LB_REJECTION_TOO_LARGE] = 20,
                  [LB_REJECTION_TIMEOUT] = 300,
                  [LB_REJECTION_NO_BACKEND] = 4000,
                  [LB_REJECTION_BUSY] = 50000,
                  [LB_REJECTION_PAUSED] = 600000 },
  };
  snapshot->backends[0].effective_weight = 1.4;
  snapshot->backends[0].in_flight = 0.4;
  snapshot->backends[0].use = LB_USE_BACKUP;
  snapshot->backends[0].backup = TRUE;

  figures->weight = 10;
  figures->effective_weight = 7.6;
  figures->in_flight = 2.4;
  figures->redirects = 1001;
  figures->redirects_per_s = 12.3;
  figures->redirects_per_s_max = 45.6;
  figures->last_probe.response_us = 12345;
  figures->last_probe.status = 204;
  figures->health_since_us = snapshot->time_us - 61999999;
  figures->times_down = 3;
  figures->down_us = 9999999;
  figures->probes[LB_PROBE_OK] = 100;
  figures->probes[LB_PROBE_TIMEOUT] = 2;
  figures->probes[LB_PROBE_FAILED] = 5;
  snapshot->time_us += 100 * G_USEC_PER_SEC;
  figures->health_since_us += 100 * G_USEC_PER_SEC;

  rows = read_rows (snapshot);
  assert_row (rows, 1,
              "# pxname=load-balancer svname=FRONTEND scur=7 slim=1000 stot=321 ereq=321 "
              "status=OPEN pid=1 iid=1 sid=0 type=0 hrsp_1xx=0 hrsp_2xx=0 hrsp_3xx=5000 req_rate=100 req_rate_max=345 "
              "req_tot=609021");
  assert_row (rows, 3,
              "# pxname=load-balancer svname=127.0.0.1:9002 qcur=0 qmax=0 scur=2 stot=1001 "
              "status=UP weight=8 act=1 bck=0 chkfail=7 chkdown=3 lastchg=61 downtime=9 pid=1 "
              "iid=1 sid=2 lbtot=1001 type=2 rate=12 rate_max=46 check_status=L7OK check_code=204 "
              "check_duration=12 hrsp_1xx=0 hrsp_2xx=0 hrsp_3xx=1001 hrsp_4xx=0 hrsp_5xx=0 "
              "hrsp_other=0");
  assert_row (rows, 4,
              "# pxname=load-balancer svname=BACKEND qcur=0 qmax=0 scur=3 stot=5000 econ=4000 "
              "status=UP weight=8 act=1 bck=1 pid=1 iid=1 sid=0 lbtot=5000 type=1 rate=100 "
              "rate_max=345 hrsp_1xx=0 hrsp_2xx=0 hrsp_3xx=5000 hrsp_4xx=0 hrsp_5xx=4000 "
              "hrsp_other=0 req_tot=9000");
  g_assert_cmpstr (get (rows, 2, "bck"), ==, "1");
  g_assert_cmpstr (get (rows, 2, "act"), ==, "0");
}

/* Requests that were redirected before count on. */
static void
test_proxied (void)
{
  const guint64 counts[LB_N_PROXY_COUNTS] = { 400, 1, 380, 5, 10, 4, 6, 7, 8, 9 };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (2);
  LbProxyRecord *proxied = &snapshot->backends[0].proxied;
  g_autoptr (GPtrArray) measured = NULL;
  g_autoptr (GPtrArray) redirected = NULL;

  snapshot->traffic.measured = TRUE;
  snapshot->traffic.rejected[LB_REJECTION_NO_BACKEND] = 1000;
  snapshot->redirects = 500;
  memcpy (snapshot->proxied, counts, sizeof counts);
  snapshot->backends[0].redirects = 500;
  *proxied = (LbProxyRecord){ .known = TRUE, .queued = 3, .response_us = 34999, .total_us = 500 };
  memcpy (proxied->counts, counts, sizeof counts);

  measured = read_rows (snapshot);
  assert_row (measured, 2,
              "# pxname=load-balancer svname=127.0.0.1:9001 qcur=3 qmax=0 scur=0 stot=500 econ=8 eresp=9 "
              "wretr=6 wredis=7 status=UP weight=1 act=1 bck=0 chkfail=0 chkdown=0 lastchg=1 downtime=0 "
              "pid=1 iid=1 sid=1 lbtot=500 type=2 rate=0 rate_max=0 check_status=L7OK check_code=200 "
              "check_duration=15 hrsp_1xx=1 hrsp_2xx=380 hrsp_3xx=105 hrsp_4xx=10 hrsp_5xx=4 hrsp_other=0 "
              "rtime=34 ttime=0");
  g_assert_cmpstr (get (measured, 1, "hrsp_2xx"), ==, "380");
  g_assert_cmpstr (get (measured, 1, "hrsp_3xx"), ==, "105");
  g_assert_cmpstr (get (measured, 4, "qcur"), ==, "3");
  g_assert_cmpstr (get (measured, 4, "econ"), ==, "1008");
  g_assert_cmpstr (get (measured, 4, "wretr"), ==, "6");
  g_assert_cmpstr (get (measured, 4, "hrsp_5xx"), ==, "1004");
  g_assert_cmpstr (get (measured, 3, "wretr"), ==, "");

  snapshot->traffic.measured = FALSE;
  lb_proxy_record_forget (proxied);
  redirected = read_rows (snapshot);
  for (guint row = 2; row <= 4; row++)
    {
      g_assert_cmpstr (get (redirected, row, "wredis"), ==, "");
      g_assert_cmpstr (get (redirected, row, "rtime"), ==, "");
      g_assert_cmpstr (get (redirected, row, "hrsp_2xx"), ==, get (measured, row, "hrsp_2xx"));
      g_assert_cmpstr (get (redirected, row, "hrsp_3xx"), ==, get (measured, row, "hrsp_3xx"));
    }
}

static void
test_status (void)
{
  static const struct
  {
    LbState state;
    LbHealth health;
    LbUse use;
    const char *status;
    guint n_against;
    guint n_to_change;
  } cases[] = {
    { LB_STATE_READY, LB_HEALTH_UP, LB_USE_YES, "UP" },
    { LB_STATE_READY, LB_HEALTH_UP, LB_USE_BACKUP, "UP" },
    { LB_STATE_READY, LB_HEALTH_UNKNOWN, LB_USE_YES, "no check" },
    { LB_STATE_READY, LB_HEALTH_DOWN, LB_USE_DOWN, "DOWN" },
    { LB_STATE_DRAIN, LB_HEALTH_UP, LB_USE_DRAIN, "DRAIN" },
    { LB_STATE_DRAIN, LB_HEALTH_UNKNOWN, LB_USE_DRAIN, "DRAIN" },
    { LB_STATE_DRAIN, LB_HEALTH_DOWN, LB_USE_DRAIN, "DOWN" },
    { LB_STATE_MAINT, LB_HEALTH_UNKNOWN, LB_USE_MAINT, "MAINT" },
    { LB_STATE_READY, LB_HEALTH_UP, LB_USE_YES, "UP", 0, 3 },
    { LB_STATE_READY, LB_HEALTH_UP, LB_USE_YES, "UP 2/3", 1, 3 },
    { LB_STATE_READY, LB_HEALTH_UP, LB_USE_YES, "UP 1/3", 2, 3 },
    { LB_STATE_READY, LB_HEALTH_DOWN, LB_USE_DOWN, "DOWN", 0, 2 },
    { LB_STATE_READY, LB_HEALTH_DOWN, LB_USE_DOWN, "DOWN 1/2", 1, 2 },
    { LB_STATE_DRAIN, LB_HEALTH_DOWN, LB_USE_DRAIN, "DOWN 1/2", 1, 2 },
    { LB_STATE_DRAIN, LB_HEALTH_UP, LB_USE_DRAIN, "DRAIN", 1, 3 },
    /* Of before. */
    { LB_STATE_MAINT, LB_HEALTH_UNKNOWN, LB_USE_MAINT, "MAINT", 1, 3 },
    { LB_STATE_READY, LB_HEALTH_UNKNOWN, LB_USE_YES, "no check", 1, 3 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
      g_autoptr (GPtrArray) rows = NULL;
      const gboolean serves = cases[i].use == LB_USE_YES || cases[i].use == LB_USE_BACKUP;

      snapshot->backends[0].state = cases[i].state;
      snapshot->backends[0].health = cases[i].health;
      snapshot->backends[0].use = cases[i].use;
      snapshot->backends[0].last_probe.n_against = cases[i].n_against;
      snapshot->backends[0].last_probe.n_to_change = cases[i].n_to_change;

      rows = read_rows (snapshot);
      g_assert_cmpstr (get (rows, 2, "status"), ==, cases[i].status);
      g_assert_cmpstr (get (rows, 3, "status"), ==, serves ? "UP" : "DOWN");
      g_assert_cmpstr (get (rows, 3, "act"), ==, serves ? "1" : "0");
    }
}

static void
test_front_is_shut_while_nothing_listens (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
  g_autoptr (GPtrArray) rows = read_rows (snapshot);

  g_assert_cmpstr (get (rows, 1, "status"), ==, "STOP");
}

static void
test_front_is_shut_while_paused (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
  g_autoptr (GPtrArray) rows = NULL;

  g_strfreev (snapshot->listen);
  snapshot->listen = g_strsplit ("http://127.0.0.1:5000", " ", -1);
  snapshot->traffic.paused = TRUE;

  rows = read_rows (snapshot);
  g_assert_cmpstr (get (rows, 1, "status"), ==, "STOP");
}

static void
test_check_status (void)
{
  static const struct
  {
    const char *error;
    guint status;
    const char *check_status;
    const char *check_code;
  } cases[] = {
    { "timeout", 0, "L4TOUT", "" },    { "refused", 0, "L4CON", "" },
    { "reset", 0, "SOCKERR", "" },     { "incomplete", 0, "L7RSP", "" },
    { "unreachable", 0, "L4CON", "" }, { "dns", 0, "SOCKERR", "" },
    { "tls: expired", 0, "L6RSP", "" }, { "invalid", 0, "L7RSP", "" },
    { "status 404", 404, "L7STS", "404" }, { "body", 200, "L7RSP", "200" },
    { "loop", 307, "L7RSP", "307" },   { "failed", 0, "UNK", "" },
    { "a, \"new\"\nerror", 0, "UNK", "" }, { NULL, 0, "UNK", "" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
      g_autoptr (GPtrArray) rows = NULL;

      set_error (snapshot, 0, cases[i].error);
      snapshot->backends[0].last_probe.status = cases[i].status;

      rows = read_rows (snapshot);
      g_assert_cmpstr (get (rows, 2, "check_status"), ==, cases[i].check_status);
      g_assert_cmpstr (get (rows, 2, "check_code"), ==, cases[i].check_code);
      g_assert_cmpstr (get (rows, 2, "check_duration"), ==, "");
    }
}

static void
test_check_that_hangs_after_connecting (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
  g_autoptr (GPtrArray) rows = NULL;

  set_error (snapshot, 0, "timeout");
  snapshot->backends[0].last_probe.status = 0;
  snapshot->backends[0].last_probe.connected = TRUE;

  rows = read_rows (snapshot);
  g_assert_cmpstr (get (rows, 2, "check_status"), ==, "L7TOUT");
}

static void
test_check_of_a_connection (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
  g_autoptr (GPtrArray) rows = NULL;

  snapshot->backends[0].last_probe.status = 0;
  snapshot->backends[0].last_probe.response_us = 499;

  rows = read_rows (snapshot);
  g_assert_cmpstr (get (rows, 2, "check_status"), ==, "L4OK");
  g_assert_cmpstr (get (rows, 2, "check_code"), ==, "");
  g_assert_cmpstr (get (rows, 2, "check_duration"), ==, "0");
}

static void
test_no_check (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (2);
  g_autoptr (GPtrArray) rows = NULL;

  snapshot_fixture_forget (snapshot, 0);
  snapshot->backends[1].state = LB_STATE_MAINT;

  rows = read_rows (snapshot);
  g_assert_cmpstr (get (rows, 2, "check_status"), ==, "INI");
  for (guint row = 2; row <= 3; row++)
    {
      g_assert_cmpstr (get (rows, row, "check_code"), ==, "");
      g_assert_cmpstr (get (rows, row, "check_duration"), ==, "");
    }
  g_assert_cmpstr (get (rows, 3, "check_status"), ==, "");
}

static void
test_names (void)
{
  static const struct
  {
    const char *url;
    const char *name;
  } cases[] = {
    { "http://127.0.0.1:9001", "127.0.0.1:9001" },
    { "http://example.org", "example.org" },
    { "https://example.org", "https://example.org" },
    { "http://[::1]:9001/base/", "[::1]:9001/base/" },
    { "http://a/b,c", "a/b%2Cc" },
    { "http://a/b%2Cc", "a/b%252Cc" },
    { "http://a/it's%20;=&", "a/it%27s%2520;=&" },
    { "http://a/\"q\",\"r\"", "a/%22q%22%2C%22r%22" },
    { "http://a/b\nc\r\td e", "a/b%0Ac%0D%09d%20e" },
    { "http://a/%s%n%d", "a/%25s%25n%25d" },
    { "http://b\xc3\xbc" "cher/\xe2\x82\xac", "b%C3%BCcher/%E2%82%AC" },
    { "http://\xd7\xa9\xd7\x9c/\xe2\x80\xae", "%D7%A9%D7%9C/%E2%80%AE" },
    { "http://a/\xff\xfe", "a/%FF%FE" },
    { "FRONTEND", "FRONTEND" },
    { "", "" },
  };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (G_N_ELEMENTS (cases));
  g_autoptr (GPtrArray) rows = NULL;
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    set_url (snapshot, i, cases[i].url);

  rows = read_rows (snapshot);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      const char *name = get (rows, i + 2, "svname");

      g_assert_cmpstr (name, ==, cases[i].name);
      g_assert_true (g_hash_table_add (seen, (gpointer) name));
      g_assert_cmpstr (get (rows, i + 2, "type"), ==, "2");
    }
}

/* Readers parse integers; they must get nothing else. */
static void
test_numbers_that_are_none (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (1);
  g_autoptr (GPtrArray) rows = NULL;
  LbBackendFigures *figures = &snapshot->backends[0];

  snapshot->redirects = G_MAXUINT64;
  snapshot->redirects_per_s = (double) INFINITY;
  figures->redirects_per_s = (double) NAN;
  figures->in_flight = 1e300;
  figures->effective_weight = 0.004;
  figures->redirects = G_MAXUINT64;

  rows = read_rows (snapshot);
  g_assert_cmpstr (get (rows, 1, "req_rate"), ==, "");
  g_assert_cmpstr (get (rows, 2, "rate"), ==, "");
  g_assert_cmpstr (get (rows, 2, "scur"), ==, "");
  g_assert_cmpstr (get (rows, 2, "weight"), ==, "1");
  g_assert_cmpstr (get (rows, 2, "stot"), ==, "9223372036854775807");
  g_assert_cmpstr (get (rows, 3, "stot"), ==, "9223372036854775807");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/stats/csv/header", test_header);
  g_test_add_func ("/stats/csv/without-backends", test_without_backends);
  g_test_add_func ("/stats/csv/says-what-is-known", test_says_what_is_known);
  g_test_add_func ("/stats/csv/proxied", test_proxied);
  g_test_add_func ("/stats/csv/status", test_status);
  g_test_add_func ("/stats/csv/front-is-shut-while-nothing-listens",
                   test_front_is_shut_while_nothing_listens);
  g_test_add_func ("/stats/csv/front-is-shut-while-paused", test_front_is_shut_while_paused);
  g_test_add_func ("/stats/csv/check-status", test_check_status);
  g_test_add_func ("/stats/csv/check-that-hangs-after-connecting",
                   test_check_that_hangs_after_connecting);
  g_test_add_func ("/stats/csv/check-of-a-connection", test_check_of_a_connection);
  g_test_add_func ("/stats/csv/no-check", test_no_check);
  g_test_add_func ("/stats/csv/names", test_names);
  g_test_add_func ("/stats/csv/numbers-that-are-none", test_numbers_that_are_none);

  return g_test_run ();
}
