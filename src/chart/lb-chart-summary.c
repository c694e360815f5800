/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-chart-summary.h"

#include <glib/gi18n-lib.h>

#include "chart/lb-chart-column.h"
#include "chart/lb-chart-text.h"

/*
 * What a chart says of many backends at once, in words.
 */

#define N_KINDS (LB_CHART_UNKNOWN + 1)

static const char *
kind_word (LbChartKind kind)
{
  switch (kind)
    {
    case LB_CHART_UP:
      return lb_chart_text_health (LB_HEALTH_UP);
    case LB_CHART_DOWN:
      return lb_chart_text_health (LB_HEALTH_DOWN);
    case LB_CHART_DRAIN:
      return lb_chart_text_state (LB_STATE_DRAIN);
    case LB_CHART_MAINT:
      return lb_chart_text_state (LB_STATE_MAINT);
    case LB_CHART_UNKNOWN:
      return lb_chart_text_health (LB_HEALTH_UNKNOWN);
    default:
      g_return_val_if_reached ("");
    }
}

/**
 * lb_chart_summary_of_all:
 * @snapshot: what is shown
 *
 * Returns: (transfer full): how many backends there are of each kind, such as `57 up, 3 down`;
 *   empty if there is none at all
 */
char *
lb_chart_summary_of_all (const LbSnapshot *snapshot)
{
  GString *text = g_string_new (NULL);
  guint counts[N_KINDS] = { 0 };

  g_return_val_if_fail (snapshot != NULL, NULL);

  for (guint i = 0; i < snapshot->n_backends; i++)
    counts[lb_chart_column_kind (&snapshot->backends[i])]++;

  for (LbChartKind kind = LB_CHART_UP; kind < N_KINDS; kind++)
    {
      if (counts[kind] > 0)
        g_string_append_printf (text, "%s%u %s", text->len > 0 ? ", " : "", counts[kind],
                                kind_word (kind));
    }

  return g_string_free (text, FALSE);
}

/**
 * lb_chart_summary_of_rest:
 * @snapshot: a pool with more backends than a chart has room for
 * @n_shown: how many of them, from the first on, it shows
 *
 * Returns: (transfer full): how many it does not show, and on a second line how many of these are
 *   down, if any
 */
char *
lb_chart_summary_of_rest (const LbSnapshot *snapshot,
                          guint n_shown)
{
  g_autofree char *more = NULL;
  g_autofree char *down = NULL;
  guint n_more;
  guint n_down = 0;

  g_return_val_if_fail (snapshot != NULL, NULL);
  g_return_val_if_fail (n_shown <= snapshot->n_backends, NULL);

  n_more = snapshot->n_backends - n_shown;
  for (guint i = n_shown; i < snapshot->n_backends; i++)
    n_down += lb_chart_column_kind (&snapshot->backends[i]) == LB_CHART_DOWN;

  /* Translators: after the bars of a chart: so many backends there is no room for. */
  more = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "… and %u more", "… and %u more", n_more),
                          n_more);
  if (n_down == 0)
    return g_steal_pointer (&more);

  down = g_strdup_printf (
    g_dngettext (GETTEXT_PACKAGE, "%u of them down", "%u of them down", n_down), n_down);
  return g_strconcat (more, "\n", down, NULL);
}
