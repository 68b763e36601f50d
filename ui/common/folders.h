/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The local folders that the window offers. */
#pragma once

#include "store/settings.h"

G_BEGIN_DECLS

/* Where downloads go: the setting, else the system's download folder, else home. In a sandbox,
 * which sees only folders that a person has chosen: the setting, or NULL if there is no such
 * folder. */
char *sally_folders_dup_download (SallySettings *settings);

/* Makes `folder` the setting. */
void sally_folders_set_download (SallySettings *settings, GFile *folder);

G_END_DECLS
