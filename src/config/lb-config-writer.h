/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _LbConfigWriter LbConfigWriter;

LbConfigWriter *lb_config_writer_new        (const char      *path);
void            lb_config_writer_free       (LbConfigWriter  *self);

gboolean        lb_config_writer_queue      (LbConfigWriter  *self,
                                             GBytes          *text);
gboolean        lb_config_writer_write      (LbConfigWriter  *self,
                                             GPtrArray       *problems,
                                             GError         **error);

GBytes         *lb_config_writer_read       (LbConfigWriter  *self,
                                             GError         **error);
void            lb_config_writer_clean      (LbConfigWriter  *self);
gboolean        lb_config_writer_knows      (LbConfigWriter  *self,
                                             GBytes          *contents);
void            lb_config_writer_accept     (LbConfigWriter  *self,
                                             GBytes          *contents);
char           *lb_config_writer_move_aside (LbConfigWriter  *self,
                                             GError         **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbConfigWriter, lb_config_writer_free)

G_END_DECLS
