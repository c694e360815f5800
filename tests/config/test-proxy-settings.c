/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "config/lb-proxy-settings.h"
#include "pool/lb-types.h"

static void
test_defaults (void)
{
  g_auto (LbProxySettings) settings = { 0 };
  g_autoptr (GError) error = NULL;

  lb_proxy_settings_init (&settings);
  g_assert_true (lb_proxy_settings_check (&settings, &error));
  g_assert_no_error (error);
  g_assert_null (settings.cookie);
  g_assert_null (settings.certificate);
  g_assert_false (settings.compression);
  g_assert_false (settings.trust_forwarded);
}

/* Each field has a row: with all rows copied, nothing is left at zero that was not. */
static void
test_copy_and_equal (void)
{
  LbProxySettings full = {
    g_strdup ("/a"), TRUE, TRUE, TRUE, TRUE, g_strdup ("C"), 1, 2, 3, 4, 5, 6, TRUE, 7, TRUE,
  };
  g_auto (LbProxySettings) copy = { 0 };
  guint n;
  const LbSetting *settings = lb_proxy_settings_list (&n);

  lb_proxy_settings_copy (&copy, &full);
  g_assert_cmpuint (n, ==, 15);
  for (guint i = 0; i < n; i++)
    {
      g_auto (LbProxySettings) other = { 0 };

      g_assert_true (lb_proxy_settings_find (settings[i].name) == &settings[i]);
      lb_proxy_settings_copy (&other, &full);
      g_assert_true (lb_proxy_settings_equal (&full, &other));
      lb_setting_clear (&settings[i], &other);
      if (settings[i].kind == LB_SETTING_NUMBER)
        (*(guint *) G_STRUCT_MEMBER_P (&other, settings[i].offset))++;
      else if (settings[i].kind == LB_SETTING_SWITCH)
        *(gboolean *) G_STRUCT_MEMBER_P (&other, settings[i].offset) = FALSE;
      g_assert_false (lb_proxy_settings_equal (&full, &other));
    }

  g_assert_null (lb_proxy_settings_find ("cookies"));
  lb_proxy_settings_clear (&full);
  g_assert_null (full.cookie);
  g_assert_cmpstr (copy.cookie, ==, "C");
}

typedef struct
{
  const char *name;
  const char *good[4];
  const char *bad[8];
} Texts;

static const Texts texts[] = {
  { "cookie",
    { "SRV", "a_b-c.1", "0123456789012345678901234567890123456789012345678901234567890123" },
    { "", "a b", "a;b", "a=b", "\303\244", "a\n", "01234567890123456789012345678901234567890123456789012345678901234" } },
  { "certificate", { "/a.pem", "/a b/\303\244 \"x\".pem" }, { "", "a.pem", "./a", "~/a", "/a\nb", "/a\tb" } },
};

static void
test_checks_texts (gconstpointer data)
{
  const Texts *row = data;
  const LbSetting *setting = lb_proxy_settings_find (row->name);

  for (guint i = 0; row->good[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_true (setting->check (row->good[i], &error));
      g_assert_no_error (error);
    }

  for (guint i = 0; row->bad[i] != NULL; i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_false (setting->check (row->bad[i], &error));
      g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING);
    }
}

static void
test_checks_numbers (void)
{
  guint n;
  const LbSetting *settings = lb_proxy_settings_list (&n);

  for (guint i = 0; i < n; i++)
    {
      g_auto (LbProxySettings) each = { 0 };
      g_autoptr (GError) error = NULL;

      if (settings[i].kind != LB_SETTING_NUMBER)
        continue;

      lb_proxy_settings_init (&each);
      *(guint *) G_STRUCT_MEMBER_P (&each, settings[i].offset) = (guint) settings[i].max;
      g_assert_true (lb_proxy_settings_check (&each, NULL));
      (*(guint *) G_STRUCT_MEMBER_P (&each, settings[i].offset))++;
      g_assert_false (lb_proxy_settings_check (&each, &error));
      g_assert_error (error, LB_POOL_ERROR, LB_POOL_ERROR_INVALID_SETTING);
    }
}

int
main (int argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/config/proxy-settings/defaults", test_defaults);
  g_test_add_func ("/config/proxy-settings/copy-and-equal", test_copy_and_equal);
  g_test_add_func ("/config/proxy-settings/checks-numbers", test_checks_numbers);
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *path = g_strconcat ("/config/proxy-settings/checks/", texts[i].name, NULL);

      g_test_add_data_func (path, &texts[i], test_checks_texts);
    }

  return g_test_run ();
}
