/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbClientCounts:
 *
 * How many connections each client has. A client is an IPv4 address, or the first 64 bits of an IPv6
 * address: whoever has one of these networks has all of its addresses.
 */
typedef struct _LbClientCounts LbClientCounts;

LbClientCounts *lb_client_counts_new    (void);
void            lb_client_counts_free   (LbClientCounts       *self);

void            lb_client_counts_add    (LbClientCounts       *self,
                                         const guint8         *address,
                                         gsize                 length);
void            lb_client_counts_remove (LbClientCounts       *self,
                                         const guint8         *address,
                                         gsize                 length);
guint           lb_client_counts_get    (const LbClientCounts *self,
                                         const guint8         *address,
                                         gsize                 length);
guint           lb_client_counts_get_n_clients
                                        (const LbClientCounts *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbClientCounts, lb_client_counts_free)

G_END_DECLS
