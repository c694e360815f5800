/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "config/lb-proxy-settings.h"
#include "lb-endpoint.h"
#include "pool/lb-history.h"
#include "pool/lb-pool.h"
#include "pool/lb-snapshot.h"
#include "probe/lb-probe-report.h"

G_BEGIN_DECLS

/**
 * LbOverrides:
 * @listen: (nullable) (array zero-terminated=1): addresses instead of the configuration's
 * @port: instead of the configuration's, or -1
 * @stats_port: for `/stats` alone, instead of the configuration's; 0 for none; or -1
 * @agent_port: for HAProxys elsewhere, instead of the configuration's; 0 for none; or -1
 * @policy: (nullable): a policy's name instead of the configuration's
 * @no_express_lane: whether libsoup answers everything
 *
 * What the command line says for this run only. It is never saved.
 */
typedef struct
{
  char **listen;
  int port;
  int stats_port;
  int agent_port;
  char *policy;
  char *engine;
  gboolean no_express_lane;
} LbOverrides;

#define LB_TYPE_BALANCER (lb_balancer_get_type ())
G_DECLARE_FINAL_TYPE (LbBalancer, lb_balancer, LB, BALANCER, GObject)

LbBalancer        *lb_balancer_new              (const char         *config_path);

/* Its life */
void               lb_balancer_load             (LbBalancer         *self,
                                                 const LbOverrides  *overrides);
gboolean           lb_balancer_start            (LbBalancer         *self,
                                                 GError            **error);
gboolean           lb_balancer_stop             (LbBalancer         *self,
                                                 GError            **error);
void               lb_balancer_set_paused       (LbBalancer         *self,
                                                 gboolean            paused);
gboolean           lb_balancer_get_paused       (LbBalancer         *self);

gboolean           lb_balancer_get_loading      (LbBalancer         *self);

LbEndpoint        *lb_balancer_get_endpoint     (LbBalancer         *self);

/* The pool */
LbPool            *lb_balancer_get_pool         (LbBalancer         *self);
LbBackend         *lb_balancer_add_backend      (LbBalancer         *self,
                                                 const char         *url,
                                                 gboolean            transient,
                                                 GError            **error);
void               lb_balancer_freeze_pool      (LbBalancer         *self);
gboolean           lb_balancer_restore_backend  (LbBalancer         *self,
                                                 LbBackend          *backend,
                                                 guint               position,
                                                 GError            **error);
gboolean           lb_balancer_replace_backend  (LbBalancer         *self,
                                                 LbBackend          *backend,
                                                 LbBackend          *replacement,
                                                 GError            **error);
void               lb_balancer_remove_backend   (LbBalancer         *self,
                                                 LbBackend          *backend);
gboolean           lb_balancer_add_samples      (LbBalancer         *self,
                                                 GError            **error);

char              *lb_balancer_make_node_configuration
                                                (LbBalancer         *self,
                                                 char             ***notes);

/* Probing */
const LbProbeSettings *
                   lb_balancer_get_probe_settings (LbBalancer             *self);
void               lb_balancer_set_probe_settings (LbBalancer             *self,
                                                   const LbProbeSettings  *settings);
double             lb_balancer_get_panic_share  (LbBalancer         *self);
void               lb_balancer_set_panic_share  (LbBalancer         *self,
                                                 double              share);
void               lb_balancer_probe_now        (LbBalancer         *self,
                                                 LbBackend          *backend);
void               lb_balancer_test_async       (LbBalancer             *self,
                                                 const char             *url,
                                                 const LbProbeSettings  *settings,
                                                 GCancellable           *cancellable,
                                                 GAsyncReadyCallback     callback,
                                                 gpointer                user_data);
LbProbeReport     *lb_balancer_test_finish      (LbBalancer             *self,
                                                 GAsyncResult           *result,
                                                 GError                **error);

/* How it answers */
guint              lb_balancer_get_redirect_status (LbBalancer      *self);
gboolean           lb_balancer_set_redirect_status (LbBalancer      *self,
                                                    guint            status,
                                                    GError         **error);
const char        *lb_balancer_get_cors_origin  (LbBalancer         *self);
gboolean           lb_balancer_set_cors_origin  (LbBalancer         *self,
                                                 const char         *origin,
                                                 GError            **error);
guint              lb_balancer_get_max_connections (LbBalancer      *self);
gboolean           lb_balancer_set_max_connections (LbBalancer      *self,
                                                    guint            max_connections,
                                                    GError         **error);
guint              lb_balancer_get_max_connections_per_client (LbBalancer  *self);
gboolean           lb_balancer_set_max_connections_per_client (LbBalancer  *self,
                                                               guint        max,
                                                               GError     **error);

const LbProxySettings *
                   lb_balancer_get_proxy_settings (LbBalancer             *self);
gboolean           lb_balancer_set_proxy_settings (LbBalancer             *self,
                                                   const LbProxySettings  *settings,
                                                   GError                **error);

/* Other nodes */
const char *const *lb_balancer_get_nodes        (LbBalancer         *self);
gboolean           lb_balancer_add_node         (LbBalancer         *self,
                                                 const char         *address,
                                                 GError            **error);
void               lb_balancer_remove_node      (LbBalancer         *self,
                                                 const char         *address);
guint16            lb_balancer_get_agent_port   (LbBalancer         *self);
gboolean           lb_balancer_set_agent_port   (LbBalancer         *self,
                                                 guint16             port,
                                                 GError            **error);
gboolean           lb_balancer_is_agent_port_overridden
                                                (LbBalancer         *self);

/* What it knows */
LbSnapshot        *lb_balancer_get_snapshot     (LbBalancer         *self);
gboolean           lb_balancer_adopt_node_changes (LbBalancer       *self,
                                                 const char         *address,
                                                 GError            **error);
gboolean           lb_balancer_undo_node_changes (LbBalancer        *self,
                                                 const char         *address,
                                                 GError            **error);
LbHistorySlice    *lb_balancer_get_history      (LbBalancer         *self,
                                                 guint               n_seconds);
const char        *lb_balancer_get_policy       (LbBalancer         *self);
const char        *lb_balancer_get_engine       (LbBalancer         *self);
gboolean           lb_balancer_is_engine_overridden (LbBalancer     *self);
gboolean           lb_balancer_set_engine       (LbBalancer         *self,
                                                 const char         *name,
                                                 GError            **error);
gboolean           lb_balancer_is_policy_overridden (LbBalancer     *self);
gboolean           lb_balancer_set_policy       (LbBalancer         *self,
                                                 const char         *name,
                                                 GError            **error);

G_END_DECLS
