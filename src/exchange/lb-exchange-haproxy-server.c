/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-haproxy"

#include "config.h"

#include "exchange/lb-exchange-haproxy-server.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "exchange/lb-exchange-probe.h"

/* What is done with a keyword of a server. */
typedef enum
{
  KEYWORD_TIME,
  KEYWORD_NUMBER,
  KEYWORD_SWITCH,
  KEYWORD_TEXT,
  KEYWORD_WEIGHT,
  KEYWORD_PORT,
  KEYWORD_VERIFY,
  KEYWORD_CA_FILE,
  KEYWORD_NAME,
  KEYWORD_SILENT, /* nothing would have to be taken over */
} LbHaproxyKeywordKind;

typedef struct
{
  const char *name;
  LbHaproxyKeywordKind kind;
  gboolean alone; /* whether no word belongs to it */
  gsize offset;
  gboolean value; /* of a switch */
} LbHaproxyKeyword;

#define OFFSET(member) .offset = G_STRUCT_OFFSET (LbHaproxyServer, member)
#define SWITCH(word, member, to) { word, KEYWORD_SWITCH, TRUE, OFFSET (member), .value = (to) }

static const LbHaproxyKeyword keywords[] = {
  { "inter", KEYWORD_TIME, OFFSET (times[LB_HAPROXY_INTER]) },
  { "fastinter", KEYWORD_TIME, OFFSET (times[LB_HAPROXY_FASTINTER]) },
  { "downinter", KEYWORD_TIME, OFFSET (times[LB_HAPROXY_DOWNINTER]) },
  { "slowstart", KEYWORD_TIME, OFFSET (times[LB_HAPROXY_SLOWSTART]) },
  { "rise", KEYWORD_NUMBER, OFFSET (times[LB_HAPROXY_RISE]) },
  { "fall", KEYWORD_NUMBER, OFFSET (times[LB_HAPROXY_FALL]) },
  SWITCH ("check", check, TRUE),
  SWITCH ("no-check", check, FALSE),
  SWITCH ("ssl", ssl, TRUE),
  SWITCH ("no-ssl", ssl, FALSE),
  SWITCH ("check-ssl", check_ssl, TRUE),
  SWITCH ("no-check-ssl", check_ssl, FALSE),
  SWITCH ("backup", backup, TRUE),
  SWITCH ("no-backup", backup, FALSE),
  SWITCH ("disabled", disabled, TRUE),
  SWITCH ("enabled", disabled, FALSE),
  { "addr", KEYWORD_TEXT, OFFSET (check_address) },
  { "redir", KEYWORD_TEXT, OFFSET (redirect) },
  { "weight", KEYWORD_WEIGHT },
  { "port", KEYWORD_PORT },
  { "verify", KEYWORD_VERIFY },
  { "ca-file", KEYWORD_CA_FILE },
  { "sni", KEYWORD_NAME },
  { "check-sni", KEYWORD_NAME },
  { "init-addr", KEYWORD_SILENT }, /* here names are looked up all the time */
  { "id", KEYWORD_SILENT },
};

/* Keywords without a counterpart that one more word belongs to. Any other stands alone. */
static const char *const with_word[] = {
  "agent-addr", "agent-inter", "agent-port", "agent-send", "alpn", "cc", "check-alpn",
  "check-pool-conn-name", "check-proto", "ciphers", "ciphersuites", "client-sigalgs", "cookie",
  "crl-file", "crt", "curves", "error-limit", "guid", "hash-key", "idle-ping", "init-state",
  "interface", "log-bufsize", "log-proto", "max-reuse", "maxconn", "maxqueue", "minconn",
  "namespace", "npn", "observe", "on-error", "on-marked-down", "on-marked-up", "pool-conn-name",
  "pool-low-conn", "pool-max-conn", "pool-purge-delay", "proto", "proxy-v2-options", "resolve-net",
  "resolve-opts", "resolve-prefer", "resolvers", "shard", "sigalgs", "socks4", "source",
  "ssl-max-ver", "ssl-min-ver", "tcp-ut", "track", "usesrc", "verifyhost", "ws", NULL,
};

/**
 * lb_haproxy_read_time:
 * @text: a number, maybe with a unit
 * @ms: (out): the time in milliseconds
 *
 * Returns: whether it is a time as HAProxy writes it; @ms is untouched if not
 */
gboolean
lb_haproxy_read_time (const char *text,
                      gint64 *ms)
{
  static const LbExchangeUnit units[] = {
    { "", 1000 },     { "us", 1 },          { "ms", 1000 },
    { "s", 1000000 }, { "m", 60 * 1000000 }, { "h", G_GINT64_CONSTANT (3600) * 1000000 },
    { "d", G_GINT64_CONSTANT (86400) * 1000000 },
  };

  return lb_exchange_read_time (text, units, G_N_ELEMENTS (units), ms);
}

/* Takes an address apart, with the brackets of IPv6 or without. The port is empty if none is written. */
static gboolean
lb_haproxy_split_address (const char *address,
                          char **host,
                          const char **port)
{
  const char *colon = strrchr (address, ':');
  const char *bracket = strrchr (address, ']');

  if (colon == NULL || (bracket != NULL && colon < bracket))
    colon = address + strlen (address);

  if (colon == address || strchr ("/@", *address) != NULL)
    return FALSE;

  if (*address == '[' && bracket == colon - 1)
    *host = g_strndup (address + 1, (gsize) (bracket - address - 1));
  else
    *host = g_strndup (address, (gsize) (colon - address));
  *port = *colon == ':' ? colon + 1 : colon;

  return TRUE;
}

/* An address without the family that may stand in front; %NULL if it is none of the internet's. */
static const char *
lb_haproxy_skip_family (const char *address)
{
  static const char *const families[] = { "ipv4@", "ipv6@", "tcp@", "tcp4@", "tcp6@" };

  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    if (g_str_has_prefix (address, families[i]))
      return address + strlen (families[i]);

  return strchr (address, '@') == NULL ? address : NULL;
}

/**
 * lb_haproxy_server_get_address:
 * @self: a server
 * @host: (out) (transfer full): its host
 * @port: (out): its port; if none is written, that of its scheme
 * @notes: what to add a note to
 *
 * Returns: whether it can be reached by a URL; if not that is noted, and @host and @port are untouched
 */
gboolean
lb_haproxy_server_get_address (const LbHaproxyServer *self,
                               char **host,
                               guint *port,
                               LbExchangeNotes *notes)
{
  g_autofree char *name = NULL;
  const char *address = lb_haproxy_skip_family (self->address);
  const char *digits = NULL;
  gint64 number = 0;

  if (address == NULL || !lb_haproxy_split_address (address, &name, &digits) ||
      (*digits != '\0' && (!lb_exchange_read_integer (digits, &number) || number > G_MAXUINT16)))
    {
      lb_exchange_notes_add (notes, self->line,
                             _("The backend is left out: no URL leads to the address “%s”. Write "
                               "a host and a port there."),
                             self->address);
      return FALSE;
    }

  if (*digits == '\0')
    {
      number = self->ssl ? 443 : 80;
      lb_exchange_notes_add (notes, self->line, _("“%s” names no port, so %d is taken."),
                             self->address, (int) number);
    }

  *host = g_steal_pointer (&name);
  *port = (guint) number;

  return TRUE;
}

static void
lb_haproxy_server_leave_out (const LbHaproxyServer *self,
                             const char *what,
                             LbExchangeNotes *notes)
{
  lb_exchange_notes_add (notes, self->line,
                         _("“%s” has no counterpart here and is left out."), what);
}

/* Whether a name that is asked for by TLS is the one that would be asked for anyway. */
static gboolean
lb_haproxy_server_is_own_name (const LbHaproxyServer *self,
                               const char *name)
{
  g_autofree char *host = NULL;
  g_autofree char *bare = g_strdup (name);
  const char *port;

  if (g_str_has_prefix (name, "str(") && g_str_has_suffix (name, ")"))
    {
      g_free (bare);
      bare = g_strndup (name + strlen ("str("), strlen (name) - strlen ("str()"));
    }

  if (self->check_address != NULL && g_ascii_strcasecmp (self->check_address, bare) == 0)
    return TRUE;

  return self->address != NULL && lb_haproxy_split_address (self->address, &host, &port) &&
         g_ascii_strcasecmp (host, bare) == 0;
}

/* Returns whether the word that belongs to the keyword is one that we can use. */
static gboolean
lb_haproxy_server_apply (LbHaproxyServer *self,
                         const LbHaproxyKeyword *keyword,
                         const char *word)
{
  gpointer place = G_STRUCT_MEMBER_P (self, keyword->offset);
  gint64 number = -1;

  switch (keyword->kind)
    {
    case KEYWORD_TIME:
      return lb_haproxy_read_time (word, place);

    case KEYWORD_NUMBER:
      return lb_exchange_read_integer (word, place);

    case KEYWORD_SWITCH:
      *(gboolean *) place = keyword->value;
      return TRUE;

    case KEYWORD_TEXT:
      g_free (*(char **) place);
      *(char **) place = g_strdup (word);
      return *word != '\0';

    case KEYWORD_WEIGHT:
      return lb_exchange_read_integer (word, &self->weight);

    case KEYWORD_PORT:
      if (!lb_exchange_read_integer (word, &number) || number < 1 || number > G_MAXUINT16)
        return FALSE;
      self->check_port = (guint) number;
      return TRUE;

    case KEYWORD_VERIFY:
      self->verify = g_str_equal (word, "required");
      return self->verify || g_str_equal (word, "none");

    case KEYWORD_CA_FILE:
      return g_str_equal (word, "@system-ca");

    case KEYWORD_NAME:
      return lb_haproxy_server_is_own_name (self, word);

    case KEYWORD_SILENT:
      return TRUE;

    default:
      g_assert_not_reached ();
    }
}

static const LbHaproxyKeyword *
lb_haproxy_find_keyword (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (keywords); i++)
    if (g_str_equal (keywords[i].name, name))
      return &keywords[i];

  return NULL;
}

/**
 * lb_haproxy_server_read:
 * @self: a server
 * @words: a line
 * @first: which word is the first of its keywords
 * @notes: what to add a note to for each keyword that is not taken over
 */
void
lb_haproxy_server_read (LbHaproxyServer *self,
                        const LbExchangeWords *words,
                        guint first,
                        LbExchangeNotes *notes)
{
  for (guint i = first; i < words->words->len; i++)
    {
      const char *name = lb_exchange_words_get (words, i);
      const LbHaproxyKeyword *keyword = lb_haproxy_find_keyword (name);

      if (keyword == NULL)
        {
          if (!g_str_has_prefix (name, "no-"))
            lb_haproxy_server_leave_out (self, name, notes);
          if (g_strv_contains (with_word, name))
            i++;
        }
      else if (keyword->alone)
        lb_haproxy_server_apply (self, keyword, "");
      else if (!lb_haproxy_server_apply (self, keyword, lb_exchange_words_get (words, ++i)))
        {
          g_autofree char *both =
            g_strdup_printf ("%s %s", name, lb_exchange_words_get (words, i));

          lb_haproxy_server_leave_out (self, both, notes);
        }
    }
}

/**
 * lb_haproxy_server_new:
 * @defaults: (nullable): what holds for a server that does not say otherwise
 *
 * Returns: (transfer full): a server without name and address
 */
LbHaproxyServer *
lb_haproxy_server_new (const LbHaproxyServer *defaults)
{
  LbHaproxyServer *self = g_new0 (LbHaproxyServer, 1);

  if (defaults != NULL)
    {
      *self = *defaults;
      self->name = NULL;
      self->address = NULL;
      self->check_address = g_strdup (defaults->check_address);
      self->redirect = g_strdup (defaults->redirect);
      return self;
    }

  self->verify = -1;
  self->weight = -1;
  for (guint i = 0; i < LB_HAPROXY_N_TIMES; i++)
    self->times[i] = -1;

  return self;
}

/**
 * lb_haproxy_server_free:
 * @self: (transfer full): a server
 */
void
lb_haproxy_server_free (LbHaproxyServer *self)
{
  g_free (self->name);
  g_free (self->address);
  g_free (self->check_address);
  g_free (self->redirect);
  g_free (self);
}
