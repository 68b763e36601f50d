/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/input.h"

#include "backup/preferences.h"
#include "backup/sqlite-wal.h"
#include "backup/wiped.h"
#include "backup/zip.h"

#include <stdarg.h>
#include <string.h>

static void
look_for_json (SallyBackupInput *self)
{
  gsize i = 0;

  while (i < self->length && g_ascii_isspace (self->data[i]))
    i++;
  if (i == self->length || (self->data[i] != '{' && self->data[i] != '['))
    return;
  self->json = sally_json_parse (self->data, (gssize) self->length, &self->json_error);
  self->object = sally_json_get_object (self->json);
  self->array = sally_json_get_array (self->json);
}

SallyBackupInput *
sally_backup_input_new (GBytes *bytes)
{
  SallyBackupInput *self = g_new0 (SallyBackupInput, 1);
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);
  guint8 *copy;

  /* Text functions want a NUL behind it. */
  self->bytes = sally_wiped_new (length, &copy);
  if (length > 0)
    memcpy (copy, data, length);
  self->data = (const char *) copy;
  self->length = length;
  if (sally_backup_input_begins_with (self, "\xEF\xBB\xBF", 3))
    {
      self->data += 3;
      self->length -= 3;
    }
  self->is_text = g_utf8_validate_len (self->data, self->length, NULL);
  self->is_sqlite = sally_sqlite_is_database (self->bytes);
  if (self->is_text)
    {
      look_for_json (self);
      self->preferences = sally_preferences_parse (self->data, self->length);
    }
  if (sally_backup_input_begins_with (self, "PK\003\004", 4))
    self->members = sally_zip_list (self->bytes);
  return self;
}

void
sally_backup_input_free (SallyBackupInput *self)
{
  if (self == NULL)
    return;
  g_clear_pointer (&self->json, sally_json_free);
  g_clear_error (&self->json_error);
  g_clear_pointer (&self->preferences, g_hash_table_unref);
  g_clear_pointer (&self->members, g_ptr_array_unref);
  g_bytes_unref (self->bytes);
  g_free (self);
}

gboolean
sally_backup_input_begins_with (SallyBackupInput *self, const char *magic, gsize length)
{
  return self->length >= length && memcmp (self->data, magic, length) == 0;
}

gboolean
sally_backup_input_has_line (SallyBackupInput *self, const char *prefix)
{
  const char *line = self->data;
  const gsize length = strlen (prefix);

  if (!self->is_text)
    return FALSE;
  while (line != NULL)
    {
      while (g_ascii_isspace (*line))
        line++;
      if (g_ascii_strncasecmp (line, prefix, length) == 0)
        return TRUE;
      line = strchr (line, '\n');
    }
  return FALSE;
}

GBytes *
sally_backup_input_slice (SallyBackupInput *self, gsize offset, gsize length)
{
  gsize start = (gsize) (self->data - (const char *) g_bytes_get_data (self->bytes, NULL));

  if (offset > self->length || length > self->length - offset)
    return NULL;
  return g_bytes_new_from_bytes (self->bytes, start + offset, length);
}

guint32
sally_backup_input_number (SallyBackupInput *self, gsize offset)
{
  guint32 number;

  g_return_val_if_fail (offset + sizeof number <= self->length, 0);

  memcpy (&number, self->data + offset, sizeof number);
  return GUINT32_FROM_BE (number);
}

static gboolean
has_members (JsonObject *object, va_list names)
{
  const char *name;

  while ((name = va_arg (names, const char *)) != NULL)
    if (!sally_json_has (object, name))
      return FALSE;
  return TRUE;
}

gboolean
sally_backup_input_has (SallyBackupInput *self, ...)
{
  va_list names;
  gboolean has;

  if (self->object == NULL)
    return FALSE;
  va_start (names, self);
  has = has_members (self->object, names);
  va_end (names);
  return has;
}

gboolean
sally_backup_input_first_has (SallyBackupInput *self, ...)
{
  JsonObject *first;
  va_list names;
  gboolean has;

  if (self->array == NULL || json_array_get_length (self->array) == 0)
    return FALSE;
  first = sally_json_peek_element (self->array, 0);
  if (first == NULL)
    return FALSE;
  va_start (names, self);
  has = has_members (first, names);
  va_end (names);
  return has;
}
