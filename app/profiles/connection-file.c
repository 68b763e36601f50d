/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/connection-file.h"

#include "base/error.h"
#include "model/fingerprint.h"
#include "profiles/draft.h"
#include "profiles/formats.h"

#include <glib/gi18n.h>
#include <string.h>

#define HEAD        "Sallyport"
#define VERSION     1
#define SERVER      "Server"
#define JUMP_FORMAT "Jump %u"
#define HOST_KEYS   "HostKeys"
#define JUMP        "Jump"
#define PORT        "Port"
#define CODE_LENGTH "CodeLength"

static const struct
{
  const char *key;
  const char *property;
} texts[] = {
  { "Name", "name" },
  { "Host", "host" },
  { "User", "user" },
  { "Recipe", "recipe" },
  { "Separator", "separator" },
  { "PasswordPrompt", "password-prompt" },
  { "CodePrompt", "code-prompt" },
  { "StartDirectory", "start-directory" },
  { "Group", "group" },
};

gboolean
sally_connection_file_sniff (SallyProfilesInput *input)
{
  return sally_profiles_input_has_line (input, "[" HEAD "]");
}

static gboolean
refuse (const char *group, const char *key, GError **error)
{
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("The connection file is damaged: %s of [%s] cannot be that"), key, group);
  return FALSE;
}

static gboolean
read_host_keys (SallyProfile *profile, GKeyFile *file, const char *group, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_string_list (file, group, HOST_KEYS, NULL, NULL);

  if (keys == NULL)
    return !g_key_file_has_key (file, group, HOST_KEYS, NULL) || refuse (group, HOST_KEYS, error);
  if (g_strv_length (keys) > SALLY_CONNECTION_FILE_MAX_KEYS)
    return refuse (group, HOST_KEYS, error);
  for (guint i = 0; keys[i] != NULL; i++)
    {
      char *canonical = sally_fingerprint_canonical (keys[i]);

      if (canonical == NULL)
        return refuse (group, HOST_KEYS, error);
      g_ptr_array_add (profile->host_keys, canonical);
    }
  return TRUE;
}

static gboolean
read_number (SallyProfile *profile,
             GKeyFile *file,
             const char *group,
             const char *key,
             const char *property,
             GError **error)
{
  g_autofree char *text = g_key_file_get_string (file, group, key, NULL);
  guint64 number;

  if (text == NULL)
    return TRUE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &number, NULL))
    return refuse (group, key, error);
  g_object_set (profile->server, property, (guint) number, NULL);
  return TRUE;
}

static SallyProfile *
read_profile (GKeyFile *file, const char *group, GError **error)
{
  g_autoptr (SallyProfile) profile = sally_profile_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *text = g_key_file_get_string (file, group, texts[i].key, NULL);

      if (text == NULL && g_key_file_has_key (file, group, texts[i].key, NULL))
        {
          refuse (group, texts[i].key, error);
          return NULL;
        }
      /* As it is: a separator may be a blank. */
      if (text != NULL && *text != '\0')
        g_object_set (profile->server, texts[i].property, text, NULL);
    }
  if (!read_number (profile, file, group, PORT, "port", error) ||
      !read_number (profile, file, group, CODE_LENGTH, "code-length", error) ||
      !read_host_keys (profile, file, group, error))
    return NULL;
  return g_steal_pointer (&profile);
}

/* The server of `group` behind the one that leads to it. A file that is not right in all its parts
 * brings nothing. */
static SallyProfile *
take_chain (SallyProfilesInput *input,
            SallyProfiles *profiles,
            GKeyFile *file,
            const char *group,
            guint depth,
            GError **error)
{
  g_autoptr (SallyProfile) profile = NULL;
  g_autofree char *jump = g_key_file_get_string (file, group, JUMP, NULL);
  SallyProfile *leads = NULL;
  SallyProfile *taken;

  if (depth > SALLY_CONNECTION_FILE_MAX_JUMPS || !g_key_file_has_group (file, group))
    {
      refuse (group, JUMP, error);
      return NULL;
    }
  if (jump != NULL)
    {
      leads = take_chain (input, profiles, file, jump, depth + 1, error);
      if (leads == NULL)
        return NULL;
    }
  profile = read_profile (file, group, error);
  if (profile == NULL)
    return NULL;
  profile->jump = leads;
  taken = sally_profiles_take (profiles, input, g_steal_pointer (&profile));
  if (taken == NULL)
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                         profiles->notices->pdata[profiles->notices->len - 1]);
  return taken;
}

gboolean
sally_connection_file_read (SallyProfilesInput *input, SallyProfiles *profiles, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *version = NULL;
  guint64 number;

  if (!g_key_file_load_from_data (file, input->text, input->length, G_KEY_FILE_NONE, NULL))
    return sally_profiles_set_damaged (error);
  version = g_key_file_get_string (file, HEAD, "Version", NULL);
  if (version == NULL || !g_ascii_string_to_unsigned (version, 10, 1, G_MAXUINT, &number, NULL))
    return refuse (HEAD, "Version", error);
  if (number > VERSION)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                           _ ("The connection file was made for a newer Sallyport: update it"));
      return FALSE;
    }
  return take_chain (input, profiles, file, SERVER, 0, error) != NULL;
}

static void
write_profile (GKeyFile *file, const char *group, SallyProfile *profile)
{
  for (gsize i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autofree char *value = NULL;

      g_object_get (profile->server, texts[i].property, &value, NULL);
      if (*value != '\0')
        g_key_file_set_string (file, group, texts[i].key, value);
    }
  g_key_file_set_uint64 (file, group, PORT, sally_server_get_port (profile->server));
  if (sally_server_get_code_length (profile->server) != 0)
    g_key_file_set_uint64 (file, group, CODE_LENGTH,
                           sally_server_get_code_length (profile->server));
  if (profile->host_keys->len > 0)
    g_key_file_set_string_list (file, group, HOST_KEYS,
                                (const char *const *) profile->host_keys->pdata,
                                MIN (profile->host_keys->len, SALLY_CONNECTION_FILE_MAX_KEYS));
}

GBytes *
sally_connection_file_write (GPtrArray *profiles)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *group = g_strdup (SERVER);
  char *text;
  gsize length;

  g_return_val_if_fail (profiles != NULL && profiles->len > 0, NULL);
  g_return_val_if_fail (profiles->len <= SALLY_CONNECTION_FILE_MAX_JUMPS + 1, NULL);

  g_key_file_set_integer (file, HEAD, "Version", VERSION);
  for (guint i = 0; i < profiles->len; i++)
    {
      g_autofree char *jump = g_strdup_printf (JUMP_FORMAT, i + 1);

      write_profile (file, group, profiles->pdata[i]);
      if (i + 1 < profiles->len)
        g_key_file_set_string (file, group, JUMP, jump);
      g_set_str (&group, jump);
    }
  text = g_key_file_to_data (file, &length, NULL);
  return g_bytes_new_take (text, length);
}
