/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-nginx"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "exchange/lb-exchange-agree.h"
#include "exchange/lb-exchange-nginx.h"
#include "exchange/lb-exchange-writing.h"

/*
 * An `upstream` and a `server` that passes everything on to it, as a file for nginx's `conf.d`. nginx
 * speaks to all servers of an upstream in the same way, and without its commercial edition it probes
 * none of them.
 */

#define PROGRAM "nginx"
#define CERTIFICATES "/etc/ssl/certs/ca-certificates.crt"

static const struct
{
  const char *policy;
  const char *line;
  gboolean no_backups;
} policies[] = {
  { "round-robin", NULL },
  { "random", "random", TRUE },
  { "least-connections", "least_conn" },
  { "two-choices", "random two", TRUE },
  { "source-hash", "hash $remote_addr consistent", TRUE },
  { "path-hash", "hash $uri consistent", TRUE },
};

/* Writes how the next backend is chosen. Returns whether there can be backups then. */
static gboolean
lb_nginx_write_policy (const LbExchangePool *pool,
                       GString *out,
                       LbExchangeNotes *notes)
{
  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    if (g_strcmp0 (pool->policy, policies[i].policy) == 0)
      {
        if (policies[i].line != NULL)
          g_string_append_printf (out, "    %s;\n", policies[i].line);
        return !policies[i].no_backups;
      }

  lb_exchange_note_policy (pool, PROGRAM, "least_conn", notes);
  g_string_append (out, "    least_conn;\n");

  return TRUE;
}

static void
lb_nginx_write_server (const LbExchangeTarget *target,
                       gboolean backups,
                       gboolean others,
                       GString *out,
                       LbExchangeNotes *notes)
{
  const gboolean is_ipv6 = strchr (target->host, ':') != NULL;
  const char *url = lb_backend_get_url (target->backend);
  const guint weight = lb_backend_get_weight (target->backend);
  const LbState state = lb_backend_get_state (target->backend);
  const gboolean backup = lb_backend_get_backup (target->backend);
  const gboolean left_out = backup && others && !backups;

  g_string_append_printf (out, "    %sserver %s%s%s:%u", left_out ? "# " : "", is_ipv6 ? "[" : "",
                          target->host, is_ipv6 ? "]" : "", target->port);
  if (weight != 1)
    g_string_append_printf (out, " weight=%u", weight);
  if (state != LB_STATE_READY)
    g_string_append (out, " down");
  if (backup && others)
    g_string_append (out, " backup");
  g_string_append (out, ";\n");

  if (left_out)
    lb_exchange_notes_add (notes, 0,
                           _("%s is left out: %s takes no backups with this policy."), url,
                           PROGRAM);
  if (state == LB_STATE_DRAIN)
    lb_exchange_notes_add (notes, 0, _("%s drains, which %s knows only as being down."), url,
                           PROGRAM);
}

/* The host that all of them have, or %NULL. */
static const char *
lb_nginx_one_host (GPtrArray *targets,
                   gboolean with_port)
{
  const LbExchangeTarget *first = g_ptr_array_index (targets, 0);

  for (guint i = 1; i < targets->len; i++)
    {
      const LbExchangeTarget *target = g_ptr_array_index (targets, i);

      if (!g_str_equal (target->host, first->host) ||
          (with_port && target->port != first->port))
        return NULL;
    }

  return with_port ? first->authority : first->host;
}

static void
lb_nginx_write_tls (GPtrArray *targets,
                    const LbProbeSettings *common,
                    GString *out,
                    LbExchangeNotes *notes)
{
  const char *host = lb_nginx_one_host (targets, FALSE);

  g_string_append (out, "        proxy_ssl_server_name on;\n");
  if (host != NULL)
    g_string_append_printf (out, "        proxy_ssl_name %s;\n", host);

  if (common->verify_certificate && host != NULL)
    g_string_append_printf (out,
                            "        proxy_ssl_verify on;\n"
                            "        proxy_ssl_trusted_certificate %s;\n",
                            CERTIFICATES);
  else
    g_string_append (out, "        proxy_ssl_verify off;\n");

  if (common->verify_certificate && host == NULL)
    lb_exchange_notes_add (notes, 0,
                           _("%s compares the certificates of all backends with the same name. "
                             "Theirs are different, so it checks none."),
                           PROGRAM);
}

/* Writes the URL that requests are passed on to. The quotes keep what a path may hold from ending the
 * directive; a `$` would begin a variable even in them, and there is no other way to write one. */
static void
lb_nginx_write_pass (const LbExchangeTarget *target,
                     const char *name,
                     GString *out)
{
  const gboolean quoted = strpbrk (target->path, ";'") != NULL;

  g_string_append_printf (out, "proxy_pass %s%s://%s", quoted ? "\"" : "",
                          target->secure ? "https" : "http", name);
  for (const char *p = target->path; *p != '\0'; p++)
    if (*p == '$')
      g_string_append (out, "%24");
    else
      g_string_append_c (out, *p);
  g_string_append_printf (out, "%s%s;\n", *target->path != '\0' ? "/" : "", quoted ? "\"" : "");
}

static void
lb_nginx_write_proxy (const LbExchangePool *pool,
                      const char *name,
                      GPtrArray *targets,
                      const LbProbeSettings *common,
                      GString *out,
                      LbExchangeNotes *notes)
{
  const LbExchangeTarget *first = g_ptr_array_index (targets, 0);
  const guint port = lb_exchange_get_port (pool);
  const char *host = lb_nginx_one_host (targets, TRUE);

  g_string_append_printf (out,
                          "\nserver {\n    listen 127.0.0.1:%u;\n    listen [::1]:%u;\n\n"
                          "    location / {\n        ",
                          port, port);
  lb_nginx_write_pass (first, name, out);
  g_string_append_printf (out, "        proxy_set_header Host %s;\n",
                          host != NULL ? host : "$http_host");
  if (first->secure)
    lb_nginx_write_tls (targets, common, out, notes);
  g_string_append (out, "    }\n}\n");
}

/**
 * lb_exchange_nginx_write:
 * @pool: a pool with a backend at least
 * @out: what to append to
 * @notes: what to add a note to for each thing that cannot be expressed
 */
void
lb_exchange_nginx_write (const LbExchangePool *pool,
                         GString *out,
                         LbExchangeNotes *notes)
{
  static const char *const shared[] = { "verify_certificate", NULL };
  g_autoptr (GPtrArray) targets = lb_exchange_targets_new (pool);
  g_autofree char *name = lb_exchange_make_name (pool);
  g_auto (LbProbeSettings) common = { 0 };
  gboolean backups, others;

  lb_exchange_targets_keep_alike (targets, TRUE, PROGRAM, notes);
  lb_probe_settings_copy (&common, &pool->probe);
  if (((LbExchangeTarget *) g_ptr_array_index (targets, 0))->secure)
    lb_exchange_targets_agree (targets, shared, &common, PROGRAM, notes);
  lb_exchange_note_panic (pool, PROGRAM, notes);

  lb_exchange_write_comment (out,
                             _("A pool of Load Balancer’s for nginx: put this file into "
                               "/etc/nginx/conf.d, or take the block “upstream” from it."));
  g_string_append_printf (out, "\nupstream %s {\n", name);
  backups = lb_nginx_write_policy (pool, out, notes);
  others = lb_exchange_targets_have_others_than_backups (targets, PROGRAM, notes);
  for (guint i = 0; i < targets->len; i++)
    lb_nginx_write_server (g_ptr_array_index (targets, i), backups, others, out, notes);
  g_string_append (out, "}\n");

  lb_nginx_write_proxy (pool, name, targets, &common, out, notes);

  lb_exchange_notes_add (notes, 0,
                         _("nginx does not probe the backends; it leaves out one that has failed "
                           "a request. How they are probed is not written."));
}
