/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Paths on a server: bytes, '/'-separated, never taken for UTF-8. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Joins `directory` and `name` ("" or "." for directory: just `name`). No ".." is resolved: only
 * the server knows what it means behind a symbolic link. */
char *sally_remote_path_join (const char *directory, const char *name);

/* The part before the last component: "/" for "/a", "." for "a"; "/" stays. */
char *sally_remote_path_dup_parent (const char *path);

/* The last component, trailing slashes ignored: "" for "/". */
char *sally_remote_path_dup_name (const char *path);

/* Repeated and trailing slashes and "." components removed; "" becomes ".". */
char *sally_remote_path_normalize (const char *path);

/* Whether a name that a server sent is one honest component: not empty, "." or "..", no '/', no NUL
 * within `length`, at most 255 bytes. What fails may not touch a disk. */
gboolean sally_remote_name_is_safe (const char *name, gsize length);

G_END_DECLS
