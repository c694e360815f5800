/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-probe-page.h"

#include <glib/gi18n-lib.h>

#include "window/lb-probe-row.h"
#include "window/lb-probe-words.h"

/**
 * LbProbePage:
 *
 * All settings of the probes, one [class@ProbeRow] under the other, in groups with a heading.
 *
 * It is part of a dialog's template, and gets its rows when the dialog says what it is to show:
 * everybody's settings, or in what one backend differs from them. Which rows there are is the
 * table's of lb_probe_fields().
 */
struct _LbProbePage
{
  GtkWidget parent_instance;

  GtkBox *box;
  GPtrArray *rows; /* of LbProbeRow, owned by the box; at the places of the table, or NULL */
};

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbProbePage, lb_probe_page, GTK_TYPE_WIDGET)

static void
lb_probe_page_on_changed (LbProbePage *self)
{
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
lb_probe_page_add_heading (LbProbePage *self,
                           const char *text)
{
  GtkWidget *heading = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (heading), 0.0f);
  gtk_label_set_wrap (GTK_LABEL (heading), TRUE);
  gtk_widget_add_css_class (heading, "heading");
  gtk_widget_add_css_class (heading, "lb-group");
  gtk_box_append (self->box, heading);
}

static void
lb_probe_page_make_rows (LbProbePage *self,
                         gboolean optional)
{
  const LbSetting *fields;
  guint n_fields;
  guint i;

  fields = lb_probe_fields (&n_fields);
  for (i = 0; i < n_fields; i++)
    {
      const LbProbeWords *words = lb_probe_words_find (&fields[i]);
      GtkWidget *row;

      if (words->group != NULL)
        lb_probe_page_add_heading (self, _ (words->group));

      if (fields[i].exception_only && !optional)
        {
          g_ptr_array_add (self->rows, NULL);
          continue;
        }

      row = lb_probe_row_new (&fields[i], optional);
      gtk_box_append (self->box, row);
      g_ptr_array_add (self->rows, row);
    }
}

/* Once all rows have been filled: what a person does from now on counts as a change. */
static void
lb_probe_page_watch (LbProbePage *self)
{
  guint i;

  for (i = 0; i < self->rows->len; i++)
    if (g_ptr_array_index (self->rows, i) != NULL)
      g_signal_connect_object (g_ptr_array_index (self->rows, i), "changed",
                               G_CALLBACK (lb_probe_page_on_changed), self, G_CONNECT_SWAPPED);
}

static void
lb_probe_page_dispose (GObject *object)
{
  LbProbePage *self = LB_PROBE_PAGE (object);

  g_ptr_array_set_size (self->rows, 0);
  if (self->box != NULL)
    gtk_widget_unparent (GTK_WIDGET (self->box));
  self->box = NULL;

  G_OBJECT_CLASS (lb_probe_page_parent_class)->dispose (object);
}

static void
lb_probe_page_finalize (GObject *object)
{
  LbProbePage *self = LB_PROBE_PAGE (object);

  g_ptr_array_unref (self->rows);

  G_OBJECT_CLASS (lb_probe_page_parent_class)->finalize (object);
}

static void
lb_probe_page_class_init (LbProbePageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_probe_page_dispose;
  object_class->finalize = lb_probe_page_finalize;

  /**
   * LbProbePage::changed:
   * @self: the page
   *
   * Somebody has changed a setting; it may be one that is refused.
   */
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);

  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
lb_probe_page_init (LbProbePage *self)
{
  self->rows = g_ptr_array_new ();
  self->box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_VERTICAL, 12));
  gtk_widget_set_parent (GTK_WIDGET (self->box), GTK_WIDGET (self));
}

/**
 * lb_probe_page_new:
 *
 * Returns: (transfer floating): an empty page
 */
GtkWidget *
lb_probe_page_new (void)
{
  return g_object_new (LB_TYPE_PROBE_PAGE, NULL);
}

/**
 * lb_probe_page_show_defaults:
 * @self: an empty page
 * @settings: what it is to show
 *
 * Shows everybody's settings, to be changed, or each set back to what it is at first.
 */
void
lb_probe_page_show_defaults (LbProbePage *self,
                             const LbProbeSettings *settings)
{
  g_auto (LbProbeSettings) factory = { 0 };
  guint i;

  g_return_if_fail (LB_IS_PROBE_PAGE (self));
  g_return_if_fail (settings != NULL);
  g_return_if_fail (self->rows->len == 0);

  lb_probe_page_make_rows (self, FALSE);
  lb_probe_settings_init (&factory);
  for (i = 0; i < self->rows->len; i++)
    if (g_ptr_array_index (self->rows, i) != NULL)
      {
        lb_probe_row_set_own (g_ptr_array_index (self->rows, i), settings);
        lb_probe_row_set_default (g_ptr_array_index (self->rows, i), &factory);
      }
  lb_probe_page_watch (self);
}

/**
 * lb_probe_page_show_exceptions:
 * @self: an empty page
 * @defaults: everybody's settings
 * @exceptions: in what a backend differs
 *
 * Shows how one backend is probed. Each setting can be made an exception.
 */
void
lb_probe_page_show_exceptions (LbProbePage *self,
                               const LbProbeSettings *defaults,
                               const LbProbeExceptions *exceptions)
{
  guint i;

  g_return_if_fail (LB_IS_PROBE_PAGE (self));
  g_return_if_fail (defaults != NULL && exceptions != NULL);
  g_return_if_fail (self->rows->len == 0);

  lb_probe_page_make_rows (self, TRUE);
  for (i = 0; i < self->rows->len; i++)
    {
      LbProbeRow *row = g_ptr_array_index (self->rows, i);

      lb_probe_row_set_default (row, defaults);
      if ((exceptions->set & (1u << i)) != 0)
        lb_probe_row_set_own (row, &exceptions->values);
    }
  lb_probe_page_watch (self);
}

/**
 * lb_probe_page_get_valid:
 * @self: a page
 *
 * Returns: whether all that is set may be. What may not says so itself.
 */
gboolean
lb_probe_page_get_valid (LbProbePage *self)
{
  guint i;

  g_return_val_if_fail (LB_IS_PROBE_PAGE (self), FALSE);

  for (i = 0; i < self->rows->len; i++)
    {
      LbProbeRow *row = g_ptr_array_index (self->rows, i);

      if (row != NULL && !lb_probe_row_get_valid (row))
        return FALSE;
    }

  return TRUE;
}

/**
 * lb_probe_page_store:
 * @self: a page that is valid
 * @exceptions: where to put what is not left at its default: with everybody's settings all of them
 */
void
lb_probe_page_store (LbProbePage *self,
                     LbProbeExceptions *exceptions)
{
  guint i;

  g_return_if_fail (LB_IS_PROBE_PAGE (self));
  g_return_if_fail (exceptions != NULL);

  for (i = 0; i < self->rows->len; i++)
    {
      LbProbeRow *row = g_ptr_array_index (self->rows, i);

      if (row == NULL || !lb_probe_row_get_own (row))
        continue;

      lb_probe_row_store (row, &exceptions->values);
      exceptions->set |= 1u << i;
    }
}

/**
 * lb_probe_page_find:
 * @self: a page
 * @name: a setting's name
 *
 * Returns: (transfer none) (nullable): its row
 */
GtkWidget *
lb_probe_page_find (LbProbePage *self,
                    const char *name)
{
  guint i;

  g_return_val_if_fail (LB_IS_PROBE_PAGE (self), NULL);

  for (i = 0; i < self->rows->len; i++)
    {
      LbProbeRow *row = g_ptr_array_index (self->rows, i);

      if (row != NULL && g_str_equal (lb_probe_row_get_field (row)->name, name))
        return GTK_WIDGET (row);
    }

  return NULL;
}
