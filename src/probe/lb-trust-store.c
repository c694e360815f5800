/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-trust-store"

#include "config.h"

#include "probe/lb-trust-store.h"

/**
 * LbTrustStore:
 *
 * The system's certificate authorities, read once. Of its own databases glib-networking 2.74 reads
 * the file anew for each connection, all 140 authorities of it, in the thread that connects: 7 ms of
 * the main loop for each probe of an https backend. From a database that is not its own it only
 * wants to know whether a certificate is good. This one asks the system's own, which has what it needs
 * in memory since it was made. There is one for the process, from the first probe over TLS on. An
 * authority that is added to the system later is trusted after the next start.
 */
struct _LbTrustStore
{
  GTlsDatabase parent_instance;

  GTlsDatabase *system;
};

G_DEFINE_FINAL_TYPE (LbTrustStore, lb_trust_store, G_TYPE_TLS_DATABASE)

static GTlsCertificateFlags
lb_trust_store_verify_chain (GTlsDatabase *database,
                             GTlsCertificate *chain,
                             const char *purpose,
                             GSocketConnectable *identity,
                             GTlsInteraction *interaction,
                             GTlsDatabaseVerifyFlags flags,
                             GCancellable *cancellable,
                             GError **error)
{
  return g_tls_database_verify_chain (LB_TRUST_STORE (database)->system, chain, purpose, identity,
                                      interaction, flags, cancellable, error);
}

static void
lb_trust_store_finalize (GObject *object)
{
  g_clear_object (&LB_TRUST_STORE (object)->system);

  G_OBJECT_CLASS (lb_trust_store_parent_class)->finalize (object);
}

static void
lb_trust_store_class_init (LbTrustStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = lb_trust_store_finalize;
  G_TLS_DATABASE_CLASS (klass)->verify_chain = lb_trust_store_verify_chain;
}

static void
lb_trust_store_init (LbTrustStore *self)
{
}

/**
 * lb_trust_store_install:
 *
 * Makes one the default of all TLS connections of the process, for good; to be called before the first.
 * Nothing happens if there is one already, or no TLS at all. It takes as long as one connection did.
 */
void
lb_trust_store_install (void)
{
  static gboolean installed;
  GTlsBackend *backend = g_tls_backend_get_default ();
  g_autoptr (LbTrustStore) store = NULL;

  if (installed || !g_tls_backend_supports_tls (backend))
    return;

  installed = TRUE;
  store = g_object_new (LB_TYPE_TRUST_STORE, NULL);
  store->system = g_tls_backend_get_default_database (backend);
  g_tls_backend_set_default_database (backend, G_TLS_DATABASE (store));
}
