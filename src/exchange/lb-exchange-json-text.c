/* SPDX-License-Identifier: GPL-3.0-or-later */
#define G_LOG_DOMAIN "lb-exchange-json"

#include "config.h"

#include "exchange/lb-exchange-json-text.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "config/lb-json-text.h"
#include "exchange/lb-exchange-error.h"
#include "exchange/lb-exchange-words.h"

/*
 * JSON from anywhere, and what may or may not be in it.
 */

/* Several times as many as the largest pool needs: each costs some hundred bytes of memory. */
#define MAX_VALUES 1000000

/* A certificate or a page may be among them. */
#define MAX_TEXT (256 * 1024)

/* Counts what begins or separates values; in a text it makes no difference. */
static gboolean
lb_exchange_check_values (const char *text,
                          GError **error)
{
  guint n_values = 0;

  for (const char *p = text; *p != '\0'; p++)
    if (*p == ',' || *p == '[' || *p == '{')
      n_values++;

  if (n_values <= MAX_VALUES)
    return TRUE;

  g_set_error (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_TOO_LARGE,
               _("The file holds more than %d values. Import a part of it that describes pools."),
               MAX_VALUES);

  return FALSE;
}

/* What is no JSON may have any quotes; that is told when it is parsed. */
static gboolean
lb_exchange_check_texts (const char *text,
                         GError **error)
{
  const char *start = NULL; /* of the text that is open */

  for (const char *p = text; *p != '\0'; p++)
    {
      if (start != NULL && *p == '\\' && p[1] != '\0')
        p++;
      else if (*p == '"' && start == NULL)
        start = p;
      else if (*p == '"')
        {
          if (!lb_exchange_check_length ((gsize) (p - start), MAX_TEXT, error))
            return FALSE;
          start = NULL;
        }
    }

  return TRUE;
}

/**
 * lb_exchange_parse_json:
 * @text: what is thought to be JSON; anything is safe
 * @error: return location for a #LbExchangeError
 *
 * Returns: (transfer full) (nullable): an object; of a list, one that has it as `backends`
 */
JsonObject *
lb_exchange_parse_json (const char *text,
                        GError **error)
{
  g_autofree char *wrapped = NULL;
  g_autoptr (GError) local_error = NULL;
  JsonObject *object;

  if (!lb_exchange_check_values (text, error) || !lb_exchange_check_texts (text, error))
    return NULL;

  if (text[strspn (text, " \t\r\n")] == '[')
    {
      wrapped = g_strconcat ("{\"backends\":", text, "}", NULL);
      text = wrapped;
    }

  object = lb_json_text_parse (text, strlen (text), &local_error);
  if (object == NULL)
    g_set_error_literal (error, LB_EXCHANGE_ERROR, LB_EXCHANGE_ERROR_SYNTAX, local_error->message);

  return object;
}

/**
 * lb_exchange_get_object:
 * @object: (nullable): an object
 * @name: a key
 *
 * Returns: (transfer none) (nullable): the object that is there
 */
JsonObject *
lb_exchange_get_object (JsonObject *object,
                        const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
}

/**
 * lb_exchange_get_array:
 * @object: (nullable): an object
 * @name: a key
 *
 * Returns: (transfer none) (nullable): the list that is there
 */
JsonArray *
lb_exchange_get_array (JsonObject *object,
                       const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? json_node_get_array (node) : NULL;
}

/**
 * lb_exchange_get_string:
 * @object: (nullable): an object
 * @name: a key
 *
 * Returns: (transfer none) (nullable): the text that is there
 */
const char *
lb_exchange_get_string (JsonObject *object,
                        const char *name)
{
  JsonNode *node = object != NULL ? json_object_get_member (object, name) : NULL;

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) &&
             json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node)
           : NULL;
}
