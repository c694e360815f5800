/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-history-header.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-chart-frame.h"
#include "chart/lb-chart-text.h"

/*
 * LbHistoryHeader
 *
 * The title, and the keys behind it, in as many rows as there may be. Keys for which there is no
 * room are counted behind the last one there is.
 */

#define PADDING LB_CHART_PADDING
#define GAP LB_CHART_GAP

#define SAMPLE_WIDTH 28.0
#define DISTANCE 18.0
#define MAX_KEY 220.0
#define LEADING 2.0

/* So much of the height may go to the keys, but one row may in any case. */
#define PART 0.18

static double
get_end (const LbChartLabel *label)
{
  return label->rect.x + label->rect.width;
}

/* Behind the one before, or in a new row. Returns whether there was room. */
static gboolean
place_key (LbHistoryKey *key,
           double *x,
           double *y,
           double right,
           double bottom)
{
  const double width = SAMPLE_WIDTH + GAP + key->label.rect.width;
  const double line_height = key->label.rect.height + LEADING;

  if (*x + width > right && *x > PADDING)
    {
      if (*y + 2 * line_height > bottom)
        return FALSE;
      *x = PADDING;
      *y += line_height;
    }

  key->sample = (cairo_rectangle_t){ *x, *y, SAMPLE_WIDTH, key->label.rect.height };
  if (width > right - PADDING)
    return FALSE;
  lb_chart_label_move (&key->label, *x + SAMPLE_WIDTH + GAP, *y);
  *x += width + DISTANCE;

  return TRUE;
}

static void
drop_key (LbHistoryHeader *self)
{
  lb_chart_label_clear (&self->keys[--self->n_keys].label);
  self->keys[self->n_keys].sample = (cairo_rectangle_t){ 0 };
}

/* In place of as many of the last keys as it takes. */
static void
place_more (LbHistoryHeader *self,
            LbChartTextStyle *style,
            guint n_all,
            double right)
{
  for (;;)
    {
      const LbChartLabel *last =
        self->n_keys > 0 ? &self->keys[self->n_keys - 1].label : &self->title;
      const double x = get_end (last) + DISTANCE;
      g_autofree char *text = g_strdup_printf ("+%u", n_all - self->n_keys);

      lb_chart_label_init_ltr (&self->more, style, text, -1);
      if (x + self->more.rect.width <= right)
        {
          lb_chart_label_move (&self->more, x, last->rect.y);
          return;
        }

      lb_chart_label_clear (&self->more);
      if (self->n_keys == 0)
        return;
      drop_key (self);
    }
}

/**
 * lb_history_header_add_line:
 * @self: a header that is not placed yet
 * @style: how its texts look
 * @series: the line's colour and symbol
 * @url: the backend
 */
void
lb_history_header_add_line (LbHistoryHeader *self,
                            LbChartTextStyle *style,
                            guint series,
                            const char *url)
{
  LbHistoryKey *key = &self->keys[self->n_keys++];

  key->series = series;
  lb_chart_label_init_ltr (&key->label, style, lb_chart_text_address (url), MAX_KEY);
}

/**
 * lb_history_header_add_band:
 * @self: a header that is not placed yet
 * @style: how its texts look
 * @n_backends: how many there are
 *
 * The last key, if there is one.
 */
void
lb_history_header_add_band (LbHistoryHeader *self,
                            LbChartTextStyle *style,
                            guint n_backends)
{
  LbHistoryKey *key = &self->keys[self->n_keys++];
  g_autofree char *text = NULL;

  /* Translators: what a band behind lines stands for; its edges and the line in its middle */
  text = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE,
                                       "%u backend: lowest, median, highest",
                                       "%u backends: lowest, median, highest", n_backends),
                          n_backends);
  key->series = LB_HISTORY_BAND;
  lb_chart_label_init (&key->label, style, text, -1);
}

/**
 * lb_history_header_place:
 * @self: a header with all its keys
 * @style: how its texts look
 * @width: of the picture, in pixels
 * @height: of the picture
 *
 * Returns: where it ends
 */
double
lb_history_header_place (LbHistoryHeader *self,
                         LbChartTextStyle *style,
                         double width,
                         double height)
{
  const double right = width - PADDING;
  const double bottom = PADDING + MAX (height * PART, style->line_height + LEADING);
  const guint n_keys = self->n_keys;
  double x;
  double y = PADDING;

  lb_chart_label_init (&self->title, style, _("Response time"), width - 2 * PADDING);
  lb_chart_label_move (&self->title, PADDING, PADDING);
  x = get_end (&self->title) + DISTANCE;

  for (guint i = 0; i < n_keys; i++)
    if (!place_key (&self->keys[i], &x, &y, right, bottom))
      {
        while (self->n_keys > i)
          drop_key (self);
        place_more (self, style, n_keys, right);
        break;
      }

  return y + style->line_height;
}

static void
mirror_rect (cairo_rectangle_t *rect,
             double width)
{
  if (rect->width > 0)
    rect->x = width - rect->x - rect->width;
}

/**
 * lb_history_header_mirror:
 * @self: a header that is placed
 * @width: of the picture
 *
 * Lets it go from right to left.
 */
void
lb_history_header_mirror (LbHistoryHeader *self,
                          double width)
{
  mirror_rect (&self->title.rect, width);
  mirror_rect (&self->more.rect, width);
  for (guint i = 0; i < self->n_keys; i++)
    {
      mirror_rect (&self->keys[i].sample, width);
      mirror_rect (&self->keys[i].label.rect, width);
    }
}

/**
 * lb_history_header_clear:
 * @self: a header
 */
void
lb_history_header_clear (LbHistoryHeader *self)
{
  while (self->n_keys > 0)
    drop_key (self);
  lb_chart_label_clear (&self->title);
  lb_chart_label_clear (&self->more);
}
