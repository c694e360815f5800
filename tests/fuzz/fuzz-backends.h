/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-backend.h"

G_BEGIN_DECLS

void fuzz_check_backends       (GPtrArray             *backends,
                                const LbProbeSettings *probe);
void fuzz_assert_same_backends (GPtrArray             *a,
                                GPtrArray             *b);

G_END_DECLS
