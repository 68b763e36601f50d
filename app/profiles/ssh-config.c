/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/draft.h"
#include "profiles/formats.h"
#include "profiles/ssh-options.h"

#include <glib/gi18n.h>
#include <string.h>

/* A chain of jump hosts that is longer goes round in a circle. */
#define MAX_CHAIN 8

typedef struct
{
  SallyProfilesInput *input;
  SallyProfiles *profiles;
  SallySshConfigFile *file;
  GHashTable *taken; /* "alias\nuser\nport\nway" -> SallyProfile, borrowed; NULL: it cannot be */
} Reading;

gboolean
sally_ssh_config_sniff (SallyProfilesInput *input)
{
  static const char *const beginnings[] = { "host ", "host\t", "host=", "match ", "include " };
  const char *text = input->text;
  gboolean has_host = FALSE;

  for (gsize i = 0; i < G_N_ELEMENTS (beginnings); i++)
    has_host = has_host || sally_profiles_input_has_line (input, beginnings[i]);
  /* The first line that says something says something of ssh. */
  while (has_host && *text != '\0')
    {
      const char *end = text + strcspn (text, "\n");
      g_autofree char *line = g_strndup (text, (gsize) (end - text));
      g_autofree char *keyword = NULL;
      g_auto (GStrv) words = NULL;

      sally_ssh_config_split (line, &keyword, &words);
      if (keyword != NULL)
        return sally_ssh_options_is_keyword (keyword);
      text = *end != '\0' ? end + 1 : end;
    }
  return FALSE;
}

/* One word of ProxyJump: "[user@]host[:port]", or as an ssh:// address. */
static void
split_jump (const char *text, char **user, char **host, char **port)
{
  g_autoptr (SallyProfile) scratch = sally_profile_new ();
  const char *at;
  const char *rest;

  if (g_ascii_strncasecmp (text, "ssh://", 6) == 0)
    text += 6;
  at = strrchr (text, '@');
  rest = at != NULL ? at + 1 : text;
  *user = at != NULL ? g_strndup (text, (gsize) (at - text)) : NULL;
  sally_profile_set_port (scratch, "");
  sally_profile_set_address (scratch, rest);
  *host = g_strdup (sally_server_get_host (scratch->server));
  *port = sally_server_get_port (scratch->server) != SALLY_SERVER_DEFAULT_PORT ||
                  g_str_has_suffix (rest, ":22")
              ? g_strdup_printf ("%u", sally_server_get_port (scratch->server))
              : NULL;
  g_strdelimit (*host, "/", '\0');
}

static void
set_sign_in (Reading *reading, SallyProfile *profile, SallySshOptions *options)
{
  const char *first = options->authentications;

  g_object_set (profile->server, "recipe", "key", NULL);
  for (guint i = 0; i < options->identities->len; i++)
    {
      const char *path = options->identities->pdata[i];
      g_autofree char *whole = g_str_has_prefix (path, "~/")
                                   ? g_build_filename (reading->input->home, path + 2, NULL)
                                   : g_strdup (path);

      /* As ssh does, which passes over those that are not there. */
      if (g_file_test (whole, G_FILE_TEST_IS_REGULAR))
        {
          sally_profile_set_key (profile, reading->input, whole);
          if (options->identities->len > 1)
            sally_profile_lose (profile, _ ("Of several key files “%s” is taken"), whole);
          break;
        }
      if (i + 1 == options->identities->len)
        sally_profile_lose (profile, _ ("Its key “%s” is not here: choose the file"), whole);
    }
  if (options->no_public_key ||
      (first != NULL && (g_ascii_strncasecmp (first, "password", 8) == 0 ||
                         g_ascii_strncasecmp (first, "keyboard-interactive", 20) == 0)))
    g_object_set (profile->server, "recipe", "password", "identity-file", "", NULL);
}

static void
say_losses (SallyProfile *profile, SallySshOptions *options)
{
  g_autofree char *names = NULL;

  if (options->command != NULL)
    sally_profile_lose (profile,
                        _ ("The command that leads to it (ProxyCommand) is not run: %s. If it goes "
                           "through a server, choose that under “Connect Through”"),
                        options->command);
  if (options->has_bad_token)
    sally_profile_lose (profile, _ ("A value with a token that is not known is left out"));
  g_ptr_array_add (options->without_equal, NULL);
  names = g_strjoinv (", ", (char **) options->without_equal->pdata);
  sally_profile_lose_settings (profile, names);
}

static SallyProfile *take_host (Reading *reading,
                                const char *alias,
                                const char *user,
                                const char *port,
                                SallyProfile *leads,
                                guint depth);

/* The last server of a chain; NULL if it cannot be. What stands first may have a jump host of its
 * own; the others are reached through the one before. */
static SallyProfile *
take_jumps (Reading *reading, const char *chain, guint depth)
{
  g_auto (GStrv) hops = g_strsplit (chain, ",", -1);
  SallyProfile *leads = NULL;

  if (depth + g_strv_length (hops) > MAX_CHAIN)
    return NULL;
  for (guint i = 0; hops[i] != NULL; i++)
    {
      g_autofree char *user = NULL;
      g_autofree char *host = NULL;
      g_autofree char *port = NULL;

      split_jump (g_strstrip (hops[i]), &user, &host, &port);
      leads = *host != '\0' ? take_host (reading, host, user, port, leads, depth + 1) : NULL;
      if (leads == NULL)
        return NULL;
    }
  return leads;
}

static SallyProfile *
make_profile (Reading *reading, const char *alias, SallySshOptions *options)
{
  SallyProfile *profile = sally_profile_new ();

  sally_profile_set (profile, "name", alias);
  sally_profile_set (profile, "host", options->host);
  /* That is what ssh would do: nothing is guessed. */
  sally_profile_set (profile, "user", options->user != NULL ? options->user : reading->input->user);
  sally_profile_set_port (profile, options->port);
  set_sign_in (reading, profile, options);
  say_losses (profile, options);
  return profile;
}

/* `leads` NULL: its own jump hosts, if it has any. */
static SallyProfile *
take_host (Reading *reading,
           const char *alias,
           const char *user,
           const char *port,
           SallyProfile *leads,
           guint depth)
{
  g_autoptr (SallySshOptions) options = NULL;
  g_autofree char *key = g_strdup_printf ("%s\n%s\n%s\n%p", alias, user != NULL ? user : "",
                                          port != NULL ? port : "", (gpointer) leads);
  SallyProfile *profile;
  gpointer taken;

  if (g_hash_table_lookup_extended (reading->taken, key, NULL, &taken))
    return taken;
  if (depth > MAX_CHAIN || reading->profiles->is_too_large)
    return NULL;
  /* Whoever comes here again meanwhile goes round in a circle. */
  g_hash_table_insert (reading->taken, g_strdup (key), NULL);
  options =
      sally_ssh_options_new (reading->file, reading->input, reading->profiles, alias, user, port);
  profile = make_profile (reading, alias, options);
  profile->jump = leads;
  if (leads == NULL && options->jump != NULL)
    {
      profile->jump = take_jumps (reading, options->jump, depth);
      if (profile->jump == NULL)
        sally_profile_lose (profile,
                            _ ("The jump hosts that lead to it, “%s”: one cannot be read, or they "
                               "go round in a circle"),
                            options->jump);
    }
  profile = sally_profiles_take (reading->profiles, reading->input, profile);
  g_hash_table_insert (reading->taken, g_steal_pointer (&key), profile);
  return profile;
}

/* Each name that stands behind "Host" without being a pattern. */
static void
read_hosts (Reading *reading, SallySshConfigFile *file)
{
  for (guint i = 0; i < file->lines->len && !reading->profiles->is_too_large; i++)
    {
      const SallySshConfigLine *line = file->lines->pdata[i];

      for (guint j = 0; line->included != NULL && j < line->included->len; j++)
        read_hosts (reading, line->included->pdata[j]);
      for (guint j = 0; g_str_equal (line->keyword, "host") && line->words[j] != NULL; j++)
        if (strpbrk (line->words[j], "*?!") == NULL && *line->words[j] != '\0')
          take_host (reading, line->words[j], NULL, NULL, NULL, 0);
    }
}

gboolean
sally_ssh_config_read (SallyProfilesInput *input, SallyProfiles *profiles, GError **error)
{
  g_autoptr (SallySshConfigFile) file = sally_ssh_config_file_parse (input, profiles, error);
  g_autoptr (GHashTable) taken = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Reading reading = { input, profiles, file, taken };

  if (file == NULL)
    return FALSE;
  read_hosts (&reading, file);
  if (profiles->entries->len > 0)
    sally_profiles_notice (profiles,
                           _ ("An SSH configuration does not say whether a server wants a code: "
                              "look at “Sign In With” of those that do"));
  return TRUE;
}
