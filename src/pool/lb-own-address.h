/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * LbOwnAddress:
 * @ports: (array zero-terminated=1): the ports we listen on
 *
 * Under which addresses clients reach this very program. Embedded in its owner.
 */
typedef struct
{
  guint16 *ports;

  /*< private >*/
  char **hosts;
} LbOwnAddress;

void     lb_own_address_init      (LbOwnAddress       *self);
void     lb_own_address_clear     (LbOwnAddress       *self);

void     lb_own_address_set_hosts (LbOwnAddress       *self,
                                   const char *const  *hosts);
void     lb_own_address_set_ports (LbOwnAddress       *self,
                                   const guint16      *ports);
gboolean lb_own_address_is        (const LbOwnAddress *self,
                                   const guint16      *ports,
                                   const char         *host,
                                   guint16             port);

G_END_DECLS
