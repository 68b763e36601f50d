/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a download and an upload have in common; for bulk*.c, download.c and upload*.c. */
#pragma once

#include "engine/bulk.h"
#include "engine/disk-writer.h"
#include "engine/reply.h"

G_BEGIN_DECLS

typedef struct _SallyBulkJob SallyBulkJob;

typedef struct
{
  void (*start) (SallyBulkJob *job);
  /* Queues requests as far as the windows allow; TRUE if it queued any. */
  gboolean (*pump) (SallyBulkJob *job);
  /* All replies are in and the job is stopping: cleans up on the server, then finishes. */
  void (*clean_up) (SallyBulkJob *job);
  /* All before this offset has arrived. */
  guint64 (*get_prefix) (SallyBulkJob *job);
  void (*free) (SallyBulkJob *job);
} SallyBulkJobClass;

/* A handle of the job's file on one lane. The first way is the job's own lane and handle; a large
 * file has more, since a server takes only so much ahead on each channel (OpenSSH: 2 MiB). */
typedef struct
{
  SallyBulkJob *job;
  SallyLane *lane;
  GBytes *handle; /* NULL until it is open, and where it could not be */
  guint64 bytes_in_flight;
} SallyBulkWay;

/* A READ or WRITE that has no reply yet, or whose data is not on the disk yet. */
typedef struct
{
  SallyBulkWay *way;
  guint64 offset;
  guint32 length;
  GList link; /* in the job's pieces */
} SallyBulkPiece;

struct _SallyBulkJob
{
  const SallyBulkJobClass *class;
  SallyBulk *bulk;
  SallyMux *mux;
  SallyLane *lane;
  gpointer owner;
  guint64 id;
  int descriptor;
  char *path;
  GBytes *handle;
  SallySftpAttributes attributes;
  SallyBulkWay ways[SALLY_MUX_MAX_BULK_LANES];
  guint n_ways;
  GQueue pieces;   /* of SallyBulkPiece */
  guint in_flight; /* requests without a reply, and such pieces */
  guint64 bytes_in_flight;
  guint64 next_offset; /* all before it has been asked for or sent */
  guint64 bytes;       /* done */
  guint64 reported_bytes;
  GError *error;     /* set: the job is stopping */
  gboolean may_keep; /* what was made so far is left for a later attempt */
  gboolean is_cleaning;
  gboolean is_finished;
};

/* The `kind` begins with a SallyBulkJob. */
SallyBulkJob *sally_download_new (const SallyBulkRequest *request);
SallyBulkJob *sally_upload_new (const SallyBulkRequest *request, const SallyDialect *dialect);

/* Sends the request begun on the job's lane and counts it. */
void sally_bulk_job_send (SallyBulkJob *job, SallyReplyFunc func, gpointer user_data);
/* First thing in every reply call-back. */
void sally_bulk_job_received (SallyBulkJob *job);
/* Last thing in every reply call-back: goes on, cleans up or finishes. The job may be gone after.
 */
void sally_bulk_job_settle (SallyBulkJob *job);

/* A first request that got no reply: where only its lane was refused, another one starts the job
 * anew. FALSE if the connection is gone. */
gboolean sally_bulk_job_start_elsewhere (SallyBulkJob *job);

/* The first error stands. */
void sally_bulk_job_fail (SallyBulkJob *job, GError *error);
/* FALSE, with the job failed, unless the reply is a status that says OK. */
gboolean sally_bulk_job_check_status (SallyBulkJob *job, const SallySftpReply *reply);
/* The same for a reply that should have been of another kind. */
void sally_bulk_job_take_failure (SallyBulkJob *job, const SallySftpReply *reply);
/* Stores the handle of an OPEN reply; FALSE, with the job failed, if it is none. */
gboolean sally_bulk_job_take_handle (SallyBulkJob *job, const SallySftpReply *reply);
/* Begins a request whose first field is the job's handle. */
SallySftpWriter *sally_bulk_job_begin (SallyBulkJob *job, SallySftpType type);
/* Ends the job: its owner is told. */
void sally_bulk_job_finish (SallyBulkJob *job);

/* Makes the job's handle the first way, and opens others on lanes of their own with OPEN's `flags`,
 * as many as a file of `size` bytes gains from on this line. A way that cannot be had is no
 * failure: the others carry the file. */
void sally_bulk_job_open_ways (SallyBulkJob *job, const char *path, guint32 flags, guint64 size);
/* The open way with the least on it; NULL if none has room. */
SallyBulkWay *sally_bulk_job_choose_way (SallyBulkJob *job);
/* Closes all but the job's own handle; `func` is called for each with `user_data`. */
void sally_bulk_job_close_ways (SallyBulkJob *job, SallyReplyFunc func, gpointer user_data);

/* Begins a request whose first field is the way's handle. */
SallySftpWriter *sally_bulk_way_begin (SallyBulkWay *way, SallySftpType type);
/* Sends it as a piece of the file; `func` gets the piece, and ends it with
 * sally_bulk_piece_received. */
void sally_bulk_way_send (SallyBulkWay *way, guint64 offset, guint32 length, SallyReplyFunc func);
/* Counts the piece as answered, and frees it. `range` tells what it was. */
void sally_bulk_piece_received (SallyBulkPiece *piece, SallyBulkPiece *range);
/* The lowest offset of the pieces under way, or next_offset if there is none. */
guint64 sally_bulk_job_get_first_missing (SallyBulkJob *job);

/* The job has just made its file and opened it, with an OPEN sent at `sent_us` (real time): asks
 * what time the server gave it, if that is not known. Before anything is written, and in the same
 * breath: not even the file's end waits for the answer. */
void sally_bulk_job_read_clock (SallyBulkJob *job, gint64 sent_us);

SallyDiskWriter *sally_bulk_get_disk_writer (SallyBulk *self);

/* The share of the bytes in flight that one of the running jobs may have. */
gsize sally_bulk_get_share (SallyBulk *self);

/* Whether the limit has room for another piece, and what it took. */
gboolean sally_bulk_may_move (SallyBulk *self, gboolean is_upload);
void sally_bulk_note_moved (SallyBulk *self, gboolean is_upload, guint32 bytes);

G_END_DECLS
