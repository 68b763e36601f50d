/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of servers: one table of formats, recognised by content, and read. */
#pragma once

#include "model/server.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* A person's list is a few KiB; a thousand sites of FileZilla with all their bookmarks are one MiB.
 */
#define SALLY_PROFILES_MAX_FILE_BYTES (4 * 1024 * 1024)
/* Nobody has more, and each becomes a row of the sidebar. */
#define SALLY_PROFILES_MAX_ENTRIES    1000
/* Files that are read at once. */
#define SALLY_PROFILES_MAX_FILES      1000

typedef struct _SallyProfilesInput SallyProfilesInput;
typedef struct _SallyProfiles SallyProfiles;
typedef struct _SallyProfile SallyProfile;

typedef struct
{
  const char *name;         /* what --format takes */
  const char *display_name; /* a program's name, or translatable words */

  gboolean (*sniff) (SallyProfilesInput *input);

  /* Fills `profiles` from what sniff() accepted. */
  gboolean (*read) (SallyProfilesInput *input, SallyProfiles *profiles, GError **error);
} SallyProfilesFormat;

/* One server of a file. */
struct _SallyProfile
{
  SallyServer *server;   /* valid; its name may be taken, and its jump is not set */
  SallyProfile *jump;    /* another one of the file, through which it is reached; NULL. Borrowed */
  GPtrArray *losses;     /* (element-type utf8) sentences: what could not come along */
  GPtrArray *host_keys;  /* (element-type utf8) canonical fingerprints that the file pins */
  GPtrArray *known_keys; /* (element-type utf8) "TYPE SHA256:...", which the other program trusts */
  gboolean has_own_user; /* the file says who signs in; else it is the user of this computer */
};

/* What was in a file. Passwords that stand in it are never kept: it is said that they were there.
 */
struct _SallyProfiles
{
  const SallyProfilesFormat *format;
  GPtrArray *entries;    /* (element-type SallyProfile), each behind its jump */
  GPtrArray *notices;    /* (element-type utf8) what else a person should know */
  guint n_unreadable;    /* entries that are no servers; a notice says why */
  guint n_foreign;       /* entries of other protocols */
  gboolean is_too_large; /* more than SALLY_PROFILES_MAX_ENTRIES were met */
};

/* A copy of a server and of the host keys (NULL-terminated), to be written. */
SallyProfile *sally_profile_new_from (SallyServer *server,
                                      const char *const *host_keys) G_GNUC_WARN_UNUSED_RESULT;
void sally_profile_free (SallyProfile *self);
void sally_profiles_free (SallyProfiles *self);

/* The table, ended by a format without a name, in the order in which content is tried. */
const SallyProfilesFormat *sally_profiles_get_formats (void);

/* By name; NULL if there is none. */
const SallyProfilesFormat *sally_profiles_find_format (const char *name);

/* Whether `text` is the address of a server, and no path. */
gboolean sally_profiles_is_link (const char *text);

/* Reads the servers in `bytes`. `path` (nullable, in the encoding of file names) is where they are
 * from: the name of the file can be that of the server, and an ssh_config includes others beside
 * it; without it nothing is included. `format` NULL: recognised by content. SALLY_ERROR_INVALID
 * with one sentence if the file cannot be read or holds no server. Blocks, any thread. */
SallyProfiles *sally_profiles_read (GBytes *bytes,
                                    const char *path,
                                    const SallyProfilesFormat *format,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a file, or a link. LOCAL_* errors too. Blocks, any thread. */
SallyProfiles *sally_profiles_load (const char *source,
                                    const SallyProfilesFormat *format,
                                    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Several of them on a worker thread (NULL-terminated; at most SALLY_PROFILES_MAX_FILES): all or
 * none. */
void sally_profiles_load_async (const char *const *sources,
                                const SallyProfilesFormat *format,
                                GCancellable *cancellable,
                                GAsyncReadyCallback callback,
                                gpointer user_data);

/* (element-type SallyProfiles), in the order of the sources. */
GPtrArray *
sally_profiles_load_finish (GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyProfile, sally_profile_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyProfiles, sally_profiles_free)

G_END_DECLS
