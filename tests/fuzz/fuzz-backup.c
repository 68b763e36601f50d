/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes end in a sentence or in entries; those that can be read can be kept and written. */
#include "config.h"

#include "backup/backup.h"
#include "tests/fuzz/fuzz.h"

static void
check (SallyBackup *backup)
{
  g_autoptr (GPtrArray) uris = g_ptr_array_new ();
  g_autoptr (GPtrArray) losses = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GBytes) written = NULL;
  g_autoptr (SallyBackup) again = NULL;

  for (guint i = 0; i < backup->entries->len; i++)
    {
      SallyBackupEntry *entry = backup->entries->pdata[i];

      g_assert_true ((entry->uri == NULL) == (entry->reason != NULL));
      if (entry->uri == NULL)
        continue;
      g_assert_true (sally_otp_uri_validate (entry->uri, NULL));
      g_ptr_array_add (uris, entry->uri);
    }
  written = sally_backup_write (sally_backup_find_format ("uris"), uris, NULL, losses, NULL);
  if (uris->len == 0)
    return;
  again = sally_backup_read (written, NULL, NULL, NULL);
  g_assert_nonnull (again);
  g_assert_cmpuint (again->entries->len, ==, uris->len);
  g_assert_cmpuint (again->n_unreadable, ==, 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);
  g_autoptr (GError) error = NULL;
  g_autoptr (SallyBackup) backup = sally_backup_read (bytes, NULL, NULL, &error);

  if (backup != NULL)
    check (backup);
  else
    g_assert_nonnull (error);
  return 0;
}
