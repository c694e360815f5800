/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-balancer"

#include "config.h"

#include "lb-balancer.h"

#include <glib/gi18n-lib.h>

#include "config/lb-config-file.h"
#include "http/lb-listener.h"
#include "http/lb-redirector.h"
#include "http/lb-server.h"
#include "http/lb-socket.h"
#include "lb-samples.h"
#include "probe/lb-prober.h"

/* Snapshots are taken at most ten times a second, however many ask. */
#define SNAPSHOT_AGE_US (G_USEC_PER_SEC / 10)

/* How many ports above the one in use are tried for a suggestion. */
#define SUGGESTIONS 100

/**
 * LbBalancer:
 *
 * The whole balancer without a screen. The application makes one, lets it load what is remembered,
 * starts it, and stops it at the end. It owns the parts (pool, prober, redirector, server, listener,
 * configuration file) and connects them; the parts do not know it.
 *
 * What a person changes goes through it or through a backend's properties, and is saved. What the
 * command line says holds for this run: overrides lie over the configuration, and transient backends
 * are left out of it.
 *
 * Signals: `problem` (char *message), a sentence for the person about something that went wrong
 * aside, such as a configuration that could not be read.
 */
struct _LbBalancer
{
  GObject parent_instance;

  LbPool *pool;
  LbProber *prober;
  LbRedirector *redirector;
  LbServer *server;
  LbListener *listener;
  LbConfigFile *config_file;
  LbConfig *config;
  LbSamples *samples;

  char **override_listen;
  int override_port;
  char *override_policy;
  gboolean applying; /* what is on disk, so that it need not be saved */

  char *listen_error;
  gint64 start_us;

  LbSnapshot *snapshot;
  gint64 snapshot_us;
  guint64 snapshot_generation;
};

enum
{
  PROP_LISTENING = 1,
  PROP_LISTEN_ERROR,
  PROP_URIS,
  PROP_POLICY,
  N_PROPS
};

enum
{
  PROBLEM,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbBalancer, lb_balancer, G_TYPE_OBJECT)

static void
lb_balancer_report (LbBalancer *self,
                    const char *message)
{
  g_signal_emit (self, signals[PROBLEM], 0, message);
}

static void
lb_balancer_save (LbBalancer *self)
{
  if (self->applying || self->config == NULL)
    return;

  g_ptr_array_set_size (self->config->backends, 0);
  for (guint i = 0; i < lb_pool_get_n_backends (self->pool); i++)
    {
      LbBackend *backend = lb_pool_get_backend (self->pool, i);

      if (!lb_backend_get_transient (backend))
        g_ptr_array_add (self->config->backends, g_object_ref (backend));
    }

  lb_config_file_save (self->config_file, self->config);
}

static void
lb_balancer_watch (LbBalancer *self,
                   LbBackend *backend)
{
  static const char *const details[] = { "notify::weight", "notify::state", "notify::backup",
                                         "notify::exceptions", "notify::transient" };

  /* One that was removed and put back is watched already. */
  g_signal_handlers_disconnect_by_func (backend, lb_balancer_save, self);

  for (guint i = 0; i < G_N_ELEMENTS (details); i++)
    g_signal_connect_object (backend, details[i], G_CALLBACK (lb_balancer_save), self,
                             G_CONNECT_SWAPPED);
}

static void
lb_balancer_on_items_changed (LbBalancer *self,
                              guint position,
                              guint removed,
                              guint added)
{
  gboolean only_transient = removed == 0;

  for (guint i = position; i < position + added; i++)
    {
      LbBackend *backend = lb_pool_get_backend (self->pool, i);

      lb_balancer_watch (self, backend);
      only_transient = only_transient && lb_backend_get_transient (backend);
    }

  if (!only_transient)
    lb_balancer_save (self);
}

/* What listening is asked for: the command line's word before the configuration's. */
static const char *const *
lb_balancer_get_addresses (LbBalancer *self)
{
  char **addresses = self->override_listen != NULL ? self->override_listen : self->config->listen;

  return (const char *const *) addresses;
}

static guint16
lb_balancer_get_wanted_port (LbBalancer *self)
{
  return (guint16) (self->override_port >= 0 ? (guint) self->override_port : self->config->port);
}

static gboolean
lb_balancer_update_own_address (LbBalancer *self,
                                guint16 port,
                                GError **error)
{
  g_auto (GStrv) hosts = lb_socket_list_local_hosts ();

  return lb_pool_set_own_address (self->pool, (const char *const *) hosts, port, error);
}

static void
lb_balancer_set_listen_error (LbBalancer *self,
                              const char *message)
{
  if (g_strcmp0 (self->listen_error, message) == 0)
    return;

  g_free (self->listen_error);
  self->listen_error = g_strdup (message);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LISTEN_ERROR]);
}

/* Listens at @port, or stays where it is. A port that is a backend's is refused before it is tried. */
static gboolean
lb_balancer_listen (LbBalancer *self,
                    guint16 port,
                    GError **error)
{
  const guint16 old_port = lb_listener_get_port (self->listener);

  if (!lb_balancer_update_own_address (self, port, error))
    return FALSE;

  if (!lb_listener_listen (self->listener, lb_balancer_get_addresses (self), port, error))
    {
      lb_balancer_update_own_address (self, old_port, NULL);
      return FALSE;
    }

  if (!lb_balancer_update_own_address (self, lb_listener_get_port (self->listener), error))
    {
      lb_listener_close (self->listener);
      return FALSE;
    }

  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LISTENING]);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_URIS]);

  return TRUE;
}

static void
lb_balancer_apply_policy (LbBalancer *self)
{
  const char *name =
    self->override_policy != NULL ? self->override_policy : self->config->policy;
  g_autoptr (GError) error = NULL;
  g_autoptr (LbPolicy) policy = NULL;

  policy = lb_policy_new (name, &error);
  if (policy == NULL)
    {
      lb_balancer_report (self, error->message);
      return;
    }

  if (lb_policy_get_info (policy) ==
      lb_policy_get_info (lb_redirector_get_policy (self->redirector)))
    return;

  lb_redirector_set_policy (self->redirector, policy);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_POLICY]);
}

static gpointer
lb_balancer_copy_backend (gconstpointer backend,
                          gpointer user_data)
{
  return g_object_ref ((gpointer) backend);
}

/* Makes the pool what the configuration says. A backend that stays keeps its figures; one that the
 * pool refuses stays in the file, for the person to mend. */
static void
lb_balancer_apply_backends (LbBalancer *self)
{
  g_autoptr (GPtrArray) wanted = g_ptr_array_copy (self->config->backends, lb_balancer_copy_backend,
                                                   NULL);
  g_autoptr (GHashTable) kept = g_hash_table_new (NULL, NULL);

  for (guint i = 0; i < wanted->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (wanted, i);
      LbBackend *known = lb_pool_find (self->pool, lb_backend_get_url (backend));

      if (known != NULL)
        g_hash_table_add (kept, known);
    }

  for (guint i = lb_pool_get_n_backends (self->pool); i-- > 0;)
    {
      LbBackend *backend = lb_pool_get_backend (self->pool, i);

      if (!g_hash_table_contains (kept, backend) && !lb_backend_get_transient (backend))
        lb_pool_remove (self->pool, backend);
    }

  for (guint i = 0; i < wanted->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (wanted, i);
      LbBackend *known = lb_pool_find (self->pool, lb_backend_get_url (backend));
      g_autoptr (GError) error = NULL;

      if (known == NULL)
        {
          if (!lb_pool_insert (self->pool, backend, i, &error))
            {
              lb_config_set_aside (self->config, lb_backend_get_url (backend));
              lb_balancer_report (self, error->message);
            }
          continue;
        }

      lb_backend_set_transient (known, FALSE);
      lb_backend_set_weight (known, lb_backend_get_weight (backend), NULL);
      lb_backend_set_state (known, lb_backend_get_state (backend));
      lb_backend_set_backup (known, lb_backend_get_backup (backend));
      lb_backend_set_exceptions (known, lb_backend_get_exceptions (backend));
    }
}

/* Takes over @config (transfer full), which is what is on disk. */
static void
lb_balancer_apply (LbBalancer *self,
                   LbConfig *config)
{
  g_autoptr (LbConfig) old = g_steal_pointer (&self->config);

  self->config = config;
  self->applying = TRUE;

  lb_prober_set_settings (self->prober, &config->probe);
  lb_redirector_set_status (self->redirector, config->redirect_status);
  lb_pool_set_panic_share (self->pool, config->panic_share);
  lb_balancer_apply_policy (self);
  lb_balancer_apply_backends (self);

  self->applying = FALSE;
}

static void
lb_balancer_on_config_changed (LbBalancer *self,
                               LbConfig *config)
{
  g_autoptr (GError) error = NULL;
  const guint old_port = self->config->port;
  g_auto (GStrv) old_listen = g_strdupv (self->config->listen);
  gboolean moved = (self->override_port < 0 && config->port != old_port) ||
                   (self->override_listen == NULL &&
                    !g_strv_equal ((const char *const *) config->listen,
                                   (const char *const *) old_listen));

  lb_balancer_apply (self, lb_config_copy (config));

  if (moved && self->start_us > 0 &&
      !lb_balancer_listen (self, lb_balancer_get_wanted_port (self), &error))
    lb_balancer_report (self, error->message);
  else if (moved && self->start_us > 0)
    lb_balancer_set_listen_error (self, NULL);
}

static void
lb_balancer_on_probed (LbBalancer *self,
                       LbBackend *backend)
{
  lb_policy_probed (lb_redirector_get_policy (self->redirector), backend,
                    lb_backend_get_last_probe (backend), g_get_monotonic_time ());
}

static LbSnapshot *
lb_balancer_take_snapshot (gpointer user_data)
{
  return lb_balancer_get_snapshot (user_data);
}

static void
lb_balancer_get_property (GObject *object,
                          guint prop_id,
                          GValue *value,
                          GParamSpec *pspec)
{
  LbBalancer *self = LB_BALANCER (object);

  switch (prop_id)
    {
    case PROP_LISTENING:
      g_value_set_boolean (value, lb_balancer_get_listening (self));
      break;

    case PROP_LISTEN_ERROR:
      g_value_set_string (value, self->listen_error);
      break;

    case PROP_URIS:
      g_value_set_boxed (value, lb_balancer_get_uris (self));
      break;

    case PROP_POLICY:
      g_value_set_string (value, lb_balancer_get_policy (self));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
lb_balancer_dispose (GObject *object)
{
  LbBalancer *self = LB_BALANCER (object);

  if (self->prober != NULL)
    g_signal_handlers_disconnect_by_data (self->prober, self);
  if (self->pool != NULL)
    g_signal_handlers_disconnect_by_data (self->pool, self);
  if (self->config_file != NULL)
    g_signal_handlers_disconnect_by_data (self->config_file, self);

  g_clear_object (&self->prober);
  g_clear_object (&self->listener);
  g_clear_object (&self->server);
  g_clear_object (&self->redirector);
  g_clear_object (&self->samples);
  g_clear_object (&self->config_file);
  g_clear_object (&self->pool);
  g_clear_pointer (&self->snapshot, lb_snapshot_unref);

  G_OBJECT_CLASS (lb_balancer_parent_class)->dispose (object);
}

static void
lb_balancer_finalize (GObject *object)
{
  LbBalancer *self = LB_BALANCER (object);

  g_clear_pointer (&self->config, lb_config_free);
  g_clear_pointer (&self->override_listen, g_strfreev);
  g_clear_pointer (&self->override_policy, g_free);
  g_clear_pointer (&self->listen_error, g_free);

  G_OBJECT_CLASS (lb_balancer_parent_class)->finalize (object);
}

static void
lb_balancer_class_init (LbBalancerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;

  object_class->dispose = lb_balancer_dispose;
  object_class->finalize = lb_balancer_finalize;
  object_class->get_property = lb_balancer_get_property;

  properties[PROP_LISTENING] = g_param_spec_boolean ("listening", NULL, NULL, FALSE, flags);
  properties[PROP_LISTEN_ERROR] = g_param_spec_string ("listen-error", NULL, NULL, NULL, flags);
  properties[PROP_URIS] = g_param_spec_boxed ("uris", NULL, NULL, G_TYPE_STRV, flags);
  properties[PROP_POLICY] =
    g_param_spec_string ("policy", NULL, NULL, LB_POLICY_DEFAULT, flags);

  g_object_class_install_properties (object_class, N_PROPS, properties);

  signals[PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lb_balancer_init (LbBalancer *self)
{
  self->override_port = -1;
  self->pool = lb_pool_new ();
  self->prober = lb_prober_new (self->pool);
  self->redirector = lb_redirector_new (self->pool);
  self->server = lb_server_new (self->redirector, lb_balancer_take_snapshot, self);
  self->listener = lb_listener_new (lb_server_get_soup_server (self->server));

  lb_prober_set_own_server (self->prober, lb_redirector_get_identity (self->redirector));
  g_signal_connect_swapped (self->prober, "probed", G_CALLBACK (lb_balancer_on_probed), self);
  g_signal_connect_swapped (self->pool, "items-changed", G_CALLBACK (lb_balancer_on_items_changed),
                            self);
}

/**
 * lb_balancer_new:
 * @config_path: (nullable): the configuration file, or %NULL for the person's own
 *
 * Returns: (transfer full): a balancer with an empty pool that has not loaded anything yet
 */
LbBalancer *
lb_balancer_new (const char *config_path)
{
  LbBalancer *self = g_object_new (LB_TYPE_BALANCER, NULL);

  self->config_file = lb_config_file_new (config_path);
  g_signal_connect_swapped (self->config_file, "changed",
                            G_CALLBACK (lb_balancer_on_config_changed), self);
  g_signal_connect_swapped (self->config_file, "problem", G_CALLBACK (lb_balancer_report), self);

  return self;
}

/**
 * lb_balancer_load:
 * @self: a balancer
 * @overrides: (nullable): what lies over the configuration in this run
 *
 * Reads what is remembered. Whatever is wrong with it is told by the `problem` signal; the rest
 * holds.
 */
void
lb_balancer_load (LbBalancer *self,
                  const LbOverrides *overrides)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);
  LbConfig *config;

  g_return_if_fail (LB_IS_BALANCER (self));

  if (overrides != NULL)
    {
      self->override_listen = g_strdupv (overrides->listen);
      self->override_port = overrides->port;
      self->override_policy = g_strdup (overrides->policy);
    }

  config = lb_config_file_load (self->config_file, problems);
  for (guint i = 0; i < problems->len; i++)
    lb_balancer_report (self, g_ptr_array_index (problems, i));

  lb_balancer_apply (self, config);
}

/**
 * lb_balancer_start:
 * @self: a balancer that has loaded
 * @error: return location for a #GError
 *
 * Starts probing and listening. If listening fails, probing goes on, `listen-error` says why, and it
 * can be tried again.
 *
 * Sets %LB_POOL_ERROR_OWN_ADDRESS or a #GIOErrorEnum such as %G_IO_ERROR_ADDRESS_IN_USE.
 *
 * Returns: %TRUE if it listens
 */
gboolean
lb_balancer_start (LbBalancer *self,
                   GError **error)
{
  g_autoptr (GError) local_error = NULL;

  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (self->config != NULL, FALSE);

  if (self->start_us == 0)
    {
      self->start_us = g_get_monotonic_time ();
      lb_socket_raise_file_limit ();
      lb_prober_start (self->prober);
    }

  if (lb_balancer_get_listening (self))
    return TRUE;

  if (!lb_balancer_listen (self, lb_balancer_get_wanted_port (self), &local_error))
    {
      lb_balancer_set_listen_error (self, local_error->message);
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }

  lb_balancer_set_listen_error (self, NULL);

  return TRUE;
}

/**
 * lb_balancer_stop:
 * @self: a balancer
 * @error: return location for a #GError
 *
 * Stops listening and probing, and waits until everything that changed is on disk.
 *
 * Returns: %TRUE if it is
 */
gboolean
lb_balancer_stop (LbBalancer *self,
                  GError **error)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  lb_listener_close (self->listener);
  lb_prober_stop (self->prober);

  return lb_config_file_flush (self->config_file, error);
}

/**
 * lb_balancer_get_pool:
 * @self: a balancer
 *
 * Returns: (transfer none): its pool
 */
LbPool *
lb_balancer_get_pool (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  return self->pool;
}

/**
 * lb_balancer_add_backend:
 * @self: a balancer
 * @url: where the backend is
 * @transient: %TRUE if it is for this run only
 * @error: return location for a #GError
 *
 * Adds a backend at the end of the pool.
 *
 * Sets %LB_POOL_ERROR_INVALID_URL, %LB_POOL_ERROR_DUPLICATE or %LB_POOL_ERROR_OWN_ADDRESS.
 *
 * Returns: (transfer none) (nullable): the backend
 */
LbBackend *
lb_balancer_add_backend (LbBalancer *self,
                         const char *url,
                         gboolean transient,
                         GError **error)
{
  g_autoptr (LbBackend) backend = NULL;

  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  backend = lb_backend_new (url, error);
  if (backend == NULL)
    return NULL;

  lb_backend_set_transient (backend, transient);
  if (!lb_balancer_restore_backend (self, backend, G_MAXUINT, error))
    return NULL;

  return backend;
}

/**
 * lb_balancer_restore_backend:
 * @self: a balancer
 * @backend: a backend that no pool has, such as one that was removed
 * @position: its place; past the end is the end
 * @error: return location for a #GError
 *
 * Puts a backend into the pool, with the figures it has.
 *
 * Sets %LB_POOL_ERROR_DUPLICATE or %LB_POOL_ERROR_OWN_ADDRESS.
 *
 * Returns: %TRUE if it is there
 */
gboolean
lb_balancer_restore_backend (LbBalancer *self,
                             LbBackend *backend,
                             guint position,
                             GError **error)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (LB_IS_BACKEND (backend), FALSE);

  /* The computer may have got another address since the last one was added. */
  lb_balancer_update_own_address (self, lb_listener_get_port (self->listener), NULL);

  return lb_pool_insert (self->pool, backend, position, error);
}

/**
 * lb_balancer_remove_backend:
 * @self: a balancer
 * @backend: one of its backends
 */
void
lb_balancer_remove_backend (LbBalancer *self,
                            LbBackend *backend)
{
  g_return_if_fail (LB_IS_BALANCER (self));

  lb_pool_remove (self->pool, backend);
}

/**
 * lb_balancer_add_samples:
 * @self: a balancer
 * @error: return location for a #GError
 *
 * Starts three sample backends of different speed in this process, and adds them for this run. A
 * sample that is still in the pool is not added again.
 *
 * Returns: %TRUE if they run
 */
gboolean
lb_balancer_add_samples (LbBalancer *self,
                         GError **error)
{
  const char *const *urls;

  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  if (self->samples == NULL)
    self->samples = lb_samples_new (error);
  if (self->samples == NULL)
    return FALSE;

  urls = lb_samples_get_urls (self->samples);
  for (guint i = 0; urls[i] != NULL; i++)
    if (lb_pool_find (self->pool, urls[i]) == NULL &&
        lb_balancer_add_backend (self, urls[i], TRUE, error) == NULL)
      return FALSE;

  return TRUE;
}

/**
 * lb_balancer_get_listening:
 * @self: a balancer
 *
 * Returns: whether clients can connect
 */
gboolean
lb_balancer_get_listening (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  return lb_listener_get_port (self->listener) != 0;
}

/**
 * lb_balancer_get_listen_error:
 * @self: a balancer
 *
 * Returns: (nullable): why it does not listen, a sentence
 */
const char *
lb_balancer_get_listen_error (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  return self->listen_error;
}

/**
 * lb_balancer_get_uris:
 * @self: a balancer
 *
 * Returns: (transfer none) (array zero-terminated=1): the URL of each address it listens on
 */
const char *const *
lb_balancer_get_uris (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  return lb_listener_get_uris (self->listener);
}

/**
 * lb_balancer_get_port:
 * @self: a balancer
 *
 * Returns: the port it listens on, or the one it would like to
 */
guint
lb_balancer_get_port (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), 0);

  if (lb_balancer_get_listening (self))
    return lb_listener_get_port (self->listener);

  return lb_balancer_get_wanted_port (self);
}

/**
 * lb_balancer_set_port:
 * @self: a balancer
 * @port: 0 to 65535; 0 picks a free one at each start
 * @error: return location for a #GError
 *
 * Listens on another port and remembers it. If that fails, everything stays as it was.
 *
 * Sets %LB_POOL_ERROR_OWN_ADDRESS or a #GIOErrorEnum such as %G_IO_ERROR_ADDRESS_IN_USE.
 *
 * Returns: %TRUE if it listens there
 */
gboolean
lb_balancer_set_port (LbBalancer *self,
                      guint port,
                      GError **error)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);
  g_return_val_if_fail (port <= G_MAXUINT16, FALSE);

  if (!lb_balancer_listen (self, (guint16) port, error))
    return FALSE;

  self->override_port = -1;
  self->config->port = port;
  lb_balancer_set_listen_error (self, NULL);
  lb_balancer_save (self);

  return TRUE;
}

/**
 * lb_balancer_suggest_port:
 * @self: a balancer that cannot listen
 *
 * Looks for a port above the wanted one that is free now and no backend's.
 *
 * Returns: the port
 */
guint
lb_balancer_suggest_port (LbBalancer *self)
{
  guint wanted;

  g_return_val_if_fail (LB_IS_BALANCER (self), 0);

  wanted = MAX (lb_balancer_get_wanted_port (self), 1023u);

  for (guint port = wanted + 1; port <= MIN (wanted + SUGGESTIONS, G_MAXUINT16); port++)
    {
      g_autoptr (LbListener) probe = lb_listener_new (lb_server_get_soup_server (self->server));

      if (lb_balancer_update_own_address (self, (guint16) port, NULL) &&
          lb_listener_listen (probe, lb_balancer_get_addresses (self), (guint16) port, NULL))
        {
          lb_balancer_update_own_address (self, lb_listener_get_port (self->listener), NULL);
          return port;
        }
    }

  return LB_CONFIG_DEFAULT_PORT;
}

/**
 * lb_balancer_get_snapshot:
 * @self: a balancer
 *
 * Takes a picture, or gives the last one if it is younger than 100 ms and the pool has not changed
 * since.
 *
 * Returns: (transfer full): the snapshot
 */
LbSnapshot *
lb_balancer_get_snapshot (LbBalancer *self)
{
  const gint64 now_us = g_get_monotonic_time ();
  const guint64 generation = lb_pool_get_generation (self->pool);

  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  if (self->snapshot == NULL || self->snapshot_generation != generation ||
      now_us - self->snapshot_us >= SNAPSHOT_AGE_US)
    {
      g_clear_pointer (&self->snapshot, lb_snapshot_unref);
      self->snapshot =
        lb_snapshot_new (self->pool, lb_balancer_get_policy (self), lb_balancer_get_uris (self),
                         lb_prober_get_interval_ms (self->prober), g_get_real_time (), now_us,
                         self->start_us > 0 ? self->start_us : now_us);
      self->snapshot_us = now_us;
      self->snapshot_generation = generation;
    }

  return lb_snapshot_ref (self->snapshot);
}

/**
 * lb_balancer_get_policy:
 * @self: a balancer
 *
 * Returns: the name of the policy in use
 */
const char *
lb_balancer_get_policy (LbBalancer *self)
{
  g_return_val_if_fail (LB_IS_BALANCER (self), NULL);

  return lb_policy_get_info (lb_redirector_get_policy (self->redirector))->name;
}

/**
 * lb_balancer_set_policy:
 * @self: a balancer
 * @name: its name, or what HAProxy or nginx call it
 * @error: return location for a #GError
 *
 * Chooses by another policy and remembers it. Backends keep their figures.
 *
 * Sets %LB_POLICY_ERROR_UNKNOWN.
 *
 * Returns: %TRUE if it is in use
 */
gboolean
lb_balancer_set_policy (LbBalancer *self,
                        const char *name,
                        GError **error)
{
  g_autoptr (LbPolicy) policy = NULL;

  g_return_val_if_fail (LB_IS_BALANCER (self), FALSE);

  policy = lb_policy_new (name, error);
  if (policy == NULL)
    return FALSE;

  g_clear_pointer (&self->override_policy, g_free);
  g_free (self->config->policy);
  self->config->policy = g_strdup (lb_policy_get_info (policy)->name);

  lb_balancer_apply_policy (self);
  lb_balancer_save (self);

  return TRUE;
}
