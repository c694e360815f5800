/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonObject *lb_exchange_parse_json (const char  *text,
                                    GError     **error);
JsonObject *lb_exchange_get_object (JsonObject  *object,
                                    const char  *name);
JsonArray  *lb_exchange_get_array  (JsonObject  *object,
                                    const char  *name);
const char *lb_exchange_get_string (JsonObject  *object,
                                    const char  *name);

G_END_DECLS
