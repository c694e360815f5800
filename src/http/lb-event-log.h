/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A reader that has not taken an event whole so many pages later is too far behind. */
#define LB_EVENT_LOG_PAGES 20

/* So many bytes of changes are kept for those who are behind. */
#define LB_EVENT_LOG_CHANGES_SIZE (1024 * 1024)

/**
 * LbEventLog:
 *
 * What readers of events are told, in order: pages, each of which is a whole picture, and the changes
 * between them. Every event has a number, and a reader is only the number of the last that it was given.
 *
 * Only the newest page is kept, and the last changes. So a reader that is behind gets the changes that
 * it has missed as long as they are there, but of several pages only the newest, in which whatever it
 * has missed is to be seen. All readers share the same bytes.
 *
 * Embedded in its owner; zeroes are an empty log.
 */
typedef struct
{
  /*< private >*/
  guint32 last_id;
  guint32 page_id;
  GBytes *page;                          /* NULL while it is made */
  guint32 page_ids[LB_EVENT_LOG_PAGES]; /* of the last ones */
  guint n_pages;
  GQueue changes; /* of LbEventBatch * */
  gsize changes_size;
  guint32 lost_id; /* of the last change that is not kept any more */
} LbEventLog;

void    lb_event_log_clear       (LbEventLog *self);

guint32 lb_event_log_take_id     (LbEventLog *self);
void    lb_event_log_add_changes (LbEventLog *self,
                                  GBytes     *events);
guint32 lb_event_log_begin_page  (LbEventLog *self);
void    lb_event_log_end_page    (LbEventLog *self,
                                  GBytes     *event);

guint32 lb_event_log_join        (LbEventLog *self);
GBytes *lb_event_log_next        (LbEventLog *self,
                                  guint32    *seen);
guint32 lb_event_log_get_horizon (LbEventLog *self);

G_END_DECLS
