/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-test-panel.h"

#include <glib/gi18n-lib.h>

#include "chart/lb-chart-text.h"

/**
 * LbTestPanel:
 *
 * The foot of a backend's editor: a button that probes now, and what that probe saw.
 *
 * It is part of the editor's template. The button activates the editor's action `editor.test`, which
 * runs the panel with the settings as they are typed. First comes one line, whether the probe was
 * good and why; what was asked and answered can be unfolded under it. A new test, or the end of the
 * dialog, cancels the one before.
 */
struct _LbTestPanel
{
  GtkWidget parent_instance;

  GtkWidget *box;
  GtkSpinner *spinner;
  GtkImage *icon;
  GtkLabel *summary;
  GtkExpander *expander;
  GtkLabel *details;

  LbBalancer *balancer;
  GCancellable *cancellable; /* of the test under way */
};

G_DEFINE_FINAL_TYPE (LbTestPanel, lb_test_panel, GTK_TYPE_WIDGET)

static void
lb_test_panel_stop (LbTestPanel *self)
{
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
}

static void
lb_test_panel_show_waiting (LbTestPanel *self,
                            gboolean waiting)
{
  gtk_widget_set_visible (GTK_WIDGET (self->spinner), waiting);
  gtk_spinner_set_spinning (self->spinner, waiting);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), !waiting);
}

static void
lb_test_panel_show_summary (LbTestPanel *self,
                            gboolean ok,
                            const char *text)
{
  const char *const up[] = { "lb-up", NULL };
  const char *const down[] = { "lb-down", NULL };

  gtk_image_set_from_icon_name (self->icon, ok ? "lb-state-up-symbolic" : "lb-state-down-symbolic");
  gtk_widget_set_css_classes (GTK_WIDGET (self->icon), (const char **) (ok ? up : down));
  gtk_label_set_label (self->summary, text);
}

static char *
lb_test_panel_summarize (const LbProbeReport *report)
{
  g_autofree char *time = NULL;

  if (!report->result.ok)
    /* Translators: a test of a probe failed; %s is a sentence on why */
    return g_strdup_printf (_ ("Bad: %s"), report->explanation);

  time = lb_chart_text_time (report->result.response_us);
  /* Translators: a test of a probe went well; a sentence on why, and the response time */
  return g_strdup_printf (_ ("Good: %s %s"), report->explanation, time);
}

static void
add_line (GString *text,
          const char *line)
{
  if (line == NULL)
    return;

  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, line);
}

G_GNUC_PRINTF (2, 3)
static void
add_format (GString *text,
            const char *format,
            ...)
{
  g_autofree char *line = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  add_line (text, line);
}

static char *
lb_test_panel_describe (const LbProbeReport *report)
{
  GString *text = g_string_new (NULL);
  guint i;

  add_line (text, report->request);
  if (report->address != NULL)
    /* Translators: %s is an address and a port */
    add_format (text, _ ("Connected to %s"), report->address);
  add_line (text, report->certificate);

  if (report->status_line != NULL)
    {
      add_line (text, "");
      add_line (text, report->status_line);
      for (i = 0; report->headers[i] != NULL; i++)
        add_line (text, report->headers[i]);
      if (report->n_more_headers > 0)
        add_format (text,
                    g_dngettext (GETTEXT_PACKAGE, "… and %u more header", "… and %u more headers",
                                 report->n_more_headers),
                    report->n_more_headers);
    }

  if (report->body.length > 0)
    {
      g_autofree char *size = g_format_size_full (report->body.length, G_FORMAT_SIZE_IEC_UNITS);

      add_line (text, "");
      /* Translators: %s is a size, such as “2.5 KiB” */
      add_format (text, report->body.whole ? _ ("The body has %s.")
                                           : _ ("The body has more than the %s that were read."),
                  size);
    }

  if (report->load.utilization >= 0.0)
    {
      g_autofree char *load = lb_chart_text_share (report->load.utilization);

      add_format (text, _ ("It reports a load of %s."), load);
    }

  return g_string_free (text, FALSE);
}

static void
lb_test_panel_on_done (GObject *source G_GNUC_UNUSED,
                       GAsyncResult *result,
                       gpointer user_data)
{
  g_autoptr (LbTestPanel) self = user_data;
  g_autoptr (LbProbeReport) report = NULL;
  g_autoptr (GError) error = NULL;
  g_autofree char *summary = NULL;
  g_autofree char *details = NULL;

  report = lb_balancer_test_finish (self->balancer, result, &error);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;

  g_clear_object (&self->cancellable);
  lb_test_panel_show_waiting (self, FALSE);

  if (report == NULL)
    {
      lb_test_panel_show_summary (self, FALSE, error->message);
      return;
    }

  summary = lb_test_panel_summarize (report);
  details = lb_test_panel_describe (report);
  lb_test_panel_show_summary (self, report->result.ok, summary);
  gtk_label_set_label (self->details, details);
  gtk_widget_set_visible (GTK_WIDGET (self->expander), TRUE);
}

static void
lb_test_panel_dispose (GObject *object)
{
  LbTestPanel *self = LB_TEST_PANEL (object);

  lb_test_panel_stop (self);
  if (self->box != NULL)
    gtk_widget_unparent (self->box);
  self->box = NULL;

  G_OBJECT_CLASS (lb_test_panel_parent_class)->dispose (object);
}

static void
lb_test_panel_finalize (GObject *object)
{
  LbTestPanel *self = LB_TEST_PANEL (object);

  g_clear_object (&self->balancer);

  G_OBJECT_CLASS (lb_test_panel_parent_class)->finalize (object);
}

static void
lb_test_panel_class_init (LbTestPanelClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = lb_test_panel_dispose;
  object_class->finalize = lb_test_panel_finalize;

  gtk_widget_class_set_template_from_resource (
    widget_class, "/org/example/LoadBalancer/window/lb-test-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, LbTestPanel, box);
  gtk_widget_class_bind_template_child (widget_class, LbTestPanel, spinner);
  gtk_widget_class_bind_template_child (widget_class, LbTestPanel, icon);
  gtk_widget_class_bind_template_child (widget_class, LbTestPanel, summary);
  gtk_widget_class_bind_template_child (widget_class, LbTestPanel, expander);
  gtk_widget_class_bind_template_child (widget_class, LbTestPanel, details);
}

static void
lb_test_panel_init (LbTestPanel *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * lb_test_panel_new:
 *
 * Returns: (transfer floating): a panel that has nothing to show yet
 */
GtkWidget *
lb_test_panel_new (void)
{
  return g_object_new (LB_TYPE_TEST_PANEL, NULL);
}

/**
 * lb_test_panel_run:
 * @self: a panel
 * @balancer: the balancer
 * @url: the URL of a backend, which need not be in the pool
 * @settings: how to probe it
 *
 * Probes once, and shows what that probe saw as soon as it is over.
 */
void
lb_test_panel_run (LbTestPanel *self,
                   LbBalancer *balancer,
                   const char *url,
                   const LbProbeSettings *settings)
{
  g_return_if_fail (LB_IS_TEST_PANEL (self));
  g_return_if_fail (LB_IS_BALANCER (balancer));
  g_return_if_fail (url != NULL && settings != NULL);

  lb_test_panel_stop (self);
  g_set_object (&self->balancer, balancer);
  self->cancellable = g_cancellable_new ();

  lb_test_panel_show_waiting (self, TRUE);
  gtk_label_set_label (self->summary, _ ("Probing…"));
  gtk_widget_set_visible (GTK_WIDGET (self->expander), FALSE);
  lb_balancer_test_async (balancer, url, settings, self->cancellable, lb_test_panel_on_done,
                          g_object_ref (self));
}

/**
 * lb_test_panel_clear:
 * @self: a panel
 *
 * Shows nothing: what was seen is not about the settings as they are now. Cancels a test under way.
 */
void
lb_test_panel_clear (LbTestPanel *self)
{
  g_return_if_fail (LB_IS_TEST_PANEL (self));

  lb_test_panel_stop (self);
  lb_test_panel_show_waiting (self, FALSE);
  gtk_image_clear (self->icon);
  gtk_label_set_label (self->summary, "");
  gtk_widget_set_visible (GTK_WIDGET (self->expander), FALSE);
}
