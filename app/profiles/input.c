/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "profiles/input.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES 65536

/* UTF-8 without a mark; NULL if it is no text. */
static char *
make_text (const char *data, gsize length)
{
  g_autofree char *text = NULL;

  if (length >= 2 && memcmp (data, "\xFF\xFE", 2) == 0)
    text = g_convert (data + 2, (gssize) length - 2, "UTF-8", "UTF-16LE", NULL, &length, NULL);
  else if (length >= 2 && memcmp (data, "\xFE\xFF", 2) == 0)
    text = g_convert (data + 2, (gssize) length - 2, "UTF-8", "UTF-16BE", NULL, &length, NULL);
  else if (memchr (data, '\0', length) != NULL)
    return NULL;
  else if (length >= 3 && memcmp (data, "\xEF\xBB\xBF", 3) == 0)
    text = g_strndup (data + 3, length -= 3);
  else
    text = g_strndup (data, length);
  if (text == NULL || strlen (text) != length)
    return NULL;
  if (g_utf8_validate (text, -1, NULL))
    return g_steal_pointer (&text);
  return g_convert (text, -1, "UTF-8", "ISO-8859-1", NULL, NULL, NULL);
}

SallyProfilesInput *
sally_profiles_input_new (GBytes *bytes, const char *path)
{
  SallyProfilesInput *self = g_new0 (SallyProfilesInput, 1);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  self->buffer = make_text (data != NULL ? data : "", length);
  self->is_text = self->buffer != NULL;
  self->text = self->is_text ? self->buffer : "";
  self->length = strlen (self->text);
  if (path != NULL)
    {
      g_autofree char *absolute = g_canonicalize_filename (path, NULL);
      g_autofree char *base = g_path_get_basename (absolute);

      self->folder = g_path_get_dirname (absolute);
      self->name = g_filename_display_name (base);
    }
  else
    self->name = g_strdup ("");
  self->home = g_get_home_dir ();
  self->user = g_get_user_name ();
  return self;
}

void
sally_profiles_input_free (SallyProfilesInput *self)
{
  if (self == NULL)
    return;
  g_free (self->buffer);
  g_free (self->name);
  g_free (self->folder);
  g_free (self);
}

gboolean
sally_profiles_input_has_line (SallyProfilesInput *self, const char *prefix)
{
  const gsize length = strlen (prefix);

  for (const char *line = self->text; line != NULL; line = strchr (line, '\n'))
    {
      while (g_ascii_isspace (*line))
        line++;
      if (g_ascii_strncasecmp (line, prefix, length) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
refuse_size (GError **error)
{
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("The file is too large to be a list of servers: at most %d MiB are read"),
               SALLY_PROFILES_MAX_FILE_BYTES / 1024 / 1024);
  return FALSE;
}

static gboolean
read_all (int descriptor, GByteArray *content, const char *shown, GError **error)
{
  guint8 chunk[CHUNK_BYTES];

  for (;;)
    {
      ssize_t length = read (descriptor, chunk, sizeof chunk);

      if (length < 0 && errno == EINTR)
        continue;
      if (length < 0)
        sally_error_set_errno (error, errno, shown);
      if (length <= 0)
        return length == 0;
      g_byte_array_append (content, chunk, (guint) length);
      if (content->len > SALLY_PROFILES_MAX_FILE_BYTES)
        return refuse_size (error);
    }
}

GBytes *
sally_profiles_input_load (const char *path, gboolean any_kind, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  g_autofree char *shown = g_filename_display_name (path);
  g_autofd int descriptor = -1;
  struct stat status;
  int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (any_kind ? 0 : O_NONBLOCK);

  descriptor = open (path, flags);
  if (descriptor < 0 || fstat (descriptor, &status) < 0)
    {
      sally_error_set_errno (error, errno, shown);
      return NULL;
    }
  if (S_ISDIR (status.st_mode) || (!any_kind && !S_ISREG (status.st_mode)))
    {
      sally_error_set_errno (error, S_ISDIR (status.st_mode) ? EISDIR : EINVAL, shown);
      return NULL;
    }
  if (S_ISREG (status.st_mode) && status.st_size > SALLY_PROFILES_MAX_FILE_BYTES)
    return refuse_size (error), NULL;
  if (!read_all (descriptor, content, shown, error))
    return NULL;
  return g_byte_array_free_to_bytes (g_steal_pointer (&content));
}
