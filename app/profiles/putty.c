/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/draft.h"
#include "profiles/formats.h"
#include "profiles/putty-keys.h"
#include "profiles/sections.h"

#include <glib/gi18n.h>
#include <string.h>

/* In a .reg file all sessions, in ~/.putty/sessions/NAME one. */
#define SESSIONS   "\\SimonTatham\\PuTTY\\Sessions\\"
#define HOST_KEYS  "\\SimonTatham\\PuTTY\\SshHostKeys"
/* Its ways through a proxy: none, and by a channel of an SSH server. */
#define PROXY_NONE "0"
#define PROXY_SSH  "6"

gboolean
sally_putty_registry_sniff (SallyProfilesInput *input)
{
  return (g_str_has_prefix (input->text, "Windows Registry Editor") ||
          g_str_has_prefix (input->text, "REGEDIT4")) &&
         strstr (input->text, SESSIONS) != NULL;
}

gboolean
sally_putty_session_sniff (SallyProfilesInput *input)
{
  return sally_profiles_input_has_line (input, "HostName=") &&
         sally_profiles_input_has_line (input, "Protocol=") &&
         sally_profiles_input_has_line (input, "PortNumber=");
}

static SallyProfile *
take_proxy (SallyProfiles *profiles,
            SallyProfilesInput *input,
            const SallySection *section,
            const char *name)
{
  /* Translators: the server that leads to the server %s. */
  g_autofree char *proxy_name = g_strdup_printf (_ ("%s (tunnel)"), name);
  SallyProfile *proxy = sally_profile_new ();

  sally_profile_set (proxy, "name", proxy_name);
  sally_profile_set (proxy, "host", sally_section_get (section, "ProxyHost"));
  sally_profile_set (proxy, "user", sally_section_get (section, "ProxyUsername"));
  /* 80, its default, is for the other kinds of proxy. */
  if (g_strcmp0 (sally_section_get (section, "ProxyPort"), "80") != 0)
    sally_profile_set_port (proxy, sally_section_get (section, "ProxyPort"));
  if (!sally_section_is_unset (section, "ProxyPassword"))
    sally_profile_lose_password (proxy);
  return sally_profiles_take (profiles, input, proxy);
}

static void
set_proxy (SallyProfile *profile,
           SallyProfiles *profiles,
           SallyProfilesInput *input,
           const SallySection *section,
           const char *name)
{
  const char *method = sally_section_get (section, "ProxyMethod");

  if (method == NULL || g_str_equal (method, PROXY_NONE))
    return;
  if (g_str_equal (method, PROXY_SSH))
    profile->jump = take_proxy (profiles, input, section, name);
  if (profile->jump == NULL)
    sally_profile_lose (profile, _ ("The proxy that leads to it, “%s”"),
                        sally_section_get (section, "ProxyHost") != NULL
                            ? sally_section_get (section, "ProxyHost")
                            : "");
}

static void
read_session (SallyProfilesInput *input,
              SallyProfiles *profiles,
              const SallySection *section,
              const char *escaped_name)
{
  g_autofree char *name = sally_profiles_unescape (escaped_name);
  const char *host = sally_section_get (section, "HostName");
  const char *protocol = sally_section_get (section, "Protocol");
  SallyProfile *profile;

  /* The settings that new sessions begin with have no host. */
  if (host == NULL || *host == '\0')
    return;
  if (protocol != NULL && !g_str_equal (protocol, "ssh"))
    {
      profiles->n_foreign++;
      return;
    }
  profile = sally_profile_new ();
  sally_profile_set (profile, "name", name);
  sally_profile_set (profile, "user", sally_section_get (section, "UserName"));
  if (strchr (host, '@') != NULL)
    sally_profile_set_address (profile, host);
  else
    sally_profile_set (profile, "host", host);
  sally_profile_set_port (profile, sally_section_get (section, "PortNumber"));
  sally_profile_set_key (profile, input, sally_section_get (section, "PublicKeyFile"));
  set_proxy (profile, profiles, input, section, name);
  if (!sally_section_is_unset (section, "DetachedCertificate"))
    sally_profile_lose_settings (profile, "DetachedCertificate");
  sally_profiles_take (profiles, input, profile);
}

gboolean
sally_putty_registry_read (SallyProfilesInput *input, SallyProfiles *profiles, GError **error)
{
  g_autoptr (GPtrArray) sections = sally_sections_parse (input->text);

  profiles->is_too_large = sections == NULL;
  for (guint i = 0; sections != NULL && i < sections->len && !profiles->is_too_large; i++)
    {
      const SallySection *section = sections->pdata[i];
      const char *session = strstr (section->name, SESSIONS);

      if (session != NULL)
        read_session (input, profiles, section, session + strlen (SESSIONS));
    }
  /* They may stand before the sessions. */
  for (guint i = 0; sections != NULL && i < sections->len; i++)
    if (g_str_has_suffix (((SallySection *) sections->pdata[i])->name, HOST_KEYS))
      sally_putty_keys_apply (profiles, sections->pdata[i]);
  return TRUE;
}

gboolean
sally_putty_session_read (SallyProfilesInput *input, SallyProfiles *profiles, GError **error)
{
  g_autoptr (GPtrArray) sections = sally_sections_parse (input->text);

  if (sections == NULL)
    return sally_profiles_set_damaged (error);
  read_session (input, profiles, sections->pdata[0], input->name);
  return TRUE;
}
