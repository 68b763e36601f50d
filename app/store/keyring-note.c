/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "store/keyring-note.h"

#include "base/error.h"
#include "store/own-file.h"

#include <glib/gi18n.h>
#include <glib/gstdio.h>

#define GROUP          "Keyring"
#define VERSION_KEY    "Version"
#define VERSION        1
/* A few lines; what is larger is not ours. */
#define MAX_FILE_BYTES 65536

static const char *const canary_keys[] = { NULL, "SystemCanary", "VaultCanary", NULL };

G_STATIC_ASSERT (G_N_ELEMENTS (canary_keys) == SALLY_KEYRING_N_STORES);

void
sally_keyring_note_clear (SallyKeyringNote *self)
{
  for (gsize i = 0; i < SALLY_KEYRING_N_STORES; i++)
    g_clear_pointer (&self->canaries[i], g_free);
  *self = (SallyKeyringNote) { 0 };
}

gboolean
sally_keyring_note_equal (const SallyKeyringNote *a, const SallyKeyringNote *b)
{
  for (gsize i = 0; i < SALLY_KEYRING_N_STORES; i++)
    if (g_strcmp0 (a->canaries[i], b->canaries[i]) != 0)
      return FALSE;
  return a->home == b->home && a->moving == b->moving && a->leaving == b->leaving;
}

void
sally_keyring_note_copy (SallyKeyringNote *self, const SallyKeyringNote *other)
{
  sally_keyring_note_clear (self);
  *self = *other;
  for (gsize i = 0; i < SALLY_KEYRING_N_STORES; i++)
    self->canaries[i] = g_strdup (other->canaries[i]);
}

static gboolean
read_store (GKeyFile *file, const char *key, SallyKeyringStore *store)
{
  g_autofree char *word = g_key_file_get_string (file, GROUP, key, NULL);

  return word == NULL || (*word != '\0' && sally_keyring_store_from_string (word, store));
}

static void
write_store (GKeyFile *file, const char *key, SallyKeyringStore store)
{
  if (store != SALLY_KEYRING_STORE_NONE)
    g_key_file_set_string (file, GROUP, key, sally_keyring_store_to_string (store));
}

/* Also FALSE for a file that is empty: what we write never is. */
static gboolean
parse (SallyKeyringNote *self, GBytes *bytes, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  gboolean ok;

  if (!g_key_file_load_from_bytes (file, bytes, G_KEY_FILE_NONE, error) ||
      g_key_file_get_integer (file, GROUP, VERSION_KEY, error) != VERSION)
    return FALSE;
  ok = read_store (file, "Home", &self->home) && read_store (file, "Moving", &self->moving) &&
       read_store (file, "Leaving", &self->leaving);
  for (gsize i = 0; i < SALLY_KEYRING_N_STORES; i++)
    if (canary_keys[i] != NULL)
      {
        self->canaries[i] = g_key_file_get_string (file, GROUP, canary_keys[i], NULL);
        ok = ok && (self->canaries[i] == NULL || g_uuid_string_is_valid (self->canaries[i]));
      }
  return ok;
}

gboolean
sally_keyring_note_read (SallyKeyringNote *self, const char *path, GError **error)
{
  g_autoptr (GError) reason = NULL;
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (self != NULL && path != NULL, FALSE);

  sally_keyring_note_clear (self);
  bytes = sally_own_file_read (path, MAX_FILE_BYTES, &reason);
  if (bytes == NULL && g_error_matches (reason, SALLY_ERROR, SALLY_ERROR_LOCAL_NOT_FOUND))
    return TRUE;
  if (bytes != NULL && parse (self, bytes, &reason))
    return TRUE;
  sally_keyring_note_clear (self);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_KEYRING_FAILED,
               _ ("What is noted of the keyring cannot be read (%s): mend %s, or move it away"),
               reason != NULL ? reason->message : _ ("a value that cannot be"), path);
  return FALSE;
}

static GBytes *
to_bytes (const SallyKeyringNote *self)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  gsize length;
  char *text;

  g_key_file_set_integer (file, GROUP, VERSION_KEY, VERSION);
  write_store (file, "Home", self->home);
  write_store (file, "Moving", self->moving);
  write_store (file, "Leaving", self->leaving);
  for (gsize i = 0; i < SALLY_KEYRING_N_STORES; i++)
    if (canary_keys[i] != NULL && self->canaries[i] != NULL)
      g_key_file_set_string (file, GROUP, canary_keys[i], self->canaries[i]);
  text = g_key_file_to_data (file, &length, NULL);
  return g_bytes_new_take (text, length);
}

gboolean
sally_keyring_note_change (SallyKeyringNote *self,
                           const char *path,
                           SallyKeyringNoteFunc change,
                           gpointer user_data,
                           GError **error)
{
  g_autofd int lock = -1;
  g_auto (SallyKeyringNote) before = { 0 };
  g_autoptr (GBytes) bytes = NULL;

  g_return_val_if_fail (self != NULL && path != NULL && change != NULL, FALSE);

  lock = sally_own_file_lock (path, FALSE, NULL, error);
  if (lock < 0 || !sally_keyring_note_read (self, path, error))
    return FALSE;
  sally_keyring_note_copy (&before, self);
  change (self, user_data);
  if (sally_keyring_note_equal (&before, self))
    return TRUE;
  bytes = to_bytes (self);
  return sally_own_file_replace (path, bytes, error);
}
