/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Policy: what becomes of the symbolic links of a folder that is sent. */
#pragma once

#include "remote/conflict.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* The numbers are those of the setting "links". A link that leads in a circle is always left out.
 */
typedef enum
{
  SALLY_LINKS_SAFE,     /* FOLLOW, but of ours none that leads out of the folder that is sent */
  SALLY_LINKS_FOLLOW,   /* what it leads to, in its place */
  SALLY_LINKS_SKIP,     /* left out */
  SALLY_LINKS_RECREATE, /* a link that says the same; of a server's, one that stays in the folder */
} SallyLinks;

/* "safe" and so on, as `sally --links` takes them. FALSE if there is no such word. */
gboolean sally_links_from_word (const char *word, SallyLinks *links);

/* Whether a link with that `target` (raw bytes), `depth` folders below the root of a walk (0: in
 * the root itself), stays in it, whatever is made of its path there. Pure. */
gboolean sally_links_stay_inside (const char *target, guint depth);

/* Whether `path` is `folder` or in it; both with all links resolved. Pure. */
gboolean sally_links_is_inside (const char *path, const char *folder);

/* Makes a link of ours, in the place of another one if `conflict` lets it. SALLY_ERROR_LOCAL_EXISTS
 * if something is there. TRUE if there is one that says the same, or one that is to stay. Blocks.
 */
gboolean sally_links_make_local (const char *path,
                                 const char *target,
                                 SallyConflict conflict,
                                 GError **error);

G_END_DECLS
