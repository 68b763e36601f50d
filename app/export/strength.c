/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "export/strength.h"

#include <glib/gi18n.h>
#include <math.h>

/* The backup's Argon2id leaves a thousand guesses a second to somebody with costly machines: 2^40
 * take them decades, and 2^60 are out of reach. */
#define FAIR_BITS        40.0
#define STRONG_BITS      60.0
/* A character that follows from the one before, and a blank between words. */
#define PREDICTABLE_BITS 1.0
/* A word of a language, however long, is one of some thousand. */
#define WORD_CHARS       3
#define WORD_BITS        12.0
#define LONG_WORD_CHARS  6
#define LONG_WORD_BITS   2.0

/* How many characters of the kinds that are in it there are to choose from. */
static double
count_choices (const char *text)
{
  double n_choices = 0;
  gboolean has_digit = FALSE, has_lower = FALSE, has_upper = FALSE, has_sign = FALSE,
           has_other = FALSE;

  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar character = g_utf8_get_char (text);

      has_digit |= character < 128 && g_ascii_isdigit (character);
      has_lower |= character < 128 && g_ascii_islower (character);
      has_upper |= character < 128 && g_ascii_isupper (character);
      has_sign |= character < 128 && !g_ascii_isalnum (character);
      has_other |= character >= 128;
    }
  n_choices += has_digit ? 10 : 0;
  n_choices += has_lower ? 26 : 0;
  n_choices += has_upper ? 26 : 0;
  n_choices += has_sign ? 33 : 0;
  n_choices += has_other ? 100 : 0;
  return n_choices;
}

/* Letters in a row: what they give together, were they drawn by lot, or a word. */
typedef struct
{
  guint n_letters;
  double bits;
} Run;

static double
end_run (Run *run)
{
  double bits = run->bits;

  if (run->n_letters >= WORD_CHARS)
    bits = MIN (bits, WORD_BITS + LONG_WORD_BITS * MAX ((int) run->n_letters - LONG_WORD_CHARS, 0));
  *run = (Run) { 0 };
  return bits;
}

SallyStrength
sally_strength_judge (SallySecret *password)
{
  const char *text;
  gunichar last = 0;
  double each, bits = 0;
  Run run = { 0 };

  g_return_val_if_fail (password != NULL, SALLY_STRENGTH_NONE);

  text = sally_secret_peek (password, NULL);
  if (*text == '\0')
    return SALLY_STRENGTH_NONE;
  if (!g_utf8_validate (text, -1, NULL))
    return SALLY_STRENGTH_FAIR;
  each = log2 (count_choices (text));
  for (; *text != '\0'; text = g_utf8_next_char (text))
    {
      gunichar character = g_utf8_get_char (text);
      gint64 step = (gint64) character - last;
      gboolean is_predictable = character == ' ' || (last != 0 && ABS (step) <= 1);

      /* "hUnTeR" is no word. */
      if (!g_unichar_isalpha (character) || g_unichar_isupper (character))
        bits += end_run (&run);
      run.bits += is_predictable ? PREDICTABLE_BITS : each;
      if (g_unichar_isalpha (character))
        run.n_letters++;
      else
        bits += end_run (&run);
      last = character;
    }
  bits += end_run (&run);
  if (bits < FAIR_BITS)
    return SALLY_STRENGTH_WEAK;
  return bits < STRONG_BITS ? SALLY_STRENGTH_FAIR : SALLY_STRENGTH_STRONG;
}

const char *
sally_strength_describe (SallyStrength strength)
{
  switch (strength)
    {
    case SALLY_STRENGTH_WEAK:
      return _ ("Weak: whoever gets the file can guess it. Four or five words that have nothing to "
                "do with each other are better.");
    case SALLY_STRENGTH_FAIR:
      return _ ("Fair: a few more characters make it strong.");
    case SALLY_STRENGTH_STRONG:
      return _ ("Strong");
    default:
      return "";
    }
}
