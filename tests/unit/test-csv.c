/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/csv.h"

#include <string.h>

static void
test_reads_quotes_and_line_ends (void)
{
  static const char text[] = "a,\"B \",c\r\n1,\"two, \"\"2\"\"\r\nlines\",3\n\n4\n,,,extra";
  g_autoptr (SallyCsv) csv = sally_csv_parse (text, sizeof text - 1);

  g_assert_cmpuint (sally_csv_get_n_rows (csv), ==, 3);
  g_assert_cmpint (sally_csv_find_column (csv, "A"), ==, 0);
  g_assert_cmpint (sally_csv_find_column (csv, "b "), ==, 1);
  g_assert_cmpint (sally_csv_find_column (csv, "d"), ==, -1);
  g_assert_cmpstr (sally_csv_peek (csv, 0, 1), ==, "two, \"2\"\r\nlines");
  g_assert_cmpstr (sally_csv_peek (csv, 0, 2), ==, "3");
  g_assert_cmpstr (sally_csv_peek (csv, 1, 0), ==, "4");
  g_assert_cmpstr (sally_csv_peek (csv, 1, 1), ==, NULL);
  g_assert_cmpstr (sally_csv_peek (csv, 2, 0), ==, "");
  g_assert_cmpstr (sally_csv_peek (csv, 2, 3), ==, "extra");
  g_assert_cmpstr (sally_csv_peek (csv, 2, -1), ==, NULL);
}

static void
test_odd_texts (void)
{
  g_autoptr (SallyCsv) empty = sally_csv_parse ("", 0);
  g_autoptr (SallyCsv) header = sally_csv_parse ("a,b", 3);
  g_autoptr (SallyCsv) after = sally_csv_parse ("a\n\"x\"y", 6);

  g_assert_cmpuint (sally_csv_get_n_rows (empty), ==, 0);
  g_assert_cmpint (sally_csv_find_column (empty, "a"), ==, -1);
  g_assert_cmpuint (sally_csv_get_n_rows (header), ==, 0);
  g_assert_cmpstr (sally_csv_peek (after, 0, 0), ==, "x");
  g_assert_null (sally_csv_parse ("a,\"b", 4));
  g_assert_null (sally_csv_parse ("\"", 1));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/csv/reads-quotes-and-line-ends", test_reads_quotes_and_line_ends);
  g_test_add_func ("/csv/odd-texts", test_odd_texts);
  return g_test_run ();
}
