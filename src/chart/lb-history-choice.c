/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-chart"

#include "config.h"

#include "chart/lb-history-choice.h"

/*
 * LbHistoryChoice
 *
 * It lives as long as the picture is looked at, and is updated with each new digest. A backend
 * keeps its series for as long as it has a line, so that a colour does not go from one to another
 * under somebody's eyes. With more backends than series it is the slowest that have one, and the
 * selected one; who is in stays in as long as the others are not clearly slower.
 */

/* How many times slower is clearly slower. */
#define CLEARLY 1.25

static void
leave (LbHistoryChoice *self,
       guint series)
{
  g_clear_pointer (&self->urls[series], g_ref_string_release);
  self->backends[series] = LB_HISTORY_NOBODY;
}

/* In the first series that is free, if there is one. */
static void
enter (LbHistoryChoice *self,
       char *url,
       guint backend)
{
  for (guint i = 0; i < LB_CHART_N_SERIES; i++)
    {
      if (self->urls[i] != NULL)
        continue;

      self->urls[i] = g_ref_string_acquire (url);
      self->backends[i] = backend;
      return;
    }
}

/* Where those that have a series are now. */
static void
locate (LbHistoryChoice *self,
        const LbHistorySlice *slice)
{
  for (guint i = 0; i < LB_CHART_N_SERIES; i++)
    self->backends[i] = LB_HISTORY_NOBODY;

  for (guint i = 0; i < slice->n_backends; i++)
    for (guint j = 0; j < LB_CHART_N_SERIES; j++)
      if (self->urls[j] != NULL && g_str_equal (self->urls[j], slice->urls[i]))
        self->backends[j] = i;
}

/* The slowest that is not among @taken yet. Who has a series already is a bit ahead. */
static guint
find_slowest (const LbHistoryChoice *self,
              const LbHistoryDigest *digest,
              const guint *taken,
              guint n_taken)
{
  guint slowest = LB_HISTORY_NOBODY;
  double most = 0;

  for (guint i = 0; i < digest->slice->n_backends; i++)
    {
      double score = digest->means_us[i];
      gboolean is_taken = FALSE;

      if (score <= 0)
        continue;
      for (guint j = 0; j < n_taken; j++)
        is_taken |= taken[j] == i;
      if (is_taken)
        continue;

      if (lb_history_choice_find (self, i) != LB_HISTORY_NOBODY)
        score *= CLEARLY;
      if (score > most)
        {
          most = score;
          slowest = i;
        }
    }

  return slowest;
}

static guint
find_url (const LbHistorySlice *slice,
          const char *url)
{
  for (guint i = 0; url != NULL && i < slice->n_backends; i++)
    if (g_str_equal (slice->urls[i], url))
      return i;

  return LB_HISTORY_NOBODY;
}

/* Who is to have a series. */
static guint
choose (const LbHistoryChoice *self,
        const LbHistoryDigest *digest,
        const char *selected,
        guint wanted[LB_CHART_N_SERIES])
{
  const LbHistorySlice *slice = digest->slice;
  guint n_wanted = 0;
  guint index;

  if (slice->n_backends <= LB_CHART_N_SERIES)
    {
      for (n_wanted = 0; n_wanted < slice->n_backends; n_wanted++)
        wanted[n_wanted] = n_wanted;
      return n_wanted;
    }

  for (guint i = 0; i < LB_HISTORY_N_SLOWEST; i++)
    {
      index = find_slowest (self, digest, wanted, n_wanted);
      if (index != LB_HISTORY_NOBODY)
        wanted[n_wanted++] = index;
    }

  index = find_url (slice, selected);
  for (guint i = 0; i < n_wanted && index != LB_HISTORY_NOBODY; i++)
    if (wanted[i] == index)
      index = LB_HISTORY_NOBODY;
  if (index != LB_HISTORY_NOBODY)
    wanted[n_wanted++] = index;

  return n_wanted;
}

/**
 * lb_history_choice_init:
 * @self: the choice to fill
 *
 * Nobody is chosen yet.
 */
void
lb_history_choice_init (LbHistoryChoice *self)
{
  g_return_if_fail (self != NULL);

  *self = (LbHistoryChoice){ .n_chosen = 0 };
  for (guint i = 0; i < LB_CHART_N_SERIES; i++)
    self->backends[i] = LB_HISTORY_NOBODY;
}

/**
 * lb_history_choice_init_copy:
 * @self: an uninitialized choice
 * @other: another one
 *
 * Makes it the same as @other.
 */
void
lb_history_choice_init_copy (LbHistoryChoice *self,
                             const LbHistoryChoice *other)
{
  *self = *other;
  for (guint i = 0; i < LB_CHART_N_SERIES; i++)
    if (other->urls[i] != NULL)
      self->urls[i] = g_ref_string_acquire (other->urls[i]);
}

/**
 * lb_history_choice_clear:
 * @self: a choice
 *
 * Nobody is chosen any more.
 */
void
lb_history_choice_clear (LbHistoryChoice *self)
{
  g_return_if_fail (self != NULL);

  for (guint i = 0; i < LB_CHART_N_SERIES; i++)
    leave (self, i);
  self->n_chosen = 0;
}

/**
 * lb_history_choice_update:
 * @self: the choice before
 * @digest: what is shown now
 * @selected: (nullable): the URL of a backend that is to have a line in any case
 */
void
lb_history_choice_update (LbHistoryChoice *self,
                          const LbHistoryDigest *digest,
                          const char *selected)
{
  guint wanted[LB_CHART_N_SERIES];
  guint n_wanted;

  g_return_if_fail (self != NULL);
  g_return_if_fail (digest != NULL);

  locate (self, digest->slice);
  n_wanted = choose (self, digest, selected, wanted);

  for (guint i = 0; i < LB_CHART_N_SERIES; i++)
    {
      gboolean stays = FALSE;

      for (guint j = 0; j < n_wanted; j++)
        stays |= self->urls[i] != NULL && self->backends[i] == wanted[j];
      if (!stays)
        leave (self, i);
    }

  for (guint i = 0; i < n_wanted; i++)
    if (lb_history_choice_find (self, wanted[i]) == LB_HISTORY_NOBODY)
      enter (self, digest->slice->urls[wanted[i]], wanted[i]);

  self->n_chosen = n_wanted;
}

/**
 * lb_history_choice_find:
 * @self: a choice
 * @backend: an index in the slice
 *
 * Returns: its series, or %LB_HISTORY_NOBODY
 */
guint
lb_history_choice_find (const LbHistoryChoice *self,
                        guint backend)
{
  g_return_val_if_fail (self != NULL, LB_HISTORY_NOBODY);

  for (guint i = 0; i < LB_CHART_N_SERIES; i++)
    if (self->urls[i] != NULL && self->backends[i] == backend)
      return i;

  return LB_HISTORY_NOBODY;
}
