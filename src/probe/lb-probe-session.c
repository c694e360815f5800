/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-probe"

#include "config.h"

#include "probe/lb-probe-session.h"

#include "probe/lb-probe-schedule.h"

/*
 * SoupSessions come and go. A session keeps a timer and the looked-up addresses of each host it has
 * talked to, for five minutes or until it is finalised, so one that stayed would make every turn of
 * the loop dearer with each backend, and would never see a name move to another address. Here a
 * session takes probes for a while, and only so many; then it is let go of, and ends with the last
 * of its probes. (A probe whose host is still being looked up may keep it longer: see
 * lb_probe_expire().)
 */

/* How many probes share a session. libsoup looks through all messages of a session whenever one of
 * them gets on, so that its cost grows with their square. */
#define PROBES_MAX 64

/**
 * lb_probe_session_new:
 *
 * A session fit for probes: what it sends is what it was told to send, and no limit of its own
 * holds a probe back. It goes around any proxy, since what counts is whether this machine reaches
 * the backend.
 *
 * Returns: (transfer full): a new session
 */
SoupSession *
lb_probe_session_new (void)
{
  SoupSession *session;

  session = soup_session_new_with_options ("max-conns", G_MAXINT, "max-conns-per-host", G_MAXINT,
                                           "proxy-resolver", NULL, "timeout", 0, "idle-timeout", 0,
                                           NULL);
  soup_session_remove_feature_by_type (session, SOUP_TYPE_CONTENT_DECODER);

  return session;
}

/**
 * lb_probe_sessions_take:
 * @self: the sessions
 * @span_us: for how long a new session takes probes
 * @now_us: the time
 *
 * Returns: (transfer none): the session for one more probe, valid until it is dropped; a probe
 *   keeps it for itself
 */
SoupSession *
lb_probe_sessions_take (LbProbeSessions *self,
                        gint64 span_us,
                        gint64 now_us)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->session != NULL && (self->n_probes == PROBES_MAX || self->end_us <= now_us))
    lb_probe_sessions_drop (self);

  if (self->session == NULL)
    {
      self->session = lb_probe_session_new ();
      self->n_probes = 0;
      self->end_us = now_us + span_us;
    }

  self->n_probes++;
  return self->session;
}

/**
 * lb_probe_sessions_get_end:
 * @self: the sessions
 *
 * Returns: when the session is to be dropped, or %LB_PROBE_SCHEDULE_NEVER if there is none
 */
gint64
lb_probe_sessions_get_end (const LbProbeSessions *self)
{
  g_return_val_if_fail (self != NULL, LB_PROBE_SCHEDULE_NEVER);

  return self->session != NULL ? self->end_us : LB_PROBE_SCHEDULE_NEVER;
}

/**
 * lb_probe_sessions_drop:
 * @self: the sessions
 *
 * Lets go of the session; the next probe gets a new one.
 */
void
lb_probe_sessions_drop (LbProbeSessions *self)
{
  g_return_if_fail (self != NULL);

  g_clear_object (&self->session);
}
