/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

#include "config/lb-proxy-settings.h"
#include "pool/lb-backend.h"
#include "pool/lb-probe-settings.h"

G_BEGIN_DECLS

#define LB_CONFIG_VERSION 1
#define LB_CONFIG_DEFAULT_PORT 5000
#define LB_CONFIG_DEFAULT_REDIRECT_STATUS 307
#define LB_CONFIG_DEFAULT_POLICY "random"
#define LB_CONFIG_DEFAULT_ENGINE "redirect"
#define LB_CONFIG_DEFAULT_ORIGIN "*"
#define LB_CONFIG_DEFAULT_LISTEN "localhost"
#define LB_CONFIG_MAX_CONNECTIONS 1000000

#define LB_CONFIG_ERROR (lb_config_error_quark ())

/**
 * LbConfigError:
 * @LB_CONFIG_ERROR_SYNTAX: the text is no JSON object
 * @LB_CONFIG_ERROR_VERSION: a newer version of the program wrote it
 * @LB_CONFIG_ERROR_VALUE: a value is not what it must be
 */
typedef enum
{
  LB_CONFIG_ERROR_SYNTAX,
  LB_CONFIG_ERROR_VERSION,
  LB_CONFIG_ERROR_VALUE,
} LbConfigError;

GQuark lb_config_error_quark (void);

/**
 * LbConfig:
 * @listen: addresses: IPv4, IPv6 without brackets, or `localhost`; at least one
 * @port: 0 to 65535
 * @stats_port: where `/stats` is instead, 1 to 65535; 0 for on @port, too
 * @agent_port: where HAProxys elsewhere ask how to use each backend, 1 to 65535; 0 for nowhere
 * @max_connections: how many clients may be connected at once; 0 for as many as there are descriptors
 * @max_connections_per_client: how many connections each client may have at once; 0 for any number
 * @redirect_status: 301, 302, 303, 307 or 308
 * @cors_origin: whose pages a browser lets read our answers: an origin, or `*` for all
 * @engine: an engine's name; whether there is one of that name is for others to say
 * @nodes: where the runtime APIs of HAProxys are that run elsewhere, as lb_node_address_check() has it; no two alike
 * @policy: a policy's name; whether there is one of that name is for others to say
 * @panic_share: 0 to 1: when a smaller share of the backends than this is healthy, their health is
 *   ignored; 0 for never
 * @probe: how backends are probed
 * @proxy: how traffic is proxied, by an engine that does
 * @backends: (element-type LbBackend): in order, no two with the same prefix
 *
 * What is remembered. A plain value: its owner may change any field. What the file holds beyond it
 * (keys that are not ours, values and entries that could not be used) is kept aside in @rest, and
 * written back: a value until its field is changed.
 */
typedef struct
{
  char **listen;
  guint port;
  guint stats_port;
  guint agent_port;
  guint max_connections;
  guint max_connections_per_client;
  guint redirect_status;
  char *cors_origin;
  char *engine;
  char **nodes;
  char *policy;
  double panic_share;
  LbProbeSettings probe;
  LbProxySettings proxy;
  GPtrArray *backends;

  /*< private >*/
  JsonObject *rest;   /* what was read, immutable; NULL if nothing was */
  JsonObject *used;   /* the settings that reading it gave; NULL if nothing was read */
  GPtrArray *entries; /* for each entry of @rest's backends its prefix; NULL if it is not used */
} LbConfig;

#define LB_TYPE_CONFIG (lb_config_get_type ())
GType     lb_config_get_type      (void);

LbConfig *lb_config_new           (void);
LbConfig *lb_config_copy          (const LbConfig   *self);
void      lb_config_free          (LbConfig         *self);

void      lb_config_set_aside     (LbConfig         *self,
                                   const char       *url);

gboolean  lb_config_check_address (const char       *text,
                                   char            **address,
                                   GError          **error);
gboolean  lb_config_check_origin  (const char       *text,
                                   char            **origin,
                                   GError          **error);
gboolean  lb_config_check_status  (gint64            status,
                                   GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbConfig, lb_config_free)

G_END_DECLS
