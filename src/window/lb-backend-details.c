/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-backend-details.h"

#include <glib/gi18n-lib.h>

#include "window/lb-detail-text.h"

/**
 * LbBackendDetails:
 *
 * All that is known of one backend: why it is used or not, its health, response times, traffic and
 * weight, how it is probed, and what each of its last probes saw.
 *
 * It is part of the window's template. The window says which backend and hands over each snapshot.
 * The rows are made once; a snapshot changes only what they say, and the words that stay the same
 * are not set anew.
 */
struct _LbBackendDetails
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkLabel *title;
  GtkLabel *reason;
  GtkBox *facts;
  GtkBox *probes;
  GtkWidget *no_probes;
  GtkWidget *close;

  GtkWidget **values; /* of lb_detail_fields(), labels in their places */
  GtkWidget **titles; /* likewise */

  LbBalancer *balancer;
  LbBackend *backend; /* NULL while it is closed */
  LbSnapshot *snapshot;
};

G_DEFINE_FINAL_TYPE (LbBackendDetails, lb_backend_details, GTK_TYPE_WIDGET)

static void
set_label (GtkLabel *label,
           const char *text)
{
  if (g_strcmp0 (gtk_label_get_label (label), text) != 0)
    gtk_label_set_label (label, text);
}

static GtkWidget *
lb_backend_details_new_label (const char *text,
                              const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_widget_set_valign (label, GTK_ALIGN_START);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);

  return label;
}

static GtkGrid *
lb_backend_details_add_group (LbBackendDetails *self,
                              const char *heading)
{
  GtkWidget *label = lb_backend_details_new_label (heading, "heading");
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_homogeneous (GTK_GRID (grid), TRUE);
  gtk_widget_add_css_class (label, "lb-group");
  gtk_accessible_update_relation (GTK_ACCESSIBLE (grid), GTK_ACCESSIBLE_RELATION_LABELLED_BY, label,
                                  NULL, -1);
  gtk_box_append (self->facts, label);
  gtk_box_append (self->facts, grid);

  return GTK_GRID (grid);
}

static void
lb_backend_details_add_facts (LbBackendDetails *self)
{
  const LbDetailField *fields;
  GtkGrid *grid = NULL;
  guint n_fields;
  guint i;

  fields = lb_detail_fields (&n_fields);
  self->titles = g_new0 (GtkWidget *, n_fields);
  self->values = g_new0 (GtkWidget *, n_fields);

  for (i = 0; i < n_fields; i++)
    {
      if (fields[i].group != NULL)
        grid = lb_backend_details_add_group (self, _ (fields[i].group));

      self->titles[i] = lb_backend_details_new_label (_ (fields[i].title), "dim-label");
      self->values[i] = lb_backend_details_new_label (NULL, "numeric");
      gtk_label_set_selectable (GTK_LABEL (self->values[i]), TRUE);
      gtk_accessible_update_relation (GTK_ACCESSIBLE (self->values[i]),
                                      GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->titles[i], NULL,
                                      -1);
      gtk_grid_attach (grid, self->titles[i], 0, (int) i, 1, 1);
      gtk_grid_attach (grid, self->values[i], 1, (int) i, 1, 1);
    }
}

static void
lb_backend_details_add_probe_rows (LbBackendDetails *self)
{
  guint i;

  for (i = 0; i < LB_PROBE_LOG_LENGTH; i++)
    {
      GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      GtkWidget *icon = gtk_image_new ();

      gtk_widget_set_valign (icon, GTK_ALIGN_START);
      gtk_box_append (GTK_BOX (row), icon);
      gtk_box_append (GTK_BOX (row), lb_backend_details_new_label (NULL, "numeric"));
      gtk_box_append (GTK_BOX (row), lb_backend_details_new_label (NULL, "numeric"));
      gtk_widget_set_visible (row, FALSE);
      gtk_box_append (self->probes, row);
    }
}

static void
lb_backend_details_show_probe (GtkWidget *row,
                               const LbProbeEntry *entry)
{
  GtkWidget *icon = gtk_widget_get_first_child (row);
  GtkWidget *time = gtk_widget_get_next_sibling (icon);
  GtkWidget *words = gtk_widget_get_next_sibling (time);
  g_autofree char *time_text = NULL;
  g_autofree char *text = NULL;

  gtk_widget_set_visible (row, entry != NULL);
  if (entry == NULL)
    return;

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), entry->ok ? "lb-state-up-symbolic"
                                                            : "lb-state-down-symbolic");
  gtk_widget_remove_css_class (icon, entry->ok ? "lb-down" : "lb-up");
  gtk_widget_add_css_class (icon, entry->ok ? "lb-up" : "lb-down");

  time_text = lb_detail_text_time (entry->time_us);
  set_label (GTK_LABEL (time), time_text);
  text = lb_detail_text_probe (entry);
  set_label (GTK_LABEL (words), text);
}

static void
lb_backend_details_update_probes (LbBackendDetails *self)
{
  const LbProbeLog *log = lb_backend_get_probe_log (self->backend);
  GtkWidget *row = gtk_widget_get_first_child (GTK_WIDGET (self->probes));
  guint i;

  for (i = 0; row != NULL; i++, row = gtk_widget_get_next_sibling (row))
    lb_backend_details_show_probe (row, lb_probe_log_get (log, i));

  gtk_widget_set_visible (self->no_probes, lb_probe_log_get (log, 0) == NULL);
}

/* Returns: (nullable): the figures of the backend that is shown; a URL is shared, not copied */
static const LbBackendFigures *
lb_backend_details_find (LbBackendDetails *self)
{
  const char *url = lb_backend_get_url (self->backend);
  guint i;

  for (i = 0; i < self->snapshot->n_backends; i++)
    if (self->snapshot->backends[i].url == url)
      return &self->snapshot->backends[i];

  return NULL;
}

static void
lb_backend_details_update_facts (LbBackendDetails *self,
                                 const LbBackendFigures *figures)
{
  g_auto (LbProbeSettings) settings = { 0 };
  g_autofree char *reason = NULL;
  const LbDetailField *fields;
  LbDetail detail = { 0 };
  guint n_fields;
  guint i;

  lb_probe_settings_merge (&settings, lb_balancer_get_probe_settings (self->balancer),
                           lb_backend_get_exceptions (self->backend));
  detail.figures = figures;
  detail.time_us = self->snapshot->time_us;
  detail.settings = &settings;
  detail.interval_ms = self->snapshot->probe_interval_ms;
  detail.starting =
    lb_load_is_starting (lb_backend_get_load (self->backend), g_get_monotonic_time ());

  reason = lb_detail_text_reason (&detail);
  set_label (self->reason, reason);

  fields = lb_detail_fields (&n_fields);
  for (i = 0; i < n_fields; i++)
    {
      g_autofree char *text = fields[i].format (&detail);

      gtk_widget_set_visible (self->titles[i], text != NULL);
      gtk_widget_set_visible (self->values[i], text != NULL);
      if (text != NULL)
        set_label (GTK_LABEL (self->values[i]), text);
    }
}

static void
lb_backend_details_update (LbBackendDetails *self)
{
  const LbBackendFigures *figures;

  if (self->backend == NULL || self->snapshot == NULL)
    return;

  lb_backend_details_update_probes (self);
  figures = lb_backend_details_find (self);
  if (figures != NULL)
    lb_backend_details_update_facts (self, figures);
}

/* The buttons: `details.edit` is the window's `win.edit-backend` with the URL of what is shown. */
static const struct
{
  const char *name;
  const char *window_action;
} details_actions[] = {
  { "details.edit", "win.edit-backend" },
  { "details.probe", "win.probe-backend" },
  { "details.copy", "win.copy-url" },
  { "details.open", "win.open-url" },
};

static void
lb_backend_details_activate (GtkWidget *widget,
                             const char *action_name,
                             GVariant *parameter G_GNUC_UNUSED)
{
  LbBackendDetails *self = LB_BACKEND_DETAILS (widget);
  guint i;

  if (self->backend == NULL)
    return;

  for (i = 0; i < G_N_ELEMENTS (details_actions); i++)
    if (g_str_equal (details_actions[i].name, action_name))
      gtk_widget_activate_action (widget, details_actions[i].window_action, "s",
                                  lb_backend_get_url (self->backend));
}

static void
lb_backend_details_dispose (GObject *object)
{
  LbBackendDetails *self = LB_BACKEND_DETAILS (object);

  g_clear_object (&self->balancer);
  g_clear_object (&self->backend);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  g_clear_pointer (&self->titles, g_free);
  g_clear_pointer (&self->values, g_free);
  if (self->box != NULL)
    gtk_widget_unparent (self->box);
  self->box = NULL;

  G_OBJECT_CLASS (lb_backend_details_parent_class)->dispose (object);
}

static void
lb_backend_details_class_init (LbBackendDetailsClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  guint i;

  object_class->dispose = lb_backend_details_dispose;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-backend-details.ui");
  gtk_widget_class_bind_template_child (widget_class, LbBackendDetails, box);
  gtk_widget_class_bind_template_child (widget_class, LbBackendDetails, title);
  gtk_widget_class_bind_template_child (widget_class, LbBackendDetails, reason);
  gtk_widget_class_bind_template_child (widget_class, LbBackendDetails, facts);
  gtk_widget_class_bind_template_child (widget_class, LbBackendDetails, probes);
  gtk_widget_class_bind_template_child (widget_class, LbBackendDetails, no_probes);
  gtk_widget_class_bind_template_child (widget_class, LbBackendDetails, close);

  for (i = 0; i < G_N_ELEMENTS (details_actions); i++)
    gtk_widget_class_install_action (widget_class, details_actions[i].name, NULL,
                                     lb_backend_details_activate);
}

static void
lb_backend_details_init (LbBackendDetails *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  lb_backend_details_add_facts (self);
  lb_backend_details_add_probe_rows (self);
}

/**
 * lb_backend_details_new:
 *
 * Returns: (transfer floating): details of nobody yet
 */
GtkWidget *
lb_backend_details_new (void)
{
  return g_object_new (LB_TYPE_BACKEND_DETAILS, NULL);
}

/**
 * lb_backend_details_set_balancer:
 * @self: details
 * @balancer: whose backends are shown
 */
void
lb_backend_details_set_balancer (LbBackendDetails *self,
                                 LbBalancer *balancer)
{
  g_return_if_fail (LB_IS_BACKEND_DETAILS (self));
  g_return_if_fail (LB_IS_BALANCER (balancer));

  g_set_object (&self->balancer, balancer);
}

/**
 * lb_backend_details_set_backend:
 * @self: details
 * @backend: (nullable): who is shown from now on; %NULL for nobody
 */
void
lb_backend_details_set_backend (LbBackendDetails *self,
                                LbBackend *backend)
{
  g_return_if_fail (LB_IS_BACKEND_DETAILS (self));
  g_return_if_fail (backend == NULL || LB_IS_BACKEND (backend));

  if (!g_set_object (&self->backend, backend) || backend == NULL)
    return;

  gtk_label_set_label (self->title, lb_backend_get_url (backend));
  lb_backend_details_update (self);
}

/**
 * lb_backend_details_get_backend:
 * @self: details
 *
 * Returns: (transfer none) (nullable): who is shown
 */
LbBackend *
lb_backend_details_get_backend (LbBackendDetails *self)
{
  g_return_val_if_fail (LB_IS_BACKEND_DETAILS (self), NULL);

  return self->backend;
}

/**
 * lb_backend_details_set_snapshot:
 * @self: details
 * @snapshot: the latest figures
 */
void
lb_backend_details_set_snapshot (LbBackendDetails *self,
                                 LbSnapshot *snapshot)
{
  g_return_if_fail (LB_IS_BACKEND_DETAILS (self));
  g_return_if_fail (snapshot != NULL);

  lb_snapshot_ref (snapshot);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);
  self->snapshot = snapshot;

  lb_backend_details_update (self);
}

/**
 * lb_backend_details_focus:
 * @self: details
 *
 * Gives the focus to the button that closes them. Not by gtk_widget_grab_focus(): GTK calls that on the way of
 * the Tab key too, which would then pass over what comes before.
 */
void
lb_backend_details_focus (LbBackendDetails *self)
{
  g_return_if_fail (LB_IS_BACKEND_DETAILS (self));

  gtk_widget_grab_focus (self->close);
}
