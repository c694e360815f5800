/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-start-edge.h"

/*
 * GTK scrolls from the left in every language, so that of what is read from right to left and is too
 * wide, the end would be in sight at first, and whatever is at hand would move as the width changes.
 */
typedef struct
{
  double distance; /* from where reading begins to what is in sight */
  gboolean moving;
  guint tick;
} Edge;

#define KEY "lb-start-edge"

static double
get_end (GtkAdjustment *adjustment)
{
  return gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_page_size (adjustment);
}

static gboolean
is_rtl (GtkWidget *scroller)
{
  return gtk_widget_get_direction (scroller) == GTK_TEXT_DIR_RTL;
}

static gboolean
on_tick (GtkWidget *scroller,
         GdkFrameClock *clock,
         gpointer user_data)
{
  Edge *edge = user_data;

  edge->tick = 0;
  gtk_widget_queue_allocate (gtk_scrolled_window_get_child (GTK_SCROLLED_WINDOW (scroller)));

  return G_SOURCE_REMOVE;
}

/* The child says how wide it is while it is placed, and does not look at the value again. */
static void
on_changed (GtkAdjustment *adjustment,
            GtkWidget *scroller)
{
  Edge *edge = g_object_get_data (G_OBJECT (scroller), KEY);

  if (!is_rtl (scroller))
    return;

  edge->moving = TRUE;
  gtk_adjustment_set_value (adjustment, get_end (adjustment) - edge->distance);
  edge->moving = FALSE;
  if (edge->tick == 0)
    edge->tick = gtk_widget_add_tick_callback (scroller, on_tick, edge, NULL);
}

/* Whoever scrolls says where to stay. Where all is in sight, there is nothing to say. */
static void
on_value_changed (GtkAdjustment *adjustment,
                  GtkWidget *scroller)
{
  Edge *edge = g_object_get_data (G_OBJECT (scroller), KEY);

  if (edge->moving || !is_rtl (scroller) || get_end (adjustment) <= 0)
    return;

  edge->distance = get_end (adjustment) - gtk_adjustment_get_value (adjustment);
}

/* Not what it was the other way round. */
static void
on_direction_changed (GtkWidget *scroller,
                      GtkTextDirection previous)
{
  Edge *edge = g_object_get_data (G_OBJECT (scroller), KEY);
  GtkAdjustment *adjustment =
    gtk_scrolled_window_get_hadjustment (GTK_SCROLLED_WINDOW (scroller));

  edge->distance = 0;
  gtk_adjustment_set_value (adjustment, is_rtl (scroller) ? get_end (adjustment) : 0);
}

/**
 * lb_start_edge_keep:
 * @scroller: a scrolled window that has its child
 *
 * Shows at first where reading begins, in every language, and keeps the distance from there as the width
 * changes.
 */
void
lb_start_edge_keep (GtkScrolledWindow *scroller)
{
  GtkAdjustment *adjustment;

  g_return_if_fail (GTK_IS_SCROLLED_WINDOW (scroller));

  g_object_set_data_full (G_OBJECT (scroller), KEY, g_new0 (Edge, 1), g_free);

  /* What is scrolled may keep the adjustment for longer. */
  adjustment = gtk_scrolled_window_get_hadjustment (scroller);
  g_signal_connect_object (adjustment, "changed", G_CALLBACK (on_changed), scroller, 0);
  g_signal_connect_object (adjustment, "value-changed", G_CALLBACK (on_value_changed), scroller, 0);
  g_signal_connect (scroller, "direction-changed", G_CALLBACK (on_direction_changed), NULL);
}
