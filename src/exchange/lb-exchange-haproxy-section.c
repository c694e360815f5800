/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-haproxy"

#include "config.h"

#include "exchange/lb-exchange-haproxy-section.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "exchange/lb-exchange-agree.h"
#include "exchange/lb-exchange-writing.h"

/*
 * A `backend` section for HAProxy from version 2.6 on, and each server of it by itself, as it can be added at
 * runtime. HAProxy checks all servers of a section by the same request, but each at its own pace.
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

struct _LbHaproxySection
{
  const LbExchangePool *pool;
  GPtrArray *targets;
  char **names;
  LbProbeSettings common; /* what most servers have */
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

/**
 * lb_haproxy_append_word:
 * @out: what to append to
 * @word: a word
 * @is_format: whether HAProxy would fill something in at a `%`
 *
 * Writes a blank and the word, in quotes if it needs them.
 */
void
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

/* Names each server by its address, without the brackets of IPv6, which cannot be in a name. Where two would
 * have one name, the one that speaks TLS has it with its scheme, and in the end there is a number. */
static char **
lb_haproxy_make_names (GPtrArray *targets)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  char **names = g_new0 (char *, targets->len + 1);

  for (guint i = 0; i < targets->len; i++)
    {
      const LbExchangeTarget *target = g_ptr_array_index (targets, i);
      g_auto (GStrv) parts = g_strsplit_set (target->authority, "[]", -1);
      g_autofree char *name = g_strjoinv (NULL, parts);

      if (target->secure && g_hash_table_contains (taken, name))
        {
          g_autofree char *plain = g_steal_pointer (&name);

          name = g_strconcat ("https:", plain, NULL);
        }

      if (lb_haproxy_is_name (name) && !g_hash_table_contains (taken, name))
        names[i] = g_steal_pointer (&name);
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
lb_haproxy_write_own_field (const LbProbeSettings *settings,
                            guint i,
                            GString *out)
{
  const LbSetting *field = lb_probe_field_find (own[i].field, NULL);
  guint value = *(const guint *) G_STRUCT_MEMBER_P (settings, field->offset);

  /* While it is down the interval is then as always. */
  if (g_str_equal (own[i].field, "down_interval_ms") && value == 0)
    value = settings->interval_ms;

  g_string_append_printf (out, " %s", own[i].keyword);
  if (own[i].is_time)
    lb_haproxy_append_time (out, value);
  else
    g_string_append_printf (out, " %u", value);
}

/* All of it, but what is 0 by default. */
static void
lb_haproxy_write_own (const LbProbeSettings *settings,
                      GString *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    {
      const LbSetting *field = lb_probe_field_find (own[i].field, NULL);

      if (*(const guint *) G_STRUCT_MEMBER_P (settings, field->offset) != 0)
        lb_haproxy_write_own_field (settings, i, out);
    }
}

/* What a server has otherwise than most. */
static void
lb_haproxy_write_own_exceptions (const LbExchangeTarget *target,
                                 const LbProbeSettings *most,
                                 GString *out)
{
  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    if (lb_exchange_target_differs (target, own[i].field, most))
      lb_haproxy_write_own_field (&target->probe, i, out);
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
lb_haproxy_write_address (const LbExchangeTarget *target,
                          GString *out)
{
  lb_haproxy_append_host (out, " ", target->host);
  g_string_append_printf (out, ":%u", target->port);
}

/* Where and how it is checked, and how it is talked to. */
static void
lb_haproxy_write_check (const LbExchangeTarget *target,
                        GString *out)
{
  if (!g_str_equal (target->probe_host, target->host))
    lb_haproxy_append_host (out, " addr ", target->probe_host);
  if (lb_exchange_target_elsewhere (target))
    g_string_append_printf (out, " port %u", target->probe_port);
  lb_haproxy_write_tls (target, out);
}

static void
lb_haproxy_write_server (const LbExchangeTarget *target,
                         const char *name,
                         const LbProbeSettings *most,
                         GString *out,
                         LbExchangeNotes *notes)
{
  g_string_append_printf (out, "    server %s", name);
  lb_haproxy_write_address (target, out);
  lb_haproxy_write_state (target, out, notes);
  if (lb_haproxy_is_dns_name (target->host))
    g_string_append (out, " init-addr last,libc,none");

  lb_haproxy_write_check (target, out);
  lb_haproxy_write_own_exceptions (target, most, out);
  g_string_append_c (out, '\n');
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
 * lb_haproxy_section_new:
 * @pool: a pool with a backend at least, which outlives the section
 * @notes: what to add a note to for each thing that cannot be expressed
 *
 * Finds out what the servers of a section for this pool have in common, and what they are called. They have one
 * base path; who has another than most is left out.
 *
 * Returns: (transfer full): a section
 */
LbHaproxySection *
lb_haproxy_section_new (const LbExchangePool *pool,
                        LbExchangeNotes *notes)
{
  const char *own_fields[G_N_ELEMENTS (own) + 1] = { NULL };
  LbHaproxySection *self = g_new0 (LbHaproxySection, 1);

  for (guint i = 0; i < G_N_ELEMENTS (own); i++)
    own_fields[i] = own[i].field;

  self->pool = pool;
  self->targets = lb_exchange_targets_new (pool);
  lb_exchange_targets_keep_alike (self->targets, FALSE, PROGRAM, notes);
  lb_probe_settings_copy (&self->common, &pool->probe);
  lb_exchange_targets_agree (self->targets, shared, &self->common, PROGRAM, notes);
  lb_exchange_targets_most (self->targets, own_fields, &self->common);
  self->names = lb_haproxy_make_names (self->targets);

  return self;
}

/**
 * lb_haproxy_section_free:
 * @self: (nullable) (transfer full): a section
 */
void
lb_haproxy_section_free (LbHaproxySection *self)
{
  if (self == NULL)
    return;

  lb_probe_settings_clear (&self->common);
  g_strfreev (self->names);
  g_ptr_array_unref (self->targets);
  g_free (self);
}

/**
 * lb_haproxy_section_get_probe:
 * @self: a section
 *
 * Returns: (transfer none): how most of its servers are checked
 */
const LbProbeSettings *
lb_haproxy_section_get_probe (const LbHaproxySection *self)
{
  return &self->common;
}

/**
 * lb_haproxy_section_write:
 * @self: a section
 * @name: what it is called
 * @out: what to append to
 * @notes: what to add a note to for each thing that cannot be expressed
 *
 * Writes its head: everything but the servers.
 */
void
lb_haproxy_section_write (LbHaproxySection *self,
                          const char *name,
                          GString *out,
                          LbExchangeNotes *notes)
{
  const char *path = ((LbExchangeTarget *) g_ptr_array_index (self->targets, 0))->path;

  g_string_append_printf (out, "\nbackend %s\n", name);
  lb_haproxy_write_policy (self->pool, out, notes);
  lb_haproxy_write_backup_option (self->targets, out);
  if (*path != '\0')
    {
      g_string_append (out, "    http-request set-path \"");
      lb_haproxy_append_escaped (out, path, TRUE);
      g_string_append (out, "%[path]\"\n");
    }
  lb_haproxy_write_checks (self->targets, lb_haproxy_are_hosts (self->targets, self->names),
                           &self->common, out, notes);
}

/**
 * lb_haproxy_section_write_servers:
 * @self: a section whose head has been written
 * @out: what to append to
 * @notes: what to add a note to for each thing that cannot be expressed
 *
 * Writes the servers in the way of people: what most have stands in one line before them.
 */
void
lb_haproxy_section_write_servers (LbHaproxySection *self,
                                  GString *out,
                                  LbExchangeNotes *notes)
{
  g_string_append (out, "    default-server check");
  lb_haproxy_write_own (&self->common, out);
  g_string_append_c (out, '\n');

  for (guint i = 0; i < self->targets->len; i++)
    lb_haproxy_write_server (g_ptr_array_index (self->targets, i), self->names[i], &self->common, out,
                             notes);
}

/**
 * lb_haproxy_section_get_n:
 * @self: a section
 *
 * Returns: how many servers it has
 */
guint
lb_haproxy_section_get_n (const LbHaproxySection *self)
{
  return self->targets->len;
}

/**
 * lb_haproxy_section_get_name:
 * @self: a section
 * @i: which of its servers
 *
 * Returns: the server's name
 */
const char *
lb_haproxy_section_get_name (const LbHaproxySection *self,
                             guint i)
{
  return self->names[i];
}

/**
 * lb_haproxy_section_get_backend:
 * @self: a section
 * @i: which of its servers
 *
 * Returns: (transfer none): the backend that the server is
 */
LbBackend *
lb_haproxy_section_get_backend (const LbHaproxySection *self,
                                guint i)
{
  return ((LbExchangeTarget *) g_ptr_array_index (self->targets, i))->backend;
}

/**
 * lb_haproxy_section_make_words:
 * @self: a section
 * @i: which of its servers
 *
 * Makes what stands behind a server's name in `server` and in `add server`, which knows no defaults: all but its
 * weight and its state.
 *
 * Returns: (transfer full): the words
 */
char *
lb_haproxy_section_make_words (const LbHaproxySection *self,
                               guint i)
{
  const LbExchangeTarget *target = g_ptr_array_index (self->targets, i);
  GString *words = g_string_new (NULL);

  lb_haproxy_write_address (target, words);
  g_string_erase (words, 0, 1);
  if (lb_backend_get_backup (target->backend))
    g_string_append (words, " backup");
  lb_haproxy_write_check (target, words);
  g_string_append (words, " check");
  lb_haproxy_write_own (&target->probe, words);

  return g_string_free (words, FALSE);
}
