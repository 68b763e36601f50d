/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Whether the system has a keyring, asked without unlocking or starting one. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean is_sandboxed;
  gboolean has_portal;  /* the Secret portal, inside a sandbox */
  gboolean has_service; /* a Secret Service runs, or would be started */
  gboolean is_running;  /* it runs */
  gboolean has_file;    /* libsecret was told to keep a file (SECRET_BACKEND=file) */
} SallyKeyringProbe;

/* Main thread; some calls on the session bus. What does not answer is not there: this never fails.
 */
void sally_keyring_probe_async (GAsyncReadyCallback callback, gpointer user_data);
void sally_keyring_probe_finish (GAsyncResult *result, SallyKeyringProbe *probe);

/* Whether libsecret talks to the Secret Service, and not to the file that the portal's secret opens
 * inside a sandbox. It keeps its choice to itself. */
gboolean sally_keyring_uses_service (void);

/* Whether `error` of a call means that there is no keyring. `has_answered`: it answered before,
 * which tells a bus that cannot be reached from a service that fails. */
gboolean sally_keyring_is_absence (const GError *error, gboolean has_answered);

G_END_DECLS
