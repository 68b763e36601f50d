/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A one-time-code account: data that notifies, no I/O. */
#pragma once

#include "otp/otp-uri.h"

#include <glib-object.h>

G_BEGIN_DECLS

/* Properties, all read-only: id, issuer, label, name ("issuer:label", or the one that is not
 * empty), type (SALLY_TYPE_OTP_TYPE), algorithm (SALLY_TYPE_OTP_ALGORITHM), digits, period,
 * counter, last-used (unix seconds, 0 never), is-pinned, order (0: has no place of its own),
 * use-count, tags (strv), icon (what stands before it, model/service-icon.h), is-broken (a stored
 * entry that cannot be read: kept, shown, never used). The key is no property. Main thread only. */
#define SALLY_TYPE_ACCOUNT (sally_account_get_type ())
G_DECLARE_FINAL_TYPE (SallyAccount, sally_account, SALLY, ACCOUNT, GObject)

/* `id` NULL makes a fresh random UUID. Takes its values from `uri`, which stays the caller's. */
SallyAccount *sally_account_new (const char *id, const SallyOtpUri *uri) G_GNUC_WARN_UNUSED_RESULT;

/* An entry of the keyring that does not parse (`stored` is kept and written back untouched). */
SallyAccount *
sally_account_new_broken (const char *id, SallySecret *stored) G_GNUC_WARN_UNUSED_RESULT;

/* The values as a URI, to be shown as a QR code, exported or edited; NULL if broken. */
SallyOtpUri *sally_account_to_uri (SallyAccount *self) G_GNUC_WARN_UNUSED_RESULT;

/* What the keyring item holds: the canonical otpauth URI, application values as unknown parameters.
 * sally_account_new_from_stored never fails: what does not parse becomes a broken account. */
SallySecret *sally_account_to_stored (SallyAccount *self) G_GNUC_WARN_UNUSED_RESULT;
SallyAccount *
sally_account_new_from_stored (const char *id, SallySecret *stored) G_GNUC_WARN_UNUSED_RESULT;

/* Replaces all values but the id, notifying for what changed: for edits and reloads. */
void sally_account_set_from (SallyAccount *self, SallyAccount *other);

const char *sally_account_get_id (SallyAccount *self);
const char *sally_account_get_issuer (SallyAccount *self);
const char *sally_account_get_label (SallyAccount *self);
const char *sally_account_get_name (SallyAccount *self);
gboolean sally_account_is_broken (SallyAccount *self);
const SallyOtpParameters *sally_account_get_parameters (SallyAccount *self);
guint64 sally_account_get_counter (SallyAccount *self);
void sally_account_set_counter (SallyAccount *self, guint64 counter);
gint64 sally_account_get_last_used (SallyAccount *self);
void sally_account_set_last_used (SallyAccount *self, gint64 unix_time_s);
gboolean sally_account_get_is_pinned (SallyAccount *self);
void sally_account_set_is_pinned (SallyAccount *self, gboolean is_pinned);
guint sally_account_get_order (SallyAccount *self);
void sally_account_set_order (SallyAccount *self, guint order);
guint sally_account_get_use_count (SallyAccount *self);
void sally_account_set_use_count (SallyAccount *self, guint use_count);

/* The groups it is in; they travel with it into every format that can carry them. */
char **sally_account_dup_tags (SallyAccount *self) G_GNUC_WARN_UNUSED_RESULT;
void sally_account_set_tags (SallyAccount *self, const char *const *tags);

/* A choice of model/service-icon.h; any other is the automatic one. Ours alone: no other program's
 * format carries it. */
const char *sally_account_get_icon (SallyAccount *self);
void sally_account_set_icon (SallyAccount *self, const char *icon);

/* Its present values in an object of their own, under the same id: to be changed and saved. */
SallyAccount *sally_account_dup (SallyAccount *self) G_GNUC_WARN_UNUSED_RESULT;

SallySecret *sally_account_get_key (SallyAccount *self); /* borrowed; NULL if broken */

/* The code at `unix_time_s` (HOTP: at the account's counter; the caller advances it). NULL if
 * broken. */
SallySecret *
sally_account_get_code (SallyAccount *self, gint64 unix_time_s) G_GNUC_WARN_UNUSED_RESULT;

/* Whether `name` means this account: its id, or, ignoring case, its issuer, label or
 * "issuer:label". */
gboolean sally_account_matches (SallyAccount *self, const char *name);

G_END_DECLS
