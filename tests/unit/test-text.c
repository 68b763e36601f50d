/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/text.h"

#include <string.h>

static void
test_from_server (void)
{
  static const struct
  {
    const char *words;
    gboolean keep_lines;
    const char *shown;
  } table[] = {
    { "Verification code: ", FALSE, "Verification code:" },
    { "two\nlines", FALSE, "two lines" },
    { "two\r\nlines", TRUE, "two\nlines" },
    { "\x1b[31mred\x1b[0m", FALSE, "[31mred[0m" },
    { "pay\u202Eevil", FALSE, "payevil" },
    { "zero\u200Bwidth", FALSE, "zerowidth" },
    { "bad \xFF byte", FALSE, "bad \uFFFD byte" },
    { "Grüße, 世界", FALSE, "Grüße, 世界" },
    { "", FALSE, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autofree char *shown = sally_text_from_server (table[i].words, -1, table[i].keep_lines);

      g_assert_cmpstr (shown, ==, table[i].shown);
    }
}

static void
test_cuts_long_words (void)
{
  g_autofree char *words = g_strnfill (SALLY_TEXT_MAX_CHARACTERS * 3, 'w');
  g_autofree char *shown = sally_text_from_server (words, -1, FALSE);

  g_assert_cmpint (g_utf8_strlen (shown, -1), ==, SALLY_TEXT_MAX_CHARACTERS + 1);
  g_assert_true (g_str_has_suffix (shown, "…"));
}

static void
test_length_rules (void)
{
  g_autofree char *shown = sally_text_from_server ("ab\0cd-rest", 5, FALSE);

  g_assert_cmpstr (shown, ==, "abcd");
}

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    const char *shown;
  } table[] = {
    { "report.csv", "report.csv" },
    { "Übersicht 2.pdf", "Übersicht 2.pdf" },
    { "a\nb", "a\\x0Ab" },
    { "\xE4.txt", "\\xE4.txt" },
    { "gpj\u202E.exe", "gpj\\xE2\\x80\\xAE.exe" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      gsize length = strlen (table[i].name);
      g_autofree char *shown = sally_text_from_name (table[i].name, length);

      g_assert_cmpstr (shown, ==, table[i].shown);
      g_assert_cmpint (sally_text_is_plain (table[i].name, length), ==,
                       g_str_equal (table[i].name, table[i].shown));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/text/from-server", test_from_server);
  g_test_add_func ("/text/cuts-long-words", test_cuts_long_words);
  g_test_add_func ("/text/length-rules-not-nul", test_length_rules);
  g_test_add_func ("/text/names", test_names);
  return g_test_run ();
}
