/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/lb-in-flight.h"

#include <math.h>

/* Little's law: a steady rate comes to rate × response time. */
static void
test_steady_rate (void)
{
  static const struct
  {
    double rate;
    double response_us;
  } rows[] = { { 100, 50000 }, { 1000, 20000 }, { 10, 500000 }, { 5000, 1000 } };

  for (guint r = 0; r < G_N_ELEMENTS (rows); r++)
    {
      const gint64 gap_us = (gint64) (G_USEC_PER_SEC / rows[r].rate);
      LbInFlight in_flight;
      gint64 now_us = 1;

      lb_in_flight_init (&in_flight);
      lb_in_flight_set_response_time (&in_flight, rows[r].response_us, now_us);
      for (guint i = 0; i < 20000; i++)
        lb_in_flight_add (&in_flight, now_us += gap_us);

      /* Just after one has come there is up to a half more. */
      g_assert_cmpfloat_with_epsilon (lb_in_flight_get (&in_flight, now_us + gap_us / 2),
                                      rows[r].rate * rows[r].response_us / G_USEC_PER_SEC,
                                      0.01 * rows[r].rate * rows[r].response_us / G_USEC_PER_SEC);
    }
}

static void
test_fades (void)
{
  LbInFlight in_flight;

  lb_in_flight_init (&in_flight);
  for (guint i = 0; i < 10; i++)
    lb_in_flight_add (&in_flight, 1000);

  g_assert_cmpfloat_with_epsilon (lb_in_flight_get (&in_flight, 1000), 10.0, 1e-9);
  g_assert_cmpfloat_with_epsilon (lb_in_flight_get (&in_flight, 1000 + LB_IN_FLIGHT_DEFAULT_US),
                                  10.0 * exp (-1.0), 1e-9);

  /* A new response time counts from now on, and changes nothing before. */
  lb_in_flight_set_response_time (&in_flight, 2.0 * LB_IN_FLIGHT_DEFAULT_US,
                                  1000 + LB_IN_FLIGHT_DEFAULT_US);
  g_assert_cmpfloat_with_epsilon (lb_in_flight_get (&in_flight, 1000 + 3 * LB_IN_FLIGHT_DEFAULT_US),
                                  10.0 * exp (-2.0), 1e-9);

  g_assert_cmpfloat (lb_in_flight_get (&in_flight, G_TIME_SPAN_DAY), <, 1e-9);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool/in-flight/steady-rate", test_steady_rate);
  g_test_add_func ("/pool/in-flight/fades", test_fades);

  return g_test_run ();
}
