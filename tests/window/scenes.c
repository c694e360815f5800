/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>

#include "chart/lb-chart-measure.h"
#include "window/lb-backend-editor.h"
#include "window/lb-defaults-dialog.h"
#include "window/lb-drop-zone.h"
#include "window/lb-export-dialog.h"
#include "window/lb-import-dialog.h"
#include "window/lb-preferences-dialog.h"
#include "window/lb-proxy-dialog.h"
#include "window/lb-probe-page.h"
#include "window/lb-probe-row.h"
#include "window/lb-refusals-dialog.h"
#include "window/lb-row-menu.h"
#include "window/lb-studio.h"
#include "window/lb-weight-cell.h"

/*
 * Pictures of what the window comes to, for whoever changes it to look at.
 *
 *     window-scenes DIRECTORY [SCENE…]
 */

typedef struct
{
  const char *name;
  int width;
  int height;
  guint n_backends;
  LbLook look;
  gboolean mute; /* its port is in use */
  GtkWidget *(*act) (LbWindowFixture *f); /* returns what to take a picture of */
} Scene;

static guint occupied_port;

static GtkWidget *
open_to_add (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.add-backend", NULL);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
be_refused (LbWindowFixture *f)
{
  GtkWidget *entry = lb_template_child (lb_template_child (f->window, "add_bar"), "entry");

  open_to_add (f);
  gtk_editable_set_text (GTK_EDITABLE (entry), "localhost:8001");
  g_signal_emit_by_name (entry, "activate");

  return GTK_WIDGET (f->window);
}

static GtkWidget *
remove_one (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.remove-backend", "s",
                              lb_backend_get_url (lb_pool_get_backend (f->pool, 1)));

  return GTK_WIDGET (f->window);
}

static GtkWidget *
copy (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.copy-address", NULL);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
have_problems (LbWindowFixture *f)
{
  g_signal_emit_by_name (f->balancer, "problem",
                         "The settings file is not JSON (line 12). It has been kept aside, and the "
                         "program has started with an empty pool.");
  g_signal_emit_by_name (f->balancer, "problem", "Another one waits.");

  return GTK_WIDGET (f->window);
}

static GtkWidget *
fail_to_move (LbWindowFixture *f)
{
  GtkWidget *bar = lb_template_child (f->window, "listen_bar");
  GtkWidget *popover = lb_template_child (bar, "popover");

  gtk_popover_popup (GTK_POPOVER (popover));
  gtk_spin_button_set_value (lb_template_child (bar, "port"), occupied_port);
  gtk_widget_activate_action (bar, "listen.use-port", NULL);

  return popover;
}

static GtkWidget *
show_shortcuts (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.show-help-overlay", NULL);

  return GTK_WIDGET (gtk_application_window_get_help_overlay (GTK_APPLICATION_WINDOW (f->window)));
}

static GtkWidget *
sort_by_response (LbWindowFixture *f)
{
  GtkColumnView *view = lb_template_child (lb_page_child (f, "list"), "view");
  g_autoptr (GtkColumnViewColumn) column = NULL;

  column = g_list_model_get_item (gtk_column_view_get_columns (view), 4);
  gtk_column_view_sort_by_column (view, column, GTK_SORT_ASCENDING);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
choose_policy (LbWindowFixture *f)
{
  GtkWidget *button = lb_template_child (f->window, "policy");

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.set-policy", "s", "adaptive");
  gtk_menu_button_popup (lb_template_child (button, "button"));

  return lb_template_child (button, "popover");
}

/* Weights that have moved, a backup, and one that reports its load. */
static GtkWidget *
have_weights (LbWindowFixture *f)
{
  lb_backend_set_weight (lb_pool_get_backend (f->pool, 0), 5, NULL);
  lb_load_set_learned (lb_backend_get_load (lb_pool_get_backend (f->pool, 0)), 0.424);
  lb_backend_set_weight (lb_pool_get_backend (f->pool, 1), 256, NULL);
  lb_load_set_learned (lb_backend_get_load (lb_pool_get_backend (f->pool, 1)), 2.5);
  lb_backend_set_backup (lb_pool_get_backend (f->pool, 3), TRUE);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.set-policy", "s", "least-connections");

  return GTK_WIDGET (f->window);
}

static gpointer
get_chart (LbWindowFixture *f)
{
  return lb_template_child (lb_page_child (f, "charts"), "chart");
}

/* With one that gets more than it should. */
static GtkWidget *
see_traffic (LbWindowFixture *f)
{
  LbBackend *backend = lb_pool_get_backend (f->pool, 0);

  for (guint i = 0; i < 700; i++)
    lb_pool_count_redirect (f->pool, backend, g_get_monotonic_time ());
  lb_studio_settle (4 * G_USEC_PER_SEC);
  g_object_set (get_chart (f), "measure", LB_CHART_TRAFFIC, NULL);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
see_slow_ones (LbWindowFixture *f)
{
  g_object_set (get_chart (f), "threshold-ms", 40, NULL);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
see_slow_ones_by_decades (LbWindowFixture *f)
{
  g_object_set (get_chart (f), "log-scale", TRUE, NULL);

  return see_slow_ones (f);
}

static GtkWidget *
open_row_menu (LbWindowFixture *f)
{
  LbRowMenu *menu = lb_find_descendant (f->window, LB_TYPE_ROW_MENU);

  lb_row_menu_popup (menu, NULL);

  return GTK_WIDGET (lb_find_descendant (menu, GTK_TYPE_POPOVER_MENU));
}

static GtkWidget *
refuse_weight (LbWindowFixture *f)
{
  GtkWidget *cell = lb_find_descendant (f->window, LB_TYPE_WEIGHT_CELL);
  GtkWidget *spin = lb_template_child (cell, "spin");

  gtk_menu_button_popup (lb_template_child (cell, "button"));
  lb_studio_settle (G_USEC_PER_SEC / 2);
  gtk_editable_set_text (GTK_EDITABLE (spin), "999");
  gtk_spin_button_update (GTK_SPIN_BUTTON (spin));

  return lb_template_child (cell, "popover");
}

static GtkWidget *
edit (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.edit-backend", "s",
                              lb_backend_get_url (lb_pool_get_backend (f->pool, 0)));

  return lb_find_dialog (LB_TYPE_BACKEND_EDITOR);
}

static void
scroll_to (GtkWidget *dialog,
           double part)
{
  GtkScrolledWindow *window = lb_find_descendant (dialog, GTK_TYPE_SCROLLED_WINDOW);
  GtkAdjustment *adjustment = gtk_scrolled_window_get_vadjustment (window);

  gtk_adjustment_set_value (adjustment, part * gtk_adjustment_get_upper (adjustment));
}

/* The backend that answers with an error, with a path of its own and a header that is none. */
static GtkWidget *
test_what_is_typed (LbWindowFixture *f)
{
  LbProbeExceptions exceptions = { 0 };
  LbBackend *backend = lb_pool_get_backend (f->pool, 2);
  GtkWidget *dialog;
  GtkWidget *panel;
  guint32 bit;

  lb_probe_field_find ("path", &bit);
  exceptions.set |= bit;
  exceptions.values.path = g_strdup ("/3/health");
  lb_probe_field_find ("interval_ms", &bit);
  exceptions.set |= bit;
  exceptions.values.interval_ms = 250;
  lb_backend_set_exceptions (backend, &exceptions);
  lb_probe_exceptions_clear (&exceptions);

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.test-backend", "s",
                              lb_backend_get_url (backend));
  dialog = lb_find_dialog (LB_TYPE_BACKEND_EDITOR);
  panel = lb_template_child (dialog, "test");
  lb_studio_settle (G_USEC_PER_SEC);
  gtk_expander_set_expanded (lb_template_child (panel, "expander"), TRUE);

  return dialog;
}

static GtkWidget *
be_refused_in_editor (LbWindowFixture *f)
{
  GtkWidget *dialog = edit (f);
  LbProbePage *page = lb_template_child (dialog, "page");
  GtkWidget *row = lb_probe_page_find (page, "path");

  gtk_check_button_set_active (lb_template_child (row, "own"), TRUE);
  gtk_editable_set_text (lb_find_descendant (lb_template_child (row, "box"), GTK_TYPE_ENTRY), "health");
  lb_studio_settle (G_USEC_PER_SEC / 5);
  scroll_to (dialog, 0.5);

  return dialog;
}

static GtkWidget *
edit_twice (LbWindowFixture *f)
{
  GtkWidget *dialog = edit (f);
  GtkWidget *entry = lb_template_child (dialog, "url");

  gtk_editable_set_text (GTK_EDITABLE (entry),
                         lb_backend_get_url (lb_pool_get_backend (f->pool, 1)));
  gtk_widget_activate_action (dialog, "editor.save", NULL);

  return dialog;
}

static GtkWidget *
change_defaults (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.probe-defaults", NULL);

  return lb_find_dialog (LB_TYPE_DEFAULTS_DIALOG);
}

static GtkWidget *
change_last_default (LbWindowFixture *f)
{
  GtkWidget *dialog = change_defaults (f);

  lb_studio_settle (G_USEC_PER_SEC / 5);
  scroll_to (dialog, 1.0);

  return dialog;
}

/* Dialogs are as small as the window would be on a small screen. */
static GtkWidget *
edit_small (LbWindowFixture *f)
{
  GtkWidget *dialog = edit (f);

  gtk_window_set_default_size (GTK_WINDOW (dialog), 360, 480);
  lb_studio_settle (G_USEC_PER_SEC / 5);
  scroll_to (dialog, 0.5);

  return dialog;
}

static GtkWidget *
show_traffic (LbWindowFixture *f)
{
  guint i;

  for (i = 0; i < 60; i++)
    lb_pool_count_redirect (f->pool, lb_pool_get_backend (f->pool, i % 7 % 6),
                            g_get_monotonic_time ());
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.view", "s", "traffic");
  lb_studio_settle (4 * G_USEC_PER_SEC);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
show_history (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.view", "s", "history");
  lb_studio_settle (4 * G_USEC_PER_SEC);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
freeze (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.freeze-chart", NULL);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.threshold", "u", 50);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.log-scale", NULL);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
find (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.find", NULL);
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "show",
                                      g_variant_new_string ("down"));

  return GTK_WIDGET (f->window);
}

static GtkWidget *
find_nothing (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.find", NULL);
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "show",
                                      g_variant_new_string ("maint"));

  return GTK_WIDGET (f->window);
}

static GtkWidget *
show_details (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.show-details", "s",
                              lb_backend_get_url (lb_pool_get_backend (f->pool, 2)));

  return GTK_WIDGET (f->window);
}

static GtkWidget *
open_view_menu (LbWindowFixture *f)
{
  GtkWidget *button = lb_find_descendant (lb_page_child (f, "charts"),
                                          GTK_TYPE_MENU_BUTTON);

  gtk_menu_button_popup (GTK_MENU_BUTTON (button));

  return GTK_WIDGET (gtk_menu_button_get_popover (GTK_MENU_BUTTON (button)));
}

static GtkMenuButton *
find_primary_button (GtkWidget *widget)
{
  GtkMenuButton *found = NULL;
  GtkWidget *child;

  if (GTK_IS_MENU_BUTTON (widget) && gtk_menu_button_get_primary (GTK_MENU_BUTTON (widget)))
    return GTK_MENU_BUTTON (widget);

  for (child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_primary_button (child);

  return found;
}

/* With something to undo and something to redo. */
static GtkWidget *
open_main_menu (LbWindowFixture *f)
{
  GtkMenuButton *button = find_primary_button (GTK_WIDGET (f->window));

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.remove-backend", "s",
                              lb_backend_get_url (lb_pool_get_backend (f->pool, 3)));
  lb_studio_settle (G_USEC_PER_SEC / 10);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.set-policy", "s", "adaptive");
  lb_studio_settle (G_USEC_PER_SEC / 10);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.undo", NULL);
  gtk_menu_button_popup (button);

  return GTK_WIDGET (gtk_menu_button_get_popover (button));
}

static GtkWidget *
drag_over (LbWindowFixture *f)
{
  GtkWidget *zone = lb_find_descendant (f->window, LB_TYPE_DROP_ZONE);

  gtk_revealer_set_reveal_child (lb_template_child (zone, "revealer"), TRUE);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
add_many_urls (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.add-urls", "s",
                              "http://127.0.0.1:8001\nhttp://127.0.0.1:8001/\n"
                              "ftp://files.example/pub\nlocalhost:8080\nhttps://www.example/app");

  return lb_find_dialog (LB_TYPE_REFUSALS_DIALOG);
}

static GtkWidget *
pause_all (LbWindowFixture *f)
{
  lb_balancer_set_paused (f->balancer, TRUE);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
open_preferences (LbWindowFixture *f,
                  int page)
{
  GtkWidget *dialog;

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.preferences", NULL);
  dialog = lb_find_dialog (LB_TYPE_PREFERENCES_DIALOG);
  gtk_notebook_set_current_page (lb_find_descendant (dialog, GTK_TYPE_NOTEBOOK), page);

  return dialog;
}

static GtkWidget *
prefer_listening (LbWindowFixture *f)
{
  return open_preferences (f, 0);
}

static GtkWidget *
prefer_answers (LbWindowFixture *f)
{
  return open_preferences (f, 1);
}

static GtkWidget *
prefer_desktop (LbWindowFixture *f)
{
  return open_preferences (f, 2);
}

static GtkWidget *
prefer_in_a_small_window (LbWindowFixture *f)
{
  GtkWidget *dialog = open_preferences (f, 1);

  gtk_window_set_default_size (GTK_WINDOW (dialog), 360, 294);

  return dialog;
}

static GtkWidget *
prefer_what_is_refused (LbWindowFixture *f)
{
  GtkWidget *dialog = open_preferences (f, 1);
  GtkWidget *origin = lb_template_child (dialog, "origin");

  gtk_editable_set_text (GTK_EDITABLE (origin), "127.0.0.1:5500");
  g_signal_emit_by_name (origin, "activate");

  return dialog;
}

static GtkWidget *
proxy (LbWindowFixture *f,
       const char *engine)
{
  GtkWidget *dialog;

  lb_balancer_set_engine (f->balancer, engine, NULL);
  dialog = open_preferences (f, 1);
  gtk_widget_activate_action (dialog, "preferences.proxying", NULL);

  return lb_find_dialog (LB_TYPE_PROXY_DIALOG);
}

static GtkWidget *
proxy_with_haproxy (LbWindowFixture *f)
{
  GtkWidget *dialog = proxy (f, "haproxy");
  GtkWidget *certificate = lb_proxy_dialog_find (LB_PROXY_DIALOG (dialog), "certificate");

  gtk_editable_set_text (GTK_EDITABLE (certificate), "/etc/passwd");
  g_signal_emit_by_name (certificate, "activate");

  return dialog;
}

static GtkWidget *
proxy_further_down (LbWindowFixture *f)
{
  GtkWidget *dialog = proxy (f, "haproxy");

  lb_studio_settle (G_USEC_PER_SEC / 5);
  scroll_to (dialog, 1.0);

  return dialog;
}

static GtkWidget *
proxy_not (LbWindowFixture *f)
{
  return proxy (f, "redirect");
}

static GtkWidget *
proxy_in_a_small_window (LbWindowFixture *f)
{
  GtkWidget *dialog = proxy (f, "haproxy");

  gtk_window_set_default_size (GTK_WINDOW (dialog), 360, 294);

  return dialog;
}

#define POOLS \
  "backend web\n bind-process 1\n server a 127.0.0.1:9001 weight 3\n server b 127.0.0.1:9002 backup\n" \
  " server c 127.0.0.1:9003\n" \
  "backend other\n server a 127.0.0.1:9004\n"

static GtkWidget *
preview_import (LbWindowFixture *f)
{
  g_autoptr (GBytes) contents = g_bytes_new_static (POOLS, strlen (POOLS));
  LbExchangeImport *import;
  LbImportDialog *dialog;
  g_autoptr (GError) error = NULL;

  lb_balancer_add_backend (f->balancer, "http://127.0.0.1:9003", TRUE, &error);
  g_assert_no_error (error);
  import = lb_exchange_import (contents, NULL, lb_balancer_get_probe_settings (f->balancer), &error);
  g_assert_no_error (error);
  dialog = lb_import_dialog_new (GTK_WINDOW (f->window), f->balancer, import, "haproxy.cfg");
  gtk_window_present (GTK_WINDOW (dialog));

  return GTK_WIDGET (dialog);
}

static GtkWidget *
preview_import_small (LbWindowFixture *f)
{
  GtkWidget *dialog = preview_import (f);

  gtk_window_set_default_size (GTK_WINDOW (dialog), 360, 294);

  return dialog;
}

static void
reset_text (gpointer data)
{
  gtk_settings_reset_property (gtk_settings_get_default (), "gtk-xft-dpi");
}

static GtkWidget *
preview_import_large (LbWindowFixture *f)
{
  GtkWidget *dialog;

  g_object_set (gtk_settings_get_default (), "gtk-xft-dpi", 2 * 96 * PANGO_SCALE, NULL);
  dialog = preview_import (f);
  g_object_set_data_full (G_OBJECT (dialog), "reset-text", dialog, reset_text);

  return dialog;
}

static GtkWidget *
export_pool (LbWindowFixture *f)
{
  LbExportDialog *dialog = lb_export_dialog_new (GTK_WINDOW (f->window), f->balancer);

  lb_export_dialog_set_format (dialog, lb_exchange_format_find ("nginx"));
  gtk_window_present (GTK_WINDOW (dialog));

  return GTK_WIDGET (dialog);
}

static const Scene scenes[] = {
  { "import", 720, 520, 3, .act = preview_import },
  { "import-dark", 720, 520, 3, .look.dark = TRUE, .act = preview_import },
  { "import-rtl", 720, 520, 3, .look.rtl = TRUE, .act = preview_import },
  { "import-small", 720, 520, 3, .act = preview_import_small },
  { "import-large", 720, 520, 3, .act = preview_import_large },
  { "export", 720, 520, 6, .act = export_pool },
  { "export-dark", 720, 520, 6, .look.dark = TRUE, .act = export_pool },
  { "light", 960, 680, 6 },
  { "dark", 960, 680, 6, .look.dark = TRUE },
  { "right-to-left", 960, 680, 6, .look.rtl = TRUE },
  { "one", 960, 680, 1 },
  { "many", 960, 680, 60, .act = sort_by_response },
  { "small", 360, 294, 6 },
  { "small-removed", 360, 294, 6, .look.dark = TRUE, .act = remove_one },
  { "small-refused", 360, 480, 6, .act = be_refused },
  { "small-empty", 360, 294, 0 },
  { "empty", 960, 680, 0 },
  { "empty-dark", 960, 680, 0, .look.dark = TRUE },
  { "adding", 960, 680, 3, .act = open_to_add },
  { "refused", 720, 520, 3, .look.dark = TRUE, .act = be_refused },
  { "removed", 720, 520, 6, .act = remove_one },
  { "main-menu", 720, 520, 6, .act = open_main_menu },
  { "dropping", 960, 680, 3, .act = drag_over },
  { "dropping-small", 360, 294, 3, .look.dark = TRUE, .look.rtl = TRUE, .act = drag_over },
  { "not-added", 720, 520, 1, .act = add_many_urls },
  { "not-added-dark", 720, 520, 1, .look.dark = TRUE, .act = add_many_urls },
  { "copied", 720, 520, 2, .look.dark = TRUE, .act = copy },
  { "problems", 720, 520, 3, .act = have_problems },
  { "not-listening", 720, 520, 3, .mute = TRUE },
  { "not-listening-small", 360, 480, 0, .look.dark = TRUE, .mute = TRUE },
  { "another-port", 720, 520, 0, .mute = TRUE, .act = fail_to_move },
  { "shortcuts", 720, 520, 0, .act = show_shortcuts },
  { "policies", 960, 680, 3, .act = choose_policy },
  { "policies-rtl", 960, 680, 3, .look.dark = TRUE, .look.rtl = TRUE, .act = choose_policy },
  { "traffic", 960, 680, 6, .act = see_traffic },
  { "traffic-small", 360, 480, 6, .look.dark = TRUE, .act = see_traffic },
  { "traffic-many", 960, 680, 60, .look.rtl = TRUE, .act = see_traffic },
  { "threshold", 960, 680, 6, .look.dark = TRUE, .act = see_slow_ones },
  { "threshold-log", 960, 680, 60, .act = see_slow_ones_by_decades },
  { "threshold-log-one", 360, 480, 1, .act = see_slow_ones_by_decades },
  { "weights", 960, 680, 6, .act = have_weights },
  { "weights-rtl", 960, 680, 6, .look.dark = TRUE, .look.rtl = TRUE, .act = have_weights },
  { "weight-refused", 720, 520, 3, .act = refuse_weight },
  { "row-menu", 720, 520, 3, .act = open_row_menu },
  { "traffic", 960, 680, 6, .act = show_traffic },
  { "history", 960, 680, 6, .act = show_history },
  { "history-small", 360, 294, 6, .act = show_history },
  { "frozen", 960, 680, 6, .act = freeze },
  { "frozen-small", 360, 294, 6, .look.dark = TRUE, .act = freeze },
  { "find", 960, 680, 6, .act = find },
  { "find-small", 360, 294, 6, .act = find },
  { "find-nothing", 720, 520, 6, .look.dark = TRUE, .act = find_nothing },
  { "details", 960, 680, 6, .act = show_details },
  { "details-dark", 1200, 900, 6, .look.dark = TRUE, .act = show_details },
  { "details-rtl", 960, 680, 6, .look.rtl = TRUE, .act = show_details },
  { "details-small", 360, 294, 6, .act = show_details },
  { "view-menu", 960, 680, 3, .act = open_view_menu },
  { "paused", 960, 680, 6, .act = pause_all },
  { "paused-small", 360, 480, 6, .look.dark = TRUE, .act = pause_all },
  { "paused-rtl", 720, 520, 3, .look.rtl = TRUE, .act = pause_all },
  { "editor", 720, 520, 3, .act = edit },
  { "editor-dark", 720, 520, 3, .look.dark = TRUE, .act = edit },
  { "editor-rtl", 720, 520, 3, .look.rtl = TRUE, .act = edit },
  { "editor-small", 360, 480, 3, .act = edit_small },
  { "editor-refused", 720, 520, 3, .look.dark = TRUE, .act = be_refused_in_editor },
  { "editor-duplicate", 720, 520, 3, .act = edit_twice },
  { "editor-test", 720, 520, 3, .act = test_what_is_typed },
  { "preferences", 720, 520, 1, .act = prefer_listening },
  { "preferences-dark", 720, 520, 1, .look.dark = TRUE, .act = prefer_answers },
  { "preferences-rtl", 720, 520, 1, .look.rtl = TRUE, .act = prefer_desktop },
  { "preferences-small", 720, 520, 1, .act = prefer_in_a_small_window },
  { "preferences-large", 720, 520, 1, .look.large = TRUE, .act = prefer_listening },
  { "preferences-large-small", 720, 520, 1, .look.large = TRUE, .act = prefer_in_a_small_window },
  { "preferences-refused", 720, 520, 1, .look.dark = TRUE, .act = prefer_what_is_refused },
  { "proxy", 720, 520, 1, .act = proxy_with_haproxy },
  { "proxy-end", 720, 520, 1, .look.dark = TRUE, .act = proxy_further_down },
  { "proxy-not", 720, 520, 1, .act = proxy_not },
  { "proxy-rtl", 720, 520, 1, .look.rtl = TRUE, .act = proxy_with_haproxy },
  { "proxy-small", 720, 520, 1, .act = proxy_in_a_small_window },
  { "proxy-large-small", 720, 520, 1, .look.large = TRUE, .act = proxy_in_a_small_window },
  { "defaults", 720, 520, 1, .act = change_defaults },
  { "defaults-end", 720, 520, 1, .look.dark = TRUE, .act = change_last_default },
};

static void
take (const Scene *scene,
      const char *directory)
{
  LbWindowFixture f = { NULL };
  GtkWidget *subject;

  lb_studio_dress (&scene->look);

  lb_window_fixture_set_up (&f, NULL);
  lb_window_fixture_start (&f, scene->mute ? occupied_port : 0, NULL);
  lb_studio_fill (&f, scene->n_backends);

  lb_window_fixture_open (&f);
  gtk_window_set_default_size (GTK_WINDOW (f.window), scene->width, scene->height);
  lb_studio_settle (scene->n_backends > 0 ? 4 * G_USEC_PER_SEC : G_USEC_PER_SEC / 2);
  subject = GTK_WIDGET (f.window);
  gtk_widget_activate_action (GTK_WIDGET (f.window), "win.view", "s", "response-times");
  if (scene->act != NULL)
    {
      subject = scene->act (&f);
      lb_studio_settle (G_USEC_PER_SEC / 2);
    }

  lb_studio_save (subject, directory, scene->name);
  lb_window_fixture_tear_down (&f, NULL);
}

static void
take_all (const char *directory,
          char **names)
{
  g_autoptr (GSocket) occupied = lb_test_occupy_port (&occupied_port);
  guint i;

  for (i = 0; i < G_N_ELEMENTS (scenes); i++)
    if (names[0] == NULL || g_strv_contains ((const char *const *) names, scenes[i].name))
      take (&scenes[i], directory);
}

int
main (int argc,
      char *argv[])
{
  if (argc < 2)
    {
      g_printerr ("Usage: %s DIRECTORY [SCENE…]\n", argv[0]);
      return EXIT_FAILURE;
    }

  if (g_mkdir_with_parents (argv[1], 0755) != 0 || !lb_studio_open ())
    return EXIT_FAILURE;
  take_all (argv[1], argv + 2);

  return EXIT_SUCCESS;
}
