/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Zip files through libarchive: names, and members of bounded size. */
#pragma once

#include "base/secret.h"

G_BEGIN_DECLS

/* The names of the members (element-type utf8), empty if it cannot be read as a zip file. */
GPtrArray *sally_zip_list (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;

/* Unpacks the member `name`, wiped when it goes. SALLY_ERROR_PASSWORD_NEEDED or _WRONG for an
 * encrypted one (ZipCrypto and WinZip's AES), SALLY_ERROR_INVALID for a damaged one or one larger
 * than SALLY_BACKUP_MAX_FILE_BYTES. Any thread. */
GBytes *sally_zip_extract (GBytes *bytes, const char *name, SallySecret *password, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
