/* SPDX-License-Identifier: GPL-3.0-or-later */
/* otpauth-migration:// URIs, in which Google Authenticator moves several accounts at once. Pure. */
#pragma once

#include "otp/otp-uri.h"

G_BEGIN_DECLS

/* A QR code holds less than 3 KiB; what is longer does not come from one. */
#define SALLY_OTP_MIGRATION_MAX_BYTES    8192
#define SALLY_OTP_MIGRATION_MAX_ACCOUNTS 1000

typedef struct
{
  SallyOtpUri *uri; /* never NULL; without a key if that is what is wrong */
  char *reason;     /* why it cannot be used, NULL if it can */
} SallyOtpMigrationAccount;

/* One part of an export. The format has no period: it is always 30 s. */
typedef struct
{
  GPtrArray *accounts; /* (element-type SallyOtpMigrationAccount) */
  gint32 batch_id;     /* the same in all parts, often negative */
  guint batch_size;    /* parts in all, at least 1 */
  guint batch_index;   /* from 0 */
} SallyOtpMigration;

void sally_otp_migration_free (SallyOtpMigration *self);

/* SALLY_ERROR_INVALID with a sentence if it is no such URI, damaged or cut short. The base64 may
 * lack its padding and its percent-encoding. */
SallyOtpMigration *
sally_otp_migration_parse (SallySecret *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whether the format can say what `uri` is: TOTP of 30 s or HOTP, with 6 or 8 digits.
 * SALLY_ERROR_INVALID with what it cannot say. */
gboolean sally_otp_migration_can_carry (const SallyOtpUri *uri, GError **error);

/* The URIs of all parts (element-type SallySecret), few accounts to a part so that a phone's camera
 * reads its QR code. `uris` (element-type SallyOtpUri), all of which can be carried; `batch_id` is
 * any number that another export has not. */
GPtrArray *sally_otp_migration_build (GPtrArray *uris, gint32 batch_id) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyOtpMigration, sally_otp_migration_free)

G_END_DECLS
