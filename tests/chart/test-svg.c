/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/lb-chart-font.h"
#include "chart/lb-chart-svg.h"
#include "chart/snapshot-fixture.h"

#define WIDTH 900
#define HEIGHT 320

/* What a parser finds in an SVG. */
typedef struct
{
  GHashTable *counts; /* name of an element → how many */
  GHashTable *fills;  /* colour → how many paths are filled with it */
  GPtrArray *titles;  /* of all elements, in their order */
  GPtrArray *texts;   /* that can be read, in their order */
  GString *description;
  guint n_dashed;
  guint n_clipped;
  gboolean in_clip;
} Document;

static const char *
find_attribute (const char **names,
                const char **values,
                const char *name)
{
  for (guint i = 0; names[i] != NULL; i++)
    {
      if (g_str_equal (names[i], name))
        return values[i];
    }

  return NULL;
}

static void
count (GHashTable *table,
       const char *key)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (table, key));

  g_hash_table_insert (table, g_strdup (key), GUINT_TO_POINTER (n + 1));
}

static guint
get_count (GHashTable *table,
           const char *key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (table, key));
}

static void
on_start (GMarkupParseContext *parser,
          const char *element,
          const char **names,
          const char **values,
          gpointer user_data,
          GError **error)
{
  Document *document = user_data;
  const char *fill = find_attribute (names, values, "fill");
  const char *clip = find_attribute (names, values, "clip-path");

  count (document->counts, element);
  document->in_clip |= g_str_equal (element, "clipPath");

  if (g_str_equal (element, "path") && !document->in_clip)
    {
      g_assert_nonnull (fill);
      count (document->fills, fill);
      document->n_dashed += find_attribute (names, values, "stroke-dasharray") != NULL;
    }

  /* Every clip that is used has just been defined. */
  if (clip != NULL)
    {
      g_autofree char *last =
        g_strdup_printf ("url(#lb-clip-%u)", get_count (document->counts, "clipPath"));

      g_assert_cmpstr (clip, ==, last);
      document->n_clipped++;
    }

  if (g_str_equal (element, "text"))
    {
      double x = g_ascii_strtod (find_attribute (names, values, "x"), NULL);
      double y = g_ascii_strtod (find_attribute (names, values, "y"), NULL);
      double width = g_ascii_strtod (find_attribute (names, values, "textLength"), NULL);

      g_assert_cmpfloat (x - width / 2, >=, 0);
      g_assert_cmpfloat (x + width / 2, <=, WIDTH);
      g_assert_cmpfloat (y, >, 0);
      g_assert_cmpfloat (y, <, HEIGHT);
    }

  /* Nothing is loaded, and nothing runs. */
  g_assert_false (g_str_equal (element, "script"));
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_assert_false (g_str_has_prefix (names[i], "on"));
      g_assert_false (g_str_has_suffix (names[i], "href"));
    }
}

static void
on_end (GMarkupParseContext *parser,
        const char *element,
        gpointer user_data,
        GError **error)
{
  Document *document = user_data;

  if (g_str_equal (element, "clipPath"))
    document->in_clip = FALSE;
}

static void
on_text (GMarkupParseContext *parser,
         const char *text,
         gsize length,
         gpointer user_data,
         GError **error)
{
  Document *document = user_data;
  const char *element = g_markup_parse_context_get_element (parser);

  if (g_str_equal (element, "title"))
    g_ptr_array_add (document->titles, g_strndup (text, length));
  else if (g_str_equal (element, "text"))
    g_ptr_array_add (document->texts, g_strndup (text, length));
  else if (g_str_equal (element, "desc"))
    g_string_append_len (document->description, text, (gssize) length);
}

/* Characters that XML 1.0 can have in a document. */
static void
assert_characters (const char *text,
                   gsize length)
{
  g_assert_true (g_utf8_validate_len (text, length, NULL));

  for (const char *p = text; p < text + length; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      g_assert_true (c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c <= 0xd7ff) ||
                     (c >= 0xe000 && c <= 0xfffd) || (c >= 0x10000 && c <= 0x10ffff));
    }
}

static void
document_init (Document *document,
               GBytes *svg)
{
  static const GMarkupParser functions = { on_start, on_end, on_text, NULL, NULL };
  gsize length;
  const char *text = g_bytes_get_data (svg, &length);
  g_autoptr (GError) error = NULL;
  GMarkupParseContext *parser;

  *document = (Document){
    .counts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .fills = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL),
    .titles = g_ptr_array_new_with_free_func (g_free),
    .texts = g_ptr_array_new_with_free_func (g_free),
    .description = g_string_new (NULL),
  };

  assert_characters (text, length);
  parser = g_markup_parse_context_new (&functions, 0, document, NULL);
  g_markup_parse_context_parse (parser, text, (gssize) length, &error);
  g_assert_no_error (error);
  g_markup_parse_context_end_parse (parser, &error);
  g_assert_no_error (error);
  g_markup_parse_context_free (parser);

  g_assert_cmpuint (get_count (document->counts, "svg"), ==, 1);
  g_assert_cmpuint (get_count (document->counts, "clipPath"), ==, document->n_clipped);
}

static void
document_clear (Document *document)
{
  g_hash_table_unref (document->counts);
  g_hash_table_unref (document->fills);
  g_ptr_array_unref (document->titles);
  g_ptr_array_unref (document->texts);
  g_string_free (document->description, TRUE);
}

static gboolean
document_has_text (const Document *document,
                   const char *text)
{
  return g_ptr_array_find_with_equal_func (document->texts, text, g_str_equal, NULL);
}

static GBytes *
create_svg (const LbSnapshot *snapshot,
            gboolean rtl)
{
  PangoContext *context = lb_chart_font_context_new ();
  g_autoptr (LbChartLayout) layout =
    lb_chart_layout_new_to_fit (snapshot, PLAIN, context, WIDTH, HEIGHT, rtl);
  LbChartPalette palette;

  g_object_unref (context);
  lb_chart_palette_init_light (&palette);
  return lb_chart_svg (layout, &palette, snapshot);
}

static void
set_url (LbSnapshot *snapshot,
         guint index,
         const char *url)
{
  g_ref_string_release (snapshot->backends[index].url);
  snapshot->backends[index].url = g_ref_string_new (url);
}

static void
test_texts_are_texts (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (3);
  g_autoptr (GBytes) svg = create_svg (snapshot, FALSE);
  Document document;

  document_init (&document, svg);
  g_assert_true (document_has_text (&document, "Response time"));
  g_assert_true (document_has_text (&document, "95th percentile"));
  g_assert_true (document_has_text (&document, "http://127.0.0.1:9003"));
  g_assert_true (document_has_text (&document, "15.0 ms"));
  g_assert_true (document_has_text (&document, "0"));
  document_clear (&document);
}

static void
test_each_backend_is_described (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (60);
  g_autoptr (GBytes) svg = NULL;
  Document document;

  snapshot_fixture_break (snapshot, 4);
  svg = create_svg (snapshot, FALSE);
  document_init (&document, svg);

  g_assert_cmpuint (document.titles->len, ==, 61);
  g_assert_cmpstr (document.titles->pdata[0], ==, "Response times of the backends");
  g_assert_cmpstr (document.titles->pdata[1], ==,
                   "http://127.0.0.1:9001\nready, up\nResponse time: 15.0 ms\n"
                   "95th percentile: 20.0 ms\nRedirects: 1000\nShare: 1.7%");
  g_assert_true (g_str_has_prefix (document.titles->pdata[5],
                                   "http://127.0.0.1:9005\nready, down (timeout)\n"));
  g_assert_cmpstr (document.description->str, ==, "59 up, 1 down");
  document_clear (&document);
}

/* The painter's marks are all there, in the painter's colours. */
static void
test_kinds_look_like_in_the_window (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (6);
  g_autoptr (GBytes) svg = NULL;
  Document document;

  snapshot_fixture_break (snapshot, 1);
  snapshot->backends[2].state = LB_STATE_DRAIN;
  snapshot->backends[3].state = LB_STATE_MAINT;
  snapshot_fixture_forget (snapshot, 4);
  svg = create_svg (snapshot, FALSE);
  document_init (&document, svg);

  /* Two that are up and the tint of one that drains; the tint of the one that is down. */
  g_assert_cmpuint (get_count (document.fills, "#3584e4"), ==, 3);
  g_assert_cmpuint (get_count (document.fills, "#d55e00"), ==, 1);
  /* Outlines of drain, maint, unknown and down, lines in maint, hatch and cross of down. */
  g_assert_cmpuint (get_count (document.fills, "none"), ==, 7);
  g_assert_cmpuint (document.n_dashed, ==, 1);
  /* The axis around the labels, the columns. */
  g_assert_cmpuint (document.n_clipped, ==, 2);
  document_clear (&document);
}

static void
test_hostile_urls_stay_text (void)
{
  static const char *const urls[] = {
    "http://a/\"'><script>alert(1)</script>&amp;<!--",
    "http://b/]]>\x01\x08\x1b\x7f\xc2\x85\xef\xbf\xbe",
    "http://\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d.example/\xe2\x80\xae",
    "http://b\xc3\xbc" "cher.example/\xf0\x9f\x90\x98",
  };
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (G_N_ELEMENTS (urls));
  g_autoptr (GBytes) svg = NULL;
  Document document;

  for (guint i = 0; i < G_N_ELEMENTS (urls); i++)
    set_url (snapshot, i, urls[i]);

  svg = create_svg (snapshot, FALSE);
  document_init (&document, svg);
  g_assert_true (g_str_has_prefix (document.titles->pdata[1], urls[0]));
  g_assert_true (g_str_has_prefix (document.titles->pdata[2], "http://b/]]>\xef\xbf\xbd"));
  g_assert_true (g_str_has_prefix (document.titles->pdata[3], urls[2]));
  g_assert_true (g_str_has_prefix (document.titles->pdata[4], urls[3]));
  g_assert_true (document_has_text (&document, "b\xc3\xbc" "cher.example/\xf0\x9f\x90\x98"));
  document_clear (&document);
}

static void
test_same_bytes_every_time (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (30);
  g_autoptr (GBytes) first = NULL;
  g_autoptr (GBytes) second = NULL;

  snapshot_fixture_break (snapshot, 7);
  first = create_svg (snapshot, FALSE);
  second = create_svg (snapshot, FALSE);
  g_assert_true (g_bytes_equal (first, second));
}

static void
test_size_is_reasonable (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (60);
  g_autoptr (GBytes) svg = create_svg (snapshot, FALSE);

  g_assert_cmpuint (g_bytes_get_size (svg), <, 60 * 1024);
}

static void
test_right_to_left (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (200);
  g_autoptr (GBytes) svg = create_svg (snapshot, TRUE);
  Document document;

  document_init (&document, svg);
  g_assert_true (document_has_text (&document, "Response time"));
  document_clear (&document);
}

static void
test_empty_pool (void)
{
  g_autoptr (LbSnapshot) snapshot = snapshot_fixture_new (0);
  g_autoptr (GBytes) svg = create_svg (snapshot, FALSE);
  Document document;

  document_init (&document, svg);
  g_assert_cmpuint (document.titles->len, ==, 1);
  g_assert_true (document_has_text (&document, "Add a backend to see how fast it answers."));
  document_clear (&document);
}

int
main (int argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, test) g_test_add_func ("/chart/svg/" path, test)

  ADD ("texts-are-texts", test_texts_are_texts);
  ADD ("each-backend-is-described", test_each_backend_is_described);
  ADD ("kinds-look-like-in-the-window", test_kinds_look_like_in_the_window);
  ADD ("hostile-urls-stay-text", test_hostile_urls_stay_text);
  ADD ("same-bytes-every-time", test_same_bytes_every_time);
  ADD ("size-is-reasonable", test_size_is_reasonable);
  ADD ("right-to-left", test_right_to_left);
  ADD ("empty-pool", test_empty_pool);

#undef ADD

  return g_test_run ();
}
