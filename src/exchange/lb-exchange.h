/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "exchange/lb-exchange-error.h"
#include "exchange/lb-exchange-pool.h"

G_BEGIN_DECLS

/* A larger file is refused unread. */
#define LB_EXCHANGE_MAX_SIZE (16 * 1024 * 1024)

typedef struct _LbExchangeFormat LbExchangeFormat;

/**
 * LbExchangeImport:
 * @format: what it was read as
 * @probe: how backends are probed that make no exception, as the caller said
 * @pools: (element-type LbExchangePool): the pools in the file, of which each has a backend at least
 * @notes: what could not be taken over as it is, besides what the pools say for themselves
 *
 * What was read from a file.
 */
typedef struct
{
  const LbExchangeFormat *format;
  LbProbeSettings probe;
  GPtrArray *pools;
  LbExchangeNotes *notes;

  /*< private >*/
  guint n_backends;
} LbExchangeImport;

/**
 * LbExchangeFormat:
 * @id: its name on the command line
 * @title: its name for people; it is the same in every language
 * @suffix: what the name of such a file ends with, such as `.json`
 * @media_type: what it is for other programs
 *
 * A format in which pools travel.
 */
struct _LbExchangeFormat
{
  const char *id;
  const char *title;
  const char *suffix;
  const char *media_type;

  /*< private >*/
  gboolean (*detect) (const char *text);
  gboolean (*read) (LbExchangeImport *import, const char *text, GError **error);
  /* Writes nothing if no backend is left. */
  void (*write) (const LbExchangePool *pool, GString *out, LbExchangeNotes *notes);
};

const LbExchangeFormat *lb_exchange_format_list       (guint                    index);
const LbExchangeFormat *lb_exchange_format_find       (const char              *id);
gboolean                lb_exchange_format_can_import (const LbExchangeFormat  *self);
gboolean                lb_exchange_format_can_export (const LbExchangeFormat  *self);
const LbExchangeFormat *lb_exchange_format_detect     (GBytes                  *contents);

LbExchangeImport       *lb_exchange_import            (GBytes                  *contents,
                                                       const LbExchangeFormat  *format,
                                                       const LbProbeSettings   *probe,
                                                       GError                 **error);
void                    lb_exchange_import_free       (LbExchangeImport        *self);
LbExchangePool         *lb_exchange_import_find       (LbExchangeImport        *self,
                                                       const char              *name);

GBytes                 *lb_exchange_export            (const LbExchangeFormat  *format,
                                                       const LbExchangePool    *pool,
                                                       LbExchangeNotes         *notes,
                                                       GError                 **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LbExchangeImport, lb_exchange_import_free)

G_END_DECLS
