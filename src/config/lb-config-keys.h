/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "config/lb-config.h"

G_BEGIN_DECLS

typedef struct _LbConfigKey LbConfigKey;

/**
 * LbConfigKey:
 * @name: the key in the file; %NULL ends a table
 * @read: sets the field of the subject, which is the struct or object that this level of the file
 *   describes. If the node is not what it must be, leaves the field as it is and fails with a whole
 *   sentence that says so.
 * @write: makes a new node of the field, or %NULL if the file need not say anything of it
 * @offset: of a number in a struct: where it is
 * @min: of a number: the smallest it may be
 * @max: of a number: the largest it may be
 * @setting: (nullable): of a setting of a group, such as the probes': which one it is
 *
 * How one setting travels between its field and the file.
 *
 * There is one table for each level of the file and one row for each key in it: to remember one
 * more thing is to add a field and a row.
 */
struct _LbConfigKey
{
  const char *name;
  gboolean (*read) (const LbConfigKey *key, gpointer subject, JsonNode *node, GError **error);
  JsonNode *(*write) (const LbConfigKey *key, gpointer subject);

  gsize offset;
  double min;
  double max;
  const LbSetting *setting;
};

extern const LbConfigKey lb_config_keys[];         /* of an LbConfig */
extern const LbConfigKey lb_config_backend_keys[]; /* of an LbBackend */

gboolean  lb_config_node_is      (JsonNode           *node,
                                  GType               type);
gboolean  lb_config_refuse       (GError            **error,
                                  const char         *format,
                                  ...) G_GNUC_PRINTF (2, 3);

gboolean  lb_config_read_uint    (const LbConfigKey  *key,
                                  gpointer            subject,
                                  JsonNode           *node,
                                  GError            **error);
JsonNode *lb_config_write_uint   (const LbConfigKey  *key,
                                  gpointer            subject);
gboolean  lb_config_read_double  (const LbConfigKey  *key,
                                  gpointer            subject,
                                  JsonNode           *node,
                                  GError            **error);
JsonNode *lb_config_write_double (const LbConfigKey  *key,
                                  gpointer            subject);

G_END_DECLS
