/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "policy/lb-alias-table.h"

#include "policy/chi-square.h"

#define DRAWS 100000

static void
check (const double *weights,
       guint n)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (n);
  g_autofree guint *counts = g_new0 (guint, n);
  LbAliasTable table = { 0 };

  lb_alias_table_build (&table, weights, n);
  for (guint i = 0; i < DRAWS; i++)
    counts[lb_alias_table_draw (&table, rand)]++;

  assert_distribution (counts, weights, n, DRAWS);
  lb_alias_table_clear (&table);
}

static void
test_distribution (void)
{
  static const double one[] = { 3 };
  static const double even[] = { 1, 1, 1 };
  static const double uneven[] = { 5, 1, 1 };
  static const double extreme[] = { 256, 1, 128, 1, 64 };
  double every[256];

  for (guint i = 0; i < G_N_ELEMENTS (every); i++)
    every[i] = i + 1;

  check (one, G_N_ELEMENTS (one));
  check (even, G_N_ELEMENTS (even));
  check (uneven, G_N_ELEMENTS (uneven));
  check (extreme, G_N_ELEMENTS (extreme));
  check (every, G_N_ELEMENTS (every));
}

static void
test_rebuild (void)
{
  static const double many[] = { 1, 2, 3, 4, 5, 6, 7 };
  static const double few[] = { 1, 3 };
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  LbAliasTable table = { 0 };

  lb_alias_table_build (&table, many, G_N_ELEMENTS (many));
  lb_alias_table_build (&table, few, G_N_ELEMENTS (few));

  for (guint i = 0; i < 1000; i++)
    g_assert_cmpuint (lb_alias_table_draw (&table, rand), <, 2);

  lb_alias_table_clear (&table);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/policy/alias-table/distribution", test_distribution);
  g_test_add_func ("/policy/alias-table/rebuild", test_rebuild);

  return g_test_run ();
}
