/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-notifier"

#include "config.h"

#include "lb-notifier.h"

#include <glib/gi18n.h>

#include "chart/lb-chart-text.h"
#include "probe/lb-probe-error.h"

/* Backends that go down for the same reason do so within one round of probes, more or less. */
#define GATHER_MS 2000

/* More lines than that no desktop shows. */
#define LISTED_MAX 5

/**
 * LbNotifier:
 *
 * Tells a person who may not be looking at the window when a backend goes down. The application makes
 * one for its pool, and stops it at the end, which takes back whatever is still to be seen.
 *
 * Backends that go down within two seconds are told of together, in one notification, and one that
 * is up again before that in none. A notification lists those of its backends that are still down,
 * and is withdrawn with the last of them: when it is up again, or removed, or a person takes it out of
 * use. A backend that never was up in this run is not told of: nothing has changed, and who has just
 * added it is looking at the window.
 *
 * A person can switch all of it off with the setting `notifications`.
 */
struct _LbNotifier
{
  GObject parent_instance;

  GApplication *application; /* not owned: it owns this */
  LbPool *pool;
  GSettings *settings; /* NULL where the schema is not installed */

  GPtrArray *backends; /* as of the last items-changed */
  GPtrArray *gathered; /* those that went down and are not told of yet */
  GHashTable *down;    /* those and the ones told of, each with its LbNotice or NULL; not owned */
  GHashTable *notices; /* those to be seen, as a set */
  guint n_notices;     /* there ever were */
  GSource *source;     /* while something is gathered */
};

typedef struct
{
  char *id;
  GPtrArray *backends; /* those still down */
  gboolean outdated;   /* it lists one that is not down any more */
} LbNotice;

G_DEFINE_FINAL_TYPE (LbNotifier, lb_notifier, G_TYPE_OBJECT)

static void
lb_notice_free (LbNotice *notice)
{
  g_ptr_array_unref (notice->backends);
  g_free (notice->id);
  g_free (notice);
}

static gboolean
lb_notifier_is_on (LbNotifier *self)
{
  return self->settings == NULL || g_settings_get_boolean (self->settings, "notifications");
}

static char *
lb_notifier_describe (LbBackend *backend)
{
  const LbProbeResult *probe = lb_backend_get_last_probe (backend);
  g_autofree char *reason = NULL;

  reason = lb_probe_error_describe (probe->error != NULL ? probe->error : LB_PROBE_ERROR_FAILED);

  /* Translators: the URL of a backend, and a sentence on why it is down */
  return g_strdup_printf (_ ("%s: %s"), lb_backend_get_url (backend), reason);
}

static char *
lb_notifier_list (LbNotifier *self,
                  GPtrArray *backends)
{
  const guint n_listed = backends->len <= LISTED_MAX ? backends->len : LISTED_MAX - 1;
  const guint n_more = backends->len - n_listed;
  GString *text = g_string_new (NULL);
  guint n_candidates;

  for (guint i = 0; i < n_listed; i++)
    {
      g_autofree char *line = lb_notifier_describe (g_ptr_array_index (backends, i));

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", line);
    }

  if (n_more > 0)
    g_string_append_printf (text, g_dngettext (GETTEXT_PACKAGE, "\nand %u more", "\nand %u more", n_more),
                            n_more);

  lb_pool_get_candidates (self->pool, &n_candidates);
  if (n_candidates == 0)
    g_string_append_printf (text, "\n%s", _ ("No backend is left that can serve."));

  return g_string_free (text, FALSE);
}

/* The one that it tells of, or all. */
static void
lb_notifier_let_show (LbNotice *notice,
                      GNotification *notification)
{
  LbBackend *first = g_ptr_array_index (notice->backends, 0);
  const char *url = lb_backend_get_url (first);

  if (notice->backends->len > 1)
    {
      g_notification_set_default_action (notification, "app.show");
      g_notification_add_button (notification, _ ("Show"), "app.show");
      return;
    }

  g_notification_set_default_action_and_target (notification, "app.show-backend", "s", url);
  g_notification_add_button_with_target (notification, _ ("Show"), "app.show-backend", "s", url);
}

static void
lb_notifier_send (LbNotifier *self,
                  LbNotice *notice,
                  GNotificationPriority priority)
{
  const guint n = notice->backends->len;
  g_autofree char *title = NULL;
  g_autofree char *body = lb_notifier_list (self, notice->backends);
  g_autoptr (GNotification) notification = NULL;

  title = g_strdup_printf (g_dngettext (GETTEXT_PACKAGE, "A backend is down", "%u backends are down", n), n);
  notification = g_notification_new (title);
  g_notification_set_body (notification, body);
  g_notification_set_priority (notification, priority);
  lb_notifier_let_show (notice, notification);

  g_application_send_notification (self->application, notice->id, notification);
  notice->outdated = FALSE;
}

static void
lb_notifier_withdraw (LbNotifier *self,
                      LbNotice *notice)
{
  g_application_withdraw_notification (self->application, notice->id);
  g_hash_table_remove (self->notices, notice);
}

static void
lb_notifier_flush (LbNotifier *self)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, self->notices);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      LbNotice *notice = key;

      /* That one of many is up again is no news to interrupt anybody for. */
      if (notice->outdated)
        lb_notifier_send (self, notice, G_NOTIFICATION_PRIORITY_LOW);
    }

  if (self->gathered->len > 0)
    {
      LbNotice *notice = g_new0 (LbNotice, 1);

      notice->id = g_strdup_printf ("down-%u", self->n_notices++);
      notice->backends = g_steal_pointer (&self->gathered);
      self->gathered = g_ptr_array_new_with_free_func (g_object_unref);
      for (guint i = 0; i < notice->backends->len; i++)
        g_hash_table_insert (self->down, g_ptr_array_index (notice->backends, i), notice);
      g_hash_table_add (self->notices, notice);
      lb_notifier_send (self, notice, G_NOTIFICATION_PRIORITY_HIGH);
    }
}

static void
lb_notifier_cancel (LbNotifier *self)
{
  if (self->source == NULL)
    return;

  g_source_destroy (self->source);
  g_clear_pointer (&self->source, g_source_unref);
}

static gboolean
lb_notifier_on_gathered (gpointer user_data)
{
  LbNotifier *self = user_data;

  lb_notifier_cancel (self);
  lb_notifier_flush (self);

  return G_SOURCE_REMOVE;
}

/* From the first one on, so that something that never stops is told all the same. */
static void
lb_notifier_gather (LbNotifier *self)
{
  if (self->source != NULL)
    return;

  self->source = g_timeout_source_new (GATHER_MS);
  g_source_set_static_name (self->source, "[lb] notifications");
  g_source_set_callback (self->source, lb_notifier_on_gathered, self, NULL);
  g_source_attach (self->source, NULL);
}

static void
lb_notifier_add (LbNotifier *self,
                 LbBackend *backend)
{
  if (g_hash_table_contains (self->down, backend))
    return;

  g_hash_table_insert (self->down, backend, NULL);
  g_ptr_array_add (self->gathered, g_object_ref (backend));
  lb_notifier_gather (self);
}

static void
lb_notifier_remove (LbNotifier *self,
                    LbBackend *backend)
{
  gpointer value;
  LbNotice *notice;

  if (!g_hash_table_steal_extended (self->down, backend, NULL, &value))
    return;

  notice = value;
  g_ptr_array_remove (notice != NULL ? notice->backends : self->gathered, backend);
  if (notice == NULL)
    return;

  notice->outdated = TRUE;
  if (notice->backends->len == 0)
    lb_notifier_withdraw (self, notice);
  else
    lb_notifier_gather (self);
}

/* Who takes a backend out of use knows that it will be down. */
static void
lb_notifier_on_backend (LbNotifier *self,
                        LbBackend *backend,
                        GParamSpec *pspec)
{
  const gboolean down = lb_backend_get_health (backend) == LB_HEALTH_DOWN &&
                        lb_backend_get_state (backend) == LB_STATE_READY;
  const gboolean news = g_str_equal (pspec->name, "health") &&
                        lb_backend_get_record (backend)->times_up > 0;

  if (!down)
    lb_notifier_remove (self, backend);
  else if (news && lb_notifier_is_on (self))
    lb_notifier_add (self, backend);
}

/* Moving a backend takes a whole range out and puts it in again. */
static void
lb_notifier_on_items_changed (LbNotifier *self,
                              guint position,
                              guint removed,
                              guint added)
{
  g_autoptr (GHashTable) left = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  GHashTableIter iter;
  gpointer key;

  for (guint i = removed; i-- > 0;)
    g_hash_table_add (left, g_ptr_array_steal_index (self->backends, position + i));

  for (guint i = position; i < position + added; i++)
    {
      LbBackend *backend = lb_pool_get_backend (self->pool, i);

      g_ptr_array_insert (self->backends, (int) i, g_object_ref (backend));
      g_hash_table_remove (left, backend);
    }

  g_hash_table_iter_init (&iter, left);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    lb_notifier_remove (self, key);
}

static void
lb_notifier_withdraw_all (LbNotifier *self)
{
  g_autoptr (GList) notices = g_hash_table_get_keys (self->notices);

  lb_notifier_cancel (self);
  g_hash_table_remove_all (self->down);
  g_ptr_array_set_size (self->gathered, 0);
  for (GList *l = notices; l != NULL; l = l->next)
    lb_notifier_withdraw (self, l->data);
}

static void
lb_notifier_on_setting (LbNotifier *self)
{
  if (!lb_notifier_is_on (self))
    lb_notifier_withdraw_all (self);
}

static void
lb_notifier_dispose (GObject *object)
{
  LbNotifier *self = LB_NOTIFIER (object);

  lb_notifier_stop (self);
  g_clear_object (&self->settings);
  g_clear_object (&self->pool);

  G_OBJECT_CLASS (lb_notifier_parent_class)->dispose (object);
}

static void
lb_notifier_finalize (GObject *object)
{
  LbNotifier *self = LB_NOTIFIER (object);

  g_clear_pointer (&self->backends, g_ptr_array_unref);
  g_clear_pointer (&self->gathered, g_ptr_array_unref);
  g_clear_pointer (&self->down, g_hash_table_unref);
  g_clear_pointer (&self->notices, g_hash_table_unref);

  G_OBJECT_CLASS (lb_notifier_parent_class)->finalize (object);
}

static void
lb_notifier_class_init (LbNotifierClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = lb_notifier_dispose;
  object_class->finalize = lb_notifier_finalize;
}

static void
lb_notifier_init (LbNotifier *self)
{
  self->backends = g_ptr_array_new_with_free_func (g_object_unref);
  self->gathered = g_ptr_array_new_with_free_func (g_object_unref);
  self->down = g_hash_table_new (NULL, NULL);
  self->notices = g_hash_table_new_full (NULL, NULL, (GDestroyNotify) lb_notice_free, NULL);
}

/**
 * lb_notifier_new:
 * @application: who notifies; it has the actions `show`, which shows its window, and `show-backend` (s)
 * @pool: whose backends are watched
 * @settings: (nullable): whether to notify at all; %NULL for always
 *
 * Returns: (transfer full): a notifier that watches
 */
LbNotifier *
lb_notifier_new (GApplication *application,
                 LbPool *pool,
                 GSettings *settings)
{
  LbNotifier *self;

  g_return_val_if_fail (G_IS_APPLICATION (application), NULL);
  g_return_val_if_fail (LB_IS_POOL (pool), NULL);

  self = g_object_new (LB_TYPE_NOTIFIER, NULL);
  self->application = application;
  self->pool = g_object_ref (pool);
  g_signal_connect_swapped (pool, "items-changed", G_CALLBACK (lb_notifier_on_items_changed), self);
  g_signal_connect_swapped (pool, "backend-notify::health", G_CALLBACK (lb_notifier_on_backend), self);
  g_signal_connect_swapped (pool, "backend-notify::state", G_CALLBACK (lb_notifier_on_backend), self);
  lb_notifier_on_items_changed (self, 0, 0, lb_pool_get_n_backends (pool));

  if (settings != NULL)
    {
      self->settings = g_object_ref (settings);
      g_signal_connect_swapped (settings, "changed::notifications",
                                G_CALLBACK (lb_notifier_on_setting), self);
    }

  return self;
}

/**
 * lb_notifier_stop:
 * @self: a notifier
 *
 * Watches no more, and takes back what is to be seen: nobody would when it is up again.
 */
void
lb_notifier_stop (LbNotifier *self)
{
  g_return_if_fail (LB_IS_NOTIFIER (self));

  lb_notifier_withdraw_all (self);

  if (self->settings != NULL)
    g_signal_handlers_disconnect_by_data (self->settings, self);
  if (self->pool != NULL)
    g_signal_handlers_disconnect_by_data (self->pool, self);
  g_ptr_array_set_size (self->backends, 0);
}
