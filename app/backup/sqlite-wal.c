/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "backup/sqlite-wal.h"

#include "backup/backup.h"
#include "backup/wiped.h"

#include <string.h>

#define DATABASE_MAGIC     "SQLite format 3"
#define PAGE_SIZE_OFFSET   16
#define DATABASE_HEADER    100
/* The log's magic number; its last bit says that the checksums are of big-endian words. */
#define LOG_MAGIC          0x377f0682
#define LOG_VERSION        3007000
#define LOG_HEADER         32
#define LOG_CHECKED_HEADER 24
#define FRAME_HEADER       24
#define FRAME_CHECKED      8

typedef struct
{
  const guint8 *data;
  gsize length;
  guint32 page_size;
  gboolean is_big_endian;
  guint32 sums[2];
} Log;

static guint32
number_at (const guint8 *data)
{
  guint32 number;

  memcpy (&number, data, sizeof number);
  return GUINT32_FROM_BE (number);
}

/* Continues the two running sums over `length` bytes, a multiple of eight. */
static void
add_to_sums (Log *log, const guint8 *data, gsize length)
{
  for (gsize i = 0; i < length; i += 8)
    {
      guint32 words[2];

      memcpy (words, data + i, sizeof words);
      for (guint j = 0; j < 2; j++)
        {
          guint32 word =
              log->is_big_endian ? GUINT32_FROM_BE (words[j]) : GUINT32_FROM_LE (words[j]);

          log->sums[j] += word + log->sums[1 - j];
        }
    }
}

static gboolean
sums_are (const Log *log, const guint8 *data)
{
  return log->sums[0] == number_at (data) && log->sums[1] == number_at (data + 4);
}

static gboolean
begin (Log *log, GBytes *database, GBytes *wal)
{
  gsize database_length;
  const guint8 *database_data = g_bytes_get_data (database, &database_length);
  guint32 page_size;

  *log = (Log) { .data = g_bytes_get_data (wal, &log->length) };
  log->length = g_bytes_get_size (wal);
  if (database_length < DATABASE_HEADER || log->length < LOG_HEADER ||
      (number_at (log->data) | 1) != (LOG_MAGIC | 1) || number_at (log->data + 4) != LOG_VERSION)
    return FALSE;
  page_size = (guint32) database_data[PAGE_SIZE_OFFSET] << 8 | database_data[PAGE_SIZE_OFFSET + 1];
  /* 65536 does not fit into its two bytes, and is written as 1. */
  log->page_size = page_size == 1 ? 65536 : page_size;
  log->is_big_endian = (number_at (log->data) & 1) != 0;
  if (log->page_size < 512 || log->page_size != number_at (log->data + 8))
    return FALSE;
  add_to_sums (log, log->data, LOG_CHECKED_HEADER);
  return sums_are (log, log->data + LOG_CHECKED_HEADER);
}

/* The frame at `offset` belongs to this log and is whole. */
static gboolean
check_frame (Log *log, gsize offset)
{
  const guint8 *frame = log->data + offset;

  if (log->length - offset < FRAME_HEADER + log->page_size ||
      memcmp (frame + 8, log->data + 16, 8) != 0)
    return FALSE;
  add_to_sums (log, frame, FRAME_CHECKED);
  add_to_sums (log, frame + FRAME_HEADER, log->page_size);
  return sums_are (log, frame + 16);
}

gboolean
sally_sqlite_is_database (GBytes *bytes)
{
  gsize length;
  gconstpointer data = g_bytes_get_data (bytes, &length);

  return length >= sizeof DATABASE_MAGIC &&
         memcmp (data, DATABASE_MAGIC, sizeof DATABASE_MAGIC) == 0;
}

GBytes *
sally_sqlite_apply_wal (GBytes *database, GBytes *wal)
{
  g_autoptr (GBytes) whole = NULL;
  gsize end = LOG_HEADER;
  gsize n_pages = 0;
  gsize frame_length;
  gsize size;
  guint8 *out;
  Log log;

  g_return_val_if_fail (database != NULL && wal != NULL, NULL);

  if (!begin (&log, database, wal))
    return g_bytes_ref (database);
  /* A frame that ends a transaction bears the number of pages after it. */
  frame_length = FRAME_HEADER + log.page_size;
  for (gsize at = LOG_HEADER; at < log.length && check_frame (&log, at); at += frame_length)
    if (number_at (log.data + at + 4) != 0)
      {
        n_pages = number_at (log.data + at + 4);
        end = at + frame_length;
      }
  size = n_pages * log.page_size;
  if (n_pages == 0 || size > SALLY_BACKUP_MAX_FILE_BYTES)
    return g_bytes_ref (database);

  whole = sally_wiped_new (size, &out);
  memcpy (out, g_bytes_get_data (database, NULL), MIN (size, g_bytes_get_size (database)));
  for (gsize at = LOG_HEADER; at < end; at += frame_length)
    {
      gsize page = number_at (log.data + at);

      if (page >= 1 && page <= n_pages)
        memcpy (out + (page - 1) * log.page_size, log.data + at + FRAME_HEADER, log.page_size);
    }
  return g_steal_pointer (&whole);
}
