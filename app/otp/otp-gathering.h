/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Codes that a camera reads one after the other: accounts, and exports until all parts are there.
 * Pure. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* More than any export has parts. */
#define SALLY_OTP_GATHERING_MAX 1000

typedef enum
{
  SALLY_OTP_GATHERED_NEW,
  SALLY_OTP_GATHERED_KNOWN,   /* it was there already */
  SALLY_OTP_GATHERED_FOREIGN, /* it is no account; not kept */
} SallyOtpGathered;

typedef struct _SallyOtpGathering SallyOtpGathering;

SallyOtpGathering *sally_otp_gathering_new (void) G_GNUC_WARN_UNUSED_RESULT;
void sally_otp_gathering_free (SallyOtpGathering *self);

/* Takes what a QR code says. An address that is damaged is an account all the same: who imports it
 * tells what is wrong. */
SallyOtpGathered sally_otp_gathering_add (SallyOtpGathering *self, SallySecret *text);

guint sally_otp_gathering_get_n_texts (const SallyOtpGathering *self);

/* How many parts there are of the export that was read last, and of how many; 0 of 0 without one.
 */
void sally_otp_gathering_get_parts (const SallyOtpGathering *self, guint *n_read, guint *n_parts);

/* Whether anything is there, and no part of the export that was read last is missing. */
gboolean sally_otp_gathering_is_complete (const SallyOtpGathering *self);

/* All that was taken (element-type SallySecret), in the order in which it came. */
GPtrArray *sally_otp_gathering_ref_texts (SallyOtpGathering *self) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyOtpGathering, sally_otp_gathering_free)

G_END_DECLS
