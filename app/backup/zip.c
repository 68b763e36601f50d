/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/zip.h"

#include "backup/backup.h"
#include "backup/draft.h"
#include "backup/wiped.h"
#include "base/error.h"

#include <archive.h>
#include <archive_entry.h>
#include <glib/gi18n.h>

/* An export has one to three members. */
#define MAX_MEMBERS 1000
#define CHUNK_BYTES 65536

typedef struct archive ReadArchive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (ReadArchive, archive_read_free)

static ReadArchive *
open_archive (GBytes *bytes, SallySecret *password)
{
  g_autoptr (ReadArchive) archive = archive_read_new ();
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);

  if (archive == NULL)
    g_error ("out of memory");
  archive_read_support_format_zip_seekable (archive);
  archive_read_support_format_zip_streamable (archive);
  /* libarchive keeps a copy of its own, which it does not wipe; an empty one it refuses. */
  if (password != NULL && sally_secret_get_length (password) > 0)
    archive_read_add_passphrase (archive, sally_secret_peek (password, NULL));
  if (archive_read_open_memory (archive, data, length) != ARCHIVE_OK)
    return NULL;
  return g_steal_pointer (&archive);
}

static const char *
next_name (ReadArchive *archive, struct archive_entry **entry)
{
  int result = archive_read_next_header (archive, entry);

  if (result != ARCHIVE_OK && result != ARCHIVE_WARN)
    return NULL;
  return archive_entry_pathname (*entry) != NULL ? archive_entry_pathname (*entry) : "";
}

GPtrArray *
sally_zip_list (GBytes *bytes)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (ReadArchive) archive = open_archive (bytes, NULL);
  struct archive_entry *entry;
  const char *name;

  if (archive != NULL)
    while (names->len < MAX_MEMBERS && (name = next_name (archive, &entry)) != NULL)
      g_ptr_array_add (names, g_strdup (name));
  return g_steal_pointer (&names);
}

static gboolean
set_failed (ReadArchive *archive, gboolean is_encrypted, SallySecret *password, GError **error)
{
  if (is_encrypted && password == NULL)
    return sally_backup_need_password (error);
  if (is_encrypted)
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG,
                         _ ("The password does not open this file, or the file is damaged"));
  else
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                         _ ("The zip file is damaged or cut short"));
  return FALSE;
}

/* A zip bomb is met by the cap on what comes out. */
static GBytes *
read_member (ReadArchive *archive, gboolean is_encrypted, SallySecret *password, GError **error)
{
  g_autoptr (SallyWipedText) content = sally_wiped_text_new ();
  char chunk[CHUNK_BYTES];
  gsize total = 0;
  la_ssize_t length;

  while ((length = archive_read_data (archive, chunk, sizeof chunk)) > 0)
    {
      total += (gsize) length;
      if (total > SALLY_BACKUP_MAX_FILE_BYTES)
        {
          g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                               _ ("What is in the zip file is too large to be a list of accounts"));
          sally_secret_wipe (chunk, sizeof chunk);
          return NULL;
        }
      sally_wiped_text_append (content, chunk, length);
    }
  sally_secret_wipe (chunk, sizeof chunk);
  if (length < 0)
    return set_failed (archive, is_encrypted, password, error), NULL;
  return sally_wiped_text_steal (content);
}

GBytes *
sally_zip_extract (GBytes *bytes, const char *name, SallySecret *password, GError **error)
{
  g_autoptr (ReadArchive) archive = open_archive (bytes, password);
  struct archive_entry *entry;
  const char *found;

  if (archive != NULL)
    for (guint i = 0; i < MAX_MEMBERS && (found = next_name (archive, &entry)) != NULL; i++)
      if (g_str_equal (found, name))
        {
          gboolean is_encrypted = archive_entry_is_data_encrypted (entry) != 0;

          if (is_encrypted && password == NULL)
            return sally_backup_need_password (error), NULL;
          return read_member (archive, is_encrypted, password, error);
        }
  return set_failed (archive, FALSE, password, error), NULL;
}
