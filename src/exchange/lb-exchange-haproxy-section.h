/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange-pool.h"

G_BEGIN_DECLS

typedef struct _LbHaproxySection LbHaproxySection;

LbHaproxySection      *lb_haproxy_section_new          (const LbExchangePool    *pool,
                                                        LbExchangeNotes         *notes);
void                   lb_haproxy_section_free         (LbHaproxySection        *self);

const LbProbeSettings *lb_haproxy_section_get_probe    (const LbHaproxySection  *self);
void                   lb_haproxy_section_write        (LbHaproxySection        *self,
                                                        const char              *name,
                                                        GString                 *out,
                                                        LbExchangeNotes         *notes);
void                   lb_haproxy_section_write_servers
                                                       (LbHaproxySection        *self,
                                                        GString                 *out,
                                                        LbExchangeNotes         *notes);

guint                  lb_haproxy_section_get_n        (const LbHaproxySection  *self);
const char            *lb_haproxy_section_get_name     (const LbHaproxySection  *self,
                                                        guint                    i);
LbBackend             *lb_haproxy_section_get_backend  (const LbHaproxySection  *self,
                                                        guint                    i);
char                  *lb_haproxy_section_make_words   (const LbHaproxySection  *self,
                                                        guint                    i);

void                   lb_haproxy_append_word          (GString                 *out,
                                                        const char              *word,
                                                        gboolean                 is_format);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbHaproxySection, lb_haproxy_section_free)

G_END_DECLS
