/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/dialect.h"

#include <string.h>

/* The first prefix of "SSH-2.0-..." that fits wins. AWS: on S3 a rename is a copy that also raises
 * events for the temporary name, and SETSTAT fails (AWS Transfer Family user guide). */
static const struct
{
  const char *prefix;
  SallyDialect dialect;
} dialects[] = {
  { "SSH-2.0-AWS_SFTP", { "AWS Transfer", .temporary_name = FALSE, .sets_attributes = FALSE } },
  { "SSH-2.0-AzureSSH", { "Azure Blob", .temporary_name = TRUE, .sets_attributes = FALSE } },
  { "SSH-2.0-OpenSSH",
    { "OpenSSH", .temporary_name = TRUE, .sets_attributes = TRUE, .splits_uploads = TRUE } },
  { "SSH-2.0-mod_sftp", { "ProFTPD", .temporary_name = TRUE, .sets_attributes = TRUE } },
};

/* Dropbear has no SFTP of its own, and grants a channel 24 KiB: at 50 ms one channel takes 0.5
 * MiB/s. Several help, if what runs behind it is OpenSSH's sftp-server or one like it. */
static const char dropbear_prefix[] = "SSH-2.0-dropbear";
static const SallyDialect dropbear = { "Dropbear", .temporary_name = TRUE,
                                       .sets_attributes = TRUE };
static const SallyDialect dropbear_like_openssh = { "Dropbear", .temporary_name = TRUE,
                                                    .sets_attributes = TRUE,
                                                    .splits_uploads = TRUE };

static const SallyDialect unknown = { "", .temporary_name = TRUE, .sets_attributes = TRUE };

/* A bastion may hide the ident; the extension is OpenSSH's own sftp-server speaking. */
static const SallyDialect like_openssh = { "OpenSSH SFTP", .temporary_name = TRUE,
                                           .sets_attributes = TRUE, .splits_uploads = TRUE };

const SallyDialect *
sally_dialect_detect (const char *ident, gboolean has_posix_rename)
{
  for (gsize i = 0; ident != NULL && i < G_N_ELEMENTS (dialects); i++)
    if (g_str_has_prefix (ident, dialects[i].prefix))
      return &dialects[i].dialect;
  if (ident != NULL && g_str_has_prefix (ident, dropbear_prefix))
    return has_posix_rename ? &dropbear_like_openssh : &dropbear;
  return has_posix_rename ? &like_openssh : &unknown;
}
