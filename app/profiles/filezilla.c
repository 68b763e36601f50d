/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/draft.h"
#include "profiles/formats.h"

#include <glib/gi18n.h>
#include <string.h>

#define PROTOCOL_SFTP 1
/* Folders in folders; nobody finds anything deeper. */
#define MAX_DEPTH     64

/* Its numbers for how one signs in. */
typedef enum
{
  LOGON_ANONYMOUS,
  LOGON_NORMAL,
  LOGON_ASK,
  LOGON_INTERACTIVE,
  LOGON_ACCOUNT,
  LOGON_KEY_FILE,
} Logon;

typedef struct
{
  SallyProfilesInput *input;
  SallyProfiles *profiles;
  GPtrArray *folders; /* (element-type GString) names of the open <Folder>s: their own text */
  GHashTable *server; /* element -> text, of the open <Server>; NULL outside */
  GString *own_text;  /* directly inside of <Server>: its name in old files */
  char *element;      /* the open child of <Server> */
  GString *text;      /* of that */
  guint n_ignored;    /* depth inside of elements that do not count */
} Reading;

gboolean
sally_filezilla_sniff (SallyProfilesInput *input)
{
  return strstr (input->text, "<FileZilla3") != NULL || strstr (input->text, "<FileZilla") != NULL;
}

static gint64
get_number (GHashTable *server, const char *element)
{
  const char *text = g_hash_table_lookup (server, element);

  return text != NULL ? g_ascii_strtoll (text, NULL, 10) : 0;
}

/* "1 0 3 srv 5 user1" is /srv/user1: the kind of server, a prefix by its length, and pairs of a
 * length (in UTF-8 bytes in practice) and a name. NULL if it is another kind of path. */
static char *
decode_folder (const char *text)
{
  g_autoptr (GString) path = g_string_new (NULL);
  const char *const end = text + strlen (text);
  char *next;

  if (g_ascii_strtoull (text, &next, 10) > 1 || next == text || g_ascii_strtoull (next, &next, 10))
    return NULL;
  while (next < end)
    {
      guint64 length = g_ascii_strtoull (next, &next, 10);

      if (length == 0 || *next != ' ' || length > (guint64) (end - next - 1))
        return NULL;
      g_string_append_c (path, '/');
      g_string_append_len (path, next + 1, (gssize) length);
      next += length + 1;
    }
  return path->len > 0 && g_utf8_validate (path->str, -1, NULL)
             ? g_string_free_and_steal (g_steal_pointer (&path))
             : NULL;
}

static void
set_folder (SallyProfile *profile, const char *text)
{
  g_autofree char *folder = NULL;

  if (text == NULL || *text == '\0')
    return;
  folder = decode_folder (text);
  if (folder != NULL)
    sally_profile_set (profile, "start-directory", folder);
  else
    sally_profile_lose (profile, _ ("The folder in which it begins, “%s”"), text);
}

static void
set_sign_in (SallyProfile *profile, SallyProfilesInput *input, GHashTable *server)
{
  gint64 logon = get_number (server, "Logontype");
  const char *password = g_hash_table_lookup (server, "Pass");

  if (logon != LOGON_ANONYMOUS)
    sally_profile_set (profile, "user", g_hash_table_lookup (server, "User"));
  else
    sally_profile_set (profile, "user", "anonymous");
  if (logon == LOGON_KEY_FILE)
    sally_profile_set_key (profile, input, g_hash_table_lookup (server, "Keyfile"));
  /* One connection and questions each time is how one gets along with codes there. */
  else if (logon == LOGON_INTERACTIVE && get_number (server, "MaximumMultipleConnections") == 1)
    {
      sally_profile_set (profile, "recipe", "password,code");
      sally_profile_lose (profile,
                          _ ("It asks at each sign-in and opens one connection: taken as password, "
                             "then code. Choose the account that has its codes"));
    }
  else if (logon == LOGON_INTERACTIVE)
    sally_profile_lose (profile, _ ("It asks at each sign-in: taken as password. If it wants a "
                                    "code too, choose that"));
  else if (logon == LOGON_ACCOUNT)
    sally_profile_lose_settings (profile, "Account");
  if (password != NULL && *password != '\0')
    sally_profile_lose_password (profile);
}

static void
say_settings (SallyProfile *profile, GHashTable *server)
{
  static const char *const elements[] = { "Comments", "LocalDir", "Bookmark", "PostLoginCommands",
                                          "CustomEncoding" };
  g_autoptr (GString) names = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (elements); i++)
    {
      const char *text = g_hash_table_lookup (server, elements[i]);

      if (text != NULL && *text != '\0')
        g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", elements[i]);
    }
  sally_profile_lose_settings (profile, names->str);
}

static void
take_server (Reading *reading)
{
  GHashTable *server = reading->server;
  g_autoptr (GString) group = g_string_new (NULL);
  const char *name = g_hash_table_lookup (server, "Name");
  SallyProfile *profile;

  if (get_number (server, "Protocol") != PROTOCOL_SFTP)
    {
      reading->profiles->n_foreign++;
      return;
    }
  for (guint i = 0; i < reading->folders->len; i++)
    {
      GString *folder = reading->folders->pdata[i];

      g_string_append_printf (group, "%s%s", i > 0 ? " / " : "", g_strstrip (folder->str));
    }
  profile = sally_profile_new ();
  sally_profile_set (profile, "name", name != NULL ? name : reading->own_text->str);
  sally_profile_set (profile, "group", group->str);
  sally_profile_set (profile, "host", g_hash_table_lookup (server, "Host"));
  sally_profile_set_port (profile, g_hash_table_lookup (server, "Port"));
  set_sign_in (profile, reading->input, server);
  set_folder (profile, g_hash_table_lookup (server, "RemoteDir"));
  say_settings (profile, server);
  sally_profiles_take (reading->profiles, reading->input, profile);
}

static void
string_free (gpointer data)
{
  g_string_free (data, TRUE);
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

  if (reading->n_ignored > 0 || reading->element != NULL)
    {
      reading->n_ignored++;
      if (reading->n_ignored > MAX_DEPTH)
        sally_profiles_set_damaged (error);
    }
  else if (reading->server != NULL)
    {
      reading->element = g_strdup (element);
      g_string_truncate (reading->text, 0);
    }
  else if (g_str_equal (element, "Server"))
    {
      reading->server = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      g_string_truncate (reading->own_text, 0);
    }
  else if (g_str_equal (element, "Folder"))
    {
      g_ptr_array_add (reading->folders, g_string_new (NULL));
      if (reading->folders->len > MAX_DEPTH)
        sally_profiles_set_damaged (error);
    }
}

static void
on_end (GMarkupParseContext *context, const char *element, gpointer user_data, GError **error)
{
  Reading *reading = user_data;

  if (reading->n_ignored > 0)
    {
      reading->n_ignored--;
      /* <Bookmark> has children and no text of its own; that it is there is enough. */
      g_string_append_c (reading->text, '.');
    }
  else if (reading->element != NULL)
    {
      g_hash_table_replace (reading->server, g_steal_pointer (&reading->element),
                            g_strdup (reading->text->str));
    }
  else if (g_str_equal (element, "Server"))
    {
      take_server (reading);
      g_clear_pointer (&reading->server, g_hash_table_unref);
    }
  else if (g_str_equal (element, "Folder"))
    g_ptr_array_set_size (reading->folders, (int) reading->folders->len - 1);
}

static void
on_text (GMarkupParseContext *context,
         const char *text,
         gsize length,
         gpointer user_data,
         GError **error)
{
  Reading *reading = user_data;

  if (reading->n_ignored > 0)
    return;
  if (reading->element != NULL)
    g_string_append_len (reading->text, text, (gssize) length);
  else if (reading->server != NULL)
    g_string_append_len (reading->own_text, text, (gssize) length);
  else if (reading->folders->len > 0)
    g_string_append_len (reading->folders->pdata[reading->folders->len - 1], text, (gssize) length);
}

gboolean
sally_filezilla_read (SallyProfilesInput *input, SallyProfiles *profiles, GError **error)
{
  static const GMarkupParser parser = { on_start, on_end, on_text, NULL, NULL };
  g_autoptr (GPtrArray) folders = g_ptr_array_new_with_free_func (string_free);
  g_autoptr (GString) own_text = g_string_new (NULL);
  g_autoptr (GString) text = g_string_new (NULL);
  Reading reading = {
    .input = input, .profiles = profiles, .folders = folders, .own_text = own_text, .text = text
  };
  g_autoptr (GMarkupParseContext) context =
      g_markup_parse_context_new (&parser, G_MARKUP_DEFAULT_FLAGS, &reading, NULL);
  gboolean is_whole =
      g_markup_parse_context_parse (context, input->text, (gssize) input->length, NULL) &&
      g_markup_parse_context_end_parse (context, NULL);

  g_free (reading.element);
  g_clear_pointer (&reading.server, g_hash_table_unref);
  return is_whole || sally_profiles_set_damaged (error);
}
