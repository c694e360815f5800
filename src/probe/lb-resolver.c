/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-resolver"

#include "config.h"

#include "probe/lb-resolver.h"

#include <netdb.h>
#include <sys/socket.h>

/**
 * LbResolver:
 *
 * Looks up names in threads of its own. GLib's resolver does it in those of GTask. There are ten of
 * them for all of this process, and a name whose name server is silent keeps two for ten seconds or
 * more: with some backends like that all others that have names would wait, and so would whatever
 * else is done in such threads. (Tried: with 40 that are silent, all 11 that were fine went down.) Here
 * there are as many threads as look-ups under way, up to a limit that few pools come near; beyond it
 * names that were found the last time go first. Who asks for what is being looked up already gets the
 * same answer.
 *
 * There is one, GLib's default from the beginning to the end of the process. What it does not need to
 * do itself it leaves to the one that was the default before: what is asked in other threads, or
 * synchronously, or is not a host's name.
 */
struct _LbResolver
{
  GResolver parent_instance;

  GThread *thread; /* everything but lb_lookup_run() is in this one */
  GResolver *usual;
  GThreadPool *pool;
  GHashTable *lookups; /* LbLookup *, a set of names and flags, those under way */
  GHashTable *found;   /* a set of names that were found the last time */
};

/* One look-up, for everybody who waits for it. */
typedef struct
{
  char *name;
  GResolverNameLookupFlags flags;
  gboolean was_found;
  GQueue waiting; /* LbWaiter * */
} LbLookup;

typedef struct
{
  LbLookup *lookup; /* unowned */
  GTask *task;
  GSource *cancelled; /* nullable */
} LbWaiter;

#define THREADS_MAX 256

G_DEFINE_FINAL_TYPE (LbResolver, lb_resolver, G_TYPE_RESOLVER)

/* Who waits */

static void
lb_waiter_free (LbWaiter *self)
{
  if (self->cancelled != NULL)
    g_source_destroy (self->cancelled);
  g_clear_pointer (&self->cancelled, g_source_unref);
  g_object_unref (self->task);
  g_free (self);
}

static gboolean
lb_waiter_on_cancelled (GCancellable *cancellable,
                        gpointer user_data)
{
  LbWaiter *self = user_data;

  g_queue_remove (&self->lookup->waiting, self);
  g_task_return_error_if_cancelled (self->task);
  lb_waiter_free (self);

  return G_SOURCE_REMOVE;
}

/* @task: (transfer full) */
static LbWaiter *
lb_waiter_new (LbLookup *lookup,
               GTask *task)
{
  LbWaiter *self = g_new0 (LbWaiter, 1);

  self->lookup = lookup;
  self->task = task;
  if (g_task_get_cancellable (task) != NULL)
    {
      self->cancelled = g_cancellable_source_new (g_task_get_cancellable (task));
      g_source_set_static_name (self->cancelled, "[lb] look-up");
      g_source_set_callback (self->cancelled, G_SOURCE_FUNC (lb_waiter_on_cancelled), self, NULL);
      g_source_attach (self->cancelled, NULL);
    }

  return self;
}

/* Look-ups */

static void
lb_lookup_free (LbLookup *self)
{
  g_queue_clear_full (&self->waiting, (GDestroyNotify) lb_waiter_free);
  g_free (self->name);
  g_free (self);
}

static guint
lb_lookup_hash (gconstpointer data)
{
  const LbLookup *self = data;

  return g_str_hash (self->name) ^ self->flags;
}

static gboolean
lb_lookup_equal (gconstpointer a,
                 gconstpointer b)
{
  const LbLookup *one = a, *other = b;

  return one->flags == other->flags && g_str_equal (one->name, other->name);
}

static void
free_addresses (gpointer addresses)
{
  g_resolver_free_addresses (addresses);
}

static gpointer
copy_address (gconstpointer address,
              gpointer user_data)
{
  return g_object_ref ((gpointer) address);
}

static GList *
convert_addresses (const struct addrinfo *found)
{
  GList *addresses = NULL;

  for (const struct addrinfo *info = found; info != NULL; info = info->ai_next)
    {
      g_autoptr (GSocketAddress) address =
        g_socket_address_new_from_native (info->ai_addr, info->ai_addrlen);

      if (G_IS_INET_SOCKET_ADDRESS (address))
        addresses = g_list_prepend (
          addresses,
          g_object_ref (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))));
    }

  return g_list_reverse (addresses);
}

static GResolverError
get_error_code (int status)
{
  return status == EAI_AGAIN ? G_RESOLVER_ERROR_TEMPORARY_FAILURE : G_RESOLVER_ERROR_NOT_FOUND;
}

/* In one of the threads. @data: (transfer full) (type GTask) */
static void
lb_lookup_run (gpointer data,
               gpointer user_data)
{
  g_autoptr (GTask) task = data;
  const LbLookup *self = g_task_get_task_data (task);
  struct addrinfo hints = { .ai_flags = AI_ADDRCONFIG, .ai_socktype = SOCK_STREAM };
  struct addrinfo *found = NULL;
  GList *addresses;
  int status;

  if (self->flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY)
    hints.ai_family = AF_INET;
  else if (self->flags & G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY)
    hints.ai_family = AF_INET6;

  status = getaddrinfo (self->name, NULL, &hints, &found);
  addresses = status == 0 ? convert_addresses (found) : NULL;
  if (found != NULL)
    freeaddrinfo (found);

  if (addresses != NULL)
    g_task_return_pointer (task, addresses, free_addresses);
  else
    g_task_return_new_error (task, G_RESOLVER_ERROR, get_error_code (status),
                             "Could not look up %s: %s", self->name,
                             status != 0 ? gai_strerror (status) : "no address");
}

static int
lb_lookup_compare (gconstpointer a,
                   gconstpointer b,
                   gpointer user_data)
{
  const LbLookup *one = g_task_get_task_data ((GTask *) a);
  const LbLookup *other = g_task_get_task_data ((GTask *) b);

  return other->was_found - one->was_found;
}

static void
lb_resolver_on_looked_up (GObject *source,
                          GAsyncResult *result,
                          gpointer user_data)
{
  LbResolver *self = LB_RESOLVER (source);
  LbLookup *lookup = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  GList *addresses = g_task_propagate_pointer (G_TASK (result), &error);
  LbWaiter *waiter;

  g_hash_table_remove (self->lookups, lookup);
  if (addresses != NULL)
    g_hash_table_add (self->found, g_strdup (lookup->name));
  else
    g_hash_table_remove (self->found, lookup->name);

  while ((waiter = g_queue_pop_head (&lookup->waiting)) != NULL)
    {
      if (addresses != NULL)
        g_task_return_pointer (waiter->task, g_list_copy_deep (addresses, copy_address, NULL),
                               free_addresses);
      else
        g_task_return_error (waiter->task, g_error_copy (error));
      lb_waiter_free (waiter);
    }

  g_resolver_free_addresses (addresses);
}

/* Returns: (transfer none): the look-up under way, which began just now if there was none */
static LbLookup *
lb_resolver_look_up (LbResolver *self,
                     const char *name,
                     GResolverNameLookupFlags flags)
{
  LbLookup *lookup = g_new0 (LbLookup, 1);
  LbLookup *same;
  GTask *task;

  lookup->name = g_strdup (name);
  lookup->flags = flags;
  lookup->was_found = g_hash_table_contains (self->found, name);
  g_queue_init (&lookup->waiting);

  same = g_hash_table_lookup (self->lookups, lookup);
  if (same != NULL)
    {
      lb_lookup_free (lookup);
      return same;
    }

  g_hash_table_add (self->lookups, lookup);
  task = g_task_new (self, NULL, lb_resolver_on_looked_up, NULL);
  g_task_set_name (task, "[lb] look-up");
  g_task_set_task_data (task, lookup, (GDestroyNotify) lb_lookup_free);
  g_thread_pool_push (self->pool, task, NULL);

  return lookup;
}

static void
lb_resolver_lookup_by_name_with_flags_async (GResolver *resolver,
                                             const char *name,
                                             GResolverNameLookupFlags flags,
                                             GCancellable *cancellable,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data)
{
  LbResolver *self = LB_RESOLVER (resolver);
  LbLookup *lookup;
  GTask *task;

  if (g_thread_self () != self->thread || g_main_context_get_thread_default () != NULL)
    {
      g_resolver_lookup_by_name_with_flags_async (self->usual, name, flags, cancellable, callback,
                                                  user_data);
      return;
    }

  lookup = lb_resolver_look_up (self, name, flags);
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, lb_resolver_lookup_by_name_with_flags_async);
  g_queue_push_tail (&lookup->waiting, lb_waiter_new (lookup, task));
}

static GList *
lb_resolver_lookup_by_name_with_flags_finish (GResolver *resolver,
                                              GAsyncResult *result,
                                              GError **error)
{
  if (g_task_is_valid (result, resolver))
    return g_task_propagate_pointer (G_TASK (result), error);

  return g_resolver_lookup_by_name_with_flags_finish (LB_RESOLVER (resolver)->usual, result, error);
}

static void
lb_resolver_lookup_by_name_async (GResolver *resolver,
                                  const char *name,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  lb_resolver_lookup_by_name_with_flags_async (resolver, name,
                                               G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable,
                                               callback, user_data);
}

/* What is left to the usual one */

static GList *
lb_resolver_lookup_by_name (GResolver *resolver,
                            const char *name,
                            GCancellable *cancellable,
                            GError **error)
{
  return g_resolver_lookup_by_name (LB_RESOLVER (resolver)->usual, name, cancellable, error);
}

static GList *
lb_resolver_lookup_by_name_with_flags (GResolver *resolver,
                                       const char *name,
                                       GResolverNameLookupFlags flags,
                                       GCancellable *cancellable,
                                       GError **error)
{
  return g_resolver_lookup_by_name_with_flags (LB_RESOLVER (resolver)->usual, name, flags,
                                               cancellable, error);
}

static char *
lb_resolver_lookup_by_address (GResolver *resolver,
                               GInetAddress *address,
                               GCancellable *cancellable,
                               GError **error)
{
  return g_resolver_lookup_by_address (LB_RESOLVER (resolver)->usual, address, cancellable, error);
}

static void
lb_resolver_lookup_by_address_async (GResolver *resolver,
                                     GInetAddress *address,
                                     GCancellable *cancellable,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data)
{
  g_resolver_lookup_by_address_async (LB_RESOLVER (resolver)->usual, address, cancellable, callback,
                                      user_data);
}

static char *
lb_resolver_lookup_by_address_finish (GResolver *resolver,
                                      GAsyncResult *result,
                                      GError **error)
{
  return g_resolver_lookup_by_address_finish (LB_RESOLVER (resolver)->usual, result, error);
}

static GList *
lb_resolver_lookup_records (GResolver *resolver,
                            const char *name,
                            GResolverRecordType type,
                            GCancellable *cancellable,
                            GError **error)
{
  return g_resolver_lookup_records (LB_RESOLVER (resolver)->usual, name, type, cancellable, error);
}

static void
lb_resolver_lookup_records_async (GResolver *resolver,
                                  const char *name,
                                  GResolverRecordType type,
                                  GCancellable *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  g_resolver_lookup_records_async (LB_RESOLVER (resolver)->usual, name, type, cancellable, callback,
                                   user_data);
}

static GList *
lb_resolver_lookup_records_finish (GResolver *resolver,
                                   GAsyncResult *result,
                                   GError **error)
{
  return g_resolver_lookup_records_finish (LB_RESOLVER (resolver)->usual, result, error);
}

static void
lb_resolver_finalize (GObject *object)
{
  LbResolver *self = LB_RESOLVER (object);

  /* Nobody is looked up any more, but this may be the thread of who was the last. */
  g_thread_pool_free (self->pool, TRUE, FALSE);
  g_hash_table_unref (self->lookups);
  g_hash_table_unref (self->found);
  g_object_unref (self->usual);

  G_OBJECT_CLASS (lb_resolver_parent_class)->finalize (object);
}

static void
lb_resolver_class_init (LbResolverClass *klass)
{
  GResolverClass *resolver_class = G_RESOLVER_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lb_resolver_finalize;
  resolver_class->lookup_by_name = lb_resolver_lookup_by_name;
  resolver_class->lookup_by_name_async = lb_resolver_lookup_by_name_async;
  resolver_class->lookup_by_name_finish = lb_resolver_lookup_by_name_with_flags_finish;
  resolver_class->lookup_by_name_with_flags = lb_resolver_lookup_by_name_with_flags;
  resolver_class->lookup_by_name_with_flags_async = lb_resolver_lookup_by_name_with_flags_async;
  resolver_class->lookup_by_name_with_flags_finish = lb_resolver_lookup_by_name_with_flags_finish;
  resolver_class->lookup_by_address = lb_resolver_lookup_by_address;
  resolver_class->lookup_by_address_async = lb_resolver_lookup_by_address_async;
  resolver_class->lookup_by_address_finish = lb_resolver_lookup_by_address_finish;
  resolver_class->lookup_records = lb_resolver_lookup_records;
  resolver_class->lookup_records_async = lb_resolver_lookup_records_async;
  resolver_class->lookup_records_finish = lb_resolver_lookup_records_finish;
}

static void
lb_resolver_init (LbResolver *self)
{
  self->thread = g_thread_self ();
  self->usual = g_resolver_get_default ();
  self->pool = g_thread_pool_new (lb_lookup_run, NULL, THREADS_MAX, FALSE, NULL);
  g_thread_pool_set_sort_function (self->pool, lb_lookup_compare, NULL);
  self->lookups = g_hash_table_new (lb_lookup_hash, lb_lookup_equal);
  self->found = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/**
 * lb_resolver_new:
 *
 * Makes a resolver for the thread it is made in. The process's default resolver does what it does not
 * do itself. Each look-up under way keeps it.
 *
 * Returns: (transfer full): a new resolver
 */
GResolver *
lb_resolver_new (void)
{
  return g_object_new (LB_TYPE_RESOLVER, NULL);
}

/**
 * lb_resolver_install:
 *
 * Makes one the default resolver of the process, for good. Nothing happens if there is one already.
 */
void
lb_resolver_install (void)
{
  g_autoptr (GResolver) now = g_resolver_get_default ();
  g_autoptr (GResolver) ours = NULL;

  if (LB_IS_RESOLVER (now))
    return;

  ours = lb_resolver_new ();
  g_resolver_set_default (ours);
}
