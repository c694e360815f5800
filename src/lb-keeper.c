/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-keeper"

#include "config.h"

#include "lb-keeper.h"

/**
 * LbKeeper:
 *
 * Keeps the pool and the configuration file the same. The balancer makes one and lets it load; from
 * then on each change of the pool by hand is saved, and a change on disk is told by `changed`. The
 * balancer then takes the settings over and has the backends applied. All that changes in one go of the
 * main loop is saved once: what is written is the whole, however little of it has changed.
 *
 * Transient backends, which the command line has added for one run, are left out of the file. An entry
 * that the pool refuses stays in it, for the person to mend.
 *
 * Signals: `changed`, somebody else has changed the file, and lb_keeper_get_config() gives what it
 * holds now; `problem` (char *message), a sentence for the person.
 */
struct _LbKeeper
{
  GObject parent_instance;

  LbPool *pool;
  LbConfigFile *file;
  LbConfig *config; /* NULL before it is loaded */
  GSource *saving;  /* while something has changed that is not given to the file yet */
  gboolean applying;
};

enum
{
  CHANGED,
  PROBLEM,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbKeeper, lb_keeper, G_TYPE_OBJECT)

static void
lb_keeper_report (LbKeeper *self,
                  const char *message)
{
  g_signal_emit (self, signals[PROBLEM], 0, message);
}

static void
lb_keeper_stop_waiting (LbKeeper *self)
{
  if (self->saving == NULL)
    return;

  g_source_destroy (self->saving);
  g_clear_pointer (&self->saving, g_source_unref);
}

static void
lb_keeper_save_now (LbKeeper *self)
{
  lb_keeper_stop_waiting (self);

  g_ptr_array_set_size (self->config->backends, 0);
  for (guint i = 0; i < lb_pool_get_n_backends (self->pool); i++)
    {
      LbBackend *backend = lb_pool_get_backend (self->pool, i);

      if (!lb_backend_get_transient (backend))
        g_ptr_array_add (self->config->backends, g_object_ref (backend));
    }

  lb_config_file_save (self->file, self->config);
}

static gboolean
lb_keeper_on_saving (gpointer user_data)
{
  lb_keeper_save_now (user_data);

  return G_SOURCE_REMOVE;
}

static void
lb_keeper_on_file_changed (LbKeeper *self,
                           LbConfig *config)
{
  lb_config_free (self->config);
  self->config = lb_config_copy (config);
  g_signal_emit (self, signals[CHANGED], 0);
}

static void
lb_keeper_on_items_changed (LbKeeper *self,
                            guint position,
                            guint removed,
                            guint added)
{
  gboolean only_transient = removed == 0;

  for (guint i = position; i < position + added && only_transient; i++)
    only_transient = lb_backend_get_transient (lb_pool_get_backend (self->pool, i));

  if (!only_transient)
    lb_keeper_save (self);
}

static gpointer
lb_keeper_copy_backend (gconstpointer backend,
                        gpointer user_data)
{
  return g_object_ref ((gpointer) backend);
}

static void
lb_keeper_refuse (LbKeeper *self,
                  LbBackend *backend,
                  const GError *error)
{
  lb_config_set_aside (self->config, lb_backend_get_url (backend));
  lb_keeper_report (self, error->message);
}

/* What the configuration wants, without what would be ourselves. */
static GPtrArray *
lb_keeper_get_wanted (LbKeeper *self,
                      const guint16 *ports)
{
  GPtrArray *wanted = g_ptr_array_copy (self->config->backends, lb_keeper_copy_backend, NULL);

  for (guint i = wanted->len; i-- > 0;)
    {
      LbBackend *backend = g_ptr_array_index (wanted, i);
      g_autoptr (GError) error = NULL;

      if (!lb_pool_check_own_address (self->pool, backend, ports, &error))
        {
          lb_keeper_refuse (self, backend, error);
          g_ptr_array_remove_index (wanted, i);
        }
    }

  return wanted;
}

static void
lb_keeper_remove_unwanted (LbKeeper *self,
                           GPtrArray *wanted)
{
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
}

/* Lets a backend that stays be what the file says. */
static void
lb_keeper_update (LbKeeper *self,
                  LbBackend *known,
                  LbBackend *backend,
                  guint position)
{
  lb_pool_move (self->pool, known, position);
  lb_backend_set_transient (known, FALSE);
  lb_backend_set_weight (known, lb_backend_get_weight (backend), NULL);
  lb_backend_set_state (known, lb_backend_get_state (backend));
  lb_backend_set_backup (known, lb_backend_get_backup (backend));
  lb_backend_set_exceptions (known, lb_backend_get_exceptions (backend));
}

static void
lb_keeper_dispose (GObject *object)
{
  LbKeeper *self = LB_KEEPER (object);

  if (self->pool != NULL)
    g_signal_handlers_disconnect_by_data (self->pool, self);
  if (self->file != NULL)
    g_signal_handlers_disconnect_by_data (self->file, self);

  lb_keeper_stop_waiting (self);
  g_clear_object (&self->file);
  g_clear_object (&self->pool);

  G_OBJECT_CLASS (lb_keeper_parent_class)->dispose (object);
}

static void
lb_keeper_finalize (GObject *object)
{
  LbKeeper *self = LB_KEEPER (object);

  g_clear_pointer (&self->config, lb_config_free);

  G_OBJECT_CLASS (lb_keeper_parent_class)->finalize (object);
}

static void
lb_keeper_class_init (LbKeeperClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_keeper_dispose;
  object_class->finalize = lb_keeper_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[PROBLEM] = g_signal_new ("problem", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
lb_keeper_init (LbKeeper *self)
{
}

/**
 * lb_keeper_new:
 * @pool: the pool to keep
 * @config_path: (nullable): the configuration file, or %NULL for the person's own
 *
 * Returns: (transfer full): a keeper that has not loaded anything yet
 */
LbKeeper *
lb_keeper_new (LbPool *pool,
               const char *config_path)
{
  static const char *const saved[] = { "backend-notify::weight", "backend-notify::state",
                                       "backend-notify::backup", "backend-notify::exceptions",
                                       "backend-notify::transient" };
  LbKeeper *self;

  g_return_val_if_fail (LB_IS_POOL (pool), NULL);

  self = g_object_new (LB_TYPE_KEEPER, NULL);
  self->pool = g_object_ref (pool);
  self->file = lb_config_file_new (config_path);

  g_signal_connect_swapped (pool, "items-changed", G_CALLBACK (lb_keeper_on_items_changed), self);
  for (guint i = 0; i < G_N_ELEMENTS (saved); i++)
    g_signal_connect_swapped (pool, saved[i], G_CALLBACK (lb_keeper_save), self);
  g_signal_connect_swapped (self->file, "changed", G_CALLBACK (lb_keeper_on_file_changed), self);
  g_signal_connect_swapped (self->file, "problem", G_CALLBACK (lb_keeper_report), self);

  return self;
}

/**
 * lb_keeper_load:
 * @self: a keeper
 *
 * Reads the file, once. Whatever is wrong with it is told by `problem`; the rest holds.
 */
void
lb_keeper_load (LbKeeper *self)
{
  g_autoptr (GPtrArray) problems = g_ptr_array_new_with_free_func (g_free);

  g_return_if_fail (LB_IS_KEEPER (self));
  g_return_if_fail (self->config == NULL);

  self->config = lb_config_file_load (self->file, problems);
  for (guint i = 0; i < problems->len; i++)
    lb_keeper_report (self, g_ptr_array_index (problems, i));
}

/**
 * lb_keeper_get_config:
 * @self: a keeper
 *
 * Returns: (transfer none) (nullable): what is remembered, or %NULL before it is loaded. Who changes a
 *   setting calls lb_keeper_save(). The backends in it are as of the last load or save.
 */
LbConfig *
lb_keeper_get_config (LbKeeper *self)
{
  g_return_val_if_fail (LB_IS_KEEPER (self), NULL);

  return self->config;
}

/**
 * lb_keeper_apply_backends:
 * @self: a keeper that has loaded
 * @ports: (array zero-terminated=1): where we are going to listen, which no backend on this computer
 *   can have
 *
 * Makes the pool what the configuration says, in its order. A backend that stays keeps its figures,
 * transient ones stay behind the others.
 */
void
lb_keeper_apply_backends (LbKeeper *self,
                          const guint16 *ports)
{
  static const guint16 nowhere[] = { 0 };
  g_autoptr (GPtrArray) wanted = NULL;
  guint position = 0;

  g_return_if_fail (LB_IS_KEEPER (self));
  g_return_if_fail (self->config != NULL);

  self->applying = TRUE;
  lb_pool_freeze (self->pool);

  wanted = lb_keeper_get_wanted (self, ports);
  lb_keeper_remove_unwanted (self, wanted);
  lb_pool_set_own_address (self->pool, NULL, nowhere, NULL);

  for (guint i = 0; i < wanted->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (wanted, i);
      LbBackend *known = lb_pool_find (self->pool, lb_backend_get_url (backend));
      g_autoptr (GError) error = NULL;

      if (known != NULL)
        lb_keeper_update (self, known, backend, position++);
      else if (lb_pool_insert (self->pool, backend, position, &error))
        position++;
      else
        lb_keeper_refuse (self, backend, error);
    }

  lb_pool_thaw (self->pool);
  self->applying = FALSE;
}

/**
 * lb_keeper_save:
 * @self: a keeper
 *
 * Saves the settings and the pool, unless they come from the file. Returns at once: it is done before
 * the main loop does anything else, and the writing aside.
 */
void
lb_keeper_save (LbKeeper *self)
{
  g_return_if_fail (LB_IS_KEEPER (self));

  if (self->applying || self->config == NULL || self->saving != NULL)
    return;

  self->saving = g_idle_source_new ();
  g_source_set_priority (self->saving, G_PRIORITY_HIGH);
  g_source_set_static_name (self->saving, "[lb] save configuration");
  g_source_set_callback (self->saving, lb_keeper_on_saving, self, NULL);
  g_source_attach (self->saving, g_main_context_get_thread_default ());
}

/**
 * lb_keeper_flush:
 * @self: a keeper
 * @error: return location for a #GError
 *
 * Waits until everything is on disk.
 *
 * Returns: %TRUE if it is
 */
gboolean
lb_keeper_flush (LbKeeper *self,
                 GError **error)
{
  g_return_val_if_fail (LB_IS_KEEPER (self), FALSE);

  if (self->saving != NULL)
    lb_keeper_save_now (self);

  return lb_config_file_flush (self->file, error);
}
