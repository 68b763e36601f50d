/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The connection file (.sallyport): a server, its recipe and host keys, no secret. HACKING.md
 * describes it. */
#pragma once

#include "profiles/profiles.h"

G_BEGIN_DECLS

/* A chain of jump hosts is no longer than this. */
#define SALLY_CONNECTION_FILE_MAX_JUMPS 8
/* As many keys are pinned for one host. */
#define SALLY_CONNECTION_FILE_MAX_KEYS  16

/* The file of the first of `profiles` (element-type SallyProfile), which the others lead to: each
 * is the jump of the one before. Neither accounts nor key files nor pinned prompts go along. */
GBytes *sally_connection_file_write (GPtrArray *profiles) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
