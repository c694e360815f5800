/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "pool/lb-status-ranges.h"
#include "pool/lb-types.h"

/* Ranges of statuses, read once more in the simplest way. */

static void
mark (gboolean *inside,
      const char *range)
{
  g_auto (GStrv) ends = g_strsplit (range, "-", 2);
  const guint64 first = g_ascii_strtoull (ends[0], NULL, 10);
  const guint64 last = ends[1] != NULL ? g_ascii_strtoull (ends[1], NULL, 10) : first;

  g_assert_cmpuint (first, >=, 200);
  g_assert_cmpuint (first, <=, last);
  g_assert_cmpuint (last, <, 600);

  for (guint64 status = first; status <= last; status++)
    inside[status] = TRUE;
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ranges = NULL;
  gboolean inside[1000] = { FALSE };

  /* It is quoted in a sentence, so who asks sees to this. */
  if (!g_utf8_validate (text, -1, NULL))
    return 0;

  if (!lb_status_ranges_check (text, &error))
    {
      fuzz_check_sentence (error, LB_POOL_ERROR);
      return 0;
    }

  g_assert_no_error (error);
  ranges = g_strsplit (text, ",", -1);
  for (guint i = 0; ranges[i] != NULL; i++)
    mark (inside, ranges[i]);

  for (guint status = 0; status < G_N_ELEMENTS (inside); status++)
    g_assert_cmpint (lb_status_ranges_contain (text, status), ==, inside[status]);

  return 0;
}
