/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-window"

#include "config.h"

#include "window/lb-probe-text.h"

#include <glib/gi18n-lib.h>

#include "chart/lb-chart-text.h"
#include "probe/lb-probe-error.h"

/*
 * What a probe saw, and what follows from it for the backend, in sentences.
 */

/* A number and its unit stay in one line. */
static char *
lb_probe_text_time (gint64 time_us)
{
  g_autofree char *time = lb_chart_text_time (time_us);
  g_auto (GStrv) words = g_strsplit (time, " ", -1);

  return g_strjoinv ("\u00a0", words);
}

/**
 * lb_probe_text_result:
 * @result: what a probe saw
 *
 * Returns: (transfer full): a translated sentence about it
 */
char *
lb_probe_text_result (const LbProbeResult *result)
{
  g_autofree char *time = NULL;
  g_autofree char *failure = NULL;

  g_return_val_if_fail (result != NULL, NULL);

  if (result->time_us == 0)
    return g_strdup (_ ("It has not been probed yet."));

  if (!result->ok)
    {
      failure = lb_probe_error_describe (result->error != NULL ? result->error
                                                               : LB_PROBE_ERROR_FAILED);
      /* Translators: %s is a sentence on what went wrong */
      return g_strdup_printf (_ ("The last probe failed: %s"), failure);
    }

  time = lb_probe_text_time (result->response_us);
  if (result->status == 0)
    /* Translators: %s is a time, such as “12.3 ms” */
    return g_strdup_printf (_ ("The last probe was connected in %s."), time);

  /* Translators: an HTTP status and a response time, as in “status 200 in 12.3 ms” */
  return g_strdup_printf (_ ("The last probe was answered with status %u in %s."), result->status,
                          time);
}

/* Returns: (nullable): why the backend is not chosen, or is though it is down */
static const char *
lb_probe_text_use (const LbBackendFigures *figures)
{
  switch (figures->use)
    {
    case LB_USE_DRAIN:
      return _ ("It takes no new clients.");

    case LB_USE_MAINT:
      return _ ("It takes no requests and is not probed.");

    case LB_USE_DOWN:
      return _ ("It takes no requests until its probes are good again.");

    case LB_USE_BACKUP:
      return _ ("It is a backup, and waits until no other backend can serve.");

    case LB_USE_LEFT_OUT:
      return _ ("It gets no requests: HAProxy needs the same path in all URLs, and most have another.");

    case LB_USE_YES:
    default:
      return figures->health == LB_HEALTH_DOWN
               ? _ ("It takes requests all the same: so few backends are healthy that health is "
                    "ignored.")
               : NULL;
    }
}

/**
 * lb_probe_text_state:
 * @figures: a backend's figures
 *
 * Says why the backend is in the state that it is in: whether it is used, what the last probe saw,
 * and what load it reports.
 *
 * Returns: (transfer full): translated sentences, each on a line of its own
 */
char *
lb_probe_text_state (const LbBackendFigures *figures)
{
  GString *text = g_string_new (NULL);
  const char *use;

  g_return_val_if_fail (figures != NULL, NULL);

  use = lb_probe_text_use (figures);
  if (use != NULL)
    g_string_append (text, use);

  if (figures->state != LB_STATE_MAINT && figures->use != LB_USE_LEFT_OUT)
    {
      g_autofree char *result = lb_probe_text_result (&figures->last_probe);

      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", result);
    }

  if (figures->reported >= 0.0 && figures->state != LB_STATE_MAINT)
    {
      g_autofree char *load = lb_chart_text_share (figures->reported);

      g_string_append_c (text, '\n');
      /* Translators: %s is a percentage, such as “42 %” */
      g_string_append_printf (text, _ ("It reports a load of %s."), load);
    }

  return g_string_free (text, FALSE);
}

/**
 * lb_probe_text_is_same_state:
 * @a: a backend's figures
 * @b: its figures at another time
 *
 * Returns: whether everything that lb_probe_text_state() speaks of is the same in both
 */
gboolean
lb_probe_text_is_same_state (const LbBackendFigures *a,
                             const LbBackendFigures *b)
{
  const LbProbeResult *was = &a->last_probe;
  const LbProbeResult *is = &b->last_probe;

  return a->use == b->use && a->health == b->health && a->state == b->state &&
         (was->time_us == 0) == (is->time_us == 0) && was->ok == is->ok &&
         was->status == is->status && was->response_us == is->response_us &&
         (was->error == is->error || g_strcmp0 (was->error, is->error) == 0) &&
         a->reported >= b->reported && a->reported <= b->reported;
}
