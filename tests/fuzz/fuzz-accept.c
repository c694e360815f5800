/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "http/lb-accept.h"
#include "http/lb-stats-kind.h"

/* Any Accept, held against all that we can give. */

#define RANK_MAX (1000 * 16 + 15)

static guint
rank (const GString *accept,
      const char *content_type)
{
  /* A copy that ends where the bytes do, so that reading on is found. */
  g_autofree char *bytes = g_memdup2 (accept->str, accept->len);

  return lb_accept_rank (bytes != NULL ? bytes : "", accept->len, content_type);
}

static void
check (const GString *accept,
       const char *content_type)
{
  const guint first = rank (accept, content_type);
  g_autoptr (GString) other = g_string_new_len (accept->str, (gssize) accept->len);

  g_assert_cmpuint (first, <=, RANK_MAX);

  g_string_ascii_up (other);
  g_assert_cmpuint (rank (other, content_type), ==, first);

  /* What is said twice is said once, unless a quote is open. */
  if (memchr (accept->str, '"', accept->len) == NULL)
    {
      g_string_assign (other, "");
      g_string_append_printf (other, " ,\t");
      g_string_append_len (other, accept->str, (gssize) accept->len);
      g_string_append_c (other, ',');
      g_string_append_len (other, accept->str, (gssize) accept->len);
      g_assert_cmpuint (rank (other, content_type), ==, first);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  g_autoptr (GString) accept = g_string_new_len ((const char *) data, (gssize) size);

  for (LbStatsKindId id = LB_STATS_KIND_NONE + 1; id < LB_N_STATS_KINDS; id++)
    check (accept, lb_stats_kind_get (id)->content_type);

  if (lb_accept_names (accept->str, accept->len, "text/html"))
    g_assert_cmpuint (rank (accept, "text/html"), >, 0);

  return 0;
}
