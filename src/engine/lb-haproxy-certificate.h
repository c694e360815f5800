/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

gboolean lb_haproxy_certificate_check (const char  *path,
                                       char       **mark,
                                       GError     **error);

#define LB_TYPE_HAPROXY_CERTIFICATE (lb_haproxy_certificate_get_type ())
G_DECLARE_FINAL_TYPE (LbHaproxyCertificate, lb_haproxy_certificate, LB, HAPROXY_CERTIFICATE, GObject)

LbHaproxyCertificate *lb_haproxy_certificate_new       (const char            *path);

const char           *lb_haproxy_certificate_get_path  (LbHaproxyCertificate  *self);
const char           *lb_haproxy_certificate_get_mark  (LbHaproxyCertificate  *self);
const char           *lb_haproxy_certificate_get_error (LbHaproxyCertificate  *self);

G_END_DECLS
