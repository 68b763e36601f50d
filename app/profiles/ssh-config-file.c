/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/ssh-config-file.h"

#include "base/error.h"
#include "profiles/draft.h"
#include "profiles/pattern.h"

#include <glib/gi18n.h>
#include <string.h>

/* Names that are looked at to find what a pattern means: a file from a stranger cannot have the
 * whole disk walked through. */
#define MAX_GLOB_NAMES 5000

typedef struct
{
  SallyProfilesInput *input;
  SallyProfiles *profiles;
  guint n_lines;
  guint n_words;
  guint n_files;
  guint n_names;
} Parsing;

static void
line_free (gpointer data)
{
  SallySshConfigLine *self = data;

  g_free (self->keyword);
  g_strfreev (self->words);
  g_clear_pointer (&self->included, g_ptr_array_unref);
  g_free (self);
}

void
sally_ssh_config_file_free (SallySshConfigFile *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->lines);
  g_free (self);
}

/* The next word, unquoted; NULL at the end of the line. `is_whole` becomes FALSE for an open quote.
 */
static char *
next_word (const char **text, gboolean *is_whole)
{
  g_autoptr (GString) word = g_string_new (NULL);
  const char *c = *text;
  char quote = '\0';

  while (g_ascii_isspace (*c))
    c++;
  if (*c == '\0' || *c == '#')
    return NULL;
  for (; *c != '\0' && (quote != '\0' || !g_ascii_isspace (*c)); c++)
    {
      if (*c == '\\' &&
          (c[1] == '"' || c[1] == '\'' || c[1] == '\\' || (quote == '\0' && c[1] == ' ')))
        g_string_append_c (word, *++c);
      else if (quote == '\0' && (*c == '"' || *c == '\''))
        quote = *c;
      else if (quote != '\0' && *c == quote)
        quote = '\0';
      else
        g_string_append_c (word, *c);
    }
  *is_whole = quote == '\0';
  *text = c;
  return g_string_free_and_steal (g_steal_pointer (&word));
}

gboolean
sally_ssh_config_split (const char *line, char **keyword, char ***words)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  gboolean is_whole = TRUE;
  const char *end;
  char *word;

  *keyword = NULL;
  *words = NULL;
  while (g_ascii_isspace (*line))
    line++;
  if (*line == '\0' || *line == '#')
    return TRUE;
  end = line + strcspn (line, " \t\r\f=");
  *keyword = g_ascii_strdown (line, end - line);
  while (g_ascii_isspace (*end))
    end++;
  if (*end == '=')
    end++;
  while ((word = next_word (&end, &is_whole)) != NULL)
    g_strv_builder_take (builder, word);
  *words = g_strv_builder_end (builder);
  return is_whole;
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *) a, *(const char *const *) b);
}

/* The paths below `folder` that the rest of a pattern means. */
static void
expand_pattern (Parsing *parsing, const char *folder, char **components, GPtrArray *paths)
{
  g_autoptr (GDir) dir = NULL;
  const char *name;

  if (components[0] == NULL)
    {
      g_ptr_array_add (paths, g_strdup (folder));
      return;
    }
  if (strpbrk (components[0], "*?") == NULL)
    {
      g_autofree char *path = g_build_filename (folder, components[0], NULL);

      expand_pattern (parsing, path, components + 1, paths);
      return;
    }
  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL &&
         parsing->n_names++ < MAX_GLOB_NAMES)
    if ((*name != '.' || components[0][0] == '.') && sally_pattern_matches (components[0], name))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        expand_pattern (parsing, path, components + 1, paths);
      }
}

static SallySshConfigFile *
parse_text (Parsing *parsing, const char *text, guint depth, GError **error);

static gboolean
include_file (
    Parsing *parsing, SallySshConfigLine *line, const char *path, guint depth, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (SallyProfilesInput) input = NULL;
  SallySshConfigFile *file;

  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    return TRUE;
  if (parsing->n_files++ >= SALLY_SSH_CONFIG_MAX_FILES)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("The SSH configuration includes more than %d files"),
                   SALLY_SSH_CONFIG_MAX_FILES);
      return FALSE;
    }
  bytes = sally_profiles_input_load (path, FALSE, NULL);
  input = bytes != NULL ? sally_profiles_input_new (bytes, path) : NULL;
  if (input == NULL || !input->is_text)
    {
      sally_profiles_notice (parsing->profiles, _ ("What line %u includes cannot be read: %s"),
                             line->number, path);
      return TRUE;
    }
  file = parse_text (parsing, input->text, depth + 1, error);
  if (file == NULL)
    return FALSE;
  g_ptr_array_add (line->included, file);
  return TRUE;
}

/* A relative path is one beside the file that was opened, which is ~/.ssh for ~/.ssh/config. */
static gboolean
include (Parsing *parsing, SallySshConfigLine *line, guint depth, GError **error)
{
  SallyProfilesInput *input = parsing->input;

  line->included = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_ssh_config_file_free);
  if (input->folder == NULL)
    {
      sally_profiles_notice (parsing->profiles, _ ("What line %u includes is not looked at"),
                             line->number);
      return TRUE;
    }
  if (depth >= SALLY_SSH_CONFIG_MAX_DEPTH)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("The SSH configuration includes files that include files, more than %d deep"),
                   SALLY_SSH_CONFIG_MAX_DEPTH);
      return FALSE;
    }
  for (guint i = 0; line->words[i] != NULL; i++)
    {
      const char *word = line->words[i];
      g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
      g_autofree char *path = g_str_has_prefix (word, "~/")
                                  ? g_build_filename (input->home, word + 2, NULL)
                                  : g_canonicalize_filename (word, input->folder);
      g_auto (GStrv) components = g_strsplit (path + 1, G_DIR_SEPARATOR_S, -1);

      expand_pattern (parsing, G_DIR_SEPARATOR_S, components, paths);
      g_ptr_array_sort (paths, compare_paths);
      for (guint j = 0; j < paths->len; j++)
        if (!include_file (parsing, line, paths->pdata[j], depth, error))
          return FALSE;
    }
  return TRUE;
}

static gboolean
check_limits (Parsing *parsing, GError **error)
{
  if (parsing->n_lines <= SALLY_SSH_CONFIG_MAX_LINES &&
      parsing->n_words <= SALLY_SSH_CONFIG_MAX_WORDS)
    return TRUE;
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("The SSH configuration is too long: at most %d lines are read"),
               SALLY_SSH_CONFIG_MAX_LINES);
  return FALSE;
}

/* Adds the line, if it is one. */
static gboolean
parse_line (Parsing *parsing,
            SallySshConfigFile *file,
            const char *text,
            guint number,
            guint depth,
            GError **error)
{
  SallySshConfigLine *line;
  g_autofree char *keyword = NULL;
  g_auto (GStrv) words = NULL;

  if (!sally_ssh_config_split (text, &keyword, &words))
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                   _ ("Line %u of the SSH configuration has a quote without its end"), number);
      return FALSE;
    }
  if (keyword == NULL || words[0] == NULL)
    return TRUE;
  parsing->n_lines++;
  parsing->n_words += g_strv_length (words);
  if (!check_limits (parsing, error))
    return FALSE;
  line = g_new0 (SallySshConfigLine, 1);
  line->keyword = g_steal_pointer (&keyword);
  line->words = g_steal_pointer (&words);
  line->number = number;
  g_ptr_array_add (file->lines, line);
  return !g_str_equal (line->keyword, "include") || include (parsing, line, depth, error);
}

static SallySshConfigFile *
parse_text (Parsing *parsing, const char *text, guint depth, GError **error)
{
  g_autoptr (SallySshConfigFile) file = g_new0 (SallySshConfigFile, 1);

  file->lines = g_ptr_array_new_with_free_func (line_free);
  for (guint number = 1; *text != '\0'; number++)
    {
      const char *end = text + strcspn (text, "\n");
      g_autofree char *line = g_strndup (text, (gsize) (end - text));

      if (!parse_line (parsing, file, line, number, depth, error))
        return NULL;
      text = *end != '\0' ? end + 1 : end;
    }
  return g_steal_pointer (&file);
}

SallySshConfigFile *
sally_ssh_config_file_parse (SallyProfilesInput *input, SallyProfiles *profiles, GError **error)
{
  Parsing parsing = { .input = input, .profiles = profiles };

  return parse_text (&parsing, input->text, 0, error);
}
