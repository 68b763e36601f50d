/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One entry of a remote directory: data that notifies, no I/O. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  SALLY_REMOTE_FILE_REGULAR,
  SALLY_REMOTE_FILE_DIRECTORY,
  SALLY_REMOTE_FILE_SYMLINK,
  SALLY_REMOTE_FILE_OTHER, /* socket, pipe, device */
} SallyRemoteFileKind;

#define SALLY_TYPE_REMOTE_FILE_KIND (sally_remote_file_kind_get_type ())
GType sally_remote_file_kind_get_type (void);

/* SFTPv3 attributes (secsh-filexfer-02 section 5) as they cross the wall, D-Bus type (utuuuuu):
 * which of them are there, size, uid, gid, permissions with the type bits, atime, mtime. */
#define SALLY_REMOTE_ATTRIBUTES_TYPE "(utuuuuu)"
#define SALLY_ATTRIBUTE_SIZE         0x1
#define SALLY_ATTRIBUTE_OWNER        0x2
#define SALLY_ATTRIBUTE_PERMISSIONS  0x4
#define SALLY_ATTRIBUTE_TIMES        0x8

typedef struct
{
  guint32 flags;
  guint64 size;
  guint32 uid, gid;
  guint32 permissions;
  guint32 atime, mtime;
} SallyRemoteAttributes;

/* `variant` has SALLY_REMOTE_ATTRIBUTES_TYPE; the new one is floating. */
void sally_remote_attributes_from_variant (GVariant *variant, SallyRemoteAttributes *attributes);
GVariant *sally_remote_attributes_to_variant (const SallyRemoteAttributes *attributes);

/* Properties, all read-only: name (display form), size, modified (unix s, 0 unknown), kind,
 * permissions, icon (GIcon of the content type by name), is-hidden, sort-key. Main thread only. */
#define SALLY_TYPE_REMOTE_FILE (sally_remote_file_get_type ())
G_DECLARE_FINAL_TYPE (SallyRemoteFile, sally_remote_file, SALLY, REMOTE_FILE, GObject)

/* `name` is raw bytes without NUL, one safe component (model/remote-path.h). `target_is_directory`
 * says where a symbolic link leads (FALSE for others or unknown). */
SallyRemoteFile *sally_remote_file_new (const char *name,
                                        const SallyRemoteAttributes *attributes,
                                        gboolean target_is_directory) G_GNUC_WARN_UNUSED_RESULT;

const char *sally_remote_file_get_raw_name (SallyRemoteFile *self); /* bytes, for the server */
const char *sally_remote_file_get_name (SallyRemoteFile *self);     /* UTF-8, for a person */
SallyRemoteFileKind sally_remote_file_get_kind (SallyRemoteFile *self);
/* A directory, or a symbolic link to one: what double-click enters. */
gboolean sally_remote_file_is_enterable (SallyRemoteFile *self);
guint64 sally_remote_file_get_size (SallyRemoteFile *self);
gint64 sally_remote_file_get_modified (SallyRemoteFile *self);
guint32 sally_remote_file_get_permissions (SallyRemoteFile *self);
gboolean sally_remote_file_is_hidden (SallyRemoteFile *self);
/* g_utf8_collate_key_for_filename of the name: made anew each time, for whoever sorts keeps it. */
char *sally_remote_file_dup_sort_key (SallyRemoteFile *self) G_GNUC_WARN_UNUSED_RESULT;
const SallyRemoteAttributes *sally_remote_file_get_attributes (SallyRemoteFile *self);

/* "drwxr-xr-x", 10 characters. */
char *sally_remote_file_dup_mode_string (SallyRemoteFile *self);

G_END_DECLS
