/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "config/lb-config.h"
#include "http/lb-front.h"

G_BEGIN_DECLS

/**
 * LbEngineInfo:
 * @name: what it is called in the configuration and on the command line
 * @title: what a person calls it; to be translated
 * @summary: what it does, a sentence; to be translated
 * @can_start: (nullable): whether what it takes is installed; if not, the error says how to get it
 * @check_proxy: (nullable): whether it can proxy so as things are, files and all; %NULL if it does not proxy
 */
typedef struct
{
  const char *name;
  const char *title;
  const char *summary;
  gboolean (*can_start) (GError **error);
  gboolean (*check_proxy) (const LbProxySettings *settings, GError **error);
} LbEngineInfo;

/**
 * LbEngineSource:
 * @pool: where traffic can go
 * @front: what clients meet
 * @get_config: returns (transfer none) what is remembered
 * @user_data: for it
 *
 * What an engine works with. All of it outlives the engine.
 */
typedef struct
{
  LbPool *pool;
  LbFront *front;
  const LbConfig *(*get_config) (gpointer user_data);
  gpointer user_data;
} LbEngineSource;

#define LB_TYPE_ENGINE (lb_engine_get_type ())
G_DECLARE_DERIVABLE_TYPE (LbEngine, lb_engine, LB, ENGINE, GObject)

struct _LbEngineClass
{
  /*< private >*/
  GObjectClass parent_class;

  /*< public >*/
  const LbEngineInfo *info;

  void (*start)  (LbEngine   *self);
  void (*stop)   (LbEngine   *self);
  void (*apply)  (LbEngine   *self);
  void (*report) (LbEngine   *self,
                  LbTraffic  *traffic);
  gboolean (*is_secure) (LbEngine *self);
  GPtrArray *(*list_nodes) (LbEngine *self);
  void (*adopt)  (LbEngine   *self,
                  const char *address);
  void (*undo)   (LbEngine   *self,
                  const char *address);
};

const LbEngineInfo *lb_engine_list     (guint       i);
gboolean            lb_engine_check    (const char *name,
                                        GError    **error);
LbEngine           *lb_engine_new      (const char *name,
                                        const LbEngineSource *source,
                                        GError    **error);

const LbEngineInfo *lb_engine_get_info (LbEngine   *self);
gboolean            lb_engine_probes   (LbEngine   *self);
void                lb_engine_start    (LbEngine   *self);
void                lb_engine_stop     (LbEngine   *self);
void                lb_engine_apply    (LbEngine   *self);
void                lb_engine_report   (LbEngine   *self,
                                        LbTraffic  *traffic);
gboolean            lb_engine_is_secure (LbEngine   *self);
GPtrArray          *lb_engine_list_nodes (LbEngine  *self);
void                lb_engine_adopt    (LbEngine   *self,
                                        const char *address);
void                lb_engine_undo     (LbEngine   *self,
                                        const char *address);

/* For engines */
void                lb_engine_tell     (LbEngine   *self,
                                        const char *problem);
void                lb_engine_probed   (LbEngine   *self,
                                        LbBackend  *backend);
void                lb_engine_set_probes (LbEngine  *self,
                                        gboolean    probes);

G_END_DECLS
