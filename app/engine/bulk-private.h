/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a download and an upload have in common; for bulk.c, download.c and upload.c. */
#pragma once

#include "engine/bulk.h"
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
  void (*free) (SallyBulkJob *job);
} SallyBulkJobClass;

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
  guint in_flight; /* requests without a reply */
  guint64 bytes;   /* done */
  guint64 reported_bytes;
  GError *error; /* set: the job is stopping */
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

/* Room for the payload of one WRITE, shared by all uploads: what is in it is sent before anything
 * else runs. */
guint8 *sally_bulk_get_buffer (SallyBulk *self);

/* The share of the bytes in flight that one of the running jobs may have. */
gsize sally_bulk_get_share (SallyBulk *self);

G_END_DECLS
