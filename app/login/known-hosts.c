/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "login/known-hosts.h"

#include "login/randomart.h"

#include <string.h>

/* "|1|salt|hash" (hostfile.c): HMAC-SHA1 of the name, keyed with the salt. */
#define HASH_MAGIC   "|1|"
#define SHA1_BYTES   20
#define DEFAULT_PORT 22
#define BLANKS       " \t"

void
sally_known_host_free (SallyKnownHost *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->key_type);
  g_free (self->fingerprint);
  g_free (self);
}

/* The glob of ssh_config(5): no classes, no escapes, case folded beforehand. Goes back to the last
 * star only, so that its time is the product of both lengths at most. */
static gboolean
glob_matches (const char *pattern, const char *name)
{
  const char *star = NULL;
  const char *after_star = NULL;

  while (*name != '\0')
    {
      if (*pattern == '*')
        {
          star = pattern++;
          after_star = name;
        }
      else if (*pattern == '?' || *pattern == *name)
        {
          pattern++;
          name++;
        }
      else if (star != NULL)
        {
          pattern = star + 1;
          name = ++after_star;
        }
      else
        return FALSE;
    }
  while (*pattern == '*')
    pattern++;
  return *pattern == '\0';
}

static gboolean
patterns_match (const char *text, const char *name)
{
  g_autofree char *folded = g_ascii_strdown (text, -1);
  g_auto (GStrv) patterns = g_strsplit (folded, ",", SALLY_KNOWN_HOSTS_MAX_PATTERNS + 1);
  gboolean matches = FALSE;

  if (g_strv_length (patterns) > SALLY_KNOWN_HOSTS_MAX_PATTERNS)
    return FALSE;
  for (guint i = 0; patterns[i] != NULL; i++)
    {
      if (patterns[i][0] == '!' && glob_matches (patterns[i] + 1, name))
        return FALSE;
      matches |= patterns[i][0] != '!' && glob_matches (patterns[i], name);
    }
  return matches;
}

static gboolean
hash_matches (const char *text, const char *name)
{
  g_auto (GStrv) parts = g_strsplit (text + strlen (HASH_MAGIC), "|", 3);
  g_autofree guchar *salt = NULL;
  g_autofree guchar *wanted = NULL;
  g_autoptr (GHmac) hmac = NULL;
  guint8 digest[SHA1_BYTES];
  gsize salt_length, wanted_length;
  gsize digest_length = sizeof digest;

  if (g_strv_length (parts) != 2)
    return FALSE;
  salt = g_base64_decode (parts[0], &salt_length);
  wanted = g_base64_decode (parts[1], &wanted_length);
  if (salt_length != SHA1_BYTES || wanted_length != SHA1_BYTES)
    return FALSE;
  hmac = g_hmac_new (G_CHECKSUM_SHA1, salt, salt_length);
  g_hmac_update (hmac, (const guchar *) name, -1);
  g_hmac_get_digest (hmac, digest, &digest_length);
  return memcmp (digest, wanted, sizeof digest) == 0;
}

static gboolean
names_match (const char *text, const char *name)
{
  return g_str_has_prefix (text, HASH_MAGIC) ? hash_matches (text, name)
                                             : patterns_match (text, name);
}

/* The next word of a line, ended in place; NULL if there is none. */
static char *
next_word (char **cursor)
{
  char *word = *cursor + strspn (*cursor, BLANKS);
  gsize length = strcspn (word, BLANKS);

  if (length == 0)
    return NULL;
  *cursor = word + length;
  if (**cursor != '\0')
    *(*cursor)++ = '\0';
  return word;
}

/* The fingerprint of a key in base64 whose blob says the same type; else NULL. */
static char *
fingerprint_of (const char *base64, const char *key_type)
{
  g_autofree guchar *blob = NULL;
  gsize length;
  guint32 type_length;

  blob = g_base64_decode (base64, &length);
  if (length < sizeof type_length)
    return NULL;
  memcpy (&type_length, blob, sizeof type_length);
  type_length = GUINT32_FROM_BE (type_length);
  if (type_length != strlen (key_type) || type_length > length - sizeof type_length ||
      memcmp (blob + sizeof type_length, key_type, type_length) != 0)
    return NULL;
  return sally_fingerprint_new (blob, length);
}

/* `line` is cut into its words. */
static SallyKnownHost *
parse_line (char *line, const char *name)
{
  SallyKnownHostMark mark = SALLY_KNOWN_HOST_KEY;
  char *word = next_word (&line);
  g_autofree char *fingerprint = NULL;
  const char *names, *key_type, *key;
  SallyKnownHost *found;

  if (word == NULL || *word == '#')
    return NULL;
  if (*word == '@')
    {
      if (g_str_equal (word, "@revoked"))
        mark = SALLY_KNOWN_HOST_REVOKED;
      else if (g_str_equal (word, "@cert-authority"))
        mark = SALLY_KNOWN_HOST_AUTHORITY;
      else
        return NULL;
      word = next_word (&line);
    }
  names = word;
  key_type = next_word (&line);
  key = next_word (&line);
  if (names == NULL || key_type == NULL || key == NULL || !names_match (names, name))
    return NULL;
  fingerprint = fingerprint_of (key, key_type);
  if (fingerprint == NULL)
    return NULL;
  found = g_new0 (SallyKnownHost, 1);
  found->mark = mark;
  found->key_type = g_strdup (key_type);
  found->fingerprint = g_steal_pointer (&fingerprint);
  return found;
}

GPtrArray *
sally_known_hosts_find (const char *bytes, gsize length, const char *host, guint port)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_known_host_free);
  g_autofree char *folded = NULL;
  g_autofree char *name = NULL;
  gsize start = 0;

  g_return_val_if_fail (bytes != NULL || length == 0, found);
  g_return_val_if_fail (host != NULL, found);

  folded = g_ascii_strdown (host, -1);
  name = port == DEFAULT_PORT ? g_strdup (folded) : g_strdup_printf ("[%s]:%u", folded, port);
  for (guint number = 1; start < length && number <= SALLY_KNOWN_HOSTS_MAX_LINES; number++)
    {
      const char *end = memchr (bytes + start, '\n', length - start);
      gsize line_length = end != NULL ? (gsize) (end - (bytes + start)) : length - start;

      if (line_length <= SALLY_KNOWN_HOSTS_MAX_LINE)
        {
          g_autofree char *line = g_strndup (bytes + start, line_length);
          SallyKnownHost *known = parse_line (g_strchomp (line), name);

          if (known != NULL)
            {
              known->line = number;
              g_ptr_array_add (found, known);
            }
        }
      start += line_length + 1;
    }
  return found;
}
