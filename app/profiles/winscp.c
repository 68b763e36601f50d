/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/draft.h"
#include "profiles/formats.h"
#include "profiles/putty-keys.h"
#include "profiles/sections.h"

#include <glib/gi18n.h>
#include <string.h>

/* WinSCP.ini, or the same as an export of the registry. A value that is the default is not written.
 */
#define SESSIONS  "Sessions\\"
#define REGISTRY  "\\Martin Prikryl\\WinSCP 2\\"
#define HOST_KEYS "SshHostKeys"

gboolean
sally_winscp_sniff (SallyProfilesInput *input)
{
  return sally_profiles_input_has_line (input, "[" SESSIONS) ||
         (sally_profiles_input_has_line (input, "[HKEY_CURRENT_USER\\") &&
          strstr (input->text, REGISTRY SESSIONS) != NULL);
}

/* The session's name in a section's, NULL if that is another kind of section. */
static const char *
find_session (const SallySection *section)
{
  const char *registry = strstr (section->name, REGISTRY SESSIONS);

  if (registry != NULL)
    return registry + strlen (REGISTRY SESSIONS);
  return g_str_has_prefix (section->name, SESSIONS) ? section->name + strlen (SESSIONS) : NULL;
}

static gboolean
is_host_keys (const SallySection *section)
{
  return g_str_equal (section->name, HOST_KEYS) ||
         g_str_has_suffix (section->name, REGISTRY HOST_KEYS);
}

static char *
get (const SallySection *section, const char *key)
{
  const char *value = sally_section_get (section, key);

  return value != NULL ? sally_profiles_unescape (value) : NULL;
}

/* What it has set and we have no counterpart of. */
static void
say_settings (SallyProfile *profile, const SallySection *section)
{
  static const char *const keys[] = { "ProxyMethod", "DetachedCertificate", "Note",
                                      "LocalDirectory", "SftpServer" };
  g_autoptr (GString) names = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (!sally_section_is_unset (section, keys[i]))
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", keys[i]);
  sally_profile_lose_settings (profile, names->str);
}

/* The server that its tunnel goes through; NULL if there is none that can be. */
static SallyProfile *
take_tunnel (SallyProfiles *profiles,
             SallyProfilesInput *input,
             const SallySection *section,
             const char *name)
{
  g_autofree char *host = get (section, "TunnelHostName");
  g_autofree char *user = get (section, "TunnelUserName");
  g_autofree char *key = get (section, "TunnelPublicKeyFile");
  /* Translators: the server that leads to the server %s. */
  g_autofree char *tunnel_name = g_strdup_printf (_ ("%s (tunnel)"), name);
  SallyProfile *tunnel = sally_profile_new ();

  sally_profile_set (tunnel, "name", tunnel_name);
  sally_profile_set (tunnel, "host", host);
  sally_profile_set (tunnel, "user", user);
  sally_profile_set_port (tunnel, sally_section_get (section, "TunnelPortNumber"));
  sally_profile_set_key (tunnel, input, key);
  if (!sally_section_is_unset (section, "TunnelPassword") ||
      !sally_section_is_unset (section, "TunnelPasswordPlain"))
    sally_profile_lose_password (tunnel);
  return sally_profiles_take (profiles, input, tunnel);
}

static void
read_session (SallyProfilesInput *input,
              SallyProfiles *profiles,
              const SallySection *section,
              const char *escaped_name)
{
  g_autofree char *path = sally_profiles_unescape (escaped_name);
  g_autofree char *host = get (section, "HostName");
  g_autofree char *user = get (section, "UserName");
  g_autofree char *folder = get (section, "RemoteDirectory");
  g_autofree char *key = get (section, "PublicKeyFile");
  const char *protocol = sally_section_get (section, "FSProtocol");
  char *slash = strrchr (path, '/');
  SallyProfile *profile;

  /* A workspace is a list of windows; what has no host is a template. */
  if (host == NULL || *host == '\0' || !sally_section_is_unset (section, "IsWorkspace"))
    return;
  if (protocol != NULL && strcmp (protocol, "0") != 0 && strcmp (protocol, "1") != 0 &&
      strcmp (protocol, "2") != 0)
    {
      profiles->n_foreign++;
      return;
    }
  profile = sally_profile_new ();
  if (slash != NULL)
    {
      *slash = '\0';
      sally_profile_set (profile, "group", path);
    }
  sally_profile_set (profile, "name", slash != NULL ? slash + 1 : path);
  sally_profile_set (profile, "host", host);
  sally_profile_set (profile, "user", user);
  sally_profile_set (profile, "start-directory", folder);
  sally_profile_set_port (profile, sally_section_get (section, "PortNumber"));
  sally_profile_set_key (profile, input, key);
  if (protocol != NULL && g_str_equal (protocol, "0"))
    sally_profile_lose (profile, _ ("It was used with SCP: whether it does SFTP will be seen"));
  if (!sally_section_is_unset (section, "Password") ||
      !sally_section_is_unset (section, "PasswordPlain"))
    sally_profile_lose_password (profile);
  if (!sally_section_is_unset (section, "Tunnel"))
    {
      profile->jump = take_tunnel (profiles, input, section, slash != NULL ? slash + 1 : path);
      if (profile->jump == NULL)
        sally_profile_lose (profile, _ ("The tunnel that leads to it"));
    }
  say_settings (profile, section);
  sally_profiles_take (profiles, input, profile);
}

gboolean
sally_winscp_read (SallyProfilesInput *input, SallyProfiles *profiles, GError **error)
{
  g_autoptr (GPtrArray) sections = sally_sections_parse (input->text);

  profiles->is_too_large = sections == NULL;
  for (guint i = 0; sections != NULL && i < sections->len && !profiles->is_too_large; i++)
    {
      const SallySection *section = sections->pdata[i];
      const char *session = find_session (section);

      if (session != NULL)
        read_session (input, profiles, section, session);
    }
  /* They may stand before the sessions. */
  for (guint i = 0; sections != NULL && i < sections->len; i++)
    if (is_host_keys (sections->pdata[i]))
      sally_putty_keys_apply (profiles, sections->pdata[i]);
  return TRUE;
}
