/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SFTP version 3 (secsh-filexfer-02) as bytes: encode requests, decode replies. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Packet types, section 3. */
typedef enum
{
  SALLY_SFTP_INIT = 1,
  SALLY_SFTP_VERSION = 2,
  SALLY_SFTP_OPEN = 3,
  SALLY_SFTP_CLOSE = 4,
  SALLY_SFTP_READ = 5,
  SALLY_SFTP_WRITE = 6,
  SALLY_SFTP_LSTAT = 7,
  SALLY_SFTP_FSTAT = 8,
  SALLY_SFTP_SETSTAT = 9,
  SALLY_SFTP_FSETSTAT = 10,
  SALLY_SFTP_OPENDIR = 11,
  SALLY_SFTP_READDIR = 12,
  SALLY_SFTP_REMOVE = 13,
  SALLY_SFTP_MKDIR = 14,
  SALLY_SFTP_RMDIR = 15,
  SALLY_SFTP_REALPATH = 16,
  SALLY_SFTP_STAT = 17,
  SALLY_SFTP_RENAME = 18,
  SALLY_SFTP_READLINK = 19,
  SALLY_SFTP_SYMLINK = 20,
  SALLY_SFTP_STATUS = 101,
  SALLY_SFTP_HANDLE = 102,
  SALLY_SFTP_DATA = 103,
  SALLY_SFTP_NAME = 104,
  SALLY_SFTP_ATTRS = 105,
  SALLY_SFTP_EXTENDED = 200,
  SALLY_SFTP_EXTENDED_REPLY = 201,
} SallySftpType;

/* Status codes, section 7. */
typedef enum
{
  SALLY_SFTP_OK = 0,
  SALLY_SFTP_EOF = 1,
  SALLY_SFTP_NO_SUCH_FILE = 2,
  SALLY_SFTP_PERMISSION_DENIED = 3,
  SALLY_SFTP_FAILURE = 4,
  SALLY_SFTP_BAD_MESSAGE = 5,
  SALLY_SFTP_NO_CONNECTION = 6,
  SALLY_SFTP_CONNECTION_LOST = 7,
  SALLY_SFTP_OP_UNSUPPORTED = 8,
  /* Later drafts; some servers send them to version 3 clients. */
  SALLY_SFTP_FILE_ALREADY_EXISTS = 11,
  SALLY_SFTP_WRITE_PROTECT = 12,
  SALLY_SFTP_NO_SPACE = 14,
  SALLY_SFTP_QUOTA_EXCEEDED = 15,
} SallySftpStatus;

/* OPEN flags, section 6.3. */
#define SALLY_SFTP_FXF_READ  0x01
#define SALLY_SFTP_FXF_WRITE 0x02
#define SALLY_SFTP_FXF_CREAT 0x08
#define SALLY_SFTP_FXF_TRUNC 0x10
#define SALLY_SFTP_FXF_EXCL  0x20

/* Attribute flags, section 5. */
#define SALLY_SFTP_ATTR_SIZE        0x01
#define SALLY_SFTP_ATTR_UIDGID      0x02
#define SALLY_SFTP_ATTR_PERMISSIONS 0x04
#define SALLY_SFTP_ATTR_ACMODTIME   0x08
#define SALLY_SFTP_ATTR_EXTENDED    0x80000000u

/* A packet is at most this long: what OpenSSH sends and takes (sftp-common.h, 256 KiB), and the cap
 * against a hostile server. */
#define SALLY_SFTP_MAX_PACKET     (256 * 1024)
/* Section 6.2: a handle is at most 256 bytes. */
#define SALLY_SFTP_MAX_HANDLE     256
/* Without limits@openssh.com: the payload that every server takes (section 3: packets of 34000
 * bytes). */
#define SALLY_SFTP_SAFE_PAYLOAD   32768
/* Extensions of a VERSION packet that are read; OpenSSH has about a dozen. */
#define SALLY_SFTP_MAX_EXTENSIONS 64

typedef struct
{
  guint32 flags;
  guint64 size;
  guint32 uid, gid;
  guint32 permissions;
  guint32 atime, mtime;
} SallySftpAttributes;

/* A request under construction: length, type and id are filled in by sally_sftp_writer_finish. */
typedef struct
{
  GByteArray *bytes;
} SallySftpWriter;

/* Begins a packet in `buffer`, which is emptied. */
void sally_sftp_writer_begin (SallySftpWriter *writer, GByteArray *buffer, SallySftpType type);
void sally_sftp_writer_u32 (SallySftpWriter *writer, guint32 value);
void sally_sftp_writer_u64 (SallySftpWriter *writer, guint64 value);
void sally_sftp_writer_string (SallySftpWriter *writer, const void *bytes, gsize length);
/* A string whose `length` bytes the caller fills in, before the next call. */
guint8 *sally_sftp_writer_reserve (SallySftpWriter *writer, gsize length);
void sally_sftp_writer_path (SallySftpWriter *writer, const char *path);
void sally_sftp_writer_attributes (SallySftpWriter *writer, const SallySftpAttributes *attributes);
void sally_sftp_writer_finish (SallySftpWriter *writer, guint32 id);

/* A cursor over one packet's body. A read beyond the end sets `failed` and gives zeros: check once,
 * at the end. Bytes that are left over are tolerated: some servers append them. */
typedef struct
{
  const guint8 *data;
  gsize length;
  gsize offset;
  gboolean failed;
} SallySftpReader;

void sally_sftp_reader_init (SallySftpReader *reader, const guint8 *data, gsize length);
guint8 sally_sftp_reader_u8 (SallySftpReader *reader);
guint32 sally_sftp_reader_u32 (SallySftpReader *reader);
guint64 sally_sftp_reader_u64 (SallySftpReader *reader);
/* Points into the packet; NULL on failure. */
const guint8 *sally_sftp_reader_string (SallySftpReader *reader, gsize *length);
void sally_sftp_reader_attributes (SallySftpReader *reader, SallySftpAttributes *attributes);

/* What the server can do beyond version 3, from its VERSION packet and limits@openssh.com. */
typedef struct
{
  guint32 version;
  GPtrArray *names; /* (element-type utf8), sanitised, for display */
  gboolean has_posix_rename;
  gboolean has_fsync;
  gboolean has_limits;
  gboolean has_check_file;
  guint32 max_read, max_write; /* payload bytes of one READ or WRITE */
  guint64 max_handles;         /* 0: unknown */
} SallySftpFeatures;

void sally_sftp_features_init (SallySftpFeatures *features);
void sally_sftp_features_clear (SallySftpFeatures *features);

/* Reads the body after the type byte of a VERSION packet. FALSE if it is broken. */
gboolean
sally_sftp_features_parse_version (SallySftpFeatures *features, const guint8 *body, gsize length);
/* Reads the body after the id of the reply to limits@openssh.com, and clamps what it says. */
void
sally_sftp_features_parse_limits (SallySftpFeatures *features, const guint8 *body, gsize length);

/* Maps a failed status to the error domain; the message is the server's text, sanitised, or a plain
 * word for the code when it sent none. */
void sally_sftp_status_to_error (guint32 status, const char *text, gsize length, GError **error);

G_END_DECLS
