/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-haproxy"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "exchange/lb-exchange-agree.h"
#include "exchange/lb-exchange-formats.h"
#include "exchange/lb-exchange-haproxy.h"
#include "exchange/lb-exchange-writing.h"

/*
 * A whole configuration for HAProxy from version 2.6 on, whose `backend` section can be pasted into
 * another. HAProxy checks all servers of a section by the same request, but each at its own pace.
 */

#define PROGRAM "HAProxy"

/* A line may have 64 words. */
#define MAX_HEADERS 16

/* What is the same for all servers of a section, besides `tcp_only`. */
static const char *const shared[] = { "timeout_ms", "jitter", NULL };
static const char *const request[] = { "method",          "path",          "headers",
                                       "expected_status", "expected_body", NULL };

/* What each server may have for itself, and the word for it. */
static const struct
{
  const char *field;
  const char *keyword;
  gboolean is_time;
} own[] = {
  { "interval_ms", "inter", TRUE },       { "fast_interval_ms", "fastinter", TRUE },
  { "down_interval_ms", "downinter", TRUE }, { "rise", "rise", FALSE },
  { "fall", "fall", FALSE },              { "slow_start_ms", "slowstart", TRUE },
};

/* Words */

/* Writes what stands between double quotes. In a format, a `%` would begin what HAProxy fills in. */
static void
lb_haproxy_append_escaped (GString *out,
                           const char *text,
                           gboolean is_format)
{
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '\n' || *p == '\r' || *p == '\t')
        g_string_append (out, *p == '\n' ? "\\n" : *p == '\r' ? "\\r" : "\\t");
      else if ((guchar) *p < ' ' || *p == 0x7f)
        g_string_append_printf (out, "\\x%02x", (guint) *p);
      else
        {
          if (strchr ("\"\\$", *p) != NULL)
            g_string_append_c (out, '\\');
          else if (*p == '%' && is_format)
            g_string_append_c (out, '%');
          g_string_append_c (out, *p);
        }
    }
}

/* Writes a word, in quotes if it needs them. */
static void
lb_haproxy_append_word (GString *out,
                        const char *word,
                        gboolean is_format)
{
  static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "_-.,:/@=+?&!~*;()[]<>|^";
  const gboolean quoted = *word == '\0' || word[strspn (word, safe)] != '\0';

  g_string_append (out, quoted ? " \"" : " ");
  lb_haproxy_append_escaped (out, word, is_format);
  if (quoted)
    g_string_append_c (out, '"');
}

static void
lb_haproxy_append_time (GString *out,
                        guint ms)
{
  if (ms % 1000 == 0)
    g_string_append_printf (out, " %us", ms / 1000);
  else
    g_string_append_printf (out, " %ums", ms);
}

/* A name for a section or a server, of the characters that are allowed there. */
static gboolean
lb_haproxy_is_name (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("_-.:", *p) == NULL)
      return FALSE;

  return *text != '\0';
}

/* Names each server by its address, or by a number where that cannot be a name. */
static char **
lb_haproxy_make_names (GPtrArray *targets)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  char **names = g_new0 (char *, targets->len + 1);

  for (guint i = 0; i < targets->len; i++)
    {
      LbExchangeTarget *target = g_ptr_array_index (targets, i);

      if (lb_haproxy_is_name (target->authority) &&
          !g_hash_table_contains (taken, target->authority))
        names[i] = g_strdup (target->authority);
      else
        names[i] = g_strdup_printf ("Backend-%u", i + 1); /* hosts are in lower case */

      g_hash_table_add (taken, names[i]);
    }

  return names;
}

/* Whether each server that is asked for something by its checks is named by its own name. */
static gboolean
lb_haproxy_are_hosts (GPtrArray *targets,
                      char *const *names)
{
  for (guint i = 0; i < targets->len; i++)
    {
      LbExchangeTarget *target = g_ptr_array_index (targets, i);

      if (!target->probe.tcp_only && !g_str_equal (target->probe.host, names[i]))
        return FALSE;
    }

  return TRUE;
}

/* Which backend is next */

static void
lb_haproxy_write_policy (const LbExchangePool *pool,
                         GString *out,
                         LbExchangeNotes *notes)
{
  static const struct
  {
    const char *policy;
    const char *words;
    gboolean is_hash;
  } words[] = {
    { "random", "random(1)" },
    { "round-robin", "roundrobin" },
    { "least-connections", "leastconn" },
    { "two-choices", "random(2)" },
    { "source-hash", "source", TRUE },
    { "path-hash", "uri", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_strcmp0 (pool->policy, words[i].policy) == 0)
      {
        g_string_append_printf (out, "    balance %s\n", words[i].words);
        if (words[i].is_hash)
          g_string_append (out, "    hash-type consistent\n");
        return;
      }

  lb_exchange_note_policy (pool, PROGRAM, "leastconn", notes);
  g_string_append (out, "    balance leastconn\n");
}

/* How all of them are checked */

static gboolean
lb_haproxy_one_host (GPtrArray *targets)
{
  const LbExchangeTarget *first = g_ptr_array_index (targets, 0);

  for (guint i = 1; i < targets->len; i++)
    {
      const LbExchangeTarget *target = g_ptr_array_index (targets, i);

      if (!g_str_equal (target->probe.host, first->probe.host))
        return FALSE;
    }

  return TRUE;
}

static void
lb_haproxy_write_headers (const LbProbeSettings *common,
                          GString *out,
                          LbExchangeNotes *notes)
{
  for (guint i = 0; common->headers != NULL && common->headers[i] != NULL; i++)
    {
      const char *colon = strchr (common->headers[i], ':');
      g_autofree char *name = g_strndup (common->headers[i], (gsize) (colon - common->headers[i]));
      g_autofree char *value = g_strstrip (g_strdup (colon + 1));

      if (i >= MAX_HEADERS)
        {
          lb_exchange_notes_add (notes, 0,
                                 _("The probes’ header “%s” is left out: %s takes no more than "
                                   "%d."),
                                 common->headers[i], PROGRAM, MAX_HEADERS);
          continue;
        }

      g_string_append (out, " hdr");
      lb_haproxy_append_word (out, name, FALSE);
      /* It wants a word there, but nothing need be in it. */
      lb_haproxy_append_word (out, *value != '\0' ? value : " ", TRUE);
    }
}

static void
lb_haproxy_write_request (GPtrArray *targets,
                          const LbProbeSettings *common,
                          gboolean are_hosts,
                          GString *out,
                          LbExchangeNotes *notes)
{
  const LbExchangeTarget *first = g_ptr_array_index (targets, 0);
  const gboolean one_host = lb_haproxy_one_host (targets);

  g_string_append (out, "    option httpchk\n    http-check send meth");
  lb_haproxy_append_word (out, common->method, FALSE);
  g_string_append (out, " uri");
  lb_haproxy_append_word (out, common->path, FALSE);
  /* The older version needs no Host. */
  g_string_append_printf (out, " ver HTTP/1.%d", one_host || are_hosts ? 1 : 0);

  if (one_host)
    {
      g_string_append (out, " hdr Host");
      lb_haproxy_append_word (out, first->probe.host, TRUE);
    }
  else if (are_hosts)
    g_string_append (out, " hdr Host %[srv_name]");
  else
    lb_exchange_notes_add (notes, 0,
                           _("The backends’ hosts cannot all be named to %s’s checks, so these "
                             "have no Host header."),
                           PROGRAM);
  lb_haproxy_write_headers (common, out, notes);

  g_string_append (out, "\n    http-check expect status ");
  for (const char *p = common->expected_status; *p != '\0'; p++)
    if (*p != ' ')
      g_string_append_c (out, *p);
  g_string_append_c (out, '\n');

  if (common->expected_body != NULL)
    {
      g_string_append (out, "    http-check expect string");
      lb_haproxy_append_word (out, common->expected_body, FALSE);
      g_string_append_c (out, '\n');
    }
}

static void
lb_haproxy_write_checks (GPtrArray *targets,
                         gboolean are_hosts,
                         LbProbeSettings *common,
                         GString *out,
                         LbExchangeNotes *notes)
{
  static const char *const kind[] = { "tcp_only", NULL };
  g_autoptr (GPtrArray) alike = g_ptr_array_new ();

  lb_exchange_targets_agree (targets, kind, common, PROGRAM, notes);

  if (!common->tcp_only)
    {
      for (guint i = 0; i < targets->len; i++)
        if (!lb_exchange_target_differs (g_ptr_array_index (targets, i), "tcp_only", common))
          g_ptr_array_add (alike, g_ptr_array_index (targets, i));

      lb_exchange_targets_agree (alike, request, common, PROGRAM, notes);
      lb_haproxy_write_request (alike, common, are_hosts, out, notes);
    }

  g_string_append (out, "    timeout check");
  lb_haproxy_append_time (out, common->timeout_ms);
  g_string_append_c (out, '\n');
}

/* Each server */

static void
lb_haproxy_write_own (const LbExchangeTarget *target,
                      const LbProbeSettings *most,
                      GString *out)
{
  const LbProbeSettings *settings = target != NULL ? &target->probe : most;

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      const LbProbeField *field = lb_probe_field_find (own[i].field, NULL);
      guint value = *(const guint *) G_STRUCT_MEMBER_P (settings, field->offset);

      if (target != NULL ? !lb_exchange_target_differs (target, own[i].field, most) : value == 0)
        continue;

      /* While it is down the interval is then as always. */
      if (g_str_equal (own[i].field, "down_interval_ms") && value == 0)
        value = settings->interval_ms;

      g_string_append_printf (out, " %s", own[i].keyword);
      if (own[i].is_time)
        lb_haproxy_append_time (out, value);
      else
        g_string_append_printf (out, " %u", value);
    }
}

static gboolean
lb_haproxy_is_dns_name (const char *host)
{
  return !g_hostname_is_ip_address (host);
}

static void
lb_haproxy_write_tls (const LbExchangeTarget *target,
                      GString *out)
{
  if (target->secure)
    g_string_append (out, " ssl");

  /* Checks that go elsewhere do not take TLS over from the server. */
  if (target->probe_secure && lb_exchange_target_elsewhere (target))
    g_string_append (out, " check-ssl");

  if (!target->secure && !target->probe_secure)
    return;

  g_string_append (out, target->probe.verify_certificate ? " verify required ca-file @system-ca"
                                                         : " verify none");
  if (target->secure && lb_haproxy_is_dns_name (target->host))
    g_string_append_printf (out, " sni str(%s)", target->host);
  if (target->probe_secure && lb_haproxy_is_dns_name (target->probe_host))
    g_string_append_printf (out, " check-sni %s", target->probe_host);
}

static void
lb_haproxy_write_state (const LbExchangeTarget *target,
                        GString *out,
                        LbExchangeNotes *notes)
{
  const guint weight = lb_backend_get_weight (target->backend);
  const LbState state = lb_backend_get_state (target->backend);

  if (state == LB_STATE_DRAIN)
    {
      g_string_append (out, " weight 0");
      if (weight != 1)
        lb_exchange_notes_add (notes, 0,
                               _("%s drains, which %s knows as a weight of 0. Its own weight of %u "
                                 "is left out."),
                               lb_backend_get_url (target->backend), PROGRAM, weight);
    }
  else if (weight != 1)
    g_string_append_printf (out, " weight %u", weight);

  if (state == LB_STATE_MAINT)
    g_string_append (out, " disabled");
  if (lb_backend_get_backup (target->backend))
    g_string_append (out, " backup");
}

/* Without the brackets the end of an IPv6 address would be taken for a port. */
static void
lb_haproxy_append_host (GString *out,
                        const char *keyword,
                        const char *host)
{
  const gboolean is_ipv6 = strchr (host, ':') != NULL;

  g_string_append_printf (out, "%s%s%s%s", keyword, is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "");
}

static void
lb_haproxy_write_server (const LbExchangeTarget *target,
                         const char *name,
                         const LbProbeSettings *most,
                         GString *out,
                         LbExchangeNotes *notes)
{
  g_string_append_printf (out, "    server %s", name);
  lb_haproxy_append_host (out, " ", target->host);
  g_string_append_printf (out, ":%u", target->port);
  lb_haproxy_write_state (target, out, notes);
  if (lb_haproxy_is_dns_name (target->host))
    g_string_append (out, " init-addr last,libc,none");

  if (!g_str_equal (target->probe_host, target->host))
    lb_haproxy_append_host (out, " addr ", target->probe_host);
  if (lb_exchange_target_elsewhere (target))
    g_string_append_printf (out, " port %u", target->probe_port);
  lb_haproxy_write_tls (target, out);
  lb_haproxy_write_own (target, most, out);
  g_string_append_c (out, '\n');
}

/* The whole */

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

static void
lb_haproxy_write_backup_option (GPtrArray *targets,
                                GString *out)
{
  guint n_backups = 0;

  for (guint i = 0; i < targets->len; i++)
    if (lb_backend_get_backup (((LbExchangeTarget *) g_ptr_array_index (targets, i))->backend))
      n_backups++;

  if (n_backups > 1)
    g_string_append (out, "    option allbackups\n");
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
  const char *own_fields[G_N_ELEMENTS (own) + 1] = { NULL };
  g_autoptr (GPtrArray) targets = lb_exchange_targets_new (pool);
  g_autofree char *name = lb_exchange_make_name (pool);
  g_auto (LbProbeSettings) common = { 0 };
  g_auto (GStrv) names = NULL;
  const char *path;

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    own_fields[i] = own[i].field;

  lb_exchange_targets_keep_alike (targets, FALSE, PROGRAM, notes);
  lb_probe_settings_copy (&common, &pool->probe);
  lb_exchange_targets_agree (targets, shared, &common, PROGRAM, notes);
  lb_exchange_targets_most (targets, own_fields, &common);
  lb_exchange_note_panic (pool, PROGRAM, notes);
  if (fabs (common.jitter * 100 - round (common.jitter * 100)) > 1e-6)
    lb_exchange_notes_add (notes, 0, _("The probes’ jitter of %g %% becomes %.0f %%."),
                           common.jitter * 100, round (common.jitter * 100));
  names = lb_haproxy_make_names (targets);
  path = ((LbExchangeTarget *) g_ptr_array_index (targets, 0))->path;

  lb_haproxy_write_head (pool, name, &common, out);
  g_string_append_printf (out, "\nbackend %s\n", name);
  lb_haproxy_write_policy (pool, out, notes);
  lb_haproxy_write_backup_option (targets, out);
  if (*path != '\0')
    {
      g_string_append (out, "    http-request set-path \"");
      lb_haproxy_append_escaped (out, path, TRUE);
      g_string_append (out, "%[path]\"\n");
    }
  lb_haproxy_write_checks (targets, lb_haproxy_are_hosts (targets, names), &common, out, notes);

  g_string_append (out, "    default-server check");
  lb_haproxy_write_own (NULL, &common, out);
  g_string_append_c (out, '\n');
  for (guint i = 0; i < targets->len; i++)
    lb_haproxy_write_server (g_ptr_array_index (targets, i), names[i], &common, out, notes);
}
