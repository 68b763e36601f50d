/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where one is on the server: a button a folder, or an entry to type a path. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/* Property: narrow (leaves the path to itself and "up"). Action: path-bar.edit. Signal "open-path"
 * (raw path bytes) when the person wants to go there. */
#define SALLY_TYPE_PATH_BAR (sally_path_bar_get_type ())
G_DECLARE_FINAL_TYPE (SallyPathBar, sally_path_bar, SALLY, PATH_BAR, AdwBin)

/* `path` is raw bytes, absolute as servers give it. */
void sally_path_bar_set_path (SallyPathBar *self, const char *path);

G_END_DECLS
