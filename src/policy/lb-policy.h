/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-pool.h"

G_BEGIN_DECLS

#define LB_POLICY_ERROR (lb_policy_error_quark ())

/**
 * LbPolicyError:
 * @LB_POLICY_ERROR_UNKNOWN: there is no policy of that name
 */
typedef enum
{
  LB_POLICY_ERROR_UNKNOWN,
} LbPolicyError;

GQuark lb_policy_error_quark (void);

/**
 * LbRequestKey:
 * @source: (array length=source_length): the client's address, 4 or 16 bytes
 * @target: (array length=target_length): the request target, not terminated
 *
 * What of a request a policy may look at. Borrowed from the caller for one call.
 */
typedef struct
{
  const guint8 *source;
  gsize source_length;
  const char *target;
  gsize target_length;
} LbRequestKey;

#define LB_TYPE_POLICY (lb_policy_get_type ())
G_DECLARE_DERIVABLE_TYPE (LbPolicy, lb_policy, LB, POLICY, GObject)

/**
 * LbPolicyClass:
 * @rebuild: make the tables anew for these candidates and their effective weights, called before the
 *   first choice, before the next one after any of them has changed, and now and then while weights
 *   move. The candidates are the pool's until the next call; the weights are lent for this one.
 * @choose: choose one of the candidates of the last @rebuild, of which there is at least one.
 *   Allocates nothing.
 * @probed: (nullable): learn from what a probe of a backend saw
 * @expect: say how many of so many requests each of the candidates of the last @rebuild would get, in
 *   any unit that is the same for all; or return %FALSE if that cannot be said of these.
 *   lb_policy_expect_by_weight() is for whoever goes by weight alone.
 * @set_weights_only: whether only the weights that people have set count, so that @rebuild has nothing
 *   to do when others move
 * @learns: whether @rebuild also learns weights that people see, so that it is called now and then
 *   after a @probed, too: weights move even while nobody asks for anything
 */
struct _LbPolicyClass
{
  GObjectClass parent_class;

  void       (*rebuild) (LbPolicy             *self,
                         LbBackend *const     *candidates,
                         const double         *weights,
                         guint                 n_candidates,
                         gint64                now_us);
  LbBackend *(*choose)  (LbPolicy             *self,
                         const LbRequestKey   *key,
                         gint64                now_us,
                         GRand                *rand);
  void       (*probed)  (LbPolicy             *self,
                         LbBackend            *backend,
                         const LbProbeResult  *result,
                         gint64                now_us);
  gboolean   (*expect)  (LbPolicy             *self,
                         const double         *weights,
                         guint                 n_candidates,
                         double                requests_per_s,
                         double               *parts);
  gboolean set_weights_only;
  gboolean learns;
};

/**
 * LbPolicyInfo:
 * @name: its name in the configuration, `/stats` and the command line
 * @title: its translatable name in the window
 * @summary: one translatable line on what it does and which signal it uses
 *
 * What people see of a policy.
 */
typedef struct
{
  const char *name;
  const char *title;
  const char *summary;
} LbPolicyInfo;

#define LB_POLICY_DEFAULT "random"

const LbPolicyInfo *lb_policy_list     (guint                 index);
LbPolicy           *lb_policy_new      (const char           *name,
                                        GError              **error);
const LbPolicyInfo *lb_policy_get_info (LbPolicy             *self);
LbBackend          *lb_policy_choose   (LbPolicy             *self,
                                        LbPool               *pool,
                                        const LbRequestKey   *key,
                                        gint64                now_us,
                                        GRand                *rand);
void                lb_policy_probed   (LbPolicy             *self,
                                        LbPool               *pool,
                                        LbBackend            *backend,
                                        const LbProbeResult  *result,
                                        gint64                now_us);
void                lb_policy_moved    (LbPolicy             *self);

gboolean            lb_policy_expect_shares
                                       (LbPolicy             *self,
                                        LbPool               *pool,
                                        double                requests_per_s,
                                        gint64                now_us,
                                        double               *shares);
gboolean            lb_policy_expect_by_weight
                                       (LbPolicy             *self,
                                        const double         *weights,
                                        guint                 n_candidates,
                                        double                requests_per_s,
                                        double               *parts);

G_END_DECLS
