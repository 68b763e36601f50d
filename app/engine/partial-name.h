/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The temporary name of an upload, which a later attempt finds again. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* At most 32 of [A-Za-z0-9]; it becomes part of a file name. The empty string is one. */
gboolean sally_partial_name_is_token (const char *token);

/* ".NAME.TOKEN.part" beside `path`; the name is left out where it would be too long. */
char *sally_partial_name_make (const char *path, const char *token);

G_END_DECLS
