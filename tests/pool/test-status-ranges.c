/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "pool/lb-status-ranges.h"
#include "pool/lb-types.h"

static void
test_contain (void)
{
  static const struct
  {
    const char *ranges;
    guint inside[8];
    guint outside[8];
  } cases[] = {
    { "200-399", { 200, 301, 399 }, { 199, 400, 404, 599 } },
    { "200", { 200 }, { 201, 299, 20 } },
    { "200-299,304", { 200, 299, 304 }, { 300, 303, 305 } },
    { " 204 , 300 - 302 ,404 ", { 204, 300, 301, 302, 404 }, { 200, 299, 303, 405 } },
    { "500-599,200", { 200, 500, 599 }, { 201, 499 } },
    { "401-401", { 401 }, { 400, 402 } },
    { "200-599", { 200, 599 }, { 199, 600, 999 } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (lb_status_ranges_check (cases[i].ranges, &error));
      g_assert_no_error (error);
      for (gsize j = 0; cases[i].inside[j] != 0; j++)
        g_assert_true (lb_status_ranges_contain (cases[i].ranges, cases[i].inside[j]));
      for (gsize j = 0; cases[i].outside[j] != 0; j++)
        g_assert_false (lb_status_ranges_contain (cases[i].ranges, cases[i].outside[j]));
      g_assert_false (lb_status_ranges_contain (cases[i].ranges, 0));
    }
}

static void
test_refuses (void)
{
  static const char *const bad[] = {
    "",       " ",        ",",       "ok",       "2xx",      "20",         "2000",      "199",
    "600",    "200-",     "-299",    "300-200",  "200--299", "200-299-300", "200,,204", "200,",
    ",200",   "200 204",  "200;204", "200-600",  "0x200",    "200\n",      "２００",    "+200",
    "200-29", "200.0",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", bad[i]);
      g_assert_false (lb_status_ranges_check (bad[i], &error));
      g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING);
      g_assert_nonnull (strstr (error->message, bad[i]));
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/pool/status-ranges/contain", test_contain);
  g_test_add_func ("/pool/status-ranges/refuses", test_refuses);

  return g_test_run ();
}
