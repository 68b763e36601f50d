/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/settings.h"

static void
test_defaults (void)
{
  g_autoptr (SallySettings) settings = sally_settings_new ();

  g_assert_cmpuint (sally_settings_get_linger_s (settings), ==, 600);
  g_assert_cmpuint (sally_settings_get_minimum_code_life_s (settings), ==, 3);
  g_assert_cmpuint (sally_settings_get_clipboard_clear_s (settings), ==, 30);
  g_assert_false (sally_settings_get_show_hidden_files (settings));
}

static void
test_follows_the_person (void)
{
  g_autoptr (SallySettings) settings = sally_settings_new ();
  GSettings *backing = sally_settings_get_gsettings (settings);
  g_autofree char *folder = NULL;

  g_assert_nonnull (backing);
  g_settings_set_uint (backing, "linger-minutes", 1);
  g_settings_set_boolean (backing, "show-hidden-files", TRUE);
  g_assert_cmpuint (sally_settings_get_linger_s (settings), ==, 60);
  g_assert_true (sally_settings_get_show_hidden_files (settings));
  folder = g_settings_get_string (backing, "download-folder");
  g_assert_cmpstr (folder, ==, "");
  g_settings_reset (backing, "linger-minutes");
  g_settings_reset (backing, "show-hidden-files");
}

static void
test_without_schema (void)
{
  if (g_test_subprocess ())
    {
      g_autoptr (SallySettings) settings = sally_settings_new ();

      g_assert_null (sally_settings_get_gsettings (settings));
      g_assert_cmpuint (sally_settings_get_linger_s (settings), ==, 600);
      g_assert_false (sally_settings_get_show_hidden_files (settings));
      return;
    }
  g_unsetenv ("GSETTINGS_SCHEMA_DIR");
  g_setenv ("XDG_DATA_DIRS", "/nonexistent", TRUE);
  g_setenv ("XDG_DATA_HOME", "/nonexistent", TRUE);
  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_INHERIT_STDERR);
  g_test_trap_assert_passed ();
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/defaults", test_defaults);
  g_test_add_func ("/settings/follows-the-person", test_follows_the_person);
  g_test_add_func ("/settings/without-schema", test_without_schema);
  return g_test_run ();
}
