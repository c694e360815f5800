/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-config.h"

#include <math.h>

/*
 * The configuration of a HAProxy that we start ourselves, but for the servers of its proxy: those change all the
 * time, without a new file.
 */

/* What is begun when it is to end may go on for so long. */
#define HARD_STOP_S 30

static void
lb_haproxy_config_add_global (const LbHaproxySetup *setup,
                              double jitter,
                              GString *out)
{
  g_string_append (out, "global\n    stats socket");
  lb_haproxy_append_word (out, setup->runtime, FALSE);
  g_string_append_printf (out, " mode 600 level admin\n    hard-stop-after %ds\n", HARD_STOP_S);
  g_string_append_printf (out, "    spread-checks %.0f\n", round (jitter * 100));
  if (setup->max_connections > 0)
    g_string_append_printf (out, "    maxconn %u\n", setup->max_connections);
  if (setup->state_file != NULL)
    {
      g_string_append (out, "    server-state-file");
      lb_haproxy_append_word (out, setup->state_file, FALSE);
      g_string_append_c (out, '\n');
    }
}

/* Deadlines as a client meets them when it is redirected; a connection that has been upgraded may be silent for
 * longer. */
static void
lb_haproxy_config_add_defaults (const LbHaproxySetup *setup,
                                GString *out)
{
  g_string_append (out, "\ndefaults\n"
                        "    mode http\n"
                        "    timeout connect 5s\n"
                        "    timeout client 30s\n"
                        "    timeout server 30s\n"
                        "    timeout http-request 10s\n"
                        "    timeout http-keep-alive 15s\n"
                        "    timeout tunnel 1h\n"
                        "    retries 3\n"
                        "    option redispatch\n"
                        "    option forwardfor\n");
  if (setup->state_file != NULL)
    g_string_append (out, "    load-server-state-from-file global\n");
}

static void
lb_haproxy_config_add_frontend (const LbHaproxySetup *setup,
                                GString *out)
{
  g_string_append (out, "\nfrontend " LB_HAPROXY_PROXY "-in\n");
  for (guint i = 0; i < setup->n_sockets; i++)
    g_string_append_printf (out, "    bind fd@%u\n", 3 + i);

  g_string_append (out, "    acl says_origin res.hdr(Access-Control-Allow-Origin) -m found\n"
                        "    http-after-response set-header Access-Control-Allow-Origin");
  lb_haproxy_append_word (out, setup->cors_origin, TRUE);
  g_string_append (out, " unless says_origin\n");

  if (setup->stats_port != 0)
    g_string_append_printf (out,
                            "    acl is_stats path /stats\n"
                            "    acl is_stats path_beg /stats/ /stats;\n"
                            "    use_backend " LB_HAPROXY_PROXY "-stats if is_stats\n");
  g_string_append (out, "    default_backend " LB_HAPROXY_PROXY "\n");

  if (setup->stats_port != 0)
    g_string_append_printf (out,
                            "\nbackend " LB_HAPROXY_PROXY "-stats\n"
                            "    server stats 127.0.0.1:%u\n",
                            setup->stats_port);
}

/**
 * lb_haproxy_config_make:
 * @setup: what is around the pool
 * @pool: the pool
 * @section: (nullable): the section of its servers; %NULL if it has none
 * @notes: what to add a note to for each thing that HAProxy does not know
 *
 * Writes a configuration without the servers: the lines with `server` come behind it.
 *
 * Returns: (transfer full): the text
 */
char *
lb_haproxy_config_make (const LbHaproxySetup *setup,
                        const LbExchangePool *pool,
                        LbHaproxySection *section,
                        LbExchangeNotes *notes)
{
  GString *out = g_string_new (NULL);

  lb_haproxy_config_add_global (setup, pool->probe.jitter, out);
  lb_haproxy_config_add_defaults (setup, out);
  lb_haproxy_config_add_frontend (setup, out);
  if (section != NULL)
    lb_haproxy_section_write (section, LB_HAPROXY_PROXY, out, notes);
  else
    g_string_append (out, "\nbackend " LB_HAPROXY_PROXY "\n    balance roundrobin\n");

  return g_string_free (out, FALSE);
}
