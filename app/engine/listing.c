/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/listing.h"

#include "base/error.h"
#include "engine/reply.h"

#include <string.h>
#include <sys/stat.h>

/* READDIR requests in flight. OpenSSH answers each with about 100 names, so that one at a time
 * would cost a round trip a hundred files. A few at first, since most folders are small; one more
 * with each reply that names something, which doubles them each round trip. */
#define FIRST_READDIRS    4
#define MAX_READDIRS      64
/* Entries held for a reader that is slower than the server. */
#define MAX_HELD          (8 * SALLY_LISTING_PAGE)
/* A directory without end is an attack; people's largest have some hundred thousand entries. */
#define MAX_ENTRIES       1000000
/* Replies in a row that name nothing: another way not to end. */
#define MAX_EMPTY_REPLIES 100

typedef struct
{
  SallyListing *listing;
  GBytes *name;
  SallySftpAttributes attributes;
  gboolean leads_to_directory;
  gboolean is_waiting; /* for where the symbolic link leads */
} Entry;

struct _SallyListing
{
  gatomicrefcount references; /* the owner's, and one for each request in flight */
  SallyMux *mux;
  SallyLane *lane;
  char *path;
  GBytes *handle;
  GQueue entries; /* of Entry, in the server's order */
  guint in_flight;
  guint window;
  guint32 largest_reply; /* names in one */
  guint n_entries;
  guint n_empty;
  gboolean at_end;
  gboolean is_closed;
  GError *error;

  SallyListingOpenedFunc opened_func;
  gpointer opened_data;
  SallyListingPageFunc page_func;
  gpointer page_data;
};

static void pump (SallyListing *self);

static void
entry_free (Entry *entry)
{
  g_bytes_unref (entry->name);
  g_free (entry);
}

static SallyListing *
listing_ref (SallyListing *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

static void
listing_unref (SallyListing *self)
{
  if (!g_atomic_ref_count_dec (&self->references))
    return;
  g_queue_clear_full (&self->entries, (GDestroyNotify) entry_free);
  g_clear_pointer (&self->handle, g_bytes_unref);
  g_clear_error (&self->error);
  g_free (self->path);
  g_free (self);
}

static void
fail (SallyListing *self, SallyError code, const char *message)
{
  if (self->error == NULL)
    g_set_error_literal (&self->error, SALLY_ERROR, code, message);
}

/* The first failure stands. */
static void
take_failure (SallyListing *self, const SallySftpReply *reply)
{
  if (self->error == NULL)
    sally_reply_set_error (reply, self->lane, &self->error);
}

/* A GVariant of type (utuuuuu), which is of fixed size, in its own layout: a folder may have
 * 100,000 of them. */
typedef struct
{
  guint32 flags;
  guint64 size;
  guint32 uid, gid, permissions, atime, mtime;
} Attributes;

G_STATIC_ASSERT (sizeof (Attributes) == 40 && G_STRUCT_OFFSET (Attributes, size) == 8);

static GVariant *
entry_to_variant (Entry *entry)
{
  const SallySftpAttributes *a = &entry->attributes;
  Attributes *values = g_new0 (Attributes, 1);
  GVariant *children[3];

  *values = (Attributes) { a->flags, a->size, a->uid, a->gid, a->permissions, a->atime, a->mtime };
  children[0] = g_variant_new_from_bytes (G_VARIANT_TYPE_BYTESTRING, entry->name, TRUE);
  children[1] = g_variant_new_from_data (G_VARIANT_TYPE ("(utuuuuu)"), values, sizeof *values, TRUE,
                                         g_free, values);
  children[2] = g_variant_new_boolean (entry->leads_to_directory);
  return g_variant_new_tuple (children, G_N_ELEMENTS (children));
}

/* The end counts only when all replies are in: they may overtake each other. */
static gboolean
is_complete (SallyListing *self)
{
  return self->at_end && self->in_flight == 0;
}

/* Answers the reader with what is there, if anything can be said. */
static void
serve_reader (SallyListing *self)
{
  SallyListingPageFunc func = self->page_func;
  g_autoptr (GVariant) page = NULL;
  GVariantBuilder builder;
  guint n = 0;
  Entry *entry;
  gboolean is_last;

  if (func == NULL)
    return;
  entry = g_queue_peek_head (&self->entries);
  if (self->error == NULL && (entry != NULL ? entry->is_waiting : !is_complete (self)))
    return;

  self->page_func = NULL;
  if (self->error != NULL)
    {
      func (NULL, TRUE, self->error, self->page_data);
      return;
    }
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(ay(utuuuuu)b)"));
  while (n < SALLY_LISTING_PAGE && (entry = g_queue_peek_head (&self->entries)) != NULL &&
         !entry->is_waiting)
    {
      g_variant_builder_add_value (&builder, entry_to_variant (entry));
      entry_free (g_queue_pop_head (&self->entries));
      n++;
    }
  is_last = is_complete (self) && g_queue_is_empty (&self->entries);
  page = g_variant_ref_sink (g_variant_builder_end (&builder));
  func (page, is_last, NULL, self->page_data);
}

static void
link_resolved (const SallySftpReply *reply, gpointer user_data)
{
  Entry *entry = user_data;
  SallyListing *self = entry->listing;
  SallySftpReader reader;
  SallySftpAttributes attributes;

  /* A dangling link, or one we may not follow, is simply no directory. */
  if (reply != NULL && reply->type == SALLY_SFTP_ATTRS)
    {
      sally_sftp_reader_init (&reader, reply->body, reply->length);
      sally_sftp_reader_attributes (&reader, &attributes);
      entry->leads_to_directory = !reader.failed && S_ISDIR (attributes.permissions);
    }
  entry->is_waiting = FALSE;
  if (!self->is_closed)
    serve_reader (self);
  listing_unref (self);
}

static void
resolve_link (SallyListing *self, Entry *entry)
{
  gsize length;
  const char *bytes = g_bytes_get_data (entry->name, &length);
  SallySftpWriter *writer = sally_lane_begin (self->lane, SALLY_SFTP_STAT);
  g_autofree char *name = g_strndup (bytes, length);
  g_autofree char *path = g_build_path ("/", self->path, name, NULL);

  sally_sftp_writer_path (writer, path);
  entry->is_waiting = TRUE;
  listing_ref (self);
  sally_lane_send (self->lane, link_resolved, entry);
}

/* Some servers leave the permissions out of a listing; the long name then tells the kind. */
static void
complete_kind (SallySftpAttributes *attributes, const guint8 *long_name, gsize length)
{
  if (attributes->flags & SALLY_SFTP_ATTR_PERMISSIONS && attributes->permissions & S_IFMT)
    return;
  if (length == 0)
    return;
  attributes->permissions |= long_name[0] == 'd'   ? S_IFDIR
                             : long_name[0] == 'l' ? S_IFLNK
                                                   : S_IFREG;
  attributes->flags |= SALLY_SFTP_ATTR_PERMISSIONS;
}

static void
take_names (SallyListing *self, const SallySftpReply *reply)
{
  SallySftpReader reader;
  guint32 count;

  sally_sftp_reader_init (&reader, reply->body, reply->length);
  count = sally_sftp_reader_u32 (&reader);
  self->n_empty = count == 0 ? self->n_empty + 1 : 0;
  self->largest_reply = MAX (self->largest_reply, count);
  /* Each name takes twelve bytes at least: the packet's length ends the loop. */
  for (guint32 i = 0; i < count; i++)
    {
      gsize name_length, long_length;
      const guint8 *name = sally_sftp_reader_string (&reader, &name_length);
      const guint8 *long_name = sally_sftp_reader_string (&reader, &long_length);
      SallySftpAttributes attributes;
      Entry *entry;

      sally_sftp_reader_attributes (&reader, &attributes);
      if (reader.failed)
        {
          fail (self, SALLY_ERROR_PROTOCOL, "The server sent a broken directory listing");
          return;
        }
      if ((name_length == 1 && name[0] == '.') ||
          (name_length == 2 && name[0] == '.' && name[1] == '.'))
        continue;
      complete_kind (&attributes, long_name, long_length);
      entry = g_new0 (Entry, 1);
      entry->listing = self;
      entry->name = g_bytes_new (name, name_length);
      entry->attributes = attributes;
      g_queue_push_tail (&self->entries, entry);
      self->n_entries++;
      /* A name with NUL or '/' is shown as unsafe by the client; it is never put into a path. */
      if (S_ISLNK (attributes.permissions) && memchr (name, '\0', name_length) == NULL &&
          memchr (name, '/', name_length) == NULL)
        resolve_link (self, entry);
    }
  if (self->n_entries > MAX_ENTRIES || self->n_empty > MAX_EMPTY_REPLIES)
    fail (self, SALLY_ERROR_PROTOCOL, "The server lists this folder without end");
}

static void
readdir_replied (const SallySftpReply *reply, gpointer user_data)
{
  SallyListing *self = user_data;

  self->in_flight--;
  if (sally_reply_has_status (reply, SALLY_SFTP_EOF))
    self->at_end = TRUE;
  else if (reply != NULL && reply->type == SALLY_SFTP_NAME)
    {
      self->window = MIN (self->window + 1, MAX_READDIRS);
      if (!self->is_closed)
        take_names (self, reply);
    }
  else
    take_failure (self, reply);

  pump (self);
  listing_unref (self);
}

static void
ignore_reply (const SallySftpReply *reply, gpointer user_data)
{
}

static void
close_handle (SallyListing *self)
{
  gsize length;
  const void *handle = g_bytes_get_data (self->handle, &length);
  SallySftpWriter *writer = sally_lane_begin (self->lane, SALLY_SFTP_CLOSE);

  sally_sftp_writer_string (writer, handle, length);
  sally_lane_send (self->lane, ignore_reply, NULL);
  g_clear_pointer (&self->handle, g_bytes_unref);
}

/* What is asked for counts as if each reply were as large as the largest so far: a server that
 * sends thousands of names at once is asked for less ahead. */
static gboolean
wants_more (SallyListing *self)
{
  guint64 held = g_queue_get_length (&self->entries) +
                 (guint64) self->in_flight * MAX (self->largest_reply, 1);

  return self->handle != NULL && !self->at_end && self->error == NULL && !self->is_closed &&
         self->in_flight < self->window && held < MAX_HELD;
}

/* Keeps READDIRs in flight while there is room, serves the reader, closes the handle at the end. */
static void
pump (SallyListing *self)
{
  while (wants_more (self))
    {
      gsize length;
      const void *handle = g_bytes_get_data (self->handle, &length);
      SallySftpWriter *writer = sally_lane_begin (self->lane, SALLY_SFTP_READDIR);

      sally_sftp_writer_string (writer, handle, length);
      self->in_flight++;
      listing_ref (self);
      sally_lane_send (self->lane, readdir_replied, self);
    }
  if (self->handle != NULL && self->in_flight == 0 &&
      (self->at_end || self->error != NULL || self->is_closed))
    close_handle (self);
  if (!self->is_closed)
    serve_reader (self);
  sally_mux_wake (self->mux);
}

static void
tell_opened (SallyListing *self, const GError *error)
{
  SallyListingOpenedFunc func = self->opened_func;

  self->opened_func = NULL;
  if (func != NULL)
    func (self, error, self->opened_data);
}

static void
opendir_replied (const SallySftpReply *reply, gpointer user_data)
{
  SallyListing *self = user_data;

  self->handle = sally_reply_dup_handle (reply, self->lane, &self->error);
  tell_opened (self, self->error);
  pump (self);
  listing_unref (self);
}

SallyListing *
sally_listing_new (SallyMux *mux, const char *path, SallyListingOpenedFunc func, gpointer user_data)
{
  SallyListing *self = g_new0 (SallyListing, 1);
  SallySftpWriter *writer;

  g_atomic_ref_count_init (&self->references);
  g_queue_init (&self->entries);
  self->mux = mux;
  self->window = FIRST_READDIRS;
  self->lane = sally_mux_get_person_lane (mux);
  self->path = g_strdup (path);
  self->opened_func = func;
  self->opened_data = user_data;

  writer = sally_lane_begin (self->lane, SALLY_SFTP_OPENDIR);
  sally_sftp_writer_path (writer, path);
  listing_ref (self);
  sally_lane_send (self->lane, opendir_replied, self);
  sally_mux_wake (mux);
  return self;
}

gboolean
sally_listing_read (SallyListing *self, SallyListingPageFunc func, gpointer user_data)
{
  if (self->page_func != NULL)
    return FALSE;
  self->page_func = func;
  self->page_data = user_data;
  pump (self);
  return TRUE;
}

void
sally_listing_close (SallyListing *self)
{
  g_autoptr (GError) error =
      g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "The listing was closed");
  SallyListingPageFunc func = self->page_func;

  self->is_closed = TRUE;
  self->page_func = NULL;
  tell_opened (self, error);
  if (func != NULL)
    func (NULL, TRUE, error, self->page_data);
  pump (self);
  listing_unref (self);
}
