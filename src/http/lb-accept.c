/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "http/lb-accept.h"

#include <string.h>

/*
 * What a client would like to get (RFC 9110, 12.5.1). Nothing is allocated. It is read kindly: an
 * element that makes no sense is passed over, and parameters that the offered type does not have, such
 * as "escaping" or "profile", are a wish that is not granted, no reason to give nothing.
 */

#define QUALITY_MAX 1000

/* How precisely a range names a type. */
enum
{
  PRECISION_NONE,
  PRECISION_ANY,     /* any type */
  PRECISION_TYPE,    /* any subtype */
  PRECISION_SUBTYPE, /* and one more for each parameter that agrees */
  PRECISION_MAX = 15,
  N_PRECISIONS,
};

typedef struct
{
  const char *p;
  const char *end;
} Text;

typedef struct
{
  Text name;
  Text value; /* without its quotes; what is escaped in them stays so */
} Parameter;

/* One element of the list. */
typedef struct
{
  Text type;
  Text subtype;
  Text parameters; /* from the first ";" */
  guint quality;
} Range;

static gboolean
is_token (char c)
{
  return g_ascii_isalnum (c) || (c != '\0' && strchr ("!#$%&'*+-.^_`|~", c) != NULL);
}

static gboolean
is_same (Text a,
         Text b)
{
  const gsize length = (gsize) (a.end - a.p);

  return length == (gsize) (b.end - b.p) && g_ascii_strncasecmp (a.p, b.p, length) == 0;
}

static gboolean
is_text (Text text,
         const char *lower_case)
{
  return is_same (text, (Text){ lower_case, lower_case + strlen (lower_case) });
}

static void
skip_space (Text *text)
{
  while (text->p < text->end && (*text->p == ' ' || *text->p == '\t'))
    text->p++;
}

static gboolean
take_char (Text *text,
           char c)
{
  if (text->p == text->end || *text->p != c)
    return FALSE;

  text->p++;

  return TRUE;
}

static gboolean
take_token (Text *text,
            Text *token)
{
  token->p = text->p;
  while (text->p < text->end && is_token (*text->p))
    text->p++;
  token->end = text->p;

  return token->p < token->end;
}

/* Behind the opening quote. */
static gboolean
take_quoted (Text *text,
             Text *value)
{
  value->p = text->p;

  for (; text->p < text->end && *text->p != '"'; text->p++)
    if (*text->p == '\\' && text->p + 1 < text->end)
      text->p++;

  value->end = text->p;

  return take_char (text, '"');
}

static gboolean
take_value (Text *text,
            Text *value)
{
  return take_char (text, '"') ? take_quoted (text, value) : take_token (text, value);
}

/* OWS ";" OWS [ name "=" value ], passing over the empty ones. FALSE at the end, or where it makes no
 * sense, which leaves something behind. */
static gboolean
take_parameter (Text *text,
                Parameter *parameter)
{
  do
    {
      skip_space (text);
      if (!take_char (text, ';'))
        return FALSE;
      skip_space (text);
    }
  while (!take_token (text, &parameter->name));

  if (take_char (text, '=') && take_value (text, &parameter->value))
    return TRUE;

  text->p = parameter->name.p;

  return FALSE;
}

/* In thousandths. Some leave out the 0 before the point. */
static gboolean
read_quality (Text value,
              guint *quality)
{
  guint number = 0;
  guint unit = QUALITY_MAX;
  gboolean is_fraction = FALSE;
  gboolean is_number = FALSE;

  for (; value.p < value.end; value.p++)
    {
      const guint digit = (guint) g_ascii_digit_value (*value.p);

      if (*value.p == '.' && !is_fraction)
        is_fraction = TRUE;
      else if (!g_ascii_isdigit (*value.p))
        return FALSE;
      else
        {
          unit = is_fraction ? unit / 10 : QUALITY_MAX;
          number = MIN (number + digit * unit, QUALITY_MAX);
          is_number = TRUE;
        }
    }

  *quality = number;

  return is_number;
}

static gboolean
read_range (Text text,
            Range *range)
{
  Parameter parameter;

  skip_space (&text);
  if (!take_token (&text, &range->type))
    return FALSE;

  /* Java says "*" alone where it takes anything. */
  range->subtype = range->type;
  if (take_char (&text, '/') ? !take_token (&text, &range->subtype) : !is_text (range->type, "*"))
    return FALSE;
  if (is_text (range->type, "*") && !is_text (range->subtype, "*"))
    return FALSE;

  range->parameters = text;
  range->quality = QUALITY_MAX;

  while (take_parameter (&text, &parameter))
    if (is_text (parameter.name, "q") && !read_quality (parameter.value, &range->quality))
      return FALSE;

  skip_space (&text);

  return text.p == text.end;
}

/* The next element of the list that makes sense. Commas in quotes do not end one. */
static gboolean
take_range (Text *list,
            Range *range)
{
  while (list->p < list->end)
    {
      Text element = { list->p, list->p };
      gboolean quoted = FALSE;

      for (; element.end < list->end && (quoted || *element.end != ','); element.end++)
        if (*element.end == '"')
          quoted = !quoted;
        else if (quoted && *element.end == '\\' && element.end + 1 < list->end)
          element.end++;

      list->p = element.end < list->end ? element.end + 1 : element.end;
      if (read_range (element, range))
        return TRUE;
    }

  return FALSE;
}

static gboolean
find_parameter (const Range *range,
                Text name,
                Text *value)
{
  Text text = range->parameters;
  Parameter parameter;

  while (take_parameter (&text, &parameter))
    if (is_same (parameter.name, name))
      {
        *value = parameter.value;
        return TRUE;
      }

  return FALSE;
}

/* Returns how precisely a range names an offered type. */
static guint
match (const Range *range,
       const Range *offer)
{
  Text text = range->parameters;
  guint precision = PRECISION_SUBTYPE;
  Parameter parameter;
  Text value;

  if (is_text (range->type, "*"))
    return PRECISION_ANY;
  if (!is_same (range->type, offer->type))
    return PRECISION_NONE;
  if (is_text (range->subtype, "*"))
    return PRECISION_TYPE;
  if (!is_same (range->subtype, offer->subtype))
    return PRECISION_NONE;

  while (take_parameter (&text, &parameter))
    if (find_parameter (offer, parameter.name, &value))
      {
        if (!is_same (parameter.value, value))
          return PRECISION_NONE;
        precision++;
      }

  return MIN (precision, PRECISION_MAX);
}

/**
 * lb_accept_rank:
 * @accept: (nullable) (array length=length): the value of Accept, or %NULL without one
 * @length: its length
 * @content_type: what could be given, with its parameters
 *
 * Says how welcome a media type is. The range that names it most precisely decides. Of a range's
 * parameters those count that @content_type has, too. Without any range everything is welcome.
 *
 * Returns: 0 if it is not acceptable; otherwise the higher, the better: by quality, and at the same
 *   quality by how precisely it is named
 */
guint
lb_accept_rank (const char *accept,
                gsize length,
                const char *content_type)
{
  Text list = { accept, accept != NULL ? accept + length : NULL };
  gboolean any = FALSE;
  guint best = PRECISION_NONE;
  guint quality = 0;
  Range offer;
  Range range;

  g_return_val_if_fail (content_type != NULL, 0);
  g_return_val_if_fail (
    read_range ((Text){ content_type, content_type + strlen (content_type) }, &offer), 0);

  while (take_range (&list, &range))
    {
      const guint precision = match (&range, &offer);

      any = TRUE;
      if (precision > best || (precision == best && range.quality > quality))
        {
          best = precision;
          quality = range.quality;
        }
    }

  if (!any)
    return QUALITY_MAX * N_PRECISIONS + PRECISION_ANY;

  return best != PRECISION_NONE && quality > 0 ? quality * N_PRECISIONS + best : 0;
}

/**
 * lb_accept_names:
 * @accept: (nullable) (array length=length): the value of Accept, or %NULL without one
 * @length: its length
 * @media_type: type and subtype in lower case, without parameters
 *
 * Returns: whether a range names exactly this type, and as acceptable
 */
gboolean
lb_accept_names (const char *accept,
                 gsize length,
                 const char *media_type)
{
  return lb_accept_rank (accept, length, media_type) % N_PRECISIONS >= PRECISION_SUBTYPE;
}
