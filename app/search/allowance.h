/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How often each caller may ask: a bucket that time fills and questions empty. Pure; times are
 * monotonic microseconds. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A fast typist's ten keys a second, for each of which a desktop asks twice, for two seconds; after
 * that, and for whoever polls, ten questions a second. */
#define SALLY_ALLOWANCE_BURST    40
#define SALLY_ALLOWANCE_A_SECOND 10
/* A desktop has one search or two. */
#define SALLY_ALLOWANCE_CALLERS  16

typedef struct _SallyAllowance SallyAllowance;

SallyAllowance *sally_allowance_new (void) G_GNUC_WARN_UNUSED_RESULT;
void sally_allowance_free (SallyAllowance *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SallyAllowance, sally_allowance_free)

/* Whether `caller` may ask now, which counts if it may. FALSE also for a newcomer while
 * SALLY_ALLOWANCE_CALLERS others have asked a moment ago. */
gboolean sally_allowance_take (SallyAllowance *self, const char *caller, gint64 now_us);

G_END_DECLS
