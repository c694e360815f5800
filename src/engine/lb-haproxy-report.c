/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-haproxy"

#include "config.h"

#include "engine/lb-haproxy-report.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/*
 * What `show servers state` and `show stat` say. Both name their columns, so that nothing here depends on
 * where a version of HAProxy has them.
 */

/* A table: names of columns, and where their values go. */
typedef struct
{
  const char *column;
  goffset offset;
  enum
  {
    NUMBER,   /* guint; empty is 0 */
    COUNTER,  /* guint64 */
    DURATION, /* int; empty is -1 */
    TEXT,     /* char *; empty is NULL */
  } kind;
} Column;

#define AT(member) G_STRUCT_OFFSET (LbHaproxyServer, member)

static const Column state_columns[] = {
  { "srv_admin_state", AT (admin), NUMBER },
  { "srv_uweight", AT (weight), NUMBER },
};

static const Column stat_columns[] = {
  { "status", AT (status), TEXT },
  { "scur", AT (sessions), NUMBER },
  { "qcur", AT (queued), NUMBER },
  { "stot", AT (counts[LB_PROXY_REQUESTS]), COUNTER },
  { "hrsp_1xx", AT (counts[LB_PROXY_RESPONSES_1XX]), COUNTER },
  { "hrsp_2xx", AT (counts[LB_PROXY_RESPONSES_2XX]), COUNTER },
  { "hrsp_3xx", AT (counts[LB_PROXY_RESPONSES_3XX]), COUNTER },
  { "hrsp_4xx", AT (counts[LB_PROXY_RESPONSES_4XX]), COUNTER },
  { "hrsp_5xx", AT (counts[LB_PROXY_RESPONSES_5XX]), COUNTER },
  { "econ", AT (counts[LB_PROXY_CONNECTION_ERRORS]), COUNTER },
  { "eresp", AT (counts[LB_PROXY_RESPONSE_ERRORS]), COUNTER },
  { "wretr", AT (counts[LB_PROXY_RETRIES]), COUNTER },
  { "wredis", AT (counts[LB_PROXY_REDISPATCHES]), COUNTER },
  { "rtime", AT (response_time_ms), NUMBER },
  { "ttime", AT (total_time_ms), NUMBER },
  { "check_status", AT (check_status), TEXT },
  { "check_code", AT (check_code), NUMBER },
  { "check_duration", AT (check_ms), DURATION },
  { "chkfail", AT (check_failures), COUNTER },
};

static void
lb_haproxy_server_free (gpointer data)
{
  LbHaproxyServer *self = data;

  g_free (self->name);
  g_free (self->status);
  g_free (self->check_status);
  g_free (self);
}

static void
lb_haproxy_server_set (LbHaproxyServer *self,
                       const Column *column,
                       const char *value)
{
  gpointer member = G_STRUCT_MEMBER_P (self, column->offset);

  switch (column->kind)
    {
    case NUMBER:
      *(guint *) member = (guint) MIN (g_ascii_strtoull (value, NULL, 10), G_MAXUINT);
      break;

    case COUNTER:
      *(guint64 *) member = g_ascii_strtoull (value, NULL, 10);
      break;

    case DURATION:
      *(int *) member = *value != '\0' ? (int) MIN (g_ascii_strtoull (value, NULL, 10), G_MAXINT) : -1;
      break;

    case TEXT:
      g_free (*(char **) member);
      *(char **) member = *value != '\0' ? g_strdup (value) : NULL;
      break;

    default:
      g_assert_not_reached ();
    }
}

/* Takes the next value off the line, which is cut up for it. One in quotes has quotes doubled. */
static char *
lb_haproxy_report_take_value (char **line,
                              char separator)
{
  char *value = *line;
  char *from = value;
  char *to = value;

  if (separator != ',' || *value != '"')
    {
      char *end = strchr (value, separator);

      *line = end != NULL ? end + 1 : value + strlen (value);
      if (end != NULL)
        *end = '\0';
      return value;
    }

  for (from++; *from != '\0'; from++)
    {
      if (*from == '"' && from[1] != '"')
        break;
      if (*from == '"')
        from++;
      *to++ = *from;
    }

  from += *from == '"' ? 1 : 0;
  from += *from == separator ? 1 : 0;
  *to = '\0';
  *line = from;

  return value;
}

/* For each place of the heading, which of @columns is there, or -1; and where the server's name is. */
static GArray *
lb_haproxy_report_read_heading (char *heading,
                                char separator,
                                const char *name_column,
                                const Column *columns,
                                guint n_columns,
                                int *name_place)
{
  GArray *places = g_array_new (FALSE, FALSE, sizeof (int));

  *name_place = -1;
  while (*heading != '\0')
    {
      const char *title = lb_haproxy_report_take_value (&heading, separator);
      int which = -1;

      for (guint i = 0; i < n_columns && which < 0; i++)
        if (g_str_equal (columns[i].column, title))
          which = (int) i;
      if (g_str_equal (title, name_column))
        *name_place = (int) places->len;

      g_array_append_val (places, which);
    }

  return places;
}

/**
 * lb_haproxy_report_new:
 *
 * Returns: (transfer full): a report of no servers
 */
LbHaproxyReport *
lb_haproxy_report_new (void)
{
  LbHaproxyReport *self = g_new0 (LbHaproxyReport, 1);

  self->servers = g_ptr_array_new_with_free_func (lb_haproxy_server_free);
  self->by_name = g_hash_table_new (g_str_hash, g_str_equal);

  return self;
}

/**
 * lb_haproxy_report_add:
 * @self: a report
 * @name: a server's name
 *
 * Returns: (transfer none): the server of that name, of which nothing is known if there was none
 */
LbHaproxyServer *
lb_haproxy_report_add (LbHaproxyReport *self,
                       const char *name)
{
  LbHaproxyServer *server = g_hash_table_lookup (self->by_name, name);

  if (server == NULL)
    {
      server = g_new0 (LbHaproxyServer, 1);
      server->name = g_strdup (name);
      server->check_ms = -1;
      g_hash_table_insert (self->by_name, server->name, server);
      g_ptr_array_add (self->servers, server);
    }

  return server;
}

/* The first table says which servers there are. */
static LbHaproxyServer *
lb_haproxy_report_get (LbHaproxyReport *self,
                       const char *name,
                       gboolean add)
{
  return add ? lb_haproxy_report_add (self, name) : g_hash_table_lookup (self->by_name, name);
}

/* Reads the lines up to an empty one. */
static void
lb_haproxy_report_read_rows (LbHaproxyReport *self,
                             char **text,
                             char separator,
                             GArray *places,
                             int name_place,
                             const Column *columns)
{
  g_autofree char **values = g_new0 (char *, places->len);

  while (**text != '\0' && **text != '\n')
    {
      char *line = lb_haproxy_report_take_value (text, '\n');
      LbHaproxyServer *server;
      guint n = 0;

      while (n < places->len && *line != '\0')
        values[n++] = lb_haproxy_report_take_value (&line, separator);
      if ((int) n <= name_place)
        continue;

      server = lb_haproxy_report_get (self, values[name_place], columns == state_columns);
      if (server == NULL)
        continue;

      for (guint i = 0; i < n; i++)
        if (g_array_index (places, int, i) >= 0)
          lb_haproxy_server_set (server, &columns[g_array_index (places, int, i)], values[i]);
    }
}

static gboolean
lb_haproxy_report_read_table (LbHaproxyReport *self,
                              char **text,
                              char separator,
                              const char *name_column,
                              const Column *columns,
                              guint n_columns)
{
  g_autoptr (GArray) places = NULL;
  char *heading;
  int name_place;

  /* Before the first table there is the version of its format. */
  while (**text != '\0' && **text != '#')
    lb_haproxy_report_take_value (text, '\n');
  if (**text == '\0')
    return FALSE;

  heading = lb_haproxy_report_take_value (text, '\n');
  if (!g_str_has_prefix (heading, "# "))
    return FALSE;

  heading += strlen ("# ");
  places = lb_haproxy_report_read_heading (heading, separator, name_column, columns, n_columns,
                                           &name_place);
  if (name_place < 0)
    return FALSE;

  lb_haproxy_report_read_rows (self, text, separator, places, name_place, columns);

  return TRUE;
}

/* Lines such as `Pid: 17`. */
static void
lb_haproxy_report_read_info (LbHaproxyReport *self,
                             char **text)
{
  while (**text != '\0')
    {
      const char *line = lb_haproxy_report_take_value (text, '\n');

      if (g_str_has_prefix (line, "Version: ") && self->version == NULL)
        self->version = g_strdup (line + strlen ("Version: "));
      else if (g_str_has_prefix (line, "Pid: "))
        self->pid = g_ascii_strtoull (line + strlen ("Pid: "), NULL, 10);
      else if (g_str_has_prefix (line, "Uptime_sec: "))
        self->uptime_s = MAX (g_ascii_strtoll (line + strlen ("Uptime_sec: "), NULL, 10), 0);
    }
}

/**
 * lb_haproxy_report_parse:
 * @answer: what HAProxy says to %LB_HAPROXY_REPORT_COMMANDS
 * @error: return location for a %G_IO_ERROR_INVALID_DATA, which quotes what it says instead
 *
 * Returns: (transfer full) (nullable): the same
 */
LbHaproxyReport *
lb_haproxy_report_parse (const char *answer,
                         GError **error)
{
  g_autoptr (LbHaproxyReport) self = lb_haproxy_report_new ();
  g_autofree char *copy = g_strdup (answer);
  char *text = copy;

  if (lb_haproxy_report_read_table (self, &text, ' ', "srv_name", state_columns,
                                    G_N_ELEMENTS (state_columns)) &&
      lb_haproxy_report_read_table (self, &text, ',', "svname", stat_columns,
                                    G_N_ELEMENTS (stat_columns)))
    {
      const char *end = strstr (answer, "\n\n");

      self->state = end != NULL ? g_strndup (answer, (gsize) (end - answer) + 1) : g_strdup ("");
      lb_haproxy_report_read_info (self, &text);
      return g_steal_pointer (&self);
    }

  {
    g_autofree char *quote = g_utf8_make_valid (answer, (gssize) MIN (strcspn (answer, "\n"), 200));

    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                 _("HAProxy does not say how its servers are, but “%s”."), quote);
  }

  return NULL;
}

/**
 * lb_haproxy_report_free:
 * @self: (nullable) (transfer full): a report
 */
void
lb_haproxy_report_free (LbHaproxyReport *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->by_name);
  g_ptr_array_unref (self->servers);
  g_free (self->state);
  g_free (self->version);
  g_free (self);
}

/**
 * lb_haproxy_report_find:
 * @self: a report
 * @name: a server's name
 *
 * Returns: (transfer none) (nullable): how it is
 */
const LbHaproxyServer *
lb_haproxy_report_find (const LbHaproxyReport *self,
                        const char *name)
{
  return g_hash_table_lookup (self->by_name, name);
}
