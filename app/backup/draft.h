/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a reader hands on what it found: values as the file has them, judged in one place. */
#pragma once

#include "backup/backup.h"
#include "backup/json-reader.h"

G_BEGIN_DECLS

/* All is borrowed and nullable. Numbers are SALLY_JSON_UNSET where the file says nothing. */
typedef struct
{
  const char *type; /* the file's word: "TOTP", "steam", "motp"; NULL: totp */
  const char *issuer;
  const char *label;
  const char *kept_issuer; /* better names to keep the account under, see SallyBackupEntry */
  const char *kept_label;
  const char *secret; /* base32 */
  SallySecret *key;   /* instead of `secret` */
  const char *algorithm;
  gint64 digits;
  gint64 period;
  gint64 counter;
  const char *note;
  GPtrArray *tags; /* (element-type utf8) */
} SallyBackupDraft;

#define SALLY_BACKUP_DRAFT_INIT                                                                    \
  { .digits = SALLY_JSON_UNSET, .period = SALLY_JSON_UNSET, .counter = SALLY_JSON_UNSET }

/* Judges the draft and appends it, readable or not. */
void sally_backup_add (SallyBackup *self, const SallyBackupDraft *draft);

/* Appends what is known to be unreadable. */
void
sally_backup_add_unreadable (SallyBackup *self, const SallyBackupDraft *draft, const char *reason);

/* Appends an otpauth:// or steam:// address. `names` (nullable) are the names around it: those kept
 * where the address itself has none. `length` -1: up to the NUL. */
void sally_backup_add_uri (SallyBackup *self,
                           const char *text,
                           gssize length,
                           const SallyBackupDraft *names);

/* Says something once for the whole file. */
void sally_backup_notice (SallyBackup *self, const char *format, ...) G_GNUC_PRINTF (2, 3);

/* The label without an issuer's name and a colon before it; a pointer into `label`. */
const char *sally_backup_skip_issuer (const char *label, const char *issuer);

/* Sets SALLY_ERROR_PASSWORD_NEEDED or SALLY_ERROR_INVALID, and gives FALSE. */
gboolean sally_backup_need_password (GError **error);
gboolean sally_backup_set_damaged (GError **error);

/* Nobody has more groups or folders; each entry looks through them. */
#define SALLY_BACKUP_MAX_GROUPS 1000

/* For values that stand in an account beside its parameters (SallyOtpUri.unknown). */
#define SALLY_BACKUP_TAG  "tags" /* repeated */
#define SALLY_BACKUP_NOTE "note"

G_END_DECLS
