/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of accounts: one table of formats, recognised by content, read and written. */
#pragma once

#include "otp/otp-uri.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* Larger files hold no accounts: a thousand with pictures are some 30 MiB in Aegis' format. */
#define SALLY_BACKUP_MAX_FILE_BYTES (64 * 1024 * 1024)
/* Nobody has more, and each becomes an item of the keyring. */
#define SALLY_BACKUP_MAX_ENTRIES    10000

typedef struct _SallyBackupInput SallyBackupInput;
typedef struct _SallyBackup SallyBackup;

typedef enum
{
  SALLY_BACKUP_PLAIN,     /* never encrypted */
  SALLY_BACKUP_MAYBE,     /* some of its files are; writing it is plain */
  SALLY_BACKUP_ENCRYPTED, /* always */
} SallyBackupProtection;

typedef struct
{
  const char *name;         /* what --format takes */
  const char *display_name; /* a program's name, or translatable words */
  SallyBackupProtection protection;

  /* NULL, as is read(): is only written. Such a format is in no table. */
  gboolean (*sniff) (SallyBackupInput *input);

  /* Fills `backup` from what sniff() accepted. `password` is NULL if none was given:
   * SALLY_ERROR_PASSWORD_NEEDED if one is needed. */
  gboolean (*read) (SallyBackupInput *input,
                    SallySecret *password,
                    SallyBackup *backup,
                    GError **error);

  /* NULL: is only read. `uris` (element-type SallyOtpUri). What the format cannot carry is said
   * entry by entry in `losses` (element-type utf8). */
  GBytes *(*write) (GPtrArray *uris, SallySecret *password, GPtrArray *losses, GError **error);
} SallyBackupFormat;

/* One account of a file. */
typedef struct
{
  SallyOtpUri *uri; /* as it is to be kept; NULL: unreadable */
  char *reason;     /* why it is unreadable, a sentence without a final stop; else NULL */

  /* What the file says, never NULL. The names of `uri` can be better ones: without an issuer's name
   * that is doubled in the label, or those of the entry around a nameless key. */
  char *type;
  char *issuer;
  char *label;
  gboolean is_trashed; /* it lay in the bin of its program */
} SallyBackupEntry;

/* What was in a file. */
struct _SallyBackup
{
  const SallyBackupFormat *format;
  GPtrArray *entries; /* (element-type SallyBackupEntry) in the file's order */
  GPtrArray *notices; /* (element-type utf8) what else a person should know */
  guint n_unreadable;
  gboolean is_too_large; /* more than SALLY_BACKUP_MAX_ENTRIES were met */
};

void sally_backup_entry_free (SallyBackupEntry *self);
void sally_backup_free (SallyBackup *self);

/* The table, ended by a format without a name, in the order in which content is tried. */
const SallyBackupFormat *sally_backup_get_formats (void);

/* By name; NULL if there is none. */
const SallyBackupFormat *sally_backup_find_format (const char *name);

/* Reads a file, at most SALLY_BACKUP_MAX_FILE_BYTES; the result is wiped when it goes. Beside a
 * SQLite database its "-wal" file is read too. `path` is in the encoding of file names. Blocks.
 * LOCAL_* errors, SALLY_ERROR_INVALID for what is too large. */
GBytes *sally_backup_load (const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Reads the accounts in `bytes`. `format` NULL: recognised by content. SALLY_ERROR_PASSWORD_NEEDED
 * or _WRONG, SALLY_ERROR_INVALID with one clear sentence if the file as a whole cannot be read; an
 * entry that cannot be is kept aside with its reason. Blocks for as long as a key derivation takes:
 * seconds. Any thread. */
SallyBackup *sally_backup_read (GBytes *bytes,
                                const SallyBackupFormat *format,
                                SallySecret *password,
                                GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same on a worker thread. A cancelled call returns at once. */
void sally_backup_read_async (GBytes *bytes,
                              const SallyBackupFormat *format,
                              SallySecret *password,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data);
SallyBackup *
sally_backup_read_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The file of `format`, which can be written. `uris` (element-type SallyOtpUri). `password` is NULL
 * exactly if the format is written plain. What is not carried is appended to `losses`. Blocks, any
 * thread. */
GBytes *sally_backup_write (const SallyBackupFormat *format,
                            GPtrArray *uris,
                            SallySecret *password,
                            GPtrArray *losses,
                            GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same on a worker thread, which the caller must not change `uris` under. A cancelled call
 * returns at once. */
void sally_backup_write_async (const SallyBackupFormat *format,
                               GPtrArray *uris,
                               SallySecret *password,
                               GCancellable *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
/* `losses` (nullable): what is not carried is appended to it. */
GBytes *sally_backup_write_finish (GAsyncResult *result,
                                   GPtrArray *losses,
                                   GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Puts `bytes` at `path`, which only the user may read, through a temporary name beside it: whole
 * and on the disk, or not at all. SALLY_ERROR_LOCAL_EXISTS if something is there, unless `replace`.
 * Blocks. */
gboolean sally_backup_save (const char *path, GBytes *bytes, gboolean replace, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyBackup, sally_backup_free)

G_END_DECLS
