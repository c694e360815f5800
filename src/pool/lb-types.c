/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-types"

#include "config.h"

#include "pool/lb-types.h"

#include <string.h>

G_DEFINE_QUARK (lb-pool-error-quark, lb_pool_error)

G_DEFINE_ENUM_TYPE (LbState, lb_state,
                    G_DEFINE_ENUM_VALUE (LB_STATE_READY, "ready"),
                    G_DEFINE_ENUM_VALUE (LB_STATE_DRAIN, "drain"),
                    G_DEFINE_ENUM_VALUE (LB_STATE_MAINT, "maint"))

G_DEFINE_ENUM_TYPE (LbHealth, lb_health,
                    G_DEFINE_ENUM_VALUE (LB_HEALTH_UNKNOWN, "unknown"),
                    G_DEFINE_ENUM_VALUE (LB_HEALTH_UP, "up"),
                    G_DEFINE_ENUM_VALUE (LB_HEALTH_DOWN, "down"))

/**
 * lb_state_to_string:
 * @state: a state
 *
 * Returns: its name in the configuration and in `/stats`
 */
const char *
lb_state_to_string (LbState state)
{
  switch (state)
    {
    case LB_STATE_READY:
      return "ready";
    case LB_STATE_DRAIN:
      return "drain";
    case LB_STATE_MAINT:
      return "maint";
    default:
      g_return_val_if_reached (NULL);
    }
}

/**
 * lb_state_from_string:
 * @text: a name
 * @state: (out): the state of that name; untouched if there is none
 *
 * Returns: %TRUE if there is a state of that name
 */
gboolean
lb_state_from_string (const char *text,
                      LbState *state)
{
  g_return_val_if_fail (text != NULL, FALSE);
  g_return_val_if_fail (state != NULL, FALSE);

  for (LbState s = LB_STATE_READY; s <= LB_STATE_MAINT; s++)
    if (g_strcmp0 (text, lb_state_to_string (s)) == 0)
      {
        *state = s;
        return TRUE;
      }

  return FALSE;
}

/**
 * lb_health_to_string:
 * @health: a health
 *
 * Returns: its name in `/stats`
 */
const char *
lb_health_to_string (LbHealth health)
{
  switch (health)
    {
    case LB_HEALTH_UNKNOWN:
      return "unknown";
    case LB_HEALTH_UP:
      return "up";
    case LB_HEALTH_DOWN:
      return "down";
    default:
      g_return_val_if_reached (NULL);
    }
}

/**
 * lb_use_to_string:
 * @use: whether a backend is in use
 *
 * Returns: (nullable): why it is not, a word for `/stats`, or %NULL if it is
 */
const char *
lb_use_to_string (LbUse use)
{
  switch (use)
    {
    case LB_USE_YES:
      return NULL;
    case LB_USE_DRAIN:
      return "drain";
    case LB_USE_MAINT:
      return "maint";
    case LB_USE_DOWN:
      return "down";
    case LB_USE_BACKUP:
      return "backup";
    case LB_USE_LEFT_OUT:
      return "left out";
    default:
      g_return_val_if_reached (NULL);
    }
}

static const char *const outcomes[LB_N_PROBE_OUTCOMES] = {
  [LB_PROBE_OK] = "ok",
  [LB_PROBE_TIMEOUT] = "timeout",
  [LB_PROBE_REFUSED] = "refused",
  [LB_PROBE_RESET] = "reset",
  [LB_PROBE_INCOMPLETE] = "incomplete",
  [LB_PROBE_UNREACHABLE] = "unreachable",
  [LB_PROBE_DNS] = "dns",
  [LB_PROBE_TLS] = "tls",
  [LB_PROBE_INVALID] = "invalid",
  [LB_PROBE_STATUS] = "status",
  [LB_PROBE_BODY] = "body",
  [LB_PROBE_LOOP] = "loop",
  [LB_PROBE_FAILED] = "failed",
};

/**
 * lb_probe_outcome_to_string:
 * @outcome: how a probe ended
 *
 * Returns: (transfer none): one word for it, which other programs may depend on
 */
const char *
lb_probe_outcome_to_string (LbProbeOutcome outcome)
{
  g_return_val_if_fail (outcome < LB_N_PROBE_OUTCOMES, NULL);

  return outcomes[outcome];
}

/**
 * lb_probe_outcome_from_error:
 * @error: (nullable): as LbProbeResult.error has it
 *
 * Returns: what its first word stands for; %LB_PROBE_FAILED if that is none we know, %LB_PROBE_OK
 * for %NULL
 */
LbProbeOutcome
lb_probe_outcome_from_error (const char *error)
{
  const gsize length = error != NULL ? strcspn (error, " :") : 0;

  if (error == NULL)
    return LB_PROBE_OK;

  for (LbProbeOutcome outcome = LB_PROBE_TIMEOUT; outcome < LB_N_PROBE_OUTCOMES; outcome++)
    if (strlen (outcomes[outcome]) == length && strncmp (error, outcomes[outcome], length) == 0)
      return outcome;

  return LB_PROBE_FAILED;
}
