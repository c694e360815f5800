/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "lb-url-list.h"

#define A "http://127.0.0.1:9001"
#define B "http://127.0.0.1:9002/b#c"
#define C "https://c.example/"

static const struct
{
  const char *path;
  const char *text;
  const char *urls[4];
} cases[] = {
  { "/url-list/split/nothing", "", { NULL } },
  { "/url-list/split/blank", " \n\t\r\n# none\n  \n", { NULL } },
  { "/url-list/split/one", "  " A " ", { A } },
  { "/url-list/split/lines", A "\n" B "\r\n" C, { A, B, C } },
  { "/url-list/split/uri-list", "# dropped\r\n" A "\r\n" C "\r\n", { A, C } },
  { "/url-list/split/comments", A "  # the old one\n#" B "\n" B " #\n", { A, B } },
  { "/url-list/split/words", A " " B "\t" C, { A, B, C } },
  { "/url-list/split/json-lines", "  \"" A "\",\n  \"" C "\"\n", { A, C } },
  { "/url-list/split/commas", A ", " B "; <" C ">", { A, B, C } },
  { "/url-list/split/commas-apart", A " , " B " ,", { A, B } },
  { "/url-list/split/quotes-apart", "'" A "' , \" " B " \"", { A, B } },
  { "/url-list/split/form-feed", "\"" A "\"\f;\f" B "\f,", { A, B } },
  { "/url-list/split/direction-marks", "\u200f\u2066" A "\u2069 · 3\n\u2068" C "\u2069", { A " · 3", C } },
  { "/url-list/split/not-utf8", "\"" A "\"\n" C "\xe2\x80", { A, C "\xe2\x80" } },
  { "/url-list/split/duplicates", A "\n" C "\n" A "\n", { A, C } },
  { "/url-list/split/prose", "see " A " for more", { "see " A " for more" } },
  { "/url-list/split/no-scheme", "localhost:8001", { "localhost:8001" } },
};

static void
test_split (gconstpointer data)
{
  const guint n = GPOINTER_TO_UINT (data);
  g_auto (GStrv) urls = lb_url_list_split (cases[n].text);

  for (guint i = 0; i < 4; i++)
    {
      g_assert_cmpstr (urls[i], ==, cases[n].urls[i]);
      if (urls[i] == NULL)
        break;
    }
}

static void
on_changed (guint *n_emitted)
{
  (*n_emitted)++;
}

/* Each change makes a window with thousands of backends look at all that it shows. */
static void
test_add_is_one_change (void)
{
  static const char *const urls[] = { A, "http://127.0.0.1:9002", C, NULL };
  g_autoptr (LbBalancer) balancer = lb_balancer_new ("/nonexistent/config.json");
  g_autoptr (GPtrArray) refusals = NULL;
  guint n_changes = 0;

  g_signal_connect_swapped (lb_balancer_get_pool (balancer), "items-changed", G_CALLBACK (on_changed),
                            &n_changes);
  refusals = lb_url_list_add (urls, balancer);

  g_assert_cmpuint (refusals->len, ==, 0);
  g_assert_cmpuint (n_changes, ==, 1);
}

static void
test_add (void)
{
  static const char *const urls[] = { A, "127.0.0.1", C, A "/", NULL };
  g_autoptr (LbBalancer) balancer = lb_balancer_new ("/nonexistent/config.json");
  LbPool *pool = lb_balancer_get_pool (balancer);
  g_autoptr (GPtrArray) refusals = lb_url_list_add (urls, balancer);
  const LbUrlRefusal *first;
  const LbUrlRefusal *second;

  g_assert_cmpuint (lb_pool_get_n_backends (pool), ==, 2);
  g_assert_cmpstr (lb_backend_get_url (lb_pool_get_backend (pool, 0)), ==, A);

  g_assert_cmpuint (refusals->len, ==, 2);
  first = g_ptr_array_index (refusals, 0);
  second = g_ptr_array_index (refusals, 1);
  g_assert_cmpstr (first->text, ==, "127.0.0.1");
  g_assert_cmpstr (second->text, ==, A "/");
  g_assert_nonnull (strstr (second->reason, "in the pool already"));
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    g_test_add_data_func (cases[i].path, GUINT_TO_POINTER (i), test_split);
  g_test_add_func ("/url-list/add", test_add);
  g_test_add_func ("/url-list/add/is-one-change", test_add_is_one_change);

  return g_test_run ();
}
