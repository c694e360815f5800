/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "config/lb-config.h"

G_BEGIN_DECLS

#define LB_TYPE_CONFIG_FILE (lb_config_file_get_type ())
G_DECLARE_FINAL_TYPE (LbConfigFile, lb_config_file, LB, CONFIG_FILE, GObject)

LbConfigFile *lb_config_file_new      (const char      *path);

const char   *lb_config_file_get_path (LbConfigFile    *self);
LbConfig     *lb_config_file_load     (LbConfigFile    *self,
                                       GPtrArray       *problems);
void          lb_config_file_save     (LbConfigFile    *self,
                                       const LbConfig  *config);
gboolean      lb_config_file_flush    (LbConfigFile    *self,
                                       GError         **error);

G_END_DECLS
