/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/bulk-private.h"

#include "base/error.h"
#include "base/text.h"
#include "engine/partial-name.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What an earlier attempt left is compared over so many bytes before we go on: what any server
 * sends in one reply. */
#define OVERLAP_BYTES 32768

/* Steps of an upload, in order. Direct uploads (no temporary name) have no renaming. */
typedef enum
{
  PHASE_LOOKING,  /* is the target there? only when it must not be */
  PHASE_RESUMING, /* is what an earlier attempt left good? */
  PHASE_OPENING,
  PHASE_WRITING,
  PHASE_SEALING, /* attributes, size, CLOSE */
  PHASE_RENAMING,
} Phase;

typedef struct
{
  SallyBulkJob job;
  const SallyDialect *dialect;
  Phase phase;
  char *temporary_path; /* NULL: the target itself is written */
  guint64 size;
  guint32 mode;
  guint32 mtime;
  gboolean replace;
  char *token;           /* makes the temporary name; NULL: a random one, never found again */
  guint64 resume_offset; /* what an earlier attempt brought over */
  gboolean starts_over;  /* what lies under the temporary name is ours, and to be truncated */
  gboolean is_created;   /* something of ours lies on the server */
  gboolean has_cleared;  /* the old target was removed to make room */
  struct timespec source_time;
  gint64 open_sent_us; /* real time */
} Upload;

static void send_open (Upload *self);
static void send_rename (Upload *self);

static void
fail (Upload *self, SallyError code, const char *message)
{
  sally_bulk_job_fail (&self->job, g_error_new_literal (SALLY_ERROR, code, message));
}

static const char *
written_path (Upload *self)
{
  return self->temporary_path != NULL ? self->temporary_path : self->job.path;
}

static char *
make_temporary_path (const Upload *self)
{
  g_autofree char *random = g_strdup_printf ("%08x", g_random_int ());

  return sally_partial_name_make (self->job.path, self->token != NULL ? self->token : random);
}

static gboolean
read_local (Upload *self, guint8 *buffer, gsize length, guint64 offset)
{
  gsize filled = 0;

  while (filled < length)
    {
      ssize_t n =
          pread (self->job.descriptor, buffer + filled, length - filled, (off_t) (offset + filled));
      GError *error = NULL;

      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          sally_error_set_errno (&error, errno, "Reading the local file");
          sally_bulk_job_fail (&self->job, error);
          return FALSE;
        }
      if (n == 0)
        {
          fail (self, SALLY_ERROR_LOCAL_CHANGED, "The local file became shorter meanwhile");
          return FALSE;
        }
      filled += (gsize) n;
    }
  return TRUE;
}

static void
written (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = (Upload *) ((SallyBulkPiece *) user_data)->way->job;
  SallyBulkPiece piece;

  sally_bulk_piece_received (user_data, &piece);
  if (sally_bulk_job_check_status (&self->job, reply))
    self->job.bytes += piece.length;
  else /* it is missing for good: no later attempt may count on what comes after */
    self->job.next_offset = MIN (self->job.next_offset, piece.offset);
  sally_bulk_job_settle (&self->job);
}

static gboolean
send_write (Upload *self, SallyBulkWay *way)
{
  guint64 offset = self->job.next_offset;
  guint32 max_write = sally_mux_get_features (self->job.mux)->max_write;
  guint32 length = (guint32) MIN (self->size - offset, max_write);
  SallySftpWriter *writer = sally_bulk_way_begin (way, SALLY_SFTP_WRITE);

  sally_sftp_writer_u64 (writer, offset);
  if (!read_local (self, sally_sftp_writer_reserve (writer, length), length, offset))
    return FALSE;
  self->job.next_offset += length;
  sally_bulk_way_send (way, offset, length, written);
  sally_bulk_note_moved (self->job.bulk, TRUE, length);
  return TRUE;
}

/* What was sent must be what lies there now, and what lay there when we began. */
static gboolean
is_source_unchanged (Upload *self)
{
  struct stat now;

  return fstat (self->job.descriptor, &now) == 0 && (guint64) now.st_size == self->size &&
         now.st_mtim.tv_sec == self->source_time.tv_sec &&
         now.st_mtim.tv_nsec == self->source_time.tv_nsec;
}

static void
finish_or_rename (Upload *self)
{
  if (self->temporary_path != NULL)
    send_rename (self);
  else
    sally_bulk_job_finish (&self->job);
}

static void
attributes_replied (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = user_data;

  /* Many servers refuse times or permissions: the file is whole all the same. */
  sally_bulk_job_received (&self->job);
  if (reply == NULL)
    sally_bulk_job_take_failure (&self->job, reply);
  sally_bulk_job_settle (&self->job);
}

static void
size_replied (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = user_data;
  SallySftpReader reader;
  SallySftpAttributes attributes;

  sally_bulk_job_received (&self->job);
  if (reply != NULL && reply->type == SALLY_SFTP_ATTRS)
    {
      sally_sftp_reader_init (&reader, reply->body, reply->length);
      sally_sftp_reader_attributes (&reader, &attributes);
      if (!reader.failed && attributes.flags & SALLY_SFTP_ATTR_SIZE &&
          attributes.size != self->size)
        fail (self, SALLY_ERROR_REMOTE_CHANGED, "The server has another size than what was sent");
      self->job.attributes = attributes;
    }
  else if (reply == NULL)
    sally_bulk_job_take_failure (&self->job, reply);
  sally_bulk_job_settle (&self->job);
}

/* A server that buffers notices a full disk or quota only now (close(2) has the same warning). */
static void
closed (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = user_data;

  sally_bulk_job_received (&self->job);
  sally_bulk_job_check_status (&self->job, reply);
  sally_bulk_job_settle (&self->job);
}

/* Attributes, the size as the server has it, and CLOSE go out together: a server works through the
 * requests for one handle in order. */
static void
seal (Upload *self)
{
  SallySftpAttributes attributes = { 0 };
  SallySftpWriter *writer;

  self->phase = PHASE_SEALING;
  if (!is_source_unchanged (self))
    {
      fail (self, SALLY_ERROR_LOCAL_CHANGED, "The local file changed while it was sent");
      return;
    }

  if (self->mode != G_MAXUINT32)
    attributes.flags |= SALLY_SFTP_ATTR_PERMISSIONS;
  if (self->mtime != 0)
    attributes.flags |= SALLY_SFTP_ATTR_ACMODTIME;
  attributes.permissions = self->mode & 0777;
  attributes.atime = attributes.mtime = self->mtime;
  if (attributes.flags != 0 && self->dialect->sets_attributes)
    {
      writer = sally_bulk_job_begin (&self->job, SALLY_SFTP_FSETSTAT);
      sally_sftp_writer_attributes (writer, &attributes);
      sally_bulk_job_send (&self->job, attributes_replied, self);
    }
  sally_bulk_job_close_ways (&self->job, closed, self);
  sally_bulk_job_begin (&self->job, SALLY_SFTP_FSTAT);
  sally_bulk_job_send (&self->job, size_replied, self);
  sally_bulk_job_begin (&self->job, SALLY_SFTP_CLOSE);
  sally_bulk_job_send (&self->job, closed, self);
  g_clear_pointer (&self->job.handle, g_bytes_unref);
}

/* Sends as far as the windows allow; TRUE if anything. */
static gboolean
send_writes (Upload *self)
{
  SallyBulkJob *job = &self->job;
  gsize share = sally_bulk_get_share (job->bulk);
  gboolean queued = FALSE;
  SallyBulkWay *way;

  while (job->error == NULL && job->next_offset < self->size &&
         (job->bytes_in_flight == 0 || job->bytes_in_flight < share) &&
         (way = sally_bulk_job_choose_way (job)) != NULL && sally_bulk_may_move (job->bulk, TRUE) &&
         send_write (self, way))
    queued = TRUE;
  return queued;
}

static gboolean
upload_pump (SallyBulkJob *job)
{
  Upload *self = (Upload *) job;
  gboolean queued;

  if (self->phase == PHASE_SEALING && job->in_flight == 0)
    {
      finish_or_rename (self);
      return TRUE;
    }
  if (self->phase != PHASE_WRITING)
    return FALSE;

  queued = send_writes (self);
  if (job->error == NULL && job->next_offset >= self->size && job->in_flight == 0)
    {
      seal (self);
      queued = TRUE;
    }
  /* A changed source may leave nothing in flight that would bring us to the cleaning. */
  if (job->error != NULL)
    sally_bulk_job_settle (job);
  return queued;
}

static void
begin_writing (Upload *self, guint64 offset)
{
  SallyBulkJob *job = &self->job;

  self->is_created = TRUE;
  self->phase = PHASE_WRITING;
  job->bytes = job->next_offset = offset;
  if (job->error == NULL)
    sally_bulk_job_open_ways (job, written_path (self), SALLY_SFTP_FXF_WRITE,
                              self->dialect->splits_uploads ? self->size - offset : 0);
}

static void
opened (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = user_data;
  gboolean may_be_ours = self->temporary_path != NULL && self->token != NULL && !self->starts_over;

  sally_bulk_job_received (&self->job);
  if (reply == NULL && sally_bulk_job_start_elsewhere (&self->job))
    return;
  if (may_be_ours && self->job.error == NULL && sally_reply_has_status (reply, SALLY_SFTP_FAILURE))
    {
      self->starts_over = TRUE;
      send_open (self);
    }
  else if (sally_bulk_job_take_handle (&self->job, reply))
    {
      if (self->job.error == NULL)
        sally_bulk_job_read_clock (&self->job, self->open_sent_us);
      begin_writing (self, 0);
    }
  sally_bulk_job_settle (&self->job);
}

/* No attributes in OPEN: AWS refuses them, and FSETSTAT says the same. A temporary name is new, but
 * for what an earlier attempt left under its token. */
static void
send_open (Upload *self)
{
  SallySftpWriter *writer = sally_lane_begin (self->job.lane, SALLY_SFTP_OPEN);
  guint32 flags = SALLY_SFTP_FXF_WRITE | SALLY_SFTP_FXF_CREAT;

  self->phase = PHASE_OPENING;
  self->open_sent_us = g_get_real_time ();
  flags |= self->temporary_path != NULL && !self->starts_over ? SALLY_SFTP_FXF_EXCL
                                                              : SALLY_SFTP_FXF_TRUNC;
  sally_sftp_writer_path (writer, written_path (self));
  sally_sftp_writer_u32 (writer, flags);
  sally_sftp_writer_u32 (writer, 0);
  sally_bulk_job_send (&self->job, opened, self);
}

static void
ignore_reply (const SallySftpReply *reply, gpointer user_data)
{
}

/* What an earlier attempt left cannot be had, or cannot be trusted. */
static void
start_over (Upload *self)
{
  if (self->job.handle != NULL)
    {
      sally_bulk_job_begin (&self->job, SALLY_SFTP_CLOSE);
      sally_lane_send (self->job.lane, ignore_reply, NULL);
      g_clear_pointer (&self->job.handle, g_bytes_unref);
    }
  self->starts_over = TRUE;
  if (self->job.error == NULL)
    send_open (self);
}

static void
overlap_replied (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = user_data;
  guint8 local[OVERLAP_BYTES];
  gsize length = MIN (self->resume_offset, OVERLAP_BYTES);
  gsize got = 0;
  const guint8 *data = NULL;
  SallySftpReader reader;

  sally_bulk_job_received (&self->job);
  if (reply != NULL && reply->type == SALLY_SFTP_DATA)
    {
      sally_sftp_reader_init (&reader, reply->body, reply->length);
      data = sally_sftp_reader_string (&reader, &got);
    }
  if (reply == NULL)
    sally_bulk_job_take_failure (&self->job, reply);
  else if (data != NULL && got == length &&
           read_local (self, local, length, self->resume_offset - length) &&
           memcmp (local, data, length) == 0)
    begin_writing (self, self->resume_offset);
  else
    start_over (self);
  sally_bulk_job_settle (&self->job);
}

static void
partial_stat_replied (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = user_data;
  SallySftpAttributes attributes = { 0 };
  SallySftpWriter *writer;
  gsize length;

  sally_bulk_job_received (&self->job);
  if (reply == NULL)
    sally_bulk_job_take_failure (&self->job, reply);
  else if (sally_reply_get_attributes (reply, self->job.lane, &attributes, NULL) &&
           attributes.flags & SALLY_SFTP_ATTR_SIZE)
    self->resume_offset = MIN (self->resume_offset, attributes.size);
  else
    self->resume_offset = 0;

  length = MIN (self->resume_offset, OVERLAP_BYTES);
  if (self->job.error == NULL && length == 0)
    start_over (self);
  else if (self->job.error == NULL)
    {
      writer = sally_bulk_job_begin (&self->job, SALLY_SFTP_READ);
      sally_sftp_writer_u64 (writer, self->resume_offset - length);
      sally_sftp_writer_u32 (writer, (guint32) length);
      sally_bulk_job_send (&self->job, overlap_replied, self);
    }
  sally_bulk_job_settle (&self->job);
}

static void
reopened (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = user_data;

  sally_bulk_job_received (&self->job);
  if (reply == NULL && sally_bulk_job_start_elsewhere (&self->job))
    return;
  if (reply == NULL)
    sally_bulk_job_take_failure (&self->job, reply);
  else
    self->job.handle = sally_reply_dup_handle (reply, self->job.lane, NULL);
  if (self->job.handle != NULL && self->job.error == NULL)
    {
      sally_bulk_job_begin (&self->job, SALLY_SFTP_FSTAT);
      sally_bulk_job_send (&self->job, partial_stat_replied, self);
    }
  else if (self->job.error == NULL)
    start_over (self);
  sally_bulk_job_settle (&self->job);
}

/* With READ, for the overlap; a server that lets nobody read what was dropped gets it anew. */
static void
send_reopen (Upload *self)
{
  SallySftpWriter *writer = sally_lane_begin (self->job.lane, SALLY_SFTP_OPEN);

  self->phase = PHASE_RESUMING;
  self->is_created = TRUE;
  sally_sftp_writer_path (writer, self->temporary_path);
  sally_sftp_writer_u32 (writer, SALLY_SFTP_FXF_READ | SALLY_SFTP_FXF_WRITE);
  sally_sftp_writer_u32 (writer, 0);
  sally_bulk_job_send (&self->job, reopened, self);
}

static void
resume_or_open (Upload *self)
{
  if (self->resume_offset > 0 && self->temporary_path != NULL)
    send_reopen (self);
  else
    send_open (self);
}

static void
looked (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = user_data;

  sally_bulk_job_received (&self->job);
  if (reply == NULL && sally_bulk_job_start_elsewhere (&self->job))
    return;
  if (reply == NULL)
    sally_bulk_job_take_failure (&self->job, reply);
  else if (reply->type == SALLY_SFTP_ATTRS)
    fail (self, SALLY_ERROR_REMOTE_EXISTS, "It exists already");
  else if (self->job.error == NULL)
    resume_or_open (self);
  sally_bulk_job_settle (&self->job);
}

static void
upload_start (SallyBulkJob *job)
{
  Upload *self = (Upload *) job;
  SallySftpWriter *writer;
  struct stat source;

  if (fstat (job->descriptor, &source) != 0 || !S_ISREG (source.st_mode) ||
      (guint64) source.st_size != self->size || self->resume_offset > self->size)
    {
      fail (self, SALLY_ERROR_LOCAL_CHANGED, "The local file changed before it was sent");
      sally_bulk_job_settle (job);
      return;
    }
  self->source_time = source.st_mtim;
  if (self->dialect->temporary_name && self->temporary_path == NULL)
    self->temporary_path = make_temporary_path (self);
  if (self->replace)
    {
      resume_or_open (self);
      return;
    }
  self->phase = PHASE_LOOKING;
  writer = sally_lane_begin (job->lane, SALLY_SFTP_LSTAT);
  sally_sftp_writer_path (writer, job->path);
  sally_bulk_job_send (job, looked, self);
}

static void
target_removed (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = user_data;

  sally_bulk_job_received (&self->job);
  if (sally_bulk_job_check_status (&self->job, reply))
    send_rename (self);
  sally_bulk_job_settle (&self->job);
}

/* Version 3's RENAME fails if the target is there (section 6.5). Without posix-rename the old
 * target has to go first, and for that moment neither stands: the server offers no better. */
static void
clear_target (Upload *self)
{
  SallySftpWriter *writer = sally_lane_begin (self->job.lane, SALLY_SFTP_REMOVE);

  self->has_cleared = TRUE;
  sally_sftp_writer_path (writer, self->job.path);
  sally_bulk_job_send (&self->job, target_removed, self);
}

static void
renamed (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = user_data;
  gboolean may_clear = self->replace && !self->has_cleared &&
                       !sally_mux_get_features (self->job.mux)->has_posix_rename;

  sally_bulk_job_received (&self->job);
  if (sally_reply_has_status (reply, SALLY_SFTP_OK))
    {
      self->is_created = FALSE;
      /* A cancellation that comes after the file stands comes too late. */
      g_clear_error (&self->job.error);
      sally_bulk_job_finish (&self->job);
      return;
    }
  if (reply != NULL && may_clear && self->job.error == NULL &&
      !sally_reply_has_status (reply, SALLY_SFTP_PERMISSION_DENIED))
    clear_target (self);
  else
    sally_bulk_job_take_failure (&self->job, reply);
  /* The old file is gone by our hand: the new one must not go too. */
  if (self->has_cleared && self->job.error != NULL)
    {
      g_autofree char *kept =
          sally_text_from_name (self->temporary_path, strlen (self->temporary_path));

      g_prefix_error (&self->job.error,
                      "The upload is kept as “%s”, since renaming it failed: ", kept);
      self->is_created = FALSE;
    }
  sally_bulk_job_settle (&self->job);
}

static void
send_rename (Upload *self)
{
  gboolean posix = self->replace && sally_mux_get_features (self->job.mux)->has_posix_rename;
  SallySftpWriter *writer =
      sally_lane_begin (self->job.lane, posix ? SALLY_SFTP_EXTENDED : SALLY_SFTP_RENAME);

  self->phase = PHASE_RENAMING;
  if (posix)
    sally_sftp_writer_path (writer, "posix-rename@openssh.com");
  sally_sftp_writer_path (writer, self->temporary_path);
  sally_sftp_writer_path (writer, self->job.path);
  sally_bulk_job_send (&self->job, renamed, self);
}

static void
cleaned (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = user_data;

  sally_bulk_job_received (&self->job);
  if (self->job.in_flight == 0)
    sally_bulk_job_finish (&self->job);
}

/* Drops what was written: a temporary file, or, where there is none, the target we had truncated.
 * What a later attempt will find again by its token may stay. */
static void
upload_clean_up (SallyBulkJob *job)
{
  Upload *self = (Upload *) job;
  gboolean keeps = job->may_keep && self->temporary_path != NULL && self->token != NULL;
  SallySftpWriter *writer;

  if (!self->is_created)
    {
      sally_bulk_job_finish (job);
      return;
    }
  /* On a lane that has ended replies come at once: the job must not be finished under our hands. */
  job->in_flight++;
  sally_bulk_job_close_ways (job, cleaned, self);
  if (job->handle != NULL)
    {
      sally_bulk_job_begin (job, SALLY_SFTP_CLOSE);
      sally_bulk_job_send (job, cleaned, self);
    }
  if (!keeps)
    {
      writer = sally_lane_begin (job->lane, SALLY_SFTP_REMOVE);
      sally_sftp_writer_path (writer, written_path (self));
      sally_bulk_job_send (job, cleaned, self);
    }
  cleaned (NULL, self);
}

/* What an earlier attempt brought over counts even where this one ends before it looked. */
static guint64
upload_get_prefix (SallyBulkJob *job)
{
  Upload *self = (Upload *) job;

  if (self->phase <= PHASE_RESUMING)
    return self->resume_offset;
  return sally_bulk_job_get_first_missing (job);
}

static void
upload_free (SallyBulkJob *job)
{
  Upload *self = (Upload *) job;

  g_free (self->temporary_path);
  g_free (self->token);
  g_free (self);
}

static const SallyBulkJobClass upload_class = {
  .start = upload_start,
  .pump = upload_pump,
  .clean_up = upload_clean_up,
  .get_prefix = upload_get_prefix,
  .free = upload_free,
};

SallyBulkJob *
sally_upload_new (const SallyBulkRequest *request, const SallyDialect *dialect)
{
  Upload *self = g_new0 (Upload, 1);

  self->job.class = &upload_class;
  self->dialect = dialect;
  self->size = request->size;
  self->mode = request->mode;
  self->mtime = (guint32) MIN (request->mtime, G_MAXUINT32);
  self->replace = request->replace;
  self->resume_offset = request->offset;
  self->job.bytes = request->offset;
  if (request->token != NULL && *request->token != '\0')
    self->token = g_strdup (request->token);
  return &self->job;
}
