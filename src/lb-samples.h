/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define LB_TYPE_SAMPLES (lb_samples_get_type ())
G_DECLARE_FINAL_TYPE (LbSamples, lb_samples, LB, SAMPLES, GObject)

LbSamples         *lb_samples_new      (GError    **error);
const char *const *lb_samples_get_urls (LbSamples  *self);

G_END_DECLS
