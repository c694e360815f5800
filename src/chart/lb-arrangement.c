/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-arrangement.h"

#include <math.h>
#include <string.h>

#include "chart/lb-chart-column.h"
#include "chart/lb-chart-measure.h"

/*
 * LbArrangement
 *
 * Which backends are shown, and in which order. The window's list asks it about each of its rows,
 * and the charts get a snapshot that has been arranged, so that both show the same.
 */

GType
lb_show_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { LB_SHOW_ALL, "LB_SHOW_ALL", "all" },
    { LB_SHOW_UP, "LB_SHOW_UP", "up" },
    { LB_SHOW_DOWN, "LB_SHOW_DOWN", "down" },
    { LB_SHOW_UNKNOWN, "LB_SHOW_UNKNOWN", "unknown" },
    { LB_SHOW_DRAIN, "LB_SHOW_DRAIN", "drain" },
    { LB_SHOW_MAINT, "LB_SHOW_MAINT", "maint" },
    { LB_SHOW_UNUSED, "LB_SHOW_UNUSED", "unused" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("LbShow", values));

  return type;
}

GType
lb_order_get_type (void)
{
  static gsize type;
  static const GEnumValue values[] = {
    { LB_ORDER_POOL, "LB_ORDER_POOL", "pool" },
    { LB_ORDER_HEALTH, "LB_ORDER_HEALTH", "health" },
    { LB_ORDER_URL, "LB_ORDER_URL", "url" },
    { LB_ORDER_WEIGHT, "LB_ORDER_WEIGHT", "weight" },
    { LB_ORDER_IN_FLIGHT, "LB_ORDER_IN_FLIGHT", "in-flight" },
    { LB_ORDER_RESPONSE_TIME, "LB_ORDER_RESPONSE_TIME", "response-time" },
    { LB_ORDER_P95, "LB_ORDER_P95", "p95" },
    { LB_ORDER_REDIRECTS, "LB_ORDER_REDIRECTS", "redirects" },
    { LB_ORDER_SHARE, "LB_ORDER_SHARE", "share" },
    { 0, NULL, NULL },
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type, g_enum_register_static ("LbOrder", values));

  return type;
}

static gboolean
shows (LbShow show,
       const LbBackendFigures *figures)
{
  const LbChartKind kind = lb_chart_column_kind (figures);

  switch (show)
    {
    case LB_SHOW_UP:
      return kind == LB_CHART_UP;
    case LB_SHOW_DOWN:
      return kind == LB_CHART_DOWN;
    case LB_SHOW_UNKNOWN:
      return kind == LB_CHART_UNKNOWN;
    case LB_SHOW_DRAIN:
      return kind == LB_CHART_DRAIN;
    case LB_SHOW_MAINT:
      return kind == LB_CHART_MAINT;
    case LB_SHOW_UNUSED:
      return figures->use != LB_USE_YES;
    case LB_SHOW_ALL:
    default:
      return TRUE;
    }
}

/* A URL is all ASCII. */
static gboolean
contains (const char *url,
          const char *text)
{
  const gsize length = strlen (text);

  for (; *url != '\0'; url++)
    if (g_ascii_strncasecmp (url, text, length) == 0)
      return TRUE;

  return length == 0;
}

/* As people order: what has a number in it by the number's value. */
static int
compare_urls (const char *a,
              const char *b)
{
  while (*a != '\0' && *b != '\0')
    {
      if (g_ascii_isdigit (*a) && g_ascii_isdigit (*b))
        {
          const gsize zeros_a = strspn (a, "0");
          const gsize zeros_b = strspn (b, "0");
          const gsize digits_a = strspn (a + zeros_a, "0123456789");
          const gsize digits_b = strspn (b + zeros_b, "0123456789");
          int order;

          if (digits_a != digits_b)
            return digits_a < digits_b ? -1 : 1;
          order = strncmp (a + zeros_a, b + zeros_b, digits_a);
          if (order != 0)
            return order;

          a += zeros_a + digits_a;
          b += zeros_b + digits_b;
        }
      else if (*a != *b)
        return *a < *b ? -1 : 1;
      else
        {
          a++;
          b++;
        }
    }

  return (*a != '\0') - (*b != '\0');
}

static int
compare_numbers (double a,
                 double b)
{
  return (a > b) - (a < b);
}

/* Two numbers that look the same sort as the same, or rows would change places for no reason. */
static double
to_tenths (double number)
{
  return round (number * 10.0) / 10.0;
}

/* A time that is not known comes after all others. */
static double
known_or_last (gint64 us)
{
  return us < 0 ? INFINITY : (double) us;
}

/* What needs a look comes first. */
static int
rank_of_kind (LbChartKind kind)
{
  switch (kind)
    {
    case LB_CHART_DOWN:
      return 0;
    case LB_CHART_UNKNOWN:
      return 1;
    case LB_CHART_MAINT:
      return 2;
    case LB_CHART_DRAIN:
      return 3;
    case LB_CHART_UP:
    default:
      return 4;
    }
}

/**
 * lb_arrangement_hides:
 * @self: an arrangement
 *
 * Returns: whether there can be backends that it does not show
 */
gboolean
lb_arrangement_hides (const LbArrangement *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->show != LB_SHOW_ALL || (self->text != NULL && self->text[0] != '\0');
}

/**
 * lb_arrangement_matches:
 * @self: an arrangement
 * @figures: a backend's figures
 *
 * Returns: whether the backend is shown
 */
gboolean
lb_arrangement_matches (const LbArrangement *self,
                        const LbBackendFigures *figures)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (figures != NULL, FALSE);

  return shows (self->show, figures) && (self->text == NULL || contains (figures->url, self->text));
}

/**
 * lb_order_compare:
 * @order: an order
 * @a: a backend's figures
 * @b: another's
 *
 * Returns: negative if @a comes before @b, positive if after, 0 if the order does not tell them
 *   apart
 */
int
lb_order_compare (LbOrder order,
                  const LbBackendFigures *a,
                  const LbBackendFigures *b)
{
  g_return_val_if_fail (a != NULL, 0);
  g_return_val_if_fail (b != NULL, 0);

  switch (order)
    {
    case LB_ORDER_HEALTH:
      return rank_of_kind (lb_chart_column_kind (a)) - rank_of_kind (lb_chart_column_kind (b));
    case LB_ORDER_URL:
      return compare_urls (a->url, b->url);
    case LB_ORDER_WEIGHT:
      return (a->weight > b->weight) - (a->weight < b->weight);
    case LB_ORDER_IN_FLIGHT:
      return compare_numbers (to_tenths (a->in_flight), to_tenths (b->in_flight));
    case LB_ORDER_RESPONSE_TIME:
      return compare_numbers (known_or_last (lb_chart_measure_get_value (LB_CHART_RESPONSE_TIMES, a)),
                              known_or_last (lb_chart_measure_get_value (LB_CHART_RESPONSE_TIMES, b)));
    case LB_ORDER_P95:
      return compare_numbers (known_or_last (a->latency.p95_us), known_or_last (b->latency.p95_us));
    case LB_ORDER_REDIRECTS:
      return (a->redirects > b->redirects) - (a->redirects < b->redirects);
    case LB_ORDER_SHARE:
      return compare_numbers (a->share, b->share);
    case LB_ORDER_POOL:
    default:
      return 0;
    }
}

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer user_data)
{
  const LbArrangement *self = user_data;
  const int order = lb_order_compare (self->order, a, b);

  return self->descending ? -order : order;
}

/**
 * lb_arrangement_apply:
 * @self: an arrangement
 * @snapshot: a snapshot
 *
 * What is figured for the pool as a whole stays: the shares of those that are shown need not add up.
 *
 * Returns: (transfer full): @snapshot with the backends that are shown, in the order in which they
 *   are; @snapshot itself if that is all of them as they are
 */
LbSnapshot *
lb_arrangement_apply (const LbArrangement *self,
                      LbSnapshot *snapshot)
{
  g_autofree guint *shown = NULL;
  LbSnapshot *arranged;
  guint n_shown = 0;

  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (snapshot != NULL, NULL);

  if (!lb_arrangement_hides (self) && self->order == LB_ORDER_POOL)
    return lb_snapshot_ref (snapshot);

  shown = g_new (guint, snapshot->n_backends);
  for (guint i = 0; i < snapshot->n_backends; i++)
    if (lb_arrangement_matches (self, &snapshot->backends[i]))
      shown[n_shown++] = i;

  arranged = lb_snapshot_new_from (snapshot, shown, n_shown);
  if (self->order != LB_ORDER_POOL)
    g_qsort_with_data (arranged->backends, (int) n_shown, sizeof (LbBackendFigures), compare,
                       (gpointer) self);

  return arranged;
}
