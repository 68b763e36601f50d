/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/draft.h"

#include "base/error.h"
#include "base/text.h"

#include <glib/gi18n.h>
#include <stdarg.h>
#include <string.h>

/* As sally_server_validate has it. */
#define MAX_NAME_CHARACTERS 100
/* PATH_MAX of Linux: nothing longer can be opened. */
#define MAX_PATH_BYTES      4096
#define MAX_NOTICES         100
#define MAX_LOSSES          20

SallyProfile *
sally_profile_new (void)
{
  SallyProfile *self = g_new0 (SallyProfile, 1);

  self->server = sally_server_new (NULL);
  self->losses = g_ptr_array_new_with_free_func (g_free);
  self->host_keys = g_ptr_array_new_with_free_func (g_free);
  self->known_keys = g_ptr_array_new_with_free_func (g_free);
  self->has_own_user = TRUE;
  return self;
}

SallyProfile *
sally_profile_new_from (SallyServer *server, const char *const *host_keys)
{
  SallyProfile *self;

  g_return_val_if_fail (SALLY_IS_SERVER (server), NULL);
  g_return_val_if_fail (host_keys != NULL, NULL);

  self = sally_profile_new ();
  sally_server_set_from (self->server, server);
  for (guint i = 0; host_keys[i] != NULL; i++)
    g_ptr_array_add (self->host_keys, g_strdup (host_keys[i]));
  return self;
}

void
sally_profile_free (SallyProfile *self)
{
  if (self == NULL)
    return;
  g_object_unref (self->server);
  g_ptr_array_unref (self->losses);
  g_ptr_array_unref (self->host_keys);
  g_ptr_array_unref (self->known_keys);
  g_free (self);
}

void
sally_profile_set (SallyProfile *self, const char *property, const char *value)
{
  g_autofree char *text = NULL;

  if (value == NULL)
    return;
  text = g_utf8_make_valid (value, -1);
  g_object_set (self->server, property, g_strstrip (text), NULL);
}

void
sally_profile_set_port (SallyProfile *self, const char *text)
{
  guint64 port = 0;

  if (text == NULL || *text == '\0')
    return;
  g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &port, NULL);
  g_object_set (self->server, "port", (guint) port, NULL);
}

static void
add_sentence (GPtrArray *sentences, guint limit, const char *format, va_list arguments)
{
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  g_autofree char *shown = sally_text_from_server (text, -1, FALSE);

  if (sentences->len < limit &&
      !g_ptr_array_find_with_equal_func (sentences, shown, g_str_equal, NULL))
    g_ptr_array_add (sentences, g_steal_pointer (&shown));
}

void
sally_profile_lose (SallyProfile *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_sentence (self->losses, MAX_LOSSES, format, arguments);
  va_end (arguments);
}

void
sally_profiles_notice (SallyProfiles *self, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  add_sentence (self->notices, MAX_NOTICES, format, arguments);
  va_end (arguments);
}

void
sally_profile_lose_password (SallyProfile *self)
{
  sally_profile_lose (self, _ ("Its saved password is not imported: enter it when you connect"));
}

void
sally_profile_lose_settings (SallyProfile *self, const char *names)
{
  if (*names != '\0')
    sally_profile_lose (self, _ ("Not carried over: %s"), names);
}

static gboolean
is_windows_path (const char *path)
{
  return (g_ascii_isalpha (path[0]) && path[1] == ':') || strchr (path, '\\') != NULL;
}

void
sally_profile_set_key (SallyProfile *self, SallyProfilesInput *input, const char *path)
{
  g_autofree char *expanded = NULL;
  g_autofree char *folded = NULL;

  if (path == NULL || *path == '\0')
    return;
  g_object_set (self->server, "recipe", "key", NULL);
  folded = g_ascii_strdown (path, -1);
  if (g_str_has_suffix (folded, ".ppk"))
    {
      sally_profile_lose (self,
                          _ ("Its key “%s” is in PuTTY’s form: convert it with “puttygen KEY "
                             "-O private-openssh -o NEWKEY” and choose the new file"),
                          path);
      return;
    }
  if (is_windows_path (path))
    {
      sally_profile_lose (self, _ ("Its key “%s” lies on a Windows computer: choose the file here"),
                          path);
      return;
    }
  if (g_str_has_prefix (path, "~/"))
    expanded = g_build_filename (input->home, path + 2, NULL);
  else
    expanded = g_canonicalize_filename (path, input->folder != NULL ? input->folder : input->home);
  if (strlen (expanded) > MAX_PATH_BYTES || !g_file_test (expanded, G_FILE_TEST_IS_REGULAR))
    sally_profile_lose (self, _ ("Its key “%s” is not here: choose the file"), expanded);
  else
    sally_profile_set (self, "identity-file", expanded);
}

void
sally_profile_set_address (SallyProfile *self, const char *text)
{
  const char *at;
  const char *host;
  const char *colon;
  const char *end;

  if (text == NULL)
    return;
  at = strrchr (text, '@');
  host = at != NULL ? at + 1 : text;
  if (at != NULL)
    {
      g_autofree char *user = g_strndup (text, (gsize) (at - text));

      sally_profile_set (self, "user", user);
    }
  end = host + strlen (host);
  colon = strrchr (host, ':');
  if (*host == '[' && strchr (host, ']') != NULL)
    {
      end = strchr (host, ']');
      colon = end[1] == ':' ? end + 1 : NULL;
      host++;
    }
  else if (colon != NULL && strchr (host, ':') == colon)
    end = colon;
  else
    colon = NULL;
  if (colon != NULL)
    sally_profile_set_port (self, colon + 1);
  if (end > host)
    {
      g_autofree char *name = g_strndup (host, (gsize) (end - host));

      sally_profile_set (self, "host", name);
    }
}

/* A name that can stand before ":PATH" on a command line. */
static void
mend_name (SallyServer *server)
{
  const char *name = sally_server_get_name (server);
  g_autoptr (GString) mended = g_string_new (NULL);

  if (*name == '\0')
    name = sally_server_get_host (server);
  for (const char *c = name; *c != '\0'; c = g_utf8_next_char (c))
    {
      gunichar character = g_utf8_get_char (c);

      if (character == ':' || character == '/' || !g_unichar_isprint (character))
        character = '-';
      if (mended->len > 0 || (character != '-' && character != ' '))
        g_string_append_unichar (mended, character);
    }
  if (g_utf8_strlen (mended->str, -1) > MAX_NAME_CHARACTERS)
    g_string_truncate (mended,
                       (gsize) (g_utf8_offset_to_pointer (mended->str, MAX_NAME_CHARACTERS) -
                                mended->str));
  g_object_set (server, "name", g_strstrip (mended->str), NULL);
}

static void
mend_folder (SallyProfile *self)
{
  const char *folder = sally_server_get_start_directory (self->server);

  if (strlen (folder) <= MAX_PATH_BYTES && g_utf8_validate (folder, -1, NULL))
    return;
  g_object_set (self->server, "start-directory", "", NULL);
  sally_profile_lose (self, _ ("The folder in which it begins cannot be one"));
}

static void
mend_group (SallyServer *server)
{
  g_autofree char *group = sally_text_from_server (sally_server_get_group (server), -1, FALSE);

  if (g_utf8_strlen (group, -1) > MAX_NAME_CHARACTERS)
    *g_utf8_offset_to_pointer (group, MAX_NAME_CHARACTERS) = '\0';
  g_object_set (server, "group", group, NULL);
}

SallyProfile *
sally_profiles_take (SallyProfiles *self, SallyProfilesInput *input, SallyProfile *profile)
{
  g_autoptr (SallyProfile) owned = profile;
  g_autoptr (GError) error = NULL;

  if (self->entries->len >= SALLY_PROFILES_MAX_ENTRIES)
    {
      self->is_too_large = TRUE;
      return NULL;
    }
  mend_name (owned->server);
  mend_group (owned->server);
  mend_folder (owned);
  if (*sally_server_get_user (owned->server) == '\0')
    {
      owned->has_own_user = FALSE;
      g_object_set (owned->server, "user", input->user, NULL);
    }
  if (sally_server_validate (owned->server, &error))
    {
      g_ptr_array_add (self->entries, owned);
      return g_steal_pointer (&owned);
    }
  self->n_unreadable++;
  sally_profiles_notice (self, _ ("“%s” is left out: %s"), sally_server_get_name (owned->server),
                         error->message);
  return NULL;
}

gboolean
sally_profiles_set_damaged (GError **error)
{
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                       _ ("The file is damaged or cut off: nothing is imported"));
  return FALSE;
}

char *
sally_profiles_unescape (const char *text)
{
  g_autoptr (GString) bytes = g_string_new (NULL);

  for (const char *c = text; *c != '\0'; c++)
    {
      int byte = -1;

      if (*c == '%' && g_ascii_isxdigit (c[1]) && g_ascii_isxdigit (c[2]))
        byte = g_ascii_xdigit_value (c[1]) * 16 + g_ascii_xdigit_value (c[2]);
      if (byte > 0)
        c += 2;
      g_string_append_c (bytes, byte > 0 ? (char) byte : *c);
    }
  /* WinSCP marks what is UTF-8. */
  if (g_str_has_prefix (bytes->str, "\xEF\xBB\xBF"))
    g_string_erase (bytes, 0, 3);
  if (g_utf8_validate (bytes->str, -1, NULL))
    return g_string_free_and_steal (g_steal_pointer (&bytes));
  return g_convert (bytes->str, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}
