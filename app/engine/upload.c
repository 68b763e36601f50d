/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/bulk-private.h"

#include "base/error.h"
#include "base/text.h"

#include <errno.h>
#include <gio/gio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes made ahead of the network on one lane; more would only take memory. */
#define MAX_QUEUED_BYTES (1024 * 1024)
/* A file from this size on is sent over several lanes: below, it is gone before they are open. */
#define SPLIT_BYTES      (4 * 1024 * 1024)
/* A name of the file systems that matter is at most this long. */
#define MAX_NAME_BYTES   255

/* Steps of an upload, in order. Direct uploads (no temporary name) have no renaming. */
typedef enum
{
  PHASE_LOOKING, /* is the target there? only when it must not be */
  PHASE_OPENING,
  PHASE_WRITING,
  PHASE_SEALING, /* attributes, size, CLOSE */
  PHASE_RENAMING,
} Phase;

typedef struct _Upload Upload;

/* A further handle of the same file, on a lane of its own: OpenSSH takes only 2 MiB ahead on each
 * channel, which is all that limits one upload far away. */
typedef struct
{
  Upload *upload;
  SallyLane *lane;
  GBytes *handle; /* NULL until it is open, and where it could not be */
  guint64 bytes_in_flight;
} Way;

struct _Upload
{
  SallyBulkJob job;
  const SallyDialect *dialect;
  Phase phase;
  char *temporary_path; /* NULL: the target itself is written */
  guint64 size;
  guint32 mode;
  guint32 mtime;
  gboolean replace;
  gboolean is_created;  /* something of ours lies on the server */
  gboolean has_cleared; /* the old target was removed to make room */
  struct timespec source_time;
  guint64 next_offset;
  guint64 bytes_in_flight;
  Way ways[SALLY_MUX_MAX_BULK_LANES]; /* the first is the job's own lane and handle */
  guint n_ways;
};

typedef struct
{
  Way *way;
  guint32 length;
} Write;

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

/* ".NAME.xxxxxxxx.part" beside the target; the name is left out where it would be too long. */
static char *
make_temporary_path (const char *path)
{
  const char *slash = strrchr (path, '/');
  const char *name = slash != NULL ? slash + 1 : path;
  g_autofree char *directory = g_strndup (path, (gsize) (name - path));
  g_autofree char *suffix = g_strdup_printf ("%08x.part", g_random_int ());

  if (strlen (name) + strlen (suffix) + 2 > MAX_NAME_BYTES)
    return g_strconcat (directory, ".sallyport.", suffix, NULL);
  return g_strconcat (directory, ".", name, ".", suffix, NULL);
}

static gboolean
read_local (Upload *self, guint8 *buffer, gsize length)
{
  gsize filled = 0;

  while (filled < length)
    {
      ssize_t n = pread (self->job.descriptor, buffer + filled, length - filled,
                         (off_t) (self->next_offset + filled));
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
  g_autofree Write *write = user_data;
  Upload *self = write->way->upload;

  sally_bulk_job_received (&self->job);
  self->bytes_in_flight -= write->length;
  write->way->bytes_in_flight -= write->length;
  if (sally_bulk_job_check_status (&self->job, reply))
    self->job.bytes += write->length;
  sally_bulk_job_settle (&self->job);
}

static void
send_on (Way *way, SallyReplyFunc func, gpointer user_data)
{
  way->upload->job.in_flight++;
  sally_lane_send (way->lane, func, user_data);
}

static gboolean
send_write (Upload *self, Way *way)
{
  guint32 max_write = sally_mux_get_features (self->job.mux)->max_write;
  guint32 length = (guint32) MIN (self->size - self->next_offset, max_write);
  guint8 *buffer = sally_bulk_get_buffer (self->job.bulk);
  gsize handle_length;
  const void *handle = g_bytes_get_data (way->handle, &handle_length);
  SallySftpWriter *writer;
  Write *write;

  if (!read_local (self, buffer, length))
    return FALSE;

  write = g_new (Write, 1);
  *write = (Write) { way, length };
  writer = sally_lane_begin (way->lane, SALLY_SFTP_WRITE);
  sally_sftp_writer_string (writer, handle, handle_length);
  sally_sftp_writer_u64 (writer, self->next_offset);
  sally_sftp_writer_string (writer, buffer, length);
  self->next_offset += length;
  self->bytes_in_flight += length;
  way->bytes_in_flight += length;
  send_on (way, written, write);
  return TRUE;
}

/* The open way with the least on it that has room; NULL if none has. */
static Way *
choose_way (Upload *self)
{
  Way *best = NULL;

  for (guint i = 0; i < self->n_ways; i++)
    {
      Way *way = &self->ways[i];

      if (way->handle != NULL && sally_lane_get_queued_bytes (way->lane) < MAX_QUEUED_BYTES &&
          (best == NULL || way->bytes_in_flight < best->bytes_in_flight))
        best = way;
    }
  return best;
}

/* A way that cannot be had is no failure: the others carry the file. */
static void
way_opened (const SallySftpReply *reply, gpointer user_data)
{
  Way *way = user_data;
  Upload *self = way->upload;

  sally_bulk_job_received (&self->job);
  if (reply != NULL)
    way->handle = sally_reply_dup_handle (reply, way->lane, NULL);
  sally_bulk_job_settle (&self->job);
}

static void
open_ways (Upload *self)
{
  self->ways[0] =
      (Way) { .upload = self, .lane = self->job.lane, .handle = g_bytes_ref (self->job.handle) };
  self->n_ways = 1;
  if (!self->dialect->splits_uploads || self->size < SPLIT_BYTES)
    return;
  for (guint i = 0; self->n_ways < G_N_ELEMENTS (self->ways); i++)
    {
      SallyLane *lane = sally_mux_get_bulk_lane_at (self->job.mux, i);
      Way *way = &self->ways[self->n_ways];
      SallySftpWriter *writer;

      if (lane == NULL)
        break;
      if (lane == self->job.lane)
        continue;
      *way = (Way) { .upload = self, .lane = lane };
      self->n_ways++;
      writer = sally_lane_begin (lane, SALLY_SFTP_OPEN);
      sally_sftp_writer_path (writer, written_path (self));
      sally_sftp_writer_u32 (writer, SALLY_SFTP_FXF_WRITE);
      sally_sftp_writer_u32 (writer, 0);
      send_on (way, way_opened, way);
    }
}

/* The first way's handle is the job's, which is closed on its own. */
static void
close_ways (Upload *self, SallyReplyFunc func)
{
  for (guint i = 1; i < self->n_ways; i++)
    {
      Way *way = &self->ways[i];
      gsize length;
      const void *handle;

      if (way->handle == NULL)
        continue;
      handle = g_bytes_get_data (way->handle, &length);
      sally_sftp_writer_string (sally_lane_begin (way->lane, SALLY_SFTP_CLOSE), handle, length);
      send_on (way, func, self);
      g_clear_pointer (&way->handle, g_bytes_unref);
    }
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
  close_ways (self, closed);
  sally_bulk_job_begin (&self->job, SALLY_SFTP_FSTAT);
  sally_bulk_job_send (&self->job, size_replied, self);
  sally_bulk_job_begin (&self->job, SALLY_SFTP_CLOSE);
  sally_bulk_job_send (&self->job, closed, self);
  g_clear_pointer (&self->job.handle, g_bytes_unref);
}

static gboolean
upload_pump (SallyBulkJob *job)
{
  Upload *self = (Upload *) job;
  gsize share = sally_bulk_get_share (job->bulk);
  gboolean queued = FALSE;
  Way *way;

  if (self->phase == PHASE_SEALING && job->in_flight == 0)
    {
      finish_or_rename (self);
      return TRUE;
    }
  if (self->phase != PHASE_WRITING)
    return FALSE;

  while (job->error == NULL && self->next_offset < self->size &&
         (self->bytes_in_flight == 0 || self->bytes_in_flight < share) &&
         (way = choose_way (self)) != NULL && send_write (self, way))
    queued = TRUE;
  if (job->error == NULL && self->next_offset >= self->size && job->in_flight == 0)
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
opened (const SallySftpReply *reply, gpointer user_data)
{
  Upload *self = user_data;

  sally_bulk_job_received (&self->job);
  if (reply == NULL && sally_bulk_job_start_elsewhere (&self->job))
    return;
  if (sally_bulk_job_take_handle (&self->job, reply))
    {
      self->is_created = TRUE;
      self->phase = PHASE_WRITING;
      if (self->job.error == NULL)
        open_ways (self);
    }
  sally_bulk_job_settle (&self->job);
}

/* No attributes in OPEN: AWS refuses them, and FSETSTAT says the same. */
static void
send_open (Upload *self)
{
  SallySftpWriter *writer = sally_lane_begin (self->job.lane, SALLY_SFTP_OPEN);
  guint32 flags = SALLY_SFTP_FXF_WRITE | SALLY_SFTP_FXF_CREAT;

  self->phase = PHASE_OPENING;
  flags |= self->temporary_path != NULL ? SALLY_SFTP_FXF_EXCL : SALLY_SFTP_FXF_TRUNC;
  sally_sftp_writer_path (writer, written_path (self));
  sally_sftp_writer_u32 (writer, flags);
  sally_sftp_writer_u32 (writer, 0);
  sally_bulk_job_send (&self->job, opened, self);
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
    send_open (self);
  sally_bulk_job_settle (&self->job);
}

static void
upload_start (SallyBulkJob *job)
{
  Upload *self = (Upload *) job;
  SallySftpWriter *writer;
  struct stat source;

  if (fstat (job->descriptor, &source) != 0 || !S_ISREG (source.st_mode) ||
      (guint64) source.st_size != self->size)
    {
      fail (self, SALLY_ERROR_LOCAL_CHANGED, "The local file changed before it was sent");
      sally_bulk_job_settle (job);
      return;
    }
  self->source_time = source.st_mtim;
  if (self->dialect->temporary_name && self->temporary_path == NULL)
    self->temporary_path = make_temporary_path (job->path);
  if (self->replace)
    {
      send_open (self);
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
 */
static void
upload_clean_up (SallyBulkJob *job)
{
  Upload *self = (Upload *) job;
  SallySftpWriter *writer;

  if (!self->is_created)
    {
      sally_bulk_job_finish (job);
      return;
    }
  /* On a lane that has ended replies come at once: the job must not be finished under our hands. */
  job->in_flight++;
  close_ways (self, cleaned);
  if (job->handle != NULL)
    {
      sally_bulk_job_begin (job, SALLY_SFTP_CLOSE);
      sally_bulk_job_send (job, cleaned, self);
    }
  writer = sally_lane_begin (job->lane, SALLY_SFTP_REMOVE);
  sally_sftp_writer_path (writer, written_path (self));
  sally_bulk_job_send (job, cleaned, self);
  cleaned (NULL, self);
}

static void
upload_free (SallyBulkJob *job)
{
  Upload *self = (Upload *) job;

  for (guint i = 0; i < self->n_ways; i++)
    g_clear_pointer (&self->ways[i].handle, g_bytes_unref);
  g_free (self->temporary_path);
  g_free (self);
}

static const SallyBulkJobClass upload_class = {
  .start = upload_start,
  .pump = upload_pump,
  .clean_up = upload_clean_up,
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
  self->mtime = request->mtime;
  self->replace = request->replace;
  return &self->job;
}
