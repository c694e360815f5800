/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-caddy"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>
#include <string.h>

#include "config/lb-json-text.h"
#include "exchange/lb-exchange-agree.h"
#include "exchange/lb-exchange-caddy.h"
#include "exchange/lb-exchange-writing.h"

/*
 * A whole configuration for Caddy from version 2.6 on, as JSON. Caddy passes requests on to all
 * servers of a `reverse_proxy` in the same way, checks them by the same request, knows no backups,
 * and has no server that is there but not used.
 */

#define PROGRAM "Caddy"

/* A weight is written by naming a server several times, as long as the list stays readable. */
#define MAX_UPSTREAMS 1000

static const struct
{
  const char *policy;
  const char *name;
  gboolean has_weights;
} policies[] = {
  { "random", "random", TRUE },
  { "round-robin", "round_robin", TRUE },
  { "two-choices", "random_choose", TRUE },
  { "least-connections", "least_conn" },
  { "source-hash", "ip_hash" },
  { "path-hash", "uri_hash" },
};

/* The new object that is at @name in @object. */
static JsonObject *
lb_caddy_add_object (JsonObject *object,
                     const char *name)
{
  JsonObject *member = json_object_new ();

  json_object_set_object_member (object, name, member);

  return member;
}

static JsonArray *
lb_caddy_add_array (JsonObject *object,
                    const char *name)
{
  JsonArray *member = json_array_new ();

  json_object_set_array_member (object, name, member);

  return member;
}

static void
lb_caddy_add_time (JsonObject *object,
                   const char *name,
                   guint ms)
{
  g_autofree char *text =
    ms % 1000 == 0 ? g_strdup_printf ("%us", ms / 1000) : g_strdup_printf ("%ums", ms);

  json_object_set_string_member (object, name, text);
}

/**
 * lb_caddy_make_headers:
 *
 * Returns: (transfer full): what lets each server see its own host, as it does when clients are sent
 *   to it
 */
JsonObject *
lb_caddy_make_headers (void)
{
  JsonObject *headers = json_object_new ();
  JsonObject *set = lb_caddy_add_object (lb_caddy_add_object (headers, "request"), "set");

  json_array_add_string_element (lb_caddy_add_array (set, "Host"),
                                 "{http.reverse_proxy.upstream.hostport}");

  return headers;
}

/* Leaves out what would get requests that it must not get. */
static void
lb_caddy_keep_serving (GPtrArray *targets,
                       LbExchangeNotes *notes)
{
  lb_exchange_targets_keep_ready (targets, PROGRAM, notes);
  if (targets->len == 0 ||
      !lb_exchange_targets_have_others_than_backups (targets, PROGRAM, notes))
    return;

  for (guint i = targets->len; i-- > 0;)
    {
      const LbExchangeTarget *target = g_ptr_array_index (targets, i);

      if (!lb_backend_get_backup (target->backend))
        continue;

      lb_exchange_notes_add (notes, 0, _("%s is left out, since %s has no backups."),
                             lb_backend_get_url (target->backend), PROGRAM);
      g_ptr_array_remove_index (targets, i);
    }
}

/* Writes how the next backend is chosen. Returns whether naming one twice gives it two shares. */
static gboolean
lb_caddy_write_policy (const LbExchangePool *pool,
                       JsonObject *proxy,
                       LbExchangeNotes *notes)
{
  JsonObject *selection =
    lb_caddy_add_object (lb_caddy_add_object (proxy, "load_balancing"), "selection_policy");

  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    if (g_strcmp0 (pool->policy, policies[i].policy) == 0)
      {
        json_object_set_string_member (selection, "policy", policies[i].name);
        if (g_str_equal (policies[i].name, "random_choose"))
          json_object_set_int_member (selection, "choose", 2);
        if (g_str_equal (policies[i].name, "uri_hash"))
          lb_exchange_notes_add (notes, 0,
                                 _("%s’s “%s” looks at the path with its query, unlike the policy "
                                   "“%s”."),
                                 PROGRAM, policies[i].name, pool->policy);
        return policies[i].has_weights;
      }

  json_object_set_string_member (selection, "policy", "least_conn");
  lb_exchange_note_policy (pool, PROGRAM, "least_conn", notes);

  return FALSE;
}

static guint
lb_caddy_gcd (guint a,
              guint b)
{
  while (b != 0)
    {
      const guint rest = a % b;

      a = b;
      b = rest;
    }

  return a;
}

/* How often each server is named: by its weight, but no oftener than is needed for the proportions.
 * 0 if weights cannot be written. */
static guint
lb_caddy_get_divisor (GPtrArray *targets,
                      gboolean has_weights,
                      LbExchangeNotes *notes)
{
  guint divisor = 0;
  guint sum = 0;

  if (!lb_exchange_targets_have_weights (targets))
    return 0;

  for (guint i = 0; i < targets->len; i++)
    {
      const LbExchangeTarget *target = g_ptr_array_index (targets, i);
      const guint weight = lb_backend_get_weight (target->backend);

      divisor = lb_caddy_gcd (weight, divisor);
      sum += weight;
    }

  if (has_weights && divisor > 0 && sum / divisor <= MAX_UPSTREAMS)
    return divisor;

  lb_exchange_notes_add (notes, 0,
                         has_weights ? _("%s gets no weights: there is no short way to write them.")
                                     : _("%s gets no weights: it has none with this policy."),
                         PROGRAM);
  return 0;
}

static void
lb_caddy_write_upstreams (GPtrArray *targets,
                          gboolean has_weights,
                          JsonObject *proxy,
                          LbExchangeNotes *notes)
{
  JsonArray *upstreams = lb_caddy_add_array (proxy, "upstreams");
  const guint divisor = lb_caddy_get_divisor (targets, has_weights, notes);

  for (guint i = 0; i < targets->len; i++)
    {
      const LbExchangeTarget *target = g_ptr_array_index (targets, i);
      const gboolean is_ipv6 = strchr (target->host, ':') != NULL;
      const guint n = divisor == 0 ? 1 : lb_backend_get_weight (target->backend) / divisor;
      g_autofree char *dial = g_strdup_printf ("%s%s%s:%u", is_ipv6 ? "[" : "", target->host,
                                               is_ipv6 ? "]" : "", target->port);

      for (guint j = 0; j < n; j++)
        {
          JsonObject *upstream = json_object_new ();

          json_object_set_string_member (upstream, "dial", dial);
          json_array_add_object_element (upstreams, upstream);
        }
    }
}

/* How all of them are checked */

/* One status, or a hundred of them by their first digit. */
static gboolean
lb_caddy_write_status (const char *ranges,
                       JsonObject *active)
{
  guint first, last;
  int length = 0;

  if (g_str_equal (ranges, "200-399"))
    return TRUE;

  if (sscanf (ranges, "%3u%n", &first, &length) == 1 && ranges[length] == '\0')
    json_object_set_int_member (active, "expect_status", first);
  else if (sscanf (ranges, "%3u-%3u%n", &first, &last, &length) == 2 && ranges[length] == '\0' &&
           first % 100 == 0 && last == first + 99)
    json_object_set_int_member (active, "expect_status", first / 100);
  else
    return FALSE;

  return TRUE;
}

/* The pattern that matches this text and no other. */
static char *
lb_caddy_make_pattern (const char *text)
{
  GString *out = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p++)
    {
      if (strchr ("\\.^$*+?()[]{}|", *p) != NULL)
        g_string_append_c (out, '\\');
      g_string_append_c (out, *p);
    }

  return g_string_free (out, FALSE);
}

static void
lb_caddy_write_body (const LbProbeSettings *common,
                     JsonObject *active)
{
  g_autofree char *pattern = NULL;

  if (common->expected_body == NULL)
    return;

  pattern = lb_caddy_make_pattern (common->expected_body);
  json_object_set_string_member (active, "expect_body", pattern);
  json_object_set_int_member (active, "max_size", 64 * 1024);
}

/* Adds a value to those of a header. */
static void
lb_caddy_add_header (JsonObject *headers,
                     const char *name,
                     const char *value)
{
  JsonArray *values = json_object_has_member (headers, name)
                        ? json_object_get_array_member (headers, name)
                        : lb_caddy_add_array (headers, name);

  json_array_add_string_element (values, value);
}

static void
lb_caddy_write_headers (const LbProbeSettings *common,
                        JsonObject *active)
{
  g_autoptr (JsonObject) headers = json_object_new ();

  if (common->host != NULL)
    lb_caddy_add_header (headers, "Host", common->host);

  for (guint i = 0; common->headers != NULL && common->headers[i] != NULL; i++)
    {
      const char *colon = strchr (common->headers[i], ':');
      g_autofree char *name = g_strndup (common->headers[i], (gsize) (colon - common->headers[i]));
      g_autofree char *value = g_strstrip (g_strdup (colon + 1));

      lb_caddy_add_header (headers, name, value);
    }

  if (json_object_get_size (headers) > 0)
    json_object_set_object_member (active, "headers", g_steal_pointer (&headers));
}

static void
lb_caddy_write_checks (const LbExchangePool *pool,
                       GPtrArray *targets,
                       JsonObject *proxy,
                       LbExchangeNotes *notes)
{
  static const char *const shared[] = { "interval_ms",     "fast_interval_ms", "down_interval_ms",
                                        "timeout_ms",      "jitter",           "rise",
                                        "fall",            "slow_start_ms",    "tcp_only",
                                        "method",          "path",             "host",
                                        "headers",         "expected_status",  "expected_body",
                                        NULL };
  static const char *const lost[] = { "fast_interval_ms", "down_interval_ms", "jitter", "rise",
                                      "fall", "slow_start_ms", "tcp_only", "method", NULL };
  static const char *const lost_status[] = { "expected_status", NULL };
  g_auto (LbProbeSettings) common = { 0 };
  JsonObject *active;
  guint port;

  lb_probe_settings_copy (&common, &pool->probe);
  lb_exchange_targets_forget_own_hosts (targets);
  lb_exchange_targets_agree (targets, shared, &common, PROGRAM, notes);
  port = lb_exchange_targets_agree_port (targets, NULL, PROGRAM, notes);
  lb_exchange_note_settings (&common, lost, PROGRAM, notes);

  /* It checks by requests only. */
  if (common.tcp_only)
    return;

  active = lb_caddy_add_object (lb_caddy_add_object (proxy, "health_checks"), "active");
  json_object_set_string_member (active, "uri", common.path);
  if (port != 0)
    json_object_set_int_member (active, "port", port);
  lb_caddy_add_time (active, "interval", common.interval_ms);
  lb_caddy_add_time (active, "timeout", common.timeout_ms);
  lb_caddy_write_headers (&common, active);
  if (!lb_caddy_write_status (common.expected_status, active))
    lb_exchange_note_settings (&common, lost_status, PROGRAM, notes);
  lb_caddy_write_body (&common, active);
}

/* The whole */

static void
lb_caddy_write_transport (const LbExchangePool *pool,
                          GPtrArray *targets,
                          JsonObject *proxy,
                          LbExchangeNotes *notes)
{
  static const char *const shared[] = { "verify_certificate", NULL };
  const LbExchangeTarget *first = g_ptr_array_index (targets, 0);
  g_auto (LbProbeSettings) common = { 0 };
  JsonObject *transport, *tls;

  if (!first->secure)
    return;

  lb_probe_settings_copy (&common, &pool->probe);
  lb_exchange_targets_agree (targets, shared, &common, PROGRAM, notes);

  transport = lb_caddy_add_object (proxy, "transport");
  json_object_set_string_member (transport, "protocol", "http");
  tls = lb_caddy_add_object (transport, "tls");
  if (!common.verify_certificate)
    json_object_set_boolean_member (tls, "insecure_skip_verify", TRUE);
}

static JsonObject *
lb_caddy_make_proxy (const LbExchangePool *pool,
                     GPtrArray *targets,
                     LbExchangeNotes *notes)
{
  JsonObject *proxy = json_object_new ();
  gboolean has_weights;

  json_object_set_string_member (proxy, "handler", "reverse_proxy");
  has_weights = lb_caddy_write_policy (pool, proxy, notes);
  lb_caddy_write_upstreams (targets, has_weights, proxy, notes);

  lb_caddy_write_transport (pool, targets, proxy, notes);
  lb_caddy_write_checks (pool, targets, proxy, notes);
  json_object_set_object_member (proxy, "headers", lb_caddy_make_headers ());

  return proxy;
}

/* Adds a server to the document, and returns the list of what it does with a request. */
static JsonArray *
lb_caddy_add_server (const LbExchangePool *pool,
                     JsonObject *object)
{
  g_autofree char *name = lb_exchange_make_name (pool);
  const guint port = lb_exchange_get_port (pool);
  g_autofree char *ipv4 = g_strdup_printf ("127.0.0.1:%u", port);
  g_autofree char *ipv6 = g_strdup_printf ("[::1]:%u", port);
  JsonObject *server = object;
  JsonObject *route = json_object_new ();
  JsonArray *listen;

  server = lb_caddy_add_object (server, "apps");
  server = lb_caddy_add_object (server, "http");
  server = lb_caddy_add_object (server, "servers");
  server = lb_caddy_add_object (server, name);

  listen = lb_caddy_add_array (server, "listen");
  json_array_add_string_element (listen, ipv4);
  json_array_add_string_element (listen, ipv6);
  json_array_add_object_element (lb_caddy_add_array (server, "routes"), route);

  return lb_caddy_add_array (route, "handle");
}

/* Puts the base path in front of each request's own, if there is one. */
static void
lb_caddy_write_base (GPtrArray *targets,
                     JsonArray *handle)
{
  const LbExchangeTarget *first = g_ptr_array_index (targets, 0);
  g_autofree char *uri = g_strconcat (first->path, LB_CADDY_URI, NULL);
  JsonObject *rewrite;

  if (*first->path == '\0')
    return;

  rewrite = json_object_new ();
  json_object_set_string_member (rewrite, "handler", "rewrite");
  json_object_set_string_member (rewrite, "uri", uri);
  json_array_add_object_element (handle, rewrite);
}

/**
 * lb_exchange_caddy_write:
 * @pool: a pool with a backend at least
 * @out: what to append to
 * @notes: what to add a note to for each thing that cannot be expressed
 */
void
lb_exchange_caddy_write (const LbExchangePool *pool,
                         GString *out,
                         LbExchangeNotes *notes)
{
  g_autoptr (GPtrArray) targets = lb_exchange_targets_new (pool);
  g_autoptr (JsonObject) object = json_object_new ();
  g_autofree char *text = NULL;
  JsonArray *handle;

  lb_caddy_keep_serving (targets, notes);
  if (targets->len == 0)
    return;

  lb_exchange_targets_keep_alike (targets, TRUE, PROGRAM, notes);
  lb_exchange_note_panic (pool, PROGRAM, notes);

  handle = lb_caddy_add_server (pool, object);
  lb_caddy_write_base (targets, handle);
  json_array_add_object_element (handle, lb_caddy_make_proxy (pool, targets, notes));

  text = lb_json_text_print (object, NULL);
  g_string_append (out, text);
}
