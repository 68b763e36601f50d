/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/error.h"
#include "otp/base32.h"

#include <string.h>

/* RFC 4648 section 10, and what people paste. */
static const struct
{
  const char *text;
  const char *bytes;
  const char *canonical;
} accepted[] = {
  { "MY======", "f", "MY" },
  { "MZXQ====", "fo", "MZXQ" },
  { "MZXW6===", "foo", "MZXW6" },
  { "MZXW6YQ=", "foob", "MZXW6YQ" },
  { "MZXW6YTB", "fooba", "MZXW6YTB" },
  { "MZXW6YTBOI======", "foobar", "MZXW6YTBOI" },
  { "mzxw6ytboi", "foobar", "MZXW6YTBOI" },
  { " mzxw 6ytb-oi\r\n", "foobar", "MZXW6YTBOI" },
  { "MZXW\u00A06YTB\u200BOI", "foobar", "MZXW6YTBOI" },
  { "\uFEFFMZXW6YTBOI", "foobar", "MZXW6YTBOI" },
  { "MZXW6YTBOI==", "foobar", "MZXW6YTBOI" },
  { "MZXW6YTBOI=========", "foobar", "MZXW6YTBOI" },
  { "MZXW6YTBOI = = =", "foobar", "MZXW6YTBOI" },
  { "MZ", "f", "MY" },
  { "MZX", "f", "MY" },
  { "MZXW6YTBA", "fooba", "MZXW6YTB" },
  { "MZXW6YTBOJ", "foobar", "MZXW6YTBOI" },
};

static void
test_accepts (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (accepted); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (SallySecret) key = sally_base32_decode (accepted[i].text, -1, &error);
      g_autoptr (SallySecret) text = NULL;
      gsize length;

      g_assert_no_error (error);
      g_assert_cmpstr (sally_secret_peek (key, &length), ==, accepted[i].bytes);
      g_assert_cmpuint (length, ==, strlen (accepted[i].bytes));
      text = sally_base32_encode (key);
      g_assert_cmpstr (sally_secret_peek (text, NULL), ==, accepted[i].canonical);
    }
}

static void
test_refuses (void)
{
  static const struct
  {
    const char *text;
    const char *says;
  } table[] = {
    { "", "empty" },
    { " - \n", "empty" },
    { "====", "empty" },
    { "M", "too short" },
    { "MZXW0YTB", "Character 5 of the setup key is “0”" },
    { "MZXW0YTB", "letter O" },
    { "1ZXW6YTB", "letter I or L" },
    { "MZ 8W", "Character 4 of the setup key is “8”" },
    { "MZ8W", "letter B" },
    { "9ZXW", "letter G" },
    { "MZ=XW6YTB", "Character 3 of the setup key is “=”" },
    { "MZXW!", "Character 5 of the setup key is “!”" },
    { "MZXWÄ", "“Ä”" },
    { "MZXWı", "“ı”" },
    { "MZ\x1bXW", "\\x1B" },
    { "MZ\xFFXW", "\\xFF" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (sally_base32_decode (table[i].text, -1, &error));
      g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
      g_assert_nonnull (strstr (error->message, table[i].says));
    }
}

static void
test_refuses_nul (void)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (sally_base32_decode ("MZXW\0YTB", 8, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
}

static void
test_size_limit (void)
{
  g_autofree char *longest = g_strnfill (1639, 'A');
  g_autofree char *too_long = g_strnfill (1642, 'A');
  g_autoptr (SallySecret) key = sally_base32_decode (longest, -1, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (sally_secret_get_length (key), ==, 1024);
  g_assert_null (sally_base32_decode (too_long, -1, &error));
  g_assert_error (error, SALLY_ERROR, SALLY_ERROR_INVALID);
}

static void
test_round_trip_of_every_byte (void)
{
  g_autoptr (SallySecret) text = NULL;
  g_autoptr (SallySecret) again = NULL;
  g_autoptr (SallySecret) key = NULL;
  char *bytes;

  key = sally_secret_new_sized (256, &bytes);
  for (guint i = 0; i < 256; i++)
    bytes[i] = (char) i;
  text = sally_base32_encode (key);
  again = sally_base32_decode (sally_secret_peek (text, NULL), -1, NULL);
  g_assert_true (sally_secret_equal (key, again));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/base32/accepts", test_accepts);
  g_test_add_func ("/base32/refuses-and-says-where", test_refuses);
  g_test_add_func ("/base32/refuses-nul", test_refuses_nul);
  g_test_add_func ("/base32/size-limit", test_size_limit);
  g_test_add_func ("/base32/round-trip-of-every-byte", test_round_trip_of_every_byte);
  return g_test_run ();
}
