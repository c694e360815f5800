/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "window/lb-window.h"

G_BEGIN_DECLS

/**
 * LbWindowFixture:
 * @directory: a temporary one
 * @config_path: in it; there is no such file at first
 * @balancer: a balancer of its own
 * @pool: (unowned): its pool
 * @window: (unowned) (nullable): the window once it is open
 *
 * A window over a real balancer.
 */
typedef struct
{
  char *directory;
  char *config_path;
  LbBalancer *balancer;
  LbPool *pool;
  LbWindow *window;
} LbWindowFixture;

typedef gboolean (*LbCondition) (gpointer user_data);

/* Runs the main loop until @condition holds; fails the test after a while. */
#define lb_wait_until(condition, user_data) \
  lb_wait_until_at (G_STRLOC, #condition, (condition), (user_data))

void     lb_wait_until_at               (const char       *location,
                                         const char       *what,
                                         LbCondition       condition,
                                         gpointer          user_data);

void     lb_wait_for_frames             (gpointer          widget);

gboolean lb_window_test_init            (void);
int      lb_window_test_run             (void);
GSocket *lb_test_occupy_port            (guint            *port);

void     lb_window_fixture_set_up       (LbWindowFixture  *self,
                                         gconstpointer     user_data);
gboolean lb_window_fixture_start        (LbWindowFixture  *self,
                                         guint             port,
                                         GError          **error);
void     lb_window_fixture_open         (LbWindowFixture  *self);
void     lb_window_fixture_tear_down    (LbWindowFixture  *self,
                                         gconstpointer     user_data);

gpointer lb_template_child              (gpointer          widget,
                                         const char       *name);
gpointer lb_page_child                  (LbWindowFixture  *self,
                                         const char       *name);
gpointer lb_find_descendant             (gpointer          widget,
                                         GType             type);
gpointer lb_find_dialog                 (GType             type);

G_END_DECLS
