/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "chart/lb-chart-layout.h"
#include "chart/snapshot-fixture.h"

/*
 * What holds for every layout of a chart, whether it scrolls or fits.
 */

typedef struct
{
  double width;
  double height;
} Size;

static const Size sizes[] = { { 200, 140 }, { 340, 280 }, { 901, 320 }, { 1200, 340 } };

/* Some of each kind; @seed moves them. */
static inline LbSnapshot *
create_mixed_snapshot (guint n_backends,
                       guint seed)
{
  LbSnapshot *snapshot = snapshot_fixture_new (n_backends);

  for (guint i = 0; i < n_backends; i++)
    {
      LbBackendFigures *figures = &snapshot->backends[i];

      switch ((i + seed) % 11)
        {
        case 1:
          snapshot_fixture_break (snapshot, i);
          break;
        case 2:
          figures->health = LB_HEALTH_DOWN;
          break;
        case 4:
          figures->state = LB_STATE_DRAIN;
          break;
        case 6:
          figures->state = LB_STATE_MAINT;
          break;
        case 7:
          snapshot_fixture_forget (snapshot, i);
          break;
        case 8:
          figures->latency.p95_us = figures->last_probe.response_us / 2;
          break;
        case 9:
          figures->last_probe.response_us = 120;
          break;
        default:
          break;
        }
    }

  return snapshot;
}

static inline gboolean
overlap (const cairo_rectangle_t *a,
         const cairo_rectangle_t *b)
{
  return a->width > 0 && b->width > 0 && a->x < b->x + b->width && b->x < a->x + a->width &&
         a->y < b->y + b->height && b->y < a->y + a->height;
}

static inline void
assert_apart (const LbChartColumn *a,
              const LbChartColumn *b)
{
  g_assert_false (overlap (&a->bar, &b->bar));
  g_assert_false (overlap (&a->mark, &b->mark));
  g_assert_false (overlap (&a->value.rect, &b->value.rect));
  g_assert_false (overlap (&a->url.rect, &b->url.rect));
  g_assert_false (overlap (&a->value.rect, &b->bar));
  g_assert_false (overlap (&a->value.rect, &b->mark));
  g_assert_false (overlap (&a->value.rect, &b->sign));
  g_assert_false (overlap (&b->value.rect, &a->bar));
  g_assert_false (overlap (&b->value.rect, &a->mark));
  g_assert_false (overlap (&b->value.rect, &a->sign));
}

static inline void
assert_inside (const LbChartLayout *layout,
               const cairo_rectangle_t *rect)
{
  g_assert_cmpfloat (rect->x, >=, 0);
  g_assert_cmpfloat (rect->y, >=, 0);
  g_assert_cmpfloat (rect->x + rect->width, <=, layout->width);
  g_assert_cmpfloat (rect->y + rect->height, <=, layout->height);
}

/* Bars of a chart that scrolls are never narrower than that; those of one that must fit may be. */
#define LEAST_BAR 12
#define LEAST_FITTED_BAR 4

static inline void
assert_legend_tidy (const LbChartLayout *layout)
{
  for (guint i = 0; i < layout->n_legend; i++)
    {
      const LbChartLegendEntry *entry = &layout->legend[i];

      assert_inside (layout, &entry->label.rect);
      assert_inside (layout, &entry->sample);
      g_assert_false (overlap (&entry->label.rect, &layout->title.rect));
      g_assert_false (overlap (&entry->sample, &layout->title.rect));
      g_assert_false (overlap (&entry->sample, &entry->label.rect));
      g_assert_cmpfloat (entry->label.rect.y + entry->label.rect.height, <=, layout->header_end);
      if (i > 0)
        {
          g_assert_false (overlap (&entry->label.rect, &layout->legend[i - 1].label.rect));
          g_assert_false (overlap (&entry->sample, &layout->legend[i - 1].label.rect));
        }
    }
}

static inline void
assert_tidy (const LbChartLayout *layout,
             double least_bar)
{
  double floor_y = layout->plot.y + layout->plot.height;

  assert_inside (layout, &layout->plot);
  assert_inside (layout, &layout->title.rect);
  assert_inside (layout, &layout->threshold.label.rect);
  assert_legend_tidy (layout);

  for (guint i = 0; i < layout->n_ticks; i++)
    {
      assert_inside (layout, &layout->ticks[i].label.rect);
      g_assert_false (overlap (&layout->ticks[i].label.rect, &layout->plot));
      g_assert_false (overlap (&layout->ticks[i].label.rect, &layout->title.rect));
      g_assert_false (overlap (&layout->ticks[i].label.rect, &layout->threshold.label.rect));
      if (i > 0)
        g_assert_false (overlap (&layout->ticks[i].label.rect, &layout->ticks[i - 1].label.rect));
    }

  for (guint i = 0; i < layout->n_columns; i++)
    {
      const LbChartColumn *column = &layout->columns[i];

      g_assert_cmpfloat (column->bar.y + column->bar.height, ==, floor_y);
      g_assert_cmpfloat (column->bar.x, >=, column->slot.x);
      g_assert_cmpfloat (column->bar.x + column->bar.width, <=,
                         column->slot.x + column->slot.width);
      g_assert_cmpfloat (column->bar.width, >=, least_bar);
      g_assert_cmpfloat (column->bar.width, ==, layout->columns[0].bar.width);
      g_assert_false (overlap (&column->value.rect, &layout->title.rect));
      for (guint j = 0; j < layout->n_legend; j++)
        g_assert_false (overlap (&column->value.rect, &layout->legend[j].label.rect));
      g_assert_false (overlap (&column->value.rect, &layout->sentence.rect));
      g_assert_false (overlap (&column->bar, &layout->sentence.rect));
      g_assert_cmpfloat (column->url.rect.y + column->url.rect.height, <=, layout->height);
      g_assert_false (overlap (&column->value.rect, &column->bar));
      g_assert_false (overlap (&column->value.rect, &column->mark));
      g_assert_false (overlap (&column->value.rect, &column->sign));

      for (guint j = 0; j < i; j++)
        assert_apart (column, &layout->columns[j]);
    }
}

static inline void
assert_mirrored (const LbChartLayout *layout,
                 const cairo_rectangle_t *ltr,
                 const cairo_rectangle_t *rtl)
{
  g_assert_cmpfloat (ltr->width, ==, rtl->width);
  g_assert_cmpfloat (ltr->height, ==, rtl->height);
  g_assert_cmpfloat (ltr->y, ==, rtl->y);
  if (ltr->width > 0)
    g_assert_cmpfloat (layout->width - ltr->x - ltr->width, ==, rtl->x);
}
