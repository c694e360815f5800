/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-agree"

#include "config.h"

#include "exchange/lb-exchange-agree.h"

#include <glib/gi18n-lib.h>
#include <stdio.h>

/*
 * Here each backend may be reached and probed in its own way; other programs reach or probe all of a
 * pool alike. So what most backends have is written, and those that have something else are named.
 */

/* Counts texts, to find the one that is most frequent; of several the one that came first. */

typedef struct
{
  GHashTable *counts;
  char *most;
  guint n_most;
} LbExchangeVote;

static void
lb_exchange_vote_cast (LbExchangeVote *self,
                       const char *text)
{
  guint n;

  if (self->counts == NULL)
    self->counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  n = GPOINTER_TO_UINT (g_hash_table_lookup (self->counts, text)) + 1;
  g_hash_table_insert (self->counts, g_strdup (text), GUINT_TO_POINTER (n));

  if (n > self->n_most)
    {
      self->n_most = n;
      g_free (self->most);
      self->most = g_strdup (text);
    }
}

static void
lb_exchange_vote_clear (LbExchangeVote *self)
{
  g_clear_pointer (&self->counts, g_hash_table_unref);
  g_clear_pointer (&self->most, g_free);
}

/**
 * lb_exchange_targets_keep_alike:
 * @targets: (element-type LbExchangeTarget): backends, of which some may be removed
 * @same_scheme: whether all must be http, or all https
 * @program: the name of the program that is written for
 * @notes: what to add a note to for each that is left out
 *
 * Keeps the largest group of backends that have the same base path, and maybe the same scheme, for
 * programs that cannot have different ones in one pool.
 */
void
lb_exchange_targets_keep_alike (GPtrArray *targets,
                                gboolean same_scheme,
                                const char *program,
                                LbExchangeNotes *notes)
{
  LbExchangeVote vote = { 0 };

  for (int pass = 0; pass < 2; pass++)
    {
      for (guint i = 0; i < targets->len;)
        {
          LbExchangeTarget *target = g_ptr_array_index (targets, i);
          g_autofree char *kind =
            g_strconcat (same_scheme && target->secure ? "https:" : "", target->path, NULL);

          if (pass == 0)
            lb_exchange_vote_cast (&vote, kind);
          else if (g_strcmp0 (kind, vote.most) != 0)
            {
              lb_exchange_notes_add (notes, 0,
                                     same_scheme
                                       ? _("%s is left out: %s needs the same scheme and the same "
                                           "base path for all backends of a pool.")
                                       : _("%s is left out: %s needs the same base path for all "
                                           "backends of a pool."),
                                     lb_backend_get_url (target->backend), program);
              g_ptr_array_remove_index (targets, i);
              continue;
            }

          i++;
        }
    }

  lb_exchange_vote_clear (&vote);
}

/* What a field holds, as a text to compare it by. */
static char *
lb_exchange_print_field (const LbSetting *field,
                         const LbProbeSettings *settings)
{
  gconstpointer place = G_STRUCT_MEMBER_P (settings, field->offset);

  switch (field->kind)
    {
    case LB_SETTING_NUMBER:
      return g_strdup_printf ("%u", *(const guint *) place);

    case LB_SETTING_SHARE:
      return g_strdup_printf ("%a", *(const double *) place);

    case LB_SETTING_SWITCH:
      return g_strdup (*(const gboolean *) place ? "true" : "false");

    case LB_SETTING_TEXT:
      {
        const char *text = *(char *const *) place;

        return text != NULL ? g_strconcat ("=", text, NULL) : g_strdup ("");
      }

    case LB_SETTING_LINES:
      {
        char **lines = *(char **const *) place;

        return lines != NULL ? g_strjoinv ("\n", lines) : g_strdup ("");
      }

    default:
      g_assert_not_reached ();
    }
}

static void
lb_exchange_copy_field (const char *name,
                        LbProbeSettings *settings,
                        const LbProbeSettings *other)
{
  LbProbeExceptions exceptions = { *other, 0 };
  g_auto (LbProbeSettings) before = { 0 };

  /* Merging is how a single field is copied. */
  lb_probe_field_find (name, &exceptions.set);
  lb_probe_settings_copy (&before, settings);
  lb_probe_settings_merge (settings, &before, &exceptions);
}

/**
 * lb_exchange_targets_most:
 * @targets: (element-type LbExchangeTarget): backends
 * @fields: (array zero-terminated=1): names of settings
 * @most: (inout): where the values that most of @targets have are put
 */
void
lb_exchange_targets_most (GPtrArray *targets,
                          const char *const *fields,
                          LbProbeSettings *most)
{
  for (; *fields != NULL; fields++)
    {
      const LbSetting *field = lb_probe_field_find (*fields, NULL);
      LbExchangeVote vote = { 0 };
      const LbExchangeTarget *winner = NULL;

      g_assert (field != NULL);

      for (guint i = 0; i < targets->len; i++)
        {
          LbExchangeTarget *target = g_ptr_array_index (targets, i);
          g_autofree char *text = lb_exchange_print_field (field, &target->probe);
          const guint before = vote.n_most;

          lb_exchange_vote_cast (&vote, text);
          if (vote.n_most > before)
            winner = target;
        }

      if (winner != NULL)
        lb_exchange_copy_field (*fields, most, &winner->probe);
      lb_exchange_vote_clear (&vote);
    }
}

/**
 * lb_exchange_target_differs:
 * @self: a backend
 * @field: the name of a setting
 * @settings: settings
 *
 * Returns: whether that setting is another for @self than in @settings
 */
gboolean
lb_exchange_target_differs (const LbExchangeTarget *self,
                            const char *field,
                            const LbProbeSettings *settings)
{
  const LbSetting *row = lb_probe_field_find (field, NULL);
  g_autofree char *own = lb_exchange_print_field (row, &self->probe);
  g_autofree char *other = lb_exchange_print_field (row, settings);

  return !g_str_equal (own, other);
}

/**
 * lb_exchange_targets_agree:
 * @targets: (element-type LbExchangeTarget): backends
 * @fields: (array zero-terminated=1): names of settings
 * @common: (inout): where the values that most of @targets have are put
 * @program: the name of the program that is written for
 * @notes: what to add a note to for each value of a backend that is lost
 *
 * Settles what holds for all backends, for programs where it must be the same for all.
 */
void
lb_exchange_targets_agree (GPtrArray *targets,
                           const char *const *fields,
                           LbProbeSettings *common,
                           const char *program,
                           LbExchangeNotes *notes)
{
  lb_exchange_targets_most (targets, fields, common);

  for (guint i = 0; i < targets->len; i++)
    {
      LbExchangeTarget *target = g_ptr_array_index (targets, i);

      for (const char *const *field = fields; *field != NULL; field++)
        if (lb_exchange_target_differs (target, *field, common))
          lb_exchange_notes_add (notes, 0,
                                 _("%s: “%s” of its probes becomes that of the other backends, "
                                   "since %s checks all of them alike."),
                                 lb_backend_get_url (target->backend), *field, program);
    }
}

/* Where a backend is probed, as a text to compare it by: empty if it is where it serves, and %NULL
 * if it can only be there or at that place alone. */
static char *
lb_exchange_target_print_place (const LbExchangeTarget *self,
                                gboolean any_scheme)
{
  if (!lb_exchange_target_elsewhere (self))
    return g_strdup ("");

  if (!g_str_equal (self->probe_host, self->host) ||
      (!any_scheme && self->probe_secure != self->secure))
    return NULL;

  return g_strdup_printf ("%u %u", self->probe_port, self->probe_secure ? 1u : 0u);
}

/**
 * lb_exchange_targets_agree_port:
 * @targets: (element-type LbExchangeTarget): backends
 * @secure: (out) (optional): whether probes speak TLS there; %NULL if they must speak it where the
 *   backend does
 * @program: the name of the program that is written for
 * @notes: what to add a note to for each backend that is probed elsewhere
 *
 * Settles at which port of their own hosts backends are probed, for programs where it must be the
 * same port for all.
 *
 * Returns: the port; 0 if it is each one's own
 */
guint
lb_exchange_targets_agree_port (GPtrArray *targets,
                                gboolean *secure,
                                const char *program,
                                LbExchangeNotes *notes)
{
  LbExchangeVote vote = { 0 };
  guint port = 0;
  guint tls = 0;

  for (guint i = 0; i < targets->len; i++)
    {
      g_autofree char *place =
        lb_exchange_target_print_place (g_ptr_array_index (targets, i), secure != NULL);

      lb_exchange_vote_cast (&vote, place != NULL ? place : "");
    }

  for (guint i = 0; i < targets->len; i++)
    {
      LbExchangeTarget *target = g_ptr_array_index (targets, i);
      g_autofree char *place = lb_exchange_target_print_place (target, secure != NULL);

      if (g_strcmp0 (place, vote.most) != 0)
        lb_exchange_notes_add (notes, 0,
                               _("%s: “%s” of its probes becomes that of the other backends, since "
                                 "%s checks all of them alike."),
                               lb_backend_get_url (target->backend), "url", program);
    }

  if (vote.most != NULL && sscanf (vote.most, "%u %u", &port, &tls) == 2 && secure != NULL)
    *secure = tls == 1;
  lb_exchange_vote_clear (&vote);

  return port;
}
