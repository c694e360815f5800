/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbJsonWriter:
 *
 * JSON as text. Lives on the stack. The field is private.
 *
 * In an object each value has a name, which is written as it is; in an array its name is %NULL.
 */
typedef struct
{
  GString *text;
} LbJsonWriter;

void    lb_json_writer_init         (LbJsonWriter *self);
void    lb_json_writer_begin_object (LbJsonWriter *self,
                                     const char   *name);
void    lb_json_writer_end_object   (LbJsonWriter *self);
void    lb_json_writer_begin_array  (LbJsonWriter *self,
                                     const char   *name);
void    lb_json_writer_end_array    (LbJsonWriter *self);
void    lb_json_writer_add_null     (LbJsonWriter *self,
                                     const char   *name);
void    lb_json_writer_add_boolean  (LbJsonWriter *self,
                                     const char   *name,
                                     gboolean      value);
void    lb_json_writer_add_count    (LbJsonWriter *self,
                                     const char   *name,
                                     guint64       value);
void    lb_json_writer_add_number   (LbJsonWriter *self,
                                     const char   *name,
                                     double        value);
void    lb_json_writer_add_moment   (LbJsonWriter *self,
                                     const char   *name,
                                     gint64        time_us);
void    lb_json_writer_add_string   (LbJsonWriter *self,
                                     const char   *name,
                                     const char   *value);
GBytes *lb_json_writer_finish       (LbJsonWriter *self);

G_END_DECLS
