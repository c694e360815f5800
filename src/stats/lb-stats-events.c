/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-stats-events"

#include "config.h"

#include "stats/lb-stats-events.h"

#include "stats/lb-json-writer.h"
#include "stats/lb-stats-json.h"

/*
 * Server-Sent Events (HTML standard, 9.2): lines of "field: value", an empty line behind each event.
 * A line ends at a line feed or a carriage return and at nothing else. In JSON both are escaped, so an
 * object is one line whatever its strings hold.
 */

static void
begin_change (LbJsonWriter *writer,
              gint64 time_us,
              const char *change)
{
  lb_json_writer_init (writer);
  lb_json_writer_begin_object (writer, NULL);
  lb_json_writer_add_moment (writer, "time", time_us);
  lb_json_writer_add_string (writer, "change", change);
}

/* The object ends with a line feed; another one ends the event. */
static void
append_event (GString *events,
              const char *name,
              guint32 id,
              GBytes *json)
{
  gsize length;
  const char *text = g_bytes_get_data (json, &length);

  g_string_append_printf (events, "event: %s\nid: %u\ndata: ", name, id);
  g_string_append_len (events, text, (gssize) length);
  g_string_append_c (events, '\n');
}

static void
end_change (LbJsonWriter *writer,
            GString *events,
            guint32 id)
{
  g_autoptr (GBytes) json = NULL;

  lb_json_writer_end_object (writer);
  json = lb_json_writer_finish (writer);
  append_event (events, "change", id, json);
}

/**
 * lb_stats_events_snapshot:
 * @snapshot: what is to be told
 * @id: the event's number
 *
 * Writes a snapshot as an event: the same object as `/stats` gives.
 *
 * Returns: (transfer full): the text
 */
GBytes *
lb_stats_events_snapshot (const LbSnapshot *snapshot,
                          guint32 id)
{
  g_autoptr (GBytes) json = NULL;
  GString *event;

  g_return_val_if_fail (snapshot != NULL, NULL);

  json = lb_stats_json (snapshot);
  event = g_string_sized_new (g_bytes_get_size (json) + 64);
  append_event (event, "snapshot", id, json);

  return g_string_free_to_bytes (event);
}

/**
 * lb_stats_events_append_change:
 * @events: where to write
 * @id: the event's number
 * @change: what is to be told
 *
 * Writes a change of a backend as an event, with what it is like now.
 */
void
lb_stats_events_append_change (GString *events,
                               guint32 id,
                               const LbStatsChange *change)
{
  LbJsonWriter writer;

  begin_change (&writer, change->time_us, change->change);
  lb_json_writer_add_string (&writer, "url", change->url);
  lb_json_writer_add_string (&writer, "state", lb_state_to_string (change->state));
  lb_json_writer_add_string (&writer, "health", lb_health_to_string (change->health));
  lb_json_writer_add_count (&writer, "weight", change->weight);
  lb_json_writer_add_boolean (&writer, "backup", change->backup);
  lb_json_writer_add_string (&writer, "error", change->error);
  end_change (&writer, events, id);
}

/**
 * lb_stats_events_append_policy:
 * @events: where to write
 * @id: the event's number
 * @time_us: when it was, in microseconds since 1970
 * @policy: the policy's name
 *
 * Writes that another policy is in use as an event.
 */
void
lb_stats_events_append_policy (GString *events,
                               guint32 id,
                               gint64 time_us,
                               const char *policy)
{
  LbJsonWriter writer;

  begin_change (&writer, time_us, "policy");
  lb_json_writer_add_string (&writer, "policy", policy);
  end_change (&writer, events, id);
}

/**
 * lb_stats_events_append_paused:
 * @events: where to write
 * @id: the event's number
 * @time_us: when it was, in microseconds since 1970
 * @paused: whether the balancer is paused now
 *
 * Writes that a person has paused the balancer, or resumed it, as an event.
 */
void
lb_stats_events_append_paused (GString *events,
                               guint32 id,
                               gint64 time_us,
                               gboolean paused)
{
  LbJsonWriter writer;

  begin_change (&writer, time_us, "paused");
  lb_json_writer_add_boolean (&writer, "paused", paused);
  end_change (&writer, events, id);
}
