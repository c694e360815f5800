/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a target defines: it gets any bytes, fails by an assertion, and returns 0. */
int   LLVMFuzzerTestOneInput (const guint8  *data,
                              gsize          size);

/* What libFuzzer calls first, in fuzz.c. */
int   LLVMFuzzerInitialize   (int           *argc,
                              char        ***argv);

/* What replay.c calls instead. */
void  fuzz_be_strict         (void);

char *fuzz_take_line         (const guint8 **data,
                              gsize         *size);
void  fuzz_check_sentence    (const GError  *error,
                              GQuark         domain);

G_END_DECLS
