/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

#include "pool/lb-backend.h"

G_BEGIN_DECLS

#define LB_TYPE_POOL (lb_pool_get_type ())
G_DECLARE_FINAL_TYPE (LbPool, lb_pool, LB, POOL, GObject)

LbPool           *lb_pool_new                 (void);

LbBackend        *lb_pool_add                 (LbPool              *self,
                                               const char          *url,
                                               GError             **error);
gboolean          lb_pool_insert              (LbPool              *self,
                                               LbBackend           *backend,
                                               guint                position,
                                               GError             **error);
gboolean          lb_pool_replace             (LbPool              *self,
                                               LbBackend           *backend,
                                               LbBackend           *replacement,
                                               GError             **error);
gboolean          lb_pool_remove              (LbPool              *self,
                                               LbBackend           *backend);
void              lb_pool_move                (LbPool              *self,
                                               LbBackend           *backend,
                                               guint                position);
LbBackend        *lb_pool_find                (LbPool              *self,
                                               const char          *url);
gboolean          lb_pool_get_position        (LbPool              *self,
                                               LbBackend           *backend,
                                               guint               *position);
void              lb_pool_freeze              (LbPool              *self);
void              lb_pool_thaw                (LbPool              *self);
gboolean          lb_pool_is_frozen           (LbPool              *self);
guint             lb_pool_get_n_backends      (LbPool              *self);
LbBackend        *lb_pool_get_backend         (LbPool              *self,
                                               guint                position);

gboolean          lb_pool_check_own_address   (LbPool              *self,
                                               LbBackend           *backend,
                                               const guint16       *ports,
                                               GError             **error);
gboolean          lb_pool_set_own_address     (LbPool              *self,
                                               const char *const   *local_hosts,
                                               const guint16       *ports,
                                               GError             **error);

guint64           lb_pool_get_order           (LbPool              *self);
guint64           lb_pool_get_generation      (LbPool              *self);
LbBackend *const *lb_pool_get_candidates      (LbPool              *self,
                                               guint               *n_candidates);
LbUse             lb_pool_get_use             (LbPool              *self,
                                               LbBackend           *backend);
void              lb_pool_set_panic_share     (LbPool              *self,
                                               double               share);

void              lb_pool_count_redirect      (LbPool              *self,
                                               LbBackend           *backend,
                                               gint64               now_us);
void              lb_pool_count_proxied       (LbPool              *self,
                                               LbBackend           *backend,
                                               const guint64       *counts,
                                               gint64               now_us);
const guint64    *lb_pool_get_proxied         (LbPool              *self);
guint64           lb_pool_get_redirects       (LbPool              *self);
double            lb_pool_get_redirect_rate   (LbPool              *self,
                                               gint64               now_us);
double            lb_pool_get_max_redirect_rate
                                              (LbPool              *self);
LbLookBack        lb_pool_look_back           (LbPool              *self,
                                               gint64               now_us);
guint             lb_pool_look                (LbPool              *self,
                                               LbHistorySample     *samples,
                                               gint64               now_us);

G_END_DECLS
