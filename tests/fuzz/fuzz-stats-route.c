/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "fuzz.h"

#include <string.h>

#include "http/lb-stats-route.h"

/* A target in the first line, and Accept in the second: where it leads, and what its query says. */

static void
check_query (const LbStatsRoute *route)
{
  const LbStatsKind *kind = lb_stats_kind_get (route->kind);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) parameters = NULL;

  if (kind->read_query == NULL)
    return;

  parameters = kind->read_query (route->query, route->query_length, &error);
  g_assert_true ((parameters == NULL) == (error != NULL));
  if (error != NULL)
    {
      fuzz_check_sentence (error, error->domain);
      g_assert_true (g_str_has_suffix (error->message, "."));
    }
}

static void
check_route (const char *method,
             const LbTarget *target,
             const char *accept)
{
  LbStatsRoute route;

  lb_stats_route_find (&route, method, strlen (method), target, accept, strlen (accept));

  if (route.query != NULL)
    {
      g_assert_true (route.query[-1] == '?');
      g_assert_true (route.query + route.query_length == target->path + target->path_length);
    }

  switch (route.status)
    {
    case 200:
      g_assert_cmpint (route.kind, !=, LB_STATS_KIND_NONE);
      g_assert_null (route.text);
      check_query (&route);
      break;

    case 204:
      g_assert_cmpstr (method, ==, "OPTIONS");
      break;

    case 404:
    case 405:
    case 406:
      g_assert_nonnull (route.text);
      break;

    default:
      g_assert_not_reached ();
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data,
                        gsize size)
{
  static const char *const methods[] = { "GET", "HEAD", "OPTIONS", "POST", "get" };
  g_autofree char *text = fuzz_take_line (&data, &size);
  g_autofree char *accept = fuzz_take_line (&data, &size);
  LbTarget target;

  if (!lb_target_read (&target, text, strlen (text)) || !target.is_reserved)
    return 0;

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    check_route (methods[i], &target, accept);

  return 0;
}
