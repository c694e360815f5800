/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "http/lb-client-counts.h"

#include <gio/gio.h>
#include <locale.h>

static void
add (LbClientCounts *counts,
     const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  lb_client_counts_add (counts, g_inet_address_to_bytes (address),
                        g_inet_address_get_native_size (address));
}

static void
take (LbClientCounts *counts,
      const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  lb_client_counts_remove (counts, g_inet_address_to_bytes (address),
                           g_inet_address_get_native_size (address));
}

static guint
count (LbClientCounts *counts,
       const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return lb_client_counts_get (counts, g_inet_address_to_bytes (address),
                               g_inet_address_get_native_size (address));
}

static void
test_addresses (void)
{
  g_autoptr (LbClientCounts) counts = lb_client_counts_new ();

  add (counts, "192.0.2.1");
  add (counts, "192.0.2.1");
  add (counts, "192.0.2.2");
  g_assert_cmpuint (count (counts, "192.0.2.1"), ==, 2);
  g_assert_cmpuint (count (counts, "192.0.2.2"), ==, 1);
  g_assert_cmpuint (count (counts, "192.0.2.3"), ==, 0);
  g_assert_cmpuint (lb_client_counts_get_n_clients (counts), ==, 2);

  take (counts, "192.0.2.1");
  g_assert_cmpuint (count (counts, "192.0.2.1"), ==, 1);
  take (counts, "192.0.2.1");
  take (counts, "192.0.2.2");
  g_assert_cmpuint (count (counts, "192.0.2.1"), ==, 0);
  g_assert_cmpuint (lb_client_counts_get_n_clients (counts), ==, 0);
}

/* Who has a network of 64 bits has all of its addresses. */
static void
test_networks (void)
{
  g_autoptr (LbClientCounts) counts = lb_client_counts_new ();

  add (counts, "2001:db8:0:1::1");
  add (counts, "2001:db8:0:1:ffff::2");
  add (counts, "2001:db8:0:2::1");
  g_assert_cmpuint (count (counts, "2001:db8:0:1::3"), ==, 2);
  g_assert_cmpuint (count (counts, "2001:db8:0:2::3"), ==, 1);
  g_assert_cmpuint (lb_client_counts_get_n_clients (counts), ==, 2);
}

/* An IPv4 address is nobody else's network. */
static void
test_families (void)
{
  g_autoptr (LbClientCounts) counts = lb_client_counts_new ();

  add (counts, "0.0.0.0");
  add (counts, "::1");
  g_assert_cmpuint (count (counts, "0.0.0.0"), ==, 1);
  g_assert_cmpuint (count (counts, "::1"), ==, 1);
  add (counts, "32.1.13.184");
  g_assert_cmpuint (count (counts, "2001:db8::1"), ==, 0);
}

int
main (int argc,
      char *argv[])
{
  setlocale (LC_ALL, "");
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/client-counts/addresses", test_addresses);
  g_test_add_func ("/client-counts/networks", test_networks);
  g_test_add_func ("/client-counts/families", test_families);

  return g_test_run ();
}
