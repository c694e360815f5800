/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <libsoup/soup.h>

#include "pool/lb-types.h"
#include "probe/lb-orca.h"
#include "probe/lb-probe-body.h"
#include "probe/lb-probe-request.h"

G_BEGIN_DECLS

typedef struct _LbProbe LbProbe;

/**
 * LbProbeSeen:
 * @message: (nullable): the request and the response; %NULL if only a connection was asked for
 * @address: (nullable): where it last tried to connect
 * @connected: whether it did
 * @secured: whether it is past the TLS handshake
 * @certificate_errors: what is wrong with the certificate, whether or not that matters
 * @answered: whether there was a whole response head
 * @load: the load that the response reports
 * @body: what was read of the body
 *
 * Everything a probe has come by so far, for who wants to know more than its result.
 */
typedef struct
{
  SoupMessage *message;
  GSocketAddress *address;
  gboolean connected;
  gboolean secured;
  GTlsCertificateFlags certificate_errors;
  gboolean answered;
  LbOrca load;
  LbProbeBody body;
} LbProbeSeen;

/**
 * LbProbeFlags:
 * @LB_PROBE_DEFAULT: reads no more than decides
 * @LB_PROBE_THOROUGH: reads the body, up to its limit, even if nothing depends on it
 */
typedef enum
{
  LB_PROBE_DEFAULT = 0,
  LB_PROBE_THOROUGH = 1 << 0,
} LbProbeFlags;

/**
 * LbProbeFunc:
 * @probe: the probe that is over; lb_probe_get_seen() has more
 * @result: (nullable): what it saw, valid during the call; %NULL if it failed for a reason of ours,
 *   or had expired before
 * @user_data: as given to lb_probe_start()
 *
 * Called once for every probe that was not cancelled, from the main loop, never from within
 * lb_probe_start(). The probe is not valid after it.
 */
typedef void (*LbProbeFunc) (LbProbe             *probe,
                             const LbProbeResult *result,
                             gpointer             user_data);

LbProbe           *lb_probe_start       (SoupSession       *session,
                                         LbProbeRequest    *request,
                                         char              *own_server,
                                         LbProbeFlags       flags,
                                         LbProbeFunc        done,
                                         gpointer           user_data);
gboolean           lb_probe_expire      (LbProbe           *self);
void               lb_probe_cancel      (LbProbe           *self);
const LbProbeSeen *lb_probe_get_seen    (LbProbe           *self);

void               lb_probe_result_fail (LbProbeResult     *result,
                                         const char        *error);

G_END_DECLS
