/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-pool"

#include "config.h"

#include "pool/lb-pool.h"

#include <glib/gi18n-lib.h>

#include "pool/lb-candidates.h"
#include "pool/lb-own-address.h"
#include "pool/lb-rate.h"
#include "pool/lb-url.h"

#define LOOK_AHEAD 8

/**
 * LbPool:
 *
 * All the places where traffic can go, in the order a person gave them: a [iface@Gio.ListModel] of
 * [class@LbBackend]. The balancer owns the only one. No backend is in it twice, and none of them is
 * the balancer itself.
 *
 * Who has to know whether anything that matters for a choice has changed compares the pool's
 * generation with the one it saw last; the candidates are found anew only when it differs.
 *
 * Who does much at once freezes the pool meanwhile, so that everybody else hears of it as one change.
 *
 * Signals: `changed`, backends came or went, or what a choice depends on is otherwise with one of them;
 * `backend-notify` (LbBackend *backend, GParamSpec *property), a property of one of them is otherwise, with
 * its name as the detail. Who wants to know it of all backends need not connect to each, and follow who
 * comes and goes.
 */
struct _LbPool
{
  GObject parent_instance;

  GPtrArray *backends;
  GHashTable *by_prefix; /* char * owned by the table → LbBackend * */

  LbCandidates candidates;
  guint64 candidates_generation;
  guint64 generation;
  guint64 order;
  double panic_share;

  guint n_freezes;
  GPtrArray *frozen; /* the backends that everybody knows of; NULL while it is not frozen */
  guint64 frozen_generation;

  LbOwnAddress own_address;

  guint64 redirects;
  guint64 proxied[LB_N_PROXY_COUNTS];
  LbRate rate;
  double max_rate;
  LbLooks looks;
};

static void lb_pool_list_model_init (GListModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (LbPool, lb_pool, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, lb_pool_list_model_init))

enum
{
  CHANGED,
  BACKEND_NOTIFY,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

/* What of a backend a choice depends on. */
static const char *const choice_properties[] = { "weight", "state", "health", "backup", "left-out", NULL };

static void
lb_pool_on_backend_notify (LbPool *self,
                           GParamSpec *pspec,
                           LbBackend *backend)
{
  if (g_strv_contains (choice_properties, pspec->name))
    {
      self->generation++;
      if (self->n_freezes == 0)
        g_signal_emit (self, signals[CHANGED], 0);
    }

  g_signal_emit (self, signals[BACKEND_NOTIFY], g_param_spec_get_name_quark (pspec), backend, pspec);
}

static gboolean
lb_pool_is_own_address (LbPool *self,
                        LbBackend *backend,
                        const guint16 *ports)
{
  return lb_own_address_is (&self->own_address, ports, lb_backend_get_host (backend),
                            lb_backend_get_port (backend));
}

/* Whether @backend may come in, or at the place of @instead_of. */
static gboolean
lb_pool_accepts (LbPool *self,
                 LbBackend *backend,
                 const char *prefix,
                 LbBackend *instead_of,
                 GError **error)
{
  LbBackend *known = g_hash_table_lookup (self->by_prefix, prefix);

  if (known != NULL && known != instead_of)
    {
      g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_DUPLICATE,
                   _ ("%s is in the pool already. To send it more requests, raise its weight."),
                   lb_backend_get_url (backend));
      return FALSE;
    }

  return lb_pool_check_own_address (self, backend, self->own_address.ports, error);
}

/* @prefix: (transfer full) */
static void
lb_pool_take (LbPool *self,
              LbBackend *backend,
              char *prefix,
              guint position)
{
  g_ptr_array_insert (self->backends, (int) position, g_object_ref (backend));
  g_hash_table_insert (self->by_prefix, prefix, backend);
  g_signal_connect_swapped (backend, "notify", G_CALLBACK (lb_pool_on_backend_notify), self);
}

static void
lb_pool_release_backend (gpointer data)
{
  g_object_unref (data);
}

static void
lb_pool_disconnect (LbPool *self,
                    LbBackend *backend)
{
  g_signal_handlers_disconnect_by_func (backend, lb_pool_on_backend_notify, self);
}

static void
lb_pool_items_changed (LbPool *self,
                       guint position,
                       guint removed,
                       guint added)
{
  self->generation++;
  self->order++;
  if (self->n_freezes > 0)
    return;

  g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
  g_signal_emit (self, signals[CHANGED], 0);
}

static GType
lb_pool_get_item_type (GListModel *model)
{
  return LB_TYPE_BACKEND;
}

static guint
lb_pool_get_n_items (GListModel *model)
{
  return LB_POOL (model)->backends->len;
}

static gpointer
lb_pool_get_item (GListModel *model,
                  guint position)
{
  LbPool *self = LB_POOL (model);

  if (position >= self->backends->len)
    return NULL;

  return g_object_ref (g_ptr_array_index (self->backends, position));
}

static void
lb_pool_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = lb_pool_get_item_type;
  iface->get_n_items = lb_pool_get_n_items;
  iface->get_item = lb_pool_get_item;
}

static void
lb_pool_dispose (GObject *object)
{
  LbPool *self = LB_POOL (object);

  for (guint i = 0; i < self->backends->len; i++)
    lb_pool_disconnect (self, g_ptr_array_index (self->backends, i));
  g_ptr_array_set_size (self->candidates.backends, 0);
  g_hash_table_remove_all (self->by_prefix);
  g_ptr_array_set_size (self->backends, 0);

  G_OBJECT_CLASS (lb_pool_parent_class)->dispose (object);
}

static void
lb_pool_finalize (GObject *object)
{
  LbPool *self = LB_POOL (object);

  lb_candidates_clear (&self->candidates);
  g_clear_pointer (&self->by_prefix, g_hash_table_unref);
  g_clear_pointer (&self->backends, g_ptr_array_unref);
  g_clear_pointer (&self->frozen, g_ptr_array_unref);
  lb_own_address_clear (&self->own_address);

  G_OBJECT_CLASS (lb_pool_parent_class)->finalize (object);
}

static void
lb_pool_class_init (LbPoolClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_pool_dispose;
  object_class->finalize = lb_pool_finalize;

  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                   NULL, G_TYPE_NONE, 0);
  signals[BACKEND_NOTIFY] =
    g_signal_new ("backend-notify", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0,
                  NULL, NULL, NULL, G_TYPE_NONE, 2, LB_TYPE_BACKEND, G_TYPE_PARAM);
}

static void
lb_pool_init (LbPool *self)
{
  self->backends = g_ptr_array_new_with_free_func (lb_pool_release_backend);
  lb_candidates_init (&self->candidates);
  self->by_prefix = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->generation = 1;
  lb_own_address_init (&self->own_address);
}

/**
 * lb_pool_new:
 *
 * Returns: (transfer full): an empty pool
 */
LbPool *
lb_pool_new (void)
{
  return g_object_new (LB_TYPE_POOL, NULL);
}

/**
 * lb_pool_add:
 * @self: a pool
 * @url: where the backend is
 * @error: return location for a #GError
 *
 * Makes a backend and puts it at the end.
 *
 * Sets %LB_POOL_ERROR_INVALID_URL, %LB_POOL_ERROR_DUPLICATE or %LB_POOL_ERROR_OWN_ADDRESS.
 *
 * Returns: (transfer none) (nullable): the backend
 */
LbBackend *
lb_pool_add (LbPool *self,
             const char *url,
             GError **error)
{
  g_autoptr (LbBackend) backend = NULL;

  g_return_val_if_fail (LB_IS_POOL (self), NULL);

  backend = lb_backend_new (url, error);
  if (backend == NULL || !lb_pool_insert (self, backend, G_MAXUINT, error))
    return NULL;

  return backend;
}

/**
 * lb_pool_insert:
 * @self: a pool
 * @backend: a backend that no pool has
 * @position: its place; past the end is the end
 * @error: return location for a #GError
 *
 * Takes a backend in, such as one that was removed before.
 *
 * Sets %LB_POOL_ERROR_DUPLICATE or %LB_POOL_ERROR_OWN_ADDRESS.
 *
 * Returns: %TRUE if it is in the pool now
 */
gboolean
lb_pool_insert (LbPool *self,
                LbBackend *backend,
                guint position,
                GError **error)
{
  g_autofree char *prefix = NULL;

  g_return_val_if_fail (LB_IS_POOL (self), FALSE);
  g_return_val_if_fail (LB_IS_BACKEND (backend), FALSE);

  prefix = lb_backend_dup_prefix (backend);
  if (!lb_pool_accepts (self, backend, prefix, NULL, error))
    return FALSE;

  position = MIN (position, self->backends->len);
  lb_pool_take (self, backend, g_steal_pointer (&prefix), position);
  lb_pool_items_changed (self, position, 0, 1);

  return TRUE;
}

/**
 * lb_pool_replace:
 * @self: a pool
 * @backend: one of its backends
 * @replacement: a backend that no pool has
 * @error: return location for a #GError
 *
 * Puts another backend at the place of one, such as when its URL changes. If it is refused,
 * everything stays as it was.
 *
 * Sets %LB_POOL_ERROR_DUPLICATE or %LB_POOL_ERROR_OWN_ADDRESS.
 *
 * Returns: %TRUE if @replacement is there now
 */
gboolean
lb_pool_replace (LbPool *self,
                 LbBackend *backend,
                 LbBackend *replacement,
                 GError **error)
{
  g_autofree char *prefix = NULL;
  g_autofree char *old_prefix = NULL;
  guint position;

  g_return_val_if_fail (LB_IS_POOL (self), FALSE);
  g_return_val_if_fail (LB_IS_BACKEND (replacement), FALSE);

  if (!lb_pool_get_position (self, backend, &position))
    g_return_val_if_reached (FALSE);

  prefix = lb_backend_dup_prefix (replacement);
  if (!lb_pool_accepts (self, replacement, prefix, backend, error))
    return FALSE;

  old_prefix = lb_backend_dup_prefix (backend);
  lb_pool_disconnect (self, backend);
  g_hash_table_remove (self->by_prefix, old_prefix);
  g_ptr_array_remove_index (self->backends, position);
  lb_pool_take (self, replacement, g_steal_pointer (&prefix), position);
  lb_pool_items_changed (self, position, 1, 1);

  return TRUE;
}

/**
 * lb_pool_remove:
 * @self: a pool
 * @backend: a backend
 *
 * Lets a backend go. It keeps its figures, so that it can be put back.
 *
 * Returns: %TRUE if it was in the pool
 */
gboolean
lb_pool_remove (LbPool *self,
                LbBackend *backend)
{
  g_autofree char *prefix = NULL;
  guint position;

  g_return_val_if_fail (LB_IS_POOL (self), FALSE);
  g_return_val_if_fail (LB_IS_BACKEND (backend), FALSE);

  if (!lb_pool_get_position (self, backend, &position))
    return FALSE;

  prefix = lb_backend_dup_prefix (backend);
  lb_pool_disconnect (self, backend);
  g_hash_table_remove (self->by_prefix, prefix);
  g_ptr_array_remove_index (self->backends, position);
  lb_pool_items_changed (self, position, 1, 0);

  return TRUE;
}

/**
 * lb_pool_move:
 * @self: a pool
 * @backend: one of its backends
 * @position: where it shall be
 */
void
lb_pool_move (LbPool *self,
              LbBackend *backend,
              guint position)
{
  guint old_position;

  g_return_if_fail (LB_IS_POOL (self));
  g_return_if_fail (position < self->backends->len);

  if (g_ptr_array_index (self->backends, position) == backend ||
      !lb_pool_get_position (self, backend, &old_position))
    return;

  g_ptr_array_insert (self->backends, (int) position,
                      g_ptr_array_steal_index (self->backends, old_position));
  lb_pool_items_changed (self, MIN (position, old_position),
                         MAX (position, old_position) - MIN (position, old_position) + 1,
                         MAX (position, old_position) - MIN (position, old_position) + 1);
}

/**
 * lb_pool_find:
 * @self: a pool
 * @url: a URL in any spelling
 *
 * Returns: (transfer none) (nullable): the backend there
 */
LbBackend *
lb_pool_find (LbPool *self,
              const char *url)
{
  g_autofree char *normalized = NULL;

  g_return_val_if_fail (LB_IS_POOL (self), NULL);
  g_return_val_if_fail (url != NULL, NULL);

  normalized = lb_url_normalize (url, NULL, NULL, NULL);
  if (normalized == NULL)
    return NULL;

  if (g_str_has_suffix (normalized, "/"))
    normalized[strlen (normalized) - 1] = '\0';

  return g_hash_table_lookup (self->by_prefix, normalized);
}

/**
 * lb_pool_get_position:
 * @self: a pool
 * @backend: a backend
 * @position: (out) (optional): its place
 *
 * Returns: %TRUE if it is in the pool
 */
gboolean
lb_pool_get_position (LbPool *self,
                      LbBackend *backend,
                      guint *position)
{
  g_return_val_if_fail (LB_IS_POOL (self), FALSE);

  return g_ptr_array_find (self->backends, backend, position);
}

static gpointer
lb_pool_copy_backend (gconstpointer backend,
                      gpointer user_data)
{
  return g_object_ref ((gpointer) backend);
}

/**
 * lb_pool_freeze:
 * @self: a pool
 *
 * Holds its signals back until lb_pool_thaw(), so that a change of thousands of backends is one change
 * to whoever hears of it. The main loop must not run in between.
 */
void
lb_pool_freeze (LbPool *self)
{
  g_return_if_fail (LB_IS_POOL (self));

  if (self->n_freezes++ > 0)
    return;

  self->frozen = g_ptr_array_copy (self->backends, lb_pool_copy_backend, NULL);
  self->frozen_generation = self->generation;
}

/**
 * lb_pool_thaw:
 * @self: a pool
 *
 * Undoes one lb_pool_freeze(), and after the first of them tells what is otherwise now: as items-changed
 * for the part of the list between what has stayed at its start and at its end, and as `changed`.
 */
void
lb_pool_thaw (LbPool *self)
{
  g_autoptr (GPtrArray) before = NULL;
  guint start = 0;
  guint removed;
  guint added;

  g_return_if_fail (LB_IS_POOL (self));
  g_return_if_fail (self->n_freezes > 0);

  if (--self->n_freezes > 0)
    return;

  before = g_steal_pointer (&self->frozen);
  removed = before->len;
  added = self->backends->len;
  while (start < MIN (removed, added) && before->pdata[start] == self->backends->pdata[start])
    start++;
  while (MIN (removed, added) > start &&
         before->pdata[removed - 1] == self->backends->pdata[added - 1])
    {
      removed--;
      added--;
    }

  if (removed > start || added > start)
    g_list_model_items_changed (G_LIST_MODEL (self), start, removed - start, added - start);
  if (self->generation != self->frozen_generation)
    g_signal_emit (self, signals[CHANGED], 0);
}

/**
 * lb_pool_is_frozen:
 * @self: a pool
 *
 * Returns: whether its signals are held back
 */
gboolean
lb_pool_is_frozen (LbPool *self)
{
  g_return_val_if_fail (LB_IS_POOL (self), FALSE);

  return self->n_freezes > 0;
}

/**
 * lb_pool_get_n_backends:
 * @self: a pool
 *
 * Returns: how many backends there are
 */
guint
lb_pool_get_n_backends (LbPool *self)
{
  g_return_val_if_fail (LB_IS_POOL (self), 0);

  return self->backends->len;
}

/**
 * lb_pool_get_backend:
 * @self: a pool
 * @position: a place that there is
 *
 * Returns: (transfer none): the backend there
 */
LbBackend *
lb_pool_get_backend (LbPool *self,
                     guint position)
{
  g_return_val_if_fail (LB_IS_POOL (self), NULL);
  g_return_val_if_fail (position < self->backends->len, NULL);

  return g_ptr_array_index (self->backends, position);
}

/**
 * lb_pool_check_own_address:
 * @self: a pool
 * @backend: a backend
 * @ports: (array zero-terminated=1): the ports we listen on, or might
 * @error: return location for a #GError
 *
 * Whether @backend is somebody else, if we listen on @ports. Sets %LB_POOL_ERROR_OWN_ADDRESS.
 *
 * Returns: %TRUE if it is
 */
gboolean
lb_pool_check_own_address (LbPool *self,
                           LbBackend *backend,
                           const guint16 *ports,
                           GError **error)
{
  g_return_val_if_fail (LB_IS_POOL (self), FALSE);
  g_return_val_if_fail (LB_IS_BACKEND (backend), FALSE);

  if (!lb_pool_is_own_address (self, backend, ports))
    return TRUE;

  g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_OWN_ADDRESS,
               _ ("%s is this load balancer itself, so clients would be sent in a circle. Use the "
                  "address of a service behind it."),
               lb_backend_get_url (backend));

  return FALSE;
}

/**
 * lb_pool_set_own_address:
 * @self: a pool
 * @local_hosts: (nullable) (array zero-terminated=1): the addresses and names of this computer beside
 *   the loopback's, as lb_url_normalize() writes them; %NULL for those said last
 * @ports: (array zero-terminated=1): the ports we listen on
 * @error: return location for a #GError
 *
 * Says who we are, so that no backend is ourselves. With a port that a backend here has already, the
 * ports stay what they were and %LB_POOL_ERROR_OWN_ADDRESS is set.
 *
 * Returns: %TRUE if this is our address now
 */
gboolean
lb_pool_set_own_address (LbPool *self,
                         const char *const *local_hosts,
                         const guint16 *ports,
                         GError **error)
{
  g_return_val_if_fail (LB_IS_POOL (self), FALSE);

  if (local_hosts != NULL)
    lb_own_address_set_hosts (&self->own_address, local_hosts);

  for (guint i = 0; i < self->backends->len; i++)
    {
      LbBackend *backend = g_ptr_array_index (self->backends, i);

      if (!lb_pool_is_own_address (self, backend, ports))
        continue;

      g_set_error (error, LB_POOL_ERROR, LB_POOL_ERROR_OWN_ADDRESS,
                   _ ("Port %u belongs to the backend %s on this computer. Choose another port, or "
                      "remove that backend."),
                   lb_backend_get_port (backend), lb_backend_get_url (backend));
      return FALSE;
    }

  lb_own_address_set_ports (&self->own_address, ports);

  return TRUE;
}

/**
 * lb_pool_get_order:
 * @self: a pool
 *
 * Returns: a number that grows when backends come, go or move
 */
guint64
lb_pool_get_order (LbPool *self)
{
  return self->order;
}

/**
 * lb_pool_get_generation:
 * @self: a pool
 *
 * Returns: a number that grows when backends come and go, or one of them changes in weight, state,
 *   health or being a backup
 */
guint64
lb_pool_get_generation (LbPool *self)
{
  return self->generation;
}

static void
lb_pool_update_candidates (LbPool *self)
{
  if (self->candidates_generation == self->generation)
    return;

  lb_candidates_find (&self->candidates, self->backends, self->panic_share);
  self->candidates_generation = self->generation;
}

/**
 * lb_pool_get_candidates:
 * @self: a pool
 * @n_candidates: (out): how many there are
 *
 * The backends that may be chosen now: those that are ready and not down; if there is none, such
 * backups. When the share of healthy backends lies below the panic share, health is ignored, unless all
 * of them are down and a backup is not.
 *
 * Returns: (array length=n_candidates) (transfer none): the candidates, until the generation changes
 */
LbBackend *const *
lb_pool_get_candidates (LbPool *self,
                        guint *n_candidates)
{
  lb_pool_update_candidates (self);
  *n_candidates = self->candidates.backends->len;

  return (LbBackend *const *) self->candidates.backends->pdata;
}

/**
 * lb_pool_get_use:
 * @self: a pool
 * @backend: one of its backends
 *
 * Returns: whether it may be chosen now, or why not
 */
LbUse
lb_pool_get_use (LbPool *self,
                 LbBackend *backend)
{
  g_return_val_if_fail (LB_IS_POOL (self), LB_USE_YES);
  g_return_val_if_fail (LB_IS_BACKEND (backend), LB_USE_YES);

  lb_pool_update_candidates (self);

  return lb_candidates_get_use (&self->candidates, backend);
}

/**
 * lb_pool_set_panic_share:
 * @self: a pool
 * @share: 0 to 1; 0 for never
 *
 * Says below which share of healthy backends health is ignored: when nearly all of them look down it
 * is more likely that we cannot see them.
 */
void
lb_pool_set_panic_share (LbPool *self,
                         double share)
{
  g_return_if_fail (LB_IS_POOL (self));
  g_return_if_fail (share >= 0.0 && share <= 1.0);

  if (self->panic_share == share)
    return;

  self->panic_share = share;
  self->generation++;
}

/**
 * lb_pool_count_redirect:
 * @self: a pool
 * @backend: one of its backends
 * @now_us: the monotonic time in microseconds
 *
 * Counts a request that was sent to @backend.
 */
void
lb_pool_count_redirect (LbPool *self,
                        LbBackend *backend,
                        gint64 now_us)
{
  self->redirects++;
  lb_rate_add (&self->rate, now_us);
  lb_backend_count_redirect (backend, now_us);
}

/**
 * lb_pool_count_proxied:
 * @self: a pool
 * @backend: one of its backends
 * @counts: (array fixed-size=10): how many there were of each #LbProxyCount
 * @now_us: the monotonic time in microseconds
 *
 * Counts what a proxy has done for @backend since the last time.
 */
void
lb_pool_count_proxied (LbPool *self,
                       LbBackend *backend,
                       const guint64 *counts,
                       gint64 now_us)
{
  LbProxyRecord *record = lb_backend_get_proxied (backend);

  for (LbProxyCount i = 0; i < LB_N_PROXY_COUNTS; i++)
    {
      self->proxied[i] += counts[i];
      record->counts[i] += counts[i];
    }

  self->redirects += counts[LB_PROXY_REQUESTS];
  lb_rate_add_many (&self->rate, counts[LB_PROXY_REQUESTS], now_us);
  lb_backend_count_requests (backend, counts[LB_PROXY_REQUESTS]);
}

/**
 * lb_pool_get_proxied:
 * @self: a pool
 *
 * Returns: (array fixed-size=10): how many there were of each #LbProxyCount, with backends that have left
 */
const guint64 *
lb_pool_get_proxied (LbPool *self)
{
  g_return_val_if_fail (LB_IS_POOL (self), NULL);

  return self->proxied;
}

/**
 * lb_pool_get_redirects:
 * @self: a pool
 *
 * Returns: how many requests were sent to any backend, those that have left included
 */
guint64
lb_pool_get_redirects (LbPool *self)
{
  g_return_val_if_fail (LB_IS_POOL (self), 0);

  return self->redirects;
}

/**
 * lb_pool_get_redirect_rate:
 * @self: a pool
 * @now_us: the monotonic time in microseconds
 *
 * Returns: redirects a second, the mean of the last 3 s
 */
double
lb_pool_get_redirect_rate (LbPool *self,
                           gint64 now_us)
{
  g_return_val_if_fail (LB_IS_POOL (self), 0.0);

  return lb_rate_per_second (&self->rate, now_us);
}

/**
 * lb_pool_get_max_redirect_rate:
 * @self: a pool
 *
 * Returns: the most redirects a second that lb_pool_look() ever saw
 */
double
lb_pool_get_max_redirect_rate (LbPool *self)
{
  g_return_val_if_fail (LB_IS_POOL (self), 0.0);

  return self->max_rate;
}

/**
 * lb_pool_look_back:
 * @self: a pool
 * @now_us: the monotonic time in microseconds
 *
 * Returns: what the rates of its backends go back to
 */
LbLookBack
lb_pool_look_back (LbPool *self,
                   gint64 now_us)
{
  return lb_looks_back (&self->looks, now_us);
}

/**
 * lb_pool_look:
 * @self: a pool
 * @samples: (out caller-allocates) (array): one for each backend, in the pool's order
 * @now_us: the monotonic time in microseconds
 *
 * Looks at how all backends are and how many redirects there were, for the history, the rate of each
 * and the highest rates. To be called about once a second.
 *
 * Returns: how many backends are up
 */
guint
lb_pool_look (LbPool *self,
              LbHistorySample *samples,
              gint64 now_us)
{
  const LbLookBack back = lb_looks_back (&self->looks, now_us);
  guint n_up = 0;

  self->max_rate = MAX (self->max_rate, lb_rate_per_second (&self->rate, now_us));

  for (guint i = 0; i < self->backends->len; i++)
    {
      /* With thousands of backends nearly all of the time is spent waiting for memory. */
      if (i + LOOK_AHEAD < self->backends->len)
        lb_backend_prefetch (g_ptr_array_index (self->backends, i + LOOK_AHEAD));

      lb_backend_look (g_ptr_array_index (self->backends, i), back, &samples[i]);
      if (samples[i].health == LB_HEALTH_UP)
        n_up++;
    }

  lb_looks_add (&self->looks, now_us);

  return n_up;
}
