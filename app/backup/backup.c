/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/backup.h"

#include "backup/formats.h"
#include "backup/sqlite-wal.h"
#include "backup/wiped.h"
#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHUNK_BYTES 65536

/* What is certain stands before what is likely: the last two have no magic at all. */
static const SallyBackupFormat formats[] = {
  { "sallyport", "Sallyport", SALLY_BACKUP_ENCRYPTED, sally_sallyport_sniff, sally_sallyport_read,
    sally_sallyport_write },
  { "raivo", "Raivo OTP", SALLY_BACKUP_MAYBE, sally_raivo_sniff, sally_raivo_read, NULL },
  { "authenticator-plus", "Authenticator Plus", SALLY_BACKUP_MAYBE, sally_authenticator_plus_sniff,
    sally_authenticator_plus_read, NULL },
  { "winauth", "WinAuth", SALLY_BACKUP_MAYBE, sally_winauth_sniff, sally_winauth_read, NULL },
  { "microsoft", "Microsoft Authenticator", SALLY_BACKUP_PLAIN, sally_microsoft_sniff,
    sally_microsoft_read, NULL },
  { "google-database", "Google Authenticator", SALLY_BACKUP_PLAIN, sally_google_database_sniff,
    sally_google_database_read, NULL },
  { "stratum-database", "Stratum", SALLY_BACKUP_PLAIN, sally_stratum_database_sniff,
    sally_stratum_database_read, NULL },
  { "freeotp2", "FreeOTP 2", SALLY_BACKUP_ENCRYPTED, sally_freeotp_2_sniff, sally_freeotp_2_read,
    NULL },
  { "stratum", "Stratum", SALLY_BACKUP_MAYBE, sally_stratum_sniff, sally_stratum_read, NULL },
  { "otpclient", "OTPClient", SALLY_BACKUP_ENCRYPTED, sally_otpclient_sniff, sally_otpclient_read,
    NULL },
  { "keepass", "KeePass", SALLY_BACKUP_PLAIN, sally_keepass_sniff, sally_keepass_read, NULL },
  { "authy", "Authy", SALLY_BACKUP_MAYBE, sally_authy_sniff, sally_authy_read, NULL },
  { "battlenet", "Battle.net", SALLY_BACKUP_PLAIN, sally_battle_net_sniff, sally_battle_net_read,
    NULL },
  { "totp-authenticator", "TOTP Authenticator", SALLY_BACKUP_MAYBE, sally_totp_authenticator_sniff,
    sally_totp_authenticator_read, NULL },
  { "freeotp", "FreeOTP", SALLY_BACKUP_PLAIN, sally_freeotp_sniff, sally_freeotp_read, NULL },
  { "aegis", "Aegis", SALLY_BACKUP_MAYBE, sally_aegis_sniff, sally_aegis_read, sally_aegis_write },
  { "aegis-encrypted", N_ ("Aegis, encrypted"), SALLY_BACKUP_ENCRYPTED, sally_aegis_encrypted_sniff,
    sally_aegis_encrypted_read, sally_aegis_encrypted_write },
  { "2fas", "2FAS", SALLY_BACKUP_MAYBE, sally_two_fas_sniff, sally_two_fas_read, NULL },
  { "2fauth", "2FAuth", SALLY_BACKUP_PLAIN, sally_two_fauth_sniff, sally_two_fauth_read, NULL },
  { "bitwarden", "Bitwarden", SALLY_BACKUP_MAYBE, sally_bitwarden_sniff, sally_bitwarden_read,
    NULL },
  { "ente", "Ente Auth", SALLY_BACKUP_MAYBE, sally_ente_sniff, sally_ente_read, NULL },
  { "proton", "Proton Authenticator", SALLY_BACKUP_MAYBE, sally_proton_sniff, sally_proton_read,
    NULL },
  { "lastpass", "LastPass Authenticator", SALLY_BACKUP_PLAIN, sally_lastpass_sniff,
    sally_lastpass_read, NULL },
  { "steam", "Steam", SALLY_BACKUP_PLAIN, sally_steam_sniff, sally_steam_read, NULL },
  { "duo", "Duo Mobile", SALLY_BACKUP_PLAIN, sally_duo_sniff, sally_duo_read, NULL },
  { "gnome-authenticator", "GNOME Authenticator", SALLY_BACKUP_PLAIN,
    sally_gnome_authenticator_sniff, sally_gnome_authenticator_read, NULL },
  { "andotp", "andOTP", SALLY_BACKUP_PLAIN, sally_andotp_sniff, sally_andotp_read, NULL },
  { "migration", "Google Authenticator", SALLY_BACKUP_PLAIN, sally_migration_sniff,
    sally_migration_read, sally_migration_write },
  { "bitwarden-csv", "Bitwarden", SALLY_BACKUP_PLAIN, sally_bitwarden_csv_sniff,
    sally_bitwarden_csv_read, NULL },
  { "keepassxc-csv", "KeePassXC", SALLY_BACKUP_PLAIN, sally_keepassxc_csv_sniff,
    sally_keepassxc_csv_read, NULL },
  { "uris", N_ ("List of otpauth addresses"), SALLY_BACKUP_PLAIN, sally_uri_list_sniff,
    sally_uri_list_read, sally_uri_list_write },
  { "andotp-encrypted", "andOTP", SALLY_BACKUP_ENCRYPTED, sally_andotp_encrypted_sniff,
    sally_andotp_encrypted_read, NULL },
  { "otpclient1", "OTPClient 1", SALLY_BACKUP_ENCRYPTED, sally_otpclient_1_sniff,
    sally_otpclient_1_read, NULL },
  { NULL },
};

void
sally_backup_free (SallyBackup *self)
{
  if (self == NULL)
    return;
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->notices);
  g_free (self);
}

static SallyBackup *
backup_new (const SallyBackupFormat *format)
{
  SallyBackup *self = g_new0 (SallyBackup, 1);

  self->format = format;
  self->entries = g_ptr_array_new_with_free_func ((GDestroyNotify) sally_backup_entry_free);
  self->notices = g_ptr_array_new_with_free_func (g_free);
  return self;
}

const SallyBackupFormat *
sally_backup_get_formats (void)
{
  return formats;
}

const SallyBackupFormat *
sally_backup_find_format (const char *name)
{
  g_return_val_if_fail (name != NULL, NULL);

  for (const SallyBackupFormat *format = formats; format->name != NULL; format++)
    if (g_str_equal (format->name, name))
      return format;
  return NULL;
}

static gboolean
refuse_size (GError **error)
{
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("The file is too large to be a list of accounts: at most %d MiB are read"),
               SALLY_BACKUP_MAX_FILE_BYTES / 1024 / 1024);
  return FALSE;
}

static gboolean
read_all (int descriptor, SallyWipedText *content, const char *path, GError **error)
{
  g_autofree char *chunk = g_malloc (CHUNK_BYTES);
  gsize total = 0;

  for (;;)
    {
      ssize_t length = read (descriptor, chunk, CHUNK_BYTES);

      if (length < 0 && errno == EINTR)
        continue;
      if (length < 0)
        sally_error_set_errno (error, errno, path);
      if (length <= 0)
        {
          sally_secret_wipe (chunk, CHUNK_BYTES);
          return length == 0;
        }
      total += (gsize) length;
      if (total > SALLY_BACKUP_MAX_FILE_BYTES)
        {
          sally_secret_wipe (chunk, CHUNK_BYTES);
          return refuse_size (error);
        }
      sally_wiped_text_append (content, chunk, length);
    }
}

static GBytes *
load_file (const char *path, GError **error)
{
  g_autoptr (SallyWipedText) content = sally_wiped_text_new ();
  g_autofree char *shown = NULL;
  g_autofd int descriptor = -1;
  struct stat status;

  shown = g_filename_display_name (path);
  descriptor = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (descriptor < 0 || fstat (descriptor, &status) < 0)
    {
      sally_error_set_errno (error, errno, shown);
      return NULL;
    }
  if (S_ISDIR (status.st_mode))
    {
      sally_error_set_errno (error, EISDIR, shown);
      return NULL;
    }
  if (S_ISREG (status.st_mode) && status.st_size > SALLY_BACKUP_MAX_FILE_BYTES)
    return refuse_size (error), NULL;
  if (!read_all (descriptor, content, shown, error))
    return NULL;
  return sally_wiped_text_steal (content);
}

GBytes *
sally_backup_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = NULL;
  g_autoptr (GBytes) wal = NULL;
  g_autofree char *wal_path = NULL;

  g_return_val_if_fail (path != NULL, NULL);

  bytes = load_file (path, error);
  if (bytes == NULL || !sally_sqlite_is_database (bytes))
    return g_steal_pointer (&bytes);
  /* What an app wrote last is in there until it puts it into the database. */
  wal_path = g_strconcat (path, "-wal", NULL);
  wal = load_file (wal_path, NULL);
  return wal != NULL ? sally_sqlite_apply_wal (bytes, wal) : g_steal_pointer (&bytes);
}

/* Why no format took it, in the words of what it seems to be. */
static void
explain_unknown (SallyBackupInput *input, GError **error)
{
  static const struct
  {
    const char *magic;
    gsize length;
    const char *message;
  } known[] = {
    { "\x89PNG", 4, N_ ("This is a picture: scan its QR code in the window") },
    { "\xFF\xD8\xFF", 3, N_ ("This is a picture: scan its QR code in the window") },
    { "RIFF", 4, N_ ("This is a picture: scan its QR code in the window") },
    { "%PDF", 4, N_ ("This is a PDF document: take a picture of its QR codes instead") },
    { "\x1F\x8B", 2, N_ ("This file is compressed with gzip: unpack it first") },
    { "7z\xBC\xAF", 4, N_ ("This is a 7-Zip archive: unpack it first") },
    { "PK\005\006", 4, N_ ("This zip file is empty") },
    { "PK\003\004", 4, N_ ("No known export of accounts is in this zip file, or it is damaged") },
    { "SQLite format 3", 16,
      N_ ("This database is not one of an authenticator that is known, or it is damaged") },
    { "-----BEGIN PGP MESSAGE", 22,
      N_ ("This file is encrypted with OpenPGP: decrypt it with gpg first, or export it with a "
          "password") },
    { "\003\331\242\232", 4,
      N_ ("This is a KeePass database: export it from there as CSV or XML first") },
  };

  if (input->length == 0)
    {
      g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ ("The file is empty"));
      return;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (known); i++)
    if (sally_backup_input_begins_with (input, known[i].magic, known[i].length))
      {
        g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID, _ (known[i].message));
        return;
      }
  if (input->json_error != NULL)
    g_propagate_error (error, g_error_copy (input->json_error));
  else
    g_set_error_literal (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                         _ ("The file is not an export of accounts that is known, or it is "
                            "damaged"));
}

static SallyBackup *
read_as (const SallyBackupFormat *format,
         SallyBackupInput *input,
         SallySecret *password,
         GError **error)
{
  g_autoptr (SallyBackup) backup = backup_new (format);

  if (!format->read (input, password, backup, error))
    return NULL;
  if (!backup->is_too_large)
    return g_steal_pointer (&backup);
  g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
               _ ("The file holds more than %d accounts: that is more than can be kept"),
               SALLY_BACKUP_MAX_ENTRIES);
  return NULL;
}

static SallyBackup *
read_forced (const SallyBackupFormat *format,
             SallyBackupInput *input,
             SallySecret *password,
             GError **error)
{
  /* A program has several forms: "andotp" means its encrypted files too. */
  for (const SallyBackupFormat *form = formats; form->name != NULL; form++)
    if (g_str_equal (form->display_name, format->display_name) && form->sniff (input))
      return read_as (form, input, password, error);
  if (input->length == 0 || input->json_error != NULL)
    explain_unknown (input, error);
  else
    g_set_error (error, SALLY_ERROR, SALLY_ERROR_INVALID,
                 _ ("The file is not one of %s, or it is damaged"), _ (format->display_name));
  return NULL;
}

SallyBackup *
sally_backup_read (GBytes *bytes,
                   const SallyBackupFormat *format,
                   SallySecret *password,
                   GError **error)
{
  g_autoptr (SallyBackupInput) input = NULL;
  g_autoptr (GError) first_error = NULL;

  g_return_val_if_fail (bytes != NULL, NULL);

  if (g_bytes_get_size (bytes) > SALLY_BACKUP_MAX_FILE_BYTES)
    return refuse_size (error), NULL;
  input = sally_backup_input_new (bytes);
  if (format != NULL)
    return read_forced (format, input, password, error);

  /* A format without magic bytes shows itself only by its password's success. */
  for (format = formats; format->name != NULL; format++)
    {
      g_autoptr (GError) this_error = NULL;
      SallyBackup *backup;

      if (!format->sniff (input))
        continue;
      backup = read_as (format, input, password, &this_error);
      if (backup != NULL)
        return backup;
      if (first_error == NULL)
        first_error = g_error_copy (this_error);
      if (!g_error_matches (this_error, SALLY_ERROR, SALLY_ERROR_PASSWORD_WRONG))
        break;
    }
  if (first_error != NULL)
    g_propagate_error (error, g_steal_pointer (&first_error));
  else
    explain_unknown (input, error);
  return NULL;
}

typedef struct
{
  GBytes *bytes;
  const SallyBackupFormat *format;
  SallySecret *password;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;

  g_bytes_unref (request->bytes);
  g_clear_pointer (&request->password, sally_secret_unref);
  g_free (request);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Request *request = data;
  GError *error = NULL;
  SallyBackup *backup =
      sally_backup_read (request->bytes, request->format, request->password, &error);

  if (backup != NULL)
    g_task_return_pointer (task, backup, (GDestroyNotify) sally_backup_free);
  else
    g_task_return_error (task, error);
}

void
sally_backup_read_async (GBytes *bytes,
                         const SallyBackupFormat *format,
                         SallySecret *password,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Request *request;

  g_return_if_fail (bytes != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_backup_read_async);
  g_task_set_return_on_cancel (task, TRUE);
  request = g_new0 (Request, 1);
  request->bytes = g_bytes_ref (bytes);
  request->format = format;
  request->password = password != NULL ? sally_secret_ref (password) : NULL;
  g_task_set_task_data (task, request, request_free);
  g_task_run_in_thread (task, read_in_thread);
}

SallyBackup *
sally_backup_read_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

GBytes *
sally_backup_write (const SallyBackupFormat *format,
                    GPtrArray *uris,
                    SallySecret *password,
                    GPtrArray *losses,
                    GError **error)
{
  g_return_val_if_fail (format != NULL && format->write != NULL, NULL);
  g_return_val_if_fail ((password != NULL) == (format->protection == SALLY_BACKUP_ENCRYPTED), NULL);

  return format->write (uris, password, losses, error);
}

typedef struct
{
  const SallyBackupFormat *format;
  GPtrArray *uris;
  SallySecret *password;
  GPtrArray *losses;
} Writing;

static void
writing_free (gpointer data)
{
  Writing *writing = data;

  g_ptr_array_unref (writing->uris);
  g_clear_pointer (&writing->password, sally_secret_unref);
  g_ptr_array_unref (writing->losses);
  g_free (writing);
}

static void
write_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Writing *writing = data;
  GError *error = NULL;
  GBytes *bytes = sally_backup_write (writing->format, writing->uris, writing->password,
                                      writing->losses, &error);

  if (bytes != NULL)
    g_task_return_pointer (task, bytes, (GDestroyNotify) g_bytes_unref);
  else
    g_task_return_error (task, error);
}

void
sally_backup_write_async (const SallyBackupFormat *format,
                          GPtrArray *uris,
                          SallySecret *password,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  g_autoptr (GTask) task = NULL;
  Writing *writing;

  g_return_if_fail (format != NULL && uris != NULL);

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, sally_backup_write_async);
  g_task_set_return_on_cancel (task, TRUE);
  writing = g_new0 (Writing, 1);
  writing->format = format;
  writing->uris = g_ptr_array_ref (uris);
  writing->password = password != NULL ? sally_secret_ref (password) : NULL;
  writing->losses = g_ptr_array_new_with_free_func (g_free);
  g_task_set_task_data (task, writing, writing_free);
  g_task_run_in_thread (task, write_in_thread);
}

GBytes *
sally_backup_write_finish (GAsyncResult *result, GPtrArray *losses, GError **error)
{
  Writing *writing;
  GBytes *bytes;

  g_return_val_if_fail (g_task_is_valid (result, NULL), NULL);

  writing = g_task_get_task_data (G_TASK (result));
  bytes = g_task_propagate_pointer (G_TASK (result), error);
  if (bytes != NULL && losses != NULL)
    g_ptr_array_extend_and_steal (losses, g_ptr_array_ref (writing->losses));
  return bytes;
}

static gboolean
write_all (int descriptor, GBytes *bytes)
{
  gsize length;
  const char *data = g_bytes_get_data (bytes, &length);

  while (length > 0)
    {
      ssize_t written = write (descriptor, data, length);

      if (written < 0 && errno == EINTR)
        continue;
      if (written < 0)
        return FALSE;
      data += written;
      length -= (gsize) written;
    }
  if (fsync (descriptor) < 0)
    return FALSE;
  /* Whoever reads it back to test it gets what the disk has. */
  posix_fadvise (descriptor, 0, 0, POSIX_FADV_DONTNEED);
  return TRUE;
}

/* The name is on the disk only when the folder is; some file systems do that by themselves, and
 * refuse to be asked. */
static void
sync_folder_of (const char *path)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofd int descriptor = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (descriptor >= 0)
    fsync (descriptor);
}

/* A hard link, other than a renaming, never replaces what came to be there meanwhile; some file
 * systems have none. */
static gboolean
put_in_place (const char *temporary, const char *path, gboolean replace)
{
  int saved_errno;

  if (replace)
    return rename (temporary, path) == 0;
  if (link (temporary, path) == 0)
    {
      unlink (temporary);
      return TRUE;
    }
  saved_errno = errno;
  if (saved_errno != EEXIST && !g_file_test (path, G_FILE_TEST_EXISTS))
    return rename (temporary, path) == 0;
  errno = saved_errno;
  return FALSE;
}

gboolean
sally_backup_save (const char *path, GBytes *bytes, gboolean replace, GError **error)
{
  g_autofree char *temporary = NULL;
  g_autofree char *shown = NULL;
  g_autofd int descriptor = -1;

  g_return_val_if_fail (path != NULL && bytes != NULL, FALSE);

  shown = g_filename_display_name (path);
  temporary = g_strconcat (path, ".XXXXXX", NULL);
  descriptor = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);
  if (descriptor < 0)
    {
      sally_error_set_errno (error, errno, shown);
      return FALSE;
    }
  if (write_all (descriptor, bytes) && put_in_place (temporary, path, replace))
    {
      sync_folder_of (path);
      return TRUE;
    }
  sally_error_set_errno (error, errno, shown);
  unlink (temporary);
  return FALSE;
}
