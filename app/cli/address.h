/* SPDX-License-Identifier: GPL-3.0-or-later */
/* "NAME:PATH", a place on a saved server. */
#pragma once

#include "cli/cli.h"

G_BEGIN_DECLS

typedef struct
{
  char *server; /* its name */
  char *path;   /* raw bytes as they were given, "" for the start directory */
} SallyAddress;

/* Splits at the first colon, which must come before any slash ("./a:b" is a local file).
 * SALLY_ERROR_INVALID. */
SallyAddress *sally_address_parse (const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void sally_address_free (SallyAddress *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyAddress, sally_address_free)

gboolean sally_address_is_remote (const char *text);

/* The path for the server: an absolute one as it is, "" is the directory where the connection
 * starts, all others are relative to that. */
char *sally_address_resolve (const SallyAddress *self, SallyConnection *connection);

/* Parses, connects and resolves, which all commands on remote paths begin with. The connection is
 * borrowed. */
SallyConnection *sally_address_open (SallyCli *cli, const char *text, char **path, GError **error);

/* What is at `path`; errors name the path. */
gboolean sally_address_stat (SallyCli *cli,
                             SallyConnection *connection,
                             const char *path,
                             gboolean follow,
                             SallyRemoteAttributes *attributes,
                             GError **error);

/* Whether it is known to be a folder. */
gboolean sally_attributes_is_directory (const SallyRemoteAttributes *attributes);

G_END_DECLS
