/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "lb-maglev"

#include "config.h"

#include "policy/lb-maglev.h"

#include <stdlib.h>

#define ENTRIES_PER_BACKEND 100

/* The primes after 2^16, 2^18 and so on. */
static const guint sizes[] = { 65537, 262147, 1048583, 4194319, 16777259 };

/* While the table is filled: one backend's way through it. */
typedef struct
{
  guint place;   /* among the candidates */
  guint64 hash;  /* of its name; the order does not depend on the pool's */
  guint next;    /* the entry it would like now */
  guint skip;    /* from that to the one it would like then */
  double weight; /* 1 for the heaviest */
  double target;
} LbMaglevWalker;

/* FNV-1a (Fowler, Noll, Vo), with the finalizer of MurmurHash3 so that all bits depend on all. It never
 * changes: the same key goes to the same backend across restarts. */
static guint64
lb_maglev_hash (const void *bytes,
                gsize length,
                guint64 seed)
{
  const guint8 *p = bytes;
  guint64 hash = G_GUINT64_CONSTANT (0xcbf29ce484222325) ^ seed;

  for (gsize i = 0; i < length; i++)
    hash = (hash ^ p[i]) * G_GUINT64_CONSTANT (0x100000001b3);

  hash = (hash ^ (hash >> 33)) * G_GUINT64_CONSTANT (0xff51afd7ed558ccd);
  hash = (hash ^ (hash >> 33)) * G_GUINT64_CONSTANT (0xc4ceb9fe1a85ec53);

  return hash ^ (hash >> 33);
}

/* With another size nearly every key goes elsewhere. So there are few sizes, and who has grown stays as
 * large until there are clearly fewer backends: around a limit they come and go, too. */
static guint
choose_size (guint n,
             guint old_size)
{
  guint step = 0;

  while (step + 1 < G_N_ELEMENTS (sizes) && sizes[step] / ENTRIES_PER_BACKEND < n)
    step++;

  if (step + 1 < G_N_ELEMENTS (sizes) && sizes[step + 1] == old_size &&
      n > sizes[step] / ENTRIES_PER_BACKEND / 4 * 3)
    step++;

  return sizes[step];
}

static int
compare_walkers (gconstpointer a,
                 gconstpointer b)
{
  const LbMaglevWalker *x = a;
  const LbMaglevWalker *y = b;

  return (x->hash > y->hash) - (x->hash < y->hash);
}

static LbMaglevWalker *
lb_maglev_make_walkers (const LbMaglev *self,
                        guint n)
{
  LbMaglevWalker *walkers = g_new (LbMaglevWalker, n);
  guint heaviest = 1;

  for (guint i = 0; i < n; i++)
    heaviest = MAX (heaviest, lb_backend_get_weight (self->candidates[i]));

  for (guint i = 0; i < n; i++)
    {
      gsize length;
      const char *name = lb_backend_get_prefix (self->candidates[i], &length);

      walkers[i].place = i;
      walkers[i].hash = lb_maglev_hash (name, length, 0);
      walkers[i].next = (guint) (walkers[i].hash % self->size);
      walkers[i].skip = (guint) (lb_maglev_hash (name, length, 1) % (self->size - 1)) + 1;
      walkers[i].weight = (double) lb_backend_get_weight (self->candidates[i]) / heaviest;
      walkers[i].target = 0.0;
    }

  qsort (walkers, n, sizeof walkers[0], compare_walkers);

  return walkers;
}

/* The next entry on a walker's way that nobody has taken. Most of the time goes into looking at taken
 * ones, at random places; so there is a bit for each, and all of them fit into a cache. */
static guint
lb_maglev_walk (const LbMaglev *self,
                LbMaglevWalker *walker,
                guint64 *taken)
{
  guint entry;

  do
    {
      entry = walker->next;
      walker->next += walker->skip;
      if (walker->next >= self->size)
        walker->next -= self->size;
    }
  while ((taken[entry / 64] >> (entry % 64) & 1) != 0);

  taken[entry / 64] |= G_GUINT64_CONSTANT (1) << (entry % 64);

  return entry;
}

/**
 * lb_maglev_clear:
 * @self: a table
 *
 * Empties the table and frees what it holds.
 */
void
lb_maglev_clear (LbMaglev *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->entries, g_free);
  self->candidates = NULL;
  self->size = 0;
}

/**
 * lb_maglev_build:
 * @self: a table
 * @candidates: (array length=n): borrowed until the table is built anew or cleared
 * @n: how many; at least one
 *
 * Fills the table as in Eisenbud et al., "Maglev: A Fast and Reliable Software Network Load Balancer"
 * (NSDI '16), with the weights that people have set: one with half the weight of the heaviest takes an
 * entry in every other round, as in Envoy. The table has at least a hundred entries for each of up to
 * 167,000 backends.
 */
void
lb_maglev_build (LbMaglev *self,
                 LbBackend *const *candidates,
                 guint n)
{
  g_autofree LbMaglevWalker *walkers = NULL;
  g_autofree guint64 *taken = NULL;
  guint size;
  guint filled = 0;

  g_return_if_fail (self != NULL);
  g_return_if_fail (n > 0);

  size = choose_size (n, self->size);
  if (self->size != size)
    self->entries = g_renew (guint32, self->entries, size);
  self->size = size;
  self->candidates = candidates;

  walkers = lb_maglev_make_walkers (self, n);
  taken = g_new0 (guint64, size / 64 + 1);

  for (guint round = 1; filled < size; round++)
    for (guint i = 0; i < n && filled < size; i++)
      {
        LbMaglevWalker *walker = &walkers[i];

        if (round * walker->weight < walker->target)
          continue;

        walker->target += 1.0;
        self->entries[lb_maglev_walk (self, walker, taken)] = walker->place;
        filled++;
      }
}

/**
 * lb_maglev_lookup:
 * @self: a table that was built
 * @key: (array length=length): what to look up
 * @length: its length in bytes
 *
 * Returns: (transfer none): the backend of @key
 */
LbBackend *
lb_maglev_lookup (const LbMaglev *self,
                  const void *key,
                  gsize length)
{
  guint64 hash = lb_maglev_hash (key, length, 2) >> 32;

  return self->candidates[self->entries[(hash * self->size) >> 32]];
}
