/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/*
 * Why a probe was not good, as LbProbeResult.error has it. These are words of the `/stats` format:
 * never translated, never changed, only added to. A detail may follow after a space (`status 404`)
 * or a colon (`tls: expired`).
 *
 *   timeout      no whole response head within the time allowed
 *   refused      nothing listens there
 *   reset        the connection broke before the response head was whole
 *   incomplete   the backend closed the connection before the response head was whole, or that
 *                head is longer than 64 KiB
 *   unreachable  there is no way to that address from here
 *   dns          the host's name has no address, or none was found in time
 *   tls          no secure connection; the detail says what is wrong with the certificate
 *   invalid      what came is not an HTTP response
 *   status       the response has a status that is not expected
 *   body         the first 64 KiB of the body do not hold the text that is expected
 *   loop         the response is the balancer's own
 *   failed       anything else
 */
#define LB_PROBE_ERROR_TIMEOUT "timeout"
#define LB_PROBE_ERROR_REFUSED "refused"
#define LB_PROBE_ERROR_RESET "reset"
#define LB_PROBE_ERROR_INCOMPLETE "incomplete"
#define LB_PROBE_ERROR_UNREACHABLE "unreachable"
#define LB_PROBE_ERROR_DNS "dns"
#define LB_PROBE_ERROR_TLS "tls"
#define LB_PROBE_ERROR_INVALID "invalid"
#define LB_PROBE_ERROR_STATUS "status"
#define LB_PROBE_ERROR_BODY "body"
#define LB_PROBE_ERROR_LOOP "loop"
#define LB_PROBE_ERROR_FAILED "failed"

gboolean    lb_probe_error_is_ours  (const GError         *error,
                                     GSocketAddress       *address);
const char *lb_probe_error_to_word  (const GError         *error,
                                     GTlsCertificateFlags  certificate_errors);
char       *lb_probe_error_describe (const char           *error);

G_END_DECLS
