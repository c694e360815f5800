/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-caddy"

#include "config.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "config/lb-config-keys.h"
#include "exchange/lb-exchange-caddy-check.h"
#include "exchange/lb-exchange-caddy.h"
#include "exchange/lb-exchange-formats.h"
#include "exchange/lb-exchange-json-text.h"

/*
 * A configuration of Caddy's as JSON, or a part of one. Each `reverse_proxy` in it, wherever it is,
 * is a pool. Its name is the way to it, since it has none of its own.
 */

typedef struct
{
  LbExchangeImport *import;
  GString *way; /* to where reading is, below the list of servers */
} LbCaddyReader;

static void lb_caddy_walk (LbCaddyReader *self, JsonNode *node, const char *base);

/* Which backend is next */

static void
lb_caddy_read_policy (JsonObject *balancing,
                      LbExchangePool *pool)
{
  static const struct
  {
    const char *name;
    const char *policy;
    gboolean inexact;
  } policies[] = {
    { "random", "random" },
    { "round_robin", "round-robin" },
    { "weighted_round_robin", "round-robin" },
    { "least_conn", "least-connections" },
    { "random_choose", "two-choices" },
    { "ip_hash", "source-hash" },
    { "client_ip_hash", "source-hash" },
    { "uri_hash", "path-hash", TRUE },
  };
  JsonObject *selection = lb_exchange_get_object (balancing, "selection_policy");
  const char *name = lb_exchange_get_string (selection, "policy");

  if (name == NULL)
    name = "random";

  for (guint i = 0; i < G_N_ELEMENTS (policies); i++)
    if (g_str_equal (policies[i].name, name))
      {
        lb_exchange_pool_set_policy (pool, policies[i].policy);
        if (policies[i].inexact)
          lb_exchange_notes_add (pool->notes, 0,
                                 _("“%s” becomes the policy “%s”, which leaves out the query."),
                                 name, policies[i].policy);
        return;
      }

  lb_exchange_notes_add (pool->notes, 0,
                         _("No policy here does what “%s” does, so the policy is left as it is."),
                         name);
}

/* Servers */

static gboolean
lb_caddy_split_dial (const char *dial,
                     char **host,
                     guint *port)
{
  const char *colon;
  gint64 number;

  if (g_str_has_prefix (dial, "tcp/"))
    dial += strlen ("tcp/");

  colon = strrchr (dial, ':');
  if (colon == NULL || strpbrk (dial, "/{}") != NULL ||
      !lb_exchange_read_integer (colon + 1, &number) || number > G_MAXUINT16)
    return FALSE;

  /* Nothing in front of the port is this computer. */
  *host = colon > dial ? g_strndup (dial, (gsize) (colon - dial)) : g_strdup ("localhost");
  *port = (guint) number;

  return TRUE;
}

static LbBackend *
lb_caddy_read_upstream (JsonObject *proxy,
                        const char *dial,
                        const char *base,
                        LbExchangePool *pool)
{
  JsonObject *checks = lb_exchange_get_object (proxy, "health_checks");
  JsonObject *active = lb_exchange_get_object (checks, "active");
  JsonObject *tls =
    lb_exchange_get_object (lb_exchange_get_object (proxy, "transport"), "tls");
  LbExchangeServer server = { .secure = tls != NULL, .path = base };
  g_auto (LbProbeSettings) wanted = { 0 };
  g_autofree char *host = NULL;
  LbBackend *backend;

  if (!lb_caddy_split_dial (dial, &host, &server.port))
    {
      lb_exchange_notes_add (pool->notes, 0,
                             _("The backend is left out: no URL leads to the address “%s”. Write "
                               "a host and a port there."),
                             dial);
      return NULL;
    }

  server.host = host;
  backend = lb_exchange_pool_add (pool, &server, 0);
  if (backend == NULL)
    return NULL;

  server.host = lb_backend_get_host (backend);
  lb_probe_settings_copy (&wanted, &pool->probe);
  if (tls != NULL)
    {
      JsonNode *skip = json_object_get_member (tls, "insecure_skip_verify");

      wanted.verify_certificate =
        skip == NULL || !lb_config_node_is (skip, G_TYPE_BOOLEAN) || !json_node_get_boolean (skip);
    }
  if (active != NULL)
    lb_caddy_read_check (active, &server, &wanted, pool->notes);
  else
    lb_exchange_notes_add (pool->notes, 0,
                           _("The server is not checked there. Here it is probed like any "
                             "other."));
  lb_exchange_pool_set_probe (pool, backend, &wanted, 0);

  return backend;
}

/* A server that stands there several times gets so many times the share. */
static void
lb_caddy_read_upstreams (JsonObject *proxy,
                         const char *base,
                         LbExchangePool *pool)
{
  static const char *const known[] = { "dial", NULL };
  JsonObject *selection =
    lb_exchange_get_object (lb_exchange_get_object (proxy, "load_balancing"), "selection_policy");
  JsonArray *upstreams = lb_exchange_get_array (proxy, "upstreams");
  JsonArray *weights = lb_exchange_get_array (selection, "weights");
  g_autoptr (GHashTable) by_dial = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; upstreams != NULL && i < json_array_get_length (upstreams); i++)
    {
      JsonNode *node = json_array_get_element (upstreams, i);
      JsonObject *upstream = JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
      const char *dial = lb_exchange_get_string (upstream, "dial");
      gint64 weight = 1;
      LbBackend *backend;

      lb_caddy_note_others (upstream, known, pool->notes);
      if (dial == NULL)
        continue;

      if (weights != NULL && i < json_array_get_length (weights) &&
          lb_config_node_is (json_array_get_element (weights, i), G_TYPE_INT64))
        weight = json_array_get_int_element (weights, i);

      backend = g_hash_table_lookup (by_dial, dial);
      if (backend != NULL)
        {
          /* A weight in a file may be any number, but is not worth more than this. */
          lb_exchange_pool_set_weight (pool, backend,
                                       lb_backend_get_weight (backend) + MIN (weight, G_MAXUINT32), 0);
          continue;
        }

      backend = lb_caddy_read_upstream (proxy, dial, base, pool);
      if (backend == NULL)
        continue;

      g_hash_table_insert (by_dial, (gpointer) dial, backend);
      if (weight == 0)
        lb_backend_set_state (backend, LB_STATE_DRAIN);
      else
        lb_exchange_pool_set_weight (pool, backend, weight, 0);
    }
}

/* Notes what is there besides what is read. */
static void
lb_caddy_note_rest (JsonObject *proxy,
                    LbExchangeNotes *notes)
{
  static const char *const in_proxy[] = { "@id", "handler", "headers", "health_checks",
                                          "load_balancing", "transport", "upstreams", NULL };
  static const char *const in_balancing[] = { "selection_policy", NULL };
  static const char *const in_checks[] = { "active", NULL };
  static const char *const in_transport[] = { "protocol", "tls", NULL };
  static const char *const in_tls[] = { "insecure_skip_verify", NULL };
  JsonObject *checks = lb_exchange_get_object (proxy, "health_checks");
  JsonObject *transport = lb_exchange_get_object (proxy, "transport");
  JsonObject *headers = lb_exchange_get_object (proxy, "headers");

  lb_caddy_note_others (proxy, in_proxy, notes);
  lb_caddy_note_others (lb_exchange_get_object (proxy, "load_balancing"), in_balancing, notes);
  lb_caddy_note_others (checks, in_checks, notes);
  lb_caddy_note_check (lb_exchange_get_object (checks, "active"), notes);
  lb_caddy_note_others (transport, in_transport, notes);
  lb_caddy_note_others (lb_exchange_get_object (transport, "tls"), in_tls, notes);

  if (headers != NULL)
    {
      /* Clients that are redirected name the backend's host anyway. */
      g_autoptr (JsonObject) ours = lb_caddy_make_headers ();

      if (!json_object_equal (headers, ours))
        lb_exchange_notes_add (notes, 0, _("“%s” has no counterpart here and is left out."),
                               "headers");
    }
}

static void
lb_caddy_read_proxy (LbCaddyReader *self,
                     JsonObject *proxy,
                     const char *base)
{
  const char *id = lb_exchange_get_string (proxy, "@id");
  const char *protocol =
    lb_exchange_get_string (lb_exchange_get_object (proxy, "transport"), "protocol");
  LbExchangePool *pool;

  if (id == NULL)
    id = self->way->len > 0 ? self->way->str : "reverse_proxy";

  pool = lb_exchange_import_begin (self->import, id, 0);
  if (g_strcmp0 (protocol, "fastcgi") == 0)
    lb_exchange_notes_add (pool->notes, 0,
                           _("“%s”: its servers speak FastCGI, to which no client can be sent."),
                           id);
  else
    {
      lb_caddy_read_policy (lb_exchange_get_object (proxy, "load_balancing"), pool);
      lb_caddy_read_upstreams (proxy, base, pool);
      lb_caddy_note_rest (proxy, pool->notes);
    }

  lb_exchange_import_end (self->import, pool);
}

/* The way to it */

/* The base path that a handler puts in front of each request's own; %NULL if it is none that does. */
static char *
lb_caddy_get_base (LbCaddyReader *self,
                   JsonObject *handler)
{
  const char *uri = lb_exchange_get_string (handler, "uri");
  g_autofree char *base = NULL;

  if (g_strcmp0 (lb_exchange_get_string (handler, "handler"), "rewrite") != 0)
    return NULL;

  if (uri != NULL && *uri == '/' && g_str_has_suffix (uri, LB_CADDY_URI))
    {
      base = g_strndup (uri, strlen (uri) - strlen (LB_CADDY_URI));
      if (strchr (base, '{') == NULL)
        return g_steal_pointer (&base);
    }

  lb_exchange_notes_add (self->import->notes, 0,
                         _("“%s” has no counterpart here and is left out."), "rewrite");
  return NULL;
}

static void
lb_caddy_walk_array (LbCaddyReader *self,
                     JsonArray *array,
                     const char *base)
{
  g_autofree char *own_base = g_strdup (base);
  const gsize length = self->way->len;

  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      g_autofree char *new_base = NULL;

      if (JSON_NODE_HOLDS_OBJECT (node))
        new_base = lb_caddy_get_base (self, json_node_get_object (node));
      if (new_base != NULL)
        {
          g_free (own_base);
          own_base = g_steal_pointer (&new_base);
        }

      g_string_append_printf (self->way, "/%u", i);
      lb_caddy_walk (self, node, own_base);
      g_string_truncate (self->way, length);
    }
}

static void
lb_caddy_walk_object (LbCaddyReader *self,
                      JsonObject *object,
                      const char *base)
{
  const gsize length = self->way->len;
  JsonObjectIter iter;
  const char *name;
  JsonNode *member;

  if (g_strcmp0 (lb_exchange_get_string (object, "handler"), "reverse_proxy") == 0)
    {
      lb_caddy_read_proxy (self, object, base);
      return;
    }

  json_object_iter_init_ordered (&iter, object);
  while (json_object_iter_next_ordered (&iter, &name, &member))
    {
      /* What is above the servers is the same for all of them. */
      if (length > 0 || !(g_str_equal (name, "apps") || g_str_equal (name, "http") ||
                          g_str_equal (name, "servers")))
        g_string_append_printf (self->way, "%s%s", length > 0 ? "/" : "", name);
      lb_caddy_walk (self, member, base);
      g_string_truncate (self->way, length);
    }
}

static void
lb_caddy_walk (LbCaddyReader *self,
               JsonNode *node,
               const char *base)
{
  if (JSON_NODE_HOLDS_OBJECT (node))
    lb_caddy_walk_object (self, json_node_get_object (node), base);
  else if (JSON_NODE_HOLDS_ARRAY (node))
    lb_caddy_walk_array (self, json_node_get_array (node), base);
}

/**
 * lb_exchange_caddy_read:
 * @import: what to add the pools to
 * @text: a configuration; anything is safe
 * @error: return location for a #LbExchangeError
 *
 * Returns: whether it could be read
 */
gboolean
lb_exchange_caddy_read (LbExchangeImport *import,
                        const char *text,
                        GError **error)
{
  g_autoptr (JsonObject) object = lb_exchange_parse_json (text, error);
  g_autoptr (GString) way = g_string_new (NULL);
  g_autoptr (JsonNode) root = NULL;
  LbCaddyReader self = { .import = import, .way = way };

  if (object == NULL)
    return FALSE;

  root = json_node_init_object (json_node_alloc (), object);
  lb_caddy_walk (&self, root, NULL);

  /* The only one of a server is known by the server's name. */
  if (import->pools->len == 1)
    {
      LbExchangePool *pool = g_ptr_array_index (import->pools, 0);
      char *end = strstr (pool->name, "/routes/");

      if (end != NULL)
        *end = '\0';
    }

  return TRUE;
}
