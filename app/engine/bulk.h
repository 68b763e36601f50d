/* SPDX-License-Identifier: GPL-3.0-or-later */
/* File transfers: many at once, each a window of READs or WRITEs on one lane or several. */
#pragma once

#include "engine/clock.h"
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
  guint64 offset; /* goes on from here, after comparing what lies before; 0: from the start */
  guint64 size;   /* of the source: an upload's always, a download's if offset > 0 */
  guint64 mtime;  /* unix seconds. Download: the source's, if offset > 0. Upload: to set, 0 none */
  guint64 limit;  /* downloads only: a longer source fails; G_MAXUINT64: none */
  /* uploads only */
  guint32 mode; /* permission bits, or G_MAXUINT32 to leave them to the server */
  gboolean replace;
  const char *token; /* makes the temporary name */
} SallyBulkRequest;

/* How far a transfer is. */
typedef struct
{
  guint64 id;
  guint64 bytes;  /* done, with those of an earlier attempt that it goes on from */
  guint64 prefix; /* all before this offset has arrived: where a later attempt may go on */
} SallyBulkProgress;

/* Once for every transfer. For a download `attributes` are the file's as it was opened. */
typedef void (*SallyBulkFinishedFunc) (gpointer owner,
                                       const SallyBulkProgress *progress,
                                       const SallySftpAttributes *attributes,
                                       const GError *error,
                                       gpointer user_data);
/* The server's clock was read off a file that an upload has made: once, and now and then again. */
typedef void (*SallyBulkClockFunc) (const SallyClockReading *reading, gpointer user_data);
typedef void (*SallyBulkProgressFunc) (const SallyBulkProgress *progress, gpointer user_data);

SallyBulk *sally_bulk_new (SallyMux *mux,
                           const SallyDialect *dialect,
                           SallyBulkFinishedFunc finished_func,
                           gpointer user_data);

void sally_bulk_set_clock_func (SallyBulk *self, SallyBulkClockFunc func, gpointer user_data);

/* After sally_mux_close, which lets all that runs finish; what waits is finished with an error. */
void sally_bulk_free (SallyBulk *self);

void sally_bulk_download (SallyBulk *self, const SallyBulkRequest *request);
void sally_bulk_upload (SallyBulk *self, const SallyBulkRequest *request);

/* The transfer stops asking, waits for what is under way, removes what it made (unless `keep` and
 * it can be resumed), and finishes with G_IO_ERROR_CANCELLED. */
void sally_bulk_cancel (SallyBulk *self, gpointer owner, guint64 id, gboolean keep);
/* The owner is gone, and may come again: what can be resumed is kept. */
void sally_bulk_cancel_owner (SallyBulk *self, gpointer owner);

/* Bytes a second for all transfers together; 0: as fast as it goes. */
void sally_bulk_set_limits (SallyBulk *self, guint64 download, guint64 upload);

guint sally_bulk_get_n_jobs (SallyBulk *self);

/* Calls `func` for each transfer of `owner` that has moved since the last time. */
void sally_bulk_report_progress (SallyBulk *self,
                                 gpointer owner,
                                 SallyBulkProgressFunc func,
                                 gpointer user_data);

G_END_DECLS
