/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/pattern.h"

/* The last star takes as much as it must: the time is at most the product of the lengths. */
gboolean
sally_pattern_matches (const char *pattern, const char *text)
{
  const char *star = NULL;
  const char *resume = NULL;

  g_return_val_if_fail (pattern != NULL && text != NULL, FALSE);

  while (*text != '\0')
    {
      if (*pattern == '*')
        {
          star = pattern++;
          resume = text;
        }
      else if (*pattern == '?' || *pattern == *text)
        {
          pattern++;
          text++;
        }
      else if (star != NULL)
        {
          pattern = star + 1;
          text = ++resume;
        }
      else
        return FALSE;
    }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}

gboolean
sally_pattern_list_matches (const char *const *patterns, const char *text)
{
  gboolean matches = FALSE;

  g_return_val_if_fail (patterns != NULL && text != NULL, FALSE);

  for (guint i = 0; patterns[i] != NULL; i++)
    {
      if (patterns[i][0] == '!' && sally_pattern_matches (patterns[i] + 1, text))
        return FALSE;
      if (patterns[i][0] != '!' && sally_pattern_matches (patterns[i], text))
        matches = TRUE;
    }
  return matches;
}
