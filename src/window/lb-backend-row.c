/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-backend-row.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "chart/lb-chart-column.h"
#include "chart/lb-chart-measure.h"
#include "chart/lb-chart-text.h"
#include "window/lb-probe-text.h"

/**
 * LbBackendRow:
 *
 * One backend as the list shows it: the backend, its latest figures from a snapshot, and those
 * figures in words.
 *
 * [class@BackendList] makes one for each backend of the pool, hands it new figures with every
 * snapshot, and drops it when the backend leaves the pool. The texts are made when a cell asks for
 * them, so a row that is scrolled out of sight costs nothing but the comparison of its numbers.
 *
 * For each column there is a text to show, a dash where a figure is not known. What rows are sorted
 * and searched by are the figures themselves.
 */
struct _LbBackendRow
{
  GObject parent_instance;

  LbBackend *backend;
  LbBackendFigures figures;
};

enum
{
  PROP_0,
  PROP_BACKEND,
  PROP_URL,
  PROP_STATE_WORD,
  PROP_STATE_ICON,
  PROP_STATE_STYLE,
  PROP_STATE_REASON,
  PROP_WEIGHT_TEXT,
  PROP_EFFECTIVE_TEXT,
  PROP_EFFECTIVE_REASON,
  PROP_BACKUP,
  PROP_BACKUP_TEXT,
  PROP_IN_FLIGHT_TEXT,
  PROP_RESPONSE_TEXT,
  PROP_P95_TEXT,
  PROP_REDIRECTS_TEXT,
  PROP_SHARE_TEXT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (LbBackendRow, lb_backend_row, G_TYPE_OBJECT)

/* What the state column says of each kind of bar. */
static const struct
{
  const char *word;
  const char *icon;
  const char *const css_classes[2];
} row_states[] = {
  [LB_CHART_UP] = { N_ ("Up"), "lb-state-up-symbolic", { "lb-up" } },
  [LB_CHART_DOWN] = { N_ ("Down"), "lb-state-down-symbolic", { "lb-down" } },
  [LB_CHART_DRAIN] = { N_ ("Drain"), "lb-state-drain-symbolic", { NULL } },
  [LB_CHART_MAINT] = { N_ ("Maintenance"), "lb-state-maint-symbolic", { NULL } },
  [LB_CHART_UNKNOWN] = { N_ ("Unknown"), "lb-state-unknown-symbolic", { NULL } },
};

static gboolean
differ (double a,
        double b)
{
  return a < b || a > b;
}

/* A weight that counts, to a few digits. */
static char *
format_weight (double weight)
{
  return g_strdup_printf ("%.*f", weight < 9.995 ? 2 : weight < 99.95 ? 1 : 0, weight);
}

/* Whether the weight counts for something else than what is set, as far as a person can see. */
static gboolean
lb_backend_row_has_moved (LbBackendRow *self)
{
  return fabs (self->figures.effective_weight - self->figures.weight) >= 0.005;
}

static char *
lb_backend_row_get_effective_text (LbBackendRow *self)
{
  g_autofree char *weight = NULL;

  if (!lb_backend_row_has_moved (self))
    return g_strdup ("");

  weight = format_weight (self->figures.effective_weight);
  /* Translators: the weight that counts now, such as “now 0.42”, beside the weight that is set */
  return g_strdup_printf (_ ("now %s"), weight);
}

static char *
lb_backend_row_get_effective_reason (LbBackendRow *self)
{
  g_autofree char *weight = NULL;

  if (!lb_backend_row_has_moved (self))
    return NULL;

  weight = format_weight (self->figures.effective_weight);
  /* Translators: weights, such as “The weight is set to 2, and counts for 0.42 now: …” */
  return g_strdup_printf (_ ("The weight is set to %u, and counts for %s now: it grows slowly after "
                             "coming up, and follows what the policy learns."),
                          self->figures.weight, weight);
}

static gint64
lb_backend_row_get_response_us (LbBackendRow *self)
{
  return lb_chart_measure_get_value (LB_CHART_RESPONSE_TIMES, &self->figures);
}

static void
lb_backend_row_get_property (GObject *object,
                             guint prop_id,
                             GValue *value,
                             GParamSpec *pspec)
{
  LbBackendRow *self = LB_BACKEND_ROW (object);

  switch (prop_id)
    {
    case PROP_BACKEND:
      g_value_set_object (value, self->backend);
      break;

    case PROP_URL:
      g_value_set_string (value, lb_backend_get_url (self->backend));
      break;

    case PROP_STATE_WORD:
      g_value_set_string (value, _ (row_states[lb_chart_column_kind (&self->figures)].word));
      break;

    case PROP_STATE_ICON:
      g_value_set_string (value, row_states[lb_chart_column_kind (&self->figures)].icon);
      break;

    case PROP_STATE_STYLE:
      g_value_set_boxed (value, row_states[lb_chart_column_kind (&self->figures)].css_classes);
      break;

    case PROP_STATE_REASON:
      g_value_take_string (value, lb_probe_text_state (&self->figures));
      break;

    case PROP_WEIGHT_TEXT:
      g_value_take_string (value, g_strdup_printf ("%u", self->figures.weight));
      break;

    case PROP_EFFECTIVE_TEXT:
      g_value_take_string (value, lb_backend_row_get_effective_text (self));
      break;

    case PROP_EFFECTIVE_REASON:
      g_value_take_string (value, lb_backend_row_get_effective_reason (self));
      break;

    case PROP_BACKUP:
      g_value_set_boolean (value, self->figures.backup);
      break;

    case PROP_BACKUP_TEXT:
      g_value_set_string (value, self->figures.backup ? _ ("Backup") : "");
      break;

    case PROP_IN_FLIGHT_TEXT:
      g_value_take_string (value, g_strdup_printf ("%.1f", self->figures.in_flight));
      break;

    case PROP_RESPONSE_TEXT:
      g_value_take_string (value, lb_chart_text_time (lb_backend_row_get_response_us (self)));
      break;

    case PROP_P95_TEXT:
      g_value_take_string (value, lb_chart_text_time (self->figures.latency.p95_us));
      break;

    case PROP_REDIRECTS_TEXT:
      g_value_take_string (value, g_strdup_printf ("%'" G_GUINT64_FORMAT, self->figures.redirects));
      break;

    case PROP_SHARE_TEXT:
      g_value_take_string (value, lb_chart_text_share (self->figures.share));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_backend_row_dispose (GObject *object)
{
  LbBackendRow *self = LB_BACKEND_ROW (object);

  g_clear_pointer (&self->figures.last_probe.error, g_ref_string_release);
  g_clear_object (&self->backend);

  G_OBJECT_CLASS (lb_backend_row_parent_class)->dispose (object);
}

static void
lb_backend_row_class_init (LbBackendRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->get_property = lb_backend_row_get_property;
  object_class->dispose = lb_backend_row_dispose;

  properties[PROP_BACKEND] =
    g_param_spec_object ("backend", NULL, NULL, LB_TYPE_BACKEND, flags);
  properties[PROP_URL] =
    g_param_spec_string ("url", NULL, NULL, NULL, flags);
  properties[PROP_STATE_WORD] =
    g_param_spec_string ("state-word", NULL, NULL, NULL, flags);
  properties[PROP_STATE_ICON] =
    g_param_spec_string ("state-icon", NULL, NULL, NULL, flags);
  properties[PROP_STATE_STYLE] =
    g_param_spec_boxed ("state-style", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_STATE_REASON] =
    g_param_spec_string ("state-reason", NULL, NULL, NULL, flags);
  properties[PROP_WEIGHT_TEXT] =
    g_param_spec_string ("weight-text", NULL, NULL, NULL, flags);
  properties[PROP_EFFECTIVE_TEXT] =
    g_param_spec_string ("effective-text", NULL, NULL, NULL, flags);
  properties[PROP_EFFECTIVE_REASON] =
    g_param_spec_string ("effective-reason", NULL, NULL, NULL, flags);
  properties[PROP_BACKUP] =
    g_param_spec_boolean ("backup", NULL, NULL, FALSE, flags);
  properties[PROP_BACKUP_TEXT] =
    g_param_spec_string ("backup-text", NULL, NULL, NULL, flags);
  properties[PROP_IN_FLIGHT_TEXT] =
    g_param_spec_string ("in-flight-text", NULL, NULL, NULL, flags);
  properties[PROP_RESPONSE_TEXT] =
    g_param_spec_string ("response-text", NULL, NULL, NULL, flags);
  properties[PROP_P95_TEXT] =
    g_param_spec_string ("p95-text", NULL, NULL, NULL, flags);
  properties[PROP_REDIRECTS_TEXT] =
    g_param_spec_string ("redirects-text", NULL, NULL, NULL, flags);
  properties[PROP_SHARE_TEXT] =
    g_param_spec_string ("share-text", NULL, NULL, NULL, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
lb_backend_row_init (LbBackendRow *self)
{
  self->figures.latency.p95_us = -1;
  self->figures.reported = -1.0;
}

/**
 * lb_backend_row_new:
 * @backend: the backend
 *
 * Returns: (transfer full): a row that shows @backend as not probed yet, until it gets figures
 */
LbBackendRow *
lb_backend_row_new (LbBackend *backend)
{
  LbBackendRow *self;

  g_return_val_if_fail (LB_IS_BACKEND (backend), NULL);

  self = g_object_new (LB_TYPE_BACKEND_ROW, NULL);
  self->backend = g_object_ref (backend);
  self->figures.url = (char *) lb_backend_get_url (backend);
  self->figures.state = lb_backend_get_state (backend);
  self->figures.weight = lb_backend_get_weight (backend);
  self->figures.effective_weight = self->figures.weight;
  self->figures.backup = lb_backend_get_backup (backend);

  return self;
}

/**
 * lb_backend_row_get_backend:
 * @self: a row
 *
 * Returns: (transfer none): the backend that the row shows
 */
LbBackend *
lb_backend_row_get_backend (LbBackendRow *self)
{
  g_return_val_if_fail (LB_IS_BACKEND_ROW (self), NULL);

  return self->backend;
}

/**
 * lb_backend_row_get_figures:
 * @self: a row
 *
 * Returns: (transfer none): what it shows, until it is updated
 */
const LbBackendFigures *
lb_backend_row_get_figures (LbBackendRow *self)
{
  g_return_val_if_fail (LB_IS_BACKEND_ROW (self), NULL);

  return &self->figures;
}

static void
lb_backend_row_notify (LbBackendRow *self,
                       guint prop_id)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[prop_id]);
}

/* Keeps a copy of @figures. Its URL is the backend's own. */
static void
lb_backend_row_take_figures (LbBackendRow *self,
                             const LbBackendFigures *figures)
{
  char *error = figures->last_probe.error;

  if (error != NULL)
    g_ref_string_acquire (error);
  g_clear_pointer (&self->figures.last_probe.error, g_ref_string_release);

  self->figures = *figures;
  self->figures.url = (char *) lb_backend_get_url (self->backend);
}

/**
 * lb_backend_row_update:
 * @self: a row
 * @figures: the latest figures of its backend, copied
 *
 * Shows other figures. Notifies only the properties whose value has changed.
 *
 * Returns: whether anything that rows are sorted by has changed
 */
gboolean
lb_backend_row_update (LbBackendRow *self,
                       const LbBackendFigures *figures)
{
  LbBackendFigures old;
  LbChartKind kind;
  gint64 response_us;
  gboolean same_reason;
  gboolean changed = FALSE;

  g_return_val_if_fail (LB_IS_BACKEND_ROW (self), FALSE);
  g_return_val_if_fail (figures != NULL, FALSE);

  old = self->figures;
  kind = lb_chart_column_kind (&old);
  response_us = lb_backend_row_get_response_us (self);
  same_reason = lb_probe_text_is_same_state (&self->figures, figures);
  lb_backend_row_take_figures (self, figures);

  if (!same_reason)
    lb_backend_row_notify (self, PROP_STATE_REASON);
  if (kind != lb_chart_column_kind (figures))
    {
      changed = TRUE;
      lb_backend_row_notify (self, PROP_STATE_WORD);
      lb_backend_row_notify (self, PROP_STATE_ICON);
      lb_backend_row_notify (self, PROP_STATE_STYLE);
    }

  if (old.weight != figures->weight)
    {
      changed = TRUE;
      lb_backend_row_notify (self, PROP_WEIGHT_TEXT);
    }

  if (old.weight != figures->weight || differ (old.effective_weight, figures->effective_weight))
    {
      lb_backend_row_notify (self, PROP_EFFECTIVE_TEXT);
      lb_backend_row_notify (self, PROP_EFFECTIVE_REASON);
    }

  if (old.backup != figures->backup)
    {
      lb_backend_row_notify (self, PROP_BACKUP);
      lb_backend_row_notify (self, PROP_BACKUP_TEXT);
    }

  if (differ (round (old.in_flight * 10.0), round (figures->in_flight * 10.0)))
    {
      changed = TRUE;
      lb_backend_row_notify (self, PROP_IN_FLIGHT_TEXT);
    }

  if (response_us != lb_backend_row_get_response_us (self))
    {
      changed = TRUE;
      lb_backend_row_notify (self, PROP_RESPONSE_TEXT);
    }

  if (old.latency.p95_us != figures->latency.p95_us)
    {
      changed = TRUE;
      lb_backend_row_notify (self, PROP_P95_TEXT);
    }

  if (old.redirects != figures->redirects)
    {
      changed = TRUE;
      lb_backend_row_notify (self, PROP_REDIRECTS_TEXT);
    }

  if (differ (old.share, figures->share))
    {
      changed = TRUE;
      lb_backend_row_notify (self, PROP_SHARE_TEXT);
    }

  return changed;
}
