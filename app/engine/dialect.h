/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: what does this server not do? Pure; from its ident string and SFTP extensions. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;         /* for display: "OpenSSH", "AWS Transfer", "" */
  gboolean temporary_name;  /* upload beside the target and rename */
  gboolean sets_attributes; /* SETSTAT and FSETSTAT mean something */
  gboolean splits_uploads;  /* one file may be written through several handles at once */
} SallyDialect;

/* `ident` is the server's identification string (RFC 4253 section 4.2), `has_posix_rename` whether
 * it announced posix-rename@openssh.com. Never NULL. */
const SallyDialect *sally_dialect_detect (const char *ident, gboolean has_posix_rename);

G_END_DECLS
