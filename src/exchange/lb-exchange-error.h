/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define LB_EXCHANGE_ERROR (lb_exchange_error_quark ())

/**
 * LbExchangeError:
 * @LB_EXCHANGE_ERROR_TOO_LARGE: there is more of it than can be read
 * @LB_EXCHANGE_ERROR_FORMAT: it is in no format that can be read, or that format cannot be written
 * @LB_EXCHANGE_ERROR_SYNTAX: it is not what its format asks for
 * @LB_EXCHANGE_ERROR_EMPTY: there is no backend in it
 *
 * Why a file cannot be read or written. The message is a translated sentence that says what to do.
 */
typedef enum
{
  LB_EXCHANGE_ERROR_TOO_LARGE,
  LB_EXCHANGE_ERROR_FORMAT,
  LB_EXCHANGE_ERROR_SYNTAX,
  LB_EXCHANGE_ERROR_EMPTY,
} LbExchangeError;

GQuark lb_exchange_error_quark (void);

G_END_DECLS
