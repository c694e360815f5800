/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "pool/lb-history.h"

/*
 * Histories with the seconds a test wants, without waiting for them and without probes.
 */

#define HISTORY_FIXTURE_END 100000

/* What a backend was like at a second; filled with an answer that is good and takes 10 ms. */
typedef void (*HistoryFixtureFunc) (LbHistorySample *sample,
                                    guint            backend,
                                    gint64           second,
                                    gpointer         user_data);

/**
 * HistoryFixture:
 * @pool: the pool, to which a test may add backends between rows
 * @rows: what has been written down
 * @second: the last
 */
typedef struct
{
  LbPool *pool;
  GQueue rows;
  LbHistoryRoster *roster;
  guint64 order;
  gint64 second;
} HistoryFixture;

static inline void
history_fixture_add (HistoryFixture *self,
                     guint number)
{
  g_autofree char *url = g_strdup_printf ("http://127.0.0.1:%u", 9000 + number);
  g_autoptr (GError) error = NULL;

  g_assert_nonnull (lb_pool_add (self->pool, url, &error));
  g_assert_no_error (error);
}

/* Numbered from 1 on. */
static inline void
history_fixture_init (HistoryFixture *self,
                      guint n_backends)
{
  *self = (HistoryFixture){ .pool = lb_pool_new () };
  g_queue_init (&self->rows);
  for (guint i = 0; i < n_backends; i++)
    history_fixture_add (self, i + 1);
}

static inline void
history_fixture_clear (HistoryFixture *self)
{
  g_queue_clear_full (&self->rows, (GDestroyNotify) lb_history_row_unref);
  g_clear_pointer (&self->roster, lb_history_roster_unref);
  g_assert_finalize_object (self->pool);
}

static inline void
history_fixture_write (HistoryFixture *self,
                       gint64 second,
                       HistoryFixtureFunc func,
                       gpointer user_data)
{
  LbHistoryRow *row;

  if (self->roster == NULL || self->order != lb_pool_get_order (self->pool))
    {
      g_clear_pointer (&self->roster, lb_history_roster_unref);
      self->roster = lb_history_roster_new (self->pool);
      self->order = lb_pool_get_order (self->pool);
    }

  row = lb_history_row_new (self->roster);
  row->second = second;
  row->span_us = G_TIME_SPAN_SECOND;
  for (guint i = 0; i < self->roster->n_backends; i++)
    {
      row->samples[i] = (LbHistorySample){
        .response_us = 10000, .health = LB_HEALTH_UP, .state = LB_STATE_READY
      };
      if (func != NULL)
        func (&row->samples[i], i, second, user_data);
      if (row->samples[i].health == LB_HEALTH_DOWN)
        row->samples[i].response_us = LB_HISTORY_NO_RESPONSE;
    }

  self->second = second;
  g_queue_push_tail (&self->rows, row);
}

static inline LbHistorySlice *
history_fixture_slice (HistoryFixture *self)
{
  /* A whole hour of some day. */
  const gint64 end_us = (1700000000 - 1700000000 % 3600) * G_TIME_SPAN_SECOND;

  return lb_history_slice_new (&self->rows, LB_HISTORY_SECONDS, LB_HISTORY_SECONDS, self->second,
                               end_us + (self->second - HISTORY_FIXTURE_END) * G_TIME_SPAN_SECOND);
}

/* @n_seconds up to %HISTORY_FIXTURE_END. */
static inline LbHistorySlice *
history_fixture_new_slice (guint n_backends,
                           guint n_seconds,
                           HistoryFixtureFunc func,
                           gpointer user_data)
{
  HistoryFixture fixture;
  LbHistorySlice *slice;

  history_fixture_init (&fixture, n_backends);
  for (guint i = 0; i < n_seconds; i++)
    history_fixture_write (&fixture, HISTORY_FIXTURE_END - n_seconds + 1 + i, func, user_data);
  fixture.second = HISTORY_FIXTURE_END;
  slice = history_fixture_slice (&fixture);
  history_fixture_clear (&fixture);

  return slice;
}

/* Like a real one: each backend has a pace of its own and spikes, some are down now and then. */
static inline void
history_fixture_vary (LbHistorySample *sample,
                      guint backend,
                      gint64 second,
                      gpointer user_data)
{
  const guint every = 3;
  const guint probe = (guint) (second + backend) / every;
  guint32 noise = probe * 2654435761u + backend * 40503u;
  guint32 response_us;

  noise ^= noise >> 15;
  noise *= 2246822519u;
  noise ^= noise >> 13;
  response_us = 4000 + backend * 7919 % 40000 + noise % (2000 + backend * 1237 % 9000);
  if (noise % 97 == 3)
    response_us += 60000;
  response_us += (guint32) ((second % 600) * (backend % 4) * 10);
  sample->response_us = response_us & LB_HISTORY_NO_RESPONSE;

  if (backend % 5 == 2 && second % 400 > 330)
    sample->health = LB_HEALTH_DOWN;
  if (backend == 3 && second % 900 > 700)
    sample->state = LB_STATE_DRAIN;
  if (backend == 4 && second % 1200 > 1100)
    {
      sample->state = LB_STATE_MAINT;
      sample->response_us = LB_HISTORY_NO_RESPONSE;
    }
}
