/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/server-file.h"

#include "base/error.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

/* A person's list is a few KiB; what is larger is not ours. */
#define MAX_FILE_BYTES (4 * 1024 * 1024)

/* The keys of a group, which are the names of the properties. */
static const char *const string_keys[] = {
  "name",
  "host",
  "user",
  "recipe",
  "account-id",
  "identity-file",
  "jump",
  "start-directory",
  "group",
  "separator",
  "password-prompt",
  "code-prompt",
  "prompts",
};

/* What a person may say of a server that the administrator gives. */
static const char *const own_keys[] = {
  "user", "account-id", "identity-file", "start-directory", "group", "prompts",
};

gboolean
sally_server_file_has (GKeyFile *file, const char *id)
{
  return g_uuid_string_is_valid (id) && g_key_file_has_key (file, id, "host", NULL);
}

SallyServer *
sally_server_file_get (GKeyFile *file, const char *group)
{
  SallyServer *server = sally_server_new (group);

  for (gsize i = 0; i < G_N_ELEMENTS (string_keys); i++)
    {
      g_autofree char *value = g_key_file_get_string (file, group, string_keys[i], NULL);

      if (value != NULL && g_utf8_validate (value, -1, NULL))
        g_object_set (server, string_keys[i], value, NULL);
    }
  if (g_key_file_has_key (file, group, "port", NULL))
    {
      g_autofree char *text = g_key_file_get_string (file, group, "port", NULL);
      guint64 port = 0;

      /* What is no number becomes port 0, which is refused with a sentence when it is used. */
      if (text != NULL)
        g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT, &port, NULL);
      g_object_set (server, "port", (guint) port, NULL);
    }
  if (g_key_file_has_key (file, group, "code-length", NULL))
    g_object_set (server, "code-length",
                  (guint) g_key_file_get_uint64 (file, group, "code-length", NULL), NULL);
  return server;
}

void
sally_server_file_put (GKeyFile *file, SallyServer *server)
{
  const char *group = sally_server_get_id (server);

  for (gsize i = 0; i < G_N_ELEMENTS (string_keys); i++)
    {
      g_autofree char *value = NULL;

      g_object_get (server, string_keys[i], &value, NULL);
      if (*value != '\0')
        g_key_file_set_string (file, group, string_keys[i], value);
      else
        g_key_file_remove_key (file, group, string_keys[i], NULL);
    }
  g_key_file_set_uint64 (file, group, "port", sally_server_get_port (server));
  if (sally_server_get_code_length (server) != 0)
    g_key_file_set_uint64 (file, group, "code-length", sally_server_get_code_length (server));
  else
    g_key_file_remove_key (file, group, "code-length", NULL);
}

void
sally_server_file_get_own (GKeyFile *file, SallyServer *given)
{
  const char *group = sally_server_get_id (given);

  for (gsize i = 0; i < G_N_ELEMENTS (own_keys); i++)
    {
      g_autofree char *value = g_key_file_get_string (file, group, own_keys[i], NULL);

      if (value != NULL && g_utf8_validate (value, -1, NULL))
        g_object_set (given, own_keys[i], value, NULL);
    }
}

void
sally_server_file_put_own (GKeyFile *file, SallyServer *values, SallyServer *given)
{
  const char *group = sally_server_get_id (given);

  g_key_file_remove_group (file, group, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (own_keys); i++)
    {
      g_autofree char *value = NULL;
      g_autofree char *initial = NULL;

      g_object_get (values, own_keys[i], &value, NULL);
      g_object_get (given, own_keys[i], &initial, NULL);
      if (!g_str_equal (value, initial))
        g_key_file_set_string (file, group, own_keys[i], value);
    }
}

gboolean
sally_server_file_is_own (SallyServer *values, SallyServer *given)
{
  g_autoptr (SallyServer) others = sally_server_new (NULL);

  /* With what is the person's laid over it, the given one has to be these values. */
  sally_server_set_from (others, given);
  for (gsize i = 0; i < G_N_ELEMENTS (own_keys); i++)
    {
      g_autofree char *value = NULL;

      g_object_get (values, own_keys[i], &value, NULL);
      g_object_set (others, own_keys[i], value, NULL);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (string_keys); i++)
    {
      g_autofree char *one = NULL;
      g_autofree char *other = NULL;

      g_object_get (values, string_keys[i], &one, NULL);
      g_object_get (others, string_keys[i], &other, NULL);
      if (!g_str_equal (one, other))
        return FALSE;
    }
  return sally_server_get_port (values) == sally_server_get_port (given) &&
         sally_server_get_code_length (values) == sally_server_get_code_length (given);
}

GKeyFile *
sally_server_file_read (const char *path, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) reason = NULL;
  g_autofree char *text = NULL;
  gsize length;
  GStatBuf status;

  if (g_stat (path, &status) == 0 && status.st_size > MAX_FILE_BYTES)
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED,
                   _ ("The list of servers, %s, is far too large to be one"), path);
      return NULL;
    }
  if (!g_file_get_contents (path, &text, &length, &reason))
    {
      if (g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        return g_steal_pointer (&file);
      g_set_error (error, SALLY_ERROR,
                   g_error_matches (reason, G_FILE_ERROR, G_FILE_ERROR_ACCES)
                       ? SALLY_ERROR_LOCAL_PERMISSION
                       : SALLY_ERROR_LOCAL_FAILED,
                   _ ("The list of servers cannot be read: %s"), reason->message);
      return NULL;
    }
  if (length > 0 &&
      !g_key_file_load_from_data (file, text, length,
                                  G_KEY_FILE_KEEP_COMMENTS | G_KEY_FILE_KEEP_TRANSLATIONS, &reason))
    {
      g_set_error (error, SALLY_ERROR, SALLY_ERROR_LOCAL_FAILED,
                   _ ("The list of servers, %s, is damaged (%s): mend it or move it away"), path,
                   reason->message);
      return NULL;
    }
  return g_steal_pointer (&file);
}
