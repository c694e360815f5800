/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "pool/lb-proxy-record.h"

G_BEGIN_DECLS

/* Asks for what lb_haproxy_report_parse() reads; %s is the proxy's name. */
#define LB_HAPROXY_REPORT_COMMANDS "show servers state %s;show stat %s 4 -1;show info"

/* Why a server is in maintenance or drains, as bits; 2.6's server-t.h. */
typedef enum
{
  LB_HAPROXY_FORCED_MAINT = 0x01,
  LB_HAPROXY_FORCED_DRAIN = 0x08,
} LbHaproxyAdmin;

/**
 * LbHaproxyServer:
 * @name: its name in HAProxy
 * @admin: why it is in maintenance or drains, of #LbHaproxyAdmin
 * @weight: as it is configured or was set last, 0 to 256
 * @status: `UP`, `DOWN`, `MAINT`, `DRAIN`, `no check`, and what HAProxy has besides
 * @sessions: how many requests it is busy with
 * @queued: how many wait for it
 * @counts: how many there were of each #LbProxyCount since HAProxy began to count
 * @response_time_ms: the mean of its last requests, to the end of the head of the answer
 * @total_time_ms: the mean of their whole time
 * @timed: how many requests that is; 0 if there were none, or how long they took is not known
 * @check_status: (nullable): what the last check came to, such as `L7OK`; %NULL before the first
 * @check_code: the status of its answer, or 0
 * @check_ms: how long it took, or -1
 * @check_failures: how many checks failed
 *
 * One server as HAProxy sees it.
 */
typedef struct
{
  char *name;
  guint admin;
  guint weight;
  char *status;
  guint sessions;
  guint queued;
  guint64 counts[LB_N_PROXY_COUNTS];
  guint response_time_ms;
  guint total_time_ms;
  guint64 timed;
  char *check_status;
  guint check_code;
  int check_ms;
  guint64 check_failures;
} LbHaproxyServer;

/**
 * LbHaproxyReport:
 * @servers: (element-type LbHaproxyServer): in HAProxy's order
 * @state: the first table as it came, which another HAProxy can begin with
 * @version: (nullable): HAProxy's version
 * @pid: its process; 0 if it does not say
 * @uptime_s: how long that has run, in seconds
 *
 * What a HAProxy says of the servers of one proxy.
 */
typedef struct
{
  GPtrArray *servers;
  char *state;
  char *version;
  guint64 pid;
  gint64 uptime_s;

  /*< private >*/
  GHashTable *by_name;
} LbHaproxyReport;

LbHaproxyReport       *lb_haproxy_report_new   (void);
LbHaproxyServer       *lb_haproxy_report_add   (LbHaproxyReport        *self,
                                                const char             *name);
LbHaproxyReport       *lb_haproxy_report_parse (const char             *answer,
                                                GError                **error);
void                   lb_haproxy_report_free  (LbHaproxyReport        *self);
const LbHaproxyServer *lb_haproxy_report_find  (const LbHaproxyReport  *self,
                                                const char             *name);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxyReport, lb_haproxy_report_free)

G_END_DECLS
