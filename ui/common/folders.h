/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The local folders that the window offers. */
#pragma once

#include "store/settings.h"

G_BEGIN_DECLS

/* Where downloads go: the setting, else the system's download folder, else home. Never NULL. */
char *sally_folders_dup_download (SallySettings *settings);

G_END_DECLS
