/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>
#include <math.h>

/* Pearson's chi-square of @counts against @weights lies below its 99.9 % quantile (Wilson and
 * Hilferty's approximation). The draws come from a fixed seed, so the outcome is always the same. */
static inline void
assert_distribution (const guint *counts,
                     const double *weights,
                     guint n,
                     guint draws)
{
  const double freedom = n - 1;
  const double z = 3.09; /* of the standard normal distribution at 99.9 % */
  double chi_square = 0.0;
  double sum = 0.0;
  double limit;

  for (guint i = 0; i < n; i++)
    sum += weights[i];

  for (guint i = 0; i < n; i++)
    {
      double expected = draws * weights[i] / sum;

      chi_square += (counts[i] - expected) * (counts[i] - expected) / expected;
    }

  if (n == 1)
    {
      g_assert_cmpuint (counts[0], ==, draws);
      return;
    }

  limit = freedom * pow (1.0 - 2.0 / (9.0 * freedom) + z * sqrt (2.0 / (9.0 * freedom)), 3.0);
  g_assert_cmpfloat (chi_square, <, limit);
}
