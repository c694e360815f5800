/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "pool/lb-own-address.h"

static const char *const hosts[] = { "192.0.2.7", "2001:db8::7", "myhost", NULL };
static const guint16 ports[] = { 5000, 5002, 0 };

static void
test_hosts (void)
{
  static const char *const ours[] = {
    "127.0.0.1", "localhost", "127.9.9.9", "::1", "0.0.0.0",
    "app.localhost", "192.0.2.7", "2001:db8::7", "myhost",
  };
  static const char *const others[] = { "192.0.2.8", "2001:db8::8", "myhost.example", "localhost.example" };
  LbOwnAddress address;

  lb_own_address_init (&address);
  lb_own_address_set_hosts (&address, hosts);

  for (guint i = 0; i < G_N_ELEMENTS (ours); i++)
    {
      g_assert_true (lb_own_address_is (&address, ports, ours[i], 5000));
      g_assert_true (lb_own_address_is (&address, ports, ours[i], 5002));
      g_assert_false (lb_own_address_is (&address, ports, ours[i], 5001));
    }

  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (lb_own_address_is (&address, ports, others[i], 5000));

  lb_own_address_clear (&address);
}

static void
test_nothing (void)
{
  LbOwnAddress address;

  lb_own_address_init (&address);

  g_assert_cmpuint (address.ports[0], ==, 0);
  g_assert_false (lb_own_address_is (&address, address.ports, "127.0.0.1", 5000));
  g_assert_true (lb_own_address_is (&address, ports, "127.0.0.1", 5000));
  g_assert_false (lb_own_address_is (&address, ports, "192.0.2.7", 5000));

  lb_own_address_clear (&address);
}

/* It keeps copies, and the last ones. */
static void
test_changes (void)
{
  guint16 more[] = { 5003, 0 };
  LbOwnAddress address;

  lb_own_address_init (&address);
  lb_own_address_set_ports (&address, ports);
  g_assert_true (lb_own_address_is (&address, address.ports, "127.0.0.1", 5002));

  lb_own_address_set_ports (&address, more);
  more[0] = 5004;
  g_assert_false (lb_own_address_is (&address, address.ports, "127.0.0.1", 5002));
  g_assert_true (lb_own_address_is (&address, address.ports, "127.0.0.1", 5003));

  lb_own_address_set_hosts (&address, hosts);
  lb_own_address_set_hosts (&address, hosts + 1);
  g_assert_false (lb_own_address_is (&address, address.ports, "192.0.2.7", 5003));
  g_assert_true (lb_own_address_is (&address, address.ports, "myhost", 5003));

  lb_own_address_clear (&address);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/own-address/hosts", test_hosts);
  g_test_add_func ("/own-address/nothing-is-ours-at-first", test_nothing);
  g_test_add_func ("/own-address/changes", test_changes);

  return g_test_run ();
}
