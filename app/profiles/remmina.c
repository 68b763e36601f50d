/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/draft.h"
#include "profiles/formats.h"

#include <glib/gi18n.h>
#include <string.h>

#define GROUP "remmina"

/* Its numbers for how one signs in. */
#define AUTH_PASSWORD 0
#define AUTH_KEY_FILE 1
#define AUTH_AGENT    2
#define AUTH_ANY_KEY  3
#define AUTH_KERBEROS 4

gboolean
sally_remmina_sniff (SallyProfilesInput *input)
{
  return sally_profiles_input_has_line (input, "[" GROUP "]");
}

static char *
get (GKeyFile *file, const char *key)
{
  return g_key_file_get_string (file, GROUP, key, NULL);
}

static gboolean
is_set (GKeyFile *file, const char *key)
{
  g_autofree char *value = get (file, key);

  return value != NULL && *value != '\0' && !g_str_equal (value, "0");
}

/* `prefix` is "ssh_", or "ssh_tunnel_" for the server that leads to it. */
static void
set_sign_in (SallyProfile *profile, SallyProfilesInput *input, GKeyFile *file, const char *prefix)
{
  g_autofree char *auth_key = g_strconcat (prefix, "auth", NULL);
  g_autofree char *file_key = g_strconcat (prefix, "privatekey", NULL);
  g_autofree char *auth = get (file, auth_key);
  g_autofree char *path = get (file, file_key);
  guint64 number = AUTH_PASSWORD;

  if (auth != NULL)
    g_ascii_string_to_unsigned (auth, 10, 0, G_MAXUINT, &number, NULL);
  if (number == AUTH_KEY_FILE)
    sally_profile_set_key (profile, input, path);
  else if (number == AUTH_AGENT || number == AUTH_ANY_KEY)
    sally_profile_set (profile, "recipe", "key");
  else if (number == AUTH_KERBEROS)
    sally_profile_lose (profile, _ ("It signs in with Kerberos, which Sallyport does not do"));
}

static SallyProfile *
take_tunnel (SallyProfiles *profiles, SallyProfilesInput *input, GKeyFile *file, const char *name)
{
  g_autofree char *server = get (file, "ssh_tunnel_server");
  g_autofree char *user = get (file, "ssh_tunnel_username");
  /* Translators: the server that leads to the server %s. */
  g_autofree char *tunnel_name = g_strdup_printf (_ ("%s (tunnel)"), name);
  SallyProfile *tunnel = sally_profile_new ();

  sally_profile_set (tunnel, "name", tunnel_name);
  sally_profile_set_address (tunnel, server);
  sally_profile_set (tunnel, "user", user);
  set_sign_in (tunnel, input, file, "ssh_tunnel_");
  if (is_set (file, "ssh_tunnel_password"))
    sally_profile_lose_password (tunnel);
  return sally_profiles_take (profiles, input, tunnel);
}

static void
say_settings (SallyProfile *profile, GKeyFile *file)
{
  static const char *const keys[] = { "ssh_proxycommand",   "ssh_certfile",
                                      "ssh_charset",        "ssh_kex_algorithms",
                                      "ssh_ciphers",        "ssh_hostkeytypes",
                                      "ssh_tunnel_command", "ssh_tunnel_certfile" };
  g_autoptr (GString) names = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (is_set (file, keys[i]))
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", keys[i]);
  sally_profile_lose_settings (profile, names->str);
}

gboolean
sally_remmina_read (SallyProfilesInput *input, SallyProfiles *profiles, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char *protocol = NULL;
  g_autofree char *name = NULL;
  g_autofree char *server = NULL;
  g_autofree char *user = NULL;
  g_autofree char *group = NULL;
  SallyProfile *profile;

  if (!g_key_file_load_from_data (file, input->text, input->length, G_KEY_FILE_NONE, NULL))
    return sally_profiles_set_damaged (error);
  protocol = get (file, "protocol");
  name = get (file, "name");
  server = get (file, "server");
  user = get (file, "username");
  group = get (file, "group");
  if (protocol == NULL || server == NULL)
    return sally_profiles_set_damaged (error);
  if (g_ascii_strcasecmp (protocol, "SFTP") != 0 && g_ascii_strcasecmp (protocol, "SSH") != 0)
    {
      profiles->n_foreign++;
      return TRUE;
    }
  profile = sally_profile_new ();
  sally_profile_set (profile, "name", name);
  sally_profile_set_address (profile, server);
  sally_profile_set (profile, "user", user);
  sally_profile_set (profile, "group", group);
  set_sign_in (profile, input, file, "ssh_");
  if (is_set (file, "password") || is_set (file, "ssh_password"))
    sally_profile_lose_password (profile);
  if (is_set (file, "ssh_tunnel_enabled"))
    {
      profile->jump = take_tunnel (profiles, input, file, name != NULL ? name : server);
      if (profile->jump == NULL)
        sally_profile_lose (profile, _ ("The tunnel that leads to it"));
    }
  say_settings (profile, file);
  sally_profiles_take (profiles, input, profile);
  return TRUE;
}
