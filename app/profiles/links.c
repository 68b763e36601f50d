/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/draft.h"
#include "profiles/formats.h"

#include <glib/gi18n.h>
#include <string.h>

/* An address is a line of a few hundred bytes. */
#define MAX_LINE_BYTES 8192

/* The file manager's bookmarks are addresses of any kind, with a label or without. */
gboolean
sally_gtk_bookmarks_sniff (SallyProfilesInput *input)
{
  return g_str_equal (input->name, "bookmarks") || sally_profiles_input_has_line (input, "file://");
}

gboolean
sally_links_sniff (SallyProfilesInput *input)
{
  return sally_profiles_input_has_line (input, "sftp://") ||
         sally_profiles_input_has_line (input, "ssh://");
}

/* "/~/in" is a folder in the home folder, with which a server begins anyway. */
static void
set_folder (SallyProfile *profile, const char *path)
{
  if (g_str_has_prefix (path, "/~/"))
    path += 3;
  if (!g_str_equal (path, "/"))
    sally_profile_set (profile, "start-directory", path);
}

static gboolean
read_link (SallyProfilesInput *input, SallyProfiles *profiles, const char *link, const char *label)
{
  g_autoptr (GUri) uri =
      g_uri_parse (link, G_URI_FLAGS_HAS_PASSWORD | G_URI_FLAGS_HAS_AUTH_PARAMS, NULL);
  SallyProfile *profile;

  if (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0')
    return FALSE;
  profile = sally_profile_new ();
  sally_profile_set (profile, "name", label);
  sally_profile_set (profile, "host", g_uri_get_host (uri));
  sally_profile_set (profile, "user", g_uri_get_user (uri));
  if (g_uri_get_port (uri) != -1)
    g_object_set (profile->server, "port", (guint) g_uri_get_port (uri), NULL);
  set_folder (profile, g_uri_get_path (uri));
  if (g_uri_get_password (uri) != NULL && *g_uri_get_password (uri) != '\0')
    sally_profile_lose (profile, _ ("The password in the address is not imported"));
  if (g_uri_get_auth_params (uri) != NULL)
    sally_profile_lose (profile, _ ("What stands behind “;” in the address: %s"),
                        g_uri_get_auth_params (uri));
  sally_profiles_take (profiles, input, profile);
  return TRUE;
}

static void
read_line (SallyProfilesInput *input, SallyProfiles *profiles, char *line)
{
  char *label;

  g_strstrip (line);
  if (*line == '\0' || *line == '#')
    return;
  label = line + strcspn (line, " \t");
  if (*label != '\0')
    *label++ = '\0';
  if (!sally_profiles_is_link (line))
    {
      profiles->n_foreign++;
      return;
    }
  if (strlen (line) <= MAX_LINE_BYTES && read_link (input, profiles, line, g_strstrip (label)))
    return;
  profiles->n_unreadable++;
  /* A password may stand in it. */
  sally_profiles_notice (profiles, _ ("An address is left out: it is none that can be read"));
}

static gboolean
read_lines (SallyProfilesInput *input, SallyProfiles *profiles)
{
  const char *text = input->text;

  while (*text != '\0' && !profiles->is_too_large)
    {
      const char *end = text + strcspn (text, "\r\n");
      g_autofree char *line = g_strndup (text, (gsize) (end - text));

      read_line (input, profiles, line);
      text = end + strspn (end, "\r\n");
    }
  return TRUE;
}

gboolean
sally_gtk_bookmarks_read (SallyProfilesInput *input, SallyProfiles *profiles, GError **error)
{
  return read_lines (input, profiles);
}

gboolean
sally_links_read (SallyProfilesInput *input, SallyProfiles *profiles, GError **error)
{
  return read_lines (input, profiles);
}
