/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a server's clock shows, read off a file that it has just made. Pure. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint64 offset_s;    /* the server's clock less ours */
  guint32 accuracy_s; /* either way */
  gint64 time_s;      /* when it was read, by our clock; unix seconds */
} SallyClockReading;

/* The file was made between `sent_us` and `received_us` (as g_get_real_time() counts), and its
 * modification time is `mtime_s`, whole seconds as SFTP has them (secsh-filexfer-02 section 5).
 * FALSE if that is no reading: no time, years away, or after too long a wait. */
gboolean
sally_clock_read (gint64 sent_us, gint64 received_us, guint32 mtime_s, SallyClockReading *reading);

G_END_DECLS
