/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lb-exposure.h"

#include <locale.h>

static void
test_is_open (void)
{
  static const struct
  {
    const char *uris[4];
    gboolean is_open;
  } cases[] = {
    { { NULL }, FALSE },
    { { "http://127.0.0.1:5000", "http://[::1]:5000" }, FALSE },
    { { "http://127.1.2.3:5000" }, FALSE },
    { { "http://0.0.0.0:5000" }, TRUE },
    { { "http://[::]:5000" }, TRUE },
    { { "http://192.0.2.1:5000" }, TRUE },
    { { "http://127.0.0.1:5000", "http://[::1]:5000", "http://[2001:db8::1]:5000" }, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (lb_exposure_is_open (cases[i].uris), ==, cases[i].is_open);
}

static void
test_count_near (void)
{
  static const char *const urls[] = {
    "http://192.0.2.1:8001",       "http://127.0.0.1:8001", "http://[::1]:8001",
    "http://sub.localhost:8001/x", "http://0.0.0.0:8001",   "http://localhost.example:8001",
  };
  g_autoptr (LbPool) pool = lb_pool_new ();
  const char *first = "";

  g_assert_cmpuint (lb_exposure_count_near (pool, &first), ==, 0);
  g_assert_null (first);

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    g_assert_nonnull (lb_pool_add (pool, urls[i], NULL));

  g_assert_cmpuint (lb_exposure_count_near (pool, &first), ==, 4);
  g_assert_cmpstr (first, ==, urls[1]);
  g_assert_cmpuint (lb_exposure_count_near (pool, NULL), ==, 4);
}

int
main (int argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/exposure/is-open", test_is_open);
  g_test_add_func ("/exposure/count-near", test_count_near);

  return g_test_run ();
}
