/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-local.h"

#include <glib/gi18n-lib.h>
#include <sys/stat.h>

#include "engine/lb-haproxy-certificate.h"
#include "engine/lb-haproxy-child.h"
#include "engine/lb-haproxy-config.h"
#include "engine/lb-haproxy-folder.h"

/* How long to wait after HAProxy has ended by itself: not at all after it has served for a while. */
#define BACK_OFF_MIN_US (G_USEC_PER_SEC / 4)
#define BACK_OFF_MAX_US (30 * G_USEC_PER_SEC)
#define STEADY_US (10 * G_USEC_PER_SEC)

/* Up to here a client that could be served by nobody else had better wait for the next one. */
#define SOON_US G_USEC_PER_SEC

/**
 * LbHaproxyLocal:
 *
 * Sees to it that a HAProxy of ours serves here, as long as its owner, the engine, lets it run.
 *
 * HAProxy gets our listening sockets. Whenever its configuration changes, other than by its servers, there is
 * another HAProxy with the new one, and when that serves, the one before is told to finish: so nobody is refused
 * in between. One that ends by itself is followed by another. What is asked under `/stats` HAProxy passes on to
 * us, by a port of our own.
 *
 * Signals: `serving`, there is a HAProxy, or another one in place of the one before; `gone`, there is none any
 * more; `due`, something has changed, or it is time to try again: it wants to be run with the pool of the moment;
 * `problem` (char *message), a sentence for the person.
 */
struct _LbHaproxyLocal
{
  GObject parent_instance;

  LbEngineSource source;
  LbHaproxyCertificate *certificate; /* NULL if clients come without TLS */
  char *cookie_key;
  LbHaproxyFolder *folder;           /* NULL before the first start */

  LbHaproxyChild *current; /* serves, or NULL */
  LbHaproxyChild *next;    /* starts, or NULL */
  char *key;               /* what the newest of them was started for */
  GPtrArray *newest;       /* of LbHaproxyWanted: its servers, or NULL */
  GPtrArray *given;        /* the same of @current */
  gint64 serving_us;       /* since when @current serves */
  gint64 back_off_us;
  GSource *retry;          /* when to try the same again */
  gboolean is_due;         /* it is time to */
  char *told;              /* the last problem */
};

enum
{
  SERVING,
  GONE,
  DUE,
  PROBLEM,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (LbHaproxyLocal, lb_haproxy_local, G_TYPE_OBJECT)

/* The same problem is told once. */
static void
lb_haproxy_local_tell (LbHaproxyLocal *self,
                       const char *problem)
{
  if (g_strcmp0 (self->told, problem) == 0)
    return;

  g_free (self->told);
  self->told = g_strdup (problem);
  if (problem != NULL)
    g_signal_emit (self, signals[PROBLEM], 0, problem);
}

static const LbConfig *
lb_haproxy_local_get_config (LbHaproxyLocal *self)
{
  return self->source.get_config (self->source.user_data);
}

/* What is in its files */

/* The port that HAProxy passes /stats on to, or 0. */
static guint16
lb_haproxy_local_get_stats_port (LbHaproxyLocal *self)
{
  g_autoptr (GError) error = NULL;
  const guint16 port = lb_front_get_relay (self->source.front, &error);

  if (port == 0)
    lb_haproxy_local_tell (self, error->message);

  return port;
}

/* Whatever was wrong with the one before may be so again. */
static void
lb_haproxy_local_on_certificate_changed (LbHaproxyLocal *self)
{
  lb_haproxy_local_tell (self, NULL);
  g_signal_emit (self, signals[DUE], 0);
}

static void
lb_haproxy_local_drop_certificate (LbHaproxyLocal *self)
{
  if (self->certificate != NULL)
    g_signal_handlers_disconnect_by_data (self->certificate, self);
  g_clear_object (&self->certificate);
}

/* Its file is read once, and when somebody has changed it. */
static void
lb_haproxy_local_update_certificate (LbHaproxyLocal *self)
{
  const char *path = lb_haproxy_local_get_config (self)->proxy.certificate;

  if (self->certificate != NULL &&
      g_strcmp0 (lb_haproxy_certificate_get_path (self->certificate), path) == 0)
    return;

  lb_haproxy_local_drop_certificate (self);
  if (path == NULL)
    return;

  self->certificate = lb_haproxy_certificate_new (path);
  g_signal_connect_swapped (self->certificate, "changed", G_CALLBACK (lb_haproxy_local_on_certificate_changed),
                            self);
}

/* Everything but the servers, the paths of its own files, and the state it begins with. */
static char *
lb_haproxy_local_make_text (LbHaproxyLocal *self,
                            const LbHaproxyPool *pool,
                            const char *runtime,
                            const char *state_file)
{
  const LbConfig *config = lb_haproxy_local_get_config (self);
  const gboolean has_stats = lb_express_lane_get_role (self->source.front->lane) == LB_ROLE_BOTH;
  LbHaproxySetup setup = {
    .runtime = runtime,
    .stats_port = has_stats ? lb_haproxy_local_get_stats_port (self) : 0,
    .cors_origin = config->cors_origin,
    .max_connections = config->max_connections,
    .max_connections_per_client = config->max_connections_per_client,
    .proxy = &config->proxy,
    .cookie_key = self->cookie_key,
    .state_file = state_file,
  };

  lb_listener_get_sockets (self->source.front->listener, &setup.n_sockets);

  return lb_haproxy_config_make (&setup, pool->pool, pool->section, pool->left_out);
}

/* A socket that is opened anew may have the number of the one before. */
static void
lb_haproxy_local_add_sockets (LbHaproxyLocal *self,
                              GString *out)
{
  guint n;
  const int *sockets = lb_listener_get_sockets (self->source.front->listener, &n);

  for (guint i = 0; i < n; i++)
    {
      struct stat about;

      if (fstat (sockets[i], &about) == 0)
        g_string_append_printf (out, " %" G_GUINT64_FORMAT, (guint64) about.st_ino);
    }
}

/* What another HAProxy is started for when it is another. */
static char *
lb_haproxy_local_make_key (LbHaproxyLocal *self,
                           const LbHaproxyPool *pool)
{
  g_autofree char *text = lb_haproxy_local_make_text (self, pool, "", NULL);
  GString *key = g_string_new (text);

  lb_haproxy_local_add_sockets (self, key);
  if (self->certificate != NULL && lb_haproxy_certificate_get_mark (self->certificate) != NULL)
    g_string_append (key, lb_haproxy_certificate_get_mark (self->certificate));

  return g_string_free (key, FALSE);
}

static gboolean
lb_haproxy_local_write_files (LbHaproxyLocal *self,
                              const LbHaproxyPool *pool,
                              const char *state,
                              const char *runtime,
                              const char *path,
                              const char *state_file,
                              GError **error)
{
  g_autofree char *servers = lb_haproxy_pool_make_servers (pool, NULL);
  g_autofree char *head = lb_haproxy_local_make_text (self, pool, runtime, state_file);
  g_autofree char *text = g_strconcat (head, servers, NULL);

  if (state_file != NULL && !lb_haproxy_folder_write (state_file, state, error))
    return FALSE;

  return lb_haproxy_folder_write (path, text, error);
}

/* Starting one */

/* Whatever else changes meanwhile, the same configuration is not tried sooner; another one is, at once. */
static void
lb_haproxy_local_retry (LbHaproxyLocal *self,
                        gboolean was_steady)
{
  self->back_off_us = was_steady ? 0 : CLAMP (self->back_off_us * 2, BACK_OFF_MIN_US, BACK_OFF_MAX_US);
  g_source_set_ready_time (self->retry, g_get_monotonic_time () + self->back_off_us);
}

static gboolean
lb_haproxy_local_on_retry (gpointer user_data)
{
  LbHaproxyLocal *self = user_data;

  g_source_set_ready_time (self->retry, -1);
  self->is_due = TRUE;
  g_signal_emit (self, signals[DUE], 0);

  return G_SOURCE_CONTINUE;
}

static gboolean
lb_haproxy_local_retry_dispatch (GSource *source G_GNUC_UNUSED,
                                 GSourceFunc callback,
                                 gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs retry_funcs = { .dispatch = lb_haproxy_local_retry_dispatch };

static void
lb_haproxy_local_on_ended (LbHaproxyLocal *self,
                           const char *reason,
                           LbHaproxyChild *child)
{
  const gboolean was_current = child == self->current;
  const gboolean was_steady = was_current && g_get_monotonic_time () - self->serving_us > STEADY_US;

  g_signal_handlers_disconnect_by_data (child, self);

  if (child == self->next)
    g_clear_object (&self->next);
  else if (was_current)
    g_clear_object (&self->current);
  else
    return; /* it was told to finish */

  /* One that was well for a while tells something new. */
  if (was_steady)
    lb_haproxy_local_tell (self, NULL);
  if (reason != NULL)
    lb_haproxy_local_tell (self, reason);

  lb_haproxy_local_retry (self, was_steady);
  if (self->current == NULL)
    g_signal_emit (self, signals[GONE], 0);
}

static void
lb_haproxy_local_on_serving (LbHaproxyLocal *self,
                             LbHaproxyChild *child)
{
  g_autoptr (LbHaproxyChild) before = g_steal_pointer (&self->current);

  g_assert (child == self->next);
  self->current = g_steal_pointer (&self->next);
  self->serving_us = g_get_monotonic_time ();
  g_clear_pointer (&self->given, g_ptr_array_unref);
  self->given = g_ptr_array_ref (self->newest);

  g_signal_emit (self, signals[SERVING], 0);
  if (before != NULL)
    lb_haproxy_child_finish (before);
}

static void
lb_haproxy_local_start_child (LbHaproxyLocal *self,
                              const LbHaproxyPool *pool,
                              const char *state)
{
  g_autofree char *runtime = NULL;
  g_autofree char *config = NULL;
  g_autofree char *state_file = NULL;
  g_autoptr (GError) error = NULL;
  const int *sockets;
  guint n_sockets;

  if (self->folder == NULL)
    self->folder = lb_haproxy_folder_new (&error);
  if (self->folder == NULL)
    {
      lb_haproxy_local_tell (self, error->message);
      lb_haproxy_local_retry (self, FALSE);
      return;
    }

  lb_haproxy_folder_next (self->folder);
  runtime = lb_haproxy_folder_make_path (self->folder, ".sock");
  config = lb_haproxy_folder_make_path (self->folder, ".cfg");
  if (state != NULL)
    state_file = lb_haproxy_folder_make_path (self->folder, ".state");
  if (!lb_haproxy_local_write_files (self, pool, state, runtime, config, state_file, &error))
    {
      lb_haproxy_local_tell (self, error->message);
      lb_haproxy_local_retry (self, FALSE);
      return;
    }

  self->next = lb_haproxy_child_new (runtime, config, state_file);
  g_signal_connect_swapped (self->next, "serving", G_CALLBACK (lb_haproxy_local_on_serving), self);
  g_signal_connect_swapped (self->next, "ended", G_CALLBACK (lb_haproxy_local_on_ended), self);
  sockets = lb_listener_get_sockets (self->source.front->listener, &n_sockets);
  lb_haproxy_child_start (self->next, sockets, n_sockets);
}

static void
lb_haproxy_local_dispose (GObject *object)
{
  LbHaproxyLocal *self = LB_HAPROXY_LOCAL (object);

  if (self->retry != NULL)
    {
      lb_haproxy_local_finish (self);
      g_source_destroy (self->retry);
      g_clear_pointer (&self->retry, g_source_unref);
    }
  lb_haproxy_local_drop_certificate (self);

  G_OBJECT_CLASS (lb_haproxy_local_parent_class)->dispose (object);
}

static void
lb_haproxy_local_finalize (GObject *object)
{
  LbHaproxyLocal *self = LB_HAPROXY_LOCAL (object);

  lb_haproxy_folder_free (self->folder);
  g_free (self->cookie_key);
  g_free (self->key);
  g_free (self->told);

  G_OBJECT_CLASS (lb_haproxy_local_parent_class)->finalize (object);
}

static void
lb_haproxy_local_class_init (LbHaproxyLocalClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = lb_haproxy_local_dispose;
  object_class->finalize = lb_haproxy_local_finalize;

  signals[SERVING] = g_signal_new ("serving", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[GONE] = g_signal_new ("gone", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[DUE] = g_signal_new ("due", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[PROBLEM] = g_signal_new ("problem", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                   G_TYPE_STRING);
}

static void
lb_haproxy_local_init (LbHaproxyLocal *self)
{
  self->cookie_key = lb_haproxy_config_make_cookie_key ();
  self->retry = g_source_new (&retry_funcs, sizeof (GSource));
  g_source_set_static_name (self->retry, "[lb] HAProxy again");
  g_source_set_callback (self->retry, lb_haproxy_local_on_retry, self, NULL);
  g_source_attach (self->retry, g_main_context_get_thread_default ());
}

/**
 * lb_haproxy_local_new:
 * @source: what the engine works with
 *
 * Returns: (transfer full): one that runs nothing yet
 */
LbHaproxyLocal *
lb_haproxy_local_new (const LbEngineSource *source)
{
  LbHaproxyLocal *self;

  g_return_val_if_fail (source != NULL, NULL);

  self = g_object_new (LB_TYPE_HAPROXY_LOCAL, NULL);
  self->source = *source;

  return self;
}

/* Whether the newest one has all servers that it has in the way in which they are wanted. */
static gboolean
lb_haproxy_local_fits (LbHaproxyLocal *self,
                       GPtrArray *wanted)
{
  g_autoptr (GPtrArray) before = g_steal_pointer (&self->newest);
  gboolean same;

  self->newest = lb_haproxy_wanted_adapt (wanted, before, &same);

  return same;
}

/**
 * lb_haproxy_local_run:
 * @self: what runs a HAProxy here
 * @pool: the pool of the moment
 * @state: (nullable): how the servers are in the HAProxy that serves, as it says it
 *
 * Starts a HAProxy if there is none that has these settings and these sockets, and it is not too soon to try.
 */
void
lb_haproxy_local_run (LbHaproxyLocal *self,
                      const LbHaproxyPool *pool,
                      const char *state)
{
  g_autofree char *key = NULL;

  g_return_if_fail (LB_IS_HAPROXY_LOCAL (self));
  g_return_if_fail (pool != NULL);

  lb_haproxy_local_update_certificate (self);
  key = lb_haproxy_local_make_key (self, pool);

  if (self->certificate != NULL && lb_haproxy_certificate_get_error (self->certificate) != NULL)
    {
      /* Whoever serves goes on with the one before. */
      lb_haproxy_local_tell (self, lb_haproxy_certificate_get_error (self->certificate));
    }
  else if (self->next == NULL && (g_strcmp0 (key, self->key) != 0 || self->is_due ||
                                  !lb_haproxy_local_fits (self, pool->wanted)))
    {
      g_free (self->key);
      self->key = g_steal_pointer (&key);
      g_clear_pointer (&self->newest, g_ptr_array_unref);
      self->newest = lb_haproxy_wanted_adapt (pool->wanted, NULL, NULL);
      self->is_due = FALSE;
      g_source_set_ready_time (self->retry, -1);
      lb_haproxy_local_start_child (self, pool, state);
    }
}

/**
 * lb_haproxy_local_replace:
 * @self: what runs a HAProxy here
 *
 * Ends the one that serves at once, since it hangs; `gone` follows, and another one takes its place.
 */
void
lb_haproxy_local_replace (LbHaproxyLocal *self)
{
  g_return_if_fail (LB_IS_HAPROXY_LOCAL (self));

  if (self->current == NULL)
    return;

  lb_haproxy_local_tell (self, _("HAProxy does not answer any more. It is started anew."));
  lb_haproxy_child_kill (self->current);
}

/**
 * lb_haproxy_local_finish:
 * @self: what runs a HAProxy here
 *
 * Lets it end what it has begun; whether we are still here or not, it ends by itself.
 */
void
lb_haproxy_local_finish (LbHaproxyLocal *self)
{
  g_autoptr (LbHaproxyChild) current = NULL;
  g_autoptr (LbHaproxyChild) next = NULL;

  g_return_if_fail (LB_IS_HAPROXY_LOCAL (self));

  current = g_steal_pointer (&self->current);
  next = g_steal_pointer (&self->next);
  g_clear_pointer (&self->key, g_free);
  g_clear_pointer (&self->newest, g_ptr_array_unref);
  g_clear_pointer (&self->given, g_ptr_array_unref);
  self->is_due = FALSE;
  g_source_set_ready_time (self->retry, -1);

  if (current != NULL)
    {
      g_signal_handlers_disconnect_by_data (current, self);
      g_signal_emit (self, signals[GONE], 0);
      lb_haproxy_child_finish (current);
    }
  if (next != NULL)
    {
      g_signal_handlers_disconnect_by_data (next, self);
      lb_haproxy_child_finish (next);
    }
}

/**
 * lb_haproxy_local_give:
 * @self: what runs a HAProxy here
 * @wanted: (element-type LbHaproxyWanted): the servers that are to be
 *
 * Servers that would have to be removed, to be added with other words, get those with another HAProxy: nobody is
 * to be without servers meanwhile.
 *
 * Returns: (transfer none) (element-type LbHaproxyWanted): what to want of the HAProxy that serves
 */
GPtrArray *
lb_haproxy_local_give (LbHaproxyLocal *self,
                       GPtrArray *wanted)
{
  g_autoptr (GPtrArray) before = NULL;

  g_return_val_if_fail (LB_IS_HAPROXY_LOCAL (self), NULL);

  before = g_steal_pointer (&self->given);
  self->given = lb_haproxy_wanted_adapt (wanted, before, NULL);

  return self->given;
}

/**
 * lb_haproxy_local_get_runtime:
 * @self: what runs a HAProxy here
 *
 * Returns: (nullable): the path of the runtime API's socket of the HAProxy that serves
 */
const char *
lb_haproxy_local_get_runtime (LbHaproxyLocal *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_LOCAL (self), NULL);

  return self->current != NULL ? lb_haproxy_child_get_runtime (self->current) : NULL;
}

/**
 * lb_haproxy_local_is_starting:
 * @self: what runs a HAProxy here
 *
 * Returns: whether another HAProxy starts, or will in a moment
 */
gboolean
lb_haproxy_local_is_starting (LbHaproxyLocal *self)
{
  g_return_val_if_fail (LB_IS_HAPROXY_LOCAL (self), FALSE);

  return self->next != NULL ||
         (g_source_get_ready_time (self->retry) >= 0 && self->back_off_us <= SOON_US);
}
