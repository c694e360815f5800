/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "lb-options.h"

G_BEGIN_DECLS

int lb_exchange_command_run (const LbOptions  *options);

G_END_DECLS
