/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-round-robin"

#include "config.h"

#include "policy/lb-round-robin.h"

/* Weights are counted in these parts, so that a slow start's are whole numbers, too. */
#define PARTS 10.0

/* After this many turns the credits are brought up to date, long before they could overflow. */
#define TURNS_MAX (G_GINT64_CONSTANT (1) << 24)

/**
 * LbRoundRobin:
 *
 * Smooth weighted round robin as in nginx (ngx_http_upstream_get_peer): at each
 * turn every candidate's credit grows by its weight, the one with the most credit is taken, and the sum
 * of all weights is taken off its credit. Weights 5, 1, 1 give a a b a c a a.
 *
 * nginx walks through all of them at each turn. Here those of one weight form a group. Within a group
 * all credits grow alike, so that who was taken goes to the end of a queue and only the queues' heads
 * are compared: a turn costs as much as there are different weights.
 */
typedef struct
{
  LbBackend *backend;
  guint place;   /* among the candidates; decides between equals, as in nginx */
  gint64 weight; /* in parts */
  gint64 credit; /* without what the turns since the last settling have added */
} LbTurn;

typedef struct
{
  gint64 weight;
  LbTurn *turns; /* the group's part of the policy's array, used as a ring */
  guint n;
  guint head;
} LbTurnGroup;

struct _LbRoundRobin
{
  LbPolicy parent_instance;

  GArray *turns;  /* of LbTurn, by group */
  GArray *groups; /* of LbTurnGroup */
  gint64 sum;     /* of all weights */
  gint64 n_turns; /* since the last settling */
};

G_DEFINE_FINAL_TYPE (LbRoundRobin, lb_round_robin, LB_TYPE_POLICY)

static gint64
lb_round_robin_get_credit (const LbRoundRobin *self,
                           const LbTurn *turn)
{
  return turn->credit + turn->weight * self->n_turns;
}

/* Puts what the turns have added into the credits. */
static void
lb_round_robin_settle (LbRoundRobin *self)
{
  for (guint i = 0; i < self->turns->len; i++)
    {
      LbTurn *turn = &g_array_index (self->turns, LbTurn, i);

      turn->credit = lb_round_robin_get_credit (self, turn);
    }

  self->n_turns = 0;
}

/* By group, and in each by who is next. */
static int
lb_turn_compare (gconstpointer a,
                 gconstpointer b)
{
  const LbTurn *x = a;
  const LbTurn *y = b;

  if (x->weight != y->weight)
    return x->weight > y->weight ? -1 : 1;
  if (x->credit != y->credit)
    return x->credit > y->credit ? -1 : 1;

  return x->place < y->place ? -1 : 1;
}

static void
lb_round_robin_group (LbRoundRobin *self)
{
  g_array_sort (self->turns, lb_turn_compare);
  g_array_set_size (self->groups, 0);

  for (guint i = 0; i < self->turns->len; i++)
    {
      LbTurn *turn = &g_array_index (self->turns, LbTurn, i);

      if (i == 0 || turn->weight != turn[-1].weight)
        {
          LbTurnGroup group = { .weight = turn->weight, .turns = turn };

          g_array_append_val (self->groups, group);
        }

      g_array_index (self->groups, LbTurnGroup, self->groups->len - 1).n++;
    }
}

/* Who stays keeps its credit, as far as a queue can hold it: in one, no two credits lie as far apart as
 * the sum of the weights. */
static void
lb_round_robin_rebuild (LbPolicy *policy,
                        LbBackend *const *candidates,
                        const double *weights,
                        guint n_candidates,
                        gint64 now_us)
{
  LbRoundRobin *self = LB_ROUND_ROBIN (policy);
  g_autoptr (GHashTable) credits = g_hash_table_new (NULL, NULL);
  g_autoptr (GArray) old = NULL;

  lb_round_robin_settle (self);
  old = g_steal_pointer (&self->turns);
  for (guint i = 0; i < old->len; i++)
    {
      LbTurn *turn = &g_array_index (old, LbTurn, i);

      g_hash_table_insert (credits, turn->backend, &turn->credit);
    }

  self->turns = g_array_sized_new (FALSE, FALSE, sizeof (LbTurn), n_candidates);
  self->sum = 0;
  for (guint i = 0; i < n_candidates; i++)
    {
      LbTurn turn = { candidates[i], i, (gint64) (weights[i] * PARTS + 0.5), 0 };

      g_array_append_val (self->turns, turn);
      self->sum += turn.weight;
    }

  for (guint i = 0; i < n_candidates; i++)
    {
      LbTurn *turn = &g_array_index (self->turns, LbTurn, i);
      const gint64 *credit = g_hash_table_lookup (credits, turn->backend);

      if (credit != NULL)
        turn->credit = CLAMP (*credit, -(self->sum - 1) / 2, (self->sum - 1) / 2);
    }

  lb_round_robin_group (self);
}

static LbBackend *
lb_round_robin_choose (LbPolicy *policy,
                       const LbRequestKey *key,
                       gint64 now_us,
                       GRand *rand)
{
  LbRoundRobin *self = (LbRoundRobin *) policy;
  LbTurnGroup *best_group;
  LbTurn *best;

  if (self->n_turns == TURNS_MAX)
    lb_round_robin_settle (self);
  self->n_turns++;

  best_group = &g_array_index (self->groups, LbTurnGroup, 0);
  best = &best_group->turns[best_group->head];

  for (guint i = 1; i < self->groups->len; i++)
    {
      LbTurnGroup *group = &g_array_index (self->groups, LbTurnGroup, i);
      LbTurn *turn = &group->turns[group->head];
      gint64 ahead = lb_round_robin_get_credit (self, turn) - lb_round_robin_get_credit (self, best);

      if (ahead > 0 || (ahead == 0 && turn->place < best->place))
        {
          best_group = group;
          best = turn;
        }
    }

  best->credit -= self->sum;
  best_group->head = best_group->head + 1 < best_group->n ? best_group->head + 1 : 0;

  return best->backend;
}

static void
lb_round_robin_finalize (GObject *object)
{
  LbRoundRobin *self = LB_ROUND_ROBIN (object);

  g_clear_pointer (&self->turns, g_array_unref);
  g_clear_pointer (&self->groups, g_array_unref);

  G_OBJECT_CLASS (lb_round_robin_parent_class)->finalize (object);
}

static void
lb_round_robin_class_init (LbRoundRobinClass *klass)
{
  LbPolicyClass *policy_class = LB_POLICY_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = lb_round_robin_finalize;
  policy_class->rebuild = lb_round_robin_rebuild;
  policy_class->choose = lb_round_robin_choose;
  policy_class->expect = lb_policy_expect_by_weight;
}

static void
lb_round_robin_init (LbRoundRobin *self)
{
  self->turns = g_array_new (FALSE, FALSE, sizeof (LbTurn));
  self->groups = g_array_new (FALSE, FALSE, sizeof (LbTurnGroup));
}
