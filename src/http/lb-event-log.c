/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "http/lb-event-log.h"

/* Changes that are told together. */
typedef struct
{
  guint32 id; /* the last one's */
  GBytes *events;
} LbEventBatch;

static void
lb_event_batch_free (gpointer data)
{
  LbEventBatch *batch = data;

  g_bytes_unref (batch->events);
  g_free (batch);
}

/**
 * lb_event_log_clear:
 * @self: a log
 *
 * Forgets all events. Their numbers are not used again.
 */
void
lb_event_log_clear (LbEventLog *self)
{
  g_clear_pointer (&self->page, g_bytes_unref);
  g_queue_clear_full (&self->changes, lb_event_batch_free);

  *self = (LbEventLog){ .last_id = self->last_id };
}

/**
 * lb_event_log_take_id:
 * @self: a log
 *
 * Returns: the number of an event that will be added
 */
guint32
lb_event_log_take_id (LbEventLog *self)
{
  return ++self->last_id;
}

/**
 * lb_event_log_add_changes:
 * @self: a log in which no page is being made
 * @events: changes, with all the numbers that were taken since the last were added
 *
 * Adds changes to what readers are told.
 */
void
lb_event_log_add_changes (LbEventLog *self,
                          GBytes *events)
{
  LbEventBatch *batch = g_new (LbEventBatch, 1);

  batch->id = self->last_id;
  batch->events = g_bytes_ref (events);
  g_queue_push_tail (&self->changes, batch);
  self->changes_size += g_bytes_get_size (events);

  while (self->changes_size > LB_EVENT_LOG_CHANGES_SIZE && self->changes.length > 1)
    {
      batch = g_queue_pop_head (&self->changes);
      self->lost_id = batch->id;
      self->changes_size -= g_bytes_get_size (batch->events);
      lb_event_batch_free (batch);
    }
}

/**
 * lb_event_log_begin_page:
 * @self: a log
 *
 * Says that a page is being made, which takes the last one's place. Whoever has not begun with that one
 * waits for the new one.
 *
 * Returns: its number
 */
guint32
lb_event_log_begin_page (LbEventLog *self)
{
  self->page_id = lb_event_log_take_id (self);
  self->page_ids[self->n_pages++ % LB_EVENT_LOG_PAGES] = self->page_id;
  g_clear_pointer (&self->page, g_bytes_unref);

  return self->page_id;
}

/**
 * lb_event_log_end_page:
 * @self: a log in which a page is being made
 * @event: the page
 */
void
lb_event_log_end_page (LbEventLog *self,
                       GBytes *event)
{
  g_return_if_fail (self->page == NULL && self->page_id > 0);

  self->page = g_bytes_ref (event);
}

/**
 * lb_event_log_join:
 * @self: a log
 *
 * Returns: where a new reader begins: in front of the newest page, or of the first one
 */
guint32
lb_event_log_join (LbEventLog *self)
{
  return self->page_id > 0 ? self->page_id - 1 : self->last_id;
}

static LbEventBatch *
lb_event_log_find_changes (LbEventLog *self,
                           guint32 seen)
{
  LbEventBatch *found = NULL;

  /* Nearly everybody is near the end. */
  for (GList *l = self->changes.tail; l != NULL; l = l->prev)
    {
      LbEventBatch *batch = l->data;

      if (batch->id <= seen)
        break;
      found = batch;
    }

  return found;
}

/**
 * lb_event_log_next:
 * @self: a log
 * @seen: (inout): the number of the last event that a reader was given
 *
 * Returns: (transfer full) (nullable): what it is to be given now: one page, or some changes
 */
GBytes *
lb_event_log_next (LbEventLog *self,
                   guint32 *seen)
{
  LbEventBatch *batch = lb_event_log_find_changes (self, *seen);
  const gboolean wants_page = self->page_id > *seen;

  /* With changes missing in between, those that are left are no longer a whole story. */
  if (batch != NULL && (!wants_page || (batch->id < self->page_id && self->lost_id <= *seen)))
    {
      *seen = batch->id;
      return g_bytes_ref (batch->events);
    }

  if (!wants_page || self->page == NULL)
    return NULL;

  *seen = self->page_id;

  return g_bytes_ref (self->page);
}

/**
 * lb_event_log_get_horizon:
 * @self: a log
 *
 * Returns: the number of the oldest page that a reader may still be busy with; with an earlier event it
 *   is too far behind
 */
guint32
lb_event_log_get_horizon (LbEventLog *self)
{
  return self->n_pages >= LB_EVENT_LOG_PAGES ? self->page_ids[self->n_pages % LB_EVENT_LOG_PAGES] : 0;
}
