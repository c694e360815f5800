/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <math.h>

#include "probe/lb-orca.h"

/* What a backend says of its load: nothing, or numbers that can be reckoned with. */

static void
check_number (double number)
{
  g_assert_true (isfinite (number));
  g_assert_true (number >= 0.0 || number == -1.0);
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *spaced = g_strconcat (" \t", text, NULL);
  const LbOrca untouched = { 3.0, 4.0 };
  LbOrca load = untouched;
  LbOrca again = untouched;
  const gboolean says = lb_orca_parse (text, &load);

  g_assert_cmpint (lb_orca_parse (spaced, &again), ==, says);
  g_assert_cmpmem (&again, sizeof again, &load, sizeof load);

  if (!says)
    {
      g_assert_cmpmem (&load, sizeof load, &untouched, sizeof untouched);
      return 0;
    }

  check_number (load.utilization);
  check_number (load.rps);
  g_assert_true (load.utilization >= 0.0 || load.rps >= 0.0);

  return 0;
}
