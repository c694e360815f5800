/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-haproxy"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>

#include "exchange/lb-exchange-formats.h"
#include "exchange/lb-exchange-haproxy-section.h"
#include "exchange/lb-exchange-haproxy.h"
#include "exchange/lb-exchange-writing.h"

/*
 * A whole configuration for HAProxy from version 2.6 on, whose `backend` section can be pasted into
 * another.
 */

#define PROGRAM "HAProxy"

static void
lb_haproxy_write_head (const LbExchangePool *pool,
                       const char *name,
                       const LbProbeSettings *common,
                       GString *out)
{
  const guint port = lb_exchange_get_port (pool);

  lb_exchange_write_comment (out,
                             _("A pool of Load Balancer’s for HAProxy 2.6 or newer, complete as it "
                               "is.\nFor a configuration you have, take the section “backend”."));
  g_string_append_printf (out, "\nglobal\n    spread-checks %.0f\n", round (common->jitter * 100));
  g_string_append (out, "\ndefaults\n    mode http\n    timeout connect 5s\n"
                        "    timeout client 30s\n    timeout server 30s\n");
  g_string_append_printf (out,
                          "\nfrontend %s-in\n    bind 127.0.0.1:%u\n    bind [::1]:%u v6only\n"
                          "    default_backend %s\n",
                          name, port, port, name);
}

/**
 * lb_exchange_haproxy_write:
 * @pool: a pool with a backend at least
 * @out: what to append to
 * @notes: what to add a note to for each thing that cannot be expressed
 */
void
lb_exchange_haproxy_write (const LbExchangePool *pool,
                           GString *out,
                           LbExchangeNotes *notes)
{
  g_autoptr (LbHaproxySection) section = lb_haproxy_section_new (pool, notes);
  g_autofree char *name = lb_exchange_make_name (pool);
  const LbProbeSettings *common = lb_haproxy_section_get_probe (section);

  lb_exchange_note_panic (pool, PROGRAM, notes);
  if (fabs (common->jitter * 100 - round (common->jitter * 100)) > 1e-6)
    lb_exchange_notes_add (notes, 0, _("The probes’ jitter of %g %% becomes %.0f %%."),
                           common->jitter * 100, round (common->jitter * 100));

  lb_haproxy_write_head (pool, name, common, out);
  lb_haproxy_section_write (section, name, out, notes);
  lb_haproxy_section_write_servers (section, out, notes);
}
