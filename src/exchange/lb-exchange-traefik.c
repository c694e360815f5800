/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-traefik"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "exchange/lb-exchange-agree.h"
#include "exchange/lb-exchange-formats.h"
#include "exchange/lb-exchange-writing.h"

/*
 * A file for Traefik's file provider, from version 3.4 on, in YAML. Traefik checks all servers of a
 * service by the same request. Backups are a service of their own, which takes over when the first
 * has failed.
 */

#define PROGRAM "Traefik"

static const struct
{
  const char *policy;
  const char *strategy;
} policies[] = {
  { "round-robin", "wrr" },
  { "two-choices", "p2c" },
  { "source-hash", "hrw" },
  { "fastest", "leasttime" },
};

/* Writes a text so that nothing in it can mean anything to YAML, nor, with its braces, to the templates
 * that Traefik takes the whole file for before it is YAML. */
static void
lb_yaml_append (GString *out,
                const char *text)
{
  g_string_append_c (out, '"');
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      const gunichar c = g_utf8_get_char (p);

      if (c == '"' || c == '\\')
        g_string_append_printf (out, "\\%c", (char) c);
      else if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff ||
               c == '{')
        g_string_append_printf (out, "\\u%04x", c);
      else
        g_string_append_unichar (out, c);
    }
  g_string_append_c (out, '"');
}

G_GNUC_PRINTF (3, 4)
static void
lb_yaml_line (GString *out,
              guint depth,
              const char *format,
              ...)
{
  va_list args;

  va_start (args, format);
  g_string_append_printf (out, "%*s", (int) depth * 2, "");
  g_string_append_vprintf (out, format, args);
  g_string_append_c (out, '\n');
  va_end (args);
}

static void
lb_yaml_text (GString *out,
              guint depth,
              const char *key,
              const char *text)
{
  g_string_append_printf (out, "%*s%s: ", (int) depth * 2, "", key);
  lb_yaml_append (out, text);
  g_string_append_c (out, '\n');
}

static void
lb_traefik_write_time (GString *out,
                       guint depth,
                       const char *key,
                       guint ms)
{
  if (ms % 1000 == 0)
    lb_yaml_line (out, depth, "%s: %us", key, ms / 1000);
  else
    lb_yaml_line (out, depth, "%s: %ums", key, ms);
}

/* How all of them are checked */

static void
lb_traefik_write_headers (const LbProbeSettings *common,
                          GString *out,
                          LbExchangeNotes *notes)
{
  g_autoptr (GHashTable) seen =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  if (common->headers == NULL || common->headers[0] == NULL)
    return;

  lb_yaml_line (out, 5, "headers:");
  for (guint i = 0; common->headers[i] != NULL; i++)
    {
      const char *colon = strchr (common->headers[i], ':');
      char *name = g_strndup (common->headers[i], (gsize) (colon - common->headers[i]));
      g_autofree char *folded = g_ascii_strdown (name, -1);
      g_autofree char *value = g_strstrip (g_strdup (colon + 1));

      if (g_hash_table_add (seen, g_steal_pointer (&folded)))
        {
          g_string_append (out, "            ");
          lb_yaml_append (out, name);
          g_string_append (out, ": ");
          lb_yaml_append (out, value);
          g_string_append_c (out, '\n');
        }
      else
        lb_exchange_notes_add (notes, 0,
                               _("The probes’ header “%s” is left out: %s takes each name once."),
                               common->headers[i], PROGRAM);
      g_free (name);
    }
}

static void
lb_traefik_write_check (const LbProbeSettings *common,
                        guint port,
                        gboolean secure,
                        GString *out,
                        LbExchangeNotes *notes)
{
  static const char *const lost_status[] = { "expected_status", NULL };
  guint status;
  int length = 0;

  if (common->tcp_only)
    return;

  lb_yaml_line (out, 4, "healthCheck:");
  lb_yaml_text (out, 5, "path", common->path);
  if (strcmp (common->method, "GET") != 0)
    lb_yaml_line (out, 5, "method: %s", common->method);
  if (port != 0)
    {
      lb_yaml_line (out, 5, "scheme: %s", secure ? "https" : "http");
      lb_yaml_line (out, 5, "port: %u", port);
    }
  if (common->host != NULL)
    lb_yaml_text (out, 5, "hostname", common->host);
  lb_traefik_write_headers (common, out, notes);

  lb_traefik_write_time (out, 5, "interval", common->interval_ms);
  if (common->down_interval_ms != 0)
    lb_traefik_write_time (out, 5, "unhealthyInterval", common->down_interval_ms);
  lb_traefik_write_time (out, 5, "timeout", common->timeout_ms);
  lb_yaml_line (out, 5, "followRedirects: false");

  if (sscanf (common->expected_status, "%3u%n", &status, &length) == 1 &&
      common->expected_status[length] == '\0')
    lb_yaml_line (out, 5, "status: %u", status);
  else
    lb_exchange_note_settings (common, lost_status, PROGRAM, notes);
}

/* Services */

/* What all services share. */
typedef struct
{
  const char *strategy;
  const LbProbeSettings *common;
  guint probe_port;
  gboolean probe_secure;
  gboolean unverified;
} LbTraefikService;

static void
lb_traefik_write_service (const LbTraefikService *self,
                          const char *name,
                          GPtrArray *targets,
                          gboolean backups,
                          GString *out,
                          LbExchangeNotes *notes)
{
  lb_yaml_line (out, 2, "%s:", name);
  lb_yaml_line (out, 3, "loadBalancer:");
  lb_yaml_line (out, 4, "strategy: %s", self->strategy);
  lb_yaml_line (out, 4, "servers:");

  for (guint i = 0; i < targets->len; i++)
    {
      const LbExchangeTarget *target = g_ptr_array_index (targets, i);
      const guint weight = lb_backend_get_weight (target->backend);

      if (lb_backend_get_backup (target->backend) != backups)
        continue;

      g_string_append (out, "          - url: ");
      lb_yaml_append (out, lb_backend_get_url (target->backend));
      g_string_append_c (out, '\n');
      if (weight != 1)
        lb_yaml_line (out, 6, "weight: %u", weight);
      if (*target->path != '\0')
        lb_yaml_line (out, 6, "preservePath: true");
    }

  lb_traefik_write_check (self->common, self->probe_port, self->probe_secure, out, notes);

  /* Each server sees its own host, as it does when clients are sent to it. */
  lb_yaml_line (out, 4, "passHostHeader: false");
  if (self->unverified)
    lb_yaml_line (out, 4, "serversTransport: unverified");
}

static guint
lb_traefik_count_backups (GPtrArray *targets)
{
  guint n = 0;

  for (guint i = 0; i < targets->len; i++)
    if (lb_backend_get_backup (((LbExchangeTarget *) g_ptr_array_index (targets, i))->backend))
      n++;

  return n;
}

static void
lb_traefik_write_services (const LbTraefikService *service,
                           const char *name,
                           GPtrArray *targets,
                           GString *out,
                           LbExchangeNotes *notes)
{
  const guint n_backups = lb_traefik_count_backups (targets);
  g_autofree char *main_name = g_strconcat (name, "-main", NULL);
  g_autofree char *backup_name = g_strconcat (name, "-backup", NULL);

  lb_yaml_line (out, 1, "services:");
  if (n_backups == 0 || n_backups == targets->len)
    {
      lb_traefik_write_service (service, name, targets, n_backups > 0, out, notes);
      return;
    }

  lb_yaml_line (out, 2, "%s:", name);
  lb_yaml_line (out, 3, "failover:");
  lb_yaml_line (out, 4, "service: %s", main_name);
  lb_yaml_line (out, 4, "fallback: %s", backup_name);
  lb_traefik_write_service (service, main_name, targets, FALSE, out, notes);
  lb_traefik_write_service (service, backup_name, targets, TRUE, out, notes);
}

static const char *
lb_traefik_get_strategy (const LbExchangePool *pool,
                         GPtrArray *targets,
                         LbExchangeNotes *notes)
{
  const char *strategy = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    if (g_strcmp0 (pool->policy, policies[i].policy) == 0)
      strategy = policies[i].strategy;

  if (strategy == NULL)
    {
      strategy = "wrr";
      lb_exchange_note_policy (pool, PROGRAM, strategy, notes);
    }

  if (strcmp (strategy, "p2c") == 0 && lb_exchange_targets_have_weights (targets))
    lb_exchange_notes_add (notes, 0, _("%s gets no weights: it has none with this policy."),
                           PROGRAM);

  return strategy;
}

/* The whole */

/* Settles what is the same for all. */
static void
lb_traefik_agree (LbTraefikService *self,
                  GPtrArray *targets,
                  LbProbeSettings *common,
                  LbExchangeNotes *notes)
{
  static const char *const shared[] = { "interval_ms",     "fast_interval_ms",   "down_interval_ms",
                                        "timeout_ms",      "jitter",             "rise",
                                        "fall",            "slow_start_ms",      "tcp_only",
                                        "method",          "path",               "host",
                                        "headers",         "expected_status",    "expected_body",
                                        NULL };
  static const char *const certificates[] = { "verify_certificate", NULL };
  static const char *const lost[] = { "fast_interval_ms", "jitter", "rise", "fall",
                                      "slow_start_ms", "tcp_only", "expected_body", NULL };
  g_autoptr (GPtrArray) secure = g_ptr_array_new ();

  for (guint i = 0; i < targets->len; i++)
    {
      LbExchangeTarget *target = g_ptr_array_index (targets, i);

      if (target->secure || target->probe_secure)
        g_ptr_array_add (secure, target);
    }

  lb_exchange_targets_forget_own_hosts (targets);
  lb_exchange_targets_agree (targets, shared, common, PROGRAM, notes);
  lb_exchange_targets_agree (secure, certificates, common, PROGRAM, notes);
  lb_exchange_note_settings (common, lost, PROGRAM, notes);

  self->common = common;
  self->unverified = secure->len > 0 && !common->verify_certificate;
  self->probe_port = lb_exchange_targets_agree_port (targets, &self->probe_secure, PROGRAM, notes);
}

static void
lb_exchange_traefik_write (const LbExchangePool *pool,
                           GString *out,
                           LbExchangeNotes *notes)
{
  g_autoptr (GPtrArray) targets = lb_exchange_targets_new (pool);
  g_autofree char *name = lb_exchange_make_name (pool);
  g_auto (LbProbeSettings) common = { 0 };
  LbTraefikService service = { NULL };

  lb_exchange_targets_keep_ready (targets, PROGRAM, notes);
  if (targets->len == 0)
    return;

  lb_exchange_note_panic (pool, PROGRAM, notes);
  lb_probe_settings_copy (&common, &pool->probe);
  lb_traefik_agree (&service, targets, &common, notes);
  service.strategy = lb_traefik_get_strategy (pool, targets, notes);

  lb_exchange_write_comment (out,
                             _("A pool of Load Balancer’s for Traefik 3.6 or newer: a file for "
                               "providers.file.\nIt is served on every entry point."));
  g_string_append_c (out, '\n');
  lb_yaml_line (out, 0, "http:");
  lb_yaml_line (out, 1, "routers:");
  lb_yaml_line (out, 2, "%s:", name);
  lb_yaml_line (out, 3, "rule: \"PathPrefix(`/`)\"");
  lb_yaml_line (out, 3, "service: %s", name);
  lb_traefik_write_services (&service, name, targets, out, notes);

  if (service.unverified)
    {
      lb_yaml_line (out, 1, "serversTransports:");
      lb_yaml_line (out, 2, "unverified:");
      lb_yaml_line (out, 3, "insecureSkipVerify: true");
    }
}

const LbExchangeFormat lb_exchange_traefik = {
  .id = "traefik",
  .title = "Traefik",
  .suffix = ".yaml",
  .media_type = "application/yaml",
  .write = lb_exchange_traefik_write,
};
