/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/profiles.h"

#include "base/error.h"
#include "profiles/formats.h"

#include <glib/gi18n.h>
#include <string.h>

/* What is certain stands before what is likely. */
static const SallyProfilesFormat formats[] = {
  { "sallyport", N_ ("Connection file of Sallyport"), sally_connection_file_sniff,
    sally_connection_file_read },
  { "filezilla", "FileZilla", sally_filezilla_sniff, sally_filezilla_read },
  { "cyberduck", "Cyberduck", sally_cyberduck_sniff, sally_cyberduck_read },
  { "remmina", "Remmina", sally_remmina_sniff, sally_remmina_read },
  { "winscp", "WinSCP", sally_winscp_sniff, sally_winscp_read },
  { "putty-registry", N_ ("PuTTY, from the registry"), sally_putty_registry_sniff,
    sally_putty_registry_read },
  { "putty", "PuTTY", sally_putty_session_sniff, sally_putty_session_read },
  { "gtk-bookmarks", N_ ("Bookmarks of the file manager"), sally_gtk_bookmarks_sniff,
    sally_gtk_bookmarks_read },
  { "links", N_ ("List of sftp addresses"), sally_links_sniff, sally_links_read },
  { "ssh-config", N_ ("SSH configuration"), sally_ssh_config_sniff, sally_ssh_config_read },
  { NULL },
};

void
sally_profiles_free (SallyProfiles *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->notices);
  g_free (self);
}

static SallyProfiles *
profiles_new (const SallyProfilesFormat *format)
{
  SallyProfiles *self = g_new0 (SallyProfiles, 1);

  self->format = format;
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_profile_free);
  self->notices = g_ptr_array_new_with_free_func (g_free);
  return self;
}

const SallyProfilesFormat *
sally_profiles_get_formats (void)
{
  return formats;
}

const SallyProfilesFormat *
sally_profiles_find_format (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (const SallyProfilesFormat *format = formats; format->name != NULL; format++)
    if (g_str_equal (format->name, name))
      return format;
  return NULL;
}

gboolean
sally_profiles_is_link (const char *text)
{
  g_return_val_if_fail (text != NULL, FALSE);

  return g_ascii_strncasecmp (text, "sftp://", 7) == 0 ||
         g_ascii_strncasecmp (text, "ssh://", 6) == 0;
}

static gboolean
refuse (GError **error, const char *sentence)
{
  g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID, sentence);
  return FALSE;
}

/* A file without a server is no list of servers. */
static gboolean
check_content (SallyProfiles *self, GError **error)
{
  if (self->is_too_large)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                 _ ("The file holds more than %d servers: that is more than can be kept"),
                 SALLY_PROFILES_MAX_ENTRIES);
  else if (self->entries->len > 0)
    return TRUE;
  else if (self->n_unreadable > 0)
    return refuse (error, self->notices->pdata[0]);
  else if (self->n_foreign > 0)
    return refuse (error, _ ("The file holds no SFTP server, only such for other protocols"));
  else
    return refuse (error, _ ("The file holds no server"));
  return FALSE;
}

static SallyProfiles *
read_as (const SallyProfilesFormat *format, SallyProfilesInput *input, GError **error)
{
  g_autoptr (SallyProfiles) profiles = profiles_new (format);

  if (!format->read (input, profiles, error) || !check_content (profiles, error))
    return NULL;
  if (profiles->n_foreign > 0)
    g_ptr_array_add (profiles->notices,
                     g_strdup_printf (ngettext ("%u entry is not for SFTP and was left out",
                                                "%u entries are not for SFTP and were left out",
                                                profiles->n_foreign),
                                      profiles->n_foreign));
  return g_steal_pointer (&profiles);
}

SallyProfiles *
sally_profiles_read (GBytes *bytes,
                     const char *path,
                     const SallyProfilesFormat *format,
                     GError **error)
{
  g_autoptr (SallyProfilesInput) input = NULL;

  g_return_val_if_fail (bytes != NULL, NULL);

  if (g_bytes_get_size (bytes) > SALLY_PROFILES_MAX_FILE_BYTES)
    return refuse (error, _ ("The file is too large to be a list of servers")), NULL;
  input = sally_profiles_input_new (bytes, path);
  if (input->is_text && *input->text == '\0')
    return refuse (error, _ ("The file is empty")), NULL;
  for (const SallyProfilesFormat *form = formats; form->name != NULL; form++)
    if ((format == NULL || form == format) && form->sniff (input))
      return read_as (form, input, error);
  if (format != NULL)
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                 _ ("The file is not what it should be (%s), or it is damaged"),
                 _ (format->display_name));
  else
    refuse (error, _ ("The file is not a list of servers that is known, or it is damaged"));
  return NULL;
}

SallyProfiles *
sally_profiles_load (const char *source, const SallyProfilesFormat *format, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (source != NULL, NULL);

  if (sally_profiles_is_link (source))
    {
      bytes = g_bytes_new (source, strlen (source));
      return sally_profiles_read (bytes, NULL, sally_profiles_find_format ("links"), error);
    }
  bytes = sally_profiles_input_load (source, TRUE, error);
  return bytes != NULL ? sally_profiles_read (bytes, source, format, error) : NULL;
}

typedef struct
{
  char **sources;
  const SallyProfilesFormat *format;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_strfreev (request->sources);
  g_free (request);
}

static void
load_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  g_autoptr (GPtrArray) loaded =
      g_ptr_array_new_with_free_func ((GDestroyNotify) sally_profiles_free);
  guint n_entries = 0;

  for (guint i = 0; request->sources[i] != NULL; i++)
    {
      GError *error = NULL;
      SallyProfiles *profiles = sally_profiles_load (request->sources[i], request->format, &error);

      if (profiles == NULL)
        {
          g_autofree char *base = g_path_get_basename (request->sources[i]);
          g_autofree char *shown = g_filename_display_name (base);

          if (request->sources[1] != NULL)
            g_prefix_error (&error, "%s: ", shown);
          g_task_return_error (task, error);
          return;
        }
      g_ptr_array_add (loaded, profiles);
      n_entries += profiles->entries->len;
      if (n_entries > SALLY_PROFILES_MAX_ENTRIES)
        {
          g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_INVALID,
                                   _ ("The files hold more than %d servers together"),
                                   SALLY_PROFILES_MAX_ENTRIES);
          return;
        }
    }
  g_task_return_pointer (task, g_steal_pointer (&loaded), (GDestroyNotify) g_ptr_array_unref);
}

void
sally_profiles_load_async (const char *const *sources,
                           const SallyProfilesFormat *format,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (sources != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_profiles_load_async);
  g_task_set_return_on_cancel (task, TRUE);
  if (g_strv_length ((char **) sources) > SALLY_PROFILES_MAX_FILES)
    {
      g_task_return_new_error (task, SALLY_ERROR, SALLY_ERROR_INVALID,
                               _ ("At most %d files are read at once"), SALLY_PROFILES_MAX_FILES);
      return;
    }
  request = g_new0 (Request, 1);
  request->sources = g_strdupv ((char **) sources);
  request->format = format;
  g_task_set_task_data (task, request, request_free);
  g_task_run_in_thread (task, load_in_thread);
}

GPtrArray *
sally_profiles_load_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
