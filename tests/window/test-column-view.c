/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "window/lb-column-view.h"
#include "window/lb-window-fixture.h"

#define N_ROWS 100
#define N_COLUMNS 3

typedef struct
{
  GtkWindow *window;
  GtkColumnView *view;
} Fixture;

static void
on_setup (GtkListItemFactory *factory G_GNUC_UNUSED,
          GtkListItem *item)
{
  gtk_list_item_set_child (item, gtk_label_new (NULL));
}

static void
on_bind (GtkListItemFactory *factory G_GNUC_UNUSED,
         GtkListItem *item)
{
  gtk_label_set_text (GTK_LABEL (gtk_list_item_get_child (item)),
                      gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static GtkColumnView *
make_view (void)
{
  g_autoptr (GtkStringList) strings = gtk_string_list_new (NULL);
  GtkColumnView *view;

  for (guint i = 0; i < N_ROWS; i++)
    {
      g_autofree char *text = g_strdup_printf ("%u", i);

      gtk_string_list_append (strings, text);
    }

  view = GTK_COLUMN_VIEW (gtk_column_view_new (
    GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (g_steal_pointer (&strings))))));

  for (guint i = 0; i < N_COLUMNS; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr (GtkColumnViewColumn) column = NULL;

      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
      column = gtk_column_view_column_new ("Title", factory);
      gtk_column_view_append_column (view, column);
    }

  return view;
}

static void
set_up (Fixture *f,
        gconstpointer user_data G_GNUC_UNUSED)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  f->view = make_view ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), GTK_WIDGET (f->view));
  f->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_default_size (f->window, 400, 300);
  gtk_window_set_child (f->window, scroller);
  gtk_window_present (f->window);
  lb_wait_for_frames (f->view);
}

static void
tear_down (Fixture *f,
           gconstpointer user_data G_GNUC_UNUSED)
{
  gtk_window_destroy (f->window);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
}

/* The label of a row in the first column. */
static GtkWidget *
get_label (GtkWidget *row)
{
  return gtk_widget_get_first_child (gtk_widget_get_first_child (row));
}

static void
test_rows (Fixture *f,
           gconstpointer user_data G_GNUC_UNUSED)
{
  GtkWidget *list = lb_column_view_get_list (f->view);
  GtkWidget *row;

  g_assert_true (GTK_IS_LIST_VIEW (list));
  row = gtk_widget_get_first_child (list);
  g_assert_true (lb_column_view_find_row (get_label (row)) == row);
  g_assert_true (lb_column_view_find_row (row) == row);
  g_assert_null (lb_column_view_find_row (list));
  g_assert_null (lb_column_view_find_row (NULL));
}

static void
test_focus (Fixture *f,
            gconstpointer user_data G_GNUC_UNUSED)
{
  GtkWidget *row = gtk_widget_get_first_child (lb_column_view_get_list (f->view));
  g_autoptr (GtkWidget) alone = g_object_ref_sink (GTK_WIDGET (make_view ()));

  gtk_window_set_focus (f->window, NULL);
  g_assert_null (lb_column_view_get_focus (f->view));
  g_assert_true (gtk_widget_grab_focus (row));
  g_assert_true (lb_column_view_get_focus (f->view) == row);
  g_assert_null (lb_column_view_get_focus (GTK_COLUMN_VIEW (alone)));
}

static void
test_scrolling (Fixture *f,
                gconstpointer user_data G_GNUC_UNUSED)
{
  GtkAdjustment *adjustment = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (f->view));
  guint first;

  g_assert_cmpuint (lb_column_view_get_first_visible (f->view), ==, 0);

  lb_column_view_scroll_to (f->view, N_ROWS - 1);
  lb_wait_for_frames (f->view);
  first = lb_column_view_get_first_visible (f->view);
  g_assert_cmpuint (first, >, N_ROWS / 2);
  g_assert_cmpuint (first, <, N_ROWS);

  /* Of a row that is only seen in part, the next one is the first. */
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) / N_ROWS * 10 + 1);
  g_assert_cmpuint (lb_column_view_get_first_visible (f->view), ==, 11);

  lb_wait_for_frames (f->view);
  lb_column_view_scroll_to (f->view, N_ROWS);
  lb_wait_for_frames (f->view);
  g_assert_cmpuint (lb_column_view_get_first_visible (f->view), ==, 11);

  lb_column_view_scroll_to (f->view, 0);
  lb_wait_for_frames (f->view);
  g_assert_cmpuint (lb_column_view_get_first_visible (f->view), ==, 0);
}

static void
test_titles (Fixture *f,
             gconstpointer user_data G_GNUC_UNUSED)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (f->view));
  GtkWidget *title = gtk_widget_get_first_child (header);

  lb_column_view_align_titles (f->view, 1, 1);
  lb_column_view_set_label (f->view, "Rows");

  for (guint i = 0; i < N_COLUMNS; i++)
    {
      const GtkAlign align = gtk_widget_get_halign (gtk_widget_get_first_child (title));

      g_assert_cmpint (align == GTK_ALIGN_END, ==, i == 1);
      title = gtk_widget_get_next_sibling (title);
    }

  g_assert_null (title);
  g_assert_false (gtk_widget_get_focusable (header));
  gtk_test_accessible_assert_property (lb_column_view_get_list (f->view), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Rows");
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add ("/column-view/rows", Fixture, NULL, set_up, test_rows, tear_down);
  g_test_add ("/column-view/focus", Fixture, NULL, set_up, test_focus, tear_down);
  g_test_add ("/column-view/scrolling", Fixture, NULL, set_up, test_scrolling, tear_down);
  g_test_add ("/column-view/titles", Fixture, NULL, set_up, test_titles, tear_down);

  return lb_window_test_run ();
}
