/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <stdlib.h>

#include "window/lb-backend-editor.h"
#include "window/lb-defaults-dialog.h"
#include "window/lb-export-dialog.h"
#include "window/lb-history-view.h"
#include "window/lb-import-dialog.h"
#include "window/lb-node-row.h"
#include "window/lb-nodes-dialog.h"
#include "window/lb-preferences-dialog.h"
#include "window/lb-settings.h"
#include "window/lb-studio.h"

/*
 * Each view and each dialog, in every look and every size, with few and with many backends:
 *
 *     window-gallery DIRECTORY [SUBJECT…]
 */

#define MAX_SIDE 3840

typedef struct
{
  const char *name;
  const guint *pools; /* how many backends it is looked at with, up to a 0 */
  GtkWidget *(*act) (LbWindowFixture *f); /* returns what to take pictures of */
  gboolean dialog; /* has a size of its own, and is not looked at on a large screen */
} Subject;

typedef struct
{
  const char *name;
  int width;
  int height;
} Size;

static const LbLook looks[] = {
  { "light" },
  { "dark", .dark = TRUE },
  { "contrast", .contrast = TRUE },
  { "contrast-dark", .contrast = TRUE, .dark = TRUE },
  { "rtl", .rtl = TRUE },
  { "large", .large = TRUE },
};

/* The smallest that is promised, its own, and a large screen. */
static const Size sizes[] = {
  { "small", 360, 294 },
  { "default", 960, 680 },
  { "4k", MAX_SIDE, 2160 },
};

static const guint few_and_many[] = { 1, 5, 60, 0 };
static const guint some[] = { 5, 0 };
static const guint none[] = { 0 };

static GtkWidget *
see_response_times (LbWindowFixture *f)
{
  return GTK_WIDGET (f->window);
}

static GtkWidget *
see_decades (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.log-scale", NULL);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.threshold", "u", 50);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
see_traffic (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.view", "s", "traffic");

  return GTK_WIDGET (f->window);
}

static GtkWidget *
see_history (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.view", "s", "history");
  gtk_widget_activate_action (lb_find_descendant (f->window, LB_TYPE_HISTORY_VIEW), "history.range",
                              "i", 60);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
see_details (LbWindowFixture *f)
{
  const guint last = lb_pool_get_n_backends (f->pool) - 1;

  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.show-details", "s",
                              lb_backend_get_url (lb_pool_get_backend (f->pool, MIN (last, 2))));

  return GTK_WIDGET (f->window);
}

static GtkWidget *
find_those_down (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.find", NULL);
  g_action_group_change_action_state (G_ACTION_GROUP (f->window), "show",
                                      g_variant_new_string ("down"));

  return GTK_WIDGET (f->window);
}

static GtkWidget *
have_a_problem (LbWindowFixture *f)
{
  g_signal_emit_by_name (f->balancer, "problem",
                         "The settings file is not JSON (line 12). It has been kept aside, and the "
                         "program has started with an empty pool.");

  return GTK_WIDGET (f->window);
}

static GtkWidget *
add_another (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.add-backend", NULL);

  return GTK_WIDGET (f->window);
}

static GtkWidget *
edit (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.edit-backend", "s",
                              lb_backend_get_url (lb_pool_get_backend (f->pool, 0)));

  return lb_find_dialog (LB_TYPE_BACKEND_EDITOR);
}

static GtkWidget *
change_defaults (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.probe-defaults", NULL);

  return lb_find_dialog (LB_TYPE_DEFAULTS_DIALOG);
}

/* One that does not answer, one that is refused, and what they look like while requests are redirected. */
static GtkWidget *
see_nodes (LbWindowFixture *f)
{
  g_autoptr (LbNodeSnapshot) node = lb_node_snapshot_new ("192.0.2.2:9999", "192.0.2.2:9999", 0);
  GtkWidget *dialog;

  lb_balancer_add_node (f->balancer, "192.0.2.2:9999", NULL);
  lb_balancer_add_node (f->balancer, "/run/haproxy/admin.sock", NULL);
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.nodes", NULL);
  dialog = lb_find_dialog (LB_TYPE_NODES_DIALOG);
  gtk_editable_set_text (lb_template_child (dialog, "entry"), "nowhere");
  g_signal_emit_by_name (lb_template_child (dialog, "entry"), "activate");

  node->state = LB_NODE_SERVING;
  node->version = g_strdup ("2.6.12");
  g_strfreev (node->foreign);
  node->foreign = g_strsplit ("127.0.0.1:8001 is drain, not ready", "\n", -1);
  lb_node_row_update ((LbNodeRow *) gtk_list_box_get_row_at_index (lb_template_child (dialog, "list"), 0), node);

  return dialog;
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

#define POOLS \
  "backend web\n bind-process 1\n server a 127.0.0.1:9001 weight 3\n server b 127.0.0.1:9002 backup\n" \
  " server c 127.0.0.1:9003\n" \
  "backend other\n server a 127.0.0.1:9004\n"

static GtkWidget *
preview_import (LbWindowFixture *f)
{
  g_autoptr (GBytes) contents = g_bytes_new_static (POOLS, strlen (POOLS));
  g_autoptr (GError) error = NULL;
  LbExchangeImport *import;
  LbImportDialog *dialog;

  import = lb_exchange_import (contents, NULL, lb_balancer_get_probe_settings (f->balancer), &error);
  g_assert_no_error (error);
  dialog = lb_import_dialog_new (GTK_WINDOW (f->window), f->balancer, import, "haproxy.cfg");
  gtk_window_present (GTK_WINDOW (dialog));

  return GTK_WIDGET (dialog);
}

static GtkWidget *
export_pool (LbWindowFixture *f)
{
  LbExportDialog *dialog = lb_export_dialog_new (GTK_WINDOW (f->window), f->balancer);

  lb_export_dialog_set_format (dialog, lb_exchange_format_find ("nginx"));
  gtk_window_present (GTK_WINDOW (dialog));

  return GTK_WIDGET (dialog);
}

static GtkWidget *
remove_one (LbWindowFixture *f)
{
  gtk_widget_activate_action (GTK_WIDGET (f->window), "win.remove-backend", "s",
                              lb_backend_get_url (lb_pool_get_backend (f->pool, 1)));

  return GTK_WIDGET (f->window);
}

static GtkWidget *
pause_all (LbWindowFixture *f)
{
  lb_balancer_set_paused (f->balancer, TRUE);

  return GTK_WIDGET (f->window);
}

/* Those that change the pool come last. */
static const Subject subjects[] = {
  { "empty", none, see_response_times },
  { "response-times", few_and_many, see_response_times },
  { "traffic", few_and_many, see_traffic },
  { "history", few_and_many, see_history },
  { "details", few_and_many, see_details },
  { "find", some, find_those_down },
  { "problem", some, have_a_problem },
  { "adding", some, add_another },
  { "editor", some, edit, TRUE },
  { "defaults", some, change_defaults, TRUE },
  { "nodes", some, see_nodes, TRUE },
  { "preferences-listening", some, prefer_listening, TRUE },
  { "preferences-answers", some, prefer_answers, TRUE },
  { "preferences-desktop", some, prefer_desktop, TRUE },
  { "import", some, preview_import, TRUE },
  { "export", some, export_pool, TRUE },
  { "decades", few_and_many, see_decades },
  { "removed", some, remove_one },
  { "paused", some, pause_all },
};

static void
take_in_all_sizes (const Subject *subject,
                   GtkWidget *widget,
                   const LbLook *look,
                   guint n_backends,
                   const char *directory)
{
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s-%u-%s-%s", subject->name, n_backends, look->name,
                                               sizes[i].name);

      if (subject->dialog && sizes[i].width == MAX_SIDE)
        continue;
      if (subject->dialog && i > 0)
        gtk_window_set_default_size (GTK_WINDOW (widget), 540, 560);
      else
        gtk_window_set_default_size (GTK_WINDOW (widget), sizes[i].width, sizes[i].height);

      lb_studio_settle (G_USEC_PER_SEC / 5);
      lb_studio_save (widget, directory, name);
    }
}

static void
close_window (LbWindowFixture *f)
{
  g_object_add_weak_pointer (G_OBJECT (f->window), (gpointer *) &f->window);
  gtk_window_destroy (GTK_WINDOW (f->window));
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_null (f->window);
}

static void
take (const Subject *subject,
      LbWindowFixture *f,
      guint n_backends,
      const char *directory)
{
  g_autoptr (GSettings) settings = lb_settings_new ();
  GtkWidget *widget;

  g_settings_reset (settings, "view");
  g_settings_reset (settings, "log-scale");
  g_settings_reset (settings, "threshold-ms");
  lb_studio_dress (&looks[0]);
  lb_window_fixture_open (f);
  lb_studio_settle (G_USEC_PER_SEC);
  widget = subject->act (f);
  lb_studio_settle (G_USEC_PER_SEC / 2);

  for (guint i = 0; i < G_N_ELEMENTS (looks); i++)
    {
      lb_studio_dress (&looks[i]);
      lb_studio_settle (G_USEC_PER_SEC / 5);
      take_in_all_sizes (subject, widget, &looks[i], n_backends, directory);
    }

  close_window (f);
}

static gboolean
wants (const Subject *subject,
       guint n_backends)
{
  if (n_backends == 0)
    return subject->pools[0] == 0;

  for (const guint *n = subject->pools; *n > 0; n++)
    if (*n == n_backends)
      return TRUE;

  return FALSE;
}

/* One balancer for all of them, so that there is some history. */
static void
take_all (guint n_backends,
          const char *directory,
          char **names)
{
  LbWindowFixture f = { NULL };

  lb_window_fixture_set_up (&f, NULL);
  lb_window_fixture_start (&f, 0, NULL);
  lb_studio_fill (&f, n_backends);
  lb_studio_settle (n_backends > 0 ? 6 * G_USEC_PER_SEC : 0);

  for (guint i = 0; i < G_N_ELEMENTS (subjects); i++)
    if (wants (&subjects[i], n_backends) &&
        (names[0] == NULL || g_strv_contains ((const char *const *) names, subjects[i].name)))
      take (&subjects[i], &f, n_backends, directory);

  lb_window_fixture_tear_down (&f, NULL);
}

int
main (int argc,
      char *argv[])
{
  static const guint pools[] = { 0, 1, 5, 60 };

  if (argc < 2)
    {
      g_printerr ("Usage: %s DIRECTORY [SUBJECT…]\n", argv[0]);
      return EXIT_FAILURE;
    }

  if (g_mkdir_with_parents (argv[1], 0755) != 0 || !lb_studio_open ())
    return EXIT_FAILURE;
  for (guint i = 0; i < G_N_ELEMENTS (pools); i++)
    take_all (pools[i], argv[1], argv + 2);

  return EXIT_SUCCESS;
}
