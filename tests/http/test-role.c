/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "balancer-fixture.h"

#define H "Host: h\r\n"
#define PREFLIGHT H "Origin: http://o\r\nAccess-Control-Request-Method: GET\r\n"
#define BODY H "Content-Length: 4\r\n\r\nbody"

typedef struct
{
  const char *request;
  guint status;
  const char *location; /* or NULL */
  const char *methods;  /* in Allow or what a preflight has for it, or NULL */
} Row;

static void
assert_answers (Balancer *self,
                const Row *row)
{
  g_autofree char *request = g_strconcat (row->request, "\r\n", NULL);
  g_autofree char *answer = exchange (self, request);
  g_autofree char *allow = get_header (answer, "Allow");
  g_autofree char *preflight = get_header (answer, "Access-Control-Allow-Methods");

  g_test_message ("%s", row->request);
  g_assert_cmpuint (get_status (answer), ==, row->status);
  assert_header (answer, "Location", row->location);
  assert_header (answer, "Access-Control-Allow-Origin", "*");
  assert_header (answer, "Server", lb_redirector_get_identity (self->redirector));
  g_assert_cmpstr (allow != NULL ? allow : preflight, ==, row->methods);
}

/* What is ours on a port for both goes to the backends on one that only redirects. */
static void
test_redirects (Balancer *self,
                gconstpointer data)
{
  static const Row rows[] = {
    { "GET /stats HTTP/1.1\r\n" H, 307, "http://b/app/stats", NULL },
    { "GET /stats/?a=%zz HTTP/1.1\r\n" H, 307, "http://b/app/stats/?a=%zz", NULL },
    { "GET /stats;csv HTTP/1.1\r\n" H, 307, "http://b/app/stats;csv", NULL },
    { "HEAD /stats/metrics HTTP/1.1\r\n" H, 307, "http://b/app/stats/metrics", NULL },
    { "GET http://h/stats HTTP/1.1\r\n" H, 307, "http://b/app/stats", NULL },
    { "POST /stats HTTP/1.1\r\n" BODY, 307, "http://b/app/stats", NULL },
    { "GET /stats HTTP/1.1\r\n" BODY, 307, "http://b/app/stats", NULL },
    { "OPTIONS /stats HTTP/1.1\r\n" H, 307, "http://b/app/stats", NULL },
    { "OPTIONS /stats HTTP/1.1\r\n" PREFLIGHT, 204, NULL, LB_ALL_METHODS },
    { "OPTIONS * HTTP/1.1\r\n" H, 204, NULL, LB_ALL_METHODS },
    { "GET /x HTTP/1.1\r\n" H, 307, "http://b/app/x", NULL },
  };

  lb_pool_add (self->pool, "http://b/app", NULL);
  lb_listener_set_role (self->listener, LB_ROLE_REDIRECTS);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_answers (self, &rows[i]);
}

static void
test_changes (Balancer *self,
              gconstpointer data)
{
  static const Row ours = { "GET /stats HTTP/1.1\r\n" H, 200, NULL, NULL };
  static const Row theirs = { "GET /stats HTTP/1.1\r\n" H, 307, "http://b/stats", NULL };

  lb_pool_add (self->pool, "http://b", NULL);

  assert_answers (self, &ours);
  lb_listener_set_role (self->listener, LB_ROLE_REDIRECTS);
  assert_answers (self, &theirs);
  lb_listener_set_role (self->listener, LB_ROLE_BOTH);
  assert_answers (self, &ours);
}

/* A second port of the same balancer, for /stats alone. */
static void
set_up_stats (Balancer *self,
              gconstpointer data)
{
  static const char *const addresses[] = { "127.0.0.1", NULL };
  g_autoptr (GError) error = NULL;

  balancer_set_up (self, data);
  lb_server_set_redirect_port (self->server, self->port);

  g_clear_object (&self->listener);
  g_clear_object (&self->lane);
  self->lane = lb_express_lane_new (self->redirector);
  self->listener = lb_listener_new (lb_server_get_soup_server (self->server), self->lane);
  lb_listener_set_role (self->listener, LB_ROLE_STATS);
  g_assert_true (lb_listener_listen (self->listener, addresses, 0, &error));
  g_assert_no_error (error);
  self->port = lb_listener_get_port (self->listener);
}

static void
test_stats (Balancer *self,
            gconstpointer data)
{
  static const Row rows[] = {
    { "GET /stats HTTP/1.1\r\n" H, 200, NULL, NULL },
    { "HEAD /stats?x HTTP/1.1\r\n" H, 200, NULL, NULL },
    { "GET /stats/metrics HTTP/1.1\r\n" H, 200, NULL, NULL },
    { "GET /stats/nothing HTTP/1.1\r\n" H, 404, NULL, NULL },
    { "POST /stats HTTP/1.1\r\n" H, 405, NULL, LB_STATS_METHODS },
    { "POST /stats HTTP/1.1\r\n" BODY, 405, NULL, LB_STATS_METHODS },
    { "GET /stats HTTP/1.1\r\n" BODY, 413, NULL, NULL },
    { "OPTIONS /stats HTTP/1.1\r\n" PREFLIGHT, 204, NULL, LB_STATS_METHODS },
    { "OPTIONS * HTTP/1.1\r\n" H, 204, NULL, LB_STATS_METHODS },

    { "GET / HTTP/1.1\r\n" H, 404, NULL, NULL },
    { "GET /statsx HTTP/1.1\r\n" H, 404, NULL, NULL },
    { "GET /%73tats HTTP/1.1\r\n" H, 404, NULL, NULL },
    { "GET /a%zz HTTP/1.1\r\n" H, 404, NULL, NULL },
    { "GET //x//y HTTP/1.1\r\n" H, 404, NULL, NULL },
    { "GET http://other/p?q HTTP/1.1\r\n" H, 404, NULL, NULL },
    { "HEAD /x HTTP/1.1\r\n" H, 404, NULL, NULL },
    { "POST /x HTTP/1.1\r\n" BODY, 404, NULL, NULL },
    { "OPTIONS /x HTTP/1.1\r\n" H, 404, NULL, NULL },
    /* Else a page could not read why. */
    { "OPTIONS /x HTTP/1.1\r\n" PREFLIGHT, 204, NULL, LB_STATS_METHODS },

    { "TRACE /x HTTP/1.1\r\n" H, 405, NULL, LB_STATS_METHODS },
    { "GET /\x01 HTTP/1.1\r\n" H, 400, NULL, NULL },
  };

  lb_pool_add (self->pool, "http://b", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_answers (self, &rows[i]);

  g_assert_cmpuint (lb_pool_get_redirects (self->pool), ==, 0);
}

static void
test_says_where (Balancer *self,
                 gconstpointer data)
{
  g_autofree char *known = NULL;
  g_autofree char *unknown = NULL;

  lb_server_set_redirect_port (self->server, 5000);
  known = exchange (self, "GET / HTTP/1.1\r\n" H "\r\n");
  assert_header (known, "Content-Type", "text/plain; charset=utf-8");
  assert_header (known, "Cache-Control", "no-store");
  g_assert_cmpstr (get_body (known), ==,
                   "There is nothing here but /stats. Requests are redirected on port 5000.\n");

  lb_server_set_redirect_port (self->server, 0);
  unknown = exchange (self, "GET / HTTP/1.1\r\n" H "\r\n");
  g_assert_cmpstr (get_body (unknown), ==, "There is nothing here but /stats.\n");
}

/* Who only reads what we tell is no traffic. */
static void
test_is_no_traffic (Balancer *self,
                    gconstpointer data)
{
  const LbTraffic *traffic = lb_redirector_get_traffic (self->redirector);

  g_free (exchange (self, "GET /stats HTTP/1.1\r\n" H "\r\n"));
  g_free (exchange (self, "GET /x HTTP/1.1\r\n" H "\r\n"));
  g_free (exchange (self, "nonsense\r\n\r\n"));

  g_assert_cmpuint (traffic->connections_total, ==, 0);
  for (LbRejection rejection = 0; rejection < LB_N_REJECTIONS; rejection++)
    g_assert_cmpuint (traffic->rejected[rejection], ==, 0);
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_both_ways ("/http/role/redirects", test_redirects);
  add_both_ways ("/http/role/changes", test_changes);
  g_test_add ("/http/role/stats", Balancer, NULL, set_up_stats, test_stats, balancer_tear_down);
  g_test_add ("/http/role/stats/says-where-redirects-are", Balancer, NULL, set_up_stats,
              test_says_where, balancer_tear_down);
  g_test_add ("/http/role/stats/is-no-traffic", Balancer, NULL, set_up_stats, test_is_no_traffic,
              balancer_tear_down);

  return g_test_run ();
}
