/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The parts of the transfer queue: queue (list and wishes) < job (one attempt) < link (one
 * connection). */
#pragma once

#include "remote/connection-private.h"
#include "remote/finisher.h"
#include "remote/reconnect.h"
#include "remote/transfer-private.h"

G_BEGIN_DECLS

/* Transfers handed to engines at the same time: what an engine works on, and what it takes next. */
#define SALLY_QUEUE_MAX_STARTED 400

typedef struct _SallyLink SallyLink;
typedef struct _SallyJob SallyJob;

struct _SallyTransferQueue
{
  GObject parent_instance;

  GListStore *list;          /* of SallyTransfer, newest first */
  SallyTransferStore *store; /* NULL: nothing is kept */
  GPtrArray *unkept;         /* of SallyJob, to be put into the store next */
  GQueue asking;             /* of SallyJob; the first one's question is open */
  GQueue waiting;            /* of SallyJob, in the order in which they start */
  GHashTable *started;       /* set of SallyJob */
  GHashTable *links;         /* SallyConnection -> SallyLink, neither held */
  SallyTransferConnectFunc connect_func;
  gpointer connect_data;
  gboolean resumes;
  gboolean keeps_permissions, keeps_times;
  gboolean verifies;
  SallyLinks symlinks;
  guint max_startable; /* as the limit of open files allows */
  guint max_files;
  guint max_attempts;
  gboolean uses_limits; /* any was ever set */
  guint64 download_limit, upload_limit;
  gboolean has_complained; /* of the store */
  int answer_for_all;      /* SallyConflict, or ASK */
  gint64 last_position;

  guint n_storing; /* jobs that are NEW */
  guint n_paused;
  guint n_tidying;
  guint keep_source, start_source, totals_source;
  guint64 ended_bytes; /* of what has ended since nothing was active */
  double fraction;
  guint64 speed;
  gint64 seconds_left;
};

typedef enum
{
  SALLY_JOB_NEW,         /* on its way into the store */
  SALLY_JOB_WAITING,     /* for its turn */
  SALLY_JOB_PREPARING,   /* looking at both ends */
  SALLY_JOB_ASKING,      /* the person */
  SALLY_JOB_READY,       /* in its link's next batch */
  SALLY_JOB_WITH_ENGINE, /* or in its hands */
  SALLY_JOB_HELD,        /* until the connection is back, or a delay is over */
  SALLY_JOB_FINISHING,   /* digest, fsync, rename */
  SALLY_JOB_PROVING,     /* upload: is it there as it was sent? */
} SallyJobStage;

/* One transfer while it is active. Freed by sally_job_end or sally_job_put_away, to which every way
 * leads; while a thread or a call works for it (PREPARING, FINISHING, PROVING) it
 * stays. */
struct _SallyJob
{
  SallyTransferQueue *queue;
  SallyTransfer *transfer;
  SallyLink *link;
  SallyJobStage stage;
  GList *place;       /* in `waiting` */
  GCancellable *wish; /* cancelled by the person; also ends calls under way */
  gboolean wants_pause;
  guint64 id;             /* with the engine */
  gboolean is_restored;   /* an earlier attempt has been at it */
  gboolean has_restarted; /* from the beginning, because a resume was refused */
  guint n_attempts;       /* on the connection that stands */
  guint again_source;

  SallyLocalTarget *target; /* download */
  SallyLocalSource source;  /* upload */
  SallyConflictDecision decision;
  SallyConflictFile remote; /* download: the source as the server says */
  SallyDigest *digest;
  guint64 offset;       /* where the engine begins, or the prefix that is safe by now */
  guint64 begun_at;     /* what `offset` was when it was handed over */
  guint64 furthest;     /* that `offset` ever was */
  gboolean has_moved;   /* since it was handed over */
  gboolean is_checking; /* a checkpoint is under way */
  gint64 checked_us;
  SallyFinish finish;
};

/* transfer-queue.c */
/* The transfer has a connection, and goes on from where its record says. */
void sally_queue_add_job (SallyTransferQueue *self, SallyTransfer *transfer);
void sally_queue_count_paused (SallyTransferQueue *self, int change);
/* In the next turn of the main loop. */
void sally_queue_start_waiting (SallyTransferQueue *self);
/* The job leaves `started` and `waiting`; the transfer has its last state then. */
void sally_queue_forget_job (SallyTransferQueue *self, SallyJob *job);
void sally_queue_transfer_ended (SallyTransferQueue *self, SallyTransfer *transfer);
void sally_queue_transfer_paused (SallyTransferQueue *self);
/* Soon, once for all that changes until then. */
void sally_queue_update_totals (SallyTransferQueue *self);
void sally_queue_ask (SallyTransferQueue *self, SallyJob *job);

/* transfer-job.c */
SallyJob *sally_job_new (SallyTransferQueue *queue, SallyTransfer *transfer);
/* Its turn has come, or come again. */
void sally_job_start (SallyJob *job);
/* Takes the error: it ends, or is tried again, or waits for the connection. */
void sally_job_stumble (SallyJob *job, GError *error);
/* The engine has done its part. */
void sally_job_delivered (SallyJob *job, guint64 bytes, GVariant *attributes);
/* TRUE if it is further than in any attempt before. */
gboolean sally_job_progressed (SallyJob *job, guint64 bytes, guint64 safe);
/* Cancels or pauses it as soon as that can be. */
void sally_job_interrupt (SallyJob *job, gboolean pause);
void sally_job_answered (SallyJob *job, SallyConflict answer);
/* Does nothing for a job without a wish; TRUE if it is gone. */
gboolean sally_job_follow_wish (SallyJob *job);

/* transfer-job-end.c: takes the error (nullable). */
void sally_job_end (SallyJob *job, GError *error);
void sally_job_skip (SallyJob *job);
/* Back into the list, paused; `reason` nullable. */
void sally_job_put_away (SallyJob *job, const GError *reason);
/* Writes how far it is, if that is worth it by now. */
void sally_job_check_point (SallyJob *job);
/* Removes what attempts of a transfer without a job have left at both ends, and its record. */
void sally_transfer_discard (SallyTransferQueue *queue, SallyTransfer *transfer);

/* transfer-link.c: one for each connection that has jobs. */
SallyLink *sally_link_get (SallyTransferQueue *queue, SallyConnection *connection);
SallyLink *sally_link_ref (SallyLink *self);
void sally_link_unref (SallyLink *self);
/* A call to the engine whose answer is not in yet holds it still. */
void sally_link_outlive_queue (SallyLink *self);
/* To the engine, together with what else comes before the next turn of the main loop. */
void sally_link_hand_over (SallyLink *self, SallyJob *job);
void sally_link_cancel (SallyLink *self, SallyJob *job, gboolean keep);
/* The job waits until the connection is back. */
void sally_link_hold (SallyLink *self, SallyJob *job, const GError *cause);
/* Takes the task, which returns TRUE when the connection is there, or why it will not come back. */
void sally_link_await (SallyLink *self, GTask *task, const GError *cause);
/* Forgets the job, wherever it is here. */
void sally_link_drop (SallyLink *self, SallyJob *job);
/* Somebody wants it tried again. */
void sally_link_forget_failure (SallyLink *self);
void sally_link_apply_limits (SallyLink *self);

G_END_DECLS
