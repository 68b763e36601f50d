/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/draft.h"
#include "profiles/formats.h"

#include <glib/gi18n.h>
#include <string.h>

/* A bookmark is flat but for the dictionary of a file's path. */
#define MAX_DEPTH 16

/* A property list: <key> and what follows it. Inner dictionaries' keys are "Outer/Inner". */
typedef struct
{
  GHashTable *values;
  GPtrArray *path; /* (element-type utf8) the keys of the open dictionaries */
  char *key;       /* the last one */
  GString *text;
} Reading;

gboolean
sally_cyberduck_sniff (SallyProfilesInput *input)
{
  return strstr (input->text, "<plist") != NULL && strstr (input->text, "<key>Hostname<") != NULL;
}

static void
on_start (GMarkupParseContext *context,
          const char *element,
          const char **names,
          const char **values,
          gpointer user_data,
          GError **error)
{
  Reading *reading = user_data;

  g_string_truncate (reading->text, 0);
  if (!g_str_equal (element, "dict") && !g_str_equal (element, "array"))
    return;
  g_ptr_array_add (reading->path,
                   reading->key != NULL ? g_steal_pointer (&reading->key) : g_strdup (""));
  if (reading->path->len > MAX_DEPTH)
    sally_profiles_set_damaged (error);
}

static void
on_end (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  Reading *reading = user_data;
  const char *outer = reading->path->len > 1 ? reading->path->pdata[reading->path->len - 1] : NULL;

  if (g_str_equal (element, "dict") || g_str_equal (element, "array"))
    g_ptr_array_set_size (reading->path, (int) reading->path->len - 1);
  else if (g_str_equal (element, "key"))
    {
      g_free (reading->key);
      reading->key = g_strdup (reading->text->str);
    }
  else if (reading->key != NULL)
    {
      g_hash_table_replace (reading->values,
                            outer != NULL ? g_strconcat (outer, "/", reading->key, NULL)
                                          : g_strdup (reading->key),
                            g_strdup (reading->text->str));
      g_clear_pointer (&reading->key, g_free);
    }
}

static void
on_text (GMarkupParseContext *context,
         const char *text,
         gsize length,
         gpointer user_data,
         GError **error)
{
  g_string_append_len (((Reading *) user_data)->text, text, (gssize) length);
}

static GHashTable *
parse (SallyProfilesInput *input, GError **error)
{
  static const GMarkupParser parser = { on_start, on_end, on_text, NULL, NULL };
  g_autoptr (GHashTable) values = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) path = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GString) text = g_string_new (NULL);
  Reading reading = { .values = values, .path = path, .text = text };
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&parser, G_MARKUP_DEFAULT_FLAGS, &reading, NULL);
  gboolean is_whole =
      g_markup_parse_context_parse (context, input->text, (gssize) input->length, NULL) &&
      g_markup_parse_context_end_parse (context, NULL);

  g_free (reading.key);
  if (is_whole)
    return g_steal_pointer (&values);
  sally_profiles_set_damaged (error);
  return NULL;
}

static void
say_settings (SallyProfile *profile, GHashTable *values)
{
  static const char *const keys[] = { "Client Certificate", "Comment", "Encoding",
                                      "Download Folder Dictionary/Path",
                                      "Upload Folder Dictionary/Path" };
  g_autoptr (GString) names = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      const char *value = g_hash_table_lookup (values, keys[i]);
      g_auto (GStrv) parts = g_strsplit (keys[i], " Dictionary", 2);

      if (value != NULL && *value != '\0')
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", parts[0]);
    }
  sally_profile_lose_settings (profile, names->str);
}

gboolean
sally_cyberduck_read (SallyProfilesInput *input, SallyProfiles *profiles, GError **error)
{
  g_autoptr (GHashTable) values = parse (input, error);
  const char *protocol;
  const char *key;
  const char *folder;
  SallyProfile *profile;

  if (values == NULL)
    return FALSE;
  protocol = g_hash_table_lookup (values, "Protocol");
  if (protocol == NULL || g_ascii_strcasecmp (protocol, "sftp") != 0)
    {
      profiles->n_foreign++;
      return TRUE;
    }
  profile = sally_profile_new ();
  sally_profile_set (profile, "name", g_hash_table_lookup (values, "Nickname"));
  sally_profile_set (profile, "host", g_hash_table_lookup (values, "Hostname"));
  sally_profile_set (profile, "user", g_hash_table_lookup (values, "Username"));
  sally_profile_set_port (profile, g_hash_table_lookup (values, "Port"));
  folder = g_hash_table_lookup (values, "Workdir Dictionary/Path");
  if (folder == NULL)
    folder = g_hash_table_lookup (values, "Path");
  sally_profile_set (profile, "start-directory", folder);
  key = g_hash_table_lookup (values, "Private Key File Dictionary/Path");
  if (key == NULL)
    key = g_hash_table_lookup (values, "Private Key File");
  sally_profile_set_key (profile, input, key);
  say_settings (profile, values);
  sally_profiles_take (profiles, input, profile);
  return TRUE;
}
