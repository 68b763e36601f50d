/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File transfers: many at once, each a window of READs or WRITEs on one lane. */
#pragma once

#include "engine/dialect.h"
#include "engine/mux.h"

G_BEGIN_DECLS

/* Main thread only. */
typedef struct _SallyBulk SallyBulk;

typedef struct
{
  gpointer owner; /* who asked; told apart, never looked into */
  guint64 id;     /* chosen by the owner */
  int descriptor; /* becomes the transfer's */
  const char *path;
  /* uploads only */
  guint64 size;
  guint32 mode;  /* permission bits, or G_MAXUINT32 to leave them to the server */
  guint32 mtime; /* unix seconds, or 0 to leave it */
  gboolean replace;
} SallyBulkRequest;

/* Once for every transfer. For a download `attributes` are the file's as it was opened. */
typedef void (*SallyBulkFinishedFunc) (gpointer owner,
                                       guint64 id,
                                       guint64 bytes,
                                       const SallySftpAttributes *attributes,
                                       const GError *error,
                                       gpointer user_data);
typedef void (*SallyBulkProgressFunc) (guint64 id, guint64 bytes, gpointer user_data);

SallyBulk *sally_bulk_new (SallyMux *mux,
                           const SallyDialect *dialect,
                           SallyBulkFinishedFunc finished_func,
                           gpointer user_data);

/* After sally_mux_close, which lets all that runs finish; what waits is finished with an error. */
void sally_bulk_free (SallyBulk *self);

void sally_bulk_download (SallyBulk *self, const SallyBulkRequest *request);
void sally_bulk_upload (SallyBulk *self, const SallyBulkRequest *request);

/* The transfer stops asking, waits for what is under way, removes what it made, and finishes with
 * G_IO_ERROR_CANCELLED. */
void sally_bulk_cancel (SallyBulk *self, gpointer owner, guint64 id);
void sally_bulk_cancel_owner (SallyBulk *self, gpointer owner);

guint sally_bulk_get_n_jobs (SallyBulk *self);

/* Calls `func` for each transfer of `owner` that has moved since the last time. */
void sally_bulk_report_progress (SallyBulk *self,
                                 gpointer owner,
                                 SallyBulkProgressFunc func,
                                 gpointer user_data);

G_END_DECLS
