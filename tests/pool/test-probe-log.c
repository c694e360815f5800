/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/lb-probe-log.h"

static void
add (LbProbeLog *log,
     gint64 time_us,
     char *error)
{
  const LbProbeResult result = {
    .time_us = time_us,
    .response_us = error != NULL ? -1 : 1000 + time_us,
    .status = error != NULL ? 0 : 200,
    .ok = error == NULL,
    .error = error,
  };

  lb_probe_log_add (log, &result);
}

static void
test_empty (void)
{
  LbProbeLog log = { 0 };

  g_assert_null (lb_probe_log_get (&log, 0));
  lb_probe_log_clear (&log);
  g_assert_null (lb_probe_log_get (&log, 0));
}

static void
test_latest_first (void)
{
  LbProbeLog log = { 0 };
  char *error = g_ref_string_new ("timeout");
  const LbProbeEntry *entry;

  add (&log, 1, NULL);
  add (&log, 2, error);
  g_ref_string_release (error);

  entry = lb_probe_log_get (&log, 0);
  g_assert_cmpint (entry->time_us, ==, 2);
  g_assert_cmpint (entry->response_us, ==, -1);
  g_assert_cmpstr (entry->error, ==, "timeout");
  g_assert_false (entry->ok);

  entry = lb_probe_log_get (&log, 1);
  g_assert_cmpint (entry->time_us, ==, 1);
  g_assert_cmpint (entry->response_us, ==, 1001);
  g_assert_cmpuint (entry->status, ==, 200);
  g_assert_null (entry->error);
  g_assert_true (entry->ok);

  g_assert_null (lb_probe_log_get (&log, 2));
  lb_probe_log_clear (&log);
}

static void
test_forgets_the_oldest (void)
{
  LbProbeLog log = { 0 };
  guint i;

  for (i = 1; i <= LB_PROBE_LOG_LENGTH + 5; i++)
    {
      char *error = g_ref_string_new ("refused");

      add (&log, i, error);
      g_ref_string_release (error);
    }

  for (i = 0; i < LB_PROBE_LOG_LENGTH; i++)
    g_assert_cmpint (lb_probe_log_get (&log, i)->time_us, ==, LB_PROBE_LOG_LENGTH + 5 - i);
  g_assert_null (lb_probe_log_get (&log, LB_PROBE_LOG_LENGTH));

  lb_probe_log_clear (&log);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/probe-log/empty", test_empty);
  g_test_add_func ("/probe-log/latest-first", test_latest_first);
  g_test_add_func ("/probe-log/forgets-the-oldest", test_forgets_the_oldest);

  return g_test_run ();
}
