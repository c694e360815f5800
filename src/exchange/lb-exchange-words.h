/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* More words of a line or a directive than this are dropped: neither HAProxy nor nginx takes that many
 * where a pool is described. */
#define LB_EXCHANGE_MAX_WORDS 256

/**
 * LbExchangeToken:
 * @LB_EXCHANGE_LINE: a line of words, or a directive that ends with `;`
 * @LB_EXCHANGE_OPEN: the words before a `{`
 * @LB_EXCHANGE_CLOSE: a `}`
 * @LB_EXCHANGE_END: the end of the text
 * @LB_EXCHANGE_BROKEN: there is a fault, and the error is set
 *
 * What was read.
 */
typedef enum
{
  LB_EXCHANGE_LINE,
  LB_EXCHANGE_OPEN,
  LB_EXCHANGE_CLOSE,
  LB_EXCHANGE_END,
  LB_EXCHANGE_BROKEN,
} LbExchangeToken;

/**
 * LbExchangeWords:
 * @words: (element-type utf8): the words that were read last, without their quotes
 * @line: the line on which the first of them stands; lines are counted from 1
 *
 * A text that is read word by word. It keeps no more of it than one line.
 */
typedef struct
{
  GPtrArray *words;
  guint line;

  /*< private >*/
  const char *p;
  guint current_line;
  GString *word;
} LbExchangeWords;

gboolean        lb_exchange_check_length     (gsize                   length,
                                              gsize                   max,
                                              GError                **error);

void            lb_exchange_words_init       (LbExchangeWords        *self,
                                              const char             *text);
void            lb_exchange_words_clear      (LbExchangeWords        *self);

LbExchangeToken lb_exchange_words_next_line  (LbExchangeWords        *self,
                                              GError                **error);
LbExchangeToken lb_exchange_words_next_block (LbExchangeWords        *self,
                                              GError                **error);
void            lb_exchange_words_skip_block (LbExchangeWords        *self);
const char     *lb_exchange_words_get        (const LbExchangeWords  *self,
                                              guint                   place);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (LbExchangeWords, lb_exchange_words_clear)

G_END_DECLS
