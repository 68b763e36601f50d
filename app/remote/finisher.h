/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ends of transfers, many at a time: digests, fsync, rename; a folder is synced once a batch.
 */
#pragma once

#include "remote/digest.h"
#include "remote/local-file.h"

G_BEGIN_DECLS

typedef struct _SallyFinish SallyFinish;

typedef void (*SallyFinishFunc) (SallyFinish *finish, gpointer user_data);

/* One end. The caller fills the first part and keeps it until `func` was called (main thread). */
struct _SallyFinish
{
  SallyLocalTarget *target; /* borrowed; NULL for an upload, whose end is on the server */
  SallyDigest *digest;      /* borrowed */
  guint64 bytes;
  SallyRemoteAttributes attributes;
  SallyFinishFunc func;
  gpointer user_data;

  char *sha256; /* these three are the result; the caller frees them */
  char *path;   /* of a download: where it is */
  GError *error;
};

/* Main thread. A few threads take what waits there, as much as has come together. */
void sally_finish_push (SallyFinish *finish);

G_END_DECLS
