/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

JsonObject *lb_json_text_parse (const char   *data,
                                gsize         length,
                                GError      **error);
char       *lb_json_text_print (JsonObject   *object,
                                gsize        *length);
char       *lb_json_text_brief (JsonNode     *node);

G_END_DECLS
