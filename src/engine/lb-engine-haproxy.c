/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-engine-haproxy.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "engine/lb-haproxy-certificate.h"
#include "engine/lb-haproxy-child.h"
#include "engine/lb-haproxy-config.h"
#include "engine/lb-haproxy-figures.h"
#include "engine/lb-haproxy-node.h"
#include "engine/lb-haproxy-pool.h"

/* How long to wait after HAProxy has ended by itself: not at all after it has served for a while. */
#define BACK_OFF_MIN_US (G_USEC_PER_SEC / 4)
#define BACK_OFF_MAX_US (30 * G_USEC_PER_SEC)
#define STEADY_US (10 * G_USEC_PER_SEC)

/* How often figures are taken over, and learned from, however often there is a report. */
#define FIGURES_US (G_USEC_PER_SEC * 9 / 10)

/* The path of a socket has 107 bytes: behind the folder's there are a name of up to 32 with two numbers, and
 * `.NUMBER.tmp`, which HAProxy adds while it opens it. */
#define DIRECTORY_MAX 60

/**
 * LbEngineHaproxy:
 *
 * Carries traffic by a HAProxy that it starts, feeds and watches.
 *
 * HAProxy gets our listening sockets. Whenever its configuration changes, other than by its servers, there is
 * another HAProxy with the new one, and when that serves, the one before is told to finish: so nobody is refused
 * in between. Servers come, go and change by the runtime API, see [class@LbHaproxyNode]; each HAProxy begins
 * with those of the moment. As long as there is no HAProxy that serves, and while we are paused, our own listener
 * takes the clients. What is asked under `/stats` HAProxy passes on to us, by a port of our own.
 */
struct _LbEngineHaproxy
{
  LbEngine parent_instance;

  LbEngineSource source;
  LbListener *stats_listener; /* what HAProxy passes on comes here */
  LbHaproxyCertificate *certificate; /* NULL if clients come without TLS */
  char *cookie_key;
  char *directory;            /* NULL before the first start */
  guint n_children;

  gboolean started;
  LbHaproxyChild *current; /* serves, or NULL */
  LbHaproxyChild *next;    /* starts, or NULL */
  char *text;              /* the configuration of the newest of them, and which sockets it has */
  gint64 serving_us;       /* since when @current serves */
  gint64 back_off_us;
  gint64 retry_us;         /* when to try the same again, or 0 */
  LbHaproxyNode *node; /* @current's runtime API */
  LbHaproxyFigures *figures;
  gint64 figures_us; /* when they were taken over last */
  char *told;      /* the last problem */
  char **left_out; /* what HAProxy does not know, as it was told last */

  GSource *update; /* when something has changed, or it is time to try again */
};

G_DEFINE_FINAL_TYPE (LbEngineHaproxy, lb_engine_haproxy, LB_TYPE_ENGINE)

static gboolean
lb_engine_haproxy_can_start (GError **error)
{
  g_autofree char *program = lb_haproxy_child_find_program (error);

  return program != NULL;
}

const LbEngineInfo lb_engine_haproxy_info = {
  "haproxy",
  N_("Proxying with HAProxy"),
  N_("Requests and answers go through this computer. The figures are those of real requests."),
  TRUE,
  lb_engine_haproxy_can_start,
};

static void lb_engine_haproxy_update_at (LbEngineHaproxy *self,
                                         gint64 time_us);
static void lb_engine_haproxy_on_pool_changed (LbEngineHaproxy *self);

/* The same problem is told once. */
static void
lb_engine_haproxy_tell (LbEngineHaproxy *self,
                        const char *problem)
{
  if (g_strcmp0 (self->told, problem) == 0)
    return;

  g_free (self->told);
  self->told = g_strdup (problem);
  if (problem != NULL)
    lb_engine_tell (LB_ENGINE (self), problem);
}

static gboolean
lb_engine_haproxy_is_wanted (LbEngineHaproxy *self)
{
  guint n_sockets;

  lb_listener_get_sockets (self->source.front->listener, &n_sockets);

  return self->started && n_sockets > 0 && !lb_redirector_get_paused (self->source.front->redirector);
}

static const LbProxySettings *
lb_engine_haproxy_get_proxy (LbEngineHaproxy *self)
{
  return &self->source.get_config (self->source.user_data)->proxy;
}

/* Whoever takes clients when HAProxy does not. We know no TLS: while there will be a HAProxy in a moment, clients
 * that speak it had better wait. */
static void
lb_engine_haproxy_update_listener (LbEngineHaproxy *self)
{
  const gboolean waits = self->next != NULL && lb_engine_haproxy_get_proxy (self)->certificate != NULL;

  lb_listener_set_accepting (self->source.front->listener, self->started && self->current == NULL && !waits);
}

/* Where HAProxy's files are */

static gboolean
lb_engine_haproxy_make_directory (LbEngineHaproxy *self,
                                  GError **error)
{
  const char *runtime = g_get_user_runtime_dir ();
  g_autofree char *wanted = g_build_filename (runtime, "load-balancer", NULL);

  if (self->directory != NULL)
    return TRUE;

  /* Where there is no such folder of the session's, GLib gives one that may be anybody's to read. HAProxy's
   * socket must fit in. */
  if (g_getenv ("XDG_RUNTIME_DIR") != NULL && strlen (wanted) <= DIRECTORY_MAX &&
      g_mkdir_with_parents (wanted, 0700) == 0)
    self->directory = g_steal_pointer (&wanted);
  else
    self->directory = g_dir_make_tmp ("load-balancer-XXXXXX", error);

  return self->directory != NULL;
}

static char *
lb_engine_haproxy_make_path (LbEngineHaproxy *self,
                             const char *suffix)
{
  g_autofree char *name = g_strdup_printf ("haproxy-%d-%u%s", (int) getpid (), self->n_children, suffix);

  return g_build_filename (self->directory, name, NULL);
}

static gboolean
lb_engine_haproxy_write (const char *path,
                         const char *text,
                         GError **error)
{
  return g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, error);
}

/* The port that HAProxy passes /stats on to. It is opened once. */
static guint16
lb_engine_haproxy_get_stats_port (LbEngineHaproxy *self)
{
  static const char *const addresses[] = { "127.0.0.1", NULL };
  g_autoptr (GError) error = NULL;

  if (self->stats_listener == NULL)
    {
      self->stats_listener = lb_front_make_stats_listener (self->source.front);
      if (!lb_listener_listen (self->stats_listener, addresses, 0, &error))
        lb_engine_haproxy_tell (self, error->message);
    }

  return lb_listener_get_port (self->stats_listener);
}

/* Starting one */

static LbHaproxyPool *
lb_engine_haproxy_make_pool (LbEngineHaproxy *self)
{
  LbPolicy *policy = lb_redirector_get_policy (self->source.front->redirector);
  const LbConfig *config = self->source.get_config (self->source.user_data);

  return lb_haproxy_pool_new (self->source.pool, lb_policy_get_info (policy)->name, &config->probe,
                              &config->proxy, g_get_monotonic_time ());
}

/* Whatever was wrong with the one before may be so again. */
static void
lb_engine_haproxy_on_certificate_changed (LbEngineHaproxy *self)
{
  lb_engine_haproxy_tell (self, NULL);
  lb_engine_haproxy_on_pool_changed (self);
}

/* Its file is read once, and when somebody has changed it. */
static void
lb_engine_haproxy_update_certificate (LbEngineHaproxy *self)
{
  const char *path = lb_engine_haproxy_get_proxy (self)->certificate;

  if (self->certificate != NULL &&
      g_strcmp0 (lb_haproxy_certificate_get_path (self->certificate), path) == 0)
    return;

  if (self->certificate != NULL)
    g_signal_handlers_disconnect_by_data (self->certificate, self);
  g_clear_object (&self->certificate);
  if (path == NULL)
    return;

  self->certificate = lb_haproxy_certificate_new (path);
  g_signal_connect_swapped (self->certificate, "changed", G_CALLBACK (lb_engine_haproxy_on_certificate_changed),
                            self);
}

/* Everything but the servers, the paths of its own files, and the state it begins with. */
static char *
lb_engine_haproxy_make_text (LbEngineHaproxy *self,
                             const LbHaproxyPool *pool,
                             const char *runtime,
                             const char *state_file)
{
  const LbConfig *config = self->source.get_config (self->source.user_data);
  const gboolean has_stats = lb_express_lane_get_role (self->source.front->lane) == LB_ROLE_BOTH;
  LbHaproxySetup setup = {
    .runtime = runtime,
    .stats_port = has_stats ? lb_engine_haproxy_get_stats_port (self) : 0,
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
lb_engine_haproxy_add_sockets (LbEngineHaproxy *self,
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
lb_engine_haproxy_make_key (LbEngineHaproxy *self,
                            const LbHaproxyPool *pool)
{
  g_autofree char *text = lb_engine_haproxy_make_text (self, pool, "", NULL);
  GString *key = g_string_new (text);

  lb_engine_haproxy_add_sockets (self, key);
  if (self->certificate != NULL)
    g_string_append_printf (key, " %s", lb_haproxy_certificate_get_mark (self->certificate));

  return g_string_free (key, FALSE);
}

static gboolean
lb_engine_haproxy_write_files (LbEngineHaproxy *self,
                               const LbHaproxyPool *pool,
                               const char *runtime,
                               const char *path,
                               const char *state_file,
                               GError **error)
{
  g_autofree char *servers = lb_haproxy_pool_make_servers (pool);
  g_autofree char *head = lb_engine_haproxy_make_text (self, pool, runtime, state_file);
  g_autofree char *text = g_strconcat (head, servers, NULL);

  if (state_file != NULL &&
      !lb_engine_haproxy_write (state_file, lb_haproxy_node_get_report (self->node)->state, error))
    return FALSE;

  return lb_engine_haproxy_write (path, text, error);
}

/* Whatever else changes meanwhile, the same configuration is not tried sooner; another one is, at once. */
static void
lb_engine_haproxy_retry (LbEngineHaproxy *self,
                         gboolean was_steady)
{
  self->back_off_us = was_steady ? 0 : CLAMP (self->back_off_us * 2, BACK_OFF_MIN_US, BACK_OFF_MAX_US);
  self->retry_us = g_get_monotonic_time () + self->back_off_us;
  lb_engine_haproxy_update_at (self, was_steady ? 0 : self->retry_us);
}

static void
lb_engine_haproxy_on_ended (LbEngineHaproxy *self,
                            const char *reason,
                            LbHaproxyChild *child)
{
  const gboolean was_steady = child == self->current &&
                              g_get_monotonic_time () - self->serving_us > STEADY_US;

  g_signal_handlers_disconnect_by_data (child, self);

  if (child != self->current && child != self->next)
    return; /* it was told to finish */

  if (child == self->next)
    g_clear_object (&self->next);
  else
    {
      lb_haproxy_node_stop (self->node);
      g_clear_object (&self->node);
      g_clear_object (&self->current);
    }

  if (reason != NULL)
    lb_engine_haproxy_tell (self, reason);

  lb_engine_haproxy_update_listener (self);
  lb_engine_haproxy_retry (self, was_steady);
}

static void
lb_engine_haproxy_on_reported (LbEngineHaproxy *self)
{
  const LbHaproxyReport *report = lb_haproxy_node_get_report (self->node);
  const char *refusal = lb_haproxy_node_get_refusal (self->node);
  const gint64 now_us = g_get_monotonic_time ();
  g_autoptr (LbHaproxyPool) pool = NULL;

  if (report == NULL)
    return;

  if (refusal != NULL)
    {
      g_autofree char *problem = g_strdup_printf (_("HAProxy says: %s"), refusal);

      lb_engine_haproxy_tell (self, problem);
    }

  if (now_us - self->figures_us < FIGURES_US)
    return;

  self->figures_us = now_us;
  pool = lb_engine_haproxy_make_pool (self);
  lb_haproxy_figures_take (self->figures, report, pool, LB_ENGINE (self), self->source.pool);
  lb_haproxy_node_set_learned (self->node, pool->wanted);
}

static void
lb_engine_haproxy_on_serving (LbEngineHaproxy *self,
                              LbHaproxyChild *child)
{
  g_autoptr (LbHaproxyChild) before = g_steal_pointer (&self->current);

  if (self->node != NULL)
    lb_haproxy_node_stop (self->node);
  g_clear_object (&self->node);

  g_assert (child == self->next);
  self->current = g_steal_pointer (&self->next);
  self->serving_us = g_get_monotonic_time ();
  lb_engine_haproxy_tell (self, NULL);
  lb_engine_haproxy_update_listener (self);
  if (before != NULL)
    lb_haproxy_child_finish (before);

  lb_haproxy_figures_begin (self->figures);
  self->figures_us = 0;
  self->node = lb_haproxy_node_new (lb_haproxy_child_get_runtime (child), LB_HAPROXY_PROXY, NULL);
  g_signal_connect_swapped (self->node, "reported", G_CALLBACK (lb_engine_haproxy_on_reported), self);
  lb_haproxy_node_start (self->node);
  lb_engine_haproxy_update_at (self, 0);
}

static void
lb_engine_haproxy_start_child (LbEngineHaproxy *self,
                               const LbHaproxyPool *pool)
{
  g_autofree char *runtime = NULL;
  g_autofree char *config = NULL;
  g_autofree char *state_file = NULL;
  g_autoptr (GError) error = NULL;
  const int *sockets;
  guint n_sockets;

  if (!lb_engine_haproxy_make_directory (self, &error))
    {
      lb_engine_haproxy_tell (self, error->message);
      lb_engine_haproxy_retry (self, FALSE);
      return;
    }

  self->n_children++;
  runtime = lb_engine_haproxy_make_path (self, ".sock");
  config = lb_engine_haproxy_make_path (self, ".cfg");
  if (self->node != NULL && lb_haproxy_node_get_report (self->node) != NULL)
    state_file = lb_engine_haproxy_make_path (self, ".state");
  if (!lb_engine_haproxy_write_files (self, pool, runtime, config, state_file, &error))
    {
      lb_engine_haproxy_tell (self, error->message);
      lb_engine_haproxy_retry (self, FALSE);
      return;
    }

  self->next = lb_haproxy_child_new (runtime, config, state_file);
  g_signal_connect_swapped (self->next, "serving", G_CALLBACK (lb_engine_haproxy_on_serving), self);
  g_signal_connect_swapped (self->next, "ended", G_CALLBACK (lb_engine_haproxy_on_ended), self);
  sockets = lb_listener_get_sockets (self->source.front->listener, &n_sockets);
  lb_haproxy_child_start (self->next, sockets, n_sockets);
  lb_engine_haproxy_update_listener (self);
}

/* What follows from how things are now */

static void
lb_engine_haproxy_finish (LbEngineHaproxy *self)
{
  g_autoptr (LbHaproxyChild) current = g_steal_pointer (&self->current);
  g_autoptr (LbHaproxyChild) next = g_steal_pointer (&self->next);

  lb_engine_haproxy_update_listener (self);
  if (self->node != NULL)
    lb_haproxy_node_stop (self->node);
  g_clear_object (&self->node);
  g_clear_pointer (&self->text, g_free);
  self->retry_us = 0;

  /* They end by themselves, whether we are still here or not. */
  if (current != NULL)
    {
      g_signal_handlers_disconnect_by_data (current, self);
      lb_haproxy_child_finish (current);
    }
  if (next != NULL)
    {
      g_signal_handlers_disconnect_by_data (next, self);
      lb_haproxy_child_finish (next);
    }
}

/* Who is left out gets no requests, so a person must know; of what was told before, nothing. */
static void
lb_engine_haproxy_tell_left_out (LbEngineHaproxy *self,
                                 const LbHaproxyPool *pool)
{
  g_auto (GStrv) before = g_steal_pointer (&self->left_out);

  self->left_out = lb_exchange_notes_list (pool->left_out);
  for (guint i = 0; self->left_out[i] != NULL; i++)
    if (before == NULL || !g_strv_contains ((const char *const *) before, self->left_out[i]))
      lb_engine_tell (LB_ENGINE (self), self->left_out[i]);
}

static gboolean
lb_engine_haproxy_is_due (LbEngineHaproxy *self)
{
  return self->retry_us != 0 && self->retry_us <= g_get_monotonic_time ();
}

static void
lb_engine_haproxy_update (LbEngineHaproxy *self)
{
  g_autoptr (LbHaproxyPool) pool = NULL;
  g_autofree char *text = NULL;

  if (!lb_engine_haproxy_is_wanted (self))
    {
      lb_engine_haproxy_finish (self);
      return;
    }

  lb_engine_haproxy_update_certificate (self);
  pool = lb_engine_haproxy_make_pool (self);
  text = lb_engine_haproxy_make_key (self, pool);
  lb_engine_haproxy_tell_left_out (self, pool);

  if (self->certificate != NULL && lb_haproxy_certificate_get_error (self->certificate) != NULL)
    {
      /* Whoever serves goes on with the one before. */
      lb_engine_haproxy_tell (self, lb_haproxy_certificate_get_error (self->certificate));
    }
  else if (self->next == NULL && (g_strcmp0 (text, self->text) != 0 || lb_engine_haproxy_is_due (self)))
    {
      g_free (self->text);
      self->text = g_steal_pointer (&text);
      self->retry_us = 0;
      lb_engine_haproxy_start_child (self, pool);
    }
  else if (self->next == NULL && self->retry_us != 0)
    lb_engine_haproxy_update_at (self, self->retry_us);

  if (self->node != NULL)
    lb_haproxy_node_set_wanted (self->node, pool->wanted);
}

static gboolean
lb_engine_haproxy_on_update (gpointer user_data)
{
  LbEngineHaproxy *self = user_data;

  g_source_set_ready_time (self->update, -1);
  lb_engine_haproxy_update (self);

  return G_SOURCE_CONTINUE;
}

static gboolean
lb_engine_haproxy_source_dispatch (GSource *source G_GNUC_UNUSED,
                                   GSourceFunc callback,
                                   gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs source_funcs = { .dispatch = lb_engine_haproxy_source_dispatch };

static void
lb_engine_haproxy_update_at (LbEngineHaproxy *self,
                             gint64 time_us)
{
  const gint64 due_us = g_source_get_ready_time (self->update);

  if (due_us < 0 || time_us < due_us)
    g_source_set_ready_time (self->update, time_us);
}

static void
lb_engine_haproxy_on_pool_changed (LbEngineHaproxy *self)
{
  if (self->started)
    lb_engine_haproxy_update_at (self, 0);
}

/* The engine */

static void
lb_engine_haproxy_start (LbEngine *engine)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (engine);

  self->started = TRUE;
  lb_engine_haproxy_update_listener (self);
  lb_engine_haproxy_update_at (self, 0);
}

static void
lb_engine_haproxy_stop (LbEngine *engine)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (engine);

  self->started = FALSE;
  g_source_set_ready_time (self->update, -1);
  lb_engine_haproxy_finish (self);
  lb_haproxy_figures_end (self->figures, self->source.pool);
}

static void
lb_engine_haproxy_apply (LbEngine *engine)
{
  lb_engine_haproxy_on_pool_changed (LB_ENGINE_HAPROXY (engine));
}

static void
lb_engine_haproxy_report (LbEngine *engine,
                          LbTraffic *traffic)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (engine);

  lb_listener_get_traffic (self->source.front->listener, traffic);
}

static gboolean
lb_engine_haproxy_is_secure (LbEngine *engine)
{
  return lb_engine_haproxy_get_proxy (LB_ENGINE_HAPROXY (engine))->certificate != NULL &&
         lb_engine_haproxy_can_start (NULL);
}

static void
lb_engine_haproxy_dispose (GObject *object)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (object);

  if (self->update != NULL)
    {
      lb_engine_haproxy_stop (LB_ENGINE (self));
      g_signal_handlers_disconnect_by_data (self->source.pool, self);
      g_source_destroy (self->update);
      g_clear_pointer (&self->update, g_source_unref);
    }
  g_clear_object (&self->stats_listener);
  if (self->certificate != NULL)
    g_signal_handlers_disconnect_by_data (self->certificate, self);
  g_clear_object (&self->certificate);

  G_OBJECT_CLASS (lb_engine_haproxy_parent_class)->dispose (object);
}

static void
lb_engine_haproxy_finalize (GObject *object)
{
  LbEngineHaproxy *self = LB_ENGINE_HAPROXY (object);

  lb_haproxy_figures_free (self->figures);
  if (self->directory != NULL)
    g_rmdir (self->directory); /* unless others have files there */
  g_free (self->directory);
  g_free (self->cookie_key);
  g_free (self->text);
  g_free (self->told);
  g_strfreev (self->left_out);

  G_OBJECT_CLASS (lb_engine_haproxy_parent_class)->finalize (object);
}

static void
lb_engine_haproxy_class_init (LbEngineHaproxyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  LbEngineClass *engine_class = LB_ENGINE_CLASS (klass);

  object_class->dispose = lb_engine_haproxy_dispose;
  object_class->finalize = lb_engine_haproxy_finalize;

  engine_class->info = &lb_engine_haproxy_info;
  engine_class->probes = TRUE;
  engine_class->start = lb_engine_haproxy_start;
  engine_class->stop = lb_engine_haproxy_stop;
  engine_class->apply = lb_engine_haproxy_apply;
  engine_class->report = lb_engine_haproxy_report;
  engine_class->is_secure = lb_engine_haproxy_is_secure;
}

static void
lb_engine_haproxy_init (LbEngineHaproxy *self)
{
  self->figures = lb_haproxy_figures_new ();
  self->cookie_key = lb_haproxy_config_make_cookie_key ();
  self->update = g_source_new (&source_funcs, sizeof (GSource));
  g_source_set_static_name (self->update, "[lb] HAProxy");
  g_source_set_callback (self->update, lb_engine_haproxy_on_update, self, NULL);
  g_source_attach (self->update, g_main_context_get_thread_default ());
}

/**
 * lb_engine_haproxy_new:
 * @source: what it works with
 *
 * Returns: (transfer full): an engine that has not started
 */
LbEngine *
lb_engine_haproxy_new (const LbEngineSource *source)
{
  LbEngineHaproxy *self;

  g_return_val_if_fail (source != NULL, NULL);

  self = g_object_new (LB_TYPE_ENGINE_HAPROXY, NULL);
  self->source = *source;
  g_signal_connect_swapped (source->pool, "changed", G_CALLBACK (lb_engine_haproxy_on_pool_changed), self);

  return LB_ENGINE (self);
}
