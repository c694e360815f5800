/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

G_BEGIN_DECLS

/**
 * LbProbeSessions:
 *
 * The session that probes start in now. Embedded in its owner; zeroes are none yet. The fields are
 * private.
 */
typedef struct
{
  SoupSession *session;
  guint n_probes;
  gint64 end_us;
} LbProbeSessions;

SoupSession *lb_probe_session_new      (void);

SoupSession *lb_probe_sessions_take    (LbProbeSessions       *self,
                                        gint64                 span_us,
                                        gint64                 now_us);
gint64       lb_probe_sessions_get_end (const LbProbeSessions *self);
void         lb_probe_sessions_drop    (LbProbeSessions       *self);

G_END_DECLS
