/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What each format's file gives to the table in backup.c. */
#pragma once

#include "backup/draft.h"
#include "backup/input.h"

G_BEGIN_DECLS

#define SALLY_DECLARE_FORMAT(name)                                                                 \
  gboolean sally_##name##_sniff (SallyBackupInput *input);                                         \
  gboolean sally_##name##_read (SallyBackupInput *input, SallySecret *password,                    \
                                SallyBackup *backup, GError **error);

#define SALLY_DECLARE_WRITER(name)                                                                 \
  GBytes *sally_##name##_write (GPtrArray *uris, SallySecret *password, GPtrArray *losses,         \
                                GError **error);

SALLY_DECLARE_FORMAT (aegis)
SALLY_DECLARE_FORMAT (aegis_encrypted)
SALLY_DECLARE_FORMAT (andotp)
SALLY_DECLARE_FORMAT (andotp_encrypted)
SALLY_DECLARE_FORMAT (authenticator_plus)
SALLY_DECLARE_FORMAT (authy)
SALLY_DECLARE_FORMAT (battle_net)
SALLY_DECLARE_FORMAT (bitwarden)
SALLY_DECLARE_FORMAT (bitwarden_csv)
SALLY_DECLARE_FORMAT (duo)
SALLY_DECLARE_FORMAT (ente)
SALLY_DECLARE_FORMAT (ente_encrypted)
SALLY_DECLARE_FORMAT (freeotp)
SALLY_DECLARE_FORMAT (freeotp_2)
SALLY_DECLARE_FORMAT (gnome_authenticator)
SALLY_DECLARE_FORMAT (google_database)
SALLY_DECLARE_FORMAT (keepass)
SALLY_DECLARE_FORMAT (keepassxc_csv)
SALLY_DECLARE_FORMAT (lastpass)
SALLY_DECLARE_FORMAT (microsoft)
SALLY_DECLARE_FORMAT (migration)
SALLY_DECLARE_FORMAT (otpclient)
SALLY_DECLARE_FORMAT (otpclient_1)
SALLY_DECLARE_FORMAT (proton)
SALLY_DECLARE_FORMAT (raivo)
SALLY_DECLARE_FORMAT (sallyport)
SALLY_DECLARE_FORMAT (steam)
SALLY_DECLARE_FORMAT (stratum)
SALLY_DECLARE_FORMAT (stratum_database)
SALLY_DECLARE_FORMAT (totp_authenticator)
SALLY_DECLARE_FORMAT (two_fas)
SALLY_DECLARE_FORMAT (two_fauth)
SALLY_DECLARE_FORMAT (uri_list)
SALLY_DECLARE_FORMAT (winauth)

SALLY_DECLARE_WRITER (aegis)
SALLY_DECLARE_WRITER (aegis_encrypted)
SALLY_DECLARE_WRITER (migration)
SALLY_DECLARE_WRITER (sallyport)
SALLY_DECLARE_WRITER (uri_list)

/* The lines of a list of addresses, for whoever finds one inside of something else. What lay in
 * Ente's bin is left out, unless `keeps_all`. */
gboolean sally_uri_list_read_text (
    const char *text, gsize length, gboolean keeps_all, SallyBackup *backup, GError **error);

/* "Issuer:label" or whichever is there, to name an entry in a loss report. */
char *sally_backup_name_uri (const SallyOtpUri *uri) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
