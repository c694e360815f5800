/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "http/lb-front.h"

G_BEGIN_DECLS

/**
 * LbEngineInfo:
 * @name: what it is called in the configuration and on the command line
 * @title: what a person calls it; to be translated
 */
typedef struct
{
  const char *name;
  const char *title;
} LbEngineInfo;

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
};

const LbEngineInfo *lb_engine_get_info (LbEngine   *self);
void                lb_engine_start    (LbEngine   *self);
void                lb_engine_stop     (LbEngine   *self);
void                lb_engine_apply    (LbEngine   *self);
void                lb_engine_report   (LbEngine   *self,
                                        LbTraffic  *traffic);

G_END_DECLS
