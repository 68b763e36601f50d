/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A file under examination: its bytes, and what they are if they are read as this or that. */
#pragma once

#include "backup/backup.h"
#include "backup/json-reader.h"

G_BEGIN_DECLS

struct _SallyBackupInput
{
  GBytes *bytes;
  const char *data; /* behind a byte order mark; ends with a NUL beyond `length` */
  gsize length;

  SallyJson *json;    /* NULL if it is none */
  JsonObject *object; /* borrowed from `json` */
  JsonArray *array;   /* borrowed from `json` */
  GError *json_error; /* why it is none though it begins as JSON does */

  GHashTable *preferences; /* the strings of Android's preferences, name to text; NULL if none */
  GPtrArray *members;      /* (element-type utf8) names in a zip file; NULL if it is none */
  gboolean is_text;        /* valid UTF-8 without NUL */
  gboolean is_sqlite;
};

/* Looks at all of `bytes` once. Never NULL. */
SallyBackupInput *sally_backup_input_new (GBytes *bytes) G_GNUC_WARN_UNUSED_RESULT;
void sally_backup_input_free (SallyBackupInput *self);

gboolean sally_backup_input_begins_with (SallyBackupInput *self, const char *magic, gsize length);

/* Whether a line of the text begins with `prefix`, ignoring case and blanks before it. */
gboolean sally_backup_input_has_line (SallyBackupInput *self, const char *prefix);

/* A part of the file, within its bounds; NULL otherwise. */
GBytes *sally_backup_input_slice (SallyBackupInput *self,
                                  gsize offset,
                                  gsize length) G_GNUC_WARN_UNUSED_RESULT;

/* A big-endian number, whose four bytes are there. */
guint32 sally_backup_input_number (SallyBackupInput *self, gsize offset);

/* The object at the top has these members, not null (NULL-terminated). */
gboolean sally_backup_input_has (SallyBackupInput *self, ...) G_GNUC_NULL_TERMINATED;

/* The array at the top is not empty and its first object has these members. */
gboolean sally_backup_input_first_has (SallyBackupInput *self, ...) G_GNUC_NULL_TERMINATED;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyBackupInput, sally_backup_input_free)

G_END_DECLS
