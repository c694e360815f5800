/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "exchange/lb-exchange.h"
#include "lb-balancer.h"

G_BEGIN_DECLS

/**
 * LbOptions:
 * @headless: run without a window
 * @demo: add the sample backends
 * @config: (nullable): the configuration file, an absolute path
 * @backends: (nullable) (array zero-terminated=1): URLs to add for this run
 * @imports: (nullable) (array zero-terminated=1): files to import, absolute paths
 * @import_pool: (nullable): which of their pools; %NULL for all
 * @export_format: (nullable): what to export the pool as
 * @node_configuration: print a configuration for a node
 * @overrides: what lies over the configuration
 *
 * What the command line says, checked as far as it can be without a balancer.
 */
typedef struct
{
  gboolean headless;
  gboolean demo;
  char *config;
  char **backends;
  char **imports;
  char *import_pool;
  const LbExchangeFormat *export_format;
  gboolean node_configuration;
  LbOverrides overrides;
} LbOptions;

const GOptionEntry *lb_options_get_entries (void);
LbOptions          *lb_options_new         (GVariantDict      *dict,
                                            const char        *directory,
                                            GError           **error);
void                lb_options_free        (LbOptions         *self);
const char         *lb_options_first_start (const LbOptions   *self);
gboolean            lb_options_apply       (const LbOptions   *self,
                                            LbBalancer        *balancer,
                                            GError           **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbOptions, lb_options_free)

G_END_DECLS
