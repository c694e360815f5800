/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include <netdb.h>
#include <string.h>

#include "probe/lb-resolver.h"

/* The C library's look-up is here: `fine` has an address, `held` has it when it is released, and no
 * other name has any. */

#define N_HELD 40

static GMutex mutex;
static GCond released;
static gboolean holding; /* with the mutex */
static gint n_lookups;   /* atomic */

static struct addrinfo *
make_address (void)
{
  struct addrinfo *info = g_new0 (struct addrinfo, 1);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new_from_string ("192.0.2.7", 0);

  info->ai_addrlen = (socklen_t) g_socket_address_get_native_size (address);
  info->ai_addr = g_malloc0 (info->ai_addrlen);
  g_socket_address_to_native (address, info->ai_addr, info->ai_addrlen, NULL);

  return info;
}

int
getaddrinfo (const char *name,
             const char *service,
             const struct addrinfo *hints,
             struct addrinfo **found)
{
  g_atomic_int_inc (&n_lookups);

  if (g_str_has_prefix (name, "held"))
    {
      g_mutex_lock (&mutex);
      while (holding)
        g_cond_wait (&released, &mutex);
      g_mutex_unlock (&mutex);
    }
  else if (!g_str_has_prefix (name, "fine"))
    return EAI_NONAME;

  g_assert_cmpint (hints->ai_family, ==, AF_INET);
  *found = make_address ();
  return 0;
}

void
freeaddrinfo (struct addrinfo *info)
{
  g_free (info->ai_addr);
  g_free (info);
}

typedef struct
{
  GResolver *resolver;
  guint n_found;
  guint n_cancelled;
  guint n_not_found;
  gboolean task_done;
} Fixture;

static void
hold (gboolean hold_them)
{
  g_mutex_lock (&mutex);
  holding = hold_them;
  g_cond_broadcast (&released);
  g_mutex_unlock (&mutex);
}

static void
fixture_set_up (Fixture *self, gconstpointer data)
{
  self->resolver = lb_resolver_new ();
  g_atomic_int_set (&n_lookups, 0);
  hold (TRUE);
}

static void
fixture_tear_down (Fixture *self, gconstpointer data)
{
  hold (FALSE);
  while (G_OBJECT (self->resolver)->ref_count > 1)
    if (!g_main_context_iteration (NULL, FALSE))
      g_thread_yield ();
  g_assert_finalize_object (self->resolver);
}

static void
on_looked_up (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fixture *self = user_data;
  g_autoptr (GError) error = NULL;
  GList *addresses =
    g_resolver_lookup_by_name_with_flags_finish (G_RESOLVER (source), result, &error);

  if (addresses != NULL)
    {
      g_autofree char *text = g_inet_address_to_string (addresses->data);

      g_assert_cmpstr (text, ==, "192.0.2.7");
      g_assert_null (addresses->next);
      self->n_found++;
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    self->n_cancelled++;
  else
    {
      g_assert_error (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND);
      self->n_not_found++;
    }

  g_resolver_free_addresses (addresses);
}

static void
fixture_look_up (Fixture *self, const char *name, GCancellable *cancellable)
{
  g_resolver_lookup_by_name_with_flags_async (self->resolver, name,
                                              G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY, cancellable,
                                              on_looked_up, self);
}

static void
test_found_or_not (Fixture *self, gconstpointer data)
{
  fixture_look_up (self, "fine.test", NULL);
  fixture_look_up (self, "gone.test", NULL);
  while (self->n_found + self->n_not_found < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_found, ==, 1);

  /* Not again what is over. */
  fixture_look_up (self, "fine.test", NULL);
  while (self->n_found < 2)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_atomic_int_get (&n_lookups), ==, 3);
}

static void
test_shared (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 10; i++)
    fixture_look_up (self, "held.test", NULL);
  while (g_atomic_int_get (&n_lookups) == 0)
    g_thread_yield ();
  hold (FALSE);
  while (self->n_found < 10)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpint (g_atomic_int_get (&n_lookups), ==, 1);
}

/* Who does not want to know any more hears so at once, and the others still get their answer. */
static void
test_cancel (Fixture *self, gconstpointer data)
{
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  fixture_look_up (self, "held.test", cancellable);
  fixture_look_up (self, "held.test", NULL);
  g_cancellable_cancel (cancellable);
  while (self->n_cancelled == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (self->n_found, ==, 0);

  fixture_look_up (self, "fine.test", cancellable);
  while (self->n_cancelled < 2)
    g_main_context_iteration (NULL, TRUE);

  hold (FALSE);
  while (self->n_found == 0)
    g_main_context_iteration (NULL, TRUE);
}

static void
run_task (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  g_task_return_boolean (task, TRUE);
}

static void
on_task_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* Names that nobody answers for keep neither other names waiting nor other work in threads. */
static void
test_nobody_waits (Fixture *self, gconstpointer data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, on_task_done, &self->task_done);

  for (guint i = 0; i < N_HELD; i++)
    {
      g_autofree char *name = g_strdup_printf ("held-%u.test", i);

      fixture_look_up (self, name, NULL);
    }
  while (g_atomic_int_get (&n_lookups) < N_HELD)
    g_thread_yield ();

  fixture_look_up (self, "fine.test", NULL);
  g_task_run_in_thread (task, run_task);
  while (self->n_found == 0 || !self->task_done)
    g_main_context_iteration (NULL, TRUE);

  hold (FALSE);
  while (self->n_found < N_HELD + 1)
    g_main_context_iteration (NULL, TRUE);
}

static void
test_installed_once (void)
{
  g_autoptr (GResolver) first = NULL;
  g_autoptr (GResolver) second = NULL;

  lb_resolver_install ();
  first = g_resolver_get_default ();
  lb_resolver_install ();
  second = g_resolver_get_default ();
  g_assert_true (LB_IS_RESOLVER (first));
  g_assert_true (first == second);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, fixture_set_up, func, fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("/resolver/found-or-not", test_found_or_not);
  ADD ("/resolver/shared", test_shared);
  ADD ("/resolver/cancel", test_cancel);
  ADD ("/resolver/nobody-waits", test_nobody_waits);
  g_test_add_func ("/resolver/installed-once", test_installed_once);

  return g_test_run ();
}
