/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a person sees on standard error while they wait; nothing at all where that is no terminal.
 */
#pragma once

#include "remote/transfer-queue.h"

G_BEGIN_DECLS

/* The steps of a sign-in, on one line that is gone when they are done. */
typedef struct _SallySteps SallySteps;

SallySteps *sally_steps_new (SallyConnection *connection);
void sally_steps_free (SallySteps *self);

/* One bar for all files of the queue: part, size, speed, time left. It stays, with its last
 * figures. */
typedef struct _SallyProgress SallyProgress;

SallyProgress *sally_progress_new (SallyTransferQueue *transfers);
void sally_progress_free (SallyProgress *self);

G_END_DECLS
